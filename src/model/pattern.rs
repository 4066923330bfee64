//! Patterns as files write them.

use super::shapes::TextOr;
use crate::text::place::At;
use serde::Deserialize;

/// A pattern: its text, or a map with options.
pub type PatternFile = TextOr<PatternMap>;

/// The long form of a pattern.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternMap {
    /// The regular expression.
    pub pattern: At<String>,
    /// Upper and lower case are one.
    #[serde(default)]
    pub ignore_case: bool,
    /// `\w`, `\d` and case know all scripts; slower.
    #[serde(default)]
    pub unicode: bool,
    /// Nothing else of meaning stands on the line.
    #[serde(default)]
    pub whole_line: bool,
    /// Only in lines of these formats, or streams whose name fits these globs.
    #[serde(default, rename = "in")]
    pub within: Vec<At<String>>,
    /// Reads a list inside a capture (steps and tables).
    #[serde(default)]
    pub each: Option<Each>,
    /// A capture whose set bits are the codes (tables only).
    #[serde(default)]
    pub bits: Option<At<String>>,
}

/// A list inside a line: every match of `pattern` in the text of a capture is one item.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Each {
    /// Name of the capture.
    #[serde(rename = "in")]
    pub capture: At<String>,
    /// What an item looks like.
    pub pattern: At<String>,
}

impl PatternFile {
    /// The regular expression.
    pub fn source(&self) -> &At<String> {
        match self {
            TextOr::Text(t) => t,
            TextOr::Map(m) => &m.pattern,
        }
    }

    /// The options, when there are any.
    pub fn options(&self) -> Option<&PatternMap> {
        match self {
            TextOr::Text(_) => None,
            TextOr::Map(m) => Some(m),
        }
    }
}
