//! What a case concludes: findings with their causes, reasons, and the next step.

use super::opened::LineRef;
use crate::engine::rank::Standing;
use crate::facts::decl::Name;
use crate::facts::scope::{Collection, Looked, Sample, Scope};
use crate::facts::subject::Subject;
use crate::facts::value::Value;
use crate::model::signature::{Severity, Status, Verdict};
use crate::model::step::Risk;
use crate::text::origin::Origin;
use std::sync::Arc;

/// How a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingStanding {
    Confirmed,
    Seen,
    Refuted,
}

impl FindingStanding {
    /// Its word.
    pub fn word(self) -> &'static str {
        ["confirmed", "seen", "refuted"][self as usize]
    }
}

/// Why a cause moved.
#[derive(Clone, Debug)]
pub struct Reason {
    pub say: String,
    pub step: String,
    /// Facts with their values, `name value`.
    pub facts: Vec<String>,
    pub origins: Vec<Origin>,
    pub verdict: Verdict,
    /// A contradicted fact stands behind it.
    pub softened: bool,
}

/// A cause of a finding.
#[derive(Clone, Debug)]
pub struct CauseState {
    pub id: String,
    pub title: String,
    pub is: Option<String>,
    pub standing: Standing,
    pub weight: f64,
    pub reasons: Vec<Reason>,
}

/// The facts that a finding shows (and those of its host, `context`), for the conditions of an article's actions.
pub fn scope(f: &Finding) -> impl Scope + '_ {
    Facts(f)
}

struct Facts<'a>(&'a Finding);

impl Scope for Facts<'_> {
    fn is_one(&self, _: &Name) -> bool {
        true
    }

    fn latest(&self, name: &Name) -> Result<Option<Sample>, String> {
        Ok(self.0.facts.iter().chain(&*self.0.context).find(|f| *f.name == **name).map(|f| f.sample.clone()))
    }

    fn collect(&self, _: &Name) -> Result<Collection, String> {
        Ok(Collection::default())
    }

    fn lookup(&self, _: &str, _: &[Option<Value>], _: &str) -> Looked {
        Looked::NotKnown
    }
}

/// What to look at next.
#[derive(Clone, Debug, PartialEq)]
pub struct NextStep {
    pub id: String,
    pub title: String,
    pub run: Option<String>,
    pub ask: Option<String>,
    pub why: String,
    pub place: Option<String>,
    pub minutes: u32,
    pub risk: Risk,
    pub worth: f64,
    pub perishable: bool,
    /// Facts that its command asks for and that are not known, or of no safe shape.
    pub unfilled: Vec<String>,
    /// File, when it is not shipped.
    pub file: Option<String>,
}

/// Evidence that cannot be true together.
#[derive(Clone, Debug, PartialEq)]
pub struct Contradiction {
    pub say: String,
    pub facts: Vec<String>,
    pub step: String,
    pub subject: Subject,
}

/// A fact that a finding shows.
#[derive(Clone, Debug)]
pub struct ShownFact {
    pub name: String,
    pub sample: Sample,
    pub derived: bool,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Finding {
    pub entry: usize,
    pub signature: String,
    pub title: String,
    pub severity: Severity,
    pub status: Status,
    pub standing: FindingStanding,
    pub subject: Subject,
    pub article: Option<String>,
    /// File, when it is not shipped.
    pub file: Option<String>,
    pub lines: Vec<LineRef>,
    pub count: u64,
    pub first: Option<LineRef>,
    pub last: Option<LineRef>,
    pub facts: Vec<ShownFact>,
    /// What is known of the host, which conditions of actions ask for; findings about one host share it.
    pub context: Arc<[ShownFact]>,
    pub refined: Vec<String>,
    pub contradictions: Vec<Contradiction>,
    pub causes: Vec<CauseState>,
    /// What evidence says beside the causes.
    pub says: Vec<String>,
    /// Facts that would tell more.
    pub unknowns: Vec<String>,
    pub next: Option<NextStep>,
    /// All steps that are open, best first.
    pub open: Vec<NextStep>,
    /// A known version lies outside what it applies to.
    pub outside: Option<String>,
    pub notes: Vec<String>,
    /// Defects of the library met on the way.
    pub defects: Vec<String>,
}

impl Finding {
    /// The cause that is established.
    pub fn established(&self) -> Option<&CauseState> {
        self.causes.iter().find(|c| c.standing == Standing::Established)
    }

    /// The cause that leads or is established.
    pub fn leading(&self) -> Option<&CauseState> {
        self.causes.iter().find(|c| matches!(c.standing, Standing::Established | Standing::Leading))
    }
}

/// A link of a chain.
#[derive(Clone, Debug)]
pub struct Link {
    pub signature: String,
    pub title: String,
    pub subject: Subject,
    pub line: Option<LineRef>,
    /// Nanoseconds behind the link before.
    pub lag: Option<i64>,
}

/// Findings in order of cause and consequence.
#[derive(Clone, Debug)]
pub struct Chain {
    pub links: Vec<Link>,
}

/// What a case concludes.
#[derive(Clone, Debug, Default)]
pub struct Conclusion {
    /// Best first.
    pub findings: Vec<Finding>,
    pub chains: Vec<Chain>,
    pub outputs: Vec<super::evidence::ShownOutput>,
    /// Contradictions of outputs that no finding uses.
    pub contradictions: Vec<Contradiction>,
    /// Signatures that fit more things than are listed: id, and how many are left out.
    pub unlisted: Vec<(String, usize)>,
}

impl Conclusion {
    /// Whether the best finding has an established cause.
    pub fn established(&self) -> bool {
        self.findings.first().is_some_and(|f| f.severity != Severity::Info && f.established().is_some())
    }
}
