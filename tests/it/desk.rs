//! A desk to investigate at: pastes and answers go in, findings, facts and reckonings come out. Through the public API
//! of the crate, as a front end would use it.

use faultbook::case::Case;
use faultbook::case::answer::Answered;
use faultbook::case::finding::{CauseState, Conclusion, Finding};
use faultbook::engine::matcher::Matcher;
use faultbook::engine::observe::Observer;
use faultbook::facts::expr::{Evaluated, Expr, Trace};
use faultbook::facts::scope::Scope;
use faultbook::facts::subject::Subject;
use faultbook::facts::view::{Knowledge, Memo, View};
use faultbook::library::Library;
use faultbook::library::outline::Kind;
use faultbook::library::shipped::SHIPPED;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};

/// The shipped library, once for all tests.
pub fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::load(SHIPPED, &[]))
}

/// A case at work.
pub struct Desk<'a> {
    library: &'a Library,
    observer: Observer<'a>,
    case: Case<'a>,
    pastes: usize,
}

impl Desk<'static> {
    /// With the shipped library.
    pub fn new() -> Desk<'static> {
        Desk::with(library())
    }
}

impl<'a> Desk<'a> {
    /// With a library.
    pub fn with(library: &'a Library) -> Desk<'a> {
        Desk { library, observer: Observer::new(library, Matcher::short(library)), case: Case::new(library), pastes: 0 }
    }

    /// A text that somebody pastes.
    pub fn paste(mut self, text: &str) -> Self {
        self.pastes += 1;
        let stream: Arc<str> = Arc::from(format!("paste{}", self.pastes));
        self.case.begin_stream(&stream);
        self.case.paste(&self.observer, &stream, text.as_bytes());
        self
    }

    /// An answer to a step; it must be understood.
    pub fn answer(mut self, step: &str, text: &str) -> Self {
        let answered = self.case.answer(&self.observer, step, text);
        assert!(matches!(answered, Answered::Read(n) if n > 0), "{step}: {answered:?}");
        self
    }

    /// What the case concludes.
    pub fn conclude(&self) -> Conclusion {
        self.case.conclude()
    }

    /// Ids of the findings above info, best first; one id once.
    pub fn faults(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for f in self.conclude().findings.iter().filter(|f| f.severity.word() != "info") {
            if !ids.contains(&f.signature) {
                ids.push(f.signature.clone());
            }
        }
        ids
    }

    /// A finding by its signature; it must be there.
    pub fn finding(&self, id: &str) -> Finding {
        self.conclude().findings.into_iter().find(|f| f.signature == id).unwrap_or_else(|| panic!("no finding `{id}`; there are {:?}", self.faults()))
    }

    /// A cause of a finding.
    pub fn cause(&self, finding: &str, cause: &str) -> CauseState {
        self.finding(finding).causes.into_iter().find(|c| c.id == cause).unwrap_or_else(|| panic!("`{finding}` has no cause `{cause}`"))
    }

    /// How a cause stands.
    pub fn standing(&self, finding: &str, cause: &str) -> &'static str {
        self.cause(finding, cause).standing.words()
    }

    /// What an expression comes to on the only host.
    pub fn reckon(&self, expression: &str) -> String {
        self.reckon_about(None, &[], expression)
    }

    /// What an expression comes to, seen from a host and from values of key facts.
    pub fn reckon_about(&self, host: Option<&str>, keys: &[(&str, &str)], expression: &str) -> String {
        let store = self.case.store.settled();
        let host = host.map(Arc::from).or_else(|| store.only_host().cloned());
        let mut subject = Subject::host(host);
        for (name, value) in keys {
            let decl = self.library.decl(name).unwrap_or_else(|| panic!("`{name}` is no fact"));
            subject = subject.with(&decl.name, decl.read(value, None).unwrap());
        }
        self.reckon_as(subject, expression)
    }

    fn reckon_as(&self, subject: Subject, expression: &str) -> String {
        let expr = Expr::parse(expression).unwrap_or_else(|m| panic!("`{expression}`: {}", m.say));
        for name in expr.names() {
            assert!(self.library.decl(&name).is_some(), "`{name}` is no fact");
        }
        let store = self.case.store.settled();
        let memo = Memo::default();
        let view = View::new(&store, self.library, &memo, subject);
        match expr.eval(&view, &mut Trace::default()) {
            Evaluated::Known(v) => v.to_string(),
            Evaluated::Unknown => "not known".into(),
            Evaluated::Broken(why) => panic!("`{expression}` is broken: {why}"),
        }
    }

    /// A fact as a finding sees it, that is with what its incident destroys left out.
    pub fn fact_of(&self, finding: &str, name: &str) -> String {
        let f = self.finding(finding);
        let signature = self.library.signature(&f.signature).unwrap();
        let store = self.case.store.settled();
        let memo = Memo::default();
        let view = View::new(&store, self.library, &memo, f.subject.clone()).ends_in(signature.ends_in.as_deref());
        view.latest(&self.library.decl(name).unwrap().name).unwrap().map_or("not known".into(), |s| s.value.to_string())
    }

    /// All contradictions that were found, in words.
    pub fn contradictions(&self) -> Vec<String> {
        let conclusion = self.conclude();
        let mut all: Vec<String> =
            conclusion.findings.iter().flat_map(|f| &f.contradictions).chain(&conclusion.contradictions).map(|c| c.say.clone()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Steps whose output was recognised, each once.
    pub fn recognised(&self) -> Vec<String> {
        let mut steps: Vec<String> = self.case.outputs.iter().map(|o| self.library.entries()[o.step].outline.id.to_string()).collect();
        steps.sort();
        steps.dedup();
        steps
    }
}

/// The text of an article.
pub fn article(id: &str) -> String {
    let article = library().article(id).unwrap_or_else(|| panic!("no article `{id}`"));
    article.source.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Actions of an article's plan for a cause, as risk words and text.
pub fn plan(id: &str, cause: &str) -> Vec<(String, String)> {
    let article = library().article(id).unwrap_or_else(|| panic!("no article `{id}`"));
    let plan = article.plan(cause).unwrap_or_else(|| panic!("no plan `{cause}` in `{id}`"));
    plan.actions.iter().map(|a| (a.risk.word().to_string(), a.text.split_whitespace().collect::<Vec<_>>().join(" "))).collect()
}

/// What a table says; it must say something.
pub fn cell(table: &str, key: &str, column: &str) -> String {
    let number = library().number(Kind::Table, table).unwrap_or_else(|| panic!("no table `{table}`"));
    assert!(library().problems_of(number).is_empty());
    Desk::new().reckon(&format!("{key} | lookup('{table}', '{column}')"))
}

/// The binary with these arguments and this input: exit code and standard output, blanks folded to one.
pub fn faultbook(arguments: &[&str], input: &str) -> (i32, String) {
    let nowhere = std::env::temp_dir().join("faultbook-tests-no-such-home");
    let mut child = Command::new(env!("CARGO_BIN_EXE_faultbook"))
        .args(arguments)
        .env("HOME", &nowhere)
        .env("XDG_DATA_HOME", &nowhere)
        .env_remove("FAULTBOOK_LIBRARY")
        .env("COLUMNS", "160")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), text.split_whitespace().collect::<Vec<_>>().join(" "))
}
