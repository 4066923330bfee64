//! Bombs and other things without measure: refused in time and memory, with the bound named, and the rest still read.
//! Memory is that of a process of its own, since other tests run beside.

use super::*;
use std::io::Read;
use std::time::Instant;

const NOISE: &[u8] = b"2024-01-01T00:00:00Z cpu0:1)the same line for ever and ever\n";

#[test]
fn a_text_bomb_is_stopped_at_its_ratio() {
    let begin = Instant::now();
    let found = stream("bomb.gz", &mut Bomb::new(NOISE, 10 << 10), &Limits::default());
    let read = found.bytes;
    assert!((64 << 20..66 << 20).contains(&read), "{read} bytes of 10 GiB");
    assert_eq!(found.reasons(), [("bomb.gz", format!("larger than limit: expands more than 200:1 after {read} bytes").as_str())]);
    assert_eq!(found.limits, ["member_ratio"]);
    assert!(begin.elapsed().as_secs_f64() < 5.0, "{:?}", begin.elapsed());
    let found = stream("bomb.gz", &mut Bomb::new(NOISE, 300), &Limits { member_ratio: 2000, ..Limits::default() });
    assert_eq!(found.bytes, 300 << 20, "a higher ratio lets it through");
}

#[test]
fn a_bomb_of_zeros_is_no_text() {
    let found = stream("bomb.gz", &mut Bomb::new(&[0], 10 << 10), &Limits::default());
    assert_eq!((found.bytes, found.reasons()), (0, vec![("bomb.gz", "binary")]));
}

#[test]
fn a_bomb_among_members_does_not_hide_the_others() {
    let mut bomb = Vec::new();
    Bomb::new(NOISE, 300).read_to_end(&mut bomb).unwrap();
    let tar = Tar::default().file("a", "first\n").file("bomb.gz", &bomb).file("z", "last\n").end();
    for (name, bytes) in [("v.tar", tar.clone()), ("v.tgz", gz(&tar))] {
        let found = over_with(name, &bytes, &Limits::default());
        assert_eq!((found.members[0].1.len(), found.members[2].1.len(), found.members.len()), (6, 5, 3));
        assert!(found.members[1].1.len() < 66 << 20);
        assert_eq!(found.limits, ["member_ratio"]);
    }
    // The bomb is a plain member of a packed archive: the rest of it is passed over to reach the next.
    let flood = b"flood\n".iter().copied().cycle().take(100 << 20).collect::<Vec<u8>>();
    let packed = gz(&Tar::default().file("a", "first\n").file("flood", &flood).file("z", "last\n").end());
    let found = over_with("v.tgz", &packed, &Limits::default());
    assert_eq!((found.members[0].1.len(), found.members[2].1.len(), found.limits.clone()), (6, 5, vec!["member_ratio"]));
    let found = over_with("v.tgz", &packed, &Limits { skip_out: 1 << 20, ..Limits::default() });
    assert_eq!((found.members.len(), found.limits), (2, vec!["member_ratio"; 2]), "passing over has a bound as well");
}

#[test]
fn compressions_inside_each_other_end_at_the_bound() {
    let text = lines(10);
    let mut packed = text.clone();
    for depth in 1..=4 {
        packed = gz(&packed);
        let found = over("x.gz", &packed);
        if depth <= 3 {
            assert_eq!(found.sizes(), [("x.gz", text.len())]);
        } else {
            assert_eq!((found.bytes, found.reasons()), (0, vec![("x.gz", "larger than limit: compressed more than 3 times")]));
        }
    }
    let mut bomb = Vec::new();
    Bomb::new(NOISE, 1 << 10).read_to_end(&mut bomb).unwrap();
    for _ in 0..2 {
        bomb = gz(&bomb);
    }
    assert!(bomb.len() < 200 << 10, "{}", bomb.len());
    let found = stream("x.gz", &mut &bomb[..], &Limits::default());
    assert!(found.bytes < 66 << 20 && found.limits == ["member_ratio"]);
    // Ten thousand streams that hold nothing.
    assert!(over("x.gz", &gz(b"").repeat(20_000)).reasons()[0].1.starts_with("damaged: thousands of empty gzip streams"));
}

#[test]
fn totals_hold_for_all_inputs_together() {
    let text = lines(1000);
    let inputs: Vec<Input> = (0..5).map(|i| Input::Bytes(format!("{i}.gz"), gz(&text))).collect();
    let mut found = Found::default();
    walk(&inputs, &Limits { total_out: 2 * text.len() as u64, ..Limits::default() }, &mut found);
    assert_eq!(found.members.len(), 2);
    assert_eq!(found.reasons(), [("2.gz", format!("larger than limit: {} bytes unpacked in all; nothing is read from here on", 2 * text.len()).as_str())]);
    let tar = (0..10).fold(Tar::default(), |t, i| t.file(format!("{i}"), "x\n")).end();
    let found = over_with("t", &tar, &Limits { members: 4, ..Limits::default() });
    assert_eq!((found.members.len(), found.reasons()), (4, vec![("t", "larger than limit: more than 4 members")]));
    let names: Vec<String> = (0..10).map(|i| i.to_string()).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"x\n"[..])).collect();
    let found = over_with("z", &zip(&files, 8, false), &Limits { members: 4, ..Limits::default() });
    assert_eq!((found.members.len(), found.reasons()), (4, vec![("z", "larger than limit: more than 4 members")]));
    // Ten members in each of five archives: none is too large, all together are.
    let inner = (0..10).fold(Tar::default(), |t, i| t.file(format!("{i}"), "x\n")).end();
    let outer = (0..5).fold(Tar::default(), |t, i| t.file(format!("{i}.tar"), &inner)).end();
    let found = over_with("t", &outer, &Limits { members: 25, ..Limits::default() });
    assert_eq!((found.members.len(), found.reasons()), (30, vec![("t!3.tar", "larger than limit: 25 members in all; nothing is read from here on")]));
    let found = over_with("x.gz", &gz(&text), &Limits { total_out: 1000, ..Limits::default() });
    assert_eq!(found.limits, ["total_out"]);
}

/// Small files one after another, made as they are read.
struct Many {
    left: u64,
    block: Vec<u8>,
    at: usize,
}

impl Read for Many {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.block.len() {
            self.at = 0;
            self.block = match self.left {
                0 => Vec::new(),
                1 => vec![0; 1024],
                n => Tar::default().file(format!("sosreport/proc/{n}/status"), format!("State: S ({n})\n")).0,
            };
            self.left = self.left.saturating_sub(1);
        }
        let n = (self.block.len() - self.at).min(out.len());
        out[..n].copy_from_slice(&self.block[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

/// A header that announces 512 MiB and keeps its word.
fn long_record() -> impl Read {
    let head = header(b"x", 512 << 20, b'x');
    let rest = Tar::default().file("last", "last\n").end();
    std::io::Cursor::new(head).chain(std::io::repeat(b'n').take(512 << 20)).chain(std::io::Cursor::new(rest))
}

/// What the processes of their own do, by name.
fn errand(name: &str) -> Found {
    let limits = Limits::default();
    match name {
        "bomb" => stream("bomb.gz", &mut Bomb::new(NOISE, 10 << 10), &limits),
        "record" => stream("r.tar", &mut long_record(), &limits),
        "many" => stream("m.tar", &mut Many { left: 100_001, block: Vec::new(), at: 0 }, &limits),
        "zeros" => {
            stream("z.tar", &mut std::io::Cursor::new(header(b"core", 1 << 30, b'0')).chain(std::io::repeat(0).take(1 << 30)).chain(&b"\0"[..]), &limits)
        }
        "line" => {
            let mut chunks = Chunks::new(std::io::repeat(b'x').take(64 << 20).chain(&b"\nlast\n"[..]), &limits);
            let mut found = Found::default();
            while let Some(chunk) = chunks.next() {
                assert!(chunk.text.len() <= 2 << 20);
                found.bytes += chunk.proper.len() as u64;
            }
            assert_eq!((chunks.lines(), chunks.long_lines(), chunks.bytes()), (2, 1, found.bytes));
            found
        }
        _ => Found::default(),
    }
}

/// Runs in a process of its own when asked to; otherwise it has nothing to do.
#[test]
fn errand_of_its_own() {
    let Ok(name) = std::env::var("WALK_ERRAND") else { return };
    let begin = Instant::now();
    let found = errand(&name);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    println!("errand {} {} {} {} {}", found.members.len(), found.bytes, peak.unwrap_or(0), begin.elapsed().as_millis(), found.limits.join(","));
}

#[test]
fn memory_stays_small_whatever_comes() {
    for (name, members, bytes, limit) in [
        ("bomb", 1, 64 << 20..66 << 20, "member_ratio"),
        ("record", 1, 5..6, "header_record"),
        ("many", 100_000, 1_500_000..2_000_000, ""),
        ("zeros", 0, 0..1, ""),
        ("line", 0, (64 << 20) + 6..(64 << 20) + 7, ""),
    ] {
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", "source::tests::bounds::errand_of_its_own"])
            .env("WALK_ERRAND", name)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&run.stdout);
        // The harness may print its own words on the same line.
        let line = text
            .lines()
            .find_map(|l| l.split_once("errand ").filter(|(_, r)| r.starts_with(|c: char| c.is_ascii_digit())))
            .unwrap_or_else(|| panic!("{name}: {text}"));
        let words: Vec<&str> = line.1.split(' ').collect();
        let number = |i: usize| words[i].parse::<u64>().unwrap();
        eprintln!("{name}: {} members, {} bytes, peak {} KiB, {} ms, {}", words[0], words[1], words[2], words[3], words[4]);
        assert_eq!(number(0), members, "{name}");
        assert!(bytes.contains(&number(1)), "{name}: {} bytes", words[1]);
        assert_eq!(words[4], limit, "{name}");
        if cfg!(target_os = "linux") {
            assert!((1..32 << 10).contains(&number(2)), "{name}: {} KiB", words[2]);
        }
    }
}
