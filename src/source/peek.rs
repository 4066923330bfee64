//! A buffered reader that can look ahead, count and skip. Its errors stay: once the data below have failed, every later
//! read fails in the same way, so that each layer above learns why it ended. Only a member that expands too far may be
//! left behind.

use super::trouble::Trouble;
use std::io::{self, BufRead, Read};

/// Smallest buffer: enough to tell text from other data and to hold any header.
pub(crate) const HEAD: usize = 16 << 10;

/// See the module.
pub(crate) struct Peek<'a> {
    inner: &'a mut (dyn Read + 'a),
    buf: Vec<u8>,
    pos: usize,
    end: usize,
    failed: Option<Trouble>,
    ended: bool,
    taken: u64,
}

impl<'a> Peek<'a> {
    /// With the smallest buffer.
    pub fn new(inner: &'a mut (dyn Read + 'a)) -> Self {
        Self::with_buffer(inner, HEAD)
    }

    /// With a buffer of this size, at least [`HEAD`].
    pub fn with_buffer(inner: &'a mut (dyn Read + 'a), size: usize) -> Self {
        Peek { inner, buf: vec![0; size.max(HEAD)], pos: 0, end: 0, failed: None, ended: false, taken: 0 }
    }

    /// Bytes that were taken out.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Why there is no more, when it is not simply the end.
    pub fn failed(&self) -> Option<&Trouble> {
        self.failed.as_ref()
    }

    /// The next `n` bytes (at most [`HEAD`]) without taking them; fewer at the end or before trouble.
    pub fn peek(&mut self, n: usize) -> &[u8] {
        let n = n.min(self.buf.len());
        if self.pos + n > self.buf.len() {
            self.buf.copy_within(self.pos..self.end, 0);
            self.end -= self.pos;
            self.pos = 0;
        }
        while self.end - self.pos < n && !self.ended && self.failed.is_none() {
            match self.inner.read(&mut self.buf[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(got) => self.end += got,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.refuse(e);
                    break;
                }
            }
        }
        &self.buf[self.pos..self.end.min(self.pos + n)]
    }

    /// Takes exactly these bytes, or fails as cut.
    pub fn exact(&mut self, into: &mut [u8]) -> io::Result<()> {
        let mut at = 0;
        while at < into.len() {
            match self.read(&mut into[at..])? {
                0 => return Err(Trouble::Cut.into()),
                n => at += n,
            }
        }
        Ok(())
    }

    /// Takes one byte, or fails as cut.
    pub fn byte(&mut self) -> io::Result<u8> {
        let mut one = [0];
        self.exact(&mut one)?;
        Ok(one[0])
    }

    /// Passes over bytes; answers how many are missing because the data end.
    pub fn skip(&mut self, mut n: u64) -> io::Result<u64> {
        while n > 0 {
            let have = self.fill_buf()?.len();
            if have == 0 {
                break;
            }
            let step = (have as u64).min(n) as usize;
            self.consume(step);
            n -= step as u64;
        }
        Ok(n)
    }

    fn refuse(&mut self, e: io::Error) -> io::Error {
        let trouble = Trouble::of(&e);
        if !matches!(trouble, Trouble::Limit("member_ratio", _)) {
            self.failed = Some(trouble);
        }
        e
    }

    fn gone(&self) -> Option<io::Result<usize>> {
        match &self.failed {
            Some(trouble) => Some(Err(trouble.clone().into())),
            None => self.ended.then_some(Ok(0)),
        }
    }
}

impl Read for Peek<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.pos == self.end && out.len() >= self.buf.len() {
            // Large reads go past the buffer.
            if let Some(gone) = self.gone() {
                return gone;
            }
            loop {
                match self.inner.read(out) {
                    Ok(n) => {
                        self.ended = n == 0;
                        self.taken += n as u64;
                        return Ok(n);
                    }
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => return Err(self.refuse(e)),
                }
            }
        }
        let have = self.fill_buf()?;
        let n = have.len().min(out.len());
        out[..n].copy_from_slice(&have[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Peek<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.pos == self.end {
            if let Some(gone) = self.gone() {
                return gone.map(|_| &[][..]);
            }
            (self.pos, self.end) = (0, 0);
            loop {
                match self.inner.read(&mut self.buf) {
                    Ok(0) => self.ended = true,
                    Ok(n) => self.end = n,
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                    Err(e) => return Err(self.refuse(e)),
                }
                break;
            }
        }
        Ok(&self.buf[self.pos..self.end])
    }

    fn consume(&mut self, n: usize) {
        debug_assert!(n <= self.end - self.pos);
        self.pos += n;
        self.taken += n as u64;
    }
}
