//! Texts that were put together from several lines and stand each for itself.

use super::Mend;
use crate::engine::matcher::Matcher;
use crate::engine::observe::{Hit, Seen, SeenLine};
use crate::library::outline::Role;
use crate::text::repair::{Piece, Repair, Repairs};
use std::ops::Range;
use std::sync::Arc;

impl Mend<'_, '_> {
    /// Texts that stand each for itself: only what one line is enough for.
    pub(super) fn separate(&mut self, pieces: &[Piece]) {
        if pieces.is_empty() {
            return;
        }
        let mut text = String::new();
        for p in pieces {
            text.push_str(&p.text.replace('\n', " "));
            text.push('\n');
        }
        let scan;
        let matcher = if text.len() > (64 << 10) {
            scan = Matcher::scan(self.observer.library);
            &scan
        } else {
            &self.observer.matcher
        };
        let mut starts: Vec<usize> = Vec::with_capacity(pieces.len());
        let mut at = 0;
        for p in pieces {
            starts.push(at);
            at += p.text.len() + 1;
        }
        let mut best: Vec<(usize, usize)> =
            matcher.matches(text.as_bytes()).into_iter().filter_map(|m| Some((starts.binary_search(&m.start).ok()?, m.pattern))).collect();
        // The fewest lines first, so that a hit in two lines is not told as one in three.
        best.sort_by_key(|(i, pattern)| (pieces[*i].parts.len(), *i, *pattern));
        for group in best.chunk_by(|a, b| a.0 == b.0) {
            let piece = &pieces[group[0].0];
            let envelope = self.observer.envelopes.read(piece.text.as_bytes());
            let mut hits = Vec::new();
            for (_, number) in group {
                let role = self.observer.library.patterns()[*number].role();
                if !matches!(role, Role::Any | Role::All | Role::Count) {
                    continue;
                }
                if let Some(hit) = self.observer.hit(self.stream, *number, piece.text.as_bytes(), &envelope) {
                    hits.push((self.matched(*number, &piece.text), hit));
                }
            }
            self.accept(piece, hits, piece.repairs);
        }
    }

    /// Takes what matched in one text, all of it or what may still be seen on its lines.
    pub(super) fn accept(&mut self, piece: &Piece, hits: Vec<(Range<usize>, Hit)>, repairs: Repairs) {
        let mut taken: Vec<(Range<usize>, usize)> = Vec::new();
        for (range, hit) in hits {
            let (first, last) = piece.lines(range.start, range.end);
            let (first, last) = (first.min(last), first.max(last));
            let entry = self.observer.library.patterns()[hit.pattern].entry;
            if self.before.contains(&(first, hit.pattern)) || !self.open_for(entry, first..last + 1) {
                continue;
            }
            if !self.holds_together(piece, hit.pattern, &range) {
                continue;
            }
            let envelope = self.observer.envelopes.read(piece.text.as_bytes());
            let line = Arc::new(SeenLine { number: 0, text: "".into(), envelope });
            let mut mended = self.mended(piece, first..last + 1, line, |_| Seen::Hit(hit));
            mended.repairs = repairs;
            taken.push((first..last + 1, entry));
            self.out.push(mended);
        }
        for (lines, entry) in taken {
            lines.for_each(|i| {
                self.known.entry(i).or_default().insert(entry);
            });
        }
    }

    /// Whether what a pattern matched is one message and not two whole lines put end to end, between which the pattern
    /// only skips: where a word is cut it must say so, elsewhere no end and no beginning of a sentence may meet.
    pub(super) fn holds_together(&self, piece: &Piece, number: usize, range: &Range<usize>) -> bool {
        let text = &piece.text;
        let strict = piece.repairs.has(Repair::Interleaved);
        if !strict && !piece.repairs.has(Repair::Broken) && !piece.repairs.has(Repair::Wrapped) {
            return true;
        }
        piece.seams().filter(|at| range.start < *at && *at < range.end).all(|at| {
            let (before, after) = (text[..at].trim_end(), text[at..].trim_start());
            let mut next = after.chars();
            let begins = next.next().is_some_and(char::is_uppercase) && next.next().is_some_and(char::is_lowercase);
            let whole = before.ends_with(['.', '!', '?', ')', ']']) || (begins && piece.repairs.has(Repair::Broken));
            !(strict || whole) || self.is_one(number, text, at)
        })
    }

    /// Whether the text is one at this place: a word that the pattern asks for goes across it, or a value without
    /// blanks that the pattern takes, or a number. Two whole lines put end to end are not: there the pattern only skips.
    fn is_one(&self, number: usize, text: &str, at: usize) -> bool {
        let pattern = &self.observer.library.patterns()[number];
        let folded = text.to_ascii_lowercase();
        let across = |l: &[u8]| memchr::memmem::find_iter(folded.as_bytes(), l).any(|from| from < at && at < from + l.len());
        if pattern.outline.literals.literals().any(across) {
            return true;
        }
        let bytes = text.as_bytes();
        let from = at - bytes[..at].iter().rev().take_while(|b| b.is_ascii_hexdigit()).count();
        let to = at + bytes[at..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
        let has_digit = |part: &[u8]| part.iter().any(u8::is_ascii_digit);
        if has_digit(&bytes[from..at]) && has_digit(&bytes[at..to]) {
            return true;
        }
        let Some(found) = pattern.regex().and_then(|r| r.captures(bytes)) else { return false };
        pattern.captures().iter().filter_map(|(i, _)| found.get(*i)).any(|c| c.start() < at && at < c.end() && !c.as_bytes().contains(&b' '))
    }
}
