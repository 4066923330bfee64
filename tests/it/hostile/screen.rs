//! One corpus of everything that a terminal obeys, in every place that text comes from, through every command and
//! format.

use super::super::run::faultbook_in;
use super::super::scan::tar;
use super::HEAP;
use faultbook::text::untrusted::is_hidden;
use std::path::Path;

/// All controls but the line end and NUL, which no argument can hold; C1, bidirectional and invisible characters.
fn evil() -> String {
    let hidden = (0x80..=0xffff).chain(0xe0000..=0xe007f).filter_map(char::from_u32).filter(|c| is_hidden(*c));
    (1u8..32).chain([127]).map(char::from).filter(|c| *c != '\n').chain(hidden).collect::<String>() + "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J\u{1b}[8m"
}

/// What a terminal would obey, beyond our own colours when they were asked for.
fn obeyed(text: &str, colours: bool) -> Option<String> {
    let mut rest = text;
    while let Some(i) = rest.find(|c: char| c != '\n' && (c.is_control() || is_hidden(c))) {
        let ours = rest[i..].strip_prefix("\u{1b}[").and_then(|r| r.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').strip_prefix('m'));
        match ours {
            Some(r) if colours => rest = r,
            _ => return Some(rest[i..].chars().take(40).collect()),
        }
    }
    None
}

/// A text in double quotes, with every odd character as an escape: it comes out of the reader as it went in.
fn quoted(text: &str) -> String {
    let escape = |c: char| if c.is_ascii_alphanumeric() || c == ' ' { c.to_string() } else { format!("\\U{:08X}", c as u32) };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

fn library(root: &Path, evil: &str) {
    let put = |path: &str, text: String| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let q = quoted(&format!("Evil {evil}"));
    put(
        "signatures/x/evil-one.yaml",
        format!(
            "id: evil-one\ntitle: {q}\nseverity: high\nstatus: stable\narticle: evil-one\nmatch:\n  any: ['evil words (?P<evil.word>\\S+)']\n\
             facts:\n  evil.word: {{ type: text, say: {q} }}\ncauses:\n  - {{ id: one, prior: likely, title: {q} }}\n  - {{ id: two, title: {q} }}\n\
             references: [{{ title: {q} }}]\n\
             evidence:\n  - {{ step: evil-step, why: {q}, outcomes: [{{ when: \"evil.seen > 1\", causes: {{ one: supports }}, say: {q} }}] }}\n"
        ),
    );
    put(
        "signatures/steps/evil-step.yaml",
        format!("id: evil-step\ntitle: {q}\nrisk: read-only\nrun: {q}\nask: {q}\ngives:\n  evil.seen: {{ type: integer, say: {q} }}\n"),
    );
    // Raw in a file: refused, and shown in the excerpt. A name with escapes is a file of its own.
    put("signatures/x/raw.yaml", format!("id: raw\ntitle: {evil}\nwrong{evil}: x\n"));
    put("signatures/x/wrong-key.yaml", format!("id: wrong-key\n{q}: 1\n"));
    put("signatures/x/wrong-id.yaml", format!("id: {q}\ntitle: x\nseverity: {q}\n"));
    put(
        "kb/x/evil-one.md",
        format!(
            "---\nid: evil-one\ntitle: {q}\n---\n\n## Symptoms\n\n{evil} *{evil}* `{evil}`\n\n```\n{evil}\n```\n\n[{evil}](http://x/{evil})\n\n| {evil} |\n|---|\n| {evil} |\n"
        ),
    );
    put("kb/x/broken.md", format!("---\n{evil}\n---\n# {evil}\n"));
    let name: String = evil.chars().filter(|c| *c != '/').take(60).collect();
    put(&format!("signatures/x/{name}.yaml"), "id: nothing\n".into());
}

#[test]
fn nothing_from_outside_reaches_the_terminal_as_it_is() {
    let evil = evil();
    assert!(evil.chars().count() > 200, "{}", evil.chars().count());
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    library(&at.join("lib"), &evil);
    let name: String = evil.chars().filter(|c| *c != '/').take(60).collect();
    let text = format!("{HEAP} {evil}\nevil words {evil}\nERROR {evil} unknown {evil}\n{evil}\nnfs: server {evil} not responding\n");
    std::fs::write(at.join(format!("{name}.log")), &text).unwrap();
    std::fs::write(at.join("x.tar"), tar(&[(name.clone().chars().take(30).collect(), text.clone().into_bytes()), ("b\u{1b}[2J".into(), vec![0; 90])])).unwrap();
    std::fs::write(at.join("broken.case"), format!("faultbook-case: 1\n{evil}: x\n")).unwrap();
    let file = format!("{name}.log");
    let session = format!(
        "{text}\nwhy\nwhy not evil-one\nsteps\nnext\ncauses\nfacts\ntimeline\nplan\nreport\nshow evil-one\nshow {evil}\nwhy {evil}\ndecode {evil}\nsearch {evil}\nset {evil}\nsave /no/such/{evil}\nnote {evil}\nevil.seen = {evil}\nquit\n"
    );
    let evil = evil.as_str();
    let commands: Vec<(Vec<&str>, &str)> = vec![
        (vec!["lookup"], &text),
        (vec!["lookup", &text], ""),
        (vec!["scan", "x.tar", &file, evil], ""),
        (vec!["scan", "-"], &text),
        (vec!["scan", "--since", evil, "x.tar"], ""),
        (vec!["scan", "."], ""),
        (vec!["diagnose"], &session),
        (vec!["diagnose", &file, evil], &session),
        (vec!["diagnose", "--collect", &file], ""),
        (vec!["diagnose", "--case", "broken.case"], ""),
        (vec!["replay", "broken.case"], ""),
        (vec!["replay", evil], ""),
        (vec!["search", evil], ""),
        (vec!["search", "Evil"], ""),
        (vec!["show", evil], ""),
        (vec!["show", "evil-one"], ""),
        (vec!["show", "signature/evil-one"], ""),
        (vec!["show", "step/evil-step"], ""),
        (vec!["list"], ""),
        (vec!["list", evil], ""),
        (vec!["decode", evil], ""),
        (vec!["check", "lib"], ""),
        (vec!["check", evil], ""),
        (vec!["--library", evil, "list"], ""),
        (vec![evil], ""),
        (vec!["--format", evil, "list"], ""),
        (vec!["scan", "--jobs", evil, "x"], ""),
    ];
    let (mut runs, mut bytes, mut escapes) = (0, 0, 0);
    let mut wrong = Vec::new();
    for (args, input) in &commands {
        for format in ["text", "json", "markdown"] {
            for colour in ["never", "always"] {
                let mut all = vec!["--color", colour, "--library", "lib"];
                if !args.contains(&"--format") {
                    all.extend(["--format", format]);
                }
                all.extend(args);
                let ran = faultbook_in(at, &all, input.as_bytes(), &[]);
                assert!((0..=3).contains(&ran.code) && !ran.err.contains("panicked"), "{args:.40?}: {} {}", ran.code, ran.err);
                runs += 1;
                bytes += ran.out.len() + ran.err.len();
                escapes += ran.out.matches("x1b").count() + ran.err.matches("x1b").count();
                for (stream, said) in [("output", &ran.out), ("error", &ran.err)] {
                    if let Some(what) = obeyed(said, colour == "always") {
                        wrong.push(format!(
                            "{:?} {format} {colour} on standard {stream}: {what:?}",
                            args.iter().map(|a| a.chars().take(12).collect::<String>()).collect::<Vec<_>>()
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {runs} runs:\n{}", wrong.len(), wrong.join("\n"));
    assert!(runs == commands.len() * 6 && bytes > 200_000 && escapes > 500, "{runs} runs, {bytes} bytes, {escapes} escapes: the corpus was not shown");
}
