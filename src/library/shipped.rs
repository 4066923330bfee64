//! The shipped library: a table that `build.rs` wrote from `signatures/` and `kb/`.

use super::clauses::Clauses;
use super::names::{NO_FACT, hash};
use super::outline::{FactOutline, Kind, Outline, PatternOutline, Role};
use super::runs::{Bytes, Run, Runs};
use std::borrow::Cow;

include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// The outlines that the program carries, in an order in which ids and facts are found without a map that would have
/// to be made at each start.
#[derive(Debug)]
pub struct Shipped {
    /// Sorted by kind and id.
    pub outlines: &'static [Outline],
    /// Declared facts: number of the outline, and of the fact in it.
    pub facts: &'static [(u16, u16)],
    /// From the hash of a name to its place among the facts, as [`super::names::by_name`] makes it.
    pub by_name: &'static [u16],
}

impl Shipped {
    /// A program without a library.
    pub const NONE: &'static Shipped = &Shipped { outlines: &[], facts: &[], by_name: &[NO_FACT] };

    /// The outline of that kind and id.
    pub fn number(&self, kind: Kind, id: &str) -> Option<usize> {
        self.outlines.binary_search_by(|o| (o.kind, o.id).cmp(&(kind, id))).ok()
    }

    /// The fact at a place in [`Shipped::facts`]: number of its outline, and its declaration.
    pub fn fact(&self, at: usize) -> (usize, &'static FactOutline) {
        let (outline, fact) = self.facts[at];
        (outline.into(), &self.outlines[usize::from(outline)].facts[usize::from(fact)])
    }

    /// Place of the fact of that name in [`Shipped::facts`].
    pub fn place(&self, name: &str) -> Option<usize> {
        let last = self.by_name.len() - 1;
        let mut at = hash(name) & last;
        while self.by_name[at] != NO_FACT {
            let place = usize::from(self.by_name[at]);
            if self.fact(place).1.name == name {
                return Some(place);
            }
            at = (at + 1) & last;
        }
        None
    }
}
