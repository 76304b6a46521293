//! Clocks: when the time of a record is taken, and what a clock that was put back leads to.
//!
//! Shown red by: taking the time before the lock; counting on without a finding; folding everything
//! again where a record is earlier than its parent.

use std::sync::atomic::{AtomicI64, Ordering};

use milestone_core::log::{Finding, Oddity, Step, scan};
use milestone_core::projection::{Change, rebuild};
use milestone_core::words::Timestamp;
use milestone_project::{Caller, Project, SNAPSHOT_TAIL_RECORDS_MAX};
use milestone_testkit::EPOCH;

use crate::world::{World, milestone, note};

/// The clock of this machine: a second later each time that it is asked.
static CLOCK_US: AtomicI64 = AtomicI64::new(EPOCH.0 + 3_600_000_000);

fn ticking() -> Timestamp {
    Timestamp(CLOCK_US.fetch_add(1_000_000, Ordering::SeqCst))
}

fn times(project: &Project) -> Vec<Timestamp> {
    let mut times = Vec::new();
    let visit = |step: Step<'_, '_>| match step {
        Step::Restart => times.clear(),
        Step::Line(line, _) => times.push(line.record.timestamp),
    };
    scan(project.store(), visit).unwrap();
    times
}

/// Both looked at the clock and then waited; the lock went to the one that had come later.
#[test]
fn the_time_of_a_record_is_taken_under_the_lock() {
    let (world, mut hand) = World::begun();
    let (mut one, mut other) = (world.open(), world.open());
    hand.does(&mut one, &milestone("Api", &[]));
    let first = Caller { now: ticking(), clock: Some(ticking), ..hand.caller() };
    let second = Caller { now: ticking(), clock: Some(ticking), ..hand.caller() };
    other.execute(&note("api", "second"), &second).unwrap();
    one.execute(&note("api", "first"), &first).unwrap();
    let project = world.open();
    assert!(times(&project).is_sorted(), "{:?}", times(&project));
    assert_eq!(project.checkpoint().findings, []);
    let shown = hand.caller();
    one.execute(&note("api", "as if now"), &Caller { now: Timestamp(5), ..shown }).unwrap();
    assert_eq!(times(&world.open()).last(), Some(&Timestamp(5)), "a clock that stands still");
}

/// One command has one time, however many records it makes.
#[test]
fn many_commands_under_one_lock_have_one_time() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    let caller = Caller { clock: Some(ticking), ..hand.caller() };
    let commands = ["Api", "Web", "Docs"].map(|title| (None, milestone(title, &[])));
    project.execute_all(commands, &caller, |_| true).unwrap();
    let times = times(&project);
    assert!(times[1] > caller.now);
    assert_eq!(times[1..], [times[1]; 3]);
}

fn found(project: &Project) -> Vec<Finding> {
    project.checkpoint().findings.clone()
}

/// A clock that was put back is a finding at once, the same for everybody, and costs nobody a look
/// at the whole log.
#[test]
fn a_clock_that_was_put_back_is_found_and_nothing_is_read_again() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &[]));
    let many = (0..SNAPSHOT_TAIL_RECORDS_MAX).map(|number| note("api", &format!("note {number}")));
    hand.does_all(&mut project, many);
    assert!(world.snapshot().exists());
    let mut reader = world.open();
    hand.now = Timestamp(hand.now.0 - 60_000_000);
    let early = hand.does(&mut project, &note("api", "a minute ago")).record.unwrap();
    let on_time = hand.does(&mut project, &note("api", "a second later")).record.unwrap();
    assert_ne!(early, on_time);
    let all = rebuild(project.store(), "to compare with").unwrap().checkpoint.findings;
    let skewed: Vec<_> = all.iter().map(|finding| finding.oddity.clone()).collect();
    assert_eq!(skewed, [Oddity::ClockSkew(early)]);
    assert_eq!(found(&project), all, "who wrote it");
    assert_eq!(*reader.refresh().unwrap(), Change::Tail(2), "who had read before");
    assert_eq!(found(&reader), all);
    let later = world.open();
    assert_eq!(*later.change(), Change::Tail(2), "who comes later");
    assert_eq!(found(&later), all);
}
