//! Cumulative flow and work in progress: where work piles up; and whether that can be relied on.
//!
//! Start at [`flow`] and [`little`].
//!
//! - **Invariant.** The lines never fall: a task arrives at a state once, when it first gets there.

use super::Window;
use super::times::cycle_times;
use crate::facts::{Extent, Facts, TaskFacts};
use milestone_core::domain::Stage;
use milestone_core::words::Timestamp;

/// What had arrived by the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowDay {
    /// The day, since 1970-01-01.
    pub day: i64,
    /// Tasks that had come into the scope by then.
    pub added: u32,
    /// Those of them that were begun, or ended without.
    pub started: u32,
    /// Those of them that were finished, given up, or moved away.
    pub ended: u32,
    /// Work in progress: begun, not finished, at the end of the day.
    pub under_way: u32,
}

/// Cumulative flow: for each state, how many tasks had arrived there by the end of each day. The
/// distance of two lines is what was between them, their slope the rate.
pub fn flow(facts: &Facts, extent: Extent<'_>, window: Window) -> Vec<FlowDay> {
    let arrivals: Vec<[Option<Timestamp>; 3]> =
        facts.all(extent).map(|task| arrivals(task, extent)).collect();
    let on = |day: i64| {
        let at = facts.end_of(day);
        let by = |place: usize| {
            let there = arrivals.iter().filter(|all| all[place].is_some_and(|since| since <= at));
            u32::try_from(there.count()).unwrap_or(u32::MAX)
        };
        let under_way = under_way(facts, extent, at);
        FlowDay { day, added: by(0), started: by(1), ended: by(2), under_way }
    };
    window.days().map(on).collect()
}

/// When a task came into an extent, was begun there, and ended there.
fn arrivals(task: &TaskFacts, extent: Extent<'_>) -> [Option<Timestamp>; 3] {
    let Some(begin) = task.life.begin() else { return [None; 3] };
    let (mut came, mut left) = (Some(begin), None);
    if let Extent::Milestone(id) = extent {
        let at = task.homes.iter().position(|(home, _)| home == id);
        came = at.map(|at| task.homes[at].1.max(begin));
        left = at.and_then(|at| task.homes.get(at + 1)).map(|(_, since)| *since);
    }
    let Some(came) = came else { return [None; 3] };
    let first = |wanted: &[Stage]| {
        let there = task.life.stages.iter().find(|(stage, _)| wanted.contains(stage));
        there.map(|(_, at)| (*at).max(came))
    };
    let closed = first(&[Stage::Done, Stage::Cancelled, Stage::Archived, Stage::Removed]);
    let ended = closed.into_iter().chain(left).min();
    let started = first(&[Stage::Underway]).into_iter().chain(ended).min();
    [Some(came), started, ended]
}

/// Work in progress: tasks begun and not finished at a moment.
fn under_way(facts: &Facts, extent: Extent<'_>, at: Timestamp) -> u32 {
    let begun = facts.left(extent, at);
    let begun = begun.filter(|task| task.life.stage_at(at) == Some(Stage::Underway));
    u32::try_from(begun.count()).unwrap_or(u32::MAX)
}

/// Little's law over a finite time: `L = Λ · w`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Little {
    /// `L`: the mean work in progress.
    pub in_progress: f64,
    /// `Λ`: tasks begun a day.
    pub begun_per_day: f64,
    /// `w = L / Λ`: the days that a task was under way, as the law has it.
    pub days: f64,
    /// The mean cycle time that was measured, in days.
    pub measured_days: f64,
}

/// Two figures that differ by more than this, in percent of the greater, do not agree.
pub const GAP_PERCENT_MAX: f64 = 25.0;

impl Little {
    /// True if what was measured agrees with the law: else work in progress is ageing, or much of
    /// it was begun before the window or ends after it.
    pub fn agrees(&self) -> bool {
        let (one, other) = (self.days, self.measured_days);
        (one - other).abs() * 100.0 <= one.max(other) * GAP_PERCENT_MAX
    }
}

/// Compares Little's law with the cycle times of a window; `None` without either.
pub fn little(facts: &Facts, extent: Extent<'_>, window: Window) -> Option<Little> {
    let days = window.len() as f64;
    let (mut present, mut begun) = (0u64, 0u32);
    let first = facts.end_of(window.from - 1);
    for task in facts.all(extent) {
        let Some(start) = task.life.started_by(facts.end_of(window.to)) else { continue };
        if !task.is_in(extent, start) {
            continue;
        }
        begun += u32::from(start > first);
        let end = task.finished_by(facts.end_of(window.to)).map_or(window.to, |at| facts.day(at));
        let closed = !task.life.open_at(facts.end_of(window.to));
        if closed && task.finished_by(facts.end_of(window.to)).is_none() {
            continue;
        }
        let (from, to) = (facts.day(start).max(window.from), end.min(window.to));
        present += u64::try_from(to - from + 1).unwrap_or(0);
    }
    let times = cycle_times(facts, extent, window).days;
    if begun == 0 || times.is_empty() || window.is_empty() {
        return None;
    }
    let in_progress = present as f64 / days;
    let begun_per_day = f64::from(begun) / days;
    let sum: u64 = times.iter().map(|days| u64::from(*days)).sum();
    Some(Little {
        in_progress,
        begun_per_day,
        days: in_progress / begun_per_day,
        measured_days: sum as f64 / times.len() as f64,
    })
}
