//! Inputs that once failed under the fuzzer (bench/fuzz.rs) stay harmless.

use super::targets::{TARGETS, run};
use std::path::Path;
use std::time::Instant;

#[test]
fn what_once_failed_is_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crashes");
    let mut replayed = 0;
    let mut all: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    all.sort();
    for path in all {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "README.md" {
            continue;
        }
        let (target, _) = name.split_once('-').unwrap_or_else(|| panic!("{name}: TARGET-NUMBER"));
        let bytes = std::fs::read(&path).unwrap();
        let begun = Instant::now();
        assert!(run(target, &bytes).is_some(), "{name}: there is no target `{target}`");
        assert!(begun.elapsed().as_secs() < 5, "{name}: {:?}", begun.elapsed());
        replayed += 1;
    }
    assert_eq!(replayed, CRASHES, "count them here, so that none is lost unseen");
}

/// Files in tests/crashes.
const CRASHES: usize = 8;

#[test]
fn every_target_answers_and_an_unknown_one_does_not() {
    let text = format!("{}\n(\u{1b}[31m\u{202e}\0\n---\nid: x\n---\n# x\n", super::HEAP);
    for target in TARGETS {
        for bytes in [b"".as_slice(), text.as_bytes(), &[0xff; 600], &super::super::scan::gz(text.as_bytes())] {
            assert!(run(target, bytes).is_some(), "{target}");
        }
    }
    assert_eq!(run("none", b""), None);
}
