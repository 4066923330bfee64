//! Years that were not printed, leap days, and zones, case by case.

use super::*;

/// `gap`: seconds from the second to the first. `file`: the first with a year from the time of its
/// file. `zone`: the offset, from an absolute and a local stamp in one line. `go`: so many seconds on.
const CASES: &str = "
    gap  | the same day                            | 07-26 01:26:46            | 07-26 01:26:45            | 1
    gap  | New Year between                        | 01-01 00:00:01            | 12-31 23:59:59            | 2
    gap  | New Year and months between             | 02-01 00:00:00            | 11-01 00:00:00            | 7948800
    gap  | out of order by a minute stays so       | 07-26 01:26:00            | 07-26 01:27:00            | -60
    gap  | most of a year, in order                | 11-13 00:00:00            | 01-05 00:00:00            | 26956800
    gap  | almost half a year back, no roll-over   | 01-01 00:00:00            | 07-02 11:00:00            | -15764400
    gap  | half a year back to the second          | 01-01 00:00:00            | 07-02 12:00:00            | -15768000
    gap  | more than half a year back: roll-over   | 01-01 00:00:00            | 07-02 13:00:00            | 15764400
    gap  | end of February, no leap day seen       | 03-01 00:00:00            | 02-28 00:00:00            | 86400
    gap  | end of February, leap day seen          | 03-01 00:00:00            | 02-29 00:00:00            | 86400
    gap  | up to the leap day                      | 02-29 00:00:00            | 02-28 23:59:50            | 10
    gap  | New Year, then the leap day             | 02-29 00:00:00            | 12-31 00:00:00            | 5184000
    gap  | leap year                               | 2012-03-01 00:00:00       | 2012-02-28 00:00:00       | 172800
    gap  | common year                             | 2011-03-01 00:00:00       | 2011-02-28 00:00:00       | 86400
    gap  | 2000 was a leap year                    | 2000-03-01 00:00:00       | 2000-02-28 00:00:00       | 172800
    gap  | 2100 will not be one                    | 2100-03-01 00:00:00       | 2100-02-28 00:00:00       | 86400
    gap  | the year is known: no roll-over         | 2012-01-01 00:00:00       | 2012-12-31 00:00:00       | -31536000
    gap  | the earlier one is of last year         | 2013-01-01 00:00:00       | 12-31 23:59:00            | 60
    gap  | the later one is of next year           | 01-01 00:01:00            | 2012-12-31 23:59:00       | 120
    gap  | one year tells of a leap day            | 03-01 00:00:00            | 2012-02-28 00:00:00       | 172800
    gap  | a leap day can only be of last year     | 2013-01-01 00:00:00       | 02-29 00:00:00            | 26524800
    gap  | a leap day with no leap year near       | 2014-06-01 00:00:00       | 02-29 00:00:00            | not comparable
    gap  | two zones, one moment                   | 2026-10-01T10:00:00+02:00 | 2026-10-01T08:00:00Z      | 0
    gap  | two zones across New Year               | 2010-01-01T05:00:00+09:00 | 2009-12-31T19:59:00Z      | 60
    gap  | two zones, no year, across New Year     | 01-01T05:00:00+09:00      | 12-31T19:59:00Z           | 60
    gap  | only one has a zone                     | 2026-10-01T10:00:00Z      | 2026-10-01 10:00:00       | not comparable
    gap  | one has year and zone, one neither      | 2026-10-01T10:00:00Z      | 10-01 10:00:00            | not comparable
    gap  | a leap second is before the next minute | 2017-01-01T00:00:00Z      | 2016-12-31T23:59:60Z      | 0
    file | written before the file was closed      | 07-26 01:26:46            | 2009-07-26 01:26:47       | 2009-07-26 01:26:46
    file | not after the file, so of last year     | 07-26 01:26:48            | 2009-07-26 01:26:47       | 2008-07-26 01:26:48
    file | within the last second of the file      | 07-26 01:26:47.900        | 2009-07-26 01:26:47       | 2009-07-26 01:26:47.900
    file | not within it                           | 07-26 01:26:47.900        | 2009-07-26 01:26:47.899   | 2008-07-26 01:26:47.900
    file | December in a file of January           | 12-31 23:59:59            | 2010-01-01T00:00:00Z      | 2009-12-31 23:59:59
    file | ahead of UTC is not the future          | 01-01 05:00:00            | 2009-12-31T20:00:00Z      | 2010-01-01 05:00:00
    file | fifteen hours ahead is                  | 01-01 11:00:00            | 2009-12-31T20:00:00Z      | 2009-01-01 11:00:00
    file | leap day of this year                   | 02-29 10:00:00            | 2012-03-05 00:00:00       | 2012-02-29 10:00:00
    file | leap day of last year                   | 02-29 10:00:00            | 2013-01-10 00:00:00       | 2012-02-29 10:00:00
    file | leap day more than a year ago           | 02-29 10:00:00            | 2013-03-02 00:00:00       | 02-29 10:00:00
    file | the file is of a leap day               | 03-01 00:00:00            | 2012-02-29 12:00:00       | 2011-03-01 00:00:00
    file | the file has no year                    | 07-26 01:26:46            | 07-27 00:00:00            | 07-26 01:26:46
    file | a year that is known stays              | 2001-07-26 01:26:46       | 2009-07-26 01:26:47       | 2001-07-26 01:26:46
    file | an uptime has no year to miss           | up 7d 21:06:31.191        | 2009-07-26 01:26:47       | up 7d 21:06:31.191
    zone | behind UTC                              | 2009-11-13T09:01:45Z      | Nov 13 04:01:45           | -05:00
    zone | on UTC                                  | 2009-11-13T09:01:45Z      | Nov 13 09:01:45           | +00:00
    zone | a quarter of an hour                    | 2009-11-13T09:01:45Z      | Nov 13 14:46:47           | +05:45
    zone | New Year comes earlier there            | 2009-12-31T20:00:00Z      | Jan  1 05:00:00           | +09:00
    zone | New Year comes later there              | 2010-01-01T03:00:00Z      | Dec 31 22:00:03           | -05:00
    zone | leap day there                          | 2012-03-01T02:00:00Z      | Feb 29 21:00:00           | -05:00
    zone | a leap day which that year has not      | 2014-03-01T02:00:00Z      | Feb 29 21:00:00           | no offset
    zone | five minutes apart                      | 2009-11-13T09:00:00Z      | Nov 13 04:05:00           | -05:00
    zone | more than that                          | 2009-11-13T09:00:00Z      | Nov 13 04:05:01           | no offset
    zone | as far as zones go                      | 2009-11-13T09:00:00Z      | Nov 13 23:00:04           | +14:00
    zone | as far the other way                    | 2009-11-13T09:00:00Z      | Nov 12 19:00:00           | -14:00
    zone | clock fault by a quarter of an hour     | 2009-11-13T09:00:00Z      | Nov 13 23:15:00           | no offset
    zone | clock fault by months                   | 2009-11-13T09:00:00Z      | May 13 09:00:00           | no offset
    go   | over New Year without a year            | 12-31 23:59:59            | 2                         | 01-01 00:00:01
    go   | over New Year with one                  | 2009-12-31T23:59:59-05:00 | 2                         | 2010-01-01T00:00:01-05:00
    go   | February 28 or 29?                      | 03-01 00:00:00            | -1                        | not known
    go   | February 29 or March 1?                 | 02-28 23:59:59            | 1                         | not known
    go   | past a leap day that was seen           | 02-29 23:59:59            | 1                         | 03-01 00:00:00
    go   | with a year it is known                 | 2012-03-01 00:00:00       | -1                        | 2012-02-29 23:59:59
    go   | there is no year 0                      | 0001-01-01 00:00:00       | -1                        | not known
    go   | nor a year 10000                        | 9999-12-31T23:59:59Z      | 1                         | not known
";

fn outcome(case: &str, first: &str, second: &str) -> String {
    match case {
        "gap" => match time(first).since(&time(second)) {
            Some(nanos) => (nanos / S).to_string(),
            None => "not comparable".to_owned(),
        },
        "file" => time(first).with_year_hint(&time(second)).to_string(),
        "zone" => {
            let absolute = Reading { kind: Kind::Epoch, time: time(first) };
            let line = combine(&[absolute, stamp(Kind::Syslog, second)]);
            line.utc_offset_s.map_or("no offset".to_owned(), show_offset)
        }
        "go" => time(first).plus(second.parse::<i64>().expect("seconds") * S).to_string(),
        _ => panic!("no case `{case}`"),
    }
}

#[test]
fn year_roll_over_leap_day_and_zone_case_by_case() {
    let mut ran = 0;
    for [case, story, first, second, want] in rows(CASES) {
        assert_eq!(outcome(case, first, second), want, "{case}: {story}");
        ran += 1;
    }
    assert!(ran >= 30, "only {ran} rows");
}
