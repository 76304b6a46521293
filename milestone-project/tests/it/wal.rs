//! The changes that SQLite keeps beside the index: they do not pile up, whoever reads meanwhile.
//!
//! Shown red by: never opening the base anew; no checkpoint once the changes have grown; going on
//! with an index that is open without a look at what is at its place.

use milestone_core::projection::Projection;
use milestone_project::Backend;
use milestone_store_sqlite::Index;

use crate::backends::{assert_sound, file_of, migrate};
use crate::world::{Hand, World, milestone, note};

/// More than SQLite's own limit of 1,000 pages and what comes until the next command.
const BYTES_MAX: u64 = 12 << 20;
const COMMANDS: usize = 1_500;

fn begun() -> (World, Hand) {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does_all(&mut project, (0..20).map(|at| milestone(&format!("Goal {at}"), &["Plan"])));
    migrate(&mut project, Backend::Hybrid).unwrap();
    (world, hand)
}

fn beside(world: &World) -> u64 {
    let mut name = file_of(world, "index.sqlite").into_os_string();
    name.push("-wal");
    std::fs::metadata(name).map_or(0, |found| found.len())
}

fn goes_on(world: &World, hand: &mut Hand, number: usize) {
    let mut project = world.open();
    hand.does(&mut project, &note(&format!("goal-{}", number % 20), &format!("note {number}")));
    assert_eq!(project.backend(), Backend::Hybrid);
}

#[test]
fn commands_one_by_one_do_not_pile_changes_up() {
    let (world, mut hand) = begun();
    let mut largest = 0;
    for number in 0..COMMANDS {
        goes_on(&world, &mut hand, number);
        largest = largest.max(beside(&world));
    }
    assert!(largest < BYTES_MAX, "{largest} bytes beside the index");
    assert_sound(&world, &world.open());
}

#[test]
fn one_process_that_goes_on_does_not_pile_changes_up() {
    let (world, mut hand) = begun();
    let mut project = world.open();
    let mut largest = 0;
    for number in 0..COMMANDS {
        let goal = format!("goal-{}", number % 20);
        hand.does(&mut project, &note(&goal, &format!("note {number}")));
        largest = largest.max(beside(&world));
    }
    assert!(largest < BYTES_MAX, "{largest} bytes beside the index");
    assert_sound(&world, &project);
}

/// A process that only looks, for as long as it likes.
#[test]
fn a_reader_that_stays_does_not_make_changes_pile_up() {
    let (world, mut hand) = begun();
    let mut reader = world.open();
    let mut largest = 0;
    for number in 0..COMMANDS {
        goes_on(&world, &mut hand, number);
        reader.refresh().unwrap();
        largest = largest.max(beside(&world));
    }
    assert!(largest < BYTES_MAX, "{largest} bytes beside the index");
    assert_sound(&world, &world.open());
}

/// Somebody removes the index that a process has open, and somebody else builds it anew.
#[test]
fn an_index_in_the_place_of_the_open_one_is_written_to() {
    let (world, mut hand) = begun();
    let mut project = world.open();
    hand.does(&mut project, &note("goal-0", "before"));
    let path = file_of(&world, "index.sqlite");
    for end in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
    drop(world.open());
    assert!(path.exists());
    hand.does(&mut project, &note("goal-0", "after"));
    let known = Index::new(&path).checkpoint().unwrap().unwrap();
    assert!(known.same_records(project.checkpoint()));
    assert_sound(&world, &project);
}
