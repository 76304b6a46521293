//! Keeping the read model up to date.
//!
//! - **Invariant.** It is never needed: what cannot be written now is written by the next command,
//!   and until then costs time.
//! - **Invariant.** Only who holds the lock writes to an index, so that it never goes back. A
//!   snapshot is written without it, for that takes long where there is much: nobody waits for it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use milestone_core::log::LogStore;
use milestone_core::projection::{
    Change, EngineError, Projection, ProjectionError, State, Work, build_all, project,
};
use milestone_store_sqlite::{Analytics, Index, IndexBase};

use crate::ahead::scan_on;
use crate::generation::Current;
use crate::migrate::LAG_RECORDS_MAX;
use crate::model::{Model, READING_THREADS};
use crate::project::Project;
use crate::snapshot::{self, Snapshot};

/// A tail of fewer records than this is never worth a new snapshot.
pub const SNAPSHOT_TAIL_RECORDS_MIN: u64 = 64;

/// A tail of so many records always is.
pub const SNAPSHOT_TAIL_RECORDS_MAX: u64 = 1_000;

/// The file that whoever writes a snapshot holds a lock on, beside it.
const SNAPSHOT_LOCK: &str = "snapshot.lock";

/// The facts follow after so many records: nobody of ours asks them, and each time costs a file to
/// be opened.
pub const ANALYTICS_EVERY_RECORDS: u64 = 16;

/// While threads of this process wait for their turn the index may lack so many records: most of
/// them change the same few rows again. Whoever reads it meanwhile folds them on.
const INDEX_LATE_RECORDS_MAX: u64 = 512;

/// So many aggregates are held in memory beside the index before it is opened anew.
const HELD_BESIDE_INDEX: usize = 1_000;

/// After so many bytes of changes beside the index they are moved into it: who opens it alone reads
/// all of them first.
const BESIDE_INDEX_BYTES: u64 = 512 << 10;

/// The same in a process that stays, for which moving them means to open the index anew.
const BESIDE_INDEX_BYTES_STAYING: u64 = 2 << 20;

/// The index and the facts as this process writes to them. They stay open from one command to the
/// next, for opening them costs more than most commands; each looks first whether it is still the
/// file of its name. What failed is opened anew.
#[derive(Debug, Default)]
pub(crate) struct Writers {
    index: Option<(PathBuf, Index)>,
    /// How many records there were before the first of those that the index waits with.
    late: Option<u64>,
    analytics: Option<(PathBuf, Analytics)>,
}

/// The one that is open, if it is the one at `path`, else a new one.
fn open_at<T>(open: Option<(PathBuf, T)>, path: PathBuf, new: impl Fn(&Path) -> T) -> (PathBuf, T) {
    open.filter(|(at, _)| *at == path).unwrap_or_else(|| {
        let opened = new(&path);
        (path, opened)
    })
}

impl Project {
    /// Brings the index up to date, and the facts if they are due, since there were `before`
    /// records. Where `others_wait` for their turn in this process that can wait as well. The
    /// caller holds the lock.
    pub(crate) fn keep_tables_current(&mut self, before: u64, others_wait: bool) {
        let now = self.checkpoint.count;
        let since = self.writers.late.map_or(before, |late| late.min(before));
        let few = now.saturating_sub(since) < INDEX_LATE_RECORDS_MAX;
        let waits = others_wait && few && self.current.backend.has_index();
        self.writers.late = waits.then_some(since);
        if !waits {
            self.keep_index_current();
            self.keep_analytics_current(since);
        }
    }

    /// Brings an index up to date that was made to wait, unless another process is writing now: it
    /// waits for the next occasion then.
    pub(crate) fn keep_late_index(&mut self) {
        if self.writers.late.is_some()
            && let Ok(guard) = self.store.lock(Duration::ZERO)
        {
            if self.refresh().is_ok() {
                self.keep_tables_current(self.checkpoint.count, false);
            }
            drop(guard);
        }
    }

    /// Brings an index up to date. The caller holds the lock.
    fn keep_index_current(&mut self) {
        if !self.read_only && self.current.backend.has_index() {
            self.keep_index();
        }
    }

    /// Lets the facts follow, if the records have become so many more since there were `before`.
    /// The caller holds the lock. Facts that are missing or far behind are made by
    /// `doctor --repair`: that takes long.
    fn keep_analytics_current(&mut self, before: u64) {
        let now = self.checkpoint.count;
        let due = now / ANALYTICS_EVERY_RECORDS != before / ANALYTICS_EVERY_RECORDS;
        if self.read_only || !due || !self.current.backend.has_index() {
            return;
        }
        let at = self.current.analytics(&self.root);
        let (at, mut analytics) =
            open_at(self.writers.analytics.take(), at, |at| Analytics::new(at));
        let known = analytics.checkpoint().ok().flatten();
        if known.is_some_and(|known| now.abs_diff(known.count) < LAG_RECORDS_MAX)
            && project(&self.store, &self.state, &self.checkpoint, &mut analytics).is_ok()
        {
            self.writers.analytics = Some((at, analytics));
        }
        // What could not be written now is written with the next ones.
    }

    /// Writes a snapshot, where there is no index and that is worth it.
    pub(crate) fn keep_snapshot_current(&mut self) {
        if !self.read_only && !self.current.backend.has_index() && self.snapshot_is_due() {
            self.keep_snapshot();
        }
    }

    /// Both, if nobody else is writing.
    pub(crate) fn keep_model_if_free(&mut self) {
        self.keep_snapshot_current();
        if !self.read_only
            && self.current.backend.has_index()
            && self.index_is_behind()
            && let Ok(guard) = self.store.lock(Duration::ZERO)
        {
            // Whoever had the lock before may have recorded something, or kept it already.
            let before = self.change.clone();
            if self.refresh().is_ok() {
                if self.change == Change::Nothing {
                    self.change = before;
                }
                self.keep_index_current();
                if self.current.backend.has_index() {
                    self.begin_at_index();
                }
            }
            drop(guard);
        }
    }

    /// Removes the files of the read model. What cannot be removed is found damaged again.
    pub(crate) fn remove_model(&mut self) {
        self.model = Model::Log;
        if self.read_only {
            return;
        }
        if self.current.backend.has_index() {
            let _ = Index::new(self.current.index(&self.root)).wipe();
        } else {
            let _ = std::fs::remove_file(self.current.snapshot(&self.root));
        }
    }

    fn index_is_behind(&self) -> bool {
        self.model.base().is_none_or(|(_, known)| !known.same_records(&self.checkpoint))
    }

    fn keep_index(&mut self) {
        let stays = self.writers.index.is_some();
        let most = if stays { BESIDE_INDEX_BYTES_STAYING } else { BESIDE_INDEX_BYTES };
        let at = self.current.index(&self.root);
        let (at, mut index) = open_at(self.writers.index.take(), at, |at| Index::new(at));
        let before = index.beside_bytes();
        let mut kept = project(&self.store, &self.state, &self.checkpoint, &mut index);
        // What no reader has come across yet would refuse every batch to come.
        if let Err(EngineError::Projection(ProjectionError::Damaged { .. })) = kept {
            let built = build_all(
                |visit| scan_on(&self.store, READING_THREADS, visit),
                &mut [&mut index],
                |_| {},
            );
            kept = built.map(|_| Work::Rebuild("it is damaged"));
        }
        // A batch that was not taken in otherwise is handed over by the next command.
        if kept.is_err() {
            return;
        }
        let grown = index.beside_bytes() / most > before / most;
        if grown {
            self.settle_index(&mut index);
        } else if self.state.in_memory() > HELD_BESIDE_INDEX {
            self.begin_at_index();
        }
        self.writers.index = Some((at, index));
    }

    /// Keeps the changes beside the index from growing for ever. Whoever reads among them, like
    /// this process, holds them there: so it begins after the last one, and once more when all of
    /// them are in the index; then they can go.
    fn settle_index(&mut self, index: &mut Index) {
        for _ in 0..2 {
            self.begin_at_index();
            // What is not moved now is moved when more has come.
            let _ = index.settle();
        }
    }

    /// Lets the state begin at the index where others have brought it: a process that stays holds
    /// no old moment of it.
    pub(crate) fn follow_index(&mut self) {
        self.begin_at_index();
        let mut index = Index::new(self.current.index(&self.root));
        if !self.read_only && index.beside_bytes() > BESIDE_INDEX_BYTES_STAYING {
            self.settle_index(&mut index);
        }
    }

    /// Lets the state begin at the index, if that has come as far.
    fn begin_at_index(&mut self) {
        let Ok(Some(index)) = IndexBase::open(self.current.index(&self.root)) else { return };
        if !index.checkpoint().same_records(&self.checkpoint) {
            return;
        }
        let index = Arc::new(index);
        self.state = State::from_base(index.clone());
        self.model = Model::Index(index);
    }

    /// True if a new snapshot would spare the commands to come more work than it costs.
    ///
    /// Every command folds the tail of `t` records, t/2 of them on average, and one in `t` writes
    /// the `n` aggregates: the sum is least at t = √(2n · write/fold), and writing one aggregate
    /// costs about twice what folding one record does. A record of many streams counts for each.
    fn snapshot_is_due(&self) -> bool {
        let (behind, aggregates) = match &self.model {
            Model::Snapshot(held) => (held.checkpoint().count, held.aggregates()),
            Model::Log | Model::Index(_) => (0, self.state.in_memory() as u64),
        };
        let anew = matches!(self.change, Change::Refolded(_) | Change::Rebuilt(_));
        let moved = anew && self.current.snapshot(&self.root).exists();
        let worth = (4 * aggregates).isqrt();
        let worth = worth.clamp(SNAPSHOT_TAIL_RECORDS_MIN, SNAPSHOT_TAIL_RECORDS_MAX);
        let tail = self.checkpoint.count.saturating_sub(behind);
        let streams = self.state.in_memory() as u64;
        tail.max(streams) >= worth || moved || behind > self.checkpoint.count
    }

    fn keep_snapshot(&mut self) {
        let Some(only) = self.only_writer() else { return };
        let path = self.current.snapshot(&self.root);
        // Without a snapshot the next command reads more of the log; nothing else is lost.
        let sound = || !self.is_damaged();
        let written = snapshot::write(&path, &self.state, &self.checkpoint, sound).is_ok();
        if !written && self.is_damaged() && self.rebuild().is_ok() {
            drop(only);
            return self.keep_snapshot();
        }
        if written && let Some(snapshot) = Snapshot::open(&path) {
            let snapshot = Arc::new(snapshot);
            // What is asked from now on is asked of the file whose damage would be noticed.
            self.state = State::from_base(snapshot.clone());
            self.model = Model::Snapshot(snapshot);
        }
    }

    /// The right to write the snapshot, until it is dropped; `None` if somebody else is writing it
    /// or has written a newer one, or if another generation is in charge.
    fn only_writer(&self) -> Option<File> {
        let path = self.current.snapshot(&self.root);
        let folder = path.parent()?;
        std::fs::create_dir_all(folder).ok()?;
        let mut options = File::options();
        let lock = folder.join(SNAPSHOT_LOCK);
        let lock = options.create(true).truncate(false).write(true).open(lock).ok()?;
        lock.try_lock().ok()?;
        let begun_at = self.model.base();
        let newer = Snapshot::open(&path).is_some_and(|there| {
            let there = there.checkpoint();
            begun_at.is_none_or(|(_, known)| !known.same_records(there))
                && there.count >= self.checkpoint.count
                && there.max_clock >= self.checkpoint.max_clock
        });
        (!newer && Current::read(&self.root) == self.current).then_some(lock)
    }
}
