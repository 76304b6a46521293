//! What is forecast, and what never is: a panic, a past date, an infinity.
//!
//! Start at `steady`, a history that is enough.

use milestone_analytics::Extent;
use milestone_analytics::forecast::{
    DAYS_MAX, Distribution, Forecast, Model, Network, Node, Options, Pace, Seed, Situation, Threat,
    forecast, moved, reached,
};
use milestone_core::domain::Field;
use milestone_core::words::{StreamId, Timestamp};
use proptest::prelude::*;

use crate::story::{Story, day, slug};

const OPTIONS: Options = Options { runs: 2_000, seed: Seed(7), more: 0, threads: 1 };
const WINDOW_DAYS: u32 = 84;

/// Every second day a task is begun and done on the next; `open` more are left.
pub(crate) fn steady(done: i64, open: usize) -> Story {
    let mut story = Story::told();
    for number in 0..done {
        let task = format!("api/done{number}");
        story.add(1, &task);
        story.start(2 * number + 1, &task);
        story.done(2 * number + 2, &task);
    }
    (0..open).for_each(|number| story.add(1, &format!("api/open{number}")));
    story
}

fn situation(story: &Story, on: i64) -> Situation {
    let facts = story.facts();
    let api = slug("api");
    Situation::at(&facts, Extent::Milestone(&api), facts.end_of(day(on)), WINDOW_DAYS)
}

#[test]
fn the_same_state_gives_the_same_dates() {
    let situation = situation(&steady(30, 20), 60);
    let Forecast::Dates(dates) = forecast(&situation, &OPTIONS) else { panic!("{situation:?}") };
    assert_eq!(forecast(&situation, &OPTIONS), Forecast::Dates(dates.clone()));
    assert_eq!(situation.basis.pace.days.len(), 60, "none before there was anything");
    // Half a task a day, and never two in a row: 40 days, give or take 3.
    let within = |percent| dates.shown().within(percent).unwrap();
    assert!((38..=42).contains(&within(50)), "{}", within(50));
    assert!((42..=46).contains(&within(85)), "{}", within(85));
    let other = forecast(&situation, &Options { seed: Seed(8), ..OPTIONS });
    let Forecast::Dates(other) = other else { panic!() };
    assert_ne!(other, dates);
    assert!(other.shown().within(85).unwrap().abs_diff(within(85)) <= 1);
    let chance = dates.shown().chance(i64::from(within(85)));
    assert!((0.85..0.92).contains(&chance), "{chance}");
}

/// The numbers behind a seed are fixed: a state has the same dates with every version.
#[test]
fn a_seed_means_the_same_for_ever() {
    let pace = Pace { days: vec![0, 0, 1, 3, 0, 2], ..Pace::default() };
    let options = Options { runs: 10_000, seed: Seed(42), more: 0, threads: 3 };
    let within = |percent| pace.when(50, &options).within(percent).unwrap();
    assert_eq!([50, 70, 85, 95].map(within), [52, 70, 102, 196]);
    let counts = pace.how_many(50, 28, &options);
    assert_eq!([50, 85].map(|percent| reached(&counts, percent)), [27, 12]);
    assert_eq!(Seed::of("api", &[]).0 >> 53, 0, "JSON holds it");
    assert_ne!(Seed::of("api", &[]), Seed::of("web", &[]));
}

#[test]
fn there_is_a_reason_where_there_are_no_dates() {
    assert_eq!(forecast(&situation(&steady(19, 5), 60), &OPTIONS), Forecast::NotEnough);
    assert_eq!(forecast(&situation(&steady(30, 0), 60), &OPTIONS), Forecast::NothingLeft);
    let fewer = Options { more: -5, ..OPTIONS };
    assert_eq!(forecast(&situation(&steady(30, 5), 60), &fewer), Forecast::NothingLeft);
    let empty = Situation::at(&Default::default(), Extent::Project, Timestamp(0), WINDOW_DAYS);
    assert_eq!(forecast(&empty, &OPTIONS), Forecast::NothingLeft);
    let more = Options { more: 5, ..OPTIONS };
    assert_eq!(forecast(&empty, &more), Forecast::NotEnough);
    // Twenty on one day are one day of history.
    let mut burst = Story::told();
    for number in 0..40 {
        burst.add(1, &format!("api/t{number}"));
        if number < 30 {
            burst.done(9, &format!("api/t{number}"));
        }
    }
    let burst = situation(&burst, 10);
    assert_eq!((burst.basis.finished, burst.basis.days_with_any), (30, 1));
    assert_eq!(forecast(&burst, &OPTIONS), Forecast::NotEnough);
    // Nothing for a year: what was once is no history any more.
    assert_eq!(forecast(&situation(&steady(30, 5), 430), &OPTIONS), Forecast::NotEnough);
}

#[test]
fn a_milestone_without_history_has_that_of_the_project() {
    let mut story = steady(30, 3);
    story.milestone(40, "web", None);
    (0..4).for_each(|number| story.add(41, &format!("web/t{number}")));
    let (facts, web) = (story.facts(), slug("web"));
    let found = Situation::at(&facts, Extent::Milestone(&web), facts.end_of(day(60)), WINDOW_DAYS);
    assert!(found.basis.project && found.left == 4, "{found:?}");
    assert_eq!(found.basis.pace.among, 7, "three of api are left, too");
    let Forecast::Dates(shared) = forecast(&found, &OPTIONS) else { panic!("{found:?}") };
    // In random order the last of four among seven is near the end of them.
    let alone = Pace { among: 0, ..found.basis.pace.clone() }.when(4, &OPTIONS);
    let all = Pace { among: 0, ..found.basis.pace }.when(7, &OPTIONS);
    let middle = |found: &Distribution| found.within(50).unwrap();
    assert!(middle(&alone) < middle(shared.shown()), "{shared:?}");
    assert!(middle(shared.shown()) <= middle(&all), "{shared:?}");
}

/// What was planned on the first day of a project is no new work that goes on coming.
///
/// Shown red by: arrivals that are counted from the first day on.
#[test]
fn what_was_planned_on_the_first_day_did_not_come() {
    let mut story = Story::told();
    story.milestone(1, "next", None);
    for number in 0..25 {
        story.add(1, &format!("api/t{number}"));
        story.add(1, &format!("next/t{number}"));
    }
    (0..22).for_each(|number| story.done(number + 2, &format!("api/t{number}")));
    let facts = story.facts();
    let next = slug("next");
    let at = facts.end_of(day(24));
    let situation = Situation::at(&facts, Extent::Milestone(&next), at, WINDOW_DAYS);
    let Forecast::Dates(dates) = forecast(&situation, &OPTIONS) else { panic!("{situation:?}") };
    let within = dates.shown().within(95).expect("it is not out of reach");
    assert!((20..=40).contains(&within), "28 tasks at one a day: {within}");
}

#[test]
fn a_chain_is_not_done_in_parallel() {
    // Thirty tasks, ten days each, five at a time; the ten that are left come one after another.
    let mut story = Story::told();
    for number in 0..30 {
        let task = format!("api/done{number}");
        story.add(1, &task);
        story.start(2 * number + 1, &task);
        story.done(2 * number + 10, &task);
    }
    for number in 0..10 {
        story.add(1, &format!("api/open{number}"));
    }
    let free = situation(&story, 70);
    assert_eq!(free.hands, 5);
    let Forecast::Dates(dates) = forecast(&free, &OPTIONS) else { panic!("{free:?}") };
    assert!(dates.network.is_none() && dates.shown().within(85).unwrap() < 40);
    for number in 1..10 {
        story.after(1, &format!("api/open{number}"), &format!("api/open{}", number - 1));
    }
    let chained = situation(&story, 70);
    let Forecast::Dates(dates) = forecast(&chained, &OPTIONS) else { panic!("{chained:?}") };
    assert_eq!(dates.model, Model::Network);
    assert_eq!(dates.shown().within(50), Some(100));
}

#[test]
fn what_waits_for_another_milestone_waits() {
    let mut story = steady(30, 1);
    story.milestone(1, "web", None);
    for number in 0..12 {
        story.add(1, &format!("web/t{number}"));
    }
    story.after(2, "api/open0", "web");
    let waits = situation(&story, 60);
    assert_eq!(waits.left, 1);
    let Forecast::Dates(dates) = forecast(&waits, &OPTIONS) else { panic!("{waits:?}") };
    // Twelve tasks of two days by one pair of hands come first.
    assert_eq!((waits.hands, dates.network.is_some()), (1, false), "one pair of hands never waits");
    let all = waits.network.at(1, |pool| pool[0]);
    assert_eq!(all, 26);
}

fn node(name: u32, after: &[u32]) -> Node {
    let stream = |name: u32| StreamId::parse(&format!("api/t{name}")).unwrap();
    let after = after.iter().map(|name| stream(*name)).collect();
    Node { stream: stream(name), pool: Some(0), after, wanted: true }
}

#[test]
fn networks_are_as_long_as_they_must_be() {
    let wide: Vec<Node> = (0..10).map(|name| node(name, &[])).collect();
    let days = |nodes: &[Node], hands| Network::new(nodes, vec![vec![3]]).at(hands, |pool| pool[0]);
    assert_eq!((days(&wide, 10), days(&wide, 3), days(&wide, 1)), (3, 12, 30));
    assert!(!Network::new(&wide, vec![vec![3]]).binds(100), "nothing waits for anything");
    let diamond = [node(0, &[]), node(1, &[0]), node(2, &[0]), node(3, &[1, 2])];
    assert_eq!((days(&diamond, 2), days(&diamond, 1)), (9, 12));
    let diamond = Network::new(&diamond, vec![vec![3]]);
    assert!(diamond.binds(2) && !diamond.binds(1));
    // One that is spared is the last.
    assert_eq!(diamond.when(2, 1, &OPTIONS).within(95), Some(6));
    // What waits for itself, and what waits for that, ends all the same.
    assert_eq!(days(&[node(0, &[1]), node(1, &[0]), node(2, &[1]), node(3, &[3])], 9), 3);
}

#[test]
fn estimates_stand_in_where_there_is_no_history() {
    let mut story = Story::told();
    for number in 0..4 {
        story.add_with(1, &format!("api/t{number}"), &[(Field::Estimate, 5 * 480)]);
    }
    story.add(1, "api/rough");
    let (least, most, without) = situation(&story, 2).estimated.unwrap();
    // Five tasks by one person: 4.9 calendar days each at least, 14 at most.
    assert_eq!((least, most, without), (25, 70, 1));
    assert_eq!(situation(&steady(3, 2), 9).estimated, None);
}

#[test]
fn what_moved_a_date_adds_up() {
    let mut story = steady(30, 20);
    let before = situation(&story, 60);
    (0..10).for_each(|number| story.add(63, &format!("api/more{number}")));
    story.done(64, "api/open0");
    let now = situation(&story, 67);
    let answer = forecast(&now, &OPTIONS);
    let found = moved(&before, (&now, &answer), 1, 85, &OPTIONS).unwrap();
    assert_eq!((found.added, found.finished), (10, 1));
    let parts = found.by_scope + found.by_progress + found.by_pace + found.by_order;
    assert_eq!(found.now - found.before, parts);
    assert!(found.by_scope >= 15, "{found:?}");
    assert_eq!(moved(&situation(&steady(3, 1), 9), (&now, &answer), 0, 85, &OPTIONS), None);
}

#[test]
fn five_milestones_tell_how_much_a_milestone_grows() {
    let mut story = steady(30, 10);
    for number in 0..5 {
        let id = format!("old{number}");
        story.milestone(1, &id, None);
        story.add(1, &format!("{id}/first"));
        story.start(2, &format!("{id}/first"));
        story.on(2, &id, milestone_core::domain::Body::MilestoneStarted(Default::default()));
        story.add(3, &format!("{id}/second"));
        story.done(4, &format!("{id}/first"));
        story.done(4, &format!("{id}/second"));
        if number == 4 {
            let pace = &situation(&story, 60).basis.pace;
            assert_eq!(pace.growth, [0.0; 0], "four are too few");
        }
        story.complete(5, &id);
    }
    story.milestone(55, "new", None);
    (0..10).for_each(|number| story.add(55, &format!("new/t{number}")));
    let (facts, new) = (story.facts(), slug("new"));
    let grown = Situation::at(&facts, Extent::Milestone(&new), facts.end_of(day(60)), WINDOW_DAYS);
    assert_eq!(grown.basis.pace.growth, [2.0; 5]);
    assert!(grown.basis.pace.arrivals.is_empty(), "it is too young to tell itself");
}

/// What grows as fast as it is worked off is never done, and what grows half as fast takes twice
/// as long: half a task a day is finished, and every fourth day one comes.
#[test]
fn what_comes_is_foreseen() {
    let mut story = steady(30, 10);
    let middle = |situation: &Situation| match forecast(situation, &OPTIONS) {
        Forecast::Dates(dates) => dates.shown().within(50),
        other => panic!("{other:?}"),
    };
    let still = situation(&story, 60);
    assert_eq!(still.basis.pace.arrivals.iter().sum::<i32>(), 0, "what was planned did not come");
    assert!((18..=22).contains(&middle(&still).unwrap()), "{:?}", middle(&still));
    (1..15).for_each(|number| story.add(4 * number, &format!("api/came{number}")));
    let comes = situation(&story, 60);
    assert_eq!((comes.left, comes.basis.pace.arrivals.iter().sum()), (24, 14));
    assert!((80..=110).contains(&middle(&comes).unwrap()), "{:?}", middle(&comes));
    (1..30).for_each(|number| story.add(2 * number, &format!("api/more{number}")));
    let never = situation(&story, 60);
    assert_eq!(middle(&never), None, "more comes than is finished");
    // What was given up went without being done.
    (1..30).for_each(|number| story.cancel(59, &format!("api/more{number}")));
    assert_eq!(situation(&story, 60).basis.pace.arrivals.iter().sum::<i32>(), 14);
}

proptest! {
    /// Any history, one giant outlier among it, and any work: percentiles rise, none is in the
    /// past, and what is out of reach is said to be.
    #[test]
    fn forecasts_are_sober(
        days in prop::collection::vec(
            prop_oneof![6 => Just(0u32), 3 => 1u32..4, 1 => Just(1_000_000)],
            0..90,
        ),
        left in prop_oneof![1u32..60, Just(u32::MAX)],
        growth in prop::collection::vec(prop_oneof![0.0f64..9.0, Just(f64::INFINITY)], 0..7),
        among in prop_oneof![Just(0u32), 1u32..200, Just(u32::MAX)],
        came in prop::collection::vec(prop_oneof![6 => -2i32..3, 1 => any::<i32>()], 0..90),
        ahead in -5i64..200,
    ) {
        let pace = Pace {
            arrivals: came.clone(),
            days,
            growth,
            among,
            among_arrivals: came,
            threats: vec![Threat { percent: 50, days: 9, whole: ahead < 0 }],
        };
        let found = pace.when(left, &Options { runs: 50, ..OPTIONS });
        let within = [50, 70, 85, 95].map(|percent| found.within(percent).unwrap_or(DAYS_MAX + 1));
        prop_assert!(within.is_sorted() && within[0] >= 1);
        prop_assert!((0.0..=1.0).contains(&found.chance(ahead)));
        prop_assert_eq!(found.chance(-1), 0.0);
        let counts = pace.how_many(left, 30, &Options { runs: 50, ..OPTIONS });
        prop_assert!(reached(&counts, 95) <= reached(&counts, 50));
    }

    /// More work is never sooner, more hands never later, with whatever comes after what.
    #[test]
    fn networks_are_sober(
        edges in prop::collection::vec((0u32..12, 0u32..12), 0..30),
        pool in prop::collection::vec(1u32..30, 1..6),
        hands in 1u32..5,
    ) {
        let nodes: Vec<Node> = (0..12)
            .map(|name| {
                let after: Vec<u32> =
                    edges.iter().filter(|(from, _)| *from == name).map(|(_, on)| *on).collect();
                node(name, &after)
            })
            .collect();
        let network = Network::new(&nodes, vec![pool.clone()]);
        let longest = *pool.iter().max().unwrap();
        let serial = network.at(1, |pool| *pool.iter().max().unwrap());
        prop_assert_eq!(serial, 12 * longest);
        let some = network.at(hands, |pool| *pool.iter().max().unwrap());
        prop_assert!(some <= serial && some >= serial.div_ceil(hands));
        let options = Options { runs: 600, ..OPTIONS };
        let found = network.when(hands, 0, &options);
        let threads = Options { threads: 7, ..options };
        prop_assert_eq!(&found, &network.when(hands, 0, &threads));
        prop_assert!(found.within(95).unwrap() <= 12 * longest);
    }
}

#[test]
fn no_trials_are_no_chance() {
    let none = Distribution::of(Vec::new());
    assert_eq!((none.within(85), none.chance(3)), (None, 0.0));
    assert_eq!(Distribution::of(vec![u32::MAX]).within(50), None);
}
