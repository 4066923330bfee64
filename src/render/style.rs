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
            for word in paragraph.split_whitespace() {
                let width = unicode_width::UnicodeWidthStr::width(word);
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
