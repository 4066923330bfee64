//! A signature file: it recognises a problem, says what it is about, which causes it can have and which evidence tells
//! them apart.

use super::fact::FactsMap;
use super::pattern::PatternFile;
use super::shapes::{DeriveFile, OneOrMany};
use crate::text::place::At;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How bad it is. The order is that of the answer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A host or many machines are down.
    Critical,
    /// Something that people work with is down.
    High,
    /// Something is wrong and will be felt.
    Medium,
    /// Worth knowing.
    Low,
    /// Known and harmless.
    Info,
}

impl Severity {
    /// Its word.
    pub fn word(self) -> &'static str {
        ["critical", "high", "medium", "low", "info"][self as usize]
    }
}

/// How far it may be trusted.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Confirmed.
    Stable,
    /// Not confirmed: fires, marked, below the others.
    Draft,
    /// No longer fires.
    Retired,
}

impl Status {
    /// Its word.
    pub fn word(self) -> &'static str {
        ["stable", "draft", "retired"][self as usize]
    }
}

/// A signature as its file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureFile {
    pub id: At<String>,
    pub title: At<String>,
    pub severity: At<Severity>,
    pub status: At<Status>,
    #[serde(default)]
    pub overrides: Option<At<String>>,
    #[serde(default)]
    pub applies_to: Vec<AppliesTo>,
    pub article: Option<At<String>>,
    #[serde(default)]
    pub about: Vec<At<String>>,
    #[serde(default)]
    pub refines: Vec<At<String>>,
    /// The incident ends in this (`reboot`); what it destroys was read afterwards.
    pub ends_in: Option<At<String>>,
    #[serde(default)]
    pub facts: FactsMap,
    #[serde(rename = "match")]
    pub matching: MatchFile,
    #[serde(default)]
    pub also: Vec<PatternFile>,
    #[serde(default)]
    pub derive: BTreeMap<At<String>, DeriveFile>,
    #[serde(default)]
    pub leads_to: Vec<LeadsTo>,
    #[serde(default)]
    pub causes: Vec<CauseFile>,
    #[serde(default)]
    pub evidence: Vec<EvidenceFile>,
    #[serde(default)]
    pub references: Vec<Reference>,
    #[serde(default)]
    pub examples: SignatureExamples,
}

/// Versions of a product.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliesTo {
    pub product: At<String>,
    pub versions: At<String>,
}

/// How it is recognised: one way by text, one by evidence, or both.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchFile {
    #[serde(default)]
    pub any: Vec<PatternFile>,
    #[serde(default)]
    pub all: Vec<PatternFile>,
    pub within: Option<At<String>>,
    #[serde(default)]
    pub ordered: bool,
    #[serde(default)]
    pub same: Vec<At<String>>,
    pub count: Option<CountFile>,
    pub record: Option<At<String>>,
    #[serde(default)]
    pub none: Vec<PatternFile>,
    #[serde(default)]
    pub from: OneOrMany,
    #[serde(default)]
    pub when: OneOrMany,
    pub say: Option<At<String>>,
}

/// The same line several times.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountFile {
    pub pattern: At<String>,
    #[serde(default)]
    pub ignore_case: bool,
    pub at_least: At<u32>,
    pub within: Option<At<String>>,
    #[serde(default)]
    pub same: Vec<At<String>>,
}

/// A consequence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadsTo {
    pub signature: At<String>,
    pub within: Option<At<String>>,
    #[serde(default)]
    pub same: Vec<At<String>>,
}

/// How likely a cause is before anything is known of the case.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Prior {
    Rare,
    Possible,
    Likely,
}

/// One cause.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseFile {
    pub id: At<String>,
    pub prior: At<Prior>,
    pub title: Option<At<String>>,
    /// The other problem that this cause is.
    pub is: Option<At<String>>,
}

/// What an outcome says of a cause.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Confirms,
    Supports,
    Weakens,
    RulesOut,
}

impl Verdict {
    /// Its word.
    pub fn word(self) -> &'static str {
        ["confirms", "supports", "weakens", "rules out"][self as usize]
    }
}

/// What an outcome says of the finding itself.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum FindingVerdict {
    Confirmed,
    Refuted,
}

/// One thing to look at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFile {
    pub step: At<String>,
    pub why: At<String>,
    #[serde(default)]
    pub outcomes: Vec<OutcomeFile>,
}

/// What it can show.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeFile {
    pub when: OneOrMany,
    pub say: Option<At<String>>,
    #[serde(default)]
    pub causes: BTreeMap<At<String>, At<Verdict>>,
    pub finding: Option<At<FindingVerdict>>,
}

/// A source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    pub title: At<String>,
    pub url: Option<At<String>>,
    #[serde(default)]
    pub supports: Vec<At<String>>,
}

/// The tests of the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureExamples {
    #[serde(default, rename = "match")]
    pub matches: Vec<MatchExample>,
    #[serde(default)]
    pub no_match: Vec<NoMatchExample>,
    #[serde(default)]
    pub verdicts: Vec<VerdictExample>,
}

/// Input that must make the finding.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchExample {
    pub text: Option<At<String>>,
    #[serde(default)]
    pub steps: Vec<At<String>>,
    #[serde(default)]
    pub samples: Vec<At<String>>,
    #[serde(default)]
    pub subject: BTreeMap<At<String>, At<String>>,
    #[serde(default)]
    pub facts: BTreeMap<At<String>, At<String>>,
}

/// Input that must not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoMatchExample {
    pub text: Option<At<String>>,
    #[serde(default)]
    pub steps: Vec<At<String>>,
    #[serde(default)]
    pub samples: Vec<At<String>>,
    /// The signature that this is.
    pub belongs_to: Option<At<String>>,
}

/// Where evidence must lead.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictExample {
    pub name: At<String>,
    pub text: Option<At<String>>,
    #[serde(default)]
    pub steps: Vec<At<String>>,
    #[serde(default)]
    pub samples: Vec<At<String>>,
    #[serde(default)]
    pub facts: BTreeMap<At<String>, At<String>>,
    /// `established` or `not established`.
    pub case: Option<At<String>>,
    #[serde(default)]
    pub causes: BTreeMap<At<String>, At<String>>,
}
