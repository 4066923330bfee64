//! What matching needs of a library file, so that nothing else of it is parsed before something matched: id, patterns
//! with the literals they must contain, declared facts, and names by which files are found from others. `build.rs`
//! makes it for the shipped library and writes it into the program as a static table; for a user's files it is made
//! at start. Both use this code.

use super::clauses::Clauses;
use super::literals::{self, Clause};
use super::rows;
use super::runs::Runs;
use crate::model::article::Article;
use crate::model::fact::{FactsFile, FactsMap};
use crate::model::format::FormatFile;
use crate::model::pattern::PatternFile;
use crate::model::shapes::{DeriveFile, TextOr};
use crate::model::signature::{SignatureFile, Status};
use crate::model::step::StepFile;
use crate::model::table::TableFile;
use crate::model::yaml;
use crate::problem::Problem;
use crate::text::place::{At, Place};
use std::collections::BTreeMap;

/// Kinds of library files. The order is that in which `show` looks for an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Article,
    Signature,
    Step,
    Format,
    Table,
    Facts,
}

impl Kind {
    /// Its word.
    pub fn word(self) -> &'static str {
        ["article", "signature", "step", "format", "table", "facts"][self as usize]
    }

    /// The kind of a file by its path below the library's root; `None`: no file of a library.
    pub fn of_path(path: &str) -> Option<Kind> {
        let mut parts = path.split('/');
        match (parts.next()?, parts.next()?, path.rsplit_once('.')?.1) {
            ("kb", _, "md") => Some(Kind::Article),
            ("signatures", "steps", "yaml" | "yml") => Some(Kind::Step),
            ("signatures", "formats", "yaml" | "yml") => Some(Kind::Format),
            ("signatures", "tables", "yaml" | "yml") => Some(Kind::Table),
            ("signatures", "facts", "yaml" | "yml") => Some(Kind::Facts),
            ("signatures", _, "yaml" | "yml") => Some(Kind::Signature),
            _ => None,
        }
    }
}

/// What a pattern is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Enough to open a finding.
    Any,
    /// One of several that are needed.
    All,
    /// Counted.
    Count,
    /// Looked for inside a record (`any`).
    RecordAny,
    /// Looked for inside a record (`all`).
    RecordAll,
    /// Must not stand there.
    None,
    /// Adds facts.
    Also,
    /// Recognises output of a step.
    LooksLike,
    /// Reads a line of output.
    StepLine,
    /// Begins a block of output.
    StepBlock,
    /// Begins a record.
    RecordStart,
    /// A code of a table in a line.
    SeenAs,
    /// A code of a table as a person types it.
    AskedAs,
}

/// A pattern, ready to be compiled when its literals are seen.
#[derive(Clone, Copy, Debug)]
pub struct PatternOutline {
    pub role: Role,
    pub source: &'static str,
    pub ignore_case: bool,
    pub unicode: bool,
    pub whole_line: bool,
    /// Formats or streams it is limited to.
    pub within: &'static [&'static str],
    /// Clauses that must all be met: one of the literals of each, in lower case.
    pub literals: Clauses,
    /// Runs of bytes, where there is no literal.
    pub runs: Option<&'static Runs>,
}

/// A declared fact.
#[derive(Clone, Copy, Debug)]
pub struct FactOutline {
    pub name: &'static str,
    pub kind: &'static str,
    pub unit: &'static str,
    pub about: &'static [&'static str],
    pub say: &'static str,
    /// Pattern and replacement.
    pub rewrite: Option<(&'static str, &'static str)>,
    pub ignore_case: bool,
    pub product: &'static str,
    pub line: u32,
}

/// The outline of one file.
#[derive(Clone, Copy, Debug)]
pub struct Outline {
    pub kind: Kind,
    pub id: &'static str,
    pub title: &'static str,
    /// Path below the library's root, or as the user gave it.
    pub file: &'static str,
    pub text: &'static str,
    pub overrides: bool,
    pub patterns: &'static [PatternOutline],
    pub facts: &'static [FactOutline],
    /// Signature: steps whose evidence can open it. Step: record that it reads.
    pub from: &'static [&'static str],
    /// Facts that the file derives.
    pub derives: &'static [&'static str],
    /// Step: facts that its output gives.
    pub gives: &'static [&'static str],
    /// Signature: record that it looks into. Format: name of its record.
    pub record: &'static str,
    /// Names of files: of a step those that hold its output, of a format the members that tell a bundle.
    pub found_in: &'static [&'static str],
    /// Step: event and fact that it destroys.
    pub lost_on: &'static [(&'static str, &'static str)],
    /// Signature: article.
    pub article: &'static str,
    /// Format: the pattern of its lines, and the literals they must contain.
    pub line: &'static str,
    pub line_literals: Clauses,
    /// Format: runs of bytes that its lines hold.
    pub line_runs: Option<&'static Runs>,
    /// Table: its rows, one in a line, cells in the order of keys and columns with tabs between them. A table of many
    /// rows is used without its YAML being parsed again.
    pub rows: &'static str,
    /// Table: where its rows begin in the text; what stands before is a document of its own.
    pub rows_at: usize,
}

impl Outline {
    /// Whether output of the step can be told from other text.
    pub fn is_recognised(&self) -> bool {
        !self.found_in.is_empty() || self.patterns.iter().any(|p| p.role == Role::LooksLike)
    }
}

/// A pattern of a file in the order in which all code numbers them.
pub struct Numbered<'a> {
    pub role: Role,
    pub source: &'a At<String>,
    pub file: Option<&'a PatternFile>,
    pub ignore_case: bool,
}

fn plain<'a>(role: Role, all: &'a [PatternFile]) -> impl Iterator<Item = Numbered<'a>> {
    all.iter().map(move |p| Numbered { role, source: p.source(), file: Some(p), ignore_case: p.options().is_some_and(|o| o.ignore_case) })
}

/// Patterns of a signature, numbered.
pub fn of_signature(s: &SignatureFile) -> Vec<Numbered<'_>> {
    let in_record = s.matching.record.is_some();
    let (any, all) = if in_record { (Role::RecordAny, Role::RecordAll) } else { (Role::Any, Role::All) };
    let m = &s.matching;
    let count = m.count.iter().map(|c| Numbered { role: Role::Count, source: &c.pattern, file: None, ignore_case: c.ignore_case });
    plain(any, &m.any).chain(plain(all, &m.all)).chain(count).chain(plain(Role::None, &m.none)).chain(plain(Role::Also, &s.also)).collect()
}

/// Patterns of a step, numbered.
pub fn of_step(s: &StepFile) -> Vec<Numbered<'_>> {
    let block = s.parse.block.iter().map(|b| Numbered { role: Role::StepBlock, source: &b.starts, file: None, ignore_case: false });
    plain(Role::LooksLike, &s.looks_like).chain(block).chain(plain(Role::StepLine, &s.parse.lines)).collect()
}

/// Patterns of a format, numbered.
pub fn of_format(f: &FormatFile) -> Vec<Numbered<'_>> {
    f.record.iter().flat_map(|r| plain(Role::RecordStart, &r.starts)).collect()
}

/// Patterns of a table, numbered.
pub fn of_table(t: &TableFile) -> Vec<Numbered<'_>> {
    plain(Role::SeenAs, &t.seen_as).chain(plain(Role::AskedAs, &t.asked_as)).collect()
}

/// An outline with owned parts.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub kind: Option<Kind>,
    pub id: String,
    pub title: String,
    pub file: String,
    pub text: String,
    pub overrides: bool,
    pub patterns: Vec<PatternDraft>,
    pub facts: Vec<FactDraft>,
    pub from: Vec<String>,
    pub derives: Vec<String>,
    pub gives: Vec<String>,
    pub record: String,
    pub found_in: Vec<String>,
    pub lost_on: Vec<(String, String)>,
    pub article: String,
    pub line: String,
    pub rows: String,
    pub rows_at: usize,
    pub line_literals: Vec<Clause>,
    pub line_runs: Option<Runs>,
}

/// A pattern with owned parts.
#[derive(Clone, Debug)]
pub struct PatternDraft {
    pub role: Role,
    pub source: String,
    pub ignore_case: bool,
    pub unicode: bool,
    pub whole_line: bool,
    pub within: Vec<String>,
    pub literals: Vec<Clause>,
    pub runs: Option<Runs>,
}

/// A declaration with owned parts.
#[derive(Clone, Debug)]
pub struct FactDraft {
    pub name: String,
    pub kind: String,
    pub unit: String,
    pub about: Vec<String>,
    pub say: String,
    pub rewrite: Option<(String, String)>,
    pub ignore_case: bool,
    pub product: String,
    pub line: u32,
}

/// Reads a file and outlines it. `path` is below the library's root and tells the kind. A file that is no library file
/// gives `Ok(None)`.
pub fn outline(path: &str, file: &str, text: &str) -> Result<Option<Draft>, Vec<Problem>> {
    let Some(kind) = Kind::of_path(path) else { return Ok(None) };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let one = |p: Problem| vec![p];
    let mut d = Draft { kind: Some(kind), file: file.to_string(), text: text.to_string(), ..Draft::default() };
    match kind {
        Kind::Article => {
            let (article, problems) = Article::read(file, text);
            let Some(article) = article else { return Err(problems) };
            d.head(&article.front.id, &article.front.title, &article.front.overrides);
        }
        Kind::Signature => {
            let s: SignatureFile = yaml::read(file, text).map_err(one)?;
            d.head(&s.id, &s.title, &s.overrides);
            if s.status.value != Status::Retired {
                d.patterns(of_signature(&s));
            }
            d.facts(&s.facts, &s.about);
            d.from = s.matching.from.0.iter().map(|f| f.value.clone()).collect();
            d.derives(&s.derive);
            d.record = s.matching.record.as_ref().map(|r| r.value.clone()).unwrap_or_default();
            d.article = s.article.as_ref().map(|a| a.value.clone()).unwrap_or_default();
        }
        Kind::Step => {
            let s: StepFile = yaml::read(file, text).map_err(one)?;
            d.head(&s.id, &s.title, &s.overrides);
            d.patterns(of_step(&s));
            d.facts(&s.facts, &[]);
            d.derives(&s.derive);
            d.from = s.parse.record.iter().map(|r| r.value.clone()).collect();
            d.gives = gives(&s);
            d.found_in = s.found_in.iter().map(|g| g.value.clone()).collect();
            d.lost_on = s.lost_on.iter().flat_map(|(event, facts)| facts.iter().map(|f| (event.value.clone(), f.value.clone()))).collect();
        }
        Kind::Format => {
            let f: FormatFile = yaml::read(file, text).map_err(one)?;
            d.head(&f.id, &f.title, &f.overrides);
            d.patterns(of_format(&f));
            d.facts(&f.facts, &[]);
            d.line = f.line.as_ref().map(|l| l.value.clone()).unwrap_or_default();
            d.line_literals = literals::required(&d.line, false, false);
            d.line_runs = Runs::of(&d.line, false, false);
            d.found_in = f.bundle.iter().map(|g| g.value.clone()).collect();
            d.record = f.record.as_ref().map(|r| r.name.as_ref().unwrap_or(&f.id).value.clone()).unwrap_or_default();
        }
        Kind::Table => {
            let t: TableFile = yaml::read(file, text).map_err(one)?;
            d.head(&t.id, &t.title, &t.overrides);
            d.patterns(of_table(&t));
            d.rows = rows::flat(&t);
            d.rows_at = rows::begin(&t, text);
        }
        Kind::Facts => {
            let f: FactsFile = yaml::read(file, text).map_err(one)?;
            let stem = path.rsplit('/').next().unwrap_or(path).split('.').next().unwrap_or("").to_string();
            d.id = stem.clone();
            d.title = format!("facts of {stem}");
            d.facts(&f.facts, &[]);
        }
    }
    Ok(Some(d))
}

/// Facts that the output of a step gives, in the order of the file.
fn gives(s: &StepFile) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut give = |name: &str| {
        if name.contains('.') && !out.iter().any(|o| o == name) {
            out.push(name.to_string());
        }
    };
    for target in s.parse.keys.iter().flat_map(|k| k.take.values()) {
        match target {
            TextOr::Text(t) => give(t),
            TextOr::Map(m) => give(&m.fact),
        }
    }
    for p in &s.parse.lines {
        captures(p.source(), &mut give);
        if let Some(each) = p.options().and_then(|o| o.each.as_ref()) {
            captures(&each.pattern, &mut give);
        }
    }
    s.parse.block.iter().for_each(|b| captures(&b.starts, &mut give));
    s.parse.choices.iter().flat_map(|c| c.values()).flat_map(|f| f.keys()).for_each(|n| give(n));
    s.derive.keys().for_each(|n| give(n));
    out
}

/// Names of the captures of a pattern, read from its text.
pub fn captures(pattern: &str, give: &mut impl FnMut(&str)) {
    for piece in pattern.split("(?").skip(1) {
        let piece = piece.strip_prefix('P').unwrap_or(piece);
        if let Some(name) = piece.strip_prefix('<').and_then(|r| r.split_once('>')).map(|(n, _)| n)
            && !name.starts_with(['=', '!'])
        {
            give(name);
        }
    }
}

impl Draft {
    fn head(&mut self, id: &At<String>, title: &At<String>, overrides: &Option<At<String>>) {
        self.id = id.value.clone();
        self.title = title.value.clone();
        self.overrides = overrides.is_some();
    }

    fn patterns(&mut self, all: Vec<Numbered<'_>>) {
        for n in all {
            let options = n.file.and_then(|f| f.options());
            let unicode = options.is_some_and(|o| o.unicode);
            let literals = literals::required(&n.source.value, n.ignore_case, unicode);
            let runs = if literals.is_empty() { Runs::of(&n.source.value, n.ignore_case, unicode) } else { None };
            self.patterns.push(PatternDraft {
                role: n.role,
                literals,
                runs,
                source: n.source.value.clone(),
                ignore_case: n.ignore_case,
                unicode,
                whole_line: options.is_some_and(|o| o.whole_line),
                within: options.map(|o| o.within.iter().map(|w| w.value.clone()).collect()).unwrap_or_default(),
            });
        }
    }

    fn facts(&mut self, facts: &FactsMap, about: &[At<String>]) {
        for (name, f) in facts {
            let text = |o: &Option<At<String>>| o.as_ref().map(|v| v.value.clone()).unwrap_or_default();
            // A fact is about what it declares, else what its file declares; a key is not about itself.
            let about: Vec<String> = match &f.about {
                Some(about) => about.iter().map(|a| a.value.clone()).collect(),
                None if about.iter().any(|a| a.value == name.value) => Vec::new(),
                None => about.iter().map(|a| a.value.clone()).collect(),
            };
            self.facts.push(FactDraft {
                name: name.value.clone(),
                kind: f.kind.value.clone(),
                unit: text(&f.unit),
                about,
                say: f.say.clone(),
                rewrite: f.rewrite.as_ref().map(|r| (r.pattern.value.clone(), r.to.clone())),
                ignore_case: f.ignore_case,
                product: text(&f.product),
                line: name.place.line,
            });
        }
    }

    fn derives(&mut self, derive: &BTreeMap<At<String>, DeriveFile>) {
        self.derives = derive.keys().map(|k| k.value.clone()).collect();
    }
}

/// The place of a file's first line, for problems about the whole file.
pub fn first_line() -> Place {
    Place { line: 1, col: 1, ..Place::default() }
}
