//! Throughput: how much is finished in a day, in a week.
//!
//! Start at [`throughput`].

use super::Window;
use crate::facts::{Extent, Facts};

/// Days in a week.
pub const DAYS_PER_WEEK: usize = 7;

/// What was finished, by day and by week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Throughput {
    /// Tasks finished on each day of the window, zeros included.
    pub days: Vec<u32>,
    /// Tasks finished in each week; weeks end with the last day of the window, and the first one
    /// may be shorter.
    pub weeks: Vec<u32>,
    /// Velocity: minutes of estimate finished in each week; `None` unless more than 80 % of what
    /// was finished had an estimate.
    pub estimate_weeks: Option<Vec<u64>>,
    /// Tasks that were given up in the window.
    pub cancelled: u32,
}

/// More than this many percent of the tasks must have an estimate for velocity to be shown.
const ESTIMATED_PERCENT_MIN: u32 = 80;

impl Throughput {
    /// How many were finished.
    pub fn total(&self) -> u32 {
        self.days.iter().sum()
    }

    /// On how many days anything was finished.
    pub fn days_with_any(&self) -> u32 {
        u32::try_from(self.days.iter().filter(|count| **count > 0).count()).unwrap_or(u32::MAX)
    }
}

/// Throughput: tasks that became done on each day of a window and still are at its end.
pub fn throughput(facts: &Facts, extent: Extent<'_>, window: Window) -> Throughput {
    let end = facts.end_of(window.to);
    let mut days = vec![0u32; window.len()];
    let weeks = window.len().div_ceil(DAYS_PER_WEEK);
    let mut minutes = vec![0u64; weeks];
    let (mut finished, mut estimated) = (0u32, 0u32);
    let place_of = |day: i64| usize::try_from(day - window.from).unwrap_or(usize::MAX);
    let week_of = |place: usize| weeks - 1 - (window.len() - 1 - place) / DAYS_PER_WEEK;
    for (task, at) in facts.finished(extent, end) {
        let place = place_of(facts.day(at));
        let Some(day) = days.get_mut(place) else { continue };
        *day += 1;
        finished += 1;
        if let Some(estimate) = task.estimate {
            estimated += 1;
            minutes[week_of(place)] += u64::from(estimate);
        }
    }
    let mut by_week = vec![0; weeks];
    for (place, count) in days.iter().enumerate() {
        by_week[week_of(place)] += count;
    }
    let known = u64::from(estimated) * 100 > u64::from(finished) * u64::from(ESTIMATED_PERCENT_MIN);
    let given_up = facts.all(extent).filter(|task| {
        let last = task.life.stages.iter().rev().find(|(_, since)| *since <= end);
        last.is_some_and(|(stage, since)| {
            let gone = !matches!(
                stage,
                milestone_core::domain::Stage::Open
                    | milestone_core::domain::Stage::Underway
                    | milestone_core::domain::Stage::Done
            );
            gone && window.holds(facts.day(*since)) && task.is_in(extent, *since)
        })
    });
    let cancelled = u32::try_from(given_up.count()).unwrap_or(u32::MAX);
    Throughput { days, weeks: by_week, estimate_weeks: known.then_some(minutes), cancelled }
}
