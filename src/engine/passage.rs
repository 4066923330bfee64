//! A passage of a stream: what was seen in it, what its clock says, and which errors nobody knows. Passages are looked
//! at in any order and by any number of threads; put together in their order they give the same answer, however the
//! stream was cut.

use super::lines;
use super::observe::{Observation, Observer, Seen};
use super::template::template;
use crate::library::outline::{Kind, Role};
use crate::library::types::Level;
use crate::text::clock::Time;
use crate::text::untrusted::lossless;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;

/// The clock is read at the first line behind each multiple of this, and at both ends of a stream. A passage must have
/// so many bytes of context before it, where the stream has them.
pub const CLOCK_STEP: usize = 256 << 10;
/// Lines that are tried for a time at one place.
const CLOCK_LINES: usize = 5;
/// A silence is told when it is as long as this, in nanoseconds, ...
const GAP: i64 = 3_600_000_000_000;
/// ... and so many times the mean time between two lines around it.
const GAP_MEANS: i64 = 50;
/// Bytes of a line, to reckon that mean from.
const LINE: i64 = 100;
/// Lines that begin before this are looked at for errors that nobody knows, at most so many of them.
const UNKNOWN_BYTES: u64 = 64 << 10;
const UNKNOWN_LINES: usize = 500;

/// A part of a stream, with context around it.
#[derive(Clone, Debug)]
pub struct Passage<'t> {
    pub text: &'t [u8],
    /// Lines that begin here are looked at.
    pub proper: Range<usize>,
    /// Number of the first of them, from 1.
    pub line: u64,
    /// Where byte 0 of the text stands in the stream.
    pub offset: u64,
    /// The stream ends with it.
    pub last: bool,
}

/// What a passage holds.
#[derive(Clone, Debug, Default)]
pub struct Sighted {
    /// In order of lines.
    pub seen: Vec<Observation>,
    /// What the clock said where it was read, in order.
    pub clock: Vec<Time>,
    /// Long silences: last time before, first time after.
    pub gaps: Vec<(Time, Time)>,
    /// Errors and warnings that no signature knows.
    pub unknown: Vec<Unknown>,
}

/// A line that nobody knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    pub level: Level,
    /// Its message without what changes from line to line.
    pub template: String,
    pub line: u64,
    pub time: Time,
}

impl Observer<'_> {
    /// Looks at a passage.
    pub fn sight(&self, stream: &str, passage: &Passage<'_>) -> Sighted {
        let mut sighted = Sighted { seen: self.look(stream, passage.text, passage.proper.clone(), passage.line), ..Sighted::default() };
        self.read_clock(passage, &mut sighted);
        self.unknown(passage, &mut sighted);
        sighted
    }

    fn read_clock(&self, p: &Passage<'_>, sighted: &mut Sighted) {
        let first = (p.offset + p.proper.start as u64).div_ceil(CLOCK_STEP as u64);
        for n in first.. {
            // What begins behind this passage is read with the next one.
            let Some(at) = place(p, n).filter(|at| *at < p.proper.end) else { break };
            let Some(time) = self.time_behind(p.text, at, p.text.len()) else { continue };
            if let Some(before) = n.checked_sub(1).and_then(|n| place(p, n)) {
                self.gap_between(p.text, before, at, &mut sighted.gaps);
            }
            sighted.clock.push(time);
        }
        if p.last {
            let Some((at, time)) = self.time_before(p.text, p.proper.end) else { return };
            if let Some(before) = place(p, (p.offset + at as u64) / CLOCK_STEP as u64).filter(|b| *b < at) {
                self.gap_between(p.text, before, at, &mut sighted.gaps);
            }
            sighted.clock.push(time);
        }
    }

    fn time_at(&self, text: &[u8], start: usize) -> Option<Time> {
        let (end, _) = lines::from(text, start);
        Some(self.envelopes.read(&text[start..end]).time).filter(Time::is_known)
    }

    /// The first time that one of the next lines says.
    fn time_behind(&self, text: &[u8], start: usize, end: usize) -> Option<Time> {
        let mut at = Some(start);
        for _ in 0..CLOCK_LINES {
            let start = at.filter(|a| *a < end)?;
            if let Some(time) = self.time_at(text, start) {
                return Some(time);
            }
            at = lines::from(text, start).1;
        }
        None
    }

    /// The last line before `end` that says a time.
    fn time_before(&self, text: &[u8], end: usize) -> Option<(usize, Time)> {
        let mut at = end;
        for _ in 0..CLOCK_LINES {
            at = lines::before(text, at)?;
            if let Some(time) = self.time_at(text, at) {
                return Some((at, time));
            }
        }
        None
    }

    /// Silences between the lines that begin at two bytes: halves that took too long are looked into.
    fn gap_between(&self, text: &[u8], from: usize, to: usize, gaps: &mut Vec<(Time, Time)>) {
        let (Some(a), Some(b)) = (self.time_behind(text, from, to + 1), self.time_behind(text, to, text.len())) else { return };
        let Some(whole) = took(&a, &b) else { return };
        let threshold = GAP.max((whole / ((to - from) as i64 / LINE).max(1)).saturating_mul(GAP_MEANS));
        // One silence makes most of the time; in a few lines it is found all the same.
        let threshold = threshold.min((whole / 2).max(GAP));
        self.halve(text, (from, a), (to, b), threshold, gaps);
    }

    fn halve(&self, text: &[u8], (from, a): (usize, Time), (to, b): (usize, Time), threshold: i64, gaps: &mut Vec<(Time, Time)>) {
        if took(&a, &b).is_none_or(|t| t < threshold) {
            return;
        }
        let middle = lines::around(text, from + (to - from) / 2).0;
        let next = lines::from(text, from).1.unwrap_or(to);
        let middle = if middle <= from { next } else { middle };
        if middle >= to || middle <= from {
            gaps.push((a, b));
            return;
        }
        match self.time_behind(text, middle, to) {
            Some(m) => {
                self.halve(text, (from, a), (middle, m), threshold, gaps);
                self.halve(text, (middle, m), (to, b), threshold, gaps);
            }
            None => gaps.push((a, b)),
        }
    }

    fn unknown(&self, p: &Passage<'_>, sighted: &mut Sighted) {
        if p.offset + p.proper.start as u64 >= UNKNOWN_BYTES || p.proper.is_empty() {
            return;
        }
        let known: BTreeSet<u64> = sighted.seen.iter().filter(|o| self.is_signature(o)).map(|o| o.line.number).collect();
        let mut at = Some(p.proper.start);
        let mut number = p.line;
        while let Some(start) = at.filter(|a| *a < p.proper.end && p.offset + *a as u64 <= UNKNOWN_BYTES && number <= UNKNOWN_LINES as u64) {
            let (end, next) = lines::from(p.text, start);
            if !known.contains(&number) && end > start {
                let line = &p.text[start..end];
                let envelope = self.envelopes.read(line);
                if let Some(level @ (Level::Error | Level::Warning)) = envelope.level {
                    let template = template(&lossless(&line[envelope.text]));
                    sighted.unknown.push(Unknown { level, template, line: number, time: envelope.time });
                }
            }
            at = next;
            number += 1;
        }
    }

    fn is_signature(&self, o: &Observation) -> bool {
        match &o.what {
            Seen::Hit(hit) => {
                let pattern = &self.library.patterns()[hit.pattern];
                pattern.role() != Role::Also && self.library.entries()[pattern.entry].outline.kind == Kind::Signature
            }
            Seen::Record(_) => true,
            Seen::Block { .. } => false,
        }
    }
}

/// Where the first line begins behind the `n`-th multiple of the step, when it is in the text.
fn place(p: &Passage<'_>, n: u64) -> Option<usize> {
    let at = usize::try_from((n * CLOCK_STEP as u64).checked_sub(p.offset)?).ok()?;
    if at == 0 || p.text.get(at - 1) == Some(&b'\n') {
        return (at < p.text.len()).then_some(at);
    }
    memchr::memchr(b'\n', p.text.get(at..)?).map(|i| at + i + 1)
}

/// Nanoseconds from one time to a later one; nothing when the order is another, or cannot be told.
fn took(from: &Time, to: &Time) -> Option<i64> {
    (to.order(from)? == Ordering::Greater).then(|| to.since(from)).flatten()
}

#[cfg(test)]
mod tests;
