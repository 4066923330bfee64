//! A user's library: mistakes are said with their place, all of a file at once, and never stop the rest.

use super::run::{Ran, faultbook_in};
use faultbook::facts::view::Knowledge;
use faultbook::library::Library;
use faultbook::library::outline::Kind;
use faultbook::library::shipped::{SHIPPED, Shipped};
use faultbook::source::library::read_root;
use indoc::indoc;
use std::path::Path;

/// A library root with these files.
fn root(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    faultbook_in(folder, args, b"", &[])
}

const GOOD: &str = indoc! {r#"
    id: kafka-log-full
    title: A broker stopped because its log disk is full
    severity: high
    status: stable
    match:
      any: ['KafkaStorageException: Error while writing (?P<kafka.file>\S+)']
    facts:
      kafka.file: { type: path, say: file that could not be written }
    causes:
      - { id: full, prior: likely, title: The disk is full }
    references: [{ title: "x" }]
    examples:
      match: [{ text: "KafkaStorageException: Error while writing /a/b" }]
      no_match: [{ text: "KafkaStorageException: closed" }]
"#};

#[test]
fn a_dropped_file_is_found_without_rebuilding() {
    let lib = root(&[("signatures/kafka/kafka-log-full.yaml", GOOD)]);
    let ran = run(lib.path(), &["--library", ".", "--format", "json", "lookup", "ERROR KafkaStorageException: Error while writing /data/x"]);
    assert_eq!(ran.findings(), ["kafka-log-full"]);
    assert!(ran.json()["findings"][0]["library_file"].as_str().is_some_and(|f| f.ends_with("kafka-log-full.yaml")));
}

#[test]
fn a_broken_file_is_said_and_the_rest_works() {
    let lib = root(&[("signatures/kafka/kafka-log-full.yaml", GOOD), ("signatures/kafka/broken.yaml", "id: broken\ntitel: x\n")]);
    let ran = run(lib.path(), &["--library", ".", "--format", "json", "lookup", "KafkaStorageException: Error while writing /data/x"]);
    assert_eq!(ran.findings(), ["kafka-log-full"]);
    assert!(ran.err.contains("broken.yaml:2:1") && ran.err.contains("`titel` is no key here") && ran.err.contains("did you mean `title`?"), "{}", ran.err);
}

#[test]
fn a_pattern_without_a_literal_is_named_with_what_it_costs_and_only_by_check() {
    // Issue 9.
    let text = GOOD
        .replace(r"'KafkaStorageException: Error while writing (?P<kafka.file>\S+)'", r"'\d{2}:(?P<kafka.file>/\w+)'")
        .replace(": Error while writing ", " 12:");
    let lib = root(&[("signatures/kafka/kafka-log-full.yaml", &text)]);
    let ran = run(lib.path(), &["check", "."]);
    let cost = regex::Regex::new(r"6:9: this pattern holds no literal .*\[no-literal\](?s:.*) a scan for this alone takes \d+\.\d s for each GB")
        .expect("an expression");
    assert!(cost.is_match(&ran.out), "{}{}", ran.out, ran.err);
    let ran = run(lib.path(), &["--library", ".", "--format", "json", "lookup", "KafkaStorageException 12:/a/b"]);
    assert_eq!((ran.findings(), &*ran.err), (vec!["kafka-log-full".to_string()], ""));
}

#[test]
fn a_retired_file_is_examined_like_the_others() {
    let text = GOOD.replace("status: stable", "status: retired").replace(r"(?P<kafka.file>\S+)']", r"(?P<kafka.file>\S+']");
    let lib = root(&[("signatures/kafka/kafka-log-full.yaml", &text)]);
    let ran = run(lib.path(), &["check", "."]);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("6:53: this pattern does not compile: unclosed group"), "{said}");
}

/// One mistake: what is replaced in the good file, and what must be said with its place.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("an unclosed group", r"(?P<kafka.file>\S+)']", r"(?P<kafka.file>\S+']", "6:53: this pattern does not compile: unclosed group"),
    ("an undeclared capture", "kafka.file>", "kafka.fiel>", "the capture `kafka.fiel` is no declared fact"),
    ("a misspelt key", "severity:", "severty:", "3:1: `severty` is no key here"),
    ("an unknown severity", "severity: high", "severity: awful", "awful"),
    ("an unknown type", "type: path", "type: pth", "`pth` is no type"),
    ("an id that is not the file's name", "id: kafka-log-full\n", "id: kafka-full\n", "the id `kafka-full` is not the name of the file"),
    ("an article that is not there", "status: stable\n", "status: stable\narticle: no-such-article\n", "there is no article `no-such-article`"),
    ("look-around", "KafkaStorageException: Error while", "(?<!x)KafkaStorageException: Error while", "look-around"),
    ("an example that does not match", "Error while writing /a/b", "Error while reading /a/b", "`kafka-log-full` does not fire on this"),
    ("a near miss that matches", "KafkaStorageException: closed", "KafkaStorageException: Error while writing x", "fires on this, and must not"),
    ("an anchor", "title: A broker", "title: &a A broker", "no-anchors"),
    ("the same key twice", "severity: high\n", "severity: high\nseverity: high\n", "duplicate-key"),
    (
        "an unknown cause in evidence",
        "references:",
        "evidence: [{ step: vm-of-mac, why: x, outcomes: [{ when: \"true\", causes: { ful: supports } }] }]\nreferences:",
        "`ful` is no cause of this signature",
    ),
    ("an unknown step", "references:", "evidence: [{ step: vm-of-mc, why: x }]\nreferences:", "there is no step `vm-of-mc`"),
    ("bytes against seconds", "references:", "derive: { kafka.size: cos.ram_total + cos.uptime }\nreferences:", "do not go together"),
];

#[test]
fn every_mistake_is_said_where_it_stands() {
    for (what, from, to, said) in MISTAKES {
        assert!(GOOD.contains(from), "{what}: the good file has no `{from}`");
        let mut text = GOOD.replacen(from, to, 1);
        if *what == "bytes against seconds" {
            text = text.replace("facts:\n", "facts:\n  kafka.size: { type: integer, unit: B, say: x }\n");
        }
        let lib = root(&[("signatures/kafka/kafka-log-full.yaml", &text)]);
        let ran = run(lib.path(), &["check", "."]);
        assert_eq!(ran.code, 1, "{what}: {}", ran.out);
        assert!(ran.out.contains(said), "{what}: `{said}` is not in\n{}", ran.out);
    }
    assert!(MISTAKES.len() >= 15);
}

#[test]
fn all_mistakes_of_a_file_are_said_at_once() {
    let text = GOOD.replace("status: stable", "status: stable\narticle: nowhere").replace(r"(?P<kafka.file>\S+)", r"(?P<kafka.fyle>\S+)");
    let lib = root(&[("signatures/kafka/kafka-log-full.yaml", &text)]);
    let ran = run(lib.path(), &["check", "."]);
    assert!(ran.out.contains("nowhere") && ran.out.contains("kafka.fyle"), "{}", ran.out);
}

#[test]
fn the_same_id_twice_names_both_files_unless_one_overrides() {
    let shipped = GOOD.replace("id: kafka-log-full", "id: netgpheap-exhausted");
    let lib = root(&[("signatures/kafka/netgpheap-exhausted.yaml", &shipped)]);
    let ran = run(lib.path(), &["check", "."]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("is also in signatures/vmkernel/netgpheap-exhausted.yaml"), "{}", ran.out);
    let lib = root(&[("signatures/kafka/netgpheap-exhausted.yaml", &shipped.replace("status: stable", "status: stable\noverrides: shipped"))]);
    let ran = run(lib.path(), &["--library", ".", "--format", "json", "lookup", "KafkaStorageException: Error while writing /data/x"]);
    assert_eq!(ran.findings(), ["netgpheap-exhausted"]);
}

#[test]
fn a_file_that_takes_the_place_of_a_shipped_one_declares_its_facts_anew() {
    let old = SHIPPED.outlines.iter().find(|o| o.kind == Kind::Signature && o.facts.len() > 1).expect("there are such");
    let (said, fact) = (old.facts[0].say, old.facts[0].name);
    let text = old.text.replace("\nseverity:", "\noverrides: shipped\nseverity:").replace(said, "said anew");
    let own = root(&[(old.file, &text)]);
    let library = Library::load(SHIPPED, &read_root(own.path(), &|| 1).expect("it is there"));
    assert!(library.problems.is_empty(), "{:?}", library.problems);
    assert_eq!(library.decl(fact).expect("declared").say, "said anew");
    assert_eq!(library.fact_names().filter(|name| *name == fact).count(), 1);
    let elsewhere = root(&[("signatures/x/x.yaml", &GOOD.replace("kafka.file", fact))]);
    let library = Library::load(SHIPPED, &read_root(elsewhere.path(), &|| 1).expect("it is there"));
    assert!(library.problems.iter().any(|p| p.code == "same-fact" && p.say.contains(old.file)), "{:?}", library.problems);
}

#[test]
fn a_copy_of_a_shipped_file_says_nothing_new() {
    let shipped = include_str!("../../signatures/vmkernel/netgpheap-exhausted.yaml");
    let lib = root(&[("signatures/vmkernel/netgpheap-exhausted.yaml", shipped)]);
    let ran = run(lib.path(), &["--library", ".", "lookup", "Heap: 2525: Heap netGPHeap already at its maximum size. Cannot expand."]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("netgpheap-exhausted"));
}

#[test]
fn a_clock_of_a_line_is_no_name_for_a_fact() {
    let text = GOOD.replace("kafka.file", "time.file");
    let lib = root(&[("signatures/kafka/kafka-log-full.yaml", &text)]);
    let ran = run(lib.path(), &["check", "."]);
    assert!(ran.out.contains("kafka-log-full.yaml:8:") && ran.out.contains("`time.file` is a clock of a line"), "{}", ran.out);
}

#[test]
fn a_line_that_two_patterns_know_is_one_finding() {
    let text = GOOD
        .replace(
            "any: ['KafkaStorageException: Error while writing (?P<kafka.file>\\S+)']",
            "any: ['KafkaStorageException: Error while writing (?P<kafka.file>\\S+)', 'Exception: Error while writing']",
        )
        .replace("kafka.file: {", "kafka.file: { about: [],")
        .replace("\nmatch:", "\nabout: [kafka.file]\nmatch:");
    let lib = root(&[("signatures/kafka/kafka-log-full.yaml", &text)]);
    let ran = run(lib.path(), &["--library", ".", "--format", "json", "lookup", "KafkaStorageException: Error while writing /data/x"]);
    assert_eq!(ran.findings(), ["kafka-log-full"], "{}", ran.out);
    assert_eq!(ran.json()["findings"][0]["count"], 1, "{}", ran.out);
}

#[test]
fn search_knows_a_file_by_its_own_words_and_once() {
    let own = indoc! {"
        ---
        id: netgpheap-exhausted
        overrides: shipped
        title: Our own words on netGPHeap
        products: [esxi]
        keywords: [netgpheap]
        reviewed: 2026-11-22
        confidence: single-report
        ---
        ## Symptoms
        netGPHeap is full.
    "};
    let lib = root(&[("kb/own/netgpheap-exhausted.md", own)]);
    let ran = run(lib.path(), &["--library", ".", "search", "netGPHeap exhausted"]);
    let lines: Vec<&str> = ran.out.lines().filter(|l| l.contains("show netgpheap-exhausted ")).collect();
    assert_eq!(lines.len(), 1, "{}", ran.out);
    assert!(lines[0].contains("Our own words"), "{}", ran.out);
    assert!(ran.out.lines().count() > 3, "the shipped ones are still there: {}", ran.out);
    let alone = run(lib.path(), &["--library", ".", "--no-shipped", "search", "netGPHeap exhausted"]);
    assert_eq!(alone.out.lines().count(), 1, "{}", alone.out);
}

#[test]
fn a_bomb_is_refused_at_once() {
    let aliases: String = (1..9).map(|i| format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 9].join(","))).collect();
    let deep = format!("id: {}", "[".repeat(100_000));
    let merge = "<<: {id: x}\n".to_string();
    for (what, text) in [("aliases", format!("a0: &a0 [x]\n{aliases}")), ("depth", deep), ("merge keys", merge)] {
        let lib = root(&[("signatures/kafka/bomb.yaml", &text)]);
        let start = std::time::Instant::now();
        let ran = run(lib.path(), &["check", "."]);
        assert_eq!(ran.code, 1, "{what}: {}", ran.out);
        assert!(ran.out.contains("bomb.yaml:1:"), "{what}: {}", ran.out);
        // The whole process, in a dev build; the refusal alone is far below 50 ms.
        assert!(start.elapsed().as_millis() < 2_000, "{what}: {:?}", start.elapsed());
    }
}

#[test]
fn a_file_from_a_windows_editor_is_read() {
    let text = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    let lib = root(&[("signatures/kafka/kafka-log-full.yaml", &text)]);
    let ran = run(lib.path(), &["--library", ".", "--format", "json", "lookup", "KafkaStorageException: Error while writing /data/x"]);
    assert_eq!(ran.findings(), ["kafka-log-full"]);
}

#[test]
fn the_shipped_library_has_no_problem() {
    let ran = run(Path::new(env!("CARGO_MANIFEST_DIR")), &["--format", "json", "check", "."]);
    let json = ran.json();
    assert!(json["files"].as_u64() > Some(800) && json["examples"].as_u64() > Some(2_000), "too little was read: {} files", json["files"]);
    assert_eq!(json["problems"].as_array().map(Vec::len), Some(0), "{}", ran.out);
}

#[test]
fn a_large_library_is_the_same_whatever_the_number_of_threads_that_read_it() {
    use faultbook::library::shelf::SourceFile;
    let file = |i: usize| {
        // Every seventh is broken, every fifth has the id of the one before.
        let id = if i % 5 == 4 { i - 1 } else { i };
        let key = if i % 7 == 3 { "titel" } else { "title" };
        let text = format!(
            "id: x{id}\n{key}: x\nseverity: low\nstatus: draft\nmatch:\n  any: ['literal number {i:04} (?P<x.n{i}>\\d+)']\nfacts:\n  x.n{i}: {{ type: integer, say: n }}\n"
        );
        let path = format!("signatures/x/x{i}.yaml");
        SourceFile { path: path.clone(), shown: path, text: Ok(text) }
    };
    let files: Vec<SourceFile> = (0..700).map(file).collect();
    let shown = |threads: usize| {
        let library = Library::load_on(&|| threads, Shipped::NONE, &files);
        let problems: Vec<String> = library.problems.iter().map(|p| p.to_string()).collect();
        let patterns: Vec<&str> = library.patterns().iter().map(|p| p.outline.source).collect();
        (library.entries().len(), format!("{problems:?} {patterns:?}"))
    };
    let (one, said) = shown(1);
    assert!(one > 400 && said.contains("titel") && said.contains("is also in"), "{one} {said}");
    for threads in [2, 3, 16, 1_000] {
        assert_eq!(shown(threads), (one, said.clone()), "{threads} threads");
    }
}
