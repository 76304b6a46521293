//! The plain structs that the renderers take.
//!
//! Start at [`MilestoneView`]. The command runners fill them from the read model.
//!
//! - **Invariant.** Only std and chrono types, our own vocabulary and [`Health`], which was worked
//!   out: no aggregate, no event.
//! - **Invariant.** Everything is decided before it gets here: percentages are computed, waiting
//!   and blocked are derived, `today` is given.
//! - **Absent on purpose.** No serialisation: JSON has its own structs, with stable names.

use chrono::NaiveDate;
use milestone_analytics::health::Health;

use super::glyph::Status;

/// Where a milestone stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Planned,
    /// Under way.
    Active,
    /// Rests.
    Paused,
    /// Finished.
    Completed,
    /// Put away.
    Archived,
    /// Will not be done.
    Cancelled,
}

impl State {
    /// Returns the word people read.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Planned => "Planned",
            Self::Active => "Active",
            Self::Paused => "Paused",
            Self::Completed => "Completed",
            Self::Archived => "Archived",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Returns the word programs read.
    #[must_use]
    pub const fn json(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Archived => "archived",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns the status whose symbol and colour it is drawn with.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Planned => Status::Pending,
            Self::Active => Status::InProgress,
            Self::Paused => Status::Paused,
            Self::Completed | Self::Archived => Status::Done,
            Self::Cancelled => Status::Cancelled,
        }
    }
}

/// A milestone with its tasks, as `show` draws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneView {
    /// The id, `api-development`.
    pub reference: String,
    /// The title as typed.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// Has an open blocker; over `state`.
    pub blocked: bool,
    /// Whole percent.
    pub progress: u8,
    /// Tasks that are done.
    pub tasks_done: u32,
    /// Tasks that count (not cancelled).
    pub tasks_total: u32,
    /// When it must be finished.
    pub due: Option<NaiveDate>,
    /// When it was finished.
    pub completed: Option<NaiveDate>,
    /// The present local day.
    pub today: NaiveDate,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Labels.
    pub labels: Vec<String>,
    /// Against its date; `None` if it is not open, has no due date, or was not judged.
    pub health: Option<Health>,
    /// The tasks in their order, cancelled ones too.
    pub tasks: Vec<TaskView>,
}

impl MilestoneView {
    /// Returns the status whose symbol and colour the milestone is drawn with.
    #[must_use]
    pub const fn status(&self) -> Status {
        if self.blocked { Status::Blocked } else { self.state.status() }
    }

    /// Returns true if its date still matters.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Planned | State::Active | State::Paused)
    }
}

/// How many days something has been under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOf {
    /// The present day, from 1.
    pub day: u32,
    /// The days it was estimated to take.
    pub of: Option<u32>,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskView {
    /// The whole reference, `api-development/endpoints`.
    pub reference: String,
    /// The place in the milestone, from 1.
    pub number: u32,
    /// The title as typed.
    pub title: String,
    /// What it is seen as.
    pub status: Status,
    /// Whole percent.
    pub progress: u8,
    /// So many of so many, if progress was counted.
    pub evidence: Option<(u32, u32)>,
    /// How long it has been under way.
    pub day: Option<DayOf>,
    /// How many days it took, if it is done.
    pub took_days: Option<u32>,
    /// Estimated minutes of work.
    pub estimate_minutes: Option<u32>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// When it must be finished.
    pub due: Option<NaiveDate>,
    /// Titles or references of what comes before and is open.
    pub waits_for: Vec<String>,
    /// Why it is blocked.
    pub blocked_by: Option<String>,
    /// Labels.
    pub labels: Vec<String>,
}

/// A row of `ready`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyRow {
    /// The whole reference.
    pub reference: String,
    /// The title as typed.
    pub title: String,
    /// Estimated minutes of work.
    pub estimate_minutes: Option<u32>,
    /// When it, or else its milestone, must be finished.
    pub due: Option<NaiveDate>,
    /// Why it stands where it stands, or why it cannot be started.
    pub why: String,
}
