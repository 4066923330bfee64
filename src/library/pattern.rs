//! A pattern of the library: its outline, and its regular expression once it was needed.

use super::gate::Gate;
use super::loose::{self, Form};
use super::outline::{PatternOutline, Role};
use super::runs::Runs;
use crate::facts::decl::Name;
use regex::bytes::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// Longest pattern in bytes.
pub const MAX_PATTERN: usize = 1024;
/// Largest compiled program in bytes.
const MAX_PROGRAM: usize = 1 << 20;

/// A pattern with its place in the library. Most are never asked, so what is made for them is made when it is needed.
#[derive(Debug)]
pub struct Pattern {
    /// Index of its file among the library's entries.
    pub entry: usize,
    /// Number of the pattern within its file.
    pub ordinal: usize,
    /// What is known of it without compiling it.
    pub outline: &'static PatternOutline,
    made: OnceLock<Box<Made>>,
}

#[derive(Debug)]
struct Made {
    gate: Gate,
    captures: OnceLock<Vec<(usize, Name)>>,
    /// Looser forms, made when damaged text asks for them.
    forms: OnceLock<Box<[OnceLock<Option<Regex>>; Form::COUNT]>>,
}

impl Pattern {
    /// A pattern that was not compiled yet.
    pub fn new(entry: usize, ordinal: usize, outline: &'static PatternOutline) -> Pattern {
        Pattern { entry, ordinal, outline, made: OnceLock::new() }
    }

    /// What it is for.
    pub fn role(&self) -> Role {
        self.outline.role
    }

    fn made(&self) -> &Made {
        self.made.get_or_init(|| {
            let o = self.outline;
            let gate = Gate::new(o.source, o.ignore_case, o.unicode, o.literals, o.runs);
            Box::new(Made { gate, captures: OnceLock::new(), forms: OnceLock::new() })
        })
    }

    /// Whether its classes are those of Unicode.
    pub fn is_unicode(&self) -> bool {
        is_unicode(self.outline.source, self.outline.unicode)
    }

    /// The regular expression; `None` when it does not compile, which was said when the library was loaded.
    pub fn regex(&self) -> Option<&Regex> {
        self.made().gate.regex()
    }

    /// The regular expression if this text may match it.
    pub fn regex_for(&self, text: &[u8]) -> Option<&Regex> {
        self.made().gate.regex_for(text)
    }

    /// Runs of bytes that its matches hold.
    pub fn runs(&self) -> &Runs {
        self.made().gate.runs()
    }

    /// Whether a text matches.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.regex_for(text).is_some_and(|r| r.is_match(text))
    }

    /// Numbers of the groups that capture facts, and their names.
    pub fn captures(&self) -> &[(usize, Name)] {
        let names = || self.regex().into_iter().flat_map(Regex::capture_names).enumerate();
        self.made().captures.get_or_init(|| names().filter_map(|(i, n)| n.map(|n| (i, Name::from(n)))).collect())
    }

    /// A looser form of the regular expression, for damaged text.
    pub fn form(&self, form: Form) -> Option<&Regex> {
        // What does not compile as it stands has no looser forms: they are longer.
        self.regex()?;
        let forms = self.made().forms.get_or_init(|| Box::new(std::array::from_fn(|_| OnceLock::new())));
        forms.get(form.number())?.get_or_init(|| loose::compile(self.outline, form)).as_ref()
    }

    /// Whether a line, already folded to lower case, holds the literals that the pattern needs.
    pub fn may_match_folded(&self, folded: &[u8]) -> bool {
        self.made().gate.may_match_folded(folded)
    }
}

/// A pattern that is not all ASCII needs the classes of Unicode.
fn is_unicode(source: &str, wished: bool) -> bool {
    wished || !source.is_ascii()
}

/// Compiles a pattern within the limits that all patterns have.
pub fn compile(source: &str, ignore_case: bool, unicode: bool) -> Result<Regex, regex::Error> {
    if source.len() > MAX_PATTERN {
        return Err(regex::Error::CompiledTooBig(MAX_PROGRAM));
    }
    RegexBuilder::new(source).case_insensitive(ignore_case).unicode(is_unicode(source, unicode)).size_limit(MAX_PROGRAM).nest_limit(50).build()
}
