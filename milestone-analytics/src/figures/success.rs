//! Success rate: how milestones end.
//!
//! Start at [`success`].

use super::Window;
use crate::facts::Facts;
use milestone_core::domain::Stage;

/// How the milestones of a window ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Success {
    /// Completed.
    pub completed: u32,
    /// Given up.
    pub cancelled: u32,
    /// Completed, of those with a due date.
    pub with_due: u32,
    /// Completed on their due date or before.
    pub on_time: u32,
}

fn percent(part: u32, whole: u32) -> Option<u8> {
    let part = u64::from(part) * 200 + u64::from(whole);
    (whole > 0).then(|| u8::try_from(part / (u64::from(whole) * 2)).unwrap_or(100))
}

impl Success {
    /// Completed of completed and given up, in percent; `None` if none ended.
    pub fn percent(&self) -> Option<u8> {
        percent(self.completed, self.completed + self.cancelled)
    }

    /// On time of completed with a due date, in percent; `None` if there is none.
    pub fn on_time_percent(&self) -> Option<u8> {
        percent(self.on_time, self.with_due)
    }
}

/// Success rate `= completed / (completed + cancelled)` of the milestones that ended in a window,
/// and how many were completed on time.
pub fn success(facts: &Facts, window: Window) -> Success {
    let end = facts.end_of(window.to);
    let mut success = Success::default();
    for milestone in facts.milestones.values() {
        let life = &milestone.life;
        if let Some(done) = life.finished_by(end) {
            let day = facts.day(done);
            if window.holds(day) {
                success.completed += 1;
                success.with_due += u32::from(life.due.is_some());
                success.on_time += u32::from(life.due.is_some_and(|due| day <= due.days()));
            }
            continue;
        }
        let last = life.stages.iter().rev().find(|(_, since)| *since <= end);
        let gone = last.filter(|(stage, _)| *stage == Stage::Cancelled);
        success.cancelled += u32::from(gone.is_some_and(|(_, at)| window.holds(facts.day(*at))));
    }
    success
}
