//! Logs of a healthy machine with a few planted lines, as one file and as a support bundle.

use crate::random::Random;
use crate::signatures::{Signature, UNIVERSE};
use crate::template::fill;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Ordinary lines. Some share words, whole phrases and modules with the signatures.
const ORDINARY: [&str; 32] = [
    "%f_steady: %n: %d serves %n requests, depth %n, latency %n us, outstanding %n of %n, owner world %n",
    "%f_steady: %n: the %w copy on %d took %n ms, %n bytes, sequence %n, epoch %n",
    "%f_steady: %n: object %x is %w, %n references, checked by %v",
    "%f: %n: lock %x taken by world %n after %n us, %n waiters behind it, released %n us later",
    "%f: %n: command %x to %d failed with status %x, sense %x %x %x, it will be tried again",
    "%f: %n: %v is %w while waiting for memory, target %n KB, balloon %n KB, swapped %n KB, zipped %n KB",
    "World: %n: starting world %n with flags %x, parent %n, affinity any, name vmx-vcpu-%n:%v",
    "World: %n: world %n has ended with exit code %n after %n ms of run time on pcpu %n, %n ms ready",
    "Sched: %n: moved %v from node %n to node %n, load %n against %n, %n pages follow in the background",
    "Net: %n: port %n on switch %n is %w, client %v, uplink vmnic%n, mtu %n, %n frames in, %n frames out",
    "Net: %n: flow table has %n entries, %n were aged, %n hit the fast way, oldest %n s",
    "Disk: %n: %d answered inquiry page %x in %n us, vendor data %x%x%x",
    "Disk: %n: path vmhba%n:C%n:T%n:L%n of %d is %w, %n commands active, %n queued, %n completed since boot",
    "File: %n: opened /volumes/%x-%x/%v/%v.disk with mode %x, size %n blocks, generation %n",
    "File: %n: heartbeat on slot %n of volume %x renewed, %n ms since the last, uptime %n",
    "Mem: %n: %n pages free, state %w, min %n, soft %n, hard %n, low %n, reclaimed %n in %n ms",
    "Intr: %n: vector %x moved to pcpu %n, count %n, rate %n per second, module %x",
    "[info] task-%n for %v entered state %w, progress %n percent, queued behind %n others, session %x-%x",
    "[info] task-%n for %v done in %n ms, result kept as %x, %n properties changed, version %n",
    "[verbose] property collector %x sent %n updates to session %x, filter %n, truncated no, version %n",
    "[verbose] %v: guest heartbeat green, tools version %n, %n disks, %n adapters, addresses 10.%n.%n.%n",
    "[info] connection from 10.%n.%n.%n port %n accepted as session %x, agent client/%n.%n, %n open",
    "[info] statistics level %n rolled up, %n series, %n samples, %n ms, next in %n s",
    "[warning] %v answered late: %n ms for a call that should take %n ms, call %x",
    "[info] rescan of adapter vmhba%n found %n devices, %n new, %n gone, took %n ms",
    "[verbose] lookup of %v took %n us in the inventory cache, %n entries, %n misses, generation %n",
    "cpu usage %n percent, memory %n percent, disk %n KBps, net %n KBps, wait %n ms, for %v",
    "audit: user root ran a command from 10.%n.%n.%n, exit code %n, arguments hidden, record %n",
    "health: sensor %n reads %n, limits %n and %n, state %w, polled in %n ms over bus %n",
    "time: offset to the server is %n us, drift %n ppb, stratum %n, poll %n s, reach %x",
    "config: option %x kept at its value %n, last written %n s ago by world %n",
    "rpc: call %n to agent %v took %n us, reply %n bytes, retries %n, channel %x",
];
/// One line in so many is planted: 0.05 %.
const PLANTED: u64 = 2_000;

/// What was written.
pub struct Planted {
    pub lines: u64,
    pub planted: u64,
    /// Numbers of the signatures that have a line.
    pub signatures: BTreeSet<usize>,
}

/// About `size` bytes of lines.
pub fn write(size: u64, seed: u64, universe: &[Signature], to: &mut dyn Write) -> io::Result<Planted> {
    let mut random = Random(seed);
    let mut done = Planted { lines: 0, planted: 0, signatures: BTreeSet::new() };
    let (mut written, mut clock) = (0u64, 0u64);
    let mut line = Vec::with_capacity(512);
    while written < size {
        line.clear();
        clock += random.below(30);
        let (ms, s) = (clock % 1_000, clock / 1_000);
        write!(line, "2026-02-{:02}T{:02}:{:02}:{:02}.{ms:03}Z ", 1 + s / 86_400 % 28, s / 3_600 % 24, s / 60 % 60, s % 60)?;
        write!(line, "cpu{}:{})", random.below(48), 2_090_000 + random.below(40_000))?;
        if random.below(PLANTED) == 0 {
            // As likely between 10 and 100 as between 1,000 and 10,000: most machines have the same few faults.
            let number = ((UNIVERSE as f64).powf(random.unit()) as usize - 1).min(UNIVERSE - 1);
            universe[number].plant(&mut random, &mut line);
            done.signatures.insert(number);
            done.planted += 1;
        } else {
            fill(random.pick(&ORDINARY), &mut random, &mut line);
        }
        line.push(b'\n');
        to.write_all(&line)?;
        written += line.len() as u64;
        done.lines += 1;
    }
    Ok(done)
}

/// The same bytes as a bundle: the newest part as it is, older ones compressed once more, as log rotation leaves them.
pub fn bundle(text: &[u8], to: impl Write) -> io::Result<()> {
    const PART: usize = 16 << 20;
    let mut out = GzEncoder::new(to, Compression::new(6));
    let mut rest = text;
    let mut number = 0;
    while !rest.is_empty() {
        let end = match memchr::memchr(b'\n', rest.get(PART..).unwrap_or(&[])) {
            Some(at) => PART + at + 1,
            None => rest.len(),
        };
        let (part, after) = rest.split_at(end);
        rest = after;
        if number == 0 {
            member(&mut out, "bundle/var/log/kernel.log", part)?;
        } else {
            let mut inner = GzEncoder::new(Vec::new(), Compression::new(6));
            inner.write_all(part)?;
            member(&mut out, &format!("bundle/var/run/log/kernel.{number}.gz"), &inner.finish()?)?;
        }
        number += 1;
    }
    out.write_all(&[0; 1_024])?;
    out.finish()?.flush()
}

/// One file of a tar archive.
fn member(out: &mut impl Write, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut head = [0u8; 512];
    let mut put = |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{:011o}", bytes.len()));
    put(136, "15140000000");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar");
    put(263, "00");
    let sum: u32 = head.iter().map(|b| u32::from(*b)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    out.write_all(&head)?;
    out.write_all(bytes)?;
    out.write_all(&[0; 512][..(512 - bytes.len() % 512) % 512])
}
