//! A case as Markdown, for a ticket: what is wrong, why, on which evidence and where it stood, what to do, and what was
//! not looked at. Nothing from outside becomes markup, and nothing is redacted: the report says so.

use super::Answer;
use super::figures::figure;
use crate::case::finding::*;
use crate::case::journal::{Entry, grouped};
use crate::case::settle::{Look, Settler};
use crate::facts::view::Knowledge;
use crate::library::Library;
use crate::library::outline::Kind;
use crate::model::signature::Severity;
use crate::text::untrusted::shown;
use std::fmt::Write;

/// What a report is made of.
pub struct Report<'a> {
    pub answer: &'a Answer,
    pub entries: &'a [Entry],
    pub library: &'a Library,
    /// What would settle each finding, in the order of findings.
    pub settlers: &'a [Vec<Settler>],
}

/// The whole report.
pub fn report(r: &Report<'_>) -> String {
    let mut out = String::new();
    let c = &r.answer.conclusion;
    let _ = writeln!(out, "# Diagnosis by faultbook\n");
    let _ = writeln!(
        out,
        "**This report is not redacted.** It holds log lines, host names, addresses and whatever else was pasted, as they came. Look through it before you pass it on.\n"
    );
    let _ = writeln!(out, "**{}**\n", md(&super::text::standing_of(c)));
    let _ = writeln!(out, "Library {:016x}, program {}.\n", r.library.fingerprint(), env!("CARGO_PKG_VERSION"));
    let (serious, harmless): (Vec<(usize, &Finding)>, Vec<(usize, &Finding)>) =
        c.findings.iter().enumerate().partition(|(_, f)| f.severity != Severity::Info || !f.causes.is_empty());
    if serious.is_empty() {
        let _ = writeln!(out, "## Findings\n\nNone that the library knows.\n");
    }
    for (i, f) in serious {
        finding(&mut out, f, r.settlers.get(i).map(Vec::as_slice).unwrap_or_default(), c, r.library);
    }
    if !harmless.is_empty() {
        let _ = writeln!(out, "## Known and harmless\n");
        for (_, f) in harmless {
            let _ = writeln!(out, "- {} (`{}`), {} times", md(&f.title), f.signature, f.count);
        }
        out.push('\n');
    }
    if !c.chains.is_empty() {
        let _ = writeln!(out, "## In order of cause and consequence\n");
        for chain in &c.chains {
            for (n, link) in chain.links.iter().enumerate() {
                let time = link.line.as_ref().filter(|l| l.time.is_known()).map(|l| format!(", {}", l.time)).unwrap_or_default();
                let lag = link.lag.map(|l| format!(", after {}", crate::text::clock::show_duration(l))).unwrap_or_default();
                let _ = writeln!(out, "{}. {}{}{}", n + 1, md(&link.title), md(&time), md(&lag));
            }
            out.push('\n');
        }
    }
    evidence(&mut out, c, r.library);
    notes(&mut out, r.entries);
    not_looked_at(&mut out, r);
    out
}

fn finding(out: &mut String, f: &Finding, settlers: &[Settler], c: &Conclusion, library: &Library) {
    let _ = writeln!(out, "## {}\n", md(&f.title));
    let subject = f.subject.to_string();
    let about = if subject.is_empty() { String::new() } else { format!(", about {}", md(&subject)) };
    let times = if f.count == 0 { "from evidence".to_string() } else { format!("seen {} times", grouped(f.count)) };
    let _ = writeln!(out, "Severity {}, {}{about}; {times}; signature `{}`.\n", f.severity.word(), f.standing.word(), f.signature);
    for say in &f.says {
        let _ = writeln!(out, "{}\n", md(say));
    }
    if !f.lines.is_empty() {
        let lines: Vec<String> = f.lines.iter().map(|l| format!("{}  {}", l.origin, l.text)).collect();
        fenced(out, &lines.join("\n"));
    }
    for contradiction in &f.contradictions {
        let _ = writeln!(out, "Contradiction: {}\n", md(&contradiction.say));
    }
    if !f.causes.is_empty() {
        let _ = writeln!(out, "### Causes\n\n| cause | stands | because |\n| --- | --- | --- |");
        for cause in &f.causes {
            let reasons: Vec<String> = cause.reasons.iter().map(reason).collect();
            let because = if reasons.is_empty() { "nothing has spoken for or against it".to_string() } else { reasons.join("; ") };
            let _ = writeln!(out, "| {} (`{}`) | {} | {} |", cell(&cause.title), cause.id, cause.standing.words(), cell(&because));
        }
        out.push('\n');
    }
    if f.established().is_none() && f.standing != FindingStanding::Refuted && !f.causes.is_empty() {
        let _ = writeln!(out, "### What would settle it\n");
        for s in settlers {
            let state = match &s.look {
                Look::Open => "not looked at yet".to_string(),
                Look::Declined(why) => why.clone(),
                Look::Lacks(facts) => format!("read; missing: {}", facts.join(", ")),
            };
            let _ = writeln!(out, "- {} (`{}`, {}): would establish {}", md(&s.title), s.step, md(&state), md(&s.confirms.join("; or ")));
        }
        if settlers.is_empty() {
            let _ = writeln!(out, "Nothing that this library knows to look at can prove any of these causes.");
        }
        out.push('\n');
    }
    plans(out, f, c, library);
}

fn reason(r: &Reason) -> String {
    let place = r.origins.first().map(|o| format!(" ({o})")).unwrap_or_default();
    format!("{}: {}{place}", r.verdict.word(), r.say)
}

fn plans(out: &mut String, f: &Finding, c: &Conclusion, library: &Library) {
    let Some((own, article, cause)) = super::verdict::fitting(f, c, library) else { return };
    let _ = writeln!(out, "### Action plan\n");
    let particular = cause.filter(|c| c != "any").and_then(|c| article.plan(&c));
    for p in [article.plan("any"), particular].into_iter().flatten() {
        let _ = writeln!(out, "{}:\n", md(&p.title));
        for (i, a) in super::articles::fitting(p, own).into_iter().enumerate() {
            let label = if a.destroys_evidence { format!("{}, destroys-evidence", a.risk.word()) } else { a.risk.word().to_string() };
            let when = a.when.as_ref().map(|w| format!("when `{}`: ", w.value)).unwrap_or_default();
            // An article's own text is Markdown already.
            let _ = writeln!(out, "{}. \\[{label}\\] {when}{}", i + 1, shown(&a.text.replace('\n', " ")));
        }
        out.push('\n');
    }
    if let Some(verify) = article.part("Verify") {
        let _ = writeln!(out, "### Verify\n\n{}\n", shown(verify));
    }
    let _ = writeln!(out, "Article `{}`: {} ({}).\n", article.front.id.value, md(&article.front.title), article.front.confidence.words());
}

fn evidence(out: &mut String, c: &Conclusion, library: &Library) {
    if c.outputs.is_empty() {
        return;
    }
    let _ = writeln!(out, "## Evidence\n\n| what | value | where |\n| --- | --- | --- |");
    for o in &c.outputs {
        for f in &o.facts {
            let about = f.sample.subject.to_string();
            let about = if about.is_empty() { String::new() } else { format!(" ({about})") };
            let say = library.decl(&f.name).map(|d| d.say.clone()).filter(|s| !s.is_empty()).unwrap_or_else(|| f.name.clone());
            let quality = if f.sample.contradicted { ", contradicted" } else { "" };
            let _ =
                writeln!(out, "| {} | {}{quality} | {} |", cell(&format!("{say}{about}")), cell(&figure(&f.sample.value)), cell(&f.sample.origin.to_string()));
        }
    }
    out.push('\n');
}

fn notes(out: &mut String, entries: &[Entry]) {
    let all: Vec<&String> = entries.iter().filter_map(|e| if let Entry::Note { text } = e { Some(text) } else { None }).collect();
    if all.is_empty() {
        return;
    }
    let _ = writeln!(out, "## Notes\n");
    for n in all {
        let _ = writeln!(out, "- {}", md(n).replace('\n', "\n  "));
    }
    out.push('\n');
}

fn not_looked_at(out: &mut String, r: &Report<'_>) {
    let a = r.answer;
    let _ = writeln!(out, "## What was and was not looked at\n");
    let _ = writeln!(out, "{} lines, {} bytes:\n", grouped(a.coverage.lines()), grouped(a.coverage.bytes()));
    for e in r.entries.iter().filter(|e| !matches!(e, Entry::Note { .. })) {
        let _ = writeln!(out, "- {}", md(&e.words()));
    }
    for (origin, reason) in &a.coverage.skipped {
        let _ = writeln!(out, "- not looked at, or only in part: {}: {}", md(origin), md(reason));
    }
    if a.coverage.unnamed > 0 {
        let _ = writeln!(out, "- and {} more that were not looked at", a.coverage.unnamed);
    }
    for (limit, origin) in &a.limits {
        let _ = writeln!(out, "- limit met: {} in {}", md(limit), md(origin));
    }
    for u in &a.unreadable {
        let _ = writeln!(out, "- not read: {}", md(u));
    }
    let open: Vec<String> =
        a.conclusion.findings.iter().flat_map(|f| &f.open).map(|n| format!("{} (`{}`)", md(&n.title), n.id)).fold(Vec::new(), |mut all, n| {
            if !all.contains(&n) {
                all.push(n);
            }
            all
        });
    for n in open {
        let _ = writeln!(out, "- still open: {n}");
    }
    for u in a.unexplained.iter().take(10) {
        let _ = writeln!(out, "- {} times, and no signature knows it: {} ({})", u.count, md(&u.template), md(&u.first.to_string()));
    }
    let known = r.library.of_kind(Kind::Signature).len();
    let _ = writeln!(out, "\nThe library knows {known} problems. What it does not know it cannot find.");
}

/// A fenced block whose fence is longer than any run of backticks inside.
fn fenced(out: &mut String, text: &str) {
    let text = shown(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(out, "{fence}text\n{}\n{fence}\n", text.trim_end());
}

/// Text from outside on a line of Markdown: every character that could mean something is escaped.
fn md(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in shown(text).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}

/// The same inside a table.
fn cell(text: &str) -> String {
    md(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup() {
        assert_eq!(md("<img src=x> [a](b) `c` *d* | e & \u{1b}[31m"), "\\<img src=x\\> \\[a\\](b) \\`c\\` \\*d\\* \\| e &amp; \\\\x1b\\[31m");
        let mut out = String::new();
        fenced(&mut out, "a ``` b ```` c");
        assert!(out.starts_with("`````text\n") && out.trim_end().ends_with("\n`````"), "{out}");
    }
}
