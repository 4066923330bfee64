//! The contract of the command line: exit codes, JSON fields, streams, and odd input.

use super::run::{faultbook, faultbook_in};
use indoc::indoc;
use std::path::Path;

const HEAP: &str = "Jul 26 01:26:46 vmkernel: 7:21:06:31.191 cpu3:33421)WARNING: Heap: 2218: Heap netGPHeap already at its maximumSize. Cannot expand.";

#[test]
fn exit_codes_are_those_of_the_contract() {
    assert_eq!(faultbook(&["lookup", HEAP], "").code, 0);
    assert_eq!(faultbook(&["lookup", "nothing that any signature knows zzz"], "").code, 1);
    assert_eq!(faultbook(&["lookup"], "").code, 2, "empty input");
    assert_eq!(faultbook(&["lookup", "--fail-on", "high", HEAP], "").code, 3);
    assert_eq!(faultbook(&["scan", "/no/such/path"], "").code, 2);
    assert_eq!(faultbook(&["--no-such-flag"], "").code, 2);
    assert_eq!(faultbook(&["show", "no-such-id"], "").code, 1);
    assert_eq!(faultbook(&["check", "/no/such/folder"], "").code, 2);
    assert_eq!(faultbook(&["--library", "/no/such/folder", "lookup", HEAP], "").code, 2);
}

#[test]
fn only_harmless_lines_are_nothing() {
    let ran = faultbook(
        &[
            "--format",
            "json",
            "lookup",
            "Jul 26 01:26:29 vmkernel: 7:21:06:14.110 cpu10:202157)NetPort: 982: enabled port 0x3000007 with mac 00:50:56:84:5a:b4",
        ],
        "",
    );
    assert_eq!(ran.json()["findings"][0]["severity"], "info");
    assert_eq!(ran.code, 1);
}

#[test]
fn the_json_has_every_field_of_the_contract() {
    let json = faultbook(&["--format", "json", "lookup", HEAP], "").json();
    assert_eq!(json["schema_version"], 1);
    for field in ["findings", "chains", "articles", "decoded", "evidence", "unexplained", "repairs", "limits_hit", "coverage"] {
        assert!(!json[field].is_null(), "`{field}` is missing");
    }
    let finding = &json["findings"][0];
    for field in [
        "signature",
        "title",
        "severity",
        "status",
        "standing",
        "subject",
        "article",
        "library_file",
        "lines",
        "count",
        "first_seen",
        "last_seen",
        "facts",
        "refined",
        "contradictions",
        "causes",
        "unknowns",
        "next_step",
    ] {
        assert!(finding.get(field).is_some(), "`findings[0].{field}` is missing");
    }
    for field in ["value", "unit", "subject", "origin", "line", "time", "quality"] {
        assert!(finding["facts"]["heap.name"].get(field).is_some(), "`facts.{field}` is missing");
    }
    for field in ["id", "title", "standing", "weight", "is", "reasons"] {
        assert!(finding["causes"][0].get(field).is_some(), "`causes[0].{field}` is missing");
    }
    for field in ["id", "title", "run", "ask", "why", "minutes", "risk"] {
        assert!(finding["next_step"].get(field).is_some(), "`next_step.{field}` is missing");
    }
    for field in ["inputs", "lines", "bytes", "spans", "skipped"] {
        assert!(json["coverage"].get(field).is_some(), "`coverage.{field}` is missing");
    }
    assert_eq!(finding["subject"]["heap.name"], "netGPHeap");
    assert_eq!(finding["first_seen"], "07-26 01:26:46", "no year and no zone are printed, so none are known");
}

#[test]
fn other_hosts_dates_and_addresses_make_the_same_finding() {
    for line in [
        "Dec  3 23:59:59 esx17 vmkernel: 110:01:06:31.191 cpu31:99121)WARNING: Heap: 2525: Heap netGPHeap already at its maximum size. Cannot expand.",
        "cpu0:1)WARNING: Heap: 9: Heap_Align(netGPHeap, 64/64 bytes, 8 align) failed. caller: 0xdeadbeef",
        "Heap: 2218: Heap NetGPheap already at its maximumSize. Cannot expand.",
        "2012-07-20T04:34:19.377Z cpu22:6518)WARNING: Heap: 2900: Heap_Align(netGPHeap, 4364/4364 bytes, 8 align) failed.  caller: 0x41802fd54443",
    ] {
        assert_eq!(faultbook(&["--format", "json", "lookup", line], "").findings().first().map(String::as_str), Some("netgpheap-exhausted"), "{line}");
    }
    let prose = "Somebody said that the heap netGPHeap was already at its maximum, and that it cannot expand any more";
    assert_eq!(faultbook(&["--format", "json", "lookup", prose], "").findings(), Vec::<String>::new());
}

#[test]
fn the_counters_alone_are_evidence() {
    let block = indoc! {"
        Heap stats {
        Name:netGPHeap
        dynamically growable:1
        current heap size:67109968
        maximum heap size:67109968
        maximum bytes available:3344800
        percent free of max size:0
        lowest percent free of max size ever encountered:0
        }
    "};
    let ran = faultbook(&["--format", "json", "lookup"], block);
    let json = ran.json();
    assert_eq!(json["findings"][0]["signature"], "netgpheap-exhausted");
    assert_eq!(json["findings"][0]["count"], 0, "no line names it");
    assert!(json["evidence"].as_array().is_some_and(|e| e.iter().any(|e| e["step"] == "vmkernel-heap-stats")));
    assert!(ran.out.contains("its own bytes give 4.98 %"));
}

#[test]
fn a_closed_pipe_is_no_error() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_faultbook")).args(["list"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn works_without_a_home_and_with_bytes_that_are_no_text() {
    let ran = faultbook_in(Path::new("."), &["--format", "json", "lookup"], &[HEAP.as_bytes(), b"\n\xff\xfe\x00\x1b[31m"].concat(), &[("HOME", "")]);
    assert_eq!(ran.findings().first().map(String::as_str), Some("netgpheap-exhausted"));
}

#[test]
fn no_control_character_reaches_the_terminal() {
    let evil: String = (1u8..32).chain([127]).map(char::from).filter(|c| *c != '\n').collect();
    let input = format!("{HEAP}{evil}\u{202e}\u{200b}\nWARNING: {evil} unknown \u{9b}31m\n");
    for color in ["never", "always"] {
        for format in ["text", "json", "markdown"] {
            let ran = faultbook(&["--color", color, "--format", format, "lookup"], &input);
            let bad: Vec<char> = (ran.out.clone() + &ran.err)
                .chars()
                .filter(|c| (*c as u32) < 32 && *c != '\n' || faultbook::text::untrusted::is_hidden(*c) || *c == '\u{7f}')
                .collect();
            let own = if color == "always" { bad.iter().filter(|c| **c == '\u{1b}').count() } else { 0 };
            assert_eq!(bad.len(), own, "{format}: {bad:?}");
        }
    }
}

#[test]
fn nothing_is_loaded_from_the_current_folder_or_from_what_is_scanned() {
    let folder = tempfile::tempdir().expect("a folder");
    for root in ["", ".faultbook/", "faultbook/"] {
        let area = folder.path().join(format!("{root}signatures/evil"));
        std::fs::create_dir_all(&area).expect("folders");
        let yaml = "id: evil\ntitle: EVIL\nseverity: critical\nstatus: stable\nmatch:\n  any: ['harmless words here']\n";
        std::fs::write(area.join("evil.yaml"), yaml).expect("a file");
    }
    std::fs::write(folder.path().join("a.log"), "harmless words here\n").expect("a file");
    let ran = faultbook_in(folder.path(), &["--format", "json", "scan", "."], b"", &[]);
    assert_eq!(ran.findings(), Vec::<String>::new());
    assert!(ran.json()["coverage"]["lines"].as_u64() > Some(3), "it was read");
}

#[test]
fn no_colour_is_written_to_a_pipe() {
    assert!(!faultbook(&["lookup", HEAP], "").out.contains('\u{1b}'));
    assert!(faultbook(&["--color", "always", "lookup", HEAP], "").out.contains('\u{1b}'));
}
