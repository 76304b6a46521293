//! Replaying the log into a fresh view, and comparing what is live with what is rebuilt.
//!
//! Start at [`Project::replay_into`] and [`Project::check_views`].
//!
//! - **Invariant.** A replay changes nothing of the project: it writes where it is told to.

use std::path::Path;
use std::time::Duration;

use milestone_core::log::{Checkpoint, LogStore};
use milestone_core::projection::{Fingerprint, Projection, advance, build, build_while, project};
use milestone_core::words::Timestamp;
use milestone_store_file::view::YamlView;

use crate::error::HistoryError;
use crate::model::fold_whole;
use crate::project::Project;

/// What a replay made.
#[derive(Debug, Clone)]
pub struct ReplayReport {
    /// The records that were replayed.
    pub checkpoint: Checkpoint,
    /// What the fresh view shows, hashed.
    pub fingerprint: Fingerprint,
}

/// Whether something live shows what a fresh one shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewCheck {
    /// What was compared.
    pub name: &'static str,
    /// What the live one shows, hashed; `None` if there is none or it cannot be read.
    pub live: Option<Fingerprint>,
    /// What a fresh one shows, hashed.
    pub rebuilt: Fingerprint,
    /// Why there is none, or why it may differ.
    pub note: Option<String>,
    /// How many of its files were edited by hand.
    pub edited: usize,
}

/// What is noted of a view that is not there.
const NEVER_WRITTEN: &str = "it was never written";

/// What is noted of it where there is to be none.
const NOT_KEPT: &str = "not kept at the database backend";

/// How long a comparison waits for others to finish their commands.
const LOCK_WAIT: Duration = Duration::from_secs(10);

impl ViewCheck {
    /// True if they show the same.
    pub fn holds(&self) -> bool {
        self.live == Some(self.rebuilt)
    }

    /// True if it was never written here, as in a fresh clone, or is not kept at this backend.
    pub fn is_absent(&self) -> bool {
        let absent = matches!(self.note.as_deref(), Some(NEVER_WRITTEN | NOT_KEPT));
        self.live.is_none() && absent
    }
}

impl Project {
    /// Folds the log, up to `until`, into a fresh view in `dir`, which must be empty or not there.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if `dir` has something in it or cannot be written.
    pub fn replay_into(
        &self,
        dir: &Path,
        until: Option<Timestamp>,
    ) -> Result<ReplayReport, HistoryError> {
        let failed = |action| {
            let path = dir.to_owned();
            move |source| HistoryError::Io { action, path, source }
        };
        std::fs::create_dir_all(dir).map_err(failed("make"))?;
        let mut entries = std::fs::read_dir(dir).map_err(failed("read"))?;
        if entries.next().is_some() {
            return Err(HistoryError::NotEmpty { path: dir.to_owned() });
        }
        let max = until.map_or(u64::MAX, |until| u64::try_from(until.0).unwrap_or(0));
        let mut view = YamlView::new(dir);
        let checkpoint = build_while(&self.store, &mut view, |record| record.clock <= max)?;
        let fingerprint = view.fingerprint().map_err(|error| HistoryError::Engine(error.into()))?;
        Ok(ReplayReport { checkpoint, fingerprint })
    }

    /// Compares the read model and the views with fresh ones, built from the first record. Others
    /// wait only while what they recorded meanwhile is taken in and the view is read.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if the log cannot be read, or no fresh view be built.
    pub fn check_views(&mut self) -> Result<Vec<ViewCheck>, HistoryError> {
        let mut fresh = fold_whole(&self.store, "to compare with")?;
        let scratch = tempfile::tempdir().map_err(|source| HistoryError::Io {
            action: "make",
            path: std::env::temp_dir(),
            source,
        })?;
        let mut rebuilt = YamlView::new(scratch.path());
        build(&self.store, &mut rebuilt)?;
        // Without the lock, where it cannot be had, they may be of different moments.
        let guard = if self.read_only { None } else { self.store.lock(LOCK_WAIT).ok() };
        self.refresh()?;
        fresh = match advance(&self.store, &mut fresh.state, &fresh.checkpoint)? {
            Some(caught) => caught,
            None => fold_whole(&self.store, "to compare with")?,
        };
        project(&self.store, &fresh.state, &fresh.checkpoint, &mut rebuilt)?;
        let mut live = YamlView::new(&self.root);
        let edited = live.edited_files().map(|files| files.len()).unwrap_or(0);
        let (live, note) = self.live_view(&mut live);
        drop(guard);
        let model = ViewCheck {
            name: "read model",
            live: Some(Fingerprint::of_state(&self.state)),
            rebuilt: Fingerprint::of_state(&fresh.state),
            note: None,
            edited: 0,
        };
        let rebuilt = rebuilt.fingerprint().map_err(|error| HistoryError::Engine(error.into()))?;
        let by_hand = (edited > 0).then(|| {
            let files =
                if edited == 1 { "1 file was".to_owned() } else { format!("{edited} files were") };
            format!("{files} edited by hand; `milestone adopt` takes them in")
        });
        let note = by_hand.or(note);
        Ok(vec![model, ViewCheck { name: "YAML view", live, rebuilt, note, edited }])
    }

    /// What the view shows that people look at; or why nothing can be said of it.
    fn live_view(&self, live: &mut YamlView) -> (Option<Fingerprint>, Option<String>) {
        if !self.current.backend.has_view() {
            return (None, Some(NOT_KEPT.to_owned()));
        }
        match live.checkpoint() {
            Ok(Some(_)) => match live.fingerprint() {
                Ok(fingerprint) => (Some(fingerprint), None),
                Err(error) => (None, Some(error.to_string())),
            },
            Ok(None) => (None, Some(NEVER_WRITTEN.to_owned())),
            Err(error) => (None, Some(error.to_string())),
        }
    }
}
