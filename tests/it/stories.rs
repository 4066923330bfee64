//! Sessions from beginning to end: one story for each of the five source documents, through a pipe and through a real
//! pseudo-terminal.

use super::terminal::Pty;
use std::io::Write;
use std::process::{Command, Stdio};

/// A step of a story.
#[derive(Debug)]
enum Line {
    Type(String),
    Comes(String),
}

struct Story {
    lines: Vec<Line>,
    never: Vec<String>,
}

fn story(name: &str) -> Story {
    let path = format!("{}/tests/stories/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    let mut story = Story { lines: Vec::new(), never: Vec::new() };
    for line in text.lines() {
        match line.split_once(' ').unwrap_or((line, "")) {
            (">", rest) => story.lines.push(Line::Type(rest.to_string())),
            ("=", rest) => story.lines.push(Line::Comes(rest.to_string())),
            ("!", rest) => story.never.push(rest.to_string()),
            ("#", _) | ("", _) => {}
            _ => panic!("{path}: {line}"),
        }
    }
    assert!(story.lines.len() > 10, "{path} holds {} lines", story.lines.len());
    story
}

/// Plays a story through a pipe, at a width at which no sentence breaks.
fn play(name: &str) -> String {
    let story = story(name);
    let typed: String = story.lines.iter().filter_map(|l| if let Line::Type(t) = l { Some(format!("{t}\n")) } else { None }).collect();
    let said = super::terminal::piped(&["diagnose"], typed.as_bytes());
    let mut at = 0;
    let mut met = 0;
    for line in &story.lines {
        let Line::Comes(words) = line else { continue };
        match flat(&said)[at..].find(&flat(words)) {
            Some(i) => at += i + flat(words).len(),
            None => panic!("{name}: `{words}` does not come after\n{}\nin\n{said}", &flat(&said)[at.saturating_sub(300)..at]),
        }
        met += 1;
    }
    assert!(met > 5, "{name}: {met} expectations");
    for words in &story.never {
        assert!(!said.contains(words.as_str()), "{name}: `{words}` came");
    }
    said
}

/// The same through a pseudo-terminal: lines are typed, those that follow each other at once, when all that must come
/// before them has come.
fn play_at_a_terminal(name: &str) {
    let story = story(name);
    let mut pty = Pty::open(&["diagnose"], 200, 50);
    pty.comes("faultbook>");
    let mut typed: Vec<&str> = Vec::new();
    for line in &story.lines {
        match line {
            Line::Type(t) => typed.push(t),
            Line::Comes(words) => {
                if !typed.is_empty() {
                    pty.types(&typed.join("\n"));
                    typed.clear();
                }
                pty.comes(words);
            }
        }
    }
    if !typed.is_empty() {
        pty.types(&typed.join("\n"));
    }
    pty.ends();
}

/// Blanks and line ends alike, since text is wrapped.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn document_000_a_leak_is_shown_by_eight_records_and_not_by_two() {
    play("000-lost-heartbeat");
}

#[test]
fn document_001_the_cap_of_ha_is_what_counts() {
    play("001-panic-timeout");
}

#[test]
fn document_002_security_appliances_empty_the_network_heap() {
    play("002-heap-depletion");
}

#[test]
fn document_003_ends_without_a_cause_and_says_so() {
    play("003-guest-crash");
}

#[test]
fn document_004_the_heap_is_too_small_for_the_open_disks() {
    play("004-vmfs-heap");
}

#[test]
fn document_001_at_a_terminal() {
    play_at_a_terminal("001-panic-timeout");
}

#[test]
fn document_002_at_a_terminal() {
    play_at_a_terminal("002-heap-depletion");
}

#[test]
fn document_003_at_a_terminal() {
    play_at_a_terminal("003-guest-crash");
}

#[test]
fn document_004_at_a_terminal() {
    play_at_a_terminal("004-vmfs-heap");
}

#[test]
fn a_story_says_the_same_every_time() {
    assert_eq!(play("002-heap-depletion"), play("002-heap-depletion"));
}

/// Nothing of a session may depend on who writes to its pipe in which portions.
#[test]
fn lines_that_drip_in_are_the_same_text() {
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_faultbook")).args(["diagnose", "--color", "never"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for part in ["Heap: 2218: Heap netGPHeap already at its max", "imumSize. Cannot expand.\nUser: 2432: wantCoreDump", " : vpxa -enabled : 1\nquit\n"] {
        stdin.write_all(part.as_bytes()).unwrap();
        stdin.flush().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(120));
    }
    drop(stdin);
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success());
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(said.contains("[paste-1: 2 lines") && !said.contains("paste-2"), "{said}");
}
