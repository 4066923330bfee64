//! Evidence that values were masked, letters lost their case, or ends were cut: only then is a looser form of a
//! pattern worth trying.

use super::shapes;

/// Whether something in the line stands for a value that somebody took out.
pub fn has_mask(line: &str) -> bool {
    line.bytes().any(|b| matches!(b, b'#' | b'X' | b'x' | b'*' | b'?' | b'<' | b'Y' | b'N')) && shapes::MASKS.is_match(line)
}

/// Whether a line of some length has letters of one case only.
pub fn one_case(line: &str) -> bool {
    let upper = line.bytes().filter(u8::is_ascii_uppercase).count();
    let lower = line.bytes().filter(u8::is_ascii_lowercase).count();
    upper + lower >= 12 && (upper == 0 || lower == 0)
}

/// Which ends of a line are marked as cut, and what is left between the marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut<'a> {
    pub head: bool,
    pub tail: bool,
    pub rest: &'a str,
}

/// The cut ends of a line; `None`: no end is marked.
pub fn cut(line: &str) -> Option<Cut<'_>> {
    let mut rest = line.trim();
    let (mut head, mut tail) = (false, false);
    for mark in ["[...]", "(...)", "...", "\u{2026}", "$", ">", "\\", "[\u{2026}]", "[snip]"] {
        if let Some(less) = rest.strip_suffix(mark)
            && !(mark == ">" && less.rsplit(['<', ' ']).next().is_some_and(|_| less.rfind('<') > less.rfind('>')))
        {
            (rest, tail) = (less, true);
            break;
        }
    }
    for mark in ["[...]", "(...)", "...", "\u{2026}", "[\u{2026}]", "[snip]", "<"] {
        if let Some(less) = rest.strip_prefix(mark) {
            if mark == "<" && less.find('>').is_some_and(|i| i < 40) {
                continue;
            }
            (rest, head) = (less, true);
            break;
        }
    }
    let rest = if tail { rest.trim_end_matches('.') } else { rest };
    (head || tail).then_some(Cut { head, tail, rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_cuts_are_found_at_both_ends() {
        assert_eq!(cut("...ap x is full, cannot$"), Some(Cut { head: true, tail: true, rest: "ap x is full, cannot" }));
        assert_eq!(cut("heap x is fu..."), Some(Cut { head: false, tail: true, rest: "heap x is fu" }));
        assert_eq!(cut("RSP <ffff880425d00>"), None);
        assert_eq!(cut("<4>usb 1-1: new device"), None);
    }

    #[test]
    fn one_case_needs_letters() {
        assert!(one_case("out of memory: kill process") && !one_case("Out of memory") && !one_case("12:00 a 0x1"));
    }
}
