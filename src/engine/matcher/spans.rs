//! Patterns that hold no byte for certain, but a few in a row of which the kinds are known (`[A-Z]\d\d\d`). Whether they
//! stand at a place is a handful of comparisons, which the compiler does for many places at once. Which are seldom is
//! counted in a part of the input.

use super::cover::{Around, Cover, each_around, gather};
use crate::library::runs::{Bytes, Run};

/// Bytes in a row, at most.
const LENGTH: usize = 4;
/// Rows that are looked for, at most: the text is gone through for each.
const MOST_ROWS: usize = 16;
/// Places that are looked at together: enough for the compiler to make a loop over vectors of it.
const BLOCK: usize = 256;
/// Bytes of the sample that rows are counted in, and how many different ones are counted.
pub const COUNTED: usize = 64 << 10;
const MOST_COUNTED: usize = 1_000;
/// What is not met in the sample is met once in so many bytes more.
const UNSEEN: f64 = 1.0 / 4_096.0;
/// What is met more often saves nothing.
const SELDOM: f64 = 1.0 / 20.0;
/// What it costs to look for a row, to meet one, and to try a pattern because all of its run stands there, in places that
/// a sieve looks at in that time, for each byte of text.
const LOOK: f64 = 0.2;
const MEET: f64 = 16.0;
pub const TRY: f64 = 300.0;

/// What may stand at a place, roughly: a range, once these bits were set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    set: u8,
    from: u8,
    width: u8,
}

impl Span {
    /// The narrower of the ranges around these bytes, with case and without.
    fn around(bytes: &Bytes) -> Span {
        let over = |set: u8| {
            let mut all = (0..=255u8).filter(|b| bytes.has(*b)).map(|b| b | set);
            let first = all.next().unwrap_or(0);
            let (from, to) = all.fold((first, first), |(from, to), b| (from.min(b), to.max(b)));
            Span { set, from, width: to - from }
        };
        let (exact, folded) = (over(0), over(0x20));
        // A folded range stands for twice as many bytes.
        if u16::from(folded.width) * 2 + 1 < u16::from(exact.width) { folded } else { exact }
    }

    #[inline]
    fn has(self, b: u8) -> bool {
        (b | self.set).wrapping_sub(self.from) <= self.width
    }
}

/// Places of a row, in the order in which they are compared: the rarest first.
type Places = Vec<(usize, Span)>;

/// The patterns that have a row.
#[derive(Default)]
pub struct Spans(Cover<Places>);

/// All rows of a pattern's runs, each with the run around it.
fn ways(runs: &[Run]) -> impl Iterator<Item = (Vec<Span>, Around)> {
    runs.iter().flat_map(|run| {
        let spans: Vec<Span> = run.iter().map(Span::around).collect();
        (1..=LENGTH.min(run.len())).flat_map(move |length| {
            let spans = spans.clone();
            (0..=run.len() - length).map(move |at| (spans[at..at + length].to_vec(), Around::new(run, at, length)))
        })
    })
}

impl Spans {
    /// The rows that serve most patterns for least, by what they mean and their runs. What they do not serve must be
    /// looked for in another way.
    pub fn choose<'r>(patterns: impl Iterator<Item = (u32, &'r [Run])>, sample: &[u8]) -> Spans {
        let sample = &sample[sample.len().saturating_sub(COUNTED)..];
        let mut counts = [0usize; 256];
        sample.iter().for_each(|b| counts[*b as usize] += 1);
        let share = |span: Span| (0..=255u8).filter(|b| span.has(*b)).map(|b| counts[b as usize] + 1).sum::<usize>();
        let often = |n: usize| n as f64 / (sample.len() + 1) as f64;
        let open = gather(patterns, ways, MOST_COUNTED).into_iter().filter_map(|(spans, served)| {
            let mut places: Places = spans.into_iter().enumerate().collect();
            places.sort_by_cached_key(|(at, span)| (share(*span), *at));
            let (mut met, mut tried) = (0usize, 0usize);
            each_mark(&[&places], sample, &mut |at, _| {
                met += 1;
                each_around(&served, sample, at, &mut |_, whats| tried += whats.len());
            });
            // The unseen are told apart by how few bytes they allow.
            let chance: f64 = places.iter().map(|(_, span)| (f64::from(span.width) + 1.0) / 96.0).product();
            let cost = LOOK + (often(met) + UNSEEN * chance) * MEET + often(tried) * TRY;
            (often(met) < SELDOM).then_some((places, cost, served))
        });
        Spans(Cover::choose(open.collect(), MOST_ROWS, |cost, _| cost))
    }

    /// Whether what has this meaning is looked for here.
    pub fn has(&self, what: u32) -> bool {
        self.0.has(what)
    }

    /// What to look for them costs.
    pub fn cost(&self) -> f64 {
        self.0.cost
    }

    /// Calls `each` with the first byte of every run and what it means.
    pub fn look(&self, text: &[u8], each: &mut dyn FnMut(usize, &[u32])) {
        let rows: Vec<&Places> = self.0.chosen.iter().map(|(places, _)| places).collect();
        each_mark(&rows, text, &mut |at, row| each_around(&self.0.chosen[row].1, text, at, each));
    }
}

/// Calls `each` for every place where a row stands, with its number.
fn each_mark(rows: &[&Places], text: &[u8], each: &mut dyn FnMut(usize, usize)) {
    let mut at = 0;
    while !rows.is_empty() && at < text.len() {
        let here = &text[at..];
        match here.first_chunk() {
            Some(block) => marks(rows, block, at, here.len(), each),
            None => {
                let mut block = [0; BLOCK + LENGTH];
                block[..here.len()].copy_from_slice(here);
                marks(rows, &block, at, here.len(), each);
            }
        }
        at += BLOCK;
    }
}

/// The same in one block, which stands at `base` of the text; from there on there are `left` bytes of it.
fn marks(rows: &[&Places], block: &[u8; BLOCK + LENGTH], base: usize, left: usize, each: &mut dyn FnMut(usize, usize)) {
    let mut marks = [0u8; BLOCK];
    for (number, places) in rows.iter().enumerate() {
        if stands(places, block, &mut marks) {
            let length = places.len();
            memchr::memchr_iter(1, &marks).filter(|at| at + length <= left).for_each(|at| each(base + at, number));
        }
    }
}

/// Marks the places of a block where a row stands; whether there is one.
fn stands(places: &Places, block: &[u8; BLOCK + LENGTH], marks: &mut [u8; BLOCK]) -> bool {
    *marks = [1; BLOCK];
    places.iter().all(|(at, span)| {
        narrow(marks, block[*at..].first_chunk().unwrap_or(&[0; BLOCK]), *span);
        memchr::memchr(1, marks).is_some()
    })
}

/// A loop of its own, so that the compiler sees that it can be done for many at once.
#[inline(never)]
fn narrow(marks: &mut [u8; BLOCK], bytes: &[u8; BLOCK], span: Span) {
    for (mark, b) in marks.iter_mut().zip(bytes) {
        *mark &= u8::from(span.has(*b));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::runs::Runs;

    fn choose(patterns: &[&str], sample: &str) -> (Spans, Vec<bool>) {
        let runs: Vec<_> = patterns.iter().map(|p| Runs::of(p, false, false).unwrap().all).collect();
        let spans = Spans::choose(runs.iter().enumerate().map(|(i, r)| (i as u32, &r[..])), sample.as_bytes());
        let has = (0..patterns.len() as u32).map(|i| spans.has(i)).collect();
        (spans, has)
    }

    fn found(spans: &Spans, text: &str) -> Vec<(usize, u32)> {
        let mut out = Vec::new();
        spans.look(text.as_bytes(), &mut |at, whats| out.extend(whats.iter().map(|what| (at, *what))));
        out
    }

    #[test]
    fn every_match_of_a_pattern_stands_around_its_row() {
        let patterns = [
            (r"\b[A-Z]\d{4}[A-Z]\d{6}\b", "x A1234B123456 y"),
            (r"\b[0-9a-f]{9}:[0-9a-f]{5} \w+/\d", "at 0123abcde:f0123 ab/4"),
            (r"a{2,3}-\d+/\d+", "xx aaa-12/345"),
            (r"(?:ab|cd)\[\d{4}\]: x?y+z", "q cd[1234]: yyz"),
            (r"(?i)q\d\d", "..Q77"),
        ];
        let (spans, has) = choose(&patterns.map(|(p, _)| p), "");
        assert_eq!(has, [true; 5]);
        for (i, (pattern, text)) in patterns.iter().enumerate() {
            for before in (0..600).step_by(7).chain(250..260) {
                let text = format!("{}\n{text}", "-".repeat(before));
                let m = regex::bytes::Regex::new(&format!("(?m){pattern}")).unwrap().find(text.as_bytes()).unwrap().range();
                let found = found(&spans, &text);
                assert!(found.iter().any(|(at, what)| *what == i as u32 && m.contains(at)), "{pattern}, {before}: {found:?}");
            }
        }
    }

    #[test]
    fn the_input_tells_which_rows_are_seldom() {
        let (spans, has) = choose(&[r"\w+ \w+", r"[a-z]\d{4}[a-z]"], &"some words a1234b ".repeat(100));
        assert_eq!(has, [false, false], "both are everywhere");
        assert_eq!(found(&spans, "some a1234b"), []);
        assert_eq!(choose(&[r"\w+ \w+", r"[a-z]\d{4}[a-z]"], &"some words 1 ab2 ".repeat(100)).1, [false, true]);
    }

    #[test]
    fn a_range_around_bytes_holds_them_all() {
        for (set, others) in [("[a-zA-Z]", 0), (r"\d", 0), ("[0-9a-f]", 39), ("[Xx]", 0), ("[^ ]", 1)] {
            let bytes = Runs::of(set, false, false).unwrap().all[0][0];
            let span = Span::around(&bytes);
            let (inside, outside): (Vec<u8>, Vec<u8>) = (0..=255u8).partition(|b| bytes.has(*b));
            assert!(inside.iter().all(|b| span.has(*b)), "{set}");
            assert_eq!(outside.iter().filter(|b| span.has(**b)).count(), others, "{set}");
        }
    }
}
