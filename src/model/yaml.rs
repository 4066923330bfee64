//! The only place that names the YAML crate: strict options, and its errors turned into placed problems with hints for
//! the traps that authors fall into.

use super::plain;
use crate::problem::{Problem, did_you_mean};
use crate::text::place::Place;
use serde::Deserialize;

/// Largest library file in bytes.
pub const MAX_FILE: usize = 1 << 20;

/// Reads one YAML document into a model struct. The first thing wrong with its shape is the error.
pub fn read<'a, T: Deserialize<'a>>(file: &str, text: &'a str) -> Result<T, Problem> {
    read_up_to(file, text, MAX_FILE)
}

/// The same with another bound on its size; saved cases hold logs and are larger than library files.
pub fn read_up_to<'a, T: Deserialize<'a>>(file: &str, text: &'a str, most: usize) -> Result<T, Problem> {
    if text.len() > most {
        return Err(Problem::new(file, Place::default(), "file-too-large", format!("{} bytes; the limit is {most}", text.len())));
    }
    plain::read(text).map_or_else(|| read_by_crate(file, text, most), Ok)
}

/// The same by the YAML crate alone.
pub(super) fn read_by_crate<'a, T: Deserialize<'a>>(file: &str, text: &'a str, most: usize) -> Result<T, Problem> {
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_reader_input_bytes: Some(most),
            max_events: 200_000.max(most / 8),
            max_nodes: 100_000.max(most / 16),
            max_depth: 32,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
            max_total_scalar_bytes: most,
        },
        strict_booleans: true,
        merge_keys: serde_yaml::options::MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        with_snippet: false,
    };
    serde_yaml::from_str_with_options::<T>(text, options).map_err(|error| problem(file, text, &error))
}

fn problem(file: &str, text: &str, error: &serde_yaml::Error) -> Problem {
    let error = error.without_snippet();
    let place = error.location().map_or(Place { line: 1, col: 1, ..Place::default() }, |l| Place {
        line: l.line() as u32,
        col: l.column() as u32,
        start: l.span().byte_offset().unwrap_or(0) as u32,
        len: l.span().byte_len().unwrap_or(0) as u32,
    });
    let raw = error.to_string();
    let said = strip_place(raw.lines().next().unwrap_or("").trim());
    let (code, said, hint) = explain(&said);
    Problem::new(file, place, code, said).hint(hint).excerpt_from(text)
}

/// The crate's words carry the place; ours is printed in front.
fn strip_place(said: &str) -> String {
    let mut said = said.to_string();
    for mark in [" at line ", " (line ", ": line "] {
        if let Some(i) = said.rfind(mark) {
            said.truncate(i);
        }
    }
    match said.strip_prefix("error: ") {
        Some(rest) => rest.to_string(),
        None => said,
    }
}

/// The words behind `expected one of`, with or without quotes.
fn listed(said: &str) -> Vec<String> {
    let Some((_, list)) = said.split_once("expected ") else { return Vec::new() };
    let list = list.strip_prefix("one of ").unwrap_or(list);
    list.split(',').map(|w| w.trim().trim_matches('`').to_string()).filter(|w| !w.is_empty() && !w.contains(' ')).collect()
}

/// Code, sentence and hint for what the YAML crate says.
fn explain(said: &str) -> (&'static str, String, String) {
    let lower = said.to_ascii_lowercase();
    if lower.contains("unknown field") {
        let wrong = said.split('`').nth(1).unwrap_or("").to_string();
        let known = listed(said);
        let hint = did_you_mean(&wrong, known.iter().map(String::as_str));
        let hint = if hint.is_empty() { format!("known here: {}", known.join(", ")) } else { hint };
        return ("unknown-key", format!("`{wrong}` is no key here"), hint);
    }
    if lower.contains("duplicate") {
        return ("duplicate-key", said.split(". ").next().unwrap_or(said).split(", set").next().unwrap_or(said).to_string(), "remove one of the two".into());
    }
    if lower.contains("missing field") {
        return ("missing-key", format!("{said} in this mapping"), String::new());
    }
    if lower.contains("anchor") || lower.contains("alias") {
        return ("no-anchors", said.to_string(), "anchors and aliases are not allowed; a text that begins with & or * stands in quotes".into());
    }
    if lower.contains("merge key") {
        return ("no-merge-keys", said.to_string(), "write the keys out".into());
    }
    if lower.contains("tag") {
        return ("no-tags", said.to_string(), "tags are not allowed; a text that begins with ! stands in quotes".into());
    }
    if lower.contains("budget") || lower.contains("limit") || lower.contains("recursion") {
        return ("too-large", said.to_string(), "a library file is small: split it".into());
    }
    if lower.contains("mapping values are not allowed") {
        return ("yaml", said.to_string(), "a text with `: ` in it stands in quotes".into());
    }
    if lower.contains("escape") {
        return ("yaml", said.to_string(), "patterns stand in single quotes: in double quotes \\d means something else".into());
    }
    if lower.contains("trailing content") || lower.contains("after quoted") {
        return ("yaml", said.to_string(), "put the fact first, `a.b == 'x'`, or quote the whole".into());
    }
    if lower.contains("expected string") || lower.contains("expected a string") {
        return ("wrong-type", said.to_string(), "a text that begins with { or [ stands in quotes".into());
    }
    if lower.contains("unknown variant") {
        let mut quoted = said.split('`').skip(1).step_by(2);
        let wrong = quoted.next().unwrap_or("").to_string();
        let known: Vec<String> = quoted.map(str::to_string).collect();
        let hint = did_you_mean(&wrong, known.iter().map(String::as_str));
        let hint = if hint.is_empty() { format!("known here: {}", known.join(", ")) } else { hint };
        return ("unknown-word", format!("`{wrong}` is not known here"), hint);
    }
    ("yaml", said.to_string(), String::new())
}
