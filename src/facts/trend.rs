//! What readings do over time: gaps, slope with its interval, and the words leak, plateau, spike or unclear. The
//! thresholds are in one place here and in the book; two points are never a leak.

use super::filters::Bound;
use super::scope::Sample;
use super::series::Line;
use super::unit::Unit;
use super::value::{Number, Quantity, Value};

/// Below this many readings there is no verdict.
pub const FEWEST: usize = 6;
/// Growth over the whole span, as a share of the level, under which readings are level.
const LEVEL_SHARE: f64 = 0.05;
/// Growth over the whole span, as a share of the level, from which steady growth is a leak.
const LEAK_SHARE: f64 = 0.02;
/// Share of the total growth that one step may have in a leak.
const ONE_STEP: f64 = 0.5;
/// The last reading stands above what was before by this share of its level in a spike.
const SPIKE_SHARE: f64 = 0.5;

/// A slope per hour and its 95 % interval.
#[derive(Clone, Copy, Debug)]
pub struct Slope {
    middle: f64,
    half: Option<f64>,
    unit: Unit,
}

impl Slope {
    /// One of its figures; the interval needs three readings.
    pub fn bound(self, bound: Bound) -> Option<Value> {
        let real = match bound {
            Bound::Middle => self.middle,
            Bound::Low => self.middle - self.half?,
            Bound::High => self.middle + self.half?,
        };
        Some(Value::Number(Quantity::new(Number::from_real(real)?, self.unit)))
    }
}

/// Readings as (hours since the first, number); `None` when a time or a number is missing.
fn points(samples: &[Sample]) -> Option<(Vec<(f64, f64)>, Unit)> {
    let first = samples.first()?;
    let unit = first.value.number()?.unit;
    let mut points =
        samples.iter().map(|s| Some((s.time.since(&first.time)? as f64 / 3.6e12, s.value.number()?.to(unit)?.number.real()))).collect::<Option<Vec<_>>>()?;
    // The same reading twice (a doubled paste) is one.
    points.dedup();
    Some((points, unit))
}

fn fit(points: &[(f64, f64)]) -> Option<(f64, Option<f64>)> {
    let n = points.len() as f64;
    let (mt, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let tt: f64 = points.iter().map(|p| (p.0 - mt).powi(2)).sum();
    if tt <= 0.0 {
        return None;
    }
    let slope = points.iter().map(|p| (p.0 - mt) * (p.1 - my)).sum::<f64>() / tt;
    let half = (points.len() >= 3).then(|| {
        let rest: f64 = points.iter().map(|p| (p.1 - my - slope * (p.0 - mt)).powi(2)).sum();
        student(points.len() - 2) * (rest / (n - 2.0) / tt).sqrt()
    });
    Some((slope, half))
}

/// Least-squares growth per hour.
pub fn slope(samples: &[Sample]) -> Option<Slope> {
    if samples.len() < 2 {
        return None;
    }
    let (points, unit) = points(samples)?;
    let (middle, half) = fit(&points)?;
    Some(Slope { middle, half, unit })
}

/// The same from running figures.
pub fn slope_of(line: &Line, unit: Unit) -> Option<Slope> {
    if line.n < 2.0 || line.tt <= 0.0 {
        return None;
    }
    let middle = line.ty / line.tt;
    let rest = (line.yy - middle * line.ty).max(0.0);
    let half = (line.n >= 3.0).then(|| student(line.n as usize - 2) * (rest / (line.n - 2.0) / line.tt).sqrt());
    Some(Slope { middle, half, unit })
}

/// Two-sided 95 % quantile of Student's t.
fn student(freedom: usize) -> f64 {
    const T: [f64; 30] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080,
        2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];
    match freedom {
        0 => f64::INFINITY,
        f if f <= 30 => T[f - 1],
        f => 1.96 + 2.4 / f as f64,
    }
}

/// leak, plateau, spike, or unclear; `None` below six readings or without times.
pub fn verdict(samples: &[Sample]) -> Option<&'static str> {
    let (points, _) = points(samples)?;
    if points.len() < FEWEST {
        return None;
    }
    let (slope, half) = fit(&points)?;
    let values: Vec<f64> = points.iter().map(|p| p.1).collect();
    let (last, before) = values.split_last()?;
    let level = median(before.to_vec());
    let scale = level.abs().max(1.0);
    let spread = median(before.iter().map(|v| (v - level).abs()).collect());
    let earlier = fit(&points[..points.len() - 1])?;
    let grew_before = (earlier.0 * points[points.len() - 2].0).abs() / scale;
    if last - level > SPIKE_SHARE * scale && last - level > 5.0 * spread && grew_before < LEVEL_SHARE {
        return Some("spike");
    }
    let growth = slope * points[points.len() - 1].0;
    let half = half.unwrap_or(f64::INFINITY);
    let steps: Vec<f64> = values.windows(2).map(|w| w[1] - w[0]).collect();
    let rising = steps.iter().filter(|s| **s > 0.0).count() as f64 / steps.len() as f64;
    let largest = steps.iter().copied().fold(0.0, f64::max);
    if slope - half > 0.0 && growth / scale >= LEAK_SHARE && rising >= 0.6 && largest <= ONE_STEP * growth {
        return Some("leak");
    }
    let range = values.iter().copied().fold(f64::MIN, f64::max) - values.iter().copied().fold(f64::MAX, f64::min);
    if growth.abs() / scale <= LEVEL_SHARE && range / scale <= 3.0 * LEVEL_SHARE {
        return Some("plateau");
    }
    Some("unclear")
}

fn median(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.sort_by(f64::total_cmp);
    let mid = values.len() / 2;
    if values.len() % 2 == 1 { values[mid] } else { (values[mid - 1] + values[mid]) / 2.0 }
}

fn gaps(samples: &[Sample]) -> Option<Vec<i64>> {
    let gaps = samples.windows(2).map(|w| w[1].time.since(&w[0].time)).collect::<Option<Vec<_>>>()?;
    (!gaps.is_empty()).then_some(gaps)
}

/// Median time between two readings, nanoseconds.
pub fn median_gap(samples: &[Sample]) -> Option<i64> {
    let mut gaps = gaps(samples)?;
    gaps.sort_unstable();
    let mid = gaps.len() / 2;
    Some(if gaps.len() % 2 == 1 { gaps[mid] } else { (gaps[mid - 1] + gaps[mid]) / 2 })
}

/// Longest time between two readings, nanoseconds.
pub fn largest_gap(samples: &[Sample]) -> Option<i64> {
    gaps(samples)?.into_iter().max()
}
