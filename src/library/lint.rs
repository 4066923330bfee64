//! What `check` and the loading of a user's file look at beyond what is needed to work: names, types, dimensions,
//! patterns, and the traps of YAML.

use super::compile::Compiler;
use super::outline::{self, Kind, Role};
use super::{Entry, Library, declaration};
use crate::facts::decl::{FactDecl, KINDS, Kind as FactKind, Name};
use crate::facts::expr::{self, Expr, Names, Type};
use crate::facts::message::Message;
use crate::facts::subject::Subject;
use crate::facts::unit::UNIT_NAMES;
use crate::facts::value::Value;
use crate::facts::view::Knowledge;
use crate::model::format::FormatFile;
use crate::model::shapes::{DeriveFile, OneOrMany, TextOr};
use crate::model::signature::SignatureFile;
use crate::model::step::StepFile;
use crate::problem::did_you_mean;
use crate::text::place::{At, Place};
use std::collections::{BTreeMap, BTreeSet};

/// Names that captures may have beside facts.
const ENVELOPE: &[&str] = &["host", "level", "component", "text", "time.syslog", "time.iso", "time.epoch", "time.uptime", "time.micros", "time"];

/// Names of all types, for hints.
pub fn types() -> String {
    format!("known: {}", KINDS.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(", "))
}

/// Names of all units, for hints.
pub fn units() -> String {
    format!("known: {}", UNIT_NAMES.join(", "))
}

/// A hint when a plain scalar was cut at ` #`, which YAML does silently.
pub fn cut_at_hash(text: &str, at: &At<String>) -> Option<String> {
    let start = at.place.start as usize;
    let source = text.get(start..start + at.place.len as usize)?;
    let rest = text.get(start + at.place.len as usize..)?.split('\n').next()?;
    let plain = !source.starts_with(['\'', '"', '|', '>']);
    let tail = rest.trim_start_matches([' ', '\t']);
    // Two blanks before `#` are a comment that somebody meant.
    (plain && rest.len() == tail.len() + 1 && tail.starts_with('#') && tail.len() > 1).then(|| "the value stops at `#`; quote it".to_string())
}

/// What an outline tells: the id, the declarations, the patterns.
pub fn outline(c: &mut Compiler<'_>, entry: &Entry) {
    let o = entry.outline;
    let stem = o.file.rsplit('/').next().unwrap_or(o.file).split('.').next().unwrap_or("");
    if o.kind != Kind::Facts && stem != o.id {
        c.wrong(outline::first_line(), "id", format!("the id `{}` is not the name of the file", o.id), format!("call the file {}, or the id {stem}", o.id));
    }
    if o.kind != Kind::Facts && !o.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.') {
        c.wrong(outline::first_line(), "id", format!("`{}` is no id", o.id), "small letters, digits and hyphens");
    }
    for fact in o.facts {
        let place = Place { line: fact.line, col: 1, ..Place::default() };
        if !is_fact_name(fact.name) {
            c.wrong(place, "fact-name", format!("`{}` is no name for a fact", fact.name), "small words joined by dots, at least two");
        }
        if fact.name.starts_with("time.") {
            let say = format!("`{}` is a clock of a line, which no file declares", fact.name);
            c.wrong(place, "fact-name", say, "let the name begin otherwise: `job.time` instead of `time.job`");
        }
        if c.library.is_beginning(fact.name) {
            let goes_on = |n: &&str| n.strip_prefix(fact.name).is_some_and(|r| r.starts_with('.'));
            let other = c.library.fact_names().find(goes_on).unwrap_or_default().to_string();
            c.wrong(place, "fact-name", format!("the fact `{}` is the beginning of `{other}`", fact.name), "one name must not be the beginning of another");
        }
        if FactKind::named(fact.kind).is_none() {
            let hint = did_you_mean(fact.kind, KINDS.iter().map(|(n, _)| *n));
            c.wrong(place, "type", format!("`{}` is no type", fact.kind), if hint.is_empty() { types() } else { hint });
        }
        if !fact.unit.is_empty() && crate::facts::unit::Unit::named(fact.unit).is_none() {
            c.wrong(place, "unit", format!("`{}` is no unit", fact.unit), units());
        }
        for about in fact.about.iter().filter(|a| !matches!(**a, "host" | "case")) {
            if c.library.decl(about).is_none() {
                let hint = did_you_mean(about, c.library.fact_names());
                c.wrong(place, "unknown-fact", format!("`{about}` is no fact"), hint);
            }
        }
        if let Some((pattern, _)) = fact.rewrite
            && let Err(e) = regex::Regex::new(pattern)
        {
            c.wrong(place, "pattern", format!("the pattern of `rewrite` does not compile: {}", last_line(&e.to_string())), "");
        }
        let _ = declaration(fact);
    }
}

/// Small words joined by dots, at least two.
pub fn is_fact_name(name: &str) -> bool {
    let word = |w: &str| w.starts_with(|c: char| c.is_ascii_lowercase()) && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    name.contains('.') && name.split('.').all(word)
}

fn last_line(text: &str) -> String {
    text.lines().last().unwrap_or("").trim_start_matches("error: ").to_string()
}

/// Whether a pattern compiles, within the limits, with captures that are facts.
pub fn pattern(c: &mut Compiler<'_>, at: &At<String>, ignore_case: bool, unicode: bool) {
    if at.value.len() > super::pattern::MAX_PATTERN {
        return c.wrong(at.place, "pattern", format!("{} bytes; the limit is {}", at.value.len(), super::pattern::MAX_PATTERN), "");
    }
    if let Err(e) = regex_syntax::ast::parse::Parser::new().parse(&at.value) {
        let place = c.inside(at, e.span().start.offset);
        let said = e.kind().to_string();
        let hint = if said.contains("look-around") || said.contains("backreference") { "look-around and back-references do not exist here" } else { "" };
        return c.wrong(place, "pattern", format!("this pattern does not compile: {said}"), hint);
    }
    if let Err(e) = super::pattern::compile(&at.value, ignore_case, unicode) {
        return c.wrong(at.place, "pattern", format!("this pattern does not compile: {}", last_line(&e.to_string())), "");
    }
    remarks(c, at);
}

/// What is doubtful in a pattern that compiles.
fn remarks(c: &mut Compiler<'_>, at: &At<String>) {
    if at.value.chars().any(|ch| ch.is_control() && ch != '\n') {
        c.wrong(at.place, "pattern", "a control character stands in this pattern", "patterns stand in single quotes: in double quotes \\b is no word boundary");
    }
    if let Some(hint) = cut_at_hash(c.text, at) {
        c.wrong(at.place, "cut-value", "this pattern is followed by `#`", hint);
    }
}

fn captures(c: &mut Compiler<'_>, at: &At<String>, also: &[&str]) -> Vec<Name> {
    let mut found = Vec::new();
    outline::captures(&at.value, &mut |name| found.push(name.to_string()));
    for name in &found {
        if also.contains(&name.as_str()) || ENVELOPE.contains(&name.as_str()) {
            continue;
        }
        if c.library.decl(name).is_none() {
            let offset = at.value.find(&format!("<{name}>")).map_or(0, |i| i + 1);
            let mut hint = did_you_mean(name, c.library.fact_names());
            if hint.is_empty() {
                hint = "declare it under `facts:` of this file, or in signatures/facts/".into();
            }
            c.wrong(c.inside(at, offset), "unknown-fact", format!("the capture `{name}` is no declared fact"), hint);
        }
    }
    found.iter().map(|n| Name::from(n.as_str())).collect()
}

/// Every fact's keys should be captured beside it, or it belongs to nothing.
fn keys_beside(c: &mut Compiler<'_>, at: &At<String>, names: &[Name], elsewhere: &[Name]) {
    for name in names {
        let Some(decl) = c.library.decl(name) else { continue };
        for key in &decl.about {
            if !names.contains(key) && !elsewhere.contains(key) {
                c.wrong(
                    at.place,
                    "no-key",
                    format!("`{name}` is about `{key}`, which is not read beside it"),
                    "capture it in the same pattern, or in the block",
                );
            }
        }
    }
}

struct Context<'a> {
    library: &'a Library,
    /// Keys that the subject has; `None`: whatever the fact needs.
    about: Vec<Name>,
    of_case: bool,
}

impl Names for Context<'_> {
    fn decl(&self, name: &str) -> Option<&FactDecl> {
        self.library.decl(name)
    }

    fn suggest(&self, name: &str) -> String {
        did_you_mean(name, self.library.fact_names())
    }

    fn table(&self, table: &str, column: &str) -> Option<(usize, Option<Type>)> {
        super::lint_table::column(self.library, table, column)
    }

    fn is_one(&self, decl: &FactDecl) -> bool {
        let root = if self.of_case { Subject::case() } else { Subject::host(None) };
        let subject = self.about.iter().fold(root, |s, key| s.with(key, Value::text("x")));
        subject.get(&decl.name).is_some() || subject.project(decl).is_some()
    }
}

impl Compiler<'_> {
    fn typed(&mut self, at: &At<String>, about: &[Name], of_case: bool, must_be_flag: bool) -> Option<expr::Node> {
        let parsed = Expr::parse(&at.value).ok()?;
        if let Some(hint) = cut_at_hash(self.text, at) {
            self.wrong(at.place, "cut-value", "this expression is followed by `#`", hint);
        }
        let context = Context { library: self.library, about: about.to_vec(), of_case };
        match expr::check(parsed.node(), &context) {
            Ok(found) => {
                if must_be_flag && !matches!(found, Type::Flag | Type::Any) {
                    self.wrong(at.place, "expression", "this gives no yes or no", "a condition compares something");
                }
            }
            Err(mistakes) => {
                for m in mistakes {
                    let code = if m.say.contains("is no fact") { "unknown-fact" } else { "expression" };
                    self.wrong(self.inside(at, m.at), code, m.say, "");
                }
            }
        }
        Some(parsed.node().clone())
    }

    fn conditions_typed(&mut self, list: &OneOrMany, about: &[Name], of_case: bool) {
        for at in &list.0 {
            self.typed(at, about, of_case, true);
        }
    }

    fn message_typed(&mut self, at: &At<String>, about: &[Name], of_case: bool) {
        let Ok(message) = Message::parse(&at.value) else { return };
        if let Some(hint) = cut_at_hash(self.text, at) {
            self.wrong(at.place, "cut-value", "this text is followed by `#`", hint);
        }
        let context = Context { library: self.library, about: about.to_vec(), of_case };
        for e in message.exprs() {
            if let Err(mistakes) = expr::check(e.node(), &context) {
                let offset = at.value.find(&e.text).unwrap_or(0);
                for m in mistakes {
                    let code = if m.say.contains("is no fact") { "unknown-fact" } else { "message" };
                    self.wrong(self.inside(at, offset + m.at), code, m.say, "");
                }
            }
        }
    }

    fn derives_typed(&mut self, map: &BTreeMap<At<String>, DeriveFile>) {
        for (name, file) in map {
            let Some(decl) = self.library.decl(name) else {
                let hint = did_you_mean(name, self.library.fact_names());
                self.wrong(name.place, "unknown-fact", format!("`{}` is derived but not declared", name.value), hint);
                continue;
            };
            let (about, of_case) = (decl.about.clone(), decl.of_case);
            match file {
                DeriveFile::Is(at) => {
                    self.typed(at, &about, of_case, false);
                }
                DeriveFile::Cases(cases) => {
                    for case in cases {
                        self.conditions_typed(&case.when, &about, of_case);
                        self.typed(&case.is, &about, of_case, false);
                    }
                }
            }
        }
    }

    fn exists(&mut self, kind: Kind, at: &At<String>) {
        if self.library.number(kind, &at.value).is_none() {
            let hint = did_you_mean(&at.value, self.library.entries().iter().filter(|e| e.outline.kind == kind).map(|e| e.outline.id));
            self.wrong(at.place, "unknown-id", format!("there is no {} `{}`", kind.word(), at.value), hint);
        }
    }

    fn fact_exists(&mut self, at: &At<String>) {
        if !matches!(at.value.as_str(), "host" | "case") && self.library.decl(&at.value).is_none() {
            let hint = did_you_mean(&at.value, self.library.fact_names());
            self.wrong(at.place, "unknown-fact", format!("`{}` is no fact", at.value), hint);
        }
    }
}

/// Looks at a signature.
pub fn signature(c: &mut Compiler<'_>, f: &SignatureFile) {
    let about: Vec<Name> = f.about.iter().filter(|a| !matches!(a.as_str(), "host" | "case")).map(|a| Name::from(a.as_str())).collect();
    let of_case = f.about.iter().any(|a| a.value == "case");
    f.about.iter().for_each(|a| c.fact_exists(a));
    for (i, n) in outline::of_signature(f).into_iter().enumerate() {
        // It was looked at when the file was loaded, and is compiled once; those of a retired signature were not.
        let known = c.library.patterns()[c.entry.patterns.clone()].get(i);
        let unicode = n.file.and_then(|p| p.options()).is_some_and(|o| o.unicode);
        if known.is_some_and(|known| known.regex().is_some()) {
            remarks(c, n.source);
        } else {
            pattern(c, n.source, n.ignore_case, unicode);
        }
        let names = captures(c, n.source, &[]);
        // Inside a record everything is read together.
        if !matches!(n.role, Role::RecordAny | Role::RecordAll) {
            keys_beside(c, n.source, &names, &[]);
        }
        if let Some(each) = n.file.and_then(|p| p.options()).and_then(|o| o.each.as_ref()) {
            c.wrong(each.capture.place, "each", "`each` reads output of steps; a signature cannot use it", "");
        }
    }
    let m = &f.matching;
    let ways = usize::from(m.record.is_some()) + usize::from(m.count.is_some()) + usize::from(m.record.is_none() && (!m.any.is_empty() || !m.all.is_empty()));
    let place = f.id.place;
    if ways > 1 || (m.record.is_none() && !m.any.is_empty() && !m.all.is_empty()) {
        c.wrong(place, "match", "`match` has more than one way by text", "one of any, all, count, record");
    }
    if ways == 0 && m.from.0.is_empty() && m.when.0.is_empty() {
        c.wrong(place, "match", "`match` says nothing", "any, all, count, record, or from and when");
    }
    if m.record.is_some() && m.any.is_empty() && m.all.is_empty() {
        c.wrong(place, "match", "`record` needs any or all", "patterns that are looked for inside the record");
    }
    if let Some(record) = &m.record
        && c.library.number_of_record(record).is_none()
    {
        let hint = did_you_mean(record, c.library.entries().iter().map(|e| e.outline.record).filter(|r| !r.is_empty()));
        c.wrong(record.place, "unknown-id", format!("there is no record `{}`", record.value), hint);
    }
    if m.from.0.is_empty() != m.when.0.is_empty() {
        c.wrong(place, "match", "`from` and `when` go together", "from: the steps, when: the condition");
    }
    m.from.0.iter().for_each(|s| c.exists(Kind::Step, s));
    c.conditions_typed(&m.when, &about, of_case);
    m.say.iter().for_each(|s| c.message_typed(s, &about, of_case));
    m.same.iter().chain(m.count.iter().flat_map(|x| &x.same)).for_each(|s| c.fact_exists(s));
    f.article.iter().for_each(|a| c.exists(Kind::Article, a));
    f.refines.iter().for_each(|r| c.exists(Kind::Signature, r));
    for l in &f.leads_to {
        c.exists(Kind::Signature, &l.signature);
        l.same.iter().for_each(|s| c.fact_exists(s));
    }
    let mut causes: BTreeSet<&str> = BTreeSet::new();
    for cause in &f.causes {
        if !causes.insert(&cause.id.value) {
            c.wrong(cause.id.place, "same-id", format!("the cause `{}` stands here twice", cause.id.value), "");
        }
        match (&cause.title, &cause.is) {
            (None, None) => c.wrong(cause.id.place, "cause", format!("the cause `{}` has no title", cause.id.value), "title, or `is: another-signature`"),
            (Some(t), Some(_)) => c.wrong(t.place, "cause", "a cause with `is` has the title of that finding", "leave the title out"),
            _ => {}
        }
        cause.is.iter().for_each(|i| c.exists(Kind::Signature, i));
    }
    c.derives_typed(&f.derive);
    for e in &f.evidence {
        c.exists(Kind::Step, &e.step);
        c.message_typed(&e.why, &about, of_case);
        for o in &e.outcomes {
            c.conditions_typed(&o.when, &about, of_case);
            o.say.iter().for_each(|s| c.message_typed(s, &about, of_case));
            for cause in o.causes.keys().filter(|k| !causes.contains(k.value.as_str())) {
                let hint = did_you_mean(cause, causes.iter().copied());
                c.wrong(cause.place, "unknown-cause", format!("`{}` is no cause of this signature", cause.value), hint);
            }
        }
    }
}

/// Looks at a step.
pub fn step(c: &mut Compiler<'_>, f: &StepFile) {
    let p = &f.parse;
    let ways = usize::from(p.keys.is_some()) + usize::from(!p.lines.is_empty()) + usize::from(p.choices.is_some()) + usize::from(p.record.is_some());
    if ways != 1 {
        c.wrong(f.id.place, "parse", "`parse` needs exactly one of keys, lines, choices, record", "");
    }
    if f.run.is_some() == f.ask.is_some() {
        c.wrong(f.id.place, "step", "a step has `run` or `ask`, and not both", "");
    }
    let mut block = Vec::new();
    if let Some(b) = &p.block {
        pattern(c, &b.starts, false, false);
        block = captures(c, &b.starts, &[]);
    }
    let mut beside = block.clone();
    if let Some(keys) = &p.keys {
        for target in keys.take.values() {
            let at = match target {
                TextOr::Text(t) => t,
                TextOr::Map(m) => &m.fact,
            };
            c.fact_exists(at);
            beside.push(Name::from(at.value.as_str()));
        }
        for target in keys.take.values() {
            let at = match target {
                TextOr::Text(t) => t,
                TextOr::Map(m) => &m.fact,
            };
            keys_beside(c, at, &[Name::from(at.value.as_str())], &beside);
        }
    }
    for l in &f.looks_like {
        let o = l.options();
        pattern(c, l.source(), o.is_some_and(|o| o.ignore_case), o.is_some_and(|o| o.unicode));
    }
    for l in &p.lines {
        let o = l.options();
        pattern(c, l.source(), o.is_some_and(|o| o.ignore_case), o.is_some_and(|o| o.unicode));
        let each = o.and_then(|o| o.each.as_ref());
        let list: Vec<&str> = each.map(|e| e.capture.value.as_str()).into_iter().collect();
        let names = captures(c, l.source(), &list);
        let mut near = block.clone();
        if let Some(e) = each {
            pattern(c, &e.pattern, false, false);
            let items = captures(c, &e.pattern, &[]);
            keys_beside(c, &e.pattern, &items, &names);
            near.extend(items);
        }
        keys_beside(c, l.source(), &names, &near);
    }
    if let Some(choices) = &p.choices {
        for (name, value) in choices.values().flatten() {
            c.fact_exists(name);
            if let Some(decl) = c.library.decl(name)
                && let Err(say) = decl.read(value, None)
            {
                c.wrong(value.place, "value", say, "");
            }
        }
    }
    if let Some(r) = &p.record
        && c.library.number_of_record(r).is_none()
    {
        c.wrong(r.place, "unknown-id", format!("there is no record `{}`", r.value), "");
    }
    f.needs.iter().for_each(|n| c.fact_exists(n));
    f.lost_on.values().flatten().for_each(|n| c.fact_exists(n));
    f.run.iter().for_each(|r| c.command_typed(r));
    c.derives_typed(&f.derive);
    for contradiction in &f.contradictions {
        let about = deepest_about(c.library, &contradiction.when, &contradiction.say);
        c.conditions_typed(&contradiction.when, &about, false);
        c.message_typed(&contradiction.say, &about, false);
    }
}

/// Subjects that the conditions of a contradiction are tried on: those of the fact with the most keys.
pub fn deepest_about(library: &Library, when: &OneOrMany, say: &At<String>) -> Vec<Name> {
    let exprs = when.0.iter().filter_map(|w| Expr::parse(&w.value).ok());
    let said = Message::parse(&say.value).ok();
    let names = exprs.flat_map(|e| e.names()).chain(said.iter().flat_map(|m| m.exprs().flat_map(|e| e.names())));
    names.filter_map(|n| library.decl(&n).map(|d| d.about.clone())).max_by_key(Vec::len).unwrap_or_default()
}

impl Compiler<'_> {
    fn command_typed(&mut self, at: &At<String>) {
        let Ok(message) = Message::parse(&at.value) else { return };
        for e in message.exprs() {
            match &e.node().what {
                expr::What::Fact(name) if self.library.decl(name).is_some_and(|d| d.kind == FactKind::Text) => {
                    self.wrong(
                        at.place,
                        "command",
                        format!("`{name}` is free text and cannot enter a command"),
                        "declare it as word, integer, hex, mac, device or path",
                    );
                }
                expr::What::Fact(name) if self.library.decl(name).is_some() => {}
                _ => self.wrong(at.place, "command", format!("`{}` is no fact", e.text), "a command holds `{{ fact }}` and nothing else"),
            }
        }
    }
}

/// Looks at a format.
pub fn format(c: &mut Compiler<'_>, f: &FormatFile) {
    if f.line.is_none() && f.record.is_none() && f.bundle.is_empty() {
        c.wrong(f.id.place, "format", "a format has a line, a record, or both", "");
    }
    if let Some(line) = &f.line {
        pattern(c, line, false, false);
        captures(c, line, &[]);
    }
    let Some(r) = &f.record else { return };
    for p in r.starts.iter().chain(&r.heads).chain(&r.continues).chain(&r.ends).chain(&r.take) {
        pattern(c, p.source(), p.options().is_some_and(|o| o.ignore_case), false);
    }
    for p in &r.take {
        captures(c, p.source(), &[]);
    }
    if let Some(frames) = &r.frames {
        pattern(c, &frames.pattern, false, false);
        for (what, fact) in &frames.culprit {
            if !matches!(what.as_str(), "function" | "module" | "trace" | "quality") {
                c.wrong(what.place, "culprit", format!("`{}` is nothing of a frame", what.value), "known: function, module, trace, quality");
            }
            c.fact_exists(fact);
        }
    }
}
