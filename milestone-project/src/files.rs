//! Log files that are only read: those of a commit, those that were given by name.
//!
//! - **Invariant.** They are read like any other log; nothing can be written to them.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use milestone_core::log::{
    AppendError, FileStat, LockError, LockGuard, LogStore, NewLine, Pending, ReadError, SyncError,
};

/// Files in memory, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files(pub(crate) BTreeMap<String, Vec<u8>>);

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "these files can only be read")
}

impl LogStore for Files {
    fn files(&self) -> Result<Vec<FileStat>, ReadError> {
        let stat = |(name, bytes): (&String, &Vec<u8>)| FileStat {
            name: name.clone(),
            len_bytes: bytes.len() as u64,
            mtime_ns: 0,
            inode: 0,
        };
        Ok(self.0.iter().map(stat).collect())
    }

    fn read_at(&self, file: &str, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        let bytes = self.0.get(file).map_or(&[][..], Vec::as_slice);
        let rest = usize::try_from(offset).ok().and_then(|from| bytes.get(from..)).unwrap_or(&[]);
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn lock(&self, _wait: Duration) -> Result<LockGuard, LockError> {
        Err(LockError::Io { what: "files in memory".into(), source: read_only() })
    }

    fn append(
        &mut self,
        _guard: &LockGuard,
        _lines: &[NewLine<'_>],
    ) -> Result<Pending, AppendError> {
        Err(AppendError::Io { what: "files in memory".into(), source: read_only() })
    }

    fn sync(&self, _pending: Pending) -> Result<(), SyncError> {
        Err(SyncError::Foreign)
    }
}
