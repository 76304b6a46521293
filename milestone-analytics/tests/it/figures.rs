//! The figures of a small project, worked out by hand.
//!
//! Start at `small`, what happened.

use milestone_analytics::Extent;
use milestone_analytics::figures::{
    Window, accuracy, ages, blocked, cycle_times, efficiency, flow, lead_times, little,
    nearest_rank, rank_of, success, throughput, workload,
};
use milestone_core::domain::Field;
use proptest::prelude::*;

use crate::story::{Story, day};

const ALL: Extent<'static> = Extent::Project;

fn march(from: i64, to: i64) -> Window {
    Window { from: day(from), to: day(to) }
}

/// Four tasks: one quick, one blocked for a day, one under way, one nobody recorded the start of.
fn small() -> Story {
    let mut story = Story::told();
    let day_of_work = &[(Field::Estimate, 480)];
    for task in ["api/quick", "api/slow", "api/open", "api/sudden"] {
        story.add_with(2, task, day_of_work);
    }
    story.start(3, "api/quick");
    story.done(3, "api/quick");
    story.spend(3, "api/quick", 240);
    story.start(3, "api/slow");
    story.block(4, 10, "api/slow", "keys");
    story.unblock(5, 10, "api/slow");
    story.done(7, "api/slow");
    story.spend(7, "api/slow", 960);
    story.done(8, "api/sudden");
    story.start(6, "api/open");
    story.block(9, 10, "api/open", "keys");
    story
}

#[test]
fn times_are_calendar_days_and_a_day_is_one() {
    let facts = small().facts();
    let cycle = cycle_times(&facts, ALL, march(1, 10));
    assert_eq!((cycle.days.as_slice(), cycle.left_out), (&[1, 5][..], 1));
    assert_eq!((cycle.within(50), cycle.within(85)), (Some(1), Some(5)));
    assert_eq!(lead_times(&facts, ALL, march(1, 10)).days, [2, 6, 7]);
    assert_eq!(cycle_times(&facts, ALL, march(4, 6)).within(50), None);
}

#[test]
fn throughput_counts_zeros() {
    let facts = small().facts();
    let done = throughput(&facts, ALL, march(1, 10));
    assert_eq!(done.days, [0, 0, 1, 0, 0, 0, 1, 1, 0, 0]);
    assert_eq!(done.weeks, [1, 2]);
    assert_eq!(done.estimate_weeks, Some(vec![480, 960]));
    assert_eq!((done.total(), done.days_with_any(), done.cancelled), (3, 3, 0));
}

#[test]
fn flow_and_age_see_what_is_under_way() {
    let facts = small().facts();
    let days = flow(&facts, ALL, march(2, 8));
    let of: Vec<_> = days.iter().map(|day| (day.added, day.started, day.ended)).collect();
    assert_eq!(of, [(4, 0, 0), (4, 2, 1), (4, 2, 1), (4, 2, 1), (4, 3, 1), (4, 3, 2), (4, 4, 3)]);
    assert_eq!(days.iter().map(|day| day.under_way).collect::<Vec<_>>(), [0, 1, 1, 1, 2, 1, 1]);
    let ages = ages(&facts, ALL, march(1, 10));
    let [age] = ages.as_slice() else { panic!("{ages:?}") };
    // Begun on the 6th; of the two that are known one took less than five days, and one took five.
    assert_eq!((age.reference.as_str(), age.days, age.pace), ("api/open", 5, Some(50)));
    assert!(age.blocked);
}

#[test]
fn blocked_time_has_causes() {
    let facts = small().facts();
    let found = blocked(&facts, ALL, march(1, 10));
    let [cause] = found.causes.as_slice() else { panic!("{found:?}") };
    // A day, and from ten o'clock on the 9th to the end of the 10th.
    assert_eq!((cause.times, cause.open, cause.minutes), (2, 1, 24 * 60 + 38 * 60 - 1));
    assert_eq!((found.tasks, &*cause.text), (2, "keys"));
    let spent = efficiency(&facts, ALL, march(1, 10));
    assert_eq!((spent.active, spent.blocked, spent.waiting), (3 * 1440, 1440, 0));
    assert_eq!((spent.percent(), spent.tasks), (Some(75), 2));
}

#[test]
fn people_estimates_and_milestones() {
    let mut story = small();
    story.complete(19, "api");
    story.milestone(2, "late", Some(3));
    story.complete(5, "late");
    let facts = story.facts();
    let found = accuracy(&facts, ALL, march(1, 10));
    assert_eq!((found.percents.as_slice(), found.left_out), (&[50, 200][..], 1));
    let ended = success(&facts, march(1, 20));
    assert_eq!((ended.completed, ended.with_due, ended.on_time), (2, 2, 1));
    assert_eq!((ended.percent(), ended.on_time_percent()), (Some(100), Some(50)));
    let facts = small().facts();
    let loads = workload(&facts, ALL, facts.end_of(day(10)));
    let [load] = loads.as_slice() else { panic!("{loads:?}") };
    // Nine working days from Tuesday the 10th to Friday the 20th.
    assert_eq!((load.tasks, load.minutes, load.percent), (1, 480, Some(11)));
}

#[test]
fn a_steady_flow_obeys_the_law() {
    let mut story = Story::told();
    for number in 0..60 {
        let task = format!("api/t{number}");
        story.add(1, &task);
        story.start(1 + number, &task);
        story.done(3 + number, &task);
    }
    let law = little(&story.facts(), ALL, march(10, 50)).unwrap();
    assert!((law.in_progress - 3.0).abs() < 0.01 && law.agrees(), "{law:?}");
    assert_eq!(little(&small().facts(), ALL, march(40, 50)), None);
}

#[test]
fn velocity_needs_estimates() {
    let mut story = small();
    story.add(2, "api/rough");
    story.done(9, "api/rough");
    assert_eq!(throughput(&story.facts(), ALL, march(1, 10)).estimate_weeks, None);
}

proptest! {
    /// Nearest rank is a value that occurred, and at least so many do not exceed it.
    #[test]
    fn percentiles_are_values_that_occurred(
        mut days in prop::collection::vec(0u32..50, 1..40),
        percent in 0u8..=100,
    ) {
        days.sort_unstable();
        let value = nearest_rank(&days, percent).unwrap();
        let within = days.iter().filter(|day| **day <= value).count();
        prop_assert!(within * 100 >= days.len() * usize::from(percent));
        let below = days.iter().filter(|day| **day < value).count();
        prop_assert!(percent == 0 || below * 100 < days.len() * usize::from(percent));
        prop_assert!(rank_of(&days, &value).unwrap() <= percent.max(1));
    }
}
