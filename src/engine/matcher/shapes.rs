//! For patterns without a good literal, and for literals too short for the filter: the rarest run of bytes whose kinds
//! are known (`[A-Z][A-Z][A-Z][0-9]`), looked for in one pass over the buffer by shifting bits, for all of them at once.

use crate::library::runs::Bytes;

/// Longest run that is looked for.
const LONGEST: usize = 8;
/// Runs that are met more often than once in so many bytes save nothing.
const RARE: f64 = 1.0 / 64.0;
/// A run that is met as seldom as this needs no further byte.
const ENOUGH: f64 = 1.0 / 20_000.0;
/// Streams that one pass reads side by side, to hide how long a step takes.
const SIDE_BY_SIDE: usize = 4;

/// Kinds of bytes: small letters, capitals, digits, blanks, signs, all others.
const KINDS: usize = 6;

const fn kind(b: u8) -> usize {
    match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        b' ' | b'\t' => 3,
        b'!'..=b'~' => 4,
        _ => 5,
    }
}

/// The bytes of each kind.
const OF_KIND: [Bytes; KINDS] = {
    let mut all = [const { Bytes::none() }; KINDS];
    let mut b = 0;
    while b < 256 {
        all[kind(b as u8)] = all[kind(b as u8)].and(b as u8);
        b += 1;
    }
    all
};

/// The share of each kind of byte that these are.
fn shares(bytes: &Bytes) -> [f64; KINDS] {
    std::array::from_fn(|k| f64::from(bytes.among(&OF_KIND[k])) / f64::from(OF_KIND[k].among(&OF_KIND[k])))
}

/// How often each kind stands in logs (counted in `tests/data/healthy`, figures smoothed).
const FIRST: [f64; KINDS] = [0.62, 0.05, 0.08, 0.11, 0.13, 0.01];
/// How often a kind follows each kind: what looks like a word goes on like one.
const NEXT: [[f64; KINDS]; KINDS] = [
    [0.77, 0.01, 0.01, 0.10, 0.10, 0.01],
    [0.33, 0.43, 0.06, 0.11, 0.06, 0.01],
    [0.09, 0.02, 0.55, 0.12, 0.21, 0.01],
    [0.56, 0.12, 0.12, 0.02, 0.17, 0.01],
    [0.38, 0.05, 0.22, 0.20, 0.14, 0.01],
    [0.32, 0.30, 0.10, 0.05, 0.20, 0.03],
];

/// How often a run is met, roughly.
pub fn chance(run: &[Bytes]) -> f64 {
    let mut at = FIRST;
    for (i, bytes) in run.iter().enumerate() {
        let shares = shares(bytes);
        let came: [f64; KINDS] = if i == 0 { at } else { std::array::from_fn(|to| (0..KINDS).map(|from| at[from] * NEXT[from][to]).sum()) };
        at = std::array::from_fn(|k| came[k] * shares[k]);
    }
    at.iter().sum()
}

/// The bytes of a folded literal, in either case.
pub fn of_literal(literal: &[u8]) -> Vec<Bytes> {
    let either = |b: &u8| Bytes::none().and(b.to_ascii_lowercase()).and(b.to_ascii_uppercase());
    literal.iter().take(LONGEST).map(either).collect()
}

/// The rarest run of several; nothing when none is rare.
pub fn rarest(runs: &[Vec<Bytes>]) -> Option<Vec<Bytes>> {
    // The shortest that is rare enough, since all that are looked for share 64 bits.
    for length in 1..=LONGEST {
        let windows = runs.iter().flat_map(|run| run.windows(length.min(run.len())));
        let best = windows.min_by(|a, b| chance(a).total_cmp(&chance(b)))?;
        if chance(best) < ENOUGH || (length == LONGEST && chance(best) < RARE) {
            return Some(best.to_vec());
        }
    }
    None
}

/// Runs that are looked for in one pass: at most 64 bytes of them together.
pub struct Pass {
    table: Box<[u64; 256]>,
    begins: u64,
    ends: u64,
    /// For each last bit: what it means, and the length of its run.
    meant: Vec<(u32, u32, usize)>,
    longest: usize,
}

/// Puts runs into as few passes as they need.
pub fn passes(runs: &[(u32, Vec<Bytes>)]) -> Vec<Pass> {
    let mut out: Vec<Pass> = Vec::new();
    let mut used = 64;
    for (what, run) in runs {
        if used + run.len() > 64 {
            out.push(Pass { table: Box::new([0; 256]), begins: 0, ends: 0, meant: Vec::new(), longest: 0 });
            used = 0;
        }
        let Some(pass) = out.last_mut() else { continue };
        pass.begins |= 1 << used;
        for (i, bytes) in run.iter().enumerate() {
            for b in 0..=255u8 {
                if bytes.has(b) {
                    pass.table[b as usize] |= 1 << (used + i);
                }
            }
        }
        used += run.len();
        pass.ends |= 1 << (used - 1);
        pass.meant.push((used as u32 - 1, *what, run.len()));
        pass.longest = pass.longest.max(run.len());
    }
    out
}

impl Pass {
    /// Calls `each` with the first byte of every run and what it means; places come in no order.
    pub fn look(&self, text: &[u8], each: &mut dyn FnMut(usize, u32)) {
        let part = text.len().div_ceil(SIDE_BY_SIDE).max(1);
        let from: [usize; SIDE_BY_SIDE] = std::array::from_fn(|i| (i * part).min(text.len()));
        let to: [usize; SIDE_BY_SIDE] = std::array::from_fn(|i| ((i + 1) * part + self.longest).min(text.len()));
        let least = (0..SIDE_BY_SIDE).map(|i| to[i].saturating_sub(from[i])).min().unwrap_or(0);
        let [a, b, c, d]: [&[u8]; SIDE_BY_SIDE] = std::array::from_fn(|i| &text[from[i]..from[i] + least]);
        let mut state = [0u64; SIDE_BY_SIDE];
        for (at, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
            for (state, byte) in state.iter_mut().zip([a, b, c, d]) {
                *state = ((*state << 1) | self.begins) & self.table[*byte as usize];
            }
            if (state[0] | state[1] | state[2] | state[3]) & self.ends != 0 {
                for (state, from) in state.iter().zip(from) {
                    self.ended(*state, from + at, each);
                }
            }
        }
        for i in 0..SIDE_BY_SIDE {
            for (at, byte) in text.iter().enumerate().take(to[i]).skip(from[i] + least) {
                state[i] = ((state[i] << 1) | self.begins) & self.table[*byte as usize];
                self.ended(state[i], at, each);
            }
        }
    }

    fn ended(&self, state: u64, at: usize, each: &mut dyn FnMut(usize, u32)) {
        if state & self.ends == 0 {
            return;
        }
        for (bit, what, length) in &self.meant {
            if state >> bit & 1 == 1 {
                each(at + 1 - length, *what);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::runs::runs;

    fn found(pattern: &str, text: &str) -> Vec<usize> {
        let run = rarest(&runs(pattern, false, false).unwrap()).expect("a rare run");
        let mut out = Vec::new();
        for pass in passes(&[(7, of_literal(b"zzz")), (3, run)]) {
            pass.look(text.as_bytes(), &mut |at, what| out.extend((what == 3).then_some(at)));
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    #[test]
    fn the_rarest_run_is_found_wherever_it_stands() {
        for filler in [0, 1, 7, 30, 1_000] {
            let text = format!("{}ABC123 x\n{}", "a b ".repeat(filler), " 1 2".repeat(filler));
            assert_eq!(found(r"\b[A-Z]{3}\d{3}[A-Z]?-?\w* x", &text), [4 * filler], "{filler}");
        }
        assert!(rarest(&runs(r"\w+ \w+", false, false).unwrap()).is_none(), "what is everywhere saves nothing");
        assert!(rarest(&runs(r"^\d+ \w+ (?P<a>\d+):(?P<b>\d+) \[\d+\] \w+$", false, false).unwrap()).is_some());
    }

    #[test]
    fn every_match_of_a_pattern_holds_its_run() {
        for (pattern, text) in
            [(r"a{2,3}-\d+/\d+", "xx aaa-12/345"), (r"(?:ab|cd)\[\d{4}\]: x?y+z", "q cd[1234]: yyz"), (r"[[:upper:]]+_[0-9a-f]{2}:", "FOO_BAR_a0: b")]
        {
            let regex = regex::bytes::Regex::new(pattern).unwrap();
            let m = regex.find(text.as_bytes()).unwrap();
            assert!(found(pattern, text).iter().any(|at| m.range().contains(at)), "{pattern}");
        }
    }
}
