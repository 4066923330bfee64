//! What a session shows: what an answer changed and why, the next step with its command, and how the case stands. Short
//! on purpose: a small terminal at three in the morning holds a screen of it.

use super::style::Paint;
use crate::case::finding::*;
use crate::case::summary::{Change, Summary};
use crate::engine::rank::Standing;
use crate::library::Library;
use crate::library::types::Parse;
use crate::model::signature::Severity;
use crate::model::step::Risk;
use crate::text::untrusted::shown;
use std::fmt::Write;

/// New findings that are shown with their line; the rest is counted.
const OPENED: usize = 5;
/// Causes that are told of for one answer.
const MOVED: usize = 8;
/// Reasons that are told of for one cause.
const REASONS: usize = 2;
/// Columns of a word such as a severity or a standing.
const WORD: usize = 12;

/// What an answer changed.
pub fn changes(out: &mut String, all: &[Change], c: &Conclusion, library: &Library, paint: Paint) {
    read(out, all, library, paint);
    opened(out, all, c, paint);
    let mut moved = 0;
    for change in all {
        match change {
            Change::Again { title, by, .. } => line(out, "again", &format!("{}: {by} more {}", shown(title), if *by == 1 { "line" } else { "lines" }), paint),
            Change::Gone { title, .. } => line(out, "gone", &shown(title), paint),
            Change::Stands { title, to, because, .. } => {
                line(out, to.word(), &shown(title), paint);
                because.iter().take(REASONS).for_each(|say| under(out, &shown(say), paint));
            }
            Change::Moved { title, from, to, because, withdrawn, .. } => {
                moved += 1;
                if moved <= MOVED {
                    cause(out, title, *from, *to, because, withdrawn, paint);
                }
            }
            Change::Causes { title, new, .. } => line(out, if *new { "new cause" } else { "cause gone" }, &shown(title), paint),
            Change::Contradiction(say) => line(out, "contradicts", &shown(say), paint),
            Change::Read { .. } | Change::Opened { .. } => {}
        }
    }
    if moved > MOVED {
        line(out, "", &format!("and {} more causes moved; `causes` has all", moved - MOVED), paint);
    }
}

fn read(out: &mut String, all: &[Change], library: &Library, paint: Paint) {
    let mut steps: Vec<&String> = all.iter().filter_map(|c| if let Change::Read { step, .. } = c { Some(step) } else { None }).collect();
    steps.dedup();
    for id in steps {
        let title = library.step(id).map_or(id.clone(), |s| s.title.clone());
        line(out, "read", &format!("{}  {}", shown(&title), paint.dim(format!("[{id}]"))), paint);
    }
}

fn opened(out: &mut String, all: &[Change], c: &Conclusion, paint: Paint) {
    let is_new =
        |f: &Finding| all.iter().any(|x| matches!(x, Change::Opened { signature, subject } if *signature == f.signature && *subject == f.subject.to_string()));
    let new: Vec<&Finding> = c.findings.iter().filter(|f| is_new(f)).collect();
    let (serious, harmless): (Vec<&Finding>, Vec<&Finding>) = new.into_iter().partition(|f| f.severity != Severity::Info || !f.causes.is_empty());
    for f in serious.iter().take(OPENED) {
        let word = paint.severity(f.severity);
        let pad = " ".repeat(WORD.saturating_sub(f.severity.word().len()));
        let subject = f.subject.to_string();
        let about = if subject.is_empty() { String::new() } else { format!("  {}", paint.dim(shown(&subject))) };
        let title = format!("{}  {}{about}", paint.bold(shown(&f.title)), paint.dim(format!("[{}]", f.signature)));
        let _ = writeln!(out, "{word}{pad}{}", paint.wrap(&title, WORD, WORD));
        match f.lines.first() {
            Some(l) => under(out, &format!("{}  {}", paint.dim(shown(&l.origin.to_string())), clip(&shown(&l.text), 150)), paint),
            None => f.says.iter().take(1).for_each(|s| under(out, &shown(s), paint)),
        }
    }
    if serious.len() > OPENED {
        line(out, "", &format!("and {} more findings; `causes` has all", serious.len() - OPENED), paint);
    }
    match harmless.as_slice() {
        [] => {}
        [one] => line(out, "harmless", &shown(&one.title), paint),
        many => line(out, "harmless", &format!("{} kinds of line that are known and mean no harm", many.len()), paint),
    }
}

fn cause(out: &mut String, title: &str, from: (Standing, f64), to: (Standing, f64), because: &[String], withdrawn: &[String], paint: Paint) {
    let word = if from.0 == to.0 { if to.1 > from.1 { "rises" } else { "falls" } } else { to.0.words() };
    let was = if from.0 == to.0 { format!("still {}", to.0.words()) } else { format!("was {}", from.0.words()) };
    let strong = matches!(to.0, Standing::Established | Standing::Leading) && from.0 != to.0;
    let title = if strong { paint.bold(shown(title)) } else { shown(title) };
    line(out, word, &format!("{title}  {}", paint.dim(format!("({was})"))), paint);
    for reason in because.iter().take(REASONS) {
        under(out, &shown(reason), paint);
    }
    for reason in withdrawn.iter().take(REASONS) {
        under(out, &format!("no longer: {}", shown(reason)), paint);
    }
    if because.is_empty() && withdrawn.is_empty() {
        under(out, "since the others moved", paint);
    }
}

fn line(out: &mut String, word: &str, text: &str, paint: Paint) {
    let _ = writeln!(out, "{word:<WORD$}{}", paint.wrap(text, WORD, WORD));
}

fn under(out: &mut String, text: &str, paint: Paint) {
    let _ = writeln!(out, "{}{}", " ".repeat(WORD), paint.wrap(text, WORD, WORD + 2));
}

fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((i, _)) => format!("{}...", &text[..i]),
        None => text.to_string(),
    }
}

/// How the case stands, in one line.
pub fn standing(out: &mut String, c: &Conclusion, paint: Paint) {
    let Some(f) = c.findings.iter().find(|f| f.standing != FindingStanding::Refuted) else { return };
    let (word, rest) = match (f.established(), f.leading()) {
        (Some(cause), _) => ("Established", shown(&cause.title)),
        (None, Some(cause)) => ("Not established", format!("leading: {}", shown(&cause.title))),
        (None, None) if f.causes.is_empty() => ("Seen", shown(&f.title)),
        (None, None) => {
            let left = f.causes.iter().filter(|c| matches!(c.standing, Standing::Possible)).count();
            ("Not established", format!("{left} of {} causes are possible, none leads", f.causes.len()))
        }
    };
    let text = format!("{} {}  {}", paint.bold(format!("{word}:")), rest, paint.dim(format!("[{}]", f.signature)));
    let _ = writeln!(out, "{}", paint.wrap(&text, 0, 2));
}

/// The next step, with its command or question. `place`: its number among the open ones.
pub fn next(out: &mut String, n: &NextStep, place: (usize, usize), library: &Library, paint: Paint) {
    let minutes = if n.minutes == 1 { "1 minute".to_string() } else { format!("{} minutes", n.minutes) };
    let many = if place.1 > 1 { format!(", step {} of {} open", place.0, place.1) } else { String::new() };
    let head = format!("{} {}  ({}, {minutes}{many})", paint.bold("Next:"), shown(&n.title), paint.risk(n.risk));
    let _ = writeln!(out, "{}", paint.wrap(&head, 0, 6));
    if n.perishable {
        let _ = writeln!(out, "  {}", paint.bold("This is lost with the next restart: look at it first."));
    }
    let _ = writeln!(out, "  {}", paint.wrap(&shown(&n.why), 2, 2));
    if let Some(ask) = &n.ask {
        let _ = writeln!(out, "  {}", paint.wrap(&shown(ask), 2, 2));
    }
    if let Some(place) = &n.place {
        let _ = writeln!(out, "  {}", paint.dim(paint.wrap(&format!("Where: {}", shown(place)), 2, 9)));
    }
    if let Some(run) = &n.run {
        // A command is never wrapped: it is there to be copied.
        for l in run.lines() {
            let _ = writeln!(out, "    {}", paint.command(shown(l)));
        }
    }
    if !n.unfilled.is_empty() {
        let _ = writeln!(out, "  {}", paint.wrap(&format!("Put in yourself: {}.", shown(&n.unfilled.join(", "))), 2, 2));
    }
    if let Some(file) = &n.file {
        let _ = writeln!(out, "  {}", paint.wrap(&format!("From {}, which is not part of the shipped library.", shown(file)), 2, 2));
    }
    match library.step(&n.id).map(|s| &s.parse) {
        Some(Parse::Choices(all)) => {
            for (i, (words, _)) in all.iter().enumerate() {
                let _ = writeln!(out, "    {}  {}", paint.bold(i + 1), shown(words));
            }
            let _ = writeln!(out, "  {}", paint.dim("Type the number; or: skip, don't know, cannot."));
        }
        _ if n.run.is_some() => {
            let _ = writeln!(out, "  {}", paint.dim("Paste what it prints; or: skip, don't know, cannot, nothing."));
        }
        _ => {
            let _ = writeln!(out, "  {}", paint.dim("Type or paste the answer; or: skip, don't know, cannot."));
        }
    }
}

/// The question before a step that is not harmless is shown.
pub fn consent(out: &mut String, n: &NextStep, paint: Paint) {
    let does = match n.risk {
        Risk::ReadOnly => "only reads",
        Risk::Load => "puts load on the machine",
        Risk::ChangesState => "changes the state of the machine",
        Risk::Reboot => "restarts the machine",
        Risk::Outage => "takes something down that people work with",
    };
    let head = format!("{} {}  [{}]", paint.bold("Next would be:"), shown(&n.title), paint.risk(n.risk));
    let _ = writeln!(out, "{}", paint.wrap(&head, 0, 2));
    let _ = writeln!(out, "  {}", paint.wrap(&shown(&n.why), 2, 2));
    let _ = writeln!(out, "  {}", paint.wrap(&format!("It {does}. Show it? yes, always (for this risk), or no."), 2, 2));
}

/// All open steps, numbered.
pub fn steps(out: &mut String, all: &[&NextStep], paint: Paint) {
    for (i, n) in all.iter().enumerate() {
        let lost = if n.perishable { ", lost with a restart" } else { "" };
        let text = format!("{}  {}", shown(&n.title), paint.dim(format!("[{}]  {}, {} min{lost}", n.id, n.risk.word(), n.minutes)));
        let _ = writeln!(out, "{:>3}  {}", i + 1, paint.wrap(&text, 5, 5));
    }
}

/// Causes of all findings, with their standing.
pub fn causes(out: &mut String, c: &Conclusion, paint: Paint) {
    for f in &c.findings {
        let mut head = format!("{}  {}", paint.severity(f.severity), paint.bold(shown(&f.title)));
        let subject = f.subject.to_string();
        if !subject.is_empty() {
            let _ = write!(head, "  {}", paint.dim(shown(&subject)));
        }
        let _ = write!(head, "  {}", paint.dim(format!("[{}] {}", f.signature, f.standing.word())));
        let _ = writeln!(out, "{}", paint.wrap(&head, 0, 2));
        for cause in &f.causes {
            let strong = matches!(cause.standing, Standing::Established | Standing::Leading);
            let title = if strong { paint.bold(shown(&cause.title)) } else { shown(&cause.title) };
            let text = format!("{title}  {}", paint.dim(format!("[{}]", cause.id)));
            let _ = writeln!(out, "  {:<WORD$}{}", cause.standing.words(), paint.wrap(&text, 2 + WORD, 2 + WORD));
        }
        if f.causes.is_empty() {
            let _ = writeln!(out, "  {}", paint.dim("no causes are known to the library; the line itself is the finding"));
        }
    }
}

/// Changes between two summaries, each with its reason: what a changed library does to a case.
pub fn differences(out: &mut String, before: &Summary, all: &[Change], after: &Conclusion, library: &Library, paint: Paint) {
    changes(out, all, after, library, paint);
    let was = before.findings.iter().find_map(|f| f.causes.iter().find(|c| c.standing == Standing::Established));
    let is = after.findings.iter().find_map(|f| f.established());
    match (was, is) {
        (Some(a), Some(b)) if a.id == b.id => {}
        (Some(a), Some(b)) => line(out, "verdict", &format!("now {}; it was {}", shown(&b.title), shown(&a.title)), paint),
        (Some(a), None) => line(out, "verdict", &format!("no longer established: {}", shown(&a.title)), paint),
        (None, Some(b)) => line(out, "verdict", &format!("now established: {}", shown(&b.title)), paint),
        (None, None) => {}
    }
}
