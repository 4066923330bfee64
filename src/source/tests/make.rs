//! Makers of archives, good and bad, and a sink that keeps what it gets.

use crate::source::walk::walk_stream;
use crate::source::*;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use std::io::{self, Read, Write};

/// Gives at most so many bytes at a time.
pub(crate) struct Slow<'s>(pub &'s [u8], pub usize);

impl Read for Slow<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(out.len());
        (&mut self.0).take(n as u64).read(out)
    }
}

/// What a walk found.
#[derive(Default, Debug, PartialEq, Eq, Clone)]
pub(crate) struct Found {
    pub members: Vec<(String, Vec<u8>)>,
    pub hints: Vec<Hint>,
    pub skipped: Vec<(String, String)>,
    pub limits: Vec<&'static str>,
    /// Only lengths are kept.
    pub sparing: bool,
    pub bytes: u64,
}

impl Sink for Found {
    fn member(&mut self, name: &MemberName, hint: Hint, data: &mut dyn Read) {
        let mut kept = Vec::new();
        let n = if self.sparing { io::copy(data, &mut io::sink()).unwrap() } else { data.read_to_end(&mut kept).unwrap() as u64 };
        self.bytes += n;
        self.members.push((name.to_string(), kept));
        self.hints.push(hint);
    }

    fn skipped(&mut self, name: &MemberName, reason: &Reason) {
        self.skipped.push((name.to_string(), reason.to_string()));
        self.limits.extend(reason.limit);
    }
}

impl Found {
    /// Names and lengths, to compare.
    pub fn sizes(&self) -> Vec<(&str, usize)> {
        self.members.iter().map(|(n, d)| (n.as_str(), d.len())).collect()
    }

    /// Names with reasons, to compare.
    pub fn reasons(&self) -> Vec<(&str, &str)> {
        self.skipped.iter().map(|(n, r)| (n.as_str(), r.as_str())).collect()
    }
}

/// Walks over bytes.
pub(crate) fn over(name: &str, bytes: &[u8]) -> Found {
    over_with(name, bytes, &Limits::default())
}

/// Walks over bytes within these bounds.
pub(crate) fn over_with(name: &str, bytes: &[u8], limits: &Limits) -> Found {
    let mut found = Found::default();
    walk(&[Input::Bytes(name.into(), bytes.to_vec())], limits, &mut found);
    found
}

/// Walks over a stream, keeping only sizes.
pub(crate) fn stream(name: &str, inner: &mut dyn Read, limits: &Limits) -> Found {
    let mut found = Found { sparing: true, ..Found::default() };
    walk_stream(name, inner, limits, &mut found);
    found
}

/// So many numbered lines.
pub(crate) fn lines(n: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(n * 64);
    for i in 0..n {
        let _ = writeln!(out, "2024-01-01T00:00:00Z cpu{}:{})Vol3: line number {i} of a log", i % 7, i * 7919 % 100_003);
    }
    out
}

/// Numbers that look random and are always the same.
pub(crate) struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let x = self.0;
        (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd) >> 17
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

pub(crate) fn gz(data: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::new(6));
    out.write_all(data).unwrap();
    out.finish().unwrap()
}

/// A tar header with a right checksum.
pub(crate) fn header(name: &[u8], size: u64, kind: u8) -> [u8; 512] {
    let mut h = [0; 512];
    h[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
    h[100..108].copy_from_slice(b"0000644\0");
    h[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    h[136..148].copy_from_slice(b"14531243000\0");
    h[156] = kind;
    h[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut h);
    h
}

/// Puts the right checksum into a header.
pub(crate) fn seal(h: &mut [u8; 512]) {
    h[148..156].copy_from_slice(b"        ");
    let sum: u32 = h.iter().map(|b| u32::from(*b)).sum();
    h[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// A tar archive in the making.
#[derive(Default, Clone)]
pub(crate) struct Tar(pub Vec<u8>);

impl Tar {
    pub fn file(self, name: impl AsRef<[u8]>, data: impl AsRef<[u8]>) -> Self {
        self.entry(name.as_ref(), b'0', data.as_ref())
    }

    pub fn entry(mut self, name: &[u8], kind: u8, data: &[u8]) -> Self {
        self.0.extend(header(name, data.len() as u64, kind));
        self.raw(data).pad()
    }

    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    pub fn pad(mut self) -> Self {
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// A PAX record before the next entry.
    pub fn pax(self, key: &str, value: &str) -> Self {
        let body = format!(" {key}={value}\n");
        let mut len = body.len() + 1;
        while len != body.len() + len.to_string().len() {
            len = body.len() + len.to_string().len();
        }
        self.entry(b"pax", b'x', format!("{len}{body}").as_bytes())
    }

    pub fn end(mut self) -> Vec<u8> {
        self.0.extend([0; 1024]);
        self.0
    }
}

/// A zip archive; `later`: sizes stand behind the data.
pub(crate) fn zip(files: &[(&str, &[u8])], method: u16, later: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let le = |n: u64, len: usize| n.to_le_bytes()[..len].to_vec();
    for (name, data) in files {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let packed = if method == 8 {
            let mut e = DeflateEncoder::new(Vec::new(), Compression::new(6));
            e.write_all(data).unwrap();
            e.finish().unwrap()
        } else {
            data.to_vec()
        };
        let sizes = [le(u64::from(crc.sum()), 4), le(packed.len() as u64, 4), le(data.len() as u64, 4)].concat();
        out.extend(b"PK\x03\x04\x14\0");
        out.extend(le(if later { 8 } else { 0 }, 2));
        out.extend(le(u64::from(method), 2));
        out.extend([0x00, 0x60, 0x21, 0x58]);
        out.extend(if later { vec![0; 12] } else { sizes.clone() });
        out.extend(le(name.len() as u64, 2));
        out.extend([0, 0]);
        out.extend(name.as_bytes());
        out.extend(packed);
        if later {
            out.extend(b"PK\x07\x08");
            out.extend(sizes);
        }
    }
    out.extend(b"PK\x01\x02 the directory is not read");
    out
}

/// A gzip stream that gives `pattern` again and again: one packed block, repeated without end in memory or on disk.
pub(crate) struct Bomb {
    head: Vec<u8>,
    block: Vec<u8>,
    blocks: u64,
    at: usize,
}

impl Bomb {
    /// `mib`: MiB that come out.
    pub fn new(pattern: &[u8], mib: u64) -> Self {
        let mut block = DeflateEncoder::new(Vec::new(), Compression::new(9));
        block.write_all(&pattern.iter().copied().cycle().take(1 << 20).collect::<Vec<u8>>()).unwrap();
        block.flush().unwrap();
        // A flush does not reset the window, but the block does not look back before its own beginning.
        Bomb { head: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], block: block.get_ref().clone(), blocks: mib, at: 0 }
    }
}

impl Read for Bomb {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let current = if self.head.is_empty() { &self.block } else { &self.head };
        let n = (current.len() - self.at).min(out.len());
        out[..n].copy_from_slice(&current[self.at..self.at + n]);
        self.at += n;
        if self.at == current.len() {
            self.at = 0;
            if self.head.is_empty() {
                self.blocks = self.blocks.saturating_sub(1);
            }
            self.head.clear();
            if self.blocks == 0 {
                self.block.clear();
            }
        }
        Ok(n)
    }
}
