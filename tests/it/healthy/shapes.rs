//! The generator of healthy logs: shapes of messages from `tests/data/healthy/*.txt`, filled by a seeded generator and
//! written as the log of their product writes them. The same seed gives the same bytes.
//!
//! A file holds one template a line. `# format: NAME [PROGRAM]` says how the lines behind it are written;
//! `# origin: own` that they were written after what such logs look like, `# origin: public ...` (what holds without a
//! word too: the heads name the source) that they stand in public documents or packages.

use crate::random::Random;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// One kind of message.
#[derive(Clone, Debug)]
pub struct Shape {
    /// File and line.
    pub from: String,
    pub format: String,
    pub program: String,
    pub public: bool,
    pub template: String,
}

/// What two templates have in common when they are one shape.
fn bare(template: &str) -> String {
    let r = regex::Regex::new(r"\{(?:int|hex|hexdigits|word|ip|mac|nic|pci|scsi|blk|letter|uuid)\}|\d+").unwrap();
    r.replace_all(template, "*").into_owned()
}

/// All shapes, each once.
pub fn shapes() -> Vec<Shape> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/healthy");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "txt")).collect();
    files.sort();
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let (mut format, mut program, mut public) = (String::new(), String::new(), true);
        for (i, line) in text.lines().enumerate() {
            if let Some(said) = line.strip_prefix("# format: ") {
                let mut words = said.split_whitespace();
                format = words.next().unwrap().to_string();
                program = words.next().unwrap_or("").to_string();
            } else if let Some(said) = line.strip_prefix("# origin: ") {
                public = said.starts_with("public ");
            } else if !line.starts_with('#') && !line.trim().is_empty() && seen.insert((format.clone(), bare(line))) {
                assert!(!format.is_empty(), "{name} names no format");
                all.push(Shape { from: format!("{name}:{}", i + 1), format: format.clone(), program: program.clone(), public, template: line.to_string() });
            }
        }
    }
    all
}

const WORDS: &[&str] = &["web01", "db-2", "backup", "storage1", "node7", "default", "main", "local", "app_server", "mail", "lab", "esx03"];

fn fill(template: &str, r: &mut Random) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        let end = rest[at..].find('}').map_or(rest.len(), |e| at + e + 1);
        match rest[at..end].trim_matches(['{', '}']) {
            "int" => write!(out, "{}", 1 + r.below(4_000)).unwrap(),
            "hex" => write!(out, "{:08x}", r.next() as u32).unwrap(),
            "hexdigits" => write!(out, "{:x}", r.below(0x1_0000)).unwrap(),
            "word" => out.push_str(r.pick(WORDS)),
            "ip" => write!(out, "10.{}.{}.{}", r.below(250), r.below(250), 1 + r.below(250)).unwrap(),
            "mac" => write!(out, "00:50:56:{:02x}:{:02x}:{:02x}", r.below(256), r.below(256), r.below(256)).unwrap(),
            "nic" => out.push_str(r.pick(&["vmnic0", "vmnic3", "eth0", "ens192", "eno1"])),
            "pci" => write!(out, "0000:{:02x}:{:02x}.{}", r.below(128), r.below(32), r.below(8)).unwrap(),
            "scsi" => write!(out, "vmhba{}:C0:T{}:L{}", r.below(5), r.below(8), r.below(32)).unwrap(),
            "blk" => out.push_str(r.pick(&["sda", "sdb", "sda1", "nvme0n1", "dm-0"])),
            "letter" => out.push_str(r.pick(&["A", "B", "C"])),
            "uuid" => write!(out, "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", r.next() as u32, r.below(0xffff), r.below(0xffff), r.below(0xffff), r.below(1 << 47))
                .unwrap(),
            // Braces of the text itself, as in JSON.
            _ => {
                out.push('{');
                rest = &rest[at + 1..];
                continue;
            }
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// A clock that goes on with every line.
pub struct Clock(pub u64);

impl Clock {
    fn tick(&mut self, r: &mut Random) -> (u64, u64, u64, u64, u64) {
        self.0 += 1 + r.below(3_000);
        let (ms, s) = (self.0 % 1_000, self.0 / 1_000);
        (1 + s / 86_400 % 28, s / 3_600 % 24, s / 60 % 60, s % 60, ms)
    }
}

/// A line as its log writes it.
pub fn line(shape: &Shape, r: &mut Random, clock: &mut Clock) -> String {
    let text = fill(&shape.template, r);
    let (day, h, m, s, ms) = clock.tick(r);
    let iso = format!("2026-11-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}Z");
    let syslog = format!("Nov {day:2} {h:02}:{m:02}:{s:02} {}", r.pick(WORDS));
    let up = format!("{:5}.{ms:03}{:03}", clock.0 / 1_000, r.below(1_000));
    let (pid, cpu, world) = (100 + r.below(9_000), r.below(32), 2_097_152 + r.below(9_000));
    match (shape.format.as_str(), r.below(3)) {
        ("kernel", 0) => format!("[{up}] {text}"),
        ("kernel", 1) => format!("{syslog} kernel: [{up}] {text}"),
        ("kernel", _) => format!("2026-11-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}000+00:00 node7 kernel: {text}"),
        ("vmx", 0) => format!("{iso}| vmx| I125: {text}"),
        ("vmx", 1) => format!("{iso}| vcpu-0| I120: {text}"),
        ("vmx", _) => format!("{iso} In(05) vmx - {text}"),
        ("vmkernel", 0) => format!("{iso} cpu{cpu}:{world}){text}"),
        ("vmkernel", 1) => format!("{iso} In(182) vmkernel: cpu{cpu}:{world}){text}"),
        ("vmkernel", _) => format!("Nov {day:2} {h:02}:{m:02}:{s:02} vmkernel: {day}:{h:02}:{m:02}:{s:02}.{ms:03} cpu{cpu}:{pid}){text}"),
        ("vobd", 0) => format!("{iso} In(14) vobd[{world}]:  {text}"),
        ("vobd", _) => format!("{iso}: {text}"),
        ("hostd", way) => {
            let (sub, text) = text.split_once('|').unwrap_or(("Default", &text));
            let op = r.next() as u32;
            match way {
                0 => format!("{iso} info hostd[{op:08X}] [Originator@6876 {sub} opID={op:08x} user=root] {text}"),
                1 => format!("{iso} In(166) Hostd[{world}]: [Originator@6876 {sub} opID={op:08x}] {text}"),
                _ => {
                    format!("[2011-04-{day:02} {h:02}:{m:02}:{s:02}.{ms:03} {op:08X} info '{}' opID={op:08X}-{pid:08X}] {text}", sub.trim_start_matches("sub="))
                }
            }
        }
        ("tools", _) => format!("[{iso}] [ message] {text}"),
        ("networkmanager", _) => format!("{syslog} {}[{pid}]: <info>  [{}.{ms:03}0] {text}", shape.program, 1_700_000_000 + clock.0 / 1_000),
        ("syslog", 0) => format!("2026-11-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}000+00:00 node7 {}[{pid}]: {text}", shape.program),
        ("syslog", _) => format!("{syslog} {}[{pid}]: {text}", shape.program),
        ("plain", _) => text,
        (other, _) => panic!("{}: no format `{other}`", shape.from),
    }
}

/// The message alone.
pub fn message(shape: &Shape, r: &mut Random) -> String {
    let text = fill(&shape.template, r);
    text.split_once('|').filter(|_| shape.format == "hostd").map_or(text.clone(), |(_, t)| t.to_string())
}

/// Numbers in another order.
pub fn shuffled(n: usize, r: &mut Random) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, r.below(i as u64 + 1) as usize);
    }
    order
}
