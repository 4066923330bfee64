//! The commands: each reads its input, asks the library and the case, and hands text to one place that prints.

pub mod args;
mod check;
mod codes;
mod diagnose;
pub mod investigate;
mod lookup;
mod names;
pub mod output;
pub mod scan;
pub mod show;

use crate::library::shelf::SourceFile;
use crate::library::shipped::{SHIPPED, Shipped};
use crate::library::{Examined, Library};
use crate::source::library::{data_folder, read_root};
use args::{Cli, Command, Global};
use output::Output;
use std::path::PathBuf;

/// Files of a user's library that are all examined at start.
const FEW: usize = 300;

/// Exit codes of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Something above info was found.
    Found = 0,
    /// Nothing, or only info; problems found by `check`.
    Nothing = 1,
    /// It could not be done.
    Failed = 2,
    /// A finding at or above `--fail-on`.
    AtLevel = 3,
}

/// Runs a command and says how it ended.
pub fn run(cli: &Cli) -> Exit {
    let mut out = Output::new(&cli.global);
    let exit = match &cli.command {
        None => lookup::without_command(&cli.global, &mut out),
        Some(Command::Lookup { text }) => lookup::lookup(&cli.global, text, &mut out),
        Some(Command::Scan(scan)) => scan::scan(&cli.global, scan, &mut out),
        Some(Command::Diagnose(asked)) => diagnose::diagnose(&cli.global, asked, &mut out),
        Some(Command::Replay { case }) => diagnose::replay(&cli.global, case, &mut out),
        Some(Command::Search { words }) => show::search(&cli.global, words, &mut out),
        Some(Command::Show { id }) => show::show(&cli.global, id, &mut out),
        Some(Command::List { kind }) => show::list(&cli.global, kind.as_deref(), &mut out),
        Some(Command::Decode { code }) => codes::decode(&cli.global, code, &mut out),
        Some(Command::Check { dir }) => check::check(&cli.global, dir, &mut out),
    };
    out.finish(exit)
}

/// So many threads; 0: as many as the machine has.
pub fn threads(jobs: usize) -> usize {
    if jobs == 0 { std::thread::available_parallelism().map_or(1, |n| n.get()) } else { jobs }
}

/// The library with the user's roots: the data folder, `FAULTBOOK_LIBRARY`, and `--library`. Problems go to standard
/// error; what is broken is left out. Files are read by so many threads; 0: as many as the machine has. `None`: a root that was
/// asked for cannot be read.
pub fn library(global: &Global, jobs: usize, out: &mut Output) -> Option<&'static Library> {
    // The data folder also holds the history of sessions, so that it may be there without a library in it.
    let own = data_folder();
    let mut roots: Vec<PathBuf> = own.iter().cloned().collect();
    if let Some(list) = std::env::var_os("FAULTBOOK_LIBRARY") {
        roots.extend(std::env::split_paths(&list).filter(|p| !p.as_os_str().is_empty()));
    }
    roots.extend(global.library.iter().cloned());
    let mut files: Vec<SourceFile> = Vec::new();
    for root in roots {
        match read_root(&root, &|| threads(jobs)) {
            Ok(found) if found.is_empty() && own.as_ref() != Some(&root) => {
                out.error(&format!("{}: no library files below signatures/ and kb/", root.display()));
                return None;
            }
            Ok(found) => files.extend(found),
            Err(why) => {
                out.error(&format!("{}: {why}", root.display()));
                return None;
            }
        }
    }
    let mut library = Library::load_on(&|| threads(jobs), if global.no_shipped { Shipped::NONE } else { SHIPPED }, &files);
    // A user's files are few: they are examined at start, so that a mistake is said before it is missed. Those of a large
    // library are examined by `check` only.
    if library.entries().iter().filter(|e| !e.shipped).count() > FEW {
        library.examined = Examined::None;
    }
    // It is used to the end of the program.
    let library: &'static Library = Box::leak(Box::new(library));
    let own = (0..library.entries().len()).filter(|i| !library.entries()[*i].shipped && library.examined == Examined::Own);
    let examined = own.flat_map(|i| library.problems_of(i));
    let problems: Vec<String> = library.problems.iter().chain(examined).map(|p| p.to_string()).collect();
    for p in problems {
        out.note(&p);
    }
    Some(library)
}
