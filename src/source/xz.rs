//! xz: its container read here, the LZMA2 data inside by lzma-rust2. So a cut file gives all that stands before the cut,
//! and an index of millions of blocks costs no memory. Filters other than LZMA2 are said and not read.

use super::expand::{Codec, MAX_EMPTY, trailing};
use super::peek::Peek;
use super::trouble::Trouble;
use flate2::Crc;
use lzma_rust2::{Action, Lzma2Stream, Status};
use std::io::{self, BufRead};

enum State {
    Stream,
    Block,
    Data,
    BlockEnd,
    Index,
    Between,
    End,
}

/// What a block's data are checked with.
enum Check {
    Crc32(Box<Crc>),
    Crc64(u64),
    /// Nothing, or a sum that is passed over.
    Unread,
}

/// An xz file.
pub(crate) struct Xz {
    state: State,
    window: usize,
    lzma: Option<Box<Lzma2Stream>>,
    check_kind: u8,
    check: Check,
    /// Packed and unpacked bytes of the block.
    block: (u64, u64),
    empty: u32,
    broken: Option<Trouble>,
    remarks: Vec<String>,
}

fn bad(what: &str) -> io::Error {
    Trouble::damaged(format_args!("xz {what}")).into()
}

fn number(src: &mut Peek<'_>, crossed: &mut u64) -> io::Result<u64> {
    let mut n = 0;
    for shift in (0..63).step_by(7) {
        let b = src.byte()?;
        *crossed += 1;
        n |= u64::from(b & 0x7f) << shift;
        if b & 0x80 == 0 {
            return Ok(n);
        }
    }
    Err(bad("number"))
}

impl Xz {
    /// Blocks may ask for this many bytes of history.
    pub fn new(window: usize) -> Self {
        Xz { state: State::Stream, window, lzma: None, check_kind: 0, check: Check::Unread, block: (0, 0), empty: 0, broken: None, remarks: Vec::new() }
    }

    fn stream(&mut self, src: &mut Peek<'_>) -> io::Result<()> {
        let mut head = [0; 12];
        src.exact(&mut head)?;
        if &head[..6] != b"\xfd7zXZ\0" || head[6] != 0 || head[7] > 15 || crc(&head[6..8]) != head[8..12] {
            return Err(bad("header"));
        }
        self.check_kind = head[7];
        Ok(())
    }

    /// Reads a block header; `false` when the index begins instead.
    fn block(&mut self, src: &mut Peek<'_>) -> io::Result<bool> {
        let size = src.byte()?;
        if size == 0 {
            return Ok(false);
        }
        let mut head = [0; 1024];
        let head = &mut head[..usize::from(size) * 4 + 4];
        head[0] = size;
        src.exact(&mut head[1..])?;
        let (body, sum) = head.split_at(head.len() - 4);
        if crc(body) != sum || body[1] & 0x3c != 0 {
            return Err(bad("block header"));
        }
        let flags = body[1];
        let mut rest = &body[2..];
        let mut fields = Peek::new(&mut rest);
        for flag in [0x40, 0x80] {
            if flags & flag != 0 {
                number(&mut fields, &mut 0)?;
            }
        }
        let (filter, len) = (number(&mut fields, &mut 0)?, number(&mut fields, &mut 0)?);
        if flags & 3 != 0 || filter != 0x21 || len != 1 {
            return Err(Trouble::Io("xz with a filter other than LZMA2".into()).into());
        }
        let bits = fields.byte()? & 0x3f;
        let window: u64 = match bits {
            40 => u64::from(u32::MAX),
            0..40 => (2 | u64::from(bits & 1)) << (bits / 2 + 11),
            _ => return Err(bad("block header")),
        };
        if window > self.window as u64 {
            return Err(Trouble::Limit("window", format!("asks for {window} bytes of history, limit {}", self.window)).into());
        }
        self.lzma = Some(Box::new(Lzma2Stream::new(window as u32)));
        self.check = match self.check_kind {
            1 => Check::Crc32(Box::default()),
            4 => Check::Crc64(!0),
            _ => Check::Unread,
        };
        self.block = (0, 0);
        Ok(true)
    }

    /// Unpacks some of a block; 0 at its end.
    fn data(&mut self, src: &mut Peek<'_>, out: &mut [u8]) -> io::Result<usize> {
        let Some(lzma) = &mut self.lzma else { return Ok(0) };
        loop {
            if let Some(trouble) = &self.broken {
                return Err(trouble.clone().into());
            }
            let input = src.fill_buf()?;
            let ended = input.is_empty();
            let before = (lzma.total_in(), lzma.total_out());
            let result = lzma.process(input, out, if ended { Action::Finish } else { Action::Run });
            let (took, gave) = ((lzma.total_in() - before.0) as usize, (lzma.total_out() - before.1) as usize);
            src.consume(took);
            self.block = (self.block.0 + took as u64, self.block.1 + gave as u64);
            match &mut self.check {
                Check::Crc32(sum) => sum.update(&out[..gave]),
                Check::Crc64(sum) => *sum = crc64(*sum, &out[..gave]),
                Check::Unread => {}
            }
            match result {
                Ok(r) if r.status == Status::StreamEnd => {
                    if gave == 0 {
                        return Ok(0);
                    }
                }
                Ok(_) if took == 0 && gave == 0 => self.broken = Some(if ended { Trouble::Cut } else { Trouble::damaged("xz data") }),
                Ok(_) => {}
                Err(_) => self.broken = Some(if ended { Trouble::Cut } else { Trouble::damaged("xz data") }),
            }
            if gave > 0 {
                return Ok(gave);
            }
        }
    }

    fn block_end(&mut self, src: &mut Peek<'_>) -> io::Result<()> {
        self.lzma = None;
        self.empty = if self.block.1 < 64 { self.empty + 1 } else { 0 };
        if self.empty > MAX_EMPTY {
            return Err(bad("file of thousands of tiny blocks"));
        }
        src.exact(&mut [0; 3][..(4 - self.block.0 % 4) as usize % 4])?;
        const LENGTHS: [usize; 16] = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
        let mut stored = [0; 64];
        let stored = &mut stored[..LENGTHS[usize::from(self.check_kind)]];
        src.exact(stored)?;
        let right = match &self.check {
            Check::Crc32(sum) => sum.sum().to_le_bytes() == *stored,
            Check::Crc64(sum) => (!sum).to_le_bytes() == *stored,
            Check::Unread => true,
        };
        if !right && self.remarks.len() < 4 {
            self.remarks.push("damaged: checksum is wrong".into());
        }
        Ok(())
    }

    /// Passes over the index and the footer.
    fn index(&mut self, src: &mut Peek<'_>) -> io::Result<()> {
        let mut crossed = 1;
        let records = number(src, &mut crossed)?;
        for _ in 0..records {
            number(src, &mut crossed)?;
            number(src, &mut crossed)?;
        }
        src.exact(&mut [0; 3][..(4 - crossed % 4) as usize % 4])?;
        let mut rest = [0; 16];
        src.exact(&mut rest)?;
        if &rest[14..] != b"YZ" {
            return Err(bad("footer"));
        }
        Ok(())
    }
}

impl Codec for Xz {
    fn read(&mut self, src: &mut Peek<'_>, out: &mut [u8]) -> io::Result<usize> {
        loop {
            self.state = match self.state {
                State::Stream => {
                    self.stream(src)?;
                    State::Block
                }
                State::Block => {
                    if self.block(src)? {
                        State::Data
                    } else {
                        State::Index
                    }
                }
                State::Data => match self.data(src, out)? {
                    0 => State::BlockEnd,
                    n => return Ok(n),
                },
                State::BlockEnd => {
                    self.block_end(src)?;
                    State::Block
                }
                State::Index => {
                    self.index(src)?;
                    State::Between
                }
                State::Between => {
                    let next = src.peek(6);
                    if next == b"\xfd7zXZ\0" {
                        self.empty += 1;
                        if self.empty > MAX_EMPTY {
                            return Err(bad("file of thousands of empty streams"));
                        }
                        State::Stream
                    } else if next.starts_with(&[0; 4]) {
                        src.consume(4);
                        State::Between
                    } else {
                        self.remarks.extend(trailing(src));
                        State::End
                    }
                }
                State::End => return if let Some(trouble) = src.failed() { Err(trouble.clone().into()) } else { Ok(0) },
            }
        }
    }

    fn remarks(&mut self) -> Vec<String> {
        std::mem::take(&mut self.remarks)
    }
}

fn crc(bytes: &[u8]) -> [u8; 4] {
    let mut sum = Crc::new();
    sum.update(bytes);
    sum.sum().to_le_bytes()
}

const CRC64: [u64; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut c = i as u64;
        let mut bit = 0;
        while bit < 8 {
            c = if c & 1 == 1 { (c >> 1) ^ 0xc96c_5795_d787_0f42 } else { c >> 1 };
            bit += 1;
        }
        table[i] = c;
        i += 1;
    }
    table
};

fn crc64(sum: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(sum, |sum, b| CRC64[usize::from(sum as u8 ^ b)] ^ (sum >> 8))
}
