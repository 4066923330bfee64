//! One filter for all literals over the raw buffer. From each pattern's rarest clause a window of six bytes is taken;
//! its three four-byte pieces go into a bitmap and a table. The buffer is sampled at every third byte, so one piece of
//! every window is met; upper and lower case fold by setting one bit, so patterns that ignore case cost nothing. Only
//! where a bit is set is anything looked at: the window, then the line, then the pattern's other literals in turn,
//! then the regular expression, compiled when it is first needed.

use super::Match;
use crate::engine::lines;
use crate::library::pattern::Pattern;
use std::collections::HashMap;

const STRIDE: usize = 3;
const WINDOW: usize = STRIDE + 3;

/// The filter.
pub struct Grams<'a> {
    patterns: Vec<(usize, &'a Pattern)>,
    bits: Vec<u64>,
    shift: u32,
    /// From a folded piece to windows and the piece's offset in them.
    pieces: HashMap<u32, Vec<(u32, u8)>, Mixed>,
    /// Windows: their bytes, and the patterns (places in `patterns`) that they may mean.
    windows: Vec<([u8; WINDOW], Vec<u32>)>,
    /// Literals too short for a window, looked for one by one.
    short: Option<(aho_corasick::AhoCorasick, Vec<Vec<u32>>)>,
    /// Patterns without a literal: tried on every line.
    bare: Vec<u32>,
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
        self.0 = u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

const FOLD: u32 = 0x2020_2020;

fn piece(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) | FOLD
}

fn slot(piece: u32, shift: u32) -> usize {
    (piece.wrapping_mul(0x9e37_79b1) >> shift) as usize
}

impl<'a> Grams<'a> {
    /// Builds the filter for these patterns.
    pub fn new(patterns: Vec<(usize, &'a Pattern)>) -> Self {
        let log = if patterns.len() > 4_000 { 20 } else { 18 };
        let mut grams = Grams {
            bits: vec![0; (1usize << log) / 64],
            shift: 32 - log,
            pieces: HashMap::default(),
            windows: Vec::new(),
            short: None,
            bare: Vec::new(),
            patterns,
        };
        let mut by_window: HashMap<[u8; WINDOW], u32> = HashMap::new();
        let mut short: HashMap<Vec<u8>, Vec<u32>> = HashMap::new();
        for place in 0..grams.patterns.len() {
            let clauses = grams.patterns[place].1.outline.literals;
            let best = clauses.iter().min_by_key(|clause| clause.iter().map(|l| super::super::frequency::cost(l)).max().unwrap_or(u32::MAX));
            let Some(best) = best else {
                grams.bare.push(place as u32);
                continue;
            };
            for literal in *best {
                if literal.len() < WINDOW {
                    short.entry(literal.to_vec()).or_default().push(place as u32);
                    continue;
                }
                let rarest = literal.windows(WINDOW).min_by_key(|w| super::super::frequency::cost(w)).unwrap_or(&literal[..WINDOW]);
                let mut window = [0u8; WINDOW];
                window.copy_from_slice(rarest);
                let number = *by_window.entry(window).or_insert_with(|| {
                    grams.windows.push((window, Vec::new()));
                    grams.windows.len() as u32 - 1
                });
                let meant = &mut grams.windows[number as usize].1;
                if !meant.contains(&(place as u32)) {
                    meant.push(place as u32);
                }
            }
        }
        for number in 0..grams.windows.len() {
            for offset in 0..STRIDE {
                let p = piece(&grams.windows[number].0[offset..]);
                let s = slot(p, grams.shift);
                grams.bits[s / 64] |= 1 << (s % 64);
                grams.pieces.entry(p).or_default().push((number as u32, offset as u8));
            }
        }
        if !short.is_empty() {
            let mut all: Vec<(Vec<u8>, Vec<u32>)> = short.into_iter().collect();
            all.sort();
            let automaton = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(all.iter().map(|(l, _)| l));
            match automaton {
                Ok(a) => grams.short = Some((a, all.into_iter().map(|(_, p)| p).collect())),
                Err(_) => grams.bare.extend(all.into_iter().flat_map(|(_, p)| p)),
            }
        }
        grams
    }

    /// All matches in a buffer.
    pub fn matches(&self, text: &[u8]) -> Vec<Match> {
        let mut run = Run { grams: self, text, found: Vec::new(), folded: Vec::new(), line: None, tried: Vec::new() };
        run.sample();
        run.short();
        run.bare();
        run.found
    }
}

struct Run<'a, 'b> {
    grams: &'b Grams<'a>,
    text: &'b [u8],
    found: Vec<Match>,
    folded: Vec<u8>,
    /// The line at hand, and which patterns were tried on it.
    line: Option<(usize, usize)>,
    tried: Vec<u32>,
}

impl Run<'_, '_> {
    fn sample(&mut self) {
        let (text, bits, shift) = (self.text, &self.grams.bits, self.grams.shift);
        if text.len() < 4 || self.grams.windows.is_empty() {
            return;
        }
        let mut at = 0;
        while at + 4 <= text.len() {
            let p = piece(&text[at..at + 4]);
            let s = slot(p, shift);
            if bits[s / 64] >> (s % 64) & 1 == 1 {
                self.look(at, p);
            }
            at += STRIDE;
        }
    }

    fn look(&mut self, at: usize, p: u32) {
        let Some(windows) = self.grams.pieces.get(&p) else { return };
        for (number, offset) in windows {
            let Some(start) = at.checked_sub(*offset as usize) else { continue };
            let (window, patterns) = &self.grams.windows[*number as usize];
            let same = self.text.get(start..start + WINDOW).is_some_and(|t| t.eq_ignore_ascii_case(window));
            if same {
                for place in patterns {
                    self.attempt(start, *place);
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
            self.tried.clear();
        }
        if self.tried.contains(&place) {
            return;
        }
        self.tried.push(place);
        let (number, pattern) = self.grams.patterns[place as usize];
        let Some((start, end)) = self.line else { return };
        if pattern.may_match_folded(&self.folded) && pattern.regex().is_some_and(|r| r.is_match(&self.text[start..end])) {
            self.found.push(Match { start, end, pattern: number });
        }
    }

    fn short(&mut self) {
        let Some((automaton, meant)) = &self.grams.short else { return };
        for hit in automaton.find_overlapping_iter(self.text) {
            for place in &meant[hit.pattern().as_usize()] {
                self.attempt(hit.start(), *place);
            }
        }
    }

    fn bare(&mut self) {
        for place in &self.grams.bare {
            let (number, pattern) = self.grams.patterns[*place as usize];
            let Some(regex) = pattern.regex() else { continue };
            for (start, end) in lines::all(self.text) {
                if regex.is_match(&self.text[start..end]) {
                    self.found.push(Match { start, end, pattern: number });
                }
            }
        }
    }
}
