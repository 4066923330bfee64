//! Facts as one subject sees them, derived facts included: those are never stored, they are reckoned when asked for.

use super::decl::{FactDecl, Name};
use super::expr::{Evaluated, Expr, Trace, all_hold};
use super::scope::{Collection, Looked, Sample, Scope};
use super::series::Reading;
use super::store::Store;
use super::subject::{Root, Subject};
use super::value::Value;
use crate::text::clock::Time;
use crate::text::origin::Origin;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One way in which a fact is derived: the first case whose conditions hold gives the value.
#[derive(Clone, Debug)]
pub struct Derive {
    /// Cases from top to bottom.
    pub cases: Vec<(Vec<Expr>, Expr)>,
    /// File that says so, for defects.
    pub file: String,
}

/// What the library says about facts and tables.
pub trait Knowledge {
    /// The declaration of a fact.
    fn decl(&self, name: &str) -> Option<&FactDecl>;
    /// Ways to derive a fact.
    fn derives(&self, name: &str) -> &[Derive];
    /// Whether a reading of this fact without a time of its own is from after an incident of this kind.
    fn is_lost_on(&self, name: &str, event: &str) -> bool;
    /// A cell of a table.
    fn lookup(&self, table: &str, keys: &[Option<Value>], column: &str) -> Looked;
    /// The cells of a table for every bit that is set in the last key: a list.
    fn lookup_bits(&self, table: &str, keys: &[Option<Value>], column: &str) -> Looked;
}

/// Facts seen from a subject. Cheap to make; what it reckons is shared between all views of one [`Memo`].
pub struct View<'a> {
    store: &'a Store,
    know: &'a dyn Knowledge,
    memo: &'a Memo,
    /// The subject of the finding or of the fact that is derived.
    pub subject: Subject,
    /// Only what was read up to this moment.
    until: Option<u64>,
    /// What the incident ends in (`reboot`): readings that it destroys are not from before it.
    ends_in: Option<&'a str>,
}

type Key = (Name, Subject, Option<u64>, Option<String>);

/// What views of one state of the store have reckoned.
#[derive(Default)]
pub struct Memo {
    done: RefCell<BTreeMap<Key, Result<Vec<Sample>, String>>>,
    busy: RefCell<BTreeSet<Key>>,
}

impl<'a> View<'a> {
    /// A view from a subject on everything that was read.
    pub fn new(store: &'a Store, know: &'a dyn Knowledge, memo: &'a Memo, subject: Subject) -> Self {
        View { store, know, memo, subject, until: None, ends_in: None }
    }

    /// The same up to a moment.
    pub fn until(mut self, moment: u64) -> Self {
        self.until = Some(moment);
        self
    }

    /// The same for an incident that ends in a reboot or the like.
    pub fn ends_in(mut self, event: Option<&'a str>) -> Self {
        self.ends_in = event;
        self
    }

    /// All facts that were read.
    pub fn all(&self) -> impl Iterator<Item = (&'a Name, &'a Subject, &'a super::series::Series)> {
        self.store.all()
    }

    fn at(&self, subject: Subject, until: Option<u64>) -> View<'a> {
        View { subject, until, store: self.store, know: self.know, memo: self.memo, ends_in: self.ends_in }
    }

    fn decl(&self, name: &Name) -> Result<&'a FactDecl, String> {
        self.know.decl(name).ok_or_else(|| format!("`{name}` is no fact"))
    }

    /// Readings and derived values of a fact about exactly this subject, in order.
    fn samples(&self, decl: &FactDecl, subject: &Subject) -> Result<Vec<Sample>, String> {
        let read: Vec<Sample> = self.stored(decl, subject);
        if !read.is_empty() {
            return Ok(read);
        }
        let ways = self.know.derives(&decl.name);
        if ways.is_empty() {
            return Ok(read);
        }
        let key = (decl.name.clone(), subject.clone(), self.until, self.ends_in.map(str::to_string));
        if let Some(done) = self.memo.done.borrow().get(&key) {
            return done.clone();
        }
        if !self.memo.busy.borrow_mut().insert(key.clone()) {
            return Err(format!("`{}` is derived from itself", decl.name));
        }
        let result = self.derived(decl, subject, ways);
        self.memo.busy.borrow_mut().remove(&key);
        self.memo.done.borrow_mut().insert(key, result.clone());
        result
    }

    fn stored(&self, decl: &FactDecl, subject: &Subject) -> Vec<Sample> {
        let contradicted = self.store.is_contradicted(&decl.name, subject);
        self.usable(decl, subject).into_iter().map(|r| sample(r, subject, contradicted)).collect()
    }

    /// The latest of them: most questions are about that one, and there may be thousands.
    fn latest_stored(&self, decl: &FactDecl, subject: &Subject) -> Option<Sample> {
        let latest = self.usable(decl, subject).pop()?;
        Some(sample(latest, subject, self.store.is_contradicted(&decl.name, subject)))
    }

    fn usable(&self, decl: &FactDecl, subject: &Subject) -> Vec<&'a Reading> {
        let Some(series) = self.store.series(&decl.name, subject) else { return Vec::new() };
        let lost = self.ends_in.is_some_and(|event| self.know.is_lost_on(&decl.name, event));
        let usable = |r: &&Reading| !lost || r.time.is_known();
        // Past the bound the latest reading is still known.
        let latest = series.aggregate.as_deref().map(|a| a.last());
        let all: Vec<&Reading> = series.in_order().chain(latest).filter(usable).collect();
        let upto: Vec<&Reading> = all.iter().copied().filter(|r| self.until.is_none_or(|m| r.moment <= m)).collect();
        // What is about less than the subject is its surroundings (a total of the host): read later, it still holds.
        let around = subject.keys().len() < self.subject.keys().len();
        if upto.is_empty() && around { all.into_iter().take(1).collect() } else { upto }
    }

    fn derived(&self, decl: &FactDecl, subject: &Subject, ways: &[Derive]) -> Result<Vec<Sample>, String> {
        for way in ways {
            let collects = way.cases.iter().any(|(when, is)| is.collects() || when.iter().any(Expr::collects));
            let moments = if collects { Vec::new() } else { self.moments(way, subject) };
            let mut out = Vec::new();
            if moments.len() <= 1 {
                out.extend(self.derive_once(decl, subject, way, self.until)?);
            }
            for moment in moments.iter().filter(|_| moments.len() > 1) {
                out.extend(self.derive_once(decl, subject, way, Some(*moment))?);
            }
            if !out.is_empty() {
                return Ok(out);
            }
        }
        Ok(Vec::new())
    }

    /// Moments at which something that the derivation rests on was read.
    fn moments(&self, way: &Derive, subject: &Subject) -> Vec<u64> {
        let mut moments = BTreeSet::new();
        for name in way.cases.iter().flat_map(|(when, is)| when.iter().chain([is]).flat_map(Expr::names)) {
            let Some(decl) = self.know.decl(&name) else { continue };
            let Some(about) = subject.project(decl) else { continue };
            // What is about less than the subject (a total of the host) does not make a new moment of it.
            if about.keys().len() < subject.keys().len() {
                continue;
            }
            if let Some(series) = self.store.series(&name, &about) {
                let latest = series.aggregate.as_deref().map(|a| a.last());
                moments.extend(series.readings.iter().chain(latest).map(|r| r.moment).filter(|m| self.until.is_none_or(|u| *m <= u)));
            }
        }
        moments.into_iter().collect()
    }

    fn derive_once(&self, decl: &FactDecl, subject: &Subject, way: &Derive, until: Option<u64>) -> Result<Option<Sample>, String> {
        let view = self.at(subject.clone(), until);
        for (when, is) in &way.cases {
            let mut trace = Trace::default();
            match all_hold(when, &view, &mut trace) {
                Evaluated::Known(Value::Flag(true)) => {}
                Evaluated::Known(_) => continue,
                Evaluated::Unknown => return Ok(None),
                Evaluated::Broken(why) => return Err(format!("{}: {why}", way.file)),
            }
            let value = match is.eval(&view, &mut trace) {
                Evaluated::Known(v) => decl.adopt(v).map_err(|why| format!("{}: `{}`: {why}", way.file, decl.name))?,
                Evaluated::Unknown => return Ok(None),
                Evaluated::Broken(why) => return Err(format!("{}: {why}", way.file)),
            };
            let origin = trace.used.iter().find_map(|u| u.origin.clone()).unwrap_or_else(|| Origin::new(&Arc::from("derived"), 0));
            let contradicted = self.store.is_contradicted(&decl.name, subject) || trace.used.iter().any(|u| u.contradicted);
            let time = self.time_at(way, subject, until);
            return Ok(Some(Sample { value, time, origin, contradicted, subject: subject.clone(), label: String::new() }));
        }
        Ok(None)
    }

    /// The time of the latest reading that a derivation rests on.
    fn time_at(&self, way: &Derive, subject: &Subject, until: Option<u64>) -> Time {
        let mut latest: Option<(u64, Time)> = None;
        for name in way.cases.iter().flat_map(|(when, is)| when.iter().chain([is]).flat_map(Expr::names)) {
            let Some(about) = self.know.decl(&name).and_then(|d| subject.project(d)) else { continue };
            for r in self.store.series(&name, &about).into_iter().flat_map(|s| s.readings.iter().chain(s.aggregate.as_deref().map(|a| a.last()))) {
                if r.time.is_known() && until.is_none_or(|u| r.moment <= u) && latest.as_ref().is_none_or(|(m, _)| *m < r.moment) {
                    latest = Some((r.moment, r.time));
                }
            }
        }
        latest.map(|(_, t)| t).unwrap_or_default()
    }

    /// Every subject that this one covers and that some fact of the same `about` has named.
    fn members(&self, decl: &FactDecl) -> Vec<Subject> {
        if decl.about.is_empty() {
            if decl.of_case {
                return vec![Subject::case()];
            }
            return self.store.hosts().into_iter().map(Subject::host).filter(|s| self.subject.covers(s)).collect();
        }
        self.store.named(&decl.about).filter(|s| (s.root == Root::Case) == decl.of_case && self.subject.covers(s)).cloned().collect()
    }
}

fn sample(r: &Reading, subject: &Subject, contradicted: bool) -> Sample {
    Sample { value: r.value.clone(), time: r.time, origin: r.origin.clone(), contradicted, subject: subject.clone(), label: String::new() }
}

impl Scope for View<'_> {
    fn is_one(&self, name: &Name) -> bool {
        self.subject.get(name).is_some() || self.know.decl(name).is_some_and(|d| self.subject.project(d).is_some())
    }

    fn latest(&self, name: &Name) -> Result<Option<Sample>, String> {
        if let Some(value) = self.subject.get(name) {
            let origin = Origin::new(&Arc::from("subject"), 0);
            let label = String::new();
            return Ok(Some(Sample { value: value.clone(), time: Time::default(), origin, contradicted: false, subject: self.subject.clone(), label }));
        }
        let decl = self.decl(name)?;
        let Some(about) = self.subject.project(decl) else { return Ok(None) };
        if let Some(latest) = self.latest_stored(decl, &about) {
            return Ok(Some(latest));
        }
        let samples = self.samples(decl, &about)?;
        // The latest sound reading; one that is contradicted only when there is no other.
        Ok(samples.iter().rev().find(|s| !s.contradicted).or(samples.last()).cloned())
    }

    fn collect(&self, name: &Name) -> Result<Collection, String> {
        let decl = self.decl(name)?;
        if let Some(about) = self.subject.project(decl) {
            let aggregate = self.store.series(name, &about).and_then(|s| s.aggregate.as_deref().cloned());
            let looked = self.store.was_looked_for(name, &about);
            return Ok(Collection { samples: self.samples(decl, &about)?, missing: 0, looked, aggregate });
        }
        let mut out = Collection { looked: self.store.was_looked_for(name, &self.subject), ..Collection::default() };
        let members = self.members(decl);
        let hosts = members.iter().map(|m| &m.root).collect::<BTreeSet<_>>().len();
        for member in members {
            match self.samples(decl, &member)?.pop() {
                Some(mut sample) => {
                    sample.label = member.label(&self.subject, hosts);
                    out.samples.push(sample);
                }
                None => out.missing += 1,
            }
        }
        Ok(out)
    }

    fn lookup(&self, table: &str, keys: &[Option<Value>], column: &str) -> Looked {
        self.know.lookup(table, keys, column)
    }

    fn lookup_bits(&self, table: &str, keys: &[Option<Value>], column: &str) -> Looked {
        self.know.lookup_bits(table, keys, column)
    }
}
