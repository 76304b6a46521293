//! The projections of a generation that is not in charge yet, or no longer.
//!
//! Start at [`Target::new`]; [`Target::build`] makes them from the log, [`Target::follow`] brings
//! them further.
//!
//! - **Invariant.** It is built from the log alone, never from another generation: comparing the
//!   two says something.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use milestone_core::log::{Checkpoint, Visit};
use milestone_core::projection::{
    Base, Fingerprint, Projection, State, build_all, project, restore, restore_to,
};
use milestone_store_file::FileStore;
use milestone_store_sqlite::{Analytics, Index, IndexBase, Search};

use crate::ahead::scan_on;
use crate::error::MigrateError;
use crate::generation::Current;
use crate::migrate::LAG_RECORDS_MAX;
use crate::model::{READING_THREADS, fold_whole};
use crate::scale::Backend;
use crate::snapshot::{self, Snapshot};

/// A generation's projections.
pub(crate) struct Target {
    kind: Kind,
}

enum Kind {
    Snapshot(PathBuf),
    Tables(PathBuf, Vec<Box<dyn Projection>>),
}

/// The projections of a generation besides a snapshot, the index first.
pub(crate) fn projections(root: &Path, current: &Current) -> Vec<Box<dyn Projection>> {
    let mut all: Vec<Box<dyn Projection>> = Vec::new();
    if current.backend.has_index() {
        all.push(Box::new(Index::new(current.index(root))));
        all.push(Box::new(Analytics::new(current.analytics(root))));
    }
    if current.backend == Backend::Database {
        all.push(Box::new(Search::new(current.search(root))));
    }
    all
}

impl Target {
    /// The projections of `current`.
    pub(crate) fn new(root: &Path, current: Current) -> Self {
        let kind = match current.backend {
            Backend::File => Kind::Snapshot(current.snapshot(root)),
            _ => Kind::Tables(current.index(root), projections(root, &current)),
        };
        Self { kind }
    }

    /// Builds all of them from the first record; `told` is called once a record.
    pub(crate) fn build(
        &mut self,
        store: &FileStore,
        told: &mut dyn FnMut(),
    ) -> Result<(), MigrateError> {
        match &mut self.kind {
            Kind::Snapshot(path) => {
                let caught = fold_whole(store, "a migration")?;
                write_snapshot(path, &caught.state, &caught.checkpoint)?;
                (0..caught.checkpoint.count).for_each(|_| told());
            }
            Kind::Tables(_, projections) => {
                let mut all: Vec<&mut dyn Projection> = Vec::new();
                for projection in projections {
                    all.push(&mut **projection);
                }
                let read = |visit: &mut Visit<'_>| scan_on(store, READING_THREADS, visit);
                build_all(read, &mut all, |_| told())?;
            }
        }
        Ok(())
    }

    /// How many records it lacks, as far as can be told: all, if it holds nothing.
    pub(crate) fn behind(&mut self, now: &Checkpoint) -> u64 {
        let known = match &mut self.kind {
            Kind::Snapshot(path) => Snapshot::open(path).map(|held| held.checkpoint().count),
            Kind::Tables(_, all) => {
                let known = |projection: &mut Box<dyn Projection>| {
                    projection.checkpoint().ok().flatten().map_or(0, |known| known.count)
                };
                all.iter_mut().map(known).min()
            }
        };
        now.count.abs_diff(known.unwrap_or(0))
    }

    /// Brings all of them to `now`, of which `state` is the fold. A snapshot that lacks fewer than
    /// [`LAG_RECORDS_MAX`] records is good as it is: whoever begins at it folds them on.
    pub(crate) fn follow(
        &mut self,
        store: &FileStore,
        state: &State,
        now: &Checkpoint,
    ) -> Result<(), MigrateError> {
        let far = self.behind(now) >= LAG_RECORDS_MAX;
        match &mut self.kind {
            // A small project may never have written one.
            Kind::Snapshot(path) if far || Snapshot::open(path).is_none() => {
                let caught = fold_whole(store, "a migration")?;
                write_snapshot(path, &caught.state, &caught.checkpoint)
            }
            Kind::Snapshot(_) => Ok(()),
            Kind::Tables(_, all) => {
                for projection in all {
                    project(store, state, now, &mut **projection)?;
                }
                Ok(())
            }
        }
    }

    /// The state that begins at it, brought to the end of the log. The caller holds the lock.
    pub(crate) fn state(&self, store: &FileStore) -> Result<State, MigrateError> {
        let (base, known) = self.base()?;
        Ok(restore(store, &base, &known)?.state)
    }

    /// The state that begins at it, brought to `now`, also while others write; `None` if only
    /// [`Target::state`] can tell.
    pub(crate) fn state_at(
        &self,
        store: &FileStore,
        now: &Checkpoint,
    ) -> Result<Option<State>, MigrateError> {
        let (base, known) = self.base()?;
        Ok(restore_to(store, &base, &known, now)?)
    }

    fn base(&self) -> Result<(Arc<dyn Base>, Checkpoint), MigrateError> {
        Ok(match &self.kind {
            Kind::Snapshot(path) => {
                let held = Arc::new(Snapshot::open(path).ok_or(MigrateError::Damaged)?);
                let known = held.checkpoint().clone();
                (held, known)
            }
            Kind::Tables(path, _) => {
                let held = IndexBase::open(path)?.ok_or(MigrateError::Damaged)?;
                let known = held.checkpoint().clone();
                (Arc::new(held), known)
            }
        })
    }

    /// What it shows, `state` being the state that begins at it.
    pub(crate) fn fingerprint(&mut self, state: &State) -> Result<Fingerprint, MigrateError> {
        match &mut self.kind {
            Kind::Snapshot(_) => Ok(Fingerprint::of_state(state)),
            Kind::Tables(_, all) => match all.first_mut() {
                Some(index) => Ok(index.fingerprint()?),
                None => Ok(Fingerprint::of_state(state)),
            },
        }
    }
}

fn write_snapshot(path: &Path, state: &State, now: &Checkpoint) -> Result<(), MigrateError> {
    snapshot::write(path, state, now, || true)
        .map_err(|source| MigrateError::Io { action: "write the snapshot", source })
}
