//! Backups: a chain of thirty days, damage, any moment, wrong clocks, a crash between.
//!
//! Start at `damage_takes_along_what_needs_it_and_nothing_else`.

use std::fs;
use std::path::{Path, PathBuf};

use milestone_core::domain::Command;
use milestone_core::projection::Fingerprint;
use milestone_core::words::Timestamp;
use milestone_project::{
    AsOf, BackupError, Keeper, Maintained, Occasion, Options, POINTS_KEPT_MIN, Project, Vault,
    Wanted, Wish,
};

use crate::world::{Hand, World, complete, ids_of, milestone, note, print_of, rebuilt};

const DAY_US: i64 = 86_400_000_000;

/// How many moments are brought back; `BACKUP_TEST_MOMENTS` says another number.
const MOMENTS: u64 = 60;

fn keeper(now: Timestamp) -> Keeper<'static> {
    Keeper::now(now)
}

fn keep(project: &mut Project, now: Timestamp) -> Maintained {
    let done = project.maintain(&keeper(now), &mut || false);
    assert_eq!(done.failed, [""; 0]);
    done
}

fn vault(world: &World) -> Vault {
    Vault::open(&world.path("local/backups")).unwrap()
}

/// A project that was worked on for thirty days, each of which ended with maintenance; what each
/// day's state shows, and the records that it had.
fn thirty_days() -> (World, Hand, Vec<(Fingerprint, u64)>) {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    let begun = hand.now;
    let mut days = Vec::new();
    for day in 0..30 {
        hand.now = Timestamp(begun.0 + day * DAY_US);
        let (title, goal) = (format!("Goal {}", day / 2), format!("goal-{}", day / 2));
        if day % 2 == 0 {
            hand.does(&mut project, &milestone(&title, &["Plan", "Build", "Ship"]));
            hand.does(&mut project, &complete(&format!("{goal}/plan")));
        }
        for round in 0..9 {
            hand.does(&mut project, &note(&goal, &format!("day {day}, round {round}")));
        }
        if day == 12 {
            fs::write(world.path("config.toml"), "[ui]\nhints = false\n").unwrap();
        }
        assert!(keep(&mut project, hand.now).made.is_some(), "day {day}");
        days.push((print_of(project.state()), project.checkpoint().count));
    }
    (world, hand, days)
}

fn restored(into: &Path) -> Project {
    Project::open(&into.join(".milestones"), Options::default()).unwrap()
}

fn spoil(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

fn bring(vault: &Vault, wanted: &Wanted) -> Result<(World, Project), BackupError> {
    let place = World::empty();
    vault.restore_into(wanted, place.dir())?;
    let project = restored(place.dir());
    Ok((place, project))
}

/// Shown red by: not looking at hashes.
#[test]
fn damage_takes_along_what_needs_it_and_nothing_else() {
    let (world, hand, days) = thirty_days();
    let held = vault(&world);
    let fulls: Vec<u64> =
        held.points().iter().filter(|point| point.full).map(|point| point.number).collect();
    assert_eq!((held.points().len(), fulls.as_slice()), (30, &[1, 8, 15, 22, 29][..]));
    assert!(held.points().iter().all(|point| point.verified.is_some()), "each was tried");
    assert_eq!(held.check().faults, []);
    let hit = held.points()[9].clone();
    spoil(&held.dir().join(&hit.folder).join("0001.tar.zst"));
    let project = world.open();
    let check = project.check_backups(hand.now).unwrap();
    let [fault] = check.faults.as_slice() else { panic!("{:?}", check.faults) };
    assert_eq!(fault.object, "0010-daily/0001.tar.zst");
    assert_eq!(fault.affects, [10, 11, 12, 13, 14], "until the next full one");
    for (at, (print, count)) in days.iter().enumerate() {
        let number = at as u64 + 1;
        match bring(&held, &Wanted::Point(number)) {
            Ok((_, project)) => {
                assert!(!fault.affects.contains(&number), "{number}");
                assert_eq!(
                    (print_of(project.state()), project.checkpoint().count),
                    (*print, *count)
                );
            }
            Err(BackupError::Damaged { object, .. }) => {
                assert!(fault.affects.contains(&number), "{number}: {object}");
                assert_eq!(object, fault.object);
            }
            Err(error) => panic!("{number}: {error}"),
        }
    }
    // What was found is remembered: nothing is based on it, and it is not tried in vain.
    let damaged: Vec<u64> = vault(&world)
        .points()
        .iter()
        .filter(|point| point.damaged)
        .map(|point| point.number)
        .collect();
    assert_eq!(damaged, fault.affects);
    assert!(matches!(
        project.rehearse_backup(12, hand.now),
        Err(BackupError::Damaged { number: 12, .. })
    ));
}

/// Shown red by: basing the next one on what was found damaged.
#[test]
fn after_damage_the_next_one_stands_alone() {
    let (world, mut hand, _) = thirty_days();
    let last = vault(&world).points().last().unwrap().clone();
    assert!(!last.full);
    fs::remove_file(world.path(&format!("local/backups/{}/0001.tar.zst", last.folder))).unwrap();
    let mut project = world.open();
    let check = project.check_backups(hand.now).unwrap();
    assert_eq!(check.affected(), [30]);
    let place = World::empty();
    let done = vault(&world).restore_into(&Wanted::Newest, place.dir()).unwrap();
    assert_eq!((done.backup, done.passed_over.len()), (29, 1), "and the one before comes back");
    hand.does(&mut project, &note("goal-1", "after the damage"));
    let wish = Wish::because(Occasion::Asked);
    let made = project.back_up(&keeper(hand.now), wish).unwrap();
    assert!(made.full, "nothing is based on damage");
    let (_, back) = bring(&vault(&world), &Wanted::Newest).unwrap();
    assert_eq!(print_of(back.state()), print_of(project.state()));
}

/// Shown red by: leaving what people typed in as it is in the newest one.
#[test]
fn any_moment_is_what_as_of_shows_there() {
    let (world, mut hand, _) = thirty_days();
    let mut project = world.open();
    // With what was recorded after the last backup, in another clone, late.
    let clone = world.cloned();
    let mut other = Hand::later("bob", 15 * DAY_US + 500);
    other.does(&mut clone.open(), &note("goal-1", "said elsewhere"));
    world.take_log_of(&clone);
    hand.does(&mut project, &note("goal-2", "and here"));
    project.back_up(&keeper(hand.now), Wish::because(Occasion::Asked)).unwrap();
    let (held, ids) = (vault(&world), ids_of(&project));
    let moments =
        std::env::var("BACKUP_TEST_MOMENTS").map_or(MOMENTS, |told| told.parse().unwrap());
    for number in 0..moments {
        let random = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
        let place = usize::try_from(random % ids.len() as u64).unwrap();
        let moment = match number % 3 {
            0 => AsOf::Place(place as u64 + 1),
            1 => AsOf::Time(Timestamp(
                hand.now.0 - i64::try_from(random % 2_000_000_000_000).unwrap(),
            )),
            _ => AsOf::Record(ids[place].to_string()),
        };
        let (there, extent) = project.as_of(&moment).unwrap();
        let (_, back) = bring(&held, &Wanted::Moment(moment.clone())).unwrap();
        assert_eq!(print_of(back.state()), print_of(&there), "{moment:?}");
        assert_eq!(back.checkpoint().count, extent.count, "{moment:?}");
        assert_eq!(back.checkpoint().findings, [], "{moment:?}");
    }
    let early = Wanted::Moment(AsOf::Place(20));
    let (place, _) = bring(&held, &early).unwrap();
    assert!(!place.path("config.toml").exists(), "it was typed in later");
    let (place, _) = bring(&held, &Wanted::Newest).unwrap();
    assert_eq!(place.view("config.toml"), "[ui]\nhints = false\n");
    let unknown = Wanted::Moment(AsOf::Record("ffffffffffff".to_owned()));
    assert!(matches!(bring(&held, &unknown), Err(BackupError::NoMoment { .. })));
    assert!(matches!(
        held.restore_into(&Wanted::Newest, world.dir()),
        Err(BackupError::InTheWay { .. })
    ));
}

/// Shown red by: going by age alone.
#[test]
fn a_wrong_clock_empties_nothing() {
    let (world, mut hand, days) = thirty_days();
    let mut project = world.open();
    let (now, count) = (hand.now, vault(&world).points().len());
    for years in [-60, 20, -5, 400, 0] {
        let at = Timestamp(now.0 + years * 365 * DAY_US);
        hand.does(&mut project, &note("goal-3", &format!("{years}")));
        keep(&mut project, at);
        keep(&mut project, Timestamp(at.0 + DAY_US));
    }
    let held = vault(&world);
    assert!(held.points().len() >= POINTS_KEPT_MIN && held.points().len() < count + 10);
    assert_eq!(held.check().faults, []);
    let (_, back) = bring(&held, &Wanted::Newest).unwrap();
    assert_eq!(print_of(back.state()), print_of(&rebuilt(&project)));
    let (_, back) = bring(&held, &Wanted::Point(25)).unwrap();
    assert_eq!(print_of(back.state()), days[24].0);
}

fn folders(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

/// Shown red by: a folder of that name being in the way.
#[test]
fn a_backup_that_was_cut_off_is_none() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan"]));
    let wish = Wish::because(Occasion::Asked);
    project.back_up(&keeper(hand.now), wish).unwrap();
    hand.does(&mut project, &note("api", "later"));
    project.back_up(&keeper(hand.now), wish).unwrap();
    let dir = world.path("local/backups");
    let chain = fs::read_to_string(dir.join("chain.jsonl")).unwrap();
    let first = chain.lines().next().unwrap();
    // Its folder is there and its line is not, or half of it; and a half folder of the next one.
    for rest in ["", &chain.lines().nth(1).unwrap()[..90]] {
        fs::write(dir.join("chain.jsonl"), format!("{first}\n{rest}")).unwrap();
        fs::create_dir_all(dir.join(".migrating-0002/x")).unwrap();
        assert_eq!(vault(&world).points().len(), 1);
        let (_, back) = bring(&vault(&world), &Wanted::Newest).unwrap();
        assert_eq!(back.checkpoint().count, 2);
        let made = project.back_up(&keeper(hand.now), wish).unwrap();
        assert_eq!((made.number, folders(&dir).len()), (2, 2));
        project.rehearse_backup(2, hand.now).unwrap();
        assert_eq!(vault(&world).points().len(), 2);
    }
}

/// Nothing of a backup is what cannot be made again, and nothing that is not is left out.
#[test]
fn a_backup_holds_what_cannot_be_made_again() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    let plan: Command = milestone("Api", &["Plan"]);
    hand.does(&mut project, &plan);
    for (path, text) in [("templates/a/b.md", "# A\n"), ("workflows/w.yaml", "w: 1\n")] {
        fs::create_dir_all(world.path(path).parent().unwrap()).unwrap();
        fs::write(world.path(path), text).unwrap();
    }
    fs::write(world.path("templates/.hidden"), "not this").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", world.path("templates/link")).unwrap();
    project.back_up(&keeper(hand.now), Wish::because(Occasion::Asked)).unwrap();
    let (place, _) = bring(&vault(&world), &Wanted::Newest).unwrap();
    assert_eq!(place.log_files(), world.log_files());
    let mut held: Vec<String> = place
        .bytes()
        .into_keys()
        .filter(|path| path.is_file())
        .map(|path| path.strip_prefix(place.root()).unwrap().display().to_string())
        .filter(|path| !path.starts_with("log/") && !path.starts_with("active/"))
        .collect();
    held.sort();
    assert_eq!(held, [".gitattributes", ".gitignore", "templates/a/b.md", "workflows/w.yaml"]);
}
