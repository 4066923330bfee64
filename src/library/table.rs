//! Looking up tables: the first row whose keys all fit; a key that is not known and decides stops the search.

use super::types::{Cell, Column, Row, Table};
use crate::facts::decl::Kind;
use crate::facts::value::{Number, Value, parse_hex};
use std::cmp::Ordering;

impl Table {
    /// The first row that fits. `Ok(None)`: none fits or it cannot be told; an error names a key of the wrong type.
    pub fn row(&self, keys: &[Option<Value>]) -> Result<Option<&Row>, String> {
        let keys = self.adopt(keys)?;
        for row in &self.rows {
            match row.fits(&keys) {
                (false, _) => {}
                (true, true) => return Ok(None),
                (true, false) => return Ok(Some(row)),
            }
        }
        Ok(None)
    }

    /// All rows that fit as far as the keys are known, and whose columns have these texts in either case.
    pub fn rows_like(&self, keys: &[Option<Value>], columns: &[(usize, &str)]) -> Vec<&Row> {
        let Ok(keys) = self.adopt(keys) else { return Vec::new() };
        let same = |row: &Row| columns.iter().all(|(c, text)| row.cells[*c].is_some_and(|cell| cell.eq_ignore_ascii_case(text)));
        self.rows.iter().filter(|row| row.fits(&keys).0 && same(row)).collect()
    }

    /// Rows for every bit that is set in the last key: the bit's number and its row, lowest bit first. The keys before
    /// it are those of the table beside `bit`, when that is a key; as a column it needs no other.
    pub fn rows_of_bits(&self, keys: &[Option<Value>]) -> Result<Vec<(u32, Option<&Row>)>, String> {
        let Some((number, others)) = keys.split_last() else { return Err(format!("table `{}` needs a number", self.id)) };
        let number = match number {
            None => return Ok(Vec::new()),
            Some(Value::Hex(h)) => *h,
            Some(v) => match v.number().map(|q| q.number) {
                Some(Number::Int(i)) if i >= 0 => i as u128,
                _ => return Err(format!("{} has no bits", v.kind())),
            },
        };
        let column = self.columns.iter().position(|c| c.name() == "bit");
        let set = (0..u128::BITS).filter(|bit| number >> bit & 1 == 1);
        let mut out = Vec::new();
        for bit in set {
            let row = match column {
                Some(c) => self.rows.iter().find(|r| r.cells[c].is_some_and(|cell| cell.parse() == Ok(bit))),
                None => self.row(&[others, &[Some(Value::int(i128::from(bit)))]].concat())?,
            };
            out.push((bit, row));
        }
        Ok(out)
    }

    /// The row with the largest number below the one asked for, among those that are the same in some columns.
    pub fn row_below(&self, key: usize, number: &Value, same: &[(usize, &str)]) -> Option<&Row> {
        let wanted = self.keys.get(key)?.adopt(number).ok()?;
        let below = self.rows.iter().filter_map(|row| match row.keys.get(key) {
            Some(Cell::Is(v)) if v.compare(&wanted) == Ok(Ordering::Less) => Some((v, row)),
            _ => None,
        });
        let alike = below.filter(|(_, row)| same.iter().all(|(c, text)| row.cells.get(*c).copied().flatten() == Some(*text)));
        alike.max_by(|a, b| a.0.compare(b.0).unwrap_or(Ordering::Equal)).map(|(_, row)| row)
    }

    /// The value of a column in a row.
    pub fn cell(&self, row: &Row, column: usize) -> Option<Value> {
        self.columns[column].decl.read(row.cells[column]?, None).ok()
    }

    fn adopt(&self, keys: &[Option<Value>]) -> Result<Vec<Option<Value>>, String> {
        if keys.len() != self.keys.len() {
            return Err(format!("table `{}` has {} keys, {} are given", self.id, self.keys.len(), keys.len()));
        }
        keys.iter().zip(&self.keys).map(|(k, c)| k.as_ref().map(|k| c.adopt(k)).transpose()).collect()
    }
}

impl Row {
    /// Whether the known keys fit, and whether one that decides is not known.
    fn fits(&self, keys: &[Option<Value>]) -> (bool, bool) {
        let mut unknown = false;
        for (cell, key) in self.keys.iter().zip(keys) {
            match (cell, key) {
                (Cell::Any, _) => {}
                (_, None) => unknown = true,
                (cell, Some(key)) if !cell.holds(key) => return (false, unknown),
                _ => {}
            }
        }
        (true, unknown)
    }
}

impl Column {
    /// A value as this column's type.
    pub fn adopt(&self, value: &Value) -> Result<Value, String> {
        match (value, self.decl.kind) {
            (Value::Text { text, fold }, k) if k.is_textual() => Ok(Value::Text { text: text.clone(), fold: *fold }),
            (Value::Text { text, .. }, _) => self.decl.read(text, None),
            (v, _) => self.decl.adopt(v.clone()),
        }
    }
}

impl Cell {
    fn holds(&self, key: &Value) -> bool {
        match self {
            Cell::Any => true,
            Cell::Is(v) => v.compare(key) == Ok(Ordering::Equal),
            Cell::Masked(value, mask) => match key {
                Value::Hex(h) => h & mask == *value,
                _ => key.number().is_some_and(|q| matches!(q.number, Number::Int(i) if u128::try_from(i).is_ok_and(|n| n & mask == *value))),
            },
            Cell::Numbers(all) => all.iter().all(|(wanted, or_equal, limit)| match key.compare(limit) {
                Ok(order) => order == *wanted || (*or_equal && order == Ordering::Equal),
                Err(_) => false,
            }),
            Cell::Versions(range) => matches!(key, Value::Version(v) if range.contains(v)),
        }
    }

    /// Reads a key cell: `any`, a value, comparisons such as `>=0x80, <=0xff`, or `0x0100/0xef00`, value and mask.
    pub fn read(text: &str, column: &Column) -> Result<Cell, String> {
        let text = text.trim();
        if text == "any" {
            return Ok(Cell::Any);
        }
        let decl = &column.decl;
        if let (Kind::Hex | Kind::Integer, Some((value, mask))) = (decl.kind, text.split_once('/')) {
            return match (parse_hex(value), parse_hex(mask)) {
                (Some(value), Some(mask)) if value & !mask == 0 => Ok(Cell::Masked(value, mask)),
                _ => Err(format!("`{text}` is no value and mask such as 0x0100/0xef00, with no bit outside the mask")),
            };
        }
        let compares = text.starts_with(['<', '>']);
        if decl.kind == Kind::Version && compares {
            return crate::facts::version::VersionRange::parse(text).map(Cell::Versions);
        }
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
