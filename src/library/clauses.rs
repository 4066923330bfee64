//! The literals that a pattern's matches hold, as an outline keeps them: all in one piece of memory. A library has
//! thousands of them, and an address for each would have to be put right whenever the program starts.

use super::literals::Clause;
use std::fmt;

/// Clauses that must all be met, one after the other: each has its length in two bytes before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Clauses(&'static [u8]);

/// One clause: literals in lower case, of which one must stand in a text, each with its length in two bytes before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Choice(&'static [u8]);

/// The first part of a packed text, and what follows it; `None` at the end.
fn first(packed: &'static [u8]) -> Option<(&'static [u8], &'static [u8])> {
    let (length, rest) = packed.split_first_chunk::<2>()?;
    rest.split_at_checked(u16::from_le_bytes(*length).into())
}

/// All parts of a packed text.
fn parts(mut packed: &'static [u8]) -> impl Iterator<Item = &'static [u8]> + Clone {
    std::iter::from_fn(move || first(packed).map(|(part, rest)| (packed = rest, part).1))
}

/// Adds a part; one that is too long for its length is left out.
fn add(part: &[u8], packed: &mut Vec<u8>) {
    if let Ok(length) = u16::try_from(part.len()) {
        packed.extend(length.to_le_bytes());
        packed.extend(part);
    }
}

impl Clauses {
    /// No literal is known.
    pub const NONE: Clauses = Clauses(&[]);

    /// Those that [`Clauses::pack`] packed.
    pub const fn of(packed: &'static [u8]) -> Clauses {
        Clauses(packed)
    }

    /// In one piece. A clause too long for that is left out: fewer clauses let more texts through, and none is lost.
    pub fn pack(clauses: &[Clause]) -> Vec<u8> {
        let mut packed = Vec::new();
        for clause in clauses.iter().filter(|c| c.iter().map(|l| l.len() + 2).sum::<usize>() <= usize::from(u16::MAX)) {
            let mut choice = Vec::new();
            clause.iter().for_each(|literal| add(literal, &mut choice));
            add(&choice, &mut packed);
        }
        packed
    }

    /// Whether no literal is known.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The clauses, in the order in which they stand in the pattern.
    pub fn iter(self) -> impl Iterator<Item = Choice> + Clone {
        parts(self.0).map(Choice)
    }

    /// The literals of all clauses.
    pub fn literals(self) -> impl Iterator<Item = &'static [u8]> {
        self.iter().flat_map(Choice::iter)
    }
}

impl Choice {
    /// The literals.
    pub fn iter(self) -> impl Iterator<Item = &'static [u8]> + Clone {
        parts(self.0)
    }

    /// The literal, if there is but one.
    pub fn only(self) -> Option<&'static [u8]> {
        first(self.0).filter(|(_, rest)| rest.is_empty()).map(|(literal, _)| literal)
    }

    /// Bytes of the shortest literal.
    pub fn shortest(self) -> usize {
        self.iter().map(<[u8]>::len).min().unwrap_or(0)
    }
}

impl fmt::Debug for Clauses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|c| c.iter().map(|l| l.escape_ascii().to_string()).collect::<Vec<_>>())).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(clauses: &[Clause]) -> Clauses {
        Clauses::of(Box::leak(Clauses::pack(clauses).into_boxed_slice()))
    }

    #[test]
    fn what_was_packed_comes_out_again() {
        let all: Vec<Clause> = vec![vec![b"heap ".to_vec()], vec![b"expand".to_vec(), Vec::new(), vec![b'x'; 300]]];
        let read: Vec<Clause> = packed(&all).iter().map(|c| c.iter().map(<[u8]>::to_vec).collect()).collect();
        assert_eq!(read, all);
        assert_eq!(packed(&all).literals().count(), 4);
        let only: Vec<_> = packed(&all).iter().map(Choice::only).collect();
        assert_eq!(only, [Some(&b"heap "[..]), None]);
        assert!(packed(&[]).is_empty() && packed(&[]).iter().next().is_none());
    }

    #[test]
    fn a_clause_too_long_for_its_length_is_left_out_whole() {
        let all: Vec<Clause> = vec![vec![b"heap ".to_vec(), vec![b'x'; 70_000]], vec![vec![b'y'; 60_000], vec![b'z'; 60_000]], vec![b"full".to_vec()]];
        let kept: Vec<_> = packed(&all).literals().collect();
        assert_eq!(kept, [b"full"]);
    }
}
