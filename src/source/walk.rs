//! The walk over inputs: files and folders of the system, standard input, bytes at hand. Folders are read in the order
//! of their names, links in them are not followed, and whatever cannot be read is reported and passed over.

use super::layout::family;
use super::limits::{Limits, Used};
use super::name::{Hint, MemberName};
use super::node::{Depth, Host, Walker};
use super::peek::Peek;
use super::trouble::Reason;
use std::fs::{self, File, FileType, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

/// Buffer for files.
const FILE_BUFFER: usize = 128 << 10;

/// Something to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file or folder, as the user wrote it. A link given here is followed.
    Path(PathBuf),
    /// Standard input, named `stdin`.
    Stdin,
    /// Bytes and what they are called.
    Bytes(String, Vec<u8>),
}

impl Input {
    /// An argument of the command line: `-` is standard input.
    pub fn argument(text: impl Into<PathBuf>) -> Self {
        let path = text.into();
        if path.as_os_str() == "-" { Input::Stdin } else { Input::Path(path) }
    }
}

/// Receives what a walk finds, in order.
pub trait Sink {
    /// A plain text. `data` never fails: trouble ends it and is reported after it. It need not be read to its end.
    fn member(&mut self, name: &MemberName, hint: Hint, data: &mut dyn Read);

    /// Something that was not read, or only in part, or that is doubtful.
    fn skipped(&mut self, name: &MemberName, reason: &Reason);
}

/// How far a walk is; may be looked at by another thread.
#[derive(Debug, Default)]
pub struct Progress {
    bytes: AtomicU64,
    files: AtomicU64,
}

impl Progress {
    /// Bytes read of the inputs as they lie there, packed.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Files opened.
    pub fn files(&self) -> u64 {
        self.files.load(Ordering::Relaxed)
    }
}

/// What to walk over, and how.
#[derive(Clone, Copy)]
pub struct Walk<'a> {
    /// In this order.
    pub inputs: &'a [Input],
    /// Bounds.
    pub limits: &'a Limits,
    /// Where to count.
    pub progress: Option<&'a Progress>,
}

/// Walks over inputs on this thread.
pub fn walk(inputs: &[Input], limits: &Limits, sink: &mut dyn Sink) {
    Walk { inputs, limits, progress: None }.run(sink);
}

impl Walk<'_> {
    /// Walks on this thread.
    pub fn run(&self, sink: &mut dyn Sink) {
        self.over(&mut Plain { sink, totals: Totals::default(), limits: self.limits });
    }

    pub(crate) fn over(&self, host: &mut dyn Host) {
        let mut walker = Walker::new(host, self.limits);
        for input in self.inputs {
            if walker.stop {
                break;
            }
            match input {
                Input::Path(path) => {
                    let name = MemberName::input(&crate::text::untrusted::lossless(path.as_os_str().as_encoded_bytes()));
                    self.path(&mut walker, &name, path, 0);
                }
                Input::Stdin => self.stream(&mut walker, &MemberName::input("stdin"), Hint::default(), &mut io::stdin().lock()),
                Input::Bytes(name, bytes) => {
                    let hint = Hint { modified: None, size: Some(bytes.len() as u64) };
                    self.stream(&mut walker, &MemberName::input(name), hint, &mut &bytes[..]);
                }
            }
        }
    }

    fn stream(&self, walker: &mut Walker<'_>, name: &MemberName, hint: Hint, inner: &mut dyn Read) {
        if let Some(p) = self.progress {
            p.files.fetch_add(1, Ordering::Relaxed);
        }
        let mut counted = Counted { inner, progress: self.progress };
        walker.file(name, hint, Peek::with_buffer(&mut counted, FILE_BUFFER));
    }

    /// `depth`: folders around it; 0 for what the user named.
    fn path(&self, walker: &mut Walker<'_>, name: &MemberName, path: &Path, depth: u16) {
        if let Err(e) = self.try_path(walker, name, path, depth) {
            walker.skipped(name, Reason::whole(format!("not readable: {e}")));
        }
    }

    fn try_path(&self, walker: &mut Walker<'_>, name: &MemberName, path: &Path, depth: u16) -> io::Result<()> {
        let named = depth == 0;
        let meta = if named { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
        if meta.is_dir() {
            return self.folder(walker, name, path, depth);
        }
        if let Some(what) = special(meta.file_type())
            && !(named && what == "fifo")
        {
            walker.skipped(name, Reason::whole(what));
            return Ok(());
        }
        let mut file = File::open(path)?;
        // What was looked at may have been replaced since.
        let meta = file.metadata()?;
        if !meta.is_file() && !named {
            walker.skipped(name, Reason::whole("changed while it was opened"));
            return Ok(());
        }
        self.stream(walker, name, hint(&meta), &mut file);
        Ok(())
    }

    fn folder(&self, walker: &mut Walker<'_>, name: &MemberName, path: &Path, depth: u16) -> io::Result<()> {
        if depth >= walker.limits.folders {
            let say = format_args!("more than {} folders inside each other", walker.limits.folders);
            walker.skipped(name, Reason::limit("folders", say, false));
            return Ok(());
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(path)? {
            match entry {
                Ok(_) if !walker.budget.member(walker.limits) => {
                    walker.skipped(name, Reason::limit("members", format_args!("more than {} members", walker.limits.members), true));
                    break;
                }
                Ok(entry) => entries.push(entry.file_name()),
                Err(e) => {
                    walker.skipped(name, Reason::partly(format!("not readable: {e}")));
                    break;
                }
            }
        }
        // The parts of a rotated log stand together, the oldest first.
        entries.sort_by_cached_key(|e: &std::ffi::OsString| (family(&e.to_string_lossy()), e.clone()));
        for entry in entries {
            if walker.stop {
                break;
            }
            self.path(walker, &name.entry(entry.as_encoded_bytes()), &path.join(&entry), depth + 1);
        }
        Ok(())
    }
}

fn hint(meta: &Metadata) -> Hint {
    let modified = meta.modified().ok().map(|t| match t.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_secs() as i64,
        Err(before) => -(before.duration().as_secs() as i64),
    });
    Hint { modified, size: meta.is_file().then_some(meta.len()) }
}

/// What a file is when it is none.
fn special(kind: FileType) -> Option<&'static str> {
    if kind.is_file() || kind.is_dir() {
        return None;
    }
    if kind.is_symlink() {
        return Some("link");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("fifo");
        }
        if kind.is_socket() {
            return Some("socket");
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some("device");
        }
    }
    Some("special file")
}

/// Walks over one stream, made by a test.
#[cfg(test)]
pub(crate) fn walk_stream(name: &str, inner: &mut dyn Read, limits: &Limits, sink: &mut dyn Sink) {
    let walk = Walk { inputs: &[], limits, progress: None };
    let mut host = Plain { sink, totals: Totals::default(), limits };
    walk.stream(&mut Walker::new(&mut host, limits), &MemberName::input(name), Hint::default(), inner);
}

/// Counts what is read.
struct Counted<'c> {
    inner: &'c mut dyn Read,
    progress: Option<&'c Progress>,
}

impl Read for Counted<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        if let Some(p) = self.progress {
            p.bytes.fetch_add(n as u64, Ordering::Relaxed);
        }
        Ok(n)
    }
}

/// The bounds that hold for all inputs together.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    used: Used,
}

impl Totals {
    /// Adds what was used; the bound that is hit, if any.
    pub fn add(&mut self, more: Used, limits: &Limits) -> Option<Reason> {
        self.used.add(more);
        if self.used.out >= limits.total_out {
            let say = format_args!("{} bytes unpacked in all; nothing is read from here on", limits.total_out);
            return Some(Reason::limit("total_out", say, false));
        }
        if self.used.members > limits.members {
            let say = format_args!("{} members in all; nothing is read from here on", limits.members);
            return Some(Reason::limit("members", say, false));
        }
        None
    }
}

/// All on one thread.
struct Plain<'s> {
    sink: &'s mut dyn Sink,
    totals: Totals,
    limits: &'s Limits,
}

impl Host for Plain<'_> {
    fn begin(&mut self, name: &MemberName, before: Used) -> bool {
        match self.totals.add(before, self.limits) {
            Some(reason) => {
                self.sink.skipped(name, &reason);
                false
            }
            None => true,
        }
    }

    fn end(&mut self, used: Used) {
        self.totals.used.add(used);
    }

    fn packed(&mut self, _: &MemberName, _: Hint, _: &mut Peek<'_>, _: Depth) -> bool {
        false
    }

    fn text(&mut self, name: &MemberName, hint: Hint, data: &mut dyn Read) {
        self.sink.member(name, hint, data);
    }

    fn skipped(&mut self, name: &MemberName, reason: Reason) {
        self.sink.skipped(name, &reason);
    }
}
