//! Checks an expression when the library is loaded: names, types, dimensions, and that a fact which is many values is
//! followed by a filter. What cannot be decided here is left to the evaluator.

use super::ast::{Arith, Compare, Node, What};
use super::lex::Mistake;
use crate::facts::decl::{FactDecl, Kind, Name};
use crate::facts::filters::{Filter, Test};
use crate::facts::unit::Dim;
use crate::facts::value::Value;
use crate::facts::version::Version;

/// What a checker must know of the library.
pub trait Names {
    /// The declaration of a fact.
    fn decl(&self, name: &str) -> Option<&FactDecl>;
    /// Names like it, for hints.
    fn suggest(&self, name: &str) -> String;
    /// Number of keys of a table and the type of a column: `None`, no such table; `Some((_, None))`, no such column.
    fn table(&self, table: &str, column: &str) -> Option<(usize, Option<Type>)>;
    /// Whether a fact is one value for the subject at hand.
    fn is_one(&self, decl: &FactDecl) -> bool;
}

/// Type of a node as far as it can be told.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Yes or no.
    Flag,
    /// A number of this dimension; `None`: whichever.
    Number(Option<Dim>),
    /// Text, and what it is when it is a constant.
    Text(Option<String>),
    /// A code.
    Hex,
    /// A version.
    Version,
    /// A moment.
    Time,
    /// A list.
    List,
    /// Cannot be told.
    Any,
}

impl Type {
    fn name(&self) -> String {
        match self {
            Type::Flag => "a flag".into(),
            Type::Number(Some(d)) if *d != Dim::BARE => d.to_string(),
            Type::Number(_) => "a number".into(),
            Type::Text(_) => "text".into(),
            Type::Hex => "a code".into(),
            Type::Version => "a version".into(),
            Type::Time => "a time".into(),
            Type::List => "a list".into(),
            Type::Any => "a value".into(),
        }
    }

    /// The type of a fact of this declaration.
    pub fn of(decl: &FactDecl) -> Type {
        of_kind(decl.kind, decl.unit.dim())
    }

    /// The type of a column of a table; its unit is told by the cell.
    pub fn of_column(kind: Kind) -> Type {
        match kind {
            Kind::Integer | Kind::Number | Kind::Duration => Type::Number(None),
            k => of_kind(k, Dim::BARE),
        }
    }
}

fn of_kind(kind: Kind, dim: Dim) -> Type {
    match kind {
        Kind::Integer | Kind::Number => Type::Number(Some(dim)),
        Kind::Duration => Type::Number(Some(Dim::TIME)),
        Kind::Hex => Type::Hex,
        Kind::Version => Type::Version,
        Kind::Time => Type::Time,
        Kind::Flag => Type::Flag,
        _ => Type::Text(None),
    }
}

/// Type of an expression, or all of its mistakes.
pub fn check(node: &Node, names: &dyn Names) -> Result<Type, Vec<Mistake>> {
    let mut checker = Checker { names, mistakes: Vec::new() };
    let found = checker.of(node);
    if checker.mistakes.is_empty() { Ok(found) } else { Err(checker.mistakes) }
}

struct Checker<'a> {
    names: &'a dyn Names,
    mistakes: Vec<Mistake>,
}

impl Checker<'_> {
    fn wrong(&mut self, at: usize, say: impl Into<String>) -> Type {
        self.mistakes.push(Mistake { at, say: say.into() });
        Type::Any
    }

    fn of(&mut self, node: &Node) -> Type {
        match &node.what {
            What::Constant(value) => match value {
                Value::Number(_) => Type::Number(Some(Dim::BARE)),
                Value::Text { text, .. } => Type::Text(Some(text.to_string())),
                Value::Hex(_) => Type::Hex,
                Value::Flag(_) => Type::Flag,
                _ => Type::Any,
            },
            What::Fact(name) => self.fact(name, node.at, true),
            What::List(items) => {
                items.iter().for_each(|n| {
                    self.of(n);
                });
                Type::List
            }
            What::Not(a) => {
                self.flag(a, "`not`");
                Type::Flag
            }
            What::And(a, b) => {
                self.flag(a, "`and`");
                self.flag(b, "`and`");
                Type::Flag
            }
            What::Or(a, b) => {
                self.flag(a, "`or`");
                self.flag(b, "`or`");
                Type::Flag
            }
            What::Negative(a) => match self.of(a) {
                t @ (Type::Number(_) | Type::Any) => t,
                Type::Hex => Type::Number(Some(Dim::BARE)),
                other => self.wrong(a.at, format!("`-` before {}", other.name())),
            },
            What::Compare(first, rest) => {
                let mut left = self.of(first);
                let mut at = first.at;
                for (compare, node) in rest {
                    let right = self.of(node);
                    self.comparable(&left, &right, *compare, at);
                    (left, at) = (right, node.at);
                }
                Type::Flag
            }
            What::In(item, list, _) => {
                self.of(item);
                match self.of(list) {
                    Type::List | Type::Any => Type::Flag,
                    other => self.wrong(list.at, format!("`in` needs a list, not {}", other.name())),
                }
            }
            What::Matching(a, _, _) => {
                match self.of(a) {
                    Type::Text(_) | Type::Any | Type::Version | Type::Hex => {}
                    other => {
                        self.wrong(a.at, format!("`is matching` looks at text, not at {}", other.name()));
                    }
                }
                Type::Flag
            }
            What::Arithmetic(a, op, b) => self.arithmetic(a, *op, b, node.at),
            What::Filter(inner, filter) => self.filtered(inner, filter, node.at),
        }
    }

    fn fact(&mut self, name: &Name, at: usize, single: bool) -> Type {
        let Some(decl) = self.names.decl(name) else {
            let hint = self.names.suggest(name);
            return self.wrong(at, format!("`{name}` is no fact{}{hint}", if hint.is_empty() { "" } else { "; " }));
        };
        if single && !self.names.is_one(decl) {
            let about: Vec<&str> = decl.about.iter().map(|n| &**n).collect();
            let about = if about.is_empty() { "host".to_string() } else { about.join(", ") };
            return self.wrong(at, format!("`{name}` is many values here, one for each {about}: a filter such as `| max` or `| any` must follow"));
        }
        Type::of(decl)
    }

    fn flag(&mut self, node: &Node, whose: &str) {
        match self.of(node) {
            Type::Flag | Type::Any => {}
            other => {
                self.wrong(node.at, format!("{whose} needs yes or no, not {}", other.name()));
            }
        }
    }

    fn comparable(&mut self, a: &Type, b: &Type, compare: Compare, at: usize) {
        use Type::*;
        let fits = match (a, b) {
            (Any, _) | (_, Any) => true,
            (Number(x), Number(y)) => x.is_none() || y.is_none() || x == y || *x == Some(Dim::BARE) || *y == Some(Dim::BARE),
            (Number(_), Hex) | (Hex, Number(_)) | (Hex, Hex) => true,
            (Hex, Text(t)) | (Text(t), Hex) => t.as_ref().is_none_or(|t| crate::facts::value::parse_hex(t).is_some()),
            (Version, Text(t)) | (Text(t), Version) => t.as_ref().is_none_or(|t| self::Version::parse(t).is_some()),
            (Text(_), Text(_)) | (Version, Version) | (Time, Time) | (List, List) => true,
            (Flag, Flag) => matches!(compare, Compare::Equal | Compare::NotEqual),
            _ => false,
        };
        if !fits {
            self.wrong(at, format!("{} cannot be compared with {}", a.name(), b.name()));
        }
    }

    fn arithmetic(&mut self, a: &Node, op: Arith, b: &Node, at: usize) -> Type {
        use Type::*;
        let (x, y) = (self.of(a), self.of(b));
        let number = |t: &Type| match t {
            Number(d) => std::option::Option::Some(*d),
            Hex => std::option::Option::Some(std::option::Option::Some(Dim::BARE)),
            _ => None,
        };
        match (&x, op, &y) {
            (Any, ..) | (.., Any) => return if op == Arith::Subtract { Any } else { Number(None) },
            (Time, Arith::Subtract, Time) => return Number(Some(Dim::TIME)),
            (Time, Arith::Add | Arith::Subtract, Number(d)) if d.is_none_or(|d| d == Dim::TIME || d == Dim::BARE) => return Time,
            _ => {}
        }
        let (Some(dx), Some(dy)) = (number(&x), number(&y)) else {
            return self.wrong(at, format!("cannot reckon with {} and {}", x.name(), y.name()));
        };
        let (Some(dx), Some(dy)) = (dx, dy) else { return Number(None) };
        let out = match op {
            Arith::Add | Arith::Subtract | Arith::Remainder if dx == dy || dy == Dim::BARE => Some(dx),
            Arith::Add | Arith::Subtract if dx == Dim::BARE => Some(dy),
            Arith::Multiply => dx.times(dy),
            Arith::Divide => dx.times(dy.inverse()),
            Arith::FloorDivide if dx == dy => Some(Dim::BARE),
            Arith::FloorDivide if dy == Dim::BARE => Some(dx),
            Arith::Power if dx == Dim::BARE && dy == Dim::BARE => Some(Dim::BARE),
            _ => None,
        };
        match out {
            Some(d) => Number(Some(d)),
            None => self.wrong(at, format!("{dx} and {dy} do not go together")),
        }
    }

    fn filtered(&mut self, inner: &Node, filter: &Filter, at: usize) -> Type {
        match filter {
            Filter::Lookup { table, column } => return self.lookup(inner, table, column, at),
            Filter::LookupBits { table, column } => return self.lookup_bits(inner, table, column, at),
            _ => {}
        }
        let of_fact = match &inner.what {
            What::Fact(name) => Some(self.fact(name, inner.at, !filter.takes_many())),
            // The subtraction in `1 - 3 | abs` is not what is filtered; people read it so.
            _ => None,
        };
        let member = match of_fact {
            Some(t) => t,
            None => self.of(inner),
        };
        let numeric = |c: &mut Self| match &member {
            Type::Number(_) | Type::Hex | Type::Any | Type::List => member.clone(),
            other => c.wrong(inner.at, format!("{} is no number", other.name())),
        };
        match filter {
            Filter::First | Filter::Last => {
                if member == Type::List {
                    Type::Any
                } else {
                    member
                }
            }
            Filter::Min | Filter::Max => {
                if member == Type::List {
                    Type::Any
                } else {
                    member
                }
            }
            Filter::Sum => {
                if numeric(self) == Type::List {
                    Type::Number(None)
                } else {
                    member
                }
            }
            Filter::Count => Type::Number(Some(Dim::BARE)),
            Filter::Unique | Filter::Top(_) | Filter::List => Type::List,
            Filter::Any(test) | Filter::All(test) => {
                match (test, &member) {
                    (_, Type::Any | Type::List) | (Test::True, Type::Flag) | (Test::Matching(_), Type::Text(_)) => {}
                    (Test::Equals(value), t) => {
                        let value = match value {
                            Value::Text { text, .. } => Type::Text(Some(text.to_string())),
                            Value::Number(_) => Type::Number(Some(Dim::BARE)),
                            Value::Hex(_) => Type::Hex,
                            Value::Flag(_) => Type::Flag,
                            _ => Type::Any,
                        };
                        let t = t.clone();
                        self.comparable(&t, &value, Compare::Equal, at);
                    }
                    (Test::True, other) => {
                        let name = other.name();
                        self.wrong(inner.at, format!("without an argument it asks flags, not {name}"));
                    }
                    (Test::Matching(_), other) => {
                        let name = other.name();
                        self.wrong(inner.at, format!("`matching` looks at text, not at {name}"));
                    }
                }
                Type::Flag
            }
            Filter::Span | Filter::Period | Filter::LargestGap => Type::Number(Some(Dim::TIME)),
            Filter::SlopePerHour(_) => numeric(self),
            Filter::Trend => {
                numeric(self);
                Type::Text(None)
            }
            Filter::LastTime | Filter::FirstTime => Type::Time,
            Filter::Abs | Filter::Round(_) | Filter::Floor => {
                if matches!(inner.what, What::Arithmetic(..)) && inner.at > at {
                    return Type::Any;
                }
                numeric(self)
            }
            Filter::To(unit) => match numeric(self) {
                Type::Number(Some(d)) if d != unit.dim() => self.wrong(at, format!("{d} cannot be written in {}", unit.name())),
                _ => Type::Number(Some(unit.dim())),
            },
            Filter::Bits { .. } => match member {
                Type::Hex | Type::Any => member,
                Type::Number(d) if d.is_none_or(|d| d == Dim::BARE) => Type::Number(Some(Dim::BARE)),
                other => self.wrong(inner.at, format!("{} has no bits", other.name())),
            },
            Filter::Lookup { .. } | Filter::LookupBits { .. } => Type::Any,
        }
    }

    fn lookup(&mut self, inner: &Node, table: &str, column: &str, at: usize) -> Type {
        let count = self.keys(inner);
        match self.names.table(table, column) {
            None => self.wrong(at, format!("there is no table `{table}`")),
            Some((_, None)) => self.wrong(at, format!("table `{table}` has no column `{column}`")),
            Some((keys, _)) if count.is_some_and(|c| c != keys) => self.wrong(at, format!("table `{table}` has {keys} keys, {} are given", count.unwrap_or(0))),
            Some((_, Some(found))) => found,
        }
    }

    /// The last key is the number whose bits are looked up; before it stand the other keys, when `bit` is a key.
    fn lookup_bits(&mut self, inner: &Node, table: &str, column: &str, at: usize) -> Type {
        let count = self.keys(inner);
        match (self.names.table(table, column), self.names.table(table, "bit")) {
            (None, _) => self.wrong(at, format!("there is no table `{table}`")),
            (Some((_, None)), _) => self.wrong(at, format!("table `{table}` has no column `{column}`")),
            (Some((keys, _)), Some((_, of_bit))) if count.is_some_and(|c| c != if of_bit.is_some() { 1 } else { keys }) => {
                self.wrong(at, format!("`lookup_bits` of table `{table}` is given the keys before `bit` and a number"))
            }
            _ => Type::List,
        }
    }

    /// How many keys are given to a lookup, as far as it can be told.
    fn keys(&mut self, inner: &Node) -> Option<usize> {
        match &inner.what {
            What::List(items) => {
                items.iter().for_each(|n| {
                    self.of(n);
                });
                Some(items.len())
            }
            _ => match self.of(inner) {
                Type::List | Type::Any => None,
                _ => Some(1),
            },
        }
    }
}
