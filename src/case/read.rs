//! From captures to facts: what was captured together belongs together, on the host that the line or the block names.

use super::Case;
use crate::engine::observe::{Captured, SeenLine};
use crate::facts::decl::{FactDecl, Name};
use crate::facts::series::Reading;
use crate::facts::subject::{Root, Subject};
use crate::facts::value::Value;
use crate::facts::view::Knowledge;
use crate::text::clock;
use crate::text::origin::Origin;
use std::sync::Arc;

/// Bytes of the name of a host.
const MOST_HOST: usize = 256;
/// Sentences about unreadable values that are kept.
const MOST_UNREADABLE: usize = 100;

impl<'a> Case<'a> {
    /// The subject with these keys that captures (and the captures around them) name. A key that is not captured is
    /// left out.
    pub(super) fn subject_of(&self, about: Vec<Name>, of_case: bool, facts: &Captured, line: &SeenLine, around: Option<&Captured>) -> Subject {
        let root = if of_case { Root::Case } else { Root::Host(self.host_of(facts, line, around)) };
        let mut subject = Subject::host(None).rooted(root);
        for key in about {
            let value = self.value(facts, &key).or_else(|| around.and_then(|a| self.value(a, &key)));
            if let Some(value) = value {
                subject = subject.with(&key, value);
            }
        }
        subject
    }

    /// The value of a captured fact.
    pub(super) fn value(&self, facts: &Captured, name: &str) -> Option<Value> {
        let (_, text, unit) = facts.iter().find(|(n, ..)| &**n == name)?;
        self.library.decl(name)?.read(text, *unit).ok()
    }

    fn host_of(&self, facts: &Captured, line: &SeenLine, around: Option<&Captured>) -> Option<Arc<str>> {
        let named = |c: &Captured| c.iter().find(|(n, ..)| &**n == "host").map(|(_, t, _)| Arc::from(t.as_str()));
        // What is longer is no name of a host, however it was captured.
        let is_name = |host: &Arc<str>| host.len() <= MOST_HOST;
        let told = named(facts).or_else(|| around.and_then(named)).or_else(|| line.envelope.host.clone());
        told.filter(is_name).or_else(|| self.asked.clone())
    }

    /// Takes captures as facts of one moment. Returns what they are about: the host and all keys.
    pub(super) fn assert(&mut self, stream: &Arc<str>, line: &SeenLine, facts: &Captured, around: &Captured) -> Subject {
        let host = self.host_of(facts, line, Some(around));
        self.store.see_host(&host);
        let moment = self.store.moment();
        let time = line.envelope.time;
        let origin = Origin::new(stream, line.number);
        let root = Subject::host(host);
        let library = self.library;
        let own = self.values(facts, Some(&origin));
        let around = self.values(around, None);
        let mut whole = root.clone();
        // Most facts of a line are about the same thing.
        let mut last: Option<(&FactDecl, Subject)> = None;
        for (decl, value) in &own {
            let subject = match &last {
                Some((of, subject)) if of.about == decl.about && of.of_case == decl.of_case => subject.clone(),
                _ => {
                    let keys = decl.about.iter().map(|name| Some((name, &own.iter().chain(&around).find(|(d, _)| d.name == *name)?.1)));
                    let Some(keys) = keys.collect::<Option<Vec<_>>>() else { continue };
                    let subject = if decl.of_case { Subject::case() } else { root.clone() };
                    let subject = keys.into_iter().fold(subject, |subject, (name, value)| subject.with(name, value.clone()));
                    for key in subject.keys() {
                        whole = whole.with(&key.name, key.value.clone());
                    }
                    let subject = self.store.kept(subject);
                    last = Some((decl, subject.clone()));
                    subject
                }
            };
            // The fact that names something else: its subject exists from now on.
            if decl.about.is_empty() && is_key(library, &decl.name) {
                whole = whole.with(&decl.name, value.clone());
                self.store.name_subject(&root.clone().with(&decl.name, value.clone()));
            }
            self.store.add(decl, subject, Reading { value: value.clone(), time, moment, origin: origin.clone() });
        }
        self.clocks(line, &root, moment, &origin);
        whole
    }

    /// Captures of declared facts with their values. Of those that cannot be read it is said where they stand, if that is
    /// given.
    fn values(&mut self, captures: &Captured, origin: Option<&Origin>) -> Vec<(&'a FactDecl, Value)> {
        let library = self.library;
        let mut values = Vec::with_capacity(captures.len());
        for (name, text, unit) in captures {
            if &**name == "host" || name.starts_with("time.") {
                continue;
            }
            let Some(decl) = library.decl(name) else { continue };
            match (decl.read(text, *unit), origin) {
                (Ok(value), _) => values.push((decl, value)),
                (Err(why), Some(origin)) if !text.trim().is_empty() && self.unreadable.len() < MOST_UNREADABLE => {
                    self.unreadable.insert(format!("{origin}: `{name}` is not known: {why}"));
                }
                _ => {}
            }
        }
        values
    }

    /// What two clocks of one line tell: the offset of local time, and when the machine was started.
    fn clocks(&mut self, line: &SeenLine, root: &Subject, moment: u64, origin: &Origin) {
        let e = &line.envelope;
        let told = [("clock.utc_offset", e.utc_offset.map(|s| Value::text(clock::show_offset(s)))), ("clock.booted", e.booted.map(Value::Time))];
        for (name, value) in told {
            if let (Some(value), Some(decl)) = (value, self.library.decl(name)) {
                self.store.add(decl, root.clone(), Reading { value, time: e.time, moment, origin: origin.clone() });
            }
        }
    }
}

/// Whether some fact is about this one.
fn is_key(library: &crate::library::Library, name: &str) -> bool {
    library.is_key(name)
}
