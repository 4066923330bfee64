//! Growth over time: a leak with its slope, a level, a spike, a gap, and how often the interval of a slope holds the
//! truth.

use crate::desk::{Desk, faultbook};

/// Hourly records of one host, with one process whose memory is a function of the hour.
pub fn hourly(hours: i64, memory: impl Fn(i64) -> i64) -> String {
    hourly_but(hours, memory, |_| true)
}

fn hourly_but(hours: i64, memory: impl Fn(i64) -> i64, written: impl Fn(i64) -> bool) -> String {
    let mut out = String::new();
    for hour in (0..hours).filter(|h| written(*h)) {
        let epoch = 1_257_681_661 + 3_600 * hour;
        // 2009-11-08T12:01:01Z and on, in the local time of UTC-5: 07:01:01.
        let local = 7 + hour;
        let (day, of_day) = (8 + local / 24, local % 24);
        out.push_str(&format!(
            "Nov {day:>2} {of_day:02}:01:01 esxhostname logger: ({epoch}) hb: vmk loaded, {}.25, {}.970, 73, 153875, 153875, 67468032, VMap-{}, vmware-h-82812, webAcces-27332\n",
            500_000 + 3_600 * hour,
            499_987 + 3_600 * hour,
            memory(hour)
        ));
    }
    out
}

const ABOUT: &[(&str, &str)] = &[("process.name", "VMap")];

fn trend(text: &str) -> String {
    Desk::new().paste(text).reckon_about(None, ABOUT, "process.trend")
}

/// A generator that is the same everywhere: uniform in 0..1.
fn uniform(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 11) as f64 / (1u64 << 53) as f64
}

/// Twelve uniforms less six: near enough to a normal draw.
fn normal(seed: &mut u64) -> f64 {
    (0..12).map(|_| uniform(seed)).sum::<f64>() - 6.0
}

#[test]
fn seventy_two_records_that_grow_are_a_leak_and_the_slope_is_printed() {
    let text = hourly(72, |hour| 100_000 + 5_000 * hour);
    let desk = Desk::new().paste(&text);
    assert_eq!(desk.faults(), ["service-console-process-leak"], "readings alone are enough");
    assert_eq!(desk.reckon_about(None, ABOUT, "process.growth_per_hour | round(3)"), "5000.000");
    let (exit, text) = faultbook(&["lookup"], &text);
    assert_eq!(exit, 0);
    assert!(text.contains("[service-console-process-leak]"), "{text}");
    assert!(text.contains("VMap grows by 5000 kB an hour and stands at 444 MB"), "{text}");
}

#[test]
fn two_points_are_never_a_leak_and_neither_are_five() {
    for hours in 2..=5 {
        let desk = Desk::new().paste(&hourly(hours, |hour| 100_000 + 50_000 * hour));
        assert_eq!(desk.reckon_about(None, ABOUT, "process.trend"), "not known");
        assert!(desk.faults().is_empty(), "{hours} records: {:?}", desk.faults());
    }
    assert_eq!(trend(&hourly(6, |hour| 100_000 + 50_000 * hour)), "leak");
}

#[test]
fn level_spike_and_saw_are_no_leak() {
    assert_eq!(trend(&hourly(72, |hour| 100_000 + (hour * 37) % 200)), "plateau");
    assert_eq!(trend(&hourly(72, |hour| if hour == 71 { 400_000 } else { 100_000 + (hour * 37) % 200 })), "spike");
    assert_eq!(trend(&hourly(72, |hour| 100_000 + 40_000 * (hour % 6))), "unclear", "a process that grows and is restarted");
    assert_eq!(trend(&hourly(72, |hour| 500_000 - 5_000 * hour)), "unclear", "one that shrinks");
    assert_eq!(trend(&hourly(72, |hour| if hour < 36 { 100_000 } else { 300_000 })), "unclear", "one step is no growth");
    for quiet in [hourly(72, |hour| 100_000 + (hour * 37) % 200), hourly(72, |hour| if hour < 36 { 100_000 } else { 300_000 })] {
        assert!(Desk::new().paste(&quiet).faults().is_empty());
    }
}

#[test]
fn a_missing_day_neither_hides_a_leak_nor_makes_one() {
    let leak = hourly_but(72, |hour| 100_000 + 5_000 * hour, |hour| !(24..48).contains(&hour));
    let desk = Desk::new().paste(&leak);
    assert_eq!(desk.reckon_about(None, ABOUT, "process.trend"), "leak");
    assert_eq!(desk.reckon_about(None, ABOUT, "process.growth_per_hour | round(3)"), "5000.000", "by time, not by record");
    assert_eq!(desk.reckon("summary.silent_for | to('h')"), "25", "and the gap is said");
    assert_eq!(trend(&hourly_but(72, |hour| 100_000 + (hour * 37) % 200, |hour| !(24..48).contains(&hour))), "plateau");
}

#[test]
fn records_in_any_order_and_twice_give_the_same_slope() {
    let text = hourly(72, |hour| 100_000 + 5_000 * hour + (hour * 7_919) % 1_000);
    let mut lines: Vec<&str> = text.lines().collect();
    let straight = Desk::new().paste(&text).reckon_about(None, ABOUT, "process.growth_per_hour | round(6)");
    lines.reverse();
    lines.swap(3, 60);
    assert_eq!(Desk::new().paste(&lines.join("\n")).reckon_about(None, ABOUT, "process.growth_per_hour | round(6)"), straight);
    let twice = Desk::new().paste(&format!("{text}{text}"));
    assert_eq!(twice.reckon_about(None, ABOUT, "process.growth_per_hour | round(6)"), straight);
    assert_eq!(twice.reckon_about(None, ABOUT, "process.trend"), "leak");
}

#[test]
fn the_interval_of_a_slope_holds_the_truth_in_nine_of_ten_draws() {
    let mut seed = 20_261_121;
    let (mut held, mut leaks, draws) = (0, 0, 200);
    for draw in 0..draws {
        let slope = 1_000.0 + 45.0 * f64::from(draw);
        let noise: Vec<f64> = (0..48).map(|_| 4_000.0 * normal(&mut seed)).collect();
        let desk = Desk::new().paste(&hourly(48, |hour| (300_000.0 + slope * hour as f64 + noise[hour as usize]).round() as i64));
        let end = |bound: &str| desk.reckon_about(None, ABOUT, &format!("process.memory | slope_per_hour('{bound}')")).parse::<f64>().unwrap();
        let (low, high) = (end("low"), end("high"));
        assert!(low < high);
        held += i32::from((low..=high).contains(&slope));
        leaks += i32::from(desk.reckon_about(None, ABOUT, "process.trend") == "leak");
    }
    println!("the interval held {held} of {draws}; {leaks} were called a leak");
    assert!(held * 10 >= draws * 9, "{held} of {draws}");
    assert!(leaks >= 100, "most of them are called what they are: {leaks}");
}

#[test]
fn noise_without_growth_is_not_called_a_leak() {
    let mut seed = 5;
    let mut wrong = 0;
    for _ in 0..200 {
        let noise: Vec<f64> = (0..48).map(|_| 4_000.0 * normal(&mut seed)).collect();
        let text = hourly(48, |hour| (300_000.0 + noise[hour as usize]).round() as i64);
        wrong += i32::from(trend(&text) == "leak");
    }
    assert!(wrong <= 2, "{wrong} of 200");
}
