//! Lines of a buffer, found from any byte in it. A line ends at `\n`; a `\r` before it belongs to the end.

use memchr::{memchr, memchr_iter, memrchr};

/// Start and end of the line that holds byte `at`, without its line end.
pub fn around(text: &[u8], at: usize) -> (usize, usize) {
    let start = memrchr(b'\n', &text[..at]).map_or(0, |n| n + 1);
    let end = memchr(b'\n', &text[at..]).map_or(text.len(), |n| at + n);
    (start, trim_cr(text, start, end))
}

/// The line that begins at `start`: its end without line end, and where the next one begins (`None` at the end).
pub fn from(text: &[u8], start: usize) -> (usize, Option<usize>) {
    match memchr(b'\n', &text[start..]) {
        Some(n) => (trim_cr(text, start, start + n), (start + n + 1 < text.len()).then_some(start + n + 1)),
        None => (trim_cr(text, start, text.len()), None),
    }
}

/// Where the line before the one at `start` begins.
pub fn before(text: &[u8], start: usize) -> Option<usize> {
    (start > 0).then(|| memrchr(b'\n', &text[..start - 1]).map_or(0, |n| n + 1))
}

fn trim_cr(text: &[u8], start: usize, end: usize) -> usize {
    if end > start && text[end - 1] == b'\r' { end - 1 } else { end }
}

/// Number of line ends in a part of a buffer.
pub fn count(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}

/// Starts and ends of all lines.
pub fn all(text: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut next = if text.is_empty() { None } else { Some(0) };
    std::iter::from_fn(move || {
        let start = next?;
        let (end, following) = from(text, start);
        next = following;
        Some((start, end))
    })
}

/// Counts lines up to growing offsets without counting a byte twice.
pub struct Counter<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Counter<'a> {
    /// The line at byte `at` of `text` has the number `line`.
    pub fn new(text: &'a [u8], at: usize, line: u64) -> Self {
        Counter { text, at, line }
    }

    /// Number of the line that holds byte `at`; calls must not go back.
    pub fn line(&mut self, at: usize) -> u64 {
        if at > self.at {
            self.line += count(&self.text[self.at..at]);
            self.at = at;
        }
        self.line
    }
}
