//! How common a piece of text is in logs: a small table of byte classes and pairs, so that the choice of literals does
//! not depend on the input.

/// Words that stand on many lines of many logs; a literal made of them alone filters little.
const COMMON: &[&[u8]] = &[
    b"failed",
    b"error",
    b"warning",
    b"device",
    b"status",
    b"state",
    b"world",
    b"memory",
    b" from ",
    b" with ",
    b" to ",
    b" for ",
    b" the ",
    b"kernel",
    b"cpu",
    b"info",
    b"host",
    b"vmhba",
    b"naa.",
    b"path",
    b"command",
    b"server",
    b"time",
    b"port",
    b"vmkernel",
    b"could not",
    b"unable",
    b"connection",
    b"service",
    b"file",
    b"process",
    b"task",
    b"event",
    b"disk",
    b"volume",
    b"network",
    b"vmnic",
    b"scsi",
    b"id=",
    b"0x",
    b"2026-",
    b"log",
];

/// A figure that grows with how often a literal is met; smaller is better.
pub fn cost(literal: &[u8]) -> u32 {
    let mut covered = vec![false; literal.len()];
    for word in COMMON {
        let mut from = 0;
        while let Some(i) = memchr::memmem::find(&literal[from..], word) {
            covered[from + i..from + i + word.len()].fill(true);
            from += i + 1;
        }
        // A piece of a common word is as common as the word.
        if literal.len() <= word.len() && memchr::memmem::find(word, literal).is_some() {
            covered.fill(true);
        }
    }
    let worth: u32 = literal.iter().zip(&covered).map(|(b, c)| if *c { 1 } else { rarity(*b) }).sum();
    1_000_000 / (1 + worth)
}

fn rarity(b: u8) -> u32 {
    match b {
        b' ' | b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 3,
        b'0'..=b'9' | b':' | b'.' | b'-' => 3,
        b'd' | b'l' | b'c' | b'm' | b'p' | b'u' | b'h' => 4,
        b'a'..=b'z' => 6,
        _ => 8,
    }
}
