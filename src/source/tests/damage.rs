//! Damage at random: no panic, no endless work, and never more than was packed.

use super::*;

#[test]
fn damaged_bytes_never_panic() {
    let text = lines(250);
    let tar = Tar::default().file("a.log", &text).pax("path", "b.log").file("b", &text).file("c.gz", gz(&text)).end();
    let files: Vec<(&str, &[u8])> = vec![("a.log", &text), ("b.log", b"short\n")];
    #[cfg_attr(not(feature = "archives"), expect(unused_mut))]
    let mut samples = vec![gz(&text), tar.clone(), gz(&tar), zip(&files, 8, false), zip(&files, 8, true), zip(&files, 0, false)];
    #[cfg(feature = "archives")]
    samples.extend(super::shapes::packings(&text).into_iter().map(|(packed, _)| packed));
    let mut random = Seeded(17);
    let (mut runs, mut read) = (0, 0);
    for sample in &samples {
        for round in 0..300 {
            let mut bytes = sample.clone();
            for _ in 0..=random.below(8) {
                // Half of the blows go to the first bytes, where the headers are.
                let reach = if round % 2 == 0 { bytes.len().min(600) } else { bytes.len() };
                let at = random.below(reach);
                match random.below(4) {
                    0 => bytes[at] = random.next() as u8,
                    1 => bytes[at] ^= 1 << random.below(8),
                    2 => {
                        let end = (at + random.below(40)).min(bytes.len());
                        bytes.drain(at..end);
                    }
                    _ => bytes.truncate(at.max(bytes.len() / 2)),
                }
                if bytes.len() < 8 {
                    break;
                }
            }
            let found = over("x", &bytes);
            assert!(found.bytes <= 8 * text.len() as u64 + bytes.len() as u64 * 300);
            runs += 1;
            read += found.bytes;
        }
    }
    assert!(runs == samples.len() * 300 && read > (runs * text.len() / 10) as u64, "{runs} runs, {read} bytes");
}

#[test]
fn noise_is_told_from_text() {
    let mut random = Seeded(23);
    for round in 0..2000 {
        let mut bytes: Vec<u8> = (0..random.below(3000) + 64).map(|_| random.next() as u8).collect();
        let magic: [&[u8]; 8] =
            [b"", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"BZh9\x31\x41\x59\x26\x53\x59", b"PK\x03\x04", b"\xff\xfe", b"ustar"];
        bytes.splice(0..0, magic[round % 8].iter().copied());
        let found = over("x", &bytes);
        assert!(found.bytes <= 3 * bytes.len() as u64 && !found.skipped.is_empty() || round % 8 == 6, "{round}: {found:?}");
    }
}
