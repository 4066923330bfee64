//! Runs of bytes that every match of a pattern holds, by the kinds of bytes that may stand there (`[A-Z][0-9][0-9]`).
//! What no literal tells of a pattern, they tell: found in a few microseconds, where to compile the pattern takes hundreds.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

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

/// The runs that every match of a pattern holds.
pub fn runs(pattern: &str, ignore_case: bool, unicode: bool) -> Option<Vec<Vec<Bytes>>> {
    if unicode || !pattern.is_ascii() {
        return None;
    }
    let hir = ParserBuilder::new().case_insensitive(ignore_case).unicode(false).utf8(false).nest_limit(50).build().parse(pattern).ok()?;
    let mut runs = Runs { run: Vec::new(), all: Vec::new() };
    runs.take(&hir);
    runs.close();
    Some(runs.all)
}

/// Whether a text holds each of them somewhere.
pub fn hold_in(runs: &[Vec<Bytes>], text: &[u8]) -> bool {
    runs.iter().all(|run| text.windows(run.len()).any(|w| run.iter().zip(w).all(|(bytes, b)| bytes.has(*b))))
}

/// Pieces of a pattern that are looked at.
const MOST_RUNS: usize = 4_096;

struct Runs {
    run: Vec<Bytes>,
    all: Vec<Vec<Bytes>>,
}

impl Runs {
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
            HirKind::Class(Class::Bytes(class)) => {
                let bytes = class.ranges().iter().flat_map(|r| r.start()..=r.end());
                self.run.push(bytes.fold(Bytes::none(), Bytes::and));
            }
            HirKind::Class(Class::Unicode(_)) => self.close(),
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
