//! What was planned and said: phases with their turns, and the words of an end or a pause.
//!
//! Start at [`PhaseFacts`] and [`Saying`].
//!
//! - **Invariant.** How long a phase was worked on follows from what happened to it, in the order
//!   in which it really happened; how long it should take is what its workflow says now.

use milestone_core::domain::{Body, PhaseStatus, UNDONE, Workflow};
use milestone_core::words::Timestamp;
use serde::{Deserialize, Serialize};

use super::collect::Moment;

/// Which words something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SayingKind {
    /// Why it was completed although something was open.
    Forced,
    /// What was written when it was put away.
    Review,
    /// Why it was put down for a while.
    Paused,
    /// Why it was taken up again.
    Resumed,
    /// Why it was given up.
    Cancelled,
    /// Why it was opened again.
    Reopened,
}

/// Words that belong to a change of status of a milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    /// Which words.
    pub kind: SayingKind,
    /// When.
    pub at: Timestamp,
    /// Whose.
    pub by: Box<str>,
    /// The words.
    pub text: Box<str>,
}

impl Saying {
    /// What an event says of a change of status, if anything.
    pub(super) fn of(body: &Body<'_>, at: Timestamp, by: &str) -> Option<Self> {
        let (kind, text) = match body {
            Body::MilestoneCompleted(change) => (SayingKind::Forced, change.forced.as_deref()),
            Body::MilestoneArchived(change) => (SayingKind::Review, change.notes.as_deref()),
            Body::MilestonePaused(change) => (SayingKind::Paused, change.reason.as_deref()),
            Body::MilestoneResumed(change) => (SayingKind::Resumed, change.reason.as_deref()),
            Body::MilestoneCancelled(change) => (SayingKind::Cancelled, change.reason.as_deref()),
            Body::MilestoneReopened(change) => (SayingKind::Reopened, change.reason.as_deref()),
            _ => return None,
        };
        // That is no reason of somebody's.
        let text = text.filter(|text| *text != UNDONE);
        text.map(|text| Self { kind, at, by: by.into(), text: text.into() })
    }
}

/// What happened in a phase of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseFacts {
    /// The workflow.
    pub workflow: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// Its place in the workflow.
    pub place: usize,
    /// The least time it should take, in minutes.
    pub minutes_min: Option<u32>,
    /// The most time it should take, in minutes.
    pub minutes_max: Option<u32>,
    /// True if somebody has to approve it.
    pub gate: bool,
    /// What became of it, each with when.
    pub turns: Vec<(PhaseStatus, Timestamp)>,
}

/// What an event makes of a phase.
pub(super) fn turn<'a>(body: &'a Body<'_>) -> Option<(&'a str, PhaseStatus)> {
    let (change, status) = match body {
        Body::PhaseStarted(change) => (change, PhaseStatus::InProgress),
        Body::PhaseSubmitted(change) => (change, PhaseStatus::Submitted),
        Body::PhaseApproved(change) => (change, PhaseStatus::Approved),
        Body::PhaseChangesRequested(change) => (change, PhaseStatus::ChangesRequested),
        Body::PhaseRejected(change) => (change, PhaseStatus::Pending),
        _ => return None,
    };
    Some((&change.phase, status))
}

const MICROS_PER_MINUTE: i64 = 60_000_000;

impl PhaseFacts {
    /// The phases of a workflow, with what happened to each.
    pub(super) fn all(
        workflow: Option<&Workflow>,
        turns: &[(Moment, (Box<str>, PhaseStatus))],
    ) -> Vec<Self> {
        let Some(workflow) = workflow else { return Vec::new() };
        let of = |(place, phase): (usize, &milestone_core::domain::Phase)| {
            let own = turns.iter().filter(|(_, (name, _))| *name == phase.name);
            Self {
                workflow: workflow.name.clone(),
                name: phase.name.clone(),
                place,
                minutes_min: phase.minutes_min,
                minutes_max: phase.minutes_max,
                gate: phase.approval_required,
                turns: own.map(|(moment, (_, to))| (*to, moment.at)).collect(),
            }
        };
        workflow.phases.iter().enumerate().map(of).collect()
    }

    /// When it was finished, if it was at `at`: approved, or submitted where nobody has to approve.
    pub fn finished_by(&self, at: Timestamp) -> Option<Timestamp> {
        let (status, since) = self.turns.iter().rev().find(|(_, since)| *since <= at)?;
        let done = match status {
            PhaseStatus::Approved | PhaseStatus::Done => true,
            PhaseStatus::Submitted => !self.gate,
            _ => false,
        };
        done.then_some(*since)
    }

    /// How long it was worked on and how long it waited for somebody's approval by `at`, in
    /// minutes of the clock.
    pub fn spent_by(&self, at: Timestamp) -> (u64, u64) {
        let (mut worked, mut waited) = (0, 0);
        for (place, (status, since)) in self.turns.iter().enumerate() {
            let until = self.turns.get(place + 1).map_or(at, |(_, next)| (*next).min(at));
            let minutes = until.0.saturating_sub(since.0) / MICROS_PER_MINUTE;
            let minutes = u64::try_from(minutes).unwrap_or(0);
            match status {
                PhaseStatus::InProgress | PhaseStatus::ChangesRequested => worked += minutes,
                PhaseStatus::Submitted if self.gate => waited += minutes,
                _ => {}
            }
        }
        (worked, waited)
    }
}
