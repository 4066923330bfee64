//! Damaged text: where the clean text matched nothing, repaired forms of it are tried in order, from what cannot harm
//! to what is a guess, and the first that matches is kept. What is kept shows and cites the original lines. Bounded:
//! beyond so many lines nothing is repaired, and that is said.

mod document;
mod loosely;
mod separate;

use super::lines;
use super::observe::{Observation, Observer, SHOWN, Seen, SeenLine};
use crate::library::outline::Role;
use crate::text::repair::{self, Glue, Piece, Reading, Repair, Repairs};
use crate::text::untrusted::lossless;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Lines without a hit that are looked at.
    pub lines: usize,
    /// Lines put together from others.
    pub windows: usize,
    /// Texts that are tried with looser patterns.
    pub loose: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { lines: 5_000, windows: 6_000, loose: 2_000 }
    }
}

/// Something that matched only in repaired text.
#[derive(Clone, Debug)]
pub struct Mended {
    /// With the original line.
    pub observation: Observation,
    pub repairs: Repairs,
    /// The text that matched.
    pub text: String,
}

/// What came of mending.
#[derive(Debug, Default)]
pub struct Outcome {
    pub mended: Vec<Mended>,
    /// Not all lines were tried.
    pub bounded: bool,
}

impl Observer<'_> {
    /// Repairs the lines of a text that nothing in `seen` knows, and says what then matches.
    pub fn mend(&self, stream: &str, text: &[u8], seen: &[Observation], budget: Budget) -> Outcome {
        let mut mend = Mend::new(self, stream, text, seen, budget);
        if mend.lines.is_empty() {
            return Outcome::default();
        }
        mend.run();
        mend.out.sort_by_key(|m| m.observation.line.number);
        Outcome { mended: mend.out, bounded: mend.bounded }
    }
}

struct Mend<'a, 'b> {
    observer: &'b Observer<'a>,
    stream: &'b str,
    /// Original lines.
    lines: Vec<Cow<'b, str>>,
    /// Line index -> signatures (entries) that know it.
    known: BTreeMap<usize, BTreeSet<usize>>,
    /// Line index and pattern of everything that matched the clean text.
    before: BTreeSet<(usize, usize)>,
    /// Signature, captures and matched text of what pages repeat.
    repeated: BTreeSet<(usize, String)>,
    budget: Budget,
    bounded: bool,
    out: Vec<Mended>,
}

impl<'a, 'b> Mend<'a, 'b> {
    fn new(observer: &'b Observer<'a>, stream: &'b str, text: &'b [u8], seen: &[Observation], budget: Budget) -> Self {
        let mut known: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut before = BTreeSet::new();
        for o in seen {
            let at = (o.line.number as usize).saturating_sub(1);
            match &o.what {
                Seen::Hit(hit) => {
                    before.insert((at, hit.pattern));
                    let pattern = &observer.library.patterns()[hit.pattern];
                    if matches!(pattern.role(), Role::Any | Role::All | Role::Count | Role::LooksLike) {
                        known.entry(at).or_default().insert(pattern.entry);
                    }
                }
                Seen::Block { step, .. } => {
                    known.entry(at).or_default().insert(*step);
                }
                // A record in which nobody found anything is not known: `&lt;0&gt;` can hide what it says.
                Seen::Record(r) if r.hits.is_empty() => {}
                Seen::Record(r) => {
                    for line in at..r.last_line as usize {
                        known.entry(line).or_default().extend([r.format].into_iter().chain(r.hits.iter().map(|(entry, _)| *entry)));
                    }
                }
            }
        }
        let mut bounded = false;
        let mut free = 0;
        let mut all = Vec::new();
        for (i, (start, end)) in lines::all(text).enumerate() {
            if free >= budget.lines {
                bounded = true;
                break;
            }
            free += usize::from(!known.contains_key(&i) && !text[start..end].iter().all(u8::is_ascii_whitespace));
            all.push(lossless(&text[start..end]));
        }
        if free == 0 {
            all.clear();
        }
        Mend { observer, stream, lines: all, known, before, repeated: BTreeSet::new(), budget, bounded, out: Vec::new() }
    }

    fn run(&mut self) {
        let raw: Vec<Piece> = self.lines.iter().enumerate().map(|(i, l)| Piece::of(l.as_ref(), i, Repairs::NONE)).collect();
        let mut clean = raw.clone();
        for (allowed, second) in [(Repairs::gentle(), false), (Repairs::of_lines(), false), (Repairs::gentle(), true), (Repairs::of_lines(), true)] {
            let reading = Reading { second };
            if let Some(pieces) = self.cleaned(allowed, reading) {
                self.document(&pieces);
                if allowed == Repairs::of_lines() && !second {
                    clean = pieces;
                }
            }
        }
        let mut pool: Vec<Piece> = Vec::new();
        let (apart, any) = repair::split(&clean);
        if any {
            self.document(&apart);
        }
        for glue in [Glue::Nothing, Glue::Blank, Glue::Width] {
            let (whole, any) = repair::joined(&apart, glue);
            if any {
                self.document(&whole);
                pool.extend(whole.into_iter().filter(|p| p.repairs.has(Repair::Wrapped) || p.repairs.has(Repair::QuotedPrintable)));
            }
        }
        let known: BTreeSet<usize> = self.known.keys().copied().collect();
        let free = |p: &Piece| !known.contains(&p.line_at(0));
        let mut windows = repair::windows(&clean, &free, self.budget.windows);
        self.bounded |= windows.len() >= self.budget.windows;
        if clean != raw {
            windows.extend(repair::windows(&raw, &free, self.budget.windows / 4));
        }
        self.separate(&windows);
        let looser: Vec<Piece> = apart.into_iter().chain(raw).chain(pool).chain(windows).collect();
        self.loosely(&looser);
    }

    /// The text with repairs of lines made; `None`: no line has such damage.
    fn cleaned(&self, allowed: Repairs, reading: Reading) -> Option<Vec<Piece>> {
        let mut out = Vec::with_capacity(self.lines.len());
        let mut any = false;
        let plain = Reading::default();
        for (i, line) in self.lines.iter().enumerate() {
            let (text, done) = repair::clean(line, allowed, reading);
            let other = reading == plain || (!done.is_empty() && repair::clean(line, allowed, plain).0 != text);
            any |= !done.is_empty() && other;
            if text.contains('\n') {
                out.extend(text.split('\n').map(|t| Piece::of(t, i, done)));
            } else {
                out.push(Piece::of(text, i, done));
            }
        }
        any.then_some(out)
    }

    /// Whether a signature may still be seen on these lines: nothing knows them, or it is more particular than all
    /// that does.
    fn open_for(&self, entry: usize, lines: Range<usize>) -> bool {
        let known: BTreeSet<usize> = lines.filter_map(|i| self.known.get(&i)).flatten().copied().collect();
        if known.is_empty() {
            return true;
        }
        let library = self.observer.library;
        let Some(signature) = library.signature_at(entry) else { return false };
        !known.contains(&entry) && known.iter().all(|k| library.signature_at(*k).is_some_and(|s| signature.refines.contains(&s.id)))
    }

    /// Where a pattern matches.
    fn matched(&self, number: usize, text: &str) -> Range<usize> {
        self.observer.library.patterns()[number].regex().and_then(|r| r.find(text.as_bytes())).map_or(0..text.len(), |m| m.range())
    }

    /// What was seen, at the original lines.
    fn mended(&self, piece: &Piece, at: Range<usize>, line: Arc<SeenLine>, what: impl FnOnce(&Self) -> Seen) -> Mended {
        let line = Arc::new(SeenLine { number: at.start as u64 + 1, text: self.shown(at.clone()).into(), envelope: line.envelope.clone() });
        let what = what(self);
        let repairs = self.needed(piece, at, &what);
        Mended { observation: Observation { at: line.number, line, what }, repairs, text: piece.text.clone() }
    }

    fn shown(&self, at: Range<usize>) -> String {
        let mut text = String::new();
        for line in self.lines.get(at).unwrap_or_default() {
            if text.len() > SHOWN {
                break;
            }
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line.trim_end());
        }
        text
    }

    /// The repairs without which the pattern would not match: an answer names no others.
    fn needed(&self, piece: &Piece, at: Range<usize>, what: &Seen) -> Repairs {
        let (Seen::Hit(hit), 1, true) = (what, at.len(), piece.parts.len() == 1) else { return piece.repairs };
        let Some(regex) = self.observer.library.patterns()[hit.pattern].regex() else { return piece.repairs };
        let across = piece.repairs.iter().filter(|r| *r >= Repair::Flattened);
        let mut needed: Repairs = piece.repairs.iter().filter(|r| *r < Repair::Flattened).collect();
        let line = &self.lines[at.start];
        for repair in piece.repairs.iter() {
            let fewer = needed.without(repair);
            let text = repair::clean(line, fewer, Reading::default()).0;
            if !fewer.is_empty() && text.split('\n').any(|l| regex.is_match(l.as_bytes())) {
                needed = fewer;
            }
        }
        needed.and(across.collect())
    }
}
