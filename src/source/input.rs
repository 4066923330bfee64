//! What a session is told to read: a small text is kept with the case, anything else is named with a number that tells
//! later whether it is still the same.

use crate::text::sha256;
use std::fmt::Write;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes at the begin of a file in which a NUL means that it is no text.
const SNIFFED: usize = 8_192;
/// A file longer than this is known by its length, its first and its last MiB.
const WHOLE: u64 = 64 << 20;
const END: u64 = 1 << 20;

/// The text of a file that is not longer than `most` bytes.
pub fn small_text(path: &Path, most: u64) -> Option<String> {
    let meta = std::fs::metadata(path).ok()?;
    if !meta.is_file() || meta.len() > most {
        return None;
    }
    let text = String::from_utf8(std::fs::read(path).ok()?).ok()?;
    (!text.bytes().take(SNIFFED).any(|b| b == 0)).then_some(text)
}

/// How many bytes there are at a path, and a number that changes with any of them: the SHA-256 of a file, or of the list
/// of the numbers of all files below a folder. Links below a folder are not followed.
pub fn number(path: &Path) -> Option<(u64, String)> {
    if std::fs::metadata(path).ok()?.is_file() {
        return of_file(path);
    }
    let mut list = String::new();
    let mut bytes = 0;
    below(path, &mut |file| {
        if let Some((length, number)) = of_file(file) {
            bytes += length;
            let _ = writeln!(list, "{number}  {}", file.display());
        }
    });
    Some((bytes, sha256::hex(list.as_bytes())))
}

fn of_file(path: &Path) -> Option<(u64, String)> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut bytes = Vec::new();
    if length <= WHOLE {
        file.read_to_end(&mut bytes).ok()?;
    } else {
        bytes.extend(length.to_le_bytes());
        (&mut file).take(END).read_to_end(&mut bytes).ok()?;
        file.seek(SeekFrom::End(-(END as i64))).ok()?;
        file.take(END).read_to_end(&mut bytes).ok()?;
    }
    Some((length, sha256::hex(&bytes)))
}

fn below(folder: &Path, each: &mut dyn FnMut(&Path)) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        match std::fs::symlink_metadata(&path) {
            Ok(m) if m.is_dir() => below(&path, each),
            Ok(m) if m.is_file() => each(&path),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_changes_with_any_file_and_any_end() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b.log"), "two\n").unwrap();
        std::fs::write(folder.path().join("a.log"), "one\n").unwrap();
        let before = number(folder.path()).unwrap();
        assert_eq!(before.0, 8);
        std::fs::write(folder.path().join("a.log"), "One\n").unwrap();
        assert_ne!(number(folder.path()).unwrap().1, before.1);
        assert_eq!(number(&folder.path().join("a.log")), Some((4, sha256::hex(b"One\n"))));
        assert_eq!(number(&folder.path().join("none")), None);
        let long = folder.path().join("long");
        let file = File::create(&long).unwrap();
        file.set_len(WHOLE + 1).unwrap();
        let before = number(&long).unwrap();
        file.set_len(WHOLE + 2).unwrap();
        assert_ne!(number(&long).unwrap(), before);
    }

    #[test]
    fn only_a_small_text_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.log");
        std::fs::write(&file, "One\n").unwrap();
        assert_eq!((small_text(&file, 4).as_deref(), small_text(&file, 3)), (Some("One\n"), None));
        std::fs::write(&file, b"\0core").unwrap();
        assert_eq!((small_text(&file, 99), small_text(folder.path(), 99)), (None, None));
    }
}
