//! What is kept of the lines that opened a finding: first, last, some chosen ones, counts and times; never all lines.

use crate::text::clock::Time;
use crate::text::origin::Origin;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Chosen lines of a finding.
const CHOSEN: usize = 5;
/// Times kept for chains.
const TIMES: usize = 1_000;

/// A line that a finding rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct LineRef {
    pub origin: Origin,
    pub time: Time,
    pub text: Arc<str>,
    /// Place in the order in which everything was seen.
    pub seq: u64,
}

/// A finding that something opened.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// Lines or records that did.
    pub count: u64,
    /// Those of them that no particular signature claims too.
    pub uncovered: u64,
    pub first: Option<LineRef>,
    pub last: Option<LineRef>,
    pub chosen: Vec<LineRef>,
    patterns: BTreeSet<usize>,
    pub times: Vec<Time>,
    /// What is missing of its records, and the like.
    pub notes: BTreeSet<String>,
    /// What the evidence says that opened it without a line.
    pub said: Option<String>,
}

impl Opened {
    /// Adds a line. `new`: it counts as another event; a line of the same event only shows.
    pub fn add(&mut self, line: LineRef, pattern: usize, covered: bool, new: bool) {
        if new {
            self.count += 1;
            self.uncovered += u64::from(!covered);
        }
        if line.time.is_known() && self.times.len() < TIMES {
            self.times.push(line.time);
        }
        let earlier = |a: &LineRef, b: &LineRef| a.time.since(&b.time).map_or(a.seq < b.seq, |d| if d == 0 { a.seq < b.seq } else { d < 0 });
        if self.first.as_ref().is_none_or(|f| earlier(&line, f)) {
            self.first = Some(line.clone());
        }
        if self.last.as_ref().is_none_or(|l| earlier(l, &line)) {
            self.last = Some(line.clone());
        }
        // A line of a pattern that was not shown yet is worth more than another of the same.
        let fresh = self.patterns.insert(pattern);
        if self.chosen.iter().any(|c| c.text == line.text) {
            return;
        }
        if self.chosen.len() < CHOSEN {
            self.chosen.push(line);
        } else if fresh && let Some(slot) = self.chosen.last_mut() {
            *slot = line;
        }
    }

    /// Puts two together: the same finding under two names of its host.
    pub fn merge(&mut self, other: &Opened) {
        self.count += other.count;
        self.uncovered += other.uncovered;
        self.patterns.extend(&other.patterns);
        self.times.extend(other.times.iter().take(TIMES - self.times.len().min(TIMES)));
        self.notes.extend(other.notes.iter().cloned());
        for line in &other.chosen {
            if self.chosen.len() < CHOSEN && !self.chosen.contains(line) {
                self.chosen.push(line.clone());
            }
        }
        self.chosen.sort_by_key(|l| l.seq);
        for (mine, theirs, later) in [(&mut self.first, &other.first, false), (&mut self.last, &other.last, true)] {
            if let Some(t) = theirs
                && mine.as_ref().is_none_or(|m| (t.seq > m.seq) == later)
            {
                *mine = Some(t.clone());
            }
        }
        if self.said.is_none() {
            self.said.clone_from(&other.said);
        }
    }
}
