//! What a case concludes, cut down to what two moments can be compared by: findings, how they stand, their causes and
//! the reasons that moved them. A session shows the difference after every answer; a saved case keeps it, so that a
//! changed library can say which conclusions it changes and why.

use super::finding::{Conclusion, Finding, FindingStanding};
use crate::engine::rank::Standing;
use crate::model::signature::Severity;
use std::collections::BTreeSet;

/// A weight must move by this much to be told when its word stays the same.
const TOLD: f64 = 0.1;

/// A cause at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct CauseSummary {
    pub id: String,
    pub title: String,
    pub standing: Standing,
    pub weight: f64,
    /// `supports: what was said (place)`.
    pub reasons: Vec<String>,
}

/// A finding at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingSummary {
    pub signature: String,
    pub title: String,
    /// What it is about, in words.
    pub subject: String,
    pub severity: Severity,
    pub standing: FindingStanding,
    pub count: u64,
    pub causes: Vec<CauseSummary>,
    /// What evidence says beside the causes.
    pub says: Vec<String>,
}

/// What a case concludes at a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    pub findings: Vec<FindingSummary>,
    /// Evidence that cannot be true together.
    pub contradictions: BTreeSet<String>,
    /// Steps whose output was recognised, and where.
    pub outputs: Vec<(String, String)>,
}

/// Something that is different at a later moment.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A finding that was not there.
    Opened { signature: String, subject: String },
    /// A finding that is there no more.
    Gone { signature: String, title: String },
    /// A finding that was confirmed or refuted, or is so no more.
    Stands { signature: String, title: String, from: FindingStanding, to: FindingStanding, because: Vec<String> },
    /// A finding that more lines show.
    Again { signature: String, title: String, by: u64 },
    /// A cause that moved.
    Moved { signature: String, cause: String, title: String, from: (Standing, f64), to: (Standing, f64), because: Vec<String>, withdrawn: Vec<String> },
    /// A cause that the signature did not have before, or has no more.
    Causes { signature: String, title: String, new: bool },
    /// Output of a step was recognised.
    Read { step: String, at: String },
    /// Evidence that cannot be true together.
    Contradiction(String),
}

impl Summary {
    /// What a conclusion comes to.
    pub fn of(c: &Conclusion) -> Summary {
        let used = c.findings.iter().flat_map(|f| &f.contradictions);
        let mut outputs: Vec<(String, String)> = c.outputs.iter().map(|o| (o.step.clone(), o.origin.stream.to_string())).collect();
        outputs.sort();
        outputs.dedup();
        Summary {
            findings: c.findings.iter().map(finding).collect(),
            contradictions: c.contradictions.iter().chain(used).map(|x| x.say.clone()).collect(),
            outputs,
        }
    }

    /// What is different in a later summary.
    pub fn changes_to(&self, later: &Summary) -> Vec<Change> {
        let mut out: Vec<Change> = Vec::new();
        for at in later.outputs.iter().filter(|o| !self.outputs.contains(o)) {
            out.push(Change::Read { step: at.0.clone(), at: at.1.clone() });
        }
        let pairs = self.pairs(later);
        for (b, after) in later.findings.iter().enumerate() {
            match pairs.iter().find(|p| p.1 == b) {
                None => out.push(Change::Opened { signature: after.signature.clone(), subject: after.subject.clone() }),
                Some((a, _)) => self.findings[*a].changes_to(after, &mut out),
            }
        }
        for (a, before) in self.findings.iter().enumerate() {
            if !pairs.iter().any(|p| p.0 == a) {
                out.push(Change::Gone { signature: before.signature.clone(), title: before.title.clone() });
            }
        }
        out.extend(later.contradictions.difference(&self.contradictions).cloned().map(Change::Contradiction));
        out
    }

    /// The same findings at both moments. A finding whose host was named meanwhile is still the same one.
    fn pairs(&self, later: &Summary) -> Vec<(usize, usize)> {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (a, f) in self.findings.iter().enumerate() {
            if let Some(b) = later.findings.iter().position(|g| g.signature == f.signature && g.subject == f.subject) {
                pairs.push((a, b));
            }
        }
        for (a, f) in self.findings.iter().enumerate() {
            if pairs.iter().any(|p| p.0 == a) {
                continue;
            }
            let free: Vec<usize> =
                (0..later.findings.len()).filter(|b| later.findings[*b].signature == f.signature && !pairs.iter().any(|p| p.1 == *b)).collect();
            if let [only] = free.as_slice() {
                pairs.push((a, *only));
            }
        }
        pairs
    }
}

impl FindingSummary {
    fn changes_to(&self, after: &FindingSummary, out: &mut Vec<Change>) {
        let (signature, title) = (after.signature.clone(), after.title.clone());
        if self.standing != after.standing {
            let because = after.says.iter().filter(|s| !self.says.contains(s)).cloned().collect();
            out.push(Change::Stands { signature: signature.clone(), title: title.clone(), from: self.standing, to: after.standing, because });
        }
        if after.count > self.count && self.count > 0 {
            out.push(Change::Again { signature: signature.clone(), title, by: after.count - self.count });
        }
        for c in &after.causes {
            let Some(b) = self.causes.iter().find(|b| b.id == c.id) else {
                out.push(Change::Causes { signature: signature.clone(), title: c.title.clone(), new: true });
                continue;
            };
            let because: Vec<String> = c.reasons.iter().filter(|r| !b.reasons.contains(r)).cloned().collect();
            let withdrawn: Vec<String> = b.reasons.iter().filter(|r| !c.reasons.contains(r)).cloned().collect();
            if b.standing == c.standing && (b.weight - c.weight).abs() < TOLD && because.is_empty() && withdrawn.is_empty() {
                continue;
            }
            out.push(Change::Moved {
                signature: signature.clone(),
                cause: c.id.clone(),
                title: c.title.clone(),
                from: (b.standing, b.weight),
                to: (c.standing, c.weight),
                because,
                withdrawn,
            });
        }
        for b in self.causes.iter().filter(|b| !after.causes.iter().any(|c| c.id == b.id)) {
            out.push(Change::Causes { signature: signature.clone(), title: b.title.clone(), new: false });
        }
    }
}

fn finding(f: &Finding) -> FindingSummary {
    let reason = |r: &super::finding::Reason| {
        let place = r.origins.first().map(|o| format!(" ({o})")).unwrap_or_default();
        format!("{}: {}{place}", r.verdict.word(), r.say)
    };
    let causes = f.causes.iter().map(|c| CauseSummary {
        id: c.id.clone(),
        title: c.title.clone(),
        standing: c.standing,
        // Four digits: what a saved case prints is what it reads.
        weight: (c.weight * 10_000.0).round() / 10_000.0,
        reasons: c.reasons.iter().map(reason).collect(),
    });
    FindingSummary {
        signature: f.signature.clone(),
        title: f.title.clone(),
        subject: f.subject.to_string(),
        severity: f.severity,
        standing: f.standing,
        count: f.count,
        causes: causes.collect(),
        says: f.says.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(id: &str, standing: Standing, weight: f64, reasons: &[&str]) -> CauseSummary {
        CauseSummary { id: id.into(), title: format!("the {id}"), standing, weight, reasons: reasons.iter().map(|r| r.to_string()).collect() }
    }

    fn one(subject: &str, causes: Vec<CauseSummary>) -> Summary {
        let finding = FindingSummary {
            signature: "heap-full".into(),
            title: "A heap is full".into(),
            subject: subject.into(),
            severity: Severity::High,
            standing: FindingStanding::Seen,
            count: 1,
            causes,
            says: Vec::new(),
        };
        Summary { findings: vec![finding], ..Summary::default() }
    }

    #[test]
    fn a_cause_that_moves_says_why() {
        let before = one("", vec![cause("leak", Standing::Possible, 0.3, &[])]);
        let after = one("", vec![cause("leak", Standing::Leading, 0.7, &["supports: it grows (a:1)"])]);
        let changes = before.changes_to(&after);
        assert_eq!(changes.len(), 1);
        assert!(matches!(&changes[0], Change::Moved { to: (Standing::Leading, _), because, .. } if because == &["supports: it grows (a:1)"]));
        let back = after.changes_to(&before);
        assert!(matches!(&back[0], Change::Moved { withdrawn, .. } if withdrawn.len() == 1));
    }

    #[test]
    fn a_finding_whose_host_got_a_name_is_no_new_one() {
        let before = one("", vec![cause("leak", Standing::Possible, 0.3, &[])]);
        let after = one("host esx1", vec![cause("leak", Standing::Possible, 0.3, &[])]);
        assert_eq!(before.changes_to(&after), []);
        assert_eq!(Summary::default().changes_to(&after).len(), 1);
        assert!(matches!(after.changes_to(&Summary::default())[0], Change::Gone { .. }));
    }
}
