//! Stands between the keyboard and the line editor. The editor is right for keys, but what comes in a burst (a paste, an
//! old terminal that cannot mark one, `expect`) it would echo whole, thin out and partly lose: so a burst is read here,
//! to the byte and without an echo, and only keys are left to the editor. While the door is open Ctrl-C is a key like
//! any other, so that it cannot kill a session between two prompts.

use super::MOST_PASTE;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use std::io::{self, Stdin, Write};

/// No key sends as many bytes at once.
const BURST: u64 = 9;
/// How long the bytes of one key, or the begin of a burst, take to arrive.
const SETTLE: i64 = 12;
/// A burst is over when nothing came for so long; longer while its mark is open or its last line has no end.
const QUIET: i64 = 60;
const UNFINISHED: i64 = 250;
const OPEN_MARK: i64 = 3_000;

const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// A part of what came in a burst.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Came by itself: typed ahead, or pasted by a terminal that does not mark pastes.
    Bare(Vec<u8>),
    /// The terminal says that it was pasted.
    Pasted(Vec<u8>),
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Keys, still unread.
    Keys,
    /// A burst. `cut`: more came than one paste may hold.
    Burst { parts: Vec<Part>, cut: bool },
    /// The terminal is gone.
    Closed,
}

/// The terminal, with its modes as they were.
pub struct Door {
    stdin: Stdin,
    before: Termios,
}

impl Door {
    /// Opens the door; nothing when this is no terminal that can be set.
    pub fn open() -> Option<Door> {
        let stdin = io::stdin();
        let before = tcgetattr(&stdin).ok()?;
        let door = Door { stdin, before };
        door.quiet().ok()?;
        Some(door)
    }

    fn quiet(&self) -> io::Result<()> {
        let mut modes = self.before.clone();
        modes.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
        modes.input_modes &= !(InputModes::ICRNL | InputModes::IXON | InputModes::ISTRIP | InputModes::INPCK | InputModes::BRKINT);
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        Ok(tcsetattr(&self.stdin, OptionalActions::Drain, &modes)?)
    }

    /// Waits for something. The editor switches the marks of pastes off when it ends, so they are asked for each time.
    pub fn wait(&self, prompt: &str) -> io::Result<Arrival> {
        say(&format!("\x1b[?2004h{prompt}"));
        if !self.ready(None)? {
            return Ok(Arrival::Closed);
        }
        std::thread::sleep(std::time::Duration::from_millis(SETTLE as u64));
        if self.waiting() < BURST {
            return Ok(Arrival::Keys);
        }
        let (bytes, cut) = self.burst()?;
        Ok(if bytes.is_empty() { Arrival::Closed } else { Arrival::Burst { parts: parts(&bytes), cut } })
    }

    fn waiting(&self) -> u64 {
        rustix::io::ioctl_fionread(&self.stdin).unwrap_or(0)
    }

    /// Whether something can be read; false also when the terminal is gone.
    fn ready(&self, millis: Option<i64>) -> io::Result<bool> {
        let time = millis.map(|m| Timespec { tv_sec: m / 1_000, tv_nsec: m % 1_000 * 1_000_000 });
        loop {
            let mut fds = [PollFd::new(&self.stdin, PollFlags::IN)];
            match poll(&mut fds, time.as_ref()) {
                Ok(0) => return Ok(false),
                Ok(_) => return Ok(fds[0].revents().contains(PollFlags::IN)),
                Err(Errno::INTR) => {}
                Err(e) => return Err(e.into()),
            }
        }
    }

    /// Everything up to a pause.
    fn burst(&self) -> io::Result<(Vec<u8>, bool)> {
        let mut bytes = Vec::new();
        let mut cut = false;
        loop {
            let patience = if open_mark(&bytes) {
                OPEN_MARK
            } else if bytes.last().is_some_and(|b| !matches!(b, b'\n' | b'\r')) && bytes.contains(&b'\r') {
                UNFINISHED
            } else {
                QUIET
            };
            if !bytes.is_empty() && !self.ready(Some(patience))? {
                return Ok((bytes, cut));
            }
            let mut some = [0u8; 16 << 10];
            let n = match rustix::io::read(&self.stdin, &mut some[..]) {
                Ok(n) => n,
                Err(Errno::INTR | Errno::AGAIN) => continue,
                Err(_) => 0,
            };
            if n == 0 {
                return Ok((bytes, cut));
            }
            // What does not fit is read and dropped, so that it is not taken for keys.
            if bytes.len() + n <= MOST_PASTE { bytes.extend_from_slice(&some[..n]) } else { cut = true }
        }
    }

    /// Reads to a line with only a dot, or a lone Ctrl-D; nothing when a lone Ctrl-C gives it up. Keys are echoed, a
    /// burst is counted.
    pub fn block(&self) -> io::Result<Option<(Vec<u8>, bool)>> {
        let mut bytes: Vec<u8> = Vec::new();
        let mut cut = false;
        let mut counted = false;
        say("\x1b[?2004h");
        loop {
            if !self.ready(None)? {
                return Ok(Some((bytes, cut)));
            }
            std::thread::sleep(std::time::Duration::from_millis(SETTLE as u64));
            let keys = self.waiting() < BURST;
            let (more, over) = if keys { (self.keys()?, false) } else { self.burst()? };
            cut |= over;
            match more.as_slice() {
                [] | [0x04] => return Ok(Some((bytes, cut))),
                [0x03] => {
                    say("^C\n");
                    return Ok(None);
                }
                [0x7f | 0x08] => {
                    if bytes.last().is_some_and(|b| *b != b'\n') {
                        bytes.pop();
                        say("\x08 \x08");
                    }
                    continue;
                }
                _ => {}
            }
            let plain: Vec<u8> = parts(&more)
                .into_iter()
                .flat_map(|p| match p {
                    Part::Bare(b) | Part::Pasted(b) => b,
                })
                .collect();
            let plain = super::unix_lines(plain);
            if keys {
                say(&crate::text::untrusted::shown(&String::from_utf8_lossy(&plain)));
            }
            let from = bytes.len();
            if bytes.len() + plain.len() <= MOST_PASTE {
                bytes.extend(plain)
            } else {
                cut = true
            }
            if let Some(end) = lone_dot(&bytes, from) {
                bytes.truncate(end);
                if counted {
                    say("\n");
                }
                return Ok(Some((bytes, cut)));
            }
            if !keys {
                counted = true;
                say(&format!("\r[{} lines so far; a line with only a dot ends]", bytes.iter().filter(|b| **b == b'\n').count()));
            }
        }
    }

    fn keys(&self) -> io::Result<Vec<u8>> {
        let mut some = [0u8; 64];
        match rustix::io::read(&self.stdin, &mut some[..]) {
            Ok(n) => Ok(some[..n].to_vec()),
            Err(Errno::INTR | Errno::AGAIN) => Ok(b"".to_vec()),
            Err(_) => Ok(Vec::new()),
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        say("\x1b[?2004l");
        let _ = tcsetattr(&self.stdin, OptionalActions::Drain, &self.before);
    }
}

fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn open_mark(bytes: &[u8]) -> bool {
    let begun = memchr::memmem::rfind(bytes, PASTE_BEGINS);
    begun.is_some_and(|b| memchr::memmem::rfind(bytes, PASTE_ENDS).is_none_or(|e| e < b))
}

/// Where a line with only a dot begins, not before the line that holds `from`.
fn lone_dot(bytes: &[u8], from: usize) -> Option<usize> {
    let mut start = bytes[..from].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    for line in bytes[start..].split_inclusive(|b| *b == b'\n') {
        if line.ends_with(b"\n") && line.trim_ascii() == b"." {
            return Some(start);
        }
        start += line.len();
    }
    None
}

/// What the terminal marked as pasted, and what it did not.
fn parts(bytes: &[u8]) -> Vec<Part> {
    let mut out = Vec::new();
    let mut rest = bytes;
    loop {
        let begins = memchr::memmem::find(rest, PASTE_BEGINS).unwrap_or(rest.len());
        if begins > 0 {
            out.push(Part::Bare(rest[..begins].to_vec()));
        }
        if begins == rest.len() {
            return out;
        }
        rest = &rest[begins + PASTE_BEGINS.len()..];
        let ends = memchr::memmem::find(rest, PASTE_ENDS);
        out.push(Part::Pasted(rest[..ends.unwrap_or(rest.len())].to_vec()));
        rest = ends.map_or(&[][..], |e| &rest[e + PASTE_ENDS.len()..]);
        if rest.is_empty() {
            return out;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_parted_by_the_marks_of_the_terminal_and_nothing_is_lost() {
        assert_eq!(parts(b"one\rtwo\r"), [Part::Bare(b"one\rtwo\r".to_vec())]);
        assert_eq!(
            parts(b"x\x1b[200~a\rb \x1b[31m\x1b[201~\r"),
            [Part::Bare(b"x".to_vec()), Part::Pasted(b"a\rb \x1b[31m".to_vec()), Part::Bare(b"\r".to_vec())]
        );
        assert_eq!(parts(b"\x1b[200~cut off"), [Part::Pasted(b"cut off".to_vec())]);
        assert!(open_mark(b"\x1b[200~a") && !open_mark(b"\x1b[200~a\x1b[201~") && !open_mark(b"a"));
    }

    #[test]
    fn a_lone_dot_ends_a_block() {
        assert_eq!(lone_dot(b"a\n.\n", 0), Some(2));
        assert_eq!(lone_dot(b"a\n . \nb", 2), Some(2));
        assert_eq!(lone_dot(b"a.\n..\n.", 0), None);
    }
}
