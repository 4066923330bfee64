//! Running figures past the bound of readings: where they and all readings can both be asked, they say the same; where
//! only all readings could tell, they say nothing.

use crate::desk::library;
use faultbook::facts::expr::{Evaluated, Expr, Trace};
use faultbook::facts::series::Reading;
use faultbook::facts::store::{Bounds, Store};
use faultbook::facts::subject::Subject;
use faultbook::facts::value::{Number, Quantity, Value};
use faultbook::facts::view::{Knowledge, Memo, View};
use faultbook::text::clock::{Time, parse_display};
use faultbook::text::origin::Origin;
use std::sync::Arc;

/// Minutes since the first reading, and kilobytes.
type Point = (i64, i64);

fn store(points: &[Point], most: usize, named: bool) -> Store {
    let decl = library().decl("process.memory").unwrap();
    let name = library().decl("process.name").unwrap();
    let begin = parse_display("2026-11-01T00:00:00Z").unwrap();
    let mut store = Store::new(Bounds { readings: most, subjects: 10, ..Bounds::default() });
    for (i, (minute, size)) in points.iter().enumerate() {
        // With two names of one host, every other reading has none.
        let host = (named && i % 2 == 0).then(|| Arc::from("esx1"));
        let subject = Subject::host(host).with(&name.name, Value::text("broker"));
        let time: Time = begin.plus(minute * 60_000_000_000);
        let value = Value::Number(Quantity::new(Number::Int(i128::from(*size)), decl.unit));
        let moment = store.moment();
        store.add(decl, subject, Reading { value, time, moment, origin: Origin::new(&Arc::from("log"), i as u64 + 1) });
    }
    store
}

fn ask(store: &Store, expression: &str) -> Evaluated {
    let store = store.settled();
    let name = library().decl("process.name").unwrap();
    let subject = Subject::host(store.only_host().cloned()).with(&name.name, Value::text("broker"));
    let memo = Memo::default();
    let view = View::new(&store, library(), &memo, subject);
    Expr::parse(expression).unwrap_or_else(|m| panic!("{}", m.say)).eval(&view, &mut Trace::default())
}

const FIGURES: &[&str] = &[
    "process.memory",
    "process.memory | first",
    "process.memory | last",
    "process.memory | min",
    "process.memory | max",
    "process.memory | sum",
    "process.memory | count",
    "process.memory | unique | count",
    "process.memory | unique",
    "process.memory | list",
    "process.memory | any(5003)",
    "process.memory | any(1)",
    "process.memory | all(5003)",
    "process.memory | any(matching='^50')",
    "process.memory | span",
    "process.memory | largest_gap",
    "process.memory | first_time",
    "process.memory | last_time",
    "process.memory | slope_per_hour",
    "process.memory | slope_per_hour('low')",
    "process.memory | slope_per_hour('high')",
    "process.memory | period",
    "process.memory | trend",
    "process.memory | top(3)",
];

/// Compares both; how many figures both could give.
fn compare(points: &[Point], named: bool) -> Vec<&'static str> {
    let all = store(points, 100_000, named);
    let running = store(points, 64, named);
    assert!(all.full.is_empty() && !running.full.is_empty(), "one of the two is past its bound");
    let mut both = Vec::new();
    for figure in FIGURES {
        match (ask(&all, figure), ask(&running, figure)) {
            (Evaluated::Known(exact), Evaluated::Known(running)) => {
                let near = match (exact.number(), running.number()) {
                    (Some(a), Some(b)) => a.unit == b.unit && (a.number.real() - b.number.real()).abs() <= 1e-9 * a.number.real().abs().max(1.0),
                    _ => exact.to_string() == running.to_string(),
                };
                assert!(near, "{figure}: {exact} from all readings, {running} from running figures");
                both.push(*figure);
            }
            (_, Evaluated::Unknown) => {}
            (exact, running) => panic!("{figure}: {exact:?} from all readings, {running:?} from running figures"),
        }
    }
    both
}

fn rows(count: i64, size: impl Fn(i64) -> i64) -> Vec<Point> {
    (0..count).map(|i| (i * 60 + (i * 17) % 40, size(i))).collect()
}

#[test]
fn in_order_of_time_nearly_every_figure_is_there_and_the_same() {
    let both = compare(&rows(1_000, |i| 5_000 + i), false);
    assert_eq!(both.len(), FIGURES.len() - 3, "all but period, trend and top: {both:?}");
    compare(&rows(1_000, |i| 5_000 + (i * 7_919) % 13), false);
    compare(&rows(65, |_| 5_003), false);
    // Large numbers with a small slope: the figures must not drown in them.
    compare(&rows(3_000, |i| 500_000_000_000 + i / 3 + (i * 31) % 7), false);
}

#[test]
fn out_of_order_the_ends_are_still_by_time() {
    let mut points = rows(1_000, |i| 5_000 + i);
    points.reverse();
    points.swap(10, 900);
    let both = compare(&points, false);
    for figure in ["process.memory", "process.memory | first", "process.memory | last", "process.memory | span", "process.memory | slope_per_hour"] {
        assert!(both.contains(&figure), "{figure} is not among {both:?}");
    }
    assert!(!both.contains(&"process.memory | largest_gap"), "gaps need the order");
}

#[test]
fn more_different_values_than_are_kept_are_not_known() {
    let points = rows(6_000, |i| 10_000 + i);
    let both = compare(&points, false);
    assert!(!both.contains(&"process.memory | unique | count"));
    assert!(both.contains(&"process.memory | sum"));
}

#[test]
fn two_names_of_one_host_are_put_together() {
    let points = rows(1_000, |i| 5_000 + i);
    let both = compare(&points, true);
    for figure in ["process.memory", "process.memory | count", "process.memory | sum", "process.memory | min", "process.memory | max", "process.memory | span"]
    {
        assert!(both.contains(&figure), "{figure} is not among {both:?}");
    }
}

#[test]
fn a_doubled_series_has_the_slope_of_one() {
    let points: Vec<Point> = rows(500, |i| 5_000 + i + (i * 31) % 17).into_iter().flat_map(|p| [p, p]).collect();
    let both = compare(&points, false);
    assert!(both.contains(&"process.memory | slope_per_hour('high')"));
}
