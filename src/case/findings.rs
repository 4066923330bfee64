//! Concludes: opens what correlation and evidence open, weighs causes, folds the general into the particular, joins
//! findings to chains, and puts everything in order. A pure function of what was seen and answered.

use super::Case;
use super::evidence::settle;
use super::finding::*;
use super::opened::Opened;
use crate::engine::correlate;
use crate::engine::rank::{self, Candidate, Push};
use crate::facts::expr::{Evaluated, Expr, Trace, all_hold};
use crate::facts::scope::Scope;
use crate::facts::store::Store;
use crate::facts::subject::{Root, Subject};
use crate::facts::value::Value;
use crate::facts::view::{Knowledge, Memo, View};
use crate::library::outline::{self, Kind};
use crate::library::types::{Outcome, Signature, TextWay};
use crate::model::signature::{FindingVerdict, Severity, Status, Verdict};
use crate::text::origin::Origin;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

type Key = (usize, Subject);

/// Things about which one signature gives findings of their own.
const MOST_SUBJECTS: usize = 100;

impl Case<'_> {
    /// What the case thinks now.
    pub fn conclude(&self) -> Conclusion {
        let mut store = self.store.settled().into_owned();
        let contradictions = self.contradictions(&mut store);
        let mut opened = self.settled_opened(&store);
        self.correlated(&store, &mut opened);
        let mut defects: BTreeMap<Key, Vec<String>> = BTreeMap::new();
        self.by_evidence(&store, &mut opened, &mut defects);
        let refined = self.fold(&mut opened);
        let unlisted = self.most_seen(&mut opened);
        let mut contexts: BTreeMap<(Root, Option<&str>), Arc<[ShownFact]>> = BTreeMap::new();
        let mut findings: Vec<Finding> = Vec::new();
        for (key, o) in &opened {
            let Some(signature) = self.library.signature_at(key.0) else { continue };
            let mut finding = self.finding(&store, key, o, signature, &contradictions);
            let around = (key.1.root.clone(), signature.ends_in.as_deref());
            finding.context = contexts.entry(around).or_insert_with(|| self.context(&store, key, signature)).clone();
            finding.defects.extend(defects.remove(key).unwrap_or_default());
            finding.refined = refined.get(key).cloned().unwrap_or_default();
            findings.push(finding);
        }
        // A cause that is another problem takes that problem's standing; two rounds reach a cause of a cause.
        for _ in 0..2 {
            self.resolve_is(&store, &mut findings);
        }
        for finding in &mut findings {
            self.plan(&store, finding);
        }
        let (chains, depth) = super::chains::chains(self, &findings, &opened);
        order(&mut findings, &depth);
        let outputs = self.shown_outputs(&store, &contradictions);
        let used: BTreeSet<&str> = findings.iter().flat_map(|f| &f.contradictions).map(|c| c.say.as_str()).collect();
        let rest = contradictions.iter().filter(|c| !used.contains(c.say.as_str())).cloned().collect();
        Conclusion { findings, chains, outputs, contradictions: rest, unlisted }
    }

    /// Opened findings on settled hosts; a finding without its key joins the only one that has it.
    fn settled_opened(&self, store: &Store) -> BTreeMap<Key, Opened> {
        let mut out: BTreeMap<Key, Opened> = BTreeMap::new();
        let mut all: Vec<_> = self.opened.iter().collect();
        all.sort_by(|a, b| a.0.cmp(b.0));
        for ((entry, subject), o) in all {
            let key = (*entry, settle(store, subject));
            match out.get_mut(&key) {
                Some(old) => old.merge(o),
                None => {
                    out.insert(key, o.clone());
                }
            }
        }
        let keyless: Vec<Key> =
            out.keys().filter(|(e, s)| self.library.signature_at(*e).is_some_and(|sig| s.keys().len() < sig.about.len())).cloned().collect();
        for key in keyless {
            let full: Vec<Key> =
                out.keys().filter(|k| k.0 == key.0 && k.1 != key.1 && k.1.keys().len() > key.1.keys().len() && key.1.covers(&k.1)).cloned().collect();
            if let [only] = full.as_slice()
                && let Some(o) = out.remove(&key)
                && let Some(to) = out.get_mut(only)
            {
                to.merge(&o);
            }
        }
        out
    }

    /// Signatures that need several hits, or none of some.
    fn correlated(&self, store: &Store, opened: &mut BTreeMap<Key, Opened>) {
        for (entry, waiting) in &self.waiting {
            let Some(signature) = self.library.signature_at(*entry) else { continue };
            let is_none = |w: &&super::Waiting| signature.none.contains(&w.spotted.pattern);
            let none: Vec<correlate::Spotted> = waiting.iter().filter(is_none).map(|w| w.spotted.clone()).collect();
            let hits: Vec<&super::Waiting> = waiting.iter().filter(|w| !is_none(w)).collect();
            let spotted: Vec<correlate::Spotted> = hits.iter().map(|w| w.spotted.clone()).collect();
            let groups: Vec<Vec<usize>> = match &signature.text {
                TextWay::All { patterns, window, ordered, .. } => correlate::all(&spotted, patterns, *window, *ordered),
                TextWay::Count { at_least, window, .. } => correlate::count(&spotted, *at_least as usize, *window),
                _ => (0..hits.len()).map(|i| vec![i]).collect(),
            };
            for group in groups {
                if !none.is_empty() && !group.iter().all(|i| correlate::none_near(&spotted[*i], &none, signature.none_window)) {
                    continue;
                }
                // The subject with the most keys among the hits that belong together.
                let subject = group.iter().map(|i| &hits[*i].subject).max_by_key(|s| s.keys().len());
                let Some(subject) = subject else { continue };
                let o = opened.entry((*entry, settle(store, subject))).or_default();
                let covered = group.iter().all(|i| hits[*i].covered);
                let counts = matches!(signature.text, TextWay::Count { .. });
                for (n, i) in group.iter().enumerate() {
                    o.add(hits[*i].line.clone(), hits[*i].spotted.pattern, covered, n == 0 || counts);
                }
            }
        }
    }

    /// Findings that evidence opens.
    fn by_evidence(&self, store: &Store, opened: &mut BTreeMap<Key, Opened>, defects: &mut BTreeMap<Key, Vec<String>>) {
        let read: BTreeSet<&str> = self.outputs.iter().map(|o| self.library.entries()[o.step].outline.id).collect();
        for (entry, e) in self.library.entries().iter().enumerate() {
            let o = e.outline;
            if o.kind != Kind::Signature || o.from.is_empty() || !o.from.iter().any(|s| read.contains(s)) {
                continue;
            }
            let Some(signature) = self.library.signature_at(entry).filter(|s| s.status != Status::Retired) else { continue };
            let Some(way) = &signature.evidence_way else { continue };
            let memo = Memo::default();
            for subject in candidates(store, signature) {
                let view = View::new(store, self.library, &memo, subject.clone()).ends_in(signature.ends_in.as_deref());
                let mut trace = Trace::default();
                match all_hold(&way.when, &view, &mut trace) {
                    Evaluated::Known(Value::Flag(true)) => {
                        let o = opened.entry((entry, subject)).or_default();
                        // Text that opened it needs no such sentence.
                        if o.count == 0 {
                            o.said = Some(way.say.as_ref().map_or_else(|| signature.title.clone(), |s| s.fill(&view)));
                            let names = way.when.iter().flat_map(Expr::names).collect();
                            o.times = super::evidence::times_of(self.library, store, names, &view.subject);
                        }
                    }
                    Evaluated::Broken(why) => defects.entry((entry, subject)).or_default().push(why),
                    _ => {}
                }
            }
        }
    }

    /// Folds a general finding into a particular one on the same lines.
    fn fold(&self, opened: &mut BTreeMap<Key, Opened>) -> BTreeMap<Key, Vec<String>> {
        let mut refined: BTreeMap<Key, Vec<String>> = BTreeMap::new();
        // On the same lines; or opened by evidence alone, which the particular finding explains too.
        let gone: Vec<Key> = opened.iter().filter(|(_, o)| if o.count > 0 { o.uncovered == 0 } else { o.said.is_some() }).map(|(k, _)| k.clone()).collect();
        for key in gone {
            let id = self.library.entries()[key.0].outline.id;
            let into: Vec<Key> = opened
                .keys()
                .filter(|k| k.0 != key.0 && self.refines(k.0, id) && (k.1.root == key.1.root || k.1.root == Root::Case || key.1.root == Root::Case))
                .cloned()
                .collect();
            if into.is_empty() {
                continue;
            }
            opened.remove(&key);
            for k in into {
                let ids = refined.entry(k).or_default();
                if !ids.contains(&id.to_string()) {
                    ids.push(id.to_string());
                }
            }
        }
        refined
    }

    /// Of a signature that fits very many things those with most lines stay; gives how many went.
    fn most_seen(&self, opened: &mut BTreeMap<Key, Opened>) -> Vec<(String, usize)> {
        let mut by_entry: BTreeMap<usize, Vec<Key>> = BTreeMap::new();
        for key in opened.keys() {
            by_entry.entry(key.0).or_default().push(key.clone());
        }
        let mut gone = Vec::new();
        for (entry, mut keys) in by_entry.into_iter().filter(|(_, keys)| keys.len() > MOST_SUBJECTS) {
            keys.sort_by_key(|k| std::cmp::Reverse(opened.get(k).map_or(0, |o| o.count)));
            gone.push((self.library.entries()[entry].outline.id.to_string(), keys.len() - MOST_SUBJECTS));
            for key in keys.drain(MOST_SUBJECTS..) {
                opened.remove(&key);
            }
        }
        gone
    }

    fn refines(&self, entry: usize, id: &str) -> bool {
        let mut todo: Vec<&str> = self.library.signature_at(entry).map(|s| s.refines.iter().map(String::as_str).collect()).unwrap_or_default();
        let mut seen = BTreeSet::new();
        while let Some(r) = todo.pop() {
            if r == id {
                return true;
            }
            if seen.insert(r)
                && let Some(s) = self.library.signature(r)
            {
                todo.extend(s.refines.iter().map(String::as_str));
            }
        }
        false
    }

    fn finding(&self, store: &Store, key: &Key, o: &Opened, signature: &Signature, contradictions: &[Contradiction]) -> Finding {
        let entry = &self.library.entries()[key.0];
        let memo = Memo::default();
        let view = View::new(store, self.library, &memo, key.1.clone()).ends_in(signature.ends_in.as_deref());
        let mut finding = Finding {
            entry: key.0,
            signature: signature.id.clone(),
            title: signature.title.clone(),
            severity: signature.severity,
            status: signature.status,
            standing: FindingStanding::Seen,
            subject: key.1.clone(),
            article: signature.article.clone().filter(|a| self.library.number(Kind::Article, a).is_some()),
            file: (!entry.shipped).then(|| entry.outline.file.to_string()),
            lines: o.chosen.clone(),
            count: o.count,
            first: o.first.clone(),
            last: o.last.clone(),
            facts: Vec::new(),
            context: Arc::default(),
            refined: Vec::new(),
            contradictions: Vec::new(),
            causes: Vec::new(),
            says: o.said.iter().cloned().collect(),
            unknowns: Vec::new(),
            next: None,
            open: Vec::new(),
            outside: self.outside(&view, signature),
            notes: o.notes.iter().cloned().collect(),
            defects: Vec::new(),
        };
        let mut used: BTreeSet<String> = BTreeSet::new();
        self.weigh(&view, signature, &mut finding, &mut used, &[]);
        finding.facts = self.shown_facts(&view, key.0, &used);
        let names: BTreeSet<&str> = finding.facts.iter().map(|f| f.name.as_str()).chain(used.iter().map(String::as_str)).collect();
        finding.contradictions =
            contradictions.iter().filter(|c| key.1.covers(&c.subject) && c.facts.iter().any(|f| names.contains(f.as_str()))).cloned().collect();
        finding
    }

    /// Evaluates the evidence and weighs the causes. `is`: verdicts that other findings give, by cause.
    fn weigh(&self, view: &View<'_>, signature: &Signature, finding: &mut Finding, used: &mut BTreeSet<String>, is: &[(usize, Reason)]) {
        let mut reasons: Vec<Vec<(Reason, Push)>> = vec![Vec::new(); signature.causes.len()];
        let mut verdict: Option<FindingVerdict> = None;
        let mut says: Vec<String> = finding.says.iter().take(usize::from(finding.count == 0)).cloned().collect();
        let mut unknowns: Vec<String> = Vec::new();
        for evidence in &signature.evidence {
            let mut trace = Trace::default();
            let Some(outcome) = self.first_that_holds(view, &evidence.outcomes, &mut trace, finding) else {
                unknowns.extend(trace.unknown.iter().map(|n| n.to_string()));
                continue;
            };
            used.extend(trace.used.iter().map(|u| u.name.to_string()));
            let softened = trace.used.iter().any(|u| u.contradicted);
            let facts: BTreeSet<String> = trace.used.iter().map(|u| format!("{} {}", u.name, u.subject)).collect();
            let shown: Vec<String> = {
                let mut shown: Vec<String> = trace.used.iter().map(|u| format!("{} {}", u.name, u.shown)).collect();
                shown.dedup();
                shown
            };
            let mut origins: Vec<Origin> = trace.used.iter().filter_map(|u| u.origin.clone()).filter(|o| &*o.stream != "subject").collect();
            origins.dedup();
            let say = outcome.say.as_ref().map(|s| s.fill(view)).unwrap_or_else(|| shown.join(", "));
            if (outcome.causes.is_empty() || outcome.finding.is_some()) && outcome.say.is_some() {
                says.push(say.clone());
            }
            if let Some(v) = outcome.finding {
                verdict = Some(if softened && v == FindingVerdict::Confirmed { verdict.unwrap_or(v) } else { v });
            }
            for (cause, v) in &outcome.causes {
                let Some(i) = signature.causes.iter().position(|c| c.id == *cause) else { continue };
                let v = rank::softened(*v, softened);
                let reason = Reason { say: say.clone(), step: evidence.step.clone(), facts: shown.clone(), origins: origins.clone(), verdict: v, softened };
                reasons[i].push((reason, Push { verdict: v, facts: facts.clone() }));
            }
        }
        for (i, reason) in is {
            let facts: BTreeSet<String> = reason.facts.iter().cloned().collect();
            reasons[*i].push((reason.clone(), Push { verdict: reason.verdict, facts }));
        }
        let candidates: Vec<Candidate> =
            signature.causes.iter().zip(&reasons).map(|(c, r)| Candidate { prior: c.prior, pushes: r.iter().map(|(_, p)| p.clone()).collect() }).collect();
        let (weighed, _) = rank::weigh(&candidates, verdict);
        let mut causes: Vec<CauseState> = signature
            .causes
            .iter()
            .zip(weighed)
            .zip(reasons)
            .map(|((c, w), r)| {
                let kept = rank::independent(&r.iter().map(|(_, p)| p.clone()).collect::<Vec<_>>());
                let title = match &c.is {
                    Some(other) => self.library.entry(Kind::Signature, other).map_or(other.clone(), |e| e.outline.title.to_string()),
                    None => c.title.clone(),
                };
                let reasons = r.into_iter().enumerate().filter(|(i, _)| kept.contains(i)).map(|(_, (reason, _))| reason).collect();
                CauseState { id: c.id.clone(), title, is: c.is.clone(), standing: w.standing, weight: w.weight, reasons }
            })
            .collect();
        causes.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        finding.causes = causes;
        finding.standing = match verdict {
            Some(FindingVerdict::Confirmed) => FindingStanding::Confirmed,
            Some(FindingVerdict::Refuted) => FindingStanding::Refuted,
            None => FindingStanding::Seen,
        };
        unknowns.sort();
        unknowns.dedup();
        finding.unknowns = unknowns;
        finding.says = says;
    }

    /// Outcomes from top to bottom; an unknown one stops the list.
    fn first_that_holds<'s>(&self, view: &View<'_>, outcomes: &'s [Outcome], trace: &mut Trace, finding: &mut Finding) -> Option<&'s Outcome> {
        for outcome in outcomes {
            let mut own = Trace::default();
            let result = all_hold(&outcome.when, view, &mut own);
            trace.unknown.extend(own.unknown.iter().cloned());
            match result {
                Evaluated::Known(Value::Flag(true)) => {
                    trace.used = own.used;
                    return Some(outcome);
                }
                Evaluated::Known(_) => {}
                Evaluated::Unknown => return None,
                Evaluated::Broken(why) => {
                    finding.defects.push(why);
                    return None;
                }
            }
        }
        None
    }

    /// Facts of the host that articles ask for: versions, builds, whatever is about the host alone.
    fn context(&self, store: &Store, key: &Key, signature: &Signature) -> Arc<[ShownFact]> {
        let memo = Memo::default();
        let view = View::new(store, self.library, &memo, key.1.clone()).ends_in(signature.ends_in.as_deref());
        let host = view.subject.root.clone();
        let mut out = Vec::new();
        for (name, subject, _) in view.all() {
            let plain = subject.keys().is_empty() && (subject.root == host || host == Root::Case);
            if plain && let Ok(Some(sample)) = view.latest(name) {
                out.push(ShownFact { name: name.to_string(), sample, derived: false });
            }
        }
        out.into()
    }

    fn outside(&self, view: &View<'_>, signature: &Signature) -> Option<String> {
        let mut worst = None;
        for (product, range) in &signature.applies_to {
            let fact = self.library.fact_names().find(|n| self.library.decl(n).is_some_and(|d| d.product.as_deref() == Some(product)))?;
            let Ok(Some(sample)) = view.latest(&fact.into()) else { return None };
            let Value::Version(v) = &sample.value else { return None };
            if range.contains(v) {
                return None;
            }
            worst = Some(format!("known for {product} {range}; this is {v}"));
        }
        worst
    }

    fn shown_facts(&self, view: &View<'_>, entry: usize, used: &BTreeSet<String>) -> Vec<ShownFact> {
        let o = self.library.entries()[entry].outline;
        let mut names: Vec<String> = Vec::new();
        let mut add = |n: &str| {
            if n.contains('.') && !n.starts_with("time.") && !names.iter().any(|m| m == n) {
                names.push(n.to_string());
            }
        };
        for p in o.patterns {
            outline::captures(p.source, &mut add);
        }
        if !o.record.is_empty()
            && let Some(format) = self.library.number_of_record(o.record)
        {
            self.library.entries()[format].outline.facts.iter().for_each(|f| add(f.name));
        }
        o.derives.iter().for_each(|n| add(n));
        used.iter().for_each(|n| add(n));
        let mut out = Vec::new();
        for name in names {
            let name = crate::facts::decl::Name::from(name.as_str());
            let derived = !self.library.derives(&name).is_empty();
            if !view.is_one(&name) {
                // One for each process, port or disk: the largest few, named.
                if derived && let Ok(mut all) = view.collect(&name) {
                    all.samples.sort_by(|a, b| b.value.compare(&a.value).unwrap_or(std::cmp::Ordering::Equal));
                    out.extend(all.samples.into_iter().take(3).map(|sample| ShownFact { name: name.to_string(), sample, derived }));
                }
                continue;
            }
            if let Ok(Some(sample)) = view.latest(&name) {
                out.push(ShownFact { name: name.to_string(), sample, derived });
            }
        }
        out
    }

    /// Gives causes that are other problems what those problems' findings say.
    fn resolve_is(&self, store: &Store, findings: &mut [Finding]) {
        for i in 0..findings.len() {
            let Some(signature) = self.library.signature_at(findings[i].entry) else { continue };
            let mut pushes: Vec<(usize, Reason)> = Vec::new();
            for (c, cause) in signature.causes.iter().enumerate() {
                let Some(is) = &cause.is else { continue };
                let here = |f: &&Finding| {
                    f.signature == *is && (f.subject.root == findings[i].subject.root || f.subject.root == Root::Case || findings[i].subject.root == Root::Case)
                };
                let Some(other) = findings.iter().filter(here).min_by_key(|f| f.standing) else { continue };
                let verdict = match (other.standing, other.established()) {
                    (FindingStanding::Refuted, _) => Verdict::RulesOut,
                    (FindingStanding::Confirmed, _) | (_, Some(_)) => Verdict::Confirms,
                    _ => Verdict::Supports,
                };
                let word = other.standing.word();
                let reason = Reason {
                    say: format!("{} ({word})", other.title),
                    step: String::new(),
                    facts: vec![format!("finding {is}")],
                    origins: other.first.iter().map(|l| l.origin.clone()).collect(),
                    verdict,
                    softened: false,
                };
                pushes.push((c, reason));
            }
            if pushes.is_empty() {
                continue;
            }
            let memo = Memo::default();
            let mut finding = findings[i].clone();
            let view = View::new(store, self.library, &memo, finding.subject.clone()).ends_in(signature.ends_in.as_deref());
            finding.defects.clear();
            self.weigh(&view, signature, &mut finding, &mut BTreeSet::new(), &pushes);
            findings[i] = finding;
        }
    }
}

/// Subjects that a signature could be about: every one that its key facts have named, or each host, or the case.
fn candidates(store: &Store, signature: &Signature) -> Vec<Subject> {
    if signature.about.is_empty() {
        return if signature.of_case { vec![Subject::case()] } else { store.hosts().into_iter().map(Subject::host).collect() };
    }
    let named: BTreeSet<Subject> = store
        .named(&signature.about)
        .map(|s| if signature.of_case { s.rooted(Root::Case) } else { s.clone() })
        .filter(|s| signature.of_case || s.root != Root::Case)
        .collect();
    named.into_iter().collect()
}

/// The order of findings, in one place: head of a chain before its consequences; severity; draft and outside its
/// versions below; standing; how distinctive its lines are; time; id.
fn order(findings: &mut [Finding], depth: &BTreeMap<(usize, Subject), (Severity, usize)>) {
    findings.sort_by_cached_key(|f| {
        // A chain is as severe as its worst link, so that its head stands where the worst would.
        let (severity, depth) = depth.get(&(f.entry, f.subject.clone())).copied().unwrap_or((f.severity, 0));
        let refuted = f.standing == FindingStanding::Refuted;
        (
            refuted,
            f.severity == Severity::Info && depth == 0,
            severity,
            depth,
            f.severity,
            f.status != Status::Stable,
            f.outside.is_some(),
            f.standing,
            f.count == 0,
            f.first.as_ref().map_or(u64::MAX, |l| l.seq),
            f.signature.clone(),
            f.subject.clone(),
        )
    });
}
