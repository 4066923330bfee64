//! From a file's text to what the engine works with. Everything that is wrong with a file is collected, each thing
//! with its place; what cannot work is left out, what can is kept.

use super::lint;
use super::outline::{self, Kind, Role};
use super::types::*;
use super::{Compiled, Entry, Examined, Library};
use crate::facts::decl::Name;
use crate::facts::expr::Expr;
use crate::facts::message::Message;
use crate::facts::unit::Unit;
use crate::facts::version::VersionRange;
use crate::facts::view::Derive;
use crate::model::article::Article;
use crate::model::format::FormatFile;
use crate::model::shapes::{DeriveFile, OneOrMany, TextOr};
use crate::model::signature::SignatureFile;
use crate::model::step::StepFile;
use crate::model::yaml;
use crate::problem::Problem;
use crate::text::place::{At, Place};
use regex::bytes::Regex;
use std::collections::BTreeMap;

/// Parses and compiles one entry.
pub(super) fn entry(library: &Library, entry: &Entry) -> (Compiled, Vec<Problem>) {
    let strict = match library.examined {
        Examined::All => true,
        Examined::Own => !entry.shipped,
        Examined::None => false,
    };
    let mut c = Compiler { library, entry, file: entry.outline.file, text: entry.outline.text, strict, problems: Vec::new() };
    let made = match entry.outline.kind {
        Kind::Signature => c.read().map(|f: SignatureFile| Compiled::Signature(Box::new(c.signature(f)))),
        Kind::Step => c.read().map(|f: StepFile| Compiled::Step(Box::new(c.step(f)))),
        Kind::Format => c.read().map(|f: FormatFile| Compiled::Format(Box::new(c.format(f)))),
        Kind::Table => c.table(entry.outline).map(|t| Compiled::Table(Box::new(t))),
        Kind::Facts => Some(Compiled::Facts),
        Kind::Article => {
            let (article, problems) = Article::read(c.file, c.text);
            c.problems.extend(problems);
            article.map(|a| Compiled::Article(Box::new(a)))
        }
    };
    if strict {
        lint::outline(&mut c, entry);
    }
    (made.unwrap_or(Compiled::Broken), c.problems)
}

/// A file without its examples, where they stand last: only `check` looks at them, and they are half of most files.
fn without_examples(text: &str) -> &str {
    let Some(at) = text.find("\nexamples:") else { return text };
    let is_last = text[at + 1..].lines().skip(1).all(|line| line.is_empty() || line.starts_with([' ', '-', '#']));
    if is_last { &text[..=at] } else { text }
}

/// Collects the problems of one file while it is compiled.
pub struct Compiler<'a> {
    /// The library, for names.
    pub library: &'a Library,
    /// What is compiled.
    pub entry: &'a Entry,
    /// The file's path for people.
    pub file: &'a str,
    /// Its text, for excerpts.
    pub text: &'a str,
    /// Everything is looked at, not only what is needed to work.
    pub strict: bool,
    /// What is wrong so far.
    pub problems: Vec<Problem>,
}

impl Compiler<'_> {
    fn read<T: for<'de> serde::Deserialize<'de>>(&mut self) -> Option<T> {
        let text = if self.strict { self.text } else { without_examples(self.text) };
        yaml::read(self.file, text).map_err(|p| self.problems.push(p)).ok()
    }

    /// Notes a problem at a place.
    pub fn wrong(&mut self, place: Place, code: &'static str, say: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::new(self.file, place, code, say).hint(hint).excerpt_from(self.text));
    }

    /// The place of an offset inside a scalar: exact where the source between the quotes is the value, else the scalar.
    pub fn inside<T: AsRef<str>>(&self, at: &At<T>, offset: usize) -> Place {
        let place = at.place;
        let Some(source) = self.text.get(place.start as usize..(place.start + place.len) as usize) else { return place };
        let value = at.value.as_ref();
        let quote = usize::from(source.starts_with(['\'', '"']));
        if source.get(quote..quote + value.len()) == Some(value) && !value[..offset.min(value.len())].contains('\n') {
            return Place { col: place.col + (quote + value[..offset.min(value.len())].chars().count()) as u32, ..place };
        }
        place
    }

    fn expr(&mut self, at: &At<String>) -> Option<Expr> {
        match Expr::parse(&at.value) {
            Ok(e) => Some(e),
            Err(m) => {
                let hint = lint::cut_at_hash(self.text, at).unwrap_or_default();
                self.wrong(self.inside(at, m.at), "expression", m.say, hint);
                None
            }
        }
    }

    fn conditions(&mut self, list: &OneOrMany) -> Vec<Expr> {
        self.all(&list.0)
    }

    pub(super) fn all(&mut self, list: &[At<String>]) -> Vec<Expr> {
        list.iter().filter_map(|c| self.expr(c)).collect()
    }

    pub(super) fn message(&mut self, at: &At<String>) -> Option<Message> {
        match Message::parse(&at.value) {
            Ok(m) => Some(m),
            Err(m) => {
                self.wrong(self.inside(at, m.at), "message", m.say, "");
                None
            }
        }
    }

    pub(super) fn regex(&mut self, at: &At<String>) -> Option<Regex> {
        match super::pattern::compile(&at.value, false, false) {
            Ok(r) => Some(r),
            Err(_) => {
                lint::pattern(self, at, false, false);
                None
            }
        }
    }

    fn window(&mut self, at: &Option<At<String>>) -> Option<Window> {
        let at = at.as_ref()?;
        let (number, unit) = at.value.trim().split_once(' ').unwrap_or((at.value.trim(), ""));
        let number: Option<f64> = number.parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0);
        let window = match (number, unit.trim()) {
            (Some(n), "lines" | "line") => Some(Window::Lines(n as u64)),
            (Some(n), unit) => match Unit::named(unit) {
                Some(Unit::Time(_, factor)) => Some(Window::Time((n * factor as f64) as i64)),
                _ => None,
            },
            _ => None,
        };
        if window.is_none() {
            self.wrong(at.place, "window", format!("`{}` is no window", at.value), "such as `30 s`, `2 min`, `24 h` or `20 lines`");
        }
        window
    }

    pub(super) fn derives(&mut self, map: &BTreeMap<At<String>, DeriveFile>) -> Vec<(Name, Derive)> {
        let mut out = Vec::new();
        for (name, file) in map {
            let cases: Vec<(Vec<Expr>, Expr)> = match file {
                DeriveFile::Is(at) => self.expr(at).map(|e| (Vec::new(), e)).into_iter().collect(),
                DeriveFile::Cases(cases) => cases.iter().filter_map(|c| Some((self.conditions(&c.when), self.expr(&c.is)?))).collect(),
            };
            out.push((Name::from(name.as_str()), Derive { cases, file: self.file.to_string() }));
        }
        out
    }

    fn signature(&mut self, f: SignatureFile) -> Signature {
        let ordinals =
            |role: Role, all: &[outline::Numbered<'_>]| -> Vec<usize> { all.iter().enumerate().filter(|(_, n)| n.role == role).map(|(i, _)| i).collect() };
        let numbered = outline::of_signature(&f);
        let names = |list: &[At<String>]| -> Vec<Name> { list.iter().map(|n| Name::from(n.value.as_str())).collect() };
        let window = self.window(&f.matching.within);
        let m = &f.matching;
        let text = if let Some(record) = &m.record {
            TextWay::Record { name: record.value.clone(), any: ordinals(Role::RecordAny, &numbered), all: ordinals(Role::RecordAll, &numbered) }
        } else if let Some(count) = &m.count {
            let window = self.window(&count.within);
            let pattern = ordinals(Role::Count, &numbered)[0];
            TextWay::Count { pattern, at_least: count.at_least.value, window, same: names(&count.same) }
        } else if !m.all.is_empty() {
            TextWay::All { patterns: ordinals(Role::All, &numbered), window, ordered: m.ordered, same: names(&m.same) }
        } else if !m.any.is_empty() {
            TextWay::Any
        } else {
            TextWay::Never
        };
        let none = ordinals(Role::None, &numbered);
        let evidence_way = (!m.from.0.is_empty() || !m.when.0.is_empty()).then(|| EvidenceWay {
            from: m.from.0.iter().map(|s| s.value.clone()).collect(),
            when: self.conditions(&m.when),
            say: m.say.as_ref().and_then(|s| self.message(s)),
        });
        let signature = Signature {
            id: f.id.value.clone(),
            title: f.title.value.clone(),
            severity: f.severity.value,
            status: f.status.value,
            applies_to: f
                .applies_to
                .iter()
                .filter_map(|a| match VersionRange::parse(&a.versions) {
                    Ok(range) => Some((a.product.value.clone(), range)),
                    Err(say) => {
                        self.wrong(a.versions.place, "version", say, "such as `>=4.0, <5.5`");
                        None
                    }
                })
                .collect(),
            article: f.article.as_ref().map(|a| a.value.clone()),
            about: f.about.iter().filter(|a| !matches!(a.as_str(), "host" | "case")).map(|a| Name::from(a.as_str())).collect(),
            of_case: f.about.iter().any(|a| a.value == "case"),
            refines: f.refines.iter().map(|r| r.value.clone()).collect(),
            ends_in: f.ends_in.as_ref().map(|e| e.value.clone()),
            text,
            none,
            none_window: window,
            evidence_way,
            leads_to: f
                .leads_to
                .iter()
                .map(|l| Consequence {
                    signature: l.signature.value.clone(),
                    within: match self.window(&l.within) {
                        Some(Window::Time(n)) => Some(n),
                        _ => None,
                    },
                    same: l.same.iter().map(|s| s.value.clone()).collect(),
                })
                .collect(),
            causes: f
                .causes
                .iter()
                .map(|c| Cause {
                    id: c.id.value.clone(),
                    prior: c.prior.value,
                    title: c.title.as_ref().map(|t| t.value.clone()).unwrap_or_default(),
                    is: c.is.as_ref().map(|i| i.value.clone()),
                })
                .collect(),
            evidence: f
                .evidence
                .iter()
                .filter_map(|e| {
                    let outcomes = e.outcomes.iter().map(|o| Outcome {
                        when: self.conditions(&o.when),
                        say: o.say.as_ref().and_then(|s| self.message(s)),
                        causes: o.causes.iter().map(|(c, v)| (c.value.clone(), v.value)).collect(),
                        finding: o.finding.as_ref().map(|f| f.value),
                    });
                    let outcomes = outcomes.collect();
                    Some(Evidence { step: e.step.value.clone(), why: self.message(&e.why)?, outcomes })
                })
                .collect(),
            references: f
                .references
                .iter()
                .map(|r| (r.title.value.clone(), r.url.as_ref().map(|u| u.value.clone()), r.supports.iter().map(|s| s.value.clone()).collect()))
                .collect(),
            derives: self.derives(&f.derive),
            examples: f.examples.clone(),
        };
        if self.strict {
            lint::signature(self, &f);
        }
        signature
    }

    fn step(&mut self, f: StepFile) -> Step {
        let numbered = outline::of_step(&f);
        let find = |role: Role| -> Vec<usize> { numbered.iter().enumerate().filter(|(_, n)| n.role == role).map(|(i, _)| i).collect() };
        let name = |n: &str| Name::from(n);
        let parse = if let Some(keys) = &f.parse.keys {
            let take = keys.take.iter().map(|(printed, target)| match target {
                TextOr::Text(t) => (printed.value.clone(), name(t), None),
                TextOr::Map(m) => {
                    let unit = m.unit.as_ref().and_then(|u| {
                        let unit = Unit::named(u);
                        if unit.is_none() {
                            self.wrong(u.place, "unit", format!("`{}` is no unit", u.value), lint::units());
                        }
                        unit
                    });
                    (printed.value.clone(), name(&m.fact), unit)
                }
            });
            Parse::Keys { take: take.collect(), separator: keys.separator.value.clone() }
        } else if let Some(choices) = &f.parse.choices {
            // In the order of the file, which is that of the author's question.
            let mut all: Vec<_> = choices.iter().collect();
            all.sort_by_key(|(words, _)| words.place.start);
            Parse::Choices(
                all.into_iter().map(|(words, facts)| (words.value.clone(), facts.iter().map(|(n, v)| (name(n), v.value.clone())).collect())).collect(),
            )
        } else if let Some(record) = &f.parse.record {
            Parse::Record(record.value.clone())
        } else {
            let patterns = find(Role::StepLine);
            let mut each = Vec::new();
            for (p, ordinal) in f.parse.lines.iter().zip(&patterns) {
                if let Some(e) = p.options().and_then(|o| o.each.as_ref())
                    && let Some(regex) = self.regex(&e.pattern)
                {
                    each.push((*ordinal, e.capture.value.clone(), regex));
                }
            }
            Parse::Lines { patterns, each }
        };
        let step = Step {
            id: f.id.value.clone(),
            title: f.title.value.clone(),
            risk: f.risk.value,
            minutes: f.minutes.value,
            needs: f.needs.iter().map(|n| name(n)).collect(),
            place: f.place.as_ref().map(|p| p.value.clone()),
            run: f.run.as_ref().and_then(|r| self.message(r)),
            ask: f.ask.as_ref().map(|a| a.value.clone()),
            found_in: f.found_in.iter().map(|g| g.value.clone()).collect(),
            looks_like: find(Role::LooksLike),
            block: find(Role::StepBlock).first().copied(),
            parse,
            gives: self
                .library
                .entries
                .iter()
                .find(|e| e.outline.file == self.file && e.outline.kind == Kind::Step)
                .map(|e| e.outline.gives.iter().map(|g| name(g)).collect())
                .unwrap_or_default(),
            lost_on: f.lost_on.iter().flat_map(|(event, facts)| facts.iter().map(|n| (event.value.clone(), name(n)))).collect(),
            derives: self.derives(&f.derive),
            contradictions: f
                .contradictions
                .iter()
                .filter_map(|c| Some(Contradiction { when: self.conditions(&c.when), say: self.message(&c.say)? }))
                .collect(),
            examples: f.examples.clone(),
        };
        if self.strict {
            lint::step(self, &f);
        }
        step
    }

    fn format(&mut self, f: FormatFile) -> Format {
        let list = |c: &mut Self, all: &[crate::model::pattern::PatternFile]| -> Vec<Regex> {
            all.iter()
                .filter_map(|p| {
                    let ignore = p.options().is_some_and(|o| o.ignore_case);
                    super::pattern::compile(&p.source().value, ignore, false).ok().or_else(|| {
                        lint::pattern(c, p.source(), ignore, false);
                        None
                    })
                })
                .collect()
        };
        let whole = |c: &mut Self, all: &[At<String>]| -> Vec<Regex> {
            all.iter().filter_map(|p| c.regex(p).and_then(|_| super::pattern::compile(&format!("^(?:{})$", p.value), false, false).ok())).collect()
        };
        let record = f.record.as_ref().map(|r| RecordFormat {
            name: r.name.as_ref().unwrap_or(&f.id).value.clone(),
            starts: list(self, &r.starts),
            heads: list(self, &r.heads),
            continues: list(self, &r.continues),
            ends: list(self, &r.ends),
            max_lines: r.max_lines.as_ref().map_or(200, |m| m.value as usize).clamp(1, 2_000),
            take: list(self, &r.take),
            frames: r.frames.as_ref().and_then(|fr| {
                Some(Frames {
                    pattern: self.regex(&fr.pattern)?,
                    strip: fr.strip.as_ref().and_then(|s| self.regex(s)),
                    not_in: fr.not_in.iter().filter_map(|p| self.regex(p)).collect(),
                    bottoms: whole(self, &fr.bottoms),
                    skip_functions: whole(self, &fr.skip_functions),
                    skip_modules: whole(self, &fr.skip_modules),
                    culprit: fr.culprit.iter().map(|(what, fact)| (what.value.clone(), Name::from(fact.value.as_str()))).collect(),
                })
            }),
        });
        let mut levels = Vec::new();
        for (word, level) in &f.levels {
            match Level::named(&level.value) {
                Some(l) => levels.push((word.value.clone(), l)),
                None => self.wrong(level.place, "level", format!("`{}` is no level", level.value), "known: error, warning, info, debug"),
            }
        }
        if self.strict {
            if let Some(line) = &f.line {
                self.regex(line);
            }
            lint::format(self, &f);
        }
        Format { id: f.id.value.clone(), title: f.title.value.clone(), levels, record, samples: f.samples }
    }
}
