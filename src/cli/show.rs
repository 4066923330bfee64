//! `show`, `list` and `search`.

use super::args::{Format, Global};
use super::output::Output;
use super::{Exit, library};
use crate::kb::documents::{self, Source};
use crate::kb::index::{Hit, Index, search_all};
use crate::library::Library;
use crate::library::outline::Kind;
use crate::library::shipped::INDEX;
use crate::render::{Reading, text};
use crate::text::untrusted::shown;
use serde_json::json;
use std::collections::HashSet;

const ORDER: &[Kind] = &[Kind::Article, Kind::Signature, Kind::Step, Kind::Format, Kind::Table, Kind::Facts];

fn kind_named(word: &str) -> Option<Kind> {
    ORDER.iter().copied().find(|k| k.word() == word.strip_suffix('s').filter(|w| *w != "fact").unwrap_or(word))
}

/// `faultbook show`.
pub fn show(global: &Global, id: &str, out: &mut Output) -> Exit {
    let Some(library) = library(global, 0, out) else { return Exit::Failed };
    show_in(library, id, out)
}

/// The same of a library that is at hand.
pub fn show_in(library: &Library, id: &str, out: &mut Output) -> Exit {
    let (kinds, id): (Vec<Kind>, &str) = match id.split_once('/') {
        Some((kind, rest)) if kind_named(kind).is_some() => (kind_named(kind).into_iter().collect(), rest),
        _ => (ORDER.to_vec(), id),
    };
    let Some(entry) = kinds.iter().find_map(|k| library.entry(*k, id)) else {
        let names = library.entries().iter().map(|e| e.outline.id);
        let hint = crate::problem::did_you_mean(id, names);
        out.error(&format!("there is no `{id}`{}{hint}", if hint.is_empty() { "" } else { "; " }));
        return Exit::Nothing;
    };
    let o = entry.outline;
    match (out.format, o.kind) {
        (Format::Json, _) => {
            let value =
                json!({"schema_version": 1, "kind": o.kind.word(), "id": o.id, "title": o.title, "file": o.file, "shipped": entry.shipped, "text": o.text});
            out.data(&serde_json::to_string_pretty(&value).unwrap_or_default());
        }
        (Format::Markdown, _) => out.data(o.text),
        (Format::Text, Kind::Article) => match library.article(o.id) {
            Some(article) => out.data(&article_text(article, out)),
            None => out.data(&shown(o.text)),
        },
        (Format::Text, _) => {
            let from = if entry.shipped { String::new() } else { format!("  from {}", o.file) };
            let head = format!("{} {}: {}{from}\n\n", o.kind.word(), o.id, o.title);
            out.data(&format!("{}{}", shown(&head), shown(o.text)));
        }
    }
    Exit::Found
}

fn article_text(article: &crate::model::article::Article, out: &Output) -> String {
    let front = &article.front;
    let products: Vec<&str> = front.products.iter().map(|p| p.value.as_str()).collect();
    let mut text = format!("# {}\n\n", front.title.value);
    text.push_str(&format!("For {}. Reviewed {}; {}.\n\n", products.join(", "), front.reviewed.value, front.confidence.words()));
    text.push_str(&article.source[article.body..]);
    crate::render::article(&text, out.paint)
}

/// `faultbook list`.
pub fn list(global: &Global, kind: Option<&str>, out: &mut Output) -> Exit {
    let Some(library) = library(global, 0, out) else { return Exit::Failed };
    let kinds: Vec<Kind> = match kind {
        None => ORDER.to_vec(),
        Some(word) => match kind_named(word) {
            Some(k) => vec![k],
            None => {
                out.error(&format!("`{word}` is no kind; known: article, signature, step, format, table, facts"));
                return Exit::Failed;
            }
        },
    };
    let entries: Vec<_> = kinds.iter().flat_map(|k| library.of_kind(*k)).collect();
    if out.format == Format::Json {
        let all: Vec<_> = entries
            .iter()
            .map(|e| json!({"kind": e.outline.kind.word(), "id": e.outline.id, "title": e.outline.title, "file": e.outline.file, "shipped": e.shipped}))
            .collect();
        out.data(&serde_json::to_string_pretty(&json!({"schema_version": 1, "entries": all})).unwrap_or_default());
    } else {
        let lines: Vec<String> =
            entries.iter().map(|e| text::listed(e.outline.kind, e.outline.id, e.outline.title, e.outline.file, e.shipped, out.paint)).collect();
        out.data(&lines.join("\n"));
    }
    if entries.is_empty() { Exit::Nothing } else { Exit::Found }
}

/// `faultbook search`.
pub fn search(global: &Global, words: &[String], out: &mut Output) -> Exit {
    let Some(library) = library(global, 0, out) else { return Exit::Failed };
    let hits = found(library, &words.join(" "), 12);
    let found: Vec<Reading> = hits
        .iter()
        .map(|h| Reading {
            id: if h.kind == "article" { h.id.clone() } else { format!("{}/{}", h.kind, h.id) },
            title: h.title.clone(),
            score: h.score,
            matched_by: "search",
        })
        .collect();
    if out.format == Format::Json {
        let all: Vec<_> = found.iter().map(|r| json!({"id": r.id, "title": r.title, "score": r.score, "matched_by": r.matched_by})).collect();
        out.data(&serde_json::to_string_pretty(&json!({"schema_version": 1, "articles": all})).unwrap_or_default());
    } else if found.is_empty() {
        out.error("nothing in the library is near to that");
    } else {
        let lines: Vec<String> = found.iter().map(|r| format!("{}  {}", out.paint.command(format!("faultbook show {}", r.id)), shown(&r.title))).collect();
        out.data(&lines.join("\n"));
    }
    if found.is_empty() { Exit::Nothing } else { Exit::Found }
}

/// What search finds for a text, best first: the shipped index opened in place, a user's own files indexed in memory.
pub fn found(library: &Library, text: &str, limit: usize) -> Vec<Hit> {
    let Ok(shipped) = Index::open_embedded(INDEX) else { return Vec::new() };
    let own: Vec<Source> = library
        .entries()
        .iter()
        .filter(|e| !e.shipped)
        .map(|e| e.outline)
        .map(|o| Source { kind: o.kind.word(), id: o.id, title: o.title, article: o.article, text: o.text })
        .collect();
    let own = if own.is_empty() { None } else { Index::open_owned(documents::index(&own)).ok() };
    let indexes: Vec<&Index> = std::iter::once(&shipped).chain(&own).collect();
    // What a user's file took the place of is still in the shipped index, and so is what was left out.
    let overridden = library.entries().iter().filter(|e| !e.shipped && e.outline.overrides).count();
    let mut hits = search_all(&indexes, text, limit + overridden);
    let mut met = HashSet::new();
    hits.retain_mut(|hit| {
        let entry = kind_named(&hit.kind).and_then(|kind| library.entry(kind, &hit.id));
        entry.is_some_and(|e| {
            hit.title = e.outline.title.to_string();
            met.insert((e.outline.kind, e.outline.id))
        })
    });
    hits.truncate(limit);
    hits
}

/// Articles whose words are nearest to a text.
pub fn nearest(library: &Library, text: &str, limit: usize) -> Vec<Reading> {
    let hits = found(library, text, limit * 6).into_iter().filter(|h| h.kind == "article").take(limit);
    hits.map(|h| Reading { id: h.id, title: h.title, score: h.score, matched_by: "search" }).collect()
}
