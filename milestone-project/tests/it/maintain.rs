//! Keeping house: what goes, what stays whatever happens, and stopping in time.
//!
//! Start at `what_is_truth_is_never_touched`.

use std::fs::{self, FileTimes};
use std::time::{Duration, SystemTime};

use milestone_core::words::Timestamp;
use milestone_project::{BACKUP_RECORDS_MIN, DeedKind, Keeper, Maintained, Project};

use crate::world::{Hand, World, milestone, note};

/// 2026-03-12T00:00:00Z.
const NOW: Timestamp = Timestamp(1_773_273_600_000_000);

const DAY_US: i64 = 86_400_000_000;

fn keep(project: &mut Project) -> Maintained {
    project.maintain(&Keeper { by: "ann", ..Keeper::now(NOW) }, &mut || false)
}

/// A file that was left alone for so many hours.
fn left(world: &World, name: &str, hours: u64) {
    let path = world.path(name);
    fs::write(&path, "bytes").unwrap();
    let now = SystemTime::UNIX_EPOCH + Duration::from_micros(NOW.0.unsigned_abs());
    let times = FileTimes::new().set_modified(now - Duration::from_secs(hours * 3_600));
    fs::File::options().write(true).open(&path).unwrap().set_times(times).unwrap();
}

fn begun() -> (World, Hand) {
    let (world, mut hand) = World::begun();
    hand.does(&mut world.open(), &milestone("Api", &["Plan"]));
    (world, hand)
}

/// Shown red by: going by anything but the names this program gives.
#[test]
fn what_is_truth_is_never_touched() {
    let (world, _) = begun();
    fs::create_dir_all(world.path("templates")).unwrap();
    fs::create_dir_all(world.path("local/backups")).unwrap();
    left(&world, "templates/.tmpmine", 1_000);
    left(&world, "local/.tmpold", 25);
    left(&world, "local/.tmpnew", 1);
    left(&world, "local/.migrating-dead", 25);
    left(&world, "local/precious", 1_000);
    left(&world, "local/backups/mine.tar.zst", 100_000);
    fs::create_dir_all(world.path("local/.tmpfolder")).unwrap();
    let (log, bytes) = (world.log_files(), world.bytes());
    let mut project = world.open();
    let done = keep(&mut project);
    assert_eq!(done.temporary, ["local/.migrating-dead", "local/.tmpold"]);
    assert_eq!((world.log_files(), world.bytes()), (log, bytes));
    for name in
        ["local/.tmpnew", "local/precious", "local/.tmpfolder", "local/backups/mine.tar.zst"]
    {
        assert!(world.path(name).exists(), "{name}");
    }
    assert!(!keep(&mut project).did_something());
    let told = project.journal().into_iter().filter(
        |deed| matches!(&deed.what, DeedKind::Maintained { temporary, .. } if temporary.len() == 2),
    );
    assert_eq!(told.count(), 1, "what did nothing is not told");
}

/// Shown red by: trying one that there is no time for.
#[test]
fn a_day_with_something_new_ends_with_a_backup_that_was_tried() {
    let (world, mut hand) = begun();
    let mut project = world.open();
    assert_eq!(keep(&mut project).made, None, "there is next to nothing");
    for round in 0..BACKUP_RECORDS_MIN {
        hand.does(&mut project, &note("api", &format!("round {round}")));
    }
    let done = keep(&mut project);
    assert_eq!((done.made.as_deref(), done.verified), (Some("local/backups/0001-weekly"), Some(1)));
    assert!(!keep(&mut project).did_something(), "there is nothing new");
    hand.does(&mut project, &note("api", "one more"));
    let next_day = Keeper { budget_ms: 0, ..Keeper::now(Timestamp(NOW.0 + DAY_US)) };
    let done = project.maintain(&next_day, &mut || false);
    assert_eq!((done.made.as_deref(), done.verified), (Some("local/backups/0002-daily"), Some(2)));
    for round in 0..100 {
        hand.does(&mut project, &note("api", &format!("much {round}")));
    }
    let done = project.maintain(&next_day, &mut || false);
    assert_eq!((done.made.is_some(), done.verified), (true, None), "there is no time to try it");
    assert_eq!(keep(&mut project).verified, Some(3));
}

/// Shown red by: one more after the time is over; calling it done.
#[test]
fn it_stops_when_the_time_is_over_and_goes_on() {
    let (world, _) = begun();
    (1..=9).for_each(|number| left(&world, &format!("local/.tmp{number}"), 30));
    let mut project = world.open();
    assert!(project.is_maintenance_due(NOW));
    let mut asked = 0;
    let done = project.maintain(&Keeper::now(NOW), &mut || {
        asked += 1;
        asked > 2
    });
    assert_eq!((done.temporary.len(), done.unfinished), (2, true));
    assert!(project.is_maintenance_due(NOW), "the rest is done by the next command");
    let dry = project.maintain(&Keeper { dry_run: true, ..Keeper::now(NOW) }, &mut || false);
    assert_eq!(dry.temporary.len(), 7);
    assert_eq!(keep(&mut project).temporary.len(), 7);
    assert!(!project.is_maintenance_due(NOW));
    let next_day = Timestamp(NOW.0 + DAY_US);
    assert!(project.is_maintenance_due(next_day));
    let mut reader = world.read_only();
    assert!(!reader.is_maintenance_due(next_day));
    left(&world, "local/.tmpmore", 30);
    assert_eq!(keep(&mut reader), Maintained::default());
    assert!(world.path("local/.tmpmore").exists());
}
