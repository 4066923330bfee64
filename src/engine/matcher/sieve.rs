//! Literals in one pass over the raw buffer. Of each literal a window is chosen; its pieces of `PIECE` bytes go into a
//! bitmap and a table. The text is looked at only at every `STRIDE`th byte, so one piece of every window is met; upper
//! and lower case fold by setting one bit, so patterns that ignore case cost nothing. Long windows allow long strides and
//! rare pieces, short ones find short literals.

use std::ops::Range;

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
    /// For each word of the bitmap, how many bits are set before it.
    ranks: Vec<u32>,
    /// For each bit that is set, a mark of its piece, or [`SEVERAL`]: most pieces that are met are none, and their marks
    /// are all that is read to see it.
    marks: Vec<u16>,
    /// For each bit that is set, and one more, the first of its places.
    firsts: Vec<u32>,
    places: Vec<Place>,
    /// For each window, and one more, the first of what it may mean.
    windows: Vec<u32>,
    /// Of what windows may mean, up to eight bytes of the literal before the window and behind it: hundreds of literals
    /// may share a window.
    besides: Vec<(Beside, Beside)>,
    meant: Vec<Meant>,
    whats: Vec<u32>,
}

/// Where a piece stands in a window, of which the first folded bytes stand beside it: most pieces that are met are no
/// part of a window, and to see that costs no further access to memory.
#[derive(Clone, Copy)]
struct Place {
    head: u64,
    window: u32,
    offset: u32,
}

/// What a window may mean: a literal, where in it the window stands, and which of `whats` have this literal.
struct Meant {
    literal: &'static [u8],
    at: usize,
    whats: Range<usize>,
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

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// The mark of a bit that pieces share.
const SEVERAL: u16 = 0;

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

/// What tells a piece from others with the same place.
fn mark(piece: u64) -> u16 {
    (piece.wrapping_mul(FACTOR) >> 16) as u16 | 1
}

impl<const PIECE: usize, const STRIDE: usize> Sieve<PIECE, STRIDE> {
    /// Bytes that a literal must have.
    pub const WINDOW: usize = PIECE + STRIDE - 1;
    /// Bytes of a window that stand beside its pieces.
    const HEAD: usize = if Self::WINDOW < 8 { Self::WINDOW } else { 8 };

    /// For these literals in lower case: what each means, and where its window stands.
    pub fn new(literals: impl Iterator<Item = (u32, &'static [u8], usize)>) -> Self {
        let mut all: Vec<_> = literals.map(|(what, literal, at)| (&literal[at..at + Self::WINDOW], literal, at, what)).collect();
        all.sort_unstable();
        let (mut windows, mut besides, mut meant) = (vec![0], Vec::new(), Vec::<Meant>::new());
        let mut heads = Vec::new();
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            heads.push(same[0].0);
            for same in same.chunk_by(|a, b| (a.1, a.2) == (b.1, b.2)) {
                let (window, literal, at, _) = same[0];
                besides.push((Beside::new(&literal[..at], true), Beside::new(&literal[at + window.len()..], false)));
                let from = meant.last().map_or(0, |m| m.whats.end);
                meant.push(Meant { literal, at, whats: from..from + same.len() });
            }
            windows.push(meant.len() as u32);
        }
        let whats = all.into_iter().map(|(.., what)| what).collect();
        let words = if heads.len() * STRIDE > MANY { LARGE } else { SMALL };
        let size = (words * 64).trailing_zeros();
        let mut all: Vec<(usize, u64, Place)> = Vec::with_capacity(heads.len() * STRIDE);
        for (number, window) in (0u32..).zip(heads) {
            let head = Self::head(window, 0);
            all.extend((0..STRIDE).map(|at| {
                let piece = folded::<PIECE>(eight(window, at));
                (slot(piece, size), piece, Place { head, window: number, offset: at as u32 })
            }));
        }
        all.sort_unstable_by_key(|(slot, _, place)| (*slot, place.window, place.offset));
        let mut sieve = Sieve {
            bits: vec![0; words],
            ranks: Vec::with_capacity(words),
            marks: Vec::new(),
            firsts: vec![0],
            places: Vec::with_capacity(all.len()),
            windows,
            besides,
            meant,
            whats,
        };
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            let (slot, piece, _) = same[0];
            sieve.bits[slot / 64] |= 1 << (slot % 64);
            sieve.marks.push(if same.iter().all(|(_, other, _)| *other == piece) { mark(piece) } else { SEVERAL });
            sieve.places.extend(same.iter().map(|(_, _, place)| *place));
            sieve.firsts.push(sieve.places.len() as u32);
        }
        let mut set = 0;
        for word in &sieve.bits {
            sieve.ranks.push(set);
            set += word.count_ones();
        }
        sieve
    }

    fn head(text: &[u8], at: usize) -> u64 {
        let eight = eight(text, at);
        if Self::WINDOW < 8 { folded::<8>(eight) << (64 - 8 * Self::HEAD) } else { folded::<8>(eight) }
    }

    /// Calls `each` with the first byte of every literal that stands in the text, and what it means.
    pub fn look(&self, text: &[u8], each: &mut dyn FnMut(usize, &[u32])) {
        if self.meant.is_empty() {
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
                    self.met(text, at + i * STRIDE, piece, size, each);
                }
            }
            at += PLACES * STRIDE;
        }
        while at + PIECE <= text.len() {
            let piece = folded::<PIECE>(eight(text, at));
            if is_set(piece) == 1 {
                self.met(text, at, piece, size, each);
            }
            at += STRIDE;
        }
    }

    #[cold]
    fn met(&self, text: &[u8], at: usize, piece: u64, size: u32, each: &mut dyn FnMut(usize, &[u32])) {
        let slot = slot(piece, size);
        let before = self.bits[slot / 64] & !(u64::MAX << (slot % 64));
        let rank = (self.ranks[slot / 64] + before.count_ones()) as usize;
        if !matches!(self.marks[rank], SEVERAL) && self.marks[rank] != mark(piece) {
            return;
        }
        for place in &self.places[self.firsts[rank] as usize..self.firsts[rank + 1] as usize] {
            let Some(start) = at.checked_sub(place.offset as usize) else { continue };
            if Self::head(text, start) != place.head {
                continue;
            }
            let before = start.checked_sub(8).map(|at| folded::<8>(eight(text, at)));
            let behind = folded::<8>(eight(text, start + Self::WINDOW));
            let window = place.window as usize;
            for number in self.windows[window] as usize..self.windows[window + 1] as usize {
                let (its_before, its_behind) = &self.besides[number];
                if !(its_behind.is(behind) && before.is_none_or(|before| its_before.is(before))) {
                    continue;
                }
                let m = &self.meant[number];
                // The whole literal stands around the window, or this is something else.
                let Some(from) = start.checked_sub(m.at) else { continue };
                if text.get(from..from + m.literal.len()).is_some_and(|t| t.eq_ignore_ascii_case(m.literal)) {
                    each(from, &self.whats[m.whats.clone()]);
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

    #[test]
    fn pieces_that_share_a_bit_are_all_found() {
        // Letters from a plain sequence, as mixed as words are.
        let mut state = 1u64;
        let mut letter = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b'a' + (state >> 59) as u8 % 26)
        };
        let literals: Vec<&'static str> = (0..1_500).map(|_| &*String::from_iter((0..11).map(|_| letter())).leak()).collect();
        let sieve = Sieve::<6, 6>::new((0u32..).zip(&literals).map(|(i, l)| (i, l.as_bytes(), 0)));
        let shared = sieve.marks.iter().filter(|mark| **mark == SEVERAL).count();
        assert!(shared > 50, "of {} bits {shared} are shared", sieve.marks.len());
        for (what, literal) in (0u32..).zip(&literals) {
            for before in 0..6 {
                let text = format!("{}{literal}", "-".repeat(before));
                let mut met = Vec::new();
                sieve.look(text.as_bytes(), &mut |at, whats| met.extend(whats.iter().map(|what| (at, *what))));
                assert_eq!(met, [(before, what)], "{literal}");
            }
        }
    }
}
