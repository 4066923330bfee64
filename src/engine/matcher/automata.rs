//! Patterns for which nothing that could be looked for first is rare enough. One automaton for all of them goes over
//! every line: it takes the same time however many they are, and never more than a few looks of a sieve for each byte.

use super::spans::{COUNTED, TRY};
use crate::engine::lines;
use crate::library::pattern::Pattern;
use regex_automata::hybrid::dfa::DFA;
use regex_automata::meta::{Config, Regex};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Input, MatchKind, PatternSet};
use std::collections::BTreeMap;

/// What it costs at least, in places that a sieve looks at in that time, for each byte of text: twice what it takes, since
/// what is weighed against it is an estimate.
pub const COST: f64 = 4.0;
/// Largest compiled program of one, in bytes, and its largest table of states for each thread.
const MAX_PROGRAM: usize = 16 << 20;
const MAX_STATES: usize = 16 << 20;

/// Bytes of states that one may need for the sample. Where nearly every byte needs a new state (`a.{3,40}b.*c`, several
/// times), patterns are faster one by one.
const FEW_STATES: usize = 1 << 20;

/// One for each kind of pattern, with what each of its patterns means; without an automaton when it would be too large.
#[derive(Default)]
pub struct Automata(Vec<(Option<Regex>, Vec<u32>)>);

impl Automata {
    /// For these patterns, by what they mean, and for such text.
    pub fn new<'a>(patterns: impl Iterator<Item = (u32, &'a Pattern)>, sample: &[u8]) -> Automata {
        let sample = &sample[sample.len().saturating_sub(COUNTED)..];
        let mut kinds: BTreeMap<(bool, bool), (Vec<&str>, Vec<u32>)> = BTreeMap::new();
        // One that does not compile would take the others with it, and never matches.
        for (what, pattern) in patterns.filter(|(_, pattern)| pattern.regex().is_some()) {
            let (sources, whats) = kinds.entry((pattern.outline.ignore_case, pattern.is_unicode())).or_default();
            sources.push(pattern.outline.source);
            whats.push(what);
        }
        // To look for literals first would take longer: none is rare here.
        let config = Config::new().match_kind(MatchKind::All).auto_prefilter(false).utf8_empty(false);
        let config = config.nfa_size_limit(Some(MAX_PROGRAM)).hybrid_cache_capacity(MAX_STATES);
        let build = |(ignore_case, unicode), sources: Vec<&str>| {
            let syntax = syntax::Config::new().case_insensitive(ignore_case).unicode(unicode).utf8(false);
            if !is_small(&sources, syntax, sample) {
                return None;
            }
            Regex::builder().configure(config.clone()).syntax(syntax).build_many(&sources).ok()
        };
        Automata(kinds.into_iter().map(|(kind, (sources, whats))| (build(kind, sources), whats)).collect())
    }

    /// These patterns on every line, one by one; without any, no line is looked at.
    pub fn one_by_one(whats: Vec<u32>) -> Automata {
        if whats.is_empty() { Automata::default() } else { Automata(vec![(None, whats)]) }
    }

    /// Whether there is an automaton for all of them.
    pub fn is_complete(&self) -> bool {
        self.0.iter().all(|(automaton, _)| automaton.is_some())
    }

    /// What to look for them costs, with what they find: whoever finds them in another way tries that too.
    pub fn cost(&self, sample: &[u8]) -> f64 {
        let sample = &sample[sample.len().saturating_sub(COUNTED)..];
        let mut found = 0;
        self.look(sample, &mut |_, whats| found += whats.len());
        COST + found as f64 / (sample.len() + 1) as f64 * TRY
    }

    /// Calls `each` with the first byte of every line that may match, and what.
    pub fn look(&self, text: &[u8], each: &mut dyn FnMut(usize, &[u32])) {
        for (automaton, whats) in &self.0 {
            let mut set = PatternSet::new(whats.len());
            for (start, end) in lines::all(text) {
                let Some(automaton) = automaton else {
                    each(start, whats);
                    continue;
                };
                let line = Input::new(&text[start..end]);
                if automaton.is_match(line.clone()) {
                    set.clear();
                    automaton.which_overlapping_matches(&line, &mut set);
                    set.iter().for_each(|i| each(start, &whats[i.as_usize()..=i.as_usize()]));
                }
            }
        }
    }
}

/// Whether an automaton for these needs few states for such text.
fn is_small(sources: &[&str], syntax: syntax::Config, sample: &[u8]) -> bool {
    let config = DFA::config().match_kind(MatchKind::All).skip_cache_capacity_check(true).unicode_word_boundary(true);
    let program = thompson::Config::new().utf8(false).nfa_size_limit(Some(MAX_PROGRAM));
    let built = DFA::builder().configure(config.cache_capacity(MAX_STATES)).thompson(program).syntax(syntax).build_many(sources);
    let Ok(automaton) = built else { return false };
    let mut states = automaton.create_cache();
    lines::all(sample).all(|(start, end)| {
        // Where it gives up, at letters beyond ASCII, it made no states.
        let _ = automaton.try_search_fwd(&mut states, &Input::new(&sample[start..end]));
        states.memory_usage() <= FEW_STATES
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::library::clauses::Clauses;
    use crate::library::outline::{PatternOutline, Role};

    const TEXT: &str = "12 34\n\nab1\nAB2 \r\nx\u{e9}3\n77\n";

    /// A pattern of which no literal is known.
    pub fn pattern(source: &'static str, ignore_case: bool, unicode: bool) -> Pattern {
        let outline = PatternOutline { role: Role::Any, source, ignore_case, unicode, whole_line: false, within: &[], literals: Clauses::NONE, runs: None };
        Pattern::new(0, 0, Box::leak(Box::new(outline)))
    }

    fn found(automata: &Automata) -> Vec<(usize, u32)> {
        let mut out = Vec::new();
        automata.look(TEXT.as_bytes(), &mut |at, whats| out.extend(whats.iter().map(|what| (at, *what))));
        out.sort_unstable();
        out
    }

    #[test]
    fn every_line_is_told_with_what_it_may_match_and_no_match_crosses_lines() {
        let patterns = [
            pattern(r"^\d\d\s\d\d$", false, false),
            pattern(r"[a-z]{2}\d", true, false),
            pattern(r"\w\d$", false, true),
            pattern(r"\d\s+[a-z]", false, false),
            pattern(r"\d(", false, false),
            pattern(r"^$", false, false),
        ];
        let automata = Automata::new((0..).zip(&patterns), TEXT.as_bytes());
        assert_eq!(automata.0.iter().map(|(set, _)| set.as_ref().map_or(0, Regex::pattern_len)).collect::<Vec<_>>(), [3, 1, 1]);
        let expected = [(0, 0), (0, 2), (6, 5), (7, 1), (7, 2), (11, 1), (17, 2), (22, 2)];
        assert_eq!(found(&automata), expected);
        let one_by_one = |(start, end): (usize, usize)| {
            let line = &TEXT.as_bytes()[start..end];
            (0..).zip(&patterns).filter(|(_, p)| p.is_match(line)).map(|(what, _)| (start, what)).collect::<Vec<_>>()
        };
        assert_eq!(lines::all(TEXT.as_bytes()).flat_map(one_by_one).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_too_large_for_one_is_tried_on_every_line() {
        let automata = Automata::one_by_one(vec![3, 5]);
        assert_eq!(found(&automata).len(), 2 * TEXT.lines().count());
        Automata::one_by_one(Vec::new()).look(TEXT.as_bytes(), &mut |at, _| panic!("a line at {at} is looked at for nothing"));
    }

    /// Fifty such patterns took six times as long together as one by one.
    #[test]
    fn patterns_that_remember_much_share_no_automaton() {
        let forgets: Vec<Pattern> = ('a'..='z').map(|c| pattern(format!("{c}-{c}").leak(), false, false)).collect();
        let remembers: Vec<Pattern> = ('a'..='z').map(|c| pattern(format!("[{c}-z].{{3,40}}[a-{c}].*x{c}").leak(), false, false)).collect();
        let mut seed = 9u64;
        let mut letter = |i: u32| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if i % 150 == 149 { '\n' } else { char::from(b'a' + (seed >> 33) as u8 % 26) }
        };
        let text: String = (0..60_000).map(&mut letter).collect();
        assert!(Automata::new((0..).zip(&forgets), text.as_bytes()).is_complete());
        assert!(!Automata::new((0..).zip(&remembers), text.as_bytes()).is_complete());
    }
}
