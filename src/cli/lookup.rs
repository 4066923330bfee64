//! `lookup`: a line or a pasted text in, findings out.

use super::args::{Format, Global, Level};
use super::investigate::Investigation;
use super::output::Output;
use super::{Exit, library};
use crate::library::Library;
use crate::model::signature::Severity;
use crate::render::{Answer, json, text};
use std::io::{IsTerminal, Read};
use std::mem::ManuallyDrop;

/// Most bytes of standard input that a lookup reads.
const MOST_INPUT: u64 = 64 << 20;

/// `faultbook` alone: a friendly page, or the same as `lookup` with piped input.
pub fn without_command(global: &Global, out: &mut Output) -> Exit {
    if !std::io::stdin().is_terminal() {
        return lookup(global, &[], out);
    }
    out.data(WELCOME);
    Exit::Found
}

const WELCOME: &str = "\
faultbook: what is wrong, how sure are we, what do I do next?

  faultbook lookup 'one line of a log'       what this line means
  some-command | faultbook lookup            the same for whatever comes in
  faultbook scan /var/log bundle/            files and folders
  faultbook diagnose [PATH]                  ask and answer until the cause is known
  faultbook search heap exhausted            articles by words
  faultbook show ID                          an article, a signature, a step
  faultbook decode 0x5 0x25 0x0              what codes mean
  faultbook list                             what the library has
  faultbook check DIR                        is my own library right?

Everything is offline; nothing is sent or written anywhere. `faultbook help` has all options.
";

/// `faultbook lookup`.
pub fn lookup(global: &Global, words: &[String], out: &mut Output) -> Exit {
    let (name, input) = if words.is_empty() {
        let mut bytes = Vec::new();
        if let Err(e) = std::io::stdin().lock().take(MOST_INPUT + 1).read_to_end(&mut bytes) {
            out.error(&format!("standard input: {e}"));
            return Exit::Failed;
        }
        ("stdin", bytes)
    } else {
        ("argument", words.join(" ").into_bytes())
    };
    if input.iter().all(|b| b.is_ascii_whitespace()) {
        out.error("nothing to look up: the input is empty");
        return Exit::Failed;
    }
    let Some(library) = library(global, 0, out) else { return Exit::Failed };
    let mut partial = false;
    // The program ends with the answer: to give all of it back piece by piece would cost time for nothing.
    let mut seen = ManuallyDrop::new(Investigation::new(library, input.len()));
    seen.case.coverage.inputs.push(name.to_string());
    let input = if input.len() as u64 > MOST_INPUT {
        partial = true;
        seen.case.coverage.skip(name, &format!("only the first {MOST_INPUT} bytes were read; scan a file instead"));
        &input[..MOST_INPUT as usize]
    } else {
        &input[..]
    };
    seen.paste(name, input);
    let answer = ManuallyDrop::new(seen.answer());
    print(&answer, library, out);
    exit(&answer, global, partial)
}

/// Prints an answer in the form that was asked for.
pub(super) fn print(answer: &Answer, library: &Library, out: &mut Output) {
    match out.format {
        Format::Json => out.data(&serde_json::to_string_pretty(&json::answer(answer, library)).unwrap_or_default()),
        Format::Text | Format::Markdown => out.data(&text::answer(answer, library, out.paint)),
    }
}

/// The exit code of an answer. `partial`: not all of the input was read.
pub(super) fn exit(answer: &Answer, global: &Global, partial: bool) -> Exit {
    let worst = answer.conclusion.findings.iter().map(|f| f.severity).min();
    if let (Some(level), Some(worst)) = (global.fail_on, worst)
        && worst <= severity(level)
    {
        return Exit::AtLevel;
    }
    if partial && global.strict {
        return Exit::Failed;
    }
    match worst {
        Some(s) if s != Severity::Info => Exit::Found,
        _ => Exit::Nothing,
    }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Critical => Severity::Critical,
        Level::High => Severity::High,
        Level::Medium => Severity::Medium,
        Level::Low => Severity::Low,
        Level::Info => Severity::Info,
    }
}
