//! Lead time and cycle time: how long one takes, since it was asked for and since it was begun.
//!
//! Start at [`lead_times`] and [`cycle_times`].

use super::Window;
use super::percentile::nearest_rank;
use crate::facts::{Extent, Facts, TaskFacts};
use milestone_core::words::Timestamp;

/// How long tasks took, in calendar days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    /// Sorted; a task that begins and ends on one day took 1.
    pub days: Vec<u32>,
    /// Finished tasks that are left out: nobody recorded that they began.
    pub left_out: u32,
}

impl Times {
    /// The days within which `percent` of the tasks were finished, by nearest rank.
    pub fn within(&self, percent: u8) -> Option<u32> {
        nearest_rank(&self.days, percent)
    }
}

/// `to − from + 1` in calendar days, at least 1.
pub(crate) fn days_between(facts: &Facts, from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from((facts.day(to) - facts.day(from)).max(0) + 1).unwrap_or(u32::MAX)
}

/// The cycle time of a task that was finished at `to`; `None` if nobody recorded when it began.
pub fn cycle_days(facts: &Facts, task: &TaskFacts, to: Timestamp) -> Option<u32> {
    Some(days_between(facts, task.life.started_by(to)?, to))
}

/// Cycle time `CT = f − s + 1` of the tasks finished in a window, in calendar days: from the day
/// that it was first begun to the day that it was finished.
pub fn cycle_times(facts: &Facts, extent: Extent<'_>, window: Window) -> Times {
    times(facts, extent, window, |task, to| cycle_days(facts, task, to))
}

/// Lead time `LT = f − c + 1` of the tasks finished in a window, in calendar days: from the day
/// that it was created.
pub fn lead_times(facts: &Facts, extent: Extent<'_>, window: Window) -> Times {
    times(facts, extent, window, |task, to| {
        task.life.created_at.map(|from| days_between(facts, from, to))
    })
}

fn times(
    facts: &Facts,
    extent: Extent<'_>,
    window: Window,
    days: impl Fn(&TaskFacts, Timestamp) -> Option<u32>,
) -> Times {
    let mut times = Times::default();
    for (task, at) in facts.finished(extent, facts.end_of(window.to)) {
        if window.holds(facts.day(at)) {
            match days(task, at) {
                Some(days) => times.days.push(days),
                None => times.left_out += 1,
            }
        }
    }
    times.days.sort_unstable();
    times
}
