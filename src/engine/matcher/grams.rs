//! The filter for a scan. From each pattern's rarest clause a window is taken that a sieve looks for; what has no long
//! literal is looked for by a piece or by a short window, what has none by a sign, and what holds no byte for certain by
//! kinds of bytes in a row; where these are common, one automaton goes over every line. Only where one of them stands is
//! anything else looked at: the line, then the pattern's other literals in turn, then the regular expression, compiled
//! when it is first needed.

use super::Match;
use super::automata::{self, Automata};
use super::marks::{Marks, Needs};
use super::pieces::Pieces;
use super::sieve::Sieve;
use super::signs::{BEARABLE, SELDOM, Signs};
use super::spans::Spans;
use crate::engine::frequency::{Sample, folded, place};
use crate::engine::lines;
use crate::library::clauses::Choice;
use crate::library::pattern::Pattern;
use std::sync::Arc;

/// Windows of eleven bytes, met at every sixth.
type Long = Sieve<6, 6>;
/// Windows of four bytes, met at every second.
type Short = Sieve<3, 2>;

/// A short window is taken only where there is no long one.
const FOR_SHORT: u32 = 1 << 30;
/// A line that so many patterns were tried on is marked: it costs about as much as to try this many.
const TRIED: usize = 4;

/// Pieces of a literal that are remembered while its windows are weighed: no fewer than a window has.
const RING: usize = 16;

/// Patterns that a filter is built for.
pub type Candidates<'a> = Arc<[Candidate<'a>]>;

/// The filter.
pub struct Grams<'a> {
    candidates: Candidates<'a>,
    long: Long,
    /// Short literals, if they are few; else a sieve has them.
    pieces: Option<Pieces>,
    short: Short,
    signs: Signs,
    spans: Spans,
    automata: Automata,
}

/// A pattern, and what a line must hold before its expression is asked.
pub struct Candidate<'a> {
    number: usize,
    needs: Option<Needs>,
    pattern: &'a Pattern,
}

/// A pattern, a literal of it, and where in that the best window stands.
type Window = (u32, &'static [u8], usize);

impl<'a> Grams<'a> {
    /// Builds the filter for these patterns, with the rarest pieces by what is known of the input.
    pub fn new(candidates: Candidates<'a>, sample: &Sample) -> Self {
        let crowd = Crowd::of(&candidates, sample);
        let (mut long, mut short): (Vec<Window>, Vec<Window>) = (Vec::new(), Vec::new());
        // What has no literal.
        let mut open: Vec<u32> = Vec::new();
        for (what, candidate) in (0u32..).zip(candidates.iter()) {
            let clauses = candidate.pattern.outline.literals.iter();
            let Some((windows, _)) = clauses.filter_map(|clause| crowd.windows(clause)).min_by_key(|(_, cost)| *cost) else {
                open.push(what);
                continue;
            };
            let (far, near): (Vec<_>, Vec<_>) = windows.into_iter().map(|(literal, at)| (what, literal, at)).partition(|(_, l, _)| l.len() >= Long::WINDOW);
            long.extend(far);
            short.extend(near);
        }
        let mut rare = Rare::choose(&candidates, &open, sample);
        let mut automata = Automata::default();
        if !rare.left.is_empty() || rare.cost() > automata::COST {
            let all = Automata::new(open.iter().map(|what| (*what, candidates[*what as usize].pattern)), sample.text());
            if all.is_complete() && (!rare.left.is_empty() || rare.cost() > all.cost(sample.text())) {
                automata = all;
                rare = Rare::default();
            } else {
                automata = Automata::one_by_one(std::mem::take(&mut rare.left));
            }
        }
        let pieces = Pieces::choose(short.iter().map(|(what, literal, _)| (*what, *literal)), sample.text());
        if pieces.is_some() {
            short.clear();
        }
        let (long, short) = (Long::new(long.into_iter()), Short::new(short.into_iter()));
        Grams { long, pieces, short, signs: rare.signs, spans: rare.spans, automata, candidates }
    }

    /// All matches in a buffer, and how often a pattern was tried for them.
    pub fn matches(&self, text: &[u8]) -> (Vec<Match>, u64) {
        let tried = vec![0; self.candidates.len()];
        let mut run = Run { grams: self, text, found: Vec::new(), folded: Vec::new(), line: None, lines: 0, here: 0, marks: Marks::none(), tried, tries: 0 };
        self.long.look(text, &mut |at, whats| run.attempt(at, whats));
        if let Some(pieces) = &self.pieces {
            pieces.look(text, &mut |at, whats| run.attempt(at, whats));
        }
        self.short.look(text, &mut |at, whats| run.attempt(at, whats));
        self.signs.look(text, &mut |at, whats| run.attempt(at, whats));
        self.spans.look(text, &mut |at, whats| run.attempt(at, whats));
        self.automata.look(text, &mut |at, whats| run.attempt(at, whats));
        (run.found, run.tries)
    }
}

/// Signs and rows of kinds for what has no literal.
#[derive(Default)]
struct Rare {
    signs: Signs,
    spans: Spans,
    /// What has none.
    left: Vec<u32>,
}

impl Rare {
    fn choose(candidates: &[Candidate<'_>], open: &[u32], sample: &Sample) -> Rare {
        let runs = |what: &u32| (*what, &*candidates[*what as usize].pattern.runs().all);
        let signs = Signs::choose(open.iter().map(runs), SELDOM, sample.text());
        let mut left: Vec<u32> = open.iter().copied().filter(|what| !signs.has(*what)).collect();
        let spans = Spans::choose(left.iter().map(runs), sample.text());
        left.retain(|what| !spans.has(*what));
        let signs = signs.and(Signs::choose(left.iter().map(runs), BEARABLE, sample.text()));
        left.retain(|what| !signs.has(*what));
        Rare { signs, spans, left }
    }

    fn cost(&self) -> f64 {
        self.signs.cost() + self.spans.cost()
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
            for literal in candidate.pattern.outline.literals.literals() {
                for p in literal.windows(4) {
                    let n = &mut counts[place(folded(p), 16)];
                    *n = n.saturating_add(1);
                }
            }
        }
        Crowd { shared: counts, sample }
    }

    /// The best window of each literal of a clause, and what it costs to look for them; `None` when one is too short.
    fn windows(&self, clause: Choice) -> Option<(Vec<(&'static [u8], usize)>, u32)> {
        let mut worst = 0;
        let mut windows = Vec::new();
        for literal in clause.iter() {
            let (cost, at) = self.cost(literal)?;
            worst = worst.max(cost);
            windows.push((literal, at));
        }
        Some((windows, worst))
    }

    /// What it costs to look for a literal, and where its best window stands.
    fn cost(&self, literal: &[u8]) -> Option<(u32, usize)> {
        let is_long = literal.len() >= Long::WINDOW;
        // A long window's pieces hold three of four bytes each, of which the rarest says most; a short one is such a piece.
        let (window, piece) = if is_long { (Long::WINDOW - 3, 3) } else { (Short::WINDOW - 3, 1) };
        // Of the pieces that were read last, how often each is met and how many literals share it, by their place.
        let (mut met, mut shared, mut rarest) = ([0; RING], [0; RING], [0; RING]);
        let mut best: Option<(u32, usize)> = None;
        for (at, p) in literal.windows(4).enumerate() {
            met[at % RING] = self.sample.of_piece(p);
            shared[at % RING] = self.shared[place(folded(p), 16)];
            // A window that ends with this piece.
            let last = |many: usize| (0..many).map(move |back| (at + RING - back) % RING);
            rarest[at % RING] = last(piece).map(|i| met[i]).min().unwrap_or(0);
            let Some(from) = (at + 1).checked_sub(window) else { continue };
            let shared = u32::from(last(window).map(|i| shared[i]).max().unwrap_or(0));
            let cost = last(window + 1 - piece).map(|i| rarest[i]).fold(0, u32::saturating_add).saturating_mul(8 + shared);
            if best.is_none_or(|best| cost < best.0) {
                best = Some((cost, from));
            }
        }
        best.map(|(cost, at)| (cost.saturating_add(if is_long { 0 } else { FOR_SHORT }), at))
    }
}

impl<'a> Candidate<'a> {
    /// A pattern with its number in the library.
    pub fn new(number: usize, pattern: &'a Pattern) -> Self {
        Candidate { number, needs: Needs::of(pattern), pattern }
    }
}

struct Run<'a, 'b> {
    grams: &'b Grams<'a>,
    text: &'b [u8],
    found: Vec<Match>,
    folded: Vec<u8>,
    /// The line at hand.
    line: Option<(usize, usize)>,
    /// Lines that were looked at, with this one.
    lines: u32,
    /// Patterns that were to be tried on this one.
    here: usize,
    marks: Marks,
    /// For each pattern the last line that it was tried on.
    tried: Vec<u32>,
    tries: u64,
}

impl Run<'_, '_> {
    /// Tries patterns on the line that a byte stands in.
    fn attempt(&mut self, at: usize, whats: &[u32]) {
        let line = match self.line {
            Some((start, end)) if start <= at && at <= end => (start, end),
            _ => self.go_to(lines::around(self.text, at)),
        };
        if self.here < TRIED && self.here + whats.len() >= TRIED {
            self.marks.take(&self.folded);
        }
        self.here += whats.len();
        let is_marked = self.here >= TRIED;
        for what in whats {
            let candidate = &self.grams.candidates[*what as usize];
            if is_marked && candidate.needs.as_ref().is_some_and(|needs| !self.marks.may_hold(needs)) {
                continue;
            }
            if std::mem::replace(&mut self.tried[*what as usize], self.lines) != self.lines {
                self.try_one(candidate, line);
            }
        }
    }

    fn go_to(&mut self, line: (usize, usize)) -> (usize, usize) {
        self.line = Some(line);
        self.folded.clear();
        self.folded.extend(self.text[line.0..line.1].iter().map(u8::to_ascii_lowercase));
        self.lines += 1;
        self.here = 0;
        line
    }

    fn try_one(&mut self, candidate: &Candidate<'_>, (start, end): (usize, usize)) {
        self.tries += 1;
        if candidate.pattern.may_match_folded(&self.folded) && candidate.pattern.is_match(&self.text[start..end]) {
            self.found.push(Match { start, end, pattern: candidate.number });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::matcher::automata::tests::pattern;

    /// Issue 9: fifty such patterns took thirty times as long as one automaton.
    #[test]
    fn patterns_of_which_nothing_is_rare_are_found_in_one_go() {
        let patterns = [r"\d+ \d+", r"\w:\w+ \d", r"[a-z]\d$", r"^\w+:[x-z]", r"\d{3}"].map(|source| pattern(source, false, false));
        let text = "ab:cd 12 34 x9\nab:xx 1 2 34\nnothing\n".repeat(300);
        let mut sample = Sample::default();
        sample.take(text.as_bytes());
        let candidates: Candidates<'_> = patterns.iter().enumerate().map(|(number, pattern)| Candidate::new(number, pattern)).collect();
        let grams = Grams::new(candidates, &sample);
        assert!((0..5).all(|what| !grams.signs.has(what) && !grams.spans.has(what)), "nothing else finds them");
        let (mut found, tries) = grams.matches(text.as_bytes());
        found.sort_unstable();
        let one_by_one = lines::all(text.as_bytes()).flat_map(|(start, end)| {
            let line = &text.as_bytes()[start..end];
            patterns.iter().enumerate().filter(move |(_, p)| p.is_match(line)).map(move |(pattern, _)| Match { start, end, pattern })
        });
        assert_eq!(found, one_by_one.collect::<Vec<_>>());
        assert_eq!((found.len(), tries), (300 * 6, 300 * 6), "nothing is tried for nothing");
    }
}
