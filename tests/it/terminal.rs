//! Runs the program as people do: on a pipe, and at a pseudo-terminal of a given size. Every run has a home of its own.

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};
use std::io::Write;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Longest wait for words, in milliseconds.
const PATIENCE: u64 = 30_000;

pub fn command(args: &[&str], home: &TempDir) -> Command {
    let mut c = Command::new(env!("CARGO_BIN_EXE_faultbook"));
    c.args(args)
        .env_remove("FAULTBOOK_LIBRARY")
        .env_remove("XDG_DATA_HOME")
        .env_remove("COLUMNS")
        .env("HOME", home.path())
        .env("NO_COLOR", "1")
        .env("TERM", "xterm");
    c
}

/// What the program says to a text on its standard input.
pub fn piped(args: &[&str], input: &[u8]) -> String {
    let home = tempfile::tempdir().unwrap();
    let mut child = command(args, &home).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let out = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(out.status.success(), "{:?}", out.status);
    String::from_utf8(out.stdout).unwrap()
}

/// The program at a pseudo-terminal.
pub struct Pty {
    session: PtySession,
    pub home: TempDir,
}

impl Pty {
    /// Starts it; the terminal has so many columns and rows.
    pub fn open(args: &[&str], columns: u16, rows: u16) -> Pty {
        let home = tempfile::tempdir().unwrap();
        let program = command(args, &home);
        let mut shell = Command::new("sh");
        // The size is set before the program looks at it.
        shell.arg("-c").arg(format!("stty cols {columns} rows {rows}; exec \"$0\" \"$@\"")).arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(v) => shell.env(name, v),
                None => shell.env_remove(name),
            };
        }
        let session = spawn_command(shell, Some(PATIENCE)).unwrap();
        Pty { session, home }
    }

    /// Waits for words; what came before them is given back. Line ends and runs of blanks count as one blank.
    pub fn comes(&mut self, words: &str) -> String {
        let pattern = words.split_whitespace().map(regex::escape).collect::<Vec<_>>().join(r"\s+");
        match self.session.exp_regex(&pattern) {
            Ok((before, _)) => before,
            Err(e) => panic!("`{words}` does not come: {e}"),
        }
    }

    /// Types lines and Enter behind each, at once.
    pub fn types(&mut self, lines: &str) {
        self.sends(format!("{}\r", lines.replace('\n', "\r")).as_bytes());
    }

    /// Sends bytes as they are.
    pub fn sends(&mut self, bytes: &[u8]) {
        let mut keyboard = self.session.process().get_file_handle().unwrap();
        keyboard.write_all(bytes).unwrap();
    }

    /// The program ends by itself and well; what it said last.
    pub fn ends(mut self) -> String {
        let rest = self.session.exp_eof().unwrap();
        match self.session.process().wait().unwrap() {
            WaitStatus::Exited(_, 0) => rest,
            other => panic!("{other:?}\n{rest}"),
        }
    }

    /// The same, and its home is still there.
    pub fn ends_keeping_home(mut self) -> TempDir {
        let rest = self.session.exp_eof().unwrap();
        match self.session.process().wait().unwrap() {
            WaitStatus::Exited(_, 0) => self.home,
            other => panic!("{other:?}\n{rest}"),
        }
    }
}
