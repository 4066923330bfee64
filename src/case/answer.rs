//! What people answer to a step: a choice, or the output of a command.

use super::Case;
use crate::engine::block::Keys;
use crate::engine::lines;
use crate::engine::observe::{Observer, Seen, SeenLine};
use crate::facts::subject::Subject;
use crate::library::outline::Kind;
use crate::library::types::Parse;
use crate::text::untrusted::lossless;
use std::sync::Arc;

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// So many facts were read.
    Read(usize),
    /// Nothing in it could be read.
    NotUnderstood,
    /// There is no such step.
    NoSuchStep,
}

impl<'a> Case<'a> {
    /// Takes an answer to a step that was asked about one host of several: what names no host is about this one.
    pub fn answer_on(&mut self, observer: &Observer<'a>, id: &str, text: &str, host: Option<&str>) -> Answered {
        self.asked = host.map(Arc::from);
        let answered = self.answer(observer, id, text);
        self.asked = None;
        answered
    }

    /// Takes an answer to a step.
    pub fn answer(&mut self, observer: &Observer<'a>, id: &str, text: &str) -> Answered {
        let Some(number) = self.library.number(Kind::Step, id) else { return Answered::NoSuchStep };
        let Some(step) = self.library.step_at(number) else { return Answered::NoSuchStep };
        self.answers += 1;
        let stream: Arc<str> = if self.answers == 1 { Arc::from(format!("answer:{id}")) } else { Arc::from(format!("answer:{id}#{}", self.answers)) };
        let before = self.store.now();
        let outputs = self.outputs.len();
        match &step.parse {
            Parse::Choices(choices) => {
                let wanted = text.trim();
                let by_number = wanted.parse::<usize>().ok().and_then(|n| choices.get(n.checked_sub(1)?));
                let chosen = by_number.or_else(|| choices.iter().find(|(words, _)| words.eq_ignore_ascii_case(wanted)));
                let Some((_, facts)) = chosen else { return Answered::NotUnderstood };
                let facts = facts.iter().map(|(n, v)| (n.clone(), v.clone(), None)).collect();
                let line = SeenLine { number: 0, text: wanted.into(), envelope: Default::default() };
                let subject = self.assert(&stream, &line, &facts, &Vec::new());
                self.output(number, &stream, &line, subject);
            }
            Parse::Keys { separator, take } => {
                let bytes = text.as_bytes();
                let block = step.block.and_then(|b| self.library.pattern(number, b).regex());
                let mut at = Some(0);
                while let Some(start) = at.filter(|s| *s < bytes.len()) {
                    let (groups, last) = Keys { separator, take, block }.region(bytes, start);
                    for group in groups {
                        if group.facts.is_empty() {
                            continue;
                        }
                        let number_of = lines::count(&bytes[..group.at]) + 1;
                        let line = Arc::new(SeenLine { number: number_of, text: "".into(), envelope: Default::default() });
                        self.block(&stream, &line, number, &group.facts);
                    }
                    at = lines::from(bytes, last).1;
                }
            }
            Parse::Lines { .. } => {
                self.stream(&stream).recognised.insert(number);
                self.answer_lines(observer, number, &stream, text);
                self.end_stream(&stream);
            }
            Parse::Record(_) => {
                let bytes = text.as_bytes();
                let seen = observer.look(&stream, bytes, 0..bytes.len().max(1), 1);
                let records: Vec<_> = seen.into_iter().filter(|o| matches!(o.what, Seen::Record(_))).collect();
                self.observe(&stream, &records);
                self.end_stream(&stream);
            }
        }
        let read = (self.store.now() - before) as usize;
        if self.outputs.len() == outputs && !matches!(step.parse, Parse::Choices(_)) {
            if text.trim().is_empty() {
                return Answered::NotUnderstood;
            }
            // Somebody looked, and nothing was there: that is an answer too.
            self.looked(number, &Subject::host(self.asked.clone()).root);
            return Answered::NotUnderstood;
        }
        Answered::Read(read)
    }

    /// Output of a step that reads line by line, whether or not anything recognises it.
    fn answer_lines(&mut self, observer: &Observer<'a>, entry: usize, stream: &Arc<str>, text: &str) {
        let library = self.library;
        let Some(step) = library.step_at(entry) else { return };
        let Parse::Lines { patterns, .. } = &step.parse else { return };
        let bytes = text.as_bytes();
        for (i, (start, end)) in lines::all(bytes).enumerate() {
            let line =
                Arc::new(SeenLine { number: i as u64 + 1, text: lossless(&bytes[start..end]).into(), envelope: observer.envelopes.read(&bytes[start..end]) });
            for ordinal in step.block.iter().chain(patterns) {
                let number = library.entries()[entry].patterns.start + ordinal;
                if let Some(hit) = observer.hit(stream, number, &bytes[start..end], &line.envelope) {
                    self.step_line(stream, &line, &hit);
                }
            }
        }
    }

    /// Notes that somebody looked, and there was nothing: none means none, and it is not asked again.
    pub fn nothing(&mut self, id: &str, host: Option<&str>, why: &str) {
        if let Some(number) = self.library.number(Kind::Step, id) {
            self.looked(number, &Subject::host(host.map(Arc::from)).root);
        }
        self.decline(id, why);
    }

    /// Notes that a person cannot or will not answer a step; nothing moves on that.
    pub fn decline(&mut self, step: &str, why: &str) {
        self.declined.insert(step.to_string(), why.to_string());
    }
}
