//! Blocked time and flow efficiency: what stops us, and how much of the time is work.
//!
//! Start at [`blocked`] and [`efficiency`].
//!
//! - **Source.** Flow efficiency as N. Modig and P. Åhlström have it, "This is Lean" (2012): active
//!   time of all time. It is an estimate: nobody records when hands were really on it.

use std::collections::BTreeMap;

use super::Window;
use crate::facts::{Extent, Facts, Span, TaskFacts};
use milestone_core::domain::Stage;
use milestone_core::words::Timestamp;

const MICROS_PER_MINUTE: i64 = 60_000_000;

/// One cause of blocked time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What was said to be in the way.
    pub text: Box<str>,
    /// How long, in minutes, over all tasks.
    pub minutes: u64,
    /// How often.
    pub times: u32,
    /// How many of these are still in the way.
    pub open: u32,
}

/// Blocked time in a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blocked {
    /// By cause, the longest first.
    pub causes: Vec<Cause>,
    /// The tasks that were blocked at any time.
    pub tasks: u32,
    /// The sum, in minutes.
    pub minutes: u64,
}

/// Blocked time: for each cause the sum of the times, within a window, that tasks were blocked.
pub fn blocked(facts: &Facts, extent: Extent<'_>, window: Window) -> Blocked {
    let (first, last) = (facts.end_of(window.from - 1), facts.end_of(window.to));
    let mut causes: BTreeMap<Box<str>, Cause> = BTreeMap::new();
    let mut tasks = 0;
    for task in facts.all(extent) {
        let mut any = false;
        let spans = task.life.blocked.iter().filter(|span| task.is_in(extent, span.from));
        for span in spans.filter(|span| span.from <= last) {
            let end = ended(task, span, last);
            if end.is_some_and(|end| end < first) {
                continue;
            }
            any = true;
            let cause = causes.entry(span.text.clone()).or_insert_with(|| Cause {
                text: span.text.clone(),
                minutes: 0,
                times: 0,
                open: 0,
            });
            cause.minutes += minutes(span.from.max(first), end.unwrap_or(last));
            cause.times += 1;
            cause.open += u32::from(end.is_none());
        }
        tasks += u32::from(any);
    }
    let mut causes: Vec<Cause> = causes.into_values().collect();
    causes.sort_by(|a, b| b.minutes.cmp(&a.minutes).then_with(|| a.text.cmp(&b.text)));
    let minutes = causes.iter().map(|cause| cause.minutes).sum();
    Blocked { causes, tasks, minutes }
}

/// When a blocker went away: it was cleared, or the task was closed.
fn ended(task: &TaskFacts, span: &Span, by: Timestamp) -> Option<Timestamp> {
    let cleared = span.to.filter(|to| *to <= by);
    let closed = task
        .life
        .stages
        .iter()
        .find(|(stage, at)| *at >= span.from && *at <= by && !stage.is_left());
    cleared.into_iter().chain(closed.map(|(_, at)| *at)).min()
}

fn minutes(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.0.saturating_sub(from.0) / MICROS_PER_MINUTE).unwrap_or(0)
}

/// How the time of finished tasks was spent, from when they were begun, in minutes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Efficiency {
    /// Under way and not blocked.
    pub active: u64,
    /// Put back, taken for done too early, or in a milestone that was paused.
    pub waiting: u64,
    /// Blocked.
    pub blocked: u64,
    /// How many tasks that is of.
    pub tasks: u32,
}

impl Efficiency {
    /// Active time of all time, in whole percent; `None` if no time was recorded.
    pub fn percent(&self) -> Option<u8> {
        let all = self.active + self.waiting + self.blocked;
        (all > 0).then(|| u8::try_from((self.active * 200 + all) / (all * 2)).unwrap_or(100))
    }
}

/// Flow efficiency `= active / (active + waiting + blocked)` over the tasks finished in a window
/// that somebody recorded the beginning of: of sums, not a mean of ratios.
pub fn efficiency(facts: &Facts, extent: Extent<'_>, window: Window) -> Efficiency {
    let mut sum = Efficiency::default();
    for (task, to) in facts.finished(extent, facts.end_of(window.to)) {
        let Some(from) = task.life.started_by(to).filter(|_| window.holds(facts.day(to))) else {
            continue;
        };
        sum.tasks += 1;
        let mut cuts = vec![from, to];
        cuts.extend(task.life.stages.iter().map(|(_, at)| *at));
        cuts.extend(task.life.blocked.iter().flat_map(|span| [Some(span.from), span.to]).flatten());
        cuts.extend(task.homes.iter().map(|(_, at)| *at));
        let homes = task.homes.iter().filter_map(|(home, _)| facts.milestones.get(home));
        cuts.extend(homes.flat_map(|home| home.life.stages.iter().map(|(_, at)| *at)));
        cuts.retain(|at| (from..=to).contains(at));
        cuts.sort_unstable();
        for pair in cuts.windows(2) {
            let spent = minutes(pair[0], pair[1]);
            match task.life.stage_at(pair[0]) {
                _ if task.life.blocked_at(pair[0]) => sum.blocked += spent,
                Some(Stage::Underway) if facts.rests_at(task, pair[0]).is_none() => {
                    sum.active += spent;
                }
                _ => sum.waiting += spent,
            }
        }
    }
    sum
}
