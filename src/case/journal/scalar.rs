//! Texts as a case file holds them: as they are where YAML can hold them so, else line by line in quotes. Whatever is
//! written is read again to the byte; a text is never made prettier.

use crate::text::untrusted::is_hidden;
use std::fmt::Write;

/// A text in double quotes. Everything that a terminal or YAML would not leave alone is escaped.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        let _ = match c {
            '"' => out.write_str("\\\""),
            '\\' => out.write_str("\\\\"),
            '\n' => out.write_str("\\n"),
            '\t' => out.write_str("\\t"),
            c if is_plain(c) => out.write_char(c),
            c if (c as u32) < 0x100 => write!(out, "\\x{:02x}", c as u32),
            c if (c as u32) < 0x1_0000 => write!(out, "\\u{:04x}", c as u32),
            c => write!(out, "\\U{:08x}", c as u32),
        };
    }
    out.push('"');
    out
}

/// `key: ...` of a text at an indent: a block when the text allows it, else `key_quoted:` with a list of lines.
pub fn text(out: &mut String, indent: usize, key: &str, text: &str) {
    let pad = " ".repeat(indent);
    if fits_block(text) {
        let trailing = text.len() - text.trim_end_matches('\n').len();
        let chomp = ["-", "", "+"][trailing.min(2)];
        let _ = writeln!(out, "{pad}{key}: |2{chomp}");
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            let _ = if line.is_empty() { writeln!(out) } else { writeln!(out, "{pad}  {line}") };
        }
    } else {
        let _ = writeln!(out, "{pad}{key}_quoted:");
        for line in text.split('\n') {
            let _ = writeln!(out, "{pad}  - {}", quoted(line));
        }
    }
}

/// Whether a block keeps the text as it is: no character that YAML escapes or folds, no line of blanks alone.
fn fits_block(text: &str) -> bool {
    !text.trim_end_matches('\n').is_empty()
        && text.chars().all(|c| c == '\n' || c == '\t' || is_plain(c))
        && text.split('\n').all(|l| l.is_empty() || !l.trim_matches([' ', '\t']).is_empty())
        // A tab where the indent is counted is read differently by different readers.
        && !text.split('\n').any(|l| l.starts_with('\t'))
        && !text.starts_with('\n')
}

fn is_plain(c: char) -> bool {
    c >= ' ' && c != '\u{7f}' && !is_hidden(c) && !matches!(c as u32 & 0xffff, 0xfffe | 0xffff) && !matches!(c, '\u{e000}'..='\u{f8ff}')
}
