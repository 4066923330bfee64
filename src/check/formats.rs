//! Samples of formats: claimed by their own format before any other, and what they say.

use super::Checker;
use super::expect::NOT_KNOWN;
use crate::engine::envelope::Envelope;
use crate::facts::decl::FactDecl;
use crate::facts::view::Knowledge;
use crate::text::clock;
use crate::text::place::Place;

/// Runs the samples of a format.
pub fn format(c: &mut Checker<'_, '_>, number: usize) {
    let library = c.library;
    let Some(f) = library.format_at(number) else { return };
    // A bundle is told by the names in it; there is no line to show.
    let has_lines = !c.outline.line.is_empty() || f.record.is_some();
    if f.samples.is_empty() && has_lines {
        let head = Place { line: 1, col: 1, ..Place::default() };
        return c.hinted(head, "no-example", "no sample shows this format", "samples: text, facts");
    }
    for s in &f.samples {
        c.examples += 1;
        let text = s.text.value.as_bytes();
        let line = text.split(|b| *b == b'\n').next().unwrap_or(text);
        let envelope = c.observer.envelopes.read(line);
        let mut values: Vec<(String, String)> = described(&envelope);
        values.push(("text".into(), crate::text::untrusted::lossless(line.get(envelope.text.clone()).unwrap_or_default()).into_owned()));
        let record = f.record.as_ref().and_then(|r| {
            let start = crate::engine::lines::all(text).find(|(a, b)| r.starts.iter().any(|x| x.is_match(&text[*a..*b])))?.0;
            r.at(text, start, 0)
        });
        if s.name.is_some() && f.record.is_some() && record.is_none() {
            c.wrong(s.text.place, "no-record", format!("no record of `{}` begins in this sample", f.id));
        }
        if !c.outline.line.is_empty() && s.name.is_none() && envelope.format != Some(c.outline.id) {
            let by = envelope.format.unwrap_or("no format");
            c.hinted(
                s.text.place,
                "not-claimed",
                format!("this line is read by `{by}` and not by `{}`", f.id),
                "a format that says more is tried first; make one of the two narrower",
            );
        }
        for (name, value) in record.iter().flat_map(|r| &r.facts) {
            values.push((name.to_string(), value.clone()));
        }
        for (name, written) in &s.facts {
            let found = values.iter().find(|(n, _)| *n == name.value).map(|(_, v)| v.as_str());
            match (found, written.value.trim()) {
                (None, NOT_KNOWN) => {}
                (None, w) => c.wrong(written.place, "fact", format!("`{}` is not known; the sample says {w}", name.value)),
                (Some(v), NOT_KNOWN) => c.wrong(written.place, "fact", format!("`{}` is {v}; the sample says that it is not known", name.value)),
                // A level is our word for it; the sample may write what the line prints.
                (Some(v), w) if name.value == "level" && v.eq_ignore_ascii_case(w) => {}
                (Some(v), w) if v != w && !same(c.library.decl(name), v, w) => {
                    c.wrong(written.place, "fact", format!("`{}` is {v}; the sample says {w}", name.value));
                }
                _ => {}
            }
        }
    }
}

fn same(decl: Option<&FactDecl>, value: &str, written: &str) -> bool {
    decl.is_some_and(|d| d.read(value, None).is_ok_and(|v| super::expect::fits(d, written, &v)))
}

fn described(e: &Envelope) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut put = |name: &str, value: Option<String>| out.extend(value.map(|v| (name.to_string(), v)));
    put("time", e.time.is_known().then(|| e.time.to_string()));
    put("host", e.host.as_ref().map(|h| h.to_string()));
    put("component", e.component.clone());
    put("level", e.level.map(|l| l.word().to_string()));
    put("clock.utc_offset", e.utc_offset.map(clock::show_offset));
    put("clock.booted", e.booted.map(|t| t.to_string()));
    out
}
