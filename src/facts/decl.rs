//! Declarations of facts: name, type, unit, what it is about, and how a text becomes its value.

use super::unit::Unit;
use super::value::{Number, Quantity, Value, parse_hex};
use super::version::Version;
use crate::text::clock;
use regex::Regex;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// Bytes of a text or a path.
const MOST_TEXT: usize = 4_096;

/// Name of a fact: lower-case words joined by dots.
pub type Name = Arc<str>;

/// Type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// Free text; never enters a command.
    Text,
    /// Text without blanks.
    Word,
    /// A hexadecimal code.
    Hex,
    /// A MAC address.
    Mac,
    /// A storage device id.
    Device,
    /// A file path.
    Path,
    /// A version.
    Version,
    /// A moment.
    Time,
    /// A span of time.
    Duration,
    /// Yes or no.
    Flag,
}

/// Names of the types, as files write them.
pub const KINDS: &[(&str, Kind)] = &[
    ("integer", Kind::Integer),
    ("number", Kind::Number),
    ("text", Kind::Text),
    ("word", Kind::Word),
    ("hex", Kind::Hex),
    ("mac", Kind::Mac),
    ("device", Kind::Device),
    ("path", Kind::Path),
    ("version", Kind::Version),
    ("time", Kind::Time),
    ("duration", Kind::Duration),
    ("flag", Kind::Flag),
];

impl Kind {
    /// The type of that name.
    pub fn named(name: &str) -> Option<Kind> {
        KINDS.iter().find(|(n, _)| *n == name).map(|(_, k)| *k)
    }

    /// Whether values of this type are plain text inside.
    pub fn is_textual(self) -> bool {
        matches!(self, Kind::Text | Kind::Word | Kind::Mac | Kind::Device | Kind::Path)
    }
}

/// A pattern and what takes its place. It is compiled when the first value is read, since most are never read.
#[derive(Clone, Debug)]
pub struct Rewrite {
    pattern: String,
    to: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Rewrite {
    /// A pattern that does not compile rewrites nothing; whoever loads a library says so.
    pub fn new(pattern: &str, to: &str) -> Rewrite {
        Rewrite { pattern: pattern.to_string(), to: to.to_string(), compiled: OnceLock::new() }
    }

    fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let compiled = self.compiled.get_or_init(|| Regex::new(&self.pattern).ok());
        compiled.as_ref().map_or(Cow::Borrowed(text), |pattern| pattern.replace(text, self.to.as_str()))
    }
}

/// One fact as its file declares it.
#[derive(Clone, Debug)]
pub struct FactDecl {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub kind: Kind,
    /// Unit of bare numbers read for it.
    pub unit: Unit,
    /// Facts that say what it is about; empty: the host or the case.
    pub about: Vec<Name>,
    /// About the whole case and not about one host.
    pub of_case: bool,
    /// What it is, for people.
    pub say: String,
    /// Cleans a spelling.
    pub rewrite: Option<Rewrite>,
    /// Values are compared without regard to case.
    pub ignore_case: bool,
    /// Marks the version that `applies_to` of this product compares.
    pub product: Option<String>,
}

impl FactDecl {
    /// A declaration with nothing but a name and a type.
    pub fn plain(name: &str, kind: Kind, say: &str) -> FactDecl {
        FactDecl {
            name: Name::from(name),
            kind,
            unit: if kind == Kind::Duration { Unit::SECOND } else { Unit::One },
            about: Vec::new(),
            of_case: false,
            say: say.to_string(),
            rewrite: None,
            ignore_case: false,
            product: None,
        }
    }

    /// Reads a text as this fact. `unit` overrides the declared unit of a bare number.
    ///
    /// Errors: a sentence saying why the text is no such value; the fact then stays not known.
    pub fn read(&self, text: &str, unit: Option<Unit>) -> Result<Value, String> {
        let text = text.trim();
        let text: Cow<'_, str> = match &self.rewrite {
            Some(rewrite) => rewrite.clean(text),
            None => Cow::Borrowed(text),
        };
        let fail = || Err(format!("`{}` is no {}", short(&text), self.kind_name()));
        if text.is_empty() {
            return Err("nothing is written there".into());
        }
        match self.kind {
            Kind::Text if text.len() <= MOST_TEXT => Ok(self.textual(&text)),
            Kind::Text => Err(format!("`{}` is longer than {MOST_TEXT} bytes", short(&text))),
            Kind::Word if !text.contains(char::is_whitespace) && text.len() <= 256 => Ok(self.textual(&text)),
            Kind::Path if text.len() <= MOST_TEXT => Ok(self.textual(&text)),
            Kind::Device if !text.contains(char::is_whitespace) && text.len() <= 256 => Ok(self.textual(&text)),
            Kind::Mac => {
                let lower = text.to_ascii_lowercase().replace('-', ":");
                let ok =
                    lower.len() == 17 && lower.split(':').count() == 6 && lower.split(':').all(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_hexdigit()));
                if ok { Ok(self.textual(&lower)) } else { fail() }
            }
            Kind::Hex => parse_hex(&text).map(Value::Hex).map_or_else(fail, Ok),
            Kind::Version => Version::parse(&text).map(Value::Version).map_or_else(fail, Ok),
            Kind::Flag => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" | "enabled" => Ok(Value::Flag(true)),
                "false" | "no" | "off" | "0" | "disabled" => Ok(Value::Flag(false)),
                _ => fail(),
            },
            Kind::Time => {
                let iso = || clock::read(clock::Kind::Iso, &text).map(|r| clock::combine(&[r]).time);
                clock::parse_display(&text).or_else(iso).map(Value::Time).map_or_else(fail, Ok)
            }
            Kind::Integer | Kind::Number | Kind::Duration => match read_quantity(&text, unit.unwrap_or(self.unit)) {
                Some(q) if q.dim() != self.unit.dim() => fail(),
                Some(q) if self.kind == Kind::Integer && !is_whole(q) => fail(),
                Some(q) => q.to(self.unit).map(Value::Number).map_or_else(fail, Ok),
                // `7:21:06:31.191`, `0d17h24m17s`: an uptime as logs print it.
                None if self.kind == Kind::Duration => {
                    let uptime = clock::read(clock::Kind::Uptime, &text).and_then(|r| r.time.uptime);
                    let seconds = uptime.map(super::collect::from_nanos).and_then(|v| v.number());
                    seconds.and_then(|q| q.to(self.unit)).map(Value::Number).map_or_else(fail, Ok)
                }
                None => fail(),
            },
            _ => fail(),
        }
    }

    fn textual(&self, text: &str) -> Value {
        Value::Text { text: Arc::from(text), fold: self.ignore_case }
    }

    /// The name of its type.
    pub fn kind_name(&self) -> &'static str {
        KINDS.iter().find(|(_, k)| *k == self.kind).map_or("value", |(n, _)| n)
    }

    /// Fits a computed value to this declaration: its unit, its type. An integer is floored, as people's figures are.
    pub fn adopt(&self, value: Value) -> Result<Value, String> {
        match (self.kind, value) {
            (Kind::Integer | Kind::Number | Kind::Duration, v) => {
                let q = v.number().ok_or_else(|| format!("{} where a number is declared", v.kind()))?;
                let q = if q.dim() == self.unit.dim() {
                    let unit = if self.unit == Unit::Percent || q.unit == Unit::Percent { q.unit } else { self.unit };
                    q.to(unit).ok_or("overflow")?
                } else if q.dim() == super::unit::Dim::BARE {
                    q
                } else {
                    return Err(format!("{} where {} is declared", q.dim(), self.unit.dim()));
                };
                let number = match (self.kind, q.number) {
                    (Kind::Integer, Number::Real(r)) if r.abs() < 1e36 => Number::Int(r.floor() as i128),
                    (_, n) => n,
                };
                Ok(Value::Number(Quantity { number, unit: self.unit, decimals: q.decimals }))
            }
            (Kind::Hex, v) => match v.number().map(|q| q.number) {
                Some(Number::Int(i)) if i >= 0 => Ok(Value::Hex(i as u128)),
                _ => Err(format!("{} where a code is declared", v.kind())),
            },
            (Kind::Version, Value::Text { text, .. }) => Version::parse(&text).map(Value::Version).ok_or_else(|| format!("`{text}` is no version")),
            (k, Value::Text { text, .. }) if k.is_textual() => Ok(self.textual(&text)),
            (k, v @ (Value::Number(_) | Value::Hex(_) | Value::Version(_) | Value::List(_))) if k.is_textual() => Ok(self.textual(&v.to_string())),
            (Kind::Flag, v @ Value::Flag(_)) | (Kind::Time, v @ Value::Time(_)) | (Kind::Version, v @ Value::Version(_)) => Ok(v),
            (_, v) => Err(format!("{} where a {} is declared", v.kind(), self.kind_name())),
        }
    }
}

fn is_whole(q: Quantity) -> bool {
    matches!(q.number, Number::Int(_)) || q.number.real().fract() == 0.0
}

fn short(text: &str) -> String {
    let cut: String = text.chars().take(40).collect();
    if cut.len() < text.len() { format!("{cut}...") } else { cut }
}

/// Reads `67109968`, `1,234,567`, `11798915.64`, `541 MB`, `1.5GB`, `70 %`; an own suffix wins over the unit given.
pub fn read_quantity(text: &str, unit: Unit) -> Option<Quantity> {
    let text = text.trim();
    let digits_end = text.find(|c: char| !(c.is_ascii_digit() || ".,+-eE".contains(c))).unwrap_or(text.len());
    let (mut head, mut tail) = text.split_at(digits_end);
    // An `e` that begins a word and no exponent belongs to the suffix.
    if let Some(cut) = head.find(['e', 'E']).filter(|cut| !head[cut + 1..].bytes().any(|b| b.is_ascii_digit())) {
        (head, tail) = text.split_at(cut);
    }
    let unit = match tail.trim() {
        "" => unit,
        suffix => Unit::named(suffix)?,
    };
    let plain: String = if head.matches(',').count() > 0 {
        let groups: Vec<&str> = head.split(',').collect();
        let ok = groups[1..].iter().all(|g| g.split('.').next().is_some_and(|d| d.len() == 3));
        if !ok {
            return None;
        }
        groups.concat()
    } else {
        head.to_string()
    };
    let number = match plain.parse::<i128>() {
        Ok(i) => Number::Int(i),
        Err(_) if plain.bytes().all(|b| b.is_ascii_digit()) => return None,
        Err(_) => {
            if !plain.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+' || c == '.') {
                return None;
            }
            Number::from_real(plain.parse().ok()?)?
        }
    };
    Some(Quantity::new(number, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_suffix_and_groups() {
        let read = |t: &str| read_quantity(t, Unit::One).map(|q| (q.to_string(), q.unit.name()));
        assert_eq!(read("67109968"), Some(("67109968".into(), "")));
        assert_eq!(read("1,234,567"), Some(("1234567".into(), "")));
        assert_eq!(read("1.5GB"), Some(("1.5".into(), "GB")));
        assert_eq!(read("12,34"), None);
        assert_eq!(read("nan"), None);
        assert_eq!(read("inf"), None);
        assert_eq!(read("99999999999999999999999999999999999999999"), None);
    }

    #[test]
    fn a_text_that_is_no_such_value_stays_not_known() {
        let mut size = FactDecl::plain("x.y", Kind::Integer, "");
        size.unit = Unit::named("kB").unwrap();
        assert_eq!(size.read("541 MB", None).unwrap().to_string(), "553984");
        assert!(size.read("5 s", None).is_err());
        assert!(size.read("", None).is_err());
        assert!(FactDecl::plain("a.b", Kind::Mac, "").read("00:50:56:84:5a", None).is_err());
        for kind in [Kind::Text, Kind::Path, Kind::Word, Kind::Device] {
            let decl = FactDecl::plain("a.b", kind, "");
            assert!(decl.read(&"x".repeat(256), None).is_ok() && decl.read(&"x".repeat(MOST_TEXT + 1), None).is_err(), "{kind:?}");
        }
        assert_eq!(FactDecl::plain("a.b", Kind::Mac, "").read("00:50:56:84:5A:B1", None).unwrap().to_string(), "00:50:56:84:5a:b1");
    }
}
