//! A project that is open.
//!
//! Start at [`Project::open`].
//!
//! - **Invariant.** Opening reads: one `stat` a log file, the new bytes, one snapshot. The whole
//!   log is read only where there is no snapshot of it, or it was rewritten.
//! - **Invariant.** A read changes nothing outside `local/`, and there only the snapshot, if nobody
//!   else is writing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use milestone_core::domain::{Plan, ProjectState};
use milestone_core::log::{Checkpoint, Finding, LogStore, Oddity, ReadError, mark_lines};
use milestone_core::projection::{Base, Caught, Change, State, advance, rebuild, restore};
use milestone_store_file::view::YamlView;
use milestone_store_file::{FileStore, Options};

use crate::error::OpenError;
use crate::snapshot::{self, Snapshot};

/// A tail of fewer records than this is never worth a new snapshot.
pub const SNAPSHOT_TAIL_RECORDS_MIN: u64 = 64;

/// A tail of so many records always is.
pub const SNAPSHOT_TAIL_RECORDS_MAX: u64 = 1_000;

/// Where the snapshot is, in the project's directory.
const SNAPSHOT: &str = "local/gen-1/state.snapshot";

/// The name of a project's directory.
pub(crate) const DIRECTORY: &str = ".milestones";

/// A project that is open.
#[derive(Debug)]
pub struct Project {
    pub(crate) root: PathBuf,
    pub(crate) store: FileStore,
    pub(crate) read_only: bool,
    pub(crate) state: State,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) view: YamlView,
    snapshot: Option<Arc<Snapshot>>,
    change: Change,
}

impl Project {
    /// Finds the project of `dir`: the first `.milestones` in it or above it.
    pub fn discover(dir: &Path) -> Option<PathBuf> {
        dir.ancestors()
            .map(|above| above.join(DIRECTORY))
            .find(|path| path.symlink_metadata().is_ok())
    }

    /// Opens the project whose directory is `root` (the `.milestones` itself).
    ///
    /// # Errors
    ///
    /// [`OpenError`]. Whatever is odd in the log is a finding, not an error.
    pub fn open(root: &Path, options: Options) -> Result<Self, OpenError> {
        if root.symlink_metadata().is_err() {
            let dir = root.parent().unwrap_or(root).to_owned();
            return Err(OpenError::NotAProject { dir });
        }
        let read_only = options.read_only;
        let store = FileStore::open(root, options)?;
        let (caught, snapshot) = load(root, &store)?;
        let Caught { state, checkpoint, change } = caught;
        let (root, view) = (root.to_owned(), YamlView::new(root));
        let mut project =
            Self { root, store, read_only, state, checkpoint, view, snapshot, change };
        project.keep_snapshot_if_free();
        Ok(project)
    }

    /// The plan as it stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The records that the state was made of, and what was found odd among them.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The project itself.
    pub fn project(&self) -> Arc<ProjectState> {
        self.state.project()
    }

    /// The project's directory, the `.milestones` itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files of its log.
    pub fn store(&self) -> &FileStore {
        &self.store
    }

    /// How the state was last brought up to date.
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// True if the snapshot turned out to be damaged: what was answered from it is not to be relied
    /// on. [`Project::rebuild`] makes the state from the log alone.
    pub fn is_damaged(&self) -> bool {
        self.snapshot.as_ref().is_some_and(|snapshot| snapshot.is_damaged())
    }

    /// Throws the snapshot away and folds the whole log.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the log cannot be read.
    pub fn rebuild(&mut self) -> Result<(), ReadError> {
        if !self.read_only {
            // What cannot be removed is found damaged again next time.
            let _ = std::fs::remove_file(self.root.join(SNAPSHOT));
        }
        let caught = rebuild(&self.store, "asked for")?;
        self.snapshot = None;
        self.take(caught);
        Ok(())
    }

    /// Takes in what others have recorded since.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the log cannot be read.
    pub fn refresh(&mut self) -> Result<&Change, ReadError> {
        let state = std::mem::take(&mut self.state);
        match advance(&self.store, state, &self.checkpoint) {
            Ok(Some(caught)) => self.take(caught),
            Ok(None) | Err(_) => self.restore()?,
        }
        if self.is_damaged() {
            self.rebuild()?;
        }
        Ok(&self.change)
    }

    /// Makes the state anew, from the snapshot where there is one.
    pub(crate) fn restore(&mut self) -> Result<(), ReadError> {
        let (caught, snapshot) = load(&self.root, &self.store)?;
        self.snapshot = snapshot;
        self.take(caught);
        Ok(())
    }

    /// Brings the marks of the log's files up to date after an append under the lock. What was
    /// appended too `early` by its own time is read back, for that is a finding.
    pub(crate) fn mark_files(&mut self, early: bool) -> Result<(), ReadError> {
        let known = &self.checkpoint.files;
        let mut marks = Vec::with_capacity(known.len() + 1);
        for stat in self.store.files()? {
            let at = known.binary_search_by(|mark| mark.name.cmp(&stat.name)).ok();
            let mark = at.map(|at| &known[at]);
            match mark {
                Some(mark)
                    if (mark.seen_bytes, mark.mtime_ns) == (stat.len_bytes, stat.mtime_ns) =>
                {
                    marks.push(mark.clone());
                }
                _ => marks.push(mark_lines(&self.store, &stat, mark)?),
            }
        }
        // A tail that was torn is a line of its own now; reading it again says so.
        let torn = |finding: &Finding| finding.oddity == Oddity::TornTail;
        if early || self.checkpoint.findings.iter().any(torn) {
            return self.restore();
        }
        self.checkpoint.files = marks;
        Ok(())
    }

    pub(crate) fn take(&mut self, caught: Caught) {
        self.state = caught.state;
        self.checkpoint = caught.checkpoint;
        self.change = caught.change;
    }

    /// True if a new snapshot would spare the commands to come more work than it costs.
    ///
    /// Every command folds the tail of `t` records, t/2 of them on average, and one in `t` writes
    /// the `n` aggregates: the sum is least at t = √(2n · write/fold), and writing one aggregate
    /// costs about twice what folding one record does. A record of many streams counts for each.
    fn snapshot_is_due(&self) -> bool {
        let (behind, aggregates) = match &self.snapshot {
            Some(snapshot) => (snapshot.checkpoint().count, snapshot.aggregates()),
            None => (0, self.state.in_memory() as u64),
        };
        let anew = matches!(self.change, Change::Refolded(_) | Change::Rebuilt(_));
        let moved = anew && self.path_exists();
        let worth = (4 * aggregates).isqrt();
        let worth = worth.clamp(SNAPSHOT_TAIL_RECORDS_MIN, SNAPSHOT_TAIL_RECORDS_MAX);
        let tail = self.checkpoint.count.saturating_sub(behind);
        let streams = self.state.in_memory() as u64;
        tail.max(streams) >= worth || moved || behind > self.checkpoint.count
    }

    /// True if there is a snapshot, good or bad: then it was worth having one.
    fn path_exists(&self) -> bool {
        self.root.join(SNAPSHOT).exists()
    }

    /// Writes a snapshot if one is due. The caller holds the lock.
    pub(crate) fn keep_snapshot(&mut self) {
        if self.read_only || !self.snapshot_is_due() {
            return;
        }
        let path = self.root.join(SNAPSHOT);
        // Without a snapshot the next command reads more of the log; nothing else is lost.
        let sound = || !self.is_damaged();
        let written = snapshot::write(&path, &self.state, &self.checkpoint, sound).is_ok();
        if !written && self.is_damaged() && self.rebuild().is_ok() {
            return self.keep_snapshot();
        }
        if written && let Some(snapshot) = Snapshot::open(&path) {
            let snapshot = Arc::new(snapshot);
            // What is asked from now on is asked of the file whose damage would be noticed.
            self.state = State::from_base(snapshot.clone());
            self.snapshot = Some(snapshot);
        }
    }

    fn keep_snapshot_if_free(&mut self) {
        if !self.read_only
            && self.snapshot_is_due()
            && let Ok(guard) = self.store.lock(Duration::ZERO)
        {
            self.keep_snapshot();
            drop(guard);
        }
    }
}

/// The state from the snapshot and what the log has beyond it, or from the log alone.
fn load(root: &Path, store: &FileStore) -> Result<(Caught, Option<Arc<Snapshot>>), ReadError> {
    let Some(snapshot) = Snapshot::open(&root.join(SNAPSHOT)) else {
        return Ok((rebuild(store, "there is no snapshot")?, None));
    };
    let snapshot = Arc::new(snapshot);
    let base: Arc<dyn Base> = snapshot.clone();
    let caught = restore(store, &base, snapshot.checkpoint())?;
    if snapshot.is_damaged() {
        return Ok((rebuild(store, "the snapshot was damaged")?, None));
    }
    Ok((caught, Some(snapshot)))
}
