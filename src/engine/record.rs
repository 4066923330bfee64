//! Records: what belongs together (a purple screen, an oops, a stack trace) as one event with fields and frames. A
//! missing head or tail is allowed and said. What its frames come to stands in `trace.rs`.

use super::lines;
use super::trace::Frame;
use crate::facts::decl::Name;
use crate::library::types::RecordFormat;
use crate::text::untrusted::lossless;
use regex::bytes::Regex;

/// Lines inside a record that none of its patterns knows; more of them end it.
const MAX_GAP: usize = 3;

/// A record that was found.
#[derive(Clone, Debug)]
pub struct Record {
    /// Starts and ends of its lines in the buffer.
    pub lines: Vec<(usize, usize)>,
    /// Fields, first come first kept.
    pub facts: Vec<(Name, String)>,
    /// Frames in order.
    pub frames: Vec<Frame>,
    /// Its first line does not begin one: the head is missing.
    pub headless: bool,
    /// No line ends it, although its format knows how one ends, and no trace in it is whole.
    pub tailless: bool,
    /// Frames whose name is not there.
    pub lost: usize,
}

impl Record {
    /// What of it is missing, in words.
    pub fn missing(&self) -> Vec<String> {
        let mut out = Vec::new();
        if self.headless {
            out.push("the head is missing".to_string());
        }
        if self.tailless {
            out.push("the end is missing".to_string());
        }
        if self.lost > 0 {
            out.push(format!("{} of {} frames without a name", self.lost, self.frames.len()));
        }
        out
    }
}

fn any(all: &[Regex], line: &[u8]) -> bool {
    all.iter().any(|r| r.is_match(line))
}

impl RecordFormat {
    /// The record that the line at `at` belongs to, or `None` when that one began before `floor`.
    pub fn at(&self, text: &[u8], at: usize, floor: usize) -> Option<Record> {
        let start = self.true_start(text, at, floor)?;
        let mut lines: Vec<(usize, usize)> = Vec::new();
        let mut next = Some(start);
        let mut gap = 0;
        let mut kept = 0;
        let mut ended = false;
        while let Some(at) = next
            && lines.len() < self.max_lines
        {
            let (end, following) = lines::from(text, at);
            let line = &text[at..end];
            let first = lines.is_empty();
            let continues = any(&self.continues, line);
            let ends = any(&self.ends, line);
            // Another start that is no continuation begins another record.
            if !first && !continues && !ends && any(&self.starts, line) && !self.restarts(text, &lines, line) {
                break;
            }
            gap = if first || continues || ends || any(&self.starts, line) { 0 } else { gap + 1 };
            if gap > MAX_GAP {
                break;
            }
            lines.push((at, end));
            if gap == 0 {
                kept = lines.len();
            }
            if ends {
                ended = true;
                break;
            }
            next = following;
        }
        lines.truncate(kept.max(1));
        let headless = if self.heads.is_empty() {
            lines.first().is_some_and(|l| !any(&self.starts[..1], &text[l.0..l.1]) && any(&self.continues, &text[l.0..l.1]))
        } else {
            !lines.iter().any(|l| any(&self.heads, &text[l.0..l.1]))
        };
        let tailless = !ended && !self.ends.is_empty();
        let mut record = Record { headless, tailless, lines, facts: Vec::new(), frames: Vec::new(), lost: 0 };
        self.read(text, &mut record);
        Some(record)
    }

    /// A start right behind other starts (`@BlueScreen:` under the banner) still belongs to the same record.
    fn restarts(&self, text: &[u8], lines: &[(usize, usize)], line: &[u8]) -> bool {
        lines.iter().all(|(s, e)| any(&self.starts, &text[*s..*e]))
            && self.starts.iter().all(|r| !r.is_match(line) || !lines.iter().any(|(s, e)| r.is_match(&text[*s..*e])))
    }

    /// Walks back as far as reading on from there would come to this line, so that a record is the same whichever of its
    /// lines was met first.
    fn true_start(&self, text: &[u8], at: usize, floor: usize) -> Option<usize> {
        let line = |s: usize| &text[s..lines::from(text, s).0];
        let begins = |l: &[u8]| any(&self.starts, l) && !any(&self.continues, l);
        let (mut start, mut here, mut gap) = (at, at, 0);
        for _ in 1..self.max_lines {
            if begins(line(start)) || gap > MAX_GAP {
                break;
            }
            let Some(before) = lines::before(text, here) else { break };
            let l = line(before);
            if any(&self.ends, l) {
                break;
            }
            here = before;
            if any(&self.continues, l) || any(&self.starts, l) {
                (start, gap) = (before, 0);
            } else {
                gap += 1;
            }
        }
        // Other starts right before it are of the same record, each of another kind.
        let alike = |a: &[u8], b: &[u8]| self.starts.iter().any(|r| r.is_match(a) && r.is_match(b));
        let mut behind = vec![line(start)];
        while let Some(before) = lines::before(text, start).filter(|b| any(&self.starts, line(*b)) && !behind.iter().any(|l| alike(line(*b), l))) {
            behind.push(line(before));
            start = before;
        }
        (start >= floor).then_some(start)
    }

    fn read(&self, text: &[u8], record: &mut Record) {
        for (start, end) in record.lines.clone() {
            let line = &text[start..end];
            for take in &self.take {
                let Some(found) = take.captures(line) else { continue };
                for name in take.capture_names().flatten() {
                    if let Some(m) = found.name(name) {
                        record.keep(name, &lossless(m.as_bytes()));
                    }
                }
            }
            if let Some(frames) = &self.frames {
                frames.read(line, &mut record.frames);
            }
        }
        if let Some(frames) = &self.frames {
            frames.conclude(record);
        }
    }
}

impl Record {
    /// A field; first come, first kept.
    pub(super) fn keep(&mut self, name: &str, value: &str) {
        if !self.facts.iter().any(|(n, _)| &**n == name) {
            self.facts.push((Name::from(name), value.trim().to_string()));
        }
    }
}
