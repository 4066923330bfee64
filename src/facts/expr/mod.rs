//! Expressions of the library: the syntax of Jinja, three values. An expression is known, unknown, or broken; broken
//! is a defect of the library (division by zero, a wrong type at run time) and never an answer. The evaluator tells
//! what it rested on, so that findings can print reasons.

mod ast;
mod check;
mod eval;
mod lex;
mod parse;

pub use ast::{Node, What};
pub use check::{Names, Type, check};
pub use lex::Mistake;

use super::decl::Name;
use super::scope::Scope;
use super::subject::Subject;
use super::value::Value;
use crate::text::origin::Origin;

/// A parsed expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// As it was written.
    pub text: String,
    node: Node,
}

/// What an evaluation gives.
#[derive(Clone, Debug)]
pub enum Evaluated {
    /// A value.
    Known(Value),
    /// Some fact that decides is not known.
    Unknown,
    /// A defect of the library: a sentence.
    Broken(String),
}

impl Evaluated {
    /// The value, when it is known.
    pub fn value(self) -> Option<Value> {
        match self {
            Evaluated::Known(v) => Some(v),
            _ => None,
        }
    }

    /// Whether it is known to be true.
    pub fn is_true(&self) -> bool {
        matches!(self, Evaluated::Known(Value::Flag(true)))
    }
}

/// A fact that an evaluation rested on.
#[derive(Clone, Debug)]
pub struct Used {
    /// Its name.
    pub name: Name,
    /// What it is about.
    pub subject: Subject,
    /// The value, or how many there were.
    pub shown: String,
    /// Where it was read first.
    pub origin: Option<Origin>,
    /// Some contradiction names it.
    pub contradicted: bool,
}

/// What an evaluation rested on and what it lacked.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Facts that were known.
    pub used: Vec<Used>,
    /// Facts that were not.
    pub unknown: Vec<Name>,
}

impl Expr {
    /// Parses an expression.
    pub fn parse(text: &str) -> Result<Expr, Mistake> {
        Ok(Expr { text: text.to_string(), node: parse::parse(text)? })
    }

    /// The tree.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Evaluates it.
    pub fn eval(&self, scope: &dyn Scope, trace: &mut Trace) -> Evaluated {
        eval::eval(&self.node, scope, trace)
    }

    /// Names of the facts in it, each once.
    pub fn names(&self) -> Vec<Name> {
        let mut names = Vec::new();
        self.node.facts(&mut |name, _, _| {
            if !names.contains(name) {
                names.push(name.clone());
            }
        });
        names
    }

    /// Whether a filter over several readings stands in it.
    pub fn collects(&self) -> bool {
        self.node.has_collecting_filter()
    }
}

/// Kleene's `and` over a list of conditions: false beats unknown whatever the order.
pub fn all_hold(conditions: &[Expr], scope: &dyn Scope, trace: &mut Trace) -> Evaluated {
    let mut unknown = false;
    for condition in conditions {
        match condition.eval(scope, trace) {
            Evaluated::Known(Value::Flag(true)) => {}
            Evaluated::Known(Value::Flag(false)) => return Evaluated::Known(Value::Flag(false)),
            Evaluated::Known(other) => return Evaluated::Broken(format!("`{}` gives {} and no yes or no", condition.text, other.kind())),
            Evaluated::Unknown => unknown = true,
            broken => return broken,
        }
    }
    if unknown { Evaluated::Unknown } else { Evaluated::Known(Value::Flag(true)) }
}
