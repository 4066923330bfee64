//! Patterns without a literal that hold a sign which is seldom met (`\d+/\d+ \[`): the sign is looked for, which is far
//! faster than any automaton, and what stands around it decides.

use super::shapes::chance;
use crate::library::runs::Bytes;

/// Different signs that are looked for: `memchr` takes so many at once.
const MOST_SIGNS: usize = 3;
/// Bytes of a pattern around its sign that are compared.
const AROUND: usize = 8;
/// What stands around a sign must be met more seldom than this: each time costs a try, and a pass over the text for a
/// longer run costs less than many of those.
const RARE: f64 = 1.0 / 50_000.0;

/// Runs around a sign, each with the place of its sign.
#[derive(Default)]
pub struct Signs {
    signs: Vec<u8>,
    runs: Vec<(u8, usize, Vec<Bytes>, u32)>,
}

/// Signs that hardly any line has many of.
fn is_seldom(b: u8) -> bool {
    b.is_ascii_punctuation() && !matches!(b, b':' | b'.' | b',' | b'-' | b'_')
}

impl Signs {
    /// Takes what a pattern means by the runs of its bytes; false when it has no sign that could be looked for.
    pub fn take(&mut self, runs: &[Vec<Bytes>], what: u32) -> bool {
        let mut best: Option<(bool, f64, u8, usize, &[Bytes])> = None;
        for run in runs {
            for (at, sign) in run.iter().enumerate().filter_map(|(at, bytes)| Some((at, bytes.only()?))) {
                let from = at.saturating_sub(AROUND / 2);
                let around = &run[from..run.len().min(from + AROUND)];
                // A sign that is looked for anyhow costs nothing more.
                let new = !self.signs.contains(&sign);
                let better = best.is_none_or(|(b_new, b, ..)| (new, chance(around)) < (b_new, b));
                if is_seldom(sign) && chance(around) < RARE && (!new || self.signs.len() < MOST_SIGNS) && better {
                    best = Some((new, chance(around), sign, at - from, around));
                }
            }
        }
        let Some((new, _, sign, at, around)) = best else { return false };
        if new {
            self.signs.push(sign);
        }
        self.runs.push((sign, at, around.to_vec(), what));
        true
    }

    /// Calls `each` with the first byte of every run and what it means.
    pub fn look(&self, text: &[u8], each: &mut dyn FnMut(usize, u32)) {
        let mut at_sign = |i: usize| {
            for (sign, before, run, what) in self.runs.iter().filter(|(sign, ..)| *sign == text[i]) {
                debug_assert!(run[*before].only() == Some(*sign));
                let here = i.checked_sub(*before).and_then(|from| Some((from, text.get(from..from + run.len())?)));
                if let Some((from, here)) = here
                    && run.iter().zip(here).all(|(bytes, b)| bytes.has(*b))
                {
                    each(from, *what);
                }
            }
        };
        match self.signs[..] {
            [] => {}
            [a] => memchr::memchr_iter(a, text).for_each(&mut at_sign),
            [a, b] => memchr::memchr2_iter(a, b, text).for_each(&mut at_sign),
            [a, b, c, ..] => memchr::memchr3_iter(a, b, c, text).for_each(&mut at_sign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::runs::runs;

    #[test]
    fn every_match_of_a_pattern_stands_around_its_sign() {
        let patterns = [(r"^\d+ \w+ (?P<a>\d+):\d+ \[\d+\] \w+$", "x\n12 abc 1:2 [77] up\n[] [a]"), (r"\b[A-Z]{3}\d{3}/[A-Z]{2} ", "a/b ABC123/XY 4/5 /")];
        let mut signs = Signs::default();
        for (i, (pattern, _)) in patterns.iter().enumerate() {
            assert!(signs.take(&runs(pattern, false, false).unwrap(), i as u32), "{pattern}");
        }
        for (i, (pattern, text)) in patterns.iter().enumerate() {
            let line = regex::bytes::Regex::new(&format!("(?m){pattern}")).unwrap().find(text.as_bytes()).unwrap().range();
            let mut found = Vec::new();
            signs.look(text.as_bytes(), &mut |at, what| found.push((at, what)));
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].1 == i as u32 && line.contains(&found[0].0));
        }
        assert!(!signs.take(&runs(r"\w+: \d+", false, false).unwrap(), 9), "a colon is in every line");
        assert!(!signs.take(&runs(r"\w+/\d+", false, false).unwrap(), 9), "so much stands around a stroke that it saves nothing");
    }

    #[test]
    fn no_more_signs_are_looked_for_than_go_at_once() {
        let mut signs = Signs::default();
        let taken: Vec<bool> = [r"\d{3}\[[A-Z]", r"\d{3};[A-Z]", r"\d{3}\][A-Z]", r"\d{3}%[A-Z]", r"[A-Z]{2}\[[A-Z]\d"]
            .iter()
            .map(|p| signs.take(&runs(p, false, false).unwrap(), 0))
            .collect();
        assert_eq!(taken, [true, true, true, false, true]);
    }
}
