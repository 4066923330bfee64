//! Writes a file whole or not at all: beside it first, then renamed over it, so that a crash, a full disk or a pulled
//! plug leaves either the old file or the new one. What is written may hold logs, so only its owner may read it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file in one step. The mode of a file that is replaced is kept; a new one is for its owner only.
pub fn atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Through a link the file itself is replaced, and not the link by a file.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "this is a folder"));
    }
    let folder = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this is no name of a file"))?;
    let (beside, mut file) = open_beside(&folder, &name.to_string_lossy())?;
    let done = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| keep_mode(&path, &file)).and_then(|()| std::fs::rename(&beside, &path));
    if done.is_err() {
        let _ = std::fs::remove_file(&beside);
        return done;
    }
    // The rename is durable once the folder is; where a folder cannot be opened (not Unix) there is nothing to do.
    if let Ok(folder) = File::open(&folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn open_beside(folder: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    let mut last = io::Error::other("no name is free");
    for n in 0..16 {
        let beside = folder.join(format!(".{name}.{}-{n}.part", std::process::id()));
        match private(OpenOptions::new().write(true).create_new(true)).open(&beside) {
            Ok(file) => return Ok((beside, file)),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => last = e,
            Err(e) => return Err(e),
        }
    }
    Err(last)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// A file that was there keeps the mode that somebody gave it.
fn keep_mode(path: &Path, file: &File) -> io::Result<()> {
    match std::fs::metadata(path) {
        Ok(m) => file.set_permissions(m.permissions()),
        Err(_) => Ok(()),
    }
}

/// Opens a file to append to; a new one is for its owner only.
pub fn append(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().append(true).create(true)).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case.yaml");
        atomically(&path, b"one").unwrap();
        atomically(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(atomically(&folder.path().join("none/case.yaml"), b"x").is_err());
        assert!(atomically(folder.path(), b"x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_for_its_owner_only_and_an_old_one_keeps_its_mode() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case.yaml");
        atomically(&path, b"one").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        atomically(&link, b"two").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
    }
}
