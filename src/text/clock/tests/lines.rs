//! All clocks of one line together.

use super::*;

fn line(stamps: &[(Kind, &str)]) -> Stamp {
    combine(&stamps.iter().map(|(kind, text)| stamp(*kind, text)).collect::<Vec<_>>())
}

fn booted(line: &Stamp) -> String {
    line.booted.map_or("not known".to_owned(), |time| time.to_string())
}

#[test]
fn vmksummary_shows_epoch_and_local_time_and_so_its_zone() {
    for (epoch, local, want) in [
        ("1258102905", "Nov 13 04:01:45", "2009-11-13T09:01:45Z"),
        ("1258099291", "Nov 13 03:01:35", "2009-11-13T08:01:31Z"),
        ("1258114439", "Nov 13 07:13:58", "2009-11-13T12:13:59Z"),
    ] {
        for stamps in [[(Kind::Syslog, local), (Kind::Epoch, epoch)], [(Kind::Epoch, epoch), (Kind::Syslog, local)]] {
            let line = line(&stamps);
            assert_eq!(line.time.to_string(), want);
            assert_eq!(line.utc_offset_s.map(show_offset).as_deref(), Some("-05:00"));
            assert_eq!(line.booted, None);
        }
    }
    let silent = time("2009-11-13T12:13:59Z").since(&time("2009-11-13T09:01:45Z"));
    assert_eq!(silent.map(show_duration).as_deref(), Some("3 h 12 m 14 s"));
}

#[test]
fn a_classic_vmkernel_line_shows_when_the_host_was_booted() {
    let heap = line(&[(Kind::Syslog, "Jul 26 01:26:46"), (Kind::Uptime, "7:21:06:31.191")]);
    assert_eq!(heap.time.to_string(), "07-26 01:26:46");
    assert_eq!(heap.time.uptime, Some(680_791_191_000_000));
    assert_eq!(booted(&heap), "07-18 04:20:15");
    assert_eq!((heap.utc_offset_s, heap.time.fine), (None, true));

    let fine = line(&[(Kind::Iso, "2024-06-21T21:50:40.320Z"), (Kind::Uptime, "455:21:42:08.477")]);
    assert_eq!(booted(&fine), "2023-03-24T00:08:31.843Z");
    // Over a year back without a year: March 23 or 24? That depends on a leap day nobody saw.
    let coarse = line(&[(Kind::Syslog, "Jun 21 21:50:40"), (Kind::Uptime, "455:21:42:08.477")]);
    assert_eq!(coarse.booted, None);
}

#[test]
fn one_clock_derives_nothing_and_no_clock_is_not_known() {
    assert_eq!(combine(&[]), Stamp::default());
    assert!(!combine(&[]).time.is_known());
    assert_eq!(Time::default().to_string(), "not known");
    let lone = line(&[(Kind::Iso, "2026-10-01T10:00:00+02:00")]);
    assert_eq!((lone.utc_offset_s, lone.booted), (None, None));
    // A relay's stamp in front: the one that knows more is the time of the line.
    let relayed = line(&[(Kind::Syslog, "Jul 26 03:26:48"), (Kind::Iso, "2012-07-26T01:26:46.120Z"), (Kind::Uptime, "0d1h0m0s")]);
    assert_eq!(relayed.time.to_string(), "2012-07-26T01:26:46.120Z");
    assert_eq!(relayed.utc_offset_s, Some(7200));
    assert_eq!(booted(&relayed), "2012-07-26T00:26:46.120Z");
    let two_local = line(&[(Kind::Syslog, "Jul 26 03:26:48"), (Kind::Iso, "2012-07-26 03:26:46,120")]);
    assert_eq!((two_local.time.to_string().as_str(), two_local.utc_offset_s), ("2012-07-26 03:26:46.120", None));
}
