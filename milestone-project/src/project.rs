//! A project that is open.
//!
//! Start at [`Project::open`].
//!
//! - **Invariant.** Opening reads: one `stat` a log file, the new bytes, one read model. The whole
//!   log is read only where there is no model of it, or it was rewritten.
//! - **Invariant.** A read changes nothing outside `local/`, and there only the read model, if
//!   nobody else is writing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use milestone_core::domain::{MilestoneProgress, Plan, ProjectState, Stage};
use milestone_core::log::{Checkpoint, FileStat, Finding, Oddity, ReadError, mark_lines};
use milestone_core::projection::{Caught, Change, State, advance};
use milestone_core::query::{Flag, Query, Scope, Selection, select};
use milestone_core::words::Date;
use milestone_store_file::view::YamlView;
use milestone_store_file::{FileStore, Options};
use milestone_store_sqlite::{IndexBase, ReadyPage};

use crate::backup::BackupPolicy;
use crate::error::OpenError;
use crate::generation::Current;
use crate::keep::Writers;
use crate::metrics::Meter;
use crate::model::{Model, fold_whole, load};
use crate::scale::{Backend, Policy};

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
    pub(crate) current: Current,
    pub(crate) model: Model,
    pub(crate) writers: Writers,
    pub(crate) change: Change,
    pub(crate) policy: Policy,
    pub(crate) backups: BackupPolicy,
    pub(crate) meter: Meter,
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
        let current = Current::read(root);
        let (caught, model) = load(root, &store, &current)?;
        let Caught { state, checkpoint, change } = caught;
        let (root, view, policy) = (root.to_owned(), YamlView::new(root), Policy::default());
        let mut project = Self {
            root,
            store,
            read_only,
            state,
            checkpoint,
            view,
            current,
            model,
            writers: Writers::default(),
            change,
            policy,
            backups: BackupPolicy::default(),
            meter: Meter::default(),
        };
        project.meter = project.opened();
        project.keep_model_if_free();
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

    /// Answers a query about the plan as it stands: off the index where that has all records, else
    /// from memory. Either way the answer is the same.
    pub fn select(&self, scope: Scope, query: &Query) -> Selection {
        let clock = || query.condition.has_flag(&[Flag::Ready, Flag::Waiting]);
        let index = self.index().filter(|index| !clock() || !index.needs_clock());
        let asked = index.and_then(|index| index.select(scope, query));
        asked.unwrap_or_else(|| select(&self.state, scope, query))
    }

    /// The first tasks that can be started now, at most `limit`, in the order of `domain::ready`;
    /// `None` if there is no index that has all records, or a lag or another project counts, so
    /// that the plan must say.
    pub fn ready_page(&self, today: Date, limit: u32) -> Option<ReadyPage> {
        let index = self.index().filter(|index| !index.needs_clock());
        index.map(|index| index.ready_page(today, limit))
    }

    /// How a milestone stands: its progress, and the stage that counts. `None` if there is no index
    /// that has all records, so that its tasks must say.
    pub fn standing(&self, id: &str) -> Option<(MilestoneProgress, Stage)> {
        self.index()?.standing(id)
    }

    /// The index, if it was made of the same records as the state.
    pub(crate) fn index(&self) -> Option<&Arc<IndexBase>> {
        match &self.model {
            Model::Index(index) if index.checkpoint().same_records(&self.checkpoint) => Some(index),
            _ => None,
        }
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

    /// Where questions are answered from.
    pub fn backend(&self) -> Backend {
        self.current.backend
    }

    /// Which backend it has at which scale.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Sets which backend it has at which scale, from the next command on.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// True if the read model turned out to be damaged: what was answered from it is not to be
    /// relied on. [`Project::rebuild`] makes the state from the log alone.
    pub fn is_damaged(&self) -> bool {
        self.model.is_damaged()
    }

    /// Throws the read model away and folds the whole log.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the log cannot be read.
    pub fn rebuild(&mut self) -> Result<(), ReadError> {
        self.remove_model();
        self.forget();
        let caught = fold_whole(&self.store, "asked for")?;
        self.take(caught);
        Ok(())
    }

    /// Takes in what others have recorded since, and the generation that they have put in charge.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the log cannot be read. What was known is, as a rule, known still.
    pub fn refresh(&mut self) -> Result<&Change, ReadError> {
        if Current::read(&self.root) != self.current {
            self.load()?;
        }
        match advance(&self.store, &mut self.state, &self.checkpoint) {
            Ok(Some(caught)) => self.take(caught),
            Ok(None) => self.restore()?,
            Err(_) => self.load()?,
        }
        if self.is_damaged() {
            self.rebuild()?;
        }
        if matches!((&self.change, &self.model), (Change::Tail(_), Model::Index(_))) {
            self.follow_index();
        }
        Ok(&self.change)
    }

    /// Throws the state away and makes it anew. If the log cannot be read there is none: whoever
    /// asks next reads it from its beginning.
    pub(crate) fn restore(&mut self) -> Result<(), ReadError> {
        self.forget();
        self.load()
    }

    /// Makes the state anew, from the read model where there is one.
    fn load(&mut self) -> Result<(), ReadError> {
        let current = Current::read(&self.root);
        let (caught, model) = load(&self.root, &self.store, &current)?;
        (self.current, self.model) = (current, model);
        self.take(caught);
        Ok(())
    }

    /// Brings the marks of the files that were appended to up to date, under the lock. What was
    /// appended too `early` by its own time is read back, for that is a finding.
    pub(crate) fn mark_files(
        &mut self,
        appended: &[FileStat],
        early: bool,
    ) -> Result<(), ReadError> {
        let mut marks = self.checkpoint.files.clone();
        for stat in appended {
            match marks.binary_search_by(|mark| mark.name.cmp(&stat.name)) {
                Ok(at) => marks[at] = mark_lines(&self.store, stat, Some(&marks[at]))?,
                Err(at) => marks.insert(at, mark_lines(&self.store, stat, None)?),
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

    /// Part of a state, or one with what was not recorded, must not be taken for the whole.
    fn forget(&mut self) {
        (self.state, self.checkpoint) = (State::new(), Checkpoint::default());
    }

    pub(crate) fn take(&mut self, caught: Caught) {
        self.state = caught.state;
        self.state.look_around(None);
        self.checkpoint = caught.checkpoint;
        self.change = caught.change;
    }
}
