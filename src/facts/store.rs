//! Everything that was read: facts by name and subject, which subjects were named, what was looked for, and which
//! facts a contradiction names.

use super::decl::{FactDecl, Name};
use super::series::{Reading, Series};
use super::subject::{Root, Subject};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// Readings of which it is known that they were taken.
const MOST_SEEN: usize = 50_000;

/// Bounds of what is kept.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Readings of one fact about one subject.
    pub readings: usize,
    /// Subjects of one fact.
    pub subjects: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { readings: 5_000, subjects: 5_000 }
    }
}

/// All facts of a case.
#[derive(Clone, Debug, Default)]
pub struct Store {
    facts: BTreeMap<Name, BTreeMap<Subject, Series>>,
    /// Subjects by the key facts that name them.
    named: BTreeMap<Vec<Name>, BTreeSet<Subject>>,
    looked: BTreeSet<(Name, Root)>,
    contradicted: BTreeSet<(Name, Subject)>,
    /// Hosts that lines or answers named.
    hosts: BTreeSet<Arc<str>>,
    unnamed_host: bool,
    /// Fingerprints of the readings that came last, in two generations: a place is read twice within a few lines.
    seen: [HashSet<u128>; 2],
    /// Facts of which a bound was met.
    pub full: BTreeSet<Name>,
    bounds: Bounds,
    next: u64,
}

impl Store {
    /// An empty store with these bounds.
    pub fn new(bounds: Bounds) -> Store {
        Store { bounds, ..Store::default() }
    }

    /// The next moment: facts read together share one.
    pub fn moment(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Number of moments so far.
    pub fn now(&self) -> u64 {
        self.next
    }

    /// Adds a reading. The same fact of the same place is the same reading and counts once.
    pub fn add(&mut self, decl: &FactDecl, subject: Subject, reading: Reading) {
        let fingerprint = fingerprint(&decl.name, &subject, &reading);
        if self.seen[1].contains(&fingerprint) || !self.seen[0].insert(fingerprint) {
            return;
        }
        if self.seen[0].len() > MOST_SEEN {
            self.seen.swap(0, 1);
            self.seen[0].clear();
        }
        match &subject.root {
            Root::Host(Some(h)) if !self.hosts.contains(h) => {
                self.hosts.insert(h.clone());
            }
            Root::Host(None) => self.unnamed_host = true,
            Root::Host(Some(_)) | Root::Case => {}
        }
        if !subject.keys().is_empty() {
            self.name_subject(&subject);
        }
        self.looked.insert((decl.name.clone(), subject.root.clone()));
        let by_subject = self.facts.entry(decl.name.clone()).or_default();
        if by_subject.len() >= self.bounds.subjects && !by_subject.contains_key(&subject) {
            self.full.insert(decl.name.clone());
            return;
        }
        if !by_subject.entry(subject).or_default().push(reading, self.bounds.readings) {
            self.full.insert(decl.name.clone());
        }
    }

    /// Notes that a subject exists although no other fact of it is known.
    pub fn name_subject(&mut self, subject: &Subject) {
        let about: Vec<Name> = subject.keys().iter().map(|k| k.name.clone()).collect();
        let all = self.named.entry(about).or_default();
        if all.len() < self.bounds.subjects && !all.contains(subject) {
            all.insert(subject.clone());
        }
    }

    /// Notes that somebody looked for a fact on a host, so that none means none.
    pub fn look(&mut self, name: &Name, root: Root) {
        if root == Root::Host(None) {
            self.unnamed_host = true;
        }
        self.looked.insert((name.clone(), root));
    }

    /// Whether somebody looked for a fact where the subject is.
    pub fn was_looked_for(&self, name: &Name, subject: &Subject) -> bool {
        self.looked.iter().any(|(n, root)| n == name && (subject.root == Root::Case || *root == Root::Case || *root == subject.root))
    }

    /// Marks a fact as named by a contradiction.
    pub fn contradict(&mut self, name: &Name, subject: &Subject) {
        self.contradicted.insert((name.clone(), subject.clone()));
    }

    /// Whether a contradiction names a fact of a subject.
    pub fn is_contradicted(&self, name: &Name, subject: &Subject) -> bool {
        self.contradicted.contains(&(name.clone(), subject.clone()))
    }

    /// Readings of a fact about exactly this subject.
    pub fn series(&self, name: &str, subject: &Subject) -> Option<&Series> {
        self.facts.get(name)?.get(subject)
    }

    /// All subjects of a fact, with their readings.
    pub fn subjects(&self, name: &str) -> impl Iterator<Item = (&Subject, &Series)> {
        self.facts.get(name).into_iter().flatten()
    }

    /// All facts with their subjects and readings, in order of name.
    pub fn all(&self) -> impl Iterator<Item = (&Name, &Subject, &Series)> {
        self.facts.iter().flat_map(|(name, by)| by.iter().map(move |(s, r)| (name, s, r)))
    }

    /// Subjects named by exactly these key facts, in order of name.
    pub fn named(&self, about: &[Name]) -> impl Iterator<Item = &Subject> {
        let mut about = about.to_vec();
        about.sort();
        self.named.get(&about).into_iter().flatten()
    }

    /// Hosts that something is known of: the named ones, and the unnamed one where there is something of it.
    pub fn hosts(&self) -> Vec<Option<Arc<str>>> {
        let mut out: Vec<_> = self.hosts.iter().cloned().map(Some).collect();
        if self.unnamed_host || out.is_empty() {
            out.push(None);
        }
        out
    }

    /// Notes a host that a line named.
    pub fn see_host(&mut self, host: &Option<Arc<str>>) {
        match host {
            Some(h) => {
                self.hosts.insert(h.clone());
            }
            None => self.unnamed_host = true,
        }
    }

    /// The one host's name that what has no host belongs to, when exactly one was named.
    pub fn only_host(&self) -> Option<&Arc<str>> {
        if self.hosts.len() == 1 { self.hosts.first() } else { None }
    }

    /// The store in which what named no host belongs to the only host that was named. With two hosts named, what
    /// named none stays apart.
    pub fn settled(&self) -> Cow<'_, Store> {
        let Some(host) = self.only_host().filter(|_| self.unnamed_host) else {
            return Cow::Borrowed(self);
        };
        let root = Root::Host(Some(host.clone()));
        let settle = |s: &Subject| if s.root == Root::Host(None) { s.rooted(root.clone()) } else { s.clone() };
        let mut out = Store { unnamed_host: false, ..Store::new(self.bounds) };
        out.hosts = self.hosts.clone();
        out.next = self.next;
        out.full = self.full.clone();
        for (name, by_subject) in &self.facts {
            let to = out.facts.entry(name.clone()).or_default();
            for (subject, series) in by_subject {
                let entry: &mut Series = to.entry(settle(subject)).or_default();
                if entry.readings.is_empty() {
                    *entry = series.clone();
                } else {
                    entry.take(series, self.bounds.readings);
                }
            }
        }
        out.named = self.named.iter().map(|(k, v)| (k.clone(), v.iter().map(settle).collect())).collect();
        out.contradicted = self.contradicted.iter().map(|(n, s)| (n.clone(), settle(s))).collect();
        let settle_root = |r: &Root| if *r == Root::Host(None) { root.clone() } else { r.clone() };
        out.looked = self.looked.iter().map(|(n, r)| (n.clone(), settle_root(r))).collect();
        Cow::Owned(out)
    }
}

/// Same fact, subject, value, and place, or the same stamp of a fine clock: the same reading.
fn fingerprint(name: &Name, subject: &Subject, r: &Reading) -> u128 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};
    let build = BuildHasherDefault::<DefaultHasher>::default();
    let mut halves = [0u64; 2];
    for (i, half) in halves.iter_mut().enumerate() {
        let mut h = build.build_hasher();
        (i, name, subject, r.value.key()).hash(&mut h);
        // A doubled paste shows the same event twice: a stamp with fractions of a second tells it is one.
        if r.time.fine && r.time.is_known() {
            r.time.hash(&mut h);
        } else {
            (&r.origin, r.moment * u64::from(r.origin.line == 0)).hash(&mut h);
        }
        *half = h.finish();
    }
    u128::from(halves[0]) << 64 | u128::from(halves[1])
}
