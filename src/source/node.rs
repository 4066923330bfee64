//! One stream of whatever kind: told by its head, unpacked or taken apart, down to plain text. Archives inside archives
//! come back here, so depth is bounded here.
//!
//! Bounds that hold for all inputs together are kept by *units*: a file of its own, or a member of an outermost archive.
//! A unit begins with a fresh budget and the totals are looked at between units, in the order of the walk; so it makes
//! no difference who works on which unit.

use super::expand::{Budget, Expand, Meter, codec};
use super::format::{Kind, Packing, detect, leads_to_members};
use super::limits::{Limits, Used};
use super::name::{Hint, MemberName};
use super::peek::{HEAD, Peek};
use super::text::{Tail, Text};
use super::trouble::{Reason, Trouble};
use super::{tar, zip};
use std::io::Read;
use std::rc::Rc;

/// Packed members up to this size are not worth handing over.
const SMALL: u64 = 16 << 10;

/// Who receives what the walk finds.
pub(crate) trait Host {
    /// A unit begins, after the outer layers used `before`; `false` ends the walk.
    fn begin(&mut self, name: &MemberName, before: Used) -> bool;
    /// The unit is through and has used this much.
    fn end(&mut self, used: Used);
    /// Offers a packed unit to someone else; `true` when it was taken.
    fn packed(&mut self, name: &MemberName, hint: Hint, src: &mut Peek<'_>, depth: Depth) -> bool;
    /// A plain text.
    fn text(&mut self, name: &MemberName, hint: Hint, data: &mut dyn Read);
    /// Something that was not read, or not wholly.
    fn skipped(&mut self, name: &MemberName, reason: Reason);
}

/// How deep a stream lies.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Depth {
    /// Compressions around it.
    pub packed: u8,
    /// Archives around it.
    pub boxed: u8,
}

/// Where a stream lies.
#[derive(Clone, Copy, Default)]
pub(crate) struct At<'m> {
    pub depth: Depth,
    /// It came out of a packed stream of the same name.
    pub unpacked: bool,
    /// Its members are units.
    pub outer: bool,
    /// Of the packed stream that it comes out of directly.
    pub meter: Option<&'m Meter>,
}

/// Takes streams apart.
pub(crate) struct Walker<'w> {
    pub host: &'w mut dyn Host,
    pub limits: &'w Limits,
    pub budget: Rc<Budget>,
    /// Totals are used up: nothing more is read.
    pub stop: bool,
    told: Used,
}

impl<'w> Walker<'w> {
    /// With a fresh budget.
    pub fn new(host: &'w mut dyn Host, limits: &'w Limits) -> Self {
        Walker { host, limits, budget: Rc::default(), stop: false, told: Used::default() }
    }

    /// Reports something.
    pub fn skipped(&mut self, name: &MemberName, reason: Reason) {
        self.host.skipped(name, reason);
    }

    /// The name of a member; a cut one is reported.
    pub fn name(&mut self, archive: &MemberName, raw: &[u8]) -> MemberName {
        let (name, cut) = archive.member(raw, self.limits.name);
        if cut {
            let (own, most) = (raw.len(), self.limits.name);
            let say = if own > most { format!("name of {own} bytes, limit {most}") } else { format!("name that is shown in more than {most} bytes") };
            self.skipped(&name, Reason::limit("name", say, true));
        }
        name
    }

    /// An input of its own.
    pub fn file(&mut self, name: &MemberName, hint: Hint, mut src: Peek<'_>) {
        let head = src.peek(HEAD);
        let kind = detect(head, name.as_str(), false);
        let outer = match kind {
            Kind::Tar | Kind::Zip => true,
            Kind::Packed(packing) => leads_to_members(packing, head, name.as_str()),
            _ => false,
        };
        if outer {
            self.open(kind, name, hint, src, At { outer, ..At::default() });
        } else {
            self.unit(kind, name, hint, src, Depth::default());
        }
    }

    /// A member of an archive.
    pub fn member(&mut self, name: &MemberName, hint: Hint, data: &mut dyn Read, at: At<'_>) {
        let mut src = Peek::new(data);
        let kind = detect(src.peek(HEAD), name.as_str(), false);
        if at.outer {
            self.unit(kind, name, hint, src, at.depth);
        } else {
            self.open(kind, name, hint, src, At { unpacked: false, meter: None, ..at });
        }
    }

    fn unit(&mut self, kind: Kind, name: &MemberName, hint: Hint, mut src: Peek<'_>, depth: Depth) {
        let used = self.budget.used();
        if !self.host.begin(name, used.since(self.told)) {
            self.stop = true;
            return;
        }
        self.told = used;
        let packed = matches!(kind, Kind::Packed(_) | Kind::Tar | Kind::Zip);
        if packed && hint.size.is_none_or(|n| n > SMALL) && self.host.packed(name, hint, &mut src, depth) {
            return;
        }
        let mut inner = Walker::new(self.host, self.limits);
        inner.open(kind, name, hint, src, At { depth, ..At::default() });
        let used = inner.budget.used();
        self.host.end(used);
    }

    /// Any stream.
    pub fn node(&mut self, name: &MemberName, hint: Hint, mut src: Peek<'_>, at: At<'_>) {
        let kind = detect(src.peek(HEAD), name.as_str(), at.unpacked);
        self.open(kind, name, hint, src, at);
    }

    fn open(&mut self, kind: Kind, name: &MemberName, hint: Hint, mut src: Peek<'_>, at: At<'_>) {
        let head = src.peek(HEAD);
        match kind {
            Kind::Packed(packing) => {
                if at.depth.packed >= self.limits.nesting {
                    let say = format_args!("compressed more than {} times", self.limits.nesting);
                    return self.skipped(name, Reason::limit("nesting", say, false));
                }
                let modified = hint.modified.or_else(|| if packing == Packing::Gzip { gzip_time(head) } else { None });
                self.unpack(name, Hint { modified, size: None }, src, packing, at);
            }
            Kind::Tar | Kind::Zip if at.depth.boxed >= self.limits.nesting => {
                let say = format_args!("more than {} archives inside each other", self.limits.nesting);
                self.skipped(name, Reason::limit("nesting", say, false));
            }
            Kind::Tar => tar::walk(self, name, src, at),
            Kind::Zip => zip::walk(self, name, src, at),
            Kind::Text => self.text(name, hint, src),
            kind => {
                let seen = head.len() as u64;
                let reason = match (src.failed(), kind) {
                    (Some(trouble), _) => Reason::before(trouble, seen),
                    (None, Kind::Unread(say)) => Reason::whole(say),
                    (None, _) => Reason::whole("binary"),
                };
                self.skipped(name, reason);
            }
        }
    }

    fn unpack(&mut self, name: &MemberName, hint: Hint, mut src: Peek<'_>, packing: Packing, at: At<'_>) {
        let meter = Meter::default();
        let budget = self.budget.clone();
        let mut expand = Expand::new(&mut src, codec(packing, at.depth.packed, self.limits), self.limits, &budget, &meter);
        let depth = Depth { packed: at.depth.packed + 1, ..at.depth };
        self.node(name, hint, Peek::with_buffer(&mut expand, 2 * HEAD), At { depth, unpacked: true, meter: Some(&meter), ..at });
        for remark in expand.remarks() {
            self.skipped(name, Reason::partly(remark));
        }
    }

    fn text(&mut self, name: &MemberName, hint: Hint, mut src: Peek<'_>) {
        if src.peek(1).is_empty()
            && let Some(trouble) = src.failed()
        {
            let reason = Reason::after(trouble, 0);
            return self.skipped(name, reason);
        }
        let mut text = Text::new(&mut src);
        let mut tail = Tail { inner: &mut text, given: 0, trouble: None };
        self.host.text(name, hint, &mut tail);
        let Tail { given, trouble, .. } = tail;
        if let Some(trouble) = trouble {
            self.skipped(name, Reason::after(&trouble, given));
        }
    }

    /// Reports trouble of an archive after so many of its bytes.
    pub fn trouble(&mut self, name: &MemberName, error: &std::io::Error, at: u64) {
        self.skipped(name, Reason::after(&Trouble::of(error), at));
    }
}

/// When the file in a gzip stream was last written.
fn gzip_time(head: &[u8]) -> Option<i64> {
    let time: [u8; 4] = head.get(4..8)?.try_into().ok()?;
    Some(i64::from(u32::from_le_bytes(time))).filter(|t| *t != 0)
}
