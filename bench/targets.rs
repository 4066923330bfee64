//! What bytes from outside can reach, as six functions over bytes: the fuzzer throws inputs at them, and `cargo test`
//! replays the inputs that once failed. Each checks what must hold of its answer and gives back a number that says what
//! kind of answer it was, so that the fuzzer keeps inputs that lead to new ones.

use faultbook::cli::investigate::Investigation;
use faultbook::cli::scan::Way;
use faultbook::cli::show;
use faultbook::library::Library;
use faultbook::library::outline::outline;
use faultbook::library::shelf::SourceFile;
use faultbook::library::shipped::{SHIPPED, Shipped};
use faultbook::model::article::Article;
use faultbook::render;
use faultbook::render::style::Paint;
use faultbook::source::{Chunks, Hint, Input, Limits, MemberName, Progress, Reason, Sink, walk};
use faultbook::text::clock::{self, Kind};
use faultbook::text::untrusted::{is_hidden, lossless};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::sync::OnceLock;

/// Names of the targets.
pub const TARGETS: [&str; 6] = ["lines", "match", "library", "archive", "markdown", "query"];

/// Runs one input; panics when something does not hold. `None`: there is no such target.
pub fn run(target: &str, bytes: &[u8]) -> Option<u64> {
    Some(match target {
        "lines" => lines(bytes),
        "match" => whole(bytes),
        "library" => library(bytes),
        "archive" => archive(bytes),
        "markdown" => markdown(bytes),
        "query" => query(bytes),
        _ => return None,
    })
}

/// Nothing that a terminal obeys.
pub fn is_tame(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || !(c.is_control() || is_hidden(c)))
}

fn number(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// The shipped library, once.
pub fn shipped() -> &'static Library {
    static CELL: OnceLock<Library> = OnceLock::new();
    CELL.get_or_init(|| Library::load(SHIPPED, &[]))
}

/// Bytes into lines, and every stamp in them.
fn lines(bytes: &[u8]) -> u64 {
    // The first two bytes choose sizes, so that seams fall everywhere.
    let (a, b) = (bytes.first().copied().unwrap_or(0) as usize, bytes.get(1).copied().unwrap_or(0) as usize);
    let limits = Limits { chunk: 1 + a, line_window: 16 + b, line_context: a / 2, line_overlap: b / 8, ..Limits::default() };
    let mut chunks = Chunks::new(bytes, &limits);
    let (mut next, mut pieces) = (0u64, 0u64);
    while let Some(chunk) = chunks.next() {
        let from = chunk.offset + chunk.proper.start as u64;
        assert!(chunk.proper.end <= chunk.text.len() && from <= next, "{from} behind {next}");
        let at = chunk.offset as usize;
        assert_eq!(chunk.text, &bytes[at..at + chunk.text.len()]);
        next = chunk.offset + chunk.proper.end as u64;
        pieces += 1;
    }
    assert_eq!((next, chunks.bytes()), (bytes.len() as u64, bytes.len() as u64));
    let ends = bytes.iter().filter(|b| **b == b'\n').count() as u64;
    assert_eq!(chunks.lines(), ends + u64::from(bytes.last().is_some_and(|b| *b != b'\n')));
    let mut kinds = Vec::new();
    let mut before = clock::Time::default();
    for line in lossless(bytes).split('\n').take(64) {
        let words: Vec<&str> = line.split(' ').take(24).collect();
        for at in 0..words.len() {
            for many in 1..=4.min(words.len() - at) {
                let text = words[at..at + many].join(" ");
                for kind in [Kind::Syslog, Kind::Iso, Kind::Epoch, Kind::Uptime, Kind::Micros] {
                    let Some(read) = clock::read(kind, &text) else { continue };
                    let shown = read.time.to_string();
                    assert!(is_tame(&shown));
                    assert_eq!(clock::parse_display(&shown), Some(read.time), "{shown}");
                    let order = read.time.order(&before);
                    assert_eq!(before.order(&read.time), order.map(std::cmp::Ordering::reverse));
                    let _ = (read.time.since(&before), read.time.with_year_hint(&before).to_string(), clock::clock_step(&before, &read.time));
                    before = read.time;
                    kinds.push((kind, read.time.is_known(), order));
                }
            }
        }
        let envelope = short().observer.envelopes.read(line.as_bytes());
        assert!(envelope.text.end <= line.len());
        kinds.truncate(12);
        pieces ^= number(envelope.format) >> 1;
    }
    number((kinds, pieces))
}

thread_local! {
    static SHORT: &'static Investigation<'static> = Box::leak(Box::new(Investigation::new(shipped(), 1)));
    static WIDE: &'static Investigation<'static> = Box::leak(Box::new(Investigation::new(shipped(), usize::MAX)));
}

fn short() -> &'static Investigation<'static> {
    SHORT.with(|s| *s)
}

/// A text as a paste and as a member of a scan, up to what is printed.
fn whole(bytes: &[u8]) -> u64 {
    let mut paste = short().clone();
    paste.paste("paste-1", bytes);
    let mut scan = WIDE.with(|w| (*w).clone());
    let inputs = [Input::Bytes("var/log/vmkernel.log".into(), bytes.to_vec())];
    scan.walk(&inputs, &Way { jobs: 1, chunk: 4_096, ..Way::default() }, &Progress::default(), &mut || {});
    let mut found = Vec::new();
    for seen in [&paste, &scan] {
        let answer = seen.answer();
        found.extend(answer.conclusion.findings.iter().map(|f| f.signature.to_string()));
        let text = render::text::answer(&answer, shipped(), Paint::plain(80));
        assert!(is_tame(&text), "{text:?}");
        let json = render::json::answer(&answer, shipped()).to_string();
        assert!(json.starts_with('{'));
    }
    number(found)
}

/// A library file of any kind: read, compiled, linted, checked.
fn library(bytes: &[u8]) -> u64 {
    const KINDS: [&str; 6] =
        ["signatures/x/x.yaml", "signatures/steps/x.yaml", "signatures/formats/x.yaml", "signatures/tables/x.yaml", "signatures/facts/x.yaml", "kb/x/x.md"];
    let Ok(text) = std::str::from_utf8(bytes) else { return 0 };
    let Some(kind) = text.chars().next() else { return 0 };
    let text = &text[kind.len_utf8()..];
    // The name of a file is its id.
    let id: String = text.lines().find_map(|l| l.strip_prefix("id: ")).unwrap_or("x").chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let path = KINDS[kind as usize % KINDS.len()].replace("x.", &format!("{id}."));
    // An outline is kept for good once it is on a shelf, so only what has one goes on.
    let problems = match outline(&path, &path, text) {
        Err(problems) => problems,
        Ok(None) => Vec::new(),
        Ok(Some(_)) => {
            let file = SourceFile { path: path.clone(), shown: path.clone(), text: Ok(text.to_string()) };
            let library = Library::load(Shipped::NONE, &[file]);
            faultbook::check::check(&library, &|_| true, 1, &Default::default).problems
        }
    };
    for p in &problems {
        assert!(is_tame(&p.to_string()), "{p:?}");
        assert!(p.file == path && p.say.len() < 64 << 10, "{p:?}");
    }
    number(problems.iter().map(|p| p.code).collect::<std::collections::BTreeSet<_>>())
}

#[derive(Default)]
struct Count {
    bytes: u64,
    said: Vec<String>,
}

impl Sink for Count {
    fn member(&mut self, name: &MemberName, _: Hint, data: &mut dyn Read) {
        assert!(is_tame(name.as_str()), "{name}");
        self.bytes += std::io::copy(data, &mut std::io::sink()).expect("data never fails");
        self.said.push("member".into());
    }

    fn skipped(&mut self, name: &MemberName, reason: &Reason) {
        let said = reason.to_string();
        assert!(is_tame(name.as_str()) && is_tame(&said), "{name} {said}");
        self.said.push(said.chars().filter(|c| !c.is_ascii_digit()).take(24).collect());
    }
}

/// An archive of any kind, walked over.
fn archive(bytes: &[u8]) -> u64 {
    let limits = Limits { ratio_after: 1 << 20, skip_out: 4 << 20, total_out: 16 << 20, members: 1_000, ..Limits::default() };
    let mut count = Count::default();
    walk(&[Input::Bytes("x".into(), bytes.to_vec())], &limits, &mut count);
    // What comes out of a decoder in one go may go beyond the bound once.
    assert!(count.bytes <= 17 << 20 && count.said.len() <= 2_100, "{} bytes, {} things", count.bytes, count.said.len());
    count.said.dedup();
    number(count.said)
}

/// An article: its front matter, its form, and as it is printed.
fn markdown(bytes: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(bytes);
    let (article, problems) = Article::read("kb/x/x.md", &text);
    assert!(problems.iter().all(|p| is_tame(&p.to_string())));
    if let Some(article) = &article {
        for title in ["Symptoms", "Causes", "Fix", "Checks"] {
            let _ = (article.part(title).map(str::len), article.under("Causes").count(), article.cause(title));
        }
    }
    for width in [40, 100] {
        let out = render::article(&text, Paint::plain(width));
        assert!(is_tame(&out), "{out:?}");
        // Raw text is bounded by what came in: no construct multiplies it.
        assert!(out.len() <= 64 * text.len() + 4_096, "{} from {}", out.len(), text.len());
    }
    number((problems.iter().map(|p| p.code).collect::<Vec<_>>(), article.map(|a| (a.sections.len(), a.plans.len(), a.logs.len()))))
}

/// A free text as a query.
fn query(bytes: &[u8]) -> u64 {
    let hits = show::found(shipped(), &lossless(bytes), 5);
    assert!(hits.len() <= 5 && hits.iter().all(|h| h.score.is_finite()));
    number(hits.first().map(|h| h.id.clone()))
}
