//! What would settle a finding that is not settled: the looks that could establish one of its causes, whether they
//! were offered, declined or answered otherwise; or, honestly, that nothing this library knows can.

use super::Case;
use super::finding::Finding;
use crate::facts::expr::{Evaluated, Trace, all_hold};
use crate::facts::view::{Memo, View};
use crate::model::signature::Verdict;

/// How a look that could settle stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// Nobody has looked yet.
    Open,
    /// Somebody could or would not; why.
    Declined(String),
    /// It was read, but not all that it takes; what is missing.
    Lacks(Vec<String>),
}

/// A look that could settle a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Settler {
    pub step: String,
    pub title: String,
    pub look: Look,
    /// Titles of the causes that it could confirm.
    pub confirms: Vec<String>,
}

impl Case<'_> {
    /// Looks that could still establish a cause of this finding.
    pub fn settlers(&self, finding: &Finding) -> Vec<Settler> {
        let Some(signature) = self.library.signature_at(finding.entry) else { return Vec::new() };
        let store = self.store.settled();
        let memo = Memo::default();
        let view = View::new(&store, self.library, &memo, finding.subject.clone()).ends_in(signature.ends_in.as_deref());
        let title = |id: &str| finding.causes.iter().find(|c| c.id == id).map_or(id.to_string(), |c| c.title.clone());
        let mut out: Vec<Settler> = Vec::new();
        for evidence in &signature.evidence {
            let mut confirms: Vec<String> = Vec::new();
            let mut lacks: Vec<String> = Vec::new();
            for o in &evidence.outcomes {
                let mut trace = Trace::default();
                // The first that holds decides; what stands below it can no longer come true.
                match all_hold(&o.when, &view, &mut trace) {
                    Evaluated::Known(crate::facts::value::Value::Flag(true)) => break,
                    Evaluated::Known(_) | Evaluated::Broken(_) => continue,
                    Evaluated::Unknown => {}
                }
                let own: Vec<String> = o.causes.iter().filter(|(_, v)| *v == Verdict::Confirms).map(|(c, _)| title(c)).collect();
                if !own.is_empty() {
                    lacks.extend(trace.unknown.iter().map(|n| n.to_string()));
                }
                confirms.extend(own);
            }
            if confirms.is_empty() {
                continue;
            }
            confirms.sort();
            confirms.dedup();
            lacks.sort();
            lacks.dedup();
            let read = self.library.number(crate::library::outline::Kind::Step, &evidence.step).is_some_and(|n| self.outputs.iter().any(|o| o.step == n));
            let look = match self.declined.get(&evidence.step) {
                Some(why) => Look::Declined(why.clone()),
                None if read => Look::Lacks(lacks),
                None => Look::Open,
            };
            let named = self.library.step(&evidence.step).map_or(evidence.step.clone(), |s| s.title.clone());
            match out.iter_mut().find(|s| s.step == evidence.step) {
                Some(old) => {
                    old.confirms.extend(confirms);
                    old.confirms.sort();
                    old.confirms.dedup();
                }
                None => out.push(Settler { step: evidence.step.clone(), title: named, look, confirms }),
            }
        }
        out
    }
}
