//! Files of a user's library roots. Nothing is ever loaded from the current folder or from inside what is scanned.

use crate::library::shelf::SourceFile;
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

/// Reads the library files below a root, in order of their paths. Links are not followed.
pub fn read_root(root: &Path) -> std::io::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    if !root.is_dir() {
        return Err(std::io::Error::new(std::io::ErrorKind::NotFound, "no such folder"));
    }
    for top in ["signatures", "kb"] {
        walk(root, &root.join(top), &mut files);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            walk(root, &path, files);
        } else if kind.is_file() && files.len() < MOST_FILES && matches!(path.extension().and_then(|e| e.to_str()), Some("yaml" | "yml" | "md")) {
            let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let text = match entry.metadata() {
                Ok(m) if m.len() > crate::model::yaml::MAX_FILE as u64 => Err(format!("{} bytes; the limit is {}", m.len(), crate::model::yaml::MAX_FILE)),
                _ => std::fs::read(&path).map_err(|e| e.to_string()).and_then(|b| String::from_utf8(b).map_err(|_| "this is no UTF-8 text".to_string())),
            };
            files.push(SourceFile { path: below, shown: path.to_string_lossy().into_owned(), text });
        }
    }
}
