//! All stamps of one line, taken together.
//!
//! For: choosing the time of the line among several clocks, and deriving what two of them say that
//! neither says alone: the host's zone offset and the moment of its boot. It refuses to derive
//! anything from one clock, and an offset that no zone has is a clock fault and not an offset.
//! Floor: layer 0.

use super::wall::{Choose, LARGEST_OFFSET_S, SECOND, Wall};
use super::{Reading, Time};

/// Zones lie on quarters of an hour.
const QUARTER: i128 = 900 * SECOND;
/// The two stamps of a line are written one after the other; further from a quarter of an hour than
/// this they do not tell the zone.
const DELAY: i128 = 300 * SECOND;

/// What all clocks of one line say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Stamp {
    /// The time of the line: the best wall and the uptime.
    pub time: Time,
    /// Seconds east of UTC, from an absolute stamp beside a local one.
    pub utc_offset_s: Option<i32>,
    /// When the host was booted, from a wall beside an uptime; as precise as the wall was printed.
    pub booted: Option<Time>,
}

/// Joins the readings of one line, in the order of the line.
///
/// The wall that knows most is the time of the line: one with year and zone before one with a year,
/// before one with neither; of two alike, the first.
pub fn combine(readings: &[Reading]) -> Stamp {
    let walls = || readings.iter().filter_map(|reading| reading.time.wall);
    let wall = walls().reduce(|best, next| if rank(&next) > rank(&best) { next } else { best });
    let uptime = readings.iter().map(|reading| reading.time).find(|time| time.uptime.is_some());
    let time =
        Time { wall, uptime: uptime.and_then(|time| time.uptime), fine: wall.is_some_and(|wall| wall.digits() > 0) || uptime.is_some_and(|time| time.fine) };
    let local = walls().find(|wall| wall.offset_s().is_none());
    Stamp {
        time,
        utc_offset_s: wall.zip(local).and_then(|(wall, local)| offset_between(&wall, &local)),
        booted: wall.zip(time.uptime).and_then(|(wall, uptime)| booted(&wall, uptime)),
    }
}

fn rank(wall: &Wall) -> u8 {
    u8::from(wall.year().is_some()) * 2 + u8::from(wall.offset_s().is_some())
}

fn offset_between(absolute: &Wall, local: &Wall) -> Option<i32> {
    if !absolute.is_absolute() {
        return None;
    }
    // The local stamp read as if it were UTC, in the year that brings it closest: what is left is the zone.
    let gap = local.with_offset(0).gap(absolute, Choose::Nearest(0))?;
    let rounded = (gap + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
    let offset_s = i32::try_from(rounded / SECOND).ok()?;
    let is_zone = (gap - rounded).abs() <= DELAY && offset_s.abs() <= LARGEST_OFFSET_S;
    is_zone.then_some(offset_s)
}

fn booted(wall: &Wall, uptime: i64) -> Option<Time> {
    // The uptime is cut to the digits of the wall: a wall in seconds cannot give a boot in milliseconds.
    let unit = 10_i64.pow(9 - u32::from(wall.digits().min(9)));
    let uptime = uptime - uptime.rem_euclid(unit);
    Some(Time::of_wall(Some(wall.shifted(-i128::from(uptime))?)))
}
