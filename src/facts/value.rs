//! Values of facts and of expressions: numbers with units, texts, flags, versions, times, lists.

use super::unit::{Dim, Unit};
use super::version::Version;
use crate::text::clock::{self, Time};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A number: exact while it can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer.
    Int(i128),
    /// Anything else; never NaN or infinite.
    Real(f64),
}

impl Number {
    /// As floating point, for figures that need no exactness.
    pub fn real(self) -> f64 {
        match self {
            Number::Int(i) => i as f64,
            Number::Real(r) => r,
        }
    }

    /// A real number, or `None` when it is no number at all.
    pub fn from_real(r: f64) -> Option<Number> {
        r.is_finite().then_some(Number::Real(r))
    }

    /// Exact where both are integers, or one is and the other holds an integer.
    pub fn compare(self, other: Number) -> Ordering {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => a.cmp(&b),
            (Number::Real(a), Number::Real(b)) => a.total_cmp(&b),
            (Number::Int(a), Number::Real(b)) => compare_exactly(a, b),
            (Number::Real(a), Number::Int(b)) => compare_exactly(b, a).reverse(),
        }
    }
}

fn compare_exactly(a: i128, b: f64) -> Ordering {
    const LIMIT: f64 = 1.7e38;
    if b >= LIMIT {
        return Ordering::Less;
    }
    if b <= -LIMIT {
        return Ordering::Greater;
    }
    let floor = b.floor();
    a.cmp(&(floor as i128)).then(if b > floor { Ordering::Less } else { Ordering::Equal })
}

/// A number with its unit, and how many decimals it was rounded to for printing.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    /// The number, in `unit`.
    pub number: Number,
    /// Its unit.
    pub unit: Unit,
    /// Decimals to print; `None` prints what is there.
    pub decimals: Option<u8>,
}

impl Quantity {
    /// A bare integer.
    pub fn int(i: i128) -> Self {
        Quantity { number: Number::Int(i), unit: Unit::One, decimals: None }
    }

    /// A number with a unit.
    pub fn new(number: Number, unit: Unit) -> Self {
        Quantity { number, unit, decimals: None }
    }

    /// Its dimension.
    pub fn dim(self) -> Dim {
        self.unit.dim()
    }

    /// The number in another unit of the same dimension. Integers stay exact when they can; `None` on overflow.
    pub fn to(self, unit: Unit) -> Option<Quantity> {
        let (from, to) = (self.unit.factor(), unit.factor());
        if from == to {
            return Some(Quantity { unit, ..self });
        }
        let number = match self.number {
            Number::Int(i) => {
                let base = i.checked_mul(from)?;
                if base % to == 0 { Number::Int(base / to) } else { Number::Real(base as f64 / to as f64) }
            }
            Number::Real(r) => Number::from_real(r * (from as f64 / to as f64))?,
        };
        Some(Quantity { number, unit, decimals: None })
    }
}

impl fmt::Display for Quantity {
    /// The number without its unit: messages name the unit themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.number, self.decimals) {
            (Number::Int(i), None | Some(0)) => write!(f, "{i}"),
            (n, Some(d)) => write!(f, "{:.*}", d as usize, n.real()),
            (Number::Real(r), None) => f.write_str(&plain(r)),
        }
    }
}

/// A real number for people: two decimals from 1 on, four figures below, no trailing zeros.
fn plain(r: f64) -> String {
    let digits = if r == 0.0 || r.abs() >= 1.0 { 2 } else { (3 - r.abs().log10().floor() as i32).clamp(2, 12) as usize };
    let text = format!("{r:.digits$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" || text.is_empty() { "0".into() } else { text.into() }
}

/// The value of a fact or of an expression. What is not known is no value: it is `Option::None` beside it.
#[derive(Clone, Debug)]
pub enum Value {
    /// A number with its unit; durations too.
    Number(Quantity),
    /// A hexadecimal code; compares with integers.
    Hex(u128),
    /// Text, word, MAC, device or path. `fold`: its declaration ignores case.
    Text {
        /// As it was read.
        text: Arc<str>,
        /// Compare without regard to case.
        fold: bool,
    },
    /// Yes or no.
    Flag(bool),
    /// A version.
    Version(Version),
    /// A moment.
    Time(Time),
    /// Several values.
    List(Vec<Value>),
}

impl Value {
    /// Plain text.
    pub fn text(t: impl Into<Arc<str>>) -> Value {
        Value::Text { text: t.into(), fold: false }
    }

    /// A bare integer.
    pub fn int(i: i128) -> Value {
        Value::Number(Quantity::int(i))
    }

    /// What kind it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Number(_) => "a number",
            Value::Hex(_) => "a code",
            Value::Text { .. } => "text",
            Value::Flag(_) => "a flag",
            Value::Version(_) => "a version",
            Value::Time(_) => "a time",
            Value::List(_) => "a list",
        }
    }

    /// The number inside, codes included.
    pub fn number(&self) -> Option<Quantity> {
        match self {
            Value::Number(q) => Some(*q),
            Value::Hex(h) => i128::try_from(*h).ok().map(Quantity::int),
            _ => None,
        }
    }

    /// Key under which two equal values are one subject or one member of a set.
    pub fn key(&self) -> String {
        match self {
            Value::Text { text, fold: true } => text.to_ascii_lowercase(),
            Value::Number(q) => match q.to(base_of(q.unit)) {
                Some(Quantity { number: Number::Int(i), .. }) => i.to_string(),
                Some(Quantity { number: Number::Real(r), .. }) if r.fract() == 0.0 && r.abs() < 1e30 => (r as i128).to_string(),
                Some(Quantity { number: Number::Real(r), .. }) => r.to_string(),
                None => q.to_string(),
            },
            Value::Hex(h) => h.to_string(),
            other => other.to_string(),
        }
    }

    /// Feeds what [`Value::key`] says to a hasher, mostly without writing it down.
    pub fn hash_key(&self, hasher: &mut impl Hasher) {
        match self {
            Value::Text { text, fold: false } => text.hash(hasher),
            other => other.key().hash(hasher),
        }
    }

    /// Order of two values; an error names two kinds that cannot be compared.
    pub fn compare(&self, other: &Value) -> Result<Ordering, String> {
        use Value::*;
        match (self, other) {
            (Text { text: a, fold: x }, Text { text: b, fold: y }) => Ok(if *x || *y { a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()) } else { a.cmp(b) }),
            (Flag(a), Flag(b)) => Ok(a.cmp(b)),
            (Version(a), Version(b)) => Ok(a.cmp(b)),
            (Time(a), Time(b)) => a.order(b).ok_or_else(|| "two times of different clocks".to_string()),
            (Version(a), Text { text, .. }) => {
                let b = super::version::Version::parse(text).ok_or_else(|| format!("`{text}` is no version"))?;
                Ok(a.cmp(&b))
            }
            (Text { .. }, Version(_)) => other.compare(self).map(Ordering::reverse),
            (Hex(a), Text { text, .. }) => {
                let b = parse_hex(text).ok_or_else(|| format!("`{text}` is no code"))?;
                Ok(a.cmp(&b))
            }
            (Text { .. }, Hex(_)) => other.compare(self).map(Ordering::reverse),
            (List(a), List(b)) => {
                for (x, y) in a.iter().zip(b) {
                    let order = x.compare(y)?;
                    if order != Ordering::Equal {
                        return Ok(order);
                    }
                }
                Ok(a.len().cmp(&b.len()))
            }
            (a, b) => match (a.number(), b.number()) {
                (Some(x), Some(y)) => compare_quantities(x, y),
                _ => Err(format!("{} against {}", a.kind(), b.kind())),
            },
        }
    }

    /// As a person reads it, with its unit.
    pub fn with_unit(&self) -> String {
        match self {
            Value::Number(q) if !q.unit.name().is_empty() => format!("{q} {}", q.unit.name()),
            other => other.to_string(),
        }
    }
}

fn base_of(unit: Unit) -> Unit {
    match unit {
        Unit::Size(..) => Unit::named("B").unwrap_or(unit),
        Unit::Time(..) => Unit::named("ns").unwrap_or(unit),
        other => other,
    }
}

/// Order of two quantities; a bare one takes the unit of the other.
pub fn compare_quantities(x: Quantity, y: Quantity) -> Result<Ordering, String> {
    if x.dim() == y.dim() && x.unit.factor() != y.unit.factor() {
        let (bx, by) = (x.to(base_of(x.unit)).ok_or("overflow")?, y.to(base_of(y.unit)).ok_or("overflow")?);
        return Ok(bx.number.compare(by.number));
    }
    if x.dim() == y.dim() || x.dim() == Dim::BARE || y.dim() == Dim::BARE {
        return Ok(x.number.compare(y.number));
    }
    Err(format!("{} against {}", x.dim(), y.dim()))
}

/// Reads `0x1f`, `1F`, with or without prefix.
pub fn parse_hex(text: &str) -> Option<u128> {
    let t = text.trim();
    let digits = t.strip_prefix("0x").or_else(|| t.strip_prefix("0X")).unwrap_or(t);
    let clean: String = digits.chars().filter(|c| *c != '\'' && *c != '`').collect();
    (!clean.is_empty() && clean.len() <= 32 && clean.bytes().all(|b| b.is_ascii_hexdigit())).then(|| u128::from_str_radix(&clean, 16).ok())?
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(q) => write!(f, "{q}"),
            Value::Hex(h) => write!(f, "{h:#x}"),
            Value::Text { text, .. } => f.write_str(text),
            Value::Flag(b) => write!(f, "{b}"),
            Value::Version(v) => write!(f, "{v}"),
            Value::Time(t) => write!(f, "{t}"),
            Value::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{item}")?;
                }
                Ok(())
            }
        }
    }
}

/// A duration for people, e.g. `3 h 12 m 14 s`.
pub fn duration_for_people(q: Quantity) -> Option<String> {
    let Quantity { number, .. } = q.to(Unit::named("ns")?)?;
    let nanos = number.real();
    (nanos.abs() < 9e18).then(|| clock::show_duration(nanos as i64))
}
