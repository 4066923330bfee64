//! Every packing and archive, whole and as odd tools write them.

use super::*;

/// An xz file of stored data: the container, without the art of packing.
#[cfg(feature = "archives")]
fn xz(text: &[u8]) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        let mut c = flate2::Crc::new();
        c.update(bytes);
        c.sum().to_le_bytes()
    };
    let number = |mut n: u64| {
        let mut out = Vec::new();
        while n > 127 {
            out.push(n as u8 | 128);
            n >>= 7;
        }
        out.push(n as u8);
        out
    };
    let mut out = [&b"\xfd7zXZ\0\0\x01"[..], &crc(&[0, 1])].concat();
    let mut records = Vec::new();
    for block in text.chunks(300_000) {
        let start = out.len();
        // A filter: LZMA2 with 1 MiB of history.
        let head = [2, 0, 0x21, 1, 16, 0, 0, 0];
        out.extend(head);
        out.extend(crc(&head));
        for (i, part) in block.chunks(65_536).enumerate() {
            out.push(if i == 0 { 1 } else { 2 });
            out.extend(((part.len() - 1) as u16).to_be_bytes());
            out.extend(part);
        }
        out.push(0);
        let unpadded = out.len() - start + 4;
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend(crc(block));
        records.extend([number(unpadded as u64), number(block.len() as u64)].concat());
    }
    let mut index = [vec![0], number(text.chunks(300_000).len() as u64), records].concat();
    index.resize(index.len().next_multiple_of(4), 0);
    index.extend(crc(&index));
    let back = [&((index.len() as u32 / 4 - 1).to_le_bytes())[..], &[0, 1]].concat();
    out.extend(&index);
    out.extend(crc(&back));
    out.extend(back);
    out.extend(b"YZ");
    out
}

/// A zstd file of stored blocks, all within its window.
#[cfg(feature = "archives")]
fn zstd(text: &[u8]) -> Vec<u8> {
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 12 << 3];
    for (i, block) in text.chunks(100_000).enumerate() {
        let last = (i + 1) * 100_000 >= text.len();
        out.extend(&(u32::from(last) | (block.len() as u32) << 3).to_le_bytes()[..3]);
        out.extend(block);
    }
    out
}

/// One text in the packings beside gzip.
#[cfg(feature = "archives")]
pub(crate) fn packings(text: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    use std::io::Write;
    let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(1));
    bz.write_all(text).unwrap();
    let zst = ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
    vec![(xz(text), "x.log.xz"), (zst, "x.log.zst"), (bz.finish().unwrap(), "x.log.bz2"), (zstd(text), "y.log.zst")]
}

#[cfg(feature = "archives")]
#[test]
fn xz_zstd_and_bzip2_are_read_alone_twice_over_and_in_archives() {
    let text = lines(8_000);
    let twice = text.repeat(2);
    for (packed, name) in packings(&text) {
        assert!(packed.len() < text.len() + 1000);
        let found = over(name, &packed);
        assert_eq!((found.sizes(), found.reasons()), (vec![(name, text.len())], vec![]), "{name}");
        assert!(found.members[0].1 == text);
        let found = over(name, &packed.repeat(2));
        assert!(found.members[0].1 == twice && found.skipped.is_empty(), "{name} twice: {:?}", found.skipped);
        for (tail, say) in
            [(&[0; 512][..], "note: 512 or more zero bytes follow the packed data"), (b"garbage", "note: other data follow the packed data and are not read")]
        {
            let found = over(name, &[&packed, tail].concat());
            assert_eq!(found.members[0].1.len(), text.len());
            // Zero bytes are a lawful end of an xz file.
            let lawful = name.ends_with("xz") && tail[0] == 0;
            assert_eq!(found.reasons(), if lawful { vec![] } else { vec![(name, say)] });
        }
        let mut hurt = packed.clone();
        let at = if name.ends_with("xz") { 70_000 } else { packed.len() / 2 };
        hurt[at] ^= 0x10;
        let found = over(name, &hurt);
        // Stored blocks without a sum hide a damage.
        assert!(name.starts_with('y') || found.skipped.iter().any(|(_, r)| r.starts_with("damaged: ")), "{name}: {:?}", found.skipped);
        assert!(found.members[0].1.len() > text.len() / 8, "{name}: {}", found.members[0].1.len());
        let tar = Tar::default().file("a", &packed).end();
        let outer = format!("b.tar.{}", name.rsplit('.').next().unwrap());
        let found = over(&outer, &packings(&tar).into_iter().find(|(_, n)| *n == name).unwrap().0);
        assert_eq!((found.sizes(), found.reasons()), (vec![(format!("{outer}!a").as_str(), text.len())], vec![]));
    }
}

/// What `xz -6` made of 400 lines, with a CRC64.
#[cfg(feature = "archives")]
const XZ: &str = include_str!("sample.hex");

#[cfg(feature = "archives")]
#[test]
fn a_file_of_the_real_xz_is_read_and_checked() {
    let packed: Vec<u8> = XZ.split_whitespace().flat_map(|l| (0..l.len() / 2).map(|i| u8::from_str_radix(&l[2 * i..2 * i + 2], 16).unwrap())).collect();
    let text: Vec<u8> = (0..400).flat_map(|i| format!("Jan  1 00:{:02}:{:02} host kernel: line {i}\n", i / 60 % 60, i % 60).into_bytes()).collect();
    let found = over("m", &packed);
    assert_eq!(found.reasons(), []);
    assert!(found.members[0].1 == text);
    let mut hurt = packed.clone();
    let sum = packed.len() - 12 - 16;
    hurt[sum + 3] ^= 1;
    assert!(over("m", &hurt).skipped.iter().any(|(_, r)| r.contains("checksum")), "{:?}", over("m", &hurt).skipped);
    // A window of 4 GiB is refused before anything is reserved.
    let mut wide = packed;
    wide[16] = 40;
    let crc = {
        let mut c = flate2::Crc::new();
        c.update(&wide[12..20]);
        c.sum().to_le_bytes()
    };
    wide[20..24].copy_from_slice(&crc);
    let found = over("m", &wide);
    assert_eq!((found.limits, found.bytes), (vec!["window"], 0));
}

#[cfg(feature = "archives")]
#[test]
fn a_zstd_frame_may_not_ask_for_any_window() {
    for (window, limits) in [(0xf8, vec!["window"]), (17 << 3, vec!["window"]), (16 << 3, vec![])] {
        // A header that asks for 2 TiB, 128 MiB, 64 MiB of history, then one stored block that is the last.
        let frame = [&[0x28, 0xb5, 0x2f, 0xfd, 0, window, 0x29, 0, 0][..], b"five\n"].concat();
        let found = over("x", &frame);
        assert_eq!((found.bytes, found.limits), (if limits.is_empty() { 5 } else { 0 }, limits));
        let skippable = [&b"\x53\x2a\x4d\x18\x03\0\0\0abc"[..], &frame].concat();
        assert_eq!(over("x", &skippable).bytes, found.bytes);
    }
}

#[test]
fn gzip_comes_in_several_shapes() {
    let (one, two) = (lines(500), lines(700));
    let both = [one.clone(), two.clone()].concat();
    let found = over("x.gz", &[gz(&one), gz(&two)].concat());
    assert!(found.members[0].1 == both && found.skipped.is_empty(), "the second stream is read");
    for (tail, say) in
        [(&[0; 300][..], "note: 300 or more zero bytes follow the packed data"), (b"#!/bin/sh\n", "note: other data follow the packed data and are not read")]
    {
        let found = over("x.gz", &[&gz(&one), tail].concat());
        assert_eq!((found.sizes(), found.reasons()), (vec![("x.gz", one.len())], vec![("x.gz", say)]));
    }
    let mut hurt = gz(&one);
    let sum = hurt.len() - 8;
    hurt[sum] ^= 1;
    hurt.extend(gz(&two));
    let found = over("x.gz", &hurt);
    assert!(found.members[0].1 == both, "a wrong sum does not end the reading");
    assert_eq!(found.reasons(), [("x.gz", "damaged: CRC is wrong")]);
    let full = flate2::GzBuilder::new().filename("a.log").comment("c").extra(vec![1; 40]).mtime(1_700_000_000);
    let mut full = full.write(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut full, &one).unwrap();
    let found = over("x", &full.finish().unwrap());
    assert_eq!((found.bytes, found.hints[0].modified), (one.len() as u64, Some(1_700_000_000)));
    assert_eq!(over("x.gz", b"\x1f\x8b\x08\x08\0\0\0\0\0\x03").reasons(), [("x.gz", "cut: unexpected end after 0 bytes")]);
    let endless = [b"\x1f\x8b\x08\x08\0\0\0\0\0\x03".to_vec(), vec![b'n'; 100_000]].concat();
    assert_eq!(over("x.gz", &endless).limits, ["header_record"]);
}

#[test]
fn zip_is_read_from_the_front() {
    let text = lines(3000);
    let files: [(&str, &[u8]); 4] = [("a/", b""), ("a/one.log", &text), ("two.txt", b"short\n"), ("three.gz", &gz(&text))];
    for (method, later) in [(8, false), (8, true), (0, false)] {
        let packed = zip(&files, method, later);
        let found = over("z.zip", &packed);
        assert_eq!(found.sizes(), [("z.zip!a/one.log", text.len()), ("z.zip!two.txt", 6), ("z.zip!three.gz", text.len())], "method {method}, later {later}");
        assert_eq!(found.reasons(), []);
        assert_eq!(found.hints[0].modified, Some(1_704_110_400), "2024-01-01 12:00");
        let cut = over("z.zip", &packed[..packed.len() / 2]);
        assert!(cut.bytes > 1000 && cut.skipped.iter().any(|(n, r)| n == "z.zip" && r.starts_with("cut: ")), "{:?}", cut.skipped);
        let inner = Tar::default().file("in.zip", &packed).end();
        assert_eq!(over("t.tgz", &gz(&inner)).bytes, found.bytes);
    }
    let mut locked = zip(&files[1..3], 8, false);
    locked[6] |= 1;
    let found = over("z", &locked);
    assert_eq!((found.sizes(), found.reasons()), (vec![("z!two.txt", 6)], vec![("z!a/one.log", "encrypted")]));
    let found = over("z", &zip(&files[1..3], 97, false));
    assert_eq!(found.reasons(), [("z!a/one.log", "packed by method 97: not read"), ("z!two.txt", "packed by method 97: not read")]);
    let mut hurt = zip(&files[1..3], 0, false);
    hurt[60] ^= 4;
    assert_eq!(over("z", &hurt).reasons(), [("z!a/one.log", "damaged: CRC is wrong")]);
    let mut lost = zip(&files[1..3], 0, false);
    let at = lost.len() - 46 - 6;
    lost.splice(at..at, *b"0123456789");
    let second = memchr::memmem::rfind(&lost, b"PK\x03\x04").unwrap();
    lost.splice(second..second, *b"lost");
    assert!(over("z", &lost).reasons().iter().any(|r| r.1.ends_with("4 bytes passed over")), "{:?}", over("z", &lost).skipped);
}

#[test]
fn names_and_levels_show_the_way() {
    let text = lines(50);
    let inner = gz(&Tar::default().file("./var/log/vmkernel.1.gz", gz(&text)).file("./var/log/vmkernel.log", &text).end());
    let outer = Tar::default().file("esx/vm-support.tgz", &inner).end();
    let found = over("all.tar", &outer);
    assert_eq!(
        found.sizes(),
        [("all.tar!esx/vm-support.tgz!var/log/vmkernel.1.gz", text.len()), ("all.tar!esx/vm-support.tgz!var/log/vmkernel.log", text.len())]
    );
    assert_eq!(found.hints[1], Hint { modified: Some(0o14531243000), size: Some(text.len() as u64) });
    assert_eq!(found.hints[0].size, None);
    assert_eq!(over("x", b"7z\xbc\xaf\x27\x1c....").reasons(), [("x", "7z archive: not read")]);
    assert_eq!(over("x", b"").sizes(), [("x", 0)]);
    assert_eq!(over("x", &gz(&[0x7f, b'E', b'L', b'F', 0, 0, 1, 2, 3, 4, 5, 6])).reasons(), [("x", "binary")]);
    let utf16: Vec<u8> = "\u{feff}Zeile eins\r\nZeile zwei\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(over("w.gz", &gz(&utf16)).members[0].1, b"Zeile eins\r\nZeile zwei\r\n");
    assert_eq!(over("mac", b"one\rtwo\rthree").members[0].1, b"one\ntwo\nthree");
}
