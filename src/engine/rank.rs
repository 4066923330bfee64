//! Verdict words become weights here and nowhere else. Each cause starts with its prior; what evidence says multiplies
//! it; one fact moves a cause once; "not this after all" is always among the hypotheses.

use crate::model::signature::{FindingVerdict, Prior, Verdict};
use std::collections::BTreeSet;

/// Weight of "not this after all" as a share of all priors.
pub const NOT_THIS: f64 = 0.05;
/// Probability from which a confirmed cause is established.
const ESTABLISHED: f64 = 0.95;
/// Probability from which a cause with evidence for it leads.
const LEADING: f64 = 0.5;
/// Probability below which a cause is unlikely.
const UNLIKELY: f64 = 0.06;
/// The same when evidence speaks against it.
const UNLIKELY_WEAKENED: f64 = 0.15;

/// Weight of a prior.
pub fn prior(p: Prior) -> f64 {
    match p {
        Prior::Rare => 1.0,
        Prior::Possible => 3.0,
        Prior::Likely => 9.0,
    }
}

/// Likelihood ratio of a verdict.
pub fn ratio(v: Verdict) -> f64 {
    match v {
        Verdict::Confirms => 100.0,
        Verdict::Supports => 4.0,
        Verdict::Weakens => 0.25,
        Verdict::RulesOut => 0.001,
    }
}

/// A verdict that rests on a contradicted fact says less.
pub fn softened(v: Verdict, contradicted: bool) -> Verdict {
    match (v, contradicted) {
        (Verdict::Confirms, true) => Verdict::Supports,
        (Verdict::RulesOut, true) => Verdict::Weakens,
        (v, _) => v,
    }
}

/// How a cause stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Established,
    Leading,
    Possible,
    Unlikely,
    RuledOut,
}

impl Standing {
    /// All of them, best first.
    pub const ALL: [Standing; 5] = [Standing::Established, Standing::Leading, Standing::Possible, Standing::Unlikely, Standing::RuledOut];

    /// Its words.
    pub fn words(self) -> &'static str {
        ["established", "leading", "possible", "unlikely", "ruled out"][self as usize]
    }
}

/// Something that moves a cause: a verdict, and the facts it rests on.
#[derive(Clone, Debug)]
pub struct Push {
    pub verdict: Verdict,
    pub facts: BTreeSet<String>,
}

/// The strongest pushes of which no two rest on the same fact.
pub fn independent(pushes: &[Push]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..pushes.len()).collect();
    let strength = |i: usize| ratio(pushes[i].verdict).ln().abs();
    order.sort_by(|a, b| strength(*b).total_cmp(&strength(*a)).then(a.cmp(b)));
    let mut used: BTreeSet<&String> = BTreeSet::new();
    let mut kept = Vec::new();
    for i in order {
        if pushes[i].facts.is_empty() || pushes[i].facts.iter().any(|f| !used.contains(f)) {
            used.extend(&pushes[i].facts);
            kept.push(i);
        }
    }
    kept.sort_unstable();
    kept
}

/// One cause, ready to be weighed.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub prior: Prior,
    pub pushes: Vec<Push>,
}

/// A weighed cause.
#[derive(Clone, Copy, Debug)]
pub struct Weighed {
    /// Probability among all causes and "not this after all".
    pub weight: f64,
    pub standing: Standing,
}

/// Weighs causes against each other. `finding`: what evidence says of the finding itself.
pub fn weigh(causes: &[Candidate], finding: Option<FindingVerdict>) -> (Vec<Weighed>, f64) {
    let total: f64 = causes.iter().map(|c| prior(c.prior)).sum();
    let mut not_this = total * NOT_THIS;
    match finding {
        Some(FindingVerdict::Confirmed) => not_this *= 0.02,
        Some(FindingVerdict::Refuted) => not_this *= 1_000.0,
        None => {}
    }
    let kept: Vec<Vec<Verdict>> = causes.iter().map(|c| independent(&c.pushes).into_iter().map(|i| c.pushes[i].verdict).collect()).collect();
    let weights: Vec<f64> = causes.iter().zip(&kept).map(|(c, k)| prior(c.prior) * k.iter().map(|v| ratio(*v)).product::<f64>()).collect();
    let sum = weights.iter().sum::<f64>() + not_this;
    let best = weights.iter().copied().fold(0.0, f64::max);
    let alone = |i: usize| causes.iter().enumerate().all(|(j, _)| j == i || kept[j].contains(&Verdict::RulesOut) && !kept[j].contains(&Verdict::Confirms));
    let out = (0..causes.len()).map(|i| {
        let weight = if sum > 0.0 { weights[i] / sum } else { 0.0 };
        let net: f64 = kept[i].iter().map(|v| ratio(*v).ln()).sum();
        let (confirmed, excluded) = (kept[i].contains(&Verdict::Confirms), kept[i].contains(&Verdict::RulesOut));
        let by_elimination = causes.len() > 1 && alone(i) && finding == Some(FindingVerdict::Confirmed) && net > 0.0;
        let standing = if excluded && !confirmed {
            Standing::RuledOut
        } else if finding != Some(FindingVerdict::Refuted) && (confirmed || by_elimination) && weight >= ESTABLISHED {
            Standing::Established
        } else if net > 0.0 && weight >= LEADING && weights[i] >= best {
            Standing::Leading
        } else if weight < UNLIKELY || (net < 0.0 && weight < UNLIKELY_WEAKENED) {
            Standing::Unlikely
        } else {
            Standing::Possible
        };
        Weighed { weight, standing }
    });
    let out: Vec<Weighed> = out.collect();
    (out, if sum > 0.0 { not_this / sum } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(verdict: Verdict, fact: &str) -> Push {
        Push { verdict, facts: [fact.to_string()].into() }
    }

    fn cause(prior: Prior, pushes: Vec<Push>) -> Candidate {
        Candidate { prior, pushes }
    }

    #[test]
    fn nothing_leads_on_its_prior_alone_nor_on_evidence_that_cancels_out() {
        let (w, _) = weigh(&[cause(Prior::Likely, vec![]), cause(Prior::Rare, vec![])], None);
        assert_eq!(w[0].standing, Standing::Possible);
        let both = vec![push(Verdict::Supports, "a"), push(Verdict::Weakens, "b")];
        let (w, _) = weigh(&[cause(Prior::Likely, both), cause(Prior::Rare, vec![])], None);
        assert_eq!(w[0].standing, Standing::Possible);
    }

    #[test]
    fn one_fact_moves_a_cause_once() {
        let twice = [push(Verdict::Supports, "a"), push(Verdict::Supports, "a")];
        assert_eq!(independent(&twice).len(), 1);
        let (w, _) = weigh(&[cause(Prior::Possible, vec![push(Verdict::Confirms, "a")]), cause(Prior::Possible, vec![])], None);
        assert_eq!(w[0].standing, Standing::Established);
    }

    #[test]
    fn support_alone_never_establishes() {
        let many: Vec<Push> = ["a", "b", "c", "d", "e", "f"].iter().map(|f| push(Verdict::Supports, f)).collect();
        let (w, _) = weigh(&[cause(Prior::Likely, many), cause(Prior::Rare, vec![])], None);
        assert_eq!(w[0].standing, Standing::Leading);
        assert!(w[0].weight > 0.99);
    }

    #[test]
    fn two_confirmed_causes_establish_neither() {
        let (w, _) = weigh(&[cause(Prior::Possible, vec![push(Verdict::Confirms, "a")]), cause(Prior::Possible, vec![push(Verdict::Confirms, "b")])], None);
        assert!(w.iter().all(|w| w.standing != Standing::Established));
    }
}
