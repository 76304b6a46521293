//! Finding milestones and tasks by their words.
//!
//! Start at [`Project::search`].
//!
//! - **Invariant.** Every backend finds the same, in the same order: the smaller ones ask the same
//!   full-text search, made in memory from the state.
//! - **Invariant.** A search file that is damaged, locked or behind never fails a question.

use std::time::Duration;

use milestone_core::log::LogStore;
use milestone_core::projection::{Projection, ProjectionError, State, project};
use milestone_store_sqlite::{Hit, Search};

use crate::project::Project;
use crate::scale::Backend;

/// Up to how many of what was found are counted: beyond, nobody reads the number.
pub const COUNTED_MAX: usize = 1_000;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The best of it.
    pub hits: Vec<Hit>,
    /// How much there is, also what is not among the best; `None` for more than [`COUNTED_MAX`].
    pub total: Option<usize>,
}

impl Project {
    /// Finds milestones and tasks that have every word of `text`, or a longer one that begins so,
    /// in titles, descriptions, notes or criteria; case and accents do not matter. At most `limit`:
    /// the words in titles first, then elsewhere, then likewise longer words; of each, the newest.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if SQLite fails in memory.
    pub fn search(&mut self, text: &str, limit: usize) -> Result<Found, ProjectionError> {
        if self.current.backend == Backend::Database
            && let Some(found) = self.search_file(text, limit)
        {
            return Ok(found);
        }
        search_state(&self.state, text, limit)
    }

    /// Asks the file, brought up to date if nobody else is writing; `None` if it cannot answer.
    fn search_file(&mut self, text: &str, limit: usize) -> Option<Found> {
        let mut search = Search::new(self.current.search(&self.root));
        if !search.is_of(&self.checkpoint).unwrap_or(false) {
            if self.read_only {
                return None;
            }
            let guard = self.store.lock(Duration::ZERO).ok()?;
            self.refresh().ok()?;
            project(&self.store, &self.state, &self.checkpoint, &mut search).ok()?;
            drop(guard);
        }
        let found = found(&mut search, text, limit);
        if let Err(ProjectionError::Damaged { .. }) = &found
            && !self.read_only
            && let Ok(guard) = self.store.lock(Duration::ZERO)
        {
            // The next search makes it anew; what cannot be removed is found damaged again.
            let _ = search.wipe();
            drop(guard);
        }
        found.ok()
    }
}

/// The same search over any state, such as an earlier one.
///
/// # Errors
///
/// [`ProjectionError`] if SQLite fails in memory.
pub fn search_state(state: &State, text: &str, limit: usize) -> Result<Found, ProjectionError> {
    found(&mut Search::in_memory(state)?, text, limit)
}

fn found(search: &mut Search, text: &str, limit: usize) -> Result<Found, ProjectionError> {
    let hits = search.search(text, limit)?;
    let total = match hits.len() < limit {
        true => Some(hits.len()),
        false => Some(search.count(text, COUNTED_MAX + 1)?).filter(|count| *count <= COUNTED_MAX),
    };
    // A limit beyond what is counted may have shown more.
    let total = total.filter(|total| *total >= hits.len());
    Ok(Found { hits, total })
}
