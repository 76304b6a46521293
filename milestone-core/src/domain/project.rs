//! The project itself: the fold over the events that belong to no milestone.
//!
//! - **Absent on purpose.** What is local to one machine, such as its backend: no event says it.

use serde::{Deserialize, Serialize};

use super::at::{At, Verdict};
use super::event::{Body, Event};
use crate::words::Timestamp;

/// The project, as its own stream tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProjectState {
    /// Its name; empty while its first record is missing.
    pub name: String,
    /// True if `milestone demo` made it.
    pub demo: bool,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// By whom.
    pub created_by: String,
}

impl ProjectState {
    /// Takes in one event of the project. Never fails.
    pub fn evolve(&mut self, event: &Event<'_>, at: &At<'_>) -> Verdict {
        match &event.body {
            Body::ProjectCreated(created) => {
                // Two clones may both have begun it: the first in the order names it.
                if self.created_at.is_none() {
                    self.name = created.name.to_string();
                    self.demo = created.demo;
                    self.created_at = Some(at.time);
                    self.created_by = at.by.to_owned();
                }
                Verdict::Applied
            }
            Body::Undone(_) => Verdict::Applied,
            _ => Verdict::Skipped,
        }
    }
}
