//! `decode`.

use super::args::{Format, Global};
use super::investigate::shown_code;
use super::output::Output;
use super::{Exit, library};
use crate::engine::asked::asked;
use crate::render::{json, text};
use serde_json::json;

/// `faultbook decode`.
pub fn decode(global: &Global, codes: &[String], out: &mut Output) -> Exit {
    let Some(library) = library(global, 0, out) else { return Exit::Failed };
    let found = asked(library, &codes.join(" "));
    let known = found.iter().any(|c| !c.unknown);
    let all: Vec<_> = found.into_iter().map(|c| shown_code(c, None)).collect();
    if out.format == Format::Json {
        let list: Vec<_> = all.iter().map(json::decoded).collect();
        out.data(&serde_json::to_string_pretty(&json!({"schema_version": 1, "decoded": list})).unwrap_or_default());
    } else if all.is_empty() {
        out.error("no table knows a code in this");
    } else {
        let mut s = String::new();
        text::decoded(&mut s, &all, out.paint);
        out.data(s.trim_start());
    }
    if known { Exit::Found } else { Exit::Nothing }
}
