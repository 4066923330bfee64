//! The ledger of the five source documents: every numbered fact stands in a file of the library, in words that can be
//! found there, or is left out for a reason. So "complete" can be counted.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Where one fact is held.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    file: Option<String>,
    text: Option<String>,
    left_out: Option<String>,
}

/// The numbers of the facts: chapter, and how many it has.
const CHAPTERS: &[(&str, usize)] = &[
    ("S0", 37),
    ("C0", 19),
    ("X0", 8),
    ("S1", 18),
    ("T1", 6),
    ("X1", 6),
    ("S2", 28),
    ("C2", 13),
    ("X2", 7),
    ("S3", 21),
    ("C3", 5),
    ("X3", 6),
    ("S4", 27),
    ("C4", 6),
    ("X4", 9),
    ("Zimbra", 6),
    ("Exchange", 18),
    ("Exchange2007", 1),
];

/// A text without blanks, so that a line may be folded anywhere.
fn solid(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn ledger() -> BTreeMap<String, Held> {
    let text = std::fs::read_to_string(root().join("tests/seed_ledger.yaml")).unwrap();
    serde_yaml::from_str(&text).unwrap()
}

/// What is wrong with a ledger; `read` gives the text of a file.
fn wrong(ledger: &BTreeMap<String, Held>, read: &mut dyn FnMut(&str) -> Option<String>) -> Vec<String> {
    let expected: BTreeSet<String> = CHAPTERS.iter().flat_map(|(chapter, count)| (1..=*count).map(move |n| format!("{chapter}.{n}"))).collect();
    let mut wrong: Vec<String> = expected.iter().filter(|n| !ledger.contains_key(*n)).map(|n| format!("{n} is missing")).collect();
    wrong.extend(ledger.keys().filter(|n| !expected.contains(*n)).map(|n| format!("{n} is no number of a fact")));
    for (number, held) in ledger {
        match (&held.file, &held.text, &held.left_out) {
            (None, None, Some(reason)) if reason.len() >= 20 => {}
            (Some(file), Some(text), None) => match read(file) {
                None => wrong.push(format!("{number}: there is no file {file}")),
                Some(_) if solid(text).len() < 8 => wrong.push(format!("{number}: `{text}` is too short to be found")),
                Some(content) if !content.contains(&solid(text)) => wrong.push(format!("{number}: {file} does not hold `{text}`")),
                Some(_) => {}
            },
            _ => wrong.push(format!("{number} wants a file and a text, or a reason why it is left out")),
        }
    }
    wrong
}

#[test]
fn every_numbered_fact_is_held_or_left_out_for_a_reason() {
    let ledger = ledger();
    let mut files: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut read = |file: &str| {
        let inside = (file.starts_with("kb/") || file.starts_with("signatures/")) && !file.contains("..");
        files.entry(file.to_string()).or_insert_with(|| std::fs::read_to_string(root().join(file)).ok().filter(|_| inside).map(|t| solid(&t))).clone()
    };
    let wrong = wrong(&ledger, &mut read);
    assert!(wrong.is_empty(), "{} entries are wrong:\n{}", wrong.len(), wrong.join("\n"));
    let left_out = ledger.values().filter(|h| h.left_out.is_some()).count();
    println!("{} facts of the five documents: {} held in {} files, {left_out} left out", ledger.len(), ledger.len() - left_out, files.len());
    assert_eq!((ledger.len(), left_out), (241, 1));
}

#[test]
fn the_ledger_is_strict() {
    let mut read = |file: &str| (file == "kb/there.md").then(|| solid("Half of what was said stands here."));
    let entry = |file: &str, text: &str| Held { file: Some(file.into()), text: Some(text.into()), left_out: None };
    let complaints = |number: &str, held: Held, read: &mut dyn FnMut(&str) -> Option<String>| {
        let ledger = BTreeMap::from([(number.to_string(), held)]);
        wrong(&ledger, read).into_iter().filter(|w| !w.ends_with("is missing")).collect::<Vec<_>>()
    };
    assert!(complaints("S0.1", entry("kb/there.md", "what was\n  said stands"), &mut read).is_empty());
    assert_eq!(complaints("S0.1", entry("kb/there.md", "what was never said"), &mut read).len(), 1);
    assert_eq!(complaints("S0.1", entry("kb/there.md", "here."), &mut read).len(), 1);
    assert_eq!(complaints("S0.1", entry("kb/gone.md", "what was said"), &mut read).len(), 1);
    assert_eq!(complaints("S0.99", entry("kb/there.md", "what was said"), &mut read).len(), 1);
    assert_eq!(complaints("S0.1", Held { file: None, text: None, left_out: None }, &mut read).len(), 1);
    assert_eq!(complaints("S0.1", Held { file: None, text: None, left_out: Some("no".into()) }, &mut read).len(), 1);
    assert_eq!(wrong(&BTreeMap::new(), &mut read).len(), 241);
}
