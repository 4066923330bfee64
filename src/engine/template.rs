//! Lines that are alike but for numbers, addresses and names of devices: what tells one kind of message from another.

use crate::text::untrusted::cut_at;

/// Bytes of a template.
const MOST: usize = 300;

/// The line with what varies replaced by marks; at most [`MOST`] bytes.
pub fn template(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MOST));
    for (i, word) in text.split_whitespace().enumerate() {
        if out.len() > MOST {
            break;
        }
        if i > 0 {
            out.push(' ');
        }
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        let digits = core.bytes().filter(u8::is_ascii_digit).count();
        let letters = core.bytes().filter(u8::is_ascii_alphabetic).count();
        let varies = digits > 0 && (digits >= letters || core.starts_with("0x") || core.len() > 12 || is_id(core));
        if varies {
            out.push_str(&word.replacen(core, "<n>", 1));
        } else {
            out.push_str(word);
        }
    }
    out.truncate(cut_at(&out, MOST));
    out
}

fn is_id(word: &str) -> bool {
    word.len() >= 8 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-' || b == b':' || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_short_however_long_its_words_are() {
        assert_eq!(template("vmnic0: link down after 12 seconds"), "vmnic0: link down after <n> seconds");
        for text in ["x".repeat(100_000), "\u{e9}".repeat(100_000), "word ".repeat(50_000), format!("short {}", "y".repeat(90_000))] {
            let template = template(&text);
            assert!((MOST - 5..=MOST).contains(&template.len()), "{}", template.len());
        }
    }
}
