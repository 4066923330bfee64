//! The next step: the one with the most expected information for its minutes and its risk. Verdict words give the
//! likelihood of each outcome under each cause, normalised over the outcomes and "none of them".

use super::rank::ratio;
use crate::model::signature::{FindingVerdict, Verdict};
use crate::model::step::Risk;

/// What a step could show, as its verdicts on the causes (by place) and on the finding.
#[derive(Clone, Debug, Default)]
pub struct Possible {
    pub verdicts: Vec<(usize, Verdict)>,
    pub finding: Option<FindingVerdict>,
}

/// Minutes that a risk adds.
pub fn risk_minutes(risk: Risk) -> f64 {
    match risk {
        Risk::ReadOnly => 0.0,
        Risk::Load => 5.0,
        Risk::ChangesState => 30.0,
        Risk::Reboot => 120.0,
        Risk::Outage => 240.0,
    }
}

/// Evidence that a restart destroys is looked at first.
pub const PERISHABLE: f64 = 3.0;

/// Likelihoods of the outcomes and of "none" under each hypothesis; the last hypothesis is "not this after all".
pub fn likelihoods(outcomes: &[Possible], causes: usize) -> Vec<Vec<f64>> {
    (0..=causes)
        .map(|cause| {
            let mut row: Vec<f64> = outcomes
                .iter()
                .map(|o| {
                    let by_cause = o.verdicts.iter().filter(|(c, _)| *c == cause).map(|(_, v)| ratio(*v).clamp(0.02, 20.0)).product::<f64>();
                    let by_finding = match (o.finding, cause == causes) {
                        (Some(FindingVerdict::Confirmed), true) | (Some(FindingVerdict::Refuted), false) => 0.1,
                        (Some(_), _) => 2.0,
                        (None, _) => 1.0,
                    };
                    by_cause * by_finding
                })
                .collect();
            row.push(1.0);
            let sum: f64 = row.iter().sum();
            row.iter().map(|l| l / sum).collect()
        })
        .collect()
}

/// Expected fall of entropy, in bits, when the step is taken. `weights`: of the causes and of "not this after all".
pub fn information(outcomes: &[Possible], weights: &[f64]) -> f64 {
    let table = likelihoods(outcomes, weights.len() - 1);
    let now = entropy(weights);
    let mut later = 0.0;
    for o in 0..=outcomes.len() {
        let joint: Vec<f64> = weights.iter().zip(&table).map(|(w, row)| w * row[o]).collect();
        let p: f64 = joint.iter().sum();
        if p > 0.0 {
            later += p * entropy(&joint.iter().map(|j| j / p).collect::<Vec<_>>());
        }
    }
    (now - later).max(0.0)
}

fn entropy(weights: &[f64]) -> f64 {
    weights.iter().filter(|w| **w > 0.0).map(|w| -w * w.log2()).sum()
}

/// Worth of a step: information for each minute, risk counted as minutes.
pub fn worth(information: f64, minutes: u32, risk: Risk, perishable: bool, lacks_facts: bool) -> f64 {
    let cost = f64::from(minutes.max(1)) + risk_minutes(risk) + if lacks_facts { 10.0 } else { 0.0 };
    information / cost * if perishable { PERISHABLE } else { 1.0 }
}
