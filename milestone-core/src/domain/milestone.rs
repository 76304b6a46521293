//! A milestone: the fold over its own stream.
//!
//! Start at [`Milestone::evolve`].
//!
//! - **Invariant.** Only what follows from this stream is in here. Progress, waiting and ready
//!   follow from tasks and other milestones and are derived in `derived`.

use serde::{Deserialize, Serialize};

use super::at::{At, Verdict};
use super::event::{Body, Event};
use super::item::{Item, Stage};
use crate::words::{Slug, StreamId};

/// What `milestone_reopened` says of a milestone that goes back to before it was begun.
pub const PLANNED: &str = "planned";

/// The reason of a cancellation that takes back a creation.
pub const UNDONE: &str = "undone";

/// A milestone, as its own stream tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Its id.
    pub id: Slug,
    /// What it has in common with a task.
    pub item: Item,
    /// The tasks that were knowingly left open when it was completed.
    pub left_open: Vec<StreamId>,
}

impl Milestone {
    /// A milestone of which nothing is known yet but its id.
    pub fn unborn(id: Slug) -> Self {
        let item = Item::unborn(id.as_str());
        Self { id, item, left_open: Vec::new() }
    }

    /// The name of its stream.
    pub fn stream(&self) -> StreamId {
        StreamId::milestone(&self.id)
    }

    /// Takes in one event of this stream. Never fails.
    pub fn evolve(&mut self, event: &Event<'_>, at: &At<'_>) -> Verdict {
        self.item.changed_at = self.item.changed_at.max(at.time);
        let (to, change) = match &event.body {
            Body::MilestoneStarted(change) | Body::MilestoneResumed(change) => {
                (Stage::Underway, change)
            }
            Body::MilestonePaused(change) => (Stage::Paused, change),
            Body::MilestoneCompleted(change) => {
                self.left_open =
                    change.open.iter().filter_map(|open| StreamId::parse(open)).collect();
                (Stage::Done, change)
            }
            Body::MilestoneReopened(change) if change.to.as_deref() == Some(PLANNED) => {
                (Stage::Open, change)
            }
            Body::MilestoneReopened(change) => (Stage::Underway, change),
            Body::MilestoneCancelled(change) => (Stage::Cancelled, change),
            Body::MilestoneArchived(change) => {
                if self.item.stage != Stage::Archived {
                    self.item.archived_from = Some(self.item.stage);
                }
                (Stage::Archived, change)
            }
            Body::MilestoneRestored(change) => {
                (self.item.archived_from.take().unwrap_or(Stage::Done), change)
            }
            Body::ConflictResolved(resolved) => {
                let stream = self.stream();
                return self.item.resolve(&stream, &resolved.conflict);
            }
            body => return self.item.evolve(body, at),
        };
        self.item.transition(to, change, at)
    }

    /// The word for its status.
    pub fn status(&self) -> &'static str {
        status_word(self.item.stage)
    }
}

/// The word for a milestone's stage.
pub fn status_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Open => "planned",
        Stage::Underway => "active",
        Stage::Paused => "paused",
        Stage::Done => "completed",
        Stage::Cancelled | Stage::Removed => "cancelled",
        Stage::Archived => "archived",
    }
}
