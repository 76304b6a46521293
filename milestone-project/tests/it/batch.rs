//! Progress reports that are recorded together: nothing is lost, and nothing is in another order.
//!
//! Start at `a_batched_history_comes_to_the_same`.

use milestone_core::domain::{Command, Plan, ProgressValue, SessionStep};
use milestone_core::projection::State;
use milestone_core::words::Timestamp;
use milestone_project::{BATCH_REPORTS_MAX, BATCH_WAIT_SECONDS, Batch, Caller, ProgressReport};
use proptest::prelude::*;

use crate::world::{Hand, World, complete, milestone, note, start};

const MILESTONES: [&str; 3] = ["api", "web", "docs"];
const TASKS: [&str; 2] = ["plan", "build"];

#[derive(Debug, Clone)]
enum Act {
    /// By the one or the other of two.
    Report(ProgressReport, bool),
    Do(Command),
    Tick,
}

fn report(target: &str, percent: u32) -> ProgressReport {
    let (target, value) = (target.to_owned(), ProgressValue::Percent(percent));
    ProgressReport { target, value, note: None, time_spent: 0 }
}

fn target() -> impl Strategy<Value = String> {
    (0..3usize, 0..4usize).prop_map(|(milestone, task)| match TASKS.get(task) {
        Some(task) => format!("{}/{task}", MILESTONES[milestone]),
        None => MILESTONES[milestone].to_owned(),
    })
}

fn value() -> impl Strategy<Value = ProgressValue> {
    prop_oneof![
        4 => (0..101u32).prop_map(ProgressValue::Percent),
        1 => (101..120u32).prop_map(ProgressValue::Percent),
        4 => (0..9u32, 0..9u32).prop_map(|(done, of)| ProgressValue::Of { done, of }),
    ]
}

fn any_act() -> impl Strategy<Value = Act> {
    let note = proptest::option::weighted(0.2, prop_oneof![Just("seen"), Just("\u{1b}bad")]);
    let report = (target(), value(), note, 0..50u32, any::<bool>()).prop_map(
        |(target, value, note, time_spent, other)| {
            let note = note.map(str::to_owned);
            Act::Report(ProgressReport { target, value, note, time_spent }, other)
        },
    );
    let command = (target(), 0..5u8).prop_map(|(target, kind)| {
        Act::Do(match kind {
            0 => start(&target),
            1 => complete(&target),
            2 => note_on(&target),
            3 => Command::Reopen { targets: vec![target], reason: None },
            _ => Command::Block { target, text: "keys".into(), on: None, until: None },
        })
    });
    prop_oneof![6 => report, 2 => command, 1 => Just(Act::Tick)]
}

fn note_on(target: &str) -> Command {
    note(target, "between")
}

/// What is to be the same: how far everything is, its time, its notes in their order.
fn told(state: &State) -> Vec<String> {
    let mut told = Vec::new();
    for id in MILESTONES {
        let held = state.milestone(id).unwrap();
        let tasks = state.tasks_of(id);
        let items = std::iter::once(&held.item).chain(tasks.iter().map(|task| &task.item));
        told.extend(items.map(|item| {
            let notes: Vec<&str> = item.notes.iter().map(|note| &*note.text).collect();
            let (stage, report, spent) = (item.stage, item.report, item.time_spent);
            format!("{id} {} {stage:?} {report:?} {spent} {notes:?}", item.title)
        }));
    }
    told
}

fn planned(hand: &mut Hand) -> World {
    let world = World::empty();
    world.begin(hand);
    for title in ["Api", "Web", "Docs"] {
        hand.does(&mut world.open(), &milestone(title, &["Plan", "Build"]));
    }
    world
}

/// A call of the one or the other.
fn of(caller: Caller, other: bool) -> Caller {
    let actor = if other { "agent:robo".to_owned() } else { caller.actor.clone() };
    Caller { actor, ..caller }
}

fn later(caller: Caller, seconds: i64) -> Caller {
    let now = Timestamp(caller.now.0 + seconds * 1_000_000);
    Caller { now, ..caller }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Shown red by: merging a report with a note away; a report that is refused taking a sound one
    /// along; not flushing before a command; not adding time up; a report that becomes one with an
    /// earlier one that had to wait; the reports of one recorded before earlier ones of the other.
    #[test]
    fn a_batched_history_comes_to_the_same(acts in proptest::collection::vec(any_act(), 1..40)) {
        let (mut ann, mut bob) = (Hand::new("ann"), Hand::new("ann"));
        let (one_by_one, together) = (planned(&mut ann), planned(&mut bob));
        let (mut plain, mut batch) = (one_by_one.open(), Batch::new(together.open()));
        let mut refused = (0, 0);
        for act in &acts {
            match act {
                Act::Report(report, other) => {
                    let ProgressReport { target, value, note, time_spent } = report.clone();
                    let command = Command::Progress { target, value, note, time_spent };
                    let alone = plain.execute(&command, &of(ann.caller(), *other));
                    refused.0 += usize::from(alone.is_err());
                    batch.report(report.clone(), &of(bob.caller(), *other)).unwrap();
                }
                Act::Do(command) => {
                    let alone = ann.asks(&mut plain, command).map(|done| done.events.len());
                    let done = batch.execute(command, &bob.caller()).map(|done| done.events.len());
                    prop_assert_eq!(alone.is_ok(), done.is_ok(), "{:?}", command);
                    if let (Ok(alone), Ok(done)) = (alone, done) {
                        prop_assert_eq!(alone, done, "{:?}", command);
                    }
                }
                Act::Tick => batch.tick(&later(bob.caller(), BATCH_WAIT_SECONDS)).unwrap(),
            }
        }
        let (project, flushed) = batch.close(&bob.caller()).unwrap();
        refused.1 = flushed.refused.len();
        prop_assert_eq!(told(project.state()), told(plain.state()));
        // Reports that became one are refused as one.
        prop_assert!(refused.1 <= refused.0 && (refused.1 > 0) == (refused.0 > 0), "{:?}", refused);
        prop_assert_eq!(told(together.open().state()), told(plain.state()));
        prop_assert!(project.checkpoint().count <= plain.checkpoint().count);
    }
}

/// Shown red by: a report that becomes one with an earlier one, whatever waits between them.
#[test]
fn a_report_stays_behind_what_lets_it_begin() {
    let mut hand = Hand::new("ann");
    let world = planned(&mut hand);
    let mut batch = Batch::new(world.open());
    let (target, text) = ("web".to_owned(), "keys".into());
    let blocked = Command::Block { target, text, on: None, until: None };
    batch.execute(&blocked, &hand.caller()).unwrap();
    for (target, percent) in [("web", 5), ("web/plan", 10), ("web", 20)] {
        batch.report(report(target, percent), &hand.caller()).unwrap();
    }
    let (project, flushed) = batch.close(&hand.caller()).unwrap();
    let said: Vec<_> = flushed.refused.iter().map(|refused| refused.report.value).collect();
    assert_eq!(said, [ProgressValue::Percent(5)], "what is blocked is not begun");
    let web = project.state().milestone("web").unwrap();
    assert_eq!(web.item.report.map(|report| report.done), Some(20), "its task has begun it since");
}

fn begun() -> (World, Hand, Batch) {
    let mut hand = Hand::new("ann");
    let world = planned(&mut hand);
    let batch = Batch::new(world.open());
    (world, hand, batch)
}

/// Shown red by: a record a report; recording before it is due.
#[test]
fn reports_wait_for_half_a_minute_and_become_one() {
    let (world, mut hand, mut batch) = begun();
    let before = world.ids().len();
    let first = hand.caller();
    for percent in 1..=20 {
        let queued = batch.report(report("api/plan", percent), &first).unwrap();
        assert_eq!((queued.waiting, queued.due), (1, later(first.clone(), 30).now));
    }
    batch.tick(&later(first.clone(), 29)).unwrap();
    assert_eq!((world.ids().len(), batch.waiting()), (before, 1));
    batch.tick(&later(first.clone(), 30)).unwrap();
    assert_eq!((world.ids().len(), batch.waiting()), (before + 1, 0));
    // The next ones wait from anew; what is too late comes with the next report.
    batch.report(report("api/plan", 30), &later(first.clone(), 40)).unwrap();
    assert_eq!(batch.report(report("web/plan", 1), &later(first, 70)).unwrap().waiting, 0);
    assert_eq!(world.ids().len(), before + 3);
}

/// Shown red by: flushing all of them, or none.
#[test]
fn a_command_comes_after_the_reports_on_its_milestone() {
    let (world, mut hand, mut batch) = begun();
    batch.report(report("api/plan", 50), &hand.caller()).unwrap();
    batch.report(report("web/plan", 50), &hand.caller()).unwrap();
    batch.execute(&note("api", "now"), &hand.caller()).unwrap();
    assert_eq!(batch.waiting(), 1, "the other milestone's waits on");
    let kinds: Vec<_> = batch.project().history(&Default::default()).unwrap();
    let kinds: Vec<&str> = kinds.iter().rev().take(2).map(|entry| &*entry.kind).collect();
    assert_eq!(kinds, ["note_added", "progress_updated"]);
    let (session, on) = ("s".to_owned(), None);
    let step = |step| Command::Session {
        session: session.clone(),
        step,
        on: on.clone(),
        branch: None,
        next: None,
        notes: None,
    };
    batch.execute(&step(SessionStep::Started), &hand.caller()).unwrap();
    assert_eq!(batch.waiting(), 1);
    batch.execute(&step(SessionStep::Suspended), &hand.caller()).unwrap();
    assert_eq!(batch.waiting(), 0, "nothing waits in a session that was put down");
    drop(world);
}

/// Shown red by: forgetting what was refused while nobody asked.
#[test]
fn what_is_refused_comes_back_from_the_next_flush() {
    let (_world, mut hand, mut batch) = begun();
    batch.report(report("api/plan", 50), &hand.caller()).unwrap();
    batch.report(report("nothing", 50), &hand.caller()).unwrap();
    batch.report(report("api/plan", 101), &hand.caller()).unwrap();
    batch.tick(&later(hand.caller(), 60)).unwrap();
    let flushed = batch.flush(&hand.caller()).unwrap();
    let refused: Vec<&str> = flushed.refused.iter().map(|held| &*held.report.target).collect();
    assert_eq!((flushed.recorded, refused), (1, vec!["nothing", "api/plan"]));
    assert!(batch.flush(&hand.caller()).unwrap().refused.is_empty());
    let many = BATCH_REPORTS_MAX + 1;
    for number in 0..many {
        batch.report(report(&format!("none-{number}"), 1), &hand.caller()).unwrap();
    }
    assert!(batch.waiting() < many);
}

/// Shown red by: giving up what waits when the log cannot be written.
#[test]
fn a_batch_that_cannot_be_closed_is_given_back() {
    let (world, mut hand, mut batch) = begun();
    batch.report(report("api/plan", 50), &hand.caller()).unwrap();
    let log = world.path("log");
    let away = world.path("away");
    std::fs::rename(&log, &away).unwrap();
    std::fs::write(&log, "no folder").unwrap();
    let error = batch.close(&hand.caller()).expect_err("there is no log");
    std::fs::remove_file(&log).unwrap();
    std::fs::rename(&away, &log).unwrap();
    assert_eq!(error.batch.waiting(), 1);
    let (project, flushed) = error.batch.close(&hand.caller()).unwrap();
    assert_eq!((flushed.recorded, flushed.refused.len()), (1, 0));
    let report = project.state().task("api/plan").unwrap().item.report.unwrap();
    assert_eq!(report.done, 50);
    let read_only =
        Batch::new(world.read_only()).report(super::batch::report("api", 1), &hand.caller());
    assert!(read_only.is_err());
}
