//! A tantivy directory over bytes that are already in memory: part of the program, or just built. It only reads, copies
//! nothing, and has no locks, since nothing can change below it.

use std::path::Path;
use std::sync::Arc;
use std::{fmt, io};
use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{DirectoryLock, FileHandle, Lock, OwnedBytes, WatchCallback, WatchHandle, WritePtr};

/// Files by name; a clone shares them.
#[derive(Clone)]
pub struct Embedded {
    files: Arc<[(String, OwnedBytes)]>,
}

impl Embedded {
    /// Bytes of the program.
    pub fn program(files: &'static [(&'static str, &'static [u8])]) -> Embedded {
        Embedded { files: files.iter().map(|(name, bytes)| (name.to_string(), OwnedBytes::new(*bytes))).collect() }
    }

    /// Bytes made at run time; they are moved in, not copied.
    pub fn owned(files: Vec<(String, Vec<u8>)>) -> Embedded {
        Embedded { files: files.into_iter().map(|(name, bytes)| (name, OwnedBytes::new(bytes))).collect() }
    }

    fn find(&self, path: &Path) -> Result<&OwnedBytes, OpenReadError> {
        // Compared as text: comparing paths takes them apart, and there are eight files.
        let name = path.to_str().unwrap_or_default();
        let file = self.files.iter().find(|(n, _)| n == name);
        file.map(|(_, bytes)| bytes).ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_path_buf()))
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Embedded({} files)", self.files.len())
    }
}

fn refused() -> io::Error {
    io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "this index is only read")
}

impl Directory for Embedded {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        Ok(Arc::new(self.find(path)?.clone()))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.find(path).is_ok())
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        Ok(self.find(path)?.to_vec())
    }

    // The default would write a lock file.
    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(refused()), filepath: path.to_path_buf() })
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(refused(), path.to_path_buf()))
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(refused())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }
}
