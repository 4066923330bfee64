//! Frames of a record: who is to blame, a fingerprint that is the same for the same crash wherever it happened, and how
//! much of the trace is there.

use super::record::Record;
use crate::library::types::Frames;
use crate::text::untrusted::lossless;
use regex::bytes::Regex;

/// Frames of one line.
const LINE_FRAMES: usize = 128;
/// Frames of one record.
const RECORD_FRAMES: usize = 1_024;
/// Frames that make the fingerprint of a crash.
const TRACE_FRAMES: usize = 6;

/// A frame of a backtrace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Empty when its name is not there.
    pub function: String,
    pub module: Option<String>,
    /// Some list skips it.
    pub skipped: bool,
    /// The kernel only guesses that it is a frame.
    pub guess: bool,
    /// It stands at the bottom of a whole trace.
    pub bottom: bool,
}

fn any(all: &[Regex], text: &str) -> bool {
    all.iter().any(|r| r.is_match(text.as_bytes()))
}

impl Frames {
    /// Frames of a line, as many as stand in it.
    pub(super) fn read(&self, line: &[u8], frames: &mut Vec<Frame>) {
        if self.not_in.iter().any(|r| r.is_match(line)) {
            return;
        }
        for found in self.pattern.captures_iter(line).take(LINE_FRAMES) {
            if frames.len() >= RECORD_FRAMES {
                return;
            }
            let text = |name: &str| found.name(name).map(|m| lossless(m.as_bytes()).into_owned()).filter(|t| !t.is_empty());
            let function = match (text("function"), text("lost")) {
                (Some(function), _) => match self.strip.as_ref().and_then(|s| s.find(function.as_bytes())) {
                    Some(m) if m.start() > 0 => format!("{}{}", &function[..m.start()], &function[m.end()..]),
                    _ => function,
                },
                (None, Some(_)) => String::new(),
                (None, None) => continue,
            };
            let module = text("module").or_else(|| text("module_before"));
            let skipped = any(&self.skip_functions, &function) || module.as_ref().is_some_and(|m| any(&self.skip_modules, m));
            frames.push(Frame { skipped, guess: found.name("guess").is_some(), bottom: any(&self.bottoms, &function), function, module });
        }
    }

    /// The first frame that no list skips, the fingerprint, and the quality of the trace.
    pub(super) fn conclude(&self, record: &mut Record) {
        record.lost = record.frames.iter().filter(|f| f.function.is_empty()).count();
        let whole = record.frames.iter().any(|f| f.bottom);
        record.tailless &= !whole;
        let trace = first_trace(&record.frames);
        let names = fingerprint(&trace);
        let culprit = trace.first();
        let facts: Vec<(&str, Option<String>)> = self
            .culprit
            .iter()
            .map(|(what, fact)| {
                let value = match what.as_str() {
                    "function" => culprit.map(|f| f.function.clone()),
                    "module" => culprit.and_then(|f| f.module.clone()),
                    "quality" => Some(quality(record, whole)),
                    _ => (!names.is_empty()).then(|| names.join("<")),
                };
                (&**fact, value)
            })
            .collect();
        for (fact, value) in facts {
            if let Some(value) = value {
                record.keep(fact, &value);
            }
        }
    }
}

/// The frames to look at: those of the first trace that has any which no list skips. A trace ends with the frames at
/// the bottom of a stack; a log often prints the same one twice. Guesses count only when there is nothing else.
fn first_trace(frames: &[Frame]) -> Vec<&Frame> {
    let mut traces: Vec<Vec<&Frame>> = vec![Vec::new()];
    let mut bottom = false;
    for frame in frames {
        if bottom && !frame.bottom {
            traces.push(Vec::new());
        }
        bottom = frame.bottom;
        if let Some(trace) = traces.last_mut() {
            trace.push(frame);
        }
    }
    let telling = |guesses: bool| {
        traces.iter().find_map(|trace| {
            let some: Vec<&Frame> = trace.iter().copied().filter(|f| !f.skipped && !f.bottom && !f.function.is_empty() && (guesses || !f.guess)).collect();
            (!some.is_empty()).then_some(some)
        })
    };
    telling(false).or_else(|| telling(true)).unwrap_or_default()
}

/// Names without addresses, offsets and modules, which differ from host to host and from era to era. A function that
/// stands twice in a row (the place of the fault and the first frame) stands once.
fn fingerprint<'a>(trace: &[&'a Frame]) -> Vec<&'a str> {
    let mut names: Vec<&str> = trace.iter().map(|f| f.function.as_str()).collect();
    names.dedup();
    names.truncate(TRACE_FRAMES);
    names
}

fn quality(record: &Record, whole: bool) -> String {
    let mut missing = Vec::new();
    if record.headless {
        missing.push("head missing".to_string());
    }
    if record.frames.is_empty() {
        missing.push("no frames".into());
    } else if !whole {
        missing.push("last frames missing".into());
    }
    if record.lost > 0 {
        missing.push(format!("{} of {} frames without a name", record.lost, record.frames.len()));
    }
    if missing.is_empty() { "complete".into() } else { missing.join(", ") }
}
