//! The past stays as it was, and the end is what the fold says.
//!
//! Start at `a_spill_over_leaves_past_burn_downs_as_they_were`.

use milestone_analytics::Extent;
use milestone_analytics::figures::{Burn, Window, burn, flow};
use milestone_core::domain::{Plan, milestone_progress};
use milestone_core::projection::rebuild;
use milestone_core::words::Timestamp;
use milestone_testkit::histories;
use proptest::prelude::*;

use crate::story::{Story, day, facts_of, slug};

fn thirty() -> Story {
    let mut story = Story::told();
    (0..30).for_each(|number| story.add(2, &format!("api/t{number}")));
    story.done(3, "api/t0");
    story.done(5, "api/t1");
    story
}

fn burns(story: &Story, id: &str, to: i64) -> Vec<Burn> {
    let id = slug(id);
    burn(&story.facts(), Extent::Milestone(&id), Window { from: day(1), to: day(to) })
}

/// 28 of 30 tasks go on to the next milestone: no day before changes.
#[test]
fn a_spill_over_leaves_past_burn_downs_as_they_were() {
    let mut story = thirty();
    let before = burns(&story, "api", 9);
    assert_eq!(before.iter().map(|burn| burn.tasks).collect::<Vec<_>>()[..3], [0, 30, 30]);
    assert_eq!(before[8].left(), 28.0);
    story.milestone(9, "next", None);
    (2..30).for_each(|number| story.shift(10, &format!("api/t{number}"), "next"));
    assert_eq!(burns(&story, "api", 9), before);
    let after = burns(&story, "api", 10)[9];
    assert_eq!((after.tasks, after.tasks_done, after.left()), (2, 2, 0.0));
    let next = burns(&story, "next", 10);
    assert_eq!((next[8].tasks, next[9].tasks), (0, 28));
}

#[test]
fn what_is_cancelled_or_reopened_later_was_there_before() {
    let mut story = thirty();
    let before = burns(&story, "api", 9);
    (2..30).for_each(|number| story.cancel(10, &format!("api/t{number}")));
    story.reopen(10, "api/t0");
    assert_eq!(burns(&story, "api", 9), before);
    let after = burns(&story, "api", 10)[9];
    assert_eq!((after.tasks, after.tasks_done), (2, 1));
}

/// One done and one cancelled of two is all of what was kept.
#[test]
fn cancelled_work_is_in_no_scope() {
    let mut story = Story::told();
    story.add(2, "api/one");
    story.add(2, "api/two");
    story.done(3, "api/one");
    story.cancel(4, "api/two");
    let burns = burns(&story, "api", 4);
    assert_eq!((burns[2].share(), burns[3].share()), (Some(0.5), Some(1.0)));
    let state = rebuild(story.0.store(), "for a test").unwrap().state;
    let milestone = state.milestone("api").unwrap();
    assert_eq!(milestone_progress(&milestone, &state.rows("api")).percent, 100);
}

/// Shown red by: work that nobody will do, left for ever.
#[test]
fn what_is_open_in_what_was_given_up_is_left_by_nobody() {
    let mut story = Story::told();
    story.milestone(1, "live", None);
    ["api/a", "api/b", "live/c"].iter().for_each(|task| story.add(2, task));
    story.done(3, "api/a");
    let change = milestone_core::domain::Transition::default();
    story.on(4, "api", milestone_core::domain::Body::MilestoneCancelled(change));
    let facts = story.facts();
    let project = burn(&facts, Extent::Project, Window { from: day(3), to: day(4) });
    let of: Vec<(f64, f64)> = project.iter().map(|burn| (burn.scope, burn.left())).collect();
    assert_eq!(of, [(3.0, 2.0), (2.0, 1.0)]);
}

#[test]
fn weights_and_reports_count_from_when_they_were_given() {
    use milestone_core::domain::{Body, Edited, Field, Value};
    let mut story = Story::told();
    story.add_with(1, "api/one", &[(Field::Weight, 3)]);
    story.add(1, "api/two");
    story.percent(2, "api/two", 50);
    let mut edited = Edited { task: Some("one".into()), ..Edited::default() };
    edited.set.put(Field::Weight, Value::Number(1));
    story.on(3, "api", Body::TaskEdited(edited));
    let burns = burns(&story, "api", 3);
    let of: Vec<(f64, f64)> = burns.iter().map(|burn| (burn.scope, burn.done)).collect();
    assert_eq!(of, [(4.0, 0.0), (4.0, 0.5), (2.0, 0.5)]);
}

/// A start that was taken back began nothing; what was done before it was said to begin took from
/// then on.
#[test]
fn a_start_that_was_taken_back_is_none() {
    let mut story = Story::told();
    story.add(1, "api/one");
    story.start(2, "api/one");
    story.reopen(3, "api/one");
    let begun = |story: &Story, on| {
        let facts = story.facts();
        let one = facts.tasks.values().next().unwrap();
        one.life.started_by(facts.end_of(day(on))).map(|at| facts.day(at))
    };
    assert_eq!((begun(&story, 2), begun(&story, 3)), (Some(day(2)), None));
    story.start(5, "api/one");
    story.done(4, "api/one");
    assert_eq!(begun(&story, 9), Some(day(5)));
    let facts = story.facts();
    let one = facts.tasks.values().next().unwrap();
    assert_eq!(one.finished_by(facts.end_of(day(9))).map(|at| facts.day(at)), Some(day(5)));
    // Begun for good, whatever was reopened later.
    story.reopen(7, "api/one");
    story.start(8, "api/one");
    assert_eq!(begun(&story, 9), Some(day(5)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever happened, in whatever order it was told: the end of the burn-up is what the fold of
    /// the log says, the lines of the flow never fall, and none crosses another.
    #[test]
    fn the_end_is_what_the_fold_says(history in histories(1, 25)) {
        let store = history.union();
        let facts = facts_of(&store);
        let state = rebuild(&store, "for a test").unwrap().state;
        let last = facts.day(Timestamp(4_000_000_000_000_000));
        for id in state.milestone_ids() {
            let extent = Extent::Milestone(&id);
            let end = burn(&facts, extent, Window { from: last, to: last })[0];
            let rows = state.rows(id.as_str());
            // Of what was never created nothing is known but that somebody spoke of it.
            if rows.iter().any(|row| row.born.is_none()) {
                continue;
            }
            let milestone = state.milestone(id.as_str()).unwrap();
            let progress = milestone_progress(&milestone, &rows);
            let counted = (end.tasks as usize, end.tasks_done as usize);
            prop_assert_eq!(counted, (progress.of, progress.done));
        }
        let days = flow(&facts, Extent::Project, Window::before(last, 3, None));
        for pair in days.windows(2) {
            prop_assert!(pair[0].added <= pair[1].added && pair[0].ended <= pair[1].ended);
        }
        prop_assert!(days.iter().all(|day| day.ended <= day.started && day.started <= day.added));
    }

    /// Whenever it is said to have happened: the last word is that of the fold.
    #[test]
    fn the_last_word_is_that_of_the_fold(
        deeds in prop::collection::vec((0..4u8, 1..9i64), 0..12),
    ) {
        let mut story = Story::told();
        story.add(4, "api/one");
        for (deed, on) in deeds {
            match deed {
                0 => story.start(on, "api/one"),
                1 => story.done(on, "api/one"),
                2 => story.cancel(on, "api/one"),
                _ => story.reopen(on, "api/one"),
            }
        }
        let (facts, state) = (story.facts(), rebuild(story.0.store(), "for a test").unwrap().state);
        let (told, held) = (facts.tasks.values().next().unwrap(), state.task("api/one").unwrap());
        prop_assert_eq!(told.life.stage_at(facts.end_of(day(9))), Some(held.item.stage));
        let times: Vec<Timestamp> = told.life.stages.iter().map(|(_, at)| *at).collect();
        prop_assert!(times.is_sorted(), "{times:?}");
    }
}
