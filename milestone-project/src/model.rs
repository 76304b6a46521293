//! The read model: what the state begins at, so that the log need not be folded from its beginning.
//!
//! Start at [`load`].
//!
//! - **Invariant.** Whatever the model, the state is the fold of the log: a model that is missing,
//!   damaged or of another log is made anew, and until then the log answers.

use std::path::Path;
use std::sync::Arc;

use milestone_core::log::{Checkpoint, Level, Oddity, ReadError};
use milestone_core::projection::{Base, Caught, rebuild_by, restore};
use milestone_store_file::FileStore;
use milestone_store_sqlite::IndexBase;

use crate::ahead::scan_on;
use crate::generation::Current;
use crate::snapshot::Snapshot;

/// So many threads read a whole log: one reads and checks ahead of the one that folds, which is
/// what takes longest.
pub(crate) const READING_THREADS: usize = 2;

/// What a state begins at.
#[derive(Debug, Clone)]
pub(crate) enum Model {
    /// The first record.
    Log,
    /// A snapshot of the `file` backend.
    Snapshot(Arc<Snapshot>),
    /// The index of the larger backends, at one moment.
    Index(Arc<IndexBase>),
}

impl Model {
    /// The model of the generation in charge, as its files have it.
    fn open(root: &Path, current: &Current) -> Self {
        if current.backend.has_index() {
            let opened = IndexBase::open(current.index(root));
            return opened.ok().flatten().map_or(Self::Log, |index| Self::Index(Arc::new(index)));
        }
        let opened = Snapshot::open(&current.snapshot(root));
        opened.map_or(Self::Log, |snapshot| Self::Snapshot(Arc::new(snapshot)))
    }

    /// What it holds, and the records that it was made of.
    pub(crate) fn base(&self) -> Option<(Arc<dyn Base>, &Checkpoint)> {
        match self {
            Self::Log => None,
            Self::Snapshot(held) => Some((held.clone(), held.checkpoint())),
            Self::Index(held) => Some((held.clone(), held.checkpoint())),
        }
    }

    /// True if something of it could not be read: what it answered is not to be relied on.
    pub(crate) fn is_damaged(&self) -> bool {
        match self {
            Self::Log => false,
            Self::Snapshot(held) => held.is_damaged(),
            Self::Index(held) => held.is_damaged(),
        }
    }
}

/// The state from the model and what the log has beyond it, or from the log alone.
pub(crate) fn load(
    root: &Path,
    store: &FileStore,
    current: &Current,
) -> Result<(Caught, Model), ReadError> {
    let model = Model::open(root, current);
    let Some((base, known)) = model.base() else {
        return Ok((fold_whole(store, "there is no read model")?, Model::Log));
    };
    let mut caught = restore(store, &base, known)?;
    forget_archived(&mut caught.checkpoint, store);
    if model.is_damaged() {
        return Ok((fold_whole(store, "the read model was damaged")?, Model::Log));
    }
    Ok((caught, model))
}

/// The fold of the whole log.
pub(crate) fn fold_whole(store: &FileStore, why: &str) -> Result<Caught, ReadError> {
    rebuild_by(|visit| scan_on(store, READING_THREADS, visit), why)
}

/// A file that another clone archived was replaced, and says what it said: that is nothing to warn
/// of. Were a record of it gone, that would be a finding of its own.
fn forget_archived(checkpoint: &mut Checkpoint, store: &FileStore) {
    let before = checkpoint.findings.len();
    checkpoint
        .findings
        .retain(|finding| finding.oddity != Oddity::Rewritten || !store.is_archived(&finding.file));
    let forgotten = before - checkpoint.findings.len();
    checkpoint.finding_counts[Level::Warn as usize] -= forgotten as u64;
}
