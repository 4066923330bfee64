//! The envelope of a line: which format it has, and what that says of time, host, level and component. Read only for
//! lines that something matched.

use crate::library::Library;
use crate::library::clauses::Choice;
use crate::library::gate::Gate;
use crate::library::outline::{Kind, Outline};
use crate::library::types::{Format, Level};
use crate::text::clock::{self, Time};
use crate::text::untrusted::lossless;
use regex::bytes::Regex;
use std::ops::Range;
use std::sync::Arc;

/// What a line says of itself beside its message.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// Id of its format.
    pub format: Option<&'static str>,
    /// When it was written.
    pub time: Time,
    /// Seconds by which local time is ahead of UTC, when two clocks of the line tell.
    pub utc_offset: Option<i32>,
    /// When the machine was started, when two clocks of the line tell.
    pub booted: Option<Time>,
    /// Host it names.
    pub host: Option<Arc<str>>,
    /// Its level.
    pub level: Option<Level>,
    /// Its component.
    pub component: Option<String>,
    /// Bytes of the message.
    pub text: Range<usize>,
}

/// Formats in the order in which they are tried: what says most first.
pub struct Envelopes<'a> {
    library: &'a Library,
    order: Vec<Order>,
}

/// A format and its pattern. Its file is read only when a line that fits names a level.
struct Order {
    entry: usize,
    outline: &'static Outline,
    line: Gate,
    /// The message is what follows: most patterns end with it, and an expression without it can be matched in one go.
    text_follows: bool,
}

/// How a pattern ends whose message is the rest of the line.
const REST: &str = "(?P<text>.*)$";

impl<'a> Envelopes<'a> {
    /// Formats of a library.
    pub fn new(library: &'a Library) -> Self {
        let entries = library.entries();
        let is_format = |i: &usize| entries[*i].outline.kind == Kind::Format && !entries[*i].outline.line.is_empty();
        let mut order: Vec<usize> = (0..entries.len()).filter(is_format).collect();
        order.sort_by_cached_key(|i| {
            let o = entries[*i].outline;
            let literal: usize = o.line_literals.iter().map(Choice::shortest).sum();
            let captures = o.line.matches("(?P<").count() + o.line.matches("(?<").count();
            (std::cmp::Reverse((captures, literal, o.line.len())), o.id)
        });
        let order = order.into_iter().map(|entry| {
            let outline = entries[entry].outline;
            let head = outline.line.strip_suffix(REST).filter(|head| is_whole(head));
            let line = Gate::new(head.unwrap_or(outline.line), false, false, outline.line_literals, outline.line_runs);
            Order { entry, outline, line, text_follows: head.is_some() }
        });
        Envelopes { library, order: order.collect() }
    }

    /// The first format whose line fits.
    pub fn read(&self, line: &[u8]) -> Envelope {
        let line = if line.len() > 4096 { &line[..4096] } else { line };
        let folded = line.to_ascii_lowercase();
        for format in self.order.iter().filter(|f| f.line.may_match_folded(&folded)) {
            if let Some(mut envelope) = format.line.regex_for(line).and_then(|regex| self.of(format, regex, line)) {
                envelope.format = Some(format.outline.id);
                return envelope;
            }
        }
        Envelope { text: 0..line.len(), ..Envelope::default() }
    }

    fn of(&self, format: &Order, regex: &Regex, line: &[u8]) -> Option<Envelope> {
        let found = regex.captures(line)?;
        let from = found.get(0).filter(|_| format.text_follows).map_or(0, |head| head.end());
        let mut envelope = Envelope { text: from..line.len(), ..Envelope::default() };
        let mut stamps = Vec::new();
        for (i, name) in regex.capture_names().enumerate().filter_map(|(i, name)| Some((i, name?))) {
            let Some(m) = found.get(i) else { continue };
            let text = lossless(m.as_bytes());
            match name {
                "host" => envelope.host = Some(Arc::from(text.as_ref())),
                "component" => envelope.component = Some(text.into_owned()),
                "text" => envelope.text = m.range(),
                "level" => envelope.level = self.library.format_at(format.entry).and_then(|f| level(f, &text)),
                other => stamps.extend(clock::Kind::from_capture(other).and_then(|k| clock::read(k, &text))),
            }
        }
        let stamp = clock::combine(&stamps);
        envelope.time = stamp.time;
        envelope.utc_offset = stamp.utc_offset_s;
        envelope.booted = stamp.booted;
        Some(envelope)
    }
}

/// Whether a part of a pattern is an expression of its own: no group, class or escape is open at its end, and no branch
/// stands outside of all groups.
fn is_whole(part: &str) -> bool {
    let (mut groups, mut in_class, mut escaped) = (0i32, false, false);
    for c in part.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            _ if in_class => {}
            '(' => groups += 1,
            ')' => groups -= 1,
            '|' if groups == 0 => return false,
            _ => {}
        }
    }
    groups == 0 && !in_class && !escaped
}

fn level(format: &Format, word: &str) -> Option<Level> {
    let word = word.to_ascii_lowercase();
    let mapped = format.levels.iter().find(|(w, _)| w.eq_ignore_ascii_case(&word)).map(|(_, l)| *l);
    mapped.or(match word.as_str() {
        "error" | "err" | "fatal" | "critical" | "crit" | "alert" | "emerg" | "emergency" | "panic" | "severe" => Some(Level::Error),
        "warning" | "warn" => Some(Level::Warning),
        "info" | "notice" | "information" => Some(Level::Info),
        "debug" | "trace" | "verbose" => Some(Level::Debug),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_expression_is_taken_for_itself() {
        for (head, whole) in
            [(r"^(?P<host>[\w(|-]+) (?:a|b) ", true), (r"^a|b", false), (r"^(?:a|", false), (r"^a\", false), (r"^a\|b\(", true), ("^[a", false)]
        {
            assert_eq!(is_whole(head), whole, "{head}");
        }
    }
}
