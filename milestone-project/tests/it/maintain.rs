//! Keeping house: what goes, what stays whatever happens, and stopping in time.
//!
//! Start at `what_is_truth_is_never_touched`.

use std::fs::{self, FileTimes};
use std::time::{Duration, SystemTime};

use milestone_core::words::Timestamp;
use milestone_project::{
    BACKUPS_KEPT_MAX, BACKUPS_KEPT_MIN, DeedKind, Keeper, Maintained, Project,
};

use crate::world::{Hand, World, milestone};

/// 2026-03-12T00:00:00Z.
const NOW: Timestamp = Timestamp(1_773_273_600_000_000);

fn keep(project: &mut Project) -> Maintained {
    project.maintain(&Keeper { by: "ann", now: NOW, dry_run: false }, &mut || false)
}

fn backup(world: &World, name: &str) {
    fs::create_dir_all(world.path("local/backups")).unwrap();
    fs::write(world.path(&format!("local/backups/{name}")), "bytes").unwrap();
}

/// A file that was left alone for so many hours.
fn left(world: &World, name: &str, hours: u64) {
    let path = world.path(name);
    fs::write(&path, "bytes").unwrap();
    let now = SystemTime::UNIX_EPOCH + Duration::from_micros(NOW.0.unsigned_abs());
    let times = FileTimes::new().set_modified(now - Duration::from_secs(hours * 3_600));
    fs::File::options().write(true).open(&path).unwrap().set_times(times).unwrap();
}

fn backups(world: &World) -> Vec<String> {
    let entries = fs::read_dir(world.path("local/backups")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn begun() -> (World, Hand) {
    let (world, mut hand) = World::begun();
    hand.does(&mut world.open(), &milestone("Api", &["Plan"]));
    (world, hand)
}

/// Shown red by: going by anything but the names this program gives; removing the newest.
#[test]
fn what_is_truth_is_never_touched() {
    let (world, _) = begun();
    for name in ["mine.tar.zst", "2020-01-01T0000Z.tar", "2020-01-01T0000Z.tar.zst.age", "notes"] {
        backup(&world, name);
    }
    backup(&world, "2020-01-01T0000Z.tar.zst");
    backup(&world, "2020-01-01T0000Z-2.tar.zst");
    fs::create_dir_all(world.path("templates")).unwrap();
    left(&world, "templates/.tmpmine", 1_000);
    left(&world, "local/.tmpold", 25);
    left(&world, "local/.tmpnew", 1);
    left(&world, "local/.migrating-dead", 25);
    left(&world, "local/precious", 1_000);
    fs::create_dir_all(world.path("local/.tmpfolder")).unwrap();
    let (log, bytes) = (world.log_files(), world.bytes());
    let mut project = world.open();
    let done = keep(&mut project);
    assert_eq!(done.backups, [""; 0], "the newest {BACKUPS_KEPT_MIN} stay, however old");
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

/// Shown red by: no upper limit; taking the number of a minute for text.
#[test]
fn old_backups_go_and_so_do_too_many() {
    let (world, _) = begun();
    for number in 2..=12 {
        backup(&world, &format!("2026-03-11T0900Z-{number}.tar.zst"));
    }
    for day in 10..=21 {
        backup(&world, &format!("2026-02-{day}T0900Z.tar.zst"));
    }
    backup(&world, "2026-01-01T0900Z.tar.zst");
    let mut project = world.open();
    let dry = project.maintain(&Keeper { by: "", now: NOW, dry_run: true }, &mut || false);
    assert_eq!(backups(&world).len(), 24);
    let done = keep(&mut project);
    assert_eq!((&dry.backups, dry.bytes), (&done.backups, done.bytes));
    assert_eq!(backups(&world).len(), BACKUPS_KEPT_MAX);
    assert_eq!(done.backups[0], "local/backups/2026-01-01T0900Z.tar.zst");
    assert!(!done.backups.iter().any(|name| name.contains("2026-03-11")));
}

/// Shown red by: one more after the time is over; calling it done.
#[test]
fn it_stops_when_the_time_is_over_and_goes_on() {
    let (world, _) = begun();
    for day in 1..=9 {
        backup(&world, &format!("2025-01-0{day}T0900Z.tar.zst"));
    }
    let mut project = world.open();
    assert!(project.is_maintenance_due(NOW));
    let mut asked = 0;
    let keeper = Keeper { by: "", now: NOW, dry_run: false };
    let done = project.maintain(&keeper, &mut || {
        asked += 1;
        asked > 2
    });
    assert_eq!((done.backups.len(), done.unfinished), (2, true));
    assert!(project.is_maintenance_due(NOW), "the rest is done by the next command");
    assert_eq!(keep(&mut project).backups.len(), 4);
    assert!(!project.is_maintenance_due(NOW));
    let next_day = Timestamp(NOW.0 + 86_400_000_000);
    assert!(project.is_maintenance_due(next_day));
    let mut reader = world.read_only();
    assert!(!reader.is_maintenance_due(next_day));
    backup(&world, "2024-01-01T0900Z.tar.zst");
    assert_eq!(keep(&mut reader), Maintained::default());
    assert_eq!(backups(&world).len(), 4);
}
