//! The kinds of clock, and how one stamp of each is read.
//!
//! For: the text of one capture, whole and nothing else (blanks around it are ignored). It refuses to
//! search: a stamp with anything before or behind it is not a stamp, and a date alone is not a time.
//! Which log uses which kind is data and not known here. Floor: layer 0.

use super::Time;
use super::cursor::Cursor;
use super::wall::{DAY, SECOND, Wall};

/// Kinds of clock the engine can read; which log uses which is data (capture names `time.syslog`,
/// `time.iso`, `time.epoch`, `time.uptime`, `time.micros`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `Jul 26 01:26:46`, `Nov  3 04:01:45.120`; a year may stand before the month (`2026 Mar 29
    /// 20:49:12`), behind the day (`Mar 29 2026 20:49:12`) or at the end. No zone.
    Syslog,
    /// `2012-05-02T23:24:07.900Z`, `2026-10-01 10:00:00,5 +0200`. Without a zone, it is unknown.
    Iso,
    /// `1258099291`, `1258099291.5` in seconds, `1258099291500` (13 digits) in milliseconds. Absolute.
    Epoch,
    /// `7:21:06:31.191` (days first), `0d17h24m17s`, `123.456789` seconds, since boot.
    Uptime,
    /// `3733053265426us` or `3733053265426`, microseconds since boot.
    Micros,
}

impl Kind {
    /// The kind that a capture of this name holds: `time.syslog` is `Syslog`.
    pub fn from_capture(name: &str) -> Option<Kind> {
        Some(match name {
            "time.syslog" => Kind::Syslog,
            "time.iso" => Kind::Iso,
            "time.epoch" => Kind::Epoch,
            "time.uptime" => Kind::Uptime,
            "time.micros" => Kind::Micros,
            _ => return None,
        })
    }
}

/// One stamp as read: which clock, and what it says (a wall or an uptime, never both).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reading {
    /// The clock it was read from.
    pub kind: Kind,
    /// What it says.
    pub time: Time,
}

/// Reads one stamp; `None` when the text is not one of this kind.
pub fn read(kind: Kind, text: &str) -> Option<Reading> {
    let mut cursor = Cursor::over(text.trim_matches(' '));
    let time = match kind {
        Kind::Syslog => Time::of_wall(Some(syslog(&mut cursor)?)),
        Kind::Iso => Time::of_wall(Some(iso(&mut cursor)?)),
        Kind::Epoch => Time::of_wall(Some(epoch(&mut cursor)?)),
        Kind::Uptime => uptime(&mut cursor)?,
        Kind::Micros => micros(&mut cursor)?,
    };
    cursor.end()?;
    Some(Reading { kind, time })
}

fn syslog(c: &mut Cursor) -> Option<Wall> {
    let mut year = c.year_and(Cursor::blanks);
    let month = c.month()?;
    c.blanks()?;
    let day = c.small(1, 2)?;
    c.blanks()?;
    if year.is_none() {
        year = c.year_and(Cursor::blanks);
    }
    let of_day = c.of_day()?;
    if year.is_none() && !c.is_empty() {
        c.blanks()?;
        year = Some(c.year_and(Cursor::end)?);
    }
    Wall::new(year, month, day, of_day, None)
}

fn iso(c: &mut Cursor) -> Option<Wall> {
    let year = c.year_and(|c| c.byte(b"-").map(|_| ()))?;
    month_day_and_time(c, Some(year))
}

/// `07-26T01:26:46+02:00`, the tail of an ISO stamp; also what a time without a year is shown as.
pub(super) fn month_day_and_time(c: &mut Cursor, year: Option<i32>) -> Option<Wall> {
    let month = c.small(2, 2)?;
    c.byte(b"-")?;
    let day = c.small(2, 2)?;
    c.byte(b"Tt ")?;
    let of_day = c.of_day()?;
    let zone = if c.is_empty() { None } else { Some(zone(c)?) };
    Wall::new(year, month, day, of_day, zone)
}

/// `Z`, `+02:00`, `+0200`, `+02`, with a blank before it or not; hours up to 23, as RFC 3339 has it.
fn zone(c: &mut Cursor) -> Option<i32> {
    let _ = c.byte(b" ");
    let sign = match c.byte(b"Zz+-")? {
        b'+' => 1,
        b'-' => -1,
        _ => return Some(0),
    };
    let (hours, minutes) = match c.number(2, 4)? {
        (hours, 2) if c.is_empty() => (hours, 0),
        (hours, 2) => {
            c.byte(b":")?;
            (hours, c.number(2, 2)?.0)
        }
        (both, 4) => (both / 100, both % 100),
        _ => return None,
    };
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    (hours < 24 && minutes < 60).then_some(sign * seconds)
}

fn epoch(c: &mut Cursor) -> Option<Wall> {
    let (number, length) = c.number(1, 13)?;
    let (nanos, digits) = match length {
        // Seconds up to the year 2286; 11 and 12 digits are neither seconds nor milliseconds of our age.
        1..=10 => {
            let (nanos, digits) = c.fraction(b".")?;
            (i128::from(number) * SECOND + i128::from(nanos), digits)
        }
        13 => (i128::from(number) * 1_000_000, 3),
        _ => return None,
    };
    Some(Wall::from_civil(nanos, Some(0))?.printed_with(digits))
}

fn uptime(c: &mut Cursor) -> Option<Time> {
    let first = i128::from(c.number(1, 12)?.0);
    if c.byte(b":").is_some() {
        return days_and(c, first);
    }
    let fraction = c.fraction(b".")?;
    let (seconds, (nanos, digits)) = if c.is_empty() { (first, fraction) } else { spelled(c, first, fraction)? };
    since_boot(seconds * SECOND + i128::from(nanos), digits > 0)
}

/// `21:06:31.191` behind the number of days.
fn days_and(c: &mut Cursor, days: i128) -> Option<Time> {
    let of_day = c.of_day_to_59()?;
    since_boot(days * DAY + of_day.since_midnight(), of_day.digits > 0)
}

/// `0d17h24m17s` from behind its first number on; units may be left out, the seconds may not.
fn spelled(c: &mut Cursor, first: i128, fraction: (u32, u8)) -> Option<(i128, (u32, u8))> {
    let mut units = [(b'd', 86_400, i128::MAX), (b'h', 3600, 24), (b'm', 60, 60), (b's', 1, 60)].into_iter();
    let (mut number, mut fraction) = (first, fraction);
    let mut total = 0;
    let mut leading = true;
    loop {
        let letter = c.byte(b"dhms")?;
        // The iterator moves on, so a unit cannot come twice or out of order.
        let (_, seconds, limit) = units.find(|unit| unit.0 == letter)?;
        if !leading && number >= limit {
            return None;
        }
        total += number * seconds;
        if letter == b's' {
            return Some((total, fraction));
        }
        if fraction.1 > 0 {
            return None;
        }
        leading = false;
        number = i128::from(c.number(1, 2)?.0);
        fraction = c.fraction(b".")?;
    }
}

fn micros(c: &mut Cursor) -> Option<Time> {
    let (number, _) = c.number(1, 18)?;
    if !c.is_empty() {
        c.byte(b"u")?;
        c.byte(b"s")?;
    }
    since_boot(i128::from(number) * 1_000, true)
}

fn since_boot(nanos: i128, fine: bool) -> Option<Time> {
    Some(Time { wall: None, uptime: Some(i64::try_from(nanos).ok()?), fine })
}

/// `7d 21:06:31.191`: an uptime as it is shown to people.
pub(super) fn shown_uptime(text: &str) -> Option<Time> {
    let mut c = Cursor::over(text);
    let days = i128::from(c.number(1, 6)?.0);
    c.byte(b"d")?;
    c.byte(b" ")?;
    let time = days_and(&mut c, days)?;
    c.end()?;
    Some(time)
}

/// `07-26 01:26:46`: a time without a year as it is shown to people.
pub(super) fn shown_without_year(text: &str) -> Option<Time> {
    let mut c = Cursor::over(text);
    let wall = month_day_and_time(&mut c, None)?;
    c.end()?;
    Some(Time::of_wall(Some(wall)))
}
