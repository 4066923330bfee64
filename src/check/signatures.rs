//! Examples of signatures: what must fire comes first, near misses stay quiet, evidence leads where it should.

use super::Checker;
use super::expect;
use crate::case::Case;
use crate::case::finding::{Conclusion, Finding};
use crate::facts::view::{Memo, View};
use crate::library::types::{Signature, TextWay};
use crate::model::signature::Status;
use crate::text::place::{At, Place};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Examples of one file for which it is told how far the patterns get.
const MOST_HINTED: usize = 5;

/// Beginnings of one pattern that are compiled for that.
const MOST_BEGINNINGS: usize = 100;

/// Runs the examples of a signature.
pub fn signature(c: &mut Checker<'_, '_>, number: usize) {
    let library = c.library;
    let Some(s) = library.signature_at(number) else { return };
    if s.status == Status::Retired {
        return;
    }
    let head = Place { line: 1, col: 1, ..Place::default() };
    if s.examples.matches.is_empty() {
        c.hinted(head, "no-example", "no example shows what this matches", "examples: match: a line that a source prints");
    }
    if s.examples.no_match.is_empty() {
        c.hinted(head, "no-example", "no near miss shows what this must not match", "examples: no_match: a similar healthy line");
    }
    if s.article.is_none() {
        c.hinted(head, "no-article", "this signature has no article", "article: the id of one");
    }
    if s.references.is_empty() {
        c.hinted(head, "no-reference", "this signature names no source", "references: title and url, and what they support");
    }
    for e in &s.examples.matches {
        let Some((case, conclusion)) = run(c, e.text.as_ref(), &e.steps, &e.samples) else { continue };
        let place = place_of(e.text.as_ref(), &e.steps, &e.samples);
        let found: Vec<&Finding> = conclusion.findings.iter().filter(|f| f.entry == number).collect();
        let chosen = found.iter().find(|f| has_subject(f, &e.subject)).copied();
        let Some(finding) = chosen else {
            // It fired, and a particular signature on the same line took it in.
            if conclusion.findings.iter().any(|f| f.refined.contains(&s.id)) {
                continue;
            }
            let why =
                if found.is_empty() { format!("`{}` does not fire on this", s.id) } else { format!("`{}` fires, but not about what the example says", s.id) };
            // Every piece of every pattern is tried for it; after a few of these the writer knows.
            let hinted = c.problems.iter().filter(|p| p.code == "no-match").count();
            let hint = if hinted < MOST_HINTED { how_far(c, s, number, e.text.as_ref()) } else { String::new() };
            c.hinted(place, "no-match", why, hint);
            continue;
        };
        let text_only = e.steps.is_empty() && e.samples.is_empty() && !matches!(s.text, TextWay::Never);
        if text_only && conclusion.findings.first().is_some_and(|f| f.entry != number && !f.refined.contains(&s.id)) {
            let first = &conclusion.findings[0];
            let hint = format!("let one refine the other, or make a pattern narrower; `{}` is {}", first.signature, first.severity.word());
            c.hinted(place, "not-first", format!("`{}` comes before `{}` here", first.signature, s.id), hint);
        }
        for defect in &finding.defects {
            c.wrong(place, "broken", defect.clone());
        }
        let differences = facts(c, &case, finding, s, &e.facts);
        for (at, say) in differences {
            c.wrong(at.place, "fact", say);
        }
    }
    for e in &s.examples.no_match {
        let Some((_, conclusion)) = run(c, e.text.as_ref(), &e.steps, &e.samples) else { continue };
        let place = place_of(e.text.as_ref(), &e.steps, &e.samples);
        if conclusion.findings.iter().any(|f| f.entry == number) {
            c.wrong(place, "near-miss", format!("`{}` fires on this, and must not", s.id));
        }
        if let Some(owner) = &e.belongs_to
            && conclusion.findings.first().is_none_or(|f| f.signature != owner.value && !f.refined.contains(&owner.value))
        {
            let first = conclusion.findings.first().map_or("nothing", |f| &f.signature);
            c.wrong(owner.place, "belongs-to", format!("this belongs to `{}`, but `{first}` comes first", owner.value));
        }
    }
    for e in &s.examples.verdicts {
        let Some((case, conclusion)) = run(c, e.text.as_ref(), &e.steps, &e.samples) else { continue };
        let Some(finding) = conclusion.findings.iter().find(|f| f.entry == number) else {
            c.wrong(e.name.place, "verdict", format!("`{}` does not fire on this", s.id));
            continue;
        };
        for defect in &finding.defects {
            c.wrong(e.name.place, "broken", defect.clone());
        }
        if let Some(wanted) = &e.case {
            let is = if finding.established().is_some() { "established" } else { "not established" };
            if is != wanted.value {
                c.wrong(wanted.place, "verdict", format!("the cause is {is}; the example says {}", wanted.value));
            }
        }
        for (cause, standing) in &e.causes {
            match finding.causes.iter().find(|x| x.id == cause.value) {
                None => c.wrong(cause.place, "unknown-cause", format!("`{}` is no cause of this signature", cause.value)),
                Some(x) if x.standing.words() != standing.value => {
                    let say = format!("`{}` is {} (weight {:.2}); the example says {}", cause.value, x.standing.words(), x.weight, standing.value);
                    c.wrong(standing.place, "verdict", say);
                }
                Some(_) => {}
            }
        }
        for (at, say) in facts(c, &case, finding, s, &e.facts) {
            c.wrong(at.place, "fact", say);
        }
    }
}

fn place_of(text: Option<&At<String>>, steps: &[At<String>], samples: &[At<String>]) -> Place {
    text.or(steps.first()).or(samples.first()).map(|a| a.place).unwrap_or_default()
}

/// A case with the text, the samples and the answers of an example.
fn run<'a>(c: &mut Checker<'_, 'a>, text: Option<&At<String>>, steps: &[At<String>], samples: &[At<String>]) -> Option<(Case<'a>, Conclusion)> {
    c.examples += 1;
    let mut input = text.map(|t| t.value.clone()).unwrap_or_default();
    for s in samples {
        if !input.is_empty() {
            input.push('\n');
        }
        input.push_str(&c.sample(s)?);
    }
    let mut case = Case::new(c.library);
    if !input.is_empty() {
        case.paste(c.observer, &Arc::from("example"), input.as_bytes());
    }
    for step in steps {
        let (id, text) = c.step_example(step)?;
        case.answer(c.observer, &id, &text);
    }
    let conclusion = case.conclude();
    Some((case, conclusion))
}

fn has_subject(f: &Finding, wanted: &BTreeMap<At<String>, At<String>>) -> bool {
    wanted.iter().all(|(name, value)| match name.as_str() {
        "host" => f.subject.host_name().is_some_and(|h| **h == *value.value),
        key => f.subject.get(key).is_some_and(|v| v.to_string().eq_ignore_ascii_case(&value.value)),
    })
}

fn facts(c: &Checker<'_, '_>, case: &Case<'_>, f: &Finding, s: &Signature, wanted: &BTreeMap<At<String>, At<String>>) -> Vec<(At<String>, String)> {
    let store = case.store.settled();
    let memo = Memo::default();
    let view = View::new(&store, c.library, &memo, f.subject.clone()).ends_in(s.ends_in.as_deref());
    expect::differences(c, &view, wanted)
}

/// How far each pattern gets in the line: the longest beginning of it that still matches.
fn how_far(c: &Checker<'_, '_>, s: &Signature, number: usize, text: Option<&At<String>>) -> String {
    let (Some(text), true) = (text, matches!(s.text, TextWay::Any)) else { return String::new() };
    let mut best: Option<(usize, String)> = None;
    for ordinal in 0..c.outline.patterns.len() {
        let pattern = c.library.pattern(number, ordinal).outline;
        let step = pattern.source.len() / MOST_BEGINNINGS + 1;
        for end in (1..pattern.source.len()).rev().step_by(step).filter(|e| pattern.source.is_char_boundary(*e)) {
            let part = &pattern.source[..end];
            let Ok(r) = crate::library::pattern::compile(part, pattern.ignore_case, pattern.unicode) else { continue };
            if let Some(m) = text.value.lines().filter_map(|l| r.find(l.as_bytes())).max_by_key(|m| m.len())
                && !m.is_empty()
            {
                let rest: String = pattern.source[end..].chars().take(40).collect();
                if best.as_ref().is_none_or(|(b, _)| end > *b) {
                    best = Some((end, format!("pattern {} matches up to `{}` and fails at `{rest}`", ordinal + 1, String::from_utf8_lossy(m.as_bytes()))));
                }
                break;
            }
        }
    }
    best.map(|(_, say)| say).unwrap_or_default()
}
