//! Times, offsets and durations as people read them, and times read back.
//!
//! For: one spelling everywhere (answers, JSON, the examples of YAML files). What is not known is not
//! shown: no year, no zone, no digits that were not printed. Durations are cut, never rounded up, so
//! that nothing is said to have lasted longer than it did. Floor: layer 0.

use std::fmt::{self, Display, Write};
use std::str::FromStr;

use super::wall::{Wall, digits_needed};
use super::{Kind, Time, read};

const NS_PER_S: u64 = 1_000_000_000;

/// `2009-11-13T08:01:31Z`; `2012-05-02 23:24:07.900` when the zone is not known; `07-26 01:26:46` when
/// the year is not known either; `up 7d 21:06:31.191` when only the uptime is known; `not known`.
///
/// Of a time with wall and uptime, the wall is shown.
impl Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.wall, self.uptime) {
            (Some(wall), _) => Display::fmt(&wall, f),
            (None, Some(uptime)) => f.pad(&uptime_text(uptime, self.fine)),
            (None, None) => f.pad("not known"),
        }
    }
}

impl Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(35);
        if let Some(year) = self.year() {
            write!(text, "{year:04}-")?;
        }
        // A `T` promises a zone behind it.
        let mark = if self.offset_s().is_some() { 'T' } else { ' ' };
        write!(text, "{:02}-{:02}{mark}", self.month(), self.day())?;
        write!(text, "{:02}:{:02}:{:02}", self.hour(), self.minute(), self.second())?;
        push_fraction(&mut text, self.nanos(), self.digits());
        match self.offset_s() {
            Some(0) => text.push('Z'),
            Some(offset) => text.push_str(&show_offset(offset)),
            None => {}
        }
        f.pad(&text)
    }
}

fn uptime_text(uptime: i64, fine: bool) -> String {
    let sign = if uptime < 0 { "-" } else { "" };
    let (seconds, nanos) = (uptime.unsigned_abs() / NS_PER_S, uptime.unsigned_abs() % NS_PER_S);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let mut text = format!("up {sign}{days}d {hours:02}:{minutes:02}:{:02}", seconds % 60);
    let nanos = u32::try_from(nanos).unwrap_or(0);
    // How many digits an uptime had is not kept; milliseconds are the least that any log prints.
    push_fraction(&mut text, nanos, digits_needed(nanos).max(if fine { 3 } else { 0 }));
    text
}

fn push_fraction(text: &mut String, nanos: u32, digits: u8) {
    if digits > 0 {
        let all = format!(".{nanos:09}");
        text.push_str(all.get(..=usize::from(digits)).unwrap_or(&all));
    }
}

/// Reads what `Display` prints, and ISO stamps as [`Kind::Iso`] does. `None` for anything else, also
/// for `not known`: that nothing is known is not a time.
pub fn parse_display(text: &str) -> Option<Time> {
    if let Some(uptime) = text.strip_prefix("up ") {
        return super::read::shown_uptime(uptime);
    }
    match read(Kind::Iso, text) {
        Some(reading) => Some(reading.time),
        None => super::read::shown_without_year(text),
    }
}

/// The text is not a time as faultbook shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATime;

impl Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time such as `2009-11-13T08:01:31Z`, `2012-05-02 23:24:07.900`, `07-26 01:26:46` or `up 7d 21:06:31.191`")
    }
}

impl std::error::Error for NotATime {}

/// The same as [`parse_display`].
impl FromStr for Time {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Time, NotATime> {
        parse_display(text).ok_or(NotATime)
    }
}

/// `-05:00`, `+05:45`, `+00:00`.
pub fn show_offset(s: i32) -> String {
    let sign = if s < 0 { '-' } else { '+' };
    let (minutes, seconds) = (s.unsigned_abs() / 60, s.unsigned_abs() % 60);
    let seconds = if seconds == 0 { String::new() } else { format!(":{seconds:02}") };
    format!("{sign}{:02}:{:02}{seconds}", minutes / 60, minutes % 60)
}

/// A duration for people: `850 ms`, `3.015 s`, `46 s`, `3 h 12 m 14 s`, `136 d 13 h`. Cut and not
/// rounded: milliseconds below a minute, seconds below a day, hours above it; parts of zero are left out.
pub fn show_duration(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let nanos = nanos.unsigned_abs();
    let (seconds, millis) = (nanos / NS_PER_S, nanos / 1_000_000 % 1000);
    let parts = match seconds {
        0 if nanos == 0 => return "0 s".to_owned(),
        0 if nanos < 1_000 => return format!("{sign}{nanos} ns"),
        0 if nanos < 1_000_000 => return format!("{sign}{} us", nanos / 1_000),
        0 => return format!("{sign}{millis} ms"),
        1..60 if millis > 0 => {
            let text = format!("{sign}{seconds}.{millis:03}");
            return format!("{} s", text.trim_end_matches('0'));
        }
        1..86_400 => [(0, "d"), (seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")],
        _ => [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (0, "m"), (0, "s")],
    };
    let shown: Vec<String> = parts.iter().filter(|(value, _)| *value > 0).map(|(value, unit)| format!("{value} {unit}")).collect();
    format!("{sign}{}", shown.join(" "))
}
