//! Which clock tells how far two lines lie apart, and going on from one.

use super::*;

/// A line of one host with both clocks.
fn both(wall: &str, uptime: &str) -> Time {
    Time { uptime: stamp(Kind::Uptime, uptime).time.uptime, ..time(wall) }
}

/// Wall and uptime of the later line, then of the earlier one, then the seconds between them.
const TWO_LINES: &str = "
    the daemon wrote two seconds late  | 07-26 01:26:58       | 7:21:06:41.191 | 07-26 01:26:46       | 7:21:06:31.191 | 10
    daylight saving ended between      | 11-01 01:00:10       | 100:00:00:20   | 11-01 01:59:50       | 100:00:00:00   | 20
    absolute, ten minutes apart        | 2009-11-13T09:10:10Z | 7:00:00:10     | 2009-11-13T09:00:00Z | 7:00:00:00     | 10
    absolute, more: the wall wins      | 2009-11-13T09:10:11Z | 7:00:00:10     | 2009-11-13T09:00:00Z | 7:00:00:00     | 611
    a young clock set right by minutes | 2009-11-13T09:06:00Z | 0:00:01:00     | 2009-11-13T09:00:00Z | 0:00:00:10     | 50
    rebooted: uptimes of two boots     | 07-26 01:15:00       | 0:00:05:00     | 07-26 01:00:00       | 40:00:00:00    | 900
    the same, asked the wrong way      | 07-26 01:00:00       | 40:00:00:00    | 07-26 01:15:00       | 0:00:05:00     | -900
    rebooted within minutes            | 07-26 01:04:00       | 0:00:01:00     | 07-26 01:00:00       | 0:00:03:00     | 240
    rebooted, and now up for longer    | 07-28 01:00:00       | 1:00:00:00     | 07-26 01:00:00       | 0:00:05:00     | 172800
    rebooted over New Year             | 01-01 00:10:00       | 0:00:01:00     | 12-31 23:50:00       | 100:00:00:00   | 1200
    up for most of a year              | 11-13 00:00:00       | 317:00:00:00   | 01-05 00:00:00       | 5:00:00:00     | 26956800
    the same, asked the wrong way      | 01-05 00:00:00       | 5:00:00:00     | 11-13 00:00:00       | 317:00:00:00   | -26956800
    the uptime saw February 29         | 03-01 12:00:00       | 3:00:00:00     | 02-28 12:00:00       | 1:00:00:00     | 172800
";

#[test]
fn uptime_is_the_better_clock_until_a_reboot_or_a_step_lies_between() {
    for [story, wall, up, earlier_wall, earlier_up, want] in rows(TWO_LINES) {
        let (later, earlier) = (both(wall, up), both(earlier_wall, earlier_up));
        let between = later.since(&earlier).map(|nanos| nanos / S);
        assert_eq!(between, want.parse().ok(), "{story}");
        let want_order = if want.starts_with('-') { Ordering::Less } else { Ordering::Greater };
        assert_eq!(later.order(&earlier), Some(want_order), "{story}");
        assert_eq!(earlier.order(&later), Some(want_order.reverse()), "{story}");
    }
}

#[test]
fn two_lines_without_a_common_clock_cannot_be_compared() {
    let (wall, uptime) = (time("07-26 01:00:00"), time("up 1d 00:00:00"));
    assert_eq!((wall.since(&uptime), wall.order(&uptime)), (None, None));
    assert_eq!(Time::default().since(&Time::default()), None);
    assert_eq!(both("07-26 01:00:00", "1:00:00:01").since(&uptime), Some(S));
    assert_eq!(both("07-26 01:00:01", "1:00:00:00").since(&wall), Some(S));
}

/// Wall and uptime of a line, then of the next one, then the seconds by which the clock was set.
const STEPS: &str = "
    five seconds are delay             | 07-26 01:00:00 | 1:00:00:00  | 07-26 01:00:15 | 1:00:00:10 | none
    six are not                        | 07-26 01:00:00 | 1:00:00:00  | 07-26 01:00:16 | 1:00:00:10 | 6
    set back by an hour                | 07-26 01:00:00 | 1:00:00:00  | 07-26 00:00:10 | 1:00:00:10 | -3600
    set back by a day, over New Year   | 01-01 00:00:00 | 1:00:00:00  | 12-31 00:00:10 | 1:00:00:10 | -86400
    New Year is no step                | 12-31 23:59:59 | 1:00:00:00  | 01-01 00:00:09 | 1:00:00:10 | none
    nor is a leap day nobody printed   | 02-28 12:00:00 | 1:00:00:00  | 03-01 12:00:00 | 3:00:00:00 | none
    nor is a reboot                    | 07-26 01:00:00 | 40:00:00:00 | 07-26 01:15:00 | 0:00:05:00 | none
";

#[test]
fn a_clock_step_is_what_the_wall_went_more_than_the_uptime() {
    for [story, wall, up, next_wall, next_up, want] in rows(STEPS) {
        let step = clock_step(&both(wall, up), &both(next_wall, next_up));
        assert_eq!(step.map(|nanos| nanos / S), want.parse().ok(), "{story}");
    }
    assert_eq!(clock_step(&time("07-26 01:00:00"), &time("07-26 02:00:00")), None);
}

#[test]
fn order_is_the_same_seen_from_both_sides() {
    let texts = [
        "01-01 00:00:00",
        "02-28 00:00:00",
        "02-29 00:00:00",
        "07-02 12:00:00",
        "07-02 13:00:00",
        "12-31 23:59:59",
        "2012-02-29 00:00:00",
        "2013-07-02 12:00:00",
        "2014-01-01 00:00:00",
        "2013-01-01T00:00:00Z",
        "2012-12-31T23:00:00-05:00",
        "up 1d 00:00:00",
        "up 2d 00:00:00.001",
    ];
    for a in texts {
        for b in texts {
            assert_eq!(time(a).order(&time(b)), time(b).order(&time(a)).map(Ordering::reverse), "`{a}` and `{b}`");
        }
        assert_eq!(time(a).order(&time(a)), Some(Ordering::Equal));
    }
    assert_eq!(time("01-01 00:00:00").order(&time("12-31 23:59:59")), Some(Ordering::Greater));
    assert_eq!(time("07-26 00:00:00").order(&time("07-25 23:59:59")), Some(Ordering::Greater));
}

#[test]
fn an_absolute_time_needs_a_year_a_zone_and_our_age() {
    assert_eq!(time("2009-11-13T03:01:31-05:00").absolute(), Some(1_258_099_291 * S));
    assert_eq!(Time::from_absolute(1_258_099_291 * S).to_string(), "2009-11-13T08:01:31Z");
    assert_eq!(Time::from_absolute(-1).to_string(), "1969-12-31T23:59:59.999999999Z");
    for text in ["2009-11-13 03:01:31", "11-13T03:01:31Z", "up 1d 00:00:00", "1500-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        assert_eq!(time(text).absolute(), None, "{text}");
    }
    // Too far apart for nanoseconds in an i64, and still in order.
    let (first, last) = (time("0001-01-01T00:00:00Z"), time("9999-12-31T23:59:59.999999999Z"));
    assert_eq!(last.since(&first), None);
    assert_eq!(first.order(&last), Some(Ordering::Less));
    assert_eq!(last.with_year_hint(&first), last);
    assert_eq!(time("01-01 00:00:00").with_year_hint(&first).to_string(), "0001-01-01 00:00:00");
}

#[test]
fn going_on_from_a_stamp_shows_the_digits_it_needs() {
    assert_eq!(time("07-26 01:26:46").plus(S / 2).to_string(), "07-26 01:26:46.500");
    assert!(time("07-26 01:26:46").plus(S / 2).fine);
    assert_eq!(time("2012-05-02 23:24:07.900").minus(900_000_000).to_string(), "2012-05-02 23:24:07.000");
    assert_eq!(time("up 0d 00:00:01").plus(1_500_000).to_string(), "up 0d 00:00:01.001500");
    assert_eq!(time("up 0d 00:00:01").minus(2 * S), Time::default());
    for far in [i64::MIN, i64::MAX] {
        assert!(!time("07-26 01:26:46").plus(far).is_known());
        let there_and_back = time("2500-07-26 01:26:46").plus(far).minus(far);
        assert_eq!(there_and_back.order(&time("2500-07-26 01:26:46")), Some(Ordering::Equal));
    }
    assert!(!time("up 1d 00:00:00").plus(i64::MAX).is_known());
    assert!(!time("up 1d 00:00:00").minus(i64::MIN).is_known());
}
