//! A fuzzer for stable Rust without a further crate: `cargo run --release --example fuzz TARGET SECONDS [SEED]`. It
//! changes samples from the library's own files by a seeded die and keeps what leads to a new kind of answer. It does
//! not see which code is reached; what it finds is therefore a lower bound. An input that panics, or takes more than a
//! second, is written to `tests/crashes/` and replayed by `cargo test` from then on.

mod random;
mod targets;

use random::Random;
use std::collections::HashSet;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Longest input.
const MOST: usize = 24 << 10;
/// Inputs that are kept.
const KEPT: usize = 3_000;
/// One run may take so long.
const BOUND: Duration = Duration::from_secs(1);
/// A run that has not ended by then ends the fuzzer: it hangs.
const HANGS: Duration = Duration::from_secs(30);

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    all.sort();
    for path in all {
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let _ = out.write_all(bytes);
    out.finish().unwrap_or_default()
}

fn tar(parts: &[(&str, &[u8], u8)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes, kind) in parts {
        let mut head = [0u8; 512];
        head[..name.len()].copy_from_slice(name.as_bytes());
        head[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
        head[148..156].copy_from_slice(b"        ");
        head[156] = *kind;
        head[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = head.iter().map(|b| u32::from(*b)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend(head);
        out.extend(*bytes);
        out.resize(out.len().div_ceil(512) * 512, 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// A zip archive with one stored member.
fn zip(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    let fixed = |crc: u32| [&crc.to_le_bytes()[..], &(bytes.len() as u32).to_le_bytes(), &(bytes.len() as u32).to_le_bytes()].concat();
    let mut out = [&b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0"[..], &fixed(crc.sum()), &(name.len() as u16).to_le_bytes(), &[0, 0], name.as_bytes(), bytes].concat();
    let begin = out.len() as u32;
    out.extend([&b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0"[..], &fixed(crc.sum()), &(name.len() as u16).to_le_bytes(), &[0; 16], name.as_bytes()].concat());
    let long = out.len() as u32 - begin;
    out.extend([&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &long.to_le_bytes(), &begin.to_le_bytes(), &[0, 0]].concat());
    out
}

/// Samples for a target.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    match target {
        "markdown" => files(&root.join("kb"), &mut paths),
        "lines" => files(&root.join("tests/data/healthy"), &mut paths),
        "archive" => {}
        "library" => ["signatures", "kb"].iter().for_each(|f| files(&root.join(f), &mut paths)),
        _ => ["signatures", "tests/data/healthy", "tests/stories"].iter().for_each(|f| files(&root.join(f), &mut paths)),
    }
    let mut out = Vec::new();
    for (i, path) in paths.iter().enumerate() {
        let Ok(mut bytes) = std::fs::read(path) else { continue };
        if bytes.len() > MOST {
            if target == "library" || target == "markdown" {
                continue;
            }
            bytes.truncate(MOST);
        }
        match target {
            "library" => {
                let below = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
                let kind = ["signatures/steps", "signatures/formats", "signatures/tables", "signatures/facts", "kb"].iter().position(|k| below.starts_with(k));
                // `0` is a signature: 48 is a multiple of the number of kinds.
                bytes.insert(0, b'0' + kind.map_or(0, |k| k as u8 + 1));
                out.push(bytes);
            }
            "query" => out.extend(bytes.split(|b| *b == b'\n').filter(|l| l.len() > 8).step_by(7 + i % 5).take(20).map(<[u8]>::to_vec)),
            // Passages, so that one run is short.
            "lines" | "match" => out.extend(bytes.chunks(3_000).take(2).map(<[u8]>::to_vec)),
            _ => out.push(bytes),
        }
    }
    if target == "archive" {
        let text = "2024-03-01T10:00:00.000Z cpu4:1959755)WARNING: Heap: 2525: Heap vmfs3 already at its maximum size.\n".repeat(30).into_bytes();
        let plain = tar(&[("var/log/a.log", &text, b'0'), ("link", b"", b'2'), ("././@LongLink", &[b'n'; 300], b'L'), ("b", b"last\n", b'0')]);
        let pax = tar(&[("pax", b"19 path=very/long/n\n12 size=0005\n", b'x'), ("c", b"last\n", b'0'), ("dev", b"", b'3')]);
        let inner = tar(&[("c.log.gz", &gz(&text), b'0'), ("d.zip", &zip("e.log", &text), b'0')]);
        out.extend([plain.clone(), gz(&plain), pax, gz(&inner), inner.clone(), gz(&gz(&text)), zip("a/b.log", &text), zip("in.tgz", &gz(&inner))]);
        out.extend([[gz(&text), gz(b"two\n")].concat(), gz(&vec![b'a'; 1 << 20]), gz(&vec![0; 1 << 20]), text]);
        out.push([&b"\xff\xfe"[..], &"a b\r\nWARNING\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat());
        for magic in
            [&b"\x28\xb5\x2f\xfd\x04\x00\x51\x00\x00line\nline\nl"[..], b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\x02\0!\x01\x16\0\0\0", b"BZh91AY&SY\0\0\0\0"]
        {
            out.push(magic.to_vec());
        }
    }
    out
}

/// Pieces that are put in.
fn words(target: &str) -> &'static [&'static [u8]] {
    match target {
        "library" => &[
            b"match:\n  any: ['",
            b"(?P<x.y>",
            b"(a{1,99}){1,99}",
            b"[^",
            b"&a ",
            b"*a",
            b"<<: ",
            b"!!binary ",
            b"'\n",
            b"\"\\x1b\"",
            b"{{{{{{{{",
            b"[[[[[[[[",
            b": ",
            b"- ",
            b"when: ",
            b" and ",
            b" == ",
            b"((((((((",
            b"9223372036854775807",
            b"-1",
            b"1e400",
            b"\xe2\x80\xae",
            b"\xef\xbb\xbf",
            b"\r\n",
            b"\t",
            b"~",
            b"null",
        ],
        "markdown" => &[
            b"---\n",
            b"```\n",
            b"> > > > ",
            b"- - - - ",
            b"| a | b |\n|---|---|\n",
            b"[a](javascript:x)",
            b"<script>",
            b"![",
            b"](",
            b"****",
            b"____",
            b"\x1b[31m",
            b"\xe2\x80\xae",
            b"[^1]: ",
            b"\n\n",
            b"    ",
            b"# ",
            b"{#",
            b"}",
            b"&#27;",
            b"&#x202e;",
            b"\0",
            b"1. ",
            b"\t",
        ],
        "lines" => &[
            b"\n",
            b"\r\n",
            b"\r",
            b"\0",
            b"Feb 29 ",
            b"Dec 31 23:59:60 ",
            b"0000-00-00T00:00:00Z",
            b"9999-12-31T23:59:59.999999999+14:00",
            b"99:99:99",
            b"1e9",
            b"  \x1b'",
            b"9223372036854775807us",
            b"18446744073709551616",
            b"7:21:06:31.191",
            b"-",
            b"+",
            b"\xff",
            b"\xc3",
            b"0d0h0m0s",
            b"1258099291500",
            b" 2012 ",
        ],
        "archive" => &[
            b"\x1f\x8b\x08\0\0\0\0\0\0\xff",
            b"PK\x03\x04",
            b"PK\x01\x02",
            b"ustar\x0000",
            b"\x28\xb5\x2f\xfd",
            b"\xfd7zXZ\0",
            b"BZh9",
            b"\xff\xff\xff\xff",
            b"\x80\0\0\0",
            b"\0\0\0\0\0\0\0\0",
            b"77777777777",
            b"L",
            b"x",
            b"g",
            b"S",
            b"999 path=",
            b"0 ",
            b"../../../etc/passwd",
            b"\xff\xfe",
            b"\xfe\xff",
            b"\x1b[2J",
        ],
        _ => &[
            b"\n",
            b"\r",
            b"\0",
            b"\x1b[31m",
            b"\xe2\x80\xae",
            b"\xff\xfe",
            b"(",
            b"[",
            b"\"",
            b"0x",
            b"H:0x0 D:0x2 P:0x0",
            b"99999999999999999999",
            b"-9223372036854775808",
            b"&gt;",
            b"=\n",
            b"> ",
            b"WARNING: ",
            b"Heap netGPHeap",
            b"already at its maximum",
            b"%",
            b"Sense Key",
            b"2024-02-30T25:61:61Z ",
            b"...",
            b"cpu0:1)",
            b"\t",
            b"|",
            b"<b>",
            b"=3D",
        ],
    }
}

fn change(dice: &mut Random, kept: &[Vec<u8>], words: &[&[u8]]) -> Vec<u8> {
    let mut bytes = kept[dice.place(kept.len())].clone();
    for _ in 0..=dice.place(6) {
        let len = bytes.len();
        let at = dice.place(len + 1);
        let reach = 1 << dice.place(12);
        let end = at + dice.place((len - at).min(reach) + 1);
        match dice.place(11) {
            0 if len > 0 => bytes[at.min(len - 1)] ^= 1 << dice.place(8),
            1 if len > 0 => bytes[at.min(len - 1)] = dice.next() as u8,
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = dice.place(len + 1);
                bytes.splice(to..to, piece);
            }
            4 => {
                let piece = bytes[at..end.min(at + 64)].repeat(1 + dice.place(200));
                bytes.splice(at..at, piece);
            }
            5 | 6 => drop(bytes.splice(at..at, words[dice.place(words.len())].iter().copied())),
            7 => drop(bytes.splice(at..end.min(at + 16), words[dice.place(words.len())].iter().copied())),
            8 => {
                let other = &kept[dice.place(kept.len())];
                let from = dice.place(other.len() + 1);
                let to = (from + dice.place(512)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            9 => bytes.truncate(at),
            // A number becomes another one.
            _ => {
                if let Some(i) = (at..len).find(|i| bytes[*i].is_ascii_digit()) {
                    let digits: &[u8] = [&b"0"[..], b"-1", b"9", b"60", b"4294967296", b"999999999999999999999"][dice.place(6)];
                    bytes.splice(i..=i, digits.iter().copied());
                }
            }
        }
        bytes.truncate(MOST);
    }
    bytes
}

fn keep(target: &str, bytes: &[u8]) -> PathBuf {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crashes");
    let path = folder.join(format!("{target}-{hash:016x}"));
    if let Err(e) = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, bytes)) {
        eprintln!("{}: {e}", path.display());
    }
    path
}

/// Time that this thread had a processor, where the system tells.
fn on_processor() -> Option<Duration> {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    said.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or(0) / 1024
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(target), Some(Ok(seconds))) = (arguments.first().cloned(), arguments.get(1).map(|s| s.parse::<u64>())) else {
        eprintln!("fuzz TARGET SECONDS [SEED]; targets: {}", targets::TARGETS.join(" "));
        std::process::exit(2);
    };
    if !targets::TARGETS.contains(&target.as_str()) {
        eprintln!("no target `{target}`");
        std::process::exit(2);
    }
    let seed = arguments.get(2).and_then(|s| s.parse().ok()).unwrap_or(1);
    static AT_WORK: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    let (alive, watch) = channel::<()>();
    let name = target.clone();
    std::thread::spawn(move || {
        loop {
            match watch.recv_timeout(HANGS) {
                Ok(()) => {}
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    let input = AT_WORK.lock().map(|b| b.clone()).unwrap_or_default();
                    println!("{name}: hangs, {}", keep(&name, &input).display());
                    std::process::exit(1);
                }
            }
        }
    });
    let (mut dice, words) = (Random(seed), words(&target));
    let mut kept = seeds(&target);
    let samples = kept.len();
    assert!(samples > 10, "only {samples} samples were read");
    std::panic::set_hook(Box::new(|_| {}));
    let (mut kinds, mut failed, mut failures, mut slow) = (HashSet::new(), HashSet::new(), 0u64, 0u64);
    let (mut runs, mut bytes, mut longest) = (0u64, 0u64, Duration::ZERO);
    // The first run builds what all share.
    let _ = catch_unwind(|| targets::run(&target, b"0x\n"));
    let begun = Instant::now();
    while begun.elapsed().as_secs() < seconds {
        // The samples themselves go first.
        let input = kept.get(runs as usize).filter(|_| (runs as usize) < samples).cloned().unwrap_or_else(|| change(&mut dice, &kept, words));
        if let Ok(mut at) = AT_WORK.lock() {
            at.clone_from(&input);
        }
        let start = Instant::now();
        let ended = catch_unwind(AssertUnwindSafe(|| targets::run(&target, &input)));
        let mut took = start.elapsed();
        let _ = alive.send(());
        if took > BOUND && ended.is_ok() {
            // Another program may have had the processor: only what is slow again, in time of its own, is slow.
            let start = (Instant::now(), on_processor());
            let _ = catch_unwind(|| targets::run(&target, &input));
            let own = on_processor().zip(start.1).map(|(now, then)| now.saturating_sub(then));
            took = took.min(own.unwrap_or_else(|| start.0.elapsed()));
            let _ = alive.send(());
        }
        (runs, bytes, longest) = (runs + 1, bytes + input.len() as u64, longest.max(took));
        match ended {
            Ok(kind) => {
                if kinds.insert(kind) && kept.len() < KEPT {
                    kept.push(input.clone());
                }
            }
            Err(why) => {
                failures += 1;
                let why = why.downcast_ref::<String>().cloned().or(why.downcast_ref::<&str>().map(|s| s.to_string())).unwrap_or_default();
                let short: String = why.chars().filter(|c| !c.is_ascii_digit()).take(40).collect();
                if failed.insert(short) {
                    println!("{target}: panics, {}: {}", keep(&target, &input).display(), why.chars().take(300).collect::<String>());
                }
            }
        }
        if took > BOUND {
            slow += 1;
            if slow <= 3 {
                println!("{target}: {} ms, {}", took.as_millis(), keep(&target, &input).display());
            }
        }
    }
    println!(
        "{target}: seed {seed}, {runs} executions in {} s, {samples} samples, {} MiB, {} kinds of answer, longest {} ms, peak {} MiB, {failures} panics ({} kinds), {slow} over 1 s",
        begun.elapsed().as_secs(),
        bytes >> 20,
        kinds.len(),
        longest.as_millis(),
        peak(),
        failed.len()
    );
    std::process::exit(i32::from(failures + slow > 0));
}
