//! Examples of steps: claimed by their own step only, and the facts they give.

use super::Checker;
use super::expect;
use crate::case::Case;
use crate::facts::subject::Subject;
use crate::facts::view::{Knowledge, Memo, View};
use crate::library::outline::Kind;
use crate::library::types::{Parse, Step};
use crate::model::step::StepExample;
use crate::text::place::{At, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Runs the examples of a step.
pub fn step(c: &mut Checker<'_, '_>, number: usize) {
    let library = c.library;
    let Some(s) = library.step_at(number) else { return };
    if s.examples.is_empty() {
        let head = Place { line: 1, col: 1, ..Place::default() };
        return c.hinted(head, "no-example", "no example shows what this step reads", "examples: name, text, facts");
    }
    for e in &s.examples {
        c.examples += 1;
        let mut text = e.text.as_ref().map(|t| t.value.clone()).unwrap_or_default();
        for sample in &e.samples {
            text.push_str(&c.sample(sample).unwrap_or_default());
            text.push('\n');
        }
        claims(c, s, number, e, &text);
        let mut case = Case::new(library);
        case.answer(c.observer, &s.id, &text);
        check_facts(c, s, &case, e);
        if let Some(wanted) = &e.contradictions {
            let found = count_contradictions(&case);
            if found != wanted.value as usize {
                c.wrong(wanted.place, "contradictions", format!("{found} contradictions are found; the example says {}", wanted.value));
            }
        }
    }
}

fn count_contradictions(case: &Case<'_>) -> usize {
    let conclusion = case.conclude();
    let mut all: BTreeSet<(String, String)> = BTreeSet::new();
    let of_findings = conclusion.findings.iter().flat_map(|f| &f.contradictions);
    for c in of_findings.chain(&conclusion.contradictions) {
        all.insert((c.say.clone(), c.subject.to_string()));
    }
    all.len()
}

/// Pasted output is recognised by its own step and by no other.
fn claims(c: &mut Checker<'_, '_>, s: &Step, number: usize, e: &StepExample, text: &str) {
    if s.looks_like.is_empty() || matches!(s.parse, Parse::Choices(_) | Parse::Record(_)) {
        return;
    }
    let mut case = Case::new(c.library);
    case.paste(c.observer, &Arc::from("example"), text.as_bytes());
    let claimed: BTreeSet<usize> = case.outputs.iter().map(|o| o.step).chain(case.recognised()).collect();
    let wanted = e.claimed.unwrap_or(true);
    match (wanted, claimed.contains(&number)) {
        (true, false) => c.hinted(
            e.name.place,
            "not-claimed",
            format!("pasted, this is not recognised as output of `{}`", s.id),
            "one pattern of looks_like must match a line; or `claimed: false`",
        ),
        (false, true) => c.wrong(e.name.place, "claimed", format!("pasted, this is recognised as output of `{}`; the example says not", s.id)),
        _ => {}
    }
    for other in claimed.into_iter().filter(|o| *o != number && wanted) {
        let o = c.library.entries()[other].outline;
        if o.kind == Kind::Step && !matches!(c.library.step_at(other).map(|s| &s.parse), Some(Parse::Record(_))) {
            c.hinted(
                e.name.place,
                "claimed-by-other",
                format!("pasted, this is also recognised as output of `{}`", o.id),
                "make one of the two looks_like narrower",
            );
        }
    }
}

/// Every group of facts must hold together: about one subject, at one moment or at the end.
fn check_facts(c: &mut Checker<'_, '_>, s: &Step, case: &Case<'_>, e: &StepExample) {
    let store = case.store.settled();
    let now = store.now();
    for group in &e.facts {
        let moments = (1..=now.min(400)).rev().map(Some).collect::<Vec<_>>();
        let mut least: Option<Vec<(At<String>, String)>> = None;
        'subjects: for subject in subjects(c, case, group) {
            for until in std::iter::once(None).chain(moments.iter().copied()) {
                let memo = Memo::default();
                let view = View::new(&store, c.library, &memo, subject.clone());
                let view = match until {
                    Some(m) => view.until(m),
                    None => view,
                };
                let wrong = expect::differences(c, &view, group);
                if least.as_ref().is_none_or(|l| wrong.len() < l.len()) {
                    least = Some(wrong);
                }
                if least.as_ref().is_some_and(Vec::is_empty) {
                    break 'subjects;
                }
            }
        }
        for (at, say) in least.unwrap_or_default() {
            c.wrong(at.place, "fact", format!("{say} (step {})", s.id));
        }
    }
}

/// Subjects that a group of facts can be about: its keys, on the host it names or on any.
fn subjects(c: &Checker<'_, '_>, case: &Case<'_>, group: &BTreeMap<At<String>, At<String>>) -> Vec<Subject> {
    let store = case.store.settled();
    let host = group.iter().find(|(n, _)| n.value == "host").map(|(_, v)| Arc::from(v.value.as_str()));
    let hosts: Vec<_> = match host {
        Some(h) => vec![Some(h)],
        None => store.hosts(),
    };
    let mut keys: Vec<(&str, &str)> = Vec::new();
    for (name, written) in group {
        if c.library.is_key(name) && written.value.trim() != expect::NOT_KNOWN {
            keys.push((name, &written.value));
        }
    }
    let mut out = Vec::new();
    for host in hosts {
        let mut subject = Subject::host(host);
        for (name, written) in &keys {
            if let Some(decl) = c.library.decl(name)
                && let Ok(value) = decl.read(written, None)
            {
                subject = subject.with(&decl.name, value);
            }
        }
        // Keys that the group does not name: every subject that has them is tried.
        let deepest = group.keys().filter_map(|n| c.library.decl(n)).map(|d| &d.about).max_by_key(|a| a.len());
        let missing = deepest.is_some_and(|about| about.iter().any(|k| subject.get(k).is_none()));
        if let Some(about) = deepest.filter(|_| missing) {
            out.extend(store.named(about).filter(|s| subject.covers(s)).map(|s| s.rooted(subject.root.clone())));
        }
        out.push(subject);
    }
    out
}
