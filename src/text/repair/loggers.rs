//! What terminals, mail programs and loggers put around a line.

use super::shapes;

/// Escapes of a terminal: raw, as `^[`, `\x1b`, `\033`, `\u001b` or `#033`; strokes over strokes; carriage returns.
pub fn terminal(text: &str) -> Option<String> {
    let may = text.bytes().any(|b| b < 0x20 && b != b'\t') || text.contains("^[") || text.contains("[0m") || text.contains("1b[") || text.contains("33[");
    if !may {
        return None;
    }
    let plain = shapes::ESCAPES.without(text);
    let mut out = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '\u{8}' => {
                out.pop();
            }
            c if (c as u32) < 0x20 && c != '\t' && c != '\n' => {}
            c => out.push(c),
        }
    }
    Some(out)
}

/// `=3D` and the like; the `=` at the end of a line is left to the joining of lines.
pub fn quoted_printable(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let code = |i: usize| -> Option<u8> {
        let (a, b) = (*bytes.get(i + 1)?, *bytes.get(i + 2)?);
        // Senders write capitals; a name and its value such as `fd=20` would look alike otherwise.
        let digit = |d: u8| matches!(d, b'0'..=b'9' | b'A'..=b'F').then(|| (d as char).to_digit(16)).flatten();
        let value = (digit(a)? * 16 + digit(b)?) as u8;
        let plausible = value == b'=' || value == b' ' || value >= 0x80 || (value.is_ascii_punctuation() && text.contains("=3D"));
        let cut = bytes.get(i + 3).is_some_and(|n| n.is_ascii_digit()) && value != b'=' && value < 0x80 && !text.contains("=3D");
        (plausible && !cut).then_some(value)
    };
    let certain = text.contains("=3D") || text.contains("=E2=80") || text.contains("=C2=A0") || text.ends_with("=20") || text.contains("=2E");
    if !certain {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        match (bytes[i] == b'=').then(|| code(i)).flatten() {
            Some(value) => {
                out.push(value);
                i += 3;
            }
            None if bytes[i..].starts_with(b"=2E") => {
                out.push(b'.');
                i += 3;
            }
            None => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

/// A line as a logger wrapped it in JSON: its longest text; where the JSON is cut, its escapes alone are undone.
pub fn json(text: &str) -> Option<String> {
    let start = text.find("{\"").or_else(|| text.find("{ \""));
    if let Some(start) = start
        && let Some(end) = text.rfind('}')
        && end > start
        && let Ok(serde_json::Value::Object(fields)) = serde_json::from_str::<serde_json::Value>(&text[start..=end])
    {
        let mut best = "";
        let mut todo: Vec<&serde_json::Value> = fields.values().collect();
        while let Some(value) = todo.pop() {
            match value {
                serde_json::Value::String(s) if s.len() > best.len() => best = s,
                serde_json::Value::Object(inner) if todo.len() < 64 => todo.extend(inner.values()),
                _ => {}
            }
        }
        return (best.len() > 8).then(|| best.trim_end().to_string());
    }
    if text.contains("\\\"") || text.contains("\\u00") || text.contains("\\/") {
        let text = text.replace("\\\"", "\"").replace("\\/", "/").replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0026", "&");
        return Some(text.replace("\\u0027", "'").replace("\\u001b", "\u{1b}").replace("\\\\", "\\"));
    }
    None
}

/// What other programs write before a line: names of files with line numbers, priorities, containers, prompts.
pub fn prefix(text: &str) -> Option<String> {
    let mut rest = text;
    for _ in 0..3 {
        let Some(m) = shapes::PREFIXES.find(rest).filter(|m| m.end > 0) else { break };
        rest = &rest[m.end..];
    }
    (rest.len() != text.len()).then(|| rest.to_string())
}
