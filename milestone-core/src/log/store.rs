//! The seam below the log: where its lines live.
//!
//! Start at [`LogStore`]. `MemoryStore` of the testkit is the smallest complete implementation and
//! the model of every other; `FileStore` of milestone-store-file is the one that people use.
//!
//! - **Invariant.** A store sees bytes and never what they mean: it knows that a log is a set of
//!   named files of LF-terminated lines, and nothing of records, order or events.
//! - **Invariant.** Between [`LogStore::append`] and [`LogStore::sync`] a line is written but not
//!   durable. Only what `sync` returned for may be acknowledged to a caller.
//! - **Absent on purpose.** No update, no delete, no clock and no interpretation of a line.

use std::io;
use std::time::Duration;

use crate::words::RecordId;

/// Size limit of one line, LF included.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// What a store says of one of its files without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStat {
    /// The file's name inside the log, such as `k3m9x2pq-0001.jsonl`.
    pub name: String,
    /// Its length in bytes.
    pub len_bytes: u64,
    /// When it was last modified, in nanoseconds since 1970; 0 where the store has no such thing.
    pub mtime_ns: i64,
    /// The identity of the file behind the name; 0 where the store has no such thing.
    pub inode: u64,
}

/// Proof that a store's exclusive lock is held. Dropping it unlocks.
///
/// A half-done state is a type: nothing can be appended without one.
#[must_use = "the lock is released when this is dropped"]
pub struct LockGuard(#[expect(dead_code, reason = "held for its drop")] Box<dyn std::any::Any>);

impl LockGuard {
    /// Wraps what must be dropped to unlock.
    pub fn new(held: impl std::any::Any) -> Self {
        Self(Box::new(held))
    }
}

impl std::fmt::Debug for LockGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LockGuard")
    }
}

/// One line on its way into a store: its bytes without LF, and the id by which it is known.
#[derive(Debug, Clone, Copy)]
pub struct NewLine<'a> {
    /// The record's id, as in the line.
    pub id: RecordId,
    /// The line, without LF.
    pub bytes: &'a [u8],
}

/// Lines that were written and are **not** durable yet.
///
/// The inner value belongs to the store that made it.
#[must_use = "written lines are not durable until they are synced"]
pub struct Pending(Box<dyn std::any::Any + Send>);

impl Pending {
    /// Wraps what the store needs in order to finish.
    pub fn new(state: impl std::any::Any + Send) -> Self {
        Self(Box::new(state))
    }

    /// Shows the store what it put in; `None` if another kind of store made it.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }

    /// Gives the store back what it put in; `None` if another kind of store made it.
    pub fn into_inner<T: 'static>(self) -> Option<T> {
        self.0.downcast().ok().map(|boxed| *boxed)
    }
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pending")
    }
}

/// Where lines live: files, memory, later a replicated stream.
///
/// Every method blocks; none reads a clock but to wait for the lock.
pub trait LogStore {
    /// Lists the log's files, sorted by name. Costs one `stat` a file.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the log's folder cannot be read. A log that does not exist yet is empty.
    fn files(&self) -> Result<Vec<FileStat>, ReadError>;

    /// Reads bytes of `file` from `offset` into `into` and returns how many; 0 at the end.
    ///
    /// # Errors
    ///
    /// [`ReadError`] names the file. One that vanished since [`LogStore::files`] reads as empty; of
    /// a [`ReadError::Damaged`] one nothing is given out but, it may be, a first part.
    fn read_at(&self, file: &str, offset: u64, into: &mut [u8]) -> Result<usize, ReadError>;

    /// Takes the exclusive lock of this log, waiting at most `wait`.
    ///
    /// # Errors
    ///
    /// [`LockError::Busy`] names the holder where it is known.
    fn lock(&self, wait: Duration) -> Result<LockGuard, LockError>;

    /// Writes `lines` to this writer's own file, each whole or not at all, and does not sync.
    ///
    /// # Errors
    ///
    /// After [`AppendError`] nothing of `lines` is in the log, but after
    /// [`AppendError::NotTakenBack`] some may be.
    fn append(&mut self, guard: &LockGuard, lines: &[NewLine<'_>]) -> Result<Pending, AppendError>;

    /// Makes what was appended durable. Call it after the lock was released, so that processes
    /// share syncs.
    ///
    /// # Errors
    ///
    /// After [`SyncError`] nobody knows whether the lines will survive a power cut.
    fn sync(&self, pending: Pending) -> Result<(), SyncError>;
}

/// Why bytes of the log could not be read. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The store refused.
    #[error("cannot read {what}")]
    Io {
        /// The file or folder, as the store names it.
        what: String,
        /// The store's reason.
        #[source]
        source: io::Error,
    },
    /// The file is there, and what it holds is not what was put into it. Readers of the log make it
    /// a finding and read on; take the file from another clone, a commit or a backup.
    #[error("{what} is damaged: {why}")]
    Damaged {
        /// The file, as the store names it.
        what: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Why the lock was not taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Somebody else holds it. Trying again later can succeed.
    #[error("the log is locked{}", holder.as_ref().map(|h| format!(" by {h}")).unwrap_or_default())]
    Busy {
        /// Who holds it, in words, where that is known.
        holder: Option<String>,
        /// How long was waited, in milliseconds.
        waited_ms: u64,
    },
    /// This user may not write here.
    #[error("cannot lock {what}")]
    Io {
        /// The lock file.
        what: String,
        /// The store's reason.
        #[source]
        source: io::Error,
    },
}

/// Why lines were not appended. **Nothing of them is in the log**, unless it says so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// One line is over [`LINE_BYTES_MAX`].
    #[error("a record of {bytes} bytes is over the limit of {bytes_max} bytes")]
    TooLarge {
        /// The line's length.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// The write failed and was taken back. Free space or mend permissions, then try again.
    #[error("cannot append to {what}")]
    Io {
        /// The log file.
        what: String,
        /// The store's reason.
        #[source]
        source: io::Error,
    },
    /// The write failed, and what it left could not be taken back. **The outcome is unknown**:
    /// open the log again and look whether it has the lines.
    #[error("cannot append to {what}, nor take back what was written")]
    NotTakenBack {
        /// The log file.
        what: String,
        /// Why it could not be taken back.
        #[source]
        source: io::Error,
    },
}

/// Why written lines may not be durable. **The outcome is unknown**: open the log again and look
/// whether it has them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The device refused to sync.
    #[error("cannot make {what} durable")]
    Io {
        /// The log file.
        what: String,
        /// The store's reason.
        #[source]
        source: io::Error,
    },
    /// The file was replaced under the writer, again and again.
    #[error("{what} was replaced {times} times while it was written to")]
    Replaced {
        /// The log file.
        what: String,
        /// How often the lines were written again.
        times: u32,
    },
    /// The lines come from another store.
    #[error("these lines were appended through another store")]
    Foreign,
}
