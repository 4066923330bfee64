//! A step file: one thing to look at, and how what it shows is read into facts.

use super::fact::FactsMap;
use super::pattern::PatternFile;
use super::shapes::{DeriveFile, OneOrMany, TextOr};
use crate::text::place::At;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a step or an action does to the machine. The order is that of danger.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    ReadOnly,
    Load,
    ChangesState,
    Reboot,
    Outage,
}

/// Words of risk, as files write them.
pub const RISKS: &[(&str, Risk)] =
    &[("read-only", Risk::ReadOnly), ("load", Risk::Load), ("changes-state", Risk::ChangesState), ("reboot", Risk::Reboot), ("outage", Risk::Outage)];

impl Risk {
    /// Its word.
    pub fn word(self) -> &'static str {
        RISKS[self as usize].0
    }
}

/// A step as its file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepFile {
    pub id: At<String>,
    pub title: At<String>,
    #[serde(default)]
    pub overrides: Option<At<String>>,
    pub risk: At<Risk>,
    pub minutes: At<u32>,
    #[serde(default)]
    pub needs: Vec<At<String>>,
    #[serde(rename = "where")]
    pub place: Option<At<String>>,
    pub run: Option<At<String>>,
    pub ask: Option<At<String>>,
    #[serde(default)]
    pub found_in: Vec<At<String>>,
    #[serde(default)]
    pub looks_like: Vec<PatternFile>,
    #[serde(default)]
    pub facts: FactsMap,
    pub parse: ParseFile,
    #[serde(default)]
    pub lost_on: BTreeMap<At<String>, Vec<At<String>>>,
    #[serde(default)]
    pub derive: BTreeMap<At<String>, DeriveFile>,
    #[serde(default)]
    pub contradictions: Vec<ContradictionFile>,
    #[serde(default)]
    pub examples: Vec<StepExample>,
}

/// How output is read: exactly one of keys, lines, choices, record.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParseFile {
    pub block: Option<BlockFile>,
    pub keys: Option<KeysFile>,
    #[serde(default)]
    pub lines: Vec<PatternFile>,
    pub choices: Option<BTreeMap<At<String>, BTreeMap<At<String>, At<String>>>>,
    pub record: Option<At<String>>,
}

/// Where a new block begins; its captures hold for the block.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockFile {
    pub starts: At<String>,
}

/// Lines of key and value.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysFile {
    pub separator: At<String>,
    pub take: BTreeMap<At<String>, TextOr<KeyTarget>>,
}

/// The fact of a printed key, in a unit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyTarget {
    pub fact: At<String>,
    pub unit: Option<At<String>>,
}

/// Evidence that cannot be true together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContradictionFile {
    pub when: OneOrMany,
    pub say: At<String>,
}

/// Input and the facts it must give.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepExample {
    pub name: At<String>,
    pub text: Option<At<String>>,
    #[serde(default)]
    pub samples: Vec<At<String>>,
    #[serde(default)]
    pub facts: Vec<BTreeMap<At<String>, At<String>>>,
    pub contradictions: Option<At<u32>>,
    /// Whether `looks_like` must recognise it; yes unless said.
    pub claimed: Option<bool>,
}
