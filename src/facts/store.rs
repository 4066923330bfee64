//! Everything that was read: facts by name and subject, which subjects were named, what was looked for, and which
//! facts a contradiction names.

use super::decl::{FactDecl, Name};
use super::series::{Reading, Room, Series};
use super::subject::{Root, Subject};
use foldhash::fast::RandomState;
use foldhash::{HashMap, HashSet};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};

/// Readings of which it is known that they were taken.
const MOST_SEEN: usize = 50_000;

/// Bounds of what is kept.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Readings of one fact about one subject.
    pub readings: usize,
    /// Distinct values of one such series, once it has more readings than that.
    pub distinct: usize,
    /// Subjects of one fact.
    pub subjects: usize,
    /// Subjects of all facts together.
    pub subjects_in_all: usize,
    /// Readings of everything together; from then on a series keeps few.
    pub in_all: usize,
    /// Readings and distinct values that a series keeps when that is met.
    pub few: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { readings: 5_000, distinct: 4_096, subjects: 5_000, subjects_in_all: 50_000, in_all: 50_000, few: 16 }
    }
}

/// One fact: its readings by subject, found by hash, shown in order.
#[derive(Clone, Debug, Default)]
struct BySubject {
    places: HashMap<Subject, usize>,
    /// Shared with copies of the store until one of them changes.
    all: Vec<(Subject, Arc<Series>)>,
    /// Places in order of subject, once somebody asked.
    order: OnceLock<Vec<usize>>,
}

impl BySubject {
    fn get(&self, subject: &Subject) -> Option<&Series> {
        self.places.get(subject).map(|i| &*self.all[*i].1)
    }

    fn get_mut(&mut self, subject: &Subject) -> Option<&mut Series> {
        self.places.get(subject).map(|i| Arc::make_mut(&mut self.all[*i].1))
    }

    fn put(&mut self, subject: Subject, series: Arc<Series>) {
        self.order = OnceLock::new();
        self.places.insert(subject.clone(), self.all.len());
        self.all.push((subject, series));
    }

    fn in_order(&self) -> impl Iterator<Item = (&Subject, &Series)> {
        let order = self.order.get_or_init(|| {
            let mut order: Vec<usize> = (0..self.all.len()).collect();
            order.sort_by(|a, b| self.all[*a].0.cmp(&self.all[*b].0));
            order
        });
        order.iter().map(|i| (&self.all[*i].0, &*self.all[*i].1))
    }
}

/// All facts of a case.
#[derive(Clone, Debug, Default)]
pub struct Store {
    facts: HashMap<Name, BySubject>,
    /// Subjects by the key facts that name them.
    named: BTreeMap<Vec<Name>, BTreeSet<Subject>>,
    /// All of them, to be found fast.
    names: HashSet<Subject>,
    looked: BTreeSet<(Name, Root)>,
    contradicted: BTreeSet<(Name, Subject)>,
    /// Hosts that lines or answers named.
    hosts: BTreeSet<Arc<str>>,
    unnamed_host: bool,
    /// Fingerprints of the readings that came last, in two generations: a place is read twice within a few lines.
    seen: [HashSet<u64>; 2],
    prints: RandomState,
    /// Facts of which a bound was met.
    pub full: BTreeSet<Name>,
    /// Readings that are kept, and series that they belong to.
    kept: usize,
    series: usize,
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

    fn room(&self) -> Room {
        let Bounds { readings, distinct, few, in_all, .. } = self.bounds;
        if self.kept < in_all { Room { readings, distinct } } else { Room { readings: few, distinct: few } }
    }

    /// Adds a reading. The same fact of the same place is the same reading and counts once.
    pub fn add(&mut self, decl: &FactDecl, subject: Subject, reading: Reading) {
        let fingerprint = self.fingerprint(&decl.name, &subject, &reading);
        if self.seen[1].contains(&fingerprint) || !self.seen[0].insert(fingerprint) {
            return;
        }
        if self.seen[0].len() > MOST_SEEN {
            self.seen.swap(0, 1);
            self.seen[0].clear();
        }
        let room = self.room();
        let is_kept = if let Some(series) = self.facts.get_mut(&decl.name).and_then(|by| by.get_mut(&subject)) {
            series.push(reading, room)
        } else {
            self.meet(decl, &subject);
            let by_subject = self.facts.entry(decl.name.clone()).or_default();
            let has_room = by_subject.all.len() < self.bounds.subjects && self.series < self.bounds.subjects_in_all;
            if has_room {
                self.series += 1;
                let mut series = Series::default();
                series.push(reading, room);
                by_subject.put(subject, Arc::new(series));
            }
            has_room
        };
        if is_kept {
            self.kept += 1;
        } else if !self.full.contains(&decl.name) {
            self.full.insert(decl.name.clone());
        }
    }

    /// A fact is read of a subject for the first time.
    fn meet(&mut self, decl: &FactDecl, subject: &Subject) {
        match &subject.root {
            Root::Host(host) => self.see_host(host),
            Root::Case => {}
        }
        if !subject.keys().is_empty() {
            self.name_subject(subject);
        }
        self.looked.insert((decl.name.clone(), subject.root.clone()));
    }

    /// The same subject as it is kept, when it is: what is the same object is found faster.
    pub fn kept(&self, subject: Subject) -> Subject {
        self.names.get(&subject).cloned().unwrap_or(subject)
    }

    /// Notes that a subject exists although no other fact of it is known.
    pub fn name_subject(&mut self, subject: &Subject) {
        if self.names.contains(subject) {
            return;
        }
        let about: Vec<Name> = subject.keys().iter().map(|k| k.name.clone()).collect();
        let all = self.named.entry(about).or_default();
        if all.len() < self.bounds.subjects {
            all.insert(subject.clone());
            self.names.insert(subject.clone());
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

    /// All subjects of a fact in order, with their readings.
    pub fn subjects(&self, name: &str) -> impl Iterator<Item = (&Subject, &Series)> {
        self.facts.get(name).into_iter().flat_map(BySubject::in_order)
    }

    /// All facts with their subjects and readings, in order of name.
    pub fn all(&self) -> impl Iterator<Item = (&Name, &Subject, &Series)> {
        let mut all: Vec<_> = self.facts.iter().collect();
        all.sort_by_key(|(name, _)| *name);
        all.into_iter().flat_map(|(name, by)| by.in_order().map(move |(s, r)| (name, s, r)))
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
            Some(h) if !self.hosts.contains(h) => {
                self.hosts.insert(h.clone());
            }
            Some(_) => {}
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
        out.kept = self.kept;
        out.series = self.series;
        let room = out.room();
        for (name, by_subject) in &self.facts {
            let to = out.facts.entry(name.clone()).or_default();
            for (subject, series) in &by_subject.all {
                let subject = settle(subject);
                match to.get_mut(&subject) {
                    Some(other) => other.take(series, room),
                    None => to.put(subject, series.clone()),
                }
            }
        }
        out.named = self.named.iter().map(|(k, v)| (k.clone(), v.iter().map(settle).collect())).collect();
        out.names = out.named.values().flatten().cloned().collect();
        out.contradicted = self.contradicted.iter().map(|(n, s)| (n.clone(), settle(s))).collect();
        let settle_root = |r: &Root| if *r == Root::Host(None) { root.clone() } else { r.clone() };
        out.looked = self.looked.iter().map(|(n, r)| (n.clone(), settle_root(r))).collect();
        Cow::Owned(out)
    }

    /// Same fact, subject, value, and place, or the same stamp of a fine clock: the same reading.
    fn fingerprint(&self, name: &Name, subject: &Subject, r: &Reading) -> u64 {
        let mut h = self.prints.build_hasher();
        (name, subject).hash(&mut h);
        r.value.hash_key(&mut h);
        // A doubled paste shows the same event twice: a stamp with fractions of a second tells it is one.
        if r.time.fine && r.time.is_known() {
            r.time.hash(&mut h);
        } else {
            (&r.origin, r.moment * u64::from(r.origin.line == 0)).hash(&mut h);
        }
        h.finish()
    }
}
