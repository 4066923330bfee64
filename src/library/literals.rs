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

/// Clauses that must all be met by a line that the pattern matches; none: any line may match.
pub fn required(pattern: &str, ignore_case: bool, unicode: bool) -> Vec<Clause> {
    let plain = plain::literals(pattern, ignore_case, unicode).map(|literals| literals.into_iter().map(|literal| vec![literal]).collect());
    worth(plain.or_else(|| parsed(pattern, ignore_case, unicode)).unwrap_or_default())
}

/// All clauses, by the parser of the regex crate.
fn parsed(pattern: &str, ignore_case: bool, unicode: bool) -> Option<Vec<Clause>> {
    let unicode = unicode || !pattern.is_ascii();
    let hir = ParserBuilder::new().case_insensitive(ignore_case).unicode(unicode).utf8(false).nest_limit(50).build().parse(pattern).ok()?;
    let mut walk = Walk::default();
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

#[derive(Default)]
struct Walk {
    run: Vec<u8>,
    clauses: Vec<Clause>,
}

impl Walk {
    fn flush(&mut self) {
        if !self.run.is_empty() {
            self.clauses.push(vec![std::mem::take(&mut self.run)]);
        }
    }

    fn take(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(l) => self.run.extend(l.0.iter().map(u8::to_ascii_lowercase)),
            HirKind::Class(class) => match single(class) {
                Some(byte) => self.run.push(byte),
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
            HirKind::Alternation(branches) => {
                self.flush();
                if branches.len() > MOST_BRANCHES {
                    return;
                }
                let mut clause = Vec::new();
                for branch in branches {
                    let mut inner = Walk::default();
                    inner.take(branch);
                    inner.flush();
                    // The longest literal of a branch stands for it.
                    match inner.clauses.into_iter().filter(|c| c.len() == 1).map(|mut c| c.remove(0)).max_by_key(Vec::len) {
                        Some(literal) => clause.push(literal),
                        None => return,
                    }
                }
                clause.sort();
                clause.dedup();
                self.clauses.push(clause);
            }
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
        assert_eq!(shown("(?:PF|GP) Exception", false), [" exception"]);
        assert_eq!(shown("(?:abcd|efgh) x?", false), ["abcd|efgh"]);
        assert_eq!(shown(r"\d+", false), Vec::<String>::new());
    }
}
