//! One thing that is wrong in a file: where, what, and what to do about it. Errors of a library are a product of
//! their own, so they are values that are collected (all of a file at once) and drawn in one place.

use crate::text::place::Place;
use crate::text::untrusted::Untrusted;
use std::fmt;

/// A located defect of a library file, or of a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Path as the user gave it, or as it stands in the shipped library.
    pub file: String,
    /// Where in the file; line 0 when the whole file is meant.
    pub place: Place,
    /// Stable short name of the kind of mistake, e.g. `unknown-fact`.
    pub code: &'static str,
    /// One sentence that names the offender in backticks.
    pub say: String,
    /// What to do; empty when the sentence says it all.
    pub hint: String,
    /// The line of the file that is meant, for the excerpt; empty when not known.
    pub excerpt: String,
}

impl Problem {
    /// A problem at a place of a file.
    pub fn new(file: &str, place: Place, code: &'static str, say: impl Into<String>) -> Self {
        Problem { file: file.to_string(), place, code, say: say.into(), hint: String::new(), excerpt: String::new() }
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Takes the excerpt from the text of the file.
    pub fn excerpt_from(mut self, text: &str) -> Self {
        if self.excerpt.is_empty() && self.place.line > 0 {
            self.excerpt = text.lines().nth(self.place.line as usize - 1).unwrap_or("").to_string();
        }
        self
    }
}

impl fmt::Display for Problem {
    /// `file:line:col: sentence [code]`, the excerpt with a caret, the hint. Never prints a control character.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Untrusted(&self.file))?;
        if self.place.line > 0 {
            write!(f, ":{}:{}", self.place.line, self.place.col)?;
        }
        write!(f, ": {} [{}]", Untrusted(&self.say), self.code)?;
        if !self.excerpt.is_empty() {
            let (line, caret) = window(&self.excerpt, self.place.col as usize);
            write!(f, "\n  {:>5} | {}\n        | {}^", self.place.line, Untrusted(&line), " ".repeat(caret))?;
        }
        if !self.hint.is_empty() {
            write!(f, "\n        = {}", Untrusted(&self.hint))?;
        }
        Ok(())
    }
}

/// The part of a long line around the column, and where the caret stands under it.
fn window(line: &str, col: usize) -> (String, usize) {
    const WIDTH: usize = 100;
    let chars: Vec<char> = line.chars().collect();
    let at = col.saturating_sub(1).min(chars.len());
    let from = (at + 20).saturating_sub(WIDTH);
    let to = (from + WIDTH).min(chars.len());
    let mut text: String = chars[from..to].iter().map(|c| if *c == '\t' { ' ' } else { *c }).collect();
    let mut caret = at - from;
    if from > 0 {
        text.insert_str(0, "...");
        caret += 3;
    }
    if to < chars.len() {
        text.push_str("...");
    }
    (text, caret)
}

/// The nearest of some names, when one is near enough to be what was meant.
pub fn did_you_mean<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let best = names.into_iter().map(|name| (strsim::damerau_levenshtein(wrong, name), name)).filter(|(distance, name)| *distance <= 1 + name.len() / 5).min();
    match best {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None => String::new(),
    }
}
