//! Processes that are killed while they migrate, up, down and back: the project works each time,
//! the log is untouched, and nothing is half there.
//!
//! Five hundred were killed by hand; here it is some dozens.
//!
//! Shown red by: naming the new generation before it is built; a view that nobody clears; half a
//! backup that nobody removes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use milestone_project::{Backend, Choice, Policy, Project, Threshold};

use crate::backends::{
    answers, asked, assert_sound, assert_tables, generation, generations, migrate, unlike,
};
use crate::world::{Hand, World, milestone, note, rebuilt, title};

/// How many migrations are killed, unless it is told.
const KILLS: u64 = 60;
const KILLS_TOLD: &str = "PROJECT_TEST_KILLS";
/// How many records the log has, so that a move takes about as long as [`DELAY_MAX_US`].
const RECORDS: usize = 1_500;
/// How long after it began a migration is killed at most.
const DELAY_MAX_US: u64 = 260_000;
/// After how many kills the next migration is tried.
const BATCH: u64 = 3;

/// Nothing moves by itself.
fn still() -> Policy {
    let never = Threshold { milestones: usize::MAX, people: usize::MAX };
    Policy { choice: Choice::Auto, hybrid: never, database: never }
}

fn open(world: &World) -> Project {
    let mut project = world.open();
    project.set_policy(still());
    project
}

fn planned() -> (World, Hand) {
    let (world, mut hand) = World::begun();
    let goals = (0..40).map(|number| milestone(&format!("Goal {number}"), &["Plan", "Build"]));
    let mut project = open(&world);
    hand.does_all(&mut project, goals);
    let rest = (40..RECORDS).map(|number| match number % 5 {
        0 => title(&format!("goal-{}", number % 40), &format!("Title {number}")),
        _ => note(&format!("goal-{}/build", number % 40), &format!("note {number}")),
    });
    hand.does_all(&mut project, rest);
    (world, hand)
}

fn say(text: &str) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).unwrap();
}

#[test]
fn child_migrates_until_killed() {
    let Some(world) = World::of_parent() else { return };
    let mut project = open(&world);
    let number: usize = std::env::var("PROJECT_TEST_NUMBER").unwrap().parse().unwrap();
    for number in number.. {
        say("migrating");
        let to = Backend::ALL[number % 3];
        if number % 4 == 3 && project.before().is_some() {
            project.rollback(&asked()).unwrap();
        } else if to != project.backend() {
            migrate(&mut project, to).unwrap();
        }
    }
}

/// Kills one child in the middle of something.
fn kill_one(world: &World, run: u64) {
    let mut child = world.child("moves_killed::child_migrates_until_killed", "exec");
    child.env("PROJECT_TEST_NUMBER", run.to_string());
    child.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = child.spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap());
    let mut lines = said.lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("migrating")), "the child came to its end");
    let random = run.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    thread::sleep(Duration::from_micros(random % DELAY_MAX_US));
    assert!(child.try_wait().unwrap().is_none(), "the child came to its end by itself");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The files of the log, and the answers of a project that is opened now, as the log has it.
fn look(world: &World, log: &BTreeMap<String, Vec<u8>>, expected: &[String]) -> Project {
    assert_eq!(&world.log_files(), log, "the log was touched");
    let mut project = world.open();
    project.set_policy(still());
    assert_eq!(unlike(expected, &answers(project.state())), None);
    let kept = generations(world);
    assert!(kept.len() <= 3, "{kept:?}");
    if let Some((backend, _)) = project.before() {
        let before = kept.iter().find(|number| **number != generation(world));
        assert!(before.is_some(), "{backend} was to be kept: {kept:?}");
    }
    project
}

/// Names in a folder that begin with a dot: what a dead process left behind.
fn left_behind(world: &World, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(world.path(folder)).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with('.')).collect()
}

#[test]
fn a_migration_that_is_killed_leaves_the_project_whole() {
    let kills = std::env::var(KILLS_TOLD).map_or(KILLS, |told| told.parse().unwrap());
    let (world, mut hand) = planned();
    let mut expected = answers(&rebuilt(&open(&world)));
    let mut log = world.log_files();
    let (mut began, mut seen) = (generation(&world), BTreeMap::<Backend, u32>::new());
    for run in 0..kills {
        kill_one(&world, run);
        let mut project = look(&world, &log, &expected);
        *seen.entry(project.backend()).or_default() += 1;
        if run % BATCH != BATCH - 1 {
            continue;
        }
        // The next command works, and clears up what is no longer kept.
        let done = hand.does(&mut project, &note("goal-7", &format!("after kill {run}")));
        assert_eq!(done.warnings, []);
        assert_sound(&world, &project);
        let to = Backend::ALL[(run / BATCH % 3) as usize];
        match run / BATCH % 2 {
            0 if to != project.backend() => drop(migrate(&mut project, to).unwrap()),
            _ if project.before().is_some() => drop(project.rollback(&asked()).unwrap()),
            _ => {}
        }
        assert_sound(&world, &project);
        assert_tables(&world, &project);
        assert!(generation(&world) >= 1 && began <= *generations(&world).last().unwrap());
        began = generation(&world).min(began);
        (log, expected) = (world.log_files(), answers(&rebuilt(&project)));
    }
    let mut project = open(&world);
    let to = if project.backend() == Backend::Hybrid { Backend::File } else { Backend::Hybrid };
    migrate(&mut project, to).unwrap();
    assert_sound(&world, &project);
    assert_eq!(generations(&world).len(), 2, "generations pile up");
    for folder in ["local", "local/backups"] {
        assert_eq!(left_behind(&world, folder), Vec::<String>::new(), "in {folder}");
    }
    say(&format!("{kills} kills; found at {seen:?}"));
    assert!(seen.len() == 3 || kills < 10, "only {seen:?} were reached");
}
