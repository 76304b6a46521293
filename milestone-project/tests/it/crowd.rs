//! Many processes at once: every command is decided on the state that it is appended to.
//!
//! Sixteen times five hundred were run by hand; here it is a fifth of that.
//!
//! Shown red by: deciding before the lock is taken.

use std::process::Stdio;

use milestone_core::domain::{Command, Plan};
use milestone_core::log::{Step, scan};
use milestone_project::ExecuteError;

use crate::world::{
    Hand, World, assert_rebuilt, expect_success, milestone, print_of, task, view_print,
};

const PROCESSES: usize = 16;
const GOALS: usize = 16;
/// How often a process waits for the lock before it gives up.
const TRIES: usize = 20;
const STEP: i64 = 1_024;
/// How many commands each process carries out, unless it is told.
const APPENDS: usize = 100;
const APPENDS_TOLD: &str = "PROJECT_TEST_APPENDS";
const NUMBER: &str = "PROJECT_TEST_NUMBER";

fn appends() -> usize {
    std::env::var(APPENDS_TOLD).map_or(APPENDS, |told| told.parse().unwrap())
}

#[test]
fn child_adds_tasks() {
    let Some(world) = World::of_parent() else { return };
    let number: usize = std::env::var(NUMBER).unwrap().parse().unwrap();
    let mut hand = Hand::new(&format!("process {number}"));
    let mut project = world.open();
    for count in 0..appends() {
        let on = format!("goal-{}", (count + number) % GOALS);
        let tasks = vec![task(&format!("Task {number} {count}"))];
        let command = Command::AddTasks { on, tasks };
        // The lock is not fair: whoever waits may starve, is told, and tries again.
        let refused = |done: &Result<_, _>| matches!(done, Err(ExecuteError::Lock(_)));
        let mut tries = (0..TRIES).map(|_| hand.asks(&mut project, &command));
        tries.find(|done| !refused(done)).expect("nobody starves for ever").unwrap();
        if count % 20 == 19 {
            project = world.open();
        }
    }
}

#[test]
fn sixteen_processes_write_one_chain() {
    let (world, mut hand) = World::begun();
    let goals = (0..GOALS).map(|number| milestone(&format!("Goal {number}"), &[]));
    hand.does_all(&mut world.open(), goals);
    let children: Vec<_> = (0..PROCESSES)
        .map(|number| {
            let mut child = world.child("crowd::child_adds_tasks", "exec");
            child.env(NUMBER, number.to_string());
            child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        expect_success(&child.wait_with_output().unwrap());
    }
    let project = world.open();
    assert_eq!(world.ids().len(), 1 + GOALS + PROCESSES * appends());
    let (mut former, mut count) = (None, 0);
    scan(project.store(), |step| {
        let Step::Line(line, _) = step else { panic!("nobody else is here") };
        let expected: Vec<_> = former.into_iter().collect();
        assert_eq!(
            line.record.prev.to_vec(),
            expected,
            "record {count} does not follow the former"
        );
        (former, count) = (Some(line.record.id), count + 1);
    })
    .unwrap();
    // The place of a task is the last place plus a step, as its command saw it.
    for goal in 0..GOALS {
        let rows = project.state().rows(&format!("goal-{goal}"));
        let places: Vec<i64> = rows.iter().map(|row| row.position).collect();
        let count = i64::try_from(PROCESSES * appends() / GOALS).unwrap();
        if appends().is_multiple_of(GOALS) {
            assert_eq!(places.len() as i64, count);
        }
        let expected: Vec<i64> = (1..=places.len() as i64).map(|rank| rank * STEP).collect();
        assert_eq!(places, expected, "two commands of goal {goal} saw one state");
        assert!(rows.is_sorted_by_key(|row| row.born));
    }
    assert_rebuilt(&project);
    assert_eq!(view_print(&project), print_of(project.state()));
}
