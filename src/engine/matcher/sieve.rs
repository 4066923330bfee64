//! Literals in one pass over the raw buffer. Of each literal a window is chosen; its pieces of `PIECE` bytes go into a
//! bitmap and a table. The text is looked at only at every `STRIDE`th byte, so one piece of every window is met; upper
//! and lower case fold by setting one bit, so patterns that ignore case cost nothing. Long windows allow long strides and
//! rare pieces, short ones find short literals.

use std::collections::HashMap;

/// Words of the bitmap, for few windows and for many.
const SMALL: usize = 1 << 12;
const LARGE: usize = 1 << 14;
const MANY: usize = 12_000;
/// Bytes of the text that are read in one step, and places that are looked at in it.
const BLOCK: usize = 64;
const PLACES: usize = 8;

/// See the module.
pub struct Sieve<const PIECE: usize, const STRIDE: usize> {
    bits: Vec<u64>,
    /// From a folded piece to its part of `places`.
    pieces: HashMap<u64, (u32, u32), Mixed>,
    places: Vec<Place>,
    /// What each window may mean.
    windows: Vec<Vec<Meant>>,
}

/// Where a piece stands in a window, of which the first folded bytes stand beside it: most pieces that are met are no
/// part of a window, and to see that costs no further access to memory.
#[derive(Clone, Copy)]
struct Place {
    head: u64,
    window: u32,
    offset: u32,
}

/// What a window may mean: a literal, where in it the window stands, and what has this literal.
struct Meant {
    /// Up to eight bytes of the literal before the window and behind it. Hundreds of literals may share a window.
    before: Beside,
    behind: Beside,
    literal: &'static [u8],
    at: usize,
    whats: Vec<u32>,
}

/// Folded bytes that stand somewhere, and a mask of those that matter.
struct Beside {
    bytes: u64,
    mask: u64,
}

impl Beside {
    /// The first of these bytes, or the last of them, at that end of eight.
    fn new(bytes: &[u8], is_before: bool) -> Beside {
        let (mut eight, mut mask) = ([0; 8], [0; 8]);
        let many = bytes.len().min(8);
        let (to, from) = if is_before { (8 - many..8, bytes.len() - many..bytes.len()) } else { (0..many, 0..many) };
        eight[to.clone()].copy_from_slice(&bytes[from]);
        mask[to].fill(0xff);
        let mask = u64::from_le_bytes(mask);
        Beside { bytes: folded::<8>(eight) & mask, mask }
    }

    #[inline]
    fn is(&self, folded: u64) -> bool {
        folded & self.mask == self.bytes
    }
}

/// Mixes a piece; the table needs no protection against crafted keys, since its keys come from patterns.
#[derive(Clone, Copy, Default)]
struct Mixed;

impl std::hash::BuildHasher for Mixed {
    type Hasher = Mixer;
    fn build_hasher(&self) -> Mixer {
        Mixer(0)
    }
}

struct Mixer(u64);

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl std::hash::Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = (self.0 ^ u64::from(*b)).wrapping_mul(FACTOR);
        }
    }
    fn write_u64(&mut self, n: u64) {
        // A piece stands in the high bits and the table takes its places from the low ones.
        let product = (n >> 16).wrapping_mul(FACTOR);
        self.0 = product ^ (product >> 32);
    }
}

/// The first `N` of eight bytes, folded, in the high bits of a number.
#[inline]
fn folded<const N: usize>(eight: [u8; 8]) -> u64 {
    (u64::from_le_bytes(eight) | 0x2020_2020_2020_2020) << (64 - 8 * N)
}

/// Eight bytes from a place on, filled up with zeros behind the end.
fn eight(text: &[u8], at: usize) -> [u8; 8] {
    let here = text.get(at..).unwrap_or_default();
    if let Some(eight) = here.first_chunk() {
        return *eight;
    }
    let mut eight = [0; 8];
    eight[..here.len()].copy_from_slice(here);
    eight
}

/// Place of a piece in a bitmap of two to the power of `size` bits.
#[inline]
fn slot(piece: u64, size: u32) -> usize {
    (piece.wrapping_mul(FACTOR) >> (64 - size)) as usize
}

impl<const PIECE: usize, const STRIDE: usize> Sieve<PIECE, STRIDE> {
    /// Bytes that a literal must have.
    pub const WINDOW: usize = PIECE + STRIDE - 1;
    /// Bytes of a window that stand beside its pieces.
    const HEAD: usize = if Self::WINDOW < 8 { Self::WINDOW } else { 8 };

    /// For these literals in lower case: what each means, and where its window stands.
    pub fn new(literals: impl Iterator<Item = (u32, &'static [u8], usize)>) -> Self {
        let mut by_window: HashMap<&'static [u8], u32> = HashMap::new();
        let mut by_literal: HashMap<(&'static [u8], usize), (usize, usize)> = HashMap::new();
        let mut windows: Vec<Vec<Meant>> = Vec::new();
        for (what, literal, at) in literals {
            let (window, place) = *by_literal.entry((literal, at)).or_insert_with(|| {
                let number = *by_window.entry(&literal[at..at + Self::WINDOW]).or_insert_with(|| {
                    windows.push(Vec::new());
                    windows.len() as u32 - 1
                }) as usize;
                let (before, behind) = (Beside::new(&literal[..at], true), Beside::new(&literal[at + Self::WINDOW..], false));
                windows[number].push(Meant { before, behind, literal, at, whats: Vec::new() });
                (number, windows[number].len() - 1)
            });
            windows[window][place].whats.push(what);
        }
        let mut all: Vec<(u64, Place)> = Vec::with_capacity(by_window.len() * STRIDE);
        for (window, number) in &by_window {
            let head = Self::head(window, 0);
            all.extend((0..STRIDE).map(|at| (folded::<PIECE>(eight(window, at)), Place { head, window: *number, offset: at as u32 })));
        }
        all.sort_unstable_by_key(|(piece, place)| (*piece, place.window, place.offset));
        let words = if all.len() > MANY { LARGE } else { SMALL };
        let size = (words * 64).trailing_zeros();
        let mut sieve = Sieve { bits: vec![0; words], pieces: HashMap::default(), places: Vec::with_capacity(all.len()), windows };
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            let slot = slot(same[0].0, size);
            sieve.bits[slot / 64] |= 1 << (slot % 64);
            sieve.pieces.insert(same[0].0, (sieve.places.len() as u32, same.len() as u32));
            sieve.places.extend(same.iter().map(|(_, place)| *place));
        }
        sieve
    }

    fn head(text: &[u8], at: usize) -> u64 {
        let eight = eight(text, at);
        if Self::WINDOW < 8 { folded::<8>(eight) << (64 - 8 * Self::HEAD) } else { folded::<8>(eight) }
    }

    /// Calls `each` with the first byte of every literal that stands in the text, and what it means.
    pub fn look(&self, text: &[u8], each: &mut dyn FnMut(usize, &[u32])) {
        if self.windows.is_empty() {
            return;
        }
        // With the length of the table known, no access to it needs a check.
        if let Ok(bits) = <&[u64; SMALL]>::try_from(&self.bits[..]) {
            self.look_with(bits, text, each);
        } else if let Ok(bits) = <&[u64; LARGE]>::try_from(&self.bits[..]) {
            self.look_with(bits, text, each);
        }
    }

    fn look_with<const WORDS: usize>(&self, bits: &[u64; WORDS], text: &[u8], each: &mut dyn FnMut(usize, &[u32])) {
        let size = (WORDS * 64).trailing_zeros();
        let is_set = |piece: u64| {
            let s = slot(piece, size);
            bits[(s / 64) % WORDS] >> (s % 64) & 1
        };
        let mut at = 0;
        // Several pieces at a time, of which hardly ever one is set.
        while let Some(block) = text[at..].first_chunk::<BLOCK>() {
            let pieces: [u64; PLACES] = std::array::from_fn(|i| folded::<PIECE>(block[i * STRIDE..].first_chunk().copied().unwrap_or_default()));
            let set: [u64; PLACES] = pieces.map(is_set);
            if set.iter().fold(0, |any, set| any | set) != 0 {
                for (i, piece) in pieces.into_iter().enumerate().filter(|(i, _)| set[*i] == 1) {
                    self.met(text, at + i * STRIDE, piece, each);
                }
            }
            at += PLACES * STRIDE;
        }
        while at + PIECE <= text.len() {
            let piece = folded::<PIECE>(eight(text, at));
            if is_set(piece) == 1 {
                self.met(text, at, piece, each);
            }
            at += STRIDE;
        }
    }

    #[cold]
    fn met(&self, text: &[u8], at: usize, piece: u64, each: &mut dyn FnMut(usize, &[u32])) {
        let Some((from, many)) = self.pieces.get(&piece) else { return };
        for place in &self.places[*from as usize..][..*many as usize] {
            let Some(start) = at.checked_sub(place.offset as usize) else { continue };
            if Self::head(text, start) != place.head {
                continue;
            }
            let before = start.checked_sub(8).map(|at| folded::<8>(eight(text, at)));
            let behind = folded::<8>(eight(text, start + Self::WINDOW));
            for m in &self.windows[place.window as usize] {
                if !(m.behind.is(behind) && before.is_none_or(|before| m.before.is(before))) {
                    continue;
                }
                // The whole literal stands around the window, or this is something else.
                let Some(from) = start.checked_sub(m.at) else { continue };
                if text.get(from..from + m.literal.len()).is_some_and(|t| t.eq_ignore_ascii_case(m.literal)) {
                    each(from, &m.whats);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<const PIECE: usize, const STRIDE: usize>(literals: &[&'static str], text: &str) -> Vec<(usize, u32)> {
        let at = |l: &str| (l.len() - Sieve::<PIECE, STRIDE>::WINDOW) / 2;
        let sieve = Sieve::<PIECE, STRIDE>::new(literals.iter().enumerate().map(|(i, l)| (i as u32, l.as_bytes(), at(l))));
        let mut out = Vec::new();
        sieve.look(text.as_bytes(), &mut |at, whats| out.extend(whats.iter().map(|what| (at, *what))));
        out.sort_unstable();
        out.dedup();
        out
    }

    #[test]
    fn a_literal_is_found_wherever_it_stands() {
        for before in 0..200 {
            for behind in [0, 1, 7, 90] {
                let text = format!("{}Heap_Align {}", "x".repeat(before), "y".repeat(behind));
                assert_eq!(found::<6, 6>(&["heap_align ", "of nothing!"], &text), [(before, 0)], "{text}");
                assert_eq!(found::<3, 2>(&["p_al", "heap_align", "hull"], &text), [(before, 1), (before + 3, 0)], "{text}");
            }
        }
    }

    #[test]
    fn what_only_begins_like_a_literal_is_none() {
        assert_eq!(found::<6, 6>(&["lost heartbeat"], "lost heartbeax lost heartb"), []);
        assert_eq!(found::<6, 6>(&["lost heartbeat", "lost heartbeats"], "Lost HEARTBEATS"), [(0, 0), (0, 1)]);
        assert_eq!(found::<3, 2>(&["abcd"], "abc"), []);
    }

    #[test]
    fn many_literals_are_found_in_the_larger_table() {
        let many: Vec<&'static str> = (0..5_000).map(|i| &*Box::leak(format!("literal {i:05}").into_boxed_str())).collect();
        assert_eq!(found::<6, 6>(&many, "of Literal 04711, and literal 00012"), [(3, 4711), (22, 12)]);
    }
}
