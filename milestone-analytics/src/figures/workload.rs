//! Workload: who has how much left to do.
//!
//! Start at [`workload`].

use std::collections::BTreeMap;

use crate::facts::{Extent, Facts, TaskFacts};
use milestone_core::words::{Date, MINUTES_PER_DAY, Timestamp};

/// What one person has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Who; `None` for tasks that nobody has.
    pub who: Option<Box<str>>,
    /// Open tasks.
    pub tasks: u32,
    /// What is left of their estimates, in minutes of work.
    pub minutes: u64,
    /// Tasks without an estimate.
    pub unestimated: u32,
    /// Work left of working time left until the last due date, in percent; `None` without a due
    /// date, or if that has passed.
    pub percent: Option<u32>,
}

/// Workload: `Σ remaining estimate / (8 h · working days to the due date)` of the open tasks of
/// each person. A task of several people counts for each with its share. Working days are Monday to
/// Friday, today included.
pub fn workload(facts: &Facts, extent: Extent<'_>, now: Timestamp) -> Vec<Load> {
    struct Sum {
        tasks: u32,
        minutes: f64,
        unestimated: u32,
        due: Option<Date>,
    }
    let mut sums: BTreeMap<Option<Box<str>>, Sum> = BTreeMap::new();
    for task in facts.left(extent, now) {
        let share = task.people.len().max(1) as f64;
        let people: Vec<Option<Box<str>>> = match task.people.as_slice() {
            [] => vec![None],
            people => people.iter().cloned().map(Some).collect(),
        };
        for who in people {
            let sum = sums.entry(who).or_insert(Sum {
                tasks: 0,
                minutes: 0.0,
                unestimated: 0,
                due: None,
            });
            sum.tasks += 1;
            match task.estimate {
                Some(estimate) => {
                    sum.minutes += f64::from(estimate) * (1.0 - task.fraction_at(now)) / share;
                }
                None => sum.unestimated += 1,
            }
            sum.due = sum.due.max(due(facts, task, now));
        }
    }
    let today = facts.day(now);
    let load = |(who, sum): (Option<Box<str>>, Sum)| {
        let days = sum.due.map_or(0, |due| working_days(today, due.days()));
        let room = days as f64 * f64::from(MINUTES_PER_DAY);
        let percent = (room > 0.0).then(|| (sum.minutes * 100.0 / room).round() as u32);
        Load {
            who,
            tasks: sum.tasks,
            minutes: sum.minutes.round() as u64,
            unestimated: sum.unestimated,
            percent,
        }
    };
    let mut loads: Vec<Load> = sums.into_iter().map(load).collect();
    loads.sort_by(|a, b| {
        let key = |load: &Load| (load.who.is_none(), std::cmp::Reverse((load.minutes, load.tasks)));
        key(a).cmp(&key(b)).then_with(|| a.who.cmp(&b.who))
    });
    loads
}

/// When a task, or else its milestone, is due.
fn due(facts: &Facts, task: &TaskFacts, now: Timestamp) -> Option<Date> {
    let home = || facts.milestones.get(task.home_at(now));
    task.life.due.or_else(|| home().and_then(|home| home.life.due))
}

/// Mondays to Fridays from one day to another, both included.
fn working_days(from: i64, to: i64) -> u64 {
    if to < from {
        return 0;
    }
    // 1970-01-01 was a Thursday: 3 days after a Monday.
    let before = |day: i64| {
        let since_monday = day + 3;
        since_monday.div_euclid(7) * 5 + since_monday.rem_euclid(7).min(5)
    };
    u64::try_from(before(to + 1) - before(from)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_are_no_working_days() {
        let day = |text| Date::parse(text).expect("a date").days();
        // A Thursday; a Saturday and a Sunday; four weeks.
        assert_eq!(working_days(day("2026-03-12"), day("2026-03-12")), 1);
        assert_eq!(working_days(day("2026-03-14"), day("2026-03-15")), 0);
        assert_eq!(working_days(day("2026-03-12"), day("2026-04-08")), 20);
        assert_eq!(working_days(day("1969-12-29"), day("1970-01-04")), 5);
        assert_eq!(working_days(day("2026-03-13"), day("2026-03-12")), 0);
    }
}
