//! Why the case thinks what it thinks: for each cause what moved it, with the place and the line. And the rest of what
//! one asks back: facts, the order of events.

use super::figures::figure;
use super::style::Paint;
use crate::case::finding::*;
use crate::case::why_not::Said;
use crate::engine::rank::Standing;
use crate::facts::store::Store;
use crate::facts::view::Knowledge;
use crate::library::Library;
use crate::text::clock::show_duration;
use crate::text::untrusted::shown;
use std::fmt::Write;

/// Lines of a finding that `why` shows.
const LINES: usize = 4;
/// Facts of one name that are listed before they are counted.
const SUBJECTS: usize = 6;

/// What a finding rests on.
pub fn why(out: &mut String, f: &Finding, paint: Paint) {
    let head = format!("{}  {}  {}", paint.severity(f.severity), paint.bold(shown(&f.title)), paint.dim(format!("[{}]", f.signature)));
    let _ = writeln!(out, "{}", paint.wrap(&head, 0, 2));
    for say in &f.says {
        let _ = writeln!(out, "  {}", paint.wrap(&shown(say), 2, 2));
    }
    for l in f.lines.iter().take(LINES) {
        let _ = writeln!(out, "    {}  {}", paint.dim(shown(&l.origin.to_string())), paint.wrap(&shown(&l.text), 6 + l.origin.to_string().len(), 6));
    }
    if f.count as usize > LINES {
        let _ = writeln!(out, "    {}", paint.dim(format!("{} lines or records in all", f.count)));
    }
    for c in &f.causes {
        let strong = matches!(c.standing, Standing::Established | Standing::Leading);
        let title = if strong { paint.bold(shown(&c.title)) } else { shown(&c.title) };
        let _ = writeln!(out, "  {:<12} {}", c.standing.words(), paint.wrap(&format!("{title}  {}", paint.dim(format!("[{}]", c.id))), 15, 15));
        for r in &c.reasons {
            let place = r.origins.first().map(|o| format!(" ({})", shown(&o.to_string()))).unwrap_or_default();
            let soft = if r.softened { "; a contradicted figure stands behind it" } else { "" };
            let _ = writeln!(out, "               {}", paint.wrap(&format!("{}: {}{place}{soft}", r.verdict.word(), shown(&r.say)), 15, 17));
            if !r.facts.is_empty() {
                let _ = writeln!(out, "                 {}", paint.dim(paint.wrap(&shown(&r.facts.join("; ")), 17, 17)));
            }
        }
        if c.reasons.is_empty() {
            let _ = writeln!(out, "               {}", paint.dim("nothing has spoken for or against it"));
        }
    }
    for c in &f.contradictions {
        let _ = writeln!(out, "  {} {}", paint.bold("contradiction:"), paint.wrap(&shown(&c.say), 17, 4));
    }
    if !f.unknowns.is_empty() {
        let _ = writeln!(out, "  {}", paint.dim(paint.wrap(&format!("not known: {}", f.unknowns.join(", ")), 2, 4)));
    }
    if let Some(outside) = &f.outside {
        let _ = writeln!(out, "  note: {}", shown(outside));
    }
    for note in &f.notes {
        let _ = writeln!(out, "  note: {}", shown(note));
    }
    for d in &f.defects {
        let _ = writeln!(out, "  defect of the library: {}", shown(d));
    }
}

/// Sentences under each other.
pub fn said(out: &mut String, all: &[Said], paint: Paint) {
    for (depth, say) in all {
        let indent = 2 + 2 * depth;
        let _ = writeln!(out, "{}{}", " ".repeat(indent), paint.wrap(&shown(say), indent, indent + 2));
    }
}

/// All facts that were read, latest reading each.
pub fn facts(out: &mut String, store: &Store, library: &Library, paint: Paint) {
    let mut last = String::new();
    let mut of_name = 0;
    let mut hidden = 0;
    for (name, subject, series) in store.all() {
        let Some(reading) = series.in_order().next_back().cloned() else { continue };
        if last != **name {
            more(out, hidden, paint);
            (last, of_name, hidden) = (name.to_string(), 0, 0);
        }
        of_name += 1;
        if of_name > SUBJECTS {
            hidden += 1;
            continue;
        }
        let about = subject.to_string();
        let about = if about.is_empty() { String::new() } else { format!("  {}", shown(&about)) };
        let readings = if series.readings.len() > 1 { format!(", {} readings", series.readings.len()) } else { String::new() };
        let contradicted = if store.is_contradicted(name, subject) { ", contradicted" } else { "" };
        let say = library.decl(name).map(|d| d.say.clone()).filter(|s| !s.is_empty()).map(|s| format!("  {}", shown(&s))).unwrap_or_default();
        let text = format!(
            "{} {}{}",
            paint.bold(name),
            shown(&figure(&reading.value)),
            paint.dim(format!("{about}  ({}{readings}{contradicted}){say}", shown(&reading.origin.to_string())))
        );
        let _ = writeln!(out, "{}", paint.wrap(&text, 0, 4));
    }
    more(out, hidden, paint);
}

fn more(out: &mut String, hidden: usize, paint: Paint) {
    if hidden > 0 {
        let _ = writeln!(out, "    {}", paint.dim(format!("and {hidden} more of the same")));
    }
}

/// What happened, in order of time; what has no time comes last.
pub fn timeline(out: &mut String, c: &Conclusion, paint: Paint) {
    let mut events: Vec<(&crate::case::opened::LineRef, String)> = Vec::new();
    for f in &c.findings {
        let Some(first) = &f.first else { continue };
        let begins = if f.count > 1 { format!("{} (first of {})", f.title, f.count) } else { f.title.clone() };
        events.push((first, begins));
        if let Some(last) = f.last.as_ref().filter(|l| f.count > 1 && l.seq != first.seq) {
            events.push((last, format!("{} (last of {})", f.title, f.count)));
        }
    }
    let known: Vec<&crate::case::opened::LineRef> = events.iter().map(|e| e.0).filter(|l| l.time.is_known()).collect();
    let Some(zero) = known.iter().min_by(|a, b| a.time.since(&b.time).unwrap_or(0).cmp(&0)).copied().cloned() else {
        if events.is_empty() {
            let _ = writeln!(out, "Nothing has happened yet that the library knows.");
        } else {
            let _ = writeln!(out, "No line tells a time; in the order in which they were seen:");
            events.sort_by_key(|e| e.0.seq);
            for (l, what) in &events {
                let _ = writeln!(out, "  {}", paint.wrap(&format!("{}  {}", shown(what), paint.dim(shown(&l.origin.to_string()))), 2, 4));
            }
        }
        return;
    };
    events.sort_by_key(|(l, _)| (!l.time.is_known(), l.time.since(&zero.time).unwrap_or(i64::MAX), l.seq));
    let mut before: Option<i64> = None;
    for (l, what) in &events {
        let since = l.time.since(&zero.time).filter(|_| l.time.is_known());
        let lag = match (before, since) {
            (Some(b), Some(s)) if s > b => format!("  +{}", show_duration(s - b)),
            _ => String::new(),
        };
        let time = if l.time.is_known() { l.time.to_string() } else { "no time".to_string() };
        let text = format!("{}{}  {}  {}", paint.bold(time), paint.dim(lag), shown(what), paint.dim(shown(&l.origin.to_string())));
        let _ = writeln!(out, "{}", paint.wrap(&text, 0, 4));
        before = since.or(before);
    }
}
