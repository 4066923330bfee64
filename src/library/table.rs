//! Looking up tables: the first row whose keys all fit; a key that is not known and decides stops the search.

use super::types::{Cell, Column, Row, Table};
use crate::facts::decl::{FactDecl, Kind};
use crate::facts::scope::Looked;
use crate::facts::value::Value;
use std::cmp::Ordering;

impl Table {
    /// The first row that fits. `Ok(None)`: none fits or it cannot be told; an error names a key of the wrong type.
    pub fn row(&self, keys: &[Option<Value>]) -> Result<Option<&Row>, String> {
        if keys.len() != self.keys.len() {
            return Err(format!("table `{}` has {} keys, {} are given", self.id, self.keys.len(), keys.len()));
        }
        let keys: Vec<Option<Value>> = keys.iter().zip(&self.keys).map(|(k, c)| k.as_ref().map(|k| c.adopt(k)).transpose()).collect::<Result<_, _>>()?;
        for row in &self.rows {
            let mut unknown = false;
            let mut fits = true;
            for (cell, key) in row.keys.iter().zip(&keys) {
                match (cell, key) {
                    (Cell::Any, _) => {}
                    (_, None) => unknown = true,
                    (cell, Some(key)) => fits &= cell.holds(key),
                }
            }
            match (fits, unknown) {
                (false, _) => {}
                (true, true) => return Ok(None),
                (true, false) => return Ok(Some(row)),
            }
        }
        Ok(None)
    }

    /// A cell.
    pub fn look(&self, keys: &[Option<Value>], column: &str) -> Looked {
        let Some(i) = self.columns.iter().position(|c| c.name == column) else {
            return Looked::Broken(format!("table `{}` has no column `{column}`", self.id));
        };
        match self.row(keys) {
            Ok(Some(row)) => row.cells[i].clone().map_or(Looked::NotKnown, Looked::Found),
            Ok(None) => Looked::NotKnown,
            Err(why) => Looked::Broken(why),
        }
    }
}

impl Column {
    /// A value as this column's type.
    fn adopt(&self, value: &Value) -> Result<Value, String> {
        let decl = FactDecl { unit: self.unit, ..FactDecl::plain(&self.name, self.kind, "") };
        match (value, self.kind) {
            (Value::Text { text, fold }, k) if k.is_textual() => Ok(Value::Text { text: text.clone(), fold: *fold }),
            (Value::Text { text, .. }, _) => decl.read(text, None),
            (v, _) => decl.adopt(v.clone()),
        }
    }
}

impl Cell {
    fn holds(&self, key: &Value) -> bool {
        match self {
            Cell::Any => true,
            Cell::Is(v) => v.compare(key) == Ok(Ordering::Equal),
            Cell::Numbers(all) => all.iter().all(|(wanted, or_equal, limit)| match key.compare(limit) {
                Ok(order) => order == *wanted || (*or_equal && order == Ordering::Equal),
                Err(_) => false,
            }),
            Cell::Versions(range) => matches!(key, Value::Version(v) if range.contains(v)),
        }
    }

    /// Reads a key cell: `any`, a value, or comparisons such as `>=0x80, <=0xff`.
    pub fn read(text: &str, column: &Column) -> Result<Cell, String> {
        let text = text.trim();
        if text == "any" {
            return Ok(Cell::Any);
        }
        let compares = text.starts_with(['<', '>']);
        if column.kind == Kind::Version && compares {
            return crate::facts::version::VersionRange::parse(text).map(Cell::Versions);
        }
        let decl = FactDecl { unit: column.unit, ..FactDecl::plain(&column.name, column.kind, "") };
        if !compares {
            return decl.read(text, None).map(Cell::Is);
        }
        let mut all = Vec::new();
        for piece in text.split(',').map(str::trim) {
            let (wanted, or_equal, rest) = match piece.as_bytes() {
                [b'>', b'=', ..] => (Ordering::Greater, true, &piece[2..]),
                [b'<', b'=', ..] => (Ordering::Less, true, &piece[2..]),
                [b'>', ..] => (Ordering::Greater, false, &piece[1..]),
                [b'<', ..] => (Ordering::Less, false, &piece[1..]),
                _ => return Err(format!("`{piece}` is no comparison such as >=5")),
            };
            all.push((wanted, or_equal, decl.read(rest, None)?));
        }
        Ok(Cell::Numbers(all))
    }
}
