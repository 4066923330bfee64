//! Deflate and gzip over flate2's streaming decoder. One gzip stream after another is read as one; a wrong checksum is
//! a remark, since all lines are there to be read; what follows the last stream is a remark too.

use super::expand::{Codec, MAX_EMPTY, trailing};
use super::peek::Peek;
use super::trouble::Trouble;
use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::io::{self, BufRead, Read};

/// Bare deflate.
pub(crate) struct Inflate {
    state: Decompress,
    ended: bool,
    broken: bool,
}

impl Inflate {
    /// At the beginning of a stream.
    pub fn new() -> Self {
        Inflate { state: Decompress::new(false), ended: false, broken: false }
    }

    fn restart(&mut self) {
        self.state.reset(false);
        (self.ended, self.broken) = (false, false);
    }

    /// Puts unpacked bytes into `out`; 0 only at the end of the stream.
    fn step(&mut self, src: &mut Peek<'_>, out: &mut [u8]) -> io::Result<usize> {
        while !self.ended {
            if self.broken {
                return Err(Trouble::damaged("packed data").into());
            }
            let input = src.fill_buf()?;
            let (ended, before) = (input.is_empty(), (self.state.total_in(), self.state.total_out()));
            let result = self.state.decompress(input, out, FlushDecompress::None);
            let (took, gave) = ((self.state.total_in() - before.0) as usize, (self.state.total_out() - before.1) as usize);
            src.consume(took);
            match result {
                Ok(Status::StreamEnd) => self.ended = true,
                Ok(_) if gave > 0 => {}
                Ok(_) if ended => return Err(Trouble::Cut.into()),
                Ok(_) => self.broken = took == 0,
                Err(_) => self.broken = true,
            }
            if gave > 0 {
                return Ok(gave);
            }
        }
        Ok(0)
    }
}

impl Codec for Inflate {
    fn read(&mut self, src: &mut Peek<'_>, out: &mut [u8]) -> io::Result<usize> {
        self.step(src, out)
    }

    fn remarks(&mut self) -> Vec<String> {
        Vec::new()
    }
}

enum State {
    Header,
    Body,
    Trailer,
    Between,
    End,
}

/// A gzip file.
pub(crate) struct Gzip {
    state: State,
    inflate: Inflate,
    crc: Crc,
    /// Bytes that a name, comment or extra field may have.
    header: usize,
    empty: u32,
    remarks: Vec<String>,
}

impl Gzip {
    /// `header`: bytes of one header field at most.
    pub fn new(header: usize) -> Self {
        Gzip { state: State::Header, inflate: Inflate::new(), crc: Crc::new(), header, empty: 0, remarks: Vec::new() }
    }

    fn header(&mut self, src: &mut Peek<'_>) -> io::Result<()> {
        let mut fixed = [0; 10];
        src.exact(&mut fixed)?;
        let flags = fixed[3];
        if fixed[..3] != [0x1f, 0x8b, 8] || flags & 0xe0 != 0 {
            return Err(Trouble::damaged("gzip header").into());
        }
        if flags & 4 != 0 {
            let len = u64::from(src.byte()?) | u64::from(src.byte()?) << 8;
            if src.skip(len)? > 0 {
                return Err(Trouble::Cut.into());
            }
        }
        for flag in [8, 16] {
            let mut len = 0;
            while flags & flag != 0 && src.byte()? != 0 {
                len += 1;
                if len > self.header {
                    return Err(Trouble::Limit("header_record", format!("gzip header field of more than {} bytes", self.header)).into());
                }
            }
        }
        if flags & 2 != 0 {
            src.exact(&mut fixed[..2])?;
        }
        Ok(())
    }

    fn trailer(&mut self, src: &mut Peek<'_>) -> io::Result<()> {
        let mut stored = [0; 8];
        src.exact(&mut stored)?;
        let [a, b, c, d, e, f, g, h] = stored;
        let right = u32::from_le_bytes([a, b, c, d]) == self.crc.sum() && u32::from_le_bytes([e, f, g, h]) == self.crc.amount();
        if !right && self.remarks.len() < 4 {
            self.remarks.push("damaged: CRC is wrong".into());
        }
        self.empty = if self.crc.amount() == 0 { self.empty + 1 } else { 0 };
        Ok(())
    }
}

impl Codec for Gzip {
    fn read(&mut self, src: &mut Peek<'_>, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.state {
                State::Header => {
                    self.header(src)?;
                    self.state = State::Body;
                }
                State::Body => match self.inflate.step(src, out)? {
                    0 => self.state = State::Trailer,
                    n => {
                        self.crc.update(&out[..n]);
                        return Ok(n);
                    }
                },
                State::Trailer => {
                    self.trailer(src)?;
                    self.state = State::Between;
                }
                State::Between => {
                    if self.empty > MAX_EMPTY {
                        return Err(Trouble::damaged("thousands of empty gzip streams in a row").into());
                    }
                    if src.peek(3) == [0x1f, 0x8b, 8] {
                        self.inflate.restart();
                        self.crc.reset();
                        self.state = State::Header;
                        continue;
                    }
                    self.remarks.extend(trailing(src));
                    self.state = State::End;
                }
                State::End => {
                    // Trouble below shows only when asked for.
                    return if let Some(trouble) = src.failed() { Err(trouble.clone().into()) } else { Ok(0) };
                }
            }
        }
    }

    fn remarks(&mut self) -> Vec<String> {
        std::mem::take(&mut self.remarks)
    }
}

/// The first 512 unpacked bytes of a gzip file of which this is the head; fewer when the head does not reach so far.
pub(crate) fn first_block(head: &[u8]) -> Vec<u8> {
    let mut bytes = head;
    let mut src = Peek::new(&mut bytes);
    let mut codec = Gzip::new(1 << 10);
    let mut out = vec![0; 512];
    let mut len = 0;
    while len < out.len() {
        match codec.read(&mut src, &mut out[len..]) {
            Ok(0) | Err(_) => break,
            Ok(n) => len += n,
        }
    }
    out.truncate(len);
    out
}

/// Reads and forgets what is left, to learn how a packed stream ends; at most `most` bytes.
pub(crate) fn drain(from: &mut dyn Read, most: u64) -> io::Result<u64> {
    io::copy(&mut from.take(most), &mut io::sink())
}
