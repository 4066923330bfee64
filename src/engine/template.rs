//! Lines that are alike but for numbers, addresses and names of devices: what tells one kind of message from another.

/// The line with what varies replaced by marks; at most 300 bytes.
pub fn template(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(300));
    for (i, word) in text.split_whitespace().enumerate() {
        if out.len() > 300 {
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
    out
}

fn is_id(word: &str) -> bool {
    word.len() >= 8 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-' || b == b':' || b == b'.')
}
