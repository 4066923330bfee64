//! Tables: columns as wide as their text, made narrower until they fit by wrapping cells, the widest first. A table with
//! too many columns, or with something in it that must not be cut, is written row by row as `head: cell`.

use super::wrap::{Line, Look, Piece, push, width, words, wrap};
use pulldown_cmark::Alignment;

/// Blanks between columns.
const GAP: usize = 2;
/// The least width of a column, and of one that holds text.
const NARROW: usize = 3;
const READABLE: usize = 8;

/// A table while it is read; the first row is the head.
pub(super) struct Table {
    aligns: Vec<Alignment>,
    pub rows: Vec<Vec<Line>>,
}

impl Table {
    pub fn new(aligns: Vec<Alignment>) -> Table {
        Table { aligns, rows: Vec::new() }
    }

    /// The table as lines.
    pub fn lines(mut self, room: usize) -> Vec<Line> {
        for piece in self.rows.first_mut().into_iter().flatten().flatten() {
            piece.look.bold = true;
        }
        match self.columns(room) {
            Some(columns) => self.grid(&columns),
            None => self.records(room),
        }
    }

    /// The width of each column, if the table can be shown as one.
    fn columns(&self, room: usize) -> Option<Vec<usize>> {
        let count = self.aligns.len();
        let room = room.checked_sub(GAP * count.saturating_sub(1))?;
        if count == 0 || count * NARROW > room {
            return None;
        }
        let widest = |of: &dyn Fn(&Line) -> usize| -> Vec<usize> {
            (0..count).map(|c| self.rows.iter().filter_map(|r| r.get(c)).map(of).max().unwrap_or(0).max(NARROW)).collect()
        };
        let whole: Vec<usize> = widest(&|cell| width(cell)).into_iter().map(|w| w.min(room)).collect();
        // First with code in one piece, then with code broken at its blanks.
        [room, 0].into_iter().find_map(|keep| {
            let word = |cell: &Line| words(cell, keep).iter().map(|w| width(&w.pieces)).max().unwrap_or(0);
            let floor = widest(&|cell| word(cell).max(width(cell).min(READABLE)));
            shrink(whole.clone(), &floor, room)
        })
    }

    fn grid(&self, columns: &[usize]) -> Vec<Line> {
        let row = |cells: &Vec<Line>| -> Vec<Line> {
            let cells: Vec<Vec<Line>> = columns.iter().enumerate().map(|(c, w)| wrap(cells.get(c).map_or(&[], |l| l), *w)).collect();
            let high = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
            (0..high).map(|i| self.join(columns, &cells, i)).collect()
        };
        let mut rows = self.rows.iter().map(row);
        let mut lines = rows.next().unwrap_or_default();
        let rule = columns.iter().map(|w| "-".repeat(*w)).collect::<Vec<_>>().join(&" ".repeat(GAP));
        lines.push(vec![Piece { text: rule, look: Look::default() }]);
        let body: Vec<Vec<Line>> = rows.collect();
        // Where a cell goes on in the next line, only a blank line shows where a row ends.
        let tall = body.iter().any(|r| r.len() > 1);
        for (i, row) in body.into_iter().enumerate() {
            if tall && i > 0 {
                lines.push(Vec::new());
            }
            lines.extend(row);
        }
        lines
    }

    /// Line `i` of a row: a line of each cell, padded.
    fn join(&self, columns: &[usize], cells: &[Vec<Line>], i: usize) -> Line {
        let mut line = Line::new();
        let mut blanks = 0;
        for (c, (wide, cell)) in columns.iter().zip(cells).enumerate() {
            let cell: &[Piece] = cell.get(i).map_or(&[], |l| l);
            let free = wide.saturating_sub(width(cell));
            let before = match self.aligns[c] {
                Alignment::Right => free,
                Alignment::Center => free / 2,
                _ => 0,
            };
            blanks += before;
            if !cell.is_empty() {
                // Blanks are written only before something, so that none end a line.
                push(&mut line, &" ".repeat(blanks), Look::default());
                line.extend_from_slice(cell);
                blanks = 0;
            }
            blanks += free - before + GAP;
        }
        line
    }

    fn records(&self, room: usize) -> Vec<Line> {
        let Some((head, body)) = self.rows.split_first() else { return Vec::new() };
        let mut lines = Vec::new();
        for row in if body.is_empty() { &self.rows[..1] } else { body } {
            if !lines.is_empty() {
                lines.push(Vec::new());
            }
            for (c, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let mut text = Line::new();
                if !body.is_empty() {
                    text.extend(head.get(c).into_iter().flatten().cloned());
                    text.push(Piece { text: ": ".into(), look: Look::default() });
                }
                text.extend(cell.iter().cloned());
                for (i, mut line) in wrap(&text, room - 2).into_iter().enumerate() {
                    if i > 0 {
                        line.insert(0, Piece { text: "  ".into(), look: Look::default() });
                    }
                    lines.push(line);
                }
            }
        }
        lines
    }
}

/// Takes columns from the widest until all fit, none below its floor.
fn shrink(mut columns: Vec<usize>, floor: &[usize], room: usize) -> Option<Vec<usize>> {
    let mut over = columns.iter().sum::<usize>().saturating_sub(room);
    if columns.iter().zip(floor).any(|(c, f)| c < f) {
        return None;
    }
    while over > 0 {
        let (widest, _) = columns.iter().enumerate().filter(|(c, w)| **w > floor[*c]).max_by_key(|(c, w)| (**w, usize::MAX - c))?;
        columns[widest] -= 1;
        over -= 1;
    }
    Some(columns)
}
