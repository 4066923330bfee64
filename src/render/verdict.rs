//! The end of a walk: what is established, or what would settle it; then the plan of the article, first what is lost
//! when somebody acts, then the actions with their labels, and how to verify that they worked.

use super::articles;
use super::style::Paint;
use crate::case::finding::*;
use crate::case::settle::{Look, Settler};
use crate::engine::rank::Standing;
use crate::library::Library;
use crate::model::article::{Article, Plan};
use crate::text::untrusted::shown;
use std::fmt::Write;

/// All actions are shown: this is the page that somebody works from.
const ALL: usize = usize::MAX;

/// A cause is established: the cause, why, and what to do.
pub fn established(out: &mut String, f: &Finding, c: &Conclusion, library: &Library, paint: Paint) {
    let Some(cause) = f.established() else { return };
    let head = format!("{}  {}", paint.bold("ESTABLISHED"), paint.bold(shown(&cause.title)));
    let _ = writeln!(out, "{}", paint.wrap(&head, 0, 2));
    let _ = writeln!(out, "  {}", paint.wrap(&format!("of: {}  {}", shown(&f.title), paint.dim(format!("[{}]", f.signature))), 2, 6));
    for r in &cause.reasons {
        let place = r.origins.first().map(|o| format!(" ({})", shown(&o.to_string()))).unwrap_or_default();
        let _ = writeln!(out, "  {}", paint.wrap(&format!("{}: {}{place}", r.verdict.word(), shown(&r.say)), 2, 6));
    }
    plan(out, f, c, library, paint);
}

/// No cause is established: how they stand, and what would settle it.
pub fn not_established(out: &mut String, f: &Finding, settlers: &[Settler], c: &Conclusion, library: &Library, paint: Paint) {
    let head = format!("{}  {}  {}", paint.bold("NOT ESTABLISHED"), paint.bold(shown(&f.title)), paint.dim(format!("[{}]", f.signature)));
    let _ = writeln!(out, "{}", paint.wrap(&head, 0, 2));
    for cause in &f.causes {
        let title = if cause.standing == Standing::Leading { paint.bold(shown(&cause.title)) } else { shown(&cause.title) };
        let _ = writeln!(out, "  {:<12} {}", cause.standing.words(), paint.wrap(&title, 15, 15));
    }
    settled_by(out, f, settlers, paint);
    plan(out, f, c, library, paint);
}

/// What would settle a finding.
pub fn settled_by(out: &mut String, f: &Finding, settlers: &[Settler], paint: Paint) {
    let _ = writeln!(out, "{}", paint.bold("What would settle it"));
    for s in settlers {
        let state = match &s.look {
            Look::Open => "not looked at yet".to_string(),
            Look::Declined(why) => why.clone(),
            Look::Lacks(facts) if facts.is_empty() => "it was read and does not tell".to_string(),
            Look::Lacks(facts) => format!("it was read; what is missing: {}", facts.join(", ")),
        };
        let text =
            format!("{} {}: would establish {}", shown(&s.title), paint.dim(format!("[{}, {}]", s.step, shown(&state))), shown(&s.confirms.join("; or ")));
        let _ = writeln!(out, "  - {}", paint.wrap(&text, 4, 4));
    }
    if settlers.is_empty() {
        let say = match f.causes.is_empty() {
            true => "The library names no causes for it: the article below is what is known.",
            false => {
                "Nothing that this library knows to look at can prove any of these causes. That is an honest end: keep the evidence, \
                 act on what is likely and harmless, and look again when it happens again."
            }
        };
        let _ = writeln!(out, "  {}", paint.wrap(say, 2, 2));
    }
    // What was declined and moves causes without proving one still tells more.
    let more: Vec<&NextStep> = f.open.iter().filter(|n| !settlers.iter().any(|s| s.step == n.id)).collect();
    if !more.is_empty() {
        let names: Vec<String> = more.iter().map(|n| format!("{} [{}]", n.title, n.id)).collect();
        let _ = writeln!(out, "  {}", paint.wrap(&format!("Still open, would tell more: {}.", shown(&names.join("; "))), 2, 4));
    }
}

/// The plans that fit: what is lost when somebody acts, what to do first, and for the cause.
pub fn plan(out: &mut String, f: &Finding, c: &Conclusion, library: &Library, paint: Paint) {
    let lost: Vec<&NextStep> = f.open.iter().filter(|n| n.perishable).collect();
    if !lost.is_empty() {
        let _ = writeln!(out, "{}", paint.bold("Before anything is restarted: this is lost with it"));
        for n in lost {
            let _ = writeln!(out, "  - {}", paint.wrap(&format!("{}  {}", shown(&n.title), paint.dim(format!("[{}]", n.id))), 4, 4));
            for l in n.run.iter().flat_map(|r| r.lines()) {
                let _ = writeln!(out, "      {}", paint.command(shown(l)));
            }
        }
    }
    let (own, article, cause) = match fitting(f, c, library) {
        Some(found) => found,
        None => {
            let _ = writeln!(out, "The library has no article on it.");
            return;
        }
    };
    let first = article.plan("any");
    let particular = cause.as_deref().filter(|c| *c != "any").and_then(|c| article.plan(c));
    for (p, whose) in [(first, "In any case"), (particular, "For this cause")] {
        if let Some(p) = p {
            section(out, p, whose, own, paint);
        }
    }
    if let Some(verify) = article.part("Verify") {
        let _ = writeln!(out, "{}", paint.bold("Verify"));
        for paragraph in verify.lines().filter(|l| !l.trim().is_empty()) {
            let _ = writeln!(out, "  {}", paint.wrap(&shown(paragraph), 2, 4));
        }
    }
    let id = article.front.id.value.as_str();
    let more = format!("More: {}  ({}; {})", paint.command(format!("show {id}")), shown(&article.front.title), article.front.confidence.words());
    let _ = writeln!(out, "{}", paint.wrap(&more, 0, 2));
    if let Some(file) = &own.file {
        let _ = writeln!(out, "From {}, which is not part of the shipped library.", shown(file));
    }
}

fn section(out: &mut String, p: &Plan, whose: &str, f: &Finding, paint: Paint) {
    let title = if p.title.eq_ignore_ascii_case("first") { String::new() } else { format!(": {}", shown(&p.title)) };
    let _ = writeln!(out, "{}{title}", paint.bold(whose));
    if !p.prose.trim().is_empty() {
        let _ = writeln!(out, "  {}", paint.wrap(&shown(p.prose.trim()), 2, 2));
    }
    articles::actions(out, p, f, paint, ALL);
}

/// The article, the finding it belongs to, and the cause whose plan fits. A cause that is another problem brings the
/// plan of that problem.
pub fn fitting<'a>(f: &'a Finding, c: &'a Conclusion, library: &'a Library) -> Option<(&'a Finding, &'a Article, Option<String>)> {
    let own = f.article.as_ref().and_then(|id| library.article(id));
    let cause = f.established();
    if let (Some(article), Some(cause)) = (own, cause)
        && article.plan(&cause.id).is_some()
    {
        return Some((f, article, Some(cause.id.clone())));
    }
    if let Some(other) = cause.and_then(|c| c.is.as_ref()).and_then(|is| c.findings.iter().find(|g| g.signature == *is && g.signature != f.signature))
        && let Some(article) = other.article.as_ref().and_then(|id| library.article(id))
    {
        return Some((other, article, other.established().map(|c| c.id.clone())));
    }
    own.map(|article| (f, article, cause.map(|c| c.id.clone())))
}
