//! bzip2 over the pure Rust library of the same name: streams one after another, as parallel packers write them.

use super::expand::{Codec, MAX_EMPTY, trailing};
use super::peek::Peek;
use super::trouble::Trouble;
use bzip2::{Decompress, Status};
use std::io::{self, BufRead};

/// A bzip2 file.
pub(crate) struct Bzip2 {
    state: Option<Decompress>,
    broken: bool,
    empty: u32,
    given: bool,
    remarks: Vec<String>,
}

impl Bzip2 {
    /// At the beginning.
    pub fn new() -> Self {
        Bzip2 { state: Some(Decompress::new(false)), broken: false, empty: 0, given: false, remarks: Vec::new() }
    }

    /// Begins the next stream; `false` when there is none.
    fn begin(&mut self, src: &mut Peek<'_>) -> io::Result<bool> {
        self.empty = if self.given { 0 } else { self.empty + 1 };
        if self.empty > MAX_EMPTY {
            return Err(Trouble::damaged("thousands of empty bzip2 streams in a row").into());
        }
        if src.peek(3) == b"BZh" {
            (self.state, self.given) = (Some(Decompress::new(false)), false);
            return Ok(true);
        }
        self.remarks.extend(trailing(src));
        if let Some(trouble) = src.failed() { Err(trouble.clone().into()) } else { Ok(false) }
    }
}

impl Codec for Bzip2 {
    fn read(&mut self, src: &mut Peek<'_>, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.broken {
                return Err(Trouble::damaged("bzip2 data").into());
            }
            let Some(state) = &mut self.state else {
                if !self.begin(src)? {
                    return Ok(0);
                }
                continue;
            };
            let input = src.fill_buf()?;
            let (ended, before) = (input.is_empty(), (state.total_in(), state.total_out()));
            let result = state.decompress(input, out);
            let (took, gave) = ((state.total_in() - before.0) as usize, (state.total_out() - before.1) as usize);
            src.consume(took);
            match result {
                Ok(Status::StreamEnd) => self.state = None,
                Ok(_) if gave > 0 || took > 0 => {}
                Ok(_) if ended => return Err(Trouble::Cut.into()),
                _ => self.broken = true,
            }
            if gave > 0 {
                self.given = true;
                return Ok(gave);
            }
        }
    }

    fn remarks(&mut self) -> Vec<String> {
        std::mem::take(&mut self.remarks)
    }
}
