//! Output of keys and values: the region around a recognised line, cut into blocks, each read together.

use super::lines;
use crate::facts::decl::Name;
use crate::facts::unit::Unit;
use crate::text::untrusted::lossless;
use regex::bytes::Regex;

/// Lines in a row without a key that do not yet end a region.
const MAX_GAP: usize = 2;
/// How far a region may reach from the line that was recognised.
const REACH: usize = 64 << 10;

/// Facts that were read together.
#[derive(Clone, Debug)]
pub struct Group {
    /// First byte of the line where it begins.
    pub at: usize,
    /// Names, texts and units.
    pub facts: Vec<(Name, String, Option<Unit>)>,
}

/// How keys are read.
pub struct Keys<'a> {
    pub separator: &'a str,
    pub take: &'a [(String, Name, Option<Unit>)],
    pub block: Option<&'a Regex>,
}

impl Keys<'_> {
    /// Blocks of the region around a line, and where the region ends.
    pub fn region(&self, text: &[u8], at: usize) -> (Vec<Group>, usize) {
        let (first, last) = self.extent(text, at);
        let mut groups: Vec<Group> = Vec::new();
        let mut next = Some(first);
        while let Some(start) = next {
            if start > last {
                break;
            }
            let (end, following) = lines::from(text, start);
            let line = &text[start..end];
            let begins = self.block.and_then(|b| b.captures(line).map(|c| (b, c)));
            if groups.is_empty() || begins.is_some() {
                let mut group = Group { at: start, facts: Vec::new() };
                if let Some((b, found)) = begins {
                    for name in b.capture_names().flatten() {
                        if let Some(m) = found.name(name) {
                            group.facts.push((Name::from(name), lossless(m.as_bytes()).trim().to_string(), None));
                        }
                    }
                }
                groups.push(group);
            }
            if let (Some((name, value, unit)), Some(group)) = (self.read(line), groups.last_mut())
                && !group.facts.iter().any(|(n, ..)| *n == name)
            {
                group.facts.push((name, value, unit));
            }
            next = following;
        }
        (groups, last)
    }

    fn read(&self, line: &[u8]) -> Option<(Name, String, Option<Unit>)> {
        let text = lossless(line);
        let text = text.trim_start_matches([' ', '\t', '|', '>', '*', '-']);
        for (printed, name, unit) in self.take {
            if let Some(rest) = strip_prefix_fold(text, printed)
                && let Some(value) = rest.trim_start().strip_prefix(self.separator)
            {
                return Some((name.clone(), value.trim().to_string(), *unit));
            }
        }
        None
    }

    fn is_key(&self, line: &[u8]) -> bool {
        let separator = self.separator.as_bytes();
        let has = memchr::memmem::find(line, separator).is_some_and(|i| i > 0 && i <= 90 && line[..i].iter().any(|b| b.is_ascii_alphanumeric()));
        has || self.block.is_some_and(|b| b.is_match(line))
    }

    fn extent(&self, text: &[u8], at: usize) -> (usize, usize) {
        let mut first = at;
        let mut walk = at;
        let mut gap = 0;
        // A block that begins here needs nothing from above.
        let begins = |s: usize| self.block.is_some_and(|b| b.is_match(&text[s..lines::from(text, s).0]));
        while !begins(first)
            && let Some(before) = lines::before(text, walk)
        {
            let (end, _) = lines::from(text, before);
            if at - before > REACH {
                break;
            }
            walk = before;
            if self.is_key(&text[before..end]) {
                (first, gap) = (before, 0);
            } else if gap == MAX_GAP || before == end {
                break;
            } else {
                gap += 1;
            }
        }
        let mut last = at;
        let mut next = lines::from(text, at).1;
        gap = 0;
        while let Some(start) = next {
            let (end, following) = lines::from(text, start);
            if start - at > REACH {
                break;
            }
            if self.is_key(&text[start..end]) {
                (last, gap) = (start, 0);
            } else if gap == MAX_GAP {
                break;
            } else {
                gap += 1;
            }
            next = following;
        }
        (first, last)
    }
}

fn strip_prefix_fold<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}
