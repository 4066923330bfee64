//! Every day there is, and text that nobody wrote.

use super::*;

#[test]
fn the_calendar_is_right_on_every_day_of_ten_thousand_years() {
    let mut day = wall::days_from_civil(1, 1, 1);
    assert_eq!(day, -719_162);
    for year in 1..=9999 {
        for month in 1..=12 {
            for of_month in 1..=wall::days_in_month(year, month) {
                assert_eq!(wall::days_from_civil(year, month, of_month), day);
                assert_eq!(wall::civil_from_days(day), Some((year, month, of_month)));
                day += 1;
            }
        }
    }
    assert_eq!(day, 2_932_897);
    assert_eq!(wall::civil_from_days(day), None);
    assert_eq!(wall::civil_from_days(-719_163), None);
    let leap_years = (1..=9999).filter(|year| wall::days_in_month(*year, 2) == 29);
    assert_eq!(leap_years.count(), 2424);
}

/// A small generator of our own, so that a failure comes again with every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap_or(0)
    }
}

#[test]
fn no_text_makes_it_panic_and_what_is_read_is_shown_and_read_back() {
    // One piece between two bars; the odd ones are added behind.
    let plain = "0|1|2|29|59|60|99|2012|9999|0000|Feb|Jul|Dec 31| |  |:|-|T|Z|.|,|+|d|h|m|s|us|up |\
        01:26:46|7:21:06:31.191|-02-29|2012-05-02T23:24:07|1258099291|999999999999999999";
    let pieces: Vec<&str> = plain.split('|').chain(["\x1b", "é", "\u{202e}", "\0"]).collect();
    let kinds = [Kind::Syslog, Kind::Iso, Kind::Epoch, Kind::Uptime, Kind::Micros];
    let mut dice = Dice(0x5eed_0fac_0ffe_e000);
    let mut seen = vec![Time::default(), time("02-29 00:00:00"), time("9999-12-31T23:59:59-23:59"), time("0001-01-01T00:00:00+23:59")];
    let mut readings = Vec::new();
    for _ in 0..60_000 {
        let text: String = (0..=dice.roll(6)).map(|_| pieces[dice.roll(pieces.len())]).collect();
        for kind in kinds {
            if let Some(reading) = read(kind, &text) {
                seen.push(reading.time);
                readings.push(reading);
            }
        }
        seen.extend(parse_display(&text));
    }
    assert!(seen.len() > 1_000, "the dice found only {} times", seen.len());
    for t in &seen[1..] {
        assert_eq!(parse_display(&t.to_string()), Some(*t), "{t:?}");
    }
    for _ in 0..40_000 {
        let mut any = || {
            let wall = seen[dice.roll(seen.len())];
            let uptime = dice.roll(3).checked_sub(1).map(|days| days as i64 * 86_400 * S);
            Time { uptime: uptime.or(wall.uptime), ..wall }
        };
        let (a, b) = (any(), any());
        assert_eq!(a.order(&b), b.order(&a).map(Ordering::reverse));
        let _ = (a.since(&b), a.with_year_hint(&b).to_string(), clock_step(&a, &b), a.absolute());
        let stamp = combine(&[readings[dice.roll(readings.len())], readings[dice.roll(readings.len())]]);
        let _ = (stamp.time.order(&a), stamp.booted.map(|t| t.to_string()));
        let far = a.plus(i64::MAX).minus(i64::MIN).plus(i64::MIN);
        let _ = (far.to_string(), far.since(&b), show_duration(a.since(&b).unwrap_or(i64::MIN)));
    }
}
