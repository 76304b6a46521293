//! What is kept of the facts: whatever becomes of the log, they are those of the whole log.
//!
//! - **Absent on purpose.** What facts are: see `milestone-analytics`.

use std::fs;

use milestone_analytics::{Collector, Facts};
use milestone_core::domain::{Body, Edited, Event, Field, Fields, Value};
use milestone_core::log::{Step, scan};
use milestone_core::words::Date;
use milestone_project::{Backend, Project};
use milestone_testkit::{CLONES, History, Replica, Said, histories};
use proptest::prelude::*;

use crate::live_index::{Files, begun, moments, put};
use crate::world::{World, milestone, note};

const KEPT: &str = "local/facts";

/// More records than are read again each time.
const MANY: u64 = 300;

fn cases() -> ProptestConfig {
    ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() }
}

/// The facts, collected from the first record.
fn collected(project: &Project) -> Facts {
    let mut collector = Collector::new();
    scan(project.store(), |step| match step {
        Step::Restart => collector = Collector::new(),
        Step::Line(line, _) => collector.take(&line.record, project.state()),
    })
    .unwrap();
    Facts::of(&collector, project.state(), 60)
}

fn facts(project: &Project) -> Facts {
    project.facts(None, 60).unwrap()
}

fn long_histories() -> impl Strategy<Value = History> {
    histories(CLONES.len() as u8, 500)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whatever_becomes_of_the_log_the_facts_are_as_collected_from_nothing(
        history in long_histories(),
    ) {
        let world = begun(Backend::File);
        for files in moments(&history).iter().rev().take(60).rev() {
            put(&world, files);
            let project = world.open();
            prop_assert_eq!(facts(&project), collected(&project));
        }
    }
}

fn long_project() -> World {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan"]));
    hand.does_all(&mut project, (0..MANY).map(|number| note("api", &format!("note {number}"))));
    world
}

#[test]
fn what_is_kept_is_used_and_only_where_it_is_whole() {
    let world = long_project();
    let project = world.open();
    let expected = facts(&project);
    assert_eq!(expected, collected(&project));
    let kept = fs::read(world.path(KEPT)).unwrap();
    // A log that cannot be read any more is not asked.
    let hidden = world.dir().join("hidden");
    fs::rename(world.path("log"), &hidden).unwrap();
    assert_eq!(facts(&project), expected);
    fs::rename(&hidden, world.path("log")).unwrap();
    for at in (0..kept.len()).step_by(kept.len() / 40) {
        let mut damaged = kept.clone();
        damaged[at] ^= 1;
        fs::write(world.path(KEPT), &damaged).unwrap();
        assert_eq!(facts(&project), expected, "byte {at}");
        assert_ne!(fs::read(world.path(KEPT)).unwrap(), damaged, "byte {at} is kept");
        fs::write(world.path(KEPT), &kept[..at]).unwrap();
        assert_eq!(facts(&project), expected, "cut at byte {at}");
    }
}

/// A clone whose plan has many records.
fn long_replica() -> Replica {
    let mut ann = Replica::new("ann");
    for number in 0..MANY {
        ann.write(&[due_on(i64::try_from(number).unwrap())]);
    }
    ann
}

fn due_on(day: i64) -> Event<'static> {
    let due = (Field::Due, Value::Date(Date::from_days(20_000 + day)));
    let set = Fields { set: vec![due], lists: Vec::new() };
    Event::of("api", Body::MilestoneEdited(Edited { set, ..Edited::default() }))
}

/// Puts a clone's log in the place of a project's, and holds its facts against the whole log's.
fn assert_alike(world: &World, files: &Files) {
    put(world, files);
    let project = world.open();
    assert_eq!(facts(&project), collected(&project));
}

/// Shown red by: taking in what came late with what carries out its command already.
#[test]
fn of_two_records_of_one_command_the_first_counts_though_it_came_later() {
    let (world, mut ann) = (begun(Backend::File), long_replica());
    let mut ben = ann.fork("ben");
    let said = Said { command_id: Some("once~0123456789abcdef".into()), ..Said::default() };
    ben.write_saying(&[due_on(1_000)], &said);
    for day in 2_000..2_010 {
        ann.write(&[due_on(day)]);
    }
    ann.write_saying(&[due_on(1_000)], &said);
    assert_alike(&world, &ann.store().contents());
    assert!(world.path(KEPT).exists());
    ann.merge(&ben);
    assert_alike(&world, &ann.store().contents());
}

/// Shown red by: not comparing what was taken in with what the state is made of.
#[test]
fn a_file_that_is_there_twice_counts_once() {
    let (world, mut ann) = (begun(Backend::File), long_replica());
    let mut files = ann.store().contents();
    assert_alike(&world, &files);
    let whole = files.values().next().unwrap().clone();
    ann.write(&[due_on(1_000)]);
    files = ann.store().contents();
    files.insert("copy.jsonl".into(), whole);
    assert_alike(&world, &files);
}

/// Shown red by: keeping what was read beyond what the state is made of.
#[test]
fn facts_are_of_the_state_whatever_others_recorded_since() {
    let (world, mut ann) = (begun(Backend::File), long_replica());
    put(&world, &ann.store().contents());
    let early = world.open();
    let expected = collected(&early);
    ann.write(&[due_on(1_000)]);
    put(&world, &ann.store().contents());
    assert_eq!(facts(&early), expected);
    let late = world.open();
    assert_eq!(facts(&late), collected(&late));
    // What is kept goes further than the first now.
    assert_eq!(facts(&early), expected);
    assert_ne!(facts(&late), expected);
}

#[test]
fn a_small_project_keeps_nothing() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan"]));
    assert_eq!(facts(&project), collected(&project));
    assert!(!world.path(KEPT).exists());
}
