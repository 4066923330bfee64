//! `lookup` and `scan`: text in, findings out.

use super::args::{Format, Global, Level, Scan};
use super::investigate::Investigation;
use super::output::Output;
use super::{Exit, library};
use crate::library::Library;
use crate::model::signature::Severity;
use crate::render::{Answer, json, text};
use std::io::{IsTerminal, Read};
use std::path::Path;

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
    let Some(library) = library(global, out) else { return Exit::Failed };
    let mut partial = false;
    let mut seen = Investigation::new(&library, input.len());
    seen.case.coverage.inputs.push(name.to_string());
    let input = if input.len() as u64 > MOST_INPUT {
        partial = true;
        seen.case.coverage.skipped.push((name.into(), format!("only the first {MOST_INPUT} bytes were read; scan a file instead")));
        &input[..MOST_INPUT as usize]
    } else {
        &input[..]
    };
    seen.paste(name, input);
    let answer = seen.answer();
    print(&answer, &library, out);
    exit(&answer, global, partial)
}

/// `faultbook scan`.
pub fn scan(global: &Global, scan: &Scan, out: &mut Output) -> Exit {
    let Some(library) = library(global, out) else { return Exit::Failed };
    let mut files = Vec::new();
    let mut skipped = Vec::new();
    for path in &scan.paths {
        collect(path, &mut files, &mut skipped, true);
    }
    let total: u64 = files.iter().filter_map(|f| std::fs::metadata(f).ok()).map(|m| m.len()).sum();
    let mut seen = Investigation::new(&library, total as usize);
    seen.case.coverage.inputs = scan.paths.iter().map(|p| p.display().to_string()).collect();
    let mut read = 0;
    for file in files {
        let name = file.display().to_string();
        let bytes = if name == "-" {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        } else {
            std::fs::read(&file)
        };
        match bytes {
            Ok(bytes) if bytes.iter().take(8_192).any(|b| *b == 0) => skipped.push((name, "binary".to_string())),
            Ok(bytes) => {
                read += 1;
                seen.paste(if name == "-" { "stdin" } else { &name }, &bytes);
            }
            Err(e) => skipped.push((name, e.to_string())),
        }
    }
    for (name, reason) in &skipped {
        out.note(&format!("{name}: {reason}"));
    }
    let partial = !skipped.is_empty();
    seen.case.coverage.skipped.extend(skipped);
    if read == 0 {
        out.error("nothing could be read");
        return Exit::Failed;
    }
    let answer = seen.answer();
    print(&answer, &library, out);
    exit(&answer, global, partial)
}

fn collect(path: &Path, files: &mut Vec<std::path::PathBuf>, skipped: &mut Vec<(String, String)>, named: bool) {
    let name = path.display().to_string();
    if name == "-" {
        return files.push(path.to_path_buf());
    }
    let kind = if named { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) };
    match kind {
        Err(e) => skipped.push((name, e.to_string())),
        Ok(m) if m.is_dir() => match std::fs::read_dir(path) {
            Err(e) => skipped.push((name, e.to_string())),
            Ok(entries) => {
                let mut below: Vec<_> = entries.flatten().map(|e| e.path()).collect();
                below.sort();
                below.iter().for_each(|p| collect(p, files, skipped, false));
            }
        },
        Ok(m) if m.is_file() => files.push(path.to_path_buf()),
        Ok(m) if m.is_symlink() => skipped.push((name, "a link; links are not followed".into())),
        Ok(_) => skipped.push((name, "no regular file".into())),
    }
}

fn print(answer: &Answer, library: &Library, out: &mut Output) {
    match out.format {
        Format::Json => out.data(&serde_json::to_string_pretty(&json::answer(answer, library)).unwrap_or_default()),
        Format::Text | Format::Markdown => out.data(&text::answer(answer, library, out.paint)),
    }
}

fn exit(answer: &Answer, global: &Global, partial: bool) -> Exit {
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
