//! All knowledge, immutable, shared between threads. A file is parsed and compiled when something in it is first
//! needed: at start only outlines exist.

pub mod clauses;
pub mod coded;
pub mod compile;
pub mod compile_table;
pub mod declared;
pub mod gate;
pub mod lint;
pub mod lint_table;
pub mod literals;
pub mod loose;
pub mod names;
pub mod outline;
pub mod pattern;
pub mod rows;
pub mod runs;
pub mod shelf;
pub mod shipped;
pub mod table;
pub mod types;

use crate::facts::decl::{FactDecl, Kind as FactKind, Name, Rewrite};
use crate::facts::scope::Looked;
use crate::facts::unit::Unit;
use crate::facts::value::Value;
use crate::facts::view::{Derive, Knowledge};
use crate::model::article::Article;
use crate::problem::Problem;
use crate::text::place::Place;
use declared::Declared;
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use outline::{FactOutline, Kind, Outline, Role};
use pattern::Pattern;
use shelf::{Shelf, Shelved, SourceFile, Threads};
use shipped::Shipped;
use std::sync::OnceLock;
use types::{Format, Signature, Step, Table};

/// A file of the library once it was needed.
#[derive(Debug)]
enum Compiled {
    Signature(Box<Signature>),
    Step(Box<Step>),
    Format(Box<Format>),
    Table(Box<Table>),
    Article(Box<Article>),
    Facts,
    Broken,
}

/// An entry of the library.
#[derive(Debug)]
pub struct Entry {
    /// What is known of it without parsing it.
    pub outline: &'static Outline,
    /// It belongs to the shipped library.
    pub shipped: bool,
    /// Numbers of its patterns in [`Library::patterns`].
    pub patterns: std::ops::Range<usize>,
    cell: OnceLock<Box<(Compiled, Vec<Problem>)>>,
}

/// Files that are examined for all that may be wrong with them, beyond what is needed to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Examined {
    /// The user's and the shipped ones, as `check` does.
    All,
    /// The user's.
    Own,
    /// None: nobody would be told.
    None,
}

/// The library.
#[derive(Debug)]
pub struct Library {
    entries: Vec<Entry>,
    shipped: &'static Shipped,
    /// Places of the user's.
    ids: HashMap<(Kind, &'static str), usize>,
    patterns: Vec<Pattern>,
    facts: Declared,
    derived_in: HashMap<&'static str, (Vec<usize>, OnceLock<Vec<Derive>>)>,
    lost_on: HashMap<&'static str, Vec<&'static str>>,
    /// Facts that others are about.
    keys: HashSet<&'static str>,
    /// Beginnings of the names of facts, up to a dot.
    beginnings: OnceLock<HashSet<&'static str>>,
    /// Which files are examined when they are compiled.
    pub examined: Examined,
    /// What was wrong with the files as they were loaded.
    pub problems: Vec<Problem>,
}

impl Library {
    /// The shipped library with a user's files on top. All problems are in `problems`; what is broken is left out.
    pub fn load(shipped: &'static Shipped, files: &[SourceFile]) -> Library {
        Self::load_on(&|| 1, shipped, files)
    }

    /// The same, with files read by so many threads.
    pub fn load_on(threads: Threads<'_>, shipped: &'static Shipped, files: &[SourceFile]) -> Library {
        let Shelf { entries: shelf, ids, problems } = shelf::fill(threads, shipped, files);
        let mut library = Library {
            entries: Vec::with_capacity(shelf.len()),
            shipped,
            ids,
            patterns: Vec::with_capacity(shelf.iter().map(|s| s.outline.patterns.len()).sum()),
            facts: Declared::new(shipped, (0..shipped.outlines.len()).filter(|i| !shelf[*i].shipped).collect()),
            derived_in: HashMap::new(),
            lost_on: HashMap::new(),
            keys: HashSet::new(),
            beginnings: OnceLock::new(),
            examined: Examined::Own,
            problems: Vec::new(),
        };
        for Shelved { outline, shipped } in shelf {
            library.put(outline, shipped);
        }
        library.problems.extend(problems);
        library
    }

    fn put(&mut self, outline: &'static Outline, shipped: bool) {
        let number = self.entries.len();
        let first = self.patterns.len();
        self.patterns.extend(outline.patterns.iter().enumerate().map(|(i, p)| Pattern::new(number, i, p)));
        for fact in outline.facts {
            self.keys.extend(fact.about.iter().filter(|a| !matches!(**a, "host" | "case")));
            let known = if shipped { Ok(()) } else { self.facts.add(number, fact) };
            if let Err(other) = known {
                let say = format!("the fact `{}` is also declared in {}", fact.name, self.entries[other].outline.file);
                let place = Place { line: fact.line, col: 1, ..Place::default() };
                self.problems.push(Problem::new(outline.file, place, "same-fact", say).hint("declare it once").excerpt_from(outline.text));
            }
        }
        for name in outline.derives {
            self.derived_in.entry(name).or_default().0.push(number);
        }
        for (event, fact) in outline.lost_on {
            self.lost_on.entry(fact).or_default().push(event);
        }
        self.entries.push(Entry { outline, shipped, patterns: first..self.patterns.len(), cell: OnceLock::new() });
    }

    /// All entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Entries of a kind, sorted by id.
    pub fn of_kind(&self, kind: Kind) -> Vec<&Entry> {
        let mut all: Vec<&Entry> = self.entries.iter().filter(|e| e.outline.kind == kind).collect();
        all.sort_by_key(|e| e.outline.id);
        all
    }

    /// All patterns; their place here is their number.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Patterns by which tables find their codes in a line (`SeenAs`) or in what a person types (`AskedAs`).
    pub fn code_patterns(&self, role: Role) -> impl Iterator<Item = &Pattern> {
        let tables = self.entries.iter().filter(|e| e.outline.kind == Kind::Table);
        tables.flat_map(|e| &self.patterns[e.patterns.clone()]).filter(move |p| p.role() == role)
    }

    /// The pattern of an entry with this ordinal.
    pub fn pattern(&self, entry: usize, ordinal: usize) -> &Pattern {
        &self.patterns[self.entries[entry].patterns.start + ordinal]
    }

    /// The entry of that kind and id.
    pub fn entry(&self, kind: Kind, id: &str) -> Option<&Entry> {
        self.number(kind, id).map(|n| &self.entries[n])
    }

    /// Its number.
    pub fn number(&self, kind: Kind, id: &str) -> Option<usize> {
        // Keys live as long as the program; a lookup needs no more than the text.
        self.shipped.number(kind, id).or_else(|| self.ids.get(&(kind, id) as &(Kind, &str)).copied())
    }

    fn compiled(&self, number: usize) -> &(Compiled, Vec<Problem>) {
        self.entries[number].cell.get_or_init(|| Box::new(compile::entry(self, &self.entries[number])))
    }

    /// Compiles an entry and gives what is wrong with it.
    pub fn problems_of(&self, number: usize) -> &[Problem] {
        &self.compiled(number).1
    }

    /// The signature of an entry.
    pub fn signature_at(&self, number: usize) -> Option<&Signature> {
        match &self.compiled(number).0 {
            Compiled::Signature(s) => Some(s),
            _ => None,
        }
    }

    /// The signature of that id.
    pub fn signature(&self, id: &str) -> Option<&Signature> {
        self.signature_at(self.number(Kind::Signature, id)?)
    }

    /// The step of an entry.
    pub fn step_at(&self, number: usize) -> Option<&Step> {
        match &self.compiled(number).0 {
            Compiled::Step(s) => Some(s),
            _ => None,
        }
    }

    /// The step of that id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.step_at(self.number(Kind::Step, id)?)
    }

    /// The format of an entry.
    pub fn format_at(&self, number: usize) -> Option<&Format> {
        match &self.compiled(number).0 {
            Compiled::Format(f) => Some(f),
            _ => None,
        }
    }

    /// The table of an entry.
    pub fn table_at(&self, number: usize) -> Option<&Table> {
        match &self.compiled(number).0 {
            Compiled::Table(t) => Some(t),
            _ => None,
        }
    }

    /// The table of that id.
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.table_at(self.number(Kind::Table, id)?)
    }

    /// The article of that id.
    pub fn article(&self, id: &str) -> Option<&Article> {
        match &self.compiled(self.number(Kind::Article, id)?).0 {
            Compiled::Article(a) => Some(a),
            _ => None,
        }
    }

    /// Whether some fact is about this one.
    pub fn is_key(&self, name: &str) -> bool {
        self.keys.contains(name)
    }

    /// Whether the name of a fact goes on behind this and a dot.
    pub fn is_beginning(&self, name: &str) -> bool {
        self.beginnings.get_or_init(|| self.facts.names().flat_map(|name| name.match_indices('.').map(|(dot, _)| &name[..dot])).collect()).contains(name)
    }

    /// Names of all facts.
    pub fn fact_names(&self) -> impl Iterator<Item = &'static str> {
        self.facts.names()
    }

    /// Entries that declare or derive or look for records: used by lints.
    pub fn number_of_record(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|e| e.outline.kind == Kind::Format && e.outline.record == name)
    }

    /// Patterns that start something when they are seen: all but those that are used only inside a record or a block.
    /// `paste`: also the lines of output that hold no literal; in a scan of logs they would be tried on every line.
    pub fn triggers(&self, paste: bool) -> impl Iterator<Item = (usize, &Pattern)> {
        self.patterns.iter().enumerate().filter(move |(_, p)| {
            let outline = self.entries[p.entry].outline;
            let bare = p.outline.literals.is_empty();
            match p.role() {
                Role::RecordAny | Role::RecordAll | Role::SeenAs | Role::AskedAs => false,
                Role::LooksLike => paste || !bare,
                // A step that nothing recognises is answered by a person.
                Role::StepLine => (paste || !bare) && outline.is_recognised(),
                Role::StepBlock => !bare && outline.is_recognised() && outline.patterns.iter().any(|q| q.role == Role::StepLine),
                _ => true,
            }
        })
    }

    /// A stable number of what the library says, for saved cases.
    pub fn fingerprint(&self) -> u64 {
        // FNV-1a: not for secrets, only to tell one library from another.
        let mut all: Vec<(Kind, &str, &str)> = self.entries.iter().map(|e| (e.outline.kind, e.outline.id, e.outline.text)).collect();
        all.sort();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in all.iter().flat_map(|(_, id, text)| id.bytes().chain(text.bytes())) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
        hash
    }
}

/// The declaration that an outline holds; what is wrong with it is said by `compile`.
pub fn declaration(f: &FactOutline) -> FactDecl {
    let kind = FactKind::named(f.kind).unwrap_or(FactKind::Text);
    let plain = FactDecl::plain(f.name, kind, f.say);
    FactDecl {
        unit: Unit::named(f.unit).unwrap_or(plain.unit),
        about: f.about.iter().filter(|a| !matches!(**a, "host" | "case")).map(|a| Name::from(*a)).collect(),
        of_case: f.about.contains(&"case"),
        rewrite: f.rewrite.map(|(pattern, to)| Rewrite::new(pattern, to)),
        ignore_case: f.ignore_case,
        product: (!f.product.is_empty()).then(|| f.product.to_string()),
        ..plain
    }
}

impl Knowledge for Library {
    fn decl(&self, name: &str) -> Option<&FactDecl> {
        self.facts.get(name)
    }

    fn derives(&self, name: &str) -> &[Derive] {
        let Some((files, cell)) = self.derived_in.get(name) else { return &[] };
        cell.get_or_init(|| {
            let mut out = Vec::new();
            for number in files {
                let ways = match &self.compiled(*number).0 {
                    Compiled::Signature(s) => &s.derives,
                    Compiled::Step(s) => &s.derives,
                    _ => continue,
                };
                out.extend(ways.iter().filter(|(n, _)| &**n == name).map(|(_, d)| d.clone()));
            }
            out
        })
    }

    fn is_lost_on(&self, name: &str, event: &str) -> bool {
        self.lost_on.get(name).is_some_and(|events| events.contains(&event))
    }

    fn lookup(&self, table: &str, keys: &[Option<Value>], column: &str) -> Looked {
        self.look(table, keys, column, 0)
    }

    fn lookup_bits(&self, table: &str, keys: &[Option<Value>], column: &str) -> Looked {
        self.look_bits(table, keys, column)
    }
}
