//! Tar archives, read block by block in the order of the file. Names are only shown: nothing is ever created, so `..`,
//! absolute names and links have no power. A block that is no header is passed over until the next one.

use super::inflate::drain;
use super::name::{Hint, MemberName};
use super::node::{At, Depth, Walker};
use super::peek::Peek;
use super::tar_header::{self, BLOCK, Entry, Extended, Header};
use super::trouble::{Reason, Trouble};
use std::io::{self, Read};

/// Zero blocks behind the end that are looked at: writers pad to 10 or 32 KiB, and archives get joined.
const PADDING: u32 = 128;

/// The data of one member.
pub(crate) struct Body<'b, 'a> {
    pub src: &'b mut Peek<'a>,
    /// Bytes that are still to come.
    pub left: u64,
}

impl Read for Body<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = (out.len() as u64).min(self.left) as usize;
        if most == 0 {
            return Ok(0);
        }
        let n = self.src.read(&mut out[..most])?;
        if n == 0 {
            return Err(Trouble::Cut.into());
        }
        self.left -= n as u64;
        Ok(n)
    }
}

/// Where the reading of headers stands.
#[derive(Default)]
struct Place {
    /// Zero blocks in a row.
    zeros: u32,
    /// First byte of what is no header.
    lost: Option<u64>,
    extended: Extended,
}

/// Takes a tar archive apart.
pub(crate) fn walk(w: &mut Walker<'_>, name: &MemberName, mut src: Peek<'_>, at: At<'_>) {
    let mut place = Place::default();
    if let Err(e) = entries(w, name, &mut src, at, &mut place) {
        say_lost(w, name, &mut place, src.taken());
        return w.trouble(name, &e, src.taken());
    }
    say_lost(w, name, &mut place, src.taken());
    // How the packed stream below ends is known only when its end was seen.
    let end = src.taken();
    if !w.stop
        && let Err(e) = drain(&mut src, 1 << 20)
    {
        w.trouble(name, &e, end);
    }
}

fn entries(w: &mut Walker<'_>, name: &MemberName, src: &mut Peek<'_>, at: At<'_>, place: &mut Place) -> io::Result<()> {
    let mut block = [0; BLOCK];
    while !w.stop {
        let offset = src.taken();
        if src.peek(1).is_empty() && src.failed().is_none() {
            if place.zeros == 0 && place.lost.is_none() {
                w.skipped(name, Reason::partly(format!("cut: no end mark after {offset} bytes")));
            }
            break;
        }
        src.exact(&mut block)?;
        if block == [0; BLOCK] && place.lost.is_none() {
            place.zeros += 1;
            if place.zeros > PADDING {
                break;
            }
            continue;
        }
        let Some(header) = tar_header::read(&block) else {
            if place.zeros > 1 {
                w.skipped(name, Reason::partly("note: other data follow the end of the archive and are not read"));
                break;
            }
            place.lost.get_or_insert(offset);
            continue;
        };
        say_lost(w, name, place, offset);
        place.zeros = 0;
        if !w.budget.member(w.limits) {
            w.skipped(name, Reason::limit("members", format_args!("more than {} members", w.limits.members), true));
            break;
        }
        if let Some(meter) = at.meter {
            meter.mark();
        }
        entry(w, name, src, at, place, header, &block)?;
    }
    Ok(())
}

fn say_lost(w: &mut Walker<'_>, name: &MemberName, place: &mut Place, offset: u64) {
    if let Some(from) = place.lost.take() {
        w.skipped(name, Reason::partly(format!("damaged: no header at byte {from}, {} bytes passed over", offset - from)));
        place.extended = Extended::default();
    }
}

fn entry(w: &mut Walker<'_>, name: &MemberName, src: &mut Peek<'_>, at: At<'_>, place: &mut Place, header: Header, block: &[u8; BLOCK]) -> io::Result<()> {
    if matches!(header.entry, Entry::LongName | Entry::LongLink | Entry::Extended | Entry::Global) {
        return record(w, name, src, place, &header);
    }
    let extended = std::mem::take(&mut place.extended);
    let raw = extended.name.unwrap_or(header.name);
    let size = if header.size > 0 {
        extended.size.unwrap_or(header.size)
    } else if header.entry == Entry::File {
        extended.size.unwrap_or(0)
    } else {
        0
    };
    let mut left = size;
    match header.entry {
        Entry::File if !extended.sparse => {
            let member = w.name(name, &raw);
            let hint = Hint { modified: extended.modified.or(header.modified), size: Some(size) };
            let mut body = Body { src: &mut *src, left: size };
            let depth = Depth { boxed: at.depth.boxed + 1, ..at.depth };
            w.member(&member, hint, &mut body, At { depth, outer: at.outer, ..At::default() });
            left = body.left;
        }
        Entry::Folder => {}
        Entry::Other(what) => {
            let member = w.name(name, &raw);
            w.skipped(&member, Reason::whole(what));
        }
        _ => {
            let member = w.name(name, &raw);
            w.skipped(&member, Reason::whole("sparse file"));
            if header.entry == Entry::Sparse {
                map(src, block)?;
            }
        }
    }
    if w.stop {
        return Ok(());
    }
    if let Some(meter) = at.meter {
        if meter.tripped() && left > w.limits.skip_out {
            return Err(Trouble::ratio(w.limits).into());
        }
        meter.lenient();
    }
    pass(src, left + padding(size))
}

/// A record about entries to come.
fn record(w: &mut Walker<'_>, name: &MemberName, src: &mut Peek<'_>, place: &mut Place, header: &Header) -> io::Result<()> {
    let offset = src.taken() - BLOCK as u64;
    if header.size > w.limits.header_record as u64 {
        let say = format_args!("header record of {} bytes at byte {offset}, limit {}", header.size, w.limits.header_record);
        w.skipped(name, Reason::limit("header_record", say, true));
        return pass(src, header.size + padding(header.size));
    }
    let mut data = vec![0; header.size as usize];
    src.exact(&mut data)?;
    match header.entry {
        Entry::LongName => place.extended.name = Some(data.split(|b| *b == 0).next().unwrap_or_default().to_vec()),
        Entry::Extended if !place.extended.read(&data) => {
            w.skipped(name, Reason::partly(format!("damaged: extended header at byte {offset}")));
        }
        // What holds for all entries (comments, character sets) says nothing about their text.
        _ => {}
    }
    pass(src, padding(header.size))
}

/// Passes over the rest of the map of a sparse file.
fn map(src: &mut Peek<'_>, block: &[u8; BLOCK]) -> io::Result<()> {
    let mut more = tar_header::map_goes_on(block, true);
    let mut next = [0; BLOCK];
    while more {
        src.exact(&mut next)?;
        more = tar_header::map_goes_on(&next, false);
    }
    Ok(())
}

fn padding(size: u64) -> u64 {
    (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64
}

/// Passes over bytes that must be there.
pub(crate) fn pass(src: &mut Peek<'_>, n: u64) -> io::Result<()> {
    if src.skip(n)? > 0 { Err(Trouble::Cut.into()) } else { Ok(()) }
}
