//! Codes that a person types, alone or several together, with or without words around them; and whole lines that are
//! pasted instead. What no table knows is said to be unknown, with what can be said of any number.

use super::decode::{self, Code, Found};
use crate::library::Library;
use crate::library::outline::{Kind, Role};
use crate::text::repair::{self, Repairs};
use std::ops::Range;

/// With more words than this that are no codes, a text is a line and not a question.
const MOST_OTHER_WORDS: usize = 3;
/// Words that are looked at one by one.
const MOST_WORDS: usize = 64;
/// A word may be the name of codes of several tables, or of none.
const NO_ENTRY: usize = usize::MAX;
/// Codes of one question.
const MOST_CODES: usize = 256;

/// What the codes in a text mean.
pub fn asked(library: &Library, text: &str) -> Vec<Code> {
    // `0×2` for `0x2`, curly quotes and colours are what pages and terminals make of codes.
    let (text, _) = repair::clean(decode::cut(text), Repairs::gentle(), repair::Reading::default());
    let text = &*text;
    let words = words(text);
    let mut found = decode::find(library, text, Role::SeenAs);
    let mut asked: Vec<Found> = Vec::new();
    if words.len() <= MOST_WORDS {
        asked.extend(decode::find(library, &without(text, &found), Role::AskedAs));
        asked.extend(words.iter().filter_map(|w| named(library, &text[w.clone()], w)));
    }
    // The longest reading of a place is the one that was meant; a table that knows it wins over one that does not.
    asked.sort_by(|a, b| (b.span.len(), a.span.start).cmp(&(a.span.len(), b.span.start)));
    let mut taken: Vec<Range<usize>> = found.iter().map(|f| f.span.clone()).collect();
    let mut kept: Vec<Found> = Vec::new();
    for f in asked {
        let overlaps = |r: &Range<usize>| r.start < f.span.end && f.span.start < r.end;
        if taken.iter().any(|r| overlaps(r) && *r != f.span) || found.iter().any(|s| overlaps(&s.span)) {
            continue;
        }
        taken.push(f.span.clone());
        kept.push(f);
    }
    let free: Vec<&Range<usize>> = words.iter().filter(|w| !taken.iter().any(|r| r.start < w.end && w.start < r.end)).collect();
    if free.len() <= MOST_OTHER_WORDS.max(words.len() / 2) && words.len() <= MOST_WORDS {
        let known: Vec<Range<usize>> = kept.iter().filter(|f| f.codes.iter().any(|c| !c.unknown)).map(|f| f.span.clone()).collect();
        for f in &mut kept {
            if known.contains(&f.span) {
                f.codes.retain(|c| !c.unknown);
            }
        }
        found.extend(kept);
        found.extend(free.into_iter().filter_map(|w| unknown(&text[w.clone()], w)));
        found.sort_by_key(|f| f.span.start);
    }
    let mut out: Vec<Code> = Vec::new();
    for code in found.into_iter().flat_map(|f| f.codes).take(MOST_CODES) {
        if !out.iter().any(|c| c.table == code.table && c.code == code.code && c.meaning == code.meaning && c.parts == code.parts) {
            out.push(code);
        }
    }
    out
}

/// Where the words of a text stand, without the punctuation around them.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = None;
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_whitespace(), start) {
            (false, None) => start = Some(i),
            (true, Some(s)) => {
                let word = &text[s..i];
                let trimmed = word.trim_end_matches([',', ';', ':', '.', '"', '\'']).trim_start_matches(['"', '\'']);
                let from = s + word.find(trimmed).unwrap_or(0);
                if !trimmed.is_empty() {
                    out.push(from..from + trimmed.len());
                }
                start = None;
            }
            _ => {}
        }
    }
    out
}

/// The text with line ends in the place of what was found: nothing that is asked for reaches over them.
fn without(text: &str, found: &[Found]) -> String {
    let inside = |i: usize| found.iter().any(|f| f.span.contains(&i));
    text.char_indices().map(|(i, c)| if inside(i) { "\n".repeat(c.len_utf8()) } else { c.to_string() }).collect()
}

/// A word that is the name of a code. Only tables in whose text it stands are parsed.
fn named(library: &Library, word: &str, span: &Range<usize>) -> Option<Found> {
    if word.len() < 2 || word.len() > 80 || !word.contains(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let finder = |text: &str| contains_fold(text.as_bytes(), word.as_bytes());
    let mut codes = Vec::new();
    for (number, entry) in library.entries().iter().enumerate() {
        if entry.outline.kind != Kind::Table || !finder(entry.outline.rows) {
            continue;
        }
        let Some(table) = library.table_at(number) else { continue };
        for column in &table.asked_by {
            let captured = [(column.clone(), word.to_string())];
            for code in decode::codes(library, table, &captured, word) {
                if !code.unknown && !codes.contains(&code) {
                    codes.push(code);
                }
            }
        }
    }
    (!codes.is_empty()).then(|| Found { span: span.clone(), entry: NO_ENTRY, codes })
}

fn contains_fold(text: &[u8], word: &[u8]) -> bool {
    let Some(first) = word.first() else { return false };
    let (a, b) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(a, b, text).any(|at| text.get(at..at + word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word)))
}

/// A word that looks like a code and is in no table.
fn unknown(word: &str, span: &Range<usize>) -> Option<Found> {
    let digits = word.bytes().any(|b| b.is_ascii_digit());
    let capitals = word.len() >= 3 && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit());
    let hex = word.len() >= 8 && word.bytes().all(|b| b.is_ascii_hexdigit());
    if !(digits || capitals) || word.len() > 80 {
        return None;
    }
    let number = decode::number(word).or_else(|| u128::from_str_radix(word, 16).ok().filter(|_| hex));
    let mut parts = Vec::new();
    if let Some(n) = number {
        parts.push(("decimal".to_string(), n.to_string()));
        parts.push(("hexadecimal".to_string(), format!("{n:#x}")));
        if n > 0xffff {
            parts.push(("high part".to_string(), (n >> 16).to_string()));
            parts.push(("low 16 bits".to_string(), (n & 0xffff).to_string()));
        }
        let bits: Vec<String> = (0..u128::BITS).rev().filter(|b| n >> b & 1 == 1).map(|b| b.to_string()).collect();
        parts.push(("bits set".to_string(), if bits.is_empty() { "none".into() } else { bits.join(" ") }));
    }
    let kind = if number.is_some() { "number" } else { "name" };
    let meaning = format!("no table knows this {kind}");
    let code = Code { code: word.to_string(), kind: "unknown".into(), table: String::new(), meaning, parts, notes: Vec::new(), unknown: true };
    Some(Found { span: span.clone(), entry: NO_ENTRY, codes: vec![code] })
}
