//! [`FileStore`]: the log that people use, in files beside their work.
//!
//! Start at [`FileStore::open`]. A command in a fresh process is: open, lock, read the tail,
//! append, unlock, sync.
//!
//! - **Invariant.** A store holds paths and no descriptors; it may be kept as long as one likes and
//!   used from several threads and processes.
//! - **Invariant.** After a sync that the device refused, a store appends nothing more.
//! - **Not promised.** See `append`, `sync`, `kept` and `lock`: each says what it does not promise.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use milestone_core::log::{
    AppendError, FileStat, LockError, LockGuard, LogStore, NewLine, Pending, ReadError, SyncError,
};

use super::append::{FILE_BYTES_MAX, Part};
use super::archive::{ArchiveError, Archived};
use super::archives::Archives;
use super::kept::KeptLine;
use super::own::ShrunkFile;
use super::paths::{Paths, shown};
use super::recovered::{MovedFragment, RepairError};
use super::trust::OpenError;
use super::{append, archive, kept, lock, own, read, recovered, sync, trust, writer};
use crate::disk::{Disk, RealDisk};

/// How a log is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Refuse to lock and to append, whatever the permissions allow.
    pub read_only: bool,
    /// Open a folder that belongs to another user. The caller vouches for it.
    pub trust_foreign_owner: bool,
    /// The name by which whoever waits for our lock is told of us.
    pub program: String,
    /// A log file is continued up to this length in bytes: [`FILE_BYTES_MAX`], but in tests of what
    /// happens then.
    pub file_bytes_max: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            read_only: false,
            trust_foreign_owner: false,
            program: "milestone".to_owned(),
            file_bytes_max: FILE_BYTES_MAX,
        }
    }
}

/// The log of one clone, in the files under `.milestones`.
#[derive(Debug)]
pub struct FileStore<D: Disk = RealDisk> {
    paths: Paths<D>,
    options: Options,
    device_refused: AtomicBool,
    archives: Archives,
}

/// What is behind a [`Pending`] of ours.
struct Written<F> {
    /// Which store wrote it, for no other may finish it.
    root: PathBuf,
    parts: Vec<Part<F>>,
}

impl FileStore {
    /// Opens the log under `root`, the `.milestones` folder, which must exist. Creates nothing.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what stands in the way. Nothing was read or changed.
    pub fn open(root: &Path, options: Options) -> Result<Self, OpenError> {
        Self::open_on(RealDisk, root, options)
    }
}

impl<D: Disk> FileStore<D> {
    /// As [`FileStore::open`], on a disk of the caller's.
    ///
    /// # Errors
    ///
    /// As [`FileStore::open`].
    pub fn open_on(disk: D, root: &Path, options: Options) -> Result<Self, OpenError> {
        let paths = Paths { file_bytes_max: options.file_bytes_max, ..Paths::new(disk, root) };
        trust::check(&paths, options.trust_foreign_owner)?;
        let (device_refused, archives) = (AtomicBool::new(false), Archives::default());
        Ok(Self { paths, options, device_refused, archives })
    }

    /// The own files that are not as this clone left them: git may have what is missing.
    ///
    /// Looks at the newest own file only, which is the one that commands append to; costs a few
    /// system calls and takes no lock. Ask **before** appending: an append begins another file and
    /// what it leaves behind is remembered no more. While another process is between remembering
    /// and writing a line, its file looks shrunk for a moment.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the file or the record of it cannot be read.
    pub fn own_files_shrunk(&self) -> Result<Vec<ShrunkFile>, ReadError> {
        own::shrunk(&self.paths)
    }

    /// The newest lines that this clone acknowledged, oldest first, about
    /// [`KEPT_BYTES_MAX`](super::KEPT_BYTES_MAX) of them. A line may be there twice.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if they cannot be read. None at all is no error.
    pub fn kept_lines(&self) -> Result<Vec<KeptLine>, ReadError> {
        kept::lines(&self.paths)
    }

    /// True if a file was an archive when the files were listed last.
    pub fn is_archived(&self, file: &str) -> bool {
        self.archives.has(file)
    }

    /// The files that can be archived, oldest first: those that this clone began and filled, and
    /// that are plain still. A file is full if another was begun because no more fitted into it.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the log cannot be read.
    pub fn archivable(&self) -> Result<Vec<FileStat>, ReadError> {
        archive::archivable(&self.paths, &self.archives)
    }

    /// Compresses one of the [`archivable`](Self::archivable) files and removes the plain one, once
    /// the archive was read back and is durable. `None` if the file is not archivable any more.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`]: the file is there, plain, archived or both, and can be read.
    pub fn archive(
        &self,
        _guard: &LockGuard,
        file: &FileStat,
    ) -> Result<Option<Archived>, ArchiveError> {
        if self.options.read_only {
            return Err(ArchiveError::Io { what: shown(&self.paths.log), source: read_only() });
        }
        archive::archive(&self.paths, &self.archives, file, &mut |_| Ok(()))
    }

    /// What archiving a file would come to; nothing is written.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`] if it cannot be read.
    pub fn rehearse_archive(&self, file: &FileStat) -> Result<Archived, ArchiveError> {
        archive::rehearse(&self.paths, file)
    }

    /// Moves the bytes after the last LF of a log file to `local/recovered/`; `None` if there are
    /// none.
    ///
    /// # Errors
    ///
    /// [`RepairError`]: the log is as it was.
    pub fn repair_torn_tail(
        &self,
        _guard: &LockGuard,
        file: &str,
    ) -> Result<Option<MovedFragment>, RepairError> {
        recovered::move_torn_tail(&self.paths, file)
    }

    /// Makes durable what was appended last in this clone, whoever did: a command that finds itself
    /// carried out already says so to its caller, and whoever carried it out may be about to sync,
    /// or dead.
    ///
    /// # Errors
    ///
    /// [`SyncError`] if nobody knows.
    pub fn sync_newest(&self) -> Result<(), SyncError> {
        let synced = writer::peek(&self.paths).and_then(|state| match state {
            Some(state) => own::sync_newest(&self.paths, &state),
            None => own::sync_all(&self.paths),
        });
        synced.map_err(|source| SyncError::Io { what: shown(&self.paths.log), source })
    }

    /// The files that lines were written to, as they are now: nothing else of the log has changed
    /// while the lock was held.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if a file cannot be looked at.
    pub fn appended(&self, pending: &Pending) -> Result<Vec<FileStat>, ReadError> {
        let written = pending.get::<Written<D::File>>();
        let parts = written.iter().flat_map(|written| &written.parts);
        let stat =
            |part: &Part<D::File>| read::stat_of(&self.paths.disk, &part.own.file, &part.own.path);
        parts.map(stat).collect()
    }

    pub(super) fn pending(&self, parts: Vec<Part<D::File>>) -> Pending {
        Pending::new(Written { root: self.paths.root.clone(), parts })
    }

    fn refuse_append(&self) -> Option<std::io::Error> {
        if self.options.read_only {
            return Some(read_only());
        }
        let refused = self.device_refused.load(Ordering::Relaxed);
        refused.then(|| std::io::Error::other("a sync failed before; open the log again"))
    }
}

fn read_only() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::ReadOnlyFilesystem, "the log was opened read-only")
}

impl<D: Disk> LogStore for FileStore<D> {
    fn files(&self) -> Result<Vec<FileStat>, ReadError> {
        read::files(&self.paths, &self.archives, !self.options.read_only)
    }

    fn read_at(&self, file: &str, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        read::read_at(&self.paths, &self.archives, file, offset, into)
    }

    fn lock(&self, wait: Duration) -> Result<LockGuard, LockError> {
        if self.options.read_only {
            return Err(LockError::Io { what: shown(&self.paths.lock), source: read_only() });
        }
        lock::lock(&self.paths, &self.options.program, wait)
    }

    fn append(
        &mut self,
        _guard: &LockGuard,
        lines: &[NewLine<'_>],
    ) -> Result<Pending, AppendError> {
        if let Some(source) = self.refuse_append() {
            return Err(AppendError::Io { what: shown(&self.paths.log), source });
        }
        let parts = append::append(&self.paths, lines)?;
        Ok(self.pending(parts))
    }

    fn sync(&self, pending: Pending) -> Result<(), SyncError> {
        let written = pending.into_inner::<Written<D::File>>().ok_or(SyncError::Foreign)?;
        if written.root != self.paths.root {
            return Err(SyncError::Foreign);
        }
        let program = &self.options.program;
        let durable =
            sync::sync(&self.paths, program, written.parts, &mut |_| {}).map_err(|not| {
                self.device_refused.fetch_or(not.device_refused, Ordering::Relaxed);
                not.error
            })?;
        let buffers: Vec<&[u8]> = durable.iter().map(Part::bytes).collect();
        // The lines are durable: that a second copy failed must not make the caller doubt it.
        let _ = kept::keep(&self.paths, program, &buffers);
        Ok(())
    }
}
