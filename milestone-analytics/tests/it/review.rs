//! Looking back at a milestone, the phases of workflows, and how a milestone fares.
//!
//! Start at `a_review_says_what_was_planned_and_what_came_of_it`.

use milestone_analytics::figures::{Review, Slip, Window, phase_times, review};
use milestone_analytics::health::{Health, Judging, Sign, Standing, standings};
use milestone_analytics::{Extent, SayingKind};
use milestone_core::domain::{
    Body, Edited, Field, PhaseChange, PhaseSpec, Transition, Value, WorkflowEnabled,
};
use milestone_core::words::{Date, Timestamp};

use crate::story::{Story, day, slug};

fn due(story: &mut Story, on: i64, due: Option<i64>) {
    let mut edited = Edited::default();
    let value = due.map_or(Value::Null, |due| Value::Date(Date::from_days(day(due))));
    edited.set.put(Field::Due, value);
    story.on(on, "api", Body::MilestoneEdited(edited));
}

fn ten(to: i64) -> Timestamp {
    Timestamp(Date::from_days(day(to)).start(0).0 + 10 * 3_600_000_000)
}

fn looked_back(story: &Story, on: i64) -> Review {
    review(&story.facts(), &slug("api"), Timestamp(ten(on).0 + 1)).unwrap()
}

#[test]
fn a_review_says_what_was_planned_and_what_came_of_it() {
    let mut story = Story::told();
    (0..4)
        .for_each(|number| story.add_with(2, &format!("api/t{number}"), &[(Field::Estimate, 60)]));
    story.on(3, "api", Body::MilestoneStarted(Transition::default()));
    story.add(5, "api/late");
    story.spend(6, "api/t0", 90);
    story.done(6, "api/t0");
    story.block(7, 0, "api/t1", "keys");
    story.unblock(7, 12, "api/t1");
    due(&mut story, 8, Some(25));
    due(&mut story, 9, Some(22));
    due(&mut story, 9, Some(22));
    story.cancel(10, "api/t2");
    story.milestone(10, "next", None);
    story.shift(10, "api/t3", "next");
    story.done(11, "api/t1");
    let before = looked_back(&story, 11);
    story.done(23, "api/late");
    story.complete(23, "api");
    let notes = Some("we learned a lot".into());
    story.on(24, "api", Body::MilestoneArchived(Transition { notes, ..Default::default() }));
    assert_eq!(looked_back(&story, 11), before, "the past stays as it was");
    assert_eq!((before.ended, before.late(), before.tasks.open), (None, None, 1));

    let review = looked_back(&story, 30);
    let slips = [
        Slip { on: day(8), from: day(20), to: day(25) },
        Slip { on: day(9), from: day(25), to: day(22) },
    ];
    assert_eq!(review.slips, slips);
    assert_eq!((review.slipped(), review.late(), review.days()), (Some(2), Some(3), Some(21)));
    let tasks = review.tasks;
    assert_eq!((tasks.at_begin, tasks.added), (4, 1));
    assert_eq!((tasks.done, tasks.cancelled, tasks.moved_away, tasks.open), (3, 1, 1, 0));
    assert_eq!((review.estimated, review.spent, review.accuracy()), (60, 90, Some(150)));
    assert_eq!((review.blocked.minutes, &*review.blocked.causes[0].text), (12 * 60, "keys"));
    let facts = story.facts();
    let said = &facts.milestones[&slug("api")].said;
    assert_eq!((said[0].kind, &*said[0].text), (SayingKind::Review, "we learned a lot"));
}

#[test]
fn phases_are_worked_on_and_wait() {
    let mut story = Story::told();
    story.add(2, "api/one");
    let spec = |phase: &str, approval_required| PhaseSpec {
        phase: phase.to_owned(),
        minutes_max: Some(1_500),
        approval_required,
        ..PhaseSpec::default()
    };
    let phases = vec![spec("design", true), spec("build", false)];
    let task = Some("one".into());
    let enabled = WorkflowEnabled { task, workflow: Some("kiro".into()), phases };
    story.on(2, "api", Body::WorkflowEnabled(enabled));
    let mut step = |on, phase: &'static str, body: fn(PhaseChange<'static>) -> Body<'static>| {
        let task = Some("one".into());
        story.on(on, "api", body(PhaseChange { task, phase: phase.into(), ..Default::default() }));
    };
    step(3, "design", Body::PhaseStarted);
    step(4, "design", Body::PhaseSubmitted);
    step(7, "design", Body::PhaseChangesRequested);
    step(8, "design", Body::PhaseSubmitted);
    step(9, "design", Body::PhaseApproved);
    step(10, "build", Body::PhaseStarted);
    let facts = story.facts();
    let times = |to| {
        let id = slug("api");
        phase_times(&facts, Extent::Milestone(&id), Window { from: day(1), to: day(to) })
    };
    // Two days of work, four of waiting; over a plan of 25 hours.
    let found = times(12);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (&*found[0].phase, &found[0].worked, &found[0].waited),
        ("design", &vec![2_880], &vec![5_760])
    );
    assert_eq!((found[0].percent(), found[0].over, found[0].open), (Some(192), 1, 0));
    assert_eq!((&*found[1].phase, found[1].worked.len(), found[1].open), ("build", 0, 1));
    // On the day of the first submission it is open, whatever came of it later.
    assert_eq!((times(4).len(), times(4)[0].open), (1, 1));
}

fn standing(story: &Story, on: i64) -> Standing {
    let judging = Judging { now: ten(on), days: 84, heads: &[], threads: 1 };
    standings(&story.facts(), &[slug("api")], &judging).remove(0)
}

/// Two tasks a day for fifteen days, and four that are left.
fn steady() -> Story {
    let mut story = Story::told();
    (0..34).for_each(|number| story.add(1, &format!("api/t{number}")));
    story.on(1, "api", Body::MilestoneStarted(Transition::default()));
    for number in 0..30 {
        story.done(2 + number / 2, &format!("api/t{number}"));
    }
    story
}

#[test]
fn health_is_the_chance_of_the_due_date() {
    let mut story = steady();
    assert_eq!(standing(&story, 16).health, Health::OnTrack);
    due(&mut story, 16, Some(17));
    let late = standing(&story, 16);
    assert_eq!((late.health, late.slip), (Health::Late, Some(-3)));
    assert!(late.chance.unwrap() < 0.5 && late.p50 > late.due);
    due(&mut story, 16, None);
    assert_eq!(standing(&story, 16).health, Health::NoDate);
    due(&mut story, 16, Some(10));
    assert_eq!(standing(&story, 16).health, Health::Late);
    (30..34).for_each(|number| story.done(17, &format!("api/t{number}")));
    assert_eq!(standing(&story, 18).health, Health::NothingLeft);
}

#[test]
fn signs_decide_where_no_chance_is_known() {
    let mut story = Story::told();
    (0..4).for_each(|number| story.add(1, &format!("api/t{number}")));
    assert_eq!(standing(&story, 9).health, Health::NotEnoughHistory);
    assert_eq!(standing(&story, 9).signs, []);
    story.on(1, "api", Body::MilestoneStarted(Transition::default()));
    let quiet = standing(&story, 9);
    assert_eq!((quiet.health, quiet.signs), (Health::AtRisk, vec![Sign::Stalled(8)]));
    story.add(9, "api/t4");
    story.block(9, 1, "api/t0", "keys");
    (1..5).for_each(|number| story.cancel(9, &format!("api/t{number}")));
    let blocked = standing(&story, 9);
    assert_eq!((blocked.health, blocked.left, blocked.blocked), (Health::Blocked, 1, 1));
}
