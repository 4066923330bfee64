//! Writes the shipped library into the program: a static table of outlines, so that nothing is parsed at start, and
//! the search index of its articles. It uses the program's own reading code, so that both always agree.

#![allow(dead_code)]

#[path = "src/text"]
mod text {
    pub mod place;
    pub mod untrusted;
}
#[path = "src/model/mod.rs"]
mod model;
#[path = "src/problem.rs"]
mod problem;
#[path = "src/library"]
mod library {
    pub mod clauses;
    pub mod literals;
    pub mod names;
    pub mod outline;
    pub mod rows;
    pub mod runs;
}

#[allow(unused_imports)]
#[path = "src/kb"]
mod kb {
    pub mod documents;
    pub mod index;
    pub mod tokens;
}

use library::clauses::Clauses;
use library::names::{NO_FACT, by_name};
use library::outline::{Draft, Kind, outline};
use library::runs::{Bytes, Run, Runs};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=signatures");
    println!("cargo:rerun-if-changed=kb");
    println!("cargo:rerun-if-changed=build.rs");
    for shared in [
        "src/text/place.rs",
        "src/text/untrusted.rs",
        "src/problem.rs",
        "src/model",
        "src/library/clauses.rs",
        "src/library/literals.rs",
        "src/library/literals",
        "src/library/names.rs",
        "src/library/outline.rs",
        "src/library/rows.rs",
        "src/library/runs.rs",
        "src/kb",
    ] {
        println!("cargo:rerun-if-changed={shared}");
    }
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it"));
    let mut files = Vec::new();
    for top in ["signatures", "kb"] {
        collect(&root.join(top), &mut files);
    }
    files.sort();
    let mut drafts = Vec::new();
    for file in &files {
        let path = file.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
        let Ok(text) = std::fs::read_to_string(file) else {
            println!("cargo:warning={path} cannot be read");
            continue;
        };
        match outline(&path, &path, &text) {
            Ok(Some(draft)) => drafts.push(draft),
            Ok(None) => {}
            // `check` says what is wrong; a broken file must not keep anybody from building.
            Err(problems) => println!("cargo:warning={}", problems.first().map(|p| p.to_string().replace('\n', " ")).unwrap_or_default()),
        }
    }
    drafts.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    let mut code = String::from("/// See the module.\npub static SHIPPED: &Shipped = &Shipped { outlines: &[\n");
    for d in &drafts {
        entry(&mut code, d);
    }
    let facts = facts(&drafts);
    let names = facts.iter().map(|(i, f)| &*drafts[usize::from(*i)].facts[usize::from(*f)].name);
    let _ = writeln!(code, "], facts: &{facts:?}, by_name: &{:?} }};", by_name(names));
    index(&mut code, &out, &drafts);
    std::fs::write(out.join("frequencies.bin"), frequencies(&drafts)).expect("OUT_DIR is writable");
    code.push_str("/// How often four-byte pieces stand in the library, as a logarithm, by their hash.\npub static FREQUENCIES: &[u8; 65536] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/frequencies.bin\"));\n");
    std::fs::write(out.join("library.rs"), code).expect("OUT_DIR is writable");
}

/// The search index of the shipped library, as files that the program opens in place.
fn index(code: &mut String, out: &Path, drafts: &[Draft]) {
    let word = |d: &Draft| d.kind.map_or("", Kind::word);
    let sources: Vec<kb::documents::Source> =
        drafts.iter().map(|d| kb::documents::Source { kind: word(d), id: &d.id, title: &d.title, article: &d.article, text: &d.text }).collect();
    code.push_str("/// Files of the search index.\npub static INDEX: &[(&str, &[u8])] = &[\n");
    for (name, bytes) in kb::documents::index(&sources) {
        std::fs::write(out.join(&name), bytes).expect("OUT_DIR is writable");
        let _ = writeln!(code, "({name:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/\", {name:?}))),");
    }
    code.push_str("];\n");
}

/// Counts folded four-byte pieces of all texts; the slot is that of `engine/frequency.rs`.
fn frequencies(drafts: &[Draft]) -> Vec<u8> {
    let mut counts = vec![0u32; 65536];
    for d in drafts {
        for piece in d.text.as_bytes().windows(4) {
            let word = u32::from_le_bytes([piece[0] | 0x20, piece[1] | 0x20, piece[2] | 0x20, piece[3] | 0x20]);
            counts[(word.wrapping_mul(0x9e37_79b1) >> 16) as usize] += 1;
        }
    }
    counts.into_iter().map(|c| (8.0 * f64::from(c + 1).log2()).min(255.0) as u8).collect()
}

/// All declared facts: number of the outline, and of the fact in it.
fn facts(drafts: &[Draft]) -> Vec<(u16, u16)> {
    let small = |n: usize| u16::try_from(n).ok().filter(|n| *n < NO_FACT).expect("fewer than 65,535 of each");
    let of = |(i, d): (usize, &Draft)| (0..d.facts.len()).map(move |f| (small(i), small(f))).collect::<Vec<_>>();
    let all: Vec<(u16, u16)> = drafts.iter().enumerate().flat_map(of).collect();
    small(all.len());
    all
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if matches!(path.extension().and_then(|e| e.to_str()), Some("yaml" | "yml" | "md")) {
            files.push(path);
        }
    }
}

fn clauses(all: &[library::literals::Clause]) -> String {
    format!("Clauses::of(b\"{}\")", Clauses::pack(all).escape_ascii())
}

fn runs(runs: &Option<Runs>) -> String {
    let Some(runs) = runs else { return "None".to_string() };
    let bytes = |b: &Bytes| format!("Bytes::of({:?})", b.words());
    let run = |r: &Run| format!("Run::Borrowed(&[{}])", r.iter().map(bytes).collect::<Vec<_>>().join(", "));
    let all = runs.all.iter().map(run).collect::<Vec<_>>().join(", ");
    format!("Some(&Runs {{ first: {}, all: Cow::Borrowed(&[{all}]) }})", bytes(&runs.first))
}

fn entry(code: &mut String, d: &Draft) {
    let kind = match d.kind {
        Some(Kind::Article) => "Article",
        Some(Kind::Signature) => "Signature",
        Some(Kind::Step) => "Step",
        Some(Kind::Format) => "Format",
        Some(Kind::Table) => "Table",
        _ => "Facts",
    };
    let texts = |all: &[String]| format!("&{all:?}");
    let _ = write!(
        code,
        "Outline {{ kind: Kind::{kind}, id: {:?}, title: {:?}, file: {:?}, text: include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/\", {:?})), overrides: false, from: {}, derives: {}, gives: {}, record: {:?}, found_in: {}, lost_on: &{:?}, article: {:?}, line: {:?}, line_literals: {}, line_runs: {}, rows: {:?}, rows_at: {}, patterns: &[",
        d.id,
        d.title,
        d.file,
        d.file,
        texts(&d.from),
        texts(&d.derives),
        texts(&d.gives),
        d.record,
        texts(&d.found_in),
        d.lost_on,
        d.article,
        d.line,
        clauses(&d.line_literals),
        runs(&d.line_runs),
        d.rows,
        d.rows_at
    );
    for p in &d.patterns {
        let _ = write!(
            code,
            "PatternOutline {{ role: Role::{:?}, source: {:?}, ignore_case: {}, unicode: {}, whole_line: {}, within: {}, literals: {}, runs: {} }}, ",
            p.role,
            p.source,
            p.ignore_case,
            p.unicode,
            p.whole_line,
            texts(&p.within),
            clauses(&p.literals),
            runs(&p.runs)
        );
    }
    code.push_str("], facts: &[");
    for f in &d.facts {
        let _ = write!(
            code,
            "FactOutline {{ name: {:?}, kind: {:?}, unit: {:?}, about: {}, say: {:?}, rewrite: {:?}, ignore_case: {}, product: {:?}, line: {} }}, ",
            f.name,
            f.kind,
            f.unit,
            texts(&f.about),
            f.say,
            f.rewrite,
            f.ignore_case,
            f.product,
            f.line
        );
    }
    code.push_str("] },\n");
}
