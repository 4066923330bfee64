//! One filter for all literals over the raw buffer. From each pattern's rarest clause a window of six bytes is taken;
//! its three four-byte pieces go into a bitmap and a table. The buffer is sampled at every third byte, so one piece of
//! every window is met; upper and lower case fold by setting one bit, so patterns that ignore case cost nothing. Only
//! where a bit is set is anything looked at: the window, then the line, then the pattern's other literals in turn,
//! then the regular expression, compiled when it is first needed.

use super::Match;
use super::shapes;
use super::signs::Signs;
use crate::engine::frequency::{Sample, folded, place};
use crate::engine::lines;
use crate::library::pattern::Pattern;
use crate::library::runs::Bytes;
use std::collections::HashMap;
use std::sync::Arc;

const STRIDE: usize = 3;
const WINDOW: usize = STRIDE + 3;
/// Words of the bitmap, for few patterns and for many.
const SMALL: usize = 1 << 12;
const LARGE: usize = 1 << 14;

/// Patterns that a filter is built for.
pub type Candidates<'a> = Arc<[Candidate<'a>]>;

/// The filter.
pub struct Grams<'a> {
    candidates: Candidates<'a>,
    bits: Vec<u64>,
    /// Of the bitmap, as a power of two.
    size: u32,
    /// From a folded piece to its part of `places`.
    pieces: HashMap<u32, (u32, u32), Mixed>,
    places: Vec<Place>,
    /// What each window may mean.
    windows: Vec<Vec<Meant>>,
    /// For patterns that have no literal: a sign, ...
    signs: Signs,
    /// ... or a run of bytes; and literals that are too short for a window.
    passes: Vec<shapes::Pass>,
    /// Patterns of which nothing is known: tried on every line.
    bare: Vec<u32>,
}

/// A pattern, and what a line must hold before its expression is asked.
pub struct Candidate<'a> {
    number: usize,
    pattern: &'a Pattern,
}

/// Where a piece stands in a window. The window's six folded bytes, as their first and last four, stand beside it: most
/// pieces that are met are no part of a window, and to see that costs no further access to memory.
#[derive(Clone, Copy)]
struct Place {
    first: u32,
    last: u32,
    window: u32,
    offset: u32,
}

/// What a window may mean: a literal of a pattern, and where in it the window stands.
struct Meant {
    place: u32,
    literal: &'static [u8],
    at: usize,
}

/// Mixes a four-byte piece; the table needs no protection against crafted keys, since its keys come from patterns.
#[derive(Clone, Copy, Default)]
struct Mixed;

impl std::hash::BuildHasher for Mixed {
    type Hasher = Mixer;
    fn build_hasher(&self) -> Mixer {
        Mixer(0)
    }
}

struct Mixer(u64);

impl std::hash::Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = (self.0 ^ u64::from(*b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }
    fn write_u32(&mut self, n: u32) {
        let product = u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The table takes its places from the low bits, which only the low bits of a product's factor reach.
        self.0 = product ^ (product >> 32);
    }
}

/// Literals of patterns that no window is long enough for are looked for in passes of their own, up to so many bytes.
const MOST_SHORT: usize = 256;

impl<'a> Grams<'a> {
    /// Builds the filter for these patterns, with the rarest pieces by what is known of the input.
    pub fn new(candidates: Candidates<'a>, sample: &Sample) -> Self {
        let words = if candidates.len() > 4_000 { LARGE } else { SMALL };
        let crowd = Crowd::of(&candidates, sample);
        let mut grams = Grams {
            bits: vec![0; words],
            size: (words * 64).trailing_zeros(),
            pieces: HashMap::default(),
            places: Vec::new(),
            windows: Vec::new(),
            signs: Signs::default(),
            passes: Vec::new(),
            bare: Vec::new(),
            candidates,
        };
        let mut by_window: HashMap<[u8; WINDOW], u32> = HashMap::new();
        let dearest = |clause: &&&[&'static [u8]]| clause.iter().map(|l| crowd.cost(l).0).max().unwrap_or(u32::MAX);
        grams.signs = grams.cheapest_signs(sample, &|pattern| match pattern.outline.literals.iter().min_by_key(dearest) {
            Some(best) => Some(best.iter().map(|l| l.len()).filter(|n| *n < WINDOW).sum()),
            None => shapes::rarest(pattern.runs()).map(|run| run.len()),
        });
        let mut runs: Vec<(u32, Vec<Bytes>)> = Vec::new();
        for place in 0..grams.candidates.len() {
            let pattern = grams.candidates[place].pattern;
            if grams.signs.has(place as u32) {
                continue;
            }
            let Some(best) = pattern.outline.literals.iter().min_by_key(dearest) else {
                match shapes::rarest(pattern.runs()) {
                    Some(run) => runs.push((place as u32, run)),
                    None => grams.bare.push(place as u32),
                }
                continue;
            };
            for literal in *best {
                if literal.len() < WINDOW {
                    runs.push((place as u32, shapes::of_literal(literal)));
                    continue;
                }
                let (_, at) = crowd.cost(literal);
                let mut window = [0u8; WINDOW];
                window.copy_from_slice(&literal[at..at + WINDOW]);
                let number = *by_window.entry(window).or_insert_with(|| {
                    grams.windows.push(Vec::new());
                    grams.windows.len() as u32 - 1
                });
                grams.windows[number as usize].push(Meant { place: place as u32, literal, at });
            }
        }
        let mut places: Vec<(u32, Place)> = Vec::with_capacity(by_window.len() * STRIDE);
        for (window, number) in &by_window {
            let (first, last) = (folded(window), folded(&window[WINDOW - 4..]));
            let of = |offset: usize| (folded(&window[offset..]), Place { first, last, window: *number, offset: offset as u32 });
            places.extend((0..STRIDE).map(of));
        }
        places.sort_unstable_by_key(|(piece, place)| (*piece, place.window, place.offset));
        for same in places.chunk_by(|a, b| a.0 == b.0) {
            let slot = place(same[0].0, grams.size);
            grams.bits[slot / 64] |= 1 << (slot % 64);
            grams.pieces.insert(same[0].0, (grams.places.len() as u32, same.len() as u32));
            grams.places.extend(same.iter().map(|(_, place)| *place));
        }
        // The rest of too many would cost more passes than it costs to try them.
        let mut bytes = 0;
        let (kept, rest): (Vec<_>, Vec<_>) = runs.into_iter().partition(|(_, run)| {
            bytes += run.len();
            bytes <= MOST_SHORT
        });
        grams.passes = shapes::passes(&kept);
        grams.bare.extend(rest.into_iter().map(|(place, _)| place));
        grams.bare.sort_unstable();
        grams.bare.dedup();
        grams
    }

    /// Signs for what the windows cannot find, if they cost less than the passes over the text that they save, else only
    /// for what no pass could find either. `bytes`: what a pattern would take of a pass.
    fn cheapest_signs(&self, sample: &Sample, bytes: &dyn Fn(&Pattern) -> Option<usize>) -> Signs {
        let is_short = |p: &Pattern| p.outline.literals.iter().all(|clause| clause.iter().any(|l| l.len() < WINDOW));
        let short = self.candidates.iter().enumerate().filter(|(_, c)| is_short(c.pattern));
        let short: Vec<(u32, &Pattern, Option<usize>)> = short.map(|(i, c)| (i as u32, c.pattern, bytes(c.pattern))).collect();
        let all = Signs::choose(short.iter().map(|(i, p, _)| (*i, p.runs())), sample.text());
        let passes = |signs: &Signs| short.iter().filter(|(i, ..)| !signs.has(*i)).filter_map(|(_, _, bytes)| *bytes).sum::<usize>().div_ceil(64);
        let saved = passes(&Signs::default()) - passes(&all);
        if saved as f64 > all.cost {
            return all;
        }
        Signs::choose(short.iter().filter(|(.., bytes)| bytes.is_none()).map(|(i, p, _)| (*i, p.runs())), sample.text())
    }

    /// All matches in a buffer, and how often a pattern was tried for them.
    pub fn matches(&self, text: &[u8]) -> (Vec<Match>, u64) {
        let tried = vec![0; self.candidates.len()];
        let mut run = Run { grams: self, text, found: Vec::new(), folded: Vec::new(), line: None, lines: 0, tried, tries: 0 };
        run.sample();
        self.signs.look(text, &mut |at, place| run.attempt(at, place));
        for pass in &self.passes {
            pass.look(text, &mut |at, place| run.attempt(at, place));
        }
        run.bare();
        (run.found, run.tries)
    }
}

/// How many patterns share a piece: a window that is rare in logs but common among patterns is a bad one.
struct Crowd<'s> {
    shared: Vec<u16>,
    sample: &'s Sample,
}

impl<'s> Crowd<'s> {
    fn of(candidates: &[Candidate<'_>], sample: &'s Sample) -> Crowd<'s> {
        let mut counts = vec![0u16; 1 << 16];
        for candidate in candidates {
            for literal in candidate.pattern.outline.literals.iter().flat_map(|clause| clause.iter()) {
                for p in literal.windows(4) {
                    let n = &mut counts[place(folded(p), 16)];
                    *n = n.saturating_add(1);
                }
            }
        }
        Crowd { shared: counts, sample }
    }

    /// What it costs to look for a literal, and where its best window stands.
    fn cost(&self, literal: &[u8]) -> (u32, usize) {
        if literal.len() < WINDOW {
            return (1 << 30, 0);
        }
        // Any of its pieces may be met, so the most common one counts; few patterns should share it.
        let of = |window: &[u8]| {
            let shared = window.windows(4).map(|p| u32::from(self.shared[place(folded(p), 16)])).max().unwrap_or(0);
            let met = window.windows(4).map(|p| self.sample.of_piece(p)).fold(0, u32::saturating_add);
            met.saturating_mul(8 + shared)
        };
        literal.windows(WINDOW).enumerate().map(|(at, w)| (of(w), at)).min().unwrap_or((1 << 30, 0))
    }
}

impl<'a> Candidate<'a> {
    /// A pattern with its number in the library.
    pub fn new(number: usize, pattern: &'a Pattern) -> Self {
        Candidate { number, pattern }
    }
}

struct Run<'a, 'b> {
    grams: &'b Grams<'a>,
    text: &'b [u8],
    found: Vec<Match>,
    folded: Vec<u8>,
    /// The line at hand, and the how many of those that were looked at it is.
    line: Option<(usize, usize)>,
    lines: u32,
    /// For each pattern the last line that it was tried on.
    tried: Vec<u32>,
    tries: u64,
}

impl Run<'_, '_> {
    fn sample(&mut self) {
        if self.text.len() < 4 || self.grams.windows.is_empty() {
            return;
        }
        // With the length of the table known, no access to it needs a check.
        if let Ok(bits) = <&[u64; SMALL]>::try_from(&self.grams.bits[..]) {
            self.sample_with(bits);
        } else if let Ok(bits) = <&[u64; LARGE]>::try_from(&self.grams.bits[..]) {
            self.sample_with(bits);
        }
    }

    fn sample_with<const N: usize>(&mut self, bits: &[u64; N]) {
        let size = (N * 64).trailing_zeros();
        let text = self.text;
        let is_set = |p: u32| {
            let s = place(p, size);
            bits[(s / 64) % N] >> (s % 64) & 1
        };
        let mut at = 0;
        // Four pieces at a time, of which hardly ever one is set.
        while let Some(block) = text[at..].first_chunk::<16>() {
            let p = [folded(&block[0..4]), folded(&block[3..7]), folded(&block[6..10]), folded(&block[9..13])];
            if is_set(p[0]) | is_set(p[1]) | is_set(p[2]) | is_set(p[3]) != 0 {
                for (i, p) in p.into_iter().enumerate() {
                    if is_set(p) == 1 {
                        self.look(at + i * STRIDE, p);
                    }
                }
            }
            at += 4 * STRIDE;
        }
        while at + 4 <= text.len() {
            let p = folded(&text[at..at + 4]);
            if is_set(p) == 1 {
                self.look(at, p);
            }
            at += STRIDE;
        }
    }

    #[cold]
    fn look(&mut self, at: usize, p: u32) {
        let grams = self.grams;
        let Some((from, many)) = grams.pieces.get(&p) else { return };
        for place in &grams.places[*from as usize..][..*many as usize] {
            let Some(start) = at.checked_sub(place.offset as usize) else { continue };
            let Some(here) = self.text.get(start..start + WINDOW) else { continue };
            if folded(here) != place.first || folded(&here[WINDOW - 4..]) != place.last {
                continue;
            }
            for m in &grams.windows[place.window as usize] {
                // The whole literal stands around the window, or this is something else.
                let whole = start.checked_sub(m.at).and_then(|from| self.text.get(from..from + m.literal.len()));
                if whole.is_some_and(|t| t.eq_ignore_ascii_case(m.literal)) {
                    self.attempt(start, m.place);
                }
            }
        }
    }

    fn attempt(&mut self, at: usize, place: u32) {
        let inside = self.line.is_some_and(|(s, e)| s <= at && at <= e);
        if !inside {
            let line = lines::around(self.text, at);
            self.line = Some(line);
            self.folded.clear();
            self.folded.extend(self.text[line.0..line.1].iter().map(u8::to_ascii_lowercase));
            self.lines += 1;
        }
        if std::mem::replace(&mut self.tried[place as usize], self.lines) == self.lines {
            return;
        }
        self.tries += 1;
        let candidate = &self.grams.candidates[place as usize];
        let Some((start, end)) = self.line else { return };
        if candidate.pattern.may_match_folded(&self.folded) && candidate.pattern.is_match(&self.text[start..end]) {
            self.found.push(Match { start, end, pattern: candidate.number });
        }
    }

    fn bare(&mut self) {
        for place in &self.grams.bare {
            let candidate = &self.grams.candidates[*place as usize];
            for (start, end) in lines::all(self.text) {
                if candidate.pattern.is_match(&self.text[start..end]) {
                    self.found.push(Match { start, end, pattern: candidate.number });
                }
            }
        }
    }
}
