//! Compiles a table. Its rows come from the outline; the YAML of the rows is parsed only when the file is examined,
//! which is when places for mistakes are needed.

use super::compile::Compiler;
use super::lint;
use super::outline::Outline;
use super::rows::ordered;
use super::types::{Cell, Column, Reading, Row, Table};
use crate::facts::decl::{FactDecl, Kind as FactKind, Name};
use crate::facts::unit::Unit;
use crate::model::pattern::PatternFile;
use crate::model::table::{ColumnFile, TableFile};
use crate::model::yaml;
use crate::problem::did_you_mean;
use crate::text::place::At;
use std::collections::BTreeMap;

impl Compiler<'_> {
    pub(super) fn table(&mut self, outline: &'static Outline) -> Option<Table> {
        let text = if self.strict { self.text } else { self.text.get(..outline.rows_at).unwrap_or(self.text) };
        let f: TableFile = yaml::read(self.file, text).map_err(|p| self.problems.push(p)).ok()?;
        let keys = self.columns(&f.keys);
        let columns = self.columns(&f.columns);
        let rows = outline.rows.lines().map(|line| row(line, &keys, &columns)).collect();
        let find = |name: &At<String>| columns.iter().position(|c| c.name() == name.value);
        let nearest = f.nearest.as_ref().and_then(|n| {
            let key = keys.iter().position(|k| k.name() == n.below.value)?;
            Some((key, n.same.iter().filter_map(find).collect()))
        });
        let mut derives = self.derives(&f.derive);
        // In the order of the file: each may use those above it.
        let order: Vec<&str> = ordered(&f.derive).into_iter().map(|(n, _)| n.value.as_str()).collect();
        derives.sort_by_key(|(name, _)| order.iter().position(|o| *o == &**name));
        let table = Table {
            id: f.id.value.clone(),
            title: f.title.value.clone(),
            source: f.source.value.clone(),
            note: f.note.as_ref().map(|n| n.value.clone()),
            rows,
            readings: f.seen_as.iter().chain(&f.asked_as).map(|p| self.reading(p)).collect(),
            asked_by: f.asked_by.iter().map(|n| n.value.as_str().into()).collect(),
            derives,
            say: f.say.iter().flat_map(|s| s.cases()).filter_map(|(when, say)| Some((self.all(when), self.message(say)?))).collect(),
            notes: f.notes.iter().filter_map(|n| Some((self.all(&n.when.0), self.message(&n.say)?))).collect(),
            nearest,
            keys,
            columns,
        };
        if self.strict {
            self.rows(&f, &table);
            super::lint_table::table(self, &f, &table);
        }
        Some(table)
    }

    fn reading(&mut self, p: &PatternFile) -> Reading {
        let Some(options) = p.options() else { return Reading::Plain };
        match (&options.each, &options.bits) {
            (Some(each), _) => self.regex(&each.pattern).map_or(Reading::Plain, |r| Reading::Each(each.capture.value.clone(), r)),
            (None, Some(bits)) => Reading::Bits(bits.value.clone()),
            (None, None) => Reading::Plain,
        }
    }

    /// What is wrong with the rows, each thing in its place.
    fn rows(&mut self, f: &TableFile, table: &Table) {
        let named = |name: &str| table.keys.iter().chain(&table.columns).find(|c| c.name() == name);
        for row in &f.rows {
            for (name, cell) in row {
                let Some(column) = named(&name.value) else {
                    let hint = did_you_mean(name, table.keys.iter().chain(&table.columns).map(Column::name));
                    self.wrong(name.place, "unknown-column", format!("`{}` is no key and no column of this table", name.value), hint);
                    continue;
                };
                let is_key = table.keys.iter().any(|k| k.name() == name.value);
                let wrong = if is_key { Cell::read(&cell.value, column).err() } else { column.decl.read(&cell.value, None).err() };
                if let Some(say) = wrong {
                    self.wrong(cell.place, "cell", say, "");
                }
            }
            for key in table.keys.iter().filter(|k| !row.keys().any(|n| n.value == k.name())) {
                let place = row.keys().next().map(|k| k.place).unwrap_or_default();
                self.wrong(place, "missing-key", format!("this row has no `{}`", key.name()), "write `any` when it does not matter");
            }
        }
    }

    /// Columns in the order of the file: that of the keys is the order in which a lookup gives them.
    fn columns(&mut self, map: &BTreeMap<At<String>, ColumnFile>) -> Vec<Column> {
        let mut out = Vec::new();
        for (name, c) in ordered(map) {
            let kind = FactKind::named(&c.kind).unwrap_or_else(|| {
                self.wrong(c.kind.place, "type", format!("`{}` is no type", c.kind.value), lint::types());
                FactKind::Text
            });
            let plain = FactDecl::plain(&name.value, kind, "");
            let unit = match &c.unit {
                None => plain.unit,
                Some(u) => Unit::named(u).unwrap_or_else(|| {
                    self.wrong(u.place, "unit", format!("`{}` is no unit", u.value), lint::units());
                    Unit::One
                }),
            };
            out.push(Column { decl: FactDecl { unit, ..plain } });
        }
        out
    }
}

/// A row of the outline. A cell that cannot be read fits everything as a key and is not known as a column.
fn row(line: &'static str, keys: &[Column], columns: &[Column]) -> Row {
    let mut cells = line.split('\t');
    let mut next = || cells.next().filter(|c| !c.is_empty());
    Row {
        keys: keys.iter().map(|k| next().and_then(|c| Cell::read(c, k).ok()).unwrap_or(Cell::Any)).collect(),
        cells: columns.iter().map(|_| next()).collect(),
    }
}

/// Names that an expression of a table may use beside its own: captures of its patterns that are neither key nor column.
pub fn captured(f: &TableFile) -> Vec<Name> {
    let mut out: Vec<Name> = Vec::new();
    for p in f.seen_as.iter().chain(&f.asked_as) {
        let mut add = |name: &str| {
            if !out.iter().any(|o| **o == *name) {
                out.push(Name::from(name));
            }
        };
        super::outline::captures(&p.source().value, &mut add);
        if let Some(each) = p.options().and_then(|o| o.each.as_ref()) {
            super::outline::captures(&each.pattern, &mut add);
        }
    }
    out
}
