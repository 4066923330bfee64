//! Which patterns may match which lines. The plain matcher tries everything and is the oracle; the others only save
//! work and must give the same answer, byte for byte.

mod automata;
mod cover;
mod grams;
mod marks;
mod pieces;
mod short;
mod sieve;
mod signs;
mod spans;
mod tuned;

use super::lines;
use crate::library::Library;
use crate::library::pattern::Pattern;
use std::ops::Range;
use tuned::Tuned;

/// How candidates are found.
pub enum Matcher<'a> {
    /// Every pattern on every line.
    Plain(Vec<(usize, &'a Pattern)>),
    /// Literals one by one: right for a paste.
    Short(Vec<(usize, &'a Pattern)>),
    /// One filter over the raw buffer: right for a scan.
    Tuned(Box<Tuned<'a>>),
}

/// A line and a pattern that matches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// First byte of the line.
    pub start: usize,
    /// One behind its last byte.
    pub end: usize,
    /// Number of the pattern in the library.
    pub pattern: usize,
}

impl<'a> Matcher<'a> {
    /// The oracle; `paste` as for [`Library::triggers`].
    pub fn plain(library: &'a Library, paste: bool) -> Self {
        Matcher::Plain(library.triggers(paste).collect())
    }

    /// The one for a paste.
    pub fn short(library: &'a Library) -> Self {
        Matcher::Short(library.triggers(true).collect())
    }

    /// The one for a scan.
    pub fn scan(library: &'a Library) -> Self {
        Matcher::of(library.triggers(false))
    }

    /// The same for these patterns only.
    pub fn of(patterns: impl Iterator<Item = (usize, &'a Pattern)>) -> Self {
        Matcher::Tuned(Box::new(Tuned::new(patterns)))
    }

    /// All matches in a buffer, in order of line and pattern.
    pub fn matches(&self, text: &[u8]) -> Vec<Match> {
        self.matches_in(text, 0..text.len())
    }

    /// The same, in the lines that begin in a part of the buffer.
    pub fn matches_in(&self, text: &[u8], proper: Range<usize>) -> Vec<Match> {
        if proper.is_empty() {
            return Vec::new();
        }
        // The last of these lines may end behind the part, when it is a piece of a longer one.
        let end = if text[proper.end - 1] == b'\n' { proper.end } else { lines::around(text, proper.end - 1).1 };
        let part = &text[proper.start..end];
        let mut found = match self {
            Matcher::Plain(patterns) => plain(patterns, part),
            Matcher::Short(patterns) => short::matches(patterns, part),
            Matcher::Tuned(filter) => filter.matches(part),
        };
        for m in &mut found {
            m.start += proper.start;
            m.end += proper.start;
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn plain(patterns: &[(usize, &Pattern)], text: &[u8]) -> Vec<Match> {
    let mut found = Vec::new();
    for (start, end) in lines::all(text) {
        for (number, pattern) in patterns {
            if pattern.regex().is_some_and(|r| r.is_match(&text[start..end])) {
                found.push(Match { start, end, pattern: *number });
            }
        }
    }
    found
}
