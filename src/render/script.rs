//! One shell script of all open steps that only read, so that one trip to the machine answers them all. Every command
//! runs in a shell of its own: one that is broken, or that this machine does not have, spoils nothing but itself.

use crate::case::finding::NextStep;
use crate::case::trip::{END, OVER, STATUS, STEP};
use crate::model::step::Risk;
use crate::text::untrusted::shown;
use std::fmt::Write;

/// A word that no command of a library may hold on a line of its own.
const FENCE: &str = "END_OF_LOOK";

/// A script, and what had to be left out of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    pub text: String,
    /// How many steps it runs.
    pub steps: usize,
    /// Steps that are not in it, and why.
    pub left_out: Vec<(String, String)>,
}

/// The script of these steps; a question, a step that is not harmless and a command that lacks a fact stay out.
pub fn script(open: &[&NextStep]) -> Script {
    let mut out = Script::default();
    let mut body = String::new();
    for n in open {
        let reason = match (&n.run, n.risk, n.unfilled.as_slice()) {
            (None, ..) => Some("a question for a person".to_string()),
            (_, risk, _) if risk != Risk::ReadOnly => Some(format!("it is no mere reading: {}", risk.word())),
            (_, _, [_, ..]) => Some(format!("it needs {}", n.unfilled.join(", "))),
            (Some(run), ..) if run.lines().any(|l| l.trim() == FENCE) || shown(run) != *run => {
                Some("its command holds what cannot be written down safely".into())
            }
            _ => None,
        };
        if let Some(reason) = reason {
            out.left_out.push((n.id.clone(), reason));
            continue;
        }
        let Some(run) = &n.run else { continue };
        out.steps += 1;
        let place = n.place.as_ref().map(|p| format!(" ({})", comment(p))).unwrap_or_default();
        let _ = writeln!(body, "\n# {}{place}", comment(&n.title));
        if let Some(file) = &n.file {
            let _ = writeln!(body, "# from {}, which is not part of the shipped library", comment(file));
        }
        let _ = writeln!(body, "look {} <<'{FENCE}'\n{}\n{FENCE}", n.id, run.trim_end());
    }
    let _ = write!(
        out.text,
        "#!/bin/sh\n\
         # faultbook: {} that only read, for this case. Look through it, run it where the fault is, and paste back all\n\
         # that it prints. What this machine does not have says so and spoils nothing.\n\
         look() {{\n  \
           command=$(cat)\n  \
           echo \"{STEP}$1{END}\"\n  \
           sh -c \"$command\" </dev/null 2>&1\n  \
           echo \"{STATUS}$?{END}\"\n\
         }}\n",
        if out.steps == 1 { "1 command".to_string() } else { format!("{} commands", out.steps) }
    );
    out.text.push_str(&body);
    for (id, reason) in &out.left_out {
        let _ = write!(out.text, "\n# left out: {id}: {}", comment(reason));
    }
    if !out.left_out.is_empty() {
        out.text.push('\n');
    }
    let _ = writeln!(out.text, "\necho \"{OVER}{END}\"");
    out
}

/// Text that may stand behind a `#`: on one line.
fn comment(text: &str) -> String {
    shown(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: &str, run: &str) -> NextStep {
        NextStep {
            id: id.into(),
            title: format!("Look at\n{id}"),
            run: Some(run.into()),
            ask: None,
            why: String::new(),
            place: Some("shell".into()),
            minutes: 1,
            risk: Risk::ReadOnly,
            worth: 1.0,
            perishable: false,
            unfilled: Vec::new(),
            file: None,
        }
    }

    #[test]
    fn only_what_reads_and_is_complete_gets_in() {
        let good = step("heap", "grep 'a b' x | sort\necho $HOME");
        let risky = NextStep { risk: Risk::Load, ..step("load", "find /") };
        let lacking = NextStep { unfilled: vec!["net.mac".into()], ..step("mac", "grep <net.mac>") };
        let sly = step("sly", "true\nEND_OF_LOOK\nrm -rf /");
        let hidden = step("hidden", "true \u{1b}[2K; rm -rf /");
        let s = script(&[&good, &risky, &lacking, &sly, &hidden]);
        assert_eq!((s.steps, s.left_out.len()), (1, 4));
        assert!(s.text.contains("look heap <<'END_OF_LOOK'\ngrep 'a b' x | sort\necho $HOME\nEND_OF_LOOK\n"), "{}", s.text);
        assert!(s.text.contains("# Look at heap (shell)\n") && !s.text.contains("rm -rf"));
    }

    #[cfg(unix)]
    #[test]
    fn a_broken_command_spoils_only_itself() {
        let s = script(&[
            &step("broken", "if then ("),
            &step("absent", "no-such-command-here"),
            &step("open-end", "printf abc"),
            &step("good", "echo 'it works'; cat"),
        ]);
        let run = std::process::Command::new("sh").arg("-c").arg(&s.text).output().unwrap();
        let text = String::from_utf8(run.stdout).unwrap();
        let parts = crate::case::trip::parts(&text);
        let of = |id: &str| parts.iter().find(|p| p.step == Some(id)).cloned().unwrap();
        assert_eq!(parts.len(), 4, "{text}");
        assert_eq!((of("good").text, of("good").status), ("it works\n", Some(0)));
        assert_eq!(of("open-end").text, "abc");
        assert!(of("absent").is_elsewhere() && of("broken").status != Some(0));
    }
}
