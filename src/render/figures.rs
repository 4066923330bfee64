//! Figures for people: exact, and beside it the size or time that one can picture, rounded down as people quote them.

use crate::facts::unit::Unit;
use crate::facts::value::{Number, Quantity, Value, duration_for_people};

/// A value with its unit, and in larger units where that helps.
pub fn figure(value: &Value) -> String {
    let Value::Number(q) = value else { return value.to_string() };
    match q.unit {
        Unit::Size(..) => size(*q),
        Unit::Time(..) => time(*q),
        Unit::Percent => percent(*q),
        _ => value.with_unit(),
    }
}

fn percent(q: Quantity) -> String {
    match q.number {
        Number::Int(i) => format!("{i} %"),
        Number::Real(r) if r.abs() < 0.1 => format!("{q} %"),
        Number::Real(r) => format!("{r:.1} %"),
    }
}

fn size(q: Quantity) -> String {
    let exact = format!("{q} {}", q.unit.name());
    let Some(bytes) = Unit::named("B").and_then(|b| q.to(b)).map(|q| q.number.real()) else { return exact };
    for (name, factor) in [("TB", 1u64 << 40), ("GB", 1 << 30), ("MB", 1 << 20)] {
        if bytes.abs() >= factor as f64 {
            return if q.unit.name() == name { exact } else { format!("{exact} ({} {name})", (bytes / factor as f64).floor()) };
        }
    }
    exact
}

fn time(q: Quantity) -> String {
    let exact = format!("{q} {}", q.unit.name());
    let seconds = q.to(Unit::SECOND).map_or(0.0, |s| s.number.real());
    if seconds.abs() < 60.0 {
        return exact;
    }
    match duration_for_people(q) {
        Some(words) => format!("{exact} ({words})"),
        None => exact,
    }
}
