//! Processes that die, and processes that come in crowds.
//!
//! Shown red by: taking a busy lock for a free one; never remembering a line; no LF before a torn
//! tail's successor.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use milestone_core::log::LogStore;

use crate::world::{Line, WAIT, World, expect_success};

/// First seed of a child's lines.
const CHILD_BASE: &str = "STORE_FILE_TEST_BASE";
const CROWD: u64 = 16;
const APPENDS: u64 = 50;
const KILLS: u64 = 12;

fn base() -> u64 {
    std::env::var(CHILD_BASE).unwrap().parse().unwrap()
}

#[test]
fn child_appends_and_aborts() {
    let Some(world) = World::of_parent() else { return };
    let _pending = world.append(&[Line::new(base())]).unwrap();
    std::process::abort();
}

#[test]
fn a_crash_after_the_append_does_not_begin_a_file() {
    let world = World::new();
    for seed in 0..6 {
        // The first child creates the file and the record, the others continue.
        let mut child = world.child("crash::child_appends_and_aborts", "ulimit -c 0");
        let output = child.env(CHILD_BASE, seed.to_string()).output().unwrap();
        assert_eq!(output.status.code(), None, "killed by a signal: {output:?}");
        assert_eq!(world.names().len(), 1);
    }
    world.write(&Line::new(6));
    assert_eq!(world.names().len(), 1);
    assert_eq!(world.lines(), (0..7).map(|seed| Line::new(seed).text).collect::<Vec<_>>());
    drop(world.store().lock(Duration::ZERO).expect("a dead holder's lock is free"));
}

#[test]
fn child_appends_many() {
    let Some(world) = World::of_parent() else { return };
    for seed in base()..base() + APPENDS {
        world.write(&Line::new(seed));
    }
}

#[test]
fn a_crowd_of_processes_loses_nothing() {
    let world = World::new();
    let children: Vec<_> = (0..CROWD)
        .map(|child| {
            let mut command = world.child("crash::child_appends_many", "");
            command.env(CHILD_BASE, (child * APPENDS).to_string());
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        expect_success(&child.wait_with_output().unwrap());
    }
    assert_eq!(world.names().len(), 1, "one clone, one writer, one file");
    let mut lines = world.lines();
    lines.sort_unstable();
    let expected: Vec<String> = (0..CROWD * APPENDS).map(|seed| Line::new(seed).text).collect();
    assert_eq!(lines, expected);
    assert_eq!(world.store().kept_lines().unwrap().len() as u64, CROWD * APPENDS);
}

#[test]
fn child_appends_until_killed() {
    let Some(world) = World::of_parent() else { return };
    for seed in base().. {
        world.write(&Line::of_bytes(seed, 60_000));
        println!("acknowledged {seed}");
    }
}

/// `kill -9` at any moment: what was acknowledged is there, and the next append is readable.
#[test]
fn a_kill_loses_nothing_that_was_acknowledged() {
    let world = World::new();
    let mut acknowledged = Vec::new();
    for round in 0..KILLS {
        let mut command = world.child("crash::child_appends_until_killed", "");
        command.env(CHILD_BASE, (round * 1_000_000).to_string());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let mut said = said.lines().map_while(Result::ok);
        acknowledged.extend(said.by_ref().filter(|l| l.starts_with("acknowledged")).take(3));
        std::thread::sleep(Duration::from_micros(round * 317));
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.extend(said.filter(|line| line.starts_with("acknowledged")));
        world.write(&Line::new(u64::MAX - round));
    }
    let lines: HashSet<String> = world.lines().into_iter().collect();
    assert!(acknowledged.len() as u64 >= 3 * KILLS);
    for line in acknowledged {
        let seed = line.strip_prefix("acknowledged ").unwrap().parse().unwrap();
        assert!(lines.contains(&Line::of_bytes(seed, 60_000).text), "{line} is gone");
    }
    for round in 0..KILLS {
        assert!(lines.contains(&Line::new(u64::MAX - round).text), "glued after kill {round}");
    }
}

/// The record is written before the line: a crash between the two costs a file and no line.
#[test]
fn a_crash_in_the_middle_of_a_write_begins_a_file() {
    let world = World::new();
    world.write(&Line::new(1));
    let len = fs::metadata(world.only_file()).unwrap().len();
    let mut store = world.store();
    let guard = store.lock(WAIT).unwrap();
    drop(store.append(&guard, &[Line::new(2).as_new()]).unwrap());
    drop(guard);
    let first = world.only_file();
    fs::File::options().write(true).open(&first).unwrap().set_len(len + 30).unwrap();
    world.write(&Line::new(3));
    assert_eq!(world.names().len(), 2);
    assert_eq!(fs::metadata(first).unwrap().len(), len + 30, "the fragment is left for repair");
    assert!(world.lines().contains(&Line::new(3).text));
}
