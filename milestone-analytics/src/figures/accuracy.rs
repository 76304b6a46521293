//! Estimate accuracy: do estimates help?
//!
//! Start at [`accuracy`].

use super::Window;
use super::percentile::nearest_rank;
use crate::facts::{Extent, Facts};

/// Work done of work estimated, in percent: 100 is as estimated, 200 twice as much.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// One for each finished task with an estimate and recorded work, sorted.
    pub percents: Vec<u32>,
    /// Finished tasks that are left out: no estimate, or nobody recorded any work.
    pub left_out: u32,
}

impl Accuracy {
    /// The percent that `percent` of the tasks did not exceed, by nearest rank.
    pub fn within(&self, percent: u8) -> Option<u32> {
        nearest_rank(&self.percents, percent)
    }
}

/// Estimate accuracy `= work done / estimate` of the tasks finished in a window. What counts is the
/// work that was reported (`time_spent`), not the days that passed.
pub fn accuracy(facts: &Facts, extent: Extent<'_>, window: Window) -> Accuracy {
    let mut found = Accuracy::default();
    for (task, at) in facts.finished(extent, facts.end_of(window.to)) {
        if !window.holds(facts.day(at)) {
            continue;
        }
        match (task.estimate, task.time_spent) {
            (Some(estimate), spent) if estimate > 0 && spent > 0 => {
                let percent = (u64::from(spent) * 200 + u64::from(estimate)) / u64::from(estimate);
                found.percents.push(u32::try_from(percent / 2).unwrap_or(u32::MAX));
            }
            _ => found.left_out += 1,
        }
    }
    found.percents.sort_unstable();
    found
}
