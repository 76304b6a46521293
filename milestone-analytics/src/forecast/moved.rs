//! What moved a date: scope, progress, pace, or what waits for what.
//!
//! Start at [`moved`].
//!
//! - **Invariant.** The parts add up to the whole: each is what changes when one more thing is
//!   taken as it is now and not as it was.

use super::{Forecast, Options, Situation, forecast, tasks_left};

/// How far a date moved, and because of what, in days; later is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The day it was looked at before.
    pub since: i64,
    /// The day of the date then.
    pub before: i64,
    /// The day of the date now.
    pub now: i64,
    /// How many tasks came, less those that went without being done.
    pub added: i64,
    /// How many tasks were finished.
    pub finished: u32,
    /// Because of the scope.
    pub by_scope: i64,
    /// Because of what was finished, and the time that took.
    pub by_progress: i64,
    /// Because of the history that days are drawn from.
    pub by_pace: i64,
    /// Because of what waits for what, and of how long single tasks take.
    pub by_order: i64,
}

/// What moved the date of `percent` from one situation to a later one and its forecast, where
/// `finished` tasks were done in between; `None` if either has no such date.
pub fn moved(
    before: &Situation,
    (now, answer): (&Situation, &Forecast),
    finished: u32,
    percent: u8,
    options: &Options,
) -> Option<Moved> {
    let shown = |situation: &Situation, answer: &Forecast| match answer {
        Forecast::Dates(dates) => {
            dates.shown().within(percent).map(|days| situation.today + i64::from(days))
        }
        _ => None,
    };
    let is = shown(now, answer)?;
    let was = shown(before, &forecast(before, &Options { more: 0, ..*options }))?;
    let left = tasks_left(now, options.more);
    let by_pace_alone = |left: u32, from: &Situation, today: i64| {
        let days = from.basis.pace.when(left, options).within(percent)?;
        Some(today + i64::from(days))
    };
    let grown = left.saturating_add(finished);
    let begin = by_pace_alone(before.left, before, before.today)?;
    let with_scope = by_pace_alone(grown, before, before.today)?;
    let with_progress = by_pace_alone(left, before, now.today)?;
    let with_pace = by_pace_alone(left, now, now.today)?;
    Some(Moved {
        since: before.today,
        before: was,
        now: is,
        added: i64::from(grown) - i64::from(before.left),
        finished,
        by_scope: with_scope - begin,
        by_progress: with_progress - with_scope,
        by_pace: with_pace - with_progress,
        by_order: (is - was) - (with_pace - begin),
    })
}
