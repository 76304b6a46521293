//! SQLite files that are damaged, cut, gone, locked or of somebody else: every answer is that of
//! the log, the log is never touched, and the next command has a whole index again.
//!
//! Shown red by: what is decided on without a check; a batch that fails again with every command.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use milestone_core::domain::Command;
use milestone_core::projection::{Change, Projection};
use milestone_project::{Backend, Project};
use milestone_store_sqlite::Index;

use crate::backends::{answers, asked, assert_sound, file_of, generation, migrate, unlike};
use crate::world::{
    Hand, World, after, assert_rebuilt, complete, is_root, milestone, note, print_of, rebuilt,
    skip, start, title,
};

const PAGE: usize = 4_096;
/// How many single bits are turned.
const BITS: usize = 400;
const MILESTONES: usize = 12;

fn commands() -> Vec<Command> {
    let tasks = ["Plan", "Build", "Check"];
    let mut commands: Vec<Command> =
        (0..MILESTONES).map(|number| milestone(&format!("Goal {number}"), &tasks)).collect();
    commands.extend([start("goal-1/plan"), complete("goal-1/plan"), after("goal-2", "goal-1")]);
    for number in 0..120 {
        let goal = format!("goal-{}", number % MILESTONES);
        commands.push(match number % 3 {
            0 => title(&goal, &format!("Title {number}")),
            _ => note(&format!("{goal}/check"), &"a long note ".repeat(1 + number % 40)),
        });
    }
    commands
}

/// A project with an index, whose changes are all in the file itself: made once, copied often.
fn template() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let (world, mut hand) = World::begun();
        let mut project = world.open();
        let keyed = commands().into_iter().enumerate();
        let keyed = keyed.map(|(number, command)| (Some(format!("key {number}")), command));
        let outcomes = project.execute_all(keyed, &hand.caller(), |_| true).unwrap();
        assert!(outcomes.iter().all(Result::is_ok));
        migrate(&mut project, Backend::Hybrid).unwrap();
        world
    })
}

/// What every copy answers before anything is done to it.
fn right() -> &'static [String] {
    static ANSWERS: OnceLock<Vec<String>> = OnceLock::new();
    ANSWERS.get_or_init(|| answers(&rebuilt(&template().open())))
}

fn copy() -> World {
    let world = World::empty();
    fs::create_dir_all(world.path("log")).unwrap();
    for name in template().log_files().keys() {
        let name = format!("log/{name}");
        fs::hard_link(template().path(&name), world.path(&name)).unwrap();
    }
    let folder = format!("local/gen-{}", generation(template()));
    fs::create_dir_all(world.path(&folder)).unwrap();
    fs::copy(template().path("local/current"), world.path("local/current")).unwrap();
    for file in ["index.sqlite", "analytics.sqlite"] {
        let name = format!("{folder}/{file}");
        fs::copy(template().path(&name), world.path(&name)).unwrap();
    }
    world
}

fn index(world: &World) -> PathBuf {
    file_of(world, "index.sqlite")
}

fn later() -> Hand {
    Hand::later("bob", 3_600_000_000)
}

/// Log files that were there, as far as they went.
fn assert_log_kept(world: &World, before: &BTreeMap<String, Vec<u8>>) {
    let now = world.log_files();
    for (name, bytes) in before {
        assert!(now.get(name).is_some_and(|now| now.starts_with(bytes)), "{name} was touched");
    }
}

/// Asks everything, as somebody who looks whether it was sound. Returns true if anything was
/// noticed.
fn read(world: &World, what: &str) -> bool {
    let mut project = world.read_only();
    let said = answers(project.state());
    let noticed = project.is_damaged() || matches!(project.change(), Change::Rebuilt(_));
    if project.is_damaged() {
        project.refresh().unwrap();
        assert_eq!(unlike(&answers(project.state()), right()), None, "{what}, asked again");
    } else {
        assert_eq!(unlike(&said, right()), None, "{what}");
    }
    noticed
}

/// A command works, whatever there is, and two later all is whole.
fn write(world: &World, what: &str) {
    let log = world.log_files();
    let mut hand = later();
    for command in [note("goal-3", "still here"), title("goal-4", "New"), start("goal-5/build")] {
        let mut project = world.open();
        hand.does(&mut project, &command);
        let said = answers(project.state());
        match project.is_damaged() {
            true => drop(project.refresh().unwrap()),
            false => assert_eq!(unlike(&said, &answers(&rebuilt(&project))), None, "{what}"),
        }
        assert_rebuilt(&project);
    }
    assert_log_kept(world, &log);
    let mut project = world.open();
    assert_eq!(unlike(&answers(project.state()), &answers(&rebuilt(&project))), None, "{what}");
    assert!(!project.is_damaged(), "{what}: it is not mended");
    let shown = |project: &Project| match Index::new(index(world)).fingerprint() {
        Ok(shown) => assert_eq!(shown, print_of(project.state()), "{what}"),
        Err(error) => panic!("{what}: {error}"),
    };
    // What no command looks at is found by whoever asks for it, and made anew.
    if Index::new(index(world)).fingerprint().is_err() {
        project.rebuild().unwrap();
        hand.does(&mut project, &note("goal-3", "made anew"));
    }
    shown(&project);
}

/// Does something to the file of a copy, asks, and goes on.
#[track_caller]
fn bear(what: &str, harm: impl FnOnce(&World, &Path)) -> bool {
    let world = copy();
    harm(&world, &index(&world));
    let log = world.log_files();
    let noticed = read(&world, what);
    assert_eq!(world.log_files(), log, "{what}: reading wrote to the log");
    write(&world, what);
    noticed
}

fn changed(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_sound_index_is_used() {
    assert!(!bear("nothing", |_, _| {}), "the copies are sound to begin with");
}

#[test]
fn a_page_that_was_overwritten_never_answers() {
    let pages = usize::try_from(index(template()).metadata().unwrap().len()).unwrap() / PAGE;
    assert!(pages > 30, "only {pages} pages");
    let mut noticed = 0;
    for page in 0..pages {
        let place = page * PAGE..(page + 1) * PAGE;
        let zeros = bear(&format!("page {page} zeroed"), |_, path| {
            changed(path, |bytes| bytes[place.clone()].fill(0));
        });
        let noise = bear(&format!("page {page} of noise"), |_, path| {
            changed(path, |bytes| {
                let noise = (0..PAGE).map(|at| (at * 7_919 % 251) as u8 ^ page as u8);
                bytes[place.clone()].copy_from_slice(&noise.collect::<Vec<_>>());
            });
        });
        noticed += usize::from(zeros) + usize::from(noise);
    }
    // Of the rest nothing is read for these answers: files, the past, triggers, free room.
    assert!(3 * noticed > 2 * pages, "{noticed} of {pages} pages twice");
}

/// SQLite has no check of its own for a value in a column, and reading one row in a thousand times
/// its cost is no way to have one: the checks of `Index::check` and the fingerprint find those.
/// What commands are decided on, a milestone or a task as a whole, does have one.
#[test]
fn a_bit_that_was_turned_never_changes_a_milestone_or_a_task() {
    let len = usize::try_from(index(template()).metadata().unwrap().len()).unwrap();
    let whole = |said: Vec<String>| -> Vec<String> {
        said.into_iter().filter(|answer| answer.contains(" shown: ")).collect()
    };
    let (expected, mut noticed) = (whole(right().to_vec()), 0);
    for number in 0..BITS {
        let place = (number * 7_919 * (len / BITS + 1)) % len;
        let world = copy();
        changed(&index(&world), |bytes| bytes[place] ^= 1 << (number % 8));
        let project = world.read_only();
        let said = whole(answers(project.state()));
        if project.is_damaged() || matches!(project.change(), Change::Rebuilt(_)) {
            noticed += 1;
        } else {
            let wrong = said.iter().find(|answer| !expected.contains(answer));
            assert_eq!(wrong, None, "byte {place}");
        }
    }
    assert!(noticed > BITS / 20, "only {noticed} were noticed");
}

#[test]
fn a_file_that_is_cut_emptied_or_none_is_built_anew() {
    for keep in [0, 1, 99, 100, PAGE - 1, PAGE, 3 * PAGE, 10 * PAGE + 7] {
        let what = format!("cut to {keep} bytes");
        assert!(bear(&what, |_, path| changed(path, |bytes| bytes.truncate(keep))));
    }
    assert!(bear("gone", |_, path| fs::remove_file(path).unwrap()));
    assert!(bear("a text", |_, path| fs::write(path, "not a database\n".repeat(900)).unwrap()));
    assert!(bear("a folder", |_, path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    }));
    assert!(bear("a folder with something in it", |_, path| {
        fs::remove_file(path).unwrap();
        fs::create_dir_all(path.join("a/b")).unwrap();
    }));
    assert!(bear("a newer schema", |_, path| {
        changed(path, |bytes| bytes[60..64].copy_from_slice(&99_u32.to_be_bytes()));
    }));
    assert!(bear("another program's", |_, path| {
        changed(path, |bytes| bytes[68..72].copy_from_slice(b"else"));
    }));
    let folder_gone = |_: &World, path: &Path| fs::remove_dir_all(path.parent().unwrap()).unwrap();
    assert!(bear("the whole generation gone", folder_gone));
    let current = |world: &World, text: &str| fs::write(world.path("local/current"), text).unwrap();
    let world = copy();
    current(&world, "{\"generation\":");
    read(&world, "no word of which is in charge");
    let mut project = world.open();
    assert_eq!(project.backend(), Backend::File);
    later().does(&mut project, &note("goal-1", "x"));
    assert_sound(&world, &project);
    migrate(&mut project, Backend::Database).unwrap();
    assert_sound(&world, &project);
}

/// Changes that are beside the file only, as a process leaves them that has just ended.
#[test]
fn what_is_beside_the_file_may_be_lost() {
    for lost in [vec!["-wal"], vec!["-shm"], vec!["-wal", "-shm"]] {
        for cut in [None, Some(0), Some(40), Some(5_000)] {
            let world = copy();
            later().does(&mut world.open(), &note("goal-1", "beside the file"));
            let log = world.log_files();
            for end in &lost {
                let path = PathBuf::from(format!("{}{end}", index(&world).display()));
                match cut {
                    None => drop(fs::remove_file(&path)),
                    Some(keep) => changed(&path, |bytes| bytes.truncate(keep)),
                }
            }
            let what = format!("{lost:?} cut to {cut:?}");
            let mut project = world.read_only();
            if project.is_damaged() {
                project.refresh().unwrap();
            }
            let (said, fresh) = (answers(project.state()), answers(&rebuilt(&project)));
            assert_eq!(unlike(&said, &fresh), None, "{what}");
            assert_eq!(world.log_files(), log);
            write(&world, &what);
        }
    }
    // A bit of the changes turned: their checks are SQLite's own.
    for place in (0..40).map(|number| number * 997 + 3) {
        let world = copy();
        later().does(&mut world.open(), &note("goal-1", "beside the file"));
        let path = PathBuf::from(format!("{}-wal", index(&world).display()));
        changed(&path, |bytes| {
            let at = place % bytes.len();
            bytes[at] ^= 4;
        });
        write(&world, &format!("bit {place} of the changes"));
    }
}

#[test]
fn whoever_may_not_write_the_index_still_asks_and_records() {
    if is_root() {
        return skip("whoever_may_not_write_the_index_still_asks_and_records", "root may anything");
    }
    use std::os::unix::fs::PermissionsExt;
    for (folder, mode, back) in [(false, 0o444, 0o644), (true, 0o555, 0o755)] {
        let world = copy();
        let path = index(&world);
        let path = if folder { path.parent().unwrap() } else { &path };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        read(&world, "it may not be written");
        let mut project = world.open();
        later().does(&mut project, &note("goal-1", "still here"));
        assert_rebuilt(&project);
        assert_rebuilt(&world.open());
        fs::set_permissions(path, fs::Permissions::from_mode(back)).unwrap();
        write(&world, "it may be written again");
    }
}

/// Another program holds the file: nobody waits for it for ever, and nothing is lost.
#[test]
fn a_file_that_somebody_locked_is_done_without() {
    let world = copy();
    let mut hand = later();
    let blocker = rusqlite::Connection::open(index(&world)).unwrap();
    blocker.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(())).unwrap();
    blocker.execute_batch("BEGIN EXCLUSIVE; CREATE TABLE theirs(x)").unwrap();
    read(&world, "locked");
    let mut project: Project = world.open();
    let done = hand.does(&mut project, &note("goal-1", "while it is locked"));
    assert!(done.record.is_some());
    assert_rebuilt(&project);
    blocker.execute_batch("ROLLBACK").unwrap();
    drop(blocker);
    write(&world, "no longer locked");
    project.refresh().unwrap();
    assert_rebuilt(&project);
}

/// A move does not need the index that it moves away from.
#[test]
fn a_damaged_index_is_in_no_moves_way() {
    for to in [Backend::File, Backend::Database] {
        let world = copy();
        changed(&index(&world), |bytes| bytes[5 * PAGE..9 * PAGE].fill(0xa5));
        let mut project = world.open();
        if let Err(error) = migrate(&mut project, to) {
            // It is noticed, named, and mended: the next try succeeds.
            assert_eq!(error.to_string(), "a read model is damaged");
            project.refresh().unwrap();
            migrate(&mut project, to).unwrap();
        }
        assert_sound(&world, &project);
    }
}

/// The generation to go back to may have come to harm meanwhile.
#[test]
fn a_damaged_generation_can_be_gone_back_to() {
    for (what, harm) in [("cut", 0), ("noise", 1), ("gone", 2)] {
        let world = copy();
        let (mut project, path) = (world.open(), index(&world));
        migrate(&mut project, Backend::Database).unwrap();
        match harm {
            0 => changed(&path, |bytes| bytes.truncate(7 * PAGE)),
            1 => changed(&path, |bytes| bytes[3 * PAGE..9 * PAGE].fill(0xa5)),
            _ => fs::remove_dir_all(path.parent().unwrap()).unwrap(),
        }
        later().does(&mut project, &note("goal-1", "meanwhile"));
        project.rollback(&asked()).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(project.backend(), Backend::Hybrid);
        assert_sound(&world, &project);
    }
}
