//! What hostile input cannot do, through the program or the library. book/src/trust.md has the figures and says which
//! test proves which. A test whose name begins with `slow_` runs in `.ci/slow` only. What depends on the machine is
//! asserted generously, since this is a debug build on a busy machine, and printed.

mod archives;
mod crashes;
mod files;
mod lines;
mod process;
mod queries;
mod screen;
#[path = "../../../bench/targets.rs"]
mod targets;

use super::run::Ran;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub const HEAP: &str = "2024-03-01T10:00:00.000Z cpu4:1959755)WARNING: Heap: 2525: Heap vmfs3 already at its maximum size. Cannot expand.";

/// A run with what it took.
pub struct Measured {
    pub ran: Ran,
    /// Most memory it held at once, in MiB; 0 where that cannot be known.
    pub peak: u64,
    pub took: Duration,
}

/// Runs the program on input that is made while it is read.
pub fn measured(folder: &Path, args: &[&str], mut input: impl Read + Send + 'static) -> Measured {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultbook"));
    command.current_dir(folder).args(args).env_clear().env("HOME", folder.join("no-home"));
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        // It may stop reading.
        let _ = std::io::copy(&mut input, &mut stdin);
    });
    let reader = |mut from: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut out = Vec::new();
            from.read_to_end(&mut out).unwrap();
            String::from_utf8(out).unwrap()
        })
    };
    let (out, err) = (reader(Box::new(child.stdout.take().unwrap())), reader(Box::new(child.stderr.take().unwrap())));
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let code = loop {
        // The kernel keeps the peak, so that only what comes in the last moment is missed.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let now = text.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        peak = peak.max(now.unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status.code().unwrap_or(-1);
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let took = begun.elapsed();
    writer.join().unwrap();
    Measured { ran: Ran { code, out: out.join().unwrap(), err: err.join().unwrap() }, peak: peak / 1024, took }
}

/// Figures for the book: shown with `--nocapture`.
pub fn figure(what: &str, said: String) {
    let _ = writeln!(std::io::stderr(), "figure: {what}: {said}");
}

/// Each finding and how many lines it has.
pub fn counts(ran: &Ran) -> Vec<(String, u64)> {
    let json = ran.json();
    let list = json["findings"].as_array().unwrap();
    list.iter().map(|f| (f["signature"].as_str().unwrap().to_string(), f["count"].as_u64().unwrap())).collect()
}
