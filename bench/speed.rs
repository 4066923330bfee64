//! How fast is a scan, beside other tools and beside the least that it could cost? Makes its own logs and signatures,
//! looks for the other tools on the PATH, and prints a table with the noise of the machine. Linux only.
//! `cargo run --release --example speed [-- --size 256M --seed 1 --pairs 5 --program FILE]`

#[path = "speed/logs.rs"]
mod logs;
#[path = "speed/measure.rs"]
mod measure;
mod random;
#[path = "speed/signatures.rs"]
mod signatures;
#[path = "speed/template.rs"]
mod template;

use flate2::read::MultiGzDecoder;
use measure::{Call, What, Work, on_path, pairs};
use signatures::{Signature, UNIVERSE};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

/// An error line for `lookup` and words for `search`, of the shipped library.
const PASTED: &str = "cpu2:1410)WARNING: Heap: 1370: Heap_Align(vmfs3, 4096/4096 bytes, 4 align) failed. caller: 0x8fdbd0";
const SOUGHT: &str = "heap exhausted";

fn main() -> io::Result<()> {
    let (mut size, mut seed, mut wanted, mut program) = (256 << 20, 1u64, 5usize, None);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().unwrap_or_default();
        let number = |text: &str| text.parse::<u64>().map_err(|e| io::Error::other(format!("{word} `{text}`: {e}")));
        match word.as_str() {
            "--size" => size = number(value.trim_end_matches(['M', 'm']))? << 20,
            "--seed" => seed = number(&value)?,
            "--pairs" => wanted = number(&value)?.max(1) as usize,
            "--program" => program = Some(fs::canonicalize(value)?),
            _ => return Err(io::Error::other(format!("`{word}`: only --size, --seed, --pairs and --program are known"))),
        }
    }
    let program = match program {
        Some(program) => program,
        None => built()?,
    };
    let folder = tempfile::tempdir()?;
    let bench = Bench::prepare(folder.path(), program, size, seed, wanted)?;
    bench.scans()?;
    bench.bundles()?;
    bench.threads()?;
    bench.one_line()?;
    bench.memory()?;
    bench.many()
}

/// Builds the program as it is now.
fn built() -> io::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let done = Command::new(cargo).args(["build", "--release", "--bin", "faultbook"]).status()?;
    let program = std::env::current_exe()?.ancestors().nth(2).map(|dir| dir.join("faultbook")).filter(|p| done.success() && p.is_file());
    program.ok_or_else(|| io::Error::other("the program could not be built; give one with --program"))
}

struct Bench<'a> {
    folder: &'a Path,
    program: PathBuf,
    rg: Option<PathBuf>,
    grep: Option<PathBuf>,
    pairs: usize,
}

impl<'a> Bench<'a> {
    fn prepare(folder: &'a Path, program: PathBuf, size: u64, seed: u64, pairs: usize) -> io::Result<Self> {
        let universe = signatures::universe(seed);
        let mut from = 0;
        for n in [100, 1_000, UNIVERSE] {
            let (new, all) = (&universe[from..n], &universe[..n]);
            library(&folder.join(format!("to{n}")), new, true)?;
            library(&folder.join(format!("bare{n}")), new, false)?;
            for (kind, bare) in [("lit", false), ("all", true)] {
                let set = || all.iter().filter(|s| bare || s.has_literal);
                fs::write(folder.join(format!("{kind}{n}.rx")), set().map(|s| s.plain() + "\n").collect::<String>())?;
                fs::write(folder.join(format!("{kind}{n}.ere")), set().map(|s| s.extended() + "\n").collect::<String>())?;
            }
            from = n;
        }
        let mut to = BufWriter::new(File::create(folder.join("kernel.log"))?);
        let planted = logs::write(size, seed, &universe, &mut to)?;
        drop(to);
        logs::bundle(&fs::read(folder.join("kernel.log"))?, BufWriter::new(File::create(folder.join("bundle.tgz"))?))?;
        logs::write(1 << 20, seed, &universe, &mut File::create(folder.join("small.log"))?)?;
        let bench = Bench { folder, program, rg: on_path("rg"), grep: on_path("grep"), pairs };
        bench.head(size, seed, &planted)?;
        bench.answers(&universe, &planted)?;
        println!("\n| measure | figure (least to most) | goal / aim | | seconds, pairs |\n|---|---|---|---|---|");
        Ok(bench)
    }

    fn head(&self, size: u64, seed: u64, planted: &logs::Planted) -> io::Result<()> {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let cpu = read("/proc/cpuinfo");
        let model = cpu.lines().find_map(|l| l.strip_prefix("model name")?.split_once(": ")).map_or("unknown", |(_, m)| m);
        let threads = std::thread::available_parallelism()?;
        println!(
            "- Machine: {model}, {threads} threads, Linux {}, load at the start {}.",
            read("/proc/sys/kernel/osrelease").trim(),
            read("/proc/loadavg").trim()
        );
        println!("- Data: {} MiB, seed {seed}, {} lines, {} planted.", size >> 20, planted.lines, planted.planted);
        for name in ["rg", "grep", "tar", "gzip", "hsbench"] {
            let version = on_path(name).and_then(|p| Command::new(p).arg("--version").output().ok());
            let version = version.map(|o| String::from_utf8_lossy(&o.stdout).lines().next().unwrap_or("").to_owned());
            println!("- {name}: {}.", version.unwrap_or_else(|| "absent".to_owned()));
        }
        Ok(())
    }

    /// Says who found how much: speed without the same answer is worth nothing.
    fn answers(&self, universe: &[Signature], planted: &logs::Planted) -> io::Result<()> {
        for (n, bare) in [(100, false), (1_000, false), (UNIVERSE, true)] {
            let answer: serde_json::Value = serde_json::from_slice(&self.scan(n, bare, 1, "kernel.log").run()?)?;
            let found: BTreeSet<&str> = answer["findings"].as_array().into_iter().flatten().filter_map(|f| f["signature"].as_str()).collect();
            let ids: Vec<String> = planted.signatures.iter().filter(|i| **i < n && (bare || universe[**i].has_literal)).map(|i| universe[*i].id()).collect();
            let missing = ids.iter().filter(|id| !found.contains(id.as_str())).count();
            // With so many ripgrep takes half a minute: grep's word is enough.
            print!("- {n} signatures: {} found of {} planted", ids.len() - missing, ids.len());
            for call in self.peers(n, bare).into_iter().skip(usize::from(n == UNIVERSE)).flatten() {
                print!(", {}: {} lines", call.words[0].rsplit('/').next().unwrap_or(""), String::from_utf8_lossy(&call.run()?).trim());
            }
            println!(".");
        }
        Ok(())
    }

    fn call<S: ToString>(&self, words: impl IntoIterator<Item = S>) -> Call {
        Call { words: words.into_iter().map(|w| w.to_string()).collect(), folder: self.folder.to_owned() }
    }

    fn scan(&self, n: usize, bare: bool, jobs: usize, file: &str) -> Call {
        let mut words = vec![self.program.display().to_string()];
        words.extend(format!("scan -q --no-shipped --format json --jobs {jobs}").split(' ').map(str::to_owned));
        for set in [100, 1_000, UNIVERSE].into_iter().filter(|set| *set <= n) {
            words.extend(["--library".to_owned(), format!("to{set}")]);
            // The first hundred all have a literal.
            words.extend((bare && set > 100).then(|| ["--library".to_owned(), format!("bare{set}")]).into_iter().flatten());
        }
        words.push(file.to_owned());
        self.call(words)
    }

    /// ripgrep and grep on the same patterns.
    fn peers(&self, n: usize, bare: bool) -> [Option<Call>; 2] {
        let kind = if bare { "all" } else { "lit" };
        let rg = self.rg.as_ref().map(|rg| {
            let limits = if n > 1_000 { " --regex-size-limit 4G --dfa-size-limit 1G" } else { "" };
            self.call(format!("{} -c -a -j1 --no-unicode{limits} -f {kind}{n}.rx kernel.log", rg.display()).split(' '))
        });
        let grep = self.grep.as_ref().map(|grep| self.call(format!("{} -acE -f {kind}{n}.ere kernel.log", grep.display()).split(' ')));
        [rg, grep]
    }

    /// One row; a peer that is absent is said to be.
    fn row(&self, name: &str, a: Call, b: Option<Work>, what: What, goal: Option<(f64, f64)>) -> io::Result<()> {
        let goals = goal.map_or("-".to_owned(), |(must, aim)| format!("{must} / {aim}"));
        let Some(b) = b else {
            println!("| {name} | absent | {goals} | not measured | |");
            return Ok(());
        };
        match pairs(&Work::Calls(vec![a]), &b, what, self.pairs) {
            Ok(r) => {
                let (a, b) = r.seconds;
                println!(
                    "| {name} | {:.2} ({:.2} to {:.2}) | {goals} | {} | {a:.3} / {b:.3}, {} |",
                    r.median,
                    r.least,
                    r.most,
                    verdict(r.median, goal),
                    r.pairs
                );
            }
            Err(e) => println!("| {name} | failed: {e} | {goals} | not measured | |"),
        }
        Ok(())
    }

    fn scans(&self) -> io::Result<()> {
        let calls = |call: Option<Call>| call.map(|c| Work::Calls(vec![c]));
        let of = |n, bare| self.scan(n, bare, 1, "kernel.log");
        let [rg, grep] = self.peers(1_000, false);
        self.row("the machine: scan with 1,000 / itself", of(1_000, false), calls(Some(of(1_000, false))), What::Cpu, None)?;
        self.row("scan with 1,000 / `rg -c -j1 --no-unicode -f`", of(1_000, false), calls(rg), What::Cpu, Some((0.35, 0.2)))?;
        self.row("scan with 1,000 / `grep -cE -f`", of(1_000, false), calls(grep), What::Cpu, None)?;
        let count = Work::Here(Box::new(|| lines(&self.folder.join("kernel.log"))));
        self.row("scan with 1,000 / counting lines with memchr", of(1_000, false), Some(count), What::Cpu, Some((4.5, 2.5)))?;
        self.row("scan with 1,000, seven without a literal / without those", of(1_000, true), calls(Some(of(1_000, false))), What::Cpu, None)?;
        self.row("scan with 10,000 / scan with 100", of(UNIVERSE, false), calls(Some(of(100, false))), What::Cpu, Some((3.5, 2.0)))?;
        let empty = self.scan(UNIVERSE, false, 1, "small.log");
        self.row("of that: 1 MiB with 10,000 (set-up) / 256 MiB with 100", empty, calls(Some(of(100, false))), What::Cpu, None)?;
        self.row("scan with 1,000 / the scan of Hyperscan alone", of(1_000, false), None, What::Cpu, Some((1.3, 0.7)))
    }

    fn bundles(&self) -> io::Result<()> {
        let scan = || self.scan(1_000, false, 1, "bundle.tgz");
        let tar = on_path("tar").map(|tar| self.call([tar.display().to_string().as_str(), "xzf", "bundle.tgz"]));
        let rg = self.rg.as_ref().map(|rg| self.call(format!("{} -z -a -j1 -c --no-unicode -f lit1000.rx bundle", rg.display()).split(' ')));
        let both = tar.clone().zip(rg).map(|(tar, rg)| Work::Calls(vec![tar, rg]));
        self.row("bundle with 1,000 / (`tar xzf` + `rg -z -f`)", scan(), both, What::Cpu, Some((0.35, 0.25)))?;
        self.row("bundle with 1,000 / `tar xzf` alone, inner files left packed", scan(), tar.map(|t| Work::Calls(vec![t])), What::Cpu, None)?;
        let inflate = Work::Here(Box::new(|| unpack(&self.folder.join("bundle.tgz"))));
        self.row("bundle with 1,000 / decompressing it alone, same inflate", scan(), Some(inflate), What::Cpu, Some((1.7, 1.4)))
    }

    fn threads(&self) -> io::Result<()> {
        for (what, file) in [("plain file", "kernel.log"), ("bundle", "bundle.tgz")] {
            let of = |jobs| self.scan(1_000, false, jobs, file);
            self.row(&format!("two threads / one, wall, {what}"), of(2), Some(Work::Calls(vec![of(1)])), What::Wall, Some((0.65, 0.55)))?;
        }
        Ok(())
    }

    fn one_line(&self) -> io::Result<()> {
        let nothing = |of: &Option<PathBuf>| of.as_ref().map(|p| Work::Calls(vec![self.call([p.display().to_string().as_str(), "x", "/dev/null"])]));
        for (command, text) in [("lookup", PASTED), ("search", SOUGHT)] {
            let call = || self.call([self.program.display().to_string().as_str(), command, text]);
            self.row(&format!("`{command}`, shipped library, cold / `rg x /dev/null`"), call(), nothing(&self.rg), What::Cpu, Some((3.0, 2.0)))?;
            self.row(&format!("`{command}`, shipped library, cold / `grep x /dev/null`"), call(), nothing(&self.grep), What::Cpu, None)?;
        }
        Ok(())
    }

    /// Last, since it takes longest.
    fn many(&self) -> io::Result<()> {
        let calls = |call: Option<Call>| call.map(|c| Work::Calls(vec![c]));
        let of = |n, bare| self.scan(n, bare, 1, "kernel.log");
        let [rg, grep] = self.peers(UNIVERSE, true);
        self.row("scan with 10,000, 13 without a literal / the same rg", of(UNIVERSE, true), calls(rg), What::Cpu, Some((0.08, 0.04)))?;
        self.row("scan with 10,000, 13 without a literal / `grep -cE -f`", of(UNIVERSE, true), calls(grep), What::Cpu, None)
    }

    fn memory(&self) -> io::Result<()> {
        let tables = self.scan(1_000, false, 2, "small.log").peak()?;
        println!("| peak memory, two threads, 1 MiB of text (program and tables) | {tables:.0} MiB | - | | |");
        for (what, file) in [("the plain file", "kernel.log"), ("the bundle", "bundle.tgz")] {
            let peak = self.scan(1_000, false, 2, file).peak()?;
            let reached = verdict(peak - tables, Some((64.0, 64.0)));
            println!("| peak memory, two threads, {what} | {peak:.0} MiB, {:.0} above that | 64 MiB above | {reached} | |", peak - tables);
        }
        Ok(())
    }
}

fn verdict(figure: f64, goal: Option<(f64, f64)>) -> &'static str {
    match goal {
        None => "",
        Some((_, aim)) if figure <= aim => "aim reached",
        Some((must, _)) if figure <= must => "reached",
        Some(_) => "**missed**",
    }
}

/// Writes signatures as a library: those with a literal, or those without.
fn library(root: &Path, of: &[Signature], literal: bool) -> io::Result<()> {
    fs::create_dir_all(root.join("signatures"))?;
    of.iter().filter(|s| s.has_literal == literal).try_for_each(|s| fs::write(root.join(format!("signatures/{}.yaml", s.id())), s.file()))
}

/// The least that any scan must do.
fn lines(path: &Path) -> io::Result<()> {
    let (mut file, mut block, mut lines) = (File::open(path)?, vec![0; 1 << 20], 0);
    loop {
        match file.read(&mut block)? {
            0 => break,
            n => lines += memchr::memchr_iter(b'\n', &block[..n]).count(),
        }
    }
    if lines == 0 { Err(io::Error::other("no lines")) } else { Ok(()) }
}

/// The least that a scan of a bundle must do: both layers, in blocks.
fn unpack(path: &Path) -> io::Result<()> {
    let mut outer = MultiGzDecoder::new(io::BufReader::with_capacity(1 << 18, File::open(path)?));
    let (mut head, mut block) = ([0u8; 512], vec![0; 1 << 18]);
    while outer.read_exact(&mut head).is_ok() && head[0] != 0 {
        let size = u64::from_str_radix(String::from_utf8_lossy(&head[124..135]).trim_matches([' ', '\0']), 8).map_err(io::Error::other)?;
        let mut member = (&mut outer).take(size.div_ceil(512) * 512);
        if head.starts_with(b"bundle/var/run") {
            let mut inner = flate2::read::GzDecoder::new(io::BufReader::with_capacity(1 << 18, &mut member));
            while inner.read(&mut block)? > 0 {}
        }
        while member.read(&mut block)? > 0 {}
    }
    Ok(())
}
