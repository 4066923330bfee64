//! The nine hard cases of the format by example, and the stranger's product beside them. They lie outside the
//! repository, so this runs only where `FAULTBOOK_EXAMPLES` names their folder; elsewhere it says `skipped`.

use faultbook::check;
use faultbook::library::outline::Kind;
use faultbook::library::shipped::Shipped;
use faultbook::library::{Examined, Library};
use faultbook::source::library::read_root;
use std::path::PathBuf;

/// Where an example itself is wrong, and why: a problem of this file with this code and these words in it. One that no
/// problem meets any more is an error too.
const EXEMPT: &[(&str, &str, &str, &str)] = &[];

/// Checks one root alone and says what is wrong beyond the exemptions.
fn wrong_in(root: PathBuf) -> (check::Report, Vec<String>, Vec<usize>) {
    let files = read_root(&root, &|| 1).unwrap_or_else(|e| panic!("{}: {e}", root.display()));
    assert!(!files.is_empty(), "nothing lies below {}", root.display());
    let read = files.len();
    let mut library = Library::load(Shipped::NONE, &files);
    library.examined = Examined::All;
    let report = check::check(&library, &|_| true, 1, &Default::default);
    assert_eq!(report.files, read, "every file is examined");
    let mut met = Vec::new();
    let mut wrong = Vec::new();
    for p in &report.problems {
        let exempt = EXEMPT.iter().position(|(file, code, words, _)| p.file.ends_with(file) && p.code == *code && p.say.contains(words));
        match exempt {
            Some(i) => met.push(i),
            None => wrong.push(p.to_string()),
        }
    }
    (report, wrong, met)
}

#[test]
fn the_examples_load_check_and_keep_their_verdicts() {
    let Some(root) = std::env::var_os("FAULTBOOK_EXAMPLES").map(PathBuf::from) else {
        println!("skipped: FAULTBOOK_EXAMPLES names no folder");
        return;
    };
    let mut met = Vec::new();
    let mut wrong = Vec::new();
    for (root, least_files, least_examples) in [(root.clone(), 52, 100), (root.join("kafka"), 5, 4)] {
        let (report, found, exempt) = wrong_in(root.clone());
        println!(
            "{}: {} files, {} examples, {} problems, {} of them exempt",
            root.display(),
            report.files,
            report.examples,
            report.problems.len(),
            exempt.len()
        );
        assert!(report.files >= least_files, "only {} files were read", report.files);
        assert!(report.examples >= least_examples, "only {} examples were run", report.examples);
        wrong.extend(found);
        met.extend(exempt);
    }
    for (i, (file, code, words, _)) in EXEMPT.iter().enumerate() {
        assert!(met.contains(&i), "the exemption of {file} [{code}] `{words}` is stale");
    }
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_kind_of_file_is_among_the_examples() {
    let Some(root) = std::env::var_os("FAULTBOOK_EXAMPLES").map(PathBuf::from) else {
        println!("skipped: FAULTBOOK_EXAMPLES names no folder");
        return;
    };
    let library = Library::load(Shipped::NONE, &read_root(&root, &|| 1).unwrap());
    for kind in [Kind::Signature, Kind::Step, Kind::Format, Kind::Table, Kind::Article] {
        let some = library.entries().iter().filter(|e| e.outline.kind == kind).count();
        assert!(some >= 5, "{some} files of kind {kind:?}");
    }
}
