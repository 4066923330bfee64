//! Input that is no terminal, or a terminal that can do nothing: lines, read as they come. Lines that are no commands
//! and follow each other are one text, so that a log and the output of a command stay whole in a script; a command, a
//! line with an answer, or the end closes it.

use super::{Input, MOST_PASTE, Offer, Terminal};
use std::io::{self, BufRead, Write};

/// Lines from anywhere.
pub struct Plain<R> {
    input: R,
    /// Somebody types: every line is taken at once, and a prompt is shown.
    person: bool,
    /// A line that ended a text and was not used yet.
    held: Option<Vec<u8>>,
    /// More came than one text may hold; what is left is its next part.
    over: bool,
}

impl<R: BufRead> Plain<R> {
    /// Reads a pipe or a file.
    pub fn new(input: R) -> Self {
        Plain { input, person: false, held: None, over: false }
    }

    /// Somebody types at a terminal without any abilities.
    pub fn typed(input: R) -> Self {
        Plain { person: true, ..Plain::new(input) }
    }

    /// The next line without its end; nothing at the end.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(held) = self.held.take() {
            return Ok(Some(held));
        }
        let mut line = Vec::new();
        // A line longer than a paste may be comes in parts; each is looked at.
        let read = io::Read::take(&mut self.input, MOST_PASTE as u64).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        while line.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
            line.pop();
        }
        Ok(Some(line))
    }

    fn text(&mut self, first: Vec<u8>, ends: &dyn Fn(&[u8]) -> bool) -> io::Result<Input> {
        let mut bytes = first;
        let mut cut = false;
        while let Some(line) = self.line()? {
            if ends(&line) {
                self.held = Some(line);
                break;
            }
            if bytes.len() + line.len() >= MOST_PASTE {
                self.held = Some(line);
                cut = true;
                break;
            }
            bytes.push(b'\n');
            bytes.extend(line);
        }
        self.over = cut;
        Ok(Input::Text { bytes, cut })
    }
}

impl<R: BufRead> Terminal for Plain<R> {
    fn read(&mut self, offer: &Offer<'_>) -> io::Result<Input> {
        if self.person {
            let mut out = io::stdout().lock();
            let _ = out.write_all(offer.prompt.as_bytes()).and_then(|()| out.flush());
        }
        let Some(line) = self.line()? else { return Ok(Input::End) };
        let word = |l: &[u8]| std::str::from_utf8(l).is_ok_and(|l| (offer.is_command)(l));
        let alone = line.iter().all(u8::is_ascii_whitespace) || word(&line) || std::str::from_utf8(&line).is_ok_and(|l| (offer.is_answer)(l));
        if alone || self.person {
            return Ok(Input::Line(line));
        }
        self.text(line, &word)
    }

    fn block(&mut self) -> io::Result<Input> {
        let mut bytes = Vec::new();
        let mut cut = false;
        loop {
            match self.line()? {
                None => break,
                Some(line) if line.trim_ascii() == b"." => break,
                // What does not fit is read and dropped, so that it is not taken for commands.
                Some(line) if cut || bytes.len() + line.len() >= MOST_PASTE => {
                    cut = true;
                    drop(line);
                }
                Some(line) => {
                    bytes.extend(line);
                    bytes.push(b'\n');
                }
            }
        }
        Ok(Input::Text { bytes, cut })
    }

    fn is_person(&self) -> bool {
        self.person
    }
}

#[cfg(test)]
mod tests {
    use super::super::Words;
    use super::*;

    fn all(input: &[u8]) -> Vec<Input> {
        let mut plain = Plain::new(input);
        let (words, mut out) = (Words::default(), Vec::new());
        let offer = Offer { prompt: "", is_command: &|l| matches!(l.trim(), "why" | "paste"), is_answer: &|l| l == "1", words: &words };
        loop {
            match plain.read(&offer).unwrap() {
                Input::End => return out,
                Input::Line(l) if l == b"paste" => out.push(plain.block().unwrap()),
                other => out.push(other),
            }
        }
    }

    fn text(t: &str) -> Input {
        Input::Text { bytes: t.as_bytes().to_vec(), cut: false }
    }

    fn line(t: &str) -> Input {
        Input::Line(t.as_bytes().to_vec())
    }

    #[test]
    fn lines_that_follow_each_other_are_one_text_until_a_command() {
        assert_eq!(all(b"1\none\r\n\n1\nwhy\ntwo"), [line("1"), text("one\n\n1"), line("why"), text("two")]);
        assert_eq!(all(b"paste\nwhy\n1\n.\nwhy\n"), [text("why\n1\n"), line("why")]);
        assert_eq!(all(b""), []);
    }
}
