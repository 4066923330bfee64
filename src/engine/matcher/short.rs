//! For a paste: no automaton is built. The folded text's four-byte pieces go into a bitmap; a pattern is looked at only
//! when a piece of each of its clauses is there. Then its longest literal is looked for, a line that has it is asked for
//! the others, and only then is the regular expression compiled and run.

use super::Match;
use crate::engine::frequency::{folded, place};
use crate::engine::lines;
use crate::library::pattern::Pattern;

pub fn matches(patterns: &[(usize, &Pattern)], text: &[u8]) -> Vec<Match> {
    let folded = text.to_ascii_lowercase();
    let pieces = Pieces::of(&folded);
    let mut found = Vec::new();
    for (number, pattern) in patterns {
        let clauses = pattern.outline.literals;
        if !clauses.iter().all(|c| c.iter().any(|l| pieces.may_hold(l))) {
            continue;
        }
        let best = clauses.iter().max_by_key(|c| c.shortest());
        let Some(best) = best else {
            try_lines(*number, pattern, text, lines::all(text), &mut found);
            continue;
        };
        for literal in best.iter() {
            let mut after = 0;
            for at in memchr::memmem::find_iter(&folded, literal) {
                if at < after {
                    continue;
                }
                let (start, end) = lines::around(text, at);
                after = end.max(at + 1);
                if pattern.may_match_folded(&folded[start..end]) {
                    try_lines(*number, pattern, text, std::iter::once((start, end)), &mut found);
                }
            }
        }
    }
    found
}

/// Places in the bitmap of pieces, as a power of two.
const PLACES: u32 = 16;

/// Which four-byte pieces a text has, by their hash: "no" is certain.
struct Pieces {
    bits: Vec<u64>,
}

impl Pieces {
    fn of(text: &[u8]) -> Pieces {
        let mut bits = vec![0u64; (1 << PLACES) / 64];
        for piece in text.windows(4) {
            let s = place(folded(piece), PLACES);
            bits[s / 64] |= 1 << (s % 64);
        }
        Pieces { bits }
    }

    fn may_hold(&self, literal: &[u8]) -> bool {
        let has = |piece: &[u8]| {
            let s = place(folded(piece), PLACES);
            self.bits[s / 64] >> (s % 64) & 1 == 1
        };
        literal.len() < 4 || (has(literal) && has(&literal[literal.len() - 4..]))
    }
}

fn try_lines(number: usize, pattern: &Pattern, text: &[u8], lines: impl Iterator<Item = (usize, usize)>, found: &mut Vec<Match>) {
    for (start, end) in lines {
        if pattern.is_match(&text[start..end]) {
            found.push(Match { start, end, pattern: number });
        }
    }
}
