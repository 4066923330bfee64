//! Rows of a table as an outline keeps them: one in a line, cells with tabs between them. A table of many rows is then
//! used without its YAML being parsed again, which would cost more than everything else in a lookup.

use crate::model::table::TableFile;
use crate::text::place::At;
use std::collections::BTreeMap;

/// Columns in the order of the file.
pub fn ordered<T>(map: &BTreeMap<At<String>, T>) -> Vec<(&At<String>, &T)> {
    let mut all: Vec<_> = map.iter().collect();
    all.sort_by_key(|(name, _)| name.place.start);
    all
}

/// Rows as the outline keeps them.
pub fn flat(t: &TableFile) -> String {
    let names: Vec<&str> = ordered(&t.keys).into_iter().chain(ordered(&t.columns)).map(|(n, _)| n.value.as_str()).collect();
    let mut out = String::new();
    for row in &t.rows {
        for (i, name) in names.iter().enumerate() {
            if i > 0 {
                out.push('\t');
            }
            if let Some((_, cell)) = row.iter().find(|(n, _)| n.value == *name) {
                out.extend(cell.value.chars().map(|c| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c }));
            }
        }
        out.push('\n');
    }
    out
}

/// Where the rows begin, when they stand last; else the end of the text.
pub fn begin(t: &TableFile, text: &str) -> usize {
    let mark = "\nrows:";
    match (text.find(mark), text.rfind(mark)) {
        (Some(at), Some(last)) if at == last && !t.rows.is_empty() => {
            let later = text[at + mark.len()..].lines().any(|l| l.starts_with(|c: char| c.is_ascii_alphabetic()));
            if later { text.len() } else { at + 1 }
        }
        _ => text.len(),
    }
}
