//! Declarations of facts as files write them.

use crate::text::place::At;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Declarations by name.
pub type FactsMap = BTreeMap<At<String>, FactFile>;

/// A file that holds nothing but declarations.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactsFile {
    /// The declarations.
    pub facts: FactsMap,
}

/// One declaration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactFile {
    /// Name of its type.
    #[serde(rename = "type")]
    pub kind: At<String>,
    /// Unit of bare numbers.
    pub unit: Option<At<String>>,
    /// What it is about: facts, or `host`, or `case`.
    pub about: Option<Vec<At<String>>>,
    /// What it is, for people.
    #[serde(default)]
    pub say: String,
    /// Cleans a spelling.
    pub rewrite: Option<Rewrite>,
    /// Case does not matter.
    #[serde(default)]
    pub ignore_case: bool,
    /// The product whose version it is.
    pub product: Option<At<String>>,
}

/// A spelling and what it becomes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rewrite {
    /// What is looked for.
    pub pattern: At<String>,
    /// What takes its place; `$1` is the first group.
    #[serde(rename = "as")]
    pub to: String,
}
