//! Phases, plan and actual: which phase slips, and how long work lies waiting for an approval.
//!
//! Start at [`phase_times`].

use std::collections::BTreeMap;

use super::Window;
use super::percentile::nearest_rank;
use crate::facts::{Extent, Facts};

/// One phase of a workflow, over all tasks that went through it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhaseTimes {
    /// The workflow.
    pub workflow: Box<str>,
    /// The phase.
    pub phase: Box<str>,
    /// How long it was worked on in each task that finished it, in minutes of the clock, sorted.
    pub worked: Vec<u64>,
    /// How long it waited for somebody's approval in each of them, in minutes, sorted.
    pub waited: Vec<u64>,
    /// How many of these tasks have a plan for it.
    pub planned: u32,
    /// The sum of the least that these were to take, in minutes.
    pub planned_min: u64,
    /// The sum of the most that these were to take, in minutes.
    pub planned_max: u64,
    /// What these took, in minutes.
    pub planned_worked: u64,
    /// How many of these took more than the most.
    pub over: u32,
    /// Tasks that are in it at the end of the window.
    pub open: u32,
}

impl PhaseTimes {
    /// The minutes that `percent` of the tasks did not exceed, by nearest rank.
    pub fn within(&self, percent: u8) -> Option<u64> {
        nearest_rank(&self.worked, percent)
    }

    /// The minutes of waiting that `percent` of the tasks did not exceed, by nearest rank.
    pub fn waited_within(&self, percent: u8) -> Option<u64> {
        nearest_rank(&self.waited, percent)
    }

    /// Actual of the most that was planned, in whole percent; `None` without a plan.
    pub fn percent(&self) -> Option<u64> {
        let most = self.planned_max;
        (most > 0).then(|| (self.planned_worked.saturating_mul(200) + most) / (most * 2))
    }
}

/// Phase plan and actual: `Σ worked / Σ most planned` of each phase over the tasks that finished it
/// in a window, and how long each was worked on and waited. Time of the clock, nights included.
pub fn phase_times(facts: &Facts, extent: Extent<'_>, window: Window) -> Vec<PhaseTimes> {
    let end = facts.end_of(window.to);
    let mut found: BTreeMap<(&str, usize, &str), PhaseTimes> = BTreeMap::new();
    for task in facts.all(extent) {
        for phase in &task.phases {
            let key = (&*phase.workflow, phase.place, &*phase.name);
            let open = phase.turns.iter().any(|(_, at)| *at <= end);
            let Some(done) = phase.finished_by(end) else {
                if open && task.is_in(extent, end) && task.life.open_at(end) {
                    found.entry(key).or_default().open += 1;
                }
                continue;
            };
            if !window.holds(facts.day(done)) || !task.is_in(extent, done) {
                continue;
            }
            let times = found.entry(key).or_default();
            let (worked, waited) = phase.spent_by(done);
            times.worked.push(worked);
            times.waited.extend(phase.gate.then_some(waited));
            if let Some(most) = phase.minutes_max {
                times.planned += 1;
                times.planned_min += u64::from(phase.minutes_min.unwrap_or(0));
                times.planned_max += u64::from(most);
                times.planned_worked += worked;
                times.over += u32::from(worked > u64::from(most));
            }
        }
    }
    let named = |((workflow, _, phase), mut times): ((&str, usize, &str), PhaseTimes)| {
        times.worked.sort_unstable();
        times.waited.sort_unstable();
        PhaseTimes { workflow: workflow.into(), phase: phase.into(), ..times }
    };
    found.into_iter().map(named).collect()
}
