//! Patterns without a good literal hold a few bytes that are seldom met (`\d+/\d+ `: the stroke): these are looked for,
//! which is far faster than any automaton, and what stands around them decides. Which are seldom is counted in a part
//! of the input.

use super::cover::{Around, Cover, Served, each_around, gather};
use crate::library::runs::{Bytes, Run};
use memchr::memmem::{Finder, find_iter};

/// Bytes of a sign, at most.
const LENGTH: usize = 6;
/// Signs that are looked for, at most: the text is gone through for each.
const MOST_SIGNS: usize = 16;
/// Bytes of the sample that signs are counted in, and how many different signs are counted.
const COUNTED: usize = 128 << 10;
const MOST_COUNTED: usize = 2_000;
/// A sign of one byte that is not in the sample is met once in so many bytes; each byte more makes it as much rarer as
/// the other figure says.
const UNSEEN: f64 = 1.0 / 4_096.0;
const RARER: f64 = 1.0 / 16.0;
/// What is met more often is no good sign: to look for rows costs less.
pub const SELDOM: f64 = 1.0 / 100.0;
/// What is met more often is no sign at all.
pub const BEARABLE: f64 = 1.0 / 40.0;
/// What stands around a sign must be met more seldom than this: each time costs a try, which is dear.
const RARE: f64 = 1.0 / 50_000.0;
/// What it costs to look for a sign, to meet one and to compare one run there, in places that a sieve looks at in that
/// time, for each byte of text.
const LOOK: f64 = 0.08;
const MEET: f64 = 6.0;
const COMPARE: f64 = 3.0;

/// The patterns that have a sign.
#[derive(Default)]
pub struct Signs(Cover<Finder<'static>>);

/// All signs of a pattern's runs, each with the run around it.
fn ways(runs: &[Run]) -> impl Iterator<Item = (Vec<u8>, Around)> {
    runs.iter().flat_map(|run| {
        let fixed: Vec<Option<u8>> = run.iter().map(Bytes::only).collect();
        (0..run.len()).flat_map(move |at| {
            let sign: Vec<u8> = fixed[at..].iter().take(LENGTH).map_while(|b| *b).collect();
            // What may overlap itself would be passed over where it does.
            let overlaps = |sign: &[u8]| (1..sign.len()).any(|by| sign.starts_with(&sign[by..]));
            let lengths: Vec<usize> = (1..=sign.len()).filter(|length| !overlaps(&sign[..*length])).collect();
            lengths.into_iter().map(move |length| (sign[..length].to_vec(), Around::new(run, at, length)))
        })
    })
}

impl Signs {
    /// The signs that serve most patterns for least, by what they mean and their runs. What they do not serve must be
    /// looked for in another way. A sign is met less often than `most`.
    pub fn choose<'r>(patterns: impl Iterator<Item = (u32, &'r [Run])>, most: f64, sample: &[u8]) -> Signs {
        let sample = &sample[sample.len().saturating_sub(COUNTED)..];
        let open = gather(patterns, ways, MOST_COUNTED).into_iter().filter_map(|(sign, mut served)| {
            let met: Vec<usize> = find_iter(sample, &sign).collect();
            let often = met.len() as f64 / (sample.len() + 1) as f64 + UNSEEN * RARER.powi(sign.len() as i32 - 1);
            if often >= most {
                return None;
            }
            let tried = |around: &Around| met.iter().filter(|at| around.begins(sample, **at).is_some()).count();
            served.retain(|(around, _)| (tried(around) as f64) < 1.0 + sample.len() as f64 * RARE);
            Some((Finder::new(&sign).into_owned(), often, served))
        });
        let cost = |often: f64, served: &Served| LOOK + often * (MEET + COMPARE * served.len() as f64);
        Signs(Cover::choose(open.collect(), MOST_SIGNS, cost))
    }

    /// Whether what has this meaning is looked for here.
    pub fn has(&self, what: u32) -> bool {
        self.0.has(what)
    }

    /// These and others.
    pub fn and(mut self, others: Signs) -> Signs {
        self.0.add(others.0);
        self
    }

    /// What to look for them costs.
    pub fn cost(&self) -> f64 {
        self.0.cost
    }

    /// Calls `each` with the first byte of every run and what it means.
    pub fn look(&self, text: &[u8], each: &mut dyn FnMut(usize, &[u32])) {
        for (sign, served) in &self.0.chosen {
            sign.find_iter(text).for_each(|at| each_around(served, text, at, each));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::runs::Runs;

    fn choose(patterns: &[&str], sample: &str) -> (Signs, Vec<bool>) {
        let runs: Vec<_> = patterns.iter().map(|p| Runs::of(p, false, false).unwrap().all).collect();
        let signs = Signs::choose(runs.iter().enumerate().map(|(i, r)| (i as u32, &r[..])), BEARABLE, sample.as_bytes());
        let has = (0..patterns.len() as u32).map(|i| signs.has(i)).collect();
        (signs, has)
    }

    fn found(signs: &Signs, text: &str) -> Vec<(usize, u32)> {
        let mut out = Vec::new();
        signs.look(text.as_bytes(), &mut |at, whats| out.extend(whats.iter().map(|what| (at, *what))));
        out
    }

    #[test]
    fn every_match_of_a_pattern_stands_around_its_sign() {
        let patterns = [
            (r"^\d+ \w+ (?P<a>\d+):\d+ \[\d+\] \w+$", "12 abc 1:2 [77] up"),
            (r"\b[A-Z]{3}\d{3}/[A-Z]{2} ", "a/b ABC123/XY 4/5 /"),
            (r"a{2,3}-\d+/\d+", "xx aaa-12/345"),
            (r"(?:ab|cd)\[\d{4}\]: x?y+z", "q cd[1234]: yyz"),
            (r"[[:upper:]]+_[0-9a-f]{2}:", "FOO_BAR_a0: b"),
        ];
        let (signs, has) = choose(&patterns.map(|(p, _)| p), "");
        assert_eq!(has, [true; 5]);
        for (i, (pattern, text)) in patterns.iter().enumerate() {
            for before in 0..140 {
                let text = format!("{}\n{text}", "-".repeat(before));
                let m = regex::bytes::Regex::new(&format!("(?m){pattern}")).unwrap().find(text.as_bytes()).unwrap().range();
                let found = found(&signs, &text);
                assert!(found.iter().any(|(at, what)| *what == i as u32 && m.contains(at)), "{pattern}, {before}: {found:?}");
            }
        }
    }

    #[test]
    fn the_input_tells_which_signs_are_seldom() {
        let (signs, has) = choose(&[r"[A-Z]:\d", r"[A-Z]/\d"], &format!("{}A/B ", "A:1 B:2 ".repeat(9)).repeat(800));
        assert_eq!(has, [false, true], "one is everywhere, of the other only the stroke");
        assert_eq!(found(&signs, "A/b B/1 A:1"), [(4, 1)]);
    }

    #[test]
    fn a_sign_that_overlaps_itself_is_none() {
        let (signs, has) = choose(&[r"\d//\d", r"a--\d"], &"/ - ".repeat(10_000));
        assert_eq!(has, [false, true], "single strokes and hyphens are common here, and two strokes stand in three at two places");
        assert_eq!(found(&signs, "a--1 aa--2"), [(0, 1), (6, 1)]);
    }

    #[test]
    fn no_more_signs_are_looked_for_than_are_worth_it() {
        let sample = "a b ".repeat(50_000);
        let patterns: Vec<String> = "![]%;&#@=+~_*$<>{}".chars().map(|sign| format!(r"[1-3]\{sign}[X-Z]")).collect();
        let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
        assert_eq!(choose(&patterns, &sample).1.iter().filter(|has| **has).count(), MOST_SIGNS);
        let same: Vec<&str> = [r"\d{3}\[[A-Z]{2}", r"[A-Z]{2}\[[A-Z]\d"].to_vec();
        assert_eq!(choose(&same, &sample).0.0.chosen.len(), 1, "one sign serves both");
    }
}
