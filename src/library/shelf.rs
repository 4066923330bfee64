//! Loading: outlines of the shipped library, files of a user's roots, ids and their collisions. One broken file never
//! stops the rest.

use super::clauses::Clauses;
use super::literals::Clause;
use super::outline::{Draft, FactOutline, Kind, Outline, PatternOutline, outline};
use super::runs::Runs;
use super::shipped::Shipped;
use crate::problem::Problem;
use crate::text::place::Place;
use foldhash::{HashMap, HashMapExt};

/// A file of a library root, read by whoever does I/O.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path below the root (`signatures/storage/x.yaml`), which tells the kind.
    pub path: String,
    /// Path for people.
    pub shown: String,
    /// Its bytes as text; `Err`: why it could not be read.
    pub text: Result<String, String>,
}

/// A shelf entry: an outline and where it is from.
#[derive(Clone, Copy, Debug)]
pub struct Shelved {
    /// The outline.
    pub outline: &'static Outline,
    /// It belongs to the shipped library.
    pub shipped: bool,
}

/// All entries, found by kind and id, and what was wrong with the files.
pub struct Shelf {
    /// The entries; declarations of facts may stand there several times under one id.
    pub entries: Vec<Shelved>,
    /// Places of the user's among them; those of the shipped library are where it has them.
    pub ids: HashMap<(Kind, &'static str), usize>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Puts the shipped outlines and a user's files together. The same id twice within one kind is a problem that names
/// both files, unless the later one says `overrides: shipped`.
pub fn fill(threads: Threads<'_>, shipped: &'static Shipped, files: &[SourceFile]) -> Shelf {
    let mut shelf: Vec<Shelved> = shipped.outlines.iter().map(|outline| Shelved { outline, shipped: true }).collect();
    let mut problems = Vec::new();
    let mut ids = HashMap::<(Kind, &'static str), usize>::new();
    for (file, read) in files.iter().zip(in_shares(threads, files, |some| some.iter().map(read).collect())) {
        let draft = match read {
            Ok(Some(draft)) => draft,
            Ok(None) => continue,
            Err(found) => {
                problems.extend(found);
                continue;
            }
        };
        let overrides = draft.overrides;
        let outline: &'static Outline = Box::leak(Box::new(draft.keep()));
        let entry = Shelved { outline, shipped: false };
        match shipped.number(outline.kind, outline.id).or_else(|| ids.get(&(outline.kind, outline.id)).copied()) {
            None => {
                ids.insert((outline.kind, outline.id), shelf.len());
                shelf.push(entry);
            }
            Some(old) if overrides && shelf[old].shipped => shelf[old] = entry,
            // The same file twice says nothing new.
            Some(old) if shelf[old].outline.text == outline.text => {}
            // Declarations of facts collide by fact, not by the name of their file.
            Some(_) if outline.kind == Kind::Facts => shelf.push(entry),
            Some(old) => {
                let say = format!("the {} `{}` is also in {}", outline.kind.word(), outline.id, shelf[old].outline.file);
                let hint = if shelf[old].shipped { "choose another id, or say `overrides: shipped` to take its place" } else { "choose another id" };
                problems.push(Problem::new(&file.shown, super::outline::first_line(), "same-id", say).hint(hint).excerpt_from(outline.text));
            }
        }
    }
    Shelf { entries: shelf, ids, problems }
}

/// Fewer files than this are read by one thread: to start another takes as long.
const FEW: usize = 64;

type Read = Result<Option<Draft>, Vec<Problem>>;

/// How many threads there may be; asked only where there is work for several, since the system takes its time to answer.
pub type Threads<'t> = &'t dyn Fn() -> usize;

/// Does something with all of a list, in their order, in shares for so many threads.
pub fn in_shares<T: Sync, R: Send>(threads: Threads<'_>, all: &[T], each: impl Fn(&[T]) -> Vec<R> + Sync) -> Vec<R> {
    if all.len() <= FEW {
        return each(all);
    }
    let share = all.len().div_ceil(threads().max(1)).max(FEW);
    let each = &each;
    std::thread::scope(|scope| {
        let others: Vec<_> = all.chunks(share).skip(1).map(|some| scope.spawn(move || each(some))).collect();
        let mut done = all.chunks(share).next().map(each).unwrap_or_default();
        for other in others {
            match other.join() {
                Ok(some) => done.extend(some),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })
}

fn read(file: &SourceFile) -> Read {
    match &file.text {
        Ok(text) => outline(&file.path, &file.shown, text),
        Err(why) => Err(vec![Problem::new(&file.shown, Place::default(), "unreadable", why.clone())]),
    }
}

fn text(s: String) -> &'static str {
    Box::leak(s.into_boxed_str())
}

fn list<T>(v: Vec<T>) -> &'static [T] {
    Box::leak(v.into_boxed_slice())
}

fn texts(v: Vec<String>) -> &'static [&'static str] {
    list(v.into_iter().map(text).collect())
}

fn clauses(all: &[Clause]) -> Clauses {
    Clauses::of(list(Clauses::pack(all)))
}

fn runs(runs: Runs) -> &'static Runs {
    Box::leak(Box::new(runs))
}

impl Draft {
    /// The outline for as long as the program runs: a library is loaded once and used to the end.
    pub fn keep(self) -> Outline {
        let patterns = self.patterns.into_iter().map(|p| PatternOutline {
            role: p.role,
            source: text(p.source),
            ignore_case: p.ignore_case,
            unicode: p.unicode,
            whole_line: p.whole_line,
            within: texts(p.within),
            literals: clauses(&p.literals),
            runs: p.runs.map(runs),
        });
        let facts = self.facts.into_iter().map(|f| FactOutline {
            name: text(f.name),
            kind: text(f.kind),
            unit: text(f.unit),
            about: texts(f.about),
            say: text(f.say),
            rewrite: f.rewrite.map(|(a, b)| (text(a), text(b))),
            ignore_case: f.ignore_case,
            product: text(f.product),
            line: f.line,
        });
        Outline {
            kind: self.kind.unwrap_or(Kind::Facts),
            id: text(self.id),
            title: text(self.title),
            file: text(self.file),
            text: text(self.text),
            overrides: self.overrides,
            patterns: list(patterns.collect()),
            facts: list(facts.collect()),
            from: texts(self.from),
            derives: texts(self.derives),
            gives: texts(self.gives),
            record: text(self.record),
            found_in: texts(self.found_in),
            lost_on: list(self.lost_on.into_iter().map(|(a, b)| (text(a), text(b))).collect()),
            article: text(self.article),
            line: text(self.line),
            rows: text(self.rows),
            rows_at: self.rows_at,
            line_literals: clauses(&self.line_literals),
            line_runs: self.line_runs.map(runs),
        }
    }
}
