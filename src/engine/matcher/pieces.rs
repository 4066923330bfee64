//! A few short literals in one pass, whatever their case: of each a piece of four bytes is looked for in all its
//! spellings, many bytes of the text at a time. Where the machine cannot do that, or there are too many spellings, a
//! sieve for short windows does it.

use aho_corasick::packed::{Config, Searcher};
use memchr::memmem::Finder;

/// Bytes of a piece.
const PIECE: usize = 4;
/// Spellings that are looked for at once, at most.
const SPELLINGS: usize = 64;
/// Bytes of the sample in which pieces are counted.
const COUNTED: usize = 64 << 10;

/// See the module.
pub struct Pieces {
    searcher: Searcher,
    pieces: Vec<Piece>,
}

/// A piece of a literal.
struct Piece {
    literal: &'static [u8],
    /// Where in the literal it stands.
    at: usize,
    whats: Vec<u32>,
}

/// All spellings of a text in lower case.
fn spellings(text: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    for byte in text {
        let upper = byte.is_ascii_lowercase().then(|| byte.to_ascii_uppercase());
        let with = |spelling: &Vec<u8>, byte: u8| [&spelling[..], &[byte]].concat();
        all = all.iter().flat_map(|spelling| std::iter::once(*byte).chain(upper).map(|b| with(spelling, b)).collect::<Vec<_>>()).collect();
    }
    all
}

impl Pieces {
    /// For literals in lower case of at least four bytes, and what has them; `None`: they are too many for one pass, or
    /// the machine lacks the instructions. The rarest piece of each is taken.
    pub fn choose(literals: impl Iterator<Item = (u32, &'static [u8])>, sample: &[u8]) -> Option<Pieces> {
        let mut all: Vec<(&'static [u8], u32)> = literals.map(|(what, literal)| (literal, what)).collect();
        all.sort_unstable();
        let same: Vec<_> = all.chunk_by(|a, b| a.0 == b.0).collect();
        if same.is_empty() || same.len() > SPELLINGS {
            return None;
        }
        let sample = sample[sample.len().saturating_sub(COUNTED)..].to_ascii_lowercase();
        let (mut builder, mut pieces) = (Config::new().builder(), Vec::new());
        for same in same {
            let literal = same[0].0;
            let cost = |at: &usize| {
                let piece = &literal[*at..at + PIECE];
                (Finder::new(piece).find_iter(&sample).count(), piece.iter().filter(|b| b.is_ascii_lowercase()).count())
            };
            let at = (0..=literal.len().checked_sub(PIECE)?).min_by_key(cost)?;
            builder.extend(spellings(&literal[at..at + PIECE]));
            if builder.len() > SPELLINGS {
                return None;
            }
            pieces.push(Piece { literal, at, whats: same.iter().map(|(_, what)| *what).collect() });
        }
        Some(Pieces { searcher: builder.build()?, pieces })
    }

    /// Calls `each` with the first byte of every literal that stands in the text, and what has it.
    pub fn look(&self, text: &[u8], each: &mut dyn FnMut(usize, &[u32])) {
        let mut from = 0;
        while let Some(met) = self.searcher.find_in(text, (from..text.len()).into()) {
            // Another piece may begin within this one.
            from = met.start() + 1;
            let piece = &text[met.start()..met.end()];
            for p in self.pieces.iter().filter(|p| p.literal[p.at..p.at + PIECE].eq_ignore_ascii_case(piece)) {
                let Some(start) = met.start().checked_sub(p.at) else { continue };
                if text.get(start..start + p.literal.len()).is_some_and(|t| t.eq_ignore_ascii_case(p.literal)) {
                    each(start, &p.whats);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(literals: &[&'static str], text: &str) -> Vec<(usize, u32)> {
        let pieces = Pieces::choose((0u32..).zip(literals.iter().map(|l| l.as_bytes())), text.as_bytes()).expect("few enough");
        let mut out = Vec::new();
        pieces.look(text.as_bytes(), &mut |at, whats| out.extend(whats.iter().map(|what| (at, *what))));
        out.sort_unstable();
        out
    }

    #[test]
    fn literals_are_found_in_any_case_also_within_each_other_and_twice() {
        let literals = ["abcd", "bcde", "abcdef", "abcd", "rror 1"];
        for before in [0, 1, 15, 16, 63, 200] {
            let text = format!("{}abcdeABCDEF xxbcde aBcd eRROR 1", "-".repeat(before));
            let at = [(0, 0), (0, 3), (1, 1), (5, 0), (5, 2), (5, 3), (6, 1), (14, 1), (19, 0), (19, 3), (25, 4)];
            assert_eq!(found(&literals, &text), at.map(|(at, what)| (before + at, what)), "{before}");
        }
    }

    #[test]
    fn what_is_too_much_for_one_pass_or_too_short_is_left_to_others() {
        let many: Vec<&'static [u8]> = (0..5).map(|i| format!("abc{}", char::from(b'd' + i)).leak().as_bytes()).collect();
        assert!(Pieces::choose((0u32..).zip(many.iter().copied()), b"").is_none(), "sixteen spellings each");
        assert!(Pieces::choose((0u32..).zip(many[..4].iter().copied()), b"").is_some());
        assert!(Pieces::choose([(0, &b"abc"[..])].into_iter(), b"").is_none());
        assert!(Pieces::choose(std::iter::empty(), b"").is_none());
    }
}
