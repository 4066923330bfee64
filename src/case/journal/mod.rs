//! A case as a list: what was put in, in order, and what came of it. A case is a pure function of this list, so
//! taking the last entry back is replaying without it, and a saved case is this list as one file. Nothing here reads
//! or writes files.

mod read;
pub mod scalar;
mod write;

use super::summary::Summary;

/// Version of the file's shape.
pub const VERSION: u32 = 1;
/// Largest case file in bytes.
pub const MAX_CASE: usize = 256 << 20;

/// Why a step has no answer; nothing moves on any of these but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    Skipped,
    Unknown,
    Cannot,
    /// A risk that nobody wants to take now.
    Risk,
    /// It was looked at, and there was nothing: none means none.
    Nothing,
}

impl Why {
    /// All of them.
    pub const ALL: [Why; 5] = [Why::Skipped, Why::Unknown, Why::Cannot, Why::Risk, Why::Nothing];

    /// Its words.
    pub fn words(self) -> &'static str {
        ["skipped", "not known", "cannot be run", "not wanted, for its risk", "there was nothing"][self as usize]
    }
}

/// One thing that somebody put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A text that was pasted; bytes that are no UTF-8 are already written `\xNN`.
    Paste { name: String, text: String },
    /// A file that was read. A small one is kept whole, so that the case can be replayed anywhere.
    File { path: String, bytes: u64, sha256: String, text: Option<String> },
    /// An answer to a step.
    Answer { step: String, text: String },
    /// A step that has no answer.
    Declined { step: String, why: Why },
    /// A remark; nothing moves on it.
    Note { text: String },
}

impl Entry {
    /// What it was, in a few words.
    pub fn words(&self) -> String {
        match self {
            Entry::Paste { name, text } => format!("{name}, {}", count(text)),
            Entry::File { path, bytes, .. } => format!("{path}, {bytes} bytes"),
            Entry::Answer { step, text } if text.contains('\n') => format!("the answer to {step}, {}", count(text)),
            Entry::Answer { step, text } => format!("the answer to {step}: {text}"),
            Entry::Declined { step, why } => format!("{step}: {}", why.words()),
            Entry::Note { .. } => "a note".to_string(),
        }
    }
}

/// How many lines a text has, in words.
pub fn count(text: &str) -> String {
    match text.lines().count() {
        1 => "1 line".to_string(),
        n => format!("{} lines", grouped(n as u64)),
    }
}

/// `2000` as `2,000`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

/// What the case came to when it was saved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Concluded {
    /// SHA-256 of the answer as it was shown, to tell whether a replay is the same to the byte.
    pub result: String,
    pub summary: Summary,
}

/// A case as it is saved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journal {
    /// Version of the program that wrote it.
    pub program: String,
    /// Fingerprint of the library, 16 hexadecimal digits.
    pub library: String,
    /// Files of the library that took part (`signature/ID`), with a number for what they said.
    pub used: Vec<(String, String)>,
    pub entries: Vec<Entry>,
    pub concluded: Concluded,
}

#[cfg(test)]
mod tests;
