//! The answer as one JSON object, `schema_version: 1`.

use super::Answer;
use crate::case::finding::*;
use crate::case::opened::LineRef;
use crate::facts::decl::FactDecl;
use crate::facts::subject::{Root, Subject};
use crate::facts::value::{Number, Value as Fact};
use crate::facts::view::Knowledge;
use crate::text::clock::Time;
use serde_json::{Map, Value, json};

/// The whole answer.
pub fn answer(a: &Answer, know: &dyn Knowledge) -> Value {
    let c = &a.conclusion;
    json!({
        "schema_version": 1,
        "findings": c.findings.iter().map(|f| finding(f, know)).collect::<Vec<_>>(),
        "chains": c.chains.iter().map(|chain| json!({"links": chain.links.iter().map(link).collect::<Vec<_>>()})).collect::<Vec<_>>(),
        "articles": a.articles.iter().map(|r| json!({"id": r.id, "title": r.title, "score": (r.score * 100.0).round() / 100.0, "matched_by": r.matched_by})).collect::<Vec<_>>(),
        "decoded": a.decoded.iter().map(decoded).collect::<Vec<_>>(),
        "evidence": c.outputs.iter().map(|o| json!({
            "step": o.step, "origin": o.origin.to_string(), "facts": facts(&o.facts, know), "say": o.say,
        })).collect::<Vec<_>>(),
        "unexplained": a.unexplained.iter().map(|u| json!({
            "template": u.template, "level": u.level, "count": u.count, "first": {"origin": u.first.stream.to_string(), "line": u.first.line},
        })).collect::<Vec<_>>(),
        "repairs": a.repairs.iter().map(|(name, count)| json!({"name": name, "count": count})).collect::<Vec<_>>(),
        "limits_hit": a.limits.iter().map(|(limit, origin)| json!({"limit": limit, "origin": origin})).collect::<Vec<_>>(),
        "coverage": {
            "inputs": a.coverage.inputs,
            "lines": a.coverage.lines(),
            "bytes": a.coverage.bytes(),
            "spans": a.coverage.spans.iter().map(|s| json!({
                "origin": s.stream.to_string(), "first_time": time(&s.first), "last_time": time(&s.last),
                "gaps": s.gaps.iter().map(|(from, to)| json!({"from": time(from), "to": time(to)})).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "bundles": a.coverage.bundles.iter().map(|(origin, kind)| json!({"origin": origin, "kind": kind})).collect::<Vec<_>>(),
            "skipped": a.coverage.skipped.iter().map(|(origin, reason)| json!({"origin": origin, "reason": reason})).collect::<Vec<_>>(),
        },
    })
}

/// A code.
pub fn decoded(d: &super::Decoded) -> Value {
    json!({
        "code": d.code, "kind": d.kind, "meaning": d.meaning, "unknown": d.unknown,
        "parts": d.parts.iter().map(|(k, v)| (k.clone(), json!(v))).collect::<Map<_, _>>(), "notes": d.notes,
        "origin": d.origin.as_ref().map(|o| o.stream.to_string()), "line": d.origin.as_ref().map(|o| o.line),
    })
}

fn finding(f: &Finding, know: &dyn Knowledge) -> Value {
    json!({
        "signature": f.signature,
        "title": f.title,
        "severity": f.severity.word(),
        "status": f.status.word(),
        "standing": f.standing.word(),
        "subject": subject(&f.subject),
        "article": f.article,
        "library_file": f.file,
        "lines": f.lines.iter().map(line).collect::<Vec<_>>(),
        "count": f.count,
        "first_seen": f.first.as_ref().and_then(|l| time(&l.time)),
        "last_seen": f.last.as_ref().and_then(|l| time(&l.time)),
        "facts": facts(&f.facts, know),
        "refined": f.refined,
        "contradictions": f.contradictions.iter().map(|c| json!({"say": c.say, "facts": c.facts})).collect::<Vec<_>>(),
        "causes": f.causes.iter().map(|c| json!({
            "id": c.id, "title": c.title, "standing": c.standing.words(), "weight": (c.weight * 10_000.0).round() / 10_000.0, "is": c.is,
            "reasons": c.reasons.iter().map(|r| json!({"say": r.say, "step": r.step, "facts": r.facts, "verdict": r.verdict.word()})).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "says": f.says,
        "notes": f.notes,
        "outside": f.outside,
        "defects": f.defects,
        "unknowns": f.unknowns,
        "next_step": f.next.as_ref().map(next),
    })
}

/// A next step.
pub fn next(n: &NextStep) -> Value {
    json!({"id": n.id, "title": n.title, "run": n.run, "ask": n.ask, "why": n.why, "minutes": n.minutes, "risk": n.risk.word()})
}

fn line(l: &LineRef) -> Value {
    json!({"origin": l.origin.stream.to_string(), "line": l.origin.line, "time": time(&l.time), "text": &*l.text})
}

fn link(l: &Link) -> Value {
    json!({
        "signature": l.signature, "subject": subject(&l.subject),
        "time": l.line.as_ref().and_then(|l| time(&l.time)), "lag_s": l.lag.map(|n| n as f64 / 1e9),
    })
}

fn subject(s: &Subject) -> Value {
    let mut map: Map<String, Value> = s.keys().iter().map(|k| (k.name.to_string(), json!(k.value.to_string()))).collect();
    if let Root::Host(Some(h)) = &s.root {
        map.insert("host".into(), json!(&**h));
    }
    Value::Object(map)
}

fn time(t: &Time) -> Option<String> {
    t.is_known().then(|| t.to_string())
}

fn facts(all: &[ShownFact], know: &dyn Knowledge) -> Value {
    Value::Object(all.iter().map(|f| (f.name.clone(), fact(f, know.decl(&f.name)))).collect())
}

fn fact(f: &ShownFact, decl: Option<&FactDecl>) -> Value {
    let s = &f.sample;
    let unit = match &s.value {
        Fact::Number(q) => Some(q.unit.name()),
        _ => decl.map(|d| d.unit.name()),
    };
    json!({
        "value": value(&s.value),
        "unit": unit.filter(|u| !u.is_empty()),
        "subject": subject(&s.subject),
        "origin": s.origin.stream.to_string(),
        "line": (s.origin.line > 0).then_some(s.origin.line),
        "time": time(&s.time),
        "quality": if s.contradicted { "contradicted" } else { "sound" },
    })
}

fn value(v: &Fact) -> Value {
    match v {
        Fact::Number(q) => match q.number {
            Number::Int(i) => i64::try_from(i).map_or_else(|_| json!(i.to_string()), |i| json!(i)),
            Number::Real(r) => json!(r),
        },
        Fact::Flag(b) => json!(b),
        Fact::List(items) => Value::Array(items.iter().map(value).collect()),
        other => json!(other.to_string()),
    }
}
