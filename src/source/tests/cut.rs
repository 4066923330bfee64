//! Files cut at any byte: everything before the cut is delivered, and the cut is said.

use super::*;
use std::io::Read;

/// All that another reader gets out of a cut gzip file.
fn reference(packed: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut one = [0; 1024];
    let mut from = flate2::read::MultiGzDecoder::new(packed);
    while let Ok(n @ 1..) = from.read(&mut one) {
        out.extend(&one[..n]);
    }
    out
}

#[test]
fn a_cut_log_gives_all_before_the_cut() {
    let text = lines(2000);
    let packed = gz(&text);
    let mut random = Seeded(7);
    let mut read = 0;
    for _ in 0..200 {
        let at = random.below(packed.len());
        let found = over("x.log.gz", &packed[..at]);
        let expected = reference(&packed[..at]);
        assert!(text.starts_with(&expected));
        match found.members.first() {
            Some((_, data)) => {
                assert!(data.len() >= expected.len() && text.starts_with(data), "cut at {at}: {} of {}", data.len(), expected.len());
                assert_eq!(found.reasons(), [("x.log.gz", format!("cut: unexpected end after {} bytes", data.len()).as_str())]);
                read += data.len();
            }
            None => {
                assert!(expected.is_empty() && found.skipped.len() == 1, "cut at {at}: {:?}", found.skipped);
                assert!(at < 200 || found.skipped[0].1 == "cut: unexpected end after 0 bytes", "cut at {at}: {:?}", found.skipped);
            }
        }
    }
    assert!(read > 200 * text.len() / 4, "{read}");
}

/// A member's name, where its data begin in the tar, and the data.
type Part = (String, usize, Vec<u8>);

/// A bundle and what is in it.
fn bundle() -> (Vec<u8>, Vec<Part>) {
    let mut tar = Tar::default();
    let mut parts = Vec::new();
    for i in 0..12 {
        let data = lines(40 + 17 * i);
        tar = tar.file(format!("var/log/part-{i:02}"), &data);
        let start = tar.0.len() - data.len().next_multiple_of(512);
        parts.push((format!("b.tgz!var/log/part-{i:02}"), start, data));
    }
    (tar.end(), parts)
}

fn check(found: &Found, tar_len: usize, parts: &[Part], at: usize) -> usize {
    let mut read = 0;
    for (name, start, data) in parts {
        let there = tar_len.saturating_sub(*start).min(data.len());
        let got = found.members.iter().find(|(n, _)| n == name).map_or(0, |(_, d)| {
            assert!(data.starts_with(d));
            d.len()
        });
        assert!(got >= there, "cut at {at}: {name} {got} of {there}");
        if got < data.len() && got > 0 {
            let say = format!("cut: unexpected end after {got} bytes");
            assert!(found.skipped.iter().any(|(n, r)| n == name && *r == say), "cut at {at}: {:?}", found.skipped);
        }
        read += got;
    }
    assert!(
        found.skipped.iter().any(|(n, r)| n == "b.tgz" && (r.starts_with("cut: ") || r.starts_with("damaged: no gzip"))) || found.members.len() == parts.len(),
        "cut at {at}: {:?}",
        found.skipped
    );
    read
}

#[test]
fn a_cut_bundle_gives_every_member_before_the_cut() {
    let (tar, parts) = bundle();
    let packed = gz(&tar);
    let mut random = Seeded(11);
    let mut read = 0;
    for _ in 0..200 {
        let at = random.below(packed.len());
        let found = over("b.tgz", &packed[..at]);
        read += check(&found, reference(&packed[..at]).len(), &parts, at);
    }
    // All members are there, and yet the end is missing.
    for at in packed.len() - 24..packed.len() {
        let found = over("b.tgz", &packed[..at]);
        assert_eq!(found.members.len(), parts.len());
        assert!(found.skipped.iter().any(|(n, r)| n == "b.tgz" && r.starts_with("cut: ")), "cut at {at} of {}: {:?}", packed.len(), found.skipped);
    }
    for _ in 0..200 {
        let at = random.below(tar.len() - 1024).max(512);
        read += check(&over("b.tgz", &tar[..at]), at, &parts, at);
    }
    let all: usize = parts.iter().map(|p| p.2.len()).sum();
    assert!(read > 400 * all / 4, "{read} of 400 * {all}");
}

#[test]
fn a_cut_inner_member_does_not_touch_the_others() {
    let text = lines(3000);
    let packed = gz(&text);
    let tar = Tar::default().file("a.gz", &packed).file("b.gz", &packed[..packed.len() / 2]).file("c.gz", &packed).end();
    let found = over("v.tgz", &gz(&tar));
    assert_eq!(found.members.len(), 3);
    assert_eq!(found.members[0].1, text);
    assert_eq!(found.members[2].1, text);
    let got = found.members[1].1.len();
    assert!(got > text.len() / 3 && text.starts_with(&found.members[1].1));
    assert_eq!(found.reasons(), [("v.tgz!b.gz", format!("cut: unexpected end after {got} bytes").as_str())]);
}

#[cfg(feature = "archives")]
#[test]
fn other_packings_give_what_stands_before_a_cut() {
    let text = lines(12_000);
    for (packed, name) in super::shapes::packings(&text) {
        let mut random = Seeded(13);
        let mut read = 0;
        for _ in 0..20 {
            let at = packed.len() / 2 + random.below(packed.len() / 2);
            let found = over(name, &packed[..at]);
            assert_eq!(found.members.len(), 1, "{name} cut at {at} of {}: {:?}", packed.len(), found.skipped);
            let data = &found.members[0].1;
            assert!(text.starts_with(data));
            assert_eq!(found.reasons(), [(name, format!("cut: unexpected end after {} bytes", data.len()).as_str())], "cut at {at} of {}", packed.len());
            // At most one block is missing.
            assert!(data.len() + (160 << 10) >= text.len() * at / packed.len() * 9 / 10, "{name} cut at {at} of {}: {}", packed.len(), data.len());
            read += data.len();
        }
        assert!(read > 20 * text.len() / 4, "{name}: {read} of 20 * {}", text.len());
    }
}
