//! The plain part of YAML, in which most library files are written: maps and lists by indentation or on one line, texts
//! of one line, and lines as they are behind `|`. It is read here in a few microseconds, which tells where a user's library
//! has thousands of files.
//!
//! Everything else is left to the YAML crate, and so is whatever a model does not take: it reads what is not understood
//! here, and says what is wrong. What is taken here, the crate would take in the same way; the tests compare both.

mod deserialize;

use crate::text::place::{Place, here};
use serde::Deserialize;
use std::borrow::Cow;

/// Deeper files are left to the crate, which has limits.
const DEEPEST: usize = 12;
/// Longer texts are.
const LONGEST: usize = 64 << 10;
/// Stands before a document.
const MARK: &str = "---\n";
/// Larger maps are: two keys that are the same are looked for one by one.
const MOST_KEYS: usize = 64;

/// A value.
#[derive(Debug)]
enum Node<'t> {
    Scalar(Scalar<'t>),
    List(Vec<Node<'t>>),
    Map(Vec<(Scalar<'t>, Node<'t>)>),
}

/// A text.
#[derive(Debug)]
struct Scalar<'t> {
    text: Cow<'t, str>,
    place: Place,
    /// It may be meant as something else than a text: a number, yes or no, nothing.
    ambiguous: bool,
}

/// Reads a document into a model struct; `None` when it is not plain, or not what the struct holds.
pub fn read<'t, T: Deserialize<'t>>(text: &'t str) -> Option<T> {
    let node = parse(text)?;
    here(None);
    let read = T::deserialize(&node);
    here(None);
    read.ok()
}

/// Reads a document whose top is a map; `None` when it is not plain.
fn parse(text: &str) -> Option<Node<'_>> {
    // The head of an article begins with the mark of a document.
    let (body, first) = text.strip_prefix(MARK).map_or((text, 1u32), |body| (body, 2));
    if text.len() > LONGEST || !is_plain(body) {
        return None;
    }
    let mut lines = Vec::new();
    let mut start = text.len() - body.len();
    for (number, line) in (first..).zip(body.split('\n')) {
        let body = line.trim_start_matches(' ');
        if !body.is_empty() && !body.starts_with('#') {
            lines.push(Line { text: line.trim_end_matches(' '), indent: line.len() - body.len(), start, number });
        }
        start += line.len() + 1;
    }
    let mut reader = Reader { document: text, lines, at: 0 };
    let first = reader.lines.first()?;
    let node = if first.indent == 0 && !first.text.starts_with("- ") { reader.map(0, 0)? } else { return None };
    (reader.at == reader.lines.len()).then_some(node)
}

/// Whether nothing stands in a text that the crate may see as more than a letter or a line end.
fn is_plain(text: &str) -> bool {
    let special = |c: char| (c < ' ' && c != '\n') || ('\u{7f}'..='\u{a0}').contains(&c) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    let is_mark = |line: &str| line.starts_with("---") || line.starts_with("...") || line.starts_with('%');
    let is_ascii = text.bytes().all(|b| (b' '..0x7f).contains(&b) || b == b'\n');
    (is_ascii || !text.chars().any(special)) && !text.split('\n').any(is_mark)
}

/// A line that is neither empty nor a comment.
#[derive(Clone, Copy)]
struct Line<'t> {
    text: &'t str,
    indent: usize,
    /// Where it begins in the document.
    start: usize,
    number: u32,
}

struct Reader<'t> {
    document: &'t str,
    lines: Vec<Line<'t>>,
    at: usize,
}

impl<'t> Reader<'t> {
    /// Entries of a map, the first of which may stand behind the hyphens of list items.
    fn map(&mut self, indent: usize, depth: usize) -> Option<Node<'t>> {
        let mut entries: Vec<(Scalar<'t>, Node<'t>)> = Vec::new();
        while let Some(line) = self.lines.get(self.at).copied().filter(|l| l.indent == indent) {
            let mut cursor = Cursor { line, at: indent };
            if cursor.rest().starts_with("- ") || cursor.rest() == "-" {
                break;
            }
            let key = cursor.key()?;
            cursor.skip_blanks();
            let value = if cursor.is_over() { self.below(indent, depth)? } else { self.inline(cursor, indent, depth)? };
            add(&mut entries, key, value)?;
        }
        (!entries.is_empty()).then_some(Node::Map(entries))
    }

    /// What stands below a key: deeper, or a list at its own depth.
    fn below(&mut self, indent: usize, depth: usize) -> Option<Node<'t>> {
        self.at += 1;
        let next = self.lines.get(self.at)?;
        let is_item = next.text[next.indent..].starts_with("- ");
        match next.indent {
            deeper if deeper > indent && depth < DEEPEST => {
                if is_item {
                    self.list(deeper, depth + 1)
                } else {
                    self.map(deeper, depth + 1)
                }
            }
            same if same == indent && is_item && depth < DEEPEST => self.list(indent, depth + 1),
            _ => None,
        }
    }

    fn list(&mut self, indent: usize, depth: usize) -> Option<Node<'t>> {
        let mut items = Vec::new();
        while let Some(line) = self.lines.get(self.at).copied().filter(|l| l.indent == indent) {
            let mut cursor = Cursor { line, at: indent };
            if !cursor.rest().starts_with("- ") {
                break;
            }
            cursor.at += 1;
            cursor.skip_blanks();
            let mut ahead = cursor;
            if ahead.key().is_some() {
                // The first entry of a map: the others stand below it.
                self.lines[self.at].indent = cursor.at;
                items.push(if depth < DEEPEST { self.map(cursor.at, depth + 1)? } else { return None });
            } else {
                items.push(self.inline(cursor, indent, depth)?);
            }
        }
        (!items.is_empty()).then_some(Node::List(items))
    }

    /// A value to the end of its line, or the lines behind `|`.
    fn inline(&mut self, mut cursor: Cursor<'t>, indent: usize, depth: usize) -> Option<Node<'t>> {
        if matches!(cursor.rest(), "|" | "|-") {
            return self.block(cursor, indent).map(Node::Scalar);
        }
        let value = cursor.value(false, depth)?;
        cursor.skip_blanks();
        self.at += 1;
        cursor.is_over().then_some(value)
    }

    /// Lines that stand deeper than `indent`, as they are.
    fn block(&mut self, cursor: Cursor<'t>, indent: usize) -> Option<Scalar<'t>> {
        let header = cursor.line.start + self.document[cursor.line.start..].find('\n')? + 1;
        let deep = self.document[header..].len() - self.document[header..].trim_start_matches(' ').len();
        let (mut text, mut at, mut empty) = (String::new(), header, 0);
        while let Some(rest) = self.document.get(at..).filter(|rest| !rest.is_empty()) {
            let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
            let body = line.trim_start_matches(' ');
            if body.is_empty() && !line.is_empty() {
                return None;
            }
            if !body.is_empty() && line.len() - body.len() < deep {
                break;
            }
            if body.is_empty() {
                empty += 1;
            } else {
                text.extend(std::iter::repeat_n('\n', std::mem::take(&mut empty)));
                text.push_str(&line[deep..]);
                text.push('\n');
            }
            at += line.len() + 1;
        }
        if deep <= indent || text.is_empty() || self.document[header..].starts_with('\n') {
            return None;
        }
        if cursor.rest() == "|-" {
            text.pop();
        }
        while self.lines.get(self.at).is_some_and(|line| line.start < at) {
            self.at += 1;
        }
        // To the crate the blanks before what follows belong to it.
        let behind = self.document.get(at..).unwrap_or_default();
        let end = at.min(self.document.len()) + behind.len() - behind.trim_start_matches(' ').len();
        let start = header + deep;
        let place = Place { line: cursor.line.number + 1, col: deep as u32 + 1, start: start as u32, len: (end - start) as u32 };
        Some(Scalar { text: Cow::Owned(text), place, ambiguous: false })
    }
}

/// Adds an entry to a map; `None` when its key stands there already.
fn add<'t>(entries: &mut Vec<(Scalar<'t>, Node<'t>)>, key: Scalar<'t>, value: Node<'t>) -> Option<()> {
    if entries.len() >= MOST_KEYS || entries.iter().any(|(other, _)| other.text == key.text) {
        return None;
    }
    entries.push((key, value));
    Some(())
}

/// A place in a line.
#[derive(Clone, Copy)]
struct Cursor<'t> {
    line: Line<'t>,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        &self.line.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches(' ').len();
    }

    /// Nothing more stands here, or a comment behind a blank.
    fn is_over(&self) -> bool {
        self.rest().is_empty() || (self.rest().starts_with('#') && self.line.text[..self.at].ends_with(' '))
    }

    fn scalar(&self, from: usize, text: Cow<'t, str>, ambiguous: bool) -> Scalar<'t> {
        let before = &self.line.text[..from];
        let col = if before.is_ascii() { before.len() } else { before.chars().count() };
        let place = Place { line: self.line.number, col: col as u32 + 1, start: (self.line.start + from) as u32, len: (self.at - from) as u32 };
        Scalar { text, place, ambiguous }
    }

    /// A word or a text in quotes, a colon, and a blank or the end of the line.
    fn key(&mut self) -> Option<Scalar<'t>> {
        if self.rest().starts_with(['\'', '"']) {
            let key = self.quoted()?;
            let is_key = self.rest() == ":" || self.rest().starts_with(": ");
            self.at += 1;
            return is_key.then_some(key);
        }
        let from = self.at;
        let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'/');
        let word = &self.rest()[..self.rest().bytes().position(|b| !is_part(b)).unwrap_or(self.rest().len())];
        let behind = &self.rest()[word.len()..];
        if is_ambiguous(word) || !(behind == ":" || behind.starts_with(": ")) {
            return None;
        }
        self.at += word.len();
        let key = self.scalar(from, Cow::Borrowed(word), false);
        self.at += 1;
        Some(key)
    }

    /// A value; `inside`: of a list or map in brackets.
    fn value(&mut self, inside: bool, depth: usize) -> Option<Node<'t>> {
        match self.rest().bytes().next()? {
            b'\'' | b'"' => self.quoted().map(Node::Scalar),
            b'[' | b'{' if depth < DEEPEST => self.flow(depth),
            _ => self.bare(inside).map(Node::Scalar),
        }
    }

    fn quoted(&mut self) -> Option<Scalar<'t>> {
        let from = self.at;
        let quote = self.rest().chars().next()?;
        let escape = if quote == '"' { '\\' } else { '\'' };
        let mut escapes = false;
        self.at += 1;
        loop {
            self.at += self.rest().find([quote, escape])?;
            // Two quotes are one; behind a backslash only what stands for itself is plain.
            let pairs: &[&str] = if quote == '"' { &["\\\"", "\\\\"] } else { &["''"] };
            let is_pair = pairs.iter().any(|pair| self.rest().starts_with(pair));
            if is_pair {
                escapes = true;
                self.at += 2;
            } else if self.rest().starts_with(quote) {
                break;
            } else {
                return None;
            }
        }
        let inner = &self.line.text[from + 1..self.at];
        self.at += 1;
        let text = match (escapes, quote) {
            (false, _) => Cow::Borrowed(inner),
            (true, '"') => Cow::Owned(inner.replace("\\\"", "\"").replace("\\\\", "\\")),
            (true, _) => Cow::Owned(inner.replace("''", "'")),
        };
        Some(self.scalar(from, text, false))
    }

    /// A text without quotes.
    fn bare(&mut self, inside: bool) -> Option<Scalar<'t>> {
        let rest = self.rest();
        let stops = |c: char| matches!(c, ',' | '[' | ']' | '{' | '}');
        let upto = if inside { rest.find(stops)? } else { rest.find(" #").unwrap_or(rest.len()) };
        let text = rest[..upto].trim_end_matches(' ');
        let begins_badly = text.is_empty() || text.starts_with(|c: char| "-?:,[]{}#&*!|>'\"%@`".contains(c));
        if begins_badly || text.contains(": ") || text.ends_with(':') || text.contains(" #") {
            return None;
        }
        let from = self.at;
        self.at += text.len();
        Some(self.scalar(from, Cow::Borrowed(text), is_ambiguous(text)))
    }

    /// A list or map in brackets, on one line.
    fn flow(&mut self, depth: usize) -> Option<Node<'t>> {
        let is_map = self.rest().starts_with('{');
        let end = if is_map { '}' } else { ']' };
        let (mut items, mut entries): (Vec<Node<'t>>, Vec<(Scalar<'t>, Node<'t>)>) = (Vec::new(), Vec::new());
        self.at += 1;
        loop {
            self.skip_blanks();
            if self.rest().starts_with(end) && items.is_empty() && entries.is_empty() {
                break;
            }
            if is_map {
                let key = self.key()?;
                self.skip_blanks();
                let value = self.value(true, depth + 1)?;
                add(&mut entries, key, value)?;
            } else {
                items.push(self.value(true, depth + 1)?);
            }
            self.skip_blanks();
            if self.rest().starts_with(end) {
                break;
            }
            // What stands behind a comma must be an item.
            self.at += if self.rest().starts_with(", ") { 2 } else { return None };
        }
        self.at += 1;
        Some(if is_map { Node::Map(entries) } else { Node::List(items) })
    }
}

/// Whether a word without quotes may be something else than a text, in any version of YAML.
fn is_ambiguous(word: &str) -> bool {
    const WORDS: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "infinity", "nan"];
    // `15 min`, `7.0 U3`
    let is_quantity = |word: &str| {
        let (number, unit) = word.split_once(' ').unwrap_or_default();
        number.bytes().all(|b| b.is_ascii_digit() || b == b'.') && unit.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '*' | '/'))
    };
    (!is_quantity(word) && !word.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '^' | '(' | '\\' | '$' | '_')))
        || (word.len() <= 8 && WORDS.iter().any(|w| word.eq_ignore_ascii_case(w)))
}

#[cfg(test)]
mod tests;
