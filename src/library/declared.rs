//! Declarations of facts, found by name. Those of the shipped library are found where the program has them; each is made
//! when it is first asked for.

use super::declaration;
use super::outline::FactOutline;
use super::shipped::Shipped;
use crate::facts::decl::{FactDecl, Kind};
use foldhash::{HashMap, HashMapExt};
use std::sync::OnceLock;

/// Facts that no file declares. `host` and the clocks come from the envelope of a line.
const BUILT_IN: &[(&str, Kind, &str)] = &[
    ("host", Kind::Word, "host that a line names"),
    ("clock.utc_offset", Kind::Word, "offset of the log's local time from UTC"),
    ("clock.booted", Kind::Time, "when the machine was started, by two clocks of one line"),
    ("component", Kind::Word, "component that a line names"),
    ("level", Kind::Word, "level that a line names"),
];

type Made = OnceLock<Box<FactDecl>>;

/// See the module.
#[derive(Debug)]
pub struct Declared {
    shipped: &'static Shipped,
    /// Of the shipped ones, in their order.
    made: Box<[Made]>,
    /// Files of the shipped library in whose place a user's stand.
    replaced: Vec<usize>,
    /// Of the user's files, with the number of the file.
    own: HashMap<&'static str, (usize, &'static FactOutline, Made)>,
    built_in: [Made; BUILT_IN.len()],
}

impl Declared {
    /// Those of the shipped library without the files that were `replaced`.
    pub fn new(shipped: &'static Shipped, replaced: Vec<usize>) -> Declared {
        let made = shipped.facts.iter().map(|_| OnceLock::new()).collect();
        Declared { shipped, made, replaced, own: HashMap::new(), built_in: Default::default() }
    }

    /// Adds a fact of a user's file. `Err`: the number of the file that declares it already.
    pub fn add(&mut self, file: usize, fact: &'static FactOutline) -> Result<(), usize> {
        let other = self.own.get(fact.name).map(|own| own.0).or_else(|| self.place(fact.name).map(|at| self.shipped.fact(at).0));
        match other {
            Some(other) => Err(other),
            None => {
                self.own.insert(fact.name, (file, fact, OnceLock::new()));
                Ok(())
            }
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.shipped.place(name).filter(|at| !self.replaced.contains(&self.shipped.fact(*at).0))
    }

    /// The declaration of a fact.
    pub fn get(&self, name: &str) -> Option<&FactDecl> {
        let (made, outline) = match (self.own.get(name), self.place(name)) {
            (Some((_, outline, made)), _) => (made, *outline),
            (None, Some(at)) => (&self.made[at], self.shipped.fact(at).1),
            (None, None) => {
                let at = BUILT_IN.iter().position(|b| b.0 == name)?;
                let (name, kind, say) = BUILT_IN[at];
                return Some(self.built_in[at].get_or_init(|| Box::new(FactDecl::plain(name, kind, say))));
            }
        };
        Some(made.get_or_init(|| Box::new(declaration(outline))))
    }

    /// Names of all facts.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let shipped = (0..self.made.len()).map(|at| self.shipped.fact(at)).filter(|(file, _)| !self.replaced.contains(file)).map(|(_, f)| f.name);
        shipped.chain(self.own.keys().copied()).chain(BUILT_IN.iter().map(|b| b.0))
    }
}

#[cfg(test)]
mod tests {
    use crate::library::shipped::SHIPPED;

    #[test]
    fn all_of_the_shipped_table_is_found() {
        assert!(SHIPPED.outlines.len() > 1000 && SHIPPED.facts.len() > 1000);
        assert!(SHIPPED.outlines.is_sorted_by(|a, b| (a.kind, a.id) < (b.kind, b.id)));
        assert_eq!(SHIPPED.facts.len(), SHIPPED.outlines.iter().map(|o| o.facts.len()).sum::<usize>());
        for (i, outline) in SHIPPED.outlines.iter().enumerate() {
            assert_eq!(SHIPPED.number(outline.kind, outline.id), Some(i));
            for fact in outline.facts {
                let found = SHIPPED.place(fact.name).map(|at| SHIPPED.fact(at));
                assert!(found.is_some_and(|(file, f)| file == i && std::ptr::eq(f, fact)), "`{}` is declared twice", fact.name);
            }
        }
        assert!(SHIPPED.place("no.such.fact").is_none() && SHIPPED.place("").is_none());
    }
}
