//! A table file: codes and their meanings, and how a code that is made of parts is taken apart.

use super::pattern::PatternFile;
use super::shapes::{DeriveFile, SayCase, SayFile};
use crate::text::place::At;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A table as its file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableFile {
    pub id: At<String>,
    pub title: At<String>,
    #[serde(default)]
    pub overrides: Option<At<String>>,
    pub source: At<String>,
    pub note: Option<At<String>>,
    pub keys: BTreeMap<At<String>, ColumnFile>,
    #[serde(default)]
    pub columns: BTreeMap<At<String>, ColumnFile>,
    /// Where one of these matches in a line, the line is decoded. Captures are keys, columns (the row is looked for by
    /// them), or names of their own, which are shown beside the meaning.
    #[serde(default)]
    pub seen_as: Vec<PatternFile>,
    /// The same for what a person types: each match stands between blanks.
    #[serde(default)]
    pub asked_as: Vec<PatternFile>,
    /// Columns whose text alone may be typed too: a name instead of its number.
    #[serde(default)]
    pub asked_by: Vec<At<String>>,
    /// More columns, reckoned from keys, columns, captures and those above: what a code is made of.
    #[serde(default)]
    pub derive: BTreeMap<At<String>, DeriveFile>,
    /// The meaning, when no column of that name holds it; a list of cases, of which the first that holds is said.
    pub say: Option<SayFile>,
    /// What is to be said of a code when a condition holds.
    #[serde(default)]
    pub notes: Vec<SayCase>,
    /// What is shown for a number that has no row.
    pub nearest: Option<NearestFile>,
    #[serde(default)]
    pub rows: Vec<BTreeMap<At<String>, At<String>>>,
}

/// Type of a key or a column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnFile {
    #[serde(rename = "type")]
    pub kind: At<String>,
    pub unit: Option<At<String>>,
}

/// The row with the largest number below one that has no row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NearestFile {
    /// The key that holds the number.
    pub below: At<String>,
    /// Columns that must be the same where the line names them.
    #[serde(default)]
    pub same: Vec<At<String>>,
}
