//! Runs the program as a user does: arguments, input, and what came out.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a run came to.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("no JSON ({e}): {}\n{}", self.out, self.err))
    }

    /// Ids of the findings, best first.
    pub fn findings(&self) -> Vec<String> {
        let list = self.json()["findings"].as_array().cloned().unwrap_or_default();
        list.iter().map(|f| f["signature"].as_str().unwrap_or("").to_string()).collect()
    }
}

/// A run of `faultbook` with an empty environment but for a home without a library.
pub fn faultbook(args: &[&str], input: &str) -> Ran {
    faultbook_in(Path::new("."), args, input.as_bytes(), &[])
}

/// The same in a folder, with bytes and variables.
pub fn faultbook_in(folder: &Path, args: &[&str], input: &[u8], variables: &[(&str, &str)]) -> Ran {
    let home = std::env::temp_dir().join("faultbook-no-home");
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultbook"));
    command.current_dir(folder).args(args).env_clear().env("HOME", &home).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, value) in variables {
        command.env(name, value);
    }
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A program that does not read its input closes the pipe: no fault of the test.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
