//! Why a project could not be opened, or a command not be carried out.
//!
//! Start at [`ExecuteError`]: each variant says whether anything was written. There are three
//! outcomes, never two: recorded, not recorded, unknown.

use std::path::PathBuf;
use std::sync::Arc;

use milestone_core::domain::Refusal;
use milestone_core::log::{AppendError, LockError, ReadError, SyncError};
use milestone_core::projection::{EngineError, Fingerprint, ProjectionError};
use milestone_core::words::{RecordId, RecordKey, StreamId};

use crate::scale::Backend;

/// Why a project could not be opened. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is none at or above the directory.
    #[error("there is no .milestones in {} or above it", dir.display())]
    NotAProject {
        /// Where it was looked for.
        dir: PathBuf,
    },
    /// The directory of the log refuses, or cannot be trusted.
    #[error(transparent)]
    Store(#[from] milestone_store_file::OpenError),
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Why a migration came to nothing. The generation that was in charge still is, but after
/// [`MigrateError::NotReadAgain`]; the log is untouched, and nothing that was recorded meanwhile is
/// missing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// Another process migrates. Try again when it has ended.
    #[error("another migration is under way")]
    Busy,
    /// There is nothing to do.
    #[error("the backend is {backend} already")]
    AlreadyThere {
        /// The backend.
        backend: Backend,
    },
    /// There is nothing to go back to.
    #[error("there is no generation before this one")]
    NothingBefore,
    /// The project was opened for reading only.
    #[error("the project is open for reading only")]
    ReadOnly,
    /// The view was edited by hand. Adopt the edits, or take them back.
    #[error("edited by hand and not adopted: {}", files.join(", "))]
    Unadopted {
        /// The files, by their paths in the project's directory.
        files: Vec<String>,
    },
    /// The new generation does not show what the one in charge shows.
    #[error(
        "{} not the same in the new generation ({here:.16} and {there:.16})",
        is_or_are(streams)
    )]
    Differs {
        /// What differs; empty if only the whole does.
        streams: Vec<StreamId>,
        /// What the one in charge shows.
        here: Fingerprint,
        /// What the new one shows.
        there: Fingerprint,
        /// Where both sides of it are written down, by the path in the project's directory; `None`
        /// if that could not be written.
        report: Option<String>,
    },
    /// A read model turned out to be damaged. It is made anew by the next command.
    #[error("a read model is damaged")]
    Damaged,
    /// The move is done; only this process could not read the project again after it. Whoever opens
    /// it next does.
    #[error("the new backend is in charge, but the project could not be read again")]
    NotReadAgain {
        /// Why not.
        source: ReadError,
    },
    /// Others record faster than a new generation can follow.
    #[error("the log grows faster than it can be read")]
    TooFast,
    /// Somebody else is writing all the time.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A projection cannot be built.
    #[error(transparent)]
    Build(#[from] EngineError),
    /// A projection cannot be read.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// Something under `local/` cannot be written.
    #[error("cannot {action}")]
    Io {
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
}

/// Why a command was not carried out, or may not have been. Of commands that were to be written
/// together each is told: what failed is behind an [`Arc`].
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError {
    /// A rule says no. Nothing was written.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key was used for another command. Nothing was written.
    #[error("the idempotency key \"{key}\" was used for another command, record {record:.16}")]
    KeyReused {
        /// The caller's key.
        key: String,
        /// What it was used for.
        record: RecordId,
    },
    /// The stream is not where the caller saw it. Nothing was written.
    #[error("{stream} has moved on to {}", names(found))]
    Moved {
        /// The stream.
        stream: String,
        /// Its heads now.
        found: Vec<RecordKey>,
    },
    /// Somebody else is writing. Nothing was written; try again.
    #[error(transparent)]
    Lock(Arc<LockError>),
    /// The log cannot be read. Nothing was written.
    #[error(transparent)]
    Read(Arc<ReadError>),
    /// A newer milestone wrote to this log. Nothing was written.
    #[error(
        "this log has records of format {v}, written by a newer milestone; it can only be read"
    )]
    TooNew {
        /// The format.
        v: u32,
    },
    /// The log was opened for reading only. Nothing was written.
    #[error("this project was opened for reading only")]
    ReadOnly,
    /// The write failed and was taken back. Nothing was written.
    #[error("nothing was recorded")]
    NotRecorded(#[source] Arc<AppendError>),
    /// The write, or taking it back, may or may not have reached the disk.
    #[error("record {record:.16} may or may not have been recorded")]
    Unknown {
        /// The record to look for.
        record: RecordId,
        /// What failed.
        #[source]
        source: UnknownCause,
    },
    /// The thread that was to write this command with others panicked. Nobody knows what it came
    /// to: look, or give it again with the key that it had.
    #[error("what was to be recorded with others may or may not have been: their thread panicked")]
    Abandoned,
}

impl From<LockError> for ExecuteError {
    fn from(error: LockError) -> Self {
        Self::Lock(Arc::new(error))
    }
}

impl From<ReadError> for ExecuteError {
    fn from(error: ReadError) -> Self {
        Self::Read(Arc::new(error))
    }
}

/// What left the outcome unknown.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownCause {
    /// The line is written and may not survive a power cut.
    #[error(transparent)]
    Sync(Arc<SyncError>),
    /// A part of the line may be left in the file.
    #[error(transparent)]
    Append(Arc<AppendError>),
}

impl From<SyncError> for UnknownCause {
    fn from(error: SyncError) -> Self {
        Self::Sync(Arc::new(error))
    }
}

impl From<AppendError> for UnknownCause {
    fn from(error: AppendError) -> Self {
        Self::Append(Arc::new(error))
    }
}

/// Why the past could not be looked at. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no such record.
    #[error("no record begins with \"{asked}\"")]
    UnknownRecord {
        /// What was asked for.
        asked: String,
    },
    /// Several records begin like that.
    #[error("{} records begin with \"{asked}\"", candidates.len())]
    AmbiguousRecord {
        /// What was asked for.
        asked: String,
        /// The records.
        candidates: Vec<RecordId>,
    },
    /// Git does not know that revision, or there is no git.
    #[error("git cannot read the log at \"{revision}\": {why}")]
    Git {
        /// The revision.
        revision: String,
        /// What git said.
        why: String,
    },
    /// A file could not be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// The directory has something else in it.
    #[error("{} is not empty", path.display())]
    NotEmpty {
        /// The directory.
        path: PathBuf,
    },
    /// A file of the log was not archived; it can be read as before.
    #[error(transparent)]
    Archive(#[from] milestone_store_file::ArchiveError),
    /// What was pinned cannot be read.
    #[error(transparent)]
    Pin(#[from] crate::trust::pin::PinError),
    /// A projection failed.
    #[error(transparent)]
    Engine(#[from] milestone_core::projection::EngineError),
    /// A command that was derived from the past failed.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
}

fn names(keys: &[RecordKey]) -> String {
    let names: Vec<_> = keys.iter().map(ToString::to_string).collect();
    names.join(", ")
}

/// The first few streams and how many more there are, with their verb.
fn is_or_are(streams: &[StreamId]) -> String {
    match streams {
        [] => "the whole is".to_owned(),
        [one] => format!("{one} is"),
        [one, more @ ..] => format!("{one} and {} more are", more.len()),
    }
}
