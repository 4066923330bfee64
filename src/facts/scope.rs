//! What an expression sees: facts relative to one subject, and tables. The evaluator knows nothing else.

use super::decl::Name;
use super::series::Aggregate;
use super::subject::Subject;
use super::value::Value;
use crate::text::clock::Time;
use crate::text::origin::Origin;

/// One value that a fact had.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The value.
    pub value: Value,
    /// When, as far as it is known.
    pub time: Time,
    /// Where it was read.
    pub origin: Origin,
    /// Some contradiction names it.
    pub contradicted: bool,
    /// What it is about.
    pub subject: Subject,
    /// What tells it from its neighbours; empty when there is only one.
    pub label: String,
}

/// Several values of a fact: its readings in order of time, or the latest of each subject.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    /// The values.
    pub samples: Vec<Sample>,
    /// Subjects that are named but have no such fact.
    pub missing: usize,
    /// Somebody looked for this fact, so that none means none.
    pub looked: bool,
    /// Running figures when there were more readings than are kept.
    pub aggregate: Option<Aggregate>,
}

/// Answer of a table.
#[derive(Clone, Debug)]
pub enum Looked {
    /// The cell.
    Found(Value),
    /// No row fits, the cell is left out, or a key that decides is not known.
    NotKnown,
    /// The table or column does not exist, or a key has the wrong type.
    Broken(String),
}

/// Facts and tables as one subject sees them.
pub trait Scope {
    /// Whether the subject settles what the fact is about, so that it is one value.
    fn is_one(&self, name: &Name) -> bool;
    /// The latest sound value of a fact that is one. `Err`: a defect of the library.
    fn latest(&self, name: &Name) -> Result<Option<Sample>, String>;
    /// All values of a fact.
    fn collect(&self, name: &Name) -> Result<Collection, String>;
    /// A cell of a table.
    fn lookup(&self, table: &str, keys: &[Option<Value>], column: &str) -> Looked;
    /// The cells of a table for every bit that is set in the last key: a list.
    fn lookup_bits(&self, _table: &str, _keys: &[Option<Value>], _column: &str) -> Looked {
        Looked::NotKnown
    }
}
