//! `check`: runs a library's own examples and says what it read.

use super::Exit;
use super::args::{Format, Global};
use super::output::Output;
use crate::check;
use crate::library::shelf::SourceFile;
use crate::library::shipped::{SHIPPED, Shipped};
use crate::library::{Examined, Library};
use crate::source::library::read_root;
use serde_json::json;
use std::path::PathBuf;
use std::time::Instant;

/// `faultbook check`.
pub fn check(global: &Global, dirs: &[PathBuf], out: &mut Output) -> Exit {
    let threads = super::threads(0);
    let mut files: Vec<SourceFile> = Vec::new();
    for dir in dirs.iter().chain(&global.library) {
        match read_root(dir, &|| threads) {
            Ok(found) if found.is_empty() => {
                out.error(&format!("{}: no library files below signatures/ and kb/", dir.display()));
                return Exit::Failed;
            }
            Ok(found) => files.extend(found),
            Err(why) => {
                out.error(&format!("{}: {why}", dir.display()));
                return Exit::Failed;
            }
        }
    }
    // The shipped library's own source takes its place: most of its files are there under the same paths.
    let own = files.iter().filter(|f| SHIPPED.outlines.iter().any(|o| o.file == f.path)).count();
    let shipped = if own * 2 > SHIPPED.outlines.len() { Shipped::NONE } else { SHIPPED };
    let mut library = Library::load(shipped, &files);
    if files.is_empty() {
        library.examined = Examined::All;
    }
    let all = files.is_empty();
    let begin = Instant::now();
    let report = check::check(&library, &|i| all || !library.entries()[i].shipped, threads, &|| begin.elapsed());
    let words = format!(
        "{} files and {} examples read, {}",
        report.files,
        report.examples,
        match report.problems.len() {
            0 => "no problem".to_string(),
            1 => "1 problem".to_string(),
            n => format!("{n} problems"),
        }
    );
    if out.format == Format::Json {
        let problems: Vec<_> = report
            .problems
            .iter()
            .map(|p| json!({"file": p.file, "line": p.place.line, "col": p.place.col, "code": p.code, "say": p.say, "hint": p.hint}))
            .collect();
        out.data(
            &serde_json::to_string_pretty(&json!({"schema_version": 1, "files": report.files, "examples": report.examples, "problems": problems}))
                .unwrap_or_default(),
        );
    } else {
        let mut text = String::new();
        for p in &report.problems {
            text.push_str(&p.to_string());
            text.push_str("\n\n");
        }
        text.push_str(&words);
        out.data(&text);
    }
    if report.files == 0 && report.problems.is_empty() {
        out.error("nothing was read");
        return Exit::Failed;
    }
    if report.problems.is_empty() { Exit::Found } else { Exit::Nothing }
}
