//! Shapes that tell damage from text: stamps that begin a line, prefixes, masks. Compiled when they are first needed.

use regex::Regex;
use std::ops::Range;
use std::sync::OnceLock;

/// A pattern of our own, compiled when it is first used. A test uses them all; one that did not compile would match
/// nothing.
pub struct Shape {
    make: fn() -> Result<Regex, regex::Error>,
    cell: OnceLock<Option<Regex>>,
}

impl Shape {
    const fn new(make: fn() -> Result<Regex, regex::Error>) -> Shape {
        Shape { make, cell: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        self.cell.get_or_init(|| (self.make)().ok()).as_ref()
    }

    /// Whether it stands in the text.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|r| r.is_match(text))
    }

    /// Where it stands first.
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        self.regex()?.find(text).map(|m| m.range())
    }

    /// Wherever it stands.
    pub fn all<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        self.regex().into_iter().flat_map(move |r| r.find_iter(text)).map(|m| m.range())
    }

    /// The text without it.
    pub fn without(&self, text: &str) -> String {
        self.regex().map_or_else(|| text.to_string(), |r| r.replace_all(text, "").into_owned())
    }
}

macro_rules! shape {
    ($(#[$doc:meta])* $name:ident, $pattern:expr) => {
        $(#[$doc])*
        pub static $name: Shape = Shape::new(|| Regex::new(&$pattern));
    };
}

const STAMP: &str = r"(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d|\[ *\d{1,7}\.\d{6}\]|\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d|\d\d:\d\d:\d\d[.,]\d{3} |\d{1,3}:\d\d:\d\d:\d\d\.\d{3} cpu\d)";

shape!(
    /// A stamp wherever it stands.
    STAMPS,
    STAMP
);
shape!(
    /// A stamp that begins a line, perhaps behind a priority or a bracket; or the time of a line that was masked.
    BEGINS,
    format!(r"(?i-u)^[\s\[(<]{{0,3}}(?:\d{{1,3}}>)?(?:{STAMP}|YYYY-MM-DD|\w{{3}} \d\d? \d\d:\d\d:\d\d)")
);
shape!(
    /// Escapes of terminals.
    ESCAPES,
    r"(?:\x1b|\^\[|\\x1[bB]|\\0?33|\\u001[bB]|#033|\x9b|\\e)(?:\[[0-9;?]*[A-Za-z]|\][^\x07]{0,200}\x07|[()][AB0])|\[(?:0|[01];?\d{2}(?:;\d{1,3})*)m"
);
shape!(
    /// Tags of forums.
    BBCODE,
    r#"(?i)\[/?(?:b|i|u|s|code|quote|color|size|font|url|img|list|email|tt|pre|noparse)(?:=[^\]\[]{0,120})?\]"#
);
shape!(
    /// What other programs put before a line. Names are ASCII: counted repetitions of Unicode's letters are too large
    /// to compile.
    PREFIXES,
    concat!(
        r"^(?:",
        r"<\d{1,3}>(?:\d )?",
        r"|(?:[A-Za-z0-9_.@+~-]*/)+[A-Za-z0-9_.@+~-]*(?::\d+)?[:]\s?",
        r"|(?:[A-Za-z0-9_.@+~-]*/)*[A-Za-z0-9_@+~-]+\.(?:log|txt|out|err|gz|\d{1,3})(?:\.[A-Za-z0-9_]+)?(?::\d+)?[:]\s?",
        r"|(?:[A-Za-z0-9_.@+~-]*/)*[A-Za-z0-9_@+~-]+\.(?:log|txt|out|err|gz|\d{1,3})(?:\.[A-Za-z0-9_]+)?-\d+-\s?",
        r"|Message from syslogd@\S+ at [^.]{1,40}\.\.\.:?\s*",
        r"|\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:?\d\d) (?:stdout|stderr) [FP] ",
        r"|[A-Za-z0-9_.-]{1,60}\s*\| ",
        r"|\s{2,12}[A-Za-z0-9_.-]{1,40}: ",
        r"|(?:\[[^\]@]{1,40}@[^\]]{1,60}\]|[A-Za-z0-9_.-]{1,40}@[A-Za-z0-9_.-]{1,60}:?[A-Za-z0-9_/~. -]{0,60})\s?[#$%] ",
        r"|~ # ",
        r"|\s*\d{1,6}(?::|\)|\||\t)\s?",
        r")"
    )
);
shape!(
    /// Values that somebody replaced.
    MASKS,
    r"#{2,}|[0-9:x/(.]#|#[:/).\]]|(?:^|[^A-Za-z])(?:[Xx]{2,}|0x[Xx]{1,})(?:[^A-Za-z]|$)|\*{3,}|\?{3,}|\b[Xx](?:\.[Xx]){3}\b|[Xx]{4,}|<[A-Za-z][\w .-]{0,30}>|YYYY|NoneZ"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_compiles_and_knows_its_kind() {
        assert!(BEGINS.is_match("2026-11-20T10:00:00.123Z cpu3"));
        assert!(BEGINS.is_match("[   12.345678] usb"));
        assert!(BEGINS.is_match("<4>[   12.345678] usb"));
        assert!(BEGINS.is_match("Nov  3 10:00:00 host"));
        assert!(BEGINS.is_match("YYYY-MM-DD TIME cpu3"));
        assert!(!BEGINS.is_match("at Nov 3"));
        assert!(MASKS.is_match("naa.xxxx failed") && MASKS.is_match("cpu#:####)") && MASKS.is_match("0xXX"));
        assert!(!MASKS.is_match("an exxon C# box"));
        assert!(ESCAPES.is_match("^[[45m") && BBCODE.is_match("[I]") && PREFIXES.is_match("a/b.log:3:x") && STAMPS.is_match("x Nov 13 03:01:35"));
    }
}
