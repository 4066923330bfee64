//! Whatever is taken as plain, the YAML crate reads in the same way, places included.

use super::*;
use crate::model::format::FormatFile;
use crate::model::signature::SignatureFile;
use crate::model::step::StepFile;
use crate::model::table::TableFile;
use crate::model::yaml::{MAX_FILE, read_by_crate};
use serde::Deserialize;
use std::fmt::Debug;
use std::path::Path;

/// What is read here, as text; `None`: it is not plain.
fn plainly<'t, T: Deserialize<'t> + Debug>(text: &'t str) -> Option<String> {
    read::<T>(text).map(|value| format!("{value:?}"))
}

/// Reads both ways; whether it was plain.
fn same<'t, T: Deserialize<'t> + Debug>(text: &'t str) -> bool {
    let Some(plain) = plainly::<T>(text) else { return false };
    match read_by_crate::<T>("x.yaml", text, MAX_FILE) {
        Ok(value) => assert_eq!(plain, format!("{value:?}"), "{text}"),
        Err(problem) => panic!("{problem}\n{text}"),
    }
    true
}

fn same_of(path: &str, text: &str) -> bool {
    match path {
        p if p.contains("/steps/") => same::<StepFile>(text),
        p if p.contains("/formats/") => same::<FormatFile>(text),
        p if p.contains("/tables/") => same::<TableFile>(text),
        _ => same::<SignatureFile>(text),
    }
}

fn files(folder: &Path, out: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            out.push((path.to_string_lossy().replace('\\', "/"), text));
        }
    }
}

fn library() -> Vec<(String, String)> {
    let mut out = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("signatures"), &mut out);
    out.retain(|(path, _)| !path.contains("/facts/"));
    out
}

#[test]
fn most_files_of_the_library_are_plain_and_read_the_same_both_ways() {
    let all = library();
    let plain = all.iter().filter(|(path, text)| same_of(path, text)).count();
    assert!(all.len() > 900, "{} files", all.len());
    assert!(plain * 10 > all.len() * 8, "only {plain} of {} files are plain", all.len());
}

#[test]
fn whatever_is_done_to_a_file_both_ways_agree_or_it_is_not_plain() {
    let all: Vec<(String, String)> = library().into_iter().filter(|(path, text)| text.len() < 4_000 && same_of(path, text)).collect();
    let pieces = [
        " ",
        "  ",
        "\n",
        "|\n",
        "|-\n  ",
        "|\n      ",
        "\n\n",
        "\n    #\n",
        ":",
        ": ",
        " #",
        "#",
        "'",
        "\"",
        "-",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ",",
        ", ",
        "|",
        ">",
        "&a ",
        "*a",
        "!t ",
        "~",
        "null",
        "true",
        "1",
        "0x1",
        "é",
        "\t",
        "\\",
        "?",
        "? ",
        "%",
        "---\n",
        "x",
        "x: y",
        "on",
        ".5",
        "\u{85}",
        "\u{feff}",
        "<<",
        "=",
        "''",
    ];
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut die = |n: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % n as u64) as usize
    };
    let mut plain = 0;
    let rounds = 20_000;
    for _ in 0..rounds {
        let (path, text) = &all[die(all.len())];
        let mut text = text.clone();
        for _ in 0..=die(2) {
            let places: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
            let at = places[die(places.len())];
            match die(4) {
                0 => drop(text.remove(at)),
                1 => {
                    let end = text[at..].find('\n').map_or(text.len(), |i| at + i + 1);
                    text.replace_range(at..end, "");
                }
                _ => text.insert_str(at, pieces[die(pieces.len())]),
            }
            if text.is_empty() {
                break;
            }
        }
        plain += usize::from(same_of(path, &text));
    }
    assert!(plain * 10 > rounds * 3, "only {plain} of {rounds} were plain: the test shows little");
}

#[test]
fn what_is_not_plain_is_left_to_the_crate() {
    type Map = std::collections::BTreeMap<crate::text::place::At<String>, crate::text::place::At<String>>;
    let plain = [
        "a: b",
        "# c\na:   b  # c\n",
        "a: 'it''s'",
        "a: \"x y\" # z",
        "a: é b",
        "a: b#c",
        "a: b:c",
        "a: 1",
        "a: 15 min",
        "a: 7.0 U3",
        "a: true",
        "a: \"x \\\"y\\\" \\\\\\\\ z\"",
        "---\na: b\n",
        "'a': b",
        "a: |\n  b\n  # c\n\n    d\n# e\n",
        "a: |-\n b",
    ];
    for text in plain {
        assert!(same::<Map>(text), "{text}");
    }
    let not_plain = [
        "",
        "a:",
        "a: ~",
        "a: 01",
        "a: 1.5",
        "a: yes",
        "a: |+\n  b",
        "a: |\nb",
        "a: |\n\n  b",
        "a: |\n  b\n    \n  c",
        "a: >-\n  b",
        "a: b\n  c",
        "a: 'b\n  c'",
        "a: \"\\t\"",
        "a: &x b",
        "a: !x b",
        "a: b\na: c",
        "a: b\n'a': c",
        "a: b: c",
        "--- \na: b",
        "a: b\r\n",
        "? a\n: b",
        "a: [b]",
        "a: - b",
        "a:\tb",
        "{}\na: b",
        "- a",
    ];
    for text in not_plain {
        assert_eq!(plainly::<Map>(text), None, "{text}");
    }
}
