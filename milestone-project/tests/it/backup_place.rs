//! Backups in use: bringing back what was lost where it was, and following every command.
//!
//! Start at `what_was_lost_comes_back_and_nothing_goes`.

use std::fs;

use milestone_core::words::Timestamp;
use milestone_project::{
    AsOf, BackupError, BackupPolicy, BroughtBack, Keeper, Occasion, Project, Vault, Wanted,
    Warning, Wish,
};

use crate::world::{Hand, World, milestone, note, print_of, rebuilt};

fn keeper(now: Timestamp) -> Keeper<'static> {
    Keeper::now(now)
}

/// A project with a backup, and what was recorded after it.
fn backed_up() -> (World, Hand, Project) {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does(&mut project, &milestone("Api", &["Plan", "Build"]));
    // Somebody else's file, too.
    let clone = world.cloned();
    let mut other = Hand::later("bob", 500);
    other.now = hand.now;
    for round in 0..5 {
        other.does(&mut clone.open(), &note("api", &format!("elsewhere {round}")));
    }
    world.take_log_of(&clone);
    hand.does(&mut project, &note("api", "here"));
    project.back_up(&keeper(hand.now), Wish::because(Occasion::Asked)).unwrap();
    hand.does(&mut project, &note("api", "after the backup"));
    (world, hand, project)
}

fn bring_back(world: &World, hand: &Hand, dry_run: bool) -> BroughtBack {
    let mut project = world.open();
    let vault = Vault::open(&project.backup_directory()).unwrap();
    let keeper = Keeper { dry_run, ..keeper(hand.now) };
    project.bring_back(&vault, &Wanted::Newest, &keeper).unwrap()
}

/// Shown red by: forgetting the lines that only the present file has.
#[test]
fn what_was_lost_comes_back_and_nothing_goes() {
    type Loss = fn(&mut Vec<u8>);
    let losses: [(&str, Option<Loss>); 4] = [
        ("a file", None),
        ("a byte", Some(|bytes| bytes[200] ^= 1)),
        ("its beginning", Some(|bytes| drop(bytes.drain(..300)))),
        ("its end", Some(|bytes| bytes.truncate(bytes.len() * 2 / 3))),
    ];
    for (what, loss) in losses {
        for place in 0..2 {
            let (world, hand, project) = backed_up();
            let (before, all) = (print_of(project.state()), world.id_set());
            drop(project);
            let (name, mut bytes) = world.log_files().into_iter().nth(place).unwrap();
            let path = world.path("log").join(&name);
            match loss {
                None => fs::remove_file(&path).unwrap(),
                Some(loss) => {
                    loss(&mut bytes);
                    fs::write(&path, &bytes).unwrap();
                }
            }
            let had = world.id_set();
            assert!(had.len() < all.len(), "{what}");
            let files = world.log_files();
            let dry = bring_back(&world, &hand, true);
            assert_eq!(world.log_files(), files, "{what}");
            let done = bring_back(&world, &hand, false);
            assert_eq!((dry.records, &dry.files), (done.records, &done.files));
            assert!(done.before.is_some(), "{what}");
            let has = world.id_set();
            assert!(has.is_superset(&had), "{what} of {name}: something went");
            // Only what was recorded after the backup and lost with its file is not there.
            assert!(all.len() - has.len() <= 1, "{what} of {name}: {}", all.len() - has.len());
            if has == all {
                assert_eq!(print_of(&rebuilt(&world.open())), before);
            }
            match loss {
                None => assert_eq!(done.files, [format!("log/{name}")]),
                Some(_) => {
                    let (mended, kept) = done.mended.first().unwrap();
                    assert_eq!(mended, &format!("log/{name}"));
                    assert_eq!(fs::read(world.path(kept)).unwrap(), bytes, "{what}");
                }
            }
            let again = bring_back(&world, &hand, false);
            assert_eq!((again.records, again.before), (0, None), "{what}");
        }
    }
}

#[test]
fn what_people_typed_in_comes_back_where_it_is_missing() {
    let (world, mut hand, mut project) = backed_up();
    for name in ["templates/a.md", "templates/b.md"] {
        fs::create_dir_all(world.path("templates")).unwrap();
        fs::write(world.path(name), "old").unwrap();
    }
    project.back_up(&keeper(hand.now), Wish::because(Occasion::Asked)).unwrap();
    fs::remove_file(world.path("templates/a.md")).unwrap();
    fs::write(world.path("templates/b.md"), "new").unwrap();
    let done = bring_back(&world, &hand, false);
    assert_eq!(
        (done.files.as_slice(), done.left.as_slice()),
        (&["templates/a.md".to_owned()][..], &["templates/b.md".to_owned()][..])
    );
    assert_eq!(
        (world.view("templates/a.md"), world.view("templates/b.md")),
        ("old".to_owned(), "new".to_owned())
    );
    hand.does(&mut world.open(), &note("api", "it goes on"));
}

fn following(world: &World, place: &World) -> Project {
    let mut project = world.open();
    let directory = Some(place.dir().join("shelf"));
    project.set_backup_policy(BackupPolicy { directory, ..BackupPolicy::default() });
    project
}

fn newest(place: &World) -> (World, Project) {
    let into = World::empty();
    let vault = Vault::open(&place.dir().join("shelf")).unwrap();
    vault.restore_into(&Wanted::Newest, into.dir()).unwrap();
    let project = into.open();
    (into, project)
}

/// Shown red by: not writing the lines.
#[test]
fn whatever_is_recorded_is_in_the_named_directory_when_the_command_ends() {
    let (world, mut hand) = World::begun();
    let place = World::empty();
    let shelf = place.dir().join("shelf");
    let backups = || Vault::open(&shelf).unwrap().points().len();
    for round in 0..6 {
        let mut project = following(&world, &place);
        let done = hand.does(&mut project, &milestone(&format!("Goal {round}"), &["Plan"]));
        assert_eq!(done.warnings, []);
        let (_, back) = newest(&place);
        assert_eq!(print_of(back.state()), print_of(project.state()), "round {round}");
    }
    assert_eq!(backups(), 1, "one is made when the directory is first named, and no more");
    let clone = world.cloned();
    Hand::later("bob", 900).does(&mut clone.open(), &note("goal-1", "elsewhere"));
    world.take_log_of(&clone);
    let mut project = following(&world, &place);
    hand.does(&mut project, &note("goal-1", "here"));
    assert_eq!(backups(), 2, "what came in from elsewhere is caught");
    hand.does(&mut project, &note("goal-1", "and here"));
    project.back_up(&keeper(hand.now), Wish::because(Occasion::Asked)).unwrap();
    hand.does(&mut project, &note("goal-1", "and again"));
    let (_, back) = newest(&place);
    assert_eq!(print_of(back.state()), print_of(project.state()));
    assert_eq!(backups(), 3);
    // Whoever turns it off and on again lacks nothing either.
    let on = project.backup_policy().clone();
    project.set_backup_policy(BackupPolicy { continuous: false, ..on.clone() });
    project.back_up(&keeper(hand.now), Wish::because(Occasion::Asked)).unwrap();
    hand.does(&mut project, &note("goal-1", "not seen"));
    project.set_backup_policy(on);
    assert_eq!(hand.does(&mut project, &note("goal-1", "seen again")).warnings, []);
    hand.does(&mut project, &note("goal-1", "the last one"));
    // The whole project is lost, and comes back with its last command.
    let last = print_of(project.state());
    drop(project);
    fs::remove_dir_all(world.root()).unwrap();
    let vault = Vault::open(&shelf).unwrap();
    let done = vault.restore_into(&Wanted::Newest, world.dir()).unwrap();
    assert_eq!(done.recent, 1);
    assert_eq!(print_of(world.open().state()), last);
}

/// Shown red by: beginning anew where a disk is not mounted.
#[test]
fn a_directory_that_is_gone_is_told_and_fails_no_command() {
    let (world, mut hand) = World::begun();
    let place = World::empty();
    let mut project = following(&world, &place);
    hand.does(&mut project, &milestone("Api", &["Plan"]));
    fs::rename(place.dir().join("shelf"), place.dir().join("away")).unwrap();
    fs::create_dir_all(place.dir().join("shelf")).unwrap();
    for round in 0..2 {
        let done = hand.does(&mut project, &note("api", &format!("{round}")));
        assert!(matches!(done.warnings.as_slice(), [Warning::NotBackedUp { .. }]), "{done:?}");
    }
    let asked = Wish::because(Occasion::Asked);
    let refused = project.back_up(&keeper(hand.now), asked);
    assert!(matches!(refused, Err(BackupError::Gone { .. })));
    fs::remove_dir_all(place.dir().join("shelf")).unwrap();
    fs::rename(place.dir().join("away"), place.dir().join("shelf")).unwrap();
    let done = hand.does(&mut project, &note("api", "it is there again"));
    assert_eq!(done.warnings, []);
    let (_, back) = newest(&place);
    assert_eq!(print_of(back.state()), print_of(project.state()), "nothing in between is missing");
    let moment = Wanted::Moment(AsOf::Git("HEAD".to_owned()));
    let vault = Vault::open(&project.backup_directory()).unwrap();
    let refused = vault.restore_into(&moment, &place.dir().join("x"));
    assert!(matches!(refused, Err(BackupError::OtherMoment)));
}
