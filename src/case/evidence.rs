//! Output of steps as it is shown, and what in it cannot be true together.

use super::Case;
use super::finding::{Contradiction, ShownFact};
use crate::facts::decl::Name;
use crate::facts::expr::{Expr, Trace, all_hold};
use crate::facts::scope::Scope;
use crate::facts::store::Store;
use crate::facts::subject::{Root, Subject};
use crate::facts::view::{Knowledge, Memo, View};
use crate::library::Library;
use crate::library::types::Step;
use crate::text::clock::Time;
use crate::text::origin::Origin;
use std::collections::BTreeSet;

/// Times of readings that a finding without a line keeps.
const MOST_TIMES: usize = 1_000;
/// Latest moments at which contradictions of one reading are looked for.
const MOMENTS: usize = 200;

/// Recognised output of a step about one subject.
#[derive(Clone, Debug)]
pub struct ShownOutput {
    pub step: String,
    pub title: String,
    pub origin: Origin,
    pub subject: Subject,
    pub facts: Vec<ShownFact>,
    pub say: Vec<String>,
}

impl Case<'_> {
    /// Contradictions of all outputs; marks the facts they name.
    pub(super) fn contradictions(&self, store: &mut Store) -> Vec<Contradiction> {
        let library = self.library;
        let steps: BTreeSet<usize> = self.outputs.iter().map(|o| o.step).collect();
        let mut out: Vec<Contradiction> = Vec::new();
        for number in steps {
            let Some(step) = library.step_at(number) else { continue };
            for contradiction in &step.contradictions {
                let names: BTreeSet<Name> = contradiction.when.iter().chain(contradiction.say.exprs()).flat_map(Expr::names).collect();
                let about = names.iter().filter_map(|n| library.decl(n)).map(|d| d.about.clone()).max_by_key(Vec::len).unwrap_or_default();
                let subjects: Vec<Subject> =
                    if about.is_empty() { store.hosts().into_iter().map(Subject::host).collect() } else { store.named(&about).cloned().collect() };
                let single = !contradiction.when.iter().any(Expr::collects);
                for subject in subjects {
                    let moments = if single { moments_of(library, store, &names, &subject) } else { Vec::new() };
                    let memo = Memo::default();
                    for until in moments.iter().map(|m| Some(*m)).chain([None]) {
                        let view = View::new(store, library, &memo, subject.clone());
                        let view = match until {
                            Some(m) => view.until(m),
                            None => view,
                        };
                        if !all_hold(&contradiction.when, &view, &mut Trace::default()).is_true() {
                            continue;
                        }
                        let say = contradiction.say.fill(&view);
                        if !out.iter().any(|c| c.say == say && c.subject == subject) {
                            let facts = names.iter().map(|n| n.to_string()).collect();
                            out.push(Contradiction { say, facts, step: step.id.clone(), subject: subject.clone() });
                        }
                    }
                }
            }
        }
        for c in &out {
            for name in &c.facts {
                if let Some(decl) = library.decl(name)
                    && let Some(about) = c.subject.project(decl)
                {
                    store.contradict(&decl.name, &about);
                }
            }
        }
        out
    }

    /// Outputs with their facts as they are known now.
    pub(super) fn shown_outputs(&self, store: &Store, contradictions: &[Contradiction]) -> Vec<ShownOutput> {
        let memo = Memo::default();
        let mut out = Vec::new();
        for o in &self.outputs {
            let Some(step) = self.library.step_at(o.step) else { continue };
            let subject = settle(store, &o.subject);
            let facts = facts_of(self, store, &memo, step, &subject);
            let say = contradictions.iter().filter(|c| c.step == step.id && subject == c.subject).map(|c| c.say.clone()).collect();
            if !facts.is_empty() || step.gives.is_empty() {
                out.push(ShownOutput { step: step.id.clone(), title: step.title.clone(), origin: o.origin.clone(), subject, facts, say });
            }
        }
        out
    }
}

/// The same subject on the only host that was named.
pub fn settle(store: &Store, subject: &Subject) -> Subject {
    match (&subject.root, store.only_host()) {
        (Root::Host(None), Some(h)) => subject.rooted(Root::Host(Some(h.clone()))),
        _ => subject.clone(),
    }
}

fn facts_of(case: &Case<'_>, store: &Store, memo: &Memo, step: &Step, subject: &Subject) -> Vec<ShownFact> {
    let mut out = Vec::new();
    let view = View::new(store, case.library, memo, subject.clone());
    let clocks = ["clock.utc_offset", "clock.booted"].map(Name::from);
    for name in step.gives.iter().chain(&clocks) {
        // Each fact is shown where it belongs: with the thing that it is about.
        let about = case.library.decl(name).and_then(|d| subject.project(d));
        if about.is_none_or(|a| a.keys().len() != subject.keys().len()) {
            continue;
        }
        // What names other things is shown as their name.
        if subject.keys().is_empty() && case.library.is_key(name) {
            continue;
        }
        let derived = !case.library.derives(name).is_empty();
        if let Ok(Some(sample)) = view.latest(name) {
            out.push(ShownFact { name: name.to_string(), sample, derived });
        }
    }
    out
}

/// Times of the readings that facts about a subject rest on, derived facts included, in order.
pub(super) fn times_of(library: &Library, store: &Store, names: BTreeSet<Name>, subject: &Subject) -> Vec<Time> {
    let mut times: Vec<Time> = Vec::new();
    for (name, about) in rest_on(library, names, subject) {
        // What is about more than the subject (the processes of a host) belongs to it too.
        let below = |s: &Subject| about.as_ref().map_or_else(|| subject.covers(s), |a| a == s);
        for series in store.subjects(&name).filter(|(s, _)| below(s)).map(|(_, series)| series) {
            times.extend(series.readings.iter().map(|r| r.time).filter(Time::is_known).take(MOST_TIMES.saturating_sub(times.len())));
        }
    }
    if let Some(first) = times.first().copied() {
        times.sort_by_key(|t| t.since(&first).unwrap_or(0));
    }
    times
}

/// Facts that some facts rest on, each with the part of the subject that it is about where that is settled.
fn rest_on(library: &Library, names: BTreeSet<Name>, subject: &Subject) -> Vec<(Name, Option<Subject>)> {
    let mut todo: Vec<Name> = names.into_iter().collect();
    let mut seen: BTreeSet<Name> = BTreeSet::new();
    let mut out = Vec::new();
    while let Some(name) = todo.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let Some(decl) = library.decl(&name) else { continue };
        for way in library.derives(&name) {
            todo.extend(way.cases.iter().flat_map(|(when, is)| when.iter().chain([is]).flat_map(Expr::names)));
        }
        out.push((name, subject.project(decl)));
    }
    out
}

fn moments_of(library: &Library, store: &Store, names: &BTreeSet<Name>, subject: &Subject) -> Vec<u64> {
    let mut moments = BTreeSet::new();
    for (name, about) in rest_on(library, names.clone(), subject) {
        if let Some(series) = about.and_then(|about| store.series(&name, &about)) {
            moments.extend(series.readings.iter().rev().take(MOMENTS).map(|r| r.moment));
        }
    }
    let skip = moments.len().saturating_sub(MOMENTS);
    moments.into_iter().skip(skip).collect()
}
