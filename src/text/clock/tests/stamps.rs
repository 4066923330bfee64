//! One stamp at a time, and how times, offsets and durations are shown.

use super::*;

const STAMPS: &str = "
    syslog | Jul 26 01:26:46                | 07-26 01:26:46
    syslog | Nov  3 04:01:45                | 11-03 04:01:45
    syslog | Nov 3 04:01:45.120             | 11-03 04:01:45.120
    syslog | 2026 Mar 29 20:49:12           | 2026-03-29 20:49:12
    syslog | Mar 29 2026 20:49:12           | 2026-03-29 20:49:12
    syslog | Mar 29 20:49:12 2026           | 2026-03-29 20:49:12
    syslog | Feb 29 00:00:00                | 02-29 00:00:00
    iso    | 2012-05-02T23:24:07.900Z       | 2012-05-02T23:24:07.900Z
    iso    | 2012-07-20T04:34:19.377Z       | 2012-07-20T04:34:19.377Z
    iso    | 2026-03-29T20:49:12.918Z       | 2026-03-29T20:49:12.918Z
    iso    | 2026-10-01T10:00:00+02:00      | 2026-10-01T10:00:00+02:00
    iso    | 2026-10-01T10:00:00-0530       | 2026-10-01T10:00:00-05:30
    iso    | 2026-10-01 10:00:00 +02        | 2026-10-01T10:00:00+02:00
    iso    | 2024-01-31 09:12:44,123        | 2024-01-31 09:12:44.123
    iso    | 2024-01-31T09:12:44.5          | 2024-01-31 09:12:44.5
    iso    | 2024-01-31T09:12:44.123456789z | 2024-01-31T09:12:44.123456789Z
    iso    | 2016-12-31T23:59:60Z           | 2016-12-31T23:59:59.999999999Z
    epoch  | 1258099291                     | 2009-11-13T08:01:31Z
    epoch  | 1258099291.25                  | 2009-11-13T08:01:31.25Z
    epoch  | 1258099291007                  | 2009-11-13T08:01:31.007Z
    epoch  | 0                              | 1970-01-01T00:00:00Z
    uptime | 7:21:06:31.191                 | up 7d 21:06:31.191
    uptime | 455:21:42:08.477               | up 455d 21:42:08.477
    uptime | 0d17h24m17s                    | up 0d 17:24:17
    uptime | 123.456789                     | up 0d 00:02:03.456789
    uptime | 11798902.253                   | up 136d 13:28:22.253
    micros | 3733053265426us                | up 43d 04:57:33.265426
    micros | 3733053265426                  | up 43d 04:57:33.265426
";

#[test]
fn every_stamp_of_the_line_shapes_is_read_and_shown_as_it_was_printed() {
    for [name, text, want] in rows(STAMPS) {
        let reading = stamp(kind(name), text);
        assert_eq!(reading.time.to_string(), want, "{name} `{text}`");
        assert_eq!(read(kind(name), &format!("  {text} ")), Some(reading));
        assert_eq!(parse_display(want), Some(reading.time), "`{want}` reads back");
    }
}

const NO_STAMPS: &str = "
    syslog |
    syslog | Jul
    syslog | Jux 26 01:26:46
    syslog | Jul 32 01:26:46
    syslog | Jul 26 24:00:00
    syslog | Jul 26 01:60:00
    syslog | Jul 26 01:26:61
    syslog | Jul 26 1:26:46
    syslog | Jul 26 01:26
    syslog | Jul 26 01:26:46 host
    syslog | Jul 26 01:26:46.
    syslog | Feb 30 00:00:00
    syslog | 2011 Feb 29 00:00:00
    syslog | Feb 29 1900 00:00:00
    syslog | 0000 Jul 26 01:26:46
    syslog | 2026 Mar 29 2026 20:49:12
    syslog | İl 26 01:26:46
    iso    | 2012-05-02
    iso    | 2012-05-02T
    iso    | 2012-05-02T23:24
    iso    | 2012-13-02T23:24:07Z
    iso    | 2012-00-02T23:24:07Z
    iso    | 2011-02-29T00:00:00Z
    iso    | 0000-01-01T00:00:00Z
    iso    | 2012-05-02T23:24:07.1234567890Z
    iso    | 2012-05-02T23:24:07+24:00
    iso    | 2012-05-02T23:24:07+020
    iso    | 2012-05-02T23:24:07+02:0
    iso    | 2012-05-02T23:24:07Z;
    iso    | 05-02 23:24:07
    epoch  | 12580992911
    epoch  | 125809929100
    epoch  | -5
    epoch  | 1258099291.
    epoch  | 1258099291000.5
    epoch  | 0x4afd
    uptime | 7:21:06
    uptime | 7:24:00:00.000
    uptime | 7:21:06:60.000
    uptime | 17h24m
    uptime | 1d24h0m0s
    uptime | 1m1h1s
    uptime | 1.5d0s
    uptime | 999999:00:00:00
    uptime | 123.456.789
    uptime | 99999999999999999999
    micros | us
    micros | 1u
    micros | 999999999999999999us
    micros | 1.5us
";

#[test]
fn what_only_looks_like_a_stamp_is_none() {
    for [name, text] in rows(NO_STAMPS) {
        assert_eq!(read(kind(name), text), None, "{name} `{text}`");
    }
    for name in ["syslog", "iso", "epoch", "uptime", "micros"] {
        assert_eq!(read(kind(name), "  \x1b"), None);
    }
    for text in ["", "not known", "up", "up 7d", "up -1d 00:00:00", "07-26", "2009-11-13"] {
        assert_eq!(text.parse::<Time>(), Err(NotATime), "`{text}`");
    }
}

#[test]
fn a_capture_name_says_its_kind() {
    assert_eq!(Kind::from_capture("time.syslog"), Some(Kind::Syslog));
    assert_eq!(Kind::from_capture("time.iso"), Some(Kind::Iso));
    assert_eq!(Kind::from_capture("time.epoch"), Some(Kind::Epoch));
    assert_eq!(Kind::from_capture("time.uptime"), Some(Kind::Uptime));
    assert_eq!(Kind::from_capture("time.micros"), Some(Kind::Micros));
    assert_eq!(Kind::from_capture("time"), None);
    assert_eq!(Kind::from_capture("syslog"), None);
}

#[test]
fn an_uptime_is_counted_in_nanoseconds() {
    let uptime = |text| stamp(Kind::Uptime, text).time.uptime;
    assert_eq!(uptime("43:07:27:51.725"), Some(3_742_071_725_000_000));
    assert_eq!(uptime("7:21:06:31.191"), Some(680_791_191_000_000));
    assert_eq!(uptime("123.456789"), Some(123_456_789_000));
    assert_eq!(stamp(Kind::Micros, "3733053265426us").time.uptime, Some(3_733_053_265_426_000));
    assert!(stamp(Kind::Uptime, "7:21:06:31.191").time.fine);
    assert!(!stamp(Kind::Uptime, "0d17h24m17s").time.fine);
}

const DURATIONS: &str = "
    3015000000           | 3.015 s
    11534000000000       | 3 h 12 m 14 s
    11798915640000000    | 136 d 13 h
    46000000000          | 46 s
    850000000            | 850 ms
    3500000000           | 3.5 s
    59999999999          | 59.999 s
    60000000000          | 1 m
    3605000000000        | 1 h 5 s
    86399999999999       | 23 h 59 m 59 s
    86400000000000       | 1 d
    0                    | 0 s
    7                    | 7 ns
    15300                | 15 us
    -90000000000         | -1 m 30 s
    -9223372036854775808 | -106751 d 23 h
";

#[test]
fn durations_and_offsets_for_people() {
    for [nanos, want] in rows(DURATIONS) {
        assert_eq!(show_duration(nanos.parse().expect("nanoseconds")), want);
    }
    assert_eq!(show_offset(-18_000), "-05:00");
    assert_eq!(show_offset(20_700), "+05:45");
    assert_eq!(show_offset(0), "+00:00");
    assert_eq!(show_offset(-1), "-00:00:01");
    assert_eq!(show_offset(i32::MIN), "-596523:14:08");
}
