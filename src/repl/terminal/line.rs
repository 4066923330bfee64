//! A terminal with a person at it: a line editor with completion, hints and a history, behind a door that takes pastes
//! whole. Where there is no such terminal this refuses, and the plain one is used.

#[cfg(unix)]
use super::door::{Arrival, Door, Part};
use super::{Input, Offer, Terminal, Words, unix_lines};
use crate::repl::history::History;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::{Config, Context, Editor, Helper, Validator};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, Write};

/// A single line that is longer than this was pasted and not typed.
#[cfg(unix)]
const TYPED: usize = 1_000;

/// What completes and hints.
#[derive(Helper, Validator)]
struct Help {
    words: Words,
    dim: bool,
}

/// A person's terminal.
pub struct Line {
    editor: Editor<Help, MemHistory>,
    history: History,
    /// What came in a burst and was not used yet.
    queue: VecDeque<Input>,
    /// What the next line begins with.
    begun: String,
    #[cfg(unix)]
    door: Door,
}

impl Line {
    /// The editor, when the terminal can do it.
    pub fn open(color: bool) -> Option<Line> {
        use std::io::IsTerminal;
        let dumb = std::env::var("TERM").is_ok_and(|t| matches!(t.as_str(), "dumb" | "cons25" | "emacs"));
        if dumb || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return None;
        }
        let config = Config::builder().history_ignore_space(true).auto_add_history(false).max_history_size(1_000).ok()?.build();
        let mut editor = Editor::with_history(config.clone(), MemHistory::with_config(&config)).ok()?;
        editor.set_helper(Some(Help { words: Words::default(), dim: color }));
        let history = History::open();
        for line in history.lines() {
            let _ = editor.add_history_entry(line);
        }
        Some(Line {
            editor,
            history,
            queue: VecDeque::new(),
            begun: String::new(),
            #[cfg(unix)]
            door: Door::open()?,
        })
    }

    fn edit(&mut self, prompt: &str) -> io::Result<Input> {
        let begun = std::mem::take(&mut self.begun);
        match self.editor.readline_with_initial(prompt, (&begun, "")) {
            // The terminal marked a paste inside the line that was being typed.
            Ok(line) if line.contains('\n') => Ok(Input::Text { bytes: line.into_bytes(), cut: false }),
            Ok(line) => Ok(Input::Line(line.into_bytes())),
            Err(ReadlineError::Interrupted) => Ok(Input::Interrupt),
            Err(ReadlineError::Eof) => Ok(Input::End),
            #[cfg(unix)]
            Err(ReadlineError::Signal(_)) => Ok(Input::Line(Vec::new())),
            Err(ReadlineError::Io(e)) if e.kind() == io::ErrorKind::InvalidData => Ok(Input::Line(Vec::new())),
            Err(ReadlineError::Io(e)) => Err(e),
            Err(e) => Err(io::Error::other(e.to_string())),
        }
    }

    /// What a burst means: a text, lines that were typed ahead, or the begin of a line.
    #[cfg(unix)]
    fn take(&mut self, parts: Vec<Part>, cut: bool, offer: &Offer<'_>) {
        for part in parts {
            match part {
                Part::Pasted(bytes) => {
                    let bytes = unix_lines(bytes);
                    if is_typed(&bytes) {
                        // One line without its end: it can be looked at, and Enter takes it.
                        self.begun.push_str(&String::from_utf8_lossy(&bytes));
                        continue;
                    }
                    let mut text = std::mem::take(&mut self.begun).into_bytes();
                    text.extend(bytes);
                    self.queue.push_back(Input::Text { bytes: text, cut });
                }
                Part::Bare(bytes) => self.typed_ahead(unix_lines(bytes), cut, offer),
            }
        }
    }

    /// Lines that nobody marked as pasted are read as on a pipe: commands are commands, and what is none and follows
    /// each other is one text.
    #[cfg(unix)]
    fn typed_ahead(&mut self, bytes: Vec<u8>, cut: bool, offer: &Offer<'_>) {
        let mut text: Vec<&[u8]> = Vec::new();
        let mut in_block = false;
        let whole = bytes.ends_with(b"\n");
        let mut lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
        let tail = lines.pop().filter(|t| !whole && !t.is_empty());
        for line in lines {
            let said = std::str::from_utf8(line).unwrap_or("\n");
            if in_block && line.trim_ascii() == b"." {
                self.flush(&mut text, cut, offer);
                self.queue.push_back(Input::Line(b".".to_vec()));
                in_block = false;
            } else if in_block {
                text.push(line);
            } else if (offer.is_command)(said) || (text.is_empty() && ((offer.is_answer)(said) || said.trim().is_empty())) {
                self.flush(&mut text, cut, offer);
                let begun = std::mem::take(&mut self.begun);
                if !said.trim().is_empty() {
                    say(&format!("{}{begun}{said}\n", offer.prompt));
                    self.queue.push_back(Input::Line(format!("{begun}{said}").into_bytes()));
                }
                in_block = said.trim() == "paste";
            } else {
                text.push(line);
            }
        }
        match tail {
            // Whatever was begun before Ctrl-C is given up with it.
            Some([.., 0x03]) => self.queue.push_back(Input::Interrupt),
            Some([0x04]) => self.queue.push_back(Input::End),
            Some(t) if text.is_empty() && !in_block && is_typed(t) => self.begun.push_str(&String::from_utf8_lossy(t)),
            // Keys that move something (arrows that were held down) are no text.
            Some(t) if text.is_empty() && !in_block && t.contains(&0x1b) => {}
            Some(t) => text.push(t),
            None => {}
        }
        self.flush(&mut text, cut, offer);
    }

    #[cfg(unix)]
    fn flush(&mut self, text: &mut Vec<&[u8]>, cut: bool, offer: &Offer<'_>) {
        let begun = std::mem::take(&mut self.begun);
        match text.as_slice() {
            [] => self.begun = begun,
            [one] if is_typed(one) => {
                let line = format!("{begun}{}", String::from_utf8_lossy(one));
                say(&format!("{}{line}\n", offer.prompt));
                self.queue.push_back(Input::Line(line.into_bytes()));
            }
            all => {
                let mut bytes = begun.into_bytes();
                bytes.extend(all.join(&b'\n'));
                self.queue.push_back(Input::Text { bytes, cut });
            }
        }
        text.clear();
    }
}

/// A line that a person could have typed.
#[cfg(unix)]
fn is_typed(line: &[u8]) -> bool {
    line.len() < TYPED && line.iter().all(|c| *c >= b' ' && *c != 0x7f) && std::str::from_utf8(line).is_ok()
}

impl Terminal for Line {
    #[cfg(unix)]
    fn read(&mut self, offer: &Offer<'_>) -> io::Result<Input> {
        if let Some(help) = self.editor.helper_mut() {
            help.words = offer.words.clone();
        }
        loop {
            if let Some(input) = self.queue.pop_front() {
                return Ok(input);
            }
            if !self.begun.is_empty() {
                return self.edit(offer.prompt);
            }
            match self.door.wait(offer.prompt)? {
                Arrival::Closed => return Ok(Input::End),
                Arrival::Keys => {
                    say("\r");
                    return self.edit(offer.prompt);
                }
                Arrival::Burst { parts, cut } => {
                    say("\r\x1b[K");
                    self.take(parts, cut, offer);
                }
            }
        }
    }

    #[cfg(not(unix))]
    fn read(&mut self, offer: &Offer<'_>) -> io::Result<Input> {
        if let Some(help) = self.editor.helper_mut() {
            help.words = offer.words.clone();
        }
        match self.queue.pop_front() {
            Some(input) => Ok(input),
            None => self.edit(offer.prompt),
        }
    }

    #[cfg(unix)]
    fn block(&mut self) -> io::Result<Input> {
        // What was typed ahead behind `paste` belongs to it.
        let mut before: Vec<u8> = Vec::new();
        while let Some(input) = self.queue.pop_front() {
            match input {
                Input::Line(l) if l.trim_ascii() == b"." => return Ok(Input::Text { bytes: before, cut: false }),
                Input::Line(l) => {
                    before.extend(l);
                    before.push(b'\n');
                }
                Input::Text { bytes, .. } => before.extend(bytes),
                Input::Interrupt | Input::End => break,
            }
        }
        Ok(match self.door.block()? {
            Some((bytes, cut)) => {
                before.extend(bytes);
                Input::Text { bytes: before, cut }
            }
            None => Input::Interrupt,
        })
    }

    #[cfg(not(unix))]
    fn block(&mut self) -> io::Result<Input> {
        super::plain::Plain::new(io::stdin().lock()).block()
    }

    fn is_person(&self) -> bool {
        true
    }

    fn remember(&mut self, command: &str) {
        if self.history.keep(command) {
            let _ = self.editor.add_history_entry(command);
        }
    }
}

fn say(text: &str) {
    let mut out = io::stdout().lock();
    // What came back from a terminal may hold anything.
    let shown: String = text.chars().map(|c| if c == '\u{1b}' || c == '\r' || c == '\n' || !c.is_control() { c } else { '?' }).collect();
    let _ = out.write_all(shown.as_bytes()).and_then(|()| out.flush());
}

impl Completer for Help {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let (from, found) = complete(&self.words, line.get(..at).unwrap_or(line));
        Ok((from, found))
    }
}

impl Hinter for Help {
    type Hint = String;

    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<String> {
        if at < line.len() || line.trim().is_empty() {
            return None;
        }
        let (from, found) = complete(&self.words, line);
        let rest = found.first()?.get(line.len() - from..)?;
        (!rest.is_empty() && line.len() > from).then(|| rest.to_string())
    }
}

impl Highlighter for Help {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.dim { Cow::Owned(format!("\x1b[2m{hint}\x1b[0m")) } else { Cow::Borrowed(hint) }
    }
}

/// Where the word at hand begins, and what it could become: a command or a choice at the begin of the line, behind it
/// an id, first those of this case.
fn complete(words: &Words, line: &str) -> (usize, Vec<String>) {
    let begins = |all: &[String], with: &str| -> Vec<String> {
        all.iter().filter(|w| w.len() >= with.len() && w.is_char_boundary(with.len()) && w[..with.len()].eq_ignore_ascii_case(with)).cloned().collect()
    };
    let first = begins(&words.commands, line).into_iter().chain(begins(&words.choices, line)).collect::<Vec<_>>();
    if !first.is_empty() {
        return (0, first);
    }
    let takes_id = ["why not ", "why ", "show ", "step "].iter().find(|c| line.get(..c.len()).is_some_and(|l| l.eq_ignore_ascii_case(c)));
    let Some(command) = takes_id else { return (0, Vec::new()) };
    let typed = &line[command.len()..];
    let mut found = begins(&words.own, typed);
    found.extend(begins(&words.ids, typed).into_iter().filter(|id| !words.own.contains(id)));
    (command.len(), found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        let own = |all: &[&str]| all.iter().map(|s| s.to_string()).collect();
        Words { commands: own(&["why", "why not", "show"]), ids: own(&["heap-full", "host-lost"]), own: own(&["host-lost"]), choices: own(&["yes, it is"]) }
    }

    #[test]
    fn ids_of_this_case_come_first() {
        assert_eq!(complete(&words(), "why not h"), (8, vec!["host-lost".to_string(), "heap-full".into()]));
        assert_eq!(complete(&words(), "sh"), (0, vec!["show".to_string()]));
        assert_eq!(complete(&words(), "YE"), (0, vec!["yes, it is".to_string()]));
        assert_eq!(complete(&words(), "Jul 26"), (0, vec![]));
    }
}
