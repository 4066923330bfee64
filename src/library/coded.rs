//! One code with all that can be reckoned from it: its keys, its row, what the line said beside it, and the columns
//! that its table derives. Tables may look into each other; how deep is limited, so that a circle ends.

use super::Library;
use super::types::{Row, Table};
use crate::facts::decl::Name;
use crate::facts::expr::{Evaluated, Trace, all_hold};
use crate::facts::scope::{Collection, Looked, Sample, Scope};
use crate::facts::subject::Subject;
use crate::facts::value::Value;
use crate::text::clock::Time;
use crate::text::origin::Origin;
use std::sync::Arc;

/// How deep tables look into each other.
const MAX_DEPTH: usize = 3;

/// Values by name, as the expressions of a table see them.
pub struct Coded<'a> {
    library: &'a Library,
    table: &'a Table,
    depth: usize,
    values: Vec<(Name, Value)>,
    /// Defects of the table that were met.
    pub broken: Option<String>,
}

impl<'a> Coded<'a> {
    /// A code by its keys, its row, and texts that stood beside it.
    pub fn new(library: &'a Library, table: &'a Table, keys: &[Option<Value>], row: Option<&Row>, beside: &[(Name, String)]) -> Coded<'a> {
        Coded::at(library, table, keys, row, beside, 0)
    }

    fn at(library: &'a Library, table: &'a Table, keys: &[Option<Value>], row: Option<&Row>, beside: &[(Name, String)], depth: usize) -> Coded<'a> {
        let mut values: Vec<(Name, Value)> = Vec::new();
        for (column, key) in table.keys.iter().zip(keys) {
            values.extend(key.as_ref().and_then(|k| column.adopt(k).ok()).map(|v| (column.decl.name.clone(), v)));
        }
        if let Some(row) = row {
            values.extend(table.columns.iter().enumerate().filter_map(|(i, c)| Some((c.decl.name.clone(), table.cell(row, i)?))));
        }
        for (name, text) in beside {
            if !values.iter().any(|(n, _)| n == name) {
                values.push((name.clone(), Value::text(text.as_str())));
            }
        }
        let mut coded = Coded { library, table, depth, values, broken: None };
        coded.derive();
        coded
    }

    fn derive(&mut self) {
        for (name, way) in &self.table.derives {
            for (when, is) in &way.cases {
                match all_hold(when, self, &mut Trace::default()) {
                    Evaluated::Known(Value::Flag(false)) => continue,
                    Evaluated::Known(_) => match is.eval(self, &mut Trace::default()) {
                        Evaluated::Known(value) => self.values.push((name.clone(), value)),
                        Evaluated::Broken(why) => self.broken = Some(why),
                        Evaluated::Unknown => {}
                    },
                    Evaluated::Broken(why) => self.broken = Some(why),
                    Evaluated::Unknown => {}
                }
                break;
            }
        }
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(n, _)| &**n == name).map(|(_, v)| v)
    }

    /// The meaning: what the table says, else its column `meaning`.
    pub fn meaning(&self) -> Option<String> {
        for (when, say) in &self.table.say {
            match all_hold(when, self, &mut Trace::default()) {
                Evaluated::Known(Value::Flag(false)) => {}
                Evaluated::Known(_) => return Some(say.fill(self)),
                _ => break,
            }
        }
        self.get("meaning").map(Value::to_string)
    }

    /// Remarks whose conditions hold.
    pub fn notes(&self) -> Vec<String> {
        self.table.notes.iter().filter(|(when, _)| all_hold(when, self, &mut Trace::default()).is_true()).map(|(_, say)| say.fill(self)).collect()
    }
}

impl Scope for Coded<'_> {
    fn is_one(&self, _: &Name) -> bool {
        true
    }

    fn latest(&self, name: &Name) -> Result<Option<Sample>, String> {
        Ok(self.get(name).map(|value| Sample {
            value: value.clone(),
            time: Time::default(),
            origin: Origin::new(&Arc::from(self.table.id.as_str()), 0),
            contradicted: false,
            subject: Subject::host(None),
            label: String::new(),
        }))
    }

    fn collect(&self, name: &Name) -> Result<Collection, String> {
        Ok(Collection { samples: self.latest(name)?.into_iter().collect(), ..Collection::default() })
    }

    fn lookup(&self, table: &str, keys: &[Option<Value>], column: &str) -> Looked {
        self.library.look(table, keys, column, self.depth + 1)
    }

    fn lookup_bits(&self, table: &str, keys: &[Option<Value>], column: &str) -> Looked {
        self.library.look_bits(table, keys, column)
    }
}

impl Library {
    /// A cell of a table, or a column that the table derives.
    pub(super) fn look(&self, table: &str, keys: &[Option<Value>], column: &str, depth: usize) -> Looked {
        let Some(t) = self.table(table) else { return Looked::Broken(format!("there is no table `{table}`")) };
        let row = match t.row(keys) {
            Ok(row) => row,
            Err(why) => return Looked::Broken(why),
        };
        if let Some(i) = t.columns.iter().position(|c| c.name() == column) {
            return row.and_then(|r| t.cell(r, i)).map_or(Looked::NotKnown, Looked::Found);
        }
        if !t.derives.iter().any(|(n, _)| &**n == column) {
            return Looked::Broken(format!("table `{table}` has no column `{column}`"));
        }
        if depth >= MAX_DEPTH {
            return Looked::Broken(format!("table `{table}` is looked up by tables that it looks up itself"));
        }
        let coded = Coded::at(self, t, keys, row, &[], depth);
        match (coded.get(column), &coded.broken) {
            (Some(v), _) => Looked::Found(v.clone()),
            (None, Some(why)) => Looked::Broken(why.clone()),
            (None, None) => Looked::NotKnown,
        }
    }

    /// The cells of a table for every bit that is set and has a row.
    pub(super) fn look_bits(&self, table: &str, keys: &[Option<Value>], column: &str) -> Looked {
        let Some(t) = self.table(table) else { return Looked::Broken(format!("there is no table `{table}`")) };
        let Some(i) = t.columns.iter().position(|c| c.name() == column) else {
            return Looked::Broken(format!("table `{table}` has no column `{column}`"));
        };
        if keys.last().is_none_or(Option::is_none) {
            return Looked::NotKnown;
        }
        match t.rows_of_bits(keys) {
            Ok(rows) => Looked::Found(Value::List(rows.into_iter().filter_map(|(_, row)| t.cell(row?, i)).collect())),
            Err(why) => Looked::Broken(why),
        }
    }
}
