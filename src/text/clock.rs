//! When a line was written: reading the clocks that logs use, and comparing what they say.
//!
//! For: turning the text captured as `time.syslog`, `time.iso`, `time.epoch`, `time.uptime` or
//! `time.micros` into a [`Time`], telling how far two of them lie apart, and deriving from two clocks
//! in one line the zone offset and the moment of boot.
//!
//! It refuses to guess: a year or a zone that nobody printed stays unknown until a caller gives one
//! (`with_year_hint`), and where two stamps cannot be compared the answer is `None`, never zero.
//! It also refuses to find stamps inside a line (a format's pattern does), to know products, to read
//! the machine's clock, and to do I/O. No input makes it panic. Floor: layer 0, nothing above it.

mod combine;
mod cursor;
mod read;
mod show;
#[cfg(test)]
mod tests;
mod wall;

use std::cmp::Ordering;

pub use combine::{Stamp, combine};
pub use read::{Kind, Reading, read};
pub use show::{NotATime, parse_display, show_duration, show_offset};
pub use wall::Wall;

use wall::{Choose, LARGEST_OFFSET_S, SECOND};

/// From here on two absolute walls and an uptime say different things: a reboot or a clock step.
const WALL_AGAINST_UPTIME: i128 = 600 * SECOND;

/// The two stamps of one line are written by two programs (a kernel, then a syslog daemon), so they
/// never agree exactly; up to here that is delay, past it something happened to the clock.
const DELAY: i128 = 5 * SECOND;

/// What a line says about when it was written. Every part may be unknown; unknown stays unknown.
///
/// `==` compares what was printed; [`Time::order`] compares moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Time {
    /// The wall clock, if the line shows one.
    pub wall: Option<Wall>,
    /// Nanoseconds since boot, if the line shows them.
    pub uptime: Option<i64>,
    /// One of the clocks has sub-second digits.
    pub fine: bool,
}

impl Time {
    /// The moment `nanos` after 1970-01-01T00:00:00Z: the way for file times and "now" to come in.
    pub fn from_absolute(nanos: i64) -> Time {
        Time::of_wall(Wall::from_civil(i128::from(nanos), Some(0)))
    }

    fn of_wall(wall: Option<Wall>) -> Time {
        Time { wall, uptime: None, fine: wall.is_some_and(|w| w.digits() > 0) }
    }

    /// Nanoseconds from `earlier` to this, by the best clock that both have; `None` when they cannot
    /// be compared, or when the answer does not fit (292 years).
    ///
    /// Uptime is preferred: it has no zone, no year and no daylight saving. Whether both come from one
    /// host is the caller's business. The wall wins when both walls are absolute and disagree with the
    /// uptimes by more than ten minutes. Walls of any kind win when the uptimes count from two boots:
    /// the host of the later line was not up yet when the earlier one was written, and the two clocks
    /// run against each other or disagree by more than ten minutes.
    ///
    /// Where years are missing, the caller's word that the argument is the earlier one is believed:
    /// both stand in one year, unless that makes the answer negative by more than half a year; then a
    /// new year began between them. A year that nobody printed counts as a common one, unless a
    /// February 29 shows that it was not. A stamp without sub-second digits counts as the start of its
    /// second.
    pub fn since(&self, earlier: &Time) -> Option<i64> {
        i64::try_from(self.gap(earlier, Choose::Later)?).ok()
    }

    /// Which of the two was written first, by the same clocks as [`Time::since`]; `None` when they
    /// cannot be compared.
    ///
    /// Nobody says here which one is earlier, so a missing year is the one that brings the two closest
    /// together. That makes `a.order(b)` the opposite of `b.order(a)`, but among stamps without a year
    /// January comes before May, May before September, and September before January: never sort by
    /// this before [`Time::with_year_hint`] (a sort may panic on such an order).
    pub fn order(&self, other: &Time) -> Option<Ordering> {
        Some(self.gap(other, Choose::Nearest(0))?.cmp(&0))
    }

    /// The moment `nanos` later. A part that cannot be told becomes unknown: a wall outside the years
    /// 1 to 9999, a wall without a year that crosses the end of February (28 or 29?), an uptime before
    /// the boot. For a window use [`Time::since`], which need not know the end of the window.
    #[must_use]
    pub fn plus(&self, nanos: i64) -> Time {
        self.shifted(i128::from(nanos))
    }

    /// The moment `nanos` earlier; see [`Time::plus`].
    #[must_use]
    pub fn minus(&self, nanos: i64) -> Time {
        self.shifted(-i128::from(nanos))
    }

    /// Whether the line says anything at all about its time.
    pub fn is_known(&self) -> bool {
        self.wall.is_some() || self.uptime.is_some()
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z; `None` without a year or a zone, and outside what an
    /// `i64` holds (1677 to 2262).
    pub fn absolute(&self) -> Option<i64> {
        let wall = self.wall?;
        wall.offset_s()?;
        i64::try_from(wall.instant(wall.year()?)?).ok()
    }

    /// Gives a missing year: the one that puts this not after the reference (the time of the file or
    /// of the bundle) and at most a year before it. Unchanged when there is nothing missing, when the
    /// reference has no year, and when no year fits (February 29 with no leap year in reach).
    ///
    /// When only one of the two has a zone, they may be up to 14 hours apart and still be the same
    /// moment, so "not after" gives way by that much: a host in Tokyo writes `Jan  1 05:00:00` into a
    /// file last touched at `2009-12-31T20:00:00Z`.
    #[must_use]
    pub fn with_year_hint(&self, reference: &Time) -> Time {
        let (Some(wall), Some(limit)) = (self.wall, reference.wall) else {
            return *self;
        };
        let (None, Some(year)) = (wall.year(), limit.year()) else {
            return *self;
        };
        let Some(latest) = limit.instant(year) else {
            return *self;
        };
        let same_zone = wall.offset_s().is_some() == limit.offset_s().is_some();
        let slack = if same_zone { 0 } else { i128::from(LARGEST_OFFSET_S) * SECOND };
        // A reference in whole seconds stands for all of its second.
        let latest = latest + slack + if limit.digits() == 0 { SECOND - 1 } else { 0 };
        let soonest = limit.year_before().map_or(i128::MIN, |before| before - slack);
        let fits = |year: &i32| wall.instant(*year).is_some_and(|at| (soonest..=latest).contains(&at));
        match [year + 1, year, year - 1].into_iter().find(fits) {
            Some(year) => Time { wall: wall.in_year(year), ..*self },
            None => *self,
        }
    }

    fn shifted(&self, nanos: i128) -> Time {
        let uptime = self.uptime.and_then(|uptime| i64::try_from(i128::from(uptime) + nanos).ok().filter(|uptime| *uptime >= 0));
        let wall = self.wall.and_then(|wall| wall.shifted(nanos));
        let fine = self.fine || i128::from(uptime.unwrap_or(0)) % SECOND != 0;
        Time { wall, uptime, fine: fine || wall.is_some_and(|wall| wall.digits() > 0) }
    }

    fn gap(&self, other: &Time, choose: Choose) -> Option<i128> {
        let walls = self.wall.zip(other.wall);
        let by_wall = |choose| walls.and_then(|(mine, theirs)| mine.gap(&theirs, choose));
        let Some((mine, theirs)) = self.uptime.zip(other.uptime) else {
            return by_wall(choose);
        };
        let (mine, theirs) = (i128::from(mine), i128::from(theirs));
        let uptime = mine - theirs;
        let Some(wall) = by_wall(choose) else {
            return Some(uptime);
        };
        // In some year that was not printed both clocks went on alike: one boot, however long ago.
        if by_wall(Choose::Nearest(uptime)).is_some_and(|wall| (wall - uptime).abs() <= DELAY) {
            return Some(uptime);
        }
        let far_apart = (wall - uptime).abs() > WALL_AGAINST_UPTIME;
        let absolute = walls.is_some_and(|(a, b)| a.is_absolute() && b.is_absolute());
        // A machine that stayed up has been up for at least the time between its two lines, and its
        // uptime never runs against the wall for longer than that.
        let uptime_of_later = if wall > 0 { mine } else { theirs };
        let against = wall.signum() != uptime.signum();
        let two_boots = wall.abs() > uptime_of_later + DELAY && (far_apart || against);
        let wall_wins = two_boots || (absolute && far_apart);
        Some(if wall_wins { wall } else { uptime })
    }
}

/// How far the wall clock was set forward (or back, negative) between two lines of one host that both
/// carry a wall and an uptime: the progress of the wall less that of the uptime, in nanoseconds.
///
/// `None` up to five seconds, which is delay between two programs, and when the uptime runs backwards:
/// that is a reboot, or two lines out of order, and neither is a step.
pub fn clock_step(prev: &Time, next: &Time) -> Option<i64> {
    let uptime = i128::from(next.uptime?) - i128::from(prev.uptime?);
    if uptime < 0 {
        return None;
    }
    // The uptime tells which year was left out: a clock set back over New Year is a step of a day.
    let wall = next.wall?.gap(&prev.wall?, Choose::Nearest(uptime))?;
    let step = wall - uptime;
    if step.abs() > DELAY { i64::try_from(step).ok() } else { None }
}
