//! For a paste: no automaton is built. Each pattern's longest literal is looked for in the folded text; a line that
//! has it is asked for the others, and only then is the regular expression compiled and run.

use super::Match;
use crate::engine::lines;
use crate::library::pattern::Pattern;

pub fn matches(patterns: &[(usize, &Pattern)], text: &[u8]) -> Vec<Match> {
    let folded = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (number, pattern) in patterns {
        let clauses = pattern.outline.literals;
        let best = clauses.iter().max_by_key(|c| c.iter().map(|l| l.len()).min().unwrap_or(0));
        let Some(best) = best else {
            try_lines(*number, pattern, text, lines::all(text), &mut found);
            continue;
        };
        for literal in *best {
            let mut after = 0;
            for at in memchr::memmem::find_iter(&folded, literal) {
                if at < after {
                    continue;
                }
                let (start, end) = lines::around(text, at);
                after = end.max(at + 1);
                if pattern.may_match_folded(&folded[start..end]) {
                    try_lines(*number, pattern, text, std::iter::once((start, end)), &mut found);
                }
            }
        }
    }
    found
}

fn try_lines(number: usize, pattern: &Pattern, text: &[u8], lines: impl Iterator<Item = (usize, usize)>, found: &mut Vec<Match>) {
    let Some(regex) = pattern.regex() else { return };
    for (start, end) in lines {
        if regex.is_match(&text[start..end]) {
            found.push(Match { start, end, pattern: number });
        }
    }
}
