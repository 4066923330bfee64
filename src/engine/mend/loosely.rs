//! Looser forms of patterns, for text that shows that letters, values or ends are not what they were.

use super::Mend;
use crate::engine::observe::{Captured, Hit};
use crate::engine::whole_line;
use crate::library::loose::{CutForm, Form, is_middle, literal_bytes};
use crate::library::outline::Role;
use crate::library::pattern::Pattern;
use crate::text::repair::{self, Piece, Repair};
use crate::text::untrusted::lossless;
use std::collections::BTreeSet;
use std::ops::Range;

/// Least bytes of literals that a looser form must have met.
const LEAST_LITERALS: usize = 10;
/// The same for one with a cut end: a few words that many messages share are not enough for the fault among them.
const LEAST_OF_CUT: usize = 16;
/// Least bytes that a pattern with a cut end must have matched.
const LEAST_CUT: usize = 16;

impl Mend<'_, '_> {
    /// Looser forms of patterns, where the text shows that letters, values or ends are not what they were.
    pub(super) fn loosely(&mut self, pieces: &[Piece]) {
        let library = self.observer.library;
        let patterns: Vec<(usize, &Pattern)> =
            library.triggers(true).filter(|(_, p)| matches!(p.role(), Role::Any | Role::All | Role::Count) && !p.outline.literals.is_empty()).collect();
        let mut tried = 0;
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for piece in pieces {
            if self.known.contains_key(&piece.line_at(0)) || piece.text.len() > repair::LONGEST || !seen.insert(&piece.text) {
                continue;
            }
            let masked = repair::has_mask(&piece.text);
            let any_case = repair::one_case(&piece.text);
            let cut = repair::cut(&piece.text);
            if !(masked || any_case || cut.is_some()) {
                continue;
            }
            tried += 1;
            if tried > self.budget.loose {
                self.bounded = true;
                break;
            }
            let folded = piece.text.to_ascii_lowercase();
            if masked || any_case {
                let form = Form { any_case, masked, cut: CutForm::None };
                self.loose(piece, 0..piece.text.len(), folded.as_bytes(), form, &patterns);
            }
            let Some(cut) = cut else { continue };
            let from = cut.rest.as_ptr() as usize - piece.text.as_ptr() as usize;
            let range = from..from + cut.rest.len();
            for (is_cut, end) in [(cut.tail, CutForm::Tail), (cut.head, CutForm::Head), (cut.tail && cut.head, CutForm::Both)] {
                if is_cut {
                    self.loose(piece, range.clone(), &folded.as_bytes()[range.clone()], Form { any_case, masked, cut: end }, &patterns);
                }
            }
        }
    }

    fn loose(&mut self, piece: &Piece, range: Range<usize>, folded: &[u8], form: Form, patterns: &[(usize, &Pattern)]) {
        let text = &piece.text.as_bytes()[range.clone()];
        let is_cut = form.cut != CutForm::None;
        let mut all_found: Vec<(usize, Range<usize>, Hit)> = Vec::new();
        for (number, pattern) in patterns {
            let (held, all) = if is_cut || pattern.may_match_folded(folded) { literal_bytes(pattern.outline, folded, form.cut) } else { continue };
            let enough = if is_cut { held * 2 >= all && held >= LEAST_OF_CUT } else { held >= LEAST_LITERALS };
            if !enough {
                continue;
            }
            // Nothing but a part of one literal: no expression is needed, and there are no values.
            if form.cut == CutForm::Both && !form.masked && pattern.outline.literals.literals().any(|l| is_middle(folded, l)) {
                if folded.trim_ascii().len() >= LEAST_CUT && !pattern.outline.whole_line {
                    all_found.push((held, range.clone(), Hit { pattern: *number, groups: vec![Vec::new()] }));
                }
                continue;
            }
            let Some(found) = pattern.form(form).and_then(|r| r.captures(text)) else { continue };
            let Some(m) = found.get(0) else { continue };
            if is_cut && (m.len() < LEAST_CUT || literal_bytes(pattern.outline, &folded[m.range()], form.cut).0 < held) {
                continue;
            }
            if pattern.outline.whole_line {
                let envelope = self.observer.envelopes.read(text);
                let from = if envelope.format.is_some() { envelope.text.start } else { 0 };
                if is_cut || !whole_line::stands_alone(text, from, m.start(), m.end()) {
                    continue;
                }
            }
            // What the cut goes through is no value.
            let whole = |c: &regex::bytes::Match<'_>| match form.cut {
                CutForm::None => true,
                CutForm::Tail => c.end() < text.len(),
                CutForm::Head => c.start() > 0,
                CutForm::Both => false,
            };
            let names = pattern.captures();
            let facts: Captured =
                names.iter().filter_map(|(_, n)| found.name(n).filter(whole).map(|c| (n.clone(), lossless(c.as_bytes()).into_owned(), None))).collect();
            let hit = Hit { pattern: *number, groups: vec![facts] };
            all_found.push((held, range.start + m.start()..range.start + m.end(), hit));
        }
        // What is left of a cut line may begin several messages; the one of which most is there is meant.
        let most = all_found.iter().map(|(held, ..)| *held).max().unwrap_or(0);
        let hits: Vec<(Range<usize>, Hit)> = all_found.into_iter().filter(|(held, ..)| !is_cut || *held == most).map(|(_, r, h)| (r, h)).collect();
        let mut repairs = piece.repairs;
        for (did, repair) in [(form.any_case, Repair::LowerCase), (form.masked, Repair::Masked), (is_cut, Repair::CutEnds)] {
            if did {
                repairs = repairs.with(repair);
            }
        }
        self.accept(piece, hits, repairs);
    }
}
