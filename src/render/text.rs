//! The answer for people at a terminal.

use super::articles;
use super::figures::figure;
use super::style::Paint;
use super::{Answer, Decoded};
use crate::case::evidence::ShownOutput;
use crate::case::finding::*;
use crate::engine::rank::Standing;
use crate::facts::view::Knowledge;
use crate::library::Library;
use crate::library::outline::Kind;
use crate::model::signature::{Severity, Status};
use crate::text::untrusted::{Untrusted, shown};
use std::fmt::Write;

/// Findings that are shown in full.
const IN_FULL: usize = 3;
/// Lines of a log that are shown for each finding.
const LINES: usize = 4;

/// The whole answer.
pub fn answer(a: &Answer, library: &Library, paint: Paint) -> String {
    let mut out = String::new();
    let c = &a.conclusion;
    let (serious, harmless): (Vec<&Finding>, Vec<&Finding>) = c.findings.iter().partition(|f| f.severity != Severity::Info);
    for (i, f) in serious.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        if i < IN_FULL { finding(&mut out, f, library, paint) } else { brief(&mut out, f, paint) }
    }
    if !harmless.is_empty() {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", paint.bold("Known and harmless"));
        for f in harmless {
            brief(&mut out, f, paint);
        }
    }
    chains(&mut out, &c.chains, paint);
    outputs(&mut out, &c.outputs, library, paint);
    if !c.contradictions.is_empty() {
        let _ = writeln!(out, "\n{}", paint.bold("Evidence that cannot be true together"));
        for x in &c.contradictions {
            let _ = writeln!(out, "  {}", paint.wrap(&shown(&x.say), 2, 2));
        }
    }
    decoded(&mut out, &a.decoded, paint);
    unexplained(&mut out, a, paint);
    nearest(&mut out, a, paint);
    coverage(&mut out, a, paint);
    out
}

/// What a case comes to in one line.
pub fn standing_of(c: &Conclusion) -> String {
    match c.findings.first() {
        Some(f) if c.established() => format!("Established: {}", f.established().map_or("", |c| &c.title)),
        Some(f) if f.severity != Severity::Info => match f.leading() {
            Some(cause) => format!("Not established. Leading: {}", cause.title),
            None => "Not established.".into(),
        },
        _ => "Nothing is wrong that this library knows.".into(),
    }
}

fn heading(f: &Finding, paint: Paint) -> String {
    let mut head = format!("{}  {}  {}", paint.severity(f.severity), paint.bold(shown(&f.title)), paint.dim(format!("[{}]", f.signature)));
    if f.status == Status::Draft {
        head.push_str("  (draft: not confirmed)");
    }
    if f.standing != FindingStanding::Seen {
        let _ = write!(head, "  {}", f.standing.word());
    }
    head
}

fn seen(f: &Finding) -> String {
    let mut parts = Vec::new();
    let subject = f.subject.to_string();
    if !subject.is_empty() {
        parts.push(shown(&subject));
    }
    match (f.count, &f.first, &f.last) {
        (0, ..) => parts.push("from evidence, no line names it".into()),
        (n, Some(first), Some(last)) => {
            let mut s = if n == 1 { "seen once".to_string() } else { format!("seen {n} times") };
            if first.time.is_known() {
                let _ = write!(s, ", {}", first.time);
                if n > 1 && last.time.to_string() != first.time.to_string() {
                    let _ = write!(s, " to {}", last.time);
                }
            }
            parts.push(s);
        }
        _ => {}
    }
    parts.join("; ")
}

/// One finding in full.
pub fn finding(out: &mut String, f: &Finding, library: &Library, paint: Paint) {
    let _ = writeln!(out, "{}", heading(f, paint));
    let _ = writeln!(out, "  {}", seen(f));
    if let Some(outside) = &f.outside {
        let _ = writeln!(out, "  note: {}", shown(outside));
    }
    for note in &f.notes {
        let _ = writeln!(out, "  note: {}", shown(note));
    }
    for say in &f.says {
        let _ = writeln!(out, "  {}", paint.wrap(&shown(say), 2, 2));
    }
    for line in f.lines.iter().take(LINES) {
        let at = format!("{}", line.origin);
        let _ = writeln!(out, "    {}  {}", paint.dim(shown(&at)), original(&clip(&shown(&line.text), 400)));
    }
    facts(out, &f.facts, library, paint);
    for c in &f.contradictions {
        let _ = writeln!(out, "  {} {}", paint.bold("contradiction:"), paint.wrap(&shown(&c.say), 17, 4));
    }
    causes(out, f, paint);
    if !f.refined.is_empty() {
        let _ = writeln!(out, "  {}", paint.dim(format!("also fits, less particular: {}", f.refined.join(", "))));
    }
    for d in &f.defects {
        let _ = writeln!(out, "  defect of the library: {}", shown(d));
    }
    if let Some(next) = &f.next {
        next_step(out, next, paint);
    }
    articles::plan(out, f, library, paint);
}

fn brief(out: &mut String, f: &Finding, paint: Paint) {
    let _ = writeln!(out, "{}", heading(f, paint));
    let _ = writeln!(out, "  {}", seen(f));
    for say in &f.says {
        let _ = writeln!(out, "  {}", paint.wrap(&shown(say), 2, 2));
    }
    if let Some(line) = f.lines.first() {
        let _ = writeln!(out, "    {}  {}", paint.dim(shown(&line.origin.to_string())), original(&clip(&shown(&line.text), 200)));
    }
    if let Some(article) = &f.article {
        let _ = writeln!(out, "  more: {}", paint.command(format!("faultbook show {article}")));
    }
}

/// Lines that were read as one are shown as they stood, below each other.
fn original(text: &str) -> String {
    text.replace('\n', "\n      | ")
}

fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((i, _)) => format!("{}...", &text[..i]),
        None => text.to_string(),
    }
}

/// The words for a fact: what it is, or its name.
fn label(name: &str, library: &Library) -> String {
    match library.decl(name) {
        Some(d) if !d.say.is_empty() => shown(d.say.split(" (").next().unwrap_or(&d.say)),
        _ => name.to_string(),
    }
}

fn facts(out: &mut String, all: &[ShownFact], library: &Library, paint: Paint) {
    for f in all.iter().take(14) {
        let quality = if f.sample.contradicted { "  (contradicted)" } else { "" };
        let what = if f.sample.label.is_empty() { label(&f.name, library) } else { format!("{}, {}", label(&f.name, library), shown(&f.sample.label)) };
        let _ = writeln!(out, "    {}: {}{quality}", paint.dim(what), shown(&figure(&f.sample.value)));
    }
}

fn causes(out: &mut String, f: &Finding, paint: Paint) {
    if f.causes.is_empty() {
        return;
    }
    let verdict = match f.established() {
        Some(_) => "Cause",
        None => "Causes, none established",
    };
    let _ = writeln!(out, "  {}", paint.bold(verdict));
    for c in &f.causes {
        let word = c.standing.words();
        let strong = matches!(c.standing, Standing::Established | Standing::Leading);
        let shown_title = if strong { paint.bold(shown(&c.title)) } else { shown(&c.title) };
        let _ = writeln!(out, "    {word:<12} {shown_title}");
        for r in &c.reasons {
            let place = r.origins.first().map(|o| format!(" ({})", shown(&o.to_string()))).unwrap_or_default();
            let soft = if r.softened { "; a contradicted figure stands behind it" } else { "" };
            let text = format!("{}: {}{}{}", r.verdict.word(), shown(&r.say), place, soft);
            let _ = writeln!(out, "                 {}", paint.wrap(&text, 17, 17));
        }
    }
}

/// The next step, with its command.
pub fn next_step(out: &mut String, n: &NextStep, paint: Paint) {
    let minutes = if n.minutes == 1 { "1 minute".to_string() } else { format!("{} minutes", n.minutes) };
    let _ = writeln!(out, "  {} {} ({}, {minutes})", paint.bold("Next:"), shown(&n.title), paint.risk(n.risk));
    let _ = writeln!(out, "    {}", paint.wrap(&shown(&n.why), 4, 4));
    let place = n.place.as_ref().map(|p| format!("  [{}]", shown(p))).unwrap_or_default();
    if let Some(run) = &n.run {
        for line in run.lines() {
            let _ = writeln!(out, "    $ {}{}", paint.command(shown(line)), paint.dim(&place));
        }
    }
    if let Some(ask) = &n.ask {
        let _ = writeln!(out, "    {}{}", paint.wrap(&shown(ask), 4, 4), paint.dim(&place));
    }
    if let Some(file) = &n.file {
        let _ = writeln!(out, "    from {}, which is not part of the shipped library", shown(file));
    }
}

fn chains(out: &mut String, all: &[Chain], paint: Paint) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", paint.bold("In order of cause and consequence"));
    for chain in all {
        for (i, link) in chain.links.iter().enumerate() {
            let time = link.line.as_ref().filter(|l| l.time.is_known()).map(|l| format!("  {}", l.time)).unwrap_or_default();
            let lag = link.lag.map(|n| format!("  after {}", crate::text::clock::show_duration(n))).unwrap_or_default();
            let arrow = if i == 0 { "  " } else { "->" };
            let _ = writeln!(out, "  {arrow} {}{}{}", shown(&link.title), paint.dim(time), paint.dim(lag));
        }
    }
}

fn outputs(out: &mut String, all: &[ShownOutput], library: &Library, paint: Paint) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", paint.bold("Evidence that was recognised"));
    let mut last = String::new();
    for o in all.iter().take(60) {
        if o.step != last {
            let _ = writeln!(out, "  {}  {}", shown(&o.title), paint.dim(format!("{} ({})", o.step, shown(&o.origin.to_string()))));
            last.clone_from(&o.step);
        }
        let keys: Vec<String> = o.subject.keys().iter().map(|k| shown(&k.value.to_string())).collect();
        let own: Vec<&ShownFact> = o.facts.iter().filter(|f| !o.subject.keys().iter().any(|k| *k.name == *f.name)).collect();
        if keys.is_empty() {
            for f in own {
                let quality = if f.sample.contradicted { "  (contradicted)" } else { "" };
                let _ = writeln!(out, "    {}: {}{quality}", paint.dim(label(&f.name, library)), shown(&figure(&f.sample.value)));
            }
        } else if !own.is_empty() {
            let list: Vec<String> = own
                .iter()
                .map(|f| format!("{} {}{}", label(&f.name, library), figure(&f.sample.value), if f.sample.contradicted { " (contradicted)" } else { "" }))
                .collect();
            let text = format!("{}: {}", paint.bold(keys.join(" ")), shown(&list.join("; ")));
            let _ = writeln!(out, "    {}", paint.wrap(&text, 4, 6));
        }
        for say in &o.say {
            let _ = writeln!(out, "    {} {}", paint.bold("contradiction:"), paint.wrap(&shown(say), 19, 6));
        }
    }
    if all.len() > 60 {
        let _ = writeln!(out, "  and {} more (--format json has all)", all.len() - 60);
    }
}

/// Silences that are shown.
const MOST_GAPS: usize = 5;

/// Codes and their meanings.
pub fn decoded(out: &mut String, all: &[Decoded], paint: Paint) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", paint.bold("Codes"));
    for d in all.iter().take(24) {
        let _ = writeln!(out, "  {}  {}  {}", paint.bold(shown(&d.code)), paint.wrap(&shown(&d.meaning), 4 + d.code.len(), 6), paint.dim(shown(&d.kind)));
        for (name, value) in &d.parts {
            let name = shown(&name.replace('_', " "));
            let _ = writeln!(out, "      {name}: {}", paint.wrap(&shown(value), 8 + name.len(), 8));
        }
        for note in &d.notes {
            let _ = writeln!(out, "      {} {}", paint.bold("note:"), paint.wrap(&shown(note), 12, 8));
        }
    }
    if all.len() > 24 {
        let _ = writeln!(out, "  and {} more (--format json has all)", all.len() - 24);
    }
}

fn unexplained(out: &mut String, a: &Answer, paint: Paint) {
    if a.unexplained.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", paint.bold("Errors and warnings that no signature knows"));
    for u in a.unexplained.iter().take(10) {
        let _ = writeln!(out, "  {:>5}x {:<8} {}  {}", u.count, u.level, clip(&shown(&u.template), 160), paint.dim(shown(&u.first.to_string())));
    }
    if a.unexplained.len() > 10 {
        let _ = writeln!(out, "  and {} more kinds", a.unexplained.len() - 10);
    }
}

fn nearest(out: &mut String, a: &Answer, paint: Paint) {
    let found: Vec<_> = a.articles.iter().filter(|r| r.matched_by == "search").collect();
    if !a.conclusion.findings.is_empty() {
        return;
    }
    let read = if a.conclusion.outputs.is_empty() { "No signature knows this." } else { "No signature fires on this." };
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{read}");
    if found.is_empty() {
        let _ = writeln!(out, "No article is near to it either. `faultbook list` shows what the library has.");
        return;
    }
    let _ = writeln!(out, "Nearest articles, a guess by their words:");
    for r in found.iter().take(5) {
        let _ = writeln!(out, "  {}  {}", paint.command(format!("faultbook show {}", r.id)), shown(&r.title));
    }
}

fn coverage(out: &mut String, a: &Answer, paint: Paint) {
    let mut lines = Vec::new();
    for (origin, kind) in &a.coverage.bundles {
        lines.push(format!("{origin}: {kind}"));
    }
    if a.coverage.spans.len() > 1 || !a.coverage.bundles.is_empty() {
        lines.push(format!("looked at: {} texts, {} lines, {} bytes", a.coverage.spans.len(), a.coverage.lines(), a.coverage.bytes()));
    }
    // The longest silences say where somebody should look.
    let mut gaps: Vec<_> = a.coverage.spans.iter().flat_map(|s| s.gaps.iter().map(move |(from, to)| (to.since(from).unwrap_or(0), s, from, to))).collect();
    gaps.sort_by_key(|(length, ..)| std::cmp::Reverse(*length));
    for (_, span, from, to) in gaps.iter().take(MOST_GAPS) {
        lines.push(format!("silent: {} from {from} to {to}", span.stream));
    }
    if gaps.len() > MOST_GAPS {
        lines.push(format!("and {} more silences", gaps.len() - MOST_GAPS));
    }
    if !a.repairs.is_empty() {
        let list: Vec<String> = a.repairs.iter().map(|(n, c)| format!("{n} ({c})")).collect();
        lines.push(format!("repaired before it matched: {}", list.join(", ")));
    }
    for (limit, origin) in &a.limits {
        lines.push(format!("limit met: {limit} in {origin}"));
    }
    for u in a.unreadable.iter().take(5) {
        lines.push(format!("not read: {u}"));
    }
    for (origin, reason) in a.coverage.skipped.iter().take(12) {
        lines.push(format!("not looked at, or only in part: {origin}: {reason}"));
    }
    if a.coverage.skipped.len() > 12 {
        lines.push(format!("and {} more that were not looked at", a.coverage.skipped.len() - 12 + a.coverage.unnamed));
    }
    if !lines.is_empty() {
        out.push('\n');
        for l in lines {
            let _ = writeln!(out, "{}", paint.dim(Untrusted(&l)));
        }
    }
}

/// One line for `list`.
pub fn listed(kind: Kind, id: &str, title: &str, file: &str, shipped: bool, paint: Paint) -> String {
    let from = if shipped { String::new() } else { format!("  {}", shown(file)) };
    format!("{:<10} {}  {}{}", kind.word(), paint.bold(shown(id)), shown(title), paint.dim(from))
}
