//! The world around the process: a reader that leaves, a full disk, no home.

use super::super::terminal::piped;
use super::HEAP;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// Commands with much to say and little; `-` reads the input.
const COMMANDS: &[&[&str]] = &[
    &["list"],
    &["lookup"],
    &["scan", "-"],
    &["search", "heap"],
    &["show", "netgpheap-exhausted"],
    &["decode", "0x5", "0x25", "0x0"],
    &["check"],
    &["diagnose"],
    &["diagnose", "--collect"],
    &["--help"],
    &["help", "scan"],
    &["--version"],
    &["--format", "json", "list"],
    &["--format", "json", "lookup"],
];

fn start(args: &[&str], out: Stdio) -> std::process::Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultbook"));
    let mut child = command.args(args).env_clear().stdin(Stdio::piped()).stdout(out).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let _ = stdin.write_all(format!("{HEAP}\ncauses\nreport\nquit\n").repeat(50).as_bytes());
    child
}

#[test]
fn a_reader_that_leaves_ends_every_command_quietly() {
    for args in COMMANDS.iter().filter(|a| **a != ["check"]) {
        for first in [0, 1] {
            let mut child = start(args, Stdio::piped());
            let mut out = child.stdout.take().unwrap();
            let read = out.read(&mut vec![0; first]).unwrap();
            drop(out);
            let ended = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&ended.stderr);
            assert!(read <= first && !said.contains("panicked") && !said.contains("roken pipe"), "{args:?}: {said}");
            assert!(matches!(ended.status.code(), Some(0 | 1)), "{args:?}: {:?} {said}", ended.status);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn full_storage_under_the_output_is_a_failure_and_no_panic() {
    // A session that leaves no step to be run has no script to print.
    for args in COMMANDS.iter().filter(|a| **a != ["check"] && !a.contains(&"--collect")) {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ended = start(args, Stdio::from(full)).wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!said.contains("panicked"), "{args:?}: {said}");
        assert_eq!(ended.status.code(), Some(2), "{args:?}: {said}");
    }
}

#[test]
fn a_home_that_cannot_be_written_or_is_none_changes_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no folder").unwrap();
    let normal = piped(&["diagnose"], format!("{HEAP}\ncauses\nquit\n").as_bytes());
    assert!(normal.contains("vmfs3") && normal.len() > 500, "{normal}");
    let homes: &[Option<&str>] = &[None, Some(""), Some("/proc"), Some("/dev/null"), Some("/no/such/folder"), file.to_str()];
    for home in homes {
        let mut command = Command::new(env!("CARGO_BIN_EXE_faultbook"));
        command.args(["diagnose"]).env_clear().env("NO_COLOR", "1").current_dir(folder.path());
        if let Some(home) = home {
            command.env("HOME", home);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("{HEAP}\ncauses\nquit\n").as_bytes()).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{home:?}: {}", String::from_utf8_lossy(&ended.stderr));
        assert_eq!(String::from_utf8_lossy(&ended.stdout), normal, "{home:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was written");
}
