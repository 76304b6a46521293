//! Burn-up and burn-down: what was asked for and what was done, on each day.
//!
//! Start at [`burn`]. Scope and done are two lines, for a burn-down alone hides a growing scope.

use super::Window;
use crate::facts::{Extent, Facts};

/// What there was at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burn {
    /// The day, since 1970-01-01.
    pub day: i64,
    /// The weight of all tasks that were kept.
    pub scope: f64,
    /// The weight of what was done of them, progress included.
    pub done: f64,
    /// How many tasks were kept.
    pub tasks: u32,
    /// How many of them were done.
    pub tasks_done: u32,
}

impl Burn {
    /// What was left: the burn-down.
    pub fn left(&self) -> f64 {
        (self.scope - self.done).max(0.0)
    }

    /// What was done, of 1.
    pub fn share(&self) -> Option<f64> {
        (self.scope > 0.0).then(|| self.done / self.scope)
    }
}

/// Burn-up and burn-down: `scope(t) = Σ w` of the tasks that were kept at the end of day `t`, and
/// `done(t) = Σ w · p`, where `p` is 1 if it was done and else what was last reported.
pub fn burn(facts: &Facts, extent: Extent<'_>, window: Window) -> Vec<Burn> {
    let on = |day: i64| {
        let at = facts.end_of(day);
        let mut burn = Burn { day, scope: 0.0, done: 0.0, tasks: 0, tasks_done: 0 };
        for task in facts.kept(extent, at) {
            let (weight, fraction) = (f64::from(task.weight_at(at)), task.fraction_at(at));
            burn.scope += weight;
            burn.done += weight * fraction;
            burn.tasks += 1;
            burn.tasks_done += u32::from(task.finished_by(at).is_some());
        }
        burn
    };
    window.days().map(on).collect()
}
