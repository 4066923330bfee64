//! Codes in a line and what they mean, by the tables of the library. A table is parsed only when one of its patterns
//! may match; nothing here knows a code, a product or a bit.

use crate::facts::decl::Name;
use crate::facts::value::Value;
use crate::library::Library;
use crate::library::coded::Coded;
use crate::library::outline::Role;
use crate::library::pattern::Pattern;
use crate::library::types::{Reading, Row, Table};
use crate::text::untrusted::{cut_at, lossless};
use regex::bytes::Captures;
use std::ops::Range;

/// Places at which one pattern is tried in one line.
const MOST_TRIES: usize = 24;
/// Rows that are shown when the keys do not settle which one is meant.
const MOST_ROWS: usize = 4;
/// Items of a list of codes.
const MOST_ITEMS: usize = 64;
/// Bytes of a line that are looked at.
pub const MOST_BYTES: usize = 64 << 10;

/// A code with its meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// As it was written.
    pub code: String,
    /// Title of the table.
    pub kind: String,
    /// Id of the table; empty when none has such a code.
    pub table: String,
    pub meaning: String,
    /// Other columns by name, what the table derives, and what stood beside the code.
    pub parts: Vec<(String, String)>,
    /// What must be said with it: not to be believed, only the nearest row.
    pub notes: Vec<String>,
    /// The table has no row for it.
    pub unknown: bool,
}

/// A match of a table's pattern.
pub struct Found {
    /// Where it stands.
    pub span: Range<usize>,
    /// Entry of the library whose pattern it is.
    pub entry: usize,
    pub codes: Vec<Code>,
}

/// Codes that tables find in a line, in the order of the tables' names.
pub fn line(library: &Library, text: &str) -> Vec<Code> {
    let mut out: Vec<Code> = Vec::new();
    for code in find(library, cut(text), Role::SeenAs).into_iter().flat_map(|f| f.codes) {
        if !out.iter().any(|c| c.table == code.table && c.code == code.code && c.meaning == code.meaning) {
            out.push(code);
        }
    }
    out
}

/// The beginning of a text that is looked at.
pub fn cut(text: &str) -> &str {
    &text[..cut_at(text, MOST_BYTES)]
}

/// All matches of the tables' patterns of one role.
pub fn find(library: &Library, text: &str, role: Role) -> Vec<Found> {
    let folded = text.to_ascii_lowercase();
    let mut out = Vec::new();
    for pattern in library.code_patterns(role) {
        if !pattern.may_match_folded(folded.as_bytes()) {
            continue;
        }
        let Some(regex) = pattern.regex_for(text.as_bytes()) else { continue };
        let mut from = 0;
        for _ in 0..MOST_TRIES {
            let Some(found) = regex.captures_at(text.as_bytes(), from) else { break };
            let Some(span) = found.get(0).map(|w| w.range()) else { break };
            if span.is_empty() || (role == Role::AskedAs && !stands_alone(text, &span)) {
                from = span.start + 1;
            } else {
                from = span.end;
                let Some(table) = library.table_at(pattern.entry) else { break };
                let codes = read(library, table, pattern, &found, role);
                if !codes.is_empty() {
                    out.push(Found { span, entry: pattern.entry, codes });
                }
            }
            if from >= text.len() {
                break;
            }
        }
    }
    longest_of_each_table(out)
}

/// Of two matches of one table in one place the longer is the code, the shorter a part of it.
fn longest_of_each_table(found: Vec<Found>) -> Vec<Found> {
    let part = |f: &Found| {
        let longer = |o: &&Found| o.entry == f.entry && o.span.len() > f.span.len();
        found.iter().filter(longer).any(|o| o.span.start < f.span.end && f.span.start < o.span.end)
    };
    let parts: Vec<bool> = found.iter().map(part).collect();
    found.into_iter().zip(parts).filter(|(_, part)| !part).map(|(f, _)| f).collect()
}

/// Whether a match is not part of a longer word.
fn stands_alone(text: &str, span: &Range<usize>) -> bool {
    let edge = |c: Option<&u8>| c.is_none_or(|c| c.is_ascii_whitespace() || b",;:.\"'()[]".contains(c));
    let bytes = text.as_bytes();
    edge(span.start.checked_sub(1).and_then(|i| bytes.get(i))) && edge(bytes.get(span.end))
}

/// What a match means.
fn read(library: &Library, table: &Table, pattern: &Pattern, found: &Captures<'_>, role: Role) -> Vec<Code> {
    let mut captured: Vec<(Name, String)> =
        pattern.captures().iter().filter_map(|(i, name)| Some((name.clone(), lossless(found.get(*i)?.as_bytes()).into_owned()))).collect();
    let whole = found.get(0).map(|m| lossless(m.as_bytes()).trim().to_string()).unwrap_or_default();
    let keys: Vec<&str> = table.keys.iter().filter_map(|k| text_of(&captured, k.name())).collect();
    let shown = if role == Role::AskedAs || keys.is_empty() { whole } else { keys.join(" ") };
    match table.readings.get(pattern.ordinal) {
        Some(Reading::Each(name, item)) => {
            let Some(list) = take(&mut captured, name) else { return Vec::new() };
            let items = item.captures_iter(list.as_bytes()).take(MOST_ITEMS).map(|found| {
                let names = item.capture_names().flatten();
                let own: Vec<(Name, String)> = names.filter_map(|n| Some((Name::from(n), lossless(found.name(n)?.as_bytes()).into_owned()))).collect();
                let label = own.first().map(|(_, text)| text.clone()).unwrap_or_default();
                let row = table.row(&keys_of(table, &own)).ok().flatten();
                (label, row.and_then(|r| about(library, table, r)))
            });
            several(table, shown, items.collect())
        }
        Some(Reading::Bits(name)) => {
            let number = take(&mut captured, name).and_then(|text| number(&text));
            let mut keys = keys_of(table, &captured);
            if table.columns.iter().any(|c| c.name() == "bit") {
                keys.clear();
            } else {
                keys.pop();
            }
            keys.push(number.map(Value::Hex));
            let rows = table.rows_of_bits(&keys).unwrap_or_default();
            let items = rows.into_iter().map(|(bit, row)| {
                let name = row.and_then(|r| label(table, r)).unwrap_or_else(|| format!("bit {bit}"));
                (name, row.and_then(|r| about(library, table, r)))
            });
            several(table, shown, items.collect())
        }
        _ => codes(library, table, &captured, &shown),
    }
}

/// What captures mean in a table: the row of their keys, the rows of their columns, or rows that would fit.
pub fn codes(library: &Library, table: &Table, captured: &[(Name, String)], shown: &str) -> Vec<Code> {
    let keys = keys_of(table, captured);
    let by_column: Vec<(usize, &str)> = table
        .columns
        .iter()
        .enumerate()
        .filter_map(|(i, c)| Some((i, text_of(captured, c.name())?)))
        .filter(|(i, _)| !table.nearest.as_ref().is_some_and(|n| n.1.contains(i)))
        .collect();
    let beside: Vec<(Name, String)> = captured.iter().filter(|(n, _)| !table.keys.iter().chain(&table.columns).any(|c| c.decl.name == *n)).cloned().collect();
    let complete = keys.iter().all(Option::is_some);
    if by_column.is_empty() && complete {
        let row = table.row(&keys).ok().flatten();
        return vec![code(library, table, &keys, row, captured, &beside, shown)];
    }
    let rows = table.rows_like(&keys, &by_column);
    // A name that is not in the table is a word, not an unknown code.
    rows.into_iter().take(MOST_ROWS).map(|row| code(library, table, &keys, Some(row), captured, &beside, shown)).collect()
}

fn code(
    library: &Library,
    table: &Table,
    keys: &[Option<Value>],
    row: Option<&Row>,
    captured: &[(Name, String)],
    beside: &[(Name, String)],
    shown: &str,
) -> Code {
    let coded = Coded::new(library, table, keys, row, beside);
    let mut notes = coded.notes();
    let said = coded.meaning();
    let unknown = if table.rows.is_empty() { said.is_none() } else { row.is_none() };
    let mut parts: Vec<(String, String)> = Vec::new();
    // Without a column of that name the first that the row says is its meaning.
    let first = || row.and_then(|_| table.columns.iter().find_map(|c| coded.get(c.name())).map(|v| v.with_unit()));
    let mut meaning = said.or_else(first).unwrap_or_default();
    // Keys that the code as it is shown does not say: those of a row that was found by a name.
    for (column, key) in table.keys.iter().zip(row.map_or(&[][..], |r| &r.keys)) {
        if let crate::library::types::Cell::Is(v) = key
            && text_of(captured, column.name()).is_none()
        {
            parts.push((column.name().to_string(), v.to_string()));
        }
    }
    let columns = table.columns.iter().map(|c| &c.decl.name);
    let derived = table.derives.iter().map(|(n, _)| n);
    for name in columns.chain(derived).chain(beside.iter().map(|(n, _)| n)).filter(|n| &***n != "meaning") {
        if let Some(value) = coded.get(name) {
            let text = value.with_unit();
            if !text.is_empty() && text != meaning && !parts.iter().any(|(n, _)| **n == **name) {
                parts.push((name.to_string(), text));
            }
        }
    }
    if unknown {
        meaning = "not in this table".into();
        if let Some((below, note)) = nearest(table, keys, captured) {
            meaning = below;
            notes.push(note);
        }
    }
    notes.extend(coded.broken.map(|why| format!("a defect of the table: {why}")));
    Code { code: shown.to_string(), kind: table.title.clone(), table: table.id.clone(), meaning, parts, notes, unknown }
}

/// For a number without a row: the row below it, and the sentence that says so.
fn nearest(table: &Table, keys: &[Option<Value>], captured: &[(Name, String)]) -> Option<(String, String)> {
    let (key, same) = table.nearest.as_ref()?;
    let number = keys.get(*key)?.as_ref()?;
    let same: Vec<(usize, &str)> = same.iter().filter_map(|i| Some((*i, text_of(captured, table.columns[*i].name())?))).collect();
    let row = table.row_below(*key, number, &same)?;
    let below = match &row.keys[*key] {
        crate::library::types::Cell::Is(v) => v.to_string(),
        _ => return None,
    };
    let cells: Vec<&str> = row.cells.iter().flatten().copied().collect();
    Some((format!("not in this table; the nearest below it is {below}"), format!("{below}: {}. What lies between them is not known.", cells.join(", "))))
}

/// Several codes that were written together.
fn several(table: &Table, shown: String, items: Vec<(String, Option<String>)>) -> Vec<Code> {
    if items.is_empty() {
        return Vec::new();
    }
    let names: Vec<&str> = items.iter().map(|(name, _)| name.as_str()).collect();
    let meaning = names.join(" ");
    let unknown = items.iter().all(|(_, text)| text.is_none());
    let parts = items.iter().map(|(name, text)| (name.clone(), text.clone().unwrap_or_else(|| "not in this table".into()))).collect();
    vec![Code { code: shown, kind: table.title.clone(), table: table.id.clone(), meaning, parts, notes: Vec::new(), unknown }]
}

/// What a row says in one sentence: its column `meaning`, else its last text.
fn about(library: &Library, table: &Table, row: &Row) -> Option<String> {
    let keys: Vec<Option<Value>> = row.keys.iter().map(|_| None).collect();
    let coded = Coded::new(library, table, &keys, Some(row), &[]);
    coded.meaning().or_else(|| row.cells.iter().flatten().last().map(|c| c.to_string()))
}

/// What a row is called: its first key that is not a bit, else its first text.
fn label(table: &Table, row: &Row) -> Option<String> {
    let key = table.keys.iter().zip(&row.keys).find_map(|(column, cell)| match cell {
        crate::library::types::Cell::Is(v) if table.keys.len() == 1 && column.name() != "bit" => Some(v.to_string()),
        _ => None,
    });
    key.or_else(|| row.cells.iter().flatten().next().map(|c| c.to_string()))
}

fn text_of<'a>(captured: &'a [(Name, String)], name: &str) -> Option<&'a str> {
    captured.iter().find(|(n, _)| &**n == name).map(|(_, text)| text.as_str())
}

fn take(captured: &mut Vec<(Name, String)>, name: &str) -> Option<String> {
    let at = captured.iter().position(|(n, _)| &**n == name)?;
    Some(captured.remove(at).1)
}

/// Keys as they were captured; upper and lower case are one.
fn keys_of(table: &Table, captured: &[(Name, String)]) -> Vec<Option<Value>> {
    table.keys.iter().map(|k| text_of(captured, k.name()).map(|t| Value::Text { text: t.into(), fold: true })).collect()
}

/// A number, decimal or hexadecimal by its spelling.
pub fn number(text: &str) -> Option<u128> {
    match text.trim().strip_prefix("0x").or_else(|| text.trim().strip_prefix("0X")) {
        Some(hex) => u128::from_str_radix(hex, 16).ok(),
        None => text.trim().parse().ok(),
    }
}
