//! `check`: runs a library's own examples and says what it read.

use super::Exit;
use super::args::Global;
use super::output::Output;
use std::path::PathBuf;

/// `faultbook check`.
pub fn check(_global: &Global, _dirs: &[PathBuf], out: &mut Output) -> Exit {
    out.error("not yet");
    Exit::Failed
}
