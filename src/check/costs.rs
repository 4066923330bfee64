//! What patterns without a literal cost in a scan, measured on the library's own text.

use super::Checker;
use crate::engine::matcher::Matcher;
use crate::library::Library;
use crate::library::outline::{Kind, Numbered, Role, of_format, of_signature};
use crate::library::pattern::Pattern;
use crate::model::format::FormatFile;
use crate::model::signature::SignatureFile;
use crate::model::yaml;
use crate::text::place::Place;
use std::sync::OnceLock;
use std::time::Duration;

/// Bytes that are scanned to measure a pattern.
const MEASURED: usize = 1 << 20;

/// What patterns are measured with.
pub struct Scale<'c> {
    /// Time since some moment, told by whoever may read a clock.
    clock: &'c (dyn Fn() -> Duration + Sync),
    /// Lines to measure patterns on, made when one is measured.
    sample: OnceLock<Vec<u8>>,
}

impl<'c> Scale<'c> {
    pub fn new(clock: &'c (dyn Fn() -> Duration + Sync)) -> Self {
        Scale { clock, sample: OnceLock::new() }
    }

    /// Seconds for 10^9 bytes.
    fn measure(&self, library: &Library, pattern: &Pattern) -> f64 {
        let sample = self.sample.get_or_init(|| written(library));
        let matcher = Matcher::of(std::iter::once((0, pattern)));
        // The first of it has the filter built.
        matcher.matches(sample);
        let begin = (self.clock)();
        matcher.matches(sample);
        let taken = (self.clock)().saturating_sub(begin);
        taken.as_secs_f64() * 1e9 / sample.len().max(1) as f64
    }
}

/// Names the patterns of a file that hold no literal.
pub fn costs(c: &mut Checker<'_, '_>, number: usize) {
    let library = c.library;
    let patterns = &library.patterns()[library.entries()[number].patterns.clone()];
    let is_bare = |p: &Pattern| p.outline.literals.is_empty() && matches!(p.role(), Role::Any | Role::All | Role::Count | Role::Also | Role::RecordStart);
    if !patterns.iter().any(is_bare) {
        return;
    }
    let places = places(c);
    for (i, pattern) in patterns.iter().enumerate().filter(|(_, p)| is_bare(p)) {
        let seconds = c.scale.measure(library, pattern);
        let hint = format!("a scan for this alone takes {seconds:.1} s for each GB, measured on the library's own text; add words that always stand there");
        c.hinted(places.get(i).copied().unwrap_or_default(), "no-literal", "this pattern holds no literal of 3 letters that every match must contain", hint);
    }
}

/// Where the patterns of a file stand in it, in their order.
fn places(c: &Checker<'_, '_>) -> Vec<Place> {
    let all = |numbered: Vec<Numbered<'_>>| numbered.iter().map(|n| n.source.place).collect();
    let (file, text) = (c.outline.file, c.outline.text);
    match c.outline.kind {
        Kind::Signature => yaml::read::<SignatureFile>(file, text).map(|f| all(of_signature(&f))),
        Kind::Format => yaml::read::<FormatFile>(file, text).map(|f| all(of_format(&f))),
        _ => Ok(Vec::new()),
    }
    .unwrap_or_default()
}

/// Signatures as they are written, log lines for the most part, repeated to the size that is scanned.
fn written(library: &Library) -> Vec<u8> {
    let signatures = library.entries().iter().filter(|e| e.outline.kind == Kind::Signature);
    let mut all: Vec<u8> = signatures.flat_map(|e| e.outline.text.bytes()).take(MEASURED).collect();
    while !all.is_empty() && all.len() < MEASURED {
        all.extend_from_within(..all.len().min(MEASURED - all.len()));
    }
    all
}
