//! Pieces of text with a look, and lines of them. Lines break at blanks; code, addresses and labels stay in one piece as
//! long as they fit a line, and a piece without a blank that fits none stands on a line of its own, too long: cut
//! in two it could no longer be copied.

use unicode_width::UnicodeWidthStr;

/// How a piece looks; without colour only the text is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub bold: bool,
    pub italic: bool,
    pub dim: bool,
    pub code: bool,
    pub underline: bool,
    pub url: bool,
    pub risk: Option<u8>,
}

impl Look {
    /// Not to be broken.
    fn keeps(self) -> bool {
        self.code || self.url || self.risk.is_some()
    }

    fn codes(self) -> String {
        let color = match self.risk {
            Some(0) => "32",
            Some(1) => "33",
            Some(_) => "31",
            None if self.code => "36",
            None => "",
        };
        let flags = [(self.bold, "1"), (self.dim, "2"), (self.italic, "3"), (self.underline, "4"), (!color.is_empty(), color)];
        flags.iter().filter(|(on, _)| *on).map(|(_, code)| *code).collect::<Vec<_>>().join(";")
    }
}

/// Text without control characters; `"\n"` alone is a line break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub text: String,
    pub look: Look,
}

impl Piece {
    pub fn line_break() -> Piece {
        Piece { text: "\n".into(), look: Look::default() }
    }

    fn keeps(&self) -> bool {
        self.look.keeps() || self.text.contains("://")
    }
}

/// A line of pieces.
pub(super) type Line = Vec<Piece>;

/// Columns of a line.
pub(super) fn width(line: &[Piece]) -> usize {
    line.iter().map(|p| p.text.width()).sum()
}

/// Adds text, to the last piece if that looks alike.
pub(super) fn push(line: &mut Line, text: &str, look: Look) {
    match line.last_mut() {
        Some(last) if last.look == look && last.text != "\n" => last.text.push_str(text),
        _ if text.is_empty() => {}
        _ => line.push(Piece { text: text.to_string(), look }),
    }
}

/// The line with its colours.
pub(super) fn paint(line: &[Piece], color: bool) -> String {
    let mut out = String::new();
    for piece in line.iter().filter(|p| !p.text.is_empty()) {
        let codes = if color { piece.look.codes() } else { String::new() };
        if codes.is_empty() {
            out.push_str(&piece.text);
        } else {
            out.push_str(&format!("\x1b[{codes}m{}\x1b[0m", piece.text));
        }
    }
    out
}

/// What stays together: pieces without a blank between them.
#[derive(Default)]
pub(super) struct Word {
    pub pieces: Line,
    /// A line begins with it.
    breaks: bool,
}

/// A blank at which a line may end; a no-break space is none.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}')
}

/// The words of a text; code and addresses wider than `width` fall apart at their blanks.
pub(super) fn words(pieces: &[Piece], width: usize) -> Vec<Word> {
    let mut words = vec![Word::default()];
    for piece in pieces {
        if piece.text == "\n" {
            words.push(Word { breaks: true, ..Word::default() });
        } else if piece.look.keeps() && piece.text.width() <= width {
            add(&mut words, piece.text.clone(), piece.look);
        } else {
            for (i, part) in piece.text.split(is_blank).enumerate() {
                if i > 0 && !words.last().is_some_and(|w| w.pieces.is_empty() && !w.breaks) {
                    words.push(Word::default());
                }
                add(&mut words, part.to_string(), piece.look);
            }
        }
    }
    words.retain(|w| w.breaks || !w.pieces.is_empty());
    words
}

fn add(words: &mut [Word], text: String, look: Look) {
    if let (Some(word), false) = (words.last_mut(), text.is_empty()) {
        word.pieces.push(Piece { text, look });
    }
}

/// Lines no wider than `width`, but for a piece that must not be cut.
pub(super) fn wrap(pieces: &[Piece], width: usize) -> Vec<Line> {
    let mut lines = Lines { done: Vec::new(), line: Vec::new(), used: 0, width };
    for word in words(pieces, width) {
        let wide = self::width(&word.pieces);
        if word.breaks {
            lines.next();
        }
        if lines.used > 0 && lines.used + 1 + wide > width {
            lines.next();
        }
        if lines.used > 0 && wide > 0 {
            // A blank within an underlined link is underlined.
            let same = lines.line.last().filter(|last| last.look == word.pieces[0].look && !last.look.code);
            let look = same.map(|last| last.look).unwrap_or_default();
            lines.add(" ", look, 1);
        }
        for piece in word.pieces {
            lines.place(piece);
        }
    }
    lines.next();
    lines.done
}

struct Lines {
    done: Vec<Line>,
    line: Line,
    used: usize,
    width: usize,
}

impl Lines {
    fn next(&mut self) {
        if !self.line.is_empty() {
            self.done.push(std::mem::take(&mut self.line));
        }
        self.used = 0;
    }

    fn add(&mut self, text: &str, look: Look, wide: usize) {
        push(&mut self.line, text, look);
        self.used += wide;
    }

    fn place(&mut self, piece: Piece) {
        let wide = piece.text.width();
        // A bracket before and a full stop behind an address stay with it, also when it is too long.
        let tie = self.used > 0 && if piece.keeps() { self.used <= 2 } else { wide <= 2 && self.line.last().is_some_and(Piece::keeps) };
        if self.used + wide <= self.width || tie {
            self.add(&piece.text, piece.look, wide);
        } else if piece.keeps() {
            self.next();
            self.add(&piece.text, piece.look, wide);
        } else {
            self.cut(&piece);
        }
    }

    /// A word longer than a line.
    fn cut(&mut self, piece: &Piece) {
        let mut part = String::new();
        for c in piece.text.chars() {
            part.push(c);
            let wide = part.width();
            if self.used + wide > self.width && part.chars().nth(1).is_some() {
                part.pop();
                self.add(&part, piece.look, 0);
                self.next();
                part = c.to_string();
            }
        }
        let wide = part.width();
        if self.used + wide > self.width {
            self.next();
        }
        self.add(&part, piece.look, wide);
    }
}
