//! The case: the only thing that changes. It takes what was seen and what people answer, and can say at any time what
//! it thinks and what it would look at next.

pub mod answer;
pub mod chains;
pub mod coverage;
pub mod evidence;
pub mod finding;
pub mod findings;
pub mod journal;
mod offer;
pub mod opened;
mod read;
pub mod settle;
pub mod summary;
pub mod trip;
pub mod why_not;

pub use finding::scope as finding_scope;

use crate::engine::correlate::Spotted;
use crate::engine::mend::{Budget, Mended, Outcome};
use crate::engine::observe::{Captured, Hit, Observation, Observer, Seen, SeenLine, SeenRecord};
use crate::facts::decl::Name;
use crate::facts::store::{Bounds, Store};
use crate::facts::subject::{Root, Subject};
use crate::facts::value::Value;
use crate::facts::view::Knowledge;
use crate::library::Library;
use crate::library::outline::{Kind, Role};
use crate::library::types::Parse;
use crate::text::glob;
use crate::text::origin::Origin;
use coverage::Coverage;
use opened::{LineRef, Opened};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Hits kept for one signature that waits for others.
const MOST_SPOTTED: usize = 20_000;
/// Things that steps told of, each once for each stream.
const MOST_OUTPUTS: usize = 2_000;
/// Lines that are remembered as known, so that a paste does not count them as unexplained.
const MOST_SIGNATURE_LINES: usize = 50_000;
/// The same of all signatures.
const MOST_WAITING: usize = 50_000;
/// Findings that are kept for each signature, and of all signatures.
const MOST_OPENED: usize = 2_000;
const MOST_OPENED_IN_ALL: usize = 20_000;
/// Lines of output in a stream that wait for their step to be recognised.
const MOST_PENDING: usize = 20_000;

/// Output of a step that was recognised or answered.
#[derive(Clone, Debug)]
pub struct Output {
    /// Entry of the step.
    pub step: usize,
    /// Where it begins.
    pub origin: Origin,
    /// What it was about.
    pub subject: Subject,
}

/// Ids of the signatures that those on a line refine.
type Covered = Vec<Arc<BTreeSet<String>>>;

fn is_covered(covered: &Covered, id: &str) -> bool {
    covered.iter().any(|refined| refined.contains(id))
}

/// What is known of one stream while it is read.
#[derive(Clone, Default)]
struct Stream {
    number: usize,
    recognised: BTreeSet<usize>,
    /// Step entry -> lines that wait for it to be recognised.
    pending: BTreeMap<usize, Vec<(Arc<SeenLine>, Hit)>>,
    /// How many wait.
    waits: usize,
    /// Step entry -> captures of the block at hand.
    blocks: BTreeMap<usize, Captured>,
    /// Records: last line, and what signatures found in them refine.
    covers: Vec<(u64, Covered)>,
    /// Records that a general signature opened: first line, last line, signature, subject.
    general: Vec<(u64, u64, usize, Subject)>,
}

/// A hit that waits, with what is shown of it.
#[derive(Clone, Debug)]
struct Waiting {
    spotted: Spotted,
    subject: Subject,
    line: LineRef,
    covered: bool,
}

/// A case.
#[derive(Clone)]
pub struct Case<'a> {
    /// The knowledge it uses.
    pub library: &'a Library,
    /// Facts.
    pub store: Store,
    opened: HashMap<(usize, Subject), Opened>,
    /// Findings of each signature.
    opened_of: HashMap<usize, usize>,
    waiting: BTreeMap<usize, Vec<Waiting>>,
    waits: usize,
    streams: HashMap<Arc<str>, Stream>,
    /// Streams so far.
    begun: usize,
    /// Steps whose output is told by the name of its file.
    by_name: Option<Vec<(usize, &'static [&'static str])>>,
    /// Output of steps, in order.
    pub outputs: Vec<Output>,
    /// What was and was not looked at.
    pub coverage: Coverage,
    /// Steps that a person could not or would not answer.
    pub declined: BTreeMap<String, String>,
    /// Values that were captured but could not be read.
    pub unreadable: BTreeSet<String>,
    /// Limits that were met, and where.
    pub limits: BTreeSet<(String, String)>,
    /// Repairs of damaged text, by name.
    pub repairs: BTreeMap<String, u64>,
    output_keys: BTreeSet<(usize, Arc<str>, Subject)>,
    signature_lines: HashMap<Arc<str>, HashSet<u64>>,
    signature_lines_in_all: usize,
    seq: u64,
    answers: u64,
    /// The host that an answer is about, when it names none itself.
    asked: Option<Arc<str>>,
    refines: HashMap<usize, Arc<BTreeSet<String>>>,
}

impl<'a> Case<'a> {
    /// An empty case.
    pub fn new(library: &'a Library) -> Case<'a> {
        Case {
            library,
            store: Store::new(Bounds::default()),
            opened: HashMap::new(),
            opened_of: HashMap::new(),
            waiting: BTreeMap::new(),
            waits: 0,
            streams: HashMap::new(),
            begun: 0,
            by_name: None,
            outputs: Vec::new(),
            coverage: Coverage::default(),
            declined: BTreeMap::new(),
            unreadable: BTreeSet::new(),
            limits: BTreeSet::new(),
            repairs: BTreeMap::new(),
            output_keys: BTreeSet::new(),
            signature_lines: HashMap::new(),
            signature_lines_in_all: 0,
            seq: 0,
            answers: 0,
            asked: None,
            refines: HashMap::new(),
        }
    }

    /// Whether anything opened a finding or was read.
    pub fn is_empty(&self) -> bool {
        self.opened.is_empty() && self.waiting.is_empty() && self.outputs.is_empty()
    }

    /// Whether a signature's pattern matched this line.
    pub fn knows_line(&self, stream: &Arc<str>, line: u64) -> bool {
        self.signature_lines.get(stream).is_some_and(|lines| lines.contains(&line))
    }

    /// Whether anything in a stream was recognised: a signature's line, output of a step, or a fact.
    pub fn took(&self, stream: &str) -> bool {
        self.outputs.iter().any(|o| &*o.origin.stream == stream)
            || self.signature_lines.contains_key(stream)
            || self.store.all().any(|(_, _, series)| series.readings.iter().any(|r| &*r.origin.stream == stream))
    }

    /// Pastes a text: looks at it and takes what was seen.
    pub fn paste(&mut self, observer: &Observer<'a>, stream: &Arc<str>, text: &[u8]) {
        let seen = observer.look(stream, text, 0..text.len(), 1);
        self.observe(stream, &seen);
        self.end_stream(stream);
    }

    /// The same, and where the clean text matches nothing, repaired forms of it are tried. Gives what only they made match.
    pub fn paste_damaged(&mut self, observer: &Observer<'a>, stream: &Arc<str>, text: &[u8], budget: Budget) -> Vec<Mended> {
        let mut seen = observer.look(stream, text, 0..text.len(), 1);
        let Outcome { mended, bounded } = observer.mend(stream, text, &seen, budget);
        let mut counted: BTreeSet<(u64, &'static str)> = BTreeSet::new();
        for m in &mended {
            for repair in m.repairs.iter() {
                if counted.insert((m.observation.line.number, repair.name())) {
                    *self.repairs.entry(repair.name().to_string()).or_default() += 1;
                }
            }
        }
        // Where nothing was damaged, lines that were not tried are no loss.
        if bounded && !mended.is_empty() {
            self.limits.insert(("lines tried with repairs".to_string(), stream.to_string()));
        }
        seen.extend(mended.iter().map(|m| m.observation.clone()));
        self.observe(stream, &seen);
        self.end_stream(stream);
        mended
    }

    /// Marks that a stream, by its name, is output of a step.
    pub fn begin_stream(&mut self, stream: &Arc<str>) {
        let library = self.library;
        let by_name = self.by_name.get_or_insert_with(|| {
            let entries = library.entries().iter().enumerate();
            entries.filter(|(_, e)| e.outline.kind == Kind::Step && !e.outline.found_in.is_empty()).map(|(i, e)| (i, e.outline.found_in)).collect()
        });
        let found: Vec<usize> = by_name.iter().filter(|(_, globs)| globs.iter().any(|g| glob::fits_member(g, stream))).map(|(i, _)| *i).collect();
        self.stream(stream).recognised.extend(found);
    }

    /// Steps whose output some stream was recognised as.
    pub fn recognised(&self) -> impl Iterator<Item = usize> + '_ {
        self.streams.values().flat_map(|s| s.recognised.iter().copied())
    }

    fn stream(&mut self, stream: &Arc<str>) -> &mut Stream {
        if !self.streams.contains_key(stream) {
            self.begun += 1;
        }
        let number = self.begun;
        self.streams.entry(stream.clone()).or_insert_with(|| Stream { number, ..Stream::default() })
    }

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

    /// A stream has ended; lines that still wait for their step are dropped.
    pub fn end_stream(&mut self, stream: &Arc<str>) {
        if let Some(s) = self.streams.get_mut(stream) {
            s.pending.clear();
            s.waits = 0;
            s.blocks.clear();
            s.covers.clear();
            s.general.clear();
            // A bundle may have a hundred thousand of them.
            if s.recognised.is_empty() {
                self.streams.remove(stream);
            }
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
        let mut counted: BTreeSet<(usize, Subject)> = BTreeSet::new();
        for o in seen {
            match &o.what {
                Seen::Hit(hit) => self.hit(stream, &o.line, hit, &covered, &mut counted),
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
                self.limits.insert((format!("findings of {}", self.library.entries()[entry].outline.id), line.origin.stream.to_string()));
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

    fn hit(&mut self, stream: &Arc<str>, line: &Arc<SeenLine>, hit: &Hit, covered: &Covered, counted: &mut BTreeSet<(usize, Subject)>) {
        let pattern = &self.library.patterns()[hit.pattern];
        let (entry, ordinal) = (pattern.entry, pattern.ordinal);
        match pattern.role() {
            Role::LooksLike => self.recognise(stream, entry),
            Role::StepBlock | Role::StepLine => {
                let state = self.stream(stream);
                if state.recognised.contains(&entry) {
                    self.step_line(stream, line, hit);
                } else {
                    if state.waits < MOST_PENDING {
                        state.waits += 1;
                        state.pending.entry(entry).or_default().push((line.clone(), hit.clone()));
                    }
                }
            }
            Role::Any | Role::All | Role::Count | Role::None | Role::Also => {
                let facts = &hit.groups[0];
                self.assert(stream, line, facts, &Vec::new());
                if pattern.role() == Role::Also {
                    return;
                }
                let Some(signature) = self.library.signature_at(entry) else { return };
                let subject = self.subject_of(signature.about.clone(), signature.of_case, facts, line, None);
                let is_covered = is_covered(covered, &signature.id);
                let shown = self.line_ref(stream, line);
                if pattern.role() == Role::Any && signature.none.is_empty() {
                    let new = counted.insert((entry, subject.clone()));
                    self.open(entry, subject, shown, ordinal, is_covered, new);
                    return;
                }
                let names: &[Name] = match &signature.text {
                    crate::library::types::TextWay::All { same, .. } | crate::library::types::TextWay::Count { same, .. } => same,
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
                    self.limits.insert((format!("hits of {}", self.library.entries()[entry].outline.id), stream.to_string()));
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

    fn step_line(&mut self, stream: &Arc<str>, line: &Arc<SeenLine>, hit: &Hit) {
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

    fn block(&mut self, stream: &Arc<str>, line: &Arc<SeenLine>, step: usize, facts: &Captured) {
        let subject = self.assert(stream, line, facts, &Vec::new());
        self.output(step, stream, line, subject);
    }

    /// Notes output of a step: once for each thing that it is about in a stream.
    fn output(&mut self, step: usize, stream: &Arc<str>, line: &SeenLine, subject: Subject) {
        self.looked(step, &subject.root);
        let host = Subject::host(None).rooted(subject.root.clone());
        for subject in [host, subject] {
            if self.output_keys.len() >= MOST_OUTPUTS {
                self.limits.insert(("outputs of steps".to_string(), stream.to_string()));
            } else if self.output_keys.insert((step, stream.clone(), subject.clone())) {
                self.outputs.push(Output { step, origin: Origin::new(stream, line.number), subject });
            }
        }
    }

    fn looked(&mut self, step: usize, root: &Root) {
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

    /// The value of a captured fact.
    fn value(&self, facts: &Captured, name: &str) -> Option<Value> {
        let (_, text, unit) = facts.iter().find(|(n, ..)| &**n == name)?;
        self.library.decl(name)?.read(text, *unit).ok()
    }
}
