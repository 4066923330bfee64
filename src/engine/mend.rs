//! Damaged text: where the clean text matched nothing, repaired forms of it are tried in order, from what cannot harm
//! to what is a guess, and the first that matches is kept. What is kept shows and cites the original lines. Bounded:
//! beyond so many lines nothing is repaired, and that is said.

use super::lines;
use super::matcher::Matcher;
use super::observe::{Captured, Hit, Observation, Observer, SHOWN, Seen, SeenLine, SeenRecord};
use super::whole_line;
use crate::library::loose::{CutForm, Form, literal_bytes};
use crate::library::outline::{Kind, Role};
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

/// Least bytes of literals that a looser form must have met.
const LEAST_LITERALS: usize = 10;
/// Least bytes that a pattern with a cut end must have matched.
const LEAST_CUT: usize = 16;

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

    /// Looks at a text in which lines were repaired, as at any other.
    fn document(&mut self, pieces: &[Piece]) {
        let mut text = String::new();
        for p in pieces {
            text.push_str(&p.text);
            text.push('\n');
        }
        let bytes = text.as_bytes();
        let mut found: Vec<(Range<usize>, Mended, Vec<usize>)> = Vec::new();
        for o in self.observer.look(self.stream, bytes, 0..bytes.len(), 1) {
            let Some(piece) = pieces.get((o.line.number as usize).saturating_sub(1)) else { continue };
            match o.what {
                Seen::Hit(hit) => {
                    let range = self.matched(hit.pattern, &piece.text);
                    let (first, last) = piece.lines(range.start, range.end);
                    let pattern = &self.observer.library.patterns()[hit.pattern];
                    if piece.repairs.is_empty() && first == last || self.before.contains(&(first, hit.pattern)) {
                        continue;
                    }
                    let is_signature = self.observer.library.entries()[pattern.entry].outline.kind == Kind::Signature;
                    if is_signature && !self.open_for(pattern.entry, first..last + 1) || self.is_repeated(&hit, piece, range) {
                        continue;
                    }
                    let knows = if matches!(pattern.role(), Role::Any | Role::All | Role::Count | Role::LooksLike) { vec![pattern.entry] } else { Vec::new() };
                    let mended = self.mended(piece, first..last + 1, o.line, |_| Seen::Hit(hit));
                    found.push((first..last + 1, mended, knows));
                }
                Seen::Block { step, facts } => {
                    let at = piece.line_at(0);
                    if !self.known.contains_key(&at) {
                        let mended = self.mended(piece, at..at + 1, o.line, |_| Seen::Block { step, facts });
                        found.push((at..at + 1, mended, vec![step]));
                    }
                }
                Seen::Record(record) => {
                    let at = piece.line_at(0);
                    let last = pieces.get((record.last_line as usize).saturating_sub(1)).map_or(at, |p| p.line_at(0));
                    let damaged = pieces[(o.line.number as usize - 1)..(record.last_line as usize).min(pieces.len())].iter().any(|p| !p.repairs.is_empty());
                    if !damaged || (at..=last).any(|i| self.known.contains_key(&i)) {
                        continue;
                    }
                    let knows = [record.format].into_iter().chain(record.hits.iter().map(|(entry, _)| *entry)).collect();
                    let mended = self.mended(piece, at..at + 1, o.line, |mend| Seen::Record(Box::new(mend.original(*record, pieces, last))));
                    found.push((at..last + 1, mended, knows));
                }
            }
        }
        for (lines, mended, knows) in found {
            lines.for_each(|i| self.known.entry(i).or_default().extend(knows.iter().copied()));
            self.out.push(mended);
        }
    }

    /// A record whose lines are the original ones.
    fn original(&self, mut record: SeenRecord, pieces: &[Piece], last: usize) -> SeenRecord {
        record.last_line = last as u64 + 1;
        for (_, line) in record.hits.iter_mut().flat_map(|(_, hits)| hits) {
            let at = pieces.get((line.number as usize).saturating_sub(1)).map_or(0, |p| p.line_at(0));
            *line = Arc::new(SeenLine { number: at as u64 + 1, text: self.shown(at..at + 1), envelope: line.envelope.clone() });
        }
        record
    }

    /// Pages print the same twice, as a summary and in full: what was taken from markup counts once.
    fn is_repeated(&mut self, hit: &Hit, piece: &Piece, range: Range<usize>) -> bool {
        let from_page = piece.repairs.has(Repair::Tags) || piece.repairs.has(Repair::Entities);
        from_page && !self.repeated.insert((hit.pattern, piece.text.get(range).unwrap_or(&piece.text).to_string()))
    }

    /// Texts that stand each for itself: only what one line is enough for.
    fn separate(&mut self, pieces: &[Piece]) {
        if pieces.is_empty() {
            return;
        }
        let mut text = String::new();
        for p in pieces {
            text.push_str(&p.text.replace('\n', " "));
            text.push('\n');
        }
        let scan;
        let matcher = if text.len() > (64 << 10) {
            scan = Matcher::scan(self.observer.library);
            &scan
        } else {
            &self.observer.matcher
        };
        let mut starts: Vec<usize> = Vec::with_capacity(pieces.len());
        let mut at = 0;
        for p in pieces {
            starts.push(at);
            at += p.text.len() + 1;
        }
        let mut best: Vec<(usize, usize)> =
            matcher.matches(text.as_bytes()).into_iter().filter_map(|m| Some((starts.binary_search(&m.start).ok()?, m.pattern))).collect();
        // The fewest lines first, so that a hit in two lines is not told as one in three.
        best.sort_by_key(|(i, pattern)| (pieces[*i].parts.len(), *i, *pattern));
        for group in best.chunk_by(|a, b| a.0 == b.0) {
            let piece = &pieces[group[0].0];
            let envelope = self.observer.envelopes.read(piece.text.as_bytes());
            let mut hits = Vec::new();
            for (_, number) in group {
                let role = self.observer.library.patterns()[*number].role();
                if !matches!(role, Role::Any | Role::All | Role::Count) {
                    continue;
                }
                if let Some(hit) = self.observer.hit(self.stream, *number, piece.text.as_bytes(), &envelope) {
                    hits.push((self.matched(*number, &piece.text), hit));
                }
            }
            self.accept(piece, hits, piece.repairs);
        }
    }

    /// Where a pattern matches.
    fn matched(&self, number: usize, text: &str) -> Range<usize> {
        self.observer.library.patterns()[number].regex().and_then(|r| r.find(text.as_bytes())).map_or(0..text.len(), |m| m.range())
    }

    /// Takes what matched in one text, all of it or what may still be seen on its lines.
    fn accept(&mut self, piece: &Piece, hits: Vec<(Range<usize>, Hit)>, repairs: Repairs) {
        let mut taken: Vec<(Range<usize>, usize)> = Vec::new();
        for (range, hit) in hits {
            let (first, last) = piece.lines(range.start, range.end);
            let (first, last) = (first.min(last), first.max(last));
            let entry = self.observer.library.patterns()[hit.pattern].entry;
            if self.before.contains(&(first, hit.pattern)) || !self.open_for(entry, first..last + 1) {
                continue;
            }
            let envelope = self.observer.envelopes.read(piece.text.as_bytes());
            let line = Arc::new(SeenLine { number: 0, text: String::new(), envelope });
            let mut mended = self.mended(piece, first..last + 1, line, |_| Seen::Hit(hit));
            mended.repairs = repairs;
            taken.push((first..last + 1, entry));
            self.out.push(mended);
        }
        for (lines, entry) in taken {
            lines.for_each(|i| {
                self.known.entry(i).or_default().insert(entry);
            });
        }
    }

    /// What was seen, at the original lines.
    fn mended(&self, piece: &Piece, at: Range<usize>, line: Arc<SeenLine>, what: impl FnOnce(&Self) -> Seen) -> Mended {
        let line = Arc::new(SeenLine { number: at.start as u64 + 1, text: self.shown(at.clone()), envelope: line.envelope.clone() });
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

    /// Looser forms of patterns, where the text shows that letters, values or ends are not what they were.
    fn loosely(&mut self, pieces: &[Piece]) {
        let library = self.observer.library;
        let patterns: Vec<(usize, &crate::library::pattern::Pattern)> =
            library.triggers(true).filter(|(_, p)| matches!(p.role(), Role::Any | Role::All | Role::Count) && !p.outline.literals.is_empty()).collect();
        let mut tried = 0;
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for piece in pieces {
            if self.known.contains_key(&piece.line_at(0)) || piece.text.len() > repair::LONGEST || !seen.insert(&piece.text) {
                continue;
            }
            let masked = repair::has_mask(&piece.text);
            let any_case = repair::one_case(&piece.text);
            let cut = repair::cut(&piece.text);
            if !(masked || any_case || cut.is_some()) {
                continue;
            }
            tried += 1;
            if tried > self.budget.loose {
                self.bounded = true;
                break;
            }
            let folded = piece.text.to_ascii_lowercase();
            if masked || any_case {
                let form = Form { any_case, masked, cut: CutForm::None };
                self.loose(piece, 0..piece.text.len(), folded.as_bytes(), form, &patterns);
            }
            let Some(cut) = cut else { continue };
            let from = cut.rest.as_ptr() as usize - piece.text.as_ptr() as usize;
            let range = from..from + cut.rest.len();
            for (is_cut, end) in [(cut.tail, CutForm::Tail), (cut.head, CutForm::Head)] {
                if is_cut {
                    self.loose(piece, range.clone(), &folded.as_bytes()[range.clone()], Form { any_case, masked, cut: end }, &patterns);
                }
            }
        }
    }

    fn loose(&mut self, piece: &Piece, range: Range<usize>, folded: &[u8], form: Form, patterns: &[(usize, &crate::library::pattern::Pattern)]) {
        let text = &piece.text.as_bytes()[range.clone()];
        let is_cut = form.cut != CutForm::None;
        let mut all_found: Vec<(usize, Range<usize>, Hit)> = Vec::new();
        for (number, pattern) in patterns {
            let (held, all) = if is_cut || pattern.may_match_folded(folded) { literal_bytes(pattern.outline, folded, form.cut) } else { continue };
            let enough = if is_cut { held < all && held * 2 >= all && held >= LEAST_LITERALS } else { held >= LEAST_LITERALS };
            if !enough {
                continue;
            }
            let Some(found) = pattern.form(form).and_then(|r| r.captures(text)) else { continue };
            let Some(m) = found.get(0) else { continue };
            if is_cut && (m.len() < LEAST_CUT || literal_bytes(pattern.outline, &folded[m.range()], form.cut).0 < held) {
                continue;
            }
            if pattern.outline.whole_line {
                let envelope = self.observer.envelopes.read(text);
                let from = if envelope.format.is_some() { envelope.text.start } else { 0 };
                if is_cut || !whole_line::stands_alone(text, from, m.start(), m.end()) {
                    continue;
                }
            }
            // What the cut goes through is no value.
            let whole = |c: &regex::bytes::Match<'_>| match form.cut {
                CutForm::None => true,
                CutForm::Tail => c.end() < text.len(),
                CutForm::Head => c.start() > 0,
            };
            let names = pattern.captures();
            let facts: Captured =
                names.iter().filter_map(|(_, n)| found.name(n).filter(whole).map(|c| (n.clone(), lossless(c.as_bytes()).into_owned(), None))).collect();
            let hit = Hit { pattern: *number, groups: vec![facts] };
            all_found.push((held, range.start + m.start()..range.start + m.end(), hit));
        }
        // What is left of a cut line may begin several messages; the one of which most is there is meant.
        let most = all_found.iter().map(|(held, ..)| *held).max().unwrap_or(0);
        let hits: Vec<(Range<usize>, Hit)> = all_found.into_iter().filter(|(held, ..)| !is_cut || *held == most).map(|(_, r, h)| (r, h)).collect();
        let mut repairs = piece.repairs;
        for (did, repair) in [(form.any_case, Repair::LowerCase), (form.masked, Repair::Masked), (is_cut, Repair::CutEnds)] {
            if did {
                repairs = repairs.with(repair);
            }
        }
        self.accept(piece, hits, repairs);
    }
}
