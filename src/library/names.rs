//! Names of the shipped library's facts by their hash: `build.rs` makes the table, so that none is made at each start.

/// A free place.
pub const NO_FACT: u16 = u16::MAX;

/// The hash of a fact's name.
pub fn hash(name: &str) -> usize {
    let mut hash = 0u64;
    for eight in name.as_bytes().chunks(8) {
        let word = eight.iter().rev().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
        hash = (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    (hash >> 32) as usize
}

/// From the hash of a name to its place among these names, and [`NO_FACT`] where there is none; as many places as a power of
/// two.
pub fn by_name<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> Vec<u16> {
    let mut table = vec![NO_FACT; (2 * names.len()).next_power_of_two()];
    for (number, name) in (0u16..).zip(names) {
        let last = table.len() - 1;
        let mut at = hash(name) & last;
        while table[at] != NO_FACT {
            at = (at + 1) & last;
        }
        table[at] = number;
    }
    table
}
