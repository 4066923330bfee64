//! A text in which lines were repaired, looked at as any other: with its envelopes, records and blocks.

use super::{Mend, Mended};
use crate::engine::observe::{Hit, Seen, SeenLine, SeenRecord};
use crate::library::outline::{Kind, Role};
use crate::text::repair::{Piece, Repair};
use std::ops::Range;
use std::sync::Arc;

impl Mend<'_, '_> {
    /// Looks at a text in which lines were repaired, as at any other.
    pub(super) fn document(&mut self, pieces: &[Piece]) {
        let mut text = String::new();
        for p in pieces {
            text.push_str(&p.text);
            text.push('\n');
        }
        let bytes = text.as_bytes();
        let mut found: Vec<(Range<usize>, Mended, Vec<usize>)> = Vec::new();
        for o in self.observer.look(self.stream, bytes, 0..bytes.len(), 1) {
            let Some(piece) = pieces.get((o.line.number as usize).saturating_sub(1)) else { continue };
            match o.what {
                Seen::Hit(hit) => {
                    let range = self.matched(hit.pattern, &piece.text);
                    let (first, last) = piece.lines(range.start, range.end);
                    let pattern = &self.observer.library.patterns()[hit.pattern];
                    if piece.repairs.is_empty() && first == last || self.before.contains(&(first, hit.pattern)) {
                        continue;
                    }
                    if !self.holds_together(piece, hit.pattern, &range) {
                        continue;
                    }
                    let is_signature = self.observer.library.entries()[pattern.entry].outline.kind == Kind::Signature;
                    if is_signature && !self.open_for(pattern.entry, first..last + 1) || self.is_repeated(&hit, piece, range) {
                        continue;
                    }
                    let knows = if matches!(pattern.role(), Role::Any | Role::All | Role::Count | Role::LooksLike) { vec![pattern.entry] } else { Vec::new() };
                    let mended = self.mended(piece, first..last + 1, o.line, |_| Seen::Hit(hit));
                    found.push((first..last + 1, mended, knows));
                }
                Seen::Block { step, facts } => {
                    let at = piece.line_at(0);
                    if !self.known.contains_key(&at) {
                        let mended = self.mended(piece, at..at + 1, o.line, |_| Seen::Block { step, facts });
                        found.push((at..at + 1, mended, vec![step]));
                    }
                }
                Seen::Record(record) => {
                    let at = piece.line_at(0);
                    let last = pieces.get((record.last_line as usize).saturating_sub(1)).map_or(at, |p| p.line_at(0));
                    let damaged = pieces[(o.line.number as usize - 1)..(record.last_line as usize).min(pieces.len())].iter().any(|p| !p.repairs.is_empty());
                    if !damaged || (at..=last).any(|i| self.known.contains_key(&i)) {
                        continue;
                    }
                    let knows = [record.format].into_iter().chain(record.hits.iter().map(|(entry, _)| *entry)).collect();
                    let mended = self.mended(piece, at..at + 1, o.line, |mend| Seen::Record(Box::new(mend.original(*record, pieces, last))));
                    found.push((at..last + 1, mended, knows));
                }
            }
        }
        for (lines, mended, knows) in found {
            lines.for_each(|i| self.known.entry(i).or_default().extend(knows.iter().copied()));
            self.out.push(mended);
        }
    }

    /// A record whose lines are the original ones.
    fn original(&self, mut record: SeenRecord, pieces: &[Piece], last: usize) -> SeenRecord {
        record.last_line = last as u64 + 1;
        for (_, line) in record.hits.iter_mut().flat_map(|(_, hits)| hits) {
            let at = pieces.get((line.number as usize).saturating_sub(1)).map_or(0, |p| p.line_at(0));
            *line = Arc::new(SeenLine { number: at as u64 + 1, text: self.shown(at..at + 1).into(), envelope: line.envelope.clone() });
        }
        record
    }

    /// Pages print the same twice, as a summary and in full: what was taken from markup counts once.
    fn is_repeated(&mut self, hit: &Hit, piece: &Piece, range: Range<usize>) -> bool {
        let from_page = piece.repairs.has(Repair::Tags) || piece.repairs.has(Repair::Entities);
        from_page && !self.repeated.insert((hit.pattern, piece.text.get(range).unwrap_or(&piece.text).to_string()))
    }
}
