//! Processes that are killed while they carry commands out: what was acknowledged stays, nothing
//! is half there, and the next command works.
//!
//! Shown red by: cutting an acknowledged line, before its sync and after it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command as Process, Stdio};
use std::thread;
use std::time::Duration;

use milestone_core::domain::Command;
use milestone_core::log::{Level, record};
use milestone_core::words::RecordId;

use crate::world::{
    Hand, World, assert_rebuilt, milestone, note, print_of, skip, task, view_print,
};

/// How many projects, at the same time two of them; how many children are killed in each.
const PROJECTS: u64 = 10;
const KILLS: u64 = 100;
/// After how many kills the log is looked at.
const BATCH: u64 = 10;
/// How long after it began, or after its first acknowledgement, a child is killed at most.
const DELAY_MAX_US: u64 = 8_000;
const TWINS: &str = "twins";

fn say(text: &str) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).unwrap();
}

/// Two tasks at a time: if one of them is there, so is the other.
fn twins(number: usize) -> Command {
    let names = [format!("Castor {number}"), format!("Pollux {number}")];
    Command::AddTasks { on: TWINS.into(), tasks: names.iter().map(|name| task(name)).collect() }
}

#[test]
fn child_commands_until_killed() {
    let Some(world) = World::of_parent() else { return };
    let mut project = world.open();
    let mut hand = Hand::after(&format!("child {}", std::process::id()), &project);
    for number in 0.. {
        let command = match number % 3 {
            0 => twins(number),
            _ => note(TWINS, &format!("{} {number}", "long ".repeat(number % 7 * 100))),
        };
        let done = hand.does(&mut project, &command);
        say(&format!("acknowledged {}", done.record.unwrap()));
    }
}

fn child(world: &World) -> Process {
    let mut child = world.child("kill::child_commands_until_killed", "exec");
    child.stdout(Stdio::piped()).stderr(Stdio::null());
    child
}

/// The test harness writes before the first line.
fn ids_in(line: &str) -> Option<RecordId> {
    RecordId::parse(line.split_once("acknowledged ")?.1.as_bytes())
}

/// Kills one child; returns what it acknowledged.
fn kill_one(world: &World, run: u64) -> Vec<RecordId> {
    let mut child = child(world).spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut acknowledged = Vec::new();
    // Every fourth is killed while it begins.
    if !run.is_multiple_of(4) {
        acknowledged.extend(said.by_ref().find_map(|line| ids_in(&line)));
    }
    let random = run.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    thread::sleep(Duration::from_micros(random % DELAY_MAX_US));
    child.kill().unwrap();
    child.wait().unwrap();
    acknowledged.extend(said.filter_map(|line| ids_in(&line)));
    acknowledged
}

fn look(world: &World, acknowledged: &BTreeSet<RecordId>) {
    let mut project = world.open();
    let mut hand = Hand::after("ann", &project);
    let there: BTreeSet<RecordId> = world.id_set();
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "{} acknowledged records are gone: {lost:?}", lost.len());
    for bytes in world.log_files().into_values() {
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            // The line that a kill cut short, and the LF that closed it later.
            let Some(whole) = line.strip_suffix(b"\n") else { continue };
            let text = std::str::from_utf8(whole).unwrap();
            let torn = record::parse(text).is_err();
            assert!(!torn || !there.iter().any(|id| text.contains(&format!("{{\"id\":\"{id}\""))));
        }
    }
    let tasks = project.state().tasks_of(TWINS);
    let mut pairs: BTreeMap<u64, usize> = BTreeMap::new();
    tasks.iter().for_each(|task| *pairs.entry(task.item.born.unwrap().clock).or_default() += 1);
    assert!(pairs.values().all(|count| *count == 2), "half a command is there");
    let worst = project.checkpoint().findings.iter().map(|finding| finding.oddity.level()).max();
    assert!(worst <= Some(Level::Info), "{:?}", project.checkpoint().findings);
    let done = hand.does(&mut project, &note(TWINS, "still here"));
    assert_eq!(done.warnings, [], "the next command has nothing to say");
    assert_rebuilt(&project);
    assert_rebuilt(&world.open());
    // So many people have written to it by then that it may have outgrown the view.
    if project.backend().has_view() {
        assert_eq!(view_print(&project), print_of(project.state()));
    }
}

/// Kills many children in one project; returns how many records were acknowledged.
fn kill_many(seed: u64) -> usize {
    let (world, mut hand) = World::begun();
    hand.does(&mut world.open(), &milestone("Twins", &[]));
    let mut acknowledged = BTreeSet::new();
    for run in 0..KILLS {
        acknowledged.extend(kill_one(&world, seed * KILLS + run));
        if run % BATCH == BATCH - 1 {
            look(&world, &acknowledged);
        }
    }
    // A file is begun only by the rare kill between remembering a line and writing it.
    let begun = world.log_files().len() - files_filled(&world);
    assert!(begun as u64 <= 1 + KILLS / 10, "{begun} files were begun by {KILLS} kills");
    acknowledged.len()
}

/// How many files are full: another was begun for a reason.
fn files_filled(world: &World) -> usize {
    let full = |bytes: &&Vec<u8>| bytes.len() as u64 > (1 << 20) - 16_384;
    world.log_files().values().filter(full).count()
}

#[test]
fn a_thousand_kills_lose_nothing_that_was_acknowledged() {
    let halves = [0, 1].map(|half| {
        thread::spawn(move || (0..PROJECTS / 2).map(|run| kill_many(run * 2 + half)).sum::<usize>())
    });
    let acknowledged: usize = halves.into_iter().map(|half| half.join().unwrap()).sum();
    assert!(acknowledged as u64 > PROJECTS * KILLS, "only {acknowledged} were acknowledged");
}

/// A crash right after the append: the line is there, unsynced, and the file is continued.
#[test]
fn a_kill_at_the_sync_begins_no_file_and_loses_nothing() {
    let test = "a_kill_at_the_sync_begins_no_file_and_loses_nothing";
    let (world, mut hand) = World::begun();
    hand.does(&mut world.open(), &milestone("Twins", &[]));
    let mut acknowledged = BTreeSet::new();
    let mut killed = 0;
    for when in (1..=5).cycle().take(20) {
        let before = world.ids().len();
        let trace = world.path("local/trace");
        let shell = format!(
            "exec strace -f -o '{}' -e trace=fdatasync -e inject=fdatasync:signal=KILL:when={when}",
            trace.display()
        );
        let output = world
            .child("kill::child_commands_until_killed", &shell)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        if !fs::read_to_string(&trace).is_ok_and(|trace| trace.contains("SIGKILL")) {
            let said = String::from_utf8_lossy(&output.stderr);
            return skip(test, &format!("strace cannot do it here: {said}"));
        }
        killed += 1;
        let said = String::from_utf8_lossy(&output.stdout);
        let told: Vec<_> = said.lines().filter_map(ids_in).collect();
        assert_eq!(told.len(), when - 1, "one fdatasync a command");
        acknowledged.extend(told);
        assert_eq!(world.ids().len(), before + when, "the line was written before it was synced");
        assert_eq!(world.log_files().len(), 1, "a crash at fdatasync begins no new file");
        look(&world, &acknowledged);
    }
    assert_eq!((killed, world.log_files().len()), (20, 1));
}
