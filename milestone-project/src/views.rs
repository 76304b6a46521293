//! Keeping the views up to date that people look at.
//!
//! - **Invariant.** A view that cannot be written never fails the command that wanted it: the next
//!   one catches it up.
//! - **Invariant.** A view that somebody edited is left alone, and named.

use std::path::Path;
use std::time::Duration;

use milestone_core::log::LogStore;
use milestone_core::projection::project;
use milestone_store_file::view::YamlView;

use crate::error::ExecuteError;
use crate::execute::Warning;
use crate::project::Project;

/// So many files of a view that is no longer wanted are removed before others may go on.
const VIEW_FILES_AT_ONCE: usize = 100;

/// How long making it anew waits for others to finish their commands.
const LOCK_WAIT: Duration = Duration::from_secs(10);

impl Project {
    /// Brings the YAML view to the present state. The caller holds the lock.
    pub(crate) fn update_views(&mut self) -> Vec<Warning> {
        if !self.current.backend.has_view() {
            self.clear_view();
            return Vec::new();
        }
        let warnings = self.write_views();
        if !self.is_damaged() || self.rebuild().is_err() {
            return warnings;
        }
        // What was written came from a damaged snapshot.
        self.write_views_anew()
    }

    /// Makes the YAML view anew from the log. Files that were edited by hand are left, and named.
    ///
    /// # Errors
    ///
    /// [`ExecuteError`] if somebody else is writing or the log cannot be read.
    pub fn rebuild_view(&mut self) -> Result<Vec<Warning>, ExecuteError> {
        let guard = self.store.lock(LOCK_WAIT)?;
        self.refresh()?;
        let warnings = self.write_views_anew();
        drop(guard);
        Ok(warnings)
    }

    /// Without its mark the view is taken for none.
    fn write_views_anew(&mut self) -> Vec<Warning> {
        let _ = std::fs::remove_file(self.root.join("local/view.json"));
        self.view = YamlView::new(&self.root);
        self.write_views()
    }

    /// Takes some more of the view away that a larger backend does not have; true if nothing of it
    /// is left but what was edited. Whoever switched to it may have died before doing so. The
    /// caller holds the lock.
    pub(crate) fn clear_view(&mut self) -> bool {
        // What cannot be removed now is removed by the next command.
        !self.view.is_kept() || self.view.clear(VIEW_FILES_AT_ONCE).unwrap_or(true)
    }

    /// The files of the view that were edited by hand and not adopted.
    pub(crate) fn edited_files(&self) -> Vec<String> {
        let edits = self.view.edited_files().unwrap_or_default();
        let name =
            |path: &Path| path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        edits.iter().map(|edit| name(&edit.path)).collect()
    }

    fn write_views(&mut self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let work = project(&self.store, &self.state, &self.checkpoint, &mut self.view);
        if let Err(error) = work {
            let mut why = error.to_string();
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                why = format!("{why}: {cause}");
                source = cause.source();
            }
            warnings.push(Warning::ViewBehind { why });
        }
        let files: Vec<String> = self
            .view
            .unadopted()
            .iter()
            .map(|path| path.strip_prefix(&self.root).unwrap_or(path).display().to_string())
            .collect();
        if !files.is_empty() {
            warnings.push(Warning::Unadopted { files });
        }
        warnings
    }
}
