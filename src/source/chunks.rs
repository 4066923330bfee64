//! A stream as overlapping buffers for a matcher that looks at buffers without knowing what came before. Each line
//! belongs to one buffer; around it stands enough context for records and blocks. Cutting is by content alone, so the
//! size of the buffers makes no difference to what is found.
//!
//! A line longer than the window is cut into pieces of exactly one window each that share at least the overlap: piece
//! `n` begins at `n * (window - overlap)` and the last one is moved back so that it is as long as the others. A piece
//! stands in its buffer as a line of its own and keeps the number of its line.

use super::limits::Limits;
use memchr::{memchr, memchr_iter, memrchr};
use std::io::Read;
use std::ops::Range;

/// What is read at first: most members of a bundle are small.
const FIRST: usize = 32 << 10;
/// Where lines are no longer than this, nothing more is read ahead.
const LINE: usize = 16 << 10;

/// A buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk<'c> {
    /// It begins at the beginning of a line, or inside a long one when none begins near enough.
    pub text: &'c [u8],
    /// Lines that begin here are new; the rest is context.
    pub proper: Range<usize>,
    /// Number of the first new line, from 1.
    pub line: u64,
    /// Where byte 0 stands in the stream.
    pub offset: u64,
    /// Nothing new comes behind it.
    pub last: bool,
}

fn count(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}

/// See the module.
pub struct Chunks<R: Read> {
    inner: R,
    chunk: usize,
    window: usize,
    context: usize,
    overlap: usize,
    buf: Vec<u8>,
    /// Valid bytes of `buf`.
    len: usize,
    /// Where byte 0 of `buf` stands in the stream.
    base: u64,
    /// First byte that was not yet new; it begins a line or a piece.
    next: usize,
    /// Number of the line at `next`.
    line: u64,
    /// `next` lies inside a long line.
    inside: bool,
    ended: bool,
    long_lines: u64,
}

impl<R: Read> Chunks<R> {
    /// With chunks as the limits say.
    pub fn new(inner: R, limits: &Limits) -> Self {
        Self::with_chunk(inner, limits, limits.chunk)
    }

    /// With chunks of about `chunk` bytes of new lines; one line more is taken when the next does not fit.
    pub fn with_chunk(inner: R, limits: &Limits, chunk: usize) -> Self {
        let context = limits.line_context;
        let window = limits.line_window.max(context).max(16);
        let overlap = limits.line_overlap.min(window / 2);
        Chunks {
            inner,
            chunk: chunk.max(1),
            window,
            context,
            overlap,
            buf: Vec::new(),
            len: 0,
            base: 0,
            next: 0,
            line: 1,
            inside: false,
            ended: false,
            long_lines: 0,
        }
    }

    /// Works in a buffer that another one has left; see [`Self::into_buffer`].
    pub fn in_buffer(mut self, buffer: Vec<u8>) -> Self {
        self.buf = buffer;
        self
    }

    /// The buffer, for the next stream.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buf
    }

    /// Gives the buffer away with the chunk that came last, which `text` bytes from `offset` on are, and goes on in
    /// another one: so no more is copied than what later chunks need. The second value is where the chunk is in it.
    pub fn give(&mut self, mut other: Vec<u8>, offset: u64, text: usize) -> (Vec<u8>, Range<usize>) {
        let start = (offset - self.base) as usize;
        let keep = self.unneeded();
        let left = self.len - keep;
        if other.len() < self.buf.len() {
            other.resize(self.buf.len(), 0);
        }
        other[..left].copy_from_slice(&self.buf[keep..self.len]);
        (self.len, self.next, self.base) = (left, self.next - keep, self.base + keep as u64);
        (std::mem::replace(&mut self.buf, other), start..start + text)
    }

    /// Lines so far that were longer than the window.
    pub fn long_lines(&self) -> u64 {
        self.long_lines
    }

    /// Bytes so far that were new.
    pub fn bytes(&self) -> u64 {
        self.base + self.next as u64
    }

    /// Lines so far; a last one without line end counts.
    pub fn lines(&self) -> u64 {
        let open = self.next > 0 && self.buf[self.next - 1] != b'\n';
        self.line - 1 + u64::from(open)
    }

    /// Reads until `next` has this many bytes behind it, or the stream ends. An error is an end; readers below have
    /// kept the reason.
    fn fill(&mut self, ahead: usize) {
        while self.len - self.next < ahead && !self.ended {
            if self.len == self.buf.len() {
                let wanted = (self.next + ahead).min((self.len * 2).max(FIRST));
                self.buf.resize(wanted.max(self.len + 1), 0);
            }
            match self.inner.read(&mut self.buf[self.len..]) {
                Ok(0) => self.ended = true,
                Ok(n) => self.len += n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => self.ended = true,
            }
        }
    }

    /// Bytes at the begin that no later chunk needs; the line end before the context tells that a line begins there.
    fn unneeded(&self) -> usize {
        self.context_start().saturating_sub(1)
    }

    fn compact(&mut self) {
        let keep = self.unneeded();
        if keep > 0 && (keep >= self.len / 4 || self.len == self.buf.len()) {
            self.buf.copy_within(keep..self.len, 0);
            self.len -= keep;
            self.next -= keep;
            self.base += keep as u64;
        }
    }

    /// The next buffer; `None` at the end.
    #[expect(clippy::should_implement_trait, reason = "a buffer borrows from the reader")]
    pub fn next(&mut self) -> Option<Chunk<'_>> {
        self.compact();
        self.fill(self.chunk + self.context + LINE.min(self.window / 4));
        if !self.is_enough() {
            self.fill(self.chunk + 2 * self.window + self.context + 1);
        }
        if self.next == self.len {
            return None;
        }
        let end = self.whole_lines();
        let start = self.start();
        let line = self.line;
        let (proper, text_end) = if end > self.next { self.lines_to(end) } else { self.piece() };
        let chunk = Chunk {
            text: &self.buf[start..text_end],
            proper: proper.start - start..proper.end - start,
            line,
            offset: self.base + start as u64,
            last: self.ended && self.next == self.len,
        };
        Some(chunk)
    }

    /// Whether the next chunk would be the same with more of the stream at hand.
    fn is_enough(&self) -> bool {
        let end = self.whole_lines();
        let behind = self.buf[..self.len].get(end + self.context..).unwrap_or_default();
        end >= self.next.saturating_add(self.chunk) && memchr(b'\n', &behind[..behind.len().min(self.window)]).is_some()
    }

    /// End of the whole lines from `next` on, none longer than the window, about a chunk of them; `next` when a long
    /// line begins there.
    fn whole_lines(&self) -> usize {
        let text = &self.buf[..self.len];
        let target = self.next.saturating_add(self.chunk);
        let mut at = self.next;
        while at < target {
            // Within what is left of the chunk first, so that small chunks stay small.
            let near = (at + self.window + 1).min(target).min(text.len());
            let far = (at + self.window + 1).min(text.len());
            if let Some(i) = memrchr(b'\n', &text[at..near]).or_else(|| memchr(b'\n', &text[near..far]).map(|i| near - at + i)) {
                at += i + 1;
            } else if far == text.len() && far - at <= self.window {
                // The last line, without line end.
                return far;
            } else {
                break;
            }
            if at == text.len() {
                break;
            }
        }
        at
    }

    /// Where the next chunk begins: no context stands before what lies inside a long line, or right behind it.
    fn start(&self) -> usize {
        if self.inside { self.next } else { self.context_start() }
    }

    /// Where the context before `next` begins.
    fn context_start(&self) -> usize {
        if self.next <= self.context {
            return self.stream_start().unwrap_or(0);
        }
        let latest = self.next - self.context;
        let floor = latest.saturating_sub(self.window);
        match memrchr(b'\n', &self.buf[floor..latest]) {
            Some(i) => floor + i + 1,
            None => self.stream_start().filter(|s| *s == floor).unwrap_or(latest),
        }
    }

    fn stream_start(&self) -> Option<usize> {
        (self.base == 0).then_some(0)
    }

    fn lines_to(&mut self, end: usize) -> (Range<usize>, usize) {
        let proper = self.next..end;
        let least = (end + self.context).min(self.len);
        let most = (least + self.window).min(self.len);
        let text_end = memchr(b'\n', &self.buf[least..most]).map_or(least, |i| least + i + 1);
        self.line += count(&self.buf[proper.clone()]);
        self.next = end;
        self.inside = false;
        (proper, text_end)
    }

    /// A piece of a line that is longer than the window.
    fn piece(&mut self) -> (Range<usize>, usize) {
        let begin = self.next;
        self.long_lines += u64::from(!self.inside);
        self.inside = true;
        let step = self.window - self.overlap;
        let reach = (begin + step + self.window + 1).min(self.len);
        let end = match memchr(b'\n', &self.buf[begin + self.window..reach]) {
            Some(i) => Some(begin + self.window + i),
            None if reach == self.len && self.ended && reach - begin <= step + self.window => Some(reach),
            None => None,
        };
        self.next = end.map_or(begin + step, |end| end - self.window);
        (begin..self.next, begin + self.window)
    }
}

#[cfg(test)]
mod tests;
