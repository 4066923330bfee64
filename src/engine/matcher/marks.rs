//! Which pieces of three bytes a line holds, roughly: where very many patterns share the words that were met (`while
//! waiting for`), this tells in no time that the line has nothing of what else each of them needs.

use crate::engine::frequency::place;
use crate::library::clauses::Choice;
use crate::library::pattern::Pattern;

/// Bits, as a power of two: with a piece for each byte of a line of common length, one in thirty is set.
const SIZE: u32 = 12;
/// Pieces of a pattern.
const MANY: usize = 3;

/// Pieces that a line must hold for a pattern; the same several times when there are few.
#[derive(Clone, Copy)]
pub struct Needs([u16; MANY]);

/// The pieces of a line.
pub struct Marks {
    bits: [u64; 1 << (SIZE - 6)],
}

/// Place of a folded piece.
fn slot(piece: &[u8]) -> u16 {
    let word = u32::from(piece[0]) | u32::from(piece[1]) << 8 | u32::from(piece[2]) << 16;
    place(word, SIZE) as u16
}

impl Needs {
    /// The ends of a pattern's literals, the rarer words first: those that stand last in it. `None` when it has no
    /// literal that every match holds.
    pub fn of(pattern: &Pattern) -> Option<Needs> {
        let all: Vec<&[u8]> = pattern.outline.literals.iter().filter_map(Choice::only).collect();
        let only = all.iter().rev();
        let ends = only.clone().filter_map(|l| l.last_chunk::<3>());
        let begins = only.filter_map(|l| l.first_chunk::<3>());
        let mut slots = ends.chain(begins).map(|piece| slot(piece));
        let first = slots.next()?;
        Some(Needs(std::array::from_fn(|i| if i == 0 { first } else { slots.next().unwrap_or(first) })))
    }
}

impl Marks {
    /// Of no line.
    pub fn none() -> Marks {
        Marks { bits: [0; 1 << (SIZE - 6)] }
    }

    /// Those of a line in lower case.
    pub fn take(&mut self, folded: &[u8]) {
        self.bits.fill(0);
        for piece in folded.windows(3) {
            let at = usize::from(slot(piece));
            self.bits[at / 64] |= 1 << (at % 64);
        }
    }

    /// Whether the line may hold what a pattern needs; "no" is certain.
    #[inline]
    pub fn may_hold(&self, needs: &Needs) -> bool {
        needs.0.iter().all(|at| self.bits[usize::from(at / 64)] >> (at % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::shipped::SHIPPED;

    #[test]
    fn a_line_that_holds_what_a_pattern_needs_is_never_passed_over_and_others_mostly_are() {
        let (mut marks, mut looked, mut passed) = (Marks::none(), 0, 0);
        for outline in SHIPPED.outlines.iter().flat_map(|o| o.patterns) {
            let pattern = Pattern::new(0, 0, outline);
            let Some(needs) = Needs::of(&pattern) else { continue };
            looked += 1;
            let mut line = b"<6>x7 ".to_vec();
            for clause in outline.literals.iter() {
                line.extend_from_slice(clause.iter().last().unwrap());
                line.extend_from_slice(b" 0x1f, ");
            }
            marks.take(&line);
            assert!(marks.may_hold(&needs), "{}", outline.source);
            marks.take(b"2024-03-11t08:00:00.540z cpu3:2097 some line of a log in which nothing of all this is written down anywhere");
            passed += usize::from(!marks.may_hold(&needs));
        }
        assert!(looked > 2_000 && passed * 10 > looked * 9, "{passed} of {looked}");
    }
}
