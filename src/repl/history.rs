//! The history of a person's commands. It keeps commands and nothing else: no pasted line, no answer, no note, nothing
//! that looks like a secret. It lies in the platform's data folder, readable for its owner only; where there is no home
//! nothing is written.

use super::commands::{Command, parse};
use crate::source::save;
use std::io::Write;
use std::path::PathBuf;

/// Commands that are kept.
const MOST: usize = 500;
/// A command that is longer than this holds something that was pasted.
const LONGEST: usize = 120;

/// The history.
pub struct History {
    file: Option<PathBuf>,
    lines: Vec<String>,
}

impl History {
    /// Reads what there is.
    pub fn open() -> History {
        History::at(crate::source::library::data_home().map(|home| home.join("history")))
    }

    fn at(file: Option<PathBuf>) -> History {
        let text = file.as_ref().and_then(|f| std::fs::read_to_string(f).ok()).unwrap_or_default();
        let lines: Vec<String> = text.lines().filter(|l| is_kept(l)).map(str::to_string).collect();
        let skip = lines.len().saturating_sub(MOST);
        let history = History { file, lines: lines[skip..].to_vec() };
        if skip > MOST / 2 {
            history.rewrite();
        }
        history
    }

    /// The commands, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &String> {
        self.lines.iter()
    }

    /// Keeps a command if it is one that may be kept.
    pub fn keep(&mut self, command: &str) -> bool {
        let command = command.trim();
        if !is_kept(command) || self.lines.last().is_some_and(|l| l == command) {
            return false;
        }
        self.lines.push(command.to_string());
        if let Some(file) = &self.file {
            // A history that cannot be written is no reason to disturb anybody.
            let folder = file.parent().map(std::fs::create_dir_all);
            if matches!(folder, Some(Ok(()))) {
                let _ = save::append(file).and_then(|mut f| writeln!(f, "{command}"));
            }
        }
        true
    }

    fn rewrite(&self) {
        if let Some(file) = &self.file {
            let _ = save::atomically(file, (self.lines.join("\n") + "\n").as_bytes());
        }
    }
}

/// Only commands whose words are names and codes; never what somebody answered, noted or pasted.
fn is_kept(line: &str) -> bool {
    let line = line.trim();
    let kept = match parse(line) {
        None | Some(Command::Answer(_) | Command::Note(_)) => false,
        Some(_) => true,
    };
    let folded = line.to_ascii_lowercase();
    let secret = ["pass", "pwd", "secret", "token", "credential", "bearer", "apikey", "api-key", "api_key", "private", "authorization", "cookie", "session-id"];
    kept && line.len() <= LONGEST && !line.contains(char::is_control) && !secret.iter().any(|s| folded.contains(s)) && !looks_random(line)
}

/// A long word of mixed letters and digits is rather a key than a word; ids of the library have hyphens and no capitals.
fn looks_random(line: &str) -> bool {
    line.split_whitespace().any(|w| {
        let has = |f: fn(&char) -> bool| w.chars().any(|c| f(&c));
        w.len() >= 20 && has(char::is_ascii_digit) && has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_commands_are_kept_and_no_secrets() {
        for kept in ["why", "why not netgpheap-exhausted", "decode 0x5 0x25 0x0", "search heap full"] {
            assert!(is_kept(kept), "{kept}");
        }
        for dropped in [
            "Jul 26 01:26:46 vmkernel: netGPHeap is full",
            "note root password is abc",
            "answer yes",
            "yes",
            "search password=hunter2",
            "decode AbCdEf0123456789xYzAbCdEf",
            "search bearer abc",
            "2",
        ] {
            assert!(!is_kept(dropped), "{dropped}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_its_owner_only_and_comes_back() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("faultbook/history");
        let mut h = History::at(Some(file.clone()));
        assert!(h.keep("why") && !h.keep("why") && h.keep("causes") && !h.keep("a log line"));
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "why\ncauses\n");
        assert_eq!(History::at(Some(file)).lines().count(), 2);
        assert!(History::at(None).keep("why"));
    }
}
