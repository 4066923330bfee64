//! Why something is not there: what a signature lacked, what speaks for and against a cause, why a step is not
//! offered. Sentences only; it looks at the case and changes nothing.

use super::Case;
use super::evidence::settle;
use super::finding::{Conclusion, FindingStanding};
use crate::facts::expr::{Evaluated, Expr, Trace};
use crate::facts::subject::Subject;
use crate::facts::value::Value;
use crate::facts::view::{Memo, View};
use crate::library::clauses::Choice;
use crate::library::outline::{Kind, Role};
use crate::library::types::{Signature, TextWay, Window};
use crate::model::signature::{Status, Verdict};
use crate::text::clock::show_duration;

/// Patterns that an answer spells out.
const SPELLED: usize = 4;
/// Lines of each text in which near misses are looked for.
const LOOKED_AT: usize = 5_000;

/// A sentence, and how deep it stands under the one before.
pub type Said = (usize, String);

impl Case<'_> {
    /// Why there is no finding of this signature; `texts`: what was pasted, for near misses.
    pub fn why_no_finding(&self, id: &str, conclusion: &Conclusion, texts: &[(String, &str)]) -> Vec<Said> {
        let mut out: Vec<Said> = Vec::new();
        let Some(entry) = self.library.number(Kind::Signature, id) else { return out };
        let Some(signature) = self.library.signature_at(entry) else {
            return vec![(0, "its file is broken: `faultbook check` says how".into())];
        };
        if let Some(f) = conclusion.findings.iter().find(|f| f.signature == id) {
            let refuted = if f.standing == FindingStanding::Refuted { "; evidence refutes it" } else { "" };
            out.push((0, format!("it is there{refuted}: `why {id}` says what it rests on")));
            return out;
        }
        if let Some(f) = conclusion.findings.iter().find(|f| f.refined.iter().any(|r| r == id)) {
            out.push((0, format!("its lines are there, and `{}` ({}) says the same more particularly", f.signature, f.title)));
            return out;
        }
        if signature.status == Status::Retired {
            out.push((0, "it is retired and no longer fires".into()));
        }
        self.lacking_text(entry, signature, texts, &mut out);
        self.lacking_evidence(signature, &mut out);
        out
    }

    fn lacking_text(&self, entry: usize, signature: &Signature, texts: &[(String, &str)], out: &mut Vec<Said>) {
        let source = |ordinal: usize| self.library.pattern(entry, ordinal).outline.source.to_string();
        let hits = self.waiting.get(&entry).map(Vec::as_slice).unwrap_or_default();
        let seen = |ordinal: usize| hits.iter().filter(|w| w.spotted.pattern == ordinal).map(|w| w.line.origin.to_string()).collect::<Vec<_>>();
        match &signature.text {
            TextWay::Never => out.push((0, "no line names it; only evidence shows it".into())),
            TextWay::Any => {
                let own: Vec<usize> = ordinals(self, entry, &[Role::Any]);
                if own.iter().any(|o| !seen(*o).is_empty()) && !signature.none.is_empty() {
                    out.push((0, "a line matches, but so does one that must not stand near it".into()));
                } else {
                    out.push((0, format!("no line matches {}", of_patterns(own.len()))));
                    self.near_misses(entry, &own, texts, out);
                }
            }
            TextWay::All { patterns, window, ordered, .. } => {
                let there = patterns.iter().filter(|p| !seen(**p).is_empty()).count();
                let order = if *ordered { ", in this order" } else { "" };
                out.push((0, format!("{there} of {} lines that it needs together{}{order} were seen", patterns.len(), words(*window))));
                for p in patterns {
                    let at = seen(*p);
                    let say = if at.is_empty() { "not seen".to_string() } else { format!("seen at {}", first_few(&at)) };
                    out.push((1, format!("{say}: {}", source(*p))));
                }
                if there == patterns.len() {
                    out.push((1, "they do not lie near enough together, or not in the same thing".into()));
                }
                let missing: Vec<usize> = patterns.iter().copied().filter(|p| seen(*p).is_empty()).collect();
                self.near_misses(entry, &missing, texts, out);
            }
            TextWay::Count { pattern, at_least, window, .. } => {
                let at = seen(*pattern);
                out.push((0, format!("seen {} times; it takes {at_least}{}: {}", at.len(), words(*window), source(*pattern))));
                if at.is_empty() {
                    self.near_misses(entry, &[*pattern], texts, out);
                }
            }
            TextWay::Record { name, any, all } => {
                out.push((0, format!("no record `{name}` with {} inside it", of_patterns(any.len() + all.len()))));
                let own: Vec<usize> = any.iter().chain(all).copied().collect();
                self.near_misses(entry, &own, texts, out);
            }
        }
    }

    /// Lines that have a part of what a pattern must have.
    fn near_misses(&self, entry: usize, ordinals: &[usize], texts: &[(String, &str)], out: &mut Vec<Said>) {
        let mut best: Option<(usize, usize, String)> = None;
        for ordinal in ordinals {
            let pattern = self.library.pattern(entry, *ordinal);
            let clauses = pattern.outline.literals;
            for (name, text) in texts {
                for (i, line) in text.lines().take(LOOKED_AT).enumerate() {
                    let folded = line.to_ascii_lowercase();
                    let (has, lacks): (Vec<Choice>, Vec<Choice>) =
                        clauses.iter().partition(|c| c.iter().any(|l| memchr::memmem::find(folded.as_bytes(), l).is_some()));
                    if has.is_empty() || best.as_ref().is_some_and(|b| b.0 >= has.len()) {
                        continue;
                    }
                    let what = match lacks.first().and_then(|c| c.iter().next()) {
                        Some(l) => format!("lacks `{}`", String::from_utf8_lossy(l)),
                        None => "has the words, but not in the shape that the pattern asks for".to_string(),
                    };
                    best = Some((has.len(), *ordinal, format!("nearest line {name}:{} {what}", i + 1)));
                }
            }
        }
        for ordinal in ordinals.iter().take(SPELLED) {
            let near = best.as_ref().filter(|b| b.1 == *ordinal).map(|b| format!(" ({})", b.2)).unwrap_or_default();
            out.push((1, format!("{}{near}", self.library.pattern(entry, *ordinal).outline.source)));
        }
        if ordinals.len() > SPELLED {
            out.push((1, format!("and {} more", ordinals.len() - SPELLED)));
        }
    }

    fn lacking_evidence(&self, signature: &Signature, out: &mut Vec<Said>) {
        let Some(way) = &signature.evidence_way else { return };
        let unread: Vec<&str> = way
            .from
            .iter()
            .filter(|s| self.library.number(Kind::Step, s).is_none_or(|n| !self.outputs.iter().any(|o| o.step == n)))
            .map(String::as_str)
            .collect();
        if unread.len() == way.from.len() {
            out.push((0, format!("evidence alone would show it too: the output of {} was not read", unread.join(" or "))));
            return;
        }
        let store = self.store.settled();
        let memo = Memo::default();
        let view = View::new(&store, self.library, &memo, self.nearest_subject(&store, signature)).ends_in(signature.ends_in.as_deref());
        out.push((0, "evidence alone would show it too; its conditions:".into()));
        for condition in &way.when {
            out.push((1, stands(condition, &view)));
        }
    }

    fn nearest_subject(&self, store: &crate::facts::store::Store, signature: &Signature) -> Subject {
        let named = store.named(&signature.about).next().cloned();
        match named {
            Some(s) if !signature.about.is_empty() => s,
            _ if signature.of_case => Subject::case(),
            _ => settle(store, &Subject::host(None)),
        }
    }

    /// What stands for and against a cause of a finding, and what could still tell.
    pub fn why_not_cause(&self, signature: &str, cause: &str, conclusion: &Conclusion) -> Vec<Said> {
        let mut out: Vec<Said> = Vec::new();
        let Some(sig) = self.library.signature(signature) else { return out };
        let Some(finding) = conclusion.findings.iter().find(|f| f.signature == signature) else { return out };
        let Some(state) = finding.causes.iter().find(|c| c.id == cause) else { return out };
        out.push((0, format!("{}: {}", state.standing.words(), state.title)));
        for r in &state.reasons {
            out.push((1, format!("{}: {}", r.verdict.word(), r.say)));
        }
        let store = self.store.settled();
        let memo = Memo::default();
        let view = View::new(&store, self.library, &memo, finding.subject.clone()).ends_in(sig.ends_in.as_deref());
        let mut can = false;
        for evidence in &sig.evidence {
            for o in &evidence.outcomes {
                let Some((_, verdict @ (Verdict::Confirms | Verdict::Supports))) = o.causes.iter().find(|(c, _)| c == cause) else { continue };
                can |= *verdict == Verdict::Confirms;
                let mut trace = Trace::default();
                let held = crate::facts::expr::all_hold(&o.when, &view, &mut trace);
                if held.is_true() {
                    continue;
                }
                let state = match self.declined.get(&evidence.step) {
                    Some(why) => why.clone(),
                    None if matches!(held, Evaluated::Known(_)) => "it is otherwise".to_string(),
                    None => "not known".to_string(),
                };
                out.push((1, format!("`{}` would {} ({state}):", evidence.step, if *verdict == Verdict::Confirms { "confirm it" } else { "support it" })));
                for condition in &o.when {
                    out.push((2, stands(condition, &view)));
                }
            }
        }
        if !can && sig.causes.iter().all(|c| c.id != cause || c.is.is_none()) {
            out.push((1, "nothing that this library looks at can confirm it".into()));
        }
        out
    }

    /// Why a step is not offered.
    pub fn why_no_step(&self, id: &str, conclusion: &Conclusion) -> Vec<Said> {
        let mut out: Vec<Said> = Vec::new();
        let Some(number) = self.library.number(Kind::Step, id) else { return out };
        if let Some(f) = conclusion.findings.iter().find(|f| f.open.iter().any(|s| s.id == id)) {
            let place = f.open.iter().position(|s| s.id == id).map_or(0, |p| p + 1);
            out.push((0, format!("it is open: number {place} of {} for {}", f.open.len(), f.signature)));
            return out;
        }
        if let Some(o) = self.outputs.iter().find(|o| o.step == number) {
            out.push((0, format!("it is answered: {}", o.origin)));
        } else if let Some(why) = self.declined.get(id) {
            out.push((0, format!("it was offered: {why}; `undo`, or just paste its output")));
        } else {
            out.push((0, "no finding of this case asks for it".into()));
            let asks: Vec<&str> = self
                .library
                .of_kind(Kind::Signature)
                .iter()
                .filter(|e| self.library.signature(e.outline.id).is_some_and(|s| s.evidence.iter().any(|v| v.step == id)))
                .map(|e| e.outline.id)
                .take(6)
                .collect();
            if !asks.is_empty() {
                out.push((1, format!("these would: {}", asks.join(", "))));
            }
        }
        out
    }
}

fn ordinals(case: &Case<'_>, entry: usize, roles: &[Role]) -> Vec<usize> {
    let patterns = case.library.entries()[entry].outline.patterns;
    patterns.iter().enumerate().filter(|(_, p)| roles.contains(&p.role)).map(|(i, _)| i).collect()
}

/// A condition, and whether it holds.
fn stands(condition: &Expr, view: &View<'_>) -> String {
    let mut trace = Trace::default();
    let held = condition.eval(view, &mut trace);
    let known: Vec<String> = trace.used.iter().map(|u| format!("{} is {}", u.name, u.shown)).collect();
    match held {
        Evaluated::Known(Value::Flag(true)) => format!("holds: {}", condition.text),
        Evaluated::Known(_) => format!("does not hold: {} ({})", condition.text, known.join(", ")),
        Evaluated::Unknown => {
            let unknown: Vec<String> = trace.unknown.iter().map(|n| n.to_string()).collect();
            format!("not known: {} (lacks {})", condition.text, unknown.join(", "))
        }
        Evaluated::Broken(why) => format!("broken: {} ({why})", condition.text),
    }
}

fn of_patterns(n: usize) -> String {
    if n == 1 { "its pattern".to_string() } else { format!("any of its {n} patterns") }
}

fn words(window: Option<Window>) -> String {
    match window {
        None => String::new(),
        Some(Window::Time(nanos)) => format!(" within {}", show_duration(nanos)),
        Some(Window::Lines(n)) => format!(" within {n} lines"),
    }
}

fn first_few(all: &[String]) -> String {
    let shown: Vec<&str> = all.iter().take(3).map(String::as_str).collect();
    let more = if all.len() > 3 { format!(" and {} more", all.len() - 3) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
