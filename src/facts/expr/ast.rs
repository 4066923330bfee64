//! The tree of an expression.

use crate::facts::decl::Name;
use crate::facts::filters::Filter;
use crate::facts::value::Value;
use regex::Regex;

/// A node with the byte offset of its first word.
#[derive(Clone, Debug)]
pub struct Node {
    /// Byte offset in the expression.
    pub at: usize,
    /// What it is.
    pub what: What,
}

/// Kinds of nodes.
#[derive(Clone, Debug)]
pub enum What {
    /// A constant.
    Constant(Value),
    /// A fact.
    Fact(Name),
    /// `[a, b]`
    List(Vec<Node>),
    /// `not a`
    Not(Box<Node>),
    /// `-a`
    Negative(Box<Node>),
    /// `a and b`
    And(Box<Node>, Box<Node>),
    /// `a or b`
    Or(Box<Node>, Box<Node>),
    /// `a < b <= c`
    Compare(Box<Node>, Vec<(Compare, Node)>),
    /// `a in [..]`, `a not in [..]`
    In(Box<Node>, Box<Node>, bool),
    /// `a is matching('..')`, `a is not matching('..')`
    Matching(Box<Node>, Regex, bool),
    /// `a + b`
    Arithmetic(Box<Node>, Arith, Box<Node>),
    /// `a | filter`
    Filter(Box<Node>, Filter),
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arith {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `//`
    FloorDivide,
    /// `%`
    Remainder,
    /// `**`
    Power,
}

impl Node {
    /// Calls `see` for every fact in the tree, with its offset and whether a filter takes it.
    pub fn facts(&self, see: &mut impl FnMut(&Name, usize, bool)) {
        self.walk(false, see);
    }

    fn walk(&self, filtered: bool, see: &mut impl FnMut(&Name, usize, bool)) {
        match &self.what {
            What::Constant(_) => {}
            What::Fact(name) => see(name, self.at, filtered),
            What::List(items) => items.iter().for_each(|n| n.walk(false, see)),
            What::Not(a) | What::Negative(a) | What::Matching(a, _, _) => a.walk(false, see),
            What::And(a, b) | What::Or(a, b) | What::In(a, b, _) | What::Arithmetic(a, _, b) => {
                a.walk(false, see);
                b.walk(false, see);
            }
            What::Compare(a, rest) => {
                a.walk(false, see);
                rest.iter().for_each(|(_, n)| n.walk(false, see));
            }
            What::Filter(a, filter) => a.walk(filter.takes_many(), see),
        }
    }

    /// Whether any filter over several readings stands in the tree.
    pub fn has_collecting_filter(&self) -> bool {
        match &self.what {
            What::Constant(_) | What::Fact(_) => false,
            What::List(items) => items.iter().any(Node::has_collecting_filter),
            What::Not(a) | What::Negative(a) | What::Matching(a, _, _) => a.has_collecting_filter(),
            What::And(a, b) | What::Or(a, b) | What::In(a, b, _) | What::Arithmetic(a, _, b) => a.has_collecting_filter() || b.has_collecting_filter(),
            What::Compare(a, rest) => a.has_collecting_filter() || rest.iter().any(|(_, n)| n.has_collecting_filter()),
            What::Filter(a, filter) => filter.takes_many() || a.has_collecting_filter(),
        }
    }
}
