//! A wall clock reading and the calendar behind it.
//!
//! For: civil fields as printed, checked once so that a [`Wall`] always is a real date; going to and
//! from nanoseconds; the gap between two walls of which one or both lack a year. It refuses to invent
//! a zone, and inside it counts in `i128`, so that the years 1 to 9999 never overflow. Floor: layer 0.

/// Nanoseconds in a second.
pub(super) const SECOND: i128 = 1_000_000_000;
/// Nanoseconds in a day.
pub(super) const DAY: i128 = 86_400 * SECOND;
/// No inhabited zone is further from UTC; a larger difference is a clock that is wrong.
pub(super) const LARGEST_OFFSET_S: i32 = 14 * 3600;

const HALF_A_YEAR: i128 = 365 * DAY / 2;
/// Past this a shift without a year could meet 1900 or 2100, which are no leap years.
const SIXTY_YEARS: i128 = 60 * 365 * DAY;

/// The time of day as printed. Second 60 (a leap second) is kept as 59.999999999, the last moment of
/// the same minute, so that it lies behind second 59 and before the next minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct OfDay {
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    pub(super) nanos: u32,
    /// How many digits of a second were printed, 0 to 9.
    pub(super) digits: u8,
}

impl OfDay {
    pub(super) fn new(hour: u8, minute: u8, second: u8, (nanos, digits): (u32, u8)) -> Option<OfDay> {
        if hour > 23 || minute > 59 || second > 60 || nanos > 999_999_999 || digits > 9 {
            return None;
        }
        Some(if second == 60 { OfDay { hour, minute, second: 59, nanos: 999_999_999, digits: 9 } } else { OfDay { hour, minute, second, nanos, digits } })
    }

    pub(super) fn since_midnight(self) -> i128 {
        let seconds = u32::from(self.hour) * 3600 + u32::from(self.minute) * 60 + u32::from(self.second);
        i128::from(seconds) * SECOND + i128::from(self.nanos)
    }
}

/// A wall clock reading: civil fields as printed, with what is known of year and zone.
///
/// The fields are closed because a `Wall` is always a real date: there is no February 30, and no
/// February 29 in a common year (without a year it is legal).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wall {
    year: Option<i32>,
    month: u8,
    day: u8,
    of_day: OfDay,
    offset_s: Option<i32>,
}

/// How a year that was not printed is chosen when two walls are compared.
#[derive(Clone, Copy, Debug)]
pub(super) enum Choose {
    /// The first is said to be the later one: the same year, unless it is half a year too early.
    Later,
    /// The year that brings the gap closest to this many nanoseconds.
    Nearest(i128),
}

impl Wall {
    /// The year, if it was printed or given by a hint.
    pub fn year(&self) -> Option<i32> {
        self.year
    }
    /// 1 to 12.
    pub fn month(&self) -> u8 {
        self.month
    }
    /// 1 to 31.
    pub fn day(&self) -> u8 {
        self.day
    }
    /// 0 to 23.
    pub fn hour(&self) -> u8 {
        self.of_day.hour
    }
    /// 0 to 59.
    pub fn minute(&self) -> u8 {
        self.of_day.minute
    }
    /// 0 to 59; a leap second is 59 with 999,999,999 nanoseconds.
    pub fn second(&self) -> u8 {
        self.of_day.second
    }
    /// 0 to 999,999,999.
    pub fn nanos(&self) -> u32 {
        self.of_day.nanos
    }
    /// How many digits of a second were printed, 0 to 9.
    pub fn digits(&self) -> u8 {
        self.of_day.digits
    }
    /// Seconds east of UTC, if the zone was printed.
    pub fn offset_s(&self) -> Option<i32> {
        self.offset_s
    }

    pub(super) fn new(year: Option<i32>, month: u8, day: u8, of_day: OfDay, offset_s: Option<i32>) -> Option<Wall> {
        // Without a year February may have 29 days, as it had in 2000.
        let real = (1..=9999).contains(&year.unwrap_or(2000)) && (1..=days_in_month(year.unwrap_or(2000), month)).contains(&day);
        real.then_some(Wall { year, month, day, of_day, offset_s })
    }

    /// The wall that shows `civil` nanoseconds since 1970 began on it; the zone is only attached.
    pub(super) fn from_civil(civil: i128, offset_s: Option<i32>) -> Option<Wall> {
        let (year, month, day) = civil_from_days(i64::try_from(civil.div_euclid(DAY)).ok()?)?;
        let of_day = civil.rem_euclid(DAY);
        let seconds = u32::try_from(of_day / SECOND).ok()?;
        let nanos = u32::try_from(of_day % SECOND).ok()?;
        let part = |value: u32| u8::try_from(value).ok();
        let (hour, minute, second) = (part(seconds / 3600)?, part(seconds / 60 % 60)?, part(seconds % 60)?);
        let of_day = OfDay::new(hour, minute, second, (nanos, digits_needed(nanos)))?;
        Wall::new(Some(year), month, day, of_day, offset_s)
    }

    pub(super) fn is_absolute(&self) -> bool {
        self.year.is_some() && self.offset_s.is_some()
    }

    pub(super) fn with_offset(self, offset_s: i32) -> Wall {
        Wall { offset_s: Some(offset_s), ..self }
    }

    pub(super) fn in_year(self, year: i32) -> Option<Wall> {
        Wall::new(Some(year), self.month, self.day, self.of_day, self.offset_s)
    }

    /// At least so many digits, for a moment that is known more finely than it was printed.
    pub(super) fn with_digits(self, digits: u8) -> Wall {
        let digits = digits.clamp(self.of_day.digits, 9);
        Wall { of_day: OfDay { digits, ..self.of_day }, ..self }
    }

    /// As many digits as were printed, for nanoseconds that were read from just these digits.
    pub(super) fn printed_with(self, digits: u8) -> Wall {
        Wall { of_day: OfDay { digits: digits.min(9), ..self.of_day }, ..self }
    }

    /// Nanoseconds on this wall since 1970 began on it; `None` when that year has no such day.
    fn civil(&self, year: i32) -> Option<i128> {
        let Wall { month, day, of_day, .. } = self.in_year(year)?;
        Some(i128::from(days_from_civil(year, month, day)) * DAY + of_day.since_midnight())
    }

    /// Nanoseconds since 1970 in UTC, or on this wall when the zone is unknown.
    pub(super) fn instant(&self, year: i32) -> Option<i128> {
        Some(self.civil(year)? - i128::from(self.offset_s.unwrap_or(0)) * SECOND)
    }

    /// The same date and time one year before; for February 29 that is February 28.
    pub(super) fn year_before(&self) -> Option<i128> {
        let year = self.year? - 1;
        let eve = Wall { day: self.day.min(28), ..*self };
        self.instant(year).or_else(|| eve.instant(year))
    }

    pub(super) fn shifted(&self, nanos: i128) -> Option<Wall> {
        let shown = |year: i32| {
            let civil = self.civil(year)?.checked_add(nanos)?;
            Some(Wall::from_civil(civil, self.offset_s)?.with_digits(self.of_day.digits))
        };
        if let Some(year) = self.year {
            return shown(year);
        }
        if nanos.abs() > SIXTY_YEARS {
            return None;
        }
        // The year is unknown, so the answer is known only if it is the same one in every place of
        // the four-year circle in which this day exists.
        let mut answers = (2000..=2003).filter(|year| self.in_year(*year).is_some()).map(|year| shown(year).map(|wall| Wall { year: None, ..wall }));
        let first = answers.next()??;
        answers.all(|other| other == Some(first)).then_some(first)
    }

    /// Nanoseconds from `earlier` to this; `None` when only one of the two has a zone.
    pub(super) fn gap(&self, earlier: &Wall, choose: Choose) -> Option<i128> {
        if self.offset_s.is_some() != earlier.offset_s.is_some() {
            return None;
        }
        let between = |mine: i32, theirs: i32| Some(self.instant(mine)? - earlier.instant(theirs)?);
        // In one year; this in the year after; this in the year before.
        let unnamed = |year: i32| [between(year, year), between(year, year - 1), between(year - 1, year)];
        let readings = match (self.year, earlier.year) {
            (Some(mine), Some(theirs)) => return between(mine, theirs),
            (Some(year), None) => [between(year, year), between(year, year - 1), between(year, year + 1)],
            (None, Some(year)) => [between(year, year), between(year + 1, year), between(year - 1, year)],
            (None, None) if self.is_leap_day() || earlier.is_leap_day() => unnamed(2000),
            (None, None) => unnamed(2001),
        };
        match choose {
            Choose::Later => {
                let [same, after, before] = readings;
                same.filter(|gap| *gap >= -HALF_A_YEAR).or(after).or(same).or(before)
            }
            Choose::Nearest(expected) => {
                // With something to compare with, a leap year is as good as a common one.
                let both_unnamed = self.year.or(earlier.year).is_none();
                let leap = if both_unnamed { unnamed(2000) } else { [None; 3] };
                let known = readings.into_iter().chain(leap).flatten();
                known.min_by_key(|gap| (gap - expected).abs())
            }
        }
    }

    fn is_leap_day(&self) -> bool {
        (self.month, self.day) == (2, 29)
    }
}

/// How many digits show these nanoseconds without loss: none, milli, micro or nano.
pub(super) fn digits_needed(nanos: u32) -> u8 {
    match nanos {
        0 => 0,
        n if n % 1_000_000 == 0 => 3,
        n if n % 1_000 == 0 => 6,
        _ => 9,
    }
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(super) fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar. Counted in years that begin in March, so that the
/// leap day is the last of its year; 400 such years are always 146,097 days.
pub(super) fn days_from_civil(year: i32, month: u8, day: u8) -> i64 {
    let month = i64::from(month);
    let year = i64::from(year) - i64::from(month <= 2);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let year_of_era = year.rem_euclid(400);
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    year.div_euclid(400) * 146_097 + day_of_era - 719_468
}

/// The way back; `None` outside the years 1 to 9999.
pub(super) fn civil_from_days(days: i64) -> Option<(i32, u8, u8)> {
    let days = days.checked_add(719_468)?;
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = year_of_era + days.div_euclid(146_097) * 400 + i64::from(month <= 2);
    let year = i32::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
    Some((year, u8::try_from(month).ok()?, u8::try_from(day).ok()?))
}
