//! What a text must hold before a pattern can match it: one literal of each clause. What looks for them is made when
//! it is first needed, since most patterns of a library are never asked.

use memchr::memmem::Finder;
use std::sync::OnceLock;

/// Clauses of literals in lower case; no clause holds for every text.
#[derive(Debug)]
pub struct Clauses {
    literals: &'static [&'static [&'static [u8]]],
    finders: OnceLock<Box<[Box<[Finder<'static>]>]>>,
}

impl Clauses {
    /// Clauses that were not looked for yet.
    pub fn new(literals: &'static [&'static [&'static [u8]]]) -> Clauses {
        Clauses { literals, finders: OnceLock::new() }
    }

    /// Whether a text, already folded to lower case, holds one literal of each.
    pub fn hold_in(&self, folded: &[u8]) -> bool {
        let finders = self.finders.get_or_init(|| self.literals.iter().map(|clause| clause.iter().map(Finder::new).collect()).collect());
        finders.iter().all(|clause| clause.iter().any(|l| l.find(folded).is_some()))
    }
}
