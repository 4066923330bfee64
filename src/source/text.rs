//! Text as lines of UTF-8 bytes: byte order marks are dropped, UTF-16 is decoded, lone carriage returns become line ends.
//! Other bytes pass as they are. What is not text is told here as well.

use super::peek::{HEAD, Peek};
use super::trouble::Trouble;
use std::io::{self, BufRead, Read};

/// Whether these first bytes of a stream are text. A few runs of NUL bytes are what a crash leaves in a log, many are
/// another kind of file.
pub(crate) fn is_text(head: &[u8]) -> bool {
    if let Some(wide) = wide(head) {
        let units: Vec<u16> = head[2..].chunks_exact(2).map(|p| wide.unit(p)).collect();
        let bad = units.iter().filter(|u| **u < 0x20 && !matches!(u, 9..=13 | 8 | 27)).count();
        return bad * 50 <= units.len();
    }
    let nul_runs = head.iter().enumerate().filter(|(i, b)| **b == 0 && (*i == 0 || head[i - 1] != 0)).count();
    let nuls = memchr::memchr_iter(0, head).count();
    let rest = head.len() - nuls;
    if nuls > 0 && (nul_runs * 256 > head.len().max(256) || !head.contains(&b'\n') || rest * 4 < head.len()) {
        return false;
    }
    let control = head.iter().filter(|b| matches!(**b, 1..=7 | 14..=26 | 28..=31 | 127)).count();
    let mut foreign = 0;
    for chunk in head.utf8_chunks() {
        foreign += chunk.invalid().len();
    }
    control * 50 <= rest && foreign * 10 <= rest * 3
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wide {
    Little,
    Big,
}

impl Wide {
    fn unit(self, pair: &[u8]) -> u16 {
        match self {
            Wide::Little => u16::from_le_bytes([pair[0], pair[1]]),
            Wide::Big => u16::from_be_bytes([pair[0], pair[1]]),
        }
    }
}

/// UTF-16 by its byte order mark; UTF-32 is not read.
fn wide(head: &[u8]) -> Option<Wide> {
    match head {
        [0xff, 0xfe, 0, 0, ..] => None,
        [0xff, 0xfe, ..] => Some(Wide::Little),
        [0xfe, 0xff, ..] => Some(Wide::Big),
        _ => None,
    }
}

/// A stream of text in one form.
pub(crate) struct Text<'p, 'a> {
    src: &'p mut Peek<'a>,
    wide: Option<Wide>,
    /// Lone carriage returns end lines.
    returns: bool,
    after_return: bool,
    high: Option<u16>,
    /// Decoded but not yet handed out.
    ready: Vec<u8>,
    at: usize,
}

impl<'p, 'a> Text<'p, 'a> {
    /// Looks at the head to choose the form.
    pub fn new(src: &'p mut Peek<'a>) -> Self {
        let head = src.peek(HEAD);
        let wide = wide(head);
        let returns = match wide {
            Some(w) => {
                let mut units = head.chunks_exact(2).map(|p| w.unit(p));
                units.clone().any(|u| u == 13) && !units.any(|u| u == 10)
            }
            None => head.contains(&b'\r') && !head.contains(&b'\n') && head != b"\r",
        };
        let mark = if wide.is_some() {
            2
        } else if head.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        src.consume(mark);
        Text { src, wide, returns, after_return: false, high: None, ready: Vec::new(), at: 0 }
    }

    /// Decodes a piece of UTF-16; `false` at the end.
    fn decode(&mut self, wide: Wide) -> io::Result<bool> {
        self.ready.clear();
        self.at = 0;
        let bytes = self.src.peek(4096);
        let pairs = bytes.len() / 2;
        if pairs == 0 {
            let odd = bytes.len();
            self.src.consume(odd);
            if let Some(trouble) = self.src.failed() {
                return Err(trouble.clone().into());
            }
            if odd == 1 || self.high.take().is_some() {
                self.ready.extend("\u{fffd}".bytes());
            }
            return Ok(!self.ready.is_empty());
        }
        let units = self.high.take().into_iter().chain(bytes.chunks_exact(2).map(|p| wide.unit(p))).collect::<Vec<u16>>();
        let whole = match units.last() {
            Some(0xd800..=0xdbff) => {
                self.high = units.last().copied();
                units.len() - 1
            }
            _ => units.len(),
        };
        let text: String = char::decode_utf16(units[..whole].iter().copied()).map(|c| c.unwrap_or('\u{fffd}')).collect();
        self.ready.extend(text.bytes());
        self.src.consume(pairs * 2);
        Ok(true)
    }

    fn raw(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(wide) = self.wide else { return self.src.read(out) };
        while self.at == self.ready.len() {
            if !self.decode(wide)? {
                return Ok(0);
            }
        }
        let n = (self.ready.len() - self.at).min(out.len());
        out[..n].copy_from_slice(&self.ready[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }

    /// Carriage returns to line ends; the line end behind one is dropped.
    fn turn(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for i in 0..bytes.len() {
            let b = bytes[i];
            let drop = b == b'\n' && self.after_return;
            self.after_return = b == b'\r';
            if !drop {
                bytes[kept] = if b == b'\r' { b'\n' } else { b };
                kept += 1;
            }
        }
        kept
    }
}

impl Read for Text<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            let n = self.raw(out)?;
            if !self.returns || n == 0 {
                return Ok(n);
            }
            let kept = self.turn(&mut out[..n]);
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

/// The last reader below the one who reads lines: trouble ends the text there and is kept for the report.
pub(crate) struct Tail<'t> {
    pub inner: &'t mut dyn Read,
    /// Bytes handed out.
    pub given: u64,
    /// Why the text ended, when not simply at its end.
    pub trouble: Option<Trouble>,
}

impl Read for Tail<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.trouble.is_some() {
            return Ok(0);
        }
        match self.inner.read(out) {
            Ok(n) => {
                self.given += n as u64;
                Ok(n)
            }
            Err(e) => {
                self.trouble = Some(Trouble::of(&e));
                Ok(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> String {
        let mut slow = crate::source::tests::Slow(bytes, 7);
        let mut peek = Peek::new(&mut slow);
        let mut out = String::new();
        Text::new(&mut peek).read_to_string(&mut out).unwrap();
        out
    }

    #[test]
    fn every_form_becomes_lines_of_utf8() {
        assert_eq!(read(b"\xef\xbb\xbfa\r\nb\n"), "a\r\nb\n");
        assert_eq!(read(b"a\rb\rc"), "a\nb\nc");
        let utf16 = |text: &str, big: bool| -> Vec<u8> { text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect() };
        for big in [false, true] {
            let text = "\u{feff}über\r\n\u{1f600} \u{20ac}\r\n".to_string() + &"x\u{1f600}\r\n".repeat(5000);
            assert_eq!(read(&utf16(&text, big)), text[3..], "big endian: {big}");
            assert_eq!(read(&utf16("\u{feff}a\rb", big)), "a\nb");
        }
        assert_eq!(read(b"\xff\xfea\0\x3d\xd8"), "a\u{fffd}");
        assert_eq!(read(b"\xff\xfea\0b"), "a\u{fffd}");
    }

    #[test]
    fn text_is_told_from_other_bytes() {
        assert!(is_text(b"") && is_text(b"plain\n") && is_text("über\n".as_bytes()) && is_text(b"\x1b[31mred\n") && is_text(b"caf\xe9 au lait\n"));
        let mut torn = b"Jan  1 00:00:00 host kernel: before the crash\n".repeat(20);
        torn.extend([0; 400]);
        torn.extend(b"Jan  1 00:05:00 host kernel: after it\n");
        assert!(is_text(&torn), "a log with a run of NULs is still a log");
        assert!(!is_text(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0"));
        assert!(!is_text(&[0; 8192]) && !is_text(b"user\0pts/0\0host\0") && !is_text(&"t\0e\0x\0t\0\n\0".repeat(100).into_bytes()));
        let noise: Vec<u8> = (0..8192u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(!is_text(&noise));
    }
}
