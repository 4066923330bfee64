//! Chains: findings joined by what leads to what, trigger first.

use super::Case;
use super::finding::{Chain, Finding, Link};
use super::opened::Opened;
use crate::engine::rank::Standing;
use crate::facts::subject::{Root, Subject};
use crate::model::signature::Severity;
use std::collections::BTreeMap;

type Key = (usize, Subject);

/// Chains, and for each linked finding the severity of its chain's worst link and its depth in it.
pub fn chains(case: &Case<'_>, findings: &[Finding], opened: &BTreeMap<Key, Opened>) -> (Vec<Chain>, BTreeMap<Key, (Severity, usize)>) {
    let mut edges: Vec<(usize, usize, Option<i64>)> = Vec::new();
    for (a, from) in findings.iter().enumerate() {
        let Some(signature) = case.library.signature_at(from.entry) else { continue };
        for consequence in &signature.leads_to {
            for (b, to) in findings.iter().enumerate() {
                if a == b || to.signature != consequence.signature || !same(&consequence.same, from, to) {
                    continue;
                }
                if let Some(lag) = follows(from, to, consequence.within, opened) {
                    edges.push((a, b, lag));
                }
            }
        }
    }
    // A cause that is another problem comes before what it causes, once evidence speaks for it.
    for (a, effect) in findings.iter().enumerate() {
        for cause in effect.causes.iter().filter(|c| matches!(c.standing, Standing::Established | Standing::Leading)) {
            let Some(is) = &cause.is else { continue };
            for (b, trigger) in findings.iter().enumerate() {
                let here = trigger.subject.root == effect.subject.root || trigger.subject.root == Root::Case || effect.subject.root == Root::Case;
                if trigger.signature == *is && here && !edges.iter().any(|e| e.0 == b && e.1 == a) {
                    edges.extend(follows(trigger, effect, None, opened).map(|lag| (b, a, lag)));
                }
            }
        }
    }
    // A ring of consequences has no head: an edge that would close one is left out.
    let mut kept: Vec<(usize, usize, Option<i64>)> = Vec::new();
    for e in edges {
        if !reaches(&kept, e.1, e.0) {
            kept.push(e);
        }
    }
    let mut depth: BTreeMap<Key, (Severity, usize)> = BTreeMap::new();
    let mut out = Vec::new();
    let heads: Vec<usize> = (0..findings.len()).filter(|i| kept.iter().any(|e| e.0 == *i) && !kept.iter().any(|e| e.1 == *i)).collect();
    for head in heads {
        let mut members = vec![(head, 0usize)];
        let mut i = 0;
        while i < members.len() {
            let (at, d) = members[i];
            for (_, b, _) in kept.iter().filter(|e| e.0 == at) {
                match members.iter_mut().find(|(m, _)| m == b) {
                    Some(found) => found.1 = found.1.max(d + 1),
                    None => members.push((*b, d + 1)),
                }
            }
            i += 1;
        }
        let worst = members.iter().map(|(m, _)| findings[*m].severity).min().unwrap_or(Severity::Info);
        for (m, d) in &members {
            let key = (findings[*m].entry, findings[*m].subject.clone());
            let entry = depth.entry(key).or_insert((worst, *d));
            *entry = (entry.0.min(worst), entry.1.max(*d));
        }
        out.extend(paths(findings, &kept, head));
    }
    (out, depth)
}

fn reaches(edges: &[(usize, usize, Option<i64>)], from: usize, to: usize) -> bool {
    from == to || edges.iter().any(|e| e.0 == from && reaches(edges, e.1, to))
}

/// The longest way from a head through its consequences.
fn paths(findings: &[Finding], edges: &[(usize, usize, Option<i64>)], head: usize) -> Option<Chain> {
    fn longest(edges: &[(usize, usize, Option<i64>)], at: usize) -> Vec<(usize, Option<i64>)> {
        edges
            .iter()
            .filter(|e| e.0 == at)
            .map(|e| {
                let mut rest = vec![(e.1, e.2)];
                rest.extend(longest(edges, e.1));
                rest
            })
            .max_by_key(Vec::len)
            .unwrap_or_default()
    }
    let mut all = vec![(head, None)];
    all.extend(longest(edges, head));
    let links = all.into_iter().map(|(i, lag)| {
        let f = &findings[i];
        Link { signature: f.signature.clone(), title: f.title.clone(), subject: f.subject.clone(), line: f.first.clone(), lag }
    });
    let links: Vec<Link> = links.collect();
    (links.len() > 1).then_some(Chain { links })
}

fn same(names: &[String], a: &Finding, b: &Finding) -> bool {
    names.iter().all(|name| match name.as_str() {
        "host" => a.subject.root == b.subject.root || a.subject.root == Root::Case || b.subject.root == Root::Case,
        key => {
            let of = |f: &Finding| f.subject.get(key).map(|v| v.key()).or_else(|| f.facts.iter().find(|s| s.name == key).map(|s| s.sample.value.key()));
            match (of(a), of(b)) {
                (Some(x), Some(y)) => x == y,
                _ => false,
            }
        }
    })
}

/// Whether the consequence began after the trigger and within the window; the lag from one beginning to the other.
fn follows(a: &Finding, b: &Finding, within: Option<i64>, opened: &BTreeMap<Key, Opened>) -> Option<Option<i64>> {
    let (first_a, first_b) = (a.first.as_ref(), b.first.as_ref());
    let times = opened.get(&(a.entry, a.subject.clone())).map(|o| o.times.as_slice()).unwrap_or(&[]);
    if let (None, Some(first_b), Some(window)) = (first_a, first_b, within) {
        // Readings without a line: the consequence began within the window behind one of them.
        let before: Vec<i64> = times.iter().filter_map(|t| first_b.time.since(t)).filter(|d| *d >= 0).collect();
        return before.iter().any(|d| *d <= window).then(|| before.iter().max().copied());
    }
    let Some((first_a, first_b)) = first_a.zip(first_b) else {
        // An answer has no time: it follows where no window is asked.
        return within.is_none().then_some(None);
    };
    let lag = first_b.time.since(&first_a.time);
    match (lag, within) {
        (Some(lag), _) if lag < 0 => None,
        (Some(lag), None) => Some(Some(lag)),
        (Some(lag), Some(window)) => {
            let near = times.iter().filter_map(|t| first_b.time.since(t)).any(|d| (0..=window).contains(&d));
            (near || lag <= window).then_some(Some(lag))
        }
        // Without clocks nothing speaks against it where no window is asked: a paste is in any order.
        (None, None) => Some(None),
        (None, Some(_)) => None,
    }
}
