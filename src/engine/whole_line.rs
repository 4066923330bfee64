//! `whole_line`: words that are so common that they say something only when the line says nothing else. What may stand
//! around them: the envelope, punctuation, codes in brackets; and before them anything that ends in `: `, `(`, `=` or
//! an error number.

/// Whether a match at `start..end` is what the message of a line is about. `from`: where the message begins.
pub fn stands_alone(line: &[u8], from: usize, start: usize, end: usize) -> bool {
    leads_up(&line[from.min(start)..start]) && nothing_more(&line[end..])
}

fn is_mark(b: u8) -> bool {
    b.is_ascii_whitespace() || matches!(b, b'.' | b',' | b';' | b'!' | b'\'' | b'"' | b'`' | b'-' | b'*' | b'_' | b'>' | b'<')
}

/// Before the words: nothing, marks, or text that announces them.
fn leads_up(mut before: &[u8]) -> bool {
    loop {
        let spaced = before.last().is_some_and(|b| b.is_ascii_whitespace());
        let trimmed = trim_end(before, |b| b.is_ascii_whitespace() || matches!(b, b'\'' | b'"' | b'`' | b'*' | b'_'));
        match trimmed.last() {
            None => return true,
            Some(b':' | b'(' | b'=' | b'>' | b'|') => return true,
            // `[Errno 12] `, `(12) `: a code in brackets; what stands before it is asked in turn.
            Some(b']' | b')') if spaced => match open_of(trimmed) {
                Some(open) if is_code(&trimmed[open + 1..trimmed.len() - 1]) => before = &trimmed[..open],
                _ => return false,
            },
            Some(b',' | b'-') => {
                let rest = trim_end(&trimmed[..trimmed.len() - 1], |b| b.is_ascii_whitespace());
                let digits = rest.len() - trim_end(rest, |b| b.is_ascii_digit()).len();
                if digits > 0 && rest[..rest.len() - digits].ends_with(b"=") {
                    return true;
                }
                if trimmed.last() == Some(&b'-') && rest.is_empty() {
                    return true;
                }
                return false;
            }
            Some(_) => return false,
        }
    }
}

/// Behind the words: marks and codes in brackets.
fn nothing_more(mut after: &[u8]) -> bool {
    loop {
        after = trim_start(after, |b| is_mark(b) || matches!(b, b')' | b']' | b'$' | b':' | b'|'));
        match after.first() {
            None => return true,
            Some(open @ (b'(' | b'[')) => {
                let close = if *open == b'(' { b')' } else { b']' };
                match after.iter().position(|b| *b == close) {
                    Some(end) if is_code(&after[1..end]) => after = &after[end + 1..],
                    None if is_code(&after[1..]) => return true,
                    _ => return false,
                }
            }
            Some(b'<') => return true,
            Some(_) => return false,
        }
    }
}

/// A code: a number, perhaps in hexadecimal, perhaps with a word such as `errno`.
fn is_code(inside: &[u8]) -> bool {
    let text = String::from_utf8_lossy(inside);
    let words: Vec<&str> = text.split([' ', '=', ':', ',']).filter(|w| !w.is_empty()).collect();
    let number = |w: &str| {
        let w = w.strip_prefix("0x").or_else(|| w.strip_prefix('-')).unwrap_or(w);
        !w.is_empty() && w.bytes().all(|b| b.is_ascii_hexdigit())
    };
    words.len() <= 3 && words.last().is_some_and(|w| number(w))
}

fn open_of(text: &[u8]) -> Option<usize> {
    let open = if text.last() == Some(&b')') { b'(' } else { b'[' };
    text.iter().rposition(|b| *b == open)
}

fn trim_end(mut text: &[u8], f: impl Fn(u8) -> bool) -> &[u8] {
    while let Some((last, rest)) = text.split_last() {
        if !f(*last) {
            break;
        }
        text = rest;
    }
    text
}

fn trim_start(mut text: &[u8], f: impl Fn(u8) -> bool) -> &[u8] {
    while let Some((first, rest)) = text.split_first() {
        if !f(*first) {
            break;
        }
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(line: &str) -> bool {
        let words = "cannot allocate memory";
        let start = line.to_ascii_lowercase().find(words).expect("the words stand in the line");
        stands_alone(line.as_bytes(), 0, start, start + words.len())
    }

    #[test]
    fn the_words_alone_count_and_inside_prose_they_do_not() {
        for yes in [
            "Cannot allocate memory",
            "Reason: 0 (Cannot allocate memory).",
            "-bash: fork: Cannot allocate memory",
            "Failed to clone disk: Cannot allocate memory (786441)",
            "FileIOErrno2Result: Unexpected errno=12, Cannot allocate memory",
            "OSError: [Errno 12] Cannot allocate memory",
            "error='Cannot allocate memory' (errno=12)",
            "AIOGNRC: Failed to open 'x' : Cannot allocate memory (c00000002) (0x2013).",
        ] {
            assert!(alone(yes), "{yes}");
        }
        for no in [
            "we wondered why a laptop cannot allocate memory to more than one display",
            "The JVM cannot allocate memory (see the manual) for that",
            "If the host cannot allocate memory, add some.",
        ] {
            assert!(!alone(no), "{no}");
        }
    }
}
