//! The README keeps its word: its commands run, its files load.

use super::run::{faultbook, faultbook_in};
use std::path::Path;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("there is a README")
}

fn blocks(text: &str, language: &str) -> Vec<String> {
    let mark = format!("```{language}\n");
    text.split(&mark).skip(1).map(|rest| rest.split("\n```").next().unwrap_or("").to_string()).collect()
}

#[test]
fn the_main_command_answers() {
    let text = readme();
    let sh = blocks(&text, "sh");
    assert_eq!(sh.len(), 2, "one command runs the main job, one passes the tests");
    let argument = sh[0].split('\'').nth(1).expect("the line stands in quotes");
    assert!(sh[0].starts_with("cargo run --release -- lookup '"));
    let ran = faultbook(&["lookup", argument], "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("critical  The network heap netGPHeap"), "{}", ran.out);
    assert_eq!(sh[1], "cargo test");
}

#[test]
fn the_library_of_the_readme_checks_and_answers() {
    let text = readme();
    let folder = tempfile::tempdir().expect("a folder");
    let mut written = 0;
    for (language, top) in [("yaml", "signatures/broker"), ("markdown", "kb/broker")] {
        for block in blocks(&text, language) {
            let extension = if language == "yaml" { "yaml" } else { "md" };
            let path = folder.path().join("mine").join(top).join(format!("broker-disk-full.{extension}"));
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(&path, block).expect("a file");
            written += 1;
        }
    }
    assert_eq!(written, 2);
    let checked = faultbook_in(folder.path(), &["check", "mine"], b"", &[]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    assert!(checked.out.contains("2 files and 2 examples read, no problem"), "{}", checked.out);
    let line = "12:00:01 ERROR BrokerStore: cannot append to segment /data/9.log: no room";
    let ran = faultbook_in(folder.path(), &["--library", "mine", "--format", "json", "lookup", line], b"", &[]);
    assert_eq!(ran.findings(), ["broker-disk-full"]);
    assert_eq!(ran.json()["findings"][0]["facts"]["broker.segment"]["value"], "/data/9.log");
}

#[test]
fn the_exit_code_of_the_console_block_is_that_of_nothing_found() {
    let ran = faultbook(&["lookup"], "CPU 3: nothing to see here\n");
    assert_eq!(ran.code, 1);
}
