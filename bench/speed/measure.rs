//! CPU time, wall time and memory of other programs and of work done here, taken in pairs: A B A B, so that what else the
//! machine does falls on both. Linux only: the figures come from `/proc`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One program call.
#[derive(Clone)]
pub struct Call {
    pub words: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
}

/// What is measured.
pub enum Work<'a> {
    /// Programs, one after the other.
    Calls(Vec<Call>),
    /// Something done in this process, on this thread.
    Here(Box<dyn Fn() -> io::Result<()> + 'a>),
}

/// What to compare.
#[derive(Clone, Copy, PartialEq)]
pub enum What {
    Cpu,
    Wall,
}

/// The ratio A / B of some pairs.
pub struct Ratio {
    pub median: f64,
    pub least: f64,
    pub most: f64,
    pub pairs: usize,
    /// Seconds of A and of B, medians.
    pub seconds: (f64, f64),
}

/// Seconds of CPU of the children waited for and of this thread. The kernel counts children in hundredths of a second, so
/// a sample holds as many runs as make half a second.
fn cpu() -> io::Result<(f64, f64)> {
    let number = |text: Option<&str>| text.and_then(|t| t.parse::<f64>().ok()).ok_or_else(|| io::Error::other("`/proc` is not as expected"));
    let stat = fs::read_to_string("/proc/self/stat")?;
    // Behind the name, which may hold anything: user and system time of the children are fields 14 and 15 from there.
    let mut fields = stat.rsplit(')').next().unwrap_or("").split_whitespace().skip(13);
    let children = (number(fields.next())? + number(fields.next())?) / 100.0;
    let here = number(fs::read_to_string("/proc/thread-self/schedstat")?.split_whitespace().next())? / 1e9;
    Ok((children, here))
}

impl Call {
    fn command(&self, to: &Path) -> io::Result<Command> {
        let mut command = Command::new(&self.words[0]);
        // Into a file: grep stops at the first hit when it sees that /dev/null gets the answer.
        command.args(&self.words[1..]).current_dir(&self.folder).stdin(Stdio::null()).stdout(File::create(to)?).stderr(Stdio::null());
        command.env("LC_ALL", "C").env("NO_COLOR", "1").env_remove("FAULTBOOK_LIBRARY").env_remove("RIPGREP_CONFIG_PATH");
        Ok(command)
    }

    /// Runs it; what it printed lies in `out` in its folder. Exit code 1 is an answer (nothing found) for most.
    pub fn run(&self) -> io::Result<Vec<u8>> {
        let to = self.folder.join("out");
        let status = self.command(&to)?.status()?;
        match status.code() {
            Some(0 | 1) => fs::read(to),
            _ => Err(io::Error::other(format!("`{}` ended with {status}", self.words[0]))),
        }
    }

    /// The most memory it had at once, in MiB.
    pub fn peak(&self) -> io::Result<f64> {
        let mut child = self.command(&self.folder.join("out"))?.spawn()?;
        let status = format!("/proc/{}/status", child.id());
        let mut peak: f64 = 0.0;
        while child.try_wait()?.is_none() {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
            peak = peak.max(line.and_then(|l| l.split_whitespace().next()?.parse().ok()).unwrap_or(0.0));
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(peak / 1_024.0)
    }
}

impl Work<'_> {
    fn once(&self) -> io::Result<()> {
        match self {
            Work::Calls(calls) => calls.iter().try_for_each(|c| c.run().map(drop)),
            Work::Here(work) => work(),
        }
    }

    /// CPU or wall seconds of one run, as the mean of some.
    fn seconds(&self, what: What, runs: usize) -> io::Result<f64> {
        let (before, began) = (cpu()?, Instant::now());
        for _ in 0..runs {
            self.once()?;
        }
        let (after, wall) = (cpu()?, began.elapsed().as_secs_f64());
        let spent = match (what, self) {
            (What::Wall, _) => wall,
            (What::Cpu, Work::Calls(_)) => after.0 - before.0,
            (What::Cpu, Work::Here(_)) => after.1 - before.1,
        };
        Ok(spent / runs as f64)
    }

    fn runs(&self, what: What) -> io::Result<usize> {
        // The first run is not counted: it brings the files into memory.
        let first = self.seconds(what, 1)?;
        Ok(((0.5 / first.max(0.005)).ceil() as usize).clamp(1, 100))
    }
}

/// Runs A and B by turns and gives the ratio.
pub fn pairs(a: &Work, b: &Work, what: What, wanted: usize) -> io::Result<Ratio> {
    let (runs_a, began) = (a.runs(what)?, Instant::now());
    let runs_b = b.runs(what)?;
    // What takes long is also less noisy.
    let pairs = if began.elapsed() > Duration::from_secs(8) { wanted.min(2) } else { wanted };
    let (mut ratios, mut of_a, mut of_b) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..pairs {
        of_a.push(a.seconds(what, runs_a)?);
        of_b.push(b.seconds(what, runs_b)?);
        ratios.push(of_a[of_a.len() - 1] / of_b[of_b.len() - 1].max(1e-6));
    }
    ratios.sort_by(f64::total_cmp);
    Ok(Ratio { median: middle(&mut ratios), least: ratios[0], most: ratios[pairs - 1], pairs, seconds: (middle(&mut of_a), middle(&mut of_b)) })
}

fn middle(of: &mut [f64]) -> f64 {
    of.sort_by(f64::total_cmp);
    (of[(of.len() - 1) / 2] + of[of.len() / 2]) / 2.0
}

/// Where a program lies.
pub fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|dir| dir.join(name)).find(|p| p.is_file())
}
