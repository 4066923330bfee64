//! Readings of one fact about one subject, bounded: past the bound only running figures are kept, and they give the
//! same answer where both can be computed.

use super::value::{Number, Quantity, Value};
use crate::text::clock::Time;
use crate::text::origin::Origin;
use std::collections::BTreeSet;

/// One reading.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The value.
    pub value: Value,
    /// When, as far as it is known.
    pub time: Time,
    /// Which capture it came from: what has the same moment was read together.
    pub moment: u64,
    /// Where it was read.
    pub origin: Origin,
}

/// Running figures of a series that is too long to keep.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// How many readings.
    pub count: u64,
    /// First reading.
    pub first: Reading,
    /// Last reading.
    pub last: Reading,
    /// Smallest number.
    pub min: Option<Value>,
    /// Largest number.
    pub max: Option<Value>,
    /// Sum of integers, exact; `None` when something is no integer or it overflows.
    pub sum: Option<Quantity>,
    /// Longest time between two readings, nanoseconds.
    pub largest_gap: Option<i64>,
    /// All came in order of time, so that gaps and ends are right.
    pub ordered: bool,
    /// Distinct values, until there are too many.
    pub unique: Option<BTreeSet<String>>,
    /// Sums for the slope: n, t, tt, y, ty, with t in hours since the first reading.
    pub slope: Option<[f64; 5]>,
}

/// Distinct values kept by an aggregate.
const MOST_UNIQUE: usize = 4096;

impl Aggregate {
    fn start(first: &Reading) -> Aggregate {
        let mut aggregate = Aggregate {
            count: 0,
            first: first.clone(),
            last: first.clone(),
            min: None,
            max: None,
            sum: first.value.number().map(|q| Quantity { number: Number::Int(0), ..q }),
            largest_gap: None,
            ordered: true,
            unique: Some(BTreeSet::new()),
            slope: Some([0.0; 5]),
        };
        aggregate.add(first);
        aggregate
    }

    fn add(&mut self, r: &Reading) {
        if self.count > 0 {
            match r.time.since(&self.last.time) {
                Some(gap) if gap >= 0 => self.largest_gap = Some(self.largest_gap.map_or(gap, |g| g.max(gap))),
                _ => self.ordered = false,
            }
        }
        self.count += 1;
        let better = |old: &Option<Value>, wanted| match old {
            None => r.value.number().is_some(),
            Some(old) => r.value.number().is_some() && r.value.compare(old) == Ok(wanted),
        };
        if better(&self.min, std::cmp::Ordering::Less) {
            self.min = Some(r.value.clone());
        }
        if better(&self.max, std::cmp::Ordering::Greater) {
            self.max = Some(r.value.clone());
        }
        self.sum = self.sum.and_then(|sum| add(sum, r.value.number()?));
        if let Some(unique) = &mut self.unique {
            unique.insert(r.value.key());
            if unique.len() > MOST_UNIQUE {
                self.unique = None;
            }
        }
        self.slope = self.slope.and_then(|[n, t, tt, y, ty]| {
            let hours = r.time.since(&self.first.time)? as f64 / 3.6e12;
            let value = r.value.number()?.number.real();
            Some([n + 1.0, t + hours, tt + hours * hours, y + value, ty + hours * value])
        });
        self.last = r.clone();
    }
}

/// Sum of two quantities of one dimension; `None` on overflow or different dimensions.
pub fn add(a: Quantity, b: Quantity) -> Option<Quantity> {
    let b = if a.dim() == b.dim() { b.to(a.unit)? } else { return None };
    let number = match (a.number, b.number) {
        (Number::Int(x), Number::Int(y)) => Number::Int(x.checked_add(y)?),
        (x, y) => Number::from_real(x.real() + y.real())?,
    };
    Some(Quantity { number, unit: a.unit, decimals: None })
}

/// The readings of one fact about one subject.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// The first readings, up to the bound, in the order in which they came.
    pub readings: Vec<Reading>,
    /// Running figures over all of them, once there were more than the bound.
    pub aggregate: Option<Box<Aggregate>>,
}

impl Series {
    /// Adds a reading; past `most` readings only the running figures move on. Returns false when the bound was met.
    pub fn push(&mut self, reading: Reading, most: usize) -> bool {
        if let Some(aggregate) = &mut self.aggregate {
            aggregate.add(&reading);
            return false;
        }
        if self.readings.len() < most {
            self.readings.push(reading);
            return true;
        }
        let mut aggregate = Aggregate::start(self.readings.first().unwrap_or(&reading));
        for old in self.readings.iter().skip(1) {
            aggregate.add(old);
        }
        aggregate.add(&reading);
        self.aggregate = Some(Box::new(aggregate));
        false
    }

    /// Readings in order of time where all can be compared, else in the order in which they came. Stamps without a year
    /// run in a circle, so the order is that of the distance to one of them, which is an order in any case.
    pub fn in_order(&self) -> Vec<&Reading> {
        let came = || self.readings.iter().collect();
        let Some(first) = self.readings.first() else { return Vec::new() };
        let distances: Option<Vec<(i64, u64, &Reading)>> = self.readings.iter().map(|r| Some((r.time.since(&first.time)?, r.moment, r))).collect();
        let Some(mut sorted) = distances else { return came() };
        sorted.sort_by_key(|(distance, moment, _)| (*distance, *moment));
        sorted.into_iter().map(|(_, _, r)| r).collect()
    }
}
