//! Runs of bytes that every match of a pattern holds, by the kinds of bytes that may stand there (`[A-Z][0-9][0-9]`), and
//! bytes that it can begin with. What no literal tells of a pattern, they tell: found in a few microseconds, where to
//! compile the pattern takes hundreds.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use std::borrow::Cow;

/// Most bytes that a repetition adds to a run.
const LONGEST: usize = 8;

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes([u64; 4]);

impl Bytes {
    /// No byte.
    pub const fn none() -> Bytes {
        Bytes([0; 4])
    }

    /// These and one more.
    pub const fn and(mut self, b: u8) -> Bytes {
        self.0[b as usize / 64] |= 1 << (b % 64);
        self
    }

    /// All bytes.
    pub const fn any() -> Bytes {
        Bytes([u64::MAX; 4])
    }

    /// Of a bitmap, the lowest byte first.
    pub const fn of(words: [u64; 4]) -> Bytes {
        Bytes(words)
    }

    /// Their bitmap.
    pub fn words(&self) -> [u64; 4] {
        self.0
    }

    fn or(&self, others: &Bytes) -> Bytes {
        Bytes(std::array::from_fn(|i| self.0[i] | others.0[i]))
    }

    /// Whether a byte is one of them.
    pub fn has(&self, b: u8) -> bool {
        self.0[b as usize / 64] >> (b % 64) & 1 == 1
    }

    /// The only byte, when there is but one.
    pub fn only(&self) -> Option<u8> {
        let one = self.0.iter().map(|word| word.count_ones()).sum::<u32>() == 1;
        (0..=255u8).filter(|_| one).find(|b| self.has(*b))
    }
}

/// Bytes in a row.
pub type Run = Cow<'static, [Bytes]>;

/// What every text holds that a pattern matches.
#[derive(Clone, Debug)]
pub struct Runs {
    /// The first byte of the text is one of these.
    pub first: Bytes,
    /// Each stands somewhere.
    pub all: Cow<'static, [Run]>,
}

impl Runs {
    /// Those of a pattern; `None` when nothing is known.
    pub fn of(pattern: &str, ignore_case: bool, unicode: bool) -> Option<Runs> {
        if unicode || !pattern.is_ascii() {
            return None;
        }
        let hir = ParserBuilder::new().case_insensitive(ignore_case).unicode(false).utf8(false).nest_limit(50).build().parse(pattern).ok()?;
        let mut walk = Walk { run: Vec::new(), all: Vec::new() };
        walk.take(&hir);
        walk.close();
        let anchored = hir.properties().look_set_prefix().contains(Look::Start);
        let first = if anchored && let Some((first, false)) = first(&hir) { first } else { Bytes::any() };
        Some(Runs { first, all: walk.all.into_iter().map(Run::Owned).collect() })
    }

    /// Of a pattern of which nothing is known.
    pub const fn unknown() -> Runs {
        Runs { first: Bytes::any(), all: Cow::Borrowed(&[]) }
    }

    /// Whether a text holds all of it.
    pub fn hold_in(&self, text: &[u8]) -> bool {
        let fits = |run: &[Bytes], here: &[u8]| run.iter().zip(here).all(|(bytes, b)| bytes.has(*b));
        text.first().is_none_or(|b| self.first.has(*b)) && self.all.iter().all(|run| text.windows(run.len()).any(|w| fits(run, w)))
    }
}

/// Bytes that a match can begin with, and whether it can be empty; `None` when they are not known.
fn first(hir: &Hir) -> Option<(Bytes, bool)> {
    Some(match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (Bytes::none(), true),
        HirKind::Literal(l) => (Bytes::none().and(*l.0.first()?), false),
        HirKind::Class(class) => (in_class(class)?, false),
        HirKind::Capture(c) => first(&c.sub)?,
        HirKind::Repetition(r) => first(&r.sub).map(|(bytes, empty)| (bytes, empty || r.min == 0))?,
        HirKind::Concat(parts) => {
            let mut all = Bytes::none();
            for part in parts {
                let (bytes, empty) = first(part)?;
                all = all.or(&bytes);
                if !empty {
                    return Some((all, false));
                }
            }
            (all, true)
        }
        HirKind::Alternation(parts) => {
            let each: Option<Vec<_>> = parts.iter().map(first).collect();
            each?.into_iter().fold((Bytes::none(), false), |(all, any), (bytes, empty)| (all.or(&bytes), any || empty))
        }
    })
}

/// The bytes of a class; `None` when it holds characters of several.
fn in_class(class: &Class) -> Option<Bytes> {
    let mut all = Bytes::none();
    let mut add = |from: u8, to: u8| all = (from..=to).fold(all, Bytes::and);
    match class {
        Class::Bytes(class) => class.ranges().iter().for_each(|r| add(r.start(), r.end())),
        Class::Unicode(class) if class.is_ascii() => class.ranges().iter().for_each(|r| add(r.start() as u8, r.end() as u8)),
        Class::Unicode(_) => return None,
    }
    Some(all)
}

/// Pieces of a pattern that are looked at.
const MOST_RUNS: usize = 4_096;

struct Walk {
    run: Vec<Bytes>,
    all: Vec<Vec<Bytes>>,
}

impl Walk {
    fn close(&mut self) {
        let run = std::mem::take(&mut self.run);
        if !run.is_empty() {
            self.all.push(run);
        }
    }

    fn take(&mut self, hir: &Hir) {
        // Repetitions inside each other would multiply without end.
        if self.run.len() + self.all.len() > MOST_RUNS {
            return self.close();
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(l) => {
                for b in &l.0 {
                    self.run.push(Bytes::none().and(*b));
                }
            }
            HirKind::Class(class) => match in_class(class) {
                Some(bytes) => self.run.push(bytes),
                None => self.close(),
            },
            HirKind::Capture(c) => self.take(&c.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|p| self.take(p)),
            HirKind::Repetition(r) => {
                let least = (r.min as usize).min(LONGEST);
                (0..least).for_each(|_| self.take(&r.sub));
                if r.max != Some(r.min) || r.min as usize > LONGEST {
                    // What follows stands behind the last of them.
                    self.close();
                    (0..least).for_each(|_| self.take(&r.sub));
                }
            }
            HirKind::Alternation(_) => self.close(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(pattern: &str) -> String {
        let first = Runs::of(pattern, false, false).unwrap().first;
        (b' '..b'~').filter(|b| first.has(*b)).map(char::from).collect()
    }

    #[test]
    fn only_what_stands_at_the_begin_of_a_text_can_begin_a_match_there() {
        assert_eq!(begins(r"^\s*(?:#|-)?(?P<n>[0-3]+) x"), " #-0123");
        assert_eq!(begins(r"^(?:ab|[x-z]c?|(?:q)?r)"), "abqrxyz".replace('b', ""));
        let all: String = (b' '..b'~').map(char::from).collect();
        for anywhere in [r"ab", r"^x|y", r"^\d*", r"(?m)^a", r"\Aa|^b|"] {
            assert_eq!(begins(anywhere), all, "{anywhere}");
        }
        assert!(Runs::of(r"^\d+ up", false, false).unwrap().hold_in(b"7 up"));
        assert!(!Runs::of(r"^\d+ up", false, false).unwrap().hold_in(b"a 7 up"));
        assert!(Runs::of(r"^$", false, false).unwrap().hold_in(b""));
    }
}
