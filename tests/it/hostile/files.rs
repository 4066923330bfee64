//! Library files that are bombs, and patterns that would be slow elsewhere.

use super::{figure, targets};
use crate::random::Random;
use faultbook::check::check;
use faultbook::engine::matcher::Matcher;
use faultbook::library::Library;
use faultbook::library::outline::outline;
use faultbook::library::shelf::SourceFile;
use faultbook::library::shipped::Shipped;
use std::time::{Duration, Instant};

const PATH: &str = "signatures/x/x.yaml";
const GOOD: &str = "id: x\ntitle: X\nseverity: high\nstatus: stable\nmatch:\n  any: ['some words here']\n";

/// Refusals of a file of a mebibyte take less than 50 ms in a release build.
const BOUND: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1_000 } else { 50 });

fn bombs() -> Vec<(&'static str, String)> {
    let full = |piece: &str| piece.repeat((1 << 20) / piece.len() - 1);
    let aliases: String = (1..12).map(|i| format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 9].join(","))).collect();
    let keys: String = (0..60_000).map(|i| format!("k{i}: 1\n")).collect();
    vec![
        ("aliases", format!("a0: &a0 [x]\n{aliases}")),
        ("aliases, later", format!("{GOOD}a0: &a0 [x]\n{aliases}")),
        ("brackets", full("[")),
        ("brackets behind a key", format!("id: {}", "[".repeat(100_000))),
        ("braces", full("{")),
        ("nested keys", (0..1_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect()),
        ("dashes", full("- ")),
        ("questions", full("? ")),
        ("anchors", full("&a ")),
        ("tags", full("!t ")),
        ("a tag", GOOD.replace("title: X", "title: !evil X")),
        ("merge keys", format!("{GOOD}<<: {{a: b}}\n")),
        ("many keys", keys),
        ("the same key", full("a: 1\n")),
        ("the same key twice", format!("{GOOD}severity: low\n")),
        ("documents", full("---\n")),
        ("two documents", format!("{GOOD}---\n{GOOD}")),
        ("directives", full("%YAML 1.2\n")),
        ("a long key", format!("{}: 1\n", "k".repeat(1_000_000))),
        ("a long text", format!("{GOOD}extra: {}\n", "x ".repeat(500_000))),
        ("an open quote", format!("id: \"{}", full("x"))),
        ("quotes", full("'")),
        ("escapes", format!("id: \"{}\"", "\\x41".repeat(200_000))),
        ("a wrong escape", "id: \"\\q\"\n".into()),
        ("commas", format!("[{}", full(","))),
        ("colons", full(":")),
        ("bars", full("|\n")),
        ("stars", full("*a ")),
        ("tabs", full("\t")),
        ("a tab for a blank", GOOD.replace("  any", "\tany")),
        ("line ends", full("\n")),
        ("comments", full("# x\n")),
        ("NULs", full("\0")),
        ("controls", "\u{1}\u{1b}[31m: \u{9b}\n".into()),
        ("bidirectional", "\u{202e}di: x\n".into()),
        ("an integer for a list", GOOD.replace("['some words here']", "7")),
        ("a number too large", GOOD.replace("title: X", "title: X\nweight: 99999999999999999999999999")),
        ("a list for a map", "- id: x\n".into()),
        ("a text alone", "just words\n".into()),
        ("nothing", String::new()),
        ("a misspelt key", GOOD.replace("severity", "severty")),
        ("one byte too many", format!("# {}\n{GOOD}", "x".repeat(1 << 20))),
    ]
}

#[test]
fn every_bomb_is_refused_at_once_at_its_place() {
    let bombs = bombs();
    assert!(bombs.len() >= 40, "{} cases", bombs.len());
    let (mut longest, mut bytes) = ((Duration::ZERO, ""), 0);
    for (what, text) in &bombs {
        let begun = Instant::now();
        let problems = match outline(PATH, PATH, text) {
            Err(problems) => problems,
            Ok(_) => panic!("{what}: it was taken"),
        };
        let took = begun.elapsed();
        longest = longest.max((took, what));
        bytes += text.len();
        assert!(took < BOUND, "{what}: {took:?}");
        let said: String = problems.iter().map(|p| format!("{p}\n")).collect();
        assert!(targets::is_tame(&said) && said.len() < 4_096, "{what}: {} bytes: {:.600}", said.len(), said);
        // All but the bound on the size has a place.
        assert!(!problems.is_empty() && problems.iter().all(|p| p.place.line > 0 || p.code == "file-too-large"), "{what}: {said}");
        if *what == "a misspelt key" {
            assert!(said.contains("did you mean `severity`?"), "{said}");
        }
    }
    figure("library files", format!("{} bad files, {} MiB, longest {} ms ({})", bombs.len(), bytes >> 20, longest.0.as_millis(), longest.1));
}

#[test]
fn a_mark_and_other_line_ends_are_no_mistake() {
    for text in [format!("\u{feff}{}", GOOD.replace('\n', "\r\n")), GOOD.replace('\n', "\r\n"), format!("\u{feff}{GOOD}"), GOOD.trim_end().to_string()] {
        let begun = Instant::now();
        assert_eq!(outline(PATH, PATH, &text).unwrap().unwrap().id, "x");
        assert!(begun.elapsed() < BOUND);
    }
    // The reader of YAML takes a mark; an article begins with `---`, and must do so behind one.
    let article = "---\nid: x\ntitle: X\nreviewed: 2026-11-21\nconfidence: single-report\n---\n\nSome words.\n";
    for text in [article.to_string(), article.replace('\n', "\r\n"), format!("\u{feff}{article}"), format!("\u{feff}{}", article.replace('\n', "\r\n"))] {
        assert_eq!(outline("kb/x.md", "kb/x.md", &text).unwrap().unwrap().id, "x");
    }
}

/// Patterns that hurt engines which go back, or grow when they are compiled.
fn evil_patterns() -> Vec<String> {
    let mut out: Vec<String> = [
        "(a+)+b",
        "(a|a)*b",
        "(a|aa)+b",
        "(.*)*b",
        "(.*a){12}b",
        "a*a*a*a*a*b",
        "(x+x+)+y",
        "((a*)*)*b",
        r"(\w+\s?)+$",
        r"(\d+)*z",
        r"([a-z]+)*\d",
        ".*.*.*=.*",
        "a{1000}",
        "(a{100}){100}",
        "(a{1,1000}){1,1000}",
        "((a{0,100}){0,100}){0,100}",
        r"\pL{1000}",
        r"(\pL{1,100}){1,100}",
        r"(?i)\pL+\pN+x",
        "[^a]*[^b]*[^c]*d",
        "(|)*",
        "(){4294967295}",
        "a{4294967296}",
        "(?:){1000000000}",
        "(((((((((a*)*)*)*)*)*)*)*)*)b",
        "(?P<a.b>",
        "(?P<>x)",
        "(?P<x>a)(?P<x>b)",
        "(?=a)b",
        "(?<!a)b",
        r"(a)\1",
        "[",
        "[]",
        "[z-a]",
        "(",
        ")",
        "*",
        "+a",
        "a**",
        "?",
        r"\",
        r"\x{110000}",
        r"\u{d800}",
        r"\p{Nope}",
        "(?z)a",
        "^$",
        "",
        ".",
        ".*",
        "$^",
        r"\b\B",
        "(?s).*x",
        "x*",
        "(a|b|ab)*c",
        "(?:a?){30}a{30}",
        "(?:(?:a?){20}){20}",
        "[a-zA-Z0-9_.+-]+@[a-z]+x",
        r"(\S+ )*\S+!",
        "(?m)^(.+)+$",
        "\u{202e}(",
    ]
    .map(String::from)
    .to_vec();
    out.extend([
        format!("{}a{}", "(".repeat(200), ")".repeat(200)),
        format!("{}a", "(?:".repeat(60)),
        format!("{}a{}", "(?:".repeat(30), "{100}){100}".repeat(15)),
        format!("{}a{}", "(?:".repeat(45), "){9}".repeat(45)),
        "a".repeat(1_025),
        "a|".repeat(511),
        "[ab]".repeat(250),
        "(a|b)".repeat(200),
    ]);
    out
}

#[test]
fn an_evil_pattern_is_refused_at_its_place_or_scans_fast() {
    let patterns = evil_patterns();
    assert!(patterns.len() >= 60, "{}", patterns.len());
    let bound = Duration::from_millis(if cfg!(debug_assertions) { 2_000 } else { 100 });
    // Each of the length of one window of a line.
    let lines: Vec<Vec<u8>> = ["a", "aa!", "x", "ab", "word ", "1", "a.b=", "\u{e9}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", " "]
        .map(|p| p.repeat((256 << 10) / p.len()).into_bytes())
        .to_vec();
    let (mut refused, mut accepted, mut slowest, mut longest) = (0, 0, (f64::MAX, String::new()), Duration::ZERO);
    for pattern in &patterns {
        let list = format!("any:\n    - '{}'\n    - 'some words here'", pattern.replace('\'', "''"));
        let yaml = GOOD.replace("any: ['some words here']", &list);
        let begun = Instant::now();
        let file = SourceFile { path: PATH.into(), shown: PATH.into(), text: Ok(yaml.clone()) };
        let library = Library::load(Shipped::NONE, &[file]);
        let problems: Vec<_> = library.problems.iter().cloned().chain((0..library.entries().len()).flat_map(|i| library.problems_of(i).to_vec())).collect();
        longest = longest.max(begun.elapsed());
        assert!(begun.elapsed() < bound, "{pattern}: {:?}", begun.elapsed());
        let _ = Matcher::scan(&library);
        assert!(begun.elapsed() < bound, "{pattern}: {:?}", begun.elapsed());
        let compiles = library.patterns().len() == 2 && library.patterns().iter().all(|p| p.regex().is_some());
        if !compiles {
            assert!(problems.iter().any(|p| p.place.line == 7), "{pattern}: {problems:?}\n{yaml}");
            refused += 1;
            continue;
        }
        // The lint has a remark on most of them.
        accepted += 1;
        for regex in library.patterns().iter().filter_map(|p| p.regex()) {
            for line in &lines {
                // A pattern is asked for its first match in a line or a piece of one.
                let begun = Instant::now();
                let found = regex.find(line).is_some();
                let speed = line.len() as f64 / begun.elapsed().as_secs_f64() / 1e6;
                if !found {
                    slowest = if speed < slowest.0 { (speed, pattern.clone()) } else { slowest };
                }
            }
        }
    }
    figure(
        "evil patterns",
        format!(
            "{refused} refused, {accepted} accepted of {}, longest refusal {} ms, slowest scan {:.1} MB/s (`{}`)",
            patterns.len(),
            longest.as_millis(),
            slowest.0,
            slowest.1
        ),
    );
    assert!(refused >= 25 && accepted >= 10 && refused + accepted == patterns.len(), "{refused} refused, {accepted} accepted");
    assert!(slowest.0 > if cfg!(debug_assertions) { 0.5 } else { 5.0 }, "{slowest:?}");
}

#[test]
fn changed_library_files_never_panic() {
    // The samples of the fuzzer's target, a thousand changes: book/src/trust.md has its long runs.
    let mut samples = Vec::new();
    for file in ["signatures/vmkernel/netgpheap-exhausted.yaml", "kb/vmkernel/netgpheap-exhausted.md"] {
        if let Ok(text) = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)) {
            samples.push(text);
        }
    }
    assert_eq!(samples.len(), 2, "the samples are there");
    samples.push(GOOD.to_string());
    let mut dice = Random(9);
    let pieces = ["{", "[", "'", "\"", ": ", "- ", "\n", "&a ", "(?P<", "((((", "\u{1b}", "\u{202e}", "\t", "~", "99999999999999999999"];
    let mut runs = 0;
    for _ in 0..1_000 {
        let mut text: Vec<char> = samples[dice.place(samples.len())].chars().collect();
        for _ in 0..=dice.place(4) {
            let at = dice.place(text.len());
            match dice.place(3) {
                0 => drop(text.drain(at..(at + dice.place(30)).min(text.len()))),
                1 => drop(text.splice(at..at, pieces[dice.place(pieces.len())].chars())),
                _ => text.truncate(at.max(4)),
            }
            if text.is_empty() {
                text.push('x');
            }
        }
        let text: String = text.into_iter().collect();
        if let Ok(Some(_)) = outline(PATH, PATH, &text) {
            let file = SourceFile { path: PATH.into(), shown: PATH.into(), text: Ok(text) };
            let report = check(&Library::load(Shipped::NONE, &[file]), &|_| true, 1, &Default::default);
            assert!(report.problems.iter().all(|p| targets::is_tame(&p.to_string())));
        }
        runs += 1;
    }
    assert_eq!(runs, 1_000);
}
