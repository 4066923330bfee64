//! `diagnose` and `replay`: opens a session on the terminal or the pipe at hand, or repeats a saved one.

use super::args::{Diagnose, Format, Global};
use super::output::Output;
use super::{Exit, library};
use crate::case::journal::{Journal, MAX_CASE};
use crate::render::{json, text};
use crate::repl::replay::{differences, replay as replayed};
use crate::repl::session::Session;
use crate::repl::talk;
use crate::repl::terminal::Terminal;
use crate::repl::terminal::line::Line;
use crate::repl::terminal::plain::Plain;
use crate::repl::walk::Walk;
use std::io::{BufReader, IsTerminal, Read};
use std::path::Path;

/// `faultbook diagnose`.
pub fn diagnose(global: &Global, asked: &Diagnose, out: &mut Output) -> Exit {
    let Some(library) = library(global, 0, out) else { return Exit::Failed };
    let mut session = Session::new(library);
    if let Some(file) = &asked.case
        && file.exists()
    {
        let Some(journal) = read_case(file, out) else { return Exit::Failed };
        for remark in session.resume(&journal).into_iter().flat_map(|o| o.remarks) {
            out.note(&remark);
        }
    }
    for path in &asked.paths {
        let path = path.display().to_string();
        // A path that a resumed case was begun with is in it already.
        let known = |e: &crate::case::journal::Entry| matches!(e, crate::case::journal::Entry::File { path: p, .. } if *p == path);
        if session.journal.entries.iter().any(known) {
            continue;
        }
        let before = session.journal.entries.len();
        let outcome = session.load(&path);
        for (name, why) in &outcome.skipped {
            out.note(&format!("{name}: {why}"));
        }
        if session.journal.entries.len() == before {
            out.error(&format!("{path}: nothing could be read"));
            return Exit::Failed;
        }
    }
    if asked.collect {
        return collect(&session, out);
    }
    let mut line = Line::open(out.paint.color);
    let mut plain;
    let terminal: &mut dyn Terminal = match &mut line {
        Some(line) => line,
        None => {
            let input = BufReader::new(std::io::stdin());
            plain = if std::io::stdin().is_terminal() { Plain::typed(input) } else { Plain::new(input) };
            &mut plain
        }
    };
    // What was read before the first question is kept too.
    let walked = Walk::new(session, out, terminal, asked.case.clone()).run();
    drop(line);
    match walked {
        Ok(session) => {
            if out.format == Format::Json {
                out.data(&serde_json::to_string_pretty(&json::answer(&session.answer, library)).unwrap_or_default());
            }
            Exit::Found
        }
        Err(e) => {
            out.error(&format!("the terminal: {e}"));
            Exit::Failed
        }
    }
}

fn collect(session: &Session<'_>, out: &mut Output) -> Exit {
    let script = talk::collect(session);
    if script.steps == 0 {
        out.error("no open step can be run as a command that only reads");
    }
    for (id, why) in &script.left_out {
        out.note(&format!("left out: {id}: {why}"));
    }
    if script.steps > 0 {
        out.data(&script.text);
    }
    Exit::Found
}

/// `faultbook replay`.
pub fn replay(global: &Global, file: &Path, out: &mut Output) -> Exit {
    let Some(library) = library(global, 0, out) else { return Exit::Failed };
    let Some(journal) = read_case(file, out) else { return Exit::Failed };
    let r = replayed(library, &journal);
    match out.format {
        Format::Json => out.data(&serde_json::to_string_pretty(&json::answer(&r.session.answer, library)).unwrap_or_default()),
        Format::Markdown => out.data(&talk::markdown(&r.session)),
        Format::Text => out.data(&text::answer(&r.session.answer, library, out.paint)),
    }
    for remark in &r.remarks {
        out.note(remark);
    }
    let words = match (r.same, r.same_library) {
        (true, true) => "the same to the byte as when it was saved".to_string(),
        (true, false) => "the library has changed since it was saved; the result is the same to the byte".to_string(),
        (false, changed) => {
            let differs = differences(&r, &journal, out.paint);
            let library = if changed { "the library is the one of then" } else { "the library has changed" };
            if differs.is_empty() {
                format!("{library}; the conclusions are the same, the words are not")
            } else {
                if out.format == Format::Text {
                    out.data(&format!("\n{}\n{differs}", out.paint.bold("What is different from when the case was saved")));
                }
                format!("{library}; the result is not the same")
            }
        }
    };
    out.note(&words);
    if !r.remarks.is_empty() && global.strict { Exit::Failed } else { Exit::Found }
}

fn read_case(file: &Path, out: &mut Output) -> Option<Journal> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|f| f.take(MAX_CASE as u64 + 1).read_to_end(&mut bytes));
    if let Err(why) = read {
        out.error(&format!("{}: {why}", file.display()));
        return None;
    }
    let name = file.display().to_string();
    let Ok(text) = String::from_utf8(bytes) else {
        out.error(&format!("{name}: this is no UTF-8 text, so it is no case"));
        return None;
    };
    match Journal::from_yaml(&name, &text) {
        Ok(journal) => Some(journal),
        Err(problem) => {
            out.error(&problem.to_string());
            None
        }
    }
}
