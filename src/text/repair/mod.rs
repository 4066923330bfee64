//! Damaged text: what mail programs, wikis, terminals, OCR and loggers leave on a line, taken off again. Pure functions
//! from text to text, each with a name, ordered and bounded. Nothing here decides that a repair is right: a caller
//! tries a repaired text only where the clean one matched nothing, keeps it only when it then matches, and shows and
//! cites the original. No list of products stands here, only shapes.

mod letters;
mod lines;
mod loggers;
mod marks;
mod markup;
pub mod shapes;

pub use lines::{Glue, Piece, joined, split, windows};
pub use marks::{Cut, cut, has_mask, one_case};

use std::borrow::Cow;
use std::fmt;

/// Longest line that is repaired; longer ones are no pastes.
pub const LONGEST: usize = 16 << 10;

/// A repair. The order is that in which repairs of one line are made; those behind `Flattened` need more than one
/// line or a looser form of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    Terminal,
    QuotedPrintable,
    Tags,
    Entities,
    Json,
    Quotes,
    Ellipsis,
    TimesSign,
    BbCode,
    Markdown,
    LeadingMarks,
    Prefix,
    HexLetters,
    Flattened,
    RunTogether,
    Wrapped,
    Broken,
    Interleaved,
    LowerCase,
    Masked,
    CutEnds,
}

/// All of them, in order.
pub const ALL: [Repair; 21] = [
    Repair::Terminal,
    Repair::QuotedPrintable,
    Repair::Tags,
    Repair::Entities,
    Repair::Json,
    Repair::Quotes,
    Repair::Ellipsis,
    Repair::TimesSign,
    Repair::BbCode,
    Repair::Markdown,
    Repair::LeadingMarks,
    Repair::Prefix,
    Repair::HexLetters,
    Repair::Flattened,
    Repair::RunTogether,
    Repair::Wrapped,
    Repair::Broken,
    Repair::Interleaved,
    Repair::LowerCase,
    Repair::Masked,
    Repair::CutEnds,
];

impl Repair {
    /// Its name in an answer.
    pub fn name(self) -> &'static str {
        match self {
            Repair::Terminal => "terminal escapes",
            Repair::QuotedPrintable => "quoted-printable",
            Repair::Tags => "HTML tags",
            Repair::Entities => "HTML entities",
            Repair::Json => "logger's JSON",
            Repair::Quotes => "typographic quotes and dashes",
            Repair::Ellipsis => "ellipsis",
            Repair::TimesSign => "multiplication sign",
            Repair::BbCode => "BBCode",
            Repair::Markdown => "Markdown",
            Repair::LeadingMarks => "leading marks",
            Repair::Prefix => "foreign prefix",
            Repair::HexLetters => "letters for digits",
            Repair::Flattened => "flattened record",
            Repair::RunTogether => "lines run together",
            Repair::Wrapped => "wrapped lines",
            Repair::Broken => "broken message",
            Repair::Interleaved => "interleaved consoles",
            Repair::LowerCase => "changed case",
            Repair::Masked => "masked values",
            Repair::CutEnds => "cut ends",
        }
    }
}

/// A set of repairs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Repairs(u32);

impl Repairs {
    /// None.
    pub const NONE: Repairs = Repairs(0);

    /// What cannot harm a line that is not damaged in that way.
    pub fn gentle() -> Repairs {
        use Repair::*;
        [Terminal, QuotedPrintable, Entities, Quotes, Ellipsis, TimesSign].into_iter().collect()
    }

    /// All that work on one line.
    pub fn of_lines() -> Repairs {
        ALL.into_iter().filter(|r| *r < Repair::Flattened).collect()
    }

    /// With one more.
    #[must_use]
    pub fn with(self, r: Repair) -> Repairs {
        Repairs(self.0 | 1 << r as u32)
    }

    /// Without one.
    #[must_use]
    pub fn without(self, r: Repair) -> Repairs {
        Repairs(self.0 & !(1 << r as u32))
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Repairs) -> Repairs {
        Repairs(self.0 | other.0)
    }

    /// Whether it holds that one.
    pub fn has(self, r: Repair) -> bool {
        self.0 >> r as u32 & 1 == 1
    }

    /// Whether it holds none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In order.
    pub fn iter(self) -> impl Iterator<Item = Repair> {
        ALL.into_iter().filter(move |r| self.has(*r))
    }
}

impl FromIterator<Repair> for Repairs {
    fn from_iter<I: IntoIterator<Item = Repair>>(all: I) -> Self {
        all.into_iter().fold(Repairs::NONE, Repairs::with)
    }
}

impl fmt::Debug for Repairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Repair::name)).finish()
    }
}

/// How what has no single meaning is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// A long dash was two hyphens, a single opening quote a backtick.
    pub second: bool,
}

/// A line without its damage and what was done to it; it may have become several lines. Bounded: every repair is made
/// at most twice, since one may uncover another.
pub fn clean<'a>(line: &'a str, allowed: Repairs, reading: Reading) -> (Cow<'a, str>, Repairs) {
    let mut text = Cow::Borrowed(line);
    let mut done = Repairs::NONE;
    if line.len() > LONGEST {
        return (text, done);
    }
    for _ in 0..2 {
        let before = done;
        for repair in allowed.iter() {
            if let Some(better) = once(repair, &text, reading)
                && *better != *text
            {
                text = Cow::Owned(better);
                done = done.with(repair);
            }
        }
        if done == before {
            break;
        }
    }
    (text, done)
}

fn once(repair: Repair, text: &str, reading: Reading) -> Option<String> {
    match repair {
        Repair::Terminal => loggers::terminal(text),
        Repair::QuotedPrintable => loggers::quoted_printable(text),
        Repair::Tags => markup::tags(text),
        Repair::Entities => markup::entities(text),
        Repair::Json => loggers::json(text),
        Repair::Quotes => letters::quotes(text, reading),
        Repair::Ellipsis => letters::ellipsis(text),
        Repair::TimesSign => letters::times(text),
        Repair::BbCode => markup::bbcode(text),
        Repair::Markdown => markup::markdown(text),
        Repair::LeadingMarks => markup::leading(text),
        Repair::Prefix => loggers::prefix(text),
        Repair::HexLetters => letters::hex(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(line: &str) -> String {
        clean(line, Repairs::of_lines(), Reading::default()).0.into_owned()
    }

    #[test]
    fn every_kind_of_damage_to_a_line_goes_and_is_named() {
        for (damaged, clean_text, name) in [
            ("failed to open \u{2018}a\u{2019}: \u{201c}b\u{201d} \u{2013} c", "failed to open 'a': \"b\" - c", "typographic quotes and dashes"),
            ("Starting system\u{2026}", "Starting system...", "ellipsis"),
            ("H:0\u{d7}7 D:0\u{d7}2", "H:0x7 D:0x2", "multiplication sign"),
            ("[&lt;f883b299&#62;] a&amp;b", "[<f883b299>] a&b", "HTML entities"),
            ("<p><b>Oops</b>: <code>x</code>", "Oops: x", "HTML tags"),
            ("**H:0x7** is `bad` and\\_so", "H:0x7 is bad and_so", "Markdown"),
            ("world [I]4711[/I] died [b]now[/b]", "world 4711 died now", "BBCode"),
            ("> > heap full", "heap full", "leading marks"),
            ("a =3D b=2E", "a = b.", "quoted-printable"),
            ("a ^[[45m<0>^[[0m \u{1b}[31mred\u{1b}[0m", "a <0> red", "terminal escapes"),
            (r#"{"log":"can't open \"x\"\n","stream":"stderr"}"#, "can't open \"x\"", "logger's JSON"),
            ("addr OxffffOOO1 at 0x4l8O", "addr 0xffff0001 at 0x4180", "letters for digits"),
            ("var/log/messages.1:881:disk full", "disk full", "foreign prefix"),
        ] {
            let (text, done) = clean(damaged, Repairs::of_lines(), Reading::default());
            assert_eq!(text, clean_text);
            assert!(done.iter().any(|r| r.name() == name), "{damaged}: {done:?}");
        }
    }

    #[test]
    fn a_plain_line_stays_as_it_is() {
        for line in [
            "Jul 26 01:26:46 host vmkernel: 7:21:06:31.191 cpu3:33421)WARNING: Heap: 2218: Heap x already at its maximum",
            "RIP: 0010:[<ffffffff8014c562>] __list_del+0x48/0x71 RSP <ffffffff80425d00> <0>Kernel",
            "a <none> of <unknown> and array[i] = all_ok ** 2",
        ] {
            assert_eq!(cleaned(line), line);
        }
    }

    #[test]
    fn what_is_nested_is_undone_twice_and_then_no_more() {
        assert_eq!(cleaned("a &amp;lt;b&amp;gt;"), "a <b>");
        assert_eq!(cleaned("x &amp;amp;amp;lt;"), "x &amp;lt;");
    }
}
