//! Literals that a pattern must contain, found in its syntax tree and folded to lower case: a line without them need
//! never be given to the pattern. Folding makes patterns that ignore case as cheap as others.

mod plain;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// One of these must stand in the line, in lower case.
pub type Clause = Vec<Vec<u8>>;

/// Literals shorter than this are not worth looking for.
pub const SHORTEST: usize = 3;
/// An alternation with more branches is no clause.
const MOST_BRANCHES: usize = 24;
/// One with more is not joined with what stands beside it.
const MOST_JOINED: usize = 8;

/// Clauses that must all be met by a line that the pattern matches; none: any line may match.
pub fn required(pattern: &str, ignore_case: bool, unicode: bool) -> Vec<Clause> {
    let plain = plain::literals(pattern, ignore_case, unicode).map(|literals| literals.into_iter().map(|literal| vec![literal]).collect());
    worth(plain.or_else(|| parsed(pattern, ignore_case, unicode)).unwrap_or_default())
}

/// All clauses, by the parser of the regex crate.
fn parsed(pattern: &str, ignore_case: bool, unicode: bool) -> Option<Vec<Clause>> {
    let unicode = unicode || !pattern.is_ascii();
    let hir = ParserBuilder::new().case_insensitive(ignore_case).unicode(unicode).utf8(false).nest_limit(50).build().parse(pattern).ok()?;
    let mut walk = Walk::new();
    walk.take(&hir);
    walk.flush();
    Some(walk.clauses)
}

/// Those that are worth looking for, each once.
fn worth(all: Vec<Clause>) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::with_capacity(all.len());
    for clause in all {
        if clause.iter().all(|l| l.len() >= SHORTEST) && !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    clauses
}

struct Walk {
    /// What stands right before: one of these.
    run: Vec<Vec<u8>>,
    clauses: Vec<Clause>,
    /// `run` is all there is.
    is_exact: bool,
}

impl Walk {
    fn new() -> Walk {
        Walk { run: vec![Vec::new()], clauses: Vec::new(), is_exact: true }
    }

    /// Something else comes.
    fn flush(&mut self) {
        let run = std::mem::replace(&mut self.run, vec![Vec::new()]);
        self.add(run);
        self.is_exact = false;
    }

    fn add(&mut self, mut clause: Clause) {
        clause.sort();
        clause.dedup();
        if clause.iter().all(|literal| !literal.is_empty()) {
            self.clauses.push(clause);
        }
    }

    fn take(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(l) => self.run.iter_mut().for_each(|run| run.extend(l.0.iter().map(u8::to_ascii_lowercase))),
            HirKind::Class(class) => match single(class) {
                Some(byte) => self.run.iter_mut().for_each(|run| run.push(byte)),
                None => self.flush(),
            },
            HirKind::Capture(c) => self.take(&c.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|p| self.take(p)),
            HirKind::Repetition(r) => {
                if r.min == 1 && r.max == Some(1) {
                    return self.take(&r.sub);
                }
                self.flush();
                if r.min >= 1 {
                    self.take(&r.sub);
                    self.flush();
                }
            }
            HirKind::Alternation(branches) => self.alternation(branches),
        }
    }

    fn alternation(&mut self, branches: &[Hir]) {
        let walks: Vec<Walk> = branches
            .iter()
            .map(|branch| {
                let mut walk = Walk::new();
                walk.take(branch);
                walk
            })
            .collect();
        let exact: Vec<&Vec<u8>> = walks.iter().flat_map(|walk| &walk.run).collect();
        if walks.iter().all(|walk| walk.is_exact) && self.run.len() * exact.len() <= MOST_JOINED {
            self.run = self.run.iter().flat_map(|run| exact.iter().map(|literal| [run, literal.as_slice()].concat())).collect();
            return;
        }
        self.flush();
        let mut clause = Vec::new();
        for mut walk in walks {
            walk.flush();
            // The clause with the longest literals stands for a branch.
            match walk.clauses.into_iter().max_by_key(|clause| clause.iter().map(Vec::len).min()) {
                Some(best) => clause.extend(best),
                None => return,
            }
        }
        if clause.len() <= MOST_BRANCHES {
            self.add(clause);
        }
    }
}

/// The one byte of a class, when all it holds is one letter in both cases.
fn single(class: &Class) -> Option<u8> {
    let mut bytes = Vec::new();
    match class {
        Class::Bytes(c) => {
            for r in c.ranges() {
                if r.end() - r.start() > 2 {
                    return None;
                }
                bytes.extend(r.start()..=r.end());
            }
        }
        Class::Unicode(c) => {
            for r in c.ranges() {
                if !r.end().is_ascii() || r.end() as u32 - r.start() as u32 > 2 {
                    return None;
                }
                bytes.extend(r.start() as u8..=r.end() as u8);
            }
        }
    }
    let first = bytes.first()?.to_ascii_lowercase();
    bytes.iter().all(|b| b.to_ascii_lowercase() == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pattern: &str, ignore_case: bool) -> Vec<String> {
        required(pattern, ignore_case, false).into_iter().map(|c| c.into_iter().map(|l| String::from_utf8(l).unwrap()).collect::<Vec<_>>().join("|")).collect()
    }

    #[test]
    fn literals_come_out_in_lower_case() {
        assert_eq!(shown(r"Heap (?P<h>\w+) already at its maximum ?[Ss]ize\. Cannot", false), ["heap ", " already at its maximum", "size. cannot"]);
        assert_eq!(shown("out of memory: kill", true), ["out of memory: kill"]);
        assert_eq!(shown("(?:PF|GP) Exception", false), ["gp exception|pf exception"]);
        assert_eq!(shown("(?:abcd|efgh) x?", false), ["abcd |efgh "]);
        assert_eq!(shown(r"a(?:bc|)d \d(?:ef|g\d)", false), ["abcd |ad "]);
        assert_eq!(shown(r"(?:Net(?:Sched|Port)|VMK\d) x", false), ["netport|netsched|vmk"]);
        assert_eq!(shown(r"\d+", false), Vec::<String>::new());
    }
}
