//! Words of an expression. Positions are byte offsets into the expression's text.

/// One word.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A name with its dots, or a keyword.
    Name(String),
    /// An integer.
    Int(i128),
    /// A number with a point.
    Real(f64),
    /// `0x..`
    Hex(u128),
    /// A quoted text.
    Text(String),
    /// An operator or bracket.
    Mark(&'static str),
}

/// A mistake in an expression: byte offset and a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// Byte offset into the expression.
    pub at: usize,
    /// What is wrong.
    pub say: String,
}

const MARKS: &[&str] = &["**", "//", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", "|", "="];

/// Splits an expression into words with their offsets.
pub fn lex(text: &str) -> Result<Vec<(usize, Token)>, Mistake> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        let c = bytes[i];
        if c.is_ascii_whitespace() {
            i += 1;
        } else if c == b'\'' || c == b'"' {
            let (value, end) = quoted(text, i)?;
            out.push((i, Token::Text(value)));
            i = end;
        } else if c.is_ascii_digit() {
            let (token, end) = number(text, i)?;
            out.push((i, token));
            i = end;
        } else if c.is_ascii_alphabetic() || c == b'_' {
            let end = text[i..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).map_or(text.len(), |n| i + n);
            out.push((i, Token::Name(text[i..end].to_string())));
            i = end;
        } else if let Some(mark) = MARKS.iter().find(|m| text[i..].starts_with(**m)) {
            out.push((i, Token::Mark(mark)));
            i += mark.len();
        } else {
            let c = text[i..].chars().next().unwrap_or('?');
            return Err(Mistake { at: i, say: format!("`{c}` has no meaning here") });
        }
    }
    Ok(out)
}

fn quoted(text: &str, start: usize) -> Result<(String, usize), Mistake> {
    let quote = text[start..].chars().next().unwrap_or('\'');
    let mut value = String::new();
    let mut escaped = false;
    for (offset, c) in text[start + 1..].char_indices() {
        if escaped {
            // A pattern keeps its backslashes; only the quote itself needs one.
            if c != quote {
                value.push('\\');
            }
            value.push(c);
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return Ok((value, start + 1 + offset + 1));
        } else {
            value.push(c);
        }
    }
    Err(Mistake { at: start, say: "this quoted text has no end".into() })
}

fn number(text: &str, start: usize) -> Result<(Token, usize), Mistake> {
    let rest = &text[start..];
    let fail = |say: &str| Err(Mistake { at: start, say: say.into() });
    if rest.starts_with("0x") || rest.starts_with("0X") {
        let end = rest[2..].find(|c: char| !c.is_ascii_hexdigit()).map_or(rest.len(), |n| n + 2);
        return match u128::from_str_radix(&rest[2..end], 16) {
            Ok(value) => Ok((Token::Hex(value), start + end)),
            Err(_) => fail("this is no hexadecimal number"),
        };
    }
    let mut end = rest.find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(rest.len());
    let mut real = false;
    if rest[end..].starts_with('.') && rest[end + 1..].starts_with(|c: char| c.is_ascii_digit()) {
        real = true;
        end += 1 + rest[end + 1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - end - 1);
    }
    let digits: String = rest[..end].chars().filter(|c| *c != '_').collect();
    if rest[end..].starts_with(|c: char| c.is_ascii_alphabetic()) {
        return fail("a number is followed by a letter; units do not stand in expressions");
    }
    if real {
        match digits.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok((Token::Real(value), start + end)),
            _ => fail("this number is too large"),
        }
    } else {
        match digits.parse::<i128>() {
            Ok(value) => Ok((Token::Int(value), start + end)),
            Err(_) => fail("this number is too large"),
        }
    }
}
