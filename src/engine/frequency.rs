//! How common a piece of text is in logs: a table of four-byte pieces that `build.rs` counts in the library's own
//! examples, and, once some of it was read, the input itself. What is looked for depends on it, what is found does not.

use crate::library::shipped::FREQUENCIES;

/// Bits of a piece's place in the counts of a sample.
const PLACES: u32 = 18;
/// Bytes of the library's examples that its table stands for, roughly.
const EXAMPLES: u64 = 512 << 10;
/// What a piece was met in the input says so much more than what it was met in the examples.
const TRUSTED: u64 = 16;
const SHIFT: u32 = 20;

/// The first four bytes as a number in which upper and lower case are the same.
#[inline]
pub fn folded(piece: &[u8]) -> u32 {
    u32::from_le_bytes([piece[0], piece[1], piece[2], piece[3]]) | 0x2020_2020
}

/// Place of such a number in a table of two to the power of `size`; `build.rs` has the same.
#[inline]
pub fn place(folded: u32, size: u32) -> usize {
    (folded.wrapping_mul(0x9e37_79b1) >> (32 - size)) as usize
}

/// Bytes of a sample that are kept as they are.
const KEPT: usize = 256 << 10;

/// Parts of an input: counts of their pieces, and the last of them as they are, since what comes next is like them.
#[derive(Clone, Default)]
pub struct Sample {
    /// Empty until something was taken.
    counts: Vec<u16>,
    bytes: u64,
    /// What a piece that was met once says, in steps of `2^-SHIFT`: to divide for each piece takes too long.
    worth: u64,
    text: Vec<u8>,
}

impl Sample {
    /// Takes a part of the input.
    pub fn take(&mut self, text: &[u8]) {
        self.counts.resize(1 << PLACES, 0);
        for piece in text.windows(4) {
            let count = &mut self.counts[place(folded(piece), PLACES)];
            *count = count.saturating_add(1);
        }
        self.bytes += text.len() as u64;
        self.worth = ((EXAMPLES * TRUSTED) << SHIFT) / self.bytes.max(1);
        let text = &text[text.len().saturating_sub(KEPT)..];
        self.text.drain(..(self.text.len() + text.len()).saturating_sub(KEPT));
        self.text.extend(text);
    }

    /// A part of the input as it is; nothing when nothing was taken.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Bytes that were taken.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How often a four-byte piece is met, roughly, and one more.
    pub fn of_piece(&self, piece: &[u8]) -> u32 {
        let in_examples = 1u64 << (FREQUENCIES[place(folded(piece), 16)] / 8).min(24);
        let met = self.counts.get(place(folded(piece), PLACES)).map_or(0, |n| (u64::from(*n) * self.worth) >> SHIFT);
        u32::try_from(in_examples + met).unwrap_or(u32::MAX)
    }
}
