//! What one command costs in system calls, counted by strace where there is one.
//!
//! Shown red by: syncing the record of the writer after every line; writing line and LF apart.

use std::process::Command;

use crate::world::{World, expect_success, skip};

/// System calls of one command that name `.milestones` or do something with its files.
const CALLS_MAX: usize = 50;

/// The calls of a third command, when everything is there.
fn calls_of_a_command() -> Option<Vec<String>> {
    let strace = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).status();
    if !strace.is_ok_and(|status| status.success()) {
        return None;
    }
    let world = World::new();
    let trace = world.dir().join("trace");
    let shell = format!("set -- -f -o '{}' \"$0\" \"$@\"; exec strace \"$@\"", trace.display());
    for _ in 0..3 {
        expect_success(&world.child("append::child_writes_a_line", &shell).output().unwrap());
    }
    let trace = std::fs::read_to_string(trace).unwrap();
    let ours = trace.lines().skip_while(|line| !line.contains("/.milestones\""));
    let ours = ours.take_while(|line| !line.contains("sigaltstack"));
    Some(ours.map(str::to_owned).collect())
}

#[test]
fn a_line_costs_one_write_and_one_sync() {
    let Some(calls) = calls_of_a_command() else {
        return skip("a_line_costs_one_write_and_one_sync", "strace does not work here");
    };
    let count = |what: &str| calls.iter().filter(|call| call.contains(what)).count();
    let all = calls.join("\n");
    assert_eq!(count(" fdatasync("), 1, "{all}");
    assert_eq!(count(" fsync("), 0, "{all}");
    assert_eq!(count(" write("), 2, "one to the log, one to the kept lines\n{all}");
    assert_eq!(count(" pwrite64("), 2, "one for the holder, one for the record\n{all}");
    assert!(calls.len() <= CALLS_MAX, "{} calls\n{all}", calls.len());
}
