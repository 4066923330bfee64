//! Damage that goes across line ends: wraps, breaks in the middle of a message, lines run together, records flattened
//! into one line, two consoles that write into each other. Everything yields pieces: text, and which original line
//! each part of it came from.

use super::{Repair, Repairs, shapes};

/// Lines of one wrapped message.
const MOST_WRAPPED: usize = 40;
/// Bytes of one joined text.
const MOST_BYTES: usize = 4_000;
/// Shortest line that may have been wrapped.
const SHORTEST_WRAPPED: usize = 40;
/// Places at which a line is cut in two.
const MOST_CUTS: usize = 8;

/// A text that was made from original lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// What was done to it.
    pub repairs: Repairs,
    /// First byte of a part, and the index of the line that it came from.
    pub parts: Vec<(usize, usize)>,
}

impl Piece {
    /// A text from one line.
    pub fn of(text: impl Into<String>, line: usize, repairs: Repairs) -> Piece {
        Piece { text: text.into(), repairs, parts: vec![(0, line)] }
    }

    /// Index of the original line that holds this byte.
    pub fn line_at(&self, byte: usize) -> usize {
        self.parts.iter().rev().find(|(from, _)| *from <= byte).or(self.parts.first()).map_or(0, |p| p.1)
    }

    /// First and last original line of these bytes.
    pub fn lines(&self, from: usize, to: usize) -> (usize, usize) {
        (self.line_at(from), self.line_at(to.saturating_sub(1).max(from)))
    }

    /// Where its parts meet.
    pub fn seams(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().skip(1).map(|p| p.0)
    }

    fn push(&mut self, blank: &str, other: &Piece) {
        self.text.push_str(blank);
        let base = self.text.len();
        self.text.push_str(&other.text);
        self.parts.extend(other.parts.iter().map(|(at, line)| (base + at, *line)));
        self.repairs = self.repairs.and(other.repairs);
    }

    /// A part of it.
    fn part(&self, from: usize, to: usize) -> Piece {
        let mut parts: Vec<(usize, usize)> = vec![(0, self.line_at(from))];
        parts.extend(self.parts.iter().filter(|(at, _)| *at > from && *at < to).map(|(at, line)| (at - from, *line)));
        Piece { text: self.text[from..to].to_string(), repairs: self.repairs, parts }
    }
}

/// How lines are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glue {
    /// As they are.
    Nothing,
    /// With one blank.
    Blank,
    /// With a blank where the line before is shorter than the longest: a blank at its end was lost.
    Width,
}

/// The pieces with wrapped lines put together again, and whether any was. Lines are taken as wrapped when their widths
/// say so: equal widths, or a width at which the next word did not fit; or a soft line end of a mail.
pub fn joined(pieces: &[Piece], glue: Glue) -> (Vec<Piece>, bool) {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut any = false;
    let mut i = 0;
    while i < pieces.len() {
        let end = soft_end(pieces, i).max(wrapped_end(pieces, i));
        if end == i + 1 {
            out.push(pieces[i].clone());
            i = end;
            continue;
        }
        any = true;
        let widest = pieces[i..end].iter().map(|p| width(&p.text)).max().unwrap_or(0);
        let mut whole = pieces[i].clone();
        for k in i + 1..end {
            let before = &pieces[k - 1].text;
            if before.ends_with('=') && soft_end(pieces, k - 1) > k {
                whole.text.pop();
                whole.push("", &pieces[k]);
                whole.repairs = whole.repairs.with(Repair::QuotedPrintable);
                continue;
            }
            let touches = before.ends_with(' ') || pieces[k].text.starts_with(' ');
            let blank = match glue {
                Glue::Nothing => "",
                _ if touches => "",
                Glue::Blank => " ",
                Glue::Width if width(before) < widest => " ",
                Glue::Width => "",
            };
            whole.push(blank, &pieces[k]);
            whole.repairs = whole.repairs.with(Repair::Wrapped);
        }
        out.push(whole);
        i = end;
    }
    (out, any)
}

fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// Whether a line begins something of its own, so that it continues nothing.
fn begins(text: &str) -> bool {
    text.trim().is_empty() || shapes::BEGINS.is_match(text)
}

fn soft_end(pieces: &[Piece], i: usize) -> usize {
    let mut end = i + 1;
    while end < pieces.len() && end - i < MOST_WRAPPED && pieces[end - 1].text.ends_with('=') && width(&pieces[end - 1].text) >= SHORTEST_WRAPPED {
        end += 1;
    }
    end
}

/// One behind the last line of the message that begins at `i`.
fn wrapped_end(pieces: &[Piece], i: usize) -> usize {
    let first = width(pieces[i].text.trim_end());
    if first < SHORTEST_WRAPPED {
        return i + 1;
    }
    // Every width `w` with low <= w < high explains all breaks so far as those of words.
    let (mut low, mut high) = (0, usize::MAX);
    let mut equal = true;
    let mut end = i + 1;
    let mut bytes = pieces[i].text.len();
    while end < pieces.len() && end - i < MOST_WRAPPED {
        let (before, next) = (&pieces[end - 1].text, &pieces[end].text);
        if begins(next) || bytes + next.len() > MOST_BYTES {
            break;
        }
        let w = width(before.trim_end());
        let word = next.split_whitespace().next().map_or(0, width);
        let (new_low, new_high) = (low.max(w), high.min(w + 1 + word));
        let now_equal = equal && width(before).abs_diff(first) <= 1;
        let fits = new_low < new_high && width(next.trim_end()) < new_high.max(new_low + 1);
        if !(fits || (now_equal && width(next) <= first + 1)) {
            break;
        }
        if fits {
            (low, high) = (new_low, new_high);
        }
        equal = now_equal;
        bytes += next.len();
        end += 1;
    }
    // One break alone says little: it counts at the usual widths.
    let usual = |u: &usize| first.abs_diff(*u) <= 1 || (low > 0 && low <= *u && *u < high);
    if end == i + 2 && ![72, 76, 78, 80, 100, 120, 132].iter().any(usual) { i + 1 } else { end }
}

/// The pieces with flattened records and lines that ran together taken apart, and whether any was.
pub fn split(pieces: &[Piece]) -> (Vec<Piece>, bool) {
    let mut out = Vec::with_capacity(pieces.len());
    let mut any = false;
    for piece in pieces {
        let cuts: Vec<usize> =
            if piece.text.len() > MOST_BYTES { Vec::new() } else { shapes::STAMPS.all(&piece.text).map(|m| m.start).filter(|s| *s > 12).collect() };
        let arrows: Vec<usize> = piece.text.match_indices(" --> ").map(|(i, _)| i).take(200).collect();
        if !arrows.is_empty() {
            any = true;
            let mut from = 0;
            for at in arrows.iter().copied().chain([piece.text.len()]) {
                if at > from {
                    let mut part = piece.part(from, at);
                    part.repairs = part.repairs.with(Repair::Flattened);
                    out.push(part);
                }
                from = (at + " --> ".len()).min(piece.text.len());
            }
        } else if !cuts.is_empty() && cuts.len() <= 2 * MOST_CUTS {
            any = true;
            let mut from = 0;
            for at in cuts.into_iter().chain([piece.text.len()]) {
                let mut part = piece.part(from, at);
                part.repairs = part.repairs.with(Repair::RunTogether);
                out.push(part);
                from = at;
            }
        } else {
            out.push(piece.clone());
        }
    }
    (out, any)
}

/// Messages that may have been broken in the middle or written into: two and three lines put together in every way,
/// and the head of a line with the line behind it. At most `most` of them.
pub fn windows(pieces: &[Piece], free: &dyn Fn(&Piece) -> bool, most: usize) -> Vec<Piece> {
    let mut out = Vec::new();
    for i in 0..pieces.len() {
        if out.len() >= most {
            break;
        }
        let a = &pieces[i];
        if a.text.trim().is_empty() || !free(a) || a.text.len() > MOST_BYTES {
            continue;
        }
        interleaved(pieces, i, free, &mut out);
        // Where another message stands inside, the next line goes on with one of the two, not with the end of this one.
        if shapes::STAMPS.all(&a.text).any(|m| a.text[..m.start].ends_with(|c: char| c.is_ascii_alphanumeric())) {
            continue;
        }
        let Some(b) = pieces.get(i + 1).filter(|b| free(b) && !begins(&b.text) && b.text.len() < MOST_BYTES) else { continue };
        let c = pieces.get(i + 2).filter(|c| free(c) && !begins(&c.text) && c.text.len() < MOST_BYTES);
        for first in blanks(a, b) {
            let mut two = a.clone();
            two.push(first, b);
            two.repairs = two.repairs.with(Repair::Broken);
            if let Some(c) = c {
                for second in blanks(b, c) {
                    let mut three = two.clone();
                    three.push(second, c);
                    out.push(three);
                }
            }
            out.push(two);
        }
    }
    out
}

fn blanks(a: &Piece, b: &Piece) -> &'static [&'static str] {
    if a.text.ends_with(' ') || b.text.starts_with(' ') { &[""] } else { &["", " "] }
}

/// The head of a line up to where another message begins, with the rest of the message from the next line or from
/// later in the same one. Only where a word is cut: two whole lines are never put together.
fn interleaved(pieces: &[Piece], i: usize, free: &dyn Fn(&Piece) -> bool, out: &mut Vec<Piece>) {
    let a = &pieces[i];
    let cuts = seams(&a.text);
    for at in &cuts {
        let head = a.part(0, *at);
        let mut rest = a.part(*at, a.text.len());
        rest.repairs = rest.repairs.with(Repair::RunTogether);
        out.push(rest);
        if !head.text.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let goes_on = |n: &&Piece| n.text.starts_with(|c: char| c.is_ascii_alphanumeric()) && !begins(&n.text) && n.text.len() < MOST_BYTES;
        for next in pieces.iter().skip(i + 1).take(2).filter(|n| free(n)).filter(goes_on) {
            let mut whole = head.clone();
            whole.push("", next);
            whole.repairs = whole.repairs.with(Repair::Interleaved);
            out.push(whole);
        }
        // What was written in between ends at another seam of the same line.
        for end in cuts.iter().filter(|e| **e > at + 8 && a.text[**e..].starts_with(|c: char| c.is_ascii_alphanumeric())) {
            let mut whole = head.clone();
            whole.push("", &a.part(*end, a.text.len()));
            whole.repairs = whole.repairs.with(Repair::Interleaved);
            out.push(whole);
        }
    }
}

/// Where another message may begin inside a line: a stamp, a priority, an open bracket or a capital right behind a
/// letter.
fn seams(text: &str) -> Vec<usize> {
    let mut out: Vec<usize> = shapes::STAMPS.all(text).map(|m| m.start).filter(|s| *s > 3).take(MOST_CUTS).collect();
    if out.is_empty() {
        let bytes = text.as_bytes();
        let seam = |i: usize| match (bytes[i - 1], bytes[i]) {
            (a, b'A'..=b'Z') => a.is_ascii_lowercase() && bytes.get(i + 1).is_some_and(u8::is_ascii_alphabetic),
            (a, b'<') => a.is_ascii_lowercase() && bytes.get(i + 1).is_some_and(u8::is_ascii_digit),
            _ => false,
        };
        out.extend((4..bytes.len()).filter(|i| text.is_char_boundary(*i) && seam(*i)).take(4));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<Piece> {
        text.lines().enumerate().map(|(i, l)| Piece::of(l, i, Repairs::NONE)).collect()
    }

    #[test]
    fn words_wrapped_at_a_width_are_joined_and_prose_of_other_widths_is_not() {
        let wrapped = "Nov  3 10:00:00 host kernel: a message that is so long that the mail\nprogram wrapped it at its seventy-second column and then went on with a\nshort end";
        let (all, any) = joined(&pieces(wrapped), Glue::Blank);
        assert!(any);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].text, wrapped.replace('\n', " "));
        assert_eq!(all[0].line_at(all[0].text.find("program").unwrap()), 1);
        assert_eq!(all[0].line_at(all[0].text.find("short").unwrap()), 2);
        let own = "one line of some length that ends where it wants to end\na\nanother line of some length that ends where it wants to, later\nb";
        assert_eq!(joined(&pieces(own), Glue::Blank).0.len(), 4);
    }

    #[test]
    fn lines_with_stamps_are_never_joined() {
        let text = "2026-11-20T10:00:00.000Z a line that is just about seventy-two bytes long ok\n2026-11-20T10:00:01.000Z b";
        assert_eq!(joined(&pieces(text), Glue::Nothing), (pieces(text), false));
    }

    #[test]
    fn a_flattened_record_and_lines_run_together_come_apart() {
        let (all, any) = split(&pieces("error one --> two --> three\nNov 13 03:01:35 a: x failedNov 13 03:01:36 a: y ok"));
        assert!(any);
        let texts: Vec<&str> = all.iter().map(|p| p.text.as_str()).collect();
        assert_eq!(texts, ["error one", "two", "three", "Nov 13 03:01:35 a: x failed", "Nov 13 03:01:36 a: y ok"]);
        assert_eq!(all[2].line_at(0), 0);
        assert_eq!(all[4].line_at(0), 1);
    }

    #[test]
    fn a_message_with_another_written_into_it_comes_together() {
        let all = windows(&pieces("BUG: unab[   12.345678] usb 1-1: new device\nle to handle"), &|_| true, 100);
        assert!(all.iter().any(|p| p.text == "BUG: unable to handle" && p.line_at(12) == 1), "{all:?}");
    }
}
