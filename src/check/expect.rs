//! Compares values that an example expects with values that are known. Numbers compare to the decimals written.

use super::Checker;
use crate::facts::decl::{FactDecl, Name};
use crate::facts::scope::Scope;
use crate::facts::value::{Number, Value};
use crate::facts::view::{Knowledge, View};
use crate::text::place::At;
use std::collections::BTreeMap;

/// The word for a value that must not be known.
pub const NOT_KNOWN: &str = "not known";

/// Whether a value is what an example wrote.
pub fn fits(decl: &FactDecl, written: &str, value: &Value) -> bool {
    if let Value::Text { text, fold } = value {
        return if *fold {
            text.eq_ignore_ascii_case(written.trim())
        } else {
            **text == *written.trim() || decl.read(written, None).is_ok_and(|w| w.key() == value.key())
        };
    }
    let Ok(wanted) = decl.read(written, None) else { return value.to_string() == written.trim() };
    match (&wanted, value) {
        (Value::Number(w), Value::Number(v)) => {
            let Some(v) = v.to(w.unit) else { return false };
            let decimals =
                written.trim().split(|c: char| c.is_ascii_alphabetic() || c == ' ').next().and_then(|n| n.split_once('.')).map_or(0, |(_, d)| d.len());
            match (w.number, v.number) {
                (Number::Int(a), Number::Int(b)) => a == b,
                (a, b) => {
                    let scale = 10f64.powi(decimals as i32);
                    let rounded = (b.real() * scale).round() / scale;
                    (rounded - a.real()).abs() < 0.5 / scale * 1e-6 + a.real().abs() * 1e-12
                }
            }
        }
        // A time written to the second means that second.
        (Value::Time(_), Value::Time(_)) => {
            let whole = |text: String| if written.contains('.') { text } else { without_fraction(&text) };
            whole(wanted.to_string()) == whole(value.to_string()) || wanted.compare(value) == Ok(std::cmp::Ordering::Equal)
        }
        _ => wanted.compare(value) == Ok(std::cmp::Ordering::Equal),
    }
}

/// `2009-06-29T19:33:09.360Z` without `.360`.
fn without_fraction(time: &str) -> String {
    match time.split_once('.') {
        Some((head, tail)) => format!("{head}{}", tail.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => time.to_string(),
    }
}

/// What is wrong with the facts that a view has, against those that an example wrote; nothing when all fit.
pub fn differences(c: &Checker<'_, '_>, view: &View<'_>, wanted: &BTreeMap<At<String>, At<String>>) -> Vec<(At<String>, String)> {
    let mut out = Vec::new();
    // The host is part of the subject.
    for (name, written) in wanted.iter().filter(|(n, _)| n.value != "host") {
        let Some(decl) = c.library.decl(name) else {
            out.push((name.clone(), format!("`{}` is no fact", name.value)));
            continue;
        };
        let key = Name::from(name.as_str());
        let found =
            if view.is_one(&key) { view.latest(&key) } else { view.collect(&key).map(|mut all| if all.samples.len() == 1 { all.samples.pop() } else { None }) };
        match found {
            Err(why) => out.push((written.clone(), why)),
            Ok(None) if written.value.trim() == NOT_KNOWN => {}
            Ok(None) => out.push((written.clone(), format!("`{}` is not known; the example says {}", name.value, written.value))),
            Ok(Some(s)) if written.value.trim() == NOT_KNOWN => {
                out.push((written.clone(), format!("`{}` is {}; the example says that it is not known", name.value, s.value)))
            }
            Ok(Some(s)) if !fits(decl, &written.value, &s.value) => {
                out.push((written.clone(), format!("`{}` is {}; the example says {}", name.value, s.value, written.value)));
            }
            Ok(Some(_)) => {}
        }
    }
    out
}
