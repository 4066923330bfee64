//! A packed stream as a stream of what is in it, within its bounds. The decoders push no further than they are asked
//! to, hand out all that comes before trouble, and hold no more than their window.

use super::format::Packing;
use super::inflate::Gzip;
use super::limits::{Limits, Used};
use super::peek::Peek;
use super::trouble::Trouble;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// A decoder that draws from a [`Peek`]. After trouble it is not asked again.
pub(crate) trait Codec {
    /// Puts unpacked bytes into `out`; 0 at the end.
    fn read(&mut self, src: &mut Peek<'_>, out: &mut [u8]) -> io::Result<usize>;

    /// What must be said beside the data, each once.
    fn remarks(&mut self) -> Vec<String>;
}

/// What one packed stream has taken and given, shared with the archive reader above it.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    taken: Cell<u64>,
    given: Cell<u64>,
    since: Cell<(u64, u64)>,
    lenient: Cell<bool>,
    tripped: Cell<bool>,
}

impl Meter {
    /// A new member begins: its ratio is counted from here.
    pub fn mark(&self) {
        self.since.set((self.taken.get(), self.given.get()));
        self.tripped.set(false);
        self.lenient.set(false);
    }

    /// What is read from now on is not looked at, only passed over.
    pub fn lenient(&self) {
        self.lenient.set(true);
    }

    /// Whether the member that is being read expanded too far.
    pub fn tripped(&self) -> bool {
        self.tripped.get()
    }

    fn check(&self, limits: &Limits) -> io::Result<()> {
        let (taken, given) = self.since.get();
        let (taken, given) = (self.taken.get() - taken, self.given.get() - given);
        if !self.lenient.get() && given > limits.ratio_after && given / limits.member_ratio > taken {
            self.tripped.set(true);
            return Err(Trouble::ratio(limits).into());
        }
        Ok(())
    }
}

/// What one part of the walk has used, shared by its readers.
#[derive(Debug, Default)]
pub(crate) struct Budget(Cell<Used>);

impl Budget {
    /// Used so far.
    pub fn used(&self) -> Used {
        self.0.get()
    }

    /// One more member; `false` when that is one too many.
    pub fn member(&self, limits: &Limits) -> bool {
        let mut used = self.0.get();
        used.members += 1;
        self.0.set(used);
        used.members <= limits.members
    }

    fn out(&self, bytes: u64) {
        let mut used = self.0.get();
        used.out += bytes;
        self.0.set(used);
    }
}

/// See the module.
pub(crate) struct Expand<'x, 'a> {
    src: &'x mut Peek<'a>,
    codec: Box<dyn Codec>,
    meter: &'x Meter,
    budget: Rc<Budget>,
    limits: &'x Limits,
    ended: bool,
}

impl<'x, 'a> Expand<'x, 'a> {
    /// Unpacks from where `src` stands, and takes no byte behind the end.
    pub fn new(src: &'x mut Peek<'a>, codec: Box<dyn Codec>, limits: &'x Limits, budget: &Rc<Budget>, meter: &'x Meter) -> Self {
        Expand { src, codec, meter, budget: budget.clone(), limits, ended: false }
    }

    /// Whether all was unpacked.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// What must be said beside the data.
    pub fn remarks(&mut self) -> Vec<String> {
        self.codec.remarks()
    }
}

impl Read for Expand<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.ended || out.is_empty() {
            return Ok(0);
        }
        if self.budget.used().out > self.limits.total_out {
            return Err(Trouble::Limit("total_out", format!("more than {} bytes unpacked", self.limits.total_out)).into());
        }
        self.meter.check(self.limits)?;
        // In steps, so that bounds are met closely whatever buffer is read into.
        let most = out.len().min(STEP);
        let n = self.codec.read(self.src, &mut out[..most])?;
        self.ended = n == 0;
        self.meter.taken.set(self.src.taken());
        self.meter.given.set(self.meter.given.get() + n as u64);
        self.budget.out(n as u64);
        Ok(n)
    }
}

/// Bytes that are unpacked between two looks at the bounds.
const STEP: usize = 1 << 20;

/// Packed streams in a row that hold nothing: more of them are no honest file.
pub(crate) const MAX_EMPTY: u32 = 10_000;

/// Looks at what follows the end of a packed stream that is no further one.
pub(crate) fn trailing(src: &mut Peek<'_>) -> Option<String> {
    let rest = src.peek(usize::MAX);
    let zeros = rest.iter().all(|b| *b == 0);
    let n = rest.len();
    (n > 0).then(|| {
        if zeros { format!("note: {n} or more zero bytes follow the packed data") } else { "note: other data follow the packed data and are not read".into() }
    })
}

/// The decoder for a packing; `depth`: packed streams around it.
#[cfg(feature = "archives")]
pub(crate) fn codec(packing: Packing, depth: u8, limits: &Limits) -> Box<dyn Codec> {
    let window = if depth == 0 { limits.window } else { limits.inner_window };
    match packing {
        Packing::Gzip => Box::new(Gzip::new(limits.header_record)),
        Packing::Zstd => Box::new(super::zstd::Zstd::new(window)),
        Packing::Xz => Box::new(super::xz::Xz::new(window)),
        Packing::Bzip2 => Box::new(super::bunzip2::Bzip2::new()),
    }
}

/// The decoder for a packing.
#[cfg(not(feature = "archives"))]
pub(crate) fn codec(packing: Packing, _: u8, limits: &Limits) -> Box<dyn Codec> {
    match packing {
        Packing::Gzip => Box::new(Gzip::new(limits.header_record)),
        _ => Box::new(Missing),
    }
}

#[cfg(not(feature = "archives"))]
struct Missing;

#[cfg(not(feature = "archives"))]
impl Codec for Missing {
    fn read(&mut self, _: &mut Peek<'_>, _: &mut [u8]) -> io::Result<usize> {
        Err(Trouble::Io("this program was built without xz, zstd and bzip2".into()).into())
    }

    fn remarks(&mut self) -> Vec<String> {
        Vec::new()
    }
}
