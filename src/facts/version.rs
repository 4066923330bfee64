//! Version numbers: `4.1`, `5.0.0`, `2.6.18-128.7.1.el5`. Compared number by number; letters count as text.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A version as it was written, compared part by part. `4.10` is more than `4.9`; `5.0` equals `5.0.0`.
#[derive(Clone, Debug)]
pub struct Version {
    text: Arc<str>,
}

#[derive(PartialEq, Eq)]
enum Part<'a> {
    Number(u128),
    Word(&'a str),
}

impl Version {
    /// Reads a version; `None` when the text does not begin with a digit or holds white space.
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.trim().trim_start_matches(['v', 'V']);
        let ok = text.starts_with(|c: char| c.is_ascii_digit()) && text.len() <= 64 && !text.contains(char::is_whitespace);
        ok.then(|| Version { text: Arc::from(text) })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let mut parts = Vec::new();
        for piece in self.text.split(['.', '-', '_', '+']) {
            let mut rest = piece;
            while !rest.is_empty() {
                let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                let cut = if digits > 0 { digits } else { rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()) };
                let (head, tail) = rest.split_at(cut);
                parts.push(head.parse().map_or(Part::Word(head), Part::Number));
                rest = tail;
            }
        }
        while parts.last() == Some(&Part::Number(0)) {
            parts.pop();
        }
        parts
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Version {}
impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (self.parts(), other.parts());
        for (x, y) in a.iter().zip(&b) {
            let order = match (x, y) {
                (Part::Number(x), Part::Number(y)) => x.cmp(y),
                (Part::Word(x), Part::Word(y)) => x.cmp(y),
                // A word behind a number marks an early or patched build; text never decides against a number.
                (Part::Number(_), Part::Word(_)) => Ordering::Greater,
                (Part::Word(_), Part::Number(_)) => Ordering::Less,
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        a.len().cmp(&b.len())
    }
}
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A condition on versions such as `>=4.0, <5.5`; all parts must hold.
#[derive(Clone, Debug)]
pub struct VersionRange {
    parts: Vec<(Bound, Version)>,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Bound {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
}

impl VersionRange {
    /// Reads `>=4.0, <5.5`, `5.0` (equal), `*` (any).
    pub fn parse(text: &str) -> Result<VersionRange, String> {
        let mut parts = Vec::new();
        for piece in text.split(',').map(str::trim).filter(|p| !p.is_empty() && *p != "*") {
            let (bound, rest) = if let Some(r) = piece.strip_prefix(">=") {
                (Bound::GreaterEqual, r)
            } else if let Some(r) = piece.strip_prefix("<=") {
                (Bound::LessEqual, r)
            } else if let Some(r) = piece.strip_prefix('>') {
                (Bound::Greater, r)
            } else if let Some(r) = piece.strip_prefix('<') {
                (Bound::Less, r)
            } else {
                (Bound::Equal, piece.trim_start_matches('='))
            };
            let version = Version::parse(rest).ok_or_else(|| format!("`{rest}` is no version"))?;
            parts.push((bound, version));
        }
        Ok(VersionRange { parts, text: text.to_string() })
    }

    /// Whether a version lies inside. `5.0.0` fits `5.0`; a bare `5.0` in the range is equality.
    pub fn contains(&self, v: &Version) -> bool {
        self.parts.iter().all(|(bound, limit)| match bound {
            Bound::Less => v < limit,
            Bound::LessEqual => v <= limit,
            Bound::Greater => v > limit,
            Bound::GreaterEqual => v >= limit,
            Bound::Equal => v == limit,
        })
    }
}
impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_number_by_number() {
        let v = |t: &str| Version::parse(t).unwrap();
        assert!(v("4.10") > v("4.9"));
        assert_eq!(v("5.0"), v("5.0.0"));
        assert!(v("2.6.18-128.7.1.el5") > v("2.6.18-128.1.10.el5"));
        assert!(Version::parse("abc").is_none() && Version::parse("").is_none());
        let range = VersionRange::parse(">=4.0, <5.5").unwrap();
        assert!(range.contains(&v("5.1")) && !range.contains(&v("5.5")) && range.contains(&v("4.0.0")));
    }
}
