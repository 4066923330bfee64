//! Looser forms of a pattern, for text that is known to be damaged in that way: letters of any case, values that
//! somebody masked, ends that were cut off. Made from the pattern's syntax tree, so no author writes them. Only
//! patterns with literals have them, and nothing is loosened that tells one message from another: a literal stays.

use super::outline::PatternOutline;
use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

/// Largest compiled form; cut forms hold every beginning of every literal.
const MAX_PROGRAM: usize = 4 << 20;

/// What is loosened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Letters of any case.
    pub any_case: bool,
    /// `#`, `X`, `*`, `?` and `<word>` stand for digits.
    pub masked: bool,
    pub cut: CutForm,
}

/// An end that is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CutForm {
    #[default]
    None,
    /// The text may end before the pattern does.
    Tail,
    /// The text may begin after the pattern does.
    Head,
    /// Both; the text is all of it a part of what the pattern matches.
    Both,
}

impl Form {
    /// Kinds of forms.
    pub const COUNT: usize = 16;

    /// A number below [`Form::COUNT`].
    pub fn number(self) -> usize {
        usize::from(self.any_case) + 2 * usize::from(self.masked) + 4 * self.cut as usize
    }
}

/// The pattern in that form; `None` when it cannot be had.
pub fn compile(outline: &PatternOutline, form: Form) -> Option<Regex> {
    let unicode = outline.unicode || !outline.source.is_ascii();
    let ignore_case = outline.ignore_case || form.any_case;
    let hir = ParserBuilder::new().case_insensitive(false).unicode(unicode).utf8(false).nest_limit(50).build().parse(outline.source).ok()?;
    let hir = if form.masked { masked(&hir) } else { hir };
    let source = match form.cut {
        CutForm::None => hir.to_string(),
        CutForm::Tail => format!("(?:{})\\s*$", beginnings(&hir, true)),
        CutForm::Head => format!("^\\s*(?:{})", ends(&hir, true)),
        CutForm::Both => format!("^\\s*(?:{})\\s*$", middles(&hir)),
    };
    RegexBuilder::new(&source).case_insensitive(ignore_case).unicode(unicode).size_limit(MAX_PROGRAM).nest_limit(400).build().ok()
}

/// Bytes by which a cut must reach into a literal to tell of it.
const LEAST_REACH: usize = 3;

const MARKS: &[u8] = b"#Xx*?";

fn with_marks(class: &Class) -> Option<Class> {
    match class {
        Class::Bytes(c) => {
            let digits = c.ranges().iter().any(|r| r.start() <= b'0' && r.end() >= b'9');
            digits.then(|| {
                let mut c = c.clone();
                c.union(&ClassBytes::new(MARKS.iter().map(|b| ClassBytesRange::new(*b, *b))));
                Class::Bytes(c)
            })
        }
        Class::Unicode(c) => {
            let digits = c.ranges().iter().any(|r| r.start() <= '0' && r.end() >= '9');
            digits.then(|| {
                let mut c = c.clone();
                c.union(&ClassUnicode::new(MARKS.iter().map(|b| ClassUnicodeRange::new(*b as char, *b as char))));
                Class::Unicode(c)
            })
        }
    }
}

/// Classes that hold all digits take marks too, in any number, or a word in angle brackets.
fn masked(h: &Hir) -> Hir {
    match h.kind() {
        HirKind::Class(c) => with_marks(c).map_or_else(|| h.clone(), Hir::class),
        HirKind::Repetition(r) => {
            let digits = matches!(r.sub.kind(), HirKind::Class(c) if with_marks(c).is_some());
            if digits {
                let any = Hir::repetition(Repetition { min: r.min.min(1), max: None, greedy: r.greedy, sub: Box::new(masked(&r.sub)) });
                Hir::alternation(vec![any, placeholder()])
            } else {
                Hir::repetition(Repetition { min: r.min, max: r.max, greedy: r.greedy, sub: Box::new(masked(&r.sub)) })
            }
        }
        HirKind::Capture(c) => Hir::capture(Capture { index: c.index, name: c.name.clone(), sub: Box::new(masked(&c.sub)) }),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(masked).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(masked).collect()),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => h.clone(),
    }
}

/// `<word>`.
fn placeholder() -> Hir {
    let range = |a, b| ClassBytesRange::new(a, b);
    let word = ClassBytes::new([range(b'A', b'Z'), range(b'a', b'z'), range(b'0', b'9'), range(b' ', b' '), range(b'_', b'_'), range(b'-', b'.')]);
    let word = Hir::repetition(Repetition { min: 1, max: Some(32), greedy: true, sub: Box::new(Hir::class(Class::Bytes(word))) });
    Hir::concat(vec![Hir::literal(*b"<"), word, Hir::literal(*b">")])
}

/// Without names, for what stands beside the same with names.
fn unnamed(h: &Hir) -> Hir {
    match h.kind() {
        HirKind::Capture(c) => unnamed(&c.sub),
        HirKind::Repetition(r) => Hir::repetition(Repetition { min: r.min, max: r.max, greedy: r.greedy, sub: Box::new(unnamed(&r.sub)) }),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(unnamed).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(unnamed).collect()),
        _ => h.clone(),
    }
}

fn keep(h: &Hir, named: bool) -> Hir {
    if named { h.clone() } else { unnamed(h) }
}

/// Every beginning of what a part matches, the longest first.
fn beginnings(h: &Hir, named: bool) -> Hir {
    match h.kind() {
        HirKind::Empty | HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(l) => Hir::alternation((0..=l.0.len()).rev().map(|n| Hir::literal(l.0[..n].to_vec())).collect()),
        HirKind::Class(_) => Hir::alternation(vec![h.clone(), Hir::empty()]),
        HirKind::Repetition(r) => {
            let whole = Hir::repetition(Repetition { min: 0, max: r.max, greedy: r.greedy, sub: Box::new(unnamed(&r.sub)) });
            if matches!(r.sub.kind(), HirKind::Class(_)) { whole } else { Hir::concat(vec![whole, beginnings(&r.sub, false)]) }
        }
        HirKind::Capture(c) => beginnings(&c.sub, false),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(|p| beginnings(p, named)).collect()),
        HirKind::Concat(parts) => {
            let mut all = parts.last().map_or_else(Hir::empty, |p| beginnings(p, false));
            for part in parts.iter().rev().skip(1) {
                all = Hir::alternation(vec![Hir::concat(vec![keep(part, named), all]), beginnings(part, false)]);
            }
            all
        }
    }
}

/// Every end of what a part matches, the longest first.
fn ends(h: &Hir, named: bool) -> Hir {
    match h.kind() {
        HirKind::Empty | HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(l) => Hir::alternation((0..=l.0.len()).map(|n| Hir::literal(l.0[n..].to_vec())).collect()),
        HirKind::Class(_) => Hir::alternation(vec![h.clone(), Hir::empty()]),
        HirKind::Repetition(r) => {
            let whole = Hir::repetition(Repetition { min: 0, max: r.max, greedy: r.greedy, sub: Box::new(unnamed(&r.sub)) });
            if matches!(r.sub.kind(), HirKind::Class(_)) { whole } else { Hir::concat(vec![ends(&r.sub, false), whole]) }
        }
        HirKind::Capture(c) => ends(&c.sub, false),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(|p| ends(p, named)).collect()),
        HirKind::Concat(parts) => {
            let mut all = parts.first().map_or_else(Hir::empty, |p| ends(p, false));
            for part in parts.iter().skip(1) {
                all = Hir::alternation(vec![Hir::concat(vec![all, keep(part, named)]), ends(part, false)]);
            }
            all
        }
    }
}

/// Every middle of what a part matches that begins in one of its parts and ends in a later one, without names: each
/// part gives one branch, so that the form stays small. A middle of one literal is left to [`literal_bytes`].
fn middles(h: &Hir) -> Hir {
    match h.kind() {
        HirKind::Capture(c) => middles(&c.sub),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(middles).collect()),
        HirKind::Concat(parts) => {
            let rest = |k: usize| Hir::concat(parts[k + 1..].to_vec());
            let each = |(k, part): (usize, &Hir)| Hir::concat(vec![ends(&unnamed(part), false), beginnings(&unnamed(&rest(k)), false)]);
            Hir::alternation(parts.iter().enumerate().take(parts.len().saturating_sub(1)).map(each).collect())
        }
        _ => unnamed(h),
    }
}

/// How many bytes of a pattern's literals a folded text holds, and how many there are; a literal that the cut goes
/// through counts as far as it reaches.
pub fn literal_bytes(outline: &PatternOutline, folded: &[u8], cut: CutForm) -> (usize, usize) {
    let (mut held, mut all) = (0, 0);
    for clause in outline.literals.iter() {
        let best = clause.iter().map(|l| {
            let whole = memchr::memmem::find(folded, l).is_some();
            let reach = match cut {
                _ if whole => l.len(),
                CutForm::None => 0,
                CutForm::Tail => tail(folded, l),
                CutForm::Head => head(folded, l),
                CutForm::Both if is_middle(folded, l) => folded.trim_ascii().len(),
                CutForm::Both => tail(folded, l).max(head(folded, l)),
            };
            (reach, l.len())
        });
        // The branch of which most is there.
        if let Some((reach, len)) = best.max_by_key(|(reach, len)| (*reach, usize::MAX - len)) {
            held += reach;
            all += len;
        }
    }
    (held, all)
}

/// Bytes of a literal's beginning with which the text ends.
fn tail(folded: &[u8], l: &[u8]) -> usize {
    (LEAST_REACH..l.len()).rev().find(|n| folded.ends_with(&l[..*n])).unwrap_or(0)
}

/// Bytes of a literal's end with which the text begins.
fn head(folded: &[u8], l: &[u8]) -> usize {
    (LEAST_REACH..l.len()).rev().find(|n| folded.starts_with(&l[l.len() - n..])).unwrap_or(0)
}

/// Whether the text is nothing but a part of a literal.
pub fn is_middle(folded: &[u8], l: &[u8]) -> bool {
    memchr::memmem::find(l, folded.trim_ascii()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::clauses::Clauses;
    use crate::library::outline::Role;

    fn outline(source: &'static str) -> PatternOutline {
        PatternOutline { role: Role::Any, source, ignore_case: false, unicode: false, whole_line: false, within: &[], literals: Clauses::NONE, runs: None }
    }

    #[test]
    fn masks_stand_for_digits_and_for_nothing_else() {
        let form = Form { masked: true, ..Form::default() };
        let r = compile(&outline(r"Heap_Align\((?P<h>\w+), (?P<heap.n>\d+)/\d+ bytes\) at 0x[0-9a-f]{8} status 5"), form).unwrap();
        assert!(r.is_match(b"Heap_Align(vmfs3, ####/<bytes> bytes) at 0xXXXX status 5"));
        assert_eq!(&r.captures(b"Heap_Align(vmfs3, 4096/4096 bytes) at 0x0fdbd0aa status 5").unwrap()["heap.n"], b"4096");
        assert!(!r.is_match(b"Heap_Align(vmfs3, ####/<bytes> bytes) at 0xXXXX status #"));
        assert!(!r.is_match(b"Heap_Align(vmfs3, many/4096 bytes) at 0x0fdbd0aa status 5"));
    }

    #[test]
    fn a_cut_end_is_a_beginning_of_the_pattern_that_reaches_to_the_end() {
        let o = outline(r"Heap (?P<heap.name>\w+) already at its maximum ?[Ss]ize\. Cannot expand");
        let tail = compile(&o, Form { cut: CutForm::Tail, ..Form::default() }).unwrap();
        let found = tail.captures(b"x Heap netGPHeap already at its maxi").unwrap();
        assert_eq!(&found["heap.name"], b"netGPHeap");
        assert_eq!(found.get(0).unwrap().start(), 2);
        assert!(tail.find(b"Heap netGPHeap already at its minimum").is_none_or(|m| m.len() < 3));
        let head = compile(&o, Form { cut: CutForm::Head, any_case: true, ..Form::default() }).unwrap();
        assert!(head.find(b"ready at its maximumsize. cannot expand.").is_some_and(|m| m.len() > 30));
    }

    #[test]
    fn literals_count_as_far_as_the_cut_lets_them() {
        let literals = Clauses::pack(&[vec![b"heap ".to_vec()], vec![b" already at its maximum".to_vec()]]);
        let o = PatternOutline { literals: Clauses::of(Box::leak(literals.into_boxed_slice())), ..outline("") };
        assert_eq!(literal_bytes(&o, b"heap x already at", CutForm::Tail), (5 + 11, 5 + 23));
        assert_eq!(literal_bytes(&o, b"y at its maximum", CutForm::Head), (16, 28));
        // The blank of `heap ` tells nothing.
        assert_eq!(literal_bytes(&o, b" at its maximum", CutForm::Head), (15, 28));
    }
}
