//! Evaluates the tree.

use super::Evaluated::{self, Broken, Known, Unknown};
use super::ast::{Arith, Compare, Node, What};
use super::{Trace, Used};
use crate::facts::collect;
use crate::facts::decl::Name;
use crate::facts::filters::Filter;
use crate::facts::scope::{Collection, Looked, Sample, Scope};
use crate::facts::unit::{Dim, Unit};
use crate::facts::value::{Number, Quantity, Value};
use std::cmp::Ordering;

pub fn eval(node: &Node, scope: &dyn Scope, trace: &mut Trace) -> Evaluated {
    match &node.what {
        What::Constant(value) => Known(value.clone()),
        What::Fact(name) => fact(name, scope, trace),
        What::List(items) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                match eval(item, scope, trace) {
                    Known(v) => values.push(v),
                    other => return other,
                }
            }
            Known(Value::List(values))
        }
        What::Not(inner) => match truth(eval(inner, scope, trace)) {
            Ok(t) => known(t.map(|t| !t)),
            Err(e) => Broken(e),
        },
        What::And(a, b) => both(a, b, false, scope, trace),
        What::Or(a, b) => both(a, b, true, scope, trace),
        What::Negative(inner) => match eval(inner, scope, trace) {
            Known(v) => arithmetic(Value::int(0), Arith::Subtract, v),
            other => other,
        },
        What::Compare(first, rest) => comparison(first, rest, scope, trace),
        What::In(item, list, negative) => {
            let (item, list) = (eval(item, scope, trace), eval(list, scope, trace));
            match (item, list) {
                (Broken(e), _) | (_, Broken(e)) => Broken(e),
                (Known(v), Known(Value::List(items))) => Known(Value::Flag(items.iter().any(|i| i.compare(&v) == Ok(Ordering::Equal)) != *negative)),
                (Known(_), Known(other)) => Broken(format!("`in` needs a list, not {}", other.kind())),
                _ => Unknown,
            }
        }
        What::Matching(inner, pattern, negative) => match eval(inner, scope, trace) {
            Known(v) => Known(Value::Flag(pattern.is_match(&v.to_string()) != *negative)),
            other => other,
        },
        What::Arithmetic(a, op, b) => match (eval(a, scope, trace), eval(b, scope, trace)) {
            (Broken(e), _) | (_, Broken(e)) => Broken(e),
            (Known(a), Known(b)) => arithmetic(a, *op, b),
            _ => Unknown,
        },
        What::Filter(inner, filter) => filtered(inner, filter, scope, trace),
    }
}

fn known(t: Option<bool>) -> Evaluated {
    t.map_or(Unknown, |t| Known(Value::Flag(t)))
}

/// Yes, no, or unknown; an error names what is neither.
fn truth(v: Evaluated) -> Result<Option<bool>, String> {
    match v {
        Known(Value::Flag(f)) => Ok(Some(f)),
        Known(other) => Err(format!("{} where yes or no is needed", other.kind())),
        Unknown => Ok(None),
        Broken(e) => Err(e),
    }
}

/// Kleene's `and` (`wins` false) and `or` (`wins` true).
fn both(a: &Node, b: &Node, wins: bool, scope: &dyn Scope, trace: &mut Trace) -> Evaluated {
    let first = match truth(eval(a, scope, trace)) {
        Ok(t) => t,
        Err(e) => return Broken(e),
    };
    if first == Some(wins) {
        return Known(Value::Flag(wins));
    }
    match (first, truth(eval(b, scope, trace))) {
        (_, Err(e)) => Broken(e),
        (_, Ok(Some(t))) if t == wins => Known(Value::Flag(wins)),
        (Some(_), Ok(Some(_))) => Known(Value::Flag(!wins)),
        _ => Unknown,
    }
}

fn fact(name: &Name, scope: &dyn Scope, trace: &mut Trace) -> Evaluated {
    if !scope.is_one(name) {
        return Broken(format!("`{name}` is many values here; a filter must follow"));
    }
    match scope.latest(name) {
        Ok(Some(sample)) => {
            trace.used.push(used(name, &sample, sample.value.with_unit()));
            Known(sample.value)
        }
        Ok(None) => {
            lacks(name, trace);
            Unknown
        }
        Err(e) => Broken(e),
    }
}

fn lacks(name: &Name, trace: &mut Trace) {
    if !trace.unknown.contains(name) {
        trace.unknown.push(name.clone());
    }
}

fn used(name: &Name, sample: &Sample, shown: String) -> Used {
    Used { name: name.clone(), subject: sample.subject.clone(), shown, origin: Some(sample.origin.clone()), contradicted: sample.contradicted }
}

fn filtered(inner: &Node, filter: &Filter, scope: &dyn Scope, trace: &mut Trace) -> Evaluated {
    match filter {
        Filter::Lookup { table, column } => return lookup(inner, scope, trace, &|keys| scope.lookup(table, keys, column)),
        Filter::LookupBits { table, column } => return lookup(inner, scope, trace, &|keys| scope.lookup_bits(table, keys, column)),
        _ => {}
    }
    if filter.takes_many() {
        if let What::Fact(name) = &inner.what {
            let all = match scope.collect(name) {
                Ok(all) => all,
                Err(e) => return Broken(e),
            };
            let result = collect::apply(filter, name, &all);
            note(name, &all, &result, trace);
            return result;
        }
        return match eval(inner, scope, trace) {
            Known(Value::List(items)) => collect::apply_to_list(filter, &items),
            Known(single) => collect::apply_to_list(filter, std::slice::from_ref(&single)),
            other => other,
        };
    }
    match eval(inner, scope, trace) {
        Known(value) => single(filter, value),
        other => other,
    }
}

/// Writes down what a collection contributed: all of its contradictions count, one origin is enough.
fn note(name: &Name, all: &Collection, result: &Evaluated, trace: &mut Trace) {
    let Some(first) = all.samples.first() else {
        return lacks(name, trace);
    };
    if matches!(result, Unknown) {
        lacks(name, trace);
    }
    let shown = match all.samples.len() {
        1 => first.value.with_unit(),
        n => format!("{n} values"),
    };
    let mut entry = used(name, first, shown);
    entry.contradicted = all.samples.iter().any(|s| s.contradicted);
    trace.used.push(entry);
}

/// Keys of a lookup may be unknown: a row with `any` in that column does not ask for them.
fn lookup(inner: &Node, scope: &dyn Scope, trace: &mut Trace, look: &dyn Fn(&[Option<Value>]) -> Looked) -> Evaluated {
    let mut keys = Vec::new();
    let nodes: Vec<&Node> = match &inner.what {
        What::List(items) => items.iter().collect(),
        _ => vec![inner],
    };
    for node in nodes {
        match eval(node, scope, trace) {
            Known(Value::List(items)) if keys.is_empty() => keys.extend(items.into_iter().map(Some)),
            Known(v) => keys.push(Some(v)),
            Unknown => keys.push(None),
            broken => return broken,
        }
    }
    match look(&keys) {
        Looked::Found(v) => Known(v),
        Looked::NotKnown => Unknown,
        Looked::Broken(e) => Broken(e),
    }
}

/// The number that stands in some bits; a code stays a code.
fn bits(value: &Value, high: u8, low: u8) -> Evaluated {
    let number = match value {
        Value::Hex(h) => Some(*h),
        Value::Number(Quantity { number: Number::Int(i), unit: Unit::One, .. }) => u128::try_from(*i).ok(),
        _ => None,
    };
    let Some(number) = number else { return Broken(format!("{} has no bits", value.kind())) };
    let width = u32::from(high.saturating_sub(low)) + 1;
    let mask = 1u128.checked_shl(width).map_or(u128::MAX, |m| m - 1);
    let cut = number.checked_shr(u32::from(low)).unwrap_or(0) & mask;
    match value {
        Value::Hex(_) => Known(Value::Hex(cut)),
        _ => i128::try_from(cut).map_or_else(|_| Broken("the number is too large".into()), |i| Known(Value::int(i))),
    }
}

fn single(filter: &Filter, value: Value) -> Evaluated {
    if let Filter::Bits { high, low } = filter {
        return bits(&value, *high, *low);
    }
    let Some(q) = value.number() else { return Broken(format!("{} is no number", value.kind())) };
    let out = match filter {
        Filter::Abs => match q.number {
            Number::Int(i) => i.checked_abs().map(Number::Int),
            Number::Real(r) => Some(Number::Real(r.abs())),
        }
        .map(|number| Quantity { number, ..q }),
        Filter::Floor => Some(match q.number {
            Number::Real(r) if r.abs() < 1e36 => Quantity { number: Number::Int(r.floor() as i128), decimals: None, ..q },
            _ => q,
        }),
        Filter::Round(decimals) => {
            let scale = 10f64.powi(*decimals as i32);
            let number = match q.number {
                Number::Real(r) => Number::from_real((r * scale).round() / scale),
                n => Some(n),
            };
            number.map(|number| Quantity { number, decimals: Some(*decimals), ..q })
        }
        Filter::To(unit) => {
            if q.dim() != unit.dim() {
                return Broken(format!("{} cannot be written in {}", q.dim(), unit.name()));
            }
            q.to(*unit)
        }
        _ => None,
    };
    out.map_or_else(|| Broken("the number is too large".into()), |q| Known(Value::Number(q)))
}

fn comparison(first: &Node, rest: &[(Compare, Node)], scope: &dyn Scope, trace: &mut Trace) -> Evaluated {
    let mut left = eval(first, scope, trace);
    let mut unknown = false;
    for (compare, node) in rest {
        let right = eval(node, scope, trace);
        match (&left, &right) {
            (Broken(e), _) | (_, Broken(e)) => return Broken(e.clone()),
            (Known(a), Known(b)) => match a.compare(b) {
                Ok(order) if !holds(*compare, order) => return Known(Value::Flag(false)),
                Ok(_) => {}
                Err(why) if why.contains("different clocks") => unknown = true,
                Err(why) => return Broken(why),
            },
            _ => unknown = true,
        }
        left = right;
    }
    if unknown { Unknown } else { Known(Value::Flag(true)) }
}

fn holds(compare: Compare, order: Ordering) -> bool {
    match compare {
        Compare::Equal => order.is_eq(),
        Compare::NotEqual => order.is_ne(),
        Compare::Less => order.is_lt(),
        Compare::LessEqual => order.is_le(),
        Compare::Greater => order.is_gt(),
        Compare::GreaterEqual => order.is_ge(),
    }
}

fn arithmetic(a: Value, op: Arith, b: Value) -> Evaluated {
    match (&a, op, &b) {
        (Value::Time(t), Arith::Subtract, Value::Time(u)) => return t.since(u).map_or(Unknown, |n| Known(collect::from_nanos(n))),
        (Value::Time(t), Arith::Subtract | Arith::Add, d) if d.number().is_some() => {
            let q = d.number().unwrap_or(Quantity::int(0));
            let q = if q.dim() == Dim::BARE { Quantity { unit: Unit::SECOND, ..q } } else { q };
            let nanos = Unit::named("ns").and_then(|ns| q.to(ns)).map(|q| q.number.real());
            return match nanos {
                Some(n) if q.dim() == Dim::TIME && n.abs() < 9e18 => Known(Value::Time(if op == Arith::Add { t.plus(n as i64) } else { t.minus(n as i64) })),
                _ => Broken("only a duration can be added to a time".into()),
            };
        }
        _ => {}
    }
    let (Some(x), Some(y)) = (a.number(), b.number()) else {
        return Broken(format!("cannot reckon with {} and {}", a.kind(), b.kind()));
    };
    match reckon(x, op, y) {
        Ok(q) => Known(Value::Number(q)),
        Err(e) => Broken(e),
    }
}

fn reckon(x: Quantity, op: Arith, y: Quantity) -> Result<Quantity, String> {
    let big = || "the number is too large".to_string();
    match op {
        Arith::Add | Arith::Subtract => {
            let (x, y) = same_unit(x, y)?;
            let number = match (x.number, y.number) {
                (Number::Int(a), Number::Int(b)) => Number::Int(if op == Arith::Add { a.checked_add(b) } else { a.checked_sub(b) }.ok_or_else(big)?),
                (a, b) => Number::from_real(if op == Arith::Add { a.real() + b.real() } else { a.real() - b.real() }).ok_or_else(big)?,
            };
            Ok(Quantity::new(number, x.unit))
        }
        Arith::Multiply => {
            let (x, y, unit) = factors(x, y)?;
            let number = match (x, y) {
                (Number::Int(a), Number::Int(b)) => Number::Int(a.checked_mul(b).ok_or_else(big)?),
                (a, b) => Number::from_real(a.real() * b.real()).ok_or_else(big)?,
            };
            Ok(Quantity::new(number, unit))
        }
        Arith::Divide | Arith::FloorDivide | Arith::Remainder => divide(x, op, y),
        Arith::Power => {
            if y.dim() != Dim::BARE || x.dim() != Dim::BARE {
                return Err("only bare numbers can be raised".into());
            }
            let number = match (x.number, y.number) {
                (Number::Int(a), Number::Int(b)) if (0..=127).contains(&b) => Number::Int(a.checked_pow(b as u32).ok_or_else(big)?),
                (a, b) => Number::from_real(a.real().powf(b.real())).ok_or_else(big)?,
            };
            Ok(Quantity::new(number, Unit::One))
        }
    }
}

fn divide(x: Quantity, op: Arith, y: Quantity) -> Result<Quantity, String> {
    if y.number.real() == 0.0 {
        return Err("division by zero".into());
    }
    let (x, y, unit) = if x.dim() == y.dim() {
        let (x, y) = same_unit(x, y)?;
        let unit = if op == Arith::Remainder { x.unit } else { Unit::One };
        (x, y, unit)
    } else if y.dim() == Dim::BARE {
        (x, y, x.unit)
    } else if op == Arith::Divide {
        let dim = x.dim().times(y.dim().inverse()).ok_or("units multiplied too often")?;
        let number = Number::from_real(x.number.real() * x.unit.factor() as f64 / (y.number.real() * y.unit.factor() as f64));
        return Ok(Quantity::new(number.ok_or("the number is too large")?, Unit::Mixed(dim)));
    } else {
        return Err(format!("{} cannot be divided by {}", x.dim(), y.dim()));
    };
    let number = match (op, x.number, y.number) {
        (Arith::FloorDivide, Number::Int(a), Number::Int(b)) => Number::Int(floor_div(a, b).ok_or("the number is too large")?),
        (Arith::Remainder, Number::Int(a), Number::Int(b)) => {
            Number::Int(a.checked_rem(b).map(|r| if r != 0 && (r < 0) != (b < 0) { r + b } else { r }).ok_or("the number is too large")?)
        }
        (Arith::FloorDivide, a, b) => Number::from_real((a.real() / b.real()).floor()).ok_or("the number is too large")?,
        (Arith::Remainder, a, b) => Number::from_real(a.real() - b.real() * (a.real() / b.real()).floor()).ok_or("the number is too large")?,
        (_, Number::Int(a), Number::Int(b)) if a % b == 0 => Number::Int(a.checked_div(b).ok_or("the number is too large")?),
        (_, a, b) => Number::from_real(a.real() / b.real()).ok_or("the number is too large")?,
    };
    Ok(Quantity::new(number, unit))
}

fn floor_div(a: i128, b: i128) -> Option<i128> {
    let q = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q })
}

/// Both in one unit: that of the side with the larger unit where it stays exact, else of the smaller.
fn same_unit(x: Quantity, y: Quantity) -> Result<(Quantity, Quantity), String> {
    if x.dim() == y.dim() {
        let unit = if x.unit.factor() <= y.unit.factor() { x.unit } else { y.unit };
        let big = || "the number is too large".to_string();
        return Ok((x.to(unit).ok_or_else(big)?, y.to(unit).ok_or_else(big)?));
    }
    // A bare number takes the unit of the other side.
    if x.dim() == Dim::BARE {
        return Ok((Quantity { unit: y.unit, ..x }, y));
    }
    if y.dim() == Dim::BARE {
        return Ok((x, Quantity { unit: x.unit, ..y }));
    }
    Err(format!("{} and {} do not go together", x.dim(), y.dim()))
}

fn factors(x: Quantity, y: Quantity) -> Result<(Number, Number, Unit), String> {
    if y.dim() == Dim::BARE {
        return Ok((x.number, y.number, x.unit));
    }
    if x.dim() == Dim::BARE {
        return Ok((x.number, y.number, y.unit));
    }
    let dim = x.dim().times(y.dim()).ok_or("units multiplied too often")?;
    let base = |q: Quantity| match q.number {
        Number::Int(i) => i.checked_mul(q.unit.factor()).map(Number::Int),
        Number::Real(r) => Number::from_real(r * q.unit.factor() as f64),
    };
    let big = || "the number is too large".to_string();
    Ok((base(x).ok_or_else(big)?, base(y).ok_or_else(big)?, Unit::Mixed(dim)))
}
