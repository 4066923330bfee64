//! Taking what was seen: line by line into facts, findings, hits that wait for others, and output of steps. Everything
//! that grows with the input has its bound here.

use super::opened::{LineRef, Opened};
use super::{Case, Output, Waiting};
use crate::engine::correlate::Spotted;
use crate::engine::observe::{Captured, Hit, Observation, Seen, SeenLine, SeenRecord};
use crate::facts::decl::Name;
use crate::facts::subject::{Root, Subject};
use crate::facts::view::Knowledge;
use crate::library::outline::{Kind, Role};
use crate::library::types::{Parse, Signature, TextWay};
use crate::text::origin::Origin;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Hits kept for one signature that waits for others.
const MOST_SPOTTED: usize = 20_000;
/// The same of all signatures.
const MOST_WAITING: usize = 50_000;
/// Things that steps told of, each once for each stream.
const MOST_OUTPUTS: usize = 2_000;
/// Lines that are remembered as known, so that a paste does not count them as unexplained.
const MOST_SIGNATURE_LINES: usize = 50_000;
/// Findings that are kept for each signature, and of all signatures.
const MOST_OPENED: usize = 2_000;
const MOST_OPENED_IN_ALL: usize = 20_000;
/// Lines of output in a stream that wait for their step to be recognised.
const MOST_PENDING: usize = 20_000;

/// What the hits on a line have to do with each other.
struct AtLine {
    covered: Covered,
    /// Signatures that several patterns found, with what each says that the line is about.
    whole: Vec<(usize, Subject)>,
    /// Findings that the line was counted for.
    counted: BTreeSet<(usize, Subject)>,
}

/// Ids of the signatures that those on a line refine.
pub(super) type Covered = Vec<Arc<BTreeSet<String>>>;

fn is_covered(covered: &Covered, id: &str) -> bool {
    covered.iter().any(|refined| refined.contains(id))
}

impl<'a> Case<'a> {
    /// Takes what was seen in one stream, in order of its lines.
    pub fn observe(&mut self, stream: &Arc<str>, seen: &[Observation]) {
        self.stream(stream);
        // A record may be met at a later line than the one at which it is taken.
        let mut seen: Vec<&Observation> = seen.iter().collect();
        seen.sort_by_key(|o| o.at);
        for line in seen.chunk_by(|a, b| a.at == b.at) {
            for o in line {
                if let Seen::Record(record) = &o.what {
                    self.record(stream, &o.line, record);
                }
            }
            self.line(stream, line);
        }
    }

    /// Ids that a signature refines, transitively.
    fn refined_by(&mut self, entry: usize) -> Arc<BTreeSet<String>> {
        if let Some(known) = self.refines.get(&entry) {
            return known.clone();
        }
        let mut out = BTreeSet::new();
        let mut todo: Vec<String> = self.library.signature_at(entry).map(|s| s.refines.clone()).unwrap_or_default();
        while let Some(id) = todo.pop() {
            if out.insert(id.clone())
                && let Some(s) = self.library.signature(&id)
            {
                todo.extend(s.refines.iter().cloned());
            }
        }
        let out = Arc::new(out);
        self.refines.insert(entry, out.clone());
        out
    }

    /// All that was seen at one line.
    fn line(&mut self, stream: &Arc<str>, seen: &[&Observation]) {
        let number = seen[0].at;
        let library = self.library;
        let mut covered: Covered = Vec::new();
        for o in seen {
            if let Seen::Hit(hit) = &o.what
                && library.patterns()[hit.pattern].role() != Role::Also
                && library.entries()[library.patterns()[hit.pattern].entry].outline.kind == Kind::Signature
            {
                let refined = self.refined_by(library.patterns()[hit.pattern].entry);
                if !refined.is_empty() {
                    covered.push(refined);
                }
                self.know_line(stream, number);
            }
        }
        self.cover_records(stream, number, &covered);
        let state = self.stream(stream);
        state.covers.retain(|(last, _)| *last >= number);
        covered.extend(state.covers.iter().flat_map(|(_, refined)| refined.iter().cloned()));
        let mut at = AtLine { covered, whole: self.whole_subjects(seen), counted: BTreeSet::new() };
        for o in seen {
            match &o.what {
                Seen::Hit(hit) => self.hit(stream, &o.line, hit, &mut at),
                Seen::Block { step, facts } => self.block(stream, &o.line, *step, facts),
                Seen::Record(_) => {}
            }
        }
    }

    fn know_line(&mut self, stream: &Arc<str>, line: u64) {
        if self.signature_lines_in_all >= MOST_SIGNATURE_LINES {
            return;
        }
        let lines = match self.signature_lines.get_mut(stream) {
            Some(lines) => lines,
            None => self.signature_lines.entry(stream.clone()).or_default(),
        };
        self.signature_lines_in_all += usize::from(lines.insert(line));
    }

    /// Adds a line to a finding, which it may open.
    fn open(&mut self, entry: usize, subject: Subject, line: LineRef, ordinal: usize, covered: bool, new: bool) -> Option<&mut Opened> {
        let key = (entry, subject);
        if !self.opened.contains_key(&key) {
            let all = self.opened_of.entry(entry).or_default();
            if *all >= MOST_OPENED || self.opened.len() >= MOST_OPENED_IN_ALL {
                self.limit(&format!("findings of {}", self.library.entries()[entry].outline.id), &line.origin.stream);
                return None;
            }
            *all += 1;
        }
        let opened = self.opened.entry(key).or_default();
        opened.add(line, ordinal, covered, new);
        Some(opened)
    }

    /// A particular line inside a record takes the record from the general signature.
    fn cover_records(&mut self, stream: &Arc<str>, line: u64, refined: &Covered) {
        if refined.is_empty() {
            return;
        }
        let library = self.library;
        let state = self.stream(stream);
        let (taken, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut state.general)
            .into_iter()
            .partition(|(first, last, entry, _)| (*first..=*last).contains(&line) && is_covered(refined, library.entries()[*entry].outline.id));
        state.general = kept;
        for (_, _, entry, subject) in taken {
            if let Some(opened) = self.opened.get_mut(&(entry, subject)) {
                opened.uncovered = opened.uncovered.saturating_sub(1);
            }
        }
    }

    fn line_ref(&mut self, stream: &Arc<str>, line: &SeenLine) -> LineRef {
        self.seq += 1;
        LineRef { origin: Origin::new(stream, line.number), time: line.envelope.time, text: line.text.clone(), seq: self.seq }
    }

    /// What several patterns of one signature say that a line is about: one of them may name more of it than another,
    /// and they mean the same thing.
    fn whole_subjects(&self, seen: &[&Observation]) -> Vec<(usize, Subject)> {
        if seen.len() < 2 {
            return Vec::new();
        }
        let hits = seen.iter().filter_map(|o| match &o.what {
            Seen::Hit(hit) if self.library.patterns()[hit.pattern].role() == Role::Any => Some((self.library.patterns()[hit.pattern].entry, &o.line, hit)),
            _ => None,
        });
        let mut hits: Vec<_> = hits.collect();
        hits.sort_by_key(|(entry, ..)| *entry);
        let several = hits.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1).flatten();
        several.filter_map(|(entry, line, hit)| Some((*entry, self.subject_of_hit(self.library.signature_at(*entry)?, line, hit)))).collect()
    }

    fn subject_of_hit(&self, signature: &Signature, line: &SeenLine, hit: &Hit) -> Subject {
        self.subject_of(signature.about.clone(), signature.of_case, &hit.groups[0], line, None)
    }

    fn hit(&mut self, stream: &Arc<str>, line: &Arc<SeenLine>, hit: &Hit, at: &mut AtLine) {
        let pattern = &self.library.patterns()[hit.pattern];
        let (entry, ordinal) = (pattern.entry, pattern.ordinal);
        match pattern.role() {
            Role::LooksLike => self.recognise(stream, entry),
            Role::StepBlock | Role::StepLine => {
                let state = self.stream(stream);
                if state.recognised.contains(&entry) {
                    self.step_line(stream, line, hit);
                } else if state.waits < MOST_PENDING {
                    state.waits += 1;
                    state.pending.entry(entry).or_default().push((line.clone(), hit.clone()));
                }
            }
            Role::Any | Role::All | Role::Count | Role::None | Role::Also => {
                let facts = &hit.groups[0];
                self.assert(stream, line, facts, &Vec::new());
                if pattern.role() == Role::Also {
                    return;
                }
                let Some(signature) = self.library.signature_at(entry) else { return };
                let subject = self.subject_of_hit(signature, line, hit);
                let whole = at.whole.iter().filter(|(e, whole)| *e == entry && whole.keys().len() > subject.keys().len() && subject.covers(whole));
                let subject = whole.max_by_key(|(_, whole)| whole.keys().len()).map_or(subject, |(_, whole)| whole.clone());
                let is_covered = is_covered(&at.covered, &signature.id);
                let shown = self.line_ref(stream, line);
                if pattern.role() == Role::Any && signature.none.is_empty() {
                    let new = at.counted.insert((entry, subject.clone()));
                    self.open(entry, subject, shown, ordinal, is_covered, new);
                    return;
                }
                let names: &[Name] = match &signature.text {
                    TextWay::All { same, .. } | TextWay::Count { same, .. } => same,
                    _ => &[],
                };
                let host = subject.host_name().cloned();
                let same =
                    names.iter().map(|n| if &**n == "host" { host.as_ref().map(|h| h.to_string()) } else { self.value(facts, n).map(|v| v.key()) }).collect();
                let number = self.stream(stream).number;
                let spotted = Spotted { pattern: ordinal, time: line.envelope.time, stream: number, line: line.number, seq: shown.seq, same };
                let waiting = self.waiting.entry(entry).or_default();
                if waiting.len() < MOST_SPOTTED && self.waits < MOST_WAITING {
                    self.waits += 1;
                    waiting.push(Waiting { spotted, subject, line: shown, covered: is_covered });
                } else {
                    self.limit(&format!("hits of {}", self.library.entries()[entry].outline.id), stream);
                }
            }
            Role::RecordAny | Role::RecordAll | Role::RecordStart | Role::SeenAs | Role::AskedAs => {}
        }
    }

    fn recognise(&mut self, stream: &Arc<str>, entry: usize) {
        let state = self.stream(stream);
        if !state.recognised.insert(entry) {
            return;
        }
        for (line, hit) in state.pending.remove(&entry).unwrap_or_default() {
            self.step_line(stream, &line, &hit);
        }
    }

    pub(super) fn step_line(&mut self, stream: &Arc<str>, line: &Arc<SeenLine>, hit: &Hit) {
        let pattern = &self.library.patterns()[hit.pattern];
        let entry = pattern.entry;
        if pattern.role() == Role::StepBlock {
            let captured = hit.groups.first().cloned().unwrap_or_default();
            self.stream(stream).blocks.insert(entry, captured);
            return;
        }
        let block = self.stream(stream).blocks.get(&entry).cloned().unwrap_or_default();
        let Some((base, items)) = hit.groups.split_first() else { return };
        let subject = self.assert(stream, line, base, &block);
        self.output(entry, stream, line, subject);
        for item in items {
            let mut around = base.clone();
            around.extend(block.iter().cloned());
            let subject = self.assert(stream, line, item, &around);
            self.output(entry, stream, line, subject);
        }
    }

    pub(super) fn block(&mut self, stream: &Arc<str>, line: &Arc<SeenLine>, step: usize, facts: &Captured) {
        let subject = self.assert(stream, line, facts, &Vec::new());
        self.output(step, stream, line, subject);
    }

    /// Notes output of a step: once for each thing that it is about in a stream.
    pub(super) fn output(&mut self, step: usize, stream: &Arc<str>, line: &SeenLine, subject: Subject) {
        self.looked(step, &subject.root);
        let host = Subject::host(None).rooted(subject.root.clone());
        for subject in [host, subject] {
            if self.output_keys.len() >= MOST_OUTPUTS {
                self.limit("outputs of steps", stream);
            } else if self.output_keys.insert((step, stream.clone(), subject.clone())) {
                self.outputs.push(Output { step, origin: Origin::new(stream, line.number), subject });
            }
        }
    }

    pub(super) fn looked(&mut self, step: usize, root: &Root) {
        for name in self.library.entries()[step].outline.gives {
            let root = if self.library.decl(name).is_some_and(|d| d.of_case) { Root::Case } else { root.clone() };
            self.store.look(&Name::from(*name), root);
        }
    }

    fn record(&mut self, stream: &Arc<str>, line: &Arc<SeenLine>, seen: &SeenRecord) {
        let mut facts: Captured = seen.record.facts.iter().map(|(n, v)| (n.clone(), v.clone(), None)).collect();
        for (hit, _) in seen.hits.iter().flat_map(|(_, hits)| hits) {
            for fact in &hit.groups[0] {
                if !facts.iter().any(|(n, ..)| *n == fact.0) {
                    facts.push(fact.clone());
                }
            }
        }
        let subject = self.assert(stream, line, &facts, &Vec::new());
        let format = self.library.entries()[seen.format].outline;
        for (i, e) in self.library.entries().iter().enumerate() {
            if e.outline.kind == Kind::Step
                && e.outline.from.contains(&format.record)
                && matches!(self.library.step_at(i).map(|s| &s.parse), Some(Parse::Record(_)))
            {
                self.output(i, stream, line, subject.rooted(subject.root.clone()));
            }
        }
        let mut refined: Covered = seen.hits.iter().map(|(entry, _)| self.refined_by(*entry)).collect();
        refined.retain(|ids| !ids.is_empty());
        for (entry, hits) in &seen.hits {
            let Some(signature) = self.library.signature_at(*entry) else { continue };
            let subject = self.subject_of(signature.about.clone(), signature.of_case, &facts, line, None);
            let covered = is_covered(&refined, &signature.id);
            for (i, (hit, at)) in hits.iter().enumerate() {
                self.know_line(stream, at.number);
                let shown = self.line_ref(stream, at);
                let ordinal = self.library.patterns()[hit.pattern].ordinal;
                let Some(opened) = self.open(*entry, subject.clone(), shown, ordinal, covered, i == 0) else { continue };
                opened.notes.extend(seen.record.missing().into_iter().map(|what| format!("{}: {what}", format.title)));
            }
            if !covered {
                self.stream(stream).general.push((line.number, seen.last_line, *entry, subject));
            }
        }
        if !refined.is_empty() {
            self.stream(stream).covers.push((seen.last_line, refined));
        }
    }
}
