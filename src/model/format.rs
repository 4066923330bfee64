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
    /// Names of members by which a support bundle is told: at least half of them must be there.
    #[serde(default)]
    pub bundle: Vec<At<String>>,
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
    /// Lines that only a whole record has at its head; without any of them the head is missing.
    #[serde(default)]
    pub heads: Vec<PatternFile>,
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
    /// With captures `function`, and where they stand `module` (or `module_before`), `guess` (a frame that may be no
    /// frame), `lost` (a frame whose name is not there).
    pub pattern: At<String>,
    /// What a compiler or a log adds to a function's name; it is taken off.
    pub strip: Option<At<String>>,
    /// Lines whose functions are no frames.
    #[serde(default)]
    pub not_in: Vec<At<String>>,
    /// The last frames of a whole trace; what follows is another trace.
    #[serde(default)]
    pub bottoms: Vec<At<String>>,
    #[serde(default)]
    pub skip_functions: Vec<At<String>>,
    #[serde(default)]
    pub skip_modules: Vec<At<String>>,
    /// Facts that take the first frame which no list skips (`function`, `module`), the fingerprint (`trace`), and how
    /// much of the trace is there (`quality`).
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
