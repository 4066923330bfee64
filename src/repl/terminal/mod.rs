//! Where a session's words come from: a person at a terminal, or a pipe. Both give the same three things: a line that
//! was typed, a text that came at once, the end.

#[cfg(unix)]
mod door;
pub mod line;
pub mod plain;

use std::io;

/// Most bytes of one paste.
pub const MOST_PASTE: usize = 64 << 20;

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// One line, without its end.
    Line(Vec<u8>),
    /// Lines that came together. `cut`: more came than one paste may hold.
    Text { bytes: Vec<u8>, cut: bool },
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D, or the end of the pipe.
    End,
}

/// What a terminal must know of the session to part lines from texts, and to help with typing.
pub struct Offer<'a> {
    pub prompt: &'a str,
    /// Whether a line is a command, which ends a text on a pipe.
    pub is_command: &'a dyn Fn(&str) -> bool,
    /// Whether a line by itself answers the question at hand.
    pub is_answer: &'a dyn Fn(&str) -> bool,
    /// Words that can be completed.
    pub words: &'a Words,
}

/// Words that can be completed.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub commands: Vec<String>,
    /// Ids of the library, sorted.
    pub ids: Vec<String>,
    /// Ids that this case is about: findings, causes, open steps; offered before all others.
    pub own: Vec<String>,
    /// Answers to the question at hand.
    pub choices: Vec<String>,
}

/// Where words come from.
pub trait Terminal {
    /// The next line or text.
    fn read(&mut self, offer: &Offer<'_>) -> io::Result<Input>;
    /// Lines as they come until a line with only a dot, whatever they are. Ctrl-C gives the whole back.
    fn block(&mut self) -> io::Result<Input>;
    /// Whether a person sits there who can be told how to go on.
    fn is_person(&self) -> bool;
    /// A command that may go into the history.
    fn remember(&mut self, _command: &str) {}
}

/// Ends of lines as logs have them; a terminal sends `\r` for Enter.
pub(crate) fn unix_lines(bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.contains(&b'\r') {
        return bytes;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == b'\r' {
            out.push(b'\n');
            i += usize::from(bytes.get(i + 1) == Some(&b'\n'));
        } else {
            out.push(bytes[i]);
        }
        i += 1;
    }
    out
}
