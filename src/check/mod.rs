//! Checks a library by its own words: lints, examples of every kind against the whole library, and the square of ids,
//! headings, causes, steps and articles. Says how much it read; reading nothing is a failure of its own.

mod articles;
mod costs;
mod expect;
mod formats;
mod signatures;
mod square;
mod steps;

use crate::engine::matcher::Matcher;
use crate::engine::observe::Observer;
use crate::library::Library;
use crate::library::outline::{Kind, Outline};
use crate::problem::Problem;
use crate::text::place::{At, Place};
use costs::Scale;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What a check came to.
#[derive(Debug, Default)]
pub struct Report {
    pub problems: Vec<Problem>,
    pub files: usize,
    /// Examples, samples and log blocks that were run.
    pub examples: usize,
}

/// Collects what is wrong with one file.
pub(crate) struct Checker<'o, 'a> {
    pub library: &'a Library,
    pub observer: &'o Observer<'a>,
    pub outline: &'static Outline,
    pub problems: Vec<Problem>,
    pub examples: usize,
    pub scale: &'o Scale<'o>,
}

impl Checker<'_, '_> {
    /// Notes a problem at a place.
    pub fn wrong(&mut self, place: Place, code: &'static str, say: impl Into<String>) {
        self.hinted(place, code, say, "");
    }

    /// The same with a hint.
    pub fn hinted(&mut self, place: Place, code: &'static str, say: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::new(self.outline.file, place, code, say).hint(hint).excerpt_from(self.outline.text));
    }

    /// The text of an example: its own, and that of samples and of examples of steps that it names.
    fn sample(&mut self, at: &At<String>) -> Option<String> {
        let found = at.value.split_once('/').and_then(|(format, name)| {
            let number = self.library.number(Kind::Format, format)?;
            let samples = &self.library.format_at(number)?.samples;
            samples.iter().find(|s| s.name.as_ref().is_some_and(|n| n.value == name)).map(|s| s.text.value.clone())
        });
        if found.is_none() {
            self.wrong(at.place, "unknown-id", format!("there is no sample `{}`", at.value));
        }
        found
    }

    /// A step and the text of one of its examples.
    fn step_example(&mut self, at: &At<String>) -> Option<(String, String)> {
        let found = at.value.split_once('/').and_then(|(step, name)| {
            let example = self.library.step(step)?.examples.iter().find(|e| e.name.value == name)?;
            Some((step.to_string(), example.text.as_ref().map(|t| t.value.clone()), example.samples.clone()))
        });
        let Some((step, text, samples)) = found else {
            self.wrong(at.place, "unknown-id", format!("there is no example `{}` of a step", at.value));
            return None;
        };
        let mut text = text.unwrap_or_default();
        for s in &samples {
            text.push_str(&self.sample(s).unwrap_or_default());
            text.push('\n');
        }
        Some((step, text))
    }
}

/// Checks the entries for which `wanted` is true, together with the whole library. `clock`: time since some moment.
pub fn check(library: &Library, wanted: &(dyn Fn(usize) -> bool + Sync), threads: usize, clock: &(dyn Fn() -> Duration + Sync)) -> Report {
    let observer = || Observer::new(library, Matcher::short(library));
    let all: Vec<usize> = (0..library.entries().len()).filter(|i| wanted(*i)).collect();
    let next = AtomicUsize::new(0);
    let scale = Scale::new(clock);
    let done: Mutex<Vec<(usize, Vec<Problem>, usize)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let observer = observer();
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(number) = all.get(i) else { break };
                    let result = one(library, &observer, &scale, *number);
                    if let Ok(mut done) = done.lock() {
                        done.push((i, result.0, result.1));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(i, ..)| *i);
    let mut report = Report { files: all.len(), ..Report::default() };
    report.problems.extend(library.problems.iter().cloned());
    for (_, problems, examples) in done {
        report.problems.extend(problems);
        report.examples += examples;
    }
    report.problems.extend(square::square(library, &all));
    report.problems.sort_by(|a, b| (&a.file, a.place.line, a.place.col, &a.say).cmp(&(&b.file, b.place.line, b.place.col, &b.say)));
    report.problems.dedup();
    report
}

fn one<'a>(library: &'a Library, observer: &Observer<'a>, scale: &Scale<'_>, number: usize) -> (Vec<Problem>, usize) {
    let entry = &library.entries()[number];
    let mut c = Checker { library, observer, outline: entry.outline, problems: library.problems_of(number).to_vec(), examples: 0, scale };
    match entry.outline.kind {
        Kind::Signature => signatures::signature(&mut c, number),
        Kind::Step => steps::step(&mut c, number),
        Kind::Format => formats::format(&mut c, number),
        Kind::Article => articles::article(&mut c),
        Kind::Table | Kind::Facts => {}
    }
    costs::costs(&mut c, number);
    (c.problems, c.examples)
}
