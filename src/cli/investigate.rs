//! From input to an answer: look, take, conclude, and add what to read, codes, and what nothing knew.

use crate::case::Case;
use crate::case::coverage::Span;
use crate::engine::decode;
use crate::engine::envelope::Envelope;
use crate::engine::lines;
use crate::engine::matcher::Matcher;
use crate::engine::mend::Budget;
use crate::engine::observe::Observer;
use crate::engine::template::template;
use crate::library::Library;
use crate::library::types::Level;
use crate::render::{Answer, Decoded, Reading, Unexplained};
use crate::text::clock::Time;
use crate::text::origin::Origin;
use crate::text::untrusted::lossless;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lines of a paste that are looked at for codes and for what nothing knew.
const MOST_LINES: usize = 5_000;
/// Kinds of unexplained lines that are kept.
pub(super) const MOST_TEMPLATES: usize = 2_000;
/// Codes that are shown.
const MOST_CODES: usize = 100;
/// Above this size the filter over the raw buffer is worth building.
pub const PASTE: usize = 32 << 10;
/// Codes of this many chosen lines are decoded in a scan.
const CHOSEN_LINES: usize = 200;

/// A case and what it was told beside it.
#[derive(Clone)]
pub struct Investigation<'a> {
    pub library: &'a Library,
    /// Shared, since a case that is copied looks with the same eyes.
    pub observer: Arc<Observer<'a>>,
    /// The one for large texts, built when the first of them comes to a case that began small.
    wide: Option<Arc<Observer<'a>>>,
    pub case: Case<'a>,
    pub(super) unexplained: BTreeMap<(Level, String), (u64, Origin)>,
    decoded: Vec<Decoded>,
    query: String,
}

impl<'a> Investigation<'a> {
    /// Nothing looked at yet. `bytes`: how much is to come, which decides how lines are matched.
    pub fn new(library: &'a Library, bytes: usize) -> Self {
        let matcher = if bytes <= PASTE { Matcher::short(library) } else { Matcher::scan(library) };
        Investigation {
            library,
            observer: Arc::new(Observer::new(library, matcher)),
            wide: None,
            case: Case::new(library),
            unexplained: BTreeMap::new(),
            decoded: Vec::new(),
            query: String::new(),
        }
    }

    /// A text that somebody pasted.
    pub fn paste(&mut self, name: &str, text: &[u8]) {
        let stream: Arc<str> = Arc::from(name);
        let observer = self.observer_for(text.len());
        self.case.begin_stream(&stream);
        let mended = self.case.paste_damaged(&observer, &stream, text, Budget::default());
        let mut span = Span { bytes: text.len() as u64, ..Span::new(&stream) };
        span.lines = lines::count(text) + u64::from(!text.is_empty() && !text.ends_with(b"\n"));
        for (i, (start, end)) in lines::all(text).take(MOST_LINES).enumerate() {
            let line = &text[start..end];
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let envelope = self.observer.envelopes.read(line);
            span_time(&mut span, &envelope);
            let origin = Origin::new(&stream, i as u64 + 1);
            codes(self.library, &mut self.decoded, &lossless(line), &origin);
            self.unknown(&envelope, line, origin);
        }
        for m in &mended {
            codes(self.library, &mut self.decoded, &m.text, &Origin::new(&stream, m.observation.line.number));
        }
        if self.query.len() < 4_096 {
            self.query.push_str(&lossless(&text[..text.len().min(4_096)]));
            self.query.push('\n');
        }
        self.case.coverage.spans.push(span);
    }

    /// A paste is matched literal by literal; what is larger is worth a filter over the raw buffer.
    pub(super) fn observer_for(&mut self, bytes: usize) -> Arc<Observer<'a>> {
        if bytes <= PASTE || !self.observer.is_short() {
            return self.observer.clone();
        }
        let library = self.library;
        self.wide.get_or_insert_with(|| Arc::new(Observer::new(library, Matcher::scan(library)))).clone()
    }

    fn unknown(&mut self, envelope: &Envelope, line: &[u8], origin: Origin) {
        let Some(level @ (Level::Error | Level::Warning)) = envelope.level else { return };
        if self.case.knows_line(&origin.stream, origin.line) {
            return;
        }
        let message = lossless(&line[envelope.text.clone()]);
        let key = (level, template(&message));
        if self.unexplained.len() < MOST_TEMPLATES || self.unexplained.contains_key(&key) {
            self.unexplained.entry(key).or_insert((0, origin)).0 += 1;
        }
    }

    /// Concludes. Asking changes nothing, so that a case answers alike however often it was asked on the way.
    pub fn answer(&self) -> Answer {
        let conclusion = self.case.conclude();
        let mut decoded = self.decoded.clone();
        let mut articles: Vec<Reading> = Vec::new();
        for (i, f) in conclusion.findings.iter().enumerate() {
            if let Some(id) = &f.article
                && !articles.iter().any(|r| r.id == *id)
                && let Some(entry) = self.library.entry(crate::library::outline::Kind::Article, id)
            {
                let score = 100.0 / (1.0 + i as f32);
                articles.push(Reading { id: id.clone(), title: entry.outline.title.to_string(), score, matched_by: "signature" });
            }
        }
        if conclusion.findings.is_empty() && !self.query.trim().is_empty() {
            articles.extend(super::show::nearest(self.library, &self.query, 5));
        }
        if self.case.coverage.bytes() > PASTE as u64 {
            let chosen: Vec<(Arc<str>, Origin)> =
                conclusion.findings.iter().flat_map(|f| &f.lines).take(CHOSEN_LINES).map(|l| (l.text.clone(), l.origin.clone())).collect();
            for (text, origin) in chosen {
                codes(self.library, &mut decoded, &text, &origin);
            }
        }
        let mut unexplained: Vec<Unexplained> = self
            .unexplained
            .iter()
            .map(|((level, template), (count, first))| Unexplained { template: template.clone(), level: level.word(), count: *count, first: first.clone() })
            .collect();
        unexplained.sort_by(|a, b| a.level.cmp(b.level).then(a.count.cmp(&b.count)).then(a.template.cmp(&b.template)));
        let unlisted =
            conclusion.unlisted.iter().map(|(id, n)| (format!("findings of {id}: {n} more, with fewer lines"), "all input".to_string())).collect::<Vec<_>>();
        Answer {
            conclusion,
            articles,
            decoded,
            unexplained,
            repairs: self.case.repairs.clone(),
            limits: self
                .case
                .limits
                .iter()
                .cloned()
                .chain(unlisted)
                .chain(self.case.store.full.iter().map(|f| (format!("readings of {f}"), "all input".to_string())))
                .collect(),
            unreadable: self.case.unreadable.clone(),
            coverage: self.case.coverage.clone(),
        }
    }
}

/// Codes of a line that were not shown yet.
fn codes(library: &Library, decoded: &mut Vec<Decoded>, line: &str, origin: &Origin) {
    if decoded.len() >= MOST_CODES {
        return;
    }
    for code in decode::line(library, line) {
        if !decoded.iter().any(|d| d.code == code.code && d.kind == code.kind) {
            decoded.push(shown_code(code, Some(origin.clone())));
        }
    }
}

/// A code as it is shown.
pub fn shown_code(c: decode::Code, origin: Option<Origin>) -> Decoded {
    Decoded { code: c.code, kind: c.kind, meaning: c.meaning, parts: c.parts, notes: c.notes, unknown: c.unknown, origin }
}

fn span_time(span: &mut Span, envelope: &Envelope) {
    span_at(span, envelope.time);
}

/// A stream was written at this time too.
pub(super) fn span_at(span: &mut Span, t: Time) {
    if !t.is_known() {
        return;
    }
    if !span.first.is_known() || t.since(&span.first).is_some_and(|d| d < 0) {
        span.first = t;
    }
    if !span.last.is_known() || t.since(&span.last).is_some_and(|d| d > 0) {
        span.last = t;
    }
}
