//! A project that grows moves to a larger backend by itself, inside the command that passed the
//! threshold, and nobody notices but for what is said.
//!
//! Shown red by: comparing with `>`; counting archived milestones; moving on after a rollback; a
//! failed move that is tried again by every command, or that fails the command.

use std::fs;
use std::process::Stdio;

use milestone_core::domain::Command;
use milestone_core::words::Timestamp;
use milestone_project::{Backend, DeedKind, Project, Warning};

use crate::backends::{
    answers, asked, assert_sound, generations, migrate, pinned, unlike, view_files,
};
use crate::world::{Hand, World, archive, cancel, expect_success, milestone, note, skip, title};

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;

fn goal(number: usize) -> Command {
    milestone(&format!("Goal {number}"), &["Plan", "Build"])
}

fn moves(warnings: &[Warning]) -> Vec<(Backend, Backend)> {
    let moved = |warning: &Warning| match warning {
        Warning::Moved { from, to, .. } => Some((*from, *to)),
        _ => None,
    };
    warnings.iter().filter_map(moved).collect()
}

fn failures(warnings: &[Warning]) -> usize {
    warnings.iter().filter(|warning| matches!(warning, Warning::NotMoved { .. })).count()
}

/// Two worlds in which the same is done: one is pinned to `file`, the other grows.
struct Twins {
    grows: (World, Hand, Project),
    stays: (World, Hand, Project),
}

impl Twins {
    fn begun() -> Self {
        let twin = || {
            let (world, hand) = World::begun();
            let project = world.open();
            (world, hand, project)
        };
        let (grows, mut stays) = (twin(), twin());
        stays.2.set_policy(pinned(Backend::File));
        Self { grows, stays }
    }

    /// Does it in both; what is said differs by the move alone. Returns the moves.
    #[track_caller]
    fn does(&mut self, command: &Command) -> Vec<(Backend, Backend)> {
        let (_, hand, project) = &mut self.stays;
        let here = hand.does(project, command);
        let (_, hand, project) = &mut self.grows;
        let mut there = hand.does(project, command);
        let moved = moves(&there.warnings);
        there.warnings.retain(|warning| !matches!(warning, Warning::Moved { .. }));
        assert_eq!(here, there, "nothing else changes");
        moved
    }

    #[track_caller]
    fn by_somebody_else(&mut self, name: &str, command: &Command) -> Vec<(Backend, Backend)> {
        for (_, hand, _) in [&mut self.stays, &mut self.grows] {
            let now = hand.now;
            *hand = Hand::new(name);
            hand.now = now;
        }
        self.does(command)
    }

    #[track_caller]
    fn assert_alike(&self) {
        let (here, there) = (answers(self.stays.2.state()), answers(self.grows.2.state()));
        assert_eq!(unlike(&here, &there), None);
        let lines = |world: &World| world.log_files().into_values().collect::<Vec<_>>();
        assert_eq!(lines(&self.stays.0), lines(&self.grows.0), "the log is the same");
        assert_sound(&self.grows.0, &self.grows.2);
    }

    fn backend(&self) -> Backend {
        self.grows.2.backend()
    }
}

#[test]
fn the_25th_and_the_100th_milestone_move_it_and_nothing_else_changes() {
    let mut twins = Twins::begun();
    for number in 1..=101 {
        let expected = match number {
            25 => vec![(Backend::File, Backend::Hybrid)],
            100 => vec![(Backend::Hybrid, Backend::Database)],
            _ => vec![],
        };
        assert_eq!(twins.does(&goal(number)), expected, "milestone {number}");
        if [1, 24, 25, 26, 99, 100, 101].contains(&number) {
            twins.assert_alike();
        }
    }
    for command in [note("goal-7", "still here"), title("goal-100", "Last"), cancel("goal-3")] {
        assert_eq!(twins.does(&command), []);
    }
    twins.assert_alike();
    let journal = twins.grows.2.journal();
    let told: Vec<_> = journal.iter().map(|deed| (&deed.what, deed.by.as_str())).collect();
    let [(backup, ""), (hybrid, ""), (again, ""), (database, "")] = told.as_slice() else {
        panic!("{told:#?}");
    };
    assert!(
        matches!(backup, DeedKind::BackedUp { .. }) && matches!(again, DeedKind::BackedUp { .. })
    );
    assert!(matches!(hybrid, DeedKind::Migrated(moved) if moved.to == Backend::Hybrid));
    assert!(matches!(database, DeedKind::Migrated(moved) if moved.to == Backend::Database));
}

#[test]
fn the_5th_and_the_20th_person_move_it() {
    let mut twins = Twins::begun();
    twins.does(&goal(1));
    for number in 2..=21 {
        twins.by_somebody_else(&format!("agent:{number}"), &note("goal-1", "no person"));
        let expected = match number {
            5 => vec![(Backend::File, Backend::Hybrid)],
            20 => vec![(Backend::Hybrid, Backend::Database)],
            _ => vec![],
        };
        let name = format!("person {number}");
        assert_eq!(twins.by_somebody_else(&name, &note("goal-1", "hello")), expected, "{name}");
    }
    twins.assert_alike();
}

#[test]
fn people_of_long_ago_do_not_count() {
    let mut twins = Twins::begun();
    for number in 2..=4 {
        twins.by_somebody_else(&format!("person {number}"), &milestone("Again", &[]));
    }
    for (_, hand, _) in [&mut twins.stays, &mut twins.grows] {
        hand.now = Timestamp(hand.now.0 + 31 * DAY_US);
    }
    assert_eq!(twins.by_somebody_else("person 5", &goal(1)), []);
    assert_eq!(twins.backend(), Backend::File);
}

#[test]
fn archived_milestones_do_not_count_and_nothing_moves_down() {
    let mut twins = Twins::begun();
    for number in 1..=24 {
        assert_eq!(twins.does(&goal(number)), []);
    }
    for number in 1..=20 {
        twins.does(&cancel(&format!("goal-{number}")));
        twins.does(&archive(&format!("goal-{number}")));
        assert_eq!(twins.does(&goal(100 + number)), [], "there are 24 besides the archived ones");
    }
    assert_eq!(twins.does(&goal(25)), [(Backend::File, Backend::Hybrid)]);
    for number in 1..=20 {
        assert_eq!(twins.does(&cancel(&format!("goal-{}", 100 + number))), []);
        assert_eq!(twins.does(&archive(&format!("goal-{}", 100 + number))), []);
    }
    assert_eq!(twins.backend(), Backend::Hybrid);
    twins.assert_alike();
}

#[test]
fn a_pinned_project_stays_and_a_new_pin_moves_it() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    for backend in [Backend::File, Backend::Database, Backend::Hybrid, Backend::File] {
        project.set_policy(pinned(backend));
        let before = project.backend();
        let done = hand.does_all_told(&mut project, (0..30).map(goal));
        let expected = if before == backend { vec![] } else { vec![(before, backend)] };
        assert_eq!(moves(&done), expected);
        assert_eq!(project.backend(), backend);
        assert_sound(&world, &project);
    }
}

/// After a git merge, say: straight to the right one.
#[test]
fn two_thresholds_at_once_are_one_move() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    let done = hand.does_all_told(&mut project, (0..120).map(goal));
    assert_eq!(moves(&done), [(Backend::File, Backend::Database)]);
    assert_sound(&world, &project);
    assert_eq!(generations(&world), [1, 2]);
}

#[test]
fn after_a_rollback_it_stays_until_somebody_asks() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does_all(&mut project, (0..25).map(goal));
    assert_eq!(project.backend(), Backend::Hybrid);
    project.rollback(&asked()).unwrap();
    assert_eq!(project.backend(), Backend::File);
    for number in 30..33 {
        assert_eq!(moves(&hand.does(&mut project, &goal(number)).warnings), []);
        let mut reopened = world.open();
        assert_eq!(moves(&hand.does(&mut reopened, &goal(10 * number)).warnings), []);
        project.refresh().unwrap();
        assert_sound(&world, &project);
    }
    migrate(&mut project, Backend::Hybrid).unwrap();
    let done = hand.does_all_told(&mut project, (400..500).map(goal));
    assert_eq!(moves(&done), [(Backend::Hybrid, Backend::Database)], "it goes on by itself again");
    assert_sound(&world, &project);
}

/// What keeps a move from succeeding: its name, what brings it about, and what ends it.
type Hindrance = (&'static str, fn(&World), fn(&World));

fn hindrances() -> [Hindrance; 3] {
    [
        (
            "a file where backups should be",
            |world| fs::write(world.path("local/backups"), "").unwrap(),
            |world| fs::remove_file(world.path("local/backups")).unwrap(),
        ),
        (
            "a file where a generation should be",
            |world| fs::write(world.path("local/gen-2"), "").unwrap(),
            |world| fs::remove_file(world.path("local/gen-2")).unwrap(),
        ),
        (
            "a folder where the new name of the generation in charge should be",
            |world| fs::create_dir_all(world.path("local/current/x")).unwrap(),
            |world| fs::remove_dir_all(world.path("local/current")).unwrap(),
        ),
    ]
}

#[test]
fn a_move_that_fails_fails_no_command_and_is_tried_again_after_a_day() {
    for (what, hinder, help) in hindrances() {
        let (world, mut hand) = World::begun();
        let mut project = world.open();
        hand.does_all(&mut project, (0..24).map(goal));
        hinder(&world);
        let done = hand.does(&mut project, &goal(24));
        assert_eq!(failures(&done.warnings), 1, "{what}: {:?}", done.warnings);
        assert_eq!(project.backend(), Backend::File, "{what}");
        for number in 25..28 {
            hand.now = Timestamp(hand.now.0 + 7 * HOUR_US);
            let done = hand.does(&mut project, &goal(number));
            assert_eq!(done.warnings, [], "{what}: once a day is enough");
            let done = hand.does(&mut world.open(), &goal(10 * number));
            assert_eq!(done.warnings, [], "{what}: another process is told nothing either");
        }
        hand.now = Timestamp(hand.now.0 + 4 * HOUR_US);
        let done = hand.does(&mut project, &goal(30));
        assert_eq!(failures(&done.warnings), 1, "{what}: a day later it is tried again");
        assert_sound(&world, &project);
        help(&world);
        assert_eq!(hand.does(&mut project, &goal(31)).warnings, []);
        hand.now = Timestamp(hand.now.0 + DAY_US);
        let done = hand.does(&mut project, &goal(32));
        assert_eq!(moves(&done.warnings), [(Backend::File, Backend::Hybrid)], "{what}");
        assert_sound(&world, &project);
        assert_eq!(generations(&world).len(), 2, "{what}: nothing is left of the attempts");
    }
}

#[test]
fn child_passes_the_threshold() {
    let Some(world) = World::of_parent() else { return };
    let mut project = world.open();
    let mut hand = Hand::after("ann", &project);
    let done = hand.does(&mut project, &goal(24));
    assert_eq!(failures(&done.warnings), 1, "{:?}", done.warnings);
    assert_eq!(project.backend(), Backend::File);
    let done = hand.does(&mut project, &goal(25));
    assert_eq!(failures(&done.warnings), 0, "{:?}", done.warnings);
}

/// The disk is full for whatever is larger than 40 KiB: the index, not the log.
#[test]
fn a_full_disk_fails_no_command() {
    let (world, mut hand) = World::begun();
    hand.does_all(&mut world.open(), (0..24).map(goal));
    let largest = world.log_files().into_values().map(|bytes| bytes.len()).max().unwrap();
    assert!(largest < 30 << 10, "the log is {largest} bytes long");
    let test = "thresholds::child_passes_the_threshold";
    let limited = "ulimit -f 80 || exit 99; trap '' XFSZ; exec";
    let child = world.child(test, limited).stdin(Stdio::null()).output().unwrap();
    if child.status.code() == Some(99) {
        return skip("a_full_disk_fails_no_command", "the shell has no `ulimit -f`");
    }
    expect_success(&child);
    let project = world.open();
    assert_sound(&world, &project);
    assert_eq!(generations(&world), [1], "nothing is left of the attempt");
    assert!(matches!(project.journal().last().unwrap().what, DeedKind::MigrationFailed { .. }));
    let mut backups = fs::read_dir(world.path("local/backups")).unwrap();
    let half = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(".migrating-");
    assert!(!backups.any(|entry| half(&entry.unwrap().file_name())), "no half backup is left");
}

/// An edit that nobody adopted is left where it is, and named.
#[test]
fn an_edited_file_survives_a_move_that_nobody_asked_for() {
    let (world, mut hand) = World::begun();
    let mut project = world.open();
    hand.does_all(&mut project, (0..25).map(goal));
    world.edit("active/goal-3.yaml", "title: Goal 3", "title: By hand");
    let edited = world.view("active/goal-3.yaml");
    let done = hand.does_all_told(&mut project, (25..100).map(goal));
    assert_eq!(moves(&done), [(Backend::Hybrid, Backend::Database)]);
    let named = |warning: &Warning| match warning {
        Warning::Unadopted { files } => files.contains(&"active/goal-3.yaml".to_owned()),
        _ => false,
    };
    assert!(done.iter().any(named), "{done:?}");
    assert_eq!(world.view("active/goal-3.yaml"), edited);
    assert_eq!(view_files(&world), ["active/goal-3.yaml"]);
    // Back where there is a view, it is still an edit.
    migrate(&mut project, Backend::Hybrid).unwrap();
    assert_eq!(world.view("active/goal-3.yaml"), edited);
    assert_eq!(view_files(&world).len(), 101);
    hand.does(&mut project, &note("goal-4", "x"));
    assert_eq!(world.view("active/goal-3.yaml"), edited);
}
