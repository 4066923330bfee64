//! A format file: how a log writes time, host, level and component, and what belongs together as one record.

use super::fact::FactsMap;
use super::pattern::PatternFile;
use crate::text::place::At;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A format as its file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatFile {
    pub id: At<String>,
    pub title: At<String>,
    #[serde(default)]
    pub overrides: Option<At<String>>,
    pub line: Option<At<String>>,
    /// Words of the log and the level they mean: error, warning, info, debug.
    #[serde(default)]
    pub levels: BTreeMap<At<String>, At<String>>,
    #[serde(default)]
    pub facts: FactsMap,
    pub record: Option<RecordFile>,
    #[serde(default)]
    pub samples: Vec<SampleFile>,
}

/// What belongs together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordFile {
    /// A name of its own; else the id of the format.
    pub name: Option<At<String>>,
    pub starts: Vec<PatternFile>,
    #[serde(default)]
    pub continues: Vec<PatternFile>,
    #[serde(default)]
    pub ends: Vec<PatternFile>,
    pub max_lines: Option<At<u32>>,
    #[serde(default)]
    pub take: Vec<PatternFile>,
    pub frames: Option<FramesFile>,
}

/// Frames of a backtrace.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FramesFile {
    /// With captures `function`, and where they stand `module`, `address`, `offset`.
    pub pattern: At<String>,
    #[serde(default)]
    pub skip_functions: Vec<At<String>>,
    #[serde(default)]
    pub skip_modules: Vec<At<String>>,
    /// Facts that take the first frame which no list skips: `function`, `module`, `trace`.
    #[serde(default)]
    pub culprit: BTreeMap<At<String>, At<String>>,
}

/// A line or a record of this format.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleFile {
    pub name: Option<At<String>>,
    pub text: At<String>,
    #[serde(default)]
    pub facts: BTreeMap<At<String>, At<String>>,
}
