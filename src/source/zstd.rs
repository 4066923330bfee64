//! Zstandard over ruzstd: frames one after another, skippable ones passed over. When the data are cut, what the decoder
//! holds back for later blocks is handed out as well.

use super::expand::{Codec, MAX_EMPTY, trailing};
use super::peek::Peek;
use super::trouble::Trouble;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, Read};

/// A zstd file.
pub(crate) struct Zstd {
    decoder: FrameDecoder,
    inside: bool,
    trouble: Option<Trouble>,
    frames: u64,
    empty: u32,
    given: bool,
    remarks: Vec<String>,
}

/// Remembers whether the decoder asked for more than there is.
struct Watched<'p, 'a> {
    src: &'p mut Peek<'a>,
    short: bool,
}

impl Read for Watched<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.src.read(out)?;
        self.short |= n == 0 && !out.is_empty();
        Ok(n)
    }
}

impl Zstd {
    /// Frames may ask for this many bytes of history.
    pub fn new(window: usize) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(window as u64);
        Zstd { decoder, inside: false, trouble: None, frames: 0, empty: 0, given: false, remarks: Vec::new() }
    }

    fn why(watched: &Watched<'_, '_>, error: &FrameDecoderError) -> Trouble {
        if let Some(trouble) = watched.src.failed() {
            return trouble.clone();
        }
        match error {
            FrameDecoderError::WindowSizeTooBig { requested, max } => Trouble::Limit("window", format!("asks for {requested} bytes of history, limit {max}")),
            _ if watched.short => Trouble::Cut,
            _ => Trouble::damaged("zstd data"),
        }
    }

    /// Begins the next frame; `false` when there is none.
    fn begin(&mut self, src: &mut Peek<'_>) -> io::Result<bool> {
        if self.empty > MAX_EMPTY {
            return Err(Trouble::damaged("thousands of empty zstd frames in a row").into());
        }
        let head = src.peek(8).to_vec();
        if head.len() == 8 && head[0] & 0xf0 == 0x50 && head[1..4] == [0x2a, 0x4d, 0x18] {
            let len = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
            self.empty += 1;
            return if src.skip(8 + u64::from(len))? > 0 { Err(Trouble::Cut.into()) } else { Ok(true) };
        }
        if !head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) && self.frames > 0 {
            self.remarks.extend(trailing(src));
            return if let Some(trouble) = src.failed() { Err(trouble.clone().into()) } else { Ok(false) };
        }
        if head.is_empty() {
            return Ok(false);
        }
        let mut watched = Watched { src, short: false };
        if let Err(e) = self.decoder.init(&mut watched) {
            return Err(Self::why(&watched, &e).into());
        }
        self.frames += 1;
        (self.inside, self.given) = (true, false);
        Ok(true)
    }

    fn end(&mut self) {
        self.inside = false;
        self.empty = if self.given { 0 } else { self.empty + 1 };
        let stored = self.decoder.get_checksum_from_data();
        if stored.is_some() && stored != self.decoder.get_calculated_checksum() && self.trouble.is_none() && self.remarks.len() < 4 {
            self.remarks.push("damaged: checksum is wrong".into());
        }
    }
}

impl Codec for Zstd {
    fn read(&mut self, src: &mut Peek<'_>, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.inside {
                if let Some(trouble) = &self.trouble {
                    return Err(trouble.clone().into());
                }
                if !self.begin(src)? {
                    return Ok(0);
                }
                continue;
            }
            if self.decoder.can_collect() == 0 && !self.decoder.is_finished() && self.trouble.is_none() {
                let mut watched = Watched { src: &mut *src, short: false };
                if let Err(e) = self.decoder.decode_blocks(&mut watched, BlockDecodingStrategy::UptoBlocks(1)) {
                    self.trouble = Some(Self::why(&watched, &e));
                    // An empty last block and any checksum make the decoder hand out what it has.
                    let _ = self.decoder.decode_blocks(&[1u8, 0, 0, 0, 0, 0, 0][..], BlockDecodingStrategy::UptoBlocks(1));
                }
                continue;
            }
            let n = self.decoder.read(out)?;
            if n > 0 {
                self.given = true;
                return Ok(n);
            }
            if self.decoder.is_finished() || self.trouble.is_some() {
                self.end();
            }
        }
    }

    fn remarks(&mut self) -> Vec<String> {
        std::mem::take(&mut self.remarks)
    }
}
