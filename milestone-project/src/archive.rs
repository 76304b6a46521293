//! Compressing the log's full files: `log archive`.
//!
//! Start at [`Project::archive_log`]; how one file is done is in the store.
//!
//! - **Invariant.** The lock is held for one file at a time, so that others go on writing.
//! - **Invariant.** Nothing that was made from the log is made anew: an archive is read as the file
//!   that it was made of.

use std::time::Duration;

use milestone_core::log::LogStore;
use milestone_store_file::{ArchiveError, Archived};

use crate::error::{ExecuteError, HistoryError};
use crate::project::Project;

/// How long each file waits for others to finish their commands.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// What `log archive` did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveReport {
    /// The files that are archived now.
    pub archived: Vec<Archived>,
    /// The files that were left as they are, and why.
    pub left: Vec<(String, String)>,
}

impl Project {
    /// Compresses the full files of this clone; with `dry_run` only says what that would save.
    ///
    /// # Errors
    ///
    /// [`HistoryError`]; the files before the one that failed are archived.
    pub fn archive_log(&self, dry_run: bool) -> Result<ArchiveReport, HistoryError> {
        if self.read_only && !dry_run {
            return Err(ExecuteError::ReadOnly.into());
        }
        let mut report = ArchiveReport::default();
        for file in self.store.archivable()? {
            let done = if dry_run {
                self.store.rehearse_archive(&file).map(Some)
            } else {
                let guard = self.store.lock(LOCK_WAIT).map_err(ExecuteError::from)?;
                self.store.archive(&guard, &file)
            };
            match done {
                Ok(done) => report.archived.extend(done),
                Err(error @ (ArchiveError::Torn { .. } | ArchiveError::TooLong { .. })) => {
                    report.left.push((file.name, error.to_string()));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(report)
    }
}
