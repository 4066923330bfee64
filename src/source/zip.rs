//! Zip archives, read from the front by their local headers, so that standard input and zips inside other archives work
//! alike and a cut file gives all that stands before the cut. The directory at the end is not read; links, which only
//! the directory knows, are read as the short text that they are.

use super::expand::{Codec, Expand, Meter, codec};
use super::format::Packing;
use super::inflate::{Inflate, drain};
use super::name::{Hint, MemberName};
use super::node::{At, Depth, Walker};
use super::peek::Peek;
use super::tar::{Body, pass};
use super::trouble::Reason;
use flate2::Crc;
use std::io::{self, BufRead, Read};

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const DIRECTORY: &[u8; 4] = b"PK\x01\x02";

/// A local header.
struct Local {
    name: Vec<u8>,
    encrypted: bool,
    method: u16,
    /// Size and sum stand behind the data.
    later: bool,
    sum: u32,
    packed: u64,
    size: u64,
    modified: Option<i64>,
}

impl Local {
    fn folder(&self) -> bool {
        self.name.ends_with(b"/")
    }
}

/// Takes a zip archive apart.
pub(crate) fn walk(w: &mut Walker<'_>, name: &MemberName, mut src: Peek<'_>, at: At<'_>) {
    while !w.stop {
        let next = src.peek(4);
        let result = match next {
            [b'P', b'K', 3, 4] => local(&mut src).and_then(|header| {
                if w.budget.member(w.limits) {
                    entry(w, name, &mut src, at, &header).map(|()| true)
                } else {
                    w.skipped(name, Reason::limit("members", format_args!("more than {} members", w.limits.members), true));
                    Ok(false)
                }
            }),
            [b'P', b'K', 1, 2] | [b'P', b'K', 5, 6] | [b'P', b'K', 6, 6 | 8] => Ok(false),
            _ => resume(w, name, &mut src, true),
        };
        match result {
            Ok(true) => {}
            Ok(false) => break,
            Err(e) => return w.trouble(name, &e, src.taken()),
        }
    }
}

fn le(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))
}

fn local(src: &mut Peek<'_>) -> io::Result<Local> {
    let mut fixed = [0; 30];
    src.exact(&mut fixed)?;
    let flags = le(&fixed[6..8]);
    let mut name = vec![0; le(&fixed[26..28]) as usize];
    src.exact(&mut name)?;
    let mut extra = vec![0; le(&fixed[28..30]) as usize];
    src.exact(&mut extra)?;
    let mut header = Local {
        name,
        encrypted: flags & 1 != 0,
        method: le(&fixed[8..10]) as u16,
        later: flags & 8 != 0,
        sum: le(&fixed[14..18]) as u32,
        packed: le(&fixed[18..22]),
        size: le(&fixed[22..26]),
        modified: dos_time(le(&fixed[12..14]), le(&fixed[10..12])),
    };
    let mut rest = &extra[..];
    while let [a, b, c, d, tail @ ..] = rest {
        let (kind, len) = (le(&[*a, *b]), le(&[*c, *d]) as usize);
        let Some(field) = tail.get(..len) else { break };
        rest = &tail[len..];
        if kind == 1 {
            let mut wide = field.chunks_exact(8).map(le);
            for n in [&mut header.size, &mut header.packed] {
                if *n == u64::from(u32::MAX) {
                    *n = wide.next().unwrap_or(*n);
                }
            }
        }
        if kind == 0x5455 && len >= 5 && field[0] & 1 != 0 {
            header.modified = Some(i64::from(le(&field[1..5]) as u32 as i32));
        }
    }
    Ok(header)
}

/// DOS date and time as seconds since 1970; the zone is not written, so it is taken as UTC.
fn dos_time(date: u64, time: u64) -> Option<i64> {
    let (year, month, day) = (1980 + (date >> 9) as i64, (date >> 5 & 15) as i64, (date & 31) as i64);
    if !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    Some(days * 86_400 + (time >> 11) as i64 * 3600 + (time >> 5 & 63) as i64 * 60 + (time & 31) as i64 * 2)
}

fn decoder(w: &Walker<'_>, method: u16, depth: u8) -> Option<Box<dyn Codec>> {
    Some(match method {
        8 => Box::new(Inflate::new()),
        12 => codec(Packing::Bzip2, depth, w.limits),
        93 => codec(Packing::Zstd, depth, w.limits),
        95 => codec(Packing::Xz, depth, w.limits),
        _ => return None,
    })
}

fn entry(w: &mut Walker<'_>, name: &MemberName, src: &mut Peek<'_>, at: At<'_>, header: &Local) -> io::Result<()> {
    let known = !header.later || header.packed > 0;
    let member = w.name(name, &header.name);
    let refuse = match header.method {
        _ if header.folder() && known => return pass(src, header.packed),
        _ if header.encrypted => Some("encrypted".to_string()),
        0 if known => None,
        8 | 12 | 93 | 95 => None,
        0 => Some("its size is not known: not read".to_string()),
        other => Some(format!("packed by method {other}: not read")),
    };
    if let Some(say) = refuse {
        w.skipped(&member, Reason::whole(say));
        // Without a size the next header is searched for.
        return if known { pass(src, header.packed) } else { resume(w, name, src, false).map(|_| ()) };
    }
    let depth = Depth { boxed: at.depth.boxed + 1, ..at.depth };
    let at = At { depth, outer: at.outer, ..At::default() };
    let hint = Hint { modified: header.modified, size: Some(header.size).filter(|_| !header.later) };
    if !known {
        unpack(w, &member, hint, src, at, header)?;
        if !w.stop {
            pass_descriptor(src)?;
        }
        return Ok(());
    }
    let mut body = Body { src: &mut *src, left: header.packed };
    if header.method == 0 {
        let mut summed = Summed { inner: &mut body, sum: Crc::new(), ended: false };
        w.member(&member, hint, &mut summed, at);
        let right = summed.is(header.sum);
        say(w, &member, header, right);
    } else {
        let mut packed = Peek::new(&mut body);
        unpack(w, &member, hint, &mut packed, at, header)?;
    }
    let left = body.left;
    if w.stop { Ok(()) } else { pass(src, left) }
}

fn unpack(w: &mut Walker<'_>, member: &MemberName, hint: Hint, src: &mut Peek<'_>, at: At<'_>, header: &Local) -> io::Result<()> {
    let Some(codec) = decoder(w, header.method, at.depth.packed) else { return Ok(()) };
    let (meter, budget, limits) = (Meter::default(), w.budget.clone(), w.limits);
    let mut expand = Expand::new(src, codec, limits, &budget, &meter);
    let mut summed = Summed { inner: &mut expand, sum: Crc::new(), ended: false };
    if !header.folder() {
        w.member(member, hint, &mut summed, at);
    }
    let right = summed.is(header.sum);
    say(w, member, header, right);
    for remark in expand.remarks() {
        w.skipped(member, Reason::partly(remark));
    }
    if header.later && header.packed == 0 && !w.stop {
        // The end of the data is known only by unpacking them.
        meter.lenient();
        drain(&mut expand, limits.skip_out)?;
        if !expand.ended() {
            return Err(super::trouble::Trouble::ratio(limits).into());
        }
    }
    Ok(())
}

fn say(w: &mut Walker<'_>, member: &MemberName, header: &Local, right: Option<bool>) {
    if right == Some(false) && !header.later {
        w.skipped(member, Reason::partly("damaged: CRC is wrong"));
    }
}

/// Sums up what passes.
struct Summed<'s> {
    inner: &'s mut dyn Read,
    sum: Crc,
    ended: bool,
}

impl Summed<'_> {
    /// Whether the sum is right; not known when not all was read.
    fn is(&self, sum: u32) -> Option<bool> {
        self.ended.then(|| self.sum.sum() == sum)
    }
}

impl Read for Summed<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.sum.update(&out[..n]);
        self.ended |= n == 0 && !out.is_empty();
        Ok(n)
    }
}

/// Passes over size and sum behind the data, which come in four shapes: with or without a mark, short or long.
fn pass_descriptor(src: &mut Peek<'_>) -> io::Result<()> {
    let next = src.peek(28);
    let marked = next.starts_with(b"PK\x07\x08");
    let shapes = if marked { [16, 24] } else { [12, 20] };
    let follows = |n: usize| next.get(n..n + 4).is_some_and(|m| m == LOCAL || m == DIRECTORY || m == b"PK\x05\x06" || m == b"PK\x06\x06");
    let len = shapes.into_iter().find(|n| follows(*n)).unwrap_or(shapes[0]);
    pass(src, len as u64)
}

/// Searches for the next header; `false` at the end.
fn resume(w: &mut Walker<'_>, name: &MemberName, src: &mut Peek<'_>, damaged: bool) -> io::Result<bool> {
    let from = src.taken();
    loop {
        let have = src.peek(super::peek::HEAD);
        if have.len() < 4 {
            if let Some(trouble) = src.failed() {
                return Err(trouble.clone().into());
            }
            return Err(super::trouble::Trouble::Cut.into());
        }
        let found = memchr::memmem::find(have, b"PK").filter(|i| matches!(have.get(i + 2..i + 4), None | Some([1, 2] | [3, 4] | [5, 6])));
        let whole = found.filter(|i| have.len() >= i + 4);
        let step = match (whole, found) {
            (Some(i), _) => i,
            (None, Some(i)) if i > 0 => i,
            (None, _) => memchr::memmem::find(have, b"PK").map_or(have.len() - 1, |i| i + 2),
        };
        src.consume(step);
        if whole.is_some() {
            let passed = src.taken() - from;
            if passed > 0 && damaged {
                w.skipped(name, Reason::partly(format!("damaged: no header at byte {from}, {passed} bytes passed over")));
            }
            return Ok(true);
        }
    }
}
