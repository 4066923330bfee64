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
mod take;
pub mod trip;
pub mod why_not;

pub use finding::scope as finding_scope;

use crate::engine::correlate::Spotted;
use crate::engine::mend::{Budget, Mended, Outcome};
use crate::engine::observe::{Captured, Hit, Observer, SeenLine};
use crate::facts::store::{Bounds, Store};
use crate::facts::subject::Subject;
use crate::library::Library;
use crate::library::outline::Kind;
use crate::text::glob;
use crate::text::origin::Origin;
use coverage::Coverage;
use foldhash::{HashMap, HashMapExt, HashSet};
use opened::{LineRef, Opened};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use take::Covered;

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
            self.limit("lines tried with repairs", stream);
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

    /// A limit was met in a stream. A few streams are named for each.
    pub fn limit(&mut self, what: &str, stream: &str) {
        const PLACES: usize = 20;
        let named = self.limits.range((what.to_string(), String::new())..).take_while(|(w, _)| w == what).take(PLACES).count();
        let stream = if named < PLACES { stream } else { "more streams" };
        self.limits.insert((what.to_string(), stream.to_string()));
    }

    fn stream(&mut self, stream: &Arc<str>) -> &mut Stream {
        if !self.streams.contains_key(stream) {
            self.begun += 1;
        }
        let number = self.begun;
        self.streams.entry(stream.clone()).or_insert_with(|| Stream { number, ..Stream::default() })
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
}
