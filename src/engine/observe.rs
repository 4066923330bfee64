//! From a buffer to observations, in the order of its lines: which patterns matched with which captures, what records
//! and blocks hold. A buffer is seen without regard to what came before it, so that buffers can be seen in any order
//! and by any number of threads.

use super::block::Keys;
use super::envelope::{Envelope, Envelopes};
use super::lines::{self, Counter};
use super::matcher::Matcher;
use super::record::Record;
use super::whole_line;
use crate::facts::decl::Name;
use crate::facts::unit::Unit;
use crate::library::Library;
use crate::library::outline::{Kind, Role};
use crate::library::types::{Parse, TextWay};
use crate::text::glob;
use crate::text::untrusted::lossless;
use foldhash::{HashMap, HashMapExt};
use std::ops::Range;
use std::sync::Arc;

/// Bytes of a line that are kept for people.
pub(super) const SHOWN: usize = 2_000;

/// A line that was seen.
#[derive(Clone, Debug)]
pub struct SeenLine {
    /// 1-based, in its stream.
    pub number: u64,
    /// Its text; bytes that are no UTF-8 are written `\xNN`.
    pub text: Arc<str>,
    /// What it says of itself.
    pub envelope: Envelope,
}

/// Facts as they were captured together.
pub type Captured = Vec<(Name, String, Option<Unit>)>;

/// A pattern that matched.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Number of the pattern in the library.
    pub pattern: usize,
    /// What it captured; several groups when it reads a list.
    pub groups: Vec<Captured>,
}

/// What was seen at a line.
#[derive(Clone, Debug)]
pub enum Seen {
    /// A pattern matched.
    Hit(Hit),
    /// A block of a step's output: number of the step's entry.
    Block { step: usize, facts: Captured },
    /// A record: entry of its format, its fields, last line, patterns that matched inside with the line they matched.
    Record(Box<SeenRecord>),
}

/// A record and what signatures look for inside it.
#[derive(Clone, Debug)]
pub struct SeenRecord {
    pub format: usize,
    pub record: Record,
    pub last_line: u64,
    /// Signature entries that it satisfies: hits with their lines.
    pub hits: Vec<(usize, Vec<(Hit, Arc<SeenLine>)>)>,
}

/// Something seen at a line.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Number of the line at which it is taken: what is read backwards from a line is taken there.
    pub at: u64,
    pub line: Arc<SeenLine>,
    pub what: Seen,
}

/// What is needed to look at buffers; shared between threads.
pub struct Observer<'a> {
    pub library: &'a Library,
    pub envelopes: Envelopes<'a>,
    pub matcher: Matcher<'a>,
    /// Signatures by the record that they look into.
    by_record: HashMap<&'static str, Vec<usize>>,
}

impl<'a> Observer<'a> {
    /// An observer with this matcher.
    pub fn new(library: &'a Library, matcher: Matcher<'a>) -> Self {
        let mut by_record: HashMap<&'static str, Vec<usize>> = HashMap::new();
        for (i, e) in library.entries().iter().enumerate() {
            if e.outline.kind == Kind::Signature && !e.outline.record.is_empty() {
                by_record.entry(e.outline.record).or_default().push(i);
            }
        }
        Observer { library, envelopes: Envelopes::new(library), matcher, by_record }
    }

    /// Whether it looks for literals one by one, which is right for a paste only.
    pub fn is_short(&self) -> bool {
        matches!(self.matcher, Matcher::Short(_))
    }

    /// Looks at the lines of `text` that begin in `proper`, the first of which has the number `line`; the rest of the
    /// buffer is context.
    pub fn look(&self, stream: &str, text: &[u8], proper: Range<usize>, line: u64) -> Vec<Observation> {
        let mut look = Look {
            observer: self,
            stream,
            text,
            counter: Counter::new(text, proper.start, line),
            proper: proper.clone(),
            line: None,
            out: Vec::new(),
            region_ends: HashMap::new(),
            record_ends: HashMap::new(),
        };
        for m in self.matcher.matches_in(text, proper) {
            look.take(m.start, m.end, m.pattern);
        }
        look.out
    }

    /// One pattern on one line, for answers that nothing recognised.
    pub fn hit(&self, stream: &str, pattern: usize, line: &[u8], envelope: &Envelope) -> Option<Hit> {
        let found = self.library.patterns()[pattern].regex()?.is_match(line);
        let look = Look {
            observer: self,
            stream,
            text: line,
            proper: 0..line.len().max(1),
            counter: Counter::new(line, 0, 1),
            line: None,
            out: Vec::new(),
            region_ends: HashMap::new(),
            record_ends: HashMap::new(),
        };
        found.then(|| look.captures(pattern, 0, line.len(), envelope)).flatten().map(|groups| Hit { pattern, groups })
    }
}

struct Look<'a, 'b> {
    observer: &'b Observer<'a>,
    stream: &'b str,
    text: &'b [u8],
    proper: Range<usize>,
    counter: Counter<'b>,
    line: Option<(usize, Arc<SeenLine>)>,
    out: Vec<Observation>,
    /// Step entry -> last byte of the region that was read.
    region_ends: HashMap<usize, usize>,
    /// Format entry -> last byte of the record that was read.
    record_ends: HashMap<usize, usize>,
}

impl Look<'_, '_> {
    fn seen(&mut self, start: usize, end: usize) -> Arc<SeenLine> {
        if let Some((at, line)) = &self.line
            && *at == start
        {
            return line.clone();
        }
        let number = self.counter.line(start);
        let line = self.seen_at(start, end, number);
        self.line = Some((start, line.clone()));
        line
    }

    fn seen_at(&self, start: usize, end: usize, number: u64) -> Arc<SeenLine> {
        let bytes = &self.text[start..end];
        let shown = if bytes.len() > SHOWN { &bytes[..SHOWN] } else { bytes };
        Arc::new(SeenLine { number, text: lossless(shown).trim_end().into(), envelope: self.observer.envelopes.read(bytes) })
    }

    fn take(&mut self, start: usize, end: usize, number: usize) {
        let library = self.observer.library;
        let pattern = &library.patterns()[number];
        let entry = pattern.entry;
        match pattern.role() {
            Role::RecordStart => self.record(entry, start),
            Role::LooksLike if self.reads_keys(entry) => self.region(entry, start),
            _ => {
                let line = self.seen(start, end);
                if let Some(groups) = self.captures(number, start, end, &line.envelope) {
                    self.out.push(Observation { at: line.number, line, what: Seen::Hit(Hit { pattern: number, groups }) });
                }
            }
        }
    }

    fn reads_keys(&self, entry: usize) -> bool {
        let o = self.observer.library.entries()[entry].outline;
        !o.patterns.iter().any(|p| p.role == Role::StepLine) && matches!(self.observer.library.step_at(entry).map(|s| &s.parse), Some(Parse::Keys { .. }))
    }

    /// What a pattern captures in a line; `None` when a condition beside the expression is not met.
    fn captures(&self, number: usize, start: usize, end: usize, envelope: &Envelope) -> Option<Vec<Captured>> {
        let library = self.observer.library;
        let pattern = &library.patterns()[number];
        let line = &self.text[start..end];
        if !in_scope(pattern.outline.within, envelope, self.stream) {
            return None;
        }
        let regex = pattern.regex()?;
        if pattern.outline.whole_line {
            let m = regex.find(line)?;
            let from = if envelope.format.is_some() { envelope.text.start } else { 0 };
            if !whole_line::stands_alone(line, from, m.start(), m.end()) {
                return None;
            }
        }
        if pattern.captures().is_empty() {
            return Some(vec![Vec::new()]);
        }
        let found = regex.captures(line)?;
        let text = |i: usize| found.get(i).map(|m| lossless(m.as_bytes()).into_owned());
        let each = match (pattern.role(), library.step_at(pattern.entry).map(|s| &s.parse)) {
            (Role::StepLine, Some(Parse::Lines { each, .. })) => each.iter().find(|(o, ..)| *o == pattern.ordinal),
            _ => None,
        };
        let list = each.map(|(_, capture, _)| capture.as_str());
        let base: Captured =
            pattern.captures().iter().filter(|(_, name)| Some(&**name) != list).filter_map(|(i, name)| text(*i).map(|t| (name.clone(), t, None))).collect();
        let mut groups = vec![base];
        if let Some((_, capture, item)) = each
            && let Some((i, _)) = pattern.captures().iter().find(|(_, n)| **n == **capture)
            && let Some(m) = found.get(*i)
        {
            for found in item.captures_iter(m.as_bytes()).take(256) {
                let facts = item.capture_names().flatten().filter_map(|n| found.name(n).map(|m| (Name::from(n), lossless(m.as_bytes()).into_owned(), None)));
                groups.push(facts.collect());
            }
        }
        Some(groups)
    }

    fn region(&mut self, entry: usize, start: usize) {
        if self.region_ends.get(&entry).is_some_and(|end| start <= *end) {
            return;
        }
        let library = self.observer.library;
        let Some(step) = library.step_at(entry) else { return };
        let Parse::Keys { separator, take } = &step.parse else { return };
        let block = step.block.and_then(|b| library.pattern(entry, b).regex());
        let (groups, last) = Keys { separator, take, block }.region(self.text, start);
        self.region_ends.insert(entry, last);
        let base = self.counter.line(start);
        for group in groups {
            let number = if group.at <= start { base - lines::count(&self.text[group.at..start]) } else { base + lines::count(&self.text[start..group.at]) };
            let end = lines::from(self.text, group.at).0;
            let line = self.seen_at(group.at, end, number);
            self.out.push(Observation { at: base, line, what: Seen::Block { step: entry, facts: group.facts } });
        }
    }

    fn record(&mut self, entry: usize, at: usize) {
        if self.record_ends.get(&entry).is_some_and(|end| at <= *end) {
            return;
        }
        let library = self.observer.library;
        let Some(format) = library.format_at(entry).and_then(|f| f.record.as_ref()) else { return };
        let Some(record) = format.at(self.text, at, self.proper.start) else { return };
        let (first, last) = (record.lines[0], record.lines[record.lines.len() - 1]);
        self.record_ends.insert(entry, last.1);
        let base = self.counter.line(at);
        let number_of = |text: &[u8], byte: usize| if byte <= at { base - lines::count(&text[byte..at]) } else { base + lines::count(&text[at..byte]) };
        let mut hits = Vec::new();
        for signature in self.observer.by_record.get(format.name.as_str()).into_iter().flatten() {
            if let Some(found) = self.inside(*signature, &record, &number_of) {
                hits.push((*signature, found));
            }
        }
        let line = self.seen_at(first.0, first.1, number_of(self.text, first.0));
        let last_line = number_of(self.text, last.0);
        self.out.push(Observation { at: line.number, line, what: Seen::Record(Box::new(SeenRecord { format: entry, record, last_line, hits })) });
    }

    /// Hits of a signature's patterns inside a record, when it is satisfied.
    fn inside(&self, entry: usize, record: &Record, number_of: &dyn Fn(&[u8], usize) -> u64) -> Option<Vec<(Hit, Arc<SeenLine>)>> {
        let library = self.observer.library;
        let first = library.entries()[entry].patterns.start;
        let roles = library.entries()[entry].outline.patterns;
        let mut found: Vec<(Hit, Arc<SeenLine>)> = Vec::new();
        let folded: Vec<Vec<u8>> = record.lines.iter().map(|(s, e)| self.text[*s..*e].to_ascii_lowercase()).collect();
        for (ordinal, p) in roles.iter().enumerate().filter(|(_, p)| matches!(p.role, Role::RecordAny | Role::RecordAll)) {
            let pattern = &library.patterns()[first + ordinal];
            let mut met = false;
            for ((s, e), folded) in record.lines.iter().zip(&folded) {
                if met && found.len() > 8 {
                    break;
                }
                if !pattern.may_match_folded(folded) || !pattern.is_match(&self.text[*s..*e]) {
                    continue;
                }
                let line = self.seen_at(*s, *e, number_of(self.text, *s));
                if let Some(groups) = self.captures(first + ordinal, *s, *e, &line.envelope) {
                    found.push((Hit { pattern: first + ordinal, groups }, line));
                    met = true;
                }
            }
            if p.role == Role::RecordAll && !met {
                return None;
            }
        }
        let asks_any = roles.iter().any(|p| p.role == Role::RecordAny);
        let has_any = found.iter().any(|(h, _)| library.patterns()[h.pattern].role() == Role::RecordAny);
        let satisfied = matches!(library.signature_at(entry).map(|s| &s.text), Some(TextWay::Record { .. })) && (has_any || !asks_any) && !found.is_empty();
        satisfied.then_some(found)
    }
}

/// Whether a pattern that is limited to formats or streams may match here.
fn in_scope(within: &[&str], envelope: &Envelope, stream: &str) -> bool {
    within.is_empty() || within.iter().any(|w| envelope.format == Some(w) || glob::fits_member(w, stream))
}
