//! What a stream is, told from its first bytes and only then from its name.

use super::{tar_header, text};

/// How a stream is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
}

/// What a stream holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Packed(Packing),
    Tar,
    Zip,
    Text,
    Binary,
    /// An archive that is not read, or one whose name promises what its bytes do not keep.
    Unread(&'static str),
}

/// Bytes of a stream that decide whether it is text.
pub(crate) const SNIFF: usize = 8 << 10;

const UNREAD: [(&[u8], &str); 9] = [
    (b"7z\xbc\xaf\x27\x1c", "7z archive: not read"),
    (b"Rar!\x1a\x07", "rar archive: not read"),
    (b"MSCF\0\0\0\0", "cab archive: not read"),
    (b"\x1f\x9d", "compress (.Z): not read"),
    (b"\x04\x22\x4d\x18", "lz4: not read"),
    (b"LZIP\x01", "lzip: not read"),
    (b"\xed\xab\xee\xdb", "rpm package: not read"),
    (b"!<arch>\ndebian-binary", "Debian package: not read"),
    (b"ElfFile\0", "binary: Windows event log"),
];

/// Tells a stream by its head and name. `unpacked`: the name is that of a packed stream that this one came out of.
pub(crate) fn detect(head: &[u8], name: &str, unpacked: bool) -> Kind {
    let end = &name.as_bytes()[name.len().saturating_sub(16)..];
    let named = |ends: &[&str]| ends.iter().any(|e| end.len() >= e.len() && end[end.len() - e.len()..].eq_ignore_ascii_case(e.as_bytes()));
    if head.starts_with(&[0x1f, 0x8b, 8]) || (head.len() < 3 && head.starts_with(&[0x1f]) && named(&[".gz", ".tgz"])) {
        return Kind::Packed(Packing::Gzip);
    }
    if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) || (head.len() >= 4 && head[0] & 0xf0 == 0x50 && head[1..4] == [0x2a, 0x4d, 0x18]) {
        return Kind::Packed(Packing::Zstd);
    }
    if head.starts_with(b"\xfd7zXZ\0") {
        return Kind::Packed(Packing::Xz);
    }
    if bzip2(head) {
        return Kind::Packed(Packing::Bzip2);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Kind::Zip;
    }
    if let Some((_, say)) = UNREAD.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Kind::Unread(say);
    }
    if tar_header::valid(head) || (named(&[".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2", ".txz", ".tbz"]) && tar_header::near(head)) {
        return Kind::Tar;
    }
    if text::is_text(&head[..head.len().min(SNIFF)]) {
        return Kind::Text;
    }
    if !unpacked && named(&[".gz", ".tgz"]) {
        return Kind::Unread("damaged: no gzip header");
    }
    if !unpacked && named(&[".xz", ".zst", ".bz2", ".zip", ".tar", ".txz", ".tbz"]) {
        return Kind::Unread("damaged: not what its name says");
    }
    Kind::Binary
}

fn bzip2(head: &[u8]) -> bool {
    head.starts_with(b"BZh")
        && matches!(head.get(3), Some(b'1'..=b'9'))
        && head.get(4..10).is_none_or(|m| m == b"\x31\x41\x59\x26\x53\x59" || m == b"\x17\x72\x45\x38\x50\x90")
}

/// Whether a packed stream holds an archive of members, so that it is worth reading its members apart. A guess that may
/// be wrong: it decides only who does the work.
pub(crate) fn leads_to_members(packing: Packing, head: &[u8], name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if [".tgz", ".txz", ".tbz", ".tbz2", ".tzst"].iter().any(|e| lower.ends_with(e)) || lower.contains(".tar.") {
        return true;
    }
    packing == Packing::Gzip && tar_header::valid(&super::inflate::first_block(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_goes_before_name() {
        assert_eq!(detect(b"Jan  1 00:00:00 host kernel: x\n", "x.gz", false), Kind::Text);
        assert_eq!(detect(b"\x1f\x8b\x08\0", "messages", false), Kind::Packed(Packing::Gzip));
        assert_eq!(detect(b"\x00\x01\x02\x03", "x.gz", false), Kind::Unread("damaged: no gzip header"));
        assert_eq!(detect(b"\x00\x01\x02\x03", "x.gz", true), Kind::Binary);
        assert_eq!(detect(b"BZhello world\n", "x", false), Kind::Text);
        assert_eq!(detect(b"BZh91AY&SY", "x", false), Kind::Packed(Packing::Bzip2));
        assert_eq!(detect(b"", "x", false), Kind::Text);
    }
}
