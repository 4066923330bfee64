//! The walk: reads what comes, puts it into the session, says what changed, asks for the next thing. The only place of
//! the session that prints and that touches files.

use super::commands::{Command, FORMS, parse};
use super::session::{Outcome, Session, choice};
use super::talk;
use super::terminal::{Input, Offer, Terminal, Words};
use crate::case::journal::{Entry, Why, count, grouped};
use crate::case::summary::Summary;
use crate::cli::output::Output;
use crate::library::outline::Kind;
use crate::library::types::Parse;
use crate::source::save;
use crate::text::untrusted::{lossless, shown};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const PROMPT: &str = "faultbook> ";
/// A paste of more lines is told as a count, and so is one line that is longer.
const LONG_LINE: usize = 200;
/// Longest word that is taken for a mistyped command.
const MISTYPED: usize = 12;

/// A walk through a session.
pub struct Walk<'s, 'a> {
    pub session: Session<'a>,
    out: &'s mut Output,
    terminal: &'s mut dyn Terminal,
    /// Where the case is kept after every entry.
    file: Option<PathBuf>,
    /// Something was put in since the case was saved.
    unsaved: bool,
    /// Findings whose end was shown.
    ended: Vec<(String, String)>,
    words: Words,
}

impl<'s, 'a> Walk<'s, 'a> {
    /// A walk; with a file the case is saved after every entry.
    pub fn new(session: Session<'a>, out: &'s mut Output, terminal: &'s mut dyn Terminal, file: Option<PathBuf>) -> Self {
        let mut ids: Vec<String> = session.library.entries().iter().filter(|e| e.outline.kind != Kind::Facts).map(|e| e.outline.id.to_string()).collect();
        ids.sort();
        ids.dedup();
        let words = Words { commands: FORMS.iter().map(|f| f.name.to_string()).collect(), ids, ..Words::default() };
        Walk { session, out, terminal, file, unsaved: false, ended: Vec::new(), words }
    }

    /// Says what is known already and walks until somebody leaves.
    pub fn run(mut self) -> std::io::Result<Session<'a>> {
        self.begin();
        loop {
            if self.out.is_closed() {
                break;
            }
            match self.read()? {
                Input::End => break,
                Input::Interrupt => self.say("(Ctrl-C keeps the case; `quit` or Ctrl-D leaves)\n"),
                Input::Text { bytes, cut } => self.text(&bytes, cut),
                Input::Line(line) => {
                    if !self.line(&line)? {
                        break;
                    }
                }
            }
        }
        self.leave();
        Ok(self.session)
    }

    fn read(&mut self) -> std::io::Result<Input> {
        self.out.measure();
        self.offer_words();
        let session = &self.session;
        let asked = session.asked();
        let step = asked.as_ref().and_then(|a| session.library.step(&a.step.id));
        let consent = asked.as_ref().is_some_and(|a| a.needs_consent);
        let is_answer = |line: &str| (consent && consents(line).is_some()) || (!consent && step.is_some_and(|s| choice(&s.parse, line).is_some()));
        let offer = Offer { prompt: PROMPT, is_command: &|l| parse(l).is_some(), is_answer: &is_answer, words: &self.words };
        self.terminal.read(&offer)
    }

    fn offer_words(&mut self) {
        let mut own: Vec<String> = Vec::new();
        for f in &self.session.answer.conclusion.findings {
            own.push(f.signature.clone());
            own.extend(f.causes.iter().map(|c| c.id.clone()));
            own.extend(f.open.iter().map(|n| n.id.clone()));
        }
        own.dedup();
        self.words.own = own;
        self.words.choices = match self.session.asked().and_then(|a| self.session.library.step(&a.step.id)).map(|s| &s.parse) {
            Some(Parse::Choices(all)) => all.iter().map(|(w, _)| w.clone()).collect(),
            _ => Vec::new(),
        };
    }

    fn begin(&mut self) {
        let paint = self.out.paint;
        if self.session.journal.entries.is_empty() {
            self.say("faultbook: paste a log, an error, or the output of a command; `help` shows what else.\n");
            return;
        }
        for e in self.session.journal.entries.iter().filter(|e| !matches!(e, Entry::Note { .. })).map(Entry::words).collect::<Vec<_>>() {
            self.say(&format!("{}\n", paint.dim(format!("[{}]", shown(&e)))));
        }
        let mut text = talk::after(&self.session, &Summary::default(), paint);
        text.push_str(&talk::ends(&self.session, &mut self.ended, paint));
        text.push_str(&talk::next(&self.session, paint));
        self.say(&text);
    }

    /// One line that was typed. False: leave.
    fn line(&mut self, bytes: &[u8]) -> std::io::Result<bool> {
        let text = lossless(bytes).into_owned();
        if text.trim().is_empty() {
            return Ok(true);
        }
        let consent = self.session.asked().is_some_and(|a| a.needs_consent);
        if consent && let Some(answer) = consents(&text) {
            self.consented(answer);
            return Ok(true);
        }
        if !consent
            && let Some(step) = self.session.asked().and_then(|a| self.session.library.step(&a.step.id))
            && let Some(words) = choice(&step.parse, &text)
        {
            let entry = Entry::Answer { step: step.id.clone(), text: words };
            self.put(entry);
            return Ok(true);
        }
        if let Some(command) = parse(&text) {
            self.terminal.remember(text.trim());
            return self.command(command);
        }
        if let Some(hint) = mistyped(&text) {
            self.say(&format!("There is no such command; {hint}\n"));
            return Ok(true);
        }
        self.text(bytes, false);
        Ok(true)
    }

    /// A text: evidence, or the answer to the step at hand.
    fn text(&mut self, bytes: &[u8], cut: bool) {
        let text = lossless(bytes).into_owned();
        if text.trim().is_empty() {
            return;
        }
        let before = self.session.summary.clone();
        let long = text.contains('\n') || text.len() > LONG_LINE || !self.terminal.is_person();
        let size = if text.len() > LONG_LINE { format!(", {} bytes", grouped(text.len() as u64)) } else { String::new() };
        let lines = count(&text);
        let (entry, outcome) = self.session.put_text(text);
        let (name, pasted, answer) = match &entry {
            Entry::Answer { step, .. } => (format!("answer to {step}"), None, true),
            Entry::Paste { name, text } => (name.clone(), Some(text.as_str()), false),
            _ => (String::new(), None, false),
        };
        if long {
            let line = format!("[{name}: {lines}{size}]");
            self.say(&format!("{}\n", self.out.paint.dim(line)));
        }
        if cut {
            self.say("Only the first 64 MiB of it were taken; `load FILE` reads all.\n");
        }
        self.outcome(&before, &outcome, pasted, answer);
    }

    fn put(&mut self, entry: Entry) {
        let before = self.session.summary.clone();
        let answer = matches!(entry, Entry::Answer { .. });
        let outcome = self.session.put(entry);
        self.outcome(&before, &outcome, None, answer);
    }

    fn outcome(&mut self, before: &Summary, outcome: &Outcome, pasted: Option<&str>, answer: bool) {
        let paint = self.out.paint;
        let mut text = String::new();
        for (name, why) in &outcome.skipped {
            let _ = writeln!(text, "not read: {}: {}", shown(name), shown(why));
        }
        for remark in &outcome.remarks {
            let _ = writeln!(text, "{}", paint.wrap(&shown(remark), 0, 2));
        }
        text.push_str(&talk::after(&self.session, before, paint));
        if let Some(pasted) = pasted.filter(|_| outcome.unknown) {
            text.push_str(&talk::unknown(&self.session, pasted, paint));
        } else if answer && outcome.unknown {
            text.push_str("Nothing in this answer could be read, and nothing moved on it; `undo` takes it back.\n");
        }
        text.push_str(&talk::ends(&self.session, &mut self.ended, paint));
        // After a paste that nothing knows the same step would only push the answer off the screen.
        if !outcome.unknown || answer {
            text.push_str(&talk::next(&self.session, paint));
        }
        self.say(&text);
        self.kept();
    }

    /// Keeps the case where it is kept.
    fn kept(&mut self) {
        self.unsaved = true;
        if let Some(file) = self.file.clone()
            && let Err(why) = self.write(&file)
        {
            self.out.error(&format!("{}: {why}: the case is not saved", file.display()));
        }
    }

    fn write(&mut self, file: &Path) -> std::io::Result<()> {
        save::atomically(file, self.session.to_journal().to_yaml().as_bytes())?;
        self.unsaved = false;
        Ok(())
    }

    fn consented(&mut self, answer: Consent) {
        match answer {
            Consent::Yes | Consent::Always => {
                self.session.grant(answer == Consent::Always);
                let text = talk::next(&self.session, self.out.paint);
                self.say(&text);
            }
            Consent::No => {
                if let Some(step) = self.session.asked().map(|a| a.step.id.clone()) {
                    self.put(Entry::Declined { step, why: Why::Risk });
                }
            }
        }
    }

    fn command(&mut self, command: Command) -> std::io::Result<bool> {
        let paint = self.out.paint;
        let s = &self.session;
        let text = match command {
            Command::Quit => return Ok(false),
            Command::Help => talk::help(paint),
            Command::Next => talk::next(s, paint),
            Command::Steps => talk::steps(s, paint),
            Command::Why(id) => talk::why(s, id.as_deref(), paint),
            Command::WhyNot(id) => talk::why_not(s, &id, paint),
            Command::Causes => talk::causes(s, paint),
            Command::Facts => talk::facts(s, paint),
            Command::Timeline => talk::timeline(s, paint),
            Command::Plan => talk::plan(s, paint),
            Command::Show(id) => {
                crate::cli::show::show_in(s.library, &id, self.out);
                String::new()
            }
            Command::Search(words) => {
                let near = crate::cli::show::nearest(s.library, &words, 10);
                let lines: Vec<String> = near.iter().map(|r| format!("  {}  {}\n", paint.command(format!("show {}", r.id)), shown(&r.title))).collect();
                if lines.is_empty() { "Nothing in the library is near to that.\n".to_string() } else { lines.concat() }
            }
            Command::Decode(codes) => {
                let all: Vec<_> = crate::engine::asked::asked(s.library, &codes).into_iter().map(|c| crate::cli::investigate::shown_code(c, None)).collect();
                let mut text = String::new();
                crate::render::text::decoded(&mut text, &all, paint);
                if all.is_empty() { "No table knows such a code.\n".to_string() } else { text.trim_start().to_string() }
            }
            Command::Step(which) => {
                if self.session.choose(&which) {
                    talk::next(&self.session, paint)
                } else {
                    format!("No open step is called `{}`; `steps` lists them.\n", shown(&which))
                }
            }
            Command::Answer(text) => {
                self.answered(text);
                String::new()
            }
            Command::Decline(why) => {
                self.declined(why);
                String::new()
            }
            Command::Paste => return self.block(),
            Command::Load(path) => {
                self.load(&path);
                String::new()
            }
            Command::Collect(file) => {
                self.collect(file.as_deref());
                String::new()
            }
            Command::Undo => {
                self.undo();
                String::new()
            }
            Command::Note(text) => {
                self.session.put(Entry::Note { text });
                self.kept();
                "Noted.\n".to_string()
            }
            Command::Report(file) => {
                let text = talk::markdown(&self.session);
                match file {
                    Some(file) => self.written(&file, text.as_bytes(), "The report is not redacted: look through it before you pass it on."),
                    None => shown(&text),
                }
            }
            Command::Save(file) => self.save(file),
        };
        self.say(&text);
        Ok(true)
    }

    fn answered(&mut self, text: String) {
        let Some(id) = self.session.asked().map(|a| a.step.id.clone()) else { return self.say("No question is open.\n") };
        let words = self.session.library.step(&id).and_then(|s| choice(&s.parse, &text));
        self.put(Entry::Answer { step: id, text: words.unwrap_or(text) });
    }

    fn declined(&mut self, why: Why) {
        match self.session.asked().map(|a| a.step.id.clone()) {
            Some(step) => self.put(Entry::Declined { step, why }),
            None => self.say("No step is open.\n"),
        }
    }

    fn block(&mut self) -> std::io::Result<bool> {
        if self.terminal.is_person() {
            self.say("Lines are taken as they come; a line with only a dot ends, Ctrl-C gives up.\n");
        }
        match self.terminal.block()? {
            Input::Text { bytes, cut } if bytes.iter().any(|b| !b.is_ascii_whitespace()) => self.text(&bytes, cut),
            Input::Interrupt => self.say("Nothing was taken.\n"),
            _ => self.say("It was empty.\n"),
        }
        Ok(true)
    }

    fn load(&mut self, path: &str) {
        let before = self.session.summary.clone();
        let entries = self.session.journal.entries.len();
        let outcome = self.session.load(path);
        if self.session.journal.entries.len() == entries {
            let why = outcome.skipped.first().map_or("nothing in it could be read".to_string(), |(_, why)| why.clone());
            return self.say(&format!("{}: {}\n", shown(path), shown(&why)));
        }
        if let Some(entry) = self.session.journal.entries.last() {
            let line = format!("[{}]", shown(&entry.words()));
            self.say(&format!("{}\n", self.out.paint.dim(line)));
        }
        self.outcome(&before, &outcome, None, false);
        if outcome.unknown {
            self.say("Nothing in it is known to the library.\n");
        }
    }

    fn collect(&mut self, file: Option<&str>) {
        let script = talk::collect(&self.session);
        if script.steps == 0 {
            return self.say("No open step can be run as a command that only reads; `steps` lists what is open.\n");
        }
        let text = match file {
            None => script.text,
            Some(file) => self.written(file, script.text.as_bytes(), &format!("{} in it. Run it, and paste back all that it prints.", steps(script.steps))),
        };
        self.say(&text);
    }

    fn undo(&mut self) {
        let before = self.session.summary.clone();
        let Some(gone) = self.session.undo() else { return self.say("There is nothing to take back.\n") };
        let paint = self.out.paint;
        let mut text = format!("Taken back: {}\n", shown(&gone.words()));
        text.push_str(&talk::after(&self.session, &before, paint));
        text.push_str(&talk::ends(&self.session, &mut self.ended, paint));
        text.push_str(&talk::next(&self.session, paint));
        self.say(&text);
        self.kept();
    }

    fn save(&mut self, file: Option<String>) -> String {
        let Some(file) = file.map(PathBuf::from).or_else(|| self.file.clone()) else {
            return "Where to? `save FILE`\n".to_string();
        };
        match self.write(&file) {
            Ok(()) => {
                let text = format!("Saved: {}. It holds what was pasted, as it came: nothing is redacted.\n", shown(&file.display().to_string()));
                self.file = Some(file);
                text
            }
            Err(why) => format!("{}: {}: nothing was saved\n", shown(&file.display().to_string()), shown(&why.to_string())),
        }
    }

    fn written(&mut self, file: &str, bytes: &[u8], note: &str) -> String {
        match save::atomically(Path::new(file), bytes) {
            Ok(()) => format!("Written: {}. {note}\n", shown(file)),
            Err(why) => format!("{}: {}: nothing was written\n", shown(file), shown(&why.to_string())),
        }
    }

    fn leave(&mut self) {
        let mut text = talk::farewell(&self.session, self.out.paint);
        let entries = self.session.journal.entries.len();
        if let (Some(file), false) = (&self.file, self.unsaved) {
            let _ = writeln!(text, "The case is in {}.", shown(&file.display().to_string()));
        } else if entries > 0 && self.terminal.is_person() {
            let _ = writeln!(text, "This case was not saved.");
        }
        self.say(&text);
    }

    fn say(&mut self, text: &str) {
        if !text.is_empty() {
            self.out.talk(text);
        }
    }
}

fn steps(n: usize) -> String {
    if n == 1 { "1 step is".to_string() } else { format!("{n} steps are") }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Consent {
    Yes,
    Always,
    No,
}

/// The answer to whether a step that is not harmless is shown.
fn consents(line: &str) -> Option<Consent> {
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Some(Consent::Yes),
        "always" => Some(Consent::Always),
        "n" | "no" => Some(Consent::No),
        _ => None,
    }
}

/// A short word that is nearly a command.
fn mistyped(text: &str) -> Option<String> {
    let word = text.trim();
    let plain = word.len() <= MISTYPED && word.bytes().all(|b| b.is_ascii_lowercase() || b == b' ' || b == b'\'');
    let hint = if plain { crate::problem::did_you_mean(word, FORMS.iter().map(|f| f.name)) } else { String::new() };
    (!hint.is_empty()).then_some(hint)
}
