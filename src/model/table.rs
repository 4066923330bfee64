//! A table file: codes and their meanings.

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
    pub columns: BTreeMap<At<String>, ColumnFile>,
    /// Patterns with the names of keys as captures; where one matches in a line, the line is decoded.
    #[serde(default)]
    pub seen_as: Vec<super::pattern::PatternFile>,
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
