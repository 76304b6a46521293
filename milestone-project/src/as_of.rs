//! Looking at an earlier moment of the log.
//!
//! Start at [`Project::as_of`]. Where there is an index, what the moment has not is read off it,
//! and only what that touched is folded anew, when it is asked for (`past`); else the moment's
//! records are folded.
//!
//! - **Invariant.** Either way it is the fold of the moment's records.
//! - **Invariant.** A record id is stable for ever; a place (`#n`) may move when a merge brings
//!   earlier records, and is for people only.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use milestone_core::log::{Checkpoint, LogStore, Record, Step, record, scan};
use milestone_core::projection::{Folder, State};
use milestone_core::words::{RecordId, RecordKey, Timestamp};
use milestone_store_file::{FileStore, Options};
use milestone_store_sqlite::{IndexBase, Side};

use crate::error::HistoryError;
use crate::git::Git;
use crate::past::{Past, read_line};
use crate::project::Project;

/// The least that a record is asked for by: so many hex digits.
const ASKED_MIN: usize = 4;

/// Most lines that are read one by one, newest first, to find the end of a session.
const SESSION_LINES_MAX: u64 = 20_000;

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

/// Which records a state is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extent {
    /// How many.
    pub count: u64,
    /// Those that no later one of them builds on, sorted.
    pub heads: Vec<RecordId>,
    /// The place of the last one in the order.
    pub last: Option<(u64, RecordId)>,
}

impl Project {
    /// The state at an earlier moment, and the records that it is made of. What was answered from
    /// it is not to be relied on if [`Project::is_damaged`] says so afterwards: rebuild, and ask
    /// again.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if there is no such moment, or the log cannot be read.
    pub fn as_of(&self, moment: &AsOf) -> Result<(State, Extent), HistoryError> {
        if let Some(past) = self.past(moment)? {
            return Ok(past);
        }
        let (state, Checkpoint { count, heads, last, .. }) = self.folded_as_of(moment)?;
        Ok((state, Extent { count, heads, last }))
    }

    /// The moment off the index; `None` if there is none that has all records, or it cannot tell.
    fn past(&self, moment: &AsOf) -> Result<Option<(State, Extent)>, HistoryError> {
        let Some(index) = self.index() else { return Ok(None) };
        // Of these what is left out is not always the end of the order.
        let sparse = matches!(moment, AsOf::Record(_) | AsOf::Git(_));
        if sparse && index.has_second_commands() {
            return Ok(None);
        }
        let up_to = |last: u64| {
            index.cut(|record| if record.clock <= last { Side::AllIn } else { Side::Out })
        };
        let cut = match moment {
            AsOf::Time(time) => up_to(u64::try_from(time.0).unwrap_or(0)),
            AsOf::Place(count) => {
                let mut without = index.checkpoint().count.saturating_sub(*count);
                index.cut(|_| {
                    let side = if without == 0 { Side::AllIn } else { Side::Out };
                    without = without.saturating_sub(1);
                    side
                })
            }
            AsOf::Record(asked) => {
                let Some(mut wanted) = self.indexed(index, asked) else { return Ok(None) };
                index.cut(|record| {
                    let known = wanted.remove(&record.key);
                    wanted.extend(record.prev.iter().filter(|_| known));
                    if known { Side::In } else { Side::Out }
                })
            }
            AsOf::Git(revision) => {
                let Some(sizes) = Git::of(&self.root).sizes_at(revision, &self.store)? else {
                    return Ok(None);
                };
                // A record that stands in two files is in the index with one of them.
                if index.checkpoint().finding_counts != [0; 3] {
                    return Ok(None);
                }
                index.cut(|record| {
                    let size = sizes.get(&*record.line.file).copied().unwrap_or(0);
                    // Its end of line must be there, too.
                    let end = record.line.offset + record.line.len_bytes as u64;
                    if end < size { Side::In } else { Side::Out }
                })
            }
            AsOf::Session(session) => match self.last_of_session(index, session) {
                Some(last) => up_to(last),
                None => return Ok(None),
            },
        };
        let options = Options { read_only: true, trust_foreign_owner: true, ..Options::default() };
        let Ok(store) = FileStore::open(&self.root, options) else { return Ok(None) };
        let count = index.checkpoint().count - cut.left_out.len() as u64;
        let past = Past::new(Arc::clone(index), store, cut);
        let Some(places) = past.heads().filter(|_| !index.is_damaged()) else { return Ok(None) };
        let last = places.iter().max().copied();
        let mut heads: Vec<RecordId> = places.into_iter().map(|(_, id)| id).collect();
        heads.sort_unstable();
        Ok(Some((State::from_base(Arc::new(past)), Extent { count, heads, last })))
    }

    /// The one record that begins with `asked`, if there is one.
    fn indexed(&self, index: &IndexBase, asked: &str) -> Option<HashSet<RecordKey>> {
        let ids = index.lines_beginning(asked).into_iter().filter_map(|place| {
            let line = read_line(&self.store, &place.line)?;
            record::parse(&line).ok().map(|record| record.id)
        });
        let fits: Vec<RecordId> = ids.filter(|id| id.to_string().starts_with(asked)).collect();
        match fits.as_slice() {
            [one] if asked.len() >= ASKED_MIN => Some(HashSet::from([one.key()])),
            _ => None,
        }
    }

    /// The clock of the last record of a session, if that is not so long ago that reading the whole
    /// log is faster.
    fn last_of_session(&self, index: &IndexBase, session: &str) -> Option<u64> {
        let (mut last, mut left) = (None, SESSION_LINES_MAX);
        index.newest_first(|record| {
            let line = read_line(&self.store, &record.line);
            let parsed = line.as_deref().and_then(|line| record::parse(line).ok());
            if parsed.is_some_and(|parsed| *parsed.session_id == *session) {
                last = Some(record.clock);
            }
            left -= 1;
            last.is_none() && left > 0
        });
        last
    }

    fn folded_as_of(&self, moment: &AsOf) -> Result<(State, Checkpoint), HistoryError> {
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
        find_record(&self.store, asked)
    }

    /// A record and everything it was built on.
    fn ancestors_of(&self, asked: &str) -> Result<HashSet<RecordId>, HistoryError> {
        let id = self.record_id(asked)?;
        ancestors(&self.store, &[id])
    }
}

/// The id of the one record of a log that begins with `asked`.
pub(crate) fn find_record<S: LogStore>(store: &S, asked: &str) -> Result<RecordId, HistoryError> {
    let mut fits: Vec<RecordId> = Vec::new();
    scan(store, |step| match step {
        Step::Restart => fits.clear(),
        Step::Line(line, _) if line.record.id.to_string().starts_with(asked) => {
            fits.push(line.record.id);
        }
        Step::Line(..) => {}
    })?;
    match fits.as_slice() {
        [one] if asked.len() >= ASKED_MIN => Ok(*one),
        [] | [_] => Err(HistoryError::UnknownRecord { asked: asked.to_owned() }),
        _ => Err(HistoryError::AmbiguousRecord { asked: asked.to_owned(), candidates: fits }),
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
