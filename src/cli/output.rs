//! The one place that prints. Data goes to standard output, everything else to standard error; a closed pipe is no
//! error.

use super::Exit;
use super::args::{Color, Format, Global};
use crate::render::style::Paint;
use crate::text::untrusted::shown;
use std::io::{IsTerminal, Write};

/// Where a command's words go.
pub struct Output {
    pub paint: Paint,
    pub format: Format,
    quiet: bool,
    closed: bool,
    failed: bool,
}

impl Output {
    /// Looks at the terminal and at NO_COLOR.
    pub fn new(global: &Global) -> Output {
        let terminal = std::io::stdout().is_terminal();
        let allowed = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && allowed,
        };
        Output { paint: Paint { color, width: width(terminal) }, format: global.format, quiet: global.quiet, closed: false, failed: false }
    }

    /// Data.
    pub fn data(&mut self, text: &str) {
        // In JSON these characters stand in texts only, where they may be written by their number.
        let escaped = if self.format == Format::Json { escape(text) } else { None };
        let text = escaped.as_deref().unwrap_or(text);
        if self.closed {
            return;
        }
        let mut stdout = std::io::stdout().lock();
        let done =
            stdout.write_all(text.as_bytes()).and_then(|()| if text.ends_with('\n') { Ok(()) } else { stdout.write_all(b"\n") }).and_then(|()| stdout.flush());
        if let Err(e) = done {
            self.closed = true;
            self.failed = e.kind() != std::io::ErrorKind::BrokenPipe;
        }
    }

    /// Words of a session: data like any other, but not beside the one object of the JSON form.
    pub fn talk(&mut self, text: &str) {
        if self.format != Format::Json {
            self.data(text);
        }
    }

    /// Whether remarks are left out.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether nobody reads any more.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Looks at the width of the terminal again: somebody may have changed it.
    pub fn measure(&mut self) {
        self.paint.width = width(std::io::stdout().is_terminal());
    }

    /// A remark beside the data.
    pub fn note(&mut self, text: &str) {
        if !self.quiet {
            self.error(text);
        }
    }

    /// Why something could not be done.
    pub fn error(&mut self, text: &str) {
        let _ = writeln!(std::io::stderr(), "faultbook: {}", shown(text));
    }

    /// The exit code: full storage under standard output is a failure, a closed pipe is not.
    pub fn finish(self, exit: Exit) -> Exit {
        if self.failed { Exit::Failed } else { exit }
    }
}

fn width(terminal: bool) -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|c| c.parse::<usize>().ok());
    match (asked, terminal) {
        (Some(c), _) => c.clamp(40, 160),
        (None, true) => terminal_width().unwrap_or(100).clamp(40, 120),
        (None, false) => 100,
    }
}

fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| width.0 as usize)
}

/// JSON whose texts hold no character that a terminal would obey; `None` when there was none.
fn escape(json: &str) -> Option<String> {
    let obeyed = |c: char| c == '\u{7f}' || crate::text::untrusted::is_hidden(c);
    if !json.chars().any(obeyed) {
        return None;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if obeyed(c) {
            let mut units = [0u16; 2];
            c.encode_utf16(&mut units).iter().for_each(|u| out.push_str(&format!("\\u{u:04x}")));
        } else {
            out.push(c);
        }
    }
    Some(out)
}
