//! The next step: the one with the most expected information for its minutes and its risk. The words of the library
//! (`confirms`, `supports`, `weakens`, `rules_out`) become likelihoods of what a look could show under each cause,
//! normalised over the outcomes and "none of them"; the fall of entropy that a look can be expected to bring is its
//! worth. The book (planner.md) has the model and what came of trying it.

use super::rank::ratio;
use crate::library::types::{Evidence, Signature};
use crate::model::signature::{FindingVerdict, Verdict};
use crate::model::step::Risk;

/// Likelihood of an outcome under the cause that it speaks for most.
const FITS: f64 = 0.8;
/// Likelihood that is always left for "none of the outcomes".
const NONE: f64 = 0.05;
/// Ratios are held in these bounds: a word of the library is an opinion and not a measurement.
const RATIOS: (f64, f64) = (0.02, 100.0);
/// How much more likely a confirmation of the finding is under its causes than under "not this after all".
const CONFIRMS_FINDING: f64 = 10.0;
/// Evidence that a restart destroys is looked at first.
pub const PERISHABLE: f64 = 3.0;
/// Combinations of outcomes of one look up to which they are reckoned together.
const TOGETHER: usize = 512;
/// Bits below which a look tells nothing.
const TELLS: f64 = 0.01;

/// What one question of a look could show, as verdicts on the causes (by place) and on the finding.
#[derive(Clone, Debug, Default)]
pub struct Possible {
    pub verdicts: Vec<(usize, Verdict)>,
    pub finding: Option<FindingVerdict>,
}

/// A step that could be taken: what each of its questions could show, and what it costs.
#[derive(Clone, Debug)]
pub struct Look {
    pub questions: Vec<Vec<Possible>>,
    pub minutes: u32,
    pub risk: Risk,
    pub perishable: bool,
    /// Facts that its command needs are not known.
    pub lacks_facts: bool,
}

/// What the outcomes of a piece of evidence could show.
pub fn possible(signature: &Signature, evidence: &Evidence) -> Vec<Possible> {
    let place = |id: &str| signature.causes.iter().position(|c| c.id == id);
    let outcomes = evidence.outcomes.iter();
    outcomes.map(|o| Possible { verdicts: o.causes.iter().filter_map(|(c, v)| Some((place(c)?, *v))).collect(), finding: o.finding }).collect()
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

/// Likelihoods of the outcomes and of "none" under each hypothesis; the last hypothesis is "not this after all". An
/// outcome is as likely as its words say relative to the cause that it speaks for most.
pub fn likelihoods(outcomes: &[Possible], causes: usize) -> Vec<Vec<f64>> {
    let relative = |cause: usize, o: &Possible| {
        let by_cause: f64 = o.verdicts.iter().filter(|(c, _)| *c == cause).map(|(_, v)| ratio(*v)).product();
        let by_finding = match (o.finding, cause == causes) {
            (Some(FindingVerdict::Confirmed), true) | (Some(FindingVerdict::Refuted), false) => 1.0 / CONFIRMS_FINDING,
            _ => 1.0,
        };
        (by_cause * by_finding).clamp(RATIOS.0, RATIOS.1)
    };
    let most: Vec<f64> = outcomes.iter().map(|o| (0..=causes).map(|c| relative(c, o)).fold(RATIOS.0, f64::max)).collect();
    let row = |cause: usize| {
        let mut row: Vec<f64> = outcomes.iter().zip(&most).map(|(o, most)| FITS * relative(cause, o) / most).collect();
        let sum: f64 = row.iter().sum();
        row.push((1.0 - sum).max(NONE));
        let sum: f64 = row.iter().sum();
        row.iter().map(|l| l / sum).collect()
    };
    (0..=causes).map(row).collect()
}

/// Expected fall of entropy, in bits, when a look is taken. `weights`: of the causes and of "not this after all".
pub fn information(look: &Look, weights: &[f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 || weights.len() < 2 {
        return 0.0;
    }
    let weights: Vec<f64> = weights.iter().map(|w| w / sum).collect();
    let tables: Vec<Vec<Vec<f64>>> = look.questions.iter().map(|q| likelihoods(q, weights.len() - 1)).collect();
    let combinations: usize = look.questions.iter().map(|q| q.len() + 1).product();
    let now = entropy(&weights);
    if combinations <= TOGETHER {
        return (now - later(&tables, &weights)).max(0.0);
    }
    // Too many to go through: what one question tells another may tell again, so the best one stands for all.
    tables.iter().map(|t| now - later(std::slice::from_ref(t), &weights)).fold(0.0, f64::max)
}

/// Entropy that is expected to be left when all questions are answered; `joint` sums to the chance of getting here.
fn later(tables: &[Vec<Vec<f64>>], joint: &[f64]) -> f64 {
    let p: f64 = joint.iter().sum();
    if p <= 0.0 {
        return 0.0;
    }
    let Some((table, rest)) = tables.split_first() else {
        return p * entropy(&joint.iter().map(|j| j / p).collect::<Vec<_>>());
    };
    let outcomes = table.first().map_or(0, Vec::len);
    (0..outcomes).map(|o| later(rest, &joint.iter().zip(table).map(|(j, row)| j * row[o]).collect::<Vec<_>>())).sum()
}

fn entropy(weights: &[f64]) -> f64 {
    weights.iter().filter(|w| **w > 0.0).map(|w| -w * w.log2()).sum()
}

/// Minutes of a look, risk counted as minutes.
pub fn cost(look: &Look) -> f64 {
    f64::from(look.minutes.max(1)) + risk_minutes(look.risk) + if look.lacks_facts { 10.0 } else { 0.0 }
}

/// Worth of a look: bits for each minute.
pub fn worth(look: &Look, weights: &[f64]) -> f64 {
    // A look without verdicts still tells a person something.
    (information(look, weights) + 0.001) / cost(look) * if look.perishable { PERISHABLE } else { 1.0 }
}

/// The best of several looks.
pub fn best(looks: &[&Look], weights: &[f64]) -> usize {
    let worths: Vec<f64> = looks.iter().map(|l| worth(l, weights)).collect();
    (0..looks.len()).max_by(|a, b| worths[*a].total_cmp(&worths[*b]).then(b.cmp(a))).unwrap_or(0)
}

/// Whether any of these looks could still tell something.
pub fn is_worth_asking(looks: &[&Look], weights: &[f64]) -> bool {
    looks.iter().any(|l| information(l, weights) >= TELLS)
}
