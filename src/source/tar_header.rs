//! One 512-byte tar header, and the extended records before it. Reads what old tar, ustar, GNU and PAX write; believes
//! nothing without the checksum.

/// Length of a block.
pub(crate) const BLOCK: usize = 512;

/// What a header announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    File,
    Folder,
    /// Not read; the word says what it is.
    Other(&'static str),
    Sparse,
    LongName,
    LongLink,
    /// Extended header for the next entry.
    Extended,
    /// Extended header for all that follow.
    Global,
}

/// A header.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub entry: Entry,
    pub name: Vec<u8>,
    pub size: u64,
    pub modified: Option<i64>,
}

/// Whether these bytes begin with a header whose checksum is right.
pub(crate) fn valid(head: &[u8]) -> bool {
    head.get(..BLOCK).is_some_and(|block| sum_is_right(block) && number(&block[124..136]).is_some())
}

/// Whether these bytes look like a damaged header: the magic word stands in its place, or somewhere in a later block.
pub(crate) fn near(head: &[u8]) -> bool {
    head.chunks(BLOCK).any(|block| block.get(257..262) == Some(b"ustar"))
}

fn sum_is_right(block: &[u8]) -> bool {
    let Some(stored) = octal(&block[148..156]) else { return false };
    let (mut unsigned, mut signed) = (8 * 32_i64, 8 * 32_i64);
    for b in block[..148].iter().chain(&block[156..]) {
        unsigned += i64::from(*b);
        signed += i64::from(*b as i8);
    }
    // A block of zeros has the sum 256 and stores nothing.
    block[148..156] != [0; 8] && (stored as i64 == unsigned || stored as i64 == signed)
}

fn octal(field: &[u8]) -> Option<u64> {
    let digits: &[u8] = field.trim_ascii_start();
    let digits = digits.split(|b| matches!(b, 0 | b' ')).next().unwrap_or_default();
    digits.iter().try_fold(0u64, |n, d| matches!(d, b'0'..=b'7').then(|| n.checked_mul(8)?.checked_add(u64::from(d - b'0'))).flatten())
}

/// A number in octal or, with the high bit, in base 256. Negative sizes and those beyond any disk are refused.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 == 0 {
        return octal(field);
    }
    if field[0] & 0x40 != 0 {
        return None;
    }
    let first = u64::from(field[0] & 0x3f);
    let n = field[1..].iter().try_fold(first, |n, b| n.checked_mul(256).map(|n| n | u64::from(*b)))?;
    (n < 1 << 60).then_some(n)
}

fn text(field: &[u8]) -> &[u8] {
    &field[..memchr::memchr(0, field).unwrap_or(field.len())]
}

/// Reads a header; `None` when it is none.
pub(crate) fn read(block: &[u8; BLOCK]) -> Option<Header> {
    if !sum_is_right(block) {
        return None;
    }
    let size = number(&block[124..136])?;
    let mut name = text(&block[..100]).to_vec();
    let prefix = text(&block[345..500]);
    if &block[257..263] == b"ustar\0" && !prefix.is_empty() {
        name = [prefix, b"/", &name].concat();
    }
    let entry = match block[156] {
        b'0' | 0 | b'7' if name.ends_with(b"/") => Entry::Folder,
        b'0' | 0 | b'7' => Entry::File,
        b'1' | b'2' => Entry::Other("link"),
        b'3' | b'4' => Entry::Other("device"),
        b'5' | b'D' => Entry::Folder,
        b'6' => Entry::Other("fifo"),
        b'S' => Entry::Sparse,
        b'L' => Entry::LongName,
        b'K' => Entry::LongLink,
        b'x' | b'X' => Entry::Extended,
        b'g' => Entry::Global,
        b'V' => Entry::Other("volume label"),
        b'M' => Entry::Other("rest of a file of another volume"),
        _ => Entry::Other("of an unknown kind"),
    };
    // The size of a link is that of what it points to; no data follow.
    let size = if matches!(block[156], b'1' | b'2' | b'3' | b'4' | b'5' | b'6') { 0 } else { size };
    let modified = number(&block[136..148]).and_then(|n| i64::try_from(n).ok()).filter(|t| *t != 0);
    Some(Header { entry, name, size, modified })
}

/// Whether another block of the map of a sparse file follows this header.
pub(crate) fn map_goes_on(block: &[u8; BLOCK], first: bool) -> bool {
    block[if first { 482 } else { 504 }] != 0
}

/// What extended records say about the next entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extended {
    pub name: Option<Vec<u8>>,
    pub size: Option<u64>,
    pub modified: Option<i64>,
    pub sparse: bool,
}

impl Extended {
    /// Reads `LENGTH key=value\n` records; `false` when they are damaged.
    pub fn read(&mut self, mut data: &[u8]) -> bool {
        while !data.is_empty() && data[0] != 0 {
            let Some(blank) = memchr::memchr(b' ', &data[..data.len().min(20)]) else { return false };
            let Some(len) = std::str::from_utf8(&data[..blank]).ok().and_then(|n| n.parse::<usize>().ok()) else { return false };
            if len <= blank + 1 || len > data.len() || data[len - 1] != b'\n' {
                return false;
            }
            let record = &data[blank + 1..len - 1];
            data = &data[len..];
            let Some(equals) = memchr::memchr(b'=', record) else { return false };
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            let number = || std::str::from_utf8(value).ok().and_then(|v| v.split('.').next()?.parse::<i64>().ok());
            match key {
                b"path" | b"GNU.sparse.name" => self.name = Some(value.to_vec()),
                b"size" => self.size = number().and_then(|n| u64::try_from(n).ok()).filter(|n| *n < 1 << 60),
                b"mtime" => self.modified = number(),
                _ => {}
            }
            self.sparse |= key.starts_with(b"GNU.sparse.");
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_both_ways_and_nonsense_is_refused() {
        assert_eq!(number(b"00000000017\0"), Some(15));
        assert_eq!(number(b"        17 \0"), Some(15));
        assert_eq!(number(b"0000000001x\0"), None);
        assert_eq!(number(&[0x80, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0]), Some(2 << 32));
        assert_eq!(number(&[0xff; 12]), None);
        assert_eq!(number(&[0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), None);
        assert!(!valid(&[0; 512]) && !valid(b"short"));
    }

    #[test]
    fn extended_records_are_read_or_refused() {
        let mut e = Extended::default();
        assert!(e.read(b"16 path=a/b/c/d\n20 mtime=1700000.25\n12 size=123\n"));
        assert_eq!((e.name.as_deref(), e.modified, e.size), (Some(&b"a/b/c/d"[..]), Some(1_700_000), Some(123)));
        for bad in [&b"99 path=a\n"[..], b"x path=a\n", b"0 \n", b"4 a\n", b"99999999999999999999999 a=b\n"] {
            assert!(!Extended::default().read(bad), "{bad:?}");
        }
    }
}
