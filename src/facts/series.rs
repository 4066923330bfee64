//! Readings of one fact about one subject, bounded: past the bound only running figures are kept, and they give the
//! same answer where both can be computed.

use super::value::{Number, Quantity, Value};
use crate::text::clock::Time;
use crate::text::origin::Origin;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::OnceLock;

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
    /// The one that came first, to which the times of all others are measured.
    origin: Reading,
    /// The one that came last.
    came_last: Reading,
    /// Earliest and latest by time, as long as all times can be compared with the origin's.
    ends: Option<[(i64, Reading); 2]>,
    /// Smallest number.
    pub min: Option<Value>,
    /// Largest number.
    pub max: Option<Value>,
    /// Sum of integers, exact; `None` when something is no integer or it overflows.
    pub sum: Option<Quantity>,
    /// Longest time between two readings, nanoseconds.
    pub largest_gap: Option<i64>,
    /// All came in order of time, so that gaps are right.
    pub ordered: bool,
    /// Distinct values, each with the distance of its earliest reading from the origin, until there are too many.
    distinct: Option<Vec<(i64, Value)>>,
    keys: BTreeMap<String, usize>,
    most_distinct: usize,
    /// For the slope: how far times (hours since the origin) and numbers scatter.
    pub line: Option<Line>,
}

/// Least squares as readings come, without the differences of large sums that would eat the decimals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Line {
    /// Points.
    pub n: f64,
    mean_t: f64,
    mean_y: f64,
    /// Sums of squares and products around the means.
    pub tt: f64,
    /// Time by value.
    pub ty: f64,
    /// Value by value.
    pub yy: f64,
}

impl Line {
    fn add(&mut self, t: f64, y: f64) {
        self.n += 1.0;
        let (dt, dy) = (t - self.mean_t, y - self.mean_y);
        self.mean_t += dt / self.n;
        self.mean_y += dy / self.n;
        self.tt += dt * (t - self.mean_t);
        self.ty += dt * (y - self.mean_y);
        self.yy += dy * (y - self.mean_y);
    }
}

/// How much one series may keep.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Readings.
    pub readings: usize,
    /// Distinct values, once there are more readings than that.
    pub distinct: usize,
}

impl Aggregate {
    fn start(first: &Reading, most_distinct: usize) -> Aggregate {
        let mut aggregate = Aggregate {
            count: 0,
            origin: first.clone(),
            came_last: first.clone(),
            ends: Some([(0, first.clone()), (0, first.clone())]),
            min: None,
            max: None,
            sum: first.value.number().map(|q| Quantity { number: Number::Int(0), ..q }),
            largest_gap: None,
            ordered: true,
            distinct: Some(Vec::new()),
            most_distinct,
            keys: BTreeMap::new(),
            line: Some(Line::default()),
        };
        aggregate.add(first);
        aggregate
    }

    /// The earliest reading; without comparable times the one that came first.
    pub fn first(&self) -> &Reading {
        self.ends.as_ref().map_or(&self.origin, |[earliest, _]| &earliest.1)
    }

    /// The latest reading; without comparable times the one that came last.
    pub fn last(&self) -> &Reading {
        self.ends.as_ref().map_or(&self.came_last, |[_, latest]| &latest.1)
    }

    fn add(&mut self, r: &Reading) {
        if self.count > 0 {
            match r.time.since(&self.came_last.time) {
                Some(gap) if gap >= 0 => self.largest_gap = Some(self.largest_gap.map_or(gap, |g| g.max(gap))),
                _ => self.ordered = false,
            }
        }
        self.count += 1;
        let distance = r.time.since(&self.origin.time);
        self.ends = self
            .ends
            .take()
            .zip(distance)
            .map(|([earliest, latest], d)| [if d < earliest.0 { (d, r.clone()) } else { earliest }, if d >= latest.0 { (d, r.clone()) } else { latest }]);
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
        self.note_distinct(&r.value, distance.unwrap_or(0));
        // The same reading twice (a doubled paste) is one.
        let again = self.count > 1 && r.time == self.came_last.time && r.value.key() == self.came_last.value.key();
        self.line = self.line.and_then(|mut line| {
            if again {
                return Some(line);
            }
            let origin = self.origin.value.number()?;
            line.add(distance? as f64 / 3.6e12, r.value.number()?.to(origin.unit)?.number.real() - origin.number.real());
            Some(line)
        });
        self.came_last = r.clone();
    }

    fn note_distinct(&mut self, value: &Value, distance: i64) {
        let Some(distinct) = &mut self.distinct else { return };
        match self.keys.entry(value.key()) {
            Entry::Occupied(known) => {
                if let Some((earliest, _)) = distinct.get_mut(*known.get()) {
                    *earliest = distance.min(*earliest);
                }
            }
            Entry::Vacant(new) => {
                new.insert(distinct.len());
                distinct.push((distance, value.clone()));
            }
        }
        if distinct.len() > self.most_distinct {
            self.distinct = None;
            self.keys.clear();
        }
    }

    /// Distinct values by the time of their earliest reading; without comparable times in the order in which they came.
    pub fn unique(&self) -> Option<Vec<Value>> {
        let mut distinct: Vec<&(i64, Value)> = self.distinct.as_ref()?.iter().collect();
        if self.ends.is_some() {
            distinct.sort_by_key(|(distance, _)| *distance);
        }
        Some(distinct.into_iter().map(|(_, value)| value.clone()).collect())
    }

    /// Two long series of one thing, the same fact under two names of its host: what order and slope would need is lost.
    fn join(&mut self, other: &Aggregate) {
        let count = self.count + other.count;
        let sum = self.sum.zip(other.sum).and_then(|(a, b)| add(a, b));
        for r in [other.first(), other.last()] {
            self.add(r);
        }
        for value in other.min.iter().chain(&other.max) {
            self.add(&Reading { value: value.clone(), ..other.last().clone() });
        }
        let shift = other.origin.time.since(&self.origin.time).unwrap_or(0);
        match &other.distinct {
            Some(distinct) => distinct.iter().for_each(|(distance, value)| self.note_distinct(value, distance.saturating_add(shift))),
            None => self.distinct = None,
        }
        self.count = count;
        self.sum = sum;
        self.line = None;
        self.ordered = false;
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
    /// Places of the readings in order of time, once somebody asked.
    order: OnceLock<Vec<u32>>,
}

impl Series {
    /// Adds a reading; without room for it only the running figures move on. Returns whether it was kept.
    pub fn push(&mut self, reading: Reading, room: Room) -> bool {
        if let Some(aggregate) = &mut self.aggregate {
            aggregate.add(&reading);
            return false;
        }
        if self.readings.len() < room.readings {
            self.order = OnceLock::new();
            // Of most things there is one reading, and of those there are many.
            if self.readings.is_empty() {
                self.readings.reserve_exact(1);
            }
            self.readings.push(reading);
            return true;
        }
        let mut aggregate = Aggregate::start(self.readings.first().unwrap_or(&reading), room.distinct);
        for old in self.readings.iter().skip(1) {
            aggregate.add(old);
        }
        aggregate.add(&reading);
        self.aggregate = Some(Box::new(aggregate));
        false
    }

    /// Takes the readings of another series of the same thing.
    pub fn take(&mut self, other: &Series, room: Room) {
        match (&mut self.aggregate, &other.aggregate) {
            (Some(mine), Some(theirs)) => mine.join(theirs),
            // The long one holds figures of readings that are gone, so the short one joins it.
            (None, Some(_)) => {
                let short = std::mem::replace(self, other.clone());
                for r in short.readings {
                    self.push(r, room);
                }
            }
            (_, None) => {
                for r in &other.readings {
                    self.push(r.clone(), room);
                }
            }
        }
        self.order = OnceLock::new();
        self.readings.sort_by_key(|r| r.moment);
    }

    /// Readings in order of time where all can be compared, else in the order in which they came. Stamps without a year
    /// run in a circle, so the order is that of the distance to one of them, which is an order in any case.
    pub fn in_order(&self) -> impl DoubleEndedIterator<Item = &Reading> {
        self.order.get_or_init(|| self.places()).iter().map(|i| &self.readings[*i as usize])
    }

    fn places(&self) -> Vec<u32> {
        let came = 0..self.readings.len() as u32;
        let Some(first) = self.readings.first() else { return Vec::new() };
        let distance = |i: u32| Some((self.readings[i as usize].time.since(&first.time)?, self.readings[i as usize].moment, i));
        let Some(mut sorted) = came.clone().map(distance).collect::<Option<Vec<(i64, u64, u32)>>>() else { return came.collect() };
        sorted.sort_by_key(|(distance, moment, _)| (*distance, *moment));
        sorted.into_iter().map(|(.., i)| i).collect()
    }
}
