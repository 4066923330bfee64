//! What web pages, wikis and forums leave on a line.

use super::shapes;
use std::borrow::Cow;

/// Elements of HTML that stand in pages with logs; other words in angle brackets belong to the log.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "article",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "html",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];
/// Those that begin another line.
const BREAKS: &[&str] = &["blockquote", "br", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "pre", "table", "tr"];

/// Tags are taken out; where one begins another line, so does the text.
pub fn tags(text: &str) -> Option<String> {
    if !text.contains('<') {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(inside) = tail.strip_prefix("<![CDATA[") {
            rest = inside;
            continue;
        }
        match tag(tail) {
            Some((name, len)) => {
                if BREAKS.contains(&name.as_str()) {
                    out.push('\n');
                } else if name == "td" || name == "th" {
                    out.push(' ');
                }
                rest = &tail[len..];
            }
            None => {
                out.push('<');
                rest = &tail[1..];
            }
        }
    }
    out.push_str(rest);
    if out.contains("]]>") {
        out = out.replace("]]>", "");
    }
    let lines: Vec<&str> = out.split('\n').map(str::trim_end).filter(|l| !l.trim().is_empty()).collect();
    Some(if out.contains('\n') { lines.join("\n") } else { out })
}

fn tag(text: &str) -> Option<(String, usize)> {
    let close = text.find('>').filter(|c| *c < 400)?;
    let inside = text[1..close].trim_start_matches('/').trim_end_matches('/');
    let name: String = inside.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let after = &inside[name.len()..];
    let ends = after.trim().is_empty() || (after.starts_with(char::is_whitespace) && after.contains('='));
    (ends && ELEMENTS.contains(&name.as_str())).then_some((name, close + 1))
}

/// Character references, named and numbered.
pub fn entities(text: &str) -> Option<String> {
    if !text.contains('&') {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        match reference(tail) {
            Some((c, len)) => {
                out.push(c);
                rest = &tail[len..];
            }
            None => {
                out.push('&');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    Some(out)
}

fn reference(tail: &str) -> Option<(char, usize)> {
    let end = tail.bytes().take(9).position(|b| b == b';')?;
    let name = tail.get(..end)?;
    let c = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        char::from_u32(code)?
    } else {
        match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => ' ',
            "lsquo" | "rsquo" | "sbquo" => '\'',
            "ldquo" | "rdquo" | "bdquo" | "laquo" | "raquo" => '"',
            "ndash" | "mdash" | "minus" | "shy" => '-',
            "hellip" => '\u{2026}',
            "times" => '\u{d7}',
            "rarr" => '\u{2192}',
            "larr" => '\u{2190}',
            "lbrack" | "lsqb" => '[',
            "rbrack" | "rsqb" => ']',
            "lpar" => '(',
            "rpar" => ')',
            "colon" => ':',
            "sol" => '/',
            "bsol" => '\\',
            "lowbar" => '_',
            "num" => '#',
            "tab" | "Tab" => '\t',
            "NewLine" => '\n',
            _ => return None,
        }
    };
    Some((c, end + 1))
}

/// Emphasis, code marks and escapes of Markdown.
pub fn markdown(text: &str) -> Option<String> {
    let mut out = Cow::Borrowed(text);
    if out.contains('\\') {
        // A backslash before punctuation is an escape; one before a letter belongs to a path.
        let mut plain = String::with_capacity(out.len());
        let mut chars = out.chars().peekable();
        while let Some(c) = chars.next() {
            let escapes = c == '\\' && chars.peek().is_some_and(|n| "_*[]()#+-.!`<>~|{}\"'".contains(*n));
            if !escapes {
                plain.push(c);
            }
        }
        out = Cow::Owned(plain);
    }
    for mark in ["**", "~~"] {
        // Only marks that touch a word on their inner side, so that `2 ** 3` stays.
        if out.matches(mark).count() >= 2 && !out.contains(&format!(" {mark} ")) {
            out = Cow::Owned(out.replace(mark, ""));
        }
    }
    if out.matches('`').count() >= 2 {
        out = Cow::Owned(out.replace('`', ""));
    } else if out.trim_start().starts_with('`') || (out.trim_end().ends_with('`') && !out.contains('\'')) {
        out = Cow::Owned(out.trim().trim_matches('`').to_string());
    }
    let inner = out.trim();
    for mark in ['_', '*'] {
        if inner.len() > 2 && inner.starts_with(mark) && inner.ends_with(mark) {
            out = Cow::Owned(inner.trim_matches(mark).to_string());
            break;
        }
    }
    Some(out.into_owned())
}

/// Tags of forums: `[b]`, `[I]`, `[code]`, `[url=...]`.
pub fn bbcode(text: &str) -> Option<String> {
    let tag = &shapes::BBCODE;
    // An index `[i]` of a program looks the same; behind a letter it stays.
    if !tag.is_match(text) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut last = 0;
    for m in tag.all(text) {
        let index = &text[m.clone()] == "[i]" && text[..m.start].ends_with(|c: char| c.is_ascii_alphanumeric()) && !text.contains("[/i]");
        if !index {
            out.push_str(&text[last..m.start]);
            last = m.end;
        }
    }
    out.push_str(&text[last..]);
    Some(out)
}

/// Marks of quotation and of lists before a line. A blank that belongs to the text stays, since lines may have to be
/// joined.
pub fn leading(text: &str) -> Option<String> {
    let mut rest = text;
    loop {
        let inner = rest.trim_start();
        let next = match inner.as_bytes() {
            // `<4>` and `->` are no quotation; `>` and `|` are.
            [b'>' | b'|', ..] => &inner[1..],
            [b'*' | b'+' | b'-' | b'#', b' ', ..] => &inner[1..],
            [b'_', next, ..] if next.is_ascii_alphanumeric() && !word_of_code(inner) => &inner[1..],
            _ => break,
        };
        rest = next.strip_prefix(' ').unwrap_or(next);
    }
    (rest.len() != text.len()).then(|| rest.strip_suffix('_').unwrap_or(rest).to_string())
}

/// `_name(`, `_name+0x`: a function, not emphasis.
fn word_of_code(text: &str) -> bool {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    text[1..end].contains('_') || text[end..].starts_with(['(', '+'])
}
