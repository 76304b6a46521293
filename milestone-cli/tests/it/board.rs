//! The board where there is no terminal: refused with what to use instead, or read aloud.
//!
//! Shown red by: a board that waits for keys of a pipe.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::reads_world::shop;
use crate::support::TestEnv;

#[test]
fn without_a_terminal_there_is_none() {
    let env = TestEnv::new();
    shop(&env);
    insta::assert_snapshot!(env.block("board"), @r#"
    $ milestone board
    ! error[board.terminal]: "board" fills a terminal, and this is none
    !   = the same as text: milestone board --accessible, milestone task list
    !   = nothing was changed
    ! hint: milestone list, or milestone show REF
    exit 2
    "#);
    insta::assert_snapshot!(env.block("board --json"), @r#"
    $ milestone board --json
    ! {"kind":"error","v":1,"error":{"code":"board.terminal","exit":2,"message":"\"board\" is \
        for people; it has no other format","facts":{"nothing_changed":true},"notes":["the same as\
         text: milestone board --accessible, milestone task list"],"retry_after_ms":null,"alternat\
        ives":[],"hint":"milestone list, or milestone show REF"}}
    exit 2
    "#);
}

#[test]
fn it_can_be_read_aloud() {
    let env = TestEnv::new();
    shop(&env);
    insta::assert_snapshot!(env.block("board api --accessible"), @"
    $ milestone board api --accessible
    Pending: 1 task.
    1 of 1: Testing. waits for Endpoints. Reference api-development/testing.
    Ready: no tasks.
    In progress: 1 task.
    1 of 1: Endpoints. 4/6. Day 2 of 3. Reference api-development/endpoints.
    Blocked or Review: no tasks.
    Done: 2 tasks.
    1 of 2: Authentication. 2 days. Reference api-development/authentication.
    2 of 2: Database Setup. 2 days. Reference api-development/database-setup.
    ");
    insta::assert_snapshot!(env.block("board nothing --accessible"), @r#"
    $ milestone board nothing --accessible
    ! error[ref.not_found]: no milestone or task is called "nothing"
    !   = nothing was changed
    ! hint: milestone list
    exit 5
    "#);
}

/// The program in the background, its standard output a line at a time.
struct Watch {
    child: std::process::Child,
    lines: std::io::Lines<std::io::BufReader<std::process::ChildStdout>>,
}

impl Watch {
    fn begin(env: &TestEnv, words: &[&str]) -> Self {
        let mut command = env.command();
        command.arg("watch").args(words).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_pipe_gets_each_new_event() {
    let env = TestEnv::new();
    shop(&env);
    let mut watch = Watch::begin(&env, &["api"]);
    assert!(watch.line().starts_with(r#"{"kind":"event.stream","v":1"#));
    // What is elsewhere is not told.
    assert_eq!(env.run("new Elsewhere").code, 0);
    assert_eq!(env.run("note api/testing one").code, 0);
    let line = watch.line();
    assert!(line.contains("note_added") && line.contains(r#""one""#), "{line}");
    assert_eq!(env.run("note api/testing two").code, 0);
    let line = watch.line();
    assert!(line.contains(r#""two""#), "{line}");
}

#[test]
fn it_can_be_listened_to() {
    let env = TestEnv::new();
    shop(&env);
    let mut watch = Watch::begin(&env, &["api/testing", "--format", "text"]);
    assert!(watch.line().starts_with("TASK: Testing"));
    assert_eq!(env.run("edit api/testing --title Trials").code, 0);
    let told = std::iter::from_fn(|| Some(watch.line()));
    assert!(told.take(20).any(|line| line.starts_with("TASK: Trials")));
}

#[test]
fn what_cannot_be_watched_is_said() {
    let env = TestEnv::new();
    shop(&env);
    insta::assert_snapshot!(env.block("watch --format csv"), @r#"
    $ milestone watch --format csv
    ! error[usage.format]: "watch" has the formats text and ndjson
    !   = nothing was changed
    ! hint: milestone watch --format ndjson
    exit 2
    "#);
    insta::assert_snapshot!(env.block("watch nothing --format text"), @r#"
    $ milestone watch nothing --format text
    ! error[ref.not_found]: no milestone or task is called "nothing"
    !   = nothing was changed
    ! hint: milestone list
    exit 5
    "#);
}
