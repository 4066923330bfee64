//! The session itself: what it takes, what it keeps, and what hostile input cannot do to it.

use super::terminal::{Pty, command, piped};
use indoc::indoc;
use std::process::Stdio;

const HEAP: &str = "Jul 26 01:26:46 vmkernel: 7:21:06:31.191 cpu3:33421)WARNING: Heap: 2218: Heap netGPHeap already at its maximumSize. Cannot expand.";
const CHURN: &str = "1618 00:50:56:84:5a:b1\n1618 00:50:56:84:5a:b4\n1617 00:50:56:84:5a:ba\n";

fn run(args: &[&str], input: &str) -> (String, String, Option<i32>) {
    use std::io::Write;
    let home = tempfile::tempdir().unwrap();
    let mut child = command(args, &home).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let out = child.wait_with_output().unwrap();
    (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap(), out.status.code())
}

/// No byte that a terminal obeys, but line ends.
fn is_tame(said: &str) -> bool {
    said.chars()
        .all(|c| c == '\n' || (!c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{feff}')))
}

#[test]
fn skip_and_do_not_know_move_nothing() {
    let said = piped(&["diagnose"], format!("{HEAP}\nskip\ndon't know\ncannot\ncauses\nsteps\n").as_bytes());
    let last = &said[said.find("The network heap").unwrap()..];
    for word in ["rises", "falls", "(was "] {
        assert!(!last.contains(word), "{word}\n{said}");
    }
    assert!(said.contains("skipped") && said.contains("not known") && said.contains("cannot be run"), "{said}");
}

#[test]
fn undo_takes_back_what_an_answer_moved() {
    let said = piped(&["diagnose"], format!("{HEAP}\ncauses\npaste\n{CHURN}.\nundo\ncauses\nundo\nundo\n").as_bytes());
    let blocks: Vec<&str> = said.match_indices("critical The network heap").map(|(i, _)| &said[i..i + 400]).collect();
    assert_eq!(blocks.len(), 2, "{said}");
    assert_eq!(blocks[0][..300], blocks[1][..300]);
    assert!(said.contains("no longer: supports") && said.contains("gone") && said.contains("There is nothing to take back."), "{said}");
}

#[test]
fn a_case_is_saved_resumed_and_replayed_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("case.yaml").display().to_string();
    let hostile = "a bell \u{7}, an escape \u{1b}[31m, right to left \u{202e}, a tab\tand   blanks  ";
    let first = piped(&["diagnose", "--case", &case], format!("{HEAP}\nskip\npaste\n{CHURN}\n{hostile}\n.\nnote asked the network team\n").as_bytes());
    let saved = std::fs::read_to_string(&case).unwrap();
    assert!(saved.contains("Heap netGPHeap already") && saved.contains("asked the network team") && is_tame(&saved.replace('\t', " ")), "{saved}");
    assert!(first.contains("The case is in"), "{first}");
    let (one, note, code) = run(&["replay", &case], "");
    let (two, ..) = run(&["replay", &case], "");
    assert_eq!((&one, code), (&two, Some(0)));
    assert!(note.contains("the same to the byte"), "{note}");
    let resumed = piped(&["diagnose", "--case", &case], b"causes\n");
    assert!(resumed.contains("4853 enables") && resumed.contains("unlikely"), "{resumed}");
    assert_eq!(std::fs::read_to_string(&case).unwrap(), saved, "looking changes nothing");
    // A text that somebody edited is not what was diagnosed.
    std::fs::write(&case, saved.replace("netGPHeap already", "netGPHeap was")).unwrap();
    let (_, error, code) = run(&["replay", &case], "");
    assert!(error.contains("case-changed") && code == Some(2), "{error}");
}

#[test]
fn a_changed_library_says_which_conclusions_change_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("lib");
    std::fs::create_dir_all(root.join("signatures/steps")).unwrap();
    let step = indoc! {"
        id: pump-noise
        title: Listen to the pump
        risk: read-only
        minutes: 1
        ask: Does it hum or rattle?
        facts:
          pump.rattles: { type: flag, say: the pump rattles }
        parse:
          choices:
            \"it hums\":    { pump.rattles: false }
            \"it rattles\": { pump.rattles: true }
        examples:
          - { name: rattles, text: it rattles, facts: [{ pump.rattles: true }] }
    "};
    let signature = |verdict: &str| {
        format!(
            indoc! {"
                id: pump-stopped
                title: The pump stopped
                severity: high
                status: stable
                match:
                  any: ['pump \\d+ has stopped']
                causes:
                  - {{ id: bearing, prior: possible, title: The bearing is worn }}
                  - {{ id: power,   prior: possible, title: The power failed }}
                evidence:
                  - step: pump-noise
                    why: A worn bearing is loud.
                    outcomes:
                      - when: pump.rattles
                        say: It rattles.
                        causes: {{ bearing: {} }}
            "},
            verdict
        )
    };
    std::fs::write(root.join("signatures/steps/pump-noise.yaml"), step).unwrap();
    let file = root.join("signatures/pump-stopped.yaml");
    std::fs::write(&file, signature("confirms")).unwrap();
    let (lib, case) = (root.display().to_string(), folder.path().join("case.yaml").display().to_string());
    let said = piped(&["diagnose", "--library", &lib, "--case", &case], b"pump 7 has stopped\nnext\nit rattles\n");
    assert!(said.contains("ESTABLISHED The bearing is worn"), "{said}");
    std::fs::write(&file, signature("supports")).unwrap();
    let (said, note, _) = run(&["replay", &case, "--library", &lib], "");
    assert!(note.contains("the library has changed; the result is not the same"), "{note}");
    for words in [
        "leading",
        "The bearing is worn",
        "was established",
        "supports: It rattles.",
        "no longer: confirms: It rattles.",
        "no longer established",
        "signature/pump-stopped",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
}

#[test]
fn one_trip_answers_all_open_steps() {
    let said = piped(&["diagnose"], format!("{HEAP}\ncollect\n").as_bytes());
    let script = &said[said.find("#!/bin/sh").unwrap()..];
    assert!(script.contains("look vmkernel-heap-stats <<'END_OF_LOOK'") && script.contains("grep -i '^netGPHeap-'"), "{script}");
    assert!(script.contains("look port-churn-count") && script.contains("# left out: vm-of-mac"), "{script}");
    assert!(!script.contains("\nfind /vmfs"), "what loads the machine is no part of it");
    let back = format!(
        "{HEAP}\npaste\n[root@esx1:~] sh trip.sh\n=== faultbook step port-churn-count ===\n{CHURN}=== faultbook status 0 ===\n=== faultbook step vmkernel-heap-stats ===\nsh: vsish: not found\n=== faultbook status 127 ===\n=== faultbook end ===\n.\nsteps\n"
    );
    let said = piped(&["diagnose"], back.as_bytes());
    assert!(said.contains("rises") && said.contains("Enabled again and again"), "{said}");
    assert!(said.contains("vmkernel-heap-stats: this machine does not have the command; it stays open"), "{said}");
    assert!(said[said.rfind("[paste-2").unwrap()..].contains("[vmkernel-heap-stats]"), "{said}");
}

#[test]
fn collect_prints_the_script_alone() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("vmkernel.log");
    std::fs::write(&log, format!("{HEAP}\n")).unwrap();
    let (script, note, code) = run(&["diagnose", "--collect", &log.display().to_string()], "");
    assert!(script.starts_with("#!/bin/sh\n") && script.contains("look port-churn-count") && code == Some(0), "{script}");
    assert!(note.contains("left out: vm-of-mac"), "{note}");
    let (_, error, code) = run(&["diagnose", "--collect", &folder.path().join("none").display().to_string()], "");
    assert!(code == Some(2) && error.contains("nothing could be read"), "{error}");
}

#[test]
fn what_a_file_answers_is_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("messages");
    std::fs::write(&log, format!("{HEAP}\n{CHURN}")).unwrap();
    let said = piped(&["diagnose", &log.display().to_string()], b"steps\n");
    assert!(said.contains("4853 enables") && !said.contains("Count how often each virtual port is enabled  [port-churn-count]  read-only"), "{said}");
    assert!(said.contains("messages, "), "{said}");
}

#[test]
fn everything_that_can_be_asked_back_answers() {
    let commands = "help\nnext\nsteps\nwhy\nwhy netgpheap-exhausted\nwhy not vmfs-heap-exhausted\nwhy not other-consumer\nwhy not vm-of-mac\ncauses\nfacts\ntimeline\nplan\nshow step/vm-of-mac\ndecode 0x5 0x25 0x0\nreport\nsave\n";
    let said = piped(&["diagnose"], format!("{HEAP}\n{commands}").as_bytes());
    for words in [
        "Ctrl-C keeps the case",
        "no line matches any of its",
        "`port-churn-count` would support it",
        "it is open: number",
        "heap.name netGPHeap",
        "In any case",
        "# Diagnosis by faultbook",
        "This report is not redacted",
        "What was and was not looked at",
        "Where to? `save FILE`",
    ] {
        assert!(said.contains(words), "`{words}`\n{said}");
    }
    let help: Vec<&str> = said.lines().skip_while(|l| !l.starts_with("Paste or type")).take_while(|l| !l.starts_with("Next")).collect();
    assert!(help.len() <= 24 && help.iter().all(|l| l.len() <= 80), "{} lines\n{}", help.len(), help.join("\n"));
}

#[test]
fn hostile_pastes_neither_break_the_screen_nor_are_they_lost() {
    let controls: Vec<u8> = (0u8..=255).filter(|b| *b != b'\n').collect();
    let mut input = format!("{HEAP} ").into_bytes();
    input.extend(&controls);
    input.extend("\u{202e}\u{200b} \u{9b}31m half a character: ".as_bytes());
    input.extend([0xe2, 0x82]);
    input.extend(b"\nwhy\nreport\nfacts\ntimeline\n");
    let said = piped(&["diagnose"], &input);
    assert!(is_tame(&said), "{:?}", said.chars().find(|c| c.is_control() && *c != '\n'));
    assert!(said.contains("The network heap netGPHeap refuses requests") && said.contains("\\x1b"), "{said}");
}

#[test]
fn two_thousand_lines_and_a_line_of_five_megabytes_are_taken_whole() {
    let mut lines: Vec<String> =
        (0..2_000).map(|i| format!("Jul 26 01:{:02}:{:02} vmkernel: cpu3:33421)line {i} of no importance", i / 60 % 60, i % 60)).collect();
    lines[1_999] = HEAP.to_string();
    let begun = std::time::Instant::now();
    let said = piped(&["diagnose"], lines.join("\n").as_bytes());
    assert!(said.contains("[paste-1: 2,000 lines") && said.contains("paste-1:2000"), "{said}");
    let long = format!("{}{HEAP}{}", "x".repeat(4 << 20), "y".repeat(1 << 20));
    let said = piped(&["diagnose"], format!("{long}\nquit\n").as_bytes());
    assert!(said.contains(&format!("[paste-1: 1 line, {} bytes]", "5,243,010")), "{}", &said[..said.len().min(2_000)]);
    assert!(said.contains("The network heap netGPHeap refuses requests") && said.len() < 20_000, "{}", said.len());
    assert!(begun.elapsed().as_secs() < 60);
}

#[test]
fn at_a_terminal_a_marked_paste_comes_whole_and_is_not_echoed() {
    let mut pty = Pty::open(&["diagnose"], 80, 24);
    pty.comes("faultbook>");
    let lines: Vec<String> = (0..1_999).map(|i| format!("Jul 26 01:26:46 vmkernel: cpu3:33421)line {i} \u{1b}[31m of no importance")).collect();
    pty.sends(format!("\u{1b}[200~{}\r{HEAP}\r\u{1b}[201~", lines.join("\r")).as_bytes());
    let before = pty.comes("[paste-1: 2,000 lines");
    assert!(before.len() < 2_000, "{} bytes were echoed", before.len());
    pty.comes("The network heap netGPHeap refuses requests");
    pty.comes("paste-1:2000");
    pty.comes("faultbook>");
    pty.sends(b"\x04");
    pty.ends();
}

#[test]
fn at_a_terminal_a_burst_without_marks_loses_no_line() {
    let mut pty = Pty::open(&["diagnose"], 80, 24);
    pty.comes("faultbook>");
    pty.sends(format!("one line of no importance\rtwo\rthree\r{HEAP}\r").as_bytes());
    pty.comes("[paste-1: 4 lines");
    pty.comes("paste-1:4");
    pty.comes("faultbook>");
    pty.types("paste");
    pty.comes("a line with only a dot ends");
    pty.sends(b"quit\rskip\r");
    pty.sends(format!("{}.\r", CHURN.replace('\n', "\r")).as_bytes());
    pty.comes("[paste-2: 5 lines");
    pty.comes("Enabled again and again");
    pty.types("quit");
    pty.ends();
}

#[test]
fn ctrl_c_keeps_the_case_and_ctrl_d_leaves() {
    let mut pty = Pty::open(&["diagnose"], 80, 24);
    pty.comes("faultbook>");
    pty.types(HEAP);
    pty.comes("Next:");
    pty.comes("faultbook>");
    pty.sends(b"half a li");
    pty.sends(b"\x03");
    pty.comes("Ctrl-C keeps the case");
    pty.comes("faultbook>");
    pty.types("paste");
    pty.comes("a line with only a dot ends");
    pty.sends(b"lost");
    std::thread::sleep(std::time::Duration::from_millis(100));
    pty.sends(b"\x03");
    pty.comes("Nothing was taken.");
    pty.types("causes");
    pty.comes("[netgpheap-exhausted]");
    pty.comes("faultbook>");
    pty.sends(b"\x04");
    let rest = pty.ends();
    assert!(rest.contains("Not established") && rest.contains("This case was not saved."), "{rest}");
}

#[cfg(unix)]
#[test]
fn the_history_keeps_commands_only_and_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let mut pty = Pty::open(&["diagnose"], 80, 24);
    let file = pty.home.path().join(".local/share/faultbook/history");
    for line in [HEAP, "causes", "note my password is hunter2", "search token=abcdef", "timeline"] {
        pty.comes("faultbook>");
        pty.types(line);
    }
    pty.comes("faultbook>");
    pty.sends(b"\x04");
    let home = pty.ends_keeping_home();
    let kept = std::fs::read_to_string(&file).unwrap();
    assert_eq!(kept, "causes\ntimeline\n");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    drop(home);
}

#[test]
fn a_session_without_a_home_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none");
    let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_faultbook"));
    c.args(["diagnose"]).env_clear().current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    assert!(c.output().unwrap().status.success());
    let mut c = command(&["diagnose"], &folder);
    let out = c.env("HOME", &none).stdin(Stdio::null()).output().unwrap();
    assert!(out.status.success() && !none.exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
