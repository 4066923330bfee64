//! `scan`: files, folders and bundles, read as streams by several threads. What is found comes together here in the
//! order of the walk, so that the number of threads changes nothing.

use super::args::{Global, Scan};
use super::investigate::{Investigation, MOST_TEMPLATES, PASTE, span_at};
use super::lookup::{exit, print};
use super::names::Names;
use super::output::Output;
use super::{Exit, library, threads};
use crate::case::coverage::Span;
use crate::engine::observe::{Hit, Observation, Observer, Seen};
use crate::engine::passage::{Passage, Sighted};
use crate::library::Library;
use crate::library::outline::Kind;
use crate::source::{Chunk, Done, Hint, Input, Layout, LayoutKind, Limits, MemberName, MemberSink, Progress, Walk, walk_parallel_each};
use crate::text::clock::{self, Time};
use crate::text::origin::Origin;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::Arc;

/// Streams whose times and silences are listed one by one.
const MOST_SPANS: usize = 20_000;
/// Inputs of which it is told what kind of bundle they are.
const MOST_BUNDLES: usize = 2_000;
/// Silences that are kept, of all streams.
const MOST_SILENCES: usize = 20_000;
/// Things not read that are named on standard error; the answer has all.
const MOST_NOTED: usize = 12;
/// Inputs of this size have a bar to look at while they are read.
const LONG: u64 = 32 << 20;

/// How to walk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way {
    /// Threads that look; 0: as many as the machine has.
    pub jobs: usize,
    /// What was written before or after is left out, where it can be compared.
    pub since: Option<Time>,
    pub until: Option<Time>,
    /// New bytes that are looked at in one go; 0: what is best.
    pub chunk: usize,
}

/// What a walk read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Read {
    pub members: usize,
    pub skipped: usize,
}

/// `faultbook scan`.
pub fn scan(global: &Global, asked: &Scan, out: &mut Output) -> Exit {
    let mut way = Way { jobs: asked.jobs.unwrap_or(0), ..Way::default() };
    for (text, time) in [(&asked.since, &mut way.since), (&asked.until, &mut way.until)] {
        let Some(text) = text else { continue };
        *time = moment(text);
        if time.is_none() {
            out.error(&format!("`{text}` is no time: 2024-01-31T13:00:00Z or 2024-01-31"));
            return Exit::Failed;
        }
    }
    let Some(library) = library(global, way.jobs, out) else { return Exit::Failed };
    let total: u64 = asked.paths.iter().map(|p| size(p, true)).sum();
    // The program ends with the answer: to give all of it back piece by piece would cost time for nothing.
    let mut seen = ManuallyDrop::new(Investigation::new(library, PASTE + 1));
    let progress = Progress::default();
    let bar = bar(total, out);
    let inputs: Vec<Input> = asked.paths.iter().map(|p| Input::argument(p.clone())).collect();
    let read = seen.walk(&inputs, &way, &progress, &mut || bar.set_position(progress.bytes()));
    bar.finish_and_clear();
    for (name, reason) in seen.case.coverage.skipped.iter().take(MOST_NOTED) {
        out.note(&format!("{name}: {reason}"));
    }
    if read.skipped > MOST_NOTED {
        out.note(&format!("and {} more that were not read, or only in part (--format json names them)", read.skipped - MOST_NOTED));
    }
    if read.members == 0 {
        out.error("nothing could be read");
        return Exit::Failed;
    }
    let answer = ManuallyDrop::new(seen.answer());
    print(&answer, library, out);
    exit(&answer, global, read.skipped > 0)
}

/// A time that a person typed; a day alone begins at midnight UTC.
fn moment(text: &str) -> Option<Time> {
    let iso = |text: &str| clock::read(clock::Kind::Iso, text).map(|r| r.time);
    iso(text).or_else(|| iso(&format!("{text}T00:00:00Z")))
}

fn size(path: &PathBuf, named: bool) -> u64 {
    let meta = if named { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) };
    match meta {
        Ok(m) if m.is_dir() => std::fs::read_dir(path).into_iter().flatten().flatten().map(|e| size(&e.path(), false)).sum(),
        Ok(m) if m.is_file() => m.len(),
        _ => 0,
    }
}

fn bar(total: u64, out: &Output) -> ProgressBar {
    if total < LONG || out.is_quiet() || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {eta} to go").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(5)).with_style(style)
}

impl<'a> Investigation<'a> {
    /// Walks over inputs and takes all that is found in them. `step` is called as the walk goes on.
    pub fn walk(&mut self, inputs: &[Input], way: &Way, progress: &Progress, step: &mut dyn FnMut()) -> Read {
        let mut limits = Limits::default();
        if way.chunk > 0 {
            limits.chunk = way.chunk;
        }
        let observer = self.observer_for(PASTE + 1);
        let jobs = threads(way.jobs);
        let named: BTreeSet<&str> = inputs.iter().filter_map(|i| if let Input::Path(p) = i { p.to_str() } else { None }).collect();
        self.case.coverage.inputs.extend(inputs.iter().map(|i| match i {
            Input::Path(p) => p.display().to_string(),
            Input::Stdin => "-".to_string(),
            Input::Bytes(name, _) => name.clone(),
        }));
        let kinds = kinds(self.library);
        let mut taking = Taking {
            kinds: &kinds,
            layouts: BTreeMap::new(),
            named: named.clone(),
            names: Names::default(),
            silences: 0,
            seen: self,
            read: Read::default(),
            open: None,
        };
        let walk = Walk { inputs, limits: &limits, progress: Some(progress) };
        let make = || Looker { observer: &observer, way, named: &named };
        walk_parallel_each(&walk, jobs, &make, &mut |done| {
            taking.take(done);
            step();
        });
        taking.tell_bundles();
        taking.read
    }
}

/// One thread's eyes.
struct Looker<'l, 'a> {
    observer: &'l Observer<'a>,
    way: &'l Way,
    named: &'l BTreeSet<&'l str>,
}

/// What was found in a chunk.
struct Found {
    sighted: Sighted,
    /// All of a small text that was named itself: it is read like a paste, with repairs.
    paste: Option<Vec<u8>>,
}

impl Found {
    /// Bytes, about: what stands in memory beside the text of an observation is most of it.
    fn weight(&self) -> usize {
        const EACH: usize = 512;
        let captured = |hit: &Hit| hit.groups.iter().flatten().map(|(_, text, _)| EACH / 8 + text.len()).sum::<usize>();
        let seen = self.sighted.seen.iter().map(|o| {
            let what = match &o.what {
                Seen::Hit(hit) => captured(hit),
                Seen::Block { facts, .. } => facts.len() * EACH,
                Seen::Record(r) => {
                    EACH * (8 + r.record.frames.len())
                        + 16 * r.record.lines.len()
                        + r.record.facts.iter().map(|(_, text)| text.len()).sum::<usize>()
                        + r.hits.iter().flat_map(|(_, hits)| hits).map(|(hit, line)| EACH + line.text.len() + captured(hit)).sum::<usize>()
                }
            };
            EACH + o.line.text.len() + what
        });
        let few = self.sighted.gaps.len() + self.sighted.unknown.len() + self.sighted.clock.len();
        seen.sum::<usize>() + few * EACH + self.paste.as_ref().map_or(0, Vec::len)
    }
}

impl Looker<'_, '_> {
    fn in_window(&self, time: &Time) -> bool {
        let is = |other: &Option<Time>, wrong: Ordering| other.as_ref().is_some_and(|o| time.order(o) == Some(wrong));
        !is(&self.way.since, Ordering::Less) && !is(&self.way.until, Ordering::Greater)
    }
}

impl MemberSink for Looker<'_, '_> {
    type Found = Found;

    fn chunk(&mut self, name: &MemberName, _: Hint, chunk: &Chunk<'_>) -> Found {
        let whole = chunk.offset == 0 && chunk.last && chunk.proper.start == 0 && chunk.text.len() <= PASTE;
        if whole && self.way.since.is_none() && self.way.until.is_none() && (self.named.contains(name.as_str()) || name.as_str() == "stdin") {
            return Found { sighted: Sighted::default(), paste: Some(chunk.text.to_vec()) };
        }
        let passage = Passage { text: chunk.text, proper: chunk.proper.clone(), line: chunk.line, offset: chunk.offset, last: chunk.last };
        let mut sighted = self.observer.sight(name.as_str(), &passage);
        if self.way.since.is_some() || self.way.until.is_some() {
            sighted.seen.retain(|o: &Observation| self.in_window(&o.line.envelope.time));
            sighted.unknown.retain(|u| self.in_window(&u.time));
        }
        Found { sighted, paste: None }
    }

    fn weight(found: &Found) -> usize {
        found.weight()
    }
}

/// Puts together what comes, in the order of the walk.
struct Taking<'t, 'a> {
    seen: &'t mut Investigation<'a>,
    read: Read,
    /// The stream at hand.
    open: Option<Span>,
    kinds: &'t [LayoutKind],
    /// Inputs and the names that went by in them.
    layouts: BTreeMap<String, Layout<'t>>,
    named: BTreeSet<&'t str>,
    names: Names,
    silences: usize,
}

/// Kinds of bundles that the library knows by the names of their members.
fn kinds(library: &Library) -> Vec<LayoutKind> {
    let formats = library.entries().iter().map(|e| e.outline).filter(|o| o.kind == Kind::Format && !o.found_in.is_empty());
    formats.map(|o| LayoutKind { kind: o.title.to_string(), globs: o.found_in.iter().map(|g| g.to_string()).collect() }).collect()
}

impl Taking<'_, '_> {
    fn take(&mut self, done: Done<Found>) {
        if let Done::Member { name, .. } | Done::Skipped { name, .. } = &done {
            self.see(name.as_str());
        }
        match done {
            Done::Part { name, found, .. } => self.part(&name, found),
            Done::Member { name, bytes, lines, long_lines, .. } => self.end(&name, bytes, lines, long_lines),
            Done::Skipped { name, reason } => {
                self.read.skipped += 1;
                let name = self.names.keep(&name.shared());
                self.seen.case.coverage.skip(&name, reason.as_str());
            }
        }
    }

    fn see(&mut self, name: &str) {
        let archive = name.split('!').next().unwrap_or(name);
        let input = self.named.iter().find(|n| archive == **n || archive.strip_prefix(**n).is_some_and(|r| n.ends_with('/') || r.starts_with('/')));
        let input = if archive.len() < name.len() { archive } else { input.copied().unwrap_or(archive) };
        if input != name {
            let kinds = self.kinds;
            if self.layouts.len() >= MOST_BUNDLES && !self.layouts.contains_key(input) {
                return self.seen.case.limit("kinds of bundles", "all input");
            }
            self.layouts.entry(input.to_string()).or_insert_with(|| Layout::new(kinds)).see(name);
        }
    }

    fn tell_bundles(&mut self) {
        if self.names.met {
            self.seen.case.limit("names of streams, from here on shortened", "all input");
        }
        if self.seen.case.coverage.unnamed > 0 {
            self.seen.case.limit("things not read that are named one by one", "all input");
        }
        let told = self.layouts.iter().filter_map(|(input, layout)| Some((input.clone(), layout.kind()?.to_string())));
        self.seen.case.coverage.bundles.extend(told);
    }

    fn part(&mut self, name: &MemberName, found: Found) {
        if let Some(text) = found.paste {
            return self.seen.paste(name.as_str(), &text);
        }
        let stream = self.names.keep(&name.shared());
        if self.open.is_none() {
            self.seen.case.begin_stream(&stream);
        }
        let span = self.open.get_or_insert_with(|| Span::new(&stream));
        for time in &found.sighted.clock {
            span_at(span, *time);
        }
        let room = MOST_SILENCES - self.silences;
        if found.sighted.gaps.len() > room {
            self.seen.case.limit("silences", "all input");
        }
        let silences = span.gaps.len();
        span.gaps.extend(found.sighted.gaps.into_iter().take(room));
        self.silences += span.gaps.len() - silences;
        self.seen.case.observe(&stream, &found.sighted.seen);
        for u in found.sighted.unknown {
            let all = &mut self.seen.unexplained;
            let key = (u.level, u.template);
            if all.len() < MOST_TEMPLATES || all.contains_key(&key) {
                all.entry(key).or_insert_with(|| (0, Origin::new(&stream, u.line))).0 += 1;
            }
        }
    }

    fn end(&mut self, name: &MemberName, bytes: u64, lines: u64, long_lines: u64) {
        self.read.members += 1;
        let stream: Arc<str> = self.names.keep(&name.shared());
        if long_lines > 0 {
            self.seen.case.limit("lines looked at in pieces", &stream);
        }
        let Some(span) = self.open.take() else { return };
        self.seen.case.end_stream(&stream);
        let coverage = &mut self.seen.case.coverage;
        let span = Span { bytes, lines, ..span };
        if coverage.spans.len() < MOST_SPANS {
            coverage.spans.push(span);
        } else {
            coverage.beyond(&span);
            self.seen.case.limit(&format!("times of more than {MOST_SPANS} streams"), "all input");
        }
    }
}
