//! How common a piece of text is in logs: a table of four-byte pieces that `build.rs` counts in the library's own
//! examples, so that the choice of literals depends neither on the input nor on anything written here.

use crate::library::shipped::FREQUENCIES;

/// Place of a folded four-byte piece in the table; `build.rs` has the same.
fn slot(piece: &[u8]) -> usize {
    let word = u32::from_le_bytes([piece[0] | 0x20, piece[1] | 0x20, piece[2] | 0x20, piece[3] | 0x20]);
    (word.wrapping_mul(0x9e37_79b1) >> 16) as usize
}

/// How often a four-byte piece stands in the library, roughly, and one more.
pub fn of_piece(piece: &[u8]) -> u32 {
    1 << (FREQUENCIES[slot(piece)] / 8).min(24)
}
