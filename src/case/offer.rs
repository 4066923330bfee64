//! The open steps of a finding, best first: what nobody has read, answered or declined, weighed by `engine::plan`.

use super::Case;
use super::evidence::settle;
use super::finding::{Finding, FindingStanding, NextStep};
use crate::engine::plan;
use crate::engine::rank::{self, Candidate, Push, Standing};
use crate::facts::expr::{Evaluated, Trace, all_hold};
use crate::facts::scope::Scope;
use crate::facts::store::Store;
use crate::facts::subject::{Root, Subject};
use crate::facts::value::Value;
use crate::facts::view::{Memo, View};
use crate::library::outline::Kind;
use crate::library::types::{Outcome, Signature};
use crate::model::signature::{FindingVerdict, Verdict};
use std::collections::{BTreeMap, BTreeSet};

impl Case<'_> {
    /// The open steps of a finding, best first.
    pub(super) fn plan(&self, store: &Store, finding: &mut Finding) {
        let Some(signature) = self.library.signature_at(finding.entry) else { return };
        let memo = Memo::default();
        let view = View::new(store, self.library, &memo, finding.subject.clone()).ends_in(signature.ends_in.as_deref());
        let by_id = |id: &str| finding.causes.iter().find(|c| c.id == *id).map_or(0.0, |c| c.weight);
        let mut weights: Vec<f64> = signature.causes.iter().map(|c| by_id(&c.id)).collect();
        weights.push((1.0 - weights.iter().sum::<f64>()).max(0.001));
        let mut ids: Vec<&str> = Vec::new();
        let mut looks: BTreeMap<&str, (String, Vec<Vec<plan::Possible>>)> = BTreeMap::new();
        for evidence in &signature.evidence {
            let known = !evidence.outcomes.is_empty() && self.first_known(&view, &evidence.outcomes);
            if known || !self.is_open(store, &evidence.step, &finding.subject) {
                continue;
            }
            if !ids.contains(&evidence.step.as_str()) {
                ids.push(&evidence.step);
            }
            let look = looks.entry(&evidence.step).or_insert_with(|| (evidence.why.fill(&view), Vec::new()));
            look.1.push(plan::possible(signature, evidence));
        }
        let mut open: Vec<(NextStep, plan::Look)> = Vec::new();
        for id in ids {
            let Some((why, questions)) = looks.remove(id) else { continue };
            open.extend(self.next_step(&view, id, &why, questions, &weights));
        }
        // A cause that is another problem brings that problem's steps.
        for cause in signature.causes.iter().filter(|c| by_id(&c.id) > 0.02) {
            let Some(other) = cause.is.as_ref().and_then(|is| self.library.signature(is)) else { continue };
            for evidence in &other.evidence {
                if open.iter().any(|(n, _)| n.id == evidence.step) || !self.is_open(store, &evidence.step, &finding.subject) {
                    continue;
                }
                // It tells whether the other problem is there, so as much as the cause weighs here.
                let is_there = |verdict| {
                    vec![plan::Possible {
                        verdicts: signature.causes.iter().position(|c| c.id == cause.id).map(|i| (i, verdict)).into_iter().collect(),
                        finding: None,
                    }]
                };
                let questions = vec![is_there(Verdict::Supports), is_there(Verdict::Weakens)];
                open.extend(self.next_step(&view, &evidence.step, &evidence.why.fill(&view), questions, &weights));
            }
        }
        open.sort_by(|(a, _), (b, _)| b.worth.total_cmp(&a.worth).then_with(|| a.id.cmp(&b.id)));
        let looks: Vec<&plan::Look> = open.iter().map(|(_, look)| look).collect();
        let settled = finding.established().is_some() || finding.standing == FindingStanding::Refuted;
        let asks = !settled && (finding.causes.is_empty() || plan::is_worth_asking(&looks, &weights, &|supposed| supposing(signature, finding, supposed)));
        finding.open = open.into_iter().map(|(step, _)| step).collect();
        finding.next = finding.open.iter().find(|s| asks || s.perishable).cloned();
    }

    fn first_known(&self, view: &View<'_>, outcomes: &[Outcome]) -> bool {
        for outcome in outcomes {
            match all_hold(&outcome.when, view, &mut Trace::default()) {
                Evaluated::Known(Value::Flag(true)) | Evaluated::Broken(_) => return true,
                Evaluated::Unknown => return false,
                Evaluated::Known(_) => {}
            }
        }
        true
    }

    /// Nobody read or declined this step for this host.
    fn is_open(&self, store: &Store, step: &str, subject: &Subject) -> bool {
        if self.declined.contains_key(step) {
            return false;
        }
        let Some(number) = self.library.number(Kind::Step, step) else { return false };
        !self.outputs.iter().filter(|o| o.step == number).any(|o| {
            let about = settle(store, &o.subject);
            (about.root == subject.root || subject.root == Root::Case || about.root == Root::Case) && subject.covers(&about)
        })
    }

    fn next_step(&self, view: &View<'_>, id: &str, why: &str, questions: Vec<Vec<plan::Possible>>, weights: &[f64]) -> Option<(NextStep, plan::Look)> {
        let number = self.library.number(Kind::Step, id)?;
        let step = self.library.step_at(number)?;
        let entry = &self.library.entries()[number];
        let lacks_facts = step.needs.iter().any(|n| !view.is_one(n) || !matches!(view.latest(n), Ok(Some(_))));
        let perishable = !step.lost_on.is_empty();
        let look = plan::Look { questions, minutes: step.minutes, risk: step.risk, perishable, lacks_facts };
        let filled = step.run.as_ref().map(|r| r.filled(view, self.library));
        let next = NextStep {
            id: step.id.clone(),
            title: step.title.clone(),
            unfilled: filled.as_ref().map(|(_, left)| left.clone()).unwrap_or_default(),
            run: filled.map(|(command, _)| command),
            ask: step.ask.clone(),
            why: why.to_string(),
            place: step.place.clone(),
            minutes: step.minutes,
            risk: step.risk,
            worth: plan::worth(&look, weights),
            perishable,
            file: (!entry.shipped).then(|| entry.outline.file.to_string()),
        };
        Some((next, look))
    }
}

/// What would be concluded of a finding if these outcomes came too: whether it is refuted, and which cause is
/// established or leads.
fn supposing(signature: &Signature, finding: &Finding, supposed: &[&plan::Possible]) -> (bool, Option<(usize, Standing)>) {
    let known = match finding.standing {
        FindingStanding::Confirmed => Some(FindingVerdict::Confirmed),
        FindingStanding::Refuted => Some(FindingVerdict::Refuted),
        FindingStanding::Seen => None,
    };
    let verdict = supposed.iter().rev().find_map(|o| o.finding).or(known);
    // What moved a cause so far rests on facts of its own, and so does what may come.
    let candidates = signature.causes.iter().enumerate().map(|(i, cause)| {
        let reasons = finding.causes.iter().find(|c| c.id == cause.id).map_or(&[][..], |c| &c.reasons);
        let outcomes = supposed.iter().flat_map(|o| &o.verdicts).filter(|(place, _)| *place == i).map(|(_, verdict)| *verdict);
        let pushes = reasons.iter().map(|r| r.verdict).chain(outcomes).map(|verdict| Push { verdict, facts: BTreeSet::new() });
        Candidate { prior: cause.prior, pushes: pushes.collect() }
    });
    let (weighed, _) = rank::weigh(&candidates.collect::<Vec<_>>(), verdict);
    let best = weighed.iter().enumerate().find(|(_, w)| w.standing <= Standing::Leading);
    (verdict == Some(FindingVerdict::Refuted), best.map(|(i, w)| (i, w.standing)))
}
