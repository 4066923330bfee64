//! Colours, or none.

use crate::model::signature::Severity;
use crate::model::step::Risk;
use anstyle::{AnsiColor, Style};
use std::fmt::Display;

/// How text is drawn: with colours or without, and how wide.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    pub color: bool,
    pub width: usize,
}

impl Paint {
    /// No colours, for pipes and tests.
    pub fn plain(width: usize) -> Paint {
        Paint { color: false, width }
    }

    fn with(self, style: Style, text: impl Display) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    /// A heading or a name.
    pub fn bold(self, text: impl Display) -> String {
        self.with(Style::new().bold(), text)
    }

    /// What is beside the point.
    pub fn dim(self, text: impl Display) -> String {
        self.with(Style::new().dimmed(), text)
    }

    /// A command to type.
    pub fn command(self, text: impl Display) -> String {
        self.with(AnsiColor::Cyan.on_default(), text)
    }

    /// A severity in its colour.
    pub fn severity(self, s: Severity) -> String {
        let style = match s {
            Severity::Critical => AnsiColor::Red.on_default().bold(),
            Severity::High => AnsiColor::Red.on_default(),
            Severity::Medium => AnsiColor::Yellow.on_default(),
            Severity::Low => AnsiColor::Blue.on_default(),
            Severity::Info => AnsiColor::Green.on_default(),
        };
        self.with(style, s.word())
    }

    /// A risk in its colour.
    pub fn risk(self, r: Risk) -> String {
        let style = match r {
            Risk::ReadOnly => AnsiColor::Green.on_default(),
            Risk::Load | Risk::ChangesState => AnsiColor::Yellow.on_default(),
            Risk::Reboot | Risk::Outage => AnsiColor::Red.on_default(),
        };
        self.with(style, r.word())
    }

    /// Wraps text to the width, with an indent before every line but the first.
    pub fn wrap(self, text: &str, first: usize, indent: usize) -> String {
        let mut out = String::new();
        let mut column = first;
        for (i, paragraph) in text.split('\n').enumerate() {
            if i > 0 {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                column = indent;
            }
            let mut begun = false;
            for word in words(paragraph) {
                let width = visible(word);
                if begun && column + 1 + width > self.width {
                    out.push('\n');
                    out.push_str(&" ".repeat(indent));
                    column = indent;
                } else if begun {
                    out.push(' ');
                    column += 1;
                }
                out.push_str(word);
                column += width;
                begun = true;
            }
        }
        out
    }
}

/// Words of a paragraph. What stands between backticks is one word, so that a command can be copied as it stands.
fn words(paragraph: &str) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    let mut start = None;
    let mut in_code = false;
    for (i, c) in paragraph.char_indices() {
        match c {
            // A backtick without its partner closes nothing.
            '`' if in_code || paragraph[i + 1..].contains('`') => {
                in_code = !in_code;
                start = start.or(Some(i));
            }
            c if c.is_whitespace() && !in_code => {
                if let Some(s) = start.take() {
                    out.push(&paragraph[s..i]);
                }
            }
            _ => start = start.or(Some(i)),
        }
    }
    out.extend(start.map(|s| &paragraph[s..]));
    out
}

/// Columns that a word takes; the marks of its colours take none.
fn visible(word: &str) -> usize {
    let mut width = 0;
    let mut rest = word;
    while let Some(at) = rest.find('\u{1b}') {
        width += unicode_width::UnicodeWidthStr::width(&rest[..at]);
        rest = rest[at..].find('m').map_or("", |end| &rest[at + end + 1..]);
    }
    width + unicode_width::UnicodeWidthStr::width(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_not_broken() {
        let paint = Paint { color: false, width: 12 };
        assert_eq!(paint.wrap("run `a b c d e f` now, don`t wait", 0, 2), "run\n  `a b c d e f`\n  now, don`t\n  wait");
    }

    #[test]
    fn colours_take_no_room() {
        let words = "one two three four";
        let plain = Paint { color: false, width: 9 }.wrap(words, 0, 0);
        let paint = Paint { color: true, width: 9 };
        let bold = paint.wrap(&words.split(' ').map(|w| paint.bold(w)).collect::<Vec<_>>().join(" "), 0, 0);
        assert_eq!(plain, "one two\nthree\nfour");
        assert_eq!(bold.matches('\n').count(), 2);
    }
}
