//! What one can type besides evidence. A line is a command only when all of it fits: a log line that happens to begin
//! with such a word stays evidence.

use crate::case::journal::Why;

/// A command and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Help,
    Next,
    Steps,
    /// Take another step: its number or id.
    Step(String),
    /// Answer the step at hand, when the words could also be a command or evidence.
    Answer(String),
    Decline(Why),
    Paste,
    Load(String),
    Collect(Option<String>),
    Why(Option<String>),
    WhyNot(String),
    Causes,
    Facts,
    Timeline,
    Plan,
    Show(String),
    Search(String),
    Decode(String),
    Undo,
    Note(String),
    Report(Option<String>),
    Save(Option<String>),
    Quit,
}

/// How a command is written: its name, what follows, and what it does.
pub struct Form {
    pub name: &'static str,
    pub takes: Takes,
    /// How its words are shown in `help`.
    pub words: &'static str,
    pub does: &'static str,
    make: fn(&str) -> Option<Command>,
}

/// What follows the name of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    /// One word, or none.
    MaybeWord,
    /// One word.
    Word,
    /// Anything.
    Words,
}

macro_rules! form {
    ($name:literal, $takes:ident, $words:literal, $does:literal, $make:expr) => {
        Form { name: $name, takes: Takes::$takes, words: $words, does: $does, make: $make }
    };
}

/// All commands, in the order of `help`.
pub const FORMS: &[Form] = &[
    form!("paste", Nothing, "", "read lines as they come, until a line with only a dot", |_| Some(Command::Paste)),
    form!("load", Word, "FILE", "read a file or folder", |w| Some(Command::Load(w.into()))),
    form!("answer", Words, "TEXT", "answer the question, in words that could be a command", |w| Some(Command::Answer(w.into()))),
    form!("skip", Nothing, "", "not now; ask for something else", |_| Some(Command::Decline(Why::Skipped))),
    form!("don't know", Nothing, "", "nobody knows", |_| Some(Command::Decline(Why::Unknown))),
    form!("cannot", Nothing, "", "it cannot be run here", |_| Some(Command::Decline(Why::Cannot))),
    form!("nothing", Nothing, "", "it was run, and it printed nothing", |_| Some(Command::Decline(Why::Nothing))),
    form!("next", Nothing, "", "the step at hand", |_| Some(Command::Next)),
    form!("steps", Nothing, "", "all open steps", |_| Some(Command::Steps)),
    form!("step", Word, "N", "take another of them, by number or id", |w| Some(Command::Step(w.into()))),
    form!("collect", MaybeWord, "[FILE]", "one script of all steps that only read; paste its output", |w| Some(Command::Collect(maybe(w)))),
    form!("why", MaybeWord, "[ID]", "what each cause rests on", |w| Some(Command::Why(maybe(w)))),
    form!("why not", Word, "ID", "what a signature, a cause or a step lacks", |w| Some(Command::WhyNot(w.into()))),
    form!("causes", Nothing, "", "all findings and their causes", |_| Some(Command::Causes)),
    form!("facts", Nothing, "", "everything that was read", |_| Some(Command::Facts)),
    form!("timeline", Nothing, "", "what happened, in order", |_| Some(Command::Timeline)),
    form!("plan", Nothing, "", "what to do, as far as it is known", |_| Some(Command::Plan)),
    form!("show", Word, "ID", "an article, a signature, a step", |w| Some(Command::Show(w.into()))),
    form!("search", Words, "WORDS", "articles by words", |w| Some(Command::Search(w.into()))),
    form!("decode", Words, "CODES", "what codes mean", |w| Some(Command::Decode(w.into()))),
    form!("undo", Nothing, "", "take the last entry back", |_| Some(Command::Undo)),
    form!("note", Words, "TEXT", "write something into the case", |w| Some(Command::Note(w.into()))),
    form!("report", MaybeWord, "[FILE]", "the case as Markdown (not redacted)", |w| Some(Command::Report(maybe(w)))),
    form!("save", MaybeWord, "[FILE]", "keep the case; `diagnose --case FILE` goes on with it", |w| Some(Command::Save(maybe(w)))),
    form!("help", Nothing, "", "this", |_| Some(Command::Help)),
    form!("quit", Nothing, "", "leave (or Ctrl-D)", |_| Some(Command::Quit)),
];

/// Other ways to say the same.
const ALIASES: &[(&str, &str)] = &[
    ("?", "help"),
    ("h", "help"),
    ("exit", "quit"),
    ("q", "quit"),
    ("bye", "quit"),
    ("dont know", "don't know"),
    ("don\u{2019}t know", "don't know"),
    ("unknown", "don't know"),
    ("not known", "don't know"),
    ("i don't know", "don't know"),
    ("dk", "don't know"),
    ("can't", "cannot"),
    ("cannot run that", "cannot"),
    ("cannot run it", "cannot"),
    ("can't run that", "cannot"),
    ("open", "load"),
    ("log", "load"),
];

fn maybe(word: &str) -> Option<String> {
    (!word.is_empty()).then(|| word.to_string())
}

/// The command that a line is, if it is one.
pub fn parse(line: &str) -> Option<Command> {
    let line = line.trim();
    let folded = line.to_ascii_lowercase();
    let (name, rest) = ALIASES
        .iter()
        .filter_map(|(alias, name)| Some((*name, after(line, &folded, alias)?)))
        .chain(FORMS.iter().filter_map(|f| Some((f.name, after(line, &folded, f.name)?))))
        // `why not` before `why`.
        .max_by_key(|(name, rest)| (line.len() - rest.len(), name.len()))?;
    let form = FORMS.iter().find(|f| f.name == name)?;
    let fits = match form.takes {
        Takes::Nothing => rest.is_empty(),
        Takes::MaybeWord => is_word(rest) || rest.is_empty(),
        Takes::Word => is_word(rest),
        Takes::Words => !rest.is_empty(),
    };
    if fits { (form.make)(unquoted(rest)) } else { None }
}

/// What follows a name at the begin of a line.
fn after<'a>(line: &'a str, folded: &str, name: &str) -> Option<&'a str> {
    let rest = folded.strip_prefix(name)?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| line[name.len()..].trim())
}

/// One word, or several in quotes: a name of a file may hold blanks.
fn is_word(rest: &str) -> bool {
    !rest.is_empty() && (!rest.contains(char::is_whitespace) || unquoted(rest).len() + 2 == rest.len())
}

fn unquoted(rest: &str) -> &str {
    ['"', '\''].iter().find_map(|q| rest.strip_prefix(*q)?.strip_suffix(*q).filter(|r| !r.contains(*q))).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_only_when_all_of_it_fits() {
        assert_eq!(parse("why"), Some(Command::Why(None)));
        assert_eq!(parse(" Why not  netgpheap-exhausted "), Some(Command::WhyNot("netgpheap-exhausted".into())));
        assert_eq!(parse("don't know"), Some(Command::Decline(Why::Unknown)));
        assert_eq!(parse("load 'my file.log'"), Some(Command::Load("my file.log".into())));
        assert_eq!(parse("note helped: no"), Some(Command::Note("helped: no".into())));
        assert_eq!(parse("save"), Some(Command::Save(None)));
        for log in [
            "show ip route",
            "load average: 0.1, 0.2",
            "report generated at 10:00",
            "why is it slow",
            "help me",
            "next step failed",
            "quit now",
            "skip 3",
            "stepper",
            "",
        ] {
            assert_eq!(parse(log), None, "{log}");
        }
    }

    #[test]
    fn every_command_has_a_line_of_help_that_fits_a_small_screen() {
        for f in FORMS {
            assert!(f.name.len() + f.words.len() < 18 && f.does.len() < 76, "{}", f.name);
        }
    }
}
