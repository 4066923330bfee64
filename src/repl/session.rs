//! A session: the list of what was put in, and the case that follows from it. Everything that changes the case goes
//! through [`Session::put`], so that taking back is replaying without the last entry, and a saved case replays to the
//! same bytes. It prints nothing.

use crate::case::answer::Answered;
use crate::case::finding::{Finding, FindingStanding, NextStep};
use crate::case::journal::{Concluded, Entry, Journal, Why};
use crate::case::summary::Summary;
use crate::case::trip;
use crate::cli::investigate::Investigation;
use crate::cli::scan::Way;
use crate::library::Library;
use crate::library::outline::Kind;
use crate::library::types::Parse;
use crate::model::signature::Severity;
use crate::model::step::Risk;
use crate::render::{Answer, style::Paint, text};
use crate::source::{Input, Progress, input};
use crate::text::sha256;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A file up to this size is kept in the case, so that the case can be replayed anywhere.
const KEPT: u64 = 256 << 10;
/// Entries of this size are not replayed to take a later one back.
const COSTLY: usize = 1 << 20;
/// Width at which the result of a case is written to be compared.
const WIDTH: usize = 100;

/// A session.
pub struct Session<'a> {
    pub library: &'a Library,
    seen: Investigation<'a>,
    pub journal: Journal,
    /// What the case says now.
    pub answer: Answer,
    pub summary: Summary,
    /// Copies of the case behind costly entries: how many entries they hold.
    resting: Vec<(usize, Investigation<'a>)>,
    /// A step that somebody picked instead of the best one.
    chosen: Option<String>,
    /// Risks whose steps are shown without asking.
    allowed: BTreeSet<Risk>,
    /// Steps that were shown although they are not harmless.
    granted: BTreeSet<String>,
}

/// What was read from a path.
struct Taken {
    files: usize,
    bytes: u64,
    sha256: String,
    /// The text, when it was one small file.
    text: Option<String>,
}

/// What became of an entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Nothing in it was recognised.
    pub unknown: bool,
    /// What was not read, and why.
    pub skipped: Vec<(String, String)>,
    /// Remarks for whoever put it in.
    pub remarks: Vec<String>,
}

/// The step at hand.
pub struct Asked<'s> {
    pub finding: &'s Finding,
    pub step: &'s NextStep,
    /// Its place among the open ones, and how many they are.
    pub place: (usize, usize),
    /// It must not be shown before somebody agrees.
    pub needs_consent: bool,
}

impl<'a> Session<'a> {
    /// A session with nothing in it.
    pub fn new(library: &'a Library) -> Session<'a> {
        let mut session = Session {
            library,
            seen: Investigation::new(library, 0),
            journal: Journal::default(),
            answer: Answer::default(),
            summary: Summary::default(),
            resting: Vec::new(),
            chosen: None,
            allowed: BTreeSet::new(),
            granted: BTreeSet::new(),
        };
        session.conclude();
        session
    }

    /// The case.
    pub fn case(&self) -> &crate::case::Case<'a> {
        &self.seen.case
    }

    /// Puts an entry in and concludes.
    pub fn put(&mut self, entry: Entry) -> Outcome {
        let outcome = self.apply(&entry);
        self.keep(entry);
        outcome
    }

    /// What was applied becomes part of the case.
    fn keep(&mut self, entry: Entry) {
        let costly = match &entry {
            Entry::File { bytes, .. } => *bytes as usize,
            Entry::Paste { text, .. } | Entry::Answer { text, .. } => text.len(),
            _ => 0,
        };
        self.journal.entries.push(entry);
        if costly >= COSTLY {
            self.resting.push((self.journal.entries.len(), self.seen.clone()));
        }
        self.chosen = None;
        self.conclude();
    }

    /// Reads a path and puts it in; the entry names what was read by its number.
    pub fn load(&mut self, path: &str) -> Outcome {
        let mut outcome = Outcome::default();
        let Some(taken) = self.read(path, &mut outcome) else { return outcome };
        self.keep(Entry::File { path: path.to_string(), bytes: taken.bytes, sha256: taken.sha256, text: taken.text });
        outcome.unknown = !self.seen.case.coverage.spans.iter().rev().take(taken.files).any(|s| self.seen.case.took(&s.stream));
        outcome
    }

    fn read(&mut self, path: &str, outcome: &mut Outcome) -> Option<Taken> {
        if let Some(text) = input::small_text(Path::new(path), KEPT) {
            self.seen.case.coverage.inputs.push(path.to_string());
            self.seen.paste(path, text.as_bytes());
            return Some(Taken { files: 1, bytes: text.len() as u64, sha256: sha256::hex(text.as_bytes()), text: Some(text) });
        }
        let before = self.seen.case.coverage.skipped.len();
        let read = self.seen.walk(&[Input::Path(path.into())], &Way::default(), &Progress::default(), &mut || {});
        outcome.skipped.extend(self.seen.case.coverage.skipped[before..].iter().cloned());
        let (bytes, sha256) = input::number(Path::new(path)).filter(|_| read.members > 0)?;
        Some(Taken { files: read.members, bytes, sha256, text: None })
    }

    /// Does what an entry says, without concluding. The same entries in the same order give the same case.
    fn apply(&mut self, entry: &Entry) -> Outcome {
        let mut outcome = Outcome::default();
        match entry {
            Entry::Paste { name, text } if trip::is_trip(text) => self.returned(name, text, &mut outcome),
            Entry::Paste { name, text } => {
                self.seen.case.coverage.inputs.push(name.clone());
                self.seen.paste(name, text.as_bytes());
                outcome.unknown = !self.seen.case.took(name);
            }
            Entry::File { path, text: Some(text), .. } => {
                self.seen.case.coverage.inputs.push(path.clone());
                self.seen.paste(path, text.as_bytes());
                outcome.unknown = !self.seen.case.took(path);
            }
            Entry::File { path, sha256, .. } => {
                let taken = self.read(path, &mut outcome);
                let Some(taken) = taken else {
                    outcome.remarks.push(format!("{path} cannot be read any more: what it held is missing here"));
                    self.seen.case.coverage.skip(path, "it was part of this case and cannot be read any more");
                    return outcome;
                };
                if taken.sha256 != *sha256 {
                    outcome.remarks.push(format!("{path} has changed since it was read for this case"));
                    self.seen.case.coverage.skip(path, "it has changed since it was read for this case");
                }
            }
            Entry::Answer { step, text } => {
                let host = self.host_asked(step);
                let observer = self.seen.observer.clone();
                let answered = self.seen.case.answer_on(&observer, step, text, host.as_deref());
                outcome.unknown = matches!(answered, Answered::NotUnderstood | Answered::NoSuchStep);
                if outcome.unknown {
                    self.seen.case.decline(step, "it was answered, and nothing in the answer could be read");
                }
            }
            Entry::Declined { step, why: Why::Nothing } => {
                let host = self.host_asked(step);
                self.seen.case.nothing(step, host.as_deref(), Why::Nothing.words());
            }
            Entry::Declined { step, why } => self.seen.case.decline(step, why.words()),
            Entry::Note { .. } => {}
        }
        outcome
    }

    /// Hosts that something named.
    fn hosts(&self) -> usize {
        self.seen.case.store.hosts().iter().flatten().count()
    }

    /// The host that a step is asked about, when several are in the case.
    fn host_asked(&self, step: &str) -> Option<String> {
        if self.hosts() < 2 {
            return None;
        }
        let mut findings = self.answer.conclusion.findings.iter().filter(|f| f.open.iter().any(|n| n.id == step));
        findings.find_map(|f| f.subject.host_name().map(|h| h.to_string()))
    }

    /// Output of the script of all open steps: each part answers its own.
    fn returned(&mut self, name: &str, text: &str, outcome: &mut Outcome) {
        self.seen.case.coverage.inputs.push(name.to_string());
        let mut read = 0;
        for part in trip::parts(text) {
            let Some(id) = part.step else {
                self.seen.paste(name, part.text.as_bytes());
                continue;
            };
            let Some(number) = self.library.number(Kind::Step, id) else {
                outcome.remarks.push(format!("`{id}` is no step of this library; its output was read like any text"));
                self.seen.paste(&format!("{name}/{id}"), part.text.as_bytes());
                continue;
            };
            if part.is_elsewhere() {
                outcome.remarks.push(format!("{id}: this machine does not have the command; it stays open"));
                continue;
            }
            let stream = format!("{name}/{id}");
            self.seen.paste(&stream, part.text.as_bytes());
            if self.seen.case.outputs.iter().any(|o| o.step == number && *o.origin.stream == *stream) {
                read += 1;
                continue;
            }
            let host = self.host_asked(id);
            let observer = self.seen.observer.clone();
            let mut trial = self.seen.case.clone();
            if !part.text.trim().is_empty() && matches!(trial.answer_on(&observer, id, part.text, host.as_deref()), Answered::Read(n) if n > 0) {
                self.seen.case = trial;
                read += 1;
            } else if part.status == Some(0) || part.status == Some(1) && part.text.trim().is_empty() {
                // It ran, and there was nothing: `grep` says so with 1.
                self.seen.case.nothing(id, host.as_deref(), Why::Nothing.words());
                read += 1;
            } else {
                outcome.remarks.push(format!("{id}: nothing in its output could be read; it stays open"));
            }
        }
        outcome.unknown = read == 0;
    }

    /// Puts a text in: evidence by itself, or the answer to the step at hand. Gives back what it was taken for.
    pub fn put_text(&mut self, text: String) -> (Entry, Outcome) {
        let name = self.next_name();
        let Some(id) = self.asked().map(|a| a.step.id.clone()).filter(|_| !trip::is_trip(&text)) else {
            let entry = Entry::Paste { name, text };
            let outcome = self.put(entry.clone());
            return (entry, outcome);
        };
        let number = self.library.number(Kind::Step, &id);
        let host = self.host_asked(&id);
        let mut trial = self.seen.clone();
        trial.case.coverage.inputs.push(name.clone());
        trial.paste(&name, text.as_bytes());
        let took = trial.case.took(&name);
        let mut own = trial.case.outputs.iter().filter(|o| Some(o.step) == number && *o.origin.stream == *name).peekable();
        // Output without the head by which it is recognised; or with it, but about a host that it does not name.
        let unnamed = own.peek().is_some() && host.is_some() && own.all(|o| o.subject.host_name().is_none());
        if unnamed || !took {
            let observer = self.seen.observer.clone();
            let mut answered = self.seen.case.clone();
            if matches!(answered.answer_on(&observer, &id, &text, host.as_deref()), Answered::Read(n) if n > 0) {
                let entry = Entry::Answer { step: id, text };
                let outcome = self.put(entry.clone());
                return (entry, outcome);
            }
        }
        self.seen = trial;
        let entry = Entry::Paste { name, text };
        self.keep(entry.clone());
        (entry, Outcome { unknown: !took, ..Outcome::default() })
    }

    fn next_name(&self) -> String {
        let n = self.journal.entries.iter().filter(|e| matches!(e, Entry::Paste { .. })).count();
        format!("paste-{}", n + 1)
    }

    /// What was put in as text, with the names that places show.
    pub fn texts(&self) -> Vec<(String, &str)> {
        let name = |e: &Entry| match e {
            Entry::Paste { name, .. } => Some(name.clone()),
            Entry::File { path, .. } => Some(path.clone()),
            Entry::Answer { step, .. } => Some(format!("answer:{step}")),
            _ => None,
        };
        self.journal
            .entries
            .iter()
            .filter_map(|e| match e {
                Entry::Paste { text, .. } | Entry::Answer { text, .. } | Entry::File { text: Some(text), .. } => Some((name(e)?, text.as_str())),
                _ => None,
            })
            .collect()
    }

    /// Takes the last entry back.
    pub fn undo(&mut self) -> Option<Entry> {
        let gone = self.journal.entries.pop()?;
        let left = self.journal.entries.len();
        self.resting.retain(|(n, _)| *n <= left);
        let entries = std::mem::take(&mut self.journal.entries);
        self.rebuild(entries);
        Some(gone)
    }

    /// Replays a list of entries from the start, or from the last copy of the case that holds its begin.
    fn rebuild(&mut self, entries: Vec<Entry>) -> Vec<Outcome> {
        let (from, seen) = match self.resting.last() {
            Some((n, seen)) => (*n, seen.clone()),
            None => (0, Investigation::new(self.library, 0)),
        };
        self.seen = seen;
        self.journal.entries = Vec::new();
        self.answer = self.seen.answer();
        let mut outcomes = Vec::new();
        for (i, entry) in entries.into_iter().enumerate() {
            if i >= from {
                outcomes.push(self.apply(&entry));
                // What follows may ask which host it is about.
                if self.hosts() > 1 {
                    self.answer = self.seen.answer();
                }
            }
            self.journal.entries.push(entry);
        }
        self.chosen = None;
        self.conclude();
        outcomes
    }

    /// Goes on with a saved case: replays its entries with the library at hand.
    pub fn resume(&mut self, journal: &Journal) -> Vec<Outcome> {
        self.resting.clear();
        self.rebuild(journal.entries.clone())
    }

    fn conclude(&mut self) {
        self.answer = self.seen.answer();
        self.summary = Summary::of(&self.answer.conclusion);
    }

    /// The case as a file, with what it comes to now.
    pub fn to_journal(&self) -> Journal {
        Journal {
            program: env!("CARGO_PKG_VERSION").to_string(),
            library: format!("{:016x}", self.library.fingerprint()),
            used: self.used(),
            entries: self.journal.entries.clone(),
            concluded: Concluded { result: sha256::hex(self.result().as_bytes()), summary: self.summary.clone() },
        }
    }

    /// The answer as text, always at the same width, to compare replays by.
    pub fn result(&self) -> String {
        text::answer(&self.answer, self.library, Paint::plain(WIDTH))
    }

    /// Files of the library that took part, each with the number of what it says.
    pub fn used(&self) -> Vec<(String, String)> {
        let mut out: BTreeMap<String, String> = BTreeMap::new();
        let mut add = |kind: Kind, id: &str| {
            if let Some(e) = self.library.entry(kind, id) {
                out.insert(format!("{}/{id}", kind.word()), sha256::hex(e.outline.text.as_bytes())[..16].to_string());
            }
        };
        for f in &self.answer.conclusion.findings {
            add(Kind::Signature, &f.signature);
            f.article.iter().for_each(|a| add(Kind::Article, a));
        }
        self.answer.conclusion.outputs.iter().for_each(|o| add(Kind::Step, &o.step));
        out.into_iter().collect()
    }

    /// Findings that the walk goes through: not refuted, and something to tell apart.
    pub fn walked(&self) -> impl Iterator<Item = &Finding> {
        let all = &self.answer.conclusion.findings;
        let serious = all.iter().filter(|f| f.severity != Severity::Info);
        let info = all.iter().filter(|f| f.severity == Severity::Info && !f.causes.is_empty());
        serious.chain(info).filter(|f| f.standing != FindingStanding::Refuted)
    }

    /// The step at hand: the one that somebody picked, else the best one of the first finding that is not settled.
    pub fn asked(&self) -> Option<Asked<'_>> {
        let (finding, step) = match &self.chosen {
            Some(id) => self.walked().find_map(|f| Some((f, f.open.iter().find(|n| n.id == *id)?)))?,
            None => self.walked().find_map(|f| Some((f, f.next.as_ref()?)))?,
        };
        let needs_consent = step.risk != Risk::ReadOnly && !self.allowed.contains(&step.risk) && !self.granted.contains(&step.id);
        let open = self.open();
        let place = open.iter().position(|n| n.id == step.id).map_or(1, |p| p + 1);
        Some(Asked { finding, step, place: (place, open.len()), needs_consent })
    }

    /// All open steps in the order in which they would be asked, each once.
    pub fn open(&self) -> Vec<&NextStep> {
        let mut out: Vec<&NextStep> = Vec::new();
        let unsettled = |f: &&Finding| f.next.is_some();
        for f in self.walked().filter(unsettled).chain(self.walked().filter(|f| !unsettled(f))) {
            for n in f.next.iter().chain(&f.open) {
                if !out.iter().any(|o| o.id == n.id) {
                    out.push(n);
                }
            }
        }
        out
    }

    /// Picks another step: its number in [`Session::open`], or its id.
    pub fn choose(&mut self, which: &str) -> bool {
        let open = self.open();
        let by_number = which.parse::<usize>().ok().and_then(|n| open.get(n.checked_sub(1)?));
        let id = by_number.or_else(|| open.iter().find(|n| n.id == which)).map(|n| n.id.clone());
        let found = id.is_some();
        if found {
            self.chosen = id;
        }
        found
    }

    /// Somebody agrees to see the step at hand; `always`: and all others of its risk.
    pub fn grant(&mut self, always: bool) {
        let Some((id, risk)) = self.asked().map(|a| (a.step.id.clone(), a.step.risk)) else { return };
        if always {
            self.allowed.insert(risk);
        }
        self.granted.insert(id);
    }
}

/// The words of a choice that a text means: its number, its words, or the only one that begins so.
pub fn choice(parse: &Parse, text: &str) -> Option<String> {
    let Parse::Choices(all) = parse else { return None };
    let text = text.trim();
    if text.is_empty() || text.contains('\n') {
        return None;
    }
    if let Ok(n) = text.parse::<usize>() {
        return all.get(n.checked_sub(1)?).map(|(words, _)| words.clone());
    }
    if let Some((words, _)) = all.iter().find(|(words, _)| words.eq_ignore_ascii_case(text)) {
        return Some(words.clone());
    }
    let folded = text.to_lowercase();
    let begins: Vec<&String> = all.iter().map(|(words, _)| words).filter(|w| w.to_lowercase().starts_with(&folded)).collect();
    match begins.as_slice() {
        [only] => Some((*only).clone()),
        _ => None,
    }
}
