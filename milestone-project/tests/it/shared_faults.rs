//! Many threads of one process, seen from outside: how often they sync, that nobody is told before,
//! and what each is told when a write or a sync fails.
//!
//! Start at `nobody_is_told_before_the_sync`. All of it by strace, where there is one.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::thread;

use milestone_core::words::RecordId;
use milestone_project::{ExecuteError, SharedProject};

use crate::shared::in_one_round;
use crate::world::{Hand, World, expect_success, milestone, note, skip};

const THREADS: usize = 64;
const COMMANDS: usize = 8;
/// One sync has at least so many records.
const RECORDS_A_SYNC_MIN: usize = 4;

fn say(text: &str) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).unwrap();
}

#[test]
fn child_writes_by_many_threads() {
    let Some(world) = World::of_parent() else { return };
    let shared = SharedProject::new(world.open());
    let work = |number: usize, shared: SharedProject| {
        let mut hand = Hand::new(&format!("thread {number}"));
        for count in 0..COMMANDS {
            let told = note("api", &format!("note {number} {count}"));
            let outcome = shared.execute(&told, &hand.caller()).unwrap();
            say(&format!("acknowledged {}", outcome.record.unwrap()));
        }
    };
    thread::scope(|scope| {
        for number in 0..THREADS {
            let shared = shared.clone();
            scope.spawn(move || work(number, shared));
        }
    });
}

#[test]
fn child_writes_one_round() {
    let Some(world) = World::of_parent() else { return };
    let shared = SharedProject::new(world.open());
    let mut hand = Hand::after("child", &world.open());
    let asked = vec![
        (note("nothing", "refused"), hand.caller()),
        (note("api", "one"), hand.caller()),
        (note("api", "two"), hand.keyed("k")),
        (note("api", "refused for what is before"), hand.keyed("k")),
        (note("api", "two"), hand.keyed("k")),
    ];
    let mut done = in_one_round(&shared, asked);
    done.push(Some(shared.execute(&note("api", "then"), &hand.caller())));
    for done in done {
        match done.unwrap() {
            Ok(outcome) if outcome.duplicate => say("told: duplicate"),
            Ok(outcome) => say(&format!("told: recorded {}", outcome.record.unwrap())),
            Err(ExecuteError::Refused(_)) => say("told: refused"),
            Err(ExecuteError::KeyReused { .. }) => say("told: key reused"),
            Err(ExecuteError::NotRecorded(_)) => say("told: not recorded"),
            Err(ExecuteError::Unknown { record, .. }) => say(&format!("told: unknown {record}")),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Runs a child under strace with these words; what it said, and the calls. `None`: not here.
fn traced(world: &World, test: &str, child: &str, words: &str) -> Option<(String, String)> {
    let trace = world.path("local/trace");
    let shell = format!("exec strace -f -s 1000000 -o '{}' {words}", trace.display());
    let output = world.child(child, &shell).stdin(Stdio::null()).output().unwrap();
    let Some(calls) = fs::read_to_string(&trace).ok().filter(|calls| calls.contains("exited"))
    else {
        let said = String::from_utf8_lossy(&output.stderr);
        skip(test, &format!("strace cannot do it here: {said}"));
        return None;
    };
    expect_success(&output);
    Some((String::from_utf8(output.stdout).unwrap(), calls))
}

fn planned() -> World {
    let (world, mut hand) = World::begun();
    hand.does(&mut world.open(), &milestone("Api", &[]));
    world
}

/// The ids that follow `mark`.
fn ids_after<'a>(line: &'a str, mark: &'a str) -> impl Iterator<Item = RecordId> + 'a {
    line.split(mark).skip(1).filter_map(|rest| RecordId::parse(rest.get(..64)?.as_bytes()))
}

/// Shown red by: telling before the sync; a sync for each record.
#[test]
fn nobody_is_told_before_the_sync() {
    let (world, test) = (planned(), "nobody_is_told_before_the_sync");
    let before = world.ids().len();
    let child = "shared_faults::child_writes_by_many_threads";
    let Some((_, calls)) = traced(&world, test, child, "-e trace=write,fdatasync") else { return };
    let (mut written, mut durable, mut told) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut syncs = 0;
    for line in calls.lines() {
        if line.contains("fdatasync") && line.ends_with("= 0") {
            syncs += 1;
            durable.extend(written.drain(..));
        } else {
            // In the log a line begins with its id; what strace shows has its quotes escaped.
            written.extend(ids_after(line, r#"{\"id\":\""#));
            for id in ids_after(line, "acknowledged ") {
                assert!(durable.contains(&id), "{id} was told before its sync");
                told.insert(id);
            }
        }
    }
    assert_eq!(told.len(), THREADS * COMMANDS);
    assert_eq!(world.ids().len(), before + told.len());
    assert!(syncs * RECORDS_A_SYNC_MIN <= told.len(), "{syncs} syncs for {} records", told.len());
}

/// What the child was told of its round, and the ids in it.
fn round(world: &World, test: &str, words: &str) -> Option<(Vec<String>, Vec<RecordId>)> {
    let (said, calls) = traced(world, test, "shared_faults::child_writes_one_round", words)?;
    let told = said.lines().filter_map(|line| line.split_once("told: ").map(|(_, told)| told));
    let ids = ["recorded ", "unknown "].map(|mark| ids_after(&said, mark).collect::<Vec<_>>());
    let words = told.map(|told| told.split(' ').filter(|word| word.len() < 64).collect::<Vec<_>>());
    let words = words.map(|words| words.join(" ")).collect();
    assert!(calls.contains("(INJECTED)"), "nothing was refused:\n{calls}");
    Some((words, ids.concat()))
}

/// Shown red by: telling only the one that led; letting a refusal stand that was because of a
/// record that is not there.
#[test]
fn a_write_that_fails_is_told_to_all_whose_record_was_in_it() {
    let (world, test) = (planned(), "a_write_that_fails_is_told_to_all_whose_record_was_in_it");
    let before = world.ids();
    let file = world.log_files().into_keys().next().unwrap();
    let log = world.path("log").join(file);
    let words = format!("-P '{}' -e inject=write:error=ENOSPC:when=1", log.display());
    let Some((told, ids)) = round(&world, test, &words) else { return };
    let no = "not recorded";
    assert_eq!(told, ["refused", no, no, no, no, no], "each thread's first write is refused");
    assert_eq!((world.ids(), ids), (before, Vec::new()));
    Hand::new("bob").does(&mut world.open(), &note("api", "there is room"));
}

/// Shown red by: telling all the id of the last one; taking a failed sync for done.
#[test]
fn a_sync_that_fails_is_told_to_each_by_its_own_record() {
    let (world, test) = (planned(), "a_sync_that_fails_is_told_to_each_by_its_own_record");
    let before = world.ids();
    let words = "-e trace=fdatasync -e inject=fdatasync:error=EIO:when=1";
    let Some((told, ids)) = round(&world, test, words) else { return };
    let unknown = "unknown";
    assert_eq!(told, ["refused", unknown, unknown, "key reused", unknown, "not recorded"]);
    assert_eq!((ids.len(), ids[1]), (3, ids[2]), "the same key, the same record");
    assert_eq!(world.ids(), [before, ids[..2].to_vec()].concat(), "written, and not durable");
    Hand::new("bob").does(&mut world.open(), &note("api", "opened anew"));
}
