//! Looking at an earlier moment of the log.
//!
//! Start at [`Project::as_of`].
//!
//! - **Invariant.** A record id is stable for ever; a place (`#n`) may move when a merge brings
//!   earlier records, and is for people only.

use std::collections::{HashMap, HashSet};

use milestone_core::log::{Checkpoint, LogStore, Record, Step, scan};
use milestone_core::projection::{Folder, State};
use milestone_core::words::{RecordId, Timestamp};

use crate::error::HistoryError;
use crate::git::Git;
use crate::project::Project;

/// A moment of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AsOf {
    /// All records up to this time.
    Time(Timestamp),
    /// The record whose id begins like this, and everything it was built on.
    Record(String),
    /// The records in the log files of a commit.
    Git(String),
    /// The first so many records, in today's order.
    Place(u64),
    /// The records up to the last one of a session.
    Session(String),
}

impl Project {
    /// The state at an earlier moment, with how many records it is made of.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if there is no such moment, or the log cannot be read.
    pub fn as_of(&self, moment: &AsOf) -> Result<(State, Checkpoint), HistoryError> {
        match moment {
            AsOf::Time(time) => {
                let until = u64::try_from(time.0).unwrap_or(0);
                self.fold_those(|record| record.clock <= until)
            }
            AsOf::Place(count) => {
                let mut left = *count;
                self.fold_those(move |_| {
                    let wanted = left > 0;
                    left = left.saturating_sub(1);
                    wanted
                })
            }
            AsOf::Record(asked) => {
                let known = self.ancestors_of(asked)?;
                self.fold_those(|record| known.contains(&record.id))
            }
            AsOf::Git(revision) => {
                let files = Git::of(&self.root).files_at(revision)?;
                fold(&files, |_| true)
            }
            AsOf::Session(session) => {
                let mut last = None;
                scan(&self.store, |step| match step {
                    Step::Restart => last = None,
                    Step::Line(line, _) if *line.record.session_id == **session => {
                        last = Some(line.record.clock);
                    }
                    Step::Line(..) => {}
                })?;
                let unknown =
                    || HistoryError::UnknownRecord { asked: format!("session:{session}") };
                let last = last.ok_or_else(unknown)?;
                self.fold_those(|record| record.clock <= last)
            }
        }
    }

    fn fold_those(
        &self,
        wanted: impl FnMut(&Record<'_>) -> bool + Clone,
    ) -> Result<(State, Checkpoint), HistoryError> {
        fold(&self.store, wanted)
    }

    /// The id of the one record that begins with `asked`.
    ///
    /// # Errors
    ///
    /// [`HistoryError::UnknownRecord`] or [`HistoryError::AmbiguousRecord`].
    pub fn record_id(&self, asked: &str) -> Result<RecordId, HistoryError> {
        let mut fits: Vec<RecordId> = Vec::new();
        scan(&self.store, |step| match step {
            Step::Restart => fits.clear(),
            Step::Line(line, _) if line.record.id.to_string().starts_with(asked) => {
                fits.push(line.record.id);
            }
            Step::Line(..) => {}
        })?;
        match fits.as_slice() {
            [one] if asked.len() >= 4 => Ok(*one),
            [] | [_] => Err(HistoryError::UnknownRecord { asked: asked.to_owned() }),
            _ => Err(HistoryError::AmbiguousRecord { asked: asked.to_owned(), candidates: fits }),
        }
    }

    /// A record and everything it was built on.
    fn ancestors_of(&self, asked: &str) -> Result<HashSet<RecordId>, HistoryError> {
        let id = self.record_id(asked)?;
        ancestors(&self.store, &[id])
    }
}

/// Records and everything they were built on, as far as it is in the log.
pub(crate) fn ancestors<S: LogStore>(
    store: &S,
    heads: &[RecordId],
) -> Result<HashSet<RecordId>, HistoryError> {
    let mut parents: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    scan(store, |step| match step {
        Step::Restart => parents.clear(),
        Step::Line(line, _) => {
            parents.insert(line.record.id, line.record.prev.to_vec());
        }
    })?;
    let mut known = HashSet::new();
    let mut open = heads.to_vec();
    while let Some(id) = open.pop() {
        if let Some(parents) = parents.get(&id)
            && known.insert(id)
        {
            open.extend(parents);
        }
    }
    Ok(known)
}

/// Folds those records of a log that `wanted` says yes to.
pub(crate) fn fold<S: LogStore, F>(
    store: &S,
    wanted: F,
) -> Result<(State, Checkpoint), HistoryError>
where
    F: FnMut(&Record<'_>) -> bool + Clone,
{
    let (mut folder, mut part, mut want) = (Folder::new(), Checkpoint::default(), wanted.clone());
    scan(store, |step| match step {
        Step::Restart => {
            (folder, part, want) = (Folder::new(), Checkpoint::default(), wanted.clone());
        }
        Step::Line(line, _) => {
            let record = &line.record;
            if want(record) {
                folder.fold(record).expect("a fold with histories takes every record");
                part.push(record.id, record.clock, record.timestamp, &record.prev);
            }
        }
    })?;
    Ok((folder.state, part))
}
