//! What is paused waits: no date, no worry, and no work in its time.
//!
//! Start at `time_in_a_paused_milestone_is_waiting_time`.

use milestone_analytics::Extent;
use milestone_analytics::figures::{Window, ages, efficiency, review};
use milestone_analytics::forecast::{Forecast, Options, Seed, Situation, forecast};
use milestone_analytics::health::{Health, Judging, Standing, standings};
use milestone_core::domain::{Body, Transition};

use crate::forecast::steady;
use crate::story::{Story, day, slug};

const OPTIONS: Options = Options { runs: 500, seed: Seed(7), more: 0, threads: 1 };

/// Pauses `api` on a day; resumes it on another, if it is.
fn pause(story: &mut Story, from: i64, to: Option<i64>) {
    story.on(from, "api", Body::MilestonePaused(Transition::default()));
    if let Some(to) = to {
        story.on(to, "api", Body::MilestoneResumed(Transition::default()));
    }
}

fn situation(story: &Story, id: &str, on: i64) -> Situation {
    let facts = story.facts();
    Situation::at(&facts, Extent::Milestone(&slug(id)), facts.end_of(day(on)), 84)
}

fn standing(story: &Story, on: i64) -> Standing {
    let facts = story.facts();
    let judging = Judging { now: facts.end_of(day(on)), days: 84, heads: &[], threads: 1 };
    standings(&facts, &[slug("api")], &judging).remove(0)
}

#[test]
fn time_in_a_paused_milestone_is_waiting_time() {
    let mut story = Story::told();
    story.milestone(1, "web", None);
    for task in ["api/rests", "web/works", "api/leaves"] {
        story.add(1, task);
        story.start(2, task);
    }
    story.on(2, "api", Body::MilestoneStarted(Transition::default()));
    pause(&mut story, 3, Some(6));
    story.shift(4, "api/leaves", "web");
    let window = Window { from: day(1), to: day(10) };
    let aged = ages(&story.facts(), Extent::Project, Window { to: day(5), ..window });
    let paused: Vec<_> = aged.iter().map(|age| (age.reference.as_str(), age.paused)).collect();
    assert_eq!(paused, [("api/rests", true), ("web/leaves", false), ("web/works", false)]);
    for task in ["api/rests", "web/works", "api/leaves"] {
        story.done(8, task);
    }
    // Six days each: one that rested for three of them, one that rested for one.
    let spent = efficiency(&story.facts(), Extent::Project, window);
    assert_eq!((spent.active, spent.waiting, spent.blocked), (14 * 1440, 4 * 1440, 0));
    let facts = story.facts();
    let found = review(&facts, &slug("api"), facts.end_of(day(5))).unwrap();
    assert_eq!((found.ended, found.begun), (None, Some(day(2))), "paused is not ended");
}

#[test]
fn a_paused_milestone_has_no_date_unless_it_goes_on() {
    let mut story = steady(30, 5);
    assert!(matches!(forecast(&situation(&story, "api", 60), &OPTIONS), Forecast::Dates(_)));
    story.milestone(50, "web", None);
    story.add(50, "web/after");
    story.after(50, "web/after", "api/open0");
    assert_eq!(situation(&story, "web", 60).resting, []);
    pause(&mut story, 55, None);
    let mut paused = situation(&story, "api", 60);
    assert_eq!((paused.left, paused.paused), (5, Some(day(55))));
    assert_eq!(forecast(&paused, &OPTIONS), Forecast::Paused);
    paused.paused = None;
    assert!(matches!(forecast(&paused, &OPTIONS), Forecast::Dates(_)));
    // What waits for it is dated as if it went on, and knows that.
    let web = situation(&story, "web", 60);
    assert_eq!((web.paused, web.resting.as_slice()), (None, &[slug("api")][..]));
    assert!(matches!(forecast(&web, &OPTIONS), Forecast::Dates(_)));
}

#[test]
fn what_is_paused_is_not_stalled() {
    let mut story = Story::told();
    (0..4).for_each(|number| story.add(1, &format!("api/t{number}")));
    story.on(1, "api", Body::MilestoneStarted(Transition::default()));
    pause(&mut story, 2, None);
    let quiet = standing(&story, 15);
    assert_eq!((quiet.health, quiet.signs), (Health::Paused, vec![]));
    (0..4).for_each(|number| story.block(3, number, &format!("api/t{number}"), "keys"));
    assert_eq!(standing(&story, 15).health, Health::Paused);
    assert_eq!(standing(&story, 25).health, Health::Late, "its due date has passed");
}
