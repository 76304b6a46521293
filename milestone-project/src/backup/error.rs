//! Why a backup was not made, or not brought back.
//!
//! Start at [`BackupError`]. None of them leaves the project other than it was, but where it says
//! so.

use std::io;
use std::path::{Path, PathBuf};

use milestone_core::log::{LockError, ReadError};

use crate::error::{ExecuteError, HistoryError};

/// Why a backup was not made, or not brought back. The log is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// Another process changes the backups. Try again when it has ended.
    #[error("another backup is under way")]
    Busy,
    /// The project was opened for reading only.
    #[error("the project is open for reading only")]
    ReadOnly,
    /// There are no backups, where there were some: a disk that is not mounted, perhaps.
    #[error("the backups that this project had in {} are not there", dir.display())]
    Gone {
        /// The directory.
        dir: PathBuf,
    },
    /// There are none.
    #[error("there are no backups in {}", dir.display())]
    None {
        /// The directory.
        dir: PathBuf,
    },
    /// There is no such backup.
    #[error("there is no backup {number}")]
    NoSuch {
        /// The number asked for.
        number: u64,
    },
    /// The moment asked for is in no backup that can be brought back.
    #[error("no backup that can be brought back has {moment}")]
    NoMoment {
        /// What was asked for.
        moment: String,
    },
    /// A moment of this kind is not in a backup.
    #[error("backups know days, times, records and places, not commits and sessions")]
    OtherMoment,
    /// Something of the backup is missing or was changed.
    #[error("backup {number} cannot be brought back: {object}: {why}")]
    Damaged {
        /// The backup.
        number: u64,
        /// What is damaged, by its path in the directory of the backups.
        object: String,
        /// What is wrong with it.
        why: String,
    },
    /// What was brought back for a trial is not what the log was.
    #[error("backup {number} is not what the log was: {why}")]
    Differs {
        /// The backup.
        number: u64,
        /// In which way.
        why: String,
    },
    /// There is a project already where one was to be made.
    #[error("{} is there already", path.display())]
    InTheWay {
        /// What is there.
        path: PathBuf,
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
        source: io::Error,
    },
    /// Somebody else is writing all the time.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The past cannot be looked at, or records not be appended again.
    #[error(transparent)]
    History(#[from] HistoryError),
}

impl BackupError {
    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }
}

impl From<ExecuteError> for BackupError {
    fn from(error: ExecuteError) -> Self {
        Self::History(error.into())
    }
}
