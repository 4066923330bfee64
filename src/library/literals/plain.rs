//! The plain part of the syntax of expressions: letters, classes, groups and repetitions one behind the other. Most
//! patterns are no more than this, and their literals are read here in less than a microsecond; what is not understood is
//! left to the parser of the regex crate. The tests compare both.

/// Deeper groups are left to the parser.
const DEEPEST: usize = 10;

/// A part of what every match holds.
enum Part {
    /// This byte, in lower case, right behind the one before.
    Byte(u8),
    /// Something else.
    Break,
}

/// The runs of bytes that every match of a pattern holds, in their order and in lower case; `None` when it is not plain.
pub fn literals(pattern: &str, ignore_case: bool, unicode: bool) -> Option<Vec<Vec<u8>>> {
    let (ignore_case, body) = pattern.strip_prefix("(?i)").map_or((ignore_case, pattern), |body| (true, body));
    if !pattern.is_ascii() || (ignore_case && unicode) {
        return None;
    }
    let mut reader = Reader(body.as_bytes());
    let parts = reader.sequence(0)?;
    let mut runs = vec![Vec::new()];
    for part in parts {
        match (part, runs.last_mut()) {
            (Part::Byte(b), Some(run)) => run.push(b),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    Some(runs)
}

/// What is still to be read.
struct Reader<'p>(&'p [u8]);

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn skip(&mut self, what: &[u8]) -> bool {
        self.0.strip_prefix(what).map(|rest| self.0 = rest).is_some()
    }

    fn sequence(&mut self, depth: usize) -> Option<Vec<Part>> {
        let mut parts = Vec::with_capacity(self.0.len());
        loop {
            if self.0.is_empty() || (depth > 0 && self.0.starts_with(b")")) {
                return (depth == 0 || self.skip(b")")).then_some(parts);
            }
            let from = parts.len();
            match self.next()? {
                b'(' if depth < DEEPEST => {
                    self.head()?;
                    parts.extend(self.sequence(depth + 1)?);
                }
                b'[' => parts.push(self.class()?),
                b'.' => parts.push(Part::Break),
                b'^' | b'$' => {}
                b'\\' => match self.next()? {
                    b'd' | b'w' | b's' | b'D' | b'W' | b'S' => parts.push(Part::Break),
                    b'b' | b'B' | b'A' | b'z' => {}
                    b if is_escaped(b) => parts.push(Part::Byte(b)),
                    _ => return None,
                },
                b'(' | b')' | b'|' | b'*' | b'+' | b'?' | b'{' | b'}' | b']' => return None,
                b => parts.push(Part::Byte(b.to_ascii_lowercase())),
            }
            match self.repetition()? {
                None => {}
                // Of nothing.
                Some(_) if parts.len() == from => return None,
                Some(0) => {
                    parts.truncate(from);
                    parts.push(Part::Break);
                }
                Some(_) => {
                    parts.insert(from, Part::Break);
                    parts.push(Part::Break);
                }
            }
        }
    }

    /// What stands behind the bracket of a group.
    fn head(&mut self) -> Option<()> {
        if self.skip(b"?:") || !self.0.starts_with(b"?") {
            return Some(());
        }
        if !self.skip(b"?P<") && !self.skip(b"?<") {
            return None;
        }
        let end = self.0.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'[' | b']')))?;
        self.0 = &self.0[end..];
        (end > 0 && self.skip(b">")).then_some(())
    }

    /// A class behind its bracket: a byte when all it holds is one letter, in both cases or in one.
    fn class(&mut self) -> Option<Part> {
        let end = self.0.iter().position(|b| *b == b']')?;
        if end == 0 || self.0[..end] == *b"^" {
            return None;
        }
        if self.0[..end] == *b"-" {
            self.0 = &self.0[end + 1..];
            return Some(Part::Byte(b'-'));
        }
        let is_negated = self.skip(b"^");
        let (mut only, mut several) = (None, is_negated);
        loop {
            let b = match self.next()? {
                b']' => break,
                b'[' => return None,
                // Difference, intersection and such of sets.
                b @ (b'-' | b'&' | b'~') if self.0.starts_with(&[b]) => return None,
                b'-' => {
                    several = true;
                    continue;
                }
                b'\\' => match self.next()? {
                    b'd' | b'w' | b's' | b'D' | b'W' | b'S' => {
                        several = true;
                        continue;
                    }
                    b if is_escaped(b) => b,
                    _ => return None,
                },
                b => b.to_ascii_lowercase(),
            };
            several |= only.is_some_and(|known| known != b);
            only = Some(b);
        }
        Some(only.filter(|_| !several).map_or(Part::Break, Part::Byte))
    }

    /// How often what stands before must be there at least; the inner `None`: once, as it stands.
    fn repetition(&mut self) -> Option<Option<u32>> {
        let least = match self.0.first() {
            Some(b'*' | b'?') => 0,
            Some(b'+') => 1,
            Some(b'{') => {
                let end = self.0.iter().position(|b| *b == b'}')?;
                let inside = std::str::from_utf8(&self.0[1..end]).ok()?;
                let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
                let number = |n: &str| n.parse::<u32>().ok().filter(|_| n.len() <= 4 && n.bytes().all(|b| b.is_ascii_digit()));
                let least = number(least)?;
                // Once is no repetition, and never is nothing at all.
                if !most.is_empty() && number(most).is_none_or(|most| most == 0 || most < least || (least, most) == (1, 1)) {
                    return None;
                }
                self.0 = &self.0[end..];
                least
            }
            _ => return Some(None),
        };
        self.next();
        self.skip(b"?");
        // A repetition of a repetition.
        (!matches!(self.0.first(), Some(b'*' | b'+' | b'?' | b'{'))).then_some(Some(least))
    }
}

/// Whether a byte behind a backslash stands for itself.
fn is_escaped(b: u8) -> bool {
    b.is_ascii_graphic() && !b.is_ascii_alphanumeric() && !matches!(b, b'<' | b'>')
}

#[cfg(test)]
mod tests {
    use super::super::{parsed, worth};
    use crate::library::shipped::SHIPPED;

    /// Whether it was plain; then both must give the same.
    fn same(pattern: &str, unicode: bool) -> bool {
        let Some(plain) = super::literals(pattern, false, unicode) else { return false };
        // What does not compile matches nothing, whatever it is said to hold.
        if let Some(found) = parsed(pattern, false, unicode) {
            let clauses: Vec<Vec<Vec<u8>>> = plain.into_iter().map(|literal| vec![literal]).collect();
            assert_eq!(worth(clauses), worth(found), "{pattern}");
        }
        true
    }

    fn shipped() -> Vec<&'static str> {
        SHIPPED.outlines.iter().flat_map(|o| o.patterns).map(|p| p.source).collect()
    }

    #[test]
    fn most_patterns_of_the_library_are_plain_and_give_the_same_both_ways() {
        let all = shipped();
        let plain = all.iter().filter(|p| same(p, false)).count();
        assert!(all.len() > 2_000, "{} patterns", all.len());
        assert!(plain * 2 > all.len(), "only {plain} of {} are plain", all.len());
    }

    #[test]
    fn whatever_is_done_to_a_pattern_both_ways_agree_or_it_is_not_plain() {
        let all: Vec<&str> = shipped().into_iter().filter(|p| same(p, false)).collect();
        let pieces = [
            "(",
            ")",
            "(?:",
            "(?P<x.y>",
            "(?i)",
            "[",
            "]",
            "[^",
            "-",
            "\\",
            "\\d",
            "\\b",
            "\\.",
            "|",
            "*",
            "+",
            "?",
            "{2}",
            "{0,3}",
            "{1}",
            "{1,}",
            "{,2}",
            ".",
            "^",
            "$",
            "[Ss]",
            "[ab]",
            "[a-c]",
            "[\\w.-]",
            "[-]",
            "[]a]",
            "&&",
            "[a&&b]",
            "\\x41",
            "\\pL",
            "K",
            "}",
            "\\<",
            "[[:alpha:]]",
            "é",
            " ",
            "#",
            "{0}",
        ];
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut die = |n: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % n as u64) as usize
        };
        let (mut plain, rounds) = (0, 100_000);
        for _ in 0..rounds {
            let mut pattern = all[die(all.len())].to_string();
            for _ in 0..=die(3) {
                let at = die(pattern.len().max(1));
                if !pattern.is_char_boundary(at) {
                    continue;
                }
                match die(4) {
                    0 if at < pattern.len() => drop(pattern.remove(at)),
                    _ => pattern.insert_str(at, pieces[die(pieces.len())]),
                }
            }
            plain += usize::from(same(&pattern, die(2) == 0));
        }
        assert!(plain * 5 > rounds, "only {plain} of {rounds} were plain: the test shows little");
    }
}
