//! Text that came from outside (logs, file names, library files, answers). Its display escapes everything that a
//! terminal would obey: control characters, C1, bidirectional and invisible characters. Escaped, not removed, since
//! what is odd in a log is evidence.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// Displays text from outside without its power over the terminal.
pub struct Untrusted<'a, T: ?Sized + AsRef<str> = str>(pub &'a T);

impl<T: ?Sized + AsRef<str>> fmt::Display for Untrusted<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.as_ref().chars() {
            match c {
                '\n' => f.write_char('\n')?,
                '\t' => f.write_char(' ')?,
                '\r' => f.write_str("\\r")?,
                c if (c as u32) < 0x20 || c == '\u{7f}' => write!(f, "\\x{:02x}", c as u32)?,
                c if is_hidden(c) => write!(f, "\\u{{{:x}}}", c as u32)?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// C1 controls, bidirectional controls, zero-width and other invisible characters, private use and tags.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}')
}

/// The last place before or at `at` where a text may be cut.
pub fn cut_at(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

/// The same as a string.
pub fn shown(text: &str) -> String {
    Untrusted(text).to_string()
}

/// Bytes of a line as text: bytes that are no UTF-8 become `\xNN`, so that two different lines stay different.
pub fn lossless(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut out = String::with_capacity(bytes.len() + 8);
            for chunk in bytes.utf8_chunks() {
                out.push_str(chunk.valid());
                for byte in chunk.invalid() {
                    let _ = write!(out, "\\x{byte:02x}");
                }
            }
            Cow::Owned(out)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_is_made_visible() {
        let all: String = (0u32..0xa0).filter_map(char::from_u32).collect();
        let out = shown(&all);
        assert!(out.chars().all(|c| c == '\n' || (c as u32 >= 0x20 && c != '\u{7f}' && !is_hidden(c))), "{out:?}");
        assert_eq!(shown("a\u{202e}b\u{1b}[31m"), "a\\u{202e}b\\x1b[31m");
    }

    #[test]
    fn bytes_that_are_no_text_stay_apart() {
        assert_eq!(lossless(b"a\xff\xfe"), "a\\xff\\xfe");
        assert_eq!(lossless("é".as_bytes()), "é");
    }
}
