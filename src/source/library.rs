//! Files of a user's library roots. Nothing is ever loaded from the current folder or from inside what is scanned.

use crate::library::shelf::{SourceFile, Threads, in_shares};
use crate::model::yaml::MAX_FILE;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest number of files in one root.
const MOST_FILES: usize = 50_000;

/// The platform's data folder for faultbook, when it is there.
pub fn data_folder() -> Option<PathBuf> {
    data_home().filter(|folder| folder.is_dir())
}

/// Where that folder is or would be, when there is a home to have one in.
pub fn data_home() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    // Without a home the account's entry would be asked, and a service account would find files in odd places.
    std::env::var_os("HOME").or_else(|| std::env::var_os("XDG_DATA_HOME")).or_else(|| std::env::var_os("USERPROFILE")).filter(|h| !h.is_empty())?;
    Some(etcetera::choose_base_strategy().ok()?.data_dir().join("faultbook"))
}

/// Reads the library files below a root, in order of their paths, with so many threads. Links are not followed.
pub fn read_root(root: &Path, threads: Threads<'_>) -> std::io::Result<Vec<SourceFile>> {
    if !root.is_dir() {
        return Err(std::io::Error::new(std::io::ErrorKind::NotFound, "no such folder"));
    }
    let mut paths = Vec::new();
    for top in ["signatures", "kb"] {
        walk(&root.join(top), top, &mut paths);
    }
    paths.sort();
    Ok(in_shares(threads, &paths, |some| {
        let mut buffer = Vec::with_capacity(64 << 10);
        let file =
            |(below, path): &(String, PathBuf)| SourceFile { path: below.clone(), shown: path.to_string_lossy().into_owned(), text: read(path, &mut buffer) };
        some.iter().map(file).collect()
    }))
}

/// Gathers library files of a folder: their paths below the root, and as they are.
fn walk(folder: &Path, below: &str, files: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        let below = format!("{below}/{}", entry.file_name().to_string_lossy());
        if kind.is_dir() {
            walk(&entry.path(), &below, files);
        } else if kind.is_file() && files.len() < MOST_FILES && matches!(below.rsplit_once('.'), Some((_, "yaml" | "yml" | "md"))) {
            files.push((below, entry.path()));
        }
    }
}

/// The text of a file. It is read into a buffer that serves all, since to ask for the size of each first would cost as
/// much as to read it.
fn read(path: &Path, buffer: &mut Vec<u8>) -> Result<String, String> {
    let say = |e: std::io::Error| e.to_string();
    let file = File::open(path).map_err(say)?;
    buffer.clear();
    (&file).take(MAX_FILE as u64 + 1).read_to_end(buffer).map_err(say)?;
    if buffer.len() > MAX_FILE {
        let size = file.metadata().map_or(buffer.len() as u64, |m| m.len());
        return Err(format!("{size} bytes; the limit is {MAX_FILE}"));
    }
    std::str::from_utf8(buffer).map(str::to_string).map_err(|_| "this is no UTF-8 text".to_string())
}
