//! Files that a session is told to read: one file, or all below a folder in the order of their names. Links inside a
//! folder are not followed; what is binary or cannot be read is named. The number of what was read tells later whether
//! it is still the same.

use crate::text::sha256;
use std::fmt::Write;
use std::path::Path;

/// Bytes at the begin of a file in which a NUL means that it is no text.
const SNIFFED: usize = 8_192;

/// What became of a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Files that were read.
    pub files: usize,
    pub bytes: u64,
    /// SHA-256 of the file, or of the list of names and numbers of all files below a folder.
    pub sha256: String,
    /// The text, when it was one small file.
    pub text: Option<String>,
    /// What was not read, and why.
    pub skipped: Vec<(String, String)>,
}

/// Reads a path and hands every text to `each` with its name and the bytes of all files together. `keep`: up to this
/// size the text of a single file is also given back.
pub fn take(path: &Path, keep: usize, each: &mut dyn FnMut(&str, &[u8], usize)) -> Taken {
    let mut taken = Taken::default();
    let mut total = 0;
    measure(path, true, &mut total);
    let mut list = String::new();
    let single = path.is_file();
    walk(path, true, &mut |name, outcome| match outcome {
        Err(why) => taken.skipped.push((name, why)),
        Ok(bytes) => {
            let number = sha256::hex(&bytes);
            if bytes.iter().take(SNIFFED).any(|b| *b == 0) {
                taken.skipped.push((name, "binary".to_string()));
                return;
            }
            taken.files += 1;
            taken.bytes += bytes.len() as u64;
            let _ = writeln!(list, "{number}  {name}");
            if single {
                taken.sha256 = number;
                if bytes.len() <= keep {
                    taken.text = std::str::from_utf8(&bytes).ok().map(str::to_string);
                }
            }
            each(&name, &bytes, total as usize);
        }
    });
    if !single {
        taken.sha256 = sha256::hex(list.as_bytes());
    }
    taken
}

fn measure(path: &Path, named: bool, total: &mut u64) {
    let kind = if named { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) };
    match kind {
        Ok(m) if m.is_dir() => std::fs::read_dir(path).into_iter().flatten().flatten().for_each(|e| measure(&e.path(), false, total)),
        Ok(m) if m.is_file() => *total += m.len(),
        _ => {}
    }
}

fn walk(path: &Path, named: bool, each: &mut dyn FnMut(String, Result<Vec<u8>, String>)) {
    let name = path.display().to_string();
    let kind = if named { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) };
    match kind {
        Err(e) => each(name, Err(e.to_string())),
        Ok(m) if m.is_dir() => match std::fs::read_dir(path) {
            Err(e) => each(name, Err(e.to_string())),
            Ok(entries) => {
                let mut below: Vec<_> = entries.flatten().map(|e| e.path()).collect();
                below.sort();
                below.iter().for_each(|p| walk(p, false, each));
            }
        },
        Ok(m) if m.is_file() => each(name, std::fs::read(path).map_err(|e| e.to_string())),
        Ok(m) if m.is_symlink() => each(name, Err("a link; links are not followed".to_string())),
        Ok(_) => each(name, Err("no regular file".to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_in_order_and_its_number_changes_with_any_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b.log"), "two\n").unwrap();
        std::fs::write(folder.path().join("a.log"), "one\n").unwrap();
        std::fs::write(folder.path().join("core"), b"\0\x01").unwrap();
        let mut seen = Vec::new();
        let taken = take(folder.path(), 100, &mut |name, bytes, _| seen.push((name.rsplit('/').next().unwrap_or("").to_string(), bytes.len())));
        assert_eq!(seen, [("a.log".to_string(), 4), ("b.log".to_string(), 4)]);
        assert_eq!((taken.files, taken.bytes, taken.skipped.len(), taken.text), (2, 8, 1, None));
        std::fs::write(folder.path().join("a.log"), "One\n").unwrap();
        assert_ne!(take(folder.path(), 100, &mut |_, _, _| {}).sha256, taken.sha256);
        let one = take(&folder.path().join("a.log"), 100, &mut |_, _, _| {});
        assert_eq!((one.text.as_deref(), one.sha256), (Some("One\n"), sha256::hex(b"One\n")));
        assert_eq!(take(&folder.path().join("none"), 100, &mut |_, _, _| {}).files, 0);
    }
}
