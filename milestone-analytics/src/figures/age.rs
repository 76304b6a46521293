//! Age of work in progress: what is getting old.
//!
//! Start at [`ages`].

use super::Window;
use super::percentile::rank_of;
use super::times::{cycle_times, days_between};
use crate::facts::{Extent, Facts};
use milestone_core::domain::Stage;

/// How old something under way is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Age {
    /// `<milestone>/<slug>`.
    pub reference: String,
    /// Its title.
    pub title: Box<str>,
    /// The days since it was begun, the first included.
    pub days: u32,
    /// How many percent of the finished tasks of the window took less; `None` if none is known.
    pub pace: Option<u8>,
    /// True if something is in its way.
    pub blocked: bool,
    /// True if its milestone is paused.
    pub paused: bool,
}

/// Age `= today − s + 1` of what is under way at the end of a window, in calendar days, oldest
/// first, with the share of the finished tasks that took less.
pub fn ages(facts: &Facts, extent: Extent<'_>, window: Window) -> Vec<Age> {
    let now = facts.end_of(window.to);
    let times = cycle_times(facts, extent, window);
    let under_way =
        facts.left(extent, now).filter(|task| task.life.stage_at(now) == Some(Stage::Underway));
    let mut ages: Vec<Age> = under_way
        .filter_map(|task| {
            let days = days_between(facts, task.life.started_by(now)?, now);
            Some(Age {
                reference: task.reference.clone(),
                title: task.life.title.clone(),
                days,
                pace: rank_of(&times.days, &days),
                blocked: task.life.blocked_at(now),
                paused: facts.rests_at(task, now).is_some(),
            })
        })
        .collect();
    ages.sort_by(|a, b| b.days.cmp(&a.days).then_with(|| a.reference.cmp(&b.reference)));
    ages
}
