//! From conclusions to text, JSON and Markdown. Everything from outside passes through `Untrusted` on its way.

pub mod articles;
pub mod figures;
pub mod json;
pub mod markdown;
pub mod reasons;
pub mod report;
pub mod script;
pub mod session;
pub mod style;
pub mod text;
pub mod verdict;

use crate::case::coverage::Coverage;
use crate::case::finding::Conclusion;
use crate::text::origin::Origin;
use std::collections::{BTreeMap, BTreeSet};

/// An article to read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub id: String,
    pub title: String,
    pub score: f32,
    /// `signature` or `search`.
    pub matched_by: &'static str,
}

/// A code that was found in a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    pub code: String,
    pub kind: String,
    pub meaning: String,
    pub parts: Vec<(String, String)>,
    /// What must be said with it.
    pub notes: Vec<String>,
    /// No table has it.
    pub unknown: bool,
    pub origin: Option<Origin>,
}

/// Errors and warnings that nothing knew, alike but for numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Unexplained {
    pub template: String,
    pub level: &'static str,
    pub count: u64,
    pub first: Origin,
}

/// All that is answered.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub conclusion: Conclusion,
    pub articles: Vec<Reading>,
    pub decoded: Vec<Decoded>,
    pub unexplained: Vec<Unexplained>,
    pub repairs: BTreeMap<String, u64>,
    pub limits: BTreeSet<(String, String)>,
    pub unreadable: BTreeSet<String>,
    pub coverage: Coverage,
}

/// An article as a terminal shows it.
pub fn article(text: &str, paint: style::Paint) -> String {
    let risk = |label: &str| {
        let worst = label.split(',').filter_map(|w| crate::model::step::RISKS.iter().find(|(r, _)| *r == w.trim())).map(|(_, r)| *r).max()?;
        Some(match worst {
            crate::model::step::Risk::ReadOnly => 0,
            crate::model::step::Risk::Load | crate::model::step::Risk::ChangesState => 1,
            _ => 2,
        })
    };
    markdown::render(text, &markdown::Style { color: paint.color, width: paint.width }, &risk)
}
