//! Codes in a line and what they mean, by the tables of the library.

use crate::facts::value::Value;
use crate::library::Library;
use crate::library::outline::{Kind, Role};
use crate::library::types::Table;
use std::collections::BTreeSet;

/// A code with its meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// As it was written.
    pub code: String,
    /// Title of the table.
    pub kind: String,
    /// Id of the table.
    pub table: String,
    pub meaning: String,
    /// Other columns by name.
    pub parts: Vec<(String, String)>,
    /// The table has no row for it.
    pub unknown: bool,
}

/// Codes that tables find in a line.
pub fn line(library: &Library, text: &str) -> Vec<Code> {
    let folded = text.to_ascii_lowercase();
    let mut out: Vec<Code> = Vec::new();
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for pattern in library.patterns().iter().filter(|p| p.role() == Role::SeenAs) {
        if !pattern.may_match_folded(folded.as_bytes()) {
            continue;
        }
        let Some(regex) = pattern.regex() else { continue };
        for found in regex.captures_iter(text.as_bytes()).take(16) {
            let Some(table) = library.table_at(pattern.entry) else { continue };
            let key = |name: &str| found.name(name).map(|m| String::from_utf8_lossy(m.as_bytes()).into_owned());
            let texts: Vec<Option<String>> = table.keys.iter().map(|k| key(&k.name)).collect();
            let shown: Vec<&str> = texts.iter().flatten().map(String::as_str).collect();
            let shown = shown.join(" ");
            if seen.insert((table.id.clone(), shown.clone())) {
                let keys: Vec<Option<Value>> = texts.iter().map(|t| t.as_ref().map(|t| Value::text(t.as_str()))).collect();
                out.push(look(table, &keys, shown));
            }
        }
    }
    out
}

/// One code in one table; a code that the table does not know is said to be unknown.
pub fn look(table: &Table, keys: &[Option<Value>], shown: String) -> Code {
    let row = table.row(keys).ok().flatten();
    let mut code = Code { code: shown, kind: table.title.clone(), table: table.id.clone(), meaning: String::new(), parts: Vec::new(), unknown: row.is_none() };
    if let Some(row) = row {
        for (column, cell) in table.columns.iter().zip(&row.cells) {
            let Some(cell) = cell else { continue };
            if column.name == "meaning" {
                code.meaning = cell.to_string();
            } else {
                code.parts.push((column.name.clone(), cell.with_unit()));
            }
        }
    }
    if code.meaning.is_empty() {
        code.meaning = if code.unknown { "not in this table".into() } else { code.parts.first().map(|p| p.1.clone()).unwrap_or_default() };
    }
    code
}

/// Tables of the library.
pub fn tables(library: &Library) -> impl Iterator<Item = &Table> {
    library.of_kind(Kind::Table).into_iter().filter_map(|e| library.table(e.outline.id))
}
