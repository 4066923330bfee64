//! Properties of chunks: nothing lost, nothing twice, numbers right, whatever the size.

use super::*;
use crate::source::tests::Slow;
use proptest::prelude::*;

fn limits(window: usize, context: usize, overlap: usize) -> Limits {
    Limits { line_window: window, line_context: context, line_overlap: overlap, ..Limits::default() }
}

/// Lines and pieces with their numbers, as a matcher would see those that begin in the new part.
fn seen(text: &[u8], limits: &Limits, chunk: usize) -> (Vec<(u64, Vec<u8>)>, u64) {
    let mut slow = Slow(text, 11);
    let mut chunks = Chunks::with_chunk(&mut slow, limits, chunk);
    let window = limits.line_window.max(limits.line_context).max(16);
    let (mut lines, mut whole, mut ended) = (Vec::new(), Vec::new(), text.is_empty());
    while let Some(c) = chunks.next() {
        assert_eq!(c.offset + c.proper.start as u64, whole.len() as u64);
        assert_eq!(&text[c.offset as usize..c.offset as usize + c.text.len()], c.text);
        let context = limits.line_context;
        let new = whole.len();
        let after = new + c.proper.len();
        let long = after < text.len() && text[after - 1] != b'\n';
        if !long {
            assert!(c.text.len() - c.proper.end >= context.min(text.len() - new - c.proper.len()), "context behind");
            let (end, least) = (c.offset as usize + c.text.len(), (after + context).min(text.len()));
            let line_end = memchr(b'\n', &text[least..text.len().min(least + window)]).map_or(least, |i| least + i + 1);
            assert_eq!(end, line_end, "whole lines behind, where one ends near enough");
        }
        // Right behind a long line there is none.
        if new > context && c.proper.start > 0 {
            let near = memrchr(b'\n', &text[(new - context).saturating_sub(window)..new - context]);
            let begin = near.map_or(c.offset as usize, |i| (new - context).saturating_sub(window) + i + 1);
            assert_eq!(c.offset as usize, begin, "whole lines before, where one begins near enough");
        }
        assert!(!ended, "nothing comes behind the last");
        ended = c.last;
        let mut number = c.line - memchr::memchr_iter(b'\n', &c.text[..c.proper.start]).count() as u64;
        let mut at = 0;
        while at < c.text.len() {
            let end = memchr(b'\n', &c.text[at..]).map_or(c.text.len(), |i| at + i);
            if c.proper.contains(&at) {
                let piece = long || (at == c.proper.start && new > 0 && text[new - 1] != b'\n');
                assert!(piece || at >= context.min(new + at - c.proper.start), "context before");
                lines.push((number, c.text[at..end].to_vec()));
            }
            number += 1;
            at = end + 1;
        }
        whole.extend_from_slice(&c.text[c.proper.clone()]);
    }
    assert!(whole == text, "the new parts are the stream");
    assert!(ended, "the last chunk is marked");
    let count = text.split_inclusive(|b| *b == b'\n').count() as u64;
    assert_eq!((chunks.bytes(), chunks.lines()), (text.len() as u64, count));
    (lines, chunks.long_lines())
}

/// The same, straight from the description.
fn expected(text: &[u8], limits: &Limits) -> (Vec<(u64, Vec<u8>)>, u64) {
    let window = limits.line_window.max(limits.line_context).max(16);
    let step = window - limits.line_overlap.min(window / 2);
    let (mut out, mut long) = (Vec::new(), 0);
    for (i, line) in text.split_inclusive(|b| *b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let mut at = 0;
        if line.len() > window {
            long += 1;
            while at + step + window < line.len() {
                out.push((i as u64 + 1, line[at..at + window].to_vec()));
                at += step;
            }
            out.push((i as u64 + 1, line[at..at + window].to_vec()));
            at = line.len() - window;
        }
        out.push((i as u64 + 1, line[at..].to_vec()));
    }
    (out, long)
}

fn check(text: &[u8], limits: &Limits, chunk: usize) {
    let (found, wanted) = (seen(text, limits, chunk), expected(text, limits));
    assert_eq!(found, wanted, "chunk {chunk}, {limits:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn any_chunk_size_gives_the_same_lines(
        lines in proptest::collection::vec((0usize..90, any::<bool>()), 0..60),
        tail in 0usize..100,
        chunk in 1usize..300,
        window in 16usize..64,
        context in 0usize..40,
        overlap in 0usize..20,
    ) {
        let mut text = Vec::new();
        for (i, (len, long)) in lines.iter().enumerate() {
            text.extend((0..if *long { len * 5 } else { *len }).map(|j| b'a' + ((i * 7 + j) % 26) as u8));
            text.push(b'\n');
        }
        text.extend(std::iter::repeat_n(b'z', tail));
        check(&text, &limits(window, context, overlap), chunk);
    }
}

#[test]
fn edges() {
    for window in [16, 17, 32] {
        for len in 0..120 {
            for end in [&b""[..], b"\n", b"\n\n", b"\nx", b"\r\n"] {
                let text = [&vec![b'l'; len][..], end].concat();
                for chunk in [1, 7, 1000] {
                    check(&text, &limits(window, 4, 3), chunk);
                    check(&[b"a\nb\n", &text[..], b"c\nd\n"].concat(), &limits(window, 16, 5), chunk);
                }
            }
        }
    }
}

#[test]
fn default_sizes_hold_and_a_word_across_any_seam_is_whole_in_some_piece() {
    let mut text = Vec::new();
    for i in 0..30_000 {
        text.extend(format!("{i} a line of a common length, more or less, with nothing in it to be seen\n").bytes());
    }
    text.extend(std::iter::repeat_n(b'.', 3_000_000));
    for at in (100..3_000_000 - 200).step_by(997) {
        let i = text.len() - 3_000_000 + at;
        text[i..i + 6].copy_from_slice(b"needle");
    }
    text.extend(b"\nlast\n");
    let limits = Limits::default();
    let mut chunks = Chunks::new(&text[..], &limits);
    let (mut new, mut needles, mut most) = (0, std::collections::BTreeSet::new(), 0);
    while let Some(c) = chunks.next() {
        new += c.proper.len();
        most = most.max(c.text.len());
        for i in memchr::memmem::find_iter(c.text, b"needle") {
            needles.insert(c.offset + i as u64);
        }
    }
    assert_eq!((new, chunks.lines(), chunks.long_lines()), (text.len(), 30_002, 1));
    assert_eq!(needles.len(), memchr::memmem::find_iter(&text, b"needle").count());
    assert!(most < 2 << 20, "{most}");
    assert!(chunks.into_buffer().len() < 6 << 19);
}

#[test]
fn chunks_whose_buffers_are_given_away_are_the_same() {
    let text: Vec<u8> =
        (0..3_000).flat_map(|i| format!("{}{}\n", "line ".repeat(i % 97), if i % 500 == 7 { "x".repeat(900) } else { i.to_string() }).into_bytes()).collect();
    let limits = limits(300, 120, 20);
    let (mut kept, mut given) = (Chunks::with_chunk(&text[..], &limits, 1_000), Chunks::with_chunk(&text[..], &limits, 1_000));
    let (mut spare, mut many) = (Vec::new(), 0);
    while let Some(c) = kept.next() {
        let other = given.next().unwrap();
        assert_eq!(c, other);
        let (offset, size) = (other.offset, other.text.len());
        if many % 3 != 1 {
            let (buffer, within) = given.give(std::mem::take(&mut spare), offset, size);
            assert!(buffer[within] == *c.text);
            spare = buffer;
        }
        many += 1;
    }
    assert!(given.next().is_none());
    assert_eq!((kept.bytes(), kept.lines(), kept.long_lines()), (given.bytes(), given.lines(), given.long_lines()));
    assert!(many > 200, "{many}");
}
