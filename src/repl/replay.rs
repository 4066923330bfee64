//! Replays a saved case and says whether it still comes to the same: to the byte with the same library, else which
//! conclusions change and why.

use super::session::Session;
use crate::case::journal::Journal;
use crate::library::Library;
use crate::render::session as draw;
use crate::render::style::Paint;
use crate::text::sha256;
use crate::text::untrusted::shown;
use std::fmt::Write;

/// A replayed case.
pub struct Replayed<'a> {
    pub session: Session<'a>,
    /// The result is the one that was saved, to the byte.
    pub same: bool,
    /// The library says what it said then.
    pub same_library: bool,
    /// What could not be put in again as it was.
    pub remarks: Vec<String>,
}

/// Replays a case with a library.
pub fn replay<'a>(library: &'a Library, journal: &Journal) -> Replayed<'a> {
    let mut session = Session::new(library);
    let outcomes = session.resume(journal);
    let same = sha256::hex(session.result().as_bytes()) == journal.concluded.result;
    let same_library = format!("{:016x}", library.fingerprint()) == journal.library;
    let remarks = outcomes.into_iter().flat_map(|o| o.remarks).collect();
    Replayed { session, same, same_library, remarks }
}

/// What is different from when the case was saved: conclusions with their reasons, and the files of the library that
/// say something else now. Empty when nothing is.
pub fn differences(r: &Replayed<'_>, journal: &Journal, paint: Paint) -> String {
    let mut out = String::new();
    let then = &journal.concluded.summary;
    let changes = then.changes_to(&r.session.summary);
    draw::differences(&mut out, then, &changes, &r.session.answer.conclusion, r.session.library, paint);
    let files = changed_files(r, journal);
    if !files.is_empty() && !changes.is_empty() {
        let _ = writeln!(out, "{}", paint.wrap(&format!("Files of the library that took part and say something else now: {}", shown(&files.join(", "))), 0, 2));
    }
    out
}

/// Files of the library that took part then or take part now, and differ.
fn changed_files(r: &Replayed<'_>, journal: &Journal) -> Vec<String> {
    let now = r.session.used();
    let mut out = Vec::new();
    for (file, says) in &journal.used {
        match now.iter().find(|(f, _)| f == file) {
            Some((_, s)) if s == says => {}
            Some(_) => out.push(file.clone()),
            None => out.push(format!("{file} (takes no part)")),
        }
    }
    out.extend(now.iter().filter(|(f, _)| !journal.used.iter().any(|(g, _)| g == f)).map(|(f, _)| format!("{f} (new)")));
    out
}
