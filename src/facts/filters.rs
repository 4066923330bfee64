//! Filters of expressions: `port.enable_count | max`. The table here is the whole list; what a filter does to several
//! readings stands in `collect.rs`, what it does over time in `trend.rs`.

use super::unit::Unit;
use super::value::{Number, Value};
use regex::Regex;

/// What `any` and `all` ask of each member.
#[derive(Clone, Debug)]
pub enum Test {
    /// It is a flag that is true.
    True,
    /// It equals this value.
    Equals(Value),
    /// Its text matches.
    Matching(Regex),
}

/// A filter with its arguments.
#[derive(Clone, Debug)]
pub enum Filter {
    /// Earliest reading.
    First,
    /// Latest reading.
    Last,
    /// Smallest.
    Min,
    /// Largest.
    Max,
    /// Sum.
    Sum,
    /// How many.
    Count,
    /// Distinct values.
    Unique,
    /// Whether one passes.
    Any(Test),
    /// Whether all pass.
    All(Test),
    /// The n largest, named.
    Top(usize),
    /// All, named.
    List,
    /// Time from first to last.
    Span,
    /// Usual time between two: the median of the gaps.
    Period,
    /// Longest time between two.
    LargestGap,
    /// Growth in one hour, or an end of its 95 % interval.
    SlopePerHour(Bound),
    /// leak, plateau, spike or unclear.
    Trend,
    /// When the last one was read.
    LastTime,
    /// When the first one was read.
    FirstTime,
    /// Absolute value.
    Abs,
    /// Rounded to decimals.
    Round(u8),
    /// Rounded down.
    Floor,
    /// In another unit.
    To(Unit),
    /// The column of a table.
    Lookup {
        /// Table id.
        table: String,
        /// Column.
        column: String,
    },
    /// The column of a table for every bit that is set: a list.
    LookupBits {
        /// Table id.
        table: String,
        /// Column.
        column: String,
    },
    /// The number that stands in some bits.
    Bits {
        /// Highest bit.
        high: u8,
        /// Lowest bit.
        low: u8,
    },
}

/// Which figure of an estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The estimate.
    Middle,
    /// Lower end of its 95 % interval.
    Low,
    /// Upper end of its 95 % interval.
    High,
}

/// Names of all filters, for hints and for the book.
pub const NAMES: &[&str] = &[
    "first",
    "last",
    "min",
    "max",
    "sum",
    "count",
    "unique",
    "any",
    "all",
    "top",
    "list",
    "span",
    "period",
    "largest_gap",
    "slope_per_hour",
    "trend",
    "last_time",
    "first_time",
    "abs",
    "round",
    "floor",
    "to",
    "lookup",
    "lookup_bits",
    "bits",
];

impl Filter {
    /// Whether it runs over several readings (and so may stand behind a fact that is many).
    pub fn takes_many(&self) -> bool {
        !matches!(
            self,
            Filter::Abs | Filter::Round(_) | Filter::Floor | Filter::To(_) | Filter::Lookup { .. } | Filter::LookupBits { .. } | Filter::Bits { .. }
        )
    }
}

type Argument = (Option<String>, Value);

/// The filter of that name. Errors are sentences.
pub fn named(name: &str, arguments: Vec<Argument>, compile: &dyn Fn(&str) -> Result<Regex, String>) -> Result<Filter, String> {
    let plain = match name {
        "first" => Some(Filter::First),
        "last" => Some(Filter::Last),
        "min" => Some(Filter::Min),
        "max" => Some(Filter::Max),
        "sum" => Some(Filter::Sum),
        "count" => Some(Filter::Count),
        "unique" => Some(Filter::Unique),
        "list" => Some(Filter::List),
        "span" => Some(Filter::Span),
        "period" => Some(Filter::Period),
        "largest_gap" => Some(Filter::LargestGap),
        "trend" => Some(Filter::Trend),
        "last_time" => Some(Filter::LastTime),
        "first_time" => Some(Filter::FirstTime),
        "abs" => Some(Filter::Abs),
        "floor" => Some(Filter::Floor),
        _ => None,
    };
    if let Some(filter) = plain {
        return if arguments.is_empty() { Ok(filter) } else { Err(format!("`{name}` takes no argument")) };
    }
    match (name, arguments.as_slice()) {
        ("any", _) => test(arguments, compile).map(Filter::Any),
        ("all", _) => test(arguments, compile).map(Filter::All),
        ("top", [(None, n)]) => whole(n, 100).map(|n| Filter::Top(n as usize)),
        ("round", []) => Ok(Filter::Round(0)),
        ("round", [(None, n)]) => whole(n, 12).map(|n| Filter::Round(n as u8)),
        ("slope_per_hour", []) => Ok(Filter::SlopePerHour(Bound::Middle)),
        ("slope_per_hour", [(None, Value::Text { text, .. })]) => match &**text {
            "low" => Ok(Filter::SlopePerHour(Bound::Low)),
            "high" => Ok(Filter::SlopePerHour(Bound::High)),
            _ => Err("`slope_per_hour` takes nothing, 'low' or 'high'".into()),
        },
        ("to", [(None, Value::Text { text, .. })]) => {
            Unit::named(text).map(Filter::To).ok_or_else(|| format!("`{text}` is no unit (known: {})", super::unit::UNIT_NAMES.join(" ")))
        }
        ("lookup", [(None, Value::Text { text: table, .. }), (None, Value::Text { text: column, .. })]) => {
            Ok(Filter::Lookup { table: table.to_string(), column: column.to_string() })
        }
        ("lookup_bits", [(None, Value::Text { text: table, .. }), (None, Value::Text { text: column, .. })]) => {
            Ok(Filter::LookupBits { table: table.to_string(), column: column.to_string() })
        }
        ("bits", [(None, bit)]) => whole(bit, 127).map(|n| Filter::Bits { high: n as u8, low: n as u8 }),
        ("bits", [(None, high), (None, low)]) => match (whole(high, 127)?, whole(low, 127)?) {
            (high, low) if high >= low => Ok(Filter::Bits { high: high as u8, low: low as u8 }),
            _ => Err("`bits` takes the highest bit first".into()),
        },
        ("bits", _) => Err("`bits` takes a bit, or the highest and the lowest of several".into()),
        ("lookup_bits", _) => Err("`lookup_bits` takes a table and a column in quotes".into()),
        ("top", _) => Err("`top` takes how many".into()),
        ("round", _) => Err("`round` takes how many decimals".into()),
        ("to", _) => Err("`to` takes a unit in quotes".into()),
        ("slope_per_hour", _) => Err("`slope_per_hour` takes nothing, 'low' or 'high'".into()),
        ("lookup", _) => Err("`lookup` takes a table and a column in quotes".into()),
        ("default", _) => Err("there is no `default`: what is not known stays not known".into()),
        _ => {
            let hint = crate::problem::did_you_mean(name, NAMES.iter().copied());
            Err(format!("`{name}` is no filter{}{hint}", if hint.is_empty() { "" } else { "; " }))
        }
    }
}

fn whole(value: &Value, most: i128) -> Result<i128, String> {
    match value {
        Value::Number(q) => match q.number {
            Number::Int(i) if (0..=most).contains(&i) => Ok(i),
            _ => Err(format!("a whole number from 0 to {most} is meant")),
        },
        _ => Err("a whole number is meant".into()),
    }
}

fn test(mut arguments: Vec<Argument>, compile: &dyn Fn(&str) -> Result<Regex, String>) -> Result<Test, String> {
    match (arguments.len(), arguments.pop()) {
        (0, _) => Ok(Test::True),
        (1, Some((None, value))) => Ok(Test::Equals(value)),
        (1, Some((Some(name), Value::Text { text, .. }))) if name == "matching" => compile(&text).map(Test::Matching),
        _ => Err("it takes nothing, one value, or matching='...'".into()),
    }
}
