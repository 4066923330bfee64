//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// What is wrong, how sure are we, what do I do next?
#[derive(Debug, Parser)]
#[command(name = "faultbook", version, about = "What is wrong, how sure are we, what do I do next? Log lines in, evidence and plans out; offline.")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that every command takes.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// How the answer is written.
    #[arg(long, value_enum, default_value = "text", global = true)]
    pub format: Format,
    /// Colours; `auto` looks at the terminal and at NO_COLOR.
    #[arg(long, value_enum, default_value = "auto", global = true)]
    pub color: Color,
    /// A library root (a folder with signatures/ and kb/) on top of the shipped one; may be repeated.
    #[arg(long, value_name = "DIR", global = true)]
    pub library: Vec<PathBuf>,
    /// Say nothing on standard error but errors.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Exit with 3 when a finding is at or above this severity.
    #[arg(long, value_name = "LEVEL", value_enum, global = true)]
    pub fail_on: Option<Level>,
    /// Exit with 2 when any input could be read only in part.
    #[arg(long, global = true)]
    pub strict: bool,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Markdown,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// Severities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Level {
    Critical,
    High,
    Medium,
    Low,
    Info,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look up an error line or a pasted text, from the arguments or standard input.
    Lookup {
        /// The text; without it standard input is read.
        text: Vec<String>,
    },
    /// Scan files, folders and support bundles (`-` is standard input).
    Scan(Scan),
    /// Guided diagnosis: paste what there is, answer what is asked, until a cause is established or honestly is not.
    Diagnose(Diagnose),
    /// Repeat a saved case; says which conclusions a changed library changes, and why.
    Replay {
        /// The case, as `save` or `--case` wrote it.
        case: PathBuf,
    },
    /// Search articles, signature titles, causes, settings and commands.
    Search {
        /// Words, or any pasted line.
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Show an article, else the signature, step, format or table of that id (`step/ID` names the kind).
    Show {
        /// The id.
        id: String,
    },
    /// What the library has, and from which file.
    List {
        /// Only this kind: article, signature, step, format, table, facts.
        kind: Option<String>,
    },
    /// What codes mean: SCSI status and sense, errno, exceptions, taint letters, a whole line.
    Decode {
        /// The codes.
        #[arg(required = true)]
        code: Vec<String>,
    },
    /// Check a library together with the shipped one; without DIR the shipped one.
    Check {
        /// Library roots.
        dir: Vec<PathBuf>,
    },
}

/// What to scan.
#[derive(Debug, Args)]
pub struct Scan {
    /// Files, folders, archives (.gz .tgz .tar .zip .zst .xz .bz2), `-`.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Leave out what was written before this time: 2024-01-31T13:00:00Z, or only the day.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Leave out what was written after this time.
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Threads; without it as many as the machine has.
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

/// What to begin a diagnosis with.
#[derive(Debug, Args)]
pub struct Diagnose {
    /// Files and folders that are read first; what they answer is not asked.
    pub paths: Vec<PathBuf>,
    /// Go on with this case, or begin one; it is saved after every answer.
    #[arg(long, value_name = "FILE")]
    pub case: Option<PathBuf>,
    /// Print one script of all open steps that only read, and leave.
    #[arg(long)]
    pub collect: bool,
}
