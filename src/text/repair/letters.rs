//! Letters that programs or readers put for others: typographic signs, wrongly decoded ones, letters for digits.

use super::Reading;

/// Typographic signs back to those of a keyboard.
pub fn quotes(text: &str, reading: Reading) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    // UTF-8 that was read as Windows-1252 first, since its pieces look like other signs.
    let mut from = std::borrow::Cow::Borrowed(text);
    for (wrong, right) in [("\u{e2}\u{20ac}\u{153}", "\""), ("\u{e2}\u{20ac}\u{2122}", "'"), ("\u{e2}\u{20ac}\u{2dc}", "'"), ("\u{e2}\u{20ac}\u{9d}", "\"")] {
        if from.contains(wrong) {
            from = from.replace(wrong, right).into();
        }
    }
    for (wrong, right) in [("\u{e2}\u{20ac}\u{201c}", "-"), ("\u{e2}\u{20ac}\u{201d}", "-"), ("\u{e2}\u{20ac}\u{a6}", "..."), ("\u{c2}\u{a0}", " ")] {
        if from.contains(wrong) {
            from = from.replace(wrong, right).into();
        }
    }
    let mut out = String::with_capacity(from.len());
    for c in from.chars() {
        match c {
            '\u{2018}' if reading.second => out.push('`'),
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '\u{b4}' | '\u{2039}' | '\u{203a}' | '\u{2bc}' => out.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => out.push('"'),
            '\u{2013}' | '\u{2014}' | '\u{2015}' if reading.second => out.push_str("--"),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' => out.push('-'),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => out.push(' '),
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            '\u{2190}' => out.push_str("<-"),
            '\u{2192}' => out.push_str("->"),
            '\u{21d2}' => out.push_str("=>"),
            '\u{2264}' => out.push_str("<="),
            '\u{2265}' => out.push_str(">="),
            '\u{fb01}' => out.push_str("fi"),
            '\u{fb02}' => out.push_str("fl"),
            '\u{fb00}' => out.push_str("ff"),
            '\u{fb03}' => out.push_str("ffi"),
            '\u{ff01}'..='\u{ff5e}' => out.extend(char::from_u32(c as u32 - 0xfee0)),
            c => out.push(c),
        }
    }
    Some(out)
}

/// `…` back to three dots.
pub fn ellipsis(text: &str) -> Option<String> {
    text.contains('\u{2026}').then(|| text.replace('\u{2026}', "..."))
}

/// `0×2` back to `0x2`: the sign between a zero and a hexadecimal digit, and between two numbers.
pub fn times(text: &str) -> Option<String> {
    text.contains('\u{d7}').then(|| text.replace('\u{d7}', "x"))
}

/// `O` for `0` and `l` for `1` in hexadecimal numbers: behind `0x`, and in long runs that hold digits too.
pub fn hex(text: &str) -> Option<String> {
    if !text.bytes().any(|b| matches!(b, b'O' | b'o' | b'l' | b'I')) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut changed = false;
    while at < bytes.len() {
        let end = at + bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if end == at {
            let next = text[at..].chars().next().map_or(1, char::len_utf8);
            out.push_str(&text[at..at + next]);
            at += next;
            continue;
        }
        let word = &text[at..end];
        match number(word) {
            Some(better) => {
                changed |= better != word;
                out.push_str(&better);
            }
            None => out.push_str(word),
        }
        at = end;
    }
    changed.then_some(out)
}

fn number(word: &str) -> Option<String> {
    let prefixed = word.len() > 2 && matches!(&word[..2], "0x" | "Ox" | "ox" | "0X" | "OX");
    let (head, rest) = if prefixed { ("0x", &word[2..]) } else { ("", word) };
    let letter = |b: u8| matches!(b, b'O' | b'o' | b'l' | b'I');
    if !rest.bytes().all(|b| b.is_ascii_hexdigit() || letter(b)) {
        return None;
    }
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    if !prefixed && (rest.len() < 8 || digits * 3 < rest.len()) {
        return None;
    }
    let fixed: String = rest
        .chars()
        .map(|c| {
            if matches!(c, 'O' | 'o') {
                '0'
            } else if matches!(c, 'l' | 'I') {
                '1'
            } else {
                c
            }
        })
        .collect();
    Some(format!("{head}{fixed}"))
}
