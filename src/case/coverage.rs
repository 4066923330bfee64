//! What was and was not looked at.

use crate::text::clock::Time;
use std::sync::Arc;

/// Things not read that are named one by one.
const MOST_SKIPPED: usize = 20_000;

/// A stream that was read.
#[derive(Clone, Debug)]
pub struct Span {
    pub stream: Arc<str>,
    pub lines: u64,
    pub bytes: u64,
    /// First and last time that some line told.
    pub first: Time,
    pub last: Time,
    /// Times between which nothing was written for long: end of one, begin of the next.
    pub gaps: Vec<(Time, Time)>,
}

impl Span {
    /// A stream of which nothing was read yet.
    pub fn new(stream: &Arc<str>) -> Span {
        Span { stream: stream.clone(), lines: 0, bytes: 0, first: Time::default(), last: Time::default(), gaps: Vec::new() }
    }
}

/// What was looked at.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Inputs as the user named them.
    pub inputs: Vec<String>,
    pub spans: Vec<Span>,
    /// What was not read, or only in part, and why.
    pub skipped: Vec<(String, String)>,
    /// How many more of these there are that are not named.
    pub unnamed: usize,
    /// Inputs that are a bundle of some kind: input, title of the kind.
    pub bundles: Vec<(String, String)>,
    /// Lines and bytes of streams that are not listed.
    unlisted: (u64, u64),
}

impl Coverage {
    /// Something was not read, or only in part.
    pub fn skip(&mut self, name: &str, reason: &str) {
        if self.skipped.len() < MOST_SKIPPED {
            self.skipped.push((name.to_string(), reason.to_string()));
        } else {
            self.unnamed += 1;
        }
    }

    /// A stream is counted and not listed.
    pub fn beyond(&mut self, span: &Span) {
        self.unlisted.0 += span.lines;
        self.unlisted.1 += span.bytes;
    }

    /// Lines in all.
    pub fn lines(&self) -> u64 {
        self.spans.iter().map(|s| s.lines).sum::<u64>() + self.unlisted.0
    }

    /// Bytes in all.
    pub fn bytes(&self) -> u64 {
        self.spans.iter().map(|s| s.bytes).sum::<u64>() + self.unlisted.1
    }
}
