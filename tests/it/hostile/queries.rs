//! Any text is a legal query, and none takes long.

use super::super::run::faultbook;
use super::figure;
use super::targets::shipped;
use crate::random::Random;
use faultbook::cli::show::found;
use std::time::{Duration, Instant};

/// 50 ms in a release build.
const BOUND: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1_500 } else { 50 });

#[test]
fn no_text_breaks_the_search_or_takes_long() {
    found(shipped(), "heap", 5);
    let mut longest = (Duration::ZERO, String::new());
    let mut ask = |text: &str| {
        let begun = Instant::now();
        let hits = found(shipped(), text, 5);
        let took = begun.elapsed();
        assert!(hits.len() <= 5 && hits.iter().all(|h| h.score.is_finite()));
        assert!(took < BOUND, "{took:?}: {:.80}", text);
        longest = longest.clone().max((took, text.chars().take(20).collect()));
        usize::from(!hits.is_empty())
    };
    let long = ["(", "[", "\"", "heap ", "a", "netGPHeap vmfs3 ", "*:* ", "\\", "H:0x0 D:0x2 P:0x0 ", "title:", "\u{0}", "é", "0x5 ", "x1y2 ", "AND OR NOT "];
    let mut bytes = 0;
    for piece in long {
        let text = piece.repeat((1 << 20) / piece.len());
        bytes += text.len();
        ask(&text);
    }
    assert!(bytes > 15 << 19, "{bytes}");
    let alphabet: Vec<char> = "aehpHeapx0123456789:./_-()[]{}\"'*?~^+!&|\\ \t\n\u{0}\u{1b}\u{7f}é字\u{202e}".chars().collect();
    let words = ["heap", "netGPHeap", "H:0x0", "D:0x2", "Sense", "vmkernel", "AND", "title:", "lost", "heartbeat", "0x5", "\"", "("];
    let mut dice = Random(21);
    let (rounds, mut answered) = (if cfg!(debug_assertions) { 2_000 } else { 10_000 }, 0);
    for round in 0..rounds {
        let text: String = match round % 2 {
            0 => (0..dice.place(120)).map(|_| alphabet[dice.place(alphabet.len())]).collect(),
            _ => (0..dice.place(12)).map(|_| words[dice.place(words.len())]).collect::<Vec<_>>().join([" ", ":", "(", "-"][dice.place(4)]),
        };
        answered += ask(&text);
    }
    assert!(answered > rounds / 4, "{answered} of {rounds} have an answer");
    figure("queries", format!("{} of 1 MiB and {rounds} at random, longest {} ms (`{}`)", long.len(), longest.0.as_millis(), longest.1.escape_debug()));
}

#[test]
fn pasted_codes_are_queries_and_no_error_is_said() {
    for text in ["H:0x0 D:0x2 P:0x0", "[", "(", "a AND (b", "\"open", "field:value", "--", "^2~", "/x[/", "*"] {
        let ran = faultbook(&["search", "--", text], "");
        assert!(ran.code == 0 || (ran.code == 1 && ran.err == "faultbook: nothing in the library is near to that\n"), "{text}: {} {}", ran.code, ran.err);
    }
}
