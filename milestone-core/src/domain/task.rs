//! A task: the fold over its own stream.
//!
//! Start at [`Task::evolve`].
//!
//! - **Invariant.** A task's stream keeps the name it was born with; `home` and `slug` say where it
//!   is now.

use serde::{Deserialize, Serialize};

use super::at::{At, Verdict};
use super::event::{Body, Event};
use super::item::{Item, Stage};
use super::workflow::Workflow;
use crate::words::{Slug, StreamId};

/// The whole of a task, in units of which every fraction with a denominator up to 24 is a whole
/// number (their least common multiple), so that sums of such fractions are exact.
pub const WHOLE: u64 = 5_354_228_880;

/// The weight of a task that was given none.
pub const WEIGHT_DEFAULT: u32 = 1;

/// A task, as its own stream tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The name of its stream: the milestone and slug it was born with.
    pub stream: StreamId,
    /// The milestone it is in now.
    pub home: Slug,
    /// Its slug there.
    pub slug: Slug,
    /// What it has in common with a milestone.
    pub item: Item,
    /// Its workflow, if it has one.
    pub workflow: Option<Workflow>,
}

impl Task {
    /// A task of which nothing is known yet but its name.
    pub fn unborn(origin: Slug, slug: Slug) -> Self {
        let item = Item::unborn(slug.as_str());
        Self { stream: StreamId::task(&origin, &slug), home: origin, slug, item, workflow: None }
    }

    /// Where it is now, `api-development/endpoints`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.home, self.slug)
    }

    /// Takes in one event of this stream. Never fails.
    pub fn evolve(&mut self, event: &Event<'_>, at: &At<'_>) -> Verdict {
        self.item.changed_at = self.item.changed_at.max(at.time);
        let (to, change) = match &event.body {
            Body::TaskStarted(change) => (Stage::Underway, change),
            Body::TaskCompleted(change) => (Stage::Done, change),
            Body::TaskReopened(change) => (Stage::Open, change),
            Body::TaskCancelled(change) => (Stage::Cancelled, change),
            Body::TaskRemoved(change) => (Stage::Removed, change),
            Body::TaskMoved(moved) => {
                let (Ok(home), Ok(slug)) = (Slug::new(&moved.to), Slug::new(&moved.slug)) else {
                    return self.item.puzzled(event.kind(), "it goes to no milestone", at);
                };
                let met = self.item.meets_the_end(at);
                let before = self.reference();
                (self.home, self.slug) = (home, slug);
                self.item.position = moved.position;
                let verdict = self.item.write_home(before, self.reference(), at);
                return if met { Verdict::Conflict } else { verdict };
            }
            Body::ConflictResolved(resolved) => {
                return self.item.resolve(&self.stream, &resolved.conflict);
            }
            body => {
                let phases = self.evolve_workflow(body, at);
                return phases.unwrap_or_else(|| self.item.evolve(body, at));
            }
        };
        self.item.transition(to, change, at)
    }

    /// The word for its status.
    pub fn status(&self) -> &'static str {
        task_status_word(self.item.stage)
    }

    /// What is done of it, in units of [`WHOLE`].
    pub fn fraction(&self) -> u64 {
        match (self.item.stage, &self.workflow, &self.item.report) {
            (Stage::Done, ..) => WHOLE,
            (_, Some(workflow), _) => workflow.fraction(WHOLE),
            (.., Some(report)) if report.of > 0 => {
                // Of any two numbers that a line may have, their product included.
                let (done, of) = (u128::from(report.done.min(report.of)), u128::from(report.of));
                u64::try_from((done * u128::from(WHOLE) + of / 2) / of).unwrap_or(WHOLE)
            }
            _ => 0,
        }
    }

    /// Its weight in the progress of its milestone.
    pub fn weight(&self) -> u32 {
        self.item.weight.unwrap_or(WEIGHT_DEFAULT)
    }
}

/// The word for a task's stage.
pub fn task_status_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Open => "pending",
        Stage::Underway | Stage::Paused => "in_progress",
        Stage::Done => "done",
        Stage::Cancelled | Stage::Archived => "cancelled",
        Stage::Removed => "removed",
    }
}
