//! A case as a file: YAML that a person can read, written by hand so that the order is ours and a log stands in it as
//! it came.

use super::scalar::{quoted, text};
use super::{Entry, Journal, VERSION, Why};
use crate::text::sha256;
use std::fmt::Write;

const HEAD: &str = "\
# A case of faultbook: what was put in, in order, and what it came to. It holds logs as they came: nothing is redacted.
# faultbook diagnose --case FILE goes on with it, faultbook replay FILE repeats it.
";

impl Journal {
    /// The file.
    pub fn to_yaml(&self) -> String {
        let mut out = String::from(HEAD);
        let _ = writeln!(out, "faultbook_case: {VERSION}");
        let _ = writeln!(out, "program: {}", quoted(&self.program));
        let _ = writeln!(out, "library: {}", quoted(&self.library));
        list(&mut out, "entries", self.entries.is_empty());
        for entry in &self.entries {
            self::entry(&mut out, entry);
        }
        list(&mut out, "used", self.used.is_empty());
        for (name, number) in &self.used {
            let _ = writeln!(out, "  - {{ file: {}, says: {} }}", quoted(name), quoted(number));
        }
        self.concluded(&mut out);
        out
    }

    fn concluded(&self, out: &mut String) {
        let c = &self.concluded;
        let _ = writeln!(out, "result: {}", quoted(&c.result));
        list(out, "contradictions", c.summary.contradictions.is_empty());
        for say in &c.summary.contradictions {
            let _ = writeln!(out, "  - {}", quoted(say));
        }
        list(out, "outputs", c.summary.outputs.is_empty());
        for (step, at) in &c.summary.outputs {
            let _ = writeln!(out, "  - {{ step: {}, at: {} }}", quoted(step), quoted(at));
        }
        list(out, "findings", c.summary.findings.is_empty());
        for f in &c.summary.findings {
            let _ = writeln!(out, "  - signature: {}", quoted(&f.signature));
            let _ = writeln!(out, "    title: {}", quoted(&f.title));
            let _ = writeln!(out, "    subject: {}", quoted(&f.subject));
            let _ = writeln!(out, "    severity: {}", f.severity.word());
            let _ = writeln!(out, "    standing: {}", f.standing.word());
            let _ = writeln!(out, "    count: {}", f.count);
            texts(out, 4, "says", &f.says);
            let _ = writeln!(out, "    causes:{}", if f.causes.is_empty() { " []" } else { "" });
            for c in &f.causes {
                let _ = writeln!(out, "      - id: {}", quoted(&c.id));
                let _ = writeln!(out, "        title: {}", quoted(&c.title));
                let _ = writeln!(out, "        standing: {}", c.standing.words());
                let _ = writeln!(out, "        weight: {:?}", c.weight);
                texts(out, 8, "reasons", &c.reasons);
            }
        }
    }
}

fn list(out: &mut String, key: &str, empty: bool) {
    let _ = writeln!(out, "{key}:{}", if empty { " []" } else { "" });
}

fn texts(out: &mut String, indent: usize, key: &str, all: &[String]) {
    let pad = " ".repeat(indent);
    let _ = writeln!(out, "{pad}{key}:{}", if all.is_empty() { " []" } else { "" });
    for t in all {
        let _ = writeln!(out, "{pad}  - {}", quoted(t));
    }
}

fn entry(out: &mut String, entry: &Entry) {
    let measured = |out: &mut String, t: &str| {
        let _ = writeln!(out, "    lines: {}", t.lines().count());
        let _ = writeln!(out, "    sha256: {}", quoted(&sha256::hex(t.as_bytes())));
        text(out, 4, "text", t);
    };
    match entry {
        Entry::Paste { name, text } => {
            let _ = writeln!(out, "  - paste: {}", quoted(name));
            measured(out, text);
        }
        Entry::Answer { step, text } => {
            let _ = writeln!(out, "  - answer: {}", quoted(step));
            measured(out, text);
        }
        Entry::File { path, bytes, sha256, text: kept } => {
            let _ = writeln!(out, "  - file: {}", quoted(path));
            let _ = writeln!(out, "    bytes: {bytes}");
            let _ = writeln!(out, "    sha256: {}", quoted(sha256));
            if let Some(kept) = kept {
                text(out, 4, "text", kept);
            }
        }
        Entry::Declined { step, why } => {
            let _ = writeln!(out, "  - declined: {}", quoted(step));
            let _ = writeln!(out, "    why: {}", word(*why));
        }
        Entry::Note { text: note } => {
            let _ = writeln!(out, "  - note: {}", note.lines().count());
            text(out, 4, "text", note);
        }
    }
}

fn word(why: Why) -> String {
    quoted(why.words())
}
