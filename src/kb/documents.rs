//! What a document of the index is made of: an article with the titles of its signatures, their causes, settings and
//! example lines; a step with its command; a table with its rows. `build.rs` uses this for the shipped library, the
//! program for a user's own.

use super::index::{Document, build};
use crate::text::untrusted::cut_at;

/// A file of the library, as far as searching needs it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// `article`, `signature`, `step`, `table`; others are left out.
    pub kind: &'a str,
    pub id: &'a str,
    pub title: &'a str,
    /// Article of a signature.
    pub article: &'a str,
    pub text: &'a str,
}

/// Bytes of a table's rows that are worth searching.
const TABLE: usize = 4_000;

/// The files of an index over these sources.
pub fn index(sources: &[Source]) -> Vec<(String, Vec<u8>)> {
    let mut made: Vec<(Source, String, String)> = Vec::new();
    for s in sources {
        let (mut strong, mut code) = (String::new(), String::new());
        match s.kind {
            "article" => {
                strong.push_str(front_line(s.text, "keywords:"));
                for signature in sources.iter().filter(|x| x.kind == "signature" && x.article == s.id) {
                    strong.push(' ');
                    strong.push_str(signature.title);
                    titles(signature.text, &mut strong);
                    code.push_str(signature.text);
                    code.push('\n');
                }
            }
            "step" | "table" => code.push_str(&s.text[..cut_at(s.text, TABLE)]),
            _ => continue,
        }
        made.push((*s, strong, code));
    }
    let documents: Vec<Document> = made
        .iter()
        .map(|(s, strong, code)| Document { id: s.id, kind: s.kind, title: s.title, strong, body: if s.kind == "article" { s.text } else { "" }, code })
        .collect();
    build(&documents)
}

fn front_line<'a>(text: &'a str, key: &str) -> &'a str {
    text.lines().find(|l| l.starts_with(key)).map_or("", |l| &l[key.len()..])
}

/// Titles of causes: what stands behind `title:` in lines that begin a list item.
fn titles(text: &str, out: &mut String) {
    for line in text.lines().filter(|l| l.trim_start().starts_with("- {")) {
        if let Some((_, rest)) = line.split_once("title:") {
            out.push(' ');
            out.push_str(rest.trim_end_matches([' ', '}']));
        }
    }
}
