//! Archives that point elsewhere, have no end, or end too early, through the program.

use super::super::run::faultbook_in;
use super::super::scan::{gz, tar};
use super::targets::shipped;
use super::{HEAP, counts, figure, measured};
use crate::random::Random;
use faultbook::cli::investigate::Investigation;
use faultbook::cli::scan::Way;
use faultbook::source::{Input, Progress};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A tar header of a kind, with a link target.
fn header(name: &str, kind: u8, size: u64, target: &str) -> Vec<u8> {
    let mut head = tar(&[(name.to_string(), Vec::new())])[..512].to_vec();
    head[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    head[156] = kind;
    head[157..157 + target.len()].copy_from_slice(target.as_bytes());
    head[148..156].copy_from_slice(b"        ");
    let sum: u32 = head.iter().map(|b| u32::from(*b)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    head
}

/// All that lies below a folder: what it is called, when it was written, and what is in it.
fn all_below(folder: &Path, out: &mut Vec<(PathBuf, SystemTime, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let (path, meta) = (entry.path(), entry.metadata().unwrap());
        let bytes = if meta.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        out.push((path.clone(), meta.modified().unwrap(), bytes));
        if meta.is_dir() {
            all_below(&path, out);
        }
    }
    out.sort();
}

#[test]
fn nothing_is_written_wherever_a_bundle_points() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("a/b/c");
    std::fs::create_dir_all(&inside).unwrap();
    let [home, temp] = ["home", "temp"].map(|name| {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        folder.path().join(name).display().to_string()
    });
    let absolute = folder.path().join("absolute").display().to_string();
    let line = format!("{HEAP}\n").into_bytes();
    let names = [
        "../../../up",
        absolute.as_str(),
        "link/through",
        "./../dots",
        "a/../../../b",
        "..",
        "/etc/passwd",
        "C:\\windows",
        "evil.tgz",
        "home/.local/share/faultbook/signatures/x/x.yaml",
    ];
    let mut bundle = header("link", b'2', 0, "../../..");
    bundle.extend(header("hard", b'1', 0, &absolute));
    bundle.extend(header("device", b'3', 0, ""));
    bundle.extend(header("fifo", b'6', 0, ""));
    bundle.extend(tar(&names.map(|n| (n.to_string(), line.clone()))));
    std::fs::write(inside.join("evil.tgz"), gz(&bundle)).unwrap();
    let mut before = Vec::new();
    all_below(folder.path(), &mut before);
    // The program has places of its own as well, and none of them is used.
    let ran = faultbook_in(&inside, &["--format", "json", "scan", "evil.tgz"], b"", &[("HOME", &home), ("TMPDIR", &temp)]);
    let mut after = Vec::new();
    all_below(folder.path(), &mut after);
    assert_eq!(after, before);
    // All were read where they stand.
    assert_eq!(counts(&ran), [("vmfs-heap-exhausted".to_string(), names.len() as u64)], "{}", ran.err);
    let skipped = ran.json()["coverage"]["skipped"].to_string();
    for word in ["evil.tgz!link", "evil.tgz!hard", "evil.tgz!device", "evil.tgz!fifo"] {
        assert!(skipped.contains(word), "{word}: {skipped}");
    }
}

/// So many small members, made as they are read; the last knows something.
fn members(many: usize) -> impl Read + Send {
    let mut next = 0;
    let mut block: std::io::Cursor<Vec<u8>> = std::io::Cursor::default();
    std::io::BufReader::new(Made(move |out: &mut [u8]| {
        loop {
            match block.read(out) {
                Ok(0) if next < many => {
                    next += 1;
                    let body = if next == many { format!("{HEAP}\n") } else { format!("State: S ({next})\n") };
                    let mut one = tar(&[(format!("sosreport/proc/{next}/status"), body.into_bytes())]);
                    one.truncate(1024);
                    block = std::io::Cursor::new(one);
                }
                Ok(0) if next == many => {
                    next += 1;
                    block = std::io::Cursor::new(vec![0; 1024]);
                }
                other => return other,
            }
        }
    }))
}

struct Made<F>(F);

impl<F: FnMut(&mut [u8]) -> std::io::Result<usize>> Read for Made<F> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        (self.0)(out)
    }
}

fn many(count: usize, seconds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let run = measured(folder.path(), &["--format", "json", "scan", "-"], members(count));
    assert_eq!(run.ran.json()["coverage"]["lines"].as_u64(), Some(count as u64), "{}", run.ran.err);
    assert_eq!(counts(&run.ran), [("vmfs-heap-exhausted".to_string(), 1)]);
    figure(&format!("{count} members"), format!("{} ms, {} MiB", run.took.as_millis(), run.peak));
    assert!(run.peak < 256 && run.took.as_secs() < seconds, "{} MiB, {:?}", run.peak, run.took);
}

#[test]
fn five_thousand_members_are_all_read() {
    many(5_000, 20);
}

#[test]
#[ignore = "half a minute in a debug build"]
fn slow_a_hundred_thousand_members_are_all_read() {
    many(100_000, 60);
}

fn long_record(bytes: u64) {
    let folder = tempfile::tempdir().unwrap();
    let rest = tar(&[("last".to_string(), format!("{HEAP}\n").into_bytes())]);
    let input = std::io::Cursor::new(header("x", b'x', bytes, "")).chain(std::io::repeat(b'n').take(bytes)).chain(std::io::Cursor::new(rest));
    let run = measured(folder.path(), &["--format", "json", "scan", "-"], input);
    assert_eq!(counts(&run.ran), [("vmfs-heap-exhausted".to_string(), 1)], "what stands behind it is read");
    assert!(run.ran.json()["coverage"]["skipped"].to_string().contains("larger than limit"), "{}", run.ran.out);
    figure(&format!("a header record of {} MiB", bytes >> 20), format!("{} ms, {} MiB", run.took.as_millis(), run.peak));
    assert!(run.peak < 128, "{} MiB", run.peak);
}

#[test]
fn a_header_record_of_128_mib_costs_no_memory() {
    long_record(128 << 20);
}

#[test]
#[ignore = "half a gigabyte through a pipe"]
fn slow_a_header_record_of_512_mib_costs_no_memory() {
    long_record(512 << 20);
}

#[test]
fn a_bomb_is_named_and_what_stands_beside_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let noise = b"2024-01-01T00:00:00Z cpu0:1)the same line for ever and ever\n";
    let mut bomb = flate2::read::GzEncoder::new(
        Made(move |out: &mut [u8]| {
            out.iter_mut().zip(noise.iter().cycle()).for_each(|(o, b)| *o = *b);
            Ok(out.len())
        })
        .take(256 << 20),
        flate2::Compression::best(),
    );
    let mut packed = Vec::new();
    bomb.read_to_end(&mut packed).unwrap();
    let files = [
        ("a.log".to_string(), format!("{HEAP}\n").into_bytes()),
        ("bomb.gz".to_string(), gz(&packed)),
        ("deep.gz".to_string(), gz(&gz(&gz(&gz(HEAP.as_bytes()))))),
        ("z.log".to_string(), format!("{HEAP}\n").into_bytes()),
    ];
    std::fs::write(folder.path().join("x.tar"), tar(&files)).unwrap();
    let run = measured(folder.path(), &["--format", "json", "--strict", "scan", "x.tar"], std::io::empty());
    let coverage = run.ran.json()["coverage"].clone();
    let skipped = coverage["skipped"].to_string();
    assert!(skipped.contains("expands more than 200:1") && skipped.contains("compressed more than 3 times"), "{skipped}");
    assert_eq!(run.ran.code, 2, "strict: not all was read");
    assert_eq!(counts(&run.ran), [("vmfs-heap-exhausted".to_string(), 2)], "{}", run.ran.err);
    assert!((64 << 20..66 << 20).contains(&coverage["bytes"].as_u64().unwrap()), "{}", coverage["bytes"]);
    figure(&format!("a bomb of 256 MiB in {} KiB", files[1].1.len() >> 10), format!("{} ms, {} MiB", run.took.as_millis(), run.peak));
    assert!(run.peak < 256, "{} MiB", run.peak);
}

/// What stands between two names: a record that holds the name, and an entry of a kind with a text.
fn named(name: &[u8], kind: u8, text: &[u8]) -> Vec<u8> {
    let mut out = header("././@LongLink", b'L', name.len() as u64 + 1, "");
    for part in [name, b"\0"] {
        out.extend(part);
    }
    out.resize(out.len().next_multiple_of(512), 0);
    out.extend(header("short", kind, text.len() as u64, "x"));
    out.extend(text);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

/// Issue 8: a bundle of 2 MB took 8 GiB of memory and gave 1.9 GB of JSON, all of it names of links.
#[test]
fn a_bundle_that_is_nothing_but_names_costs_no_memory() {
    const MANY: usize = 25_000;
    let folder = tempfile::tempdir().unwrap();
    let mut next = 0;
    let mut block: std::io::Cursor<Vec<u8>> = std::io::Cursor::default();
    let line = format!("{HEAP}\n");
    let input = std::io::BufReader::new(Made(move |out: &mut [u8]| {
        loop {
            match block.read(out) {
                Ok(0) if next <= MANY => {
                    // Each control is shown as four characters.
                    let name = [format!("{next:08}").as_bytes(), &[0x1b; 4_000]].concat();
                    let entry = if next < MANY { named(&name, b'2', b"") } else { named(b"last", b'0', line.as_bytes()) };
                    block = std::io::Cursor::new(entry);
                    next += 1;
                }
                Ok(0) if next == MANY + 1 => {
                    block = std::io::Cursor::new(vec![0; 1024]);
                    next += 1;
                }
                other => return other,
            }
        }
    }));
    let run = measured(folder.path(), &["--format", "json", "scan", "-"], input);
    assert_eq!(counts(&run.ran), [("vmfs-heap-exhausted".to_string(), 1)], "{}", run.ran.err);
    let json = run.ran.json();
    assert!(run.ran.err.contains(&format!("and {} more", 2 * MANY - 12)), "each is counted, and its name: {}", run.ran.err);
    let limits = json["limits_hit"].to_string();
    assert!(limits.contains("from here on shortened") && limits.contains("named one by one"), "{limits}");
    assert_eq!(json["coverage"]["skipped"].as_array().map(Vec::len), Some(20_000));
    figure(&format!("{MANY} names of 4,000 controls"), format!("{} ms, {} MiB, {} MiB of JSON", run.took.as_millis(), run.peak, run.ran.out.len() >> 20));
    assert!(run.peak < 256 && run.ran.out.len() < 32 << 20, "{} MiB, {} MiB of JSON", run.peak, run.ran.out.len() >> 20);
}

/// Issue 8: a bound that many streams meet was said once for each of them.
#[test]
fn a_bound_that_many_streams_meet_names_a_few_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("{} {HEAP}\n", "x".repeat(400 << 10)).into_bytes();
    let files: Vec<(String, Vec<u8>)> = (0..60).map(|i| (format!("{i:02}.log"), line.clone())).collect();
    std::fs::write(folder.path().join("x.tar"), tar(&files)).unwrap();
    let ran = faultbook_in(folder.path(), &["--format", "json", "scan", "x.tar"], b"", &[]);
    assert_eq!(counts(&ran), [("vmfs-heap-exhausted".to_string(), 60)], "{}", ran.err);
    let limits = ran.json()["limits_hit"].as_array().unwrap().iter().map(|l| l["origin"].to_string()).collect::<Vec<_>>();
    assert!(limits.len() == 21 && limits.contains(&"\"more streams\"".to_string()), "{limits:?}");
}

/// Findings of a bundle and how many lines each has.
fn found(clean: &Investigation<'_>, bytes: Vec<u8>) -> (BTreeMap<String, u64>, u64, usize) {
    let mut seen = clean.clone();
    let read = seen.walk(&[Input::Bytes("b.tgz".into(), bytes)], &Way { jobs: 1, ..Way::default() }, &Progress::default(), &mut || {});
    let answer = seen.answer();
    let mut out = BTreeMap::new();
    for f in &answer.conclusion.findings {
        *out.entry(f.signature.to_string()).or_insert(0) += f.count;
    }
    (out, answer.coverage.spans.iter().map(|s| s.bytes).sum(), read.skipped)
}

#[test]
fn two_hundred_cuts_of_a_bundle_lose_only_what_stands_behind_the_cut() {
    let clean = Investigation::new(shipped(), usize::MAX);
    let mut dice = Random(3);
    let mut noise = |n: usize| (0..n).map(|_| format!("2024-03-01T09:00:00.000Z cpu1:77)Tick: {:x}\n", dice.place(1 << 30))).collect::<String>();
    let files: Vec<(String, Vec<u8>)> =
        (0..12).map(|i| (format!("var/log/part-{i:02}.log"), (noise(40) + &format!("{HEAP}\n").repeat(i + 1) + &noise(20)).into_bytes())).collect();
    let packed = gz(&tar(&files));
    let (whole, all, skipped) = found(&clean, packed.clone());
    assert_eq!((whole["vmfs-heap-exhausted"], skipped), (78, 0));
    let mut dice = Random(5);
    let (mut read, mut seen) = (0, 0);
    for _ in 0..200 {
        let cut = &packed[..dice.place(packed.len() - 1)];
        // Another reader: all bytes that come out, whole lines of them, by the plain text that went in.
        let mut out = Vec::new();
        let mut one = [0; 512];
        let mut from = flate2::read::GzDecoder::new(cut);
        while let Ok(n @ 1..) = from.read(&mut one) {
            out.extend(&one[..n]);
        }
        let expected = out.split(|b| *b == b'\n').filter(|l| l.ends_with(HEAP.as_bytes())).count() as u64;
        let (found, bytes, skipped) = found(&clean, cut.to_vec());
        let count = found.get("vmfs-heap-exhausted").copied().unwrap_or(0);
        assert!((expected..=78).contains(&count), "cut at {}: {count}, another reader finds {expected}", cut.len());
        assert!(found.iter().all(|(id, n)| whole.get(id).is_some_and(|w| n <= w)), "cut at {}: {found:?}", cut.len());
        assert!(skipped > 0 && bytes <= all, "cut at {}: a cut is said", cut.len());
        read += bytes;
        seen += count;
    }
    assert!(read > 200 * all / 4 && seen > 200 * 78 / 5, "{read} bytes, {seen} lines");
    // And through the program, whose exit code says that it is not all.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("b.tgz"), &packed[..packed.len() * 3 / 4]).unwrap();
    let ran = faultbook_in(folder.path(), &["--strict", "scan", "b.tgz"], b"", &[]);
    assert!(ran.code == 2 && ran.err.contains("cut: unexpected end") && ran.out.contains("vmfs3"), "{}\n{}", ran.err, ran.out);
}
