//! An article: front matter, fixed headings, causes and plans by cause, actions with their labels, log blocks.

use super::step::{RISKS, Risk};
use super::yaml;
use crate::problem::Problem;
use crate::text::place::{At, Place};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde::Deserialize;
use std::ops::Range;

/// The headings of every article, in this order.
pub const HEADINGS: &[&str] = &["Symptoms", "Why it happens", "Causes", "Action plan", "Verify", "References"];

/// How well an article is founded.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    SingleReport,
    SeveralReports,
    VendorDocumented,
}

impl Confidence {
    /// For people.
    pub fn words(self) -> &'static str {
        ["a single report", "several reports", "documented by the vendor"][self as usize]
    }
}

/// What stands between the `---` lines.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    pub id: At<String>,
    pub title: At<String>,
    #[serde(default)]
    pub overrides: Option<At<String>>,
    #[serde(default)]
    pub signatures: Vec<At<String>>,
    #[serde(default)]
    pub products: Vec<At<String>>,
    #[serde(default)]
    pub keywords: Vec<At<String>>,
    pub reviewed: At<String>,
    pub confidence: At<Confidence>,
}

/// A heading and the bytes of what stands under it.
#[derive(Clone, Debug)]
pub struct Section {
    /// 2 or 3.
    pub level: u8,
    /// Its words.
    pub title: String,
    /// `{#id}` behind it.
    pub anchor: Option<String>,
    /// Where the heading stands.
    pub place: Place,
    /// What stands under it, up to the next heading.
    pub body: Range<usize>,
}

/// One numbered action of a plan.
#[derive(Clone, Debug)]
pub struct Action {
    /// What it does to the machine.
    pub risk: Risk,
    /// It destroys evidence.
    pub destroys_evidence: bool,
    /// Only when this expression holds.
    pub when: Option<At<String>>,
    /// What to do, Markdown.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// The plan for one cause, or for any.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The cause, or `any`.
    pub cause: String,
    /// Words for people.
    pub title: String,
    /// The actions.
    pub actions: Vec<Action>,
    /// What stands there besides, Markdown.
    pub prose: String,
}

/// A fenced `log` block: lines that must fire a signature.
#[derive(Clone, Debug)]
pub struct LogBlock {
    /// The signature it names.
    pub signature: Option<String>,
    /// The lines.
    pub text: String,
    /// Where the block stands.
    pub place: Place,
}

/// A parsed article.
#[derive(Clone, Debug)]
pub struct Article {
    /// Its front matter.
    pub front: FrontMatter,
    /// The whole file.
    pub source: String,
    /// First byte behind the front matter.
    pub body: usize,
    /// Headings in order.
    pub sections: Vec<Section>,
    /// Plans in order.
    pub plans: Vec<Plan>,
    /// Log blocks in order.
    pub logs: Vec<LogBlock>,
}

/// Markdown as articles use it.
pub fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

/// Bytes of the front matter without the closing line, and where the body begins.
pub fn split(text: &str) -> Option<(&str, usize)> {
    let text_start = if text.starts_with("---\n") {
        4
    } else if text.starts_with("---\r\n") {
        5
    } else {
        return None;
    };
    let mut at = text_start;
    for line in text[text_start..].split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((&text[..at], at + line.len()));
        }
        at += line.len();
    }
    None
}

impl Article {
    /// Reads an article; all that is wrong with its form is in the list.
    pub fn read(file: &str, text: &str) -> (Option<Article>, Vec<Problem>) {
        let mut problems = Vec::new();
        let Some((front, body)) = split(text) else {
            let place = Place { line: 1, col: 1, ..Place::default() };
            let hint = "an article begins with `---`, its front matter, and `---`";
            return (None, vec![Problem::new(file, place, "front-matter", "there is no front matter").hint(hint)]);
        };
        let front: FrontMatter = match yaml::read(file, front) {
            Ok(front) => front,
            Err(problem) => return (None, vec![problem]),
        };
        let mut reader = Reader { file, text, sections: Vec::new(), plans: Vec::new(), logs: Vec::new(), problems: &mut problems };
        reader.walk();
        let (mut sections, plans, logs) = (reader.sections, reader.plans, reader.logs);
        let ends: Vec<usize> = sections.iter().skip(1).map(|s| s.place.start as usize).chain([text.len()]).collect();
        for (section, end) in sections.iter_mut().zip(ends) {
            section.body.end = end;
        }
        let article = Article { front, source: text.to_string(), body, sections, plans, logs };
        (Some(article), problems)
    }

    /// The text under a heading of level 2, subheadings included.
    pub fn part(&self, title: &str) -> Option<&str> {
        let i = self.sections.iter().position(|s| s.level == 2 && s.title == title)?;
        let end = self.sections[i + 1..].iter().find(|s| s.level == 2).map_or(self.source.len(), |s| s.place.start as usize);
        Some(self.source[self.sections[i].body.start..end].trim())
    }

    /// The text about one cause under `Causes`.
    pub fn cause(&self, id: &str) -> Option<&str> {
        let s = self.under("Causes").find(|s| s.anchor.as_deref() == Some(id))?;
        Some(self.source[s.body.clone()].trim())
    }

    /// Subheadings of a heading.
    pub fn under(&self, title: &'static str) -> impl Iterator<Item = &Section> {
        self.sections.iter().skip_while(move |s| !(s.level == 2 && s.title == title)).skip(1).take_while(|s| s.level > 2)
    }

    /// The plan for a cause.
    pub fn plan(&self, cause: &str) -> Option<&Plan> {
        self.plans.iter().find(|p| p.cause == cause)
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    sections: Vec<Section>,
    plans: Vec<Plan>,
    logs: Vec<LogBlock>,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn place(&self, at: usize) -> Place {
        let before = &self.text[..at];
        let line = before.bytes().filter(|b| *b == b'\n').count() as u32 + 1;
        let col = (before.len() - before.rfind('\n').map_or(0, |n| n + 1)) as u32 + 1;
        Place { line, col, start: at as u32, len: 0 }
    }

    fn wrong(&mut self, at: usize, code: &'static str, say: String, hint: &str) {
        let problem = Problem::new(self.file, self.place(at), code, say).hint(hint).excerpt_from(self.text);
        self.problems.push(problem);
    }

    fn walk(&mut self) {
        let mut heading: Option<(u8, Option<String>, String, usize)> = None;
        let mut log: Option<LogBlock> = None;
        let (mut in_plan, mut depth) = (false, 0usize);
        let text = self.text;
        for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, id, .. }) => {
                    let level = if level <= HeadingLevel::H2 { 2 } else { 3 };
                    heading = Some((level, id.map(|s| s.to_string()), String::new(), range.start));
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let Some((level, anchor, title, start)) = heading.take() {
                        if level == 2 {
                            in_plan = title.trim() == "Action plan";
                        } else if in_plan {
                            let cause = anchor.clone().unwrap_or_default();
                            self.plans.push(Plan { cause, title: title.trim().to_string(), actions: Vec::new(), prose: String::new() });
                        }
                        let place = self.place(start);
                        self.sections.push(Section { level, title: title.trim().to_string(), anchor, place, body: range.end..range.end });
                    }
                }
                Event::Text(t) | Event::Code(t) => {
                    if let Some(h) = &mut heading {
                        h.2.push_str(&t);
                    } else if let Some(log) = &mut log {
                        log.text.push_str(&t);
                    }
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    let mut words = info.split_whitespace();
                    if words.next() == Some("log") {
                        log = Some(LogBlock { signature: words.next().map(str::to_string), text: String::new(), place: self.place(range.start) });
                    }
                }
                Event::End(TagEnd::CodeBlock) => self.logs.extend(log.take()),
                Event::Start(Tag::List(first)) => {
                    depth += 1;
                    if in_plan && depth == 1 && first.is_none() {
                        self.wrong(range.start, "action-list", "actions of a plan are numbered".into(), "write `1. [read-only] ...`");
                    }
                }
                Event::End(TagEnd::List(_)) => depth -= 1,
                Event::Start(Tag::Item) if in_plan && depth == 1 => self.action(range),
                Event::Start(Tag::Paragraph | Tag::Table(_)) if in_plan && depth == 0 => {
                    if let Some(plan) = self.plans.last_mut() {
                        plan.prose.push_str(&text[range]);
                        plan.prose.push('\n');
                    }
                }
                _ => {}
            }
        }
    }

    fn action(&mut self, range: Range<usize>) {
        let raw = &self.text[range.clone()];
        let lead = raw.find(['.', ')']).map_or(0, |i| i + 1);
        let item = raw[lead..].trim_start();
        let at = range.start + raw.len() - item.len();
        let place = self.place(at);
        let label = item.strip_prefix('[').and_then(|r| r.split_once(']'));
        let Some((labels, rest)) = label else {
            let hint = "each action begins with its risk: [read-only], [load], [changes-state], [reboot], [outage], with destroys-evidence behind a comma";
            return self.wrong(at, "action-label", "this action has no risk in brackets".into(), hint);
        };
        let mut risk = None;
        let mut destroys_evidence = false;
        for word in labels.split(',').map(str::trim) {
            match (word, RISKS.iter().find(|(w, _)| *w == word)) {
                ("destroys-evidence", _) => destroys_evidence = true,
                (_, Some((_, r))) => risk = risk.max(Some(*r)),
                _ => self.wrong(at, "action-label", format!("`{word}` is no risk"), "known: read-only, load, changes-state, reboot, outage, destroys-evidence"),
            }
        }
        let mut rest = rest.trim_start();
        let mut when = None;
        if let Some((expr, tail)) = rest.strip_prefix("when `").and_then(|r| r.split_once('`')) {
            let start = at + (expr.as_ptr() as usize - item.as_ptr() as usize);
            let place = Place { len: expr.len() as u32, ..self.place(start) };
            when = Some(At { value: expr.to_string(), place });
            rest = tail.trim_start().trim_start_matches(':').trim_start();
        }
        let Some(risk) = risk else {
            return self.wrong(at, "action-label", "this action names no risk".into(), "known: read-only, load, changes-state, reboot, outage");
        };
        let action = Action { risk, destroys_evidence, when, text: rest.trim_end().to_string(), place };
        match self.plans.last_mut() {
            Some(plan) => plan.actions.push(action),
            None => self.wrong(at, "action-plan", "this action stands under no `### ... {#cause}`".into(), "the first is `### Words {#any}`"),
        }
    }
}
