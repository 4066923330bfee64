//! Expressions: the laws of three values, and no panic on any text.

use faultbook::facts::decl::Name;
use faultbook::facts::expr::{Evaluated, Expr, Trace};
use faultbook::facts::scope::{Collection, Looked, Sample, Scope};
use faultbook::facts::subject::Subject;
use faultbook::facts::unit::Unit;
use faultbook::facts::value::{Number, Quantity, Value};
use faultbook::text::clock::Time;
use faultbook::text::origin::Origin;
use proptest::prelude::*;
use std::sync::Arc;

/// `t.yes` is true, `t.no` is false, `t.unknown` is not known; `n.kb`, `n.bytes`, `n.seconds`, `n.bare` are numbers.
struct World;

fn sample(value: Value) -> Sample {
    let origin = Origin::new(&Arc::from("test"), 1);
    Sample { value, time: Time::default(), origin, contradicted: false, subject: Subject::case(), label: String::new() }
}

impl Scope for World {
    fn is_one(&self, _: &Name) -> bool {
        true
    }
    fn latest(&self, name: &Name) -> Result<Option<Sample>, String> {
        let number = |i, unit| Value::Number(Quantity::new(Number::Int(i), unit));
        Ok(match &**name {
            "t.yes" => Some(sample(Value::Flag(true))),
            "t.no" => Some(sample(Value::Flag(false))),
            "n.kb" => Some(sample(number(554_168, Unit::named("kB").unwrap()))),
            "n.bytes" => Some(sample(number(567_468_032, Unit::named("B").unwrap()))),
            "n.seconds" => Some(sample(number(90, Unit::SECOND))),
            "n.bare" => Some(sample(number(7, Unit::One))),
            "x.text" => Some(sample(Value::text("abc"))),
            _ => None,
        })
    }
    fn collect(&self, _: &Name) -> Result<Collection, String> {
        Ok(Collection::default())
    }
    fn lookup(&self, _: &str, _: &[Option<Value>], _: &str) -> Looked {
        Looked::NotKnown
    }
}

fn eval(text: &str) -> Evaluated {
    Expr::parse(text).unwrap_or_else(|m| panic!("{text}: {m:?}")).eval(&World, &mut Trace::default())
}

/// true, false, or unknown.
fn truth(text: &str) -> Option<bool> {
    match eval(text) {
        Evaluated::Known(Value::Flag(f)) => Some(f),
        Evaluated::Unknown => None,
        other => panic!("{text} gives {other:?}"),
    }
}

#[test]
fn kleenes_tables_hold() {
    let atoms = [("t.yes", Some(true)), ("t.no", Some(false)), ("t.unknown", None)];
    for (a, x) in atoms {
        assert_eq!(truth(&format!("not {a}")), x.map(|x| !x));
        for (b, y) in atoms {
            let and = if x == Some(false) || y == Some(false) { Some(false) } else { x.and_then(|x| y.map(|y| x && y)) };
            let or = if x == Some(true) || y == Some(true) { Some(true) } else { x.and_then(|x| y.map(|y| x || y)) };
            assert_eq!(truth(&format!("{a} and {b}")), and, "{a} and {b}");
            assert_eq!(truth(&format!("{a} or {b}")), or, "{a} or {b}");
            // De Morgan.
            assert_eq!(truth(&format!("not ({a} and {b})")), truth(&format!("not {a} or not {b}")));
        }
    }
}

#[test]
fn sizes_convert_and_stay_exact() {
    assert_eq!(truth("n.bytes == n.kb"), Some(true), "554168 kB are 567468032 B to the byte");
    match eval("100 * n.bytes / n.kb") {
        Evaluated::Known(v) => assert_eq!(v.to_string(), "100"),
        other => panic!("{other:?}"),
    }
    assert_eq!(truth("n.kb > 554167"), Some(true), "a bare number takes the unit of the other side");
}

#[test]
fn what_cannot_be_is_broken_and_never_an_answer() {
    for text in ["1 / 0", "n.bytes + n.seconds", "x.text + 1", "n.bytes > n.seconds", "9 % 0", "not n.bare", "x.text > 5"] {
        assert!(matches!(eval(text), Evaluated::Broken(_)), "{text} gives {:?}", eval(text));
    }
}

#[test]
fn filters_bind_tighter_than_a_minus() {
    assert_eq!(eval("1 - 3 | abs").value().unwrap().to_string(), "-2");
    assert_eq!(eval("(1 - 3) | abs").value().unwrap().to_string(), "2");
    assert_eq!(eval("2 ** 3").value().unwrap().to_string(), "8");
    assert_eq!(eval("786441 // 65536").value().unwrap().to_string(), "12");
    assert_eq!(eval("[3, 1, 3] | unique | count").value().unwrap().to_string(), "2");
}

#[test]
fn length_and_depth_are_limited() {
    assert!(Expr::parse(&"not ".repeat(300)).is_err());
    assert!(Expr::parse(&format!("{}1{}", "(".repeat(100), ")".repeat(100))).is_err());
    assert!(Expr::parse(&"1+".repeat(2_000)).is_err());
    assert!(Expr::parse("t.yes | default(0)").is_err(), "unknown stays unknown");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in "[a-z.0-9 ()\\[\\]|'\"<>=!+*/%,x-]{0,80}") {
        if let Ok(expr) = Expr::parse(&text) {
            let _ = expr.eval(&World, &mut Trace::default());
        }
    }

    #[test]
    fn order_of_and_does_not_matter(a in 0usize..3, b in 0usize..3, c in 0usize..3) {
        let names = ["t.yes", "t.no", "t.unknown"];
        let (a, b, c) = (names[a], names[b], names[c]);
        prop_assert_eq!(truth(&format!("{a} and {b} and {c}")), truth(&format!("{c} and {a} and {b}")));
        prop_assert_eq!(truth(&format!("{a} or {b} or {c}")), truth(&format!("{c} or {a} or {b}")));
    }

    #[test]
    fn integers_are_exact(a in -1_000_000_000_000i64..1_000_000_000_000, b in 1i64..1_000_000) {
        let text = |s: &str| eval(s).value().unwrap().to_string();
        let (x, y) = (i128::from(a), i128::from(b));
        prop_assert_eq!(text(&format!("({a}) + {b}")), (x + y).to_string());
        prop_assert_eq!(text(&format!("({a}) * {b}")), (x * y).to_string());
        prop_assert_eq!(text(&format!("({a}) // {b}")), x.div_euclid(y).to_string());
        prop_assert_eq!(text(&format!("({a}) % {b}")), x.rem_euclid(y).to_string());
    }
}
