//! Every bound that reading has, in one place. A bound that is hit is reported through [`super::Sink::skipped`] with the
//! name of its field, so that no cut is silent.

/// Bounds of reading. All of them may be raised by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of new lines that are looked at in one go.
    pub chunk: usize,
    /// Longest line that is looked at whole, in bytes; a longer one is looked at in overlapping pieces.
    pub line_window: usize,
    /// Bytes around a line that stand in the same buffer, where the stream has them.
    pub line_context: usize,
    /// Bytes that two pieces of a long line share at least.
    pub line_overlap: usize,
    /// How many times its packed size a member may become.
    pub member_ratio: u64,
    /// Bytes a member may give before its ratio is looked at.
    pub ratio_after: u64,
    /// Bytes that a member beyond its ratio is unpacked further, unseen, to reach the next one.
    pub skip_out: u64,
    /// Bytes unpacked in all.
    pub total_out: u64,
    /// Members, records and folder entries in all.
    pub members: u64,
    /// Archives inside archives, and compressions inside compressions.
    pub nesting: u8,
    /// Folders inside folders.
    pub folders: u16,
    /// Bytes of one name; a longer one is cut.
    pub name: usize,
    /// Bytes of a record that stands before a member: long names, extended headers, zip extra fields.
    pub header_record: usize,
    /// Bytes of history that an outermost decompressor may ask for.
    pub window: usize,
    /// The same for one inside another.
    pub inner_window: usize,
    /// Packed bytes that wait for worker threads.
    pub waiting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            chunk: 1 << 20,
            line_window: 256 << 10,
            line_context: 320 << 10,
            line_overlap: 1 << 10,
            member_ratio: 200,
            ratio_after: 64 << 20,
            skip_out: 1 << 30,
            total_out: 20 << 30,
            members: 200_000,
            nesting: 3,
            folders: 256,
            name: 4 << 10,
            header_record: 64 << 10,
            window: 64 << 20,
            inner_window: 16 << 20,
            waiting: 16 << 20,
        }
    }
}

/// What was used of the bounds that hold for all inputs together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Used {
    /// Bytes unpacked.
    pub out: u64,
    /// Members seen.
    pub members: u64,
}

impl Used {
    /// Adds what another part of the walk used.
    pub fn add(&mut self, more: Used) {
        self.out = self.out.saturating_add(more.out);
        self.members = self.members.saturating_add(more.members);
    }

    /// What was used since `earlier`.
    pub fn since(self, earlier: Used) -> Used {
        Used { out: self.out - earlier.out, members: self.members - earlier.members }
    }
}
