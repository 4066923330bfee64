//! What a session says back, as text: after every entry, and when it is asked. It reads the session and changes
//! nothing.

use super::commands::FORMS;
use super::session::{Asked, Session};
use crate::case::finding::{Finding, FindingStanding};
use crate::case::summary::Summary;
use crate::case::why_not::Said;
use crate::engine::decode;
use crate::library::outline::Kind;
use crate::model::signature::Severity;
use crate::problem::did_you_mean;
use crate::render::report::{Report, report};
use crate::render::script::{Script, script};
use crate::render::style::Paint;
use crate::render::{reasons, session as draw, text, verdict};
use crate::text::untrusted::{cut_at, shown};
use std::fmt::Write;

/// Nearest articles that are named when nothing was recognised.
const NEAREST: usize = 3;
/// Lines of a text that an answer to `search` is made of.
const QUERY: usize = 4_096;

/// What one entry changed, and how the case stands now.
pub fn after(s: &Session<'_>, before: &Summary, paint: Paint) -> String {
    let mut out = String::new();
    let changes = before.changes_to(&s.summary);
    draw::changes(&mut out, &changes, &s.answer.conclusion, s.library, paint);
    if !changes.is_empty() {
        draw::standing(&mut out, &s.answer.conclusion, paint);
    }
    out
}

/// Nothing was recognised: codes in it, and what its words are nearest to.
pub fn unknown(s: &Session<'_>, pasted: &str, paint: Paint) -> String {
    let mut out = String::new();
    let pasted = text_of(pasted);
    let codes: Vec<_> = decode::line(s.library, pasted).into_iter().map(|c| crate::cli::investigate::shown_code(c, None)).collect();
    let near = crate::cli::show::nearest(s.library, pasted, NEAREST);
    let _ = writeln!(out, "Nothing in this is known to the library.");
    text::decoded(&mut out, &codes, paint);
    if !near.is_empty() {
        let _ = writeln!(out, "Nearest articles, a guess by their words:");
        for r in near {
            let _ = writeln!(out, "  {}  {}", paint.command(format!("show {}", r.id)), shown(&r.title));
        }
    }
    if let Some(asked) = s.asked()
        && !asked.needs_consent
    {
        let text = format!("If it is what `{}` printed, and there was nothing to see, say `nothing`.", asked.step.id);
        let _ = writeln!(out, "{}", paint.wrap(&text, 0, 2));
    }
    out
}

fn text_of(pasted: &str) -> &str {
    &pasted[..cut_at(pasted, QUERY)]
}

/// The step at hand, or that there is none.
pub fn next(s: &Session<'_>, paint: Paint) -> String {
    let mut out = String::new();
    match s.asked() {
        Some(Asked { step, needs_consent: true, .. }) => draw::consent(&mut out, step, paint),
        Some(Asked { step, place, .. }) => draw::next(&mut out, step, place, s.library, paint),
        None if s.answer.conclusion.findings.is_empty() => {
            let _ = writeln!(out, "Nothing is known yet. Paste a log, an error, or the output of a command.");
        }
        None if !s.open().is_empty() => {
            let say = "No answer is likely to change this any more. `steps` lists what could still be looked at, `plan` shows what to do, \
                       `report` writes it down, `quit` leaves.";
            let _ = writeln!(out, "{}", paint.wrap(say, 0, 2));
        }
        None => {
            let _ = writeln!(out, "{}", paint.wrap("Nothing is left to ask. `plan` shows what to do, `report` writes it down, `quit` leaves.", 0, 2));
        }
    }
    out
}

/// The end of the walk for findings that came to one since `before`: what is established with its plan, or that nothing
/// more is worth asking.
pub fn ends(s: &Session<'_>, ended: &mut Vec<(String, String)>, paint: Paint) -> String {
    let mut out = String::new();
    let c = &s.answer.conclusion;
    let all: Vec<&Finding> = s.walked().collect();
    ended.retain(|(signature, how)| all.iter().any(|f| f.signature == *signature && state(f) == *how));
    for f in all {
        let how = state(f);
        if how.is_empty() || ended.iter().any(|e| e.0 == f.signature && e.1 == how) {
            continue;
        }
        // A finding that only follows from another one needs no page of its own.
        let follows = c.chains.iter().any(|chain| chain.links.iter().skip(1).any(|l| l.signature == f.signature));
        ended.push((f.signature.clone(), how));
        match f.established() {
            Some(_) if !follows || out.is_empty() => verdict::established(&mut out, f, c, s.library, paint),
            Some(_) => {}
            None if f.causes.is_empty() || follows => {}
            None => verdict::not_established(&mut out, f, &s.case().settlers(f), c, s.library, paint),
        }
    }
    out
}

/// In which way the walk of a finding ended; empty while it goes on.
fn state(f: &Finding) -> String {
    match f.established() {
        Some(cause) => cause.id.clone(),
        None if f.next.is_none() && !f.causes.is_empty() => "nothing left worth asking".to_string(),
        None => String::new(),
    }
}

/// How the case ends when somebody leaves.
pub fn farewell(s: &Session<'_>, paint: Paint) -> String {
    let mut out = String::new();
    let Some(first) = s.walked().find(|f| f.severity != Severity::Info).or_else(|| s.walked().next()) else { return out };
    draw::standing(&mut out, &s.answer.conclusion, paint);
    if first.established().is_none() && !first.causes.is_empty() {
        verdict::settled_by(&mut out, first, &s.case().settlers(first), paint);
    }
    out
}

/// What to do, as far as it is known.
pub fn plan(s: &Session<'_>, paint: Paint) -> String {
    let mut out = String::new();
    let c = &s.answer.conclusion;
    match s.walked().next().or_else(|| c.findings.iter().find(|f| f.standing != FindingStanding::Refuted)) {
        Some(f) if f.established().is_some() => verdict::established(&mut out, f, c, s.library, paint),
        Some(f) => verdict::not_established(&mut out, f, &s.case().settlers(f), c, s.library, paint),
        None => {
            let _ = writeln!(out, "There is nothing to plan for yet.");
        }
    }
    out
}

/// `why`: all findings that matter, or the one of an id.
pub fn why(s: &Session<'_>, id: Option<&str>, paint: Paint) -> String {
    let mut out = String::new();
    let c = &s.answer.conclusion;
    match id {
        None => {
            let first = s.walked().next();
            first.iter().for_each(|f| reasons::why(&mut out, f, paint));
            let more: Vec<&str> = c.findings.iter().filter(|f| first.is_none_or(|o| o.signature != f.signature)).map(|f| f.signature.as_str()).collect();
            if out.is_empty() {
                let _ = writeln!(out, "There is no finding yet.");
            } else if !more.is_empty() {
                let _ = writeln!(out, "{}", paint.dim(paint.wrap(&format!("also there: {} (`why ID`)", more.join(", ")), 0, 2)));
            }
        }
        Some(id) => {
            let found: Vec<&Finding> = c.findings.iter().filter(|f| f.signature == id || f.causes.iter().any(|c| c.id == id)).collect();
            found.iter().for_each(|f| reasons::why(&mut out, f, paint));
            if found.is_empty() {
                let _ = writeln!(out, "{}", none_such(s, id, "in this case", c.findings.iter().map(|f| f.signature.as_str())));
            }
        }
    }
    out
}

/// `why not`: what a signature, a cause or a step lacks.
pub fn why_not(s: &Session<'_>, id: &str, paint: Paint) -> String {
    let mut out = String::new();
    let c = &s.answer.conclusion;
    let say = |out: &mut String, head: &str, all: Vec<Said>| {
        let _ = writeln!(out, "{}", paint.wrap(head, 0, 2));
        reasons::said(out, &all, paint);
    };
    for f in c.findings.iter().filter(|f| f.causes.iter().any(|c| c.id == id)) {
        say(&mut out, &format!("{} {}", paint.bold(id), paint.dim(format!("of {}", f.signature))), s.case().why_not_cause(&f.signature, id, c));
    }
    for (kind, what) in [(Kind::Signature, "signature"), (Kind::Step, "step")] {
        let Some(entry) = s.library.entry(kind, id) else { continue };
        let head = format!("{} {}: {}", what, paint.bold(id), shown(entry.outline.title));
        let said = match kind {
            Kind::Signature => s.case().why_no_finding(id, c, &s.texts()),
            _ => s.case().why_no_step(id, c),
        };
        say(&mut out, &head, said);
    }
    if out.is_empty() {
        let ids = s.library.entries().iter().map(|e| e.outline.id).chain(c.findings.iter().flat_map(|f| f.causes.iter().map(|c| c.id.as_str())));
        let _ = writeln!(out, "{}", none_such(s, id, "in the library", ids));
    }
    out
}

fn none_such<'n>(_: &Session<'_>, id: &str, place: &str, names: impl Iterator<Item = &'n str>) -> String {
    let hint = did_you_mean(id, names);
    format!("There is no `{}` {place}{}{hint}", shown(id), if hint.is_empty() { "." } else { "; " })
}

/// All open steps.
pub fn steps(s: &Session<'_>, paint: Paint) -> String {
    let mut out = String::new();
    let open = s.open();
    draw::steps(&mut out, &open, paint);
    if open.is_empty() {
        let _ = writeln!(out, "No step is open.");
    }
    for (id, why) in &s.case().declined {
        let title = s.library.step(id).map_or(id.clone(), |s| s.title.clone());
        let _ = writeln!(out, "  -  {}", paint.dim(paint.wrap(&format!("{}  [{id}]  {}", shown(&title), shown(why)), 5, 5)));
    }
    out
}

/// Causes of all findings.
pub fn causes(s: &Session<'_>, paint: Paint) -> String {
    let mut out = String::new();
    draw::causes(&mut out, &s.answer.conclusion, paint);
    or(out, "There is no finding yet.")
}

/// Everything that was read.
pub fn facts(s: &Session<'_>, paint: Paint) -> String {
    let mut out = String::new();
    reasons::facts(&mut out, &s.case().store, s.library, paint);
    or(out, "No fact was read yet.")
}

/// What happened, in order.
pub fn timeline(s: &Session<'_>, paint: Paint) -> String {
    let mut out = String::new();
    reasons::timeline(&mut out, &s.answer.conclusion, paint);
    out
}

fn or(out: String, otherwise: &str) -> String {
    if out.is_empty() { format!("{otherwise}\n") } else { out }
}

/// The script of all open steps that only read.
pub fn collect(s: &Session<'_>) -> Script {
    script(&s.open())
}

/// The case as Markdown.
pub fn markdown(s: &Session<'_>) -> String {
    let settlers: Vec<_> = s.answer.conclusion.findings.iter().map(|f| s.case().settlers(f)).collect();
    report(&Report { answer: &s.answer, entries: &s.journal.entries, library: s.library, settlers: &settlers })
}

/// All commands on one screen.
pub fn help(paint: Paint) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "Paste or type anything at any time: a log, an error, what a command printed.");
    let _ = writeln!(out, "Answer by number or words. Ctrl-C keeps the case, Ctrl-D leaves.");
    let short = |f: &super::commands::Form| format!("{} {}", f.name, f.words).trim().to_string();
    let rows: Vec<(String, &str)> = FORMS.iter().filter(|f| f.name != "help").map(|f| (short(f), f.does)).collect();
    // Two words that belong together stand on one line, so that a screen of 24 lines holds all.
    let mut skip = false;
    for (i, (name, does)) in rows.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        let mut line = format!("  {}{}{does}", paint.bold(name), " ".repeat(18usize.saturating_sub(name.len())));
        if let Some((other, also)) = rows.get(i + 1)
            && does.len() < 20
            && other.len() + also.len() < 36
            && also.len() < 32
        {
            line = format!("  {}{}{does:<20}{}  {also}", paint.bold(name), " ".repeat(18usize.saturating_sub(name.len())), paint.bold(other));
            skip = true;
        }
        let _ = writeln!(out, "{line}");
    }
    out
}
