//! What filters do to several readings. Unknown follows Kleene: a member that is not known leaves open what it could
//! still decide, and nothing else.

use super::decl::Name;
use super::expr::Evaluated::{self, Broken, Known, Unknown};
use super::filters::{Filter, Test};
use super::scope::{Collection, Sample};
use super::series::add;
use super::trend;
use super::unit::Unit;
use super::value::{Number, Quantity, Value};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Applies a filter to the readings of a fact.
pub fn apply(filter: &Filter, name: &Name, all: &Collection) -> Evaluated {
    let samples = &all.samples;
    if let Some(aggregate) = &all.aggregate {
        return from_aggregate(filter, aggregate);
    }
    if let Filter::Any(test) | Filter::All(test) = filter {
        let wanted = matches!(filter, Filter::Any(_));
        return quantify(samples.iter().map(|s| &s.value), test, wanted, all.missing, all.looked);
    }
    if let Filter::Count = filter {
        return if samples.is_empty() && !all.looked { Unknown } else { Known(Value::int(samples.len() as i128)) };
    }
    if samples.is_empty() {
        return Unknown;
    }
    match filter {
        Filter::First => Known(samples[0].value.clone()),
        Filter::Last => Known(samples[samples.len() - 1].value.clone()),
        Filter::Min => extreme(samples, Ordering::Less),
        Filter::Max => extreme(samples, Ordering::Greater),
        Filter::Sum => sum(samples.iter().map(|s| &s.value)),
        Filter::Unique => Known(Value::List(unique(samples.iter().map(|s| &s.value)))),
        Filter::Top(n) => {
            let mut order: Vec<&Sample> = samples.iter().collect();
            order.sort_by(|a, b| b.value.compare(&a.value).unwrap_or(Ordering::Equal));
            Known(Value::List(order.into_iter().take(*n).map(named).collect()))
        }
        Filter::List => Known(Value::List(dedup(samples.iter().map(named).collect()))),
        Filter::LastTime => moment(&samples[samples.len() - 1]),
        Filter::FirstTime => moment(&samples[0]),
        Filter::Span => seconds(samples[samples.len() - 1].time.since(&samples[0].time)),
        Filter::Period => seconds(trend::median_gap(samples)),
        Filter::LargestGap => seconds(trend::largest_gap(samples)),
        Filter::SlopePerHour(bound) => match trend::slope(samples) {
            Some(slope) => slope.bound(*bound).map_or(Unknown, Known),
            None => Unknown,
        },
        Filter::Trend => trend::verdict(samples).map_or(Unknown, |word| Known(Value::text(word))),
        Filter::Any(_) | Filter::All(_) | Filter::Count => Unknown,
        _ => Broken(format!("a filter over single values was given all readings of `{name}`")),
    }
}

/// Applies a collecting filter to a list that an expression made.
pub fn apply_to_list(filter: &Filter, items: &[Value]) -> Evaluated {
    match filter {
        Filter::Count => Known(Value::int(items.len() as i128)),
        Filter::Any(test) => quantify(items.iter(), test, true, 0, true),
        Filter::All(test) => quantify(items.iter(), test, false, 0, true),
        Filter::Unique => Known(Value::List(unique(items.iter()))),
        Filter::List => Known(Value::List(items.to_vec())),
        Filter::Sum => sum(items.iter()),
        Filter::First => items.first().cloned().map_or(Unknown, Known),
        Filter::Last => items.last().cloned().map_or(Unknown, Known),
        Filter::Min | Filter::Max => {
            let wanted = if matches!(filter, Filter::Min) { Ordering::Less } else { Ordering::Greater };
            extreme_of(items.iter(), wanted)
        }
        Filter::Top(n) => {
            let mut sorted = items.to_vec();
            sorted.sort_by(|a, b| b.compare(a).unwrap_or(Ordering::Equal));
            sorted.truncate(*n);
            Known(Value::List(sorted))
        }
        _ => Broken("this filter needs readings with their times, not a list".into()),
    }
}

/// The same from running figures. What needs all readings is not known; what can be said is what all readings say.
fn from_aggregate(filter: &Filter, a: &super::series::Aggregate) -> Evaluated {
    let or_unknown = |v: Option<Value>| v.map_or(Unknown, Known);
    let unique = || or_unknown(a.unique.clone().map(Value::List));
    match filter {
        Filter::Count => Known(Value::int(a.count as i128)),
        Filter::Min => or_unknown(a.min.clone()),
        Filter::Max => or_unknown(a.max.clone()),
        Filter::Sum => or_unknown(a.sum.map(Value::Number)),
        Filter::Unique | Filter::List => unique(),
        Filter::Any(test) | Filter::All(test) => match &a.unique {
            Some(values) => quantify(values.iter(), test, matches!(filter, Filter::Any(_)), 0, true),
            None => Unknown,
        },
        Filter::First => Known(a.first().value.clone()),
        Filter::Last => Known(a.last().value.clone()),
        Filter::FirstTime if a.first().time.is_known() => Known(Value::Time(a.first().time)),
        Filter::LastTime if a.last().time.is_known() => Known(Value::Time(a.last().time)),
        Filter::Span => seconds(a.last().time.since(&a.first().time)),
        Filter::LargestGap if a.ordered => seconds(a.largest_gap),
        Filter::SlopePerHour(bound) if a.ordered || matches!(bound, super::filters::Bound::Middle) => {
            let unit = a.first().value.number().map_or(Unit::One, |q| q.unit);
            a.line.and_then(|line| trend::slope_of(&line, unit)).and_then(|s| s.bound(*bound)).map_or(Unknown, Known)
        }
        _ => Unknown,
    }
}

fn quantify<'a>(values: impl Iterator<Item = &'a Value>, test: &Test, any: bool, missing: usize, looked: bool) -> Evaluated {
    let mut seen = false;
    for value in values {
        seen = true;
        let passes = match test {
            Test::True => match value {
                Value::Flag(f) => *f,
                other => return Broken(format!("{} where a flag is needed", other.kind())),
            },
            Test::Equals(wanted) => match value.compare(wanted) {
                Ok(order) => order == Ordering::Equal,
                Err(why) => return Broken(why),
            },
            Test::Matching(pattern) => pattern.is_match(&value.to_string()),
        };
        if passes == any {
            return Known(Value::Flag(any));
        }
    }
    if missing > 0 || (!seen && !looked) { Unknown } else { Known(Value::Flag(!any)) }
}

/// Text stands for itself; figures need the name of what they are about.
fn named(s: &Sample) -> Value {
    match &s.value {
        Value::Text { .. } => s.value.clone(),
        v if s.label.is_empty() => v.clone(),
        v => Value::text(format!("{} {v}", s.label)),
    }
}

fn dedup(items: Vec<Value>) -> Vec<Value> {
    unique(items.iter())
}

fn unique<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    values.filter(|v| seen.insert(v.key())).cloned().collect()
}

fn extreme(samples: &[Sample], wanted: Ordering) -> Evaluated {
    extreme_of(samples.iter().map(|s| &s.value), wanted)
}

fn extreme_of<'a>(values: impl Iterator<Item = &'a Value>, wanted: Ordering) -> Evaluated {
    let mut best: Option<&Value> = None;
    for value in values {
        best = match best {
            None => Some(value),
            Some(old) => match value.compare(old) {
                Ok(order) if order == wanted => Some(value),
                Ok(_) => Some(old),
                Err(why) => return Broken(why),
            },
        };
    }
    best.cloned().map_or(Unknown, Known)
}

fn sum<'a>(values: impl Iterator<Item = &'a Value>) -> Evaluated {
    let mut total: Option<Quantity> = None;
    for value in values {
        let Some(q) = value.number() else { return Broken(format!("{} cannot be added up", value.kind())) };
        total = match total {
            None => Some(q),
            Some(t) => match add(t, q) {
                Some(t) => Some(t),
                None => return Broken("the sum is too large".into()),
            },
        };
    }
    total.map_or(Unknown, |t| Known(Value::Number(t)))
}

fn moment(s: &Sample) -> Evaluated {
    if s.time.is_known() { Known(Value::Time(s.time)) } else { Unknown }
}

fn seconds(nanos: Option<i64>) -> Evaluated {
    nanos.map_or(Unknown, |n| Known(from_nanos(n)))
}

/// A duration in seconds, whole when it is whole.
pub fn from_nanos(n: i64) -> Value {
    let number = if n % 1_000_000_000 == 0 { Number::Int((n / 1_000_000_000) as i128) } else { Number::Real(n as f64 / 1e9) };
    Value::Number(Quantity::new(number, Unit::SECOND))
}
