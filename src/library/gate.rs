//! A regular expression behind what is cheaper to ask: the literals that a text must hold, then the runs of bytes, and only
//! then is it compiled. Each is made when it is first needed, since most expressions of a library are never asked.

use super::clauses::Clauses;
use super::pattern::compile;
use super::runs::Runs;
use memchr::memmem::Finder;
use regex::bytes::Regex;
use std::sync::OnceLock;

/// See the module.
#[derive(Debug)]
pub struct Gate {
    source: &'static str,
    ignore_case: bool,
    unicode: bool,
    literals: Clauses,
    finders: OnceLock<Box<[Box<[Finder<'static>]>]>>,
    known: Option<&'static Runs>,
    runs: OnceLock<Runs>,
    regex: OnceLock<Option<Regex>>,
}

impl Gate {
    /// Nothing is made yet. `literals`: clauses in lower case, of each of which one must stand in the text; `known`: runs
    /// that need not be made.
    pub fn new(source: &'static str, ignore_case: bool, unicode: bool, literals: Clauses, known: Option<&'static Runs>) -> Gate {
        Gate { source, ignore_case, unicode, literals, known, finders: OnceLock::new(), runs: OnceLock::new(), regex: OnceLock::new() }
    }

    /// Whether a text, already folded to lower case, holds one literal of each clause.
    pub fn may_match_folded(&self, folded: &[u8]) -> bool {
        let finders = self.finders.get_or_init(|| self.literals.iter().map(|clause| clause.iter().map(Finder::new).collect()).collect());
        finders.iter().all(|clause| clause.iter().any(|l| l.find(folded).is_some()))
    }

    /// Runs of bytes that its matches hold.
    pub fn runs(&self) -> &Runs {
        let make = || Runs::of(self.source, self.ignore_case, self.unicode).unwrap_or(Runs::unknown());
        self.known.unwrap_or_else(|| self.runs.get_or_init(make))
    }

    /// The regular expression; `None` when it does not compile.
    pub fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| compile(self.source, self.ignore_case, self.unicode).ok()).as_ref()
    }

    /// The regular expression if this text may match it: as long as it is not compiled, its runs are asked first.
    pub fn regex_for(&self, text: &[u8]) -> Option<&Regex> {
        if self.regex.get().is_some() || self.runs().hold_in(text) { self.regex() } else { None }
    }
}
