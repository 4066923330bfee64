//! Compiled knowledge: what the engine works with. Expressions are parsed, names are resolved, patterns are numbered.

use crate::facts::decl::{FactDecl, Name};
use crate::facts::expr::Expr;
use crate::facts::message::Message;
use crate::facts::unit::Unit;
use crate::facts::value::Value;
use crate::facts::version::VersionRange;
use crate::facts::view::Derive;
use crate::model::format::SampleFile;
use crate::model::signature::{FindingVerdict, Prior, Severity, SignatureExamples, Status, Verdict};
use crate::model::step::{Risk, StepExample};
use regex::bytes::Regex;

/// How far two hits may lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Window {
    /// Nanoseconds.
    Time(i64),
    /// Lines of one stream.
    Lines(u64),
}

/// How text makes a finding. Patterns are ordinals within the file.
#[derive(Clone, Debug)]
pub enum TextWay {
    /// Text alone never does.
    Never,
    /// One line is enough.
    Any,
    /// All are needed.
    All { patterns: Vec<usize>, window: Option<Window>, ordered: bool, same: Vec<Name> },
    /// The same several times.
    Count { pattern: usize, at_least: u32, window: Option<Window>, same: Vec<Name> },
    /// Inside one record: one of `any`, and all of `all`.
    Record { name: String, any: Vec<usize>, all: Vec<usize> },
}

/// How evidence makes a finding.
#[derive(Clone, Debug)]
pub struct EvidenceWay {
    pub from: Vec<String>,
    pub when: Vec<Expr>,
    pub say: Option<Message>,
}

/// A consequence.
#[derive(Clone, Debug)]
pub struct Consequence {
    pub signature: String,
    /// Nanoseconds.
    pub within: Option<i64>,
    pub same: Vec<String>,
}

/// A cause.
#[derive(Clone, Debug)]
pub struct Cause {
    pub id: String,
    pub prior: Prior,
    /// Empty when `is` names it.
    pub title: String,
    pub is: Option<String>,
}

/// One thing to look at.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub step: String,
    pub why: Message,
    pub outcomes: Vec<Outcome>,
}

/// What it can show.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub when: Vec<Expr>,
    pub say: Option<Message>,
    pub causes: Vec<(String, Verdict)>,
    pub finding: Option<FindingVerdict>,
}

/// A signature.
#[derive(Debug)]
pub struct Signature {
    pub id: String,
    pub title: String,
    pub severity: Severity,
    pub status: Status,
    pub applies_to: Vec<(String, VersionRange)>,
    pub article: Option<String>,
    /// Keys of its findings.
    pub about: Vec<Name>,
    /// Its findings are about the case and not about one host.
    pub of_case: bool,
    pub refines: Vec<String>,
    pub ends_in: Option<String>,
    pub text: TextWay,
    /// Ordinals of patterns that must not stand there.
    pub none: Vec<usize>,
    /// The window of `none`, around the hit.
    pub none_window: Option<Window>,
    pub evidence_way: Option<EvidenceWay>,
    pub leads_to: Vec<Consequence>,
    pub causes: Vec<Cause>,
    pub evidence: Vec<Evidence>,
    pub references: Vec<(String, Option<String>, Vec<String>)>,
    pub derives: Vec<(Name, Derive)>,
    pub examples: SignatureExamples,
}

/// How output of a step is read.
#[derive(Debug)]
pub enum Parse {
    /// Key, separator, value.
    Keys { separator: String, take: Vec<(String, Name, Option<Unit>)> },
    /// Patterns line by line: ordinals, and a list inside a capture.
    Lines { patterns: Vec<usize>, each: Vec<(usize, String, Regex)> },
    /// Words and the facts they stand for.
    Choices(Vec<(String, Vec<(Name, String)>)>),
    /// A record of a format.
    Record(String),
}

/// Evidence that cannot be true together.
#[derive(Debug)]
pub struct Contradiction {
    pub when: Vec<Expr>,
    pub say: Message,
}

/// A step.
#[derive(Debug)]
pub struct Step {
    pub id: String,
    pub title: String,
    pub risk: Risk,
    pub minutes: u32,
    pub needs: Vec<Name>,
    pub place: Option<String>,
    pub run: Option<Message>,
    pub ask: Option<String>,
    pub found_in: Vec<String>,
    pub looks_like: Vec<usize>,
    pub block: Option<usize>,
    pub parse: Parse,
    /// Facts that its output gives, derived ones too.
    pub gives: Vec<Name>,
    pub lost_on: Vec<(String, Name)>,
    pub derives: Vec<(Name, Derive)>,
    pub contradictions: Vec<Contradiction>,
    pub examples: Vec<StepExample>,
}

/// Level of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Error,
    Warning,
    Info,
    Debug,
}

impl Level {
    /// The level of that name.
    pub fn named(word: &str) -> Option<Level> {
        match word {
            "error" => Some(Level::Error),
            "warning" => Some(Level::Warning),
            "info" => Some(Level::Info),
            "debug" => Some(Level::Debug),
            _ => None,
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        ["error", "warning", "info", "debug"][self as usize]
    }
}

/// A format.
#[derive(Debug)]
pub struct Format {
    pub id: String,
    pub title: String,
    pub levels: Vec<(String, Level)>,
    pub record: Option<RecordFormat>,
    pub samples: Vec<SampleFile>,
}

/// What belongs together.
#[derive(Debug)]
pub struct RecordFormat {
    pub name: String,
    pub starts: Vec<Regex>,
    pub heads: Vec<Regex>,
    pub continues: Vec<Regex>,
    pub ends: Vec<Regex>,
    pub max_lines: usize,
    pub take: Vec<Regex>,
    pub frames: Option<Frames>,
}

/// Frames of a backtrace.
#[derive(Debug)]
pub struct Frames {
    pub pattern: Regex,
    /// Taken off the names of functions.
    pub strip: Option<Regex>,
    /// Lines whose functions are no frames.
    pub not_in: Vec<Regex>,
    /// Functions at the bottom of a whole trace.
    pub bottoms: Vec<Regex>,
    pub skip_functions: Vec<Regex>,
    pub skip_modules: Vec<Regex>,
    /// `function`, `module`, `trace` or `quality`, and the fact that takes it.
    pub culprit: Vec<(String, Name)>,
}

/// A key cell of a table.
#[derive(Clone, Debug)]
pub enum Cell {
    Any,
    Is(Value),
    /// The number, with only the bits of the mask looked at: value and mask.
    Masked(u128, u128),
    /// Comparisons that must all hold.
    Numbers(Vec<(std::cmp::Ordering, bool, Value)>),
    Versions(VersionRange),
}

/// A key or a column: its name, type and unit.
#[derive(Clone, Debug)]
pub struct Column {
    pub decl: FactDecl,
}

impl Column {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.decl.name
    }
}

/// What is done with a capture of a pattern before it is looked up.
#[derive(Clone, Debug)]
pub enum Reading {
    /// Nothing.
    Plain,
    /// Every match in the capture is a code.
    Each(String, Regex),
    /// Every bit that is set in the capture is a code.
    Bits(String),
}

/// A table.
#[derive(Debug)]
pub struct Table {
    pub id: String,
    pub title: String,
    pub source: String,
    pub note: Option<String>,
    pub keys: Vec<Column>,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// For each pattern of `seen_as`, then of `asked_as`.
    pub readings: Vec<Reading>,
    /// Numbers of the columns whose text alone is a code too.
    pub asked_by: Vec<Name>,
    pub derives: Vec<(Name, Derive)>,
    /// The meaning: the first case that holds.
    pub say: Vec<(Vec<Expr>, Message)>,
    pub notes: Vec<(Vec<Expr>, Message)>,
    /// For a number without a row: its key, and columns that must be the same where they are known.
    pub nearest: Option<(usize, Vec<usize>)>,
}

/// A row: its key cells, and the text of its columns where they are known.
#[derive(Debug)]
pub struct Row {
    pub keys: Vec<Cell>,
    pub cells: Vec<Option<&'static str>>,
}
