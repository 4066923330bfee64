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
/// What is less likely than this is not followed further.
const UNLIKELY: f64 = 0.005;
/// A case is not asked on when the chance that the answers change its conclusion is smaller.
const WORTH_ASKING: f64 = 0.1;

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

/// Chance that the answers to all of these looks together change what is concluded. `concluded`: what some outcomes,
/// beside what is known, would lead to.
pub fn chance_of_change<C: PartialEq>(looks: &[&Look], weights: &[f64], concluded: &dyn Fn(&[&Possible]) -> C) -> f64 {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 || weights.len() < 2 {
        return 0.0;
    }
    let questions: Vec<&Vec<Possible>> = looks.iter().flat_map(|l| &l.questions).filter(|q| !q.is_empty()).collect();
    let tables: Vec<Vec<Vec<f64>>> = questions.iter().map(|q| likelihoods(q, weights.len() - 1)).collect();
    let joint: Vec<f64> = weights.iter().map(|w| w / sum).collect();
    let tree = Tree { questions, tables, now: concluded(&[]), concluded };
    tree.changed(0, &joint, &mut Vec::new())
}

/// What the answers to some questions could be, one after the other.
struct Tree<'p, C> {
    questions: Vec<&'p Vec<Possible>>,
    tables: Vec<Vec<Vec<f64>>>,
    now: C,
    concluded: &'p dyn Fn(&[&Possible]) -> C,
}

impl<'p, C: PartialEq> Tree<'p, C> {
    /// Chance of the branches from here on that end in another conclusion.
    fn changed(&self, at: usize, joint: &[f64], chosen: &mut Vec<&'p Possible>) -> f64 {
        let here: f64 = joint.iter().sum();
        if here < UNLIKELY {
            return 0.0;
        }
        let Some(table) = self.tables.get(at) else {
            return if (self.concluded)(chosen) == self.now { 0.0 } else { here };
        };
        let mut changed = 0.0;
        for outcome in 0..=self.questions[at].len() {
            let joint: Vec<f64> = joint.iter().zip(table).map(|(j, row)| j * row[outcome]).collect();
            let possible = self.questions[at].get(outcome);
            chosen.extend(possible);
            changed += self.changed(at + 1, &joint, chosen);
            if possible.is_some() {
                chosen.pop();
            }
        }
        changed
    }
}

/// Whether the answers to these looks are likely enough to change what is concluded.
pub fn is_worth_asking<C: PartialEq>(looks: &[&Look], weights: &[f64], concluded: &dyn Fn(&[&Possible]) -> C) -> bool {
    chance_of_change(looks, weights, concluded) >= WORTH_ASKING
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaks(verdicts: &[(usize, Verdict)]) -> Possible {
        Possible { verdicts: verdicts.to_vec(), finding: None }
    }

    fn look(questions: Vec<Vec<Possible>>) -> Look {
        Look { questions, minutes: 5, risk: Risk::ReadOnly, perishable: false, lacks_facts: false }
    }

    /// The heaviest cause, when it holds half of all.
    fn leads(weights: &[f64], supposed: &[&Possible]) -> Option<usize> {
        let moved = |i: usize| supposed.iter().flat_map(|o| &o.verdicts).filter(|(c, _)| *c == i).map(|(_, v)| ratio(*v)).product::<f64>();
        let weights: Vec<f64> = weights.iter().enumerate().map(|(i, w)| w * moved(i)).collect();
        let sum: f64 = weights.iter().sum();
        (0..weights.len()).find(|i| weights[*i] > sum / 2.0)
    }

    #[test]
    fn what_cannot_change_the_conclusion_is_not_asked() {
        let weights = [0.90, 0.07, 0.03];
        let more_of_the_same = look(vec![vec![speaks(&[(0, Verdict::Supports)])]]);
        let proof = look(vec![vec![speaks(&[(1, Verdict::Confirms)]), speaks(&[(0, Verdict::Supports)])]]);
        let concluded = |supposed: &[&Possible]| leads(&weights, supposed);
        assert_eq!(chance_of_change(&[&more_of_the_same], &weights, &concluded), 0.0);
        let chance = chance_of_change(&[&proof], &weights, &concluded);
        assert!(chance > 0.03 && chance < WORTH_ASKING, "{chance}");
        assert!(!is_worth_asking(&[&proof, &more_of_the_same], &weights, &concluded));
        // With the same question open at the begin, it is.
        let even = [0.48, 0.48, 0.04];
        assert!(is_worth_asking(&[&proof], &even, &|supposed| leads(&even, supposed)));
    }

    #[test]
    fn two_answers_can_change_what_neither_can_alone() {
        let weights = [0.74, 0.24, 0.02];
        let one = look(vec![vec![speaks(&[(1, Verdict::Supports), (0, Verdict::Weakens)])]]);
        let weak = look(vec![vec![speaks(&[(1, Verdict::Supports)])]]);
        let concluded = |supposed: &[&Possible]| leads(&weights, supposed);
        let (alone, both) = (chance_of_change(&[&weak], &weights, &concluded), chance_of_change(&[&weak, &one], &weights, &concluded));
        assert!(both > alone, "{both} {alone}");
        assert_eq!(chance_of_change(&[], &weights, &concluded), 0.0);
    }

    #[test]
    fn the_cheaper_of_two_equal_looks_comes_first_and_risk_costs() {
        let question = vec![vec![speaks(&[(0, Verdict::Confirms)])]];
        let cheap = look(question.clone());
        let slow = Look { minutes: 30, ..look(question.clone()) };
        let risky = Look { risk: Risk::Reboot, ..look(question) };
        assert_eq!(best(&[&slow, &risky, &cheap], &[0.5, 0.4, 0.1]), 2);
        let soon_gone = Look { perishable: true, ..slow.clone() };
        assert!(worth(&soon_gone, &[0.5, 0.4, 0.1]) > worth(&slow, &[0.5, 0.4, 0.1]));
    }
}
