//! Patterns without a literal that hold a byte which is seldom met (`\d+/\d+ `, `[A-Z]+%`): that byte is looked for,
//! which is far faster than any automaton, and what stands around it decides. Which bytes are seldom, and what is seldom
//! around them, is counted in a part of the input.

use super::shapes::chance;
use crate::library::runs::Bytes;

/// `memchr` looks for so many bytes at once, and the text is gone through so often.
const AT_ONCE: usize = 3;
const MOST_SIGNS: usize = 2 * AT_ONCE;
/// Bytes of a pattern around its sign that are compared.
const AROUND: usize = 8;
/// A byte that is met more often than this is no sign: each time costs a comparison.
const SELDOM: f64 = 1.0 / 200.0;
/// What stands around a sign must be met more seldom than this: each time costs a try, and a pass over the text for a
/// longer run costs less than many of those.
const RARE: f64 = 1.0 / 50_000.0;
/// To go through the text with `memchr` costs so much of such a pass, and to compare one run at a sign as much as so
/// many of its bytes.
const SWEEP: f64 = 0.1;
const COMPARED: f64 = 8.0;
/// What is known beforehand weighs as much as so many bytes of the input.
const BEFOREHAND: f64 = 4_096.0;

/// Runs around a sign, each with the place of its sign.
#[derive(Default)]
pub struct Signs {
    signs: Vec<u8>,
    runs: Vec<Around>,
    /// What to look for them costs, measured in passes over the text that step from byte to byte.
    pub cost: f64,
}

struct Around {
    sign: u8,
    /// Bytes of the run before its sign.
    before: usize,
    run: Vec<Bytes>,
    what: u32,
}

impl Around {
    /// Where the run begins, if it stands around this place of its sign.
    fn begins(&self, text: &[u8], at: usize) -> Option<usize> {
        let from = at.checked_sub(self.before)?;
        let here = text.get(from..from + self.run.len())?;
        self.run.iter().zip(here).all(|(bytes, b)| bytes.has(*b)).then_some(from)
    }
}

/// All places of a pattern's runs that could be looked for by one byte.
fn ways(what: u32, runs: &[Vec<Bytes>]) -> impl Iterator<Item = Around> {
    let signs = runs.iter().flat_map(|run| run.iter().enumerate().filter_map(move |(at, bytes)| Some((run, at, bytes.only()?))));
    signs.map(move |(run, at, sign)| {
        let from = at.saturating_sub(AROUND / 2);
        Around { sign, before: at - from, run: run[from..run.len().min(from + AROUND)].to_vec(), what }
    })
}

/// How often something is met for each byte of text: as counted in a part of it, and as known beforehand.
fn often(counted: usize, text: &[u8], chance: f64) -> f64 {
    (counted as f64 + chance * BEFOREHAND) / (text.len() as f64 + BEFOREHAND)
}

impl Signs {
    /// The signs that serve most patterns, by what they mean and their runs. What they do not serve must be looked for
    /// in another way.
    pub fn choose<'r>(patterns: impl Iterator<Item = (u32, &'r [Vec<Bytes>])>, sample: &[u8]) -> Signs {
        let mut counts = [0usize; 256];
        sample.iter().for_each(|b| counts[*b as usize] += 1);
        let is_seldom = |b: u8| often(counts[b as usize], sample, chance(&[Bytes::none().and(b)])) < SELDOM;
        let rareness = |way: &Around| {
            let met = memchr::memchr_iter(way.sign, sample).filter(|at| way.begins(sample, *at).is_some()).count();
            often(met, sample, chance(&way.run))
        };
        let mut open: Vec<(Around, f64)> = Vec::new();
        for (what, runs) in patterns {
            open.extend(
                ways(what, runs).filter(|way| is_seldom(way.sign)).map(|way| (rareness(&way), way)).filter(|(r, _)| *r < RARE).map(|(r, way)| (way, r)),
            );
        }
        let mut chosen = Signs::default();
        while chosen.signs.len() < MOST_SIGNS && !open.is_empty() {
            let mut served = [0usize; 256];
            let mut seen: Vec<(u8, u32)> = open.iter().map(|(way, _)| (way.sign, way.what)).collect();
            seen.sort_unstable();
            seen.dedup();
            seen.iter().for_each(|(sign, _)| served[*sign as usize] += 1);
            let best = (0..=255u8).max_by_key(|b| (served[*b as usize], std::cmp::Reverse(counts[*b as usize])));
            let Some(sign) = best else { break };
            chosen.signs.push(sign);
            let each = often(counts[sign as usize], sample, chance(&[Bytes::none().and(sign)]));
            let (mut taken, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|(way, _)| way.sign == sign);
            taken.sort_by(|(a, rare_a), (b, rare_b)| a.what.cmp(&b.what).then(rare_a.total_cmp(rare_b)));
            taken.dedup_by_key(|(way, _)| way.what);
            chosen.cost += SWEEP / AT_ONCE as f64 + each * COMPARED * (taken.len() + 1) as f64;
            open = rest.into_iter().filter(|(way, _)| taken.binary_search_by_key(&way.what, |(t, _)| t.what).is_err()).collect();
            chosen.runs.extend(taken.into_iter().map(|(way, _)| way));
        }
        chosen.runs.sort_by_key(|way| way.what);
        chosen
    }

    /// Whether what has this meaning is looked for here.
    pub fn has(&self, what: u32) -> bool {
        self.runs.binary_search_by_key(&what, |way| way.what).is_ok()
    }

    /// Calls `each` with the first byte of every run and what it means.
    pub fn look(&self, text: &[u8], each: &mut dyn FnMut(usize, u32)) {
        for signs in self.signs.chunks(AT_ONCE) {
            let mut at_sign = |at: usize| {
                for way in self.runs.iter().filter(|way| way.sign == text[at]) {
                    if let Some(from) = way.begins(text, at) {
                        each(from, way.what);
                    }
                }
            };
            match *signs {
                [a] => memchr::memchr_iter(a, text).for_each(&mut at_sign),
                [a, b] => memchr::memchr2_iter(a, b, text).for_each(&mut at_sign),
                [a, b, c, ..] => memchr::memchr3_iter(a, b, c, text).for_each(&mut at_sign),
                [] => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::runs::runs;

    fn choose(patterns: &[&str], sample: &str) -> (Signs, Vec<bool>) {
        let runs: Vec<_> = patterns.iter().map(|p| runs(p, false, false).unwrap()).collect();
        let signs = Signs::choose(runs.iter().enumerate().map(|(i, r)| (i as u32, &r[..])), sample.as_bytes());
        let has = (0..patterns.len() as u32).map(|i| signs.has(i)).collect();
        (signs, has)
    }

    #[test]
    fn every_match_of_a_pattern_stands_around_its_sign() {
        let patterns = [r"^\d+ \w+ (?P<a>\d+):\d+ \[\d+\] \w+$", r"\b[A-Z]{3}\d{3}/[A-Z]{2} "];
        let (signs, has) = choose(&patterns, "");
        assert_eq!(has, [true, true]);
        for (i, text) in ["x\n12 abc 1:2 [77] up\n[] [a]", "a/b ABC123/XY 4/5 /"].iter().enumerate() {
            let line = regex::bytes::Regex::new(&format!("(?m){}", patterns[i])).unwrap().find(text.as_bytes()).unwrap().range();
            let mut found = Vec::new();
            signs.look(text.as_bytes(), &mut |at, what| found.push((at, what)));
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].1 == i as u32 && line.contains(&found[0].0));
        }
    }

    #[test]
    fn the_input_tells_which_signs_are_seldom() {
        let few = "12 ab, 1:2; ".repeat(10_000);
        assert_eq!(choose(&[r"\w+: \d+", r"\w+/\d+"], &few).1, [false, true], "a colon is in every line, a stroke in none");
        let many = "/var/log/1/ab/2 ".repeat(10_000);
        assert_eq!(choose(&[r"\w+/\d+"], &many).1, [false], "strokes are in every line");
        let some = format!("{}{}", "/", "a".repeat(1_000)).repeat(100);
        assert_eq!(choose(&[r"\d/\d"], &some).1, [true], "strokes are there, but no numbers around them");
    }

    #[test]
    fn no_more_signs_are_looked_for_than_are_worth_it() {
        let patterns: Vec<String> = "![]%;&#@".chars().map(|sign| format!(r"\d{{3}}\{sign}[A-Z]{{2}}")).collect();
        let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
        assert_eq!(choose(&patterns, &"a b ".repeat(50_000)).1.iter().filter(|has| **has).count(), MOST_SIGNS);
        let same: Vec<&str> = [r"\d{3}\[[A-Z]{2}", r"[A-Z]{2}\[[A-Z]\d"].to_vec();
        assert_eq!(choose(&same, &"a b ".repeat(50_000)).0.signs.len(), 1, "one sign serves both");
    }
}
