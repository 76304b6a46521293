//! The same command twice, conditions, plans that are only shown, and many at once.
//!
//! Start at `a_repeated_key_appends_nothing`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use milestone_core::log::LogStore;
use milestone_core::words::Timestamp;
use milestone_project::{Options, Project};

use crate::writes_flow::shop;

#[test]
fn a_repeated_key_appends_nothing() {
    let env = shop();
    insta::assert_snapshot!(env.block("note checkout hello --idempotency-key k"), @r#"
    $ milestone note checkout hello --idempotency-key k
    Noted checkout  Checkout  "hello"
    "#);
    insta::assert_snapshot!(env.block("note checkout hello --idempotency-key k"), @"
    $ milestone note checkout hello --idempotency-key k
    checkout
    ! Recorded already as 9500dace682c2ef0; nothing was appended.
    ");
    insta::assert_snapshot!(env.block("-q note checkout hello --idempotency-key k"), @"
    $ milestone -q note checkout hello --idempotency-key k
    checkout
    ");
    let answer = env.run("note checkout other --idempotency-key k");
    assert_eq!(answer.code, 7, "{}", answer.block());
    assert!(answer.stderr.contains("error[key.reused]"), "{}", answer.block());
    assert_eq!(env.run("undo --idempotency-key u").code, 0);
    let again = env.run("undo --idempotency-key u");
    assert!(again.stderr.contains("Recorded already"), "{}", again.block());
    let reused = env.run("undo --idempotency-key k");
    assert_eq!(reused.code, 7, "{}", reused.block());
}

#[test]
fn a_write_may_ask_for_a_certain_version() {
    let env = shop();
    let json = env.run("note checkout hello --json");
    let document: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let head = document["data"]["record"].as_str().unwrap().to_owned();
    assert_eq!(document["kind"], "write");
    assert_eq!(document["data"]["refs"][0], "checkout");
    assert_eq!(document["data"]["events"][0]["event_type"], "note_added");
    assert_eq!(env.run(&format!("note checkout more --expect {head}")).code, 0);
    let late = env.run(&format!("note checkout late --expect {head} --json"));
    assert_eq!((late.code, late.stdout.as_str()), (7, ""));
    let problem: serde_json::Value = serde_json::from_str(&late.stderr).unwrap();
    assert_eq!(problem["error"]["code"], "stream.moved");
    assert_eq!(env.run("note checkout x --expect nonsense").code, 2);
}

#[test]
fn a_dry_run_shows_the_events_and_appends_nothing() {
    let env = shop();
    let before = std::fs::read(env.log_files().remove(0)).unwrap();
    insta::assert_snapshot!(env.block("start checkout/cart -n"), @r#"
    $ milestone start checkout/cart -n
    milestone_started  checkout       {}
    task_started       checkout/cart  {"task":"cart"}
    ! Nothing was appended (--dry-run).
    "#);
    insta::assert_snapshot!(env.block("done checkout/cart checkout/payment -n --time 2h"), @r#"
    $ milestone done checkout/cart checkout/payment -n --time 2h
    milestone_started  checkout          {}
    task_completed     checkout/cart     {"task":"cart","tasks_completed":["cart"],"time_spent":120}
    task_completed     checkout/payment  {"task":"payment","tasks_completed":["payment"],"time\
        _spent":120}
    ! Nothing was appended (--dry-run).
    "#);
    insta::assert_snapshot!(env.block("edit checkout --owner dana -n"), @r#"
    $ milestone edit checkout --owner dana -n
    milestone_edited  checkout  {"set":{"owner":"dana"}}
    ! Nothing was appended (--dry-run).
    "#);
    insta::assert_snapshot!(env.block("edit checkout --label -nothing -n"), @"
    $ milestone edit checkout --label -nothing -n
    Nothing to change: it is so already.
    ! Nothing was appended (--dry-run).
    ");
    insta::assert_snapshot!(env.block("start checkout/testing -n"), @r#"
    $ milestone start checkout/testing -n
    ! error[task.waiting]: checkout/testing waits for checkout/cart, checkout/payment
    !   = --force "why" overrides this, and the reason is recorded
    !   = nothing was changed
    ! hint: milestone done checkout/cart
    exit 8
    "#);
    assert_eq!(std::fs::read(env.log_files().remove(0)).unwrap(), before);
}

#[test]
fn what_leads_nowhere_is_suggested() {
    let env = shop();
    insta::assert_snapshot!(env.block("start crat"), @r#"
    $ milestone start crat
    ! error[ref.not_found]: no milestone or task is called "crat"
    !   = nothing was changed
    ! hint: milestone start checkout/cart
    exit 5
    "#);
    insta::assert_snapshot!(env.block("start checkuot/cart"), @r#"
    $ milestone start checkuot/cart
    ! error[ref.not_found]: no milestone or task is called "checkuot/cart"
    !   = nothing was changed
    ! hint: milestone start checkout/cart
    exit 5
    "#);
    insta::assert_snapshot!(env.block("start checkout/pyament --force why"), @r#"
    $ milestone start checkout/pyament --force why
    ! error[ref.not_found]: no milestone or task is called "checkout/pyament"
    !   = nothing was changed
    ! hint: milestone start checkout/payment --force why
    exit 5
    "#);
    insta::assert_snapshot!(env.block("new Chess"), @"
    $ milestone new Chess
    Created milestone chess  (0 tasks)
    MILESTONE: Chess (Progress: 0%)
    ! Next: milestone task add TITLE --on chess
    ");
    insta::assert_snapshot!(env.block("note ch hello"), @r#"
    $ milestone note ch hello
    ! error[ref.ambiguous]: "ch" fits 2 things
    !   = checkout    0%  due 2026-03-20, 8 days left
    !   = chess       0%  no due date
    !   = nothing was changed
    ! hint: milestone note checkout hello
    exit 6
    "#);
    insta::assert_snapshot!(env.block("start ch/cart"), @r#"
    $ milestone start ch/cart
    ! error[ref.ambiguous]: "ch" fits 2 things
    !   = checkout    0%  due 2026-03-20, 8 days left
    !   = chess       0%  no due date
    !   = nothing was changed
    ! hint: milestone start checkout/cart
    exit 6
    "#);
    insta::assert_snapshot!(env.block("start @/crat"), @"
    $ milestone start @/crat
    ! error[ref.no_current]: there is no current milestone
    !   = @ is --on, MILESTONE_ON, the branch milestone/ID, or the only active one
    ! hint: milestone list
    exit 5
    ");
    let exact = shop().set("MILESTONE_EXACT", "1");
    insta::assert_snapshot!(exact.block("start check/cart"), @r#"
    $ milestone start check/cart
    ! error[ref.prefix]: "check" is not a whole name; it would be checkout
    !   = nothing was changed
    ! hint: milestone start checkout/cart
    exit 5
    "#);
}

#[test]
fn many_at_once_make_one_chain() {
    let env = shop();
    let workers: Vec<_> = (0..16)
        .map(|worker| {
            let mut command = env.command_of("sh");
            let program = env!("CARGO_BIN_EXE_milestone");
            let script = format!(
                "for i in 1 2 3; do '{program}' note checkout \"w{worker} $i\" -q || exit 1; done"
            );
            command.args(["-c", &script]).stdout(std::process::Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    for mut worker in workers {
        assert!(worker.wait().unwrap().success());
    }
    let log: String =
        env.log_files().iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    assert_eq!(log.lines().count(), 3 + 48);
    let mut parents: Vec<String> = Vec::new();
    for line in log.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let prev = record["prev"].as_array().unwrap();
        assert!(prev.len() <= 1, "{line}");
        parents.extend(prev.first().map(ToString::to_string));
    }
    parents.sort();
    parents.dedup();
    assert_eq!(parents.len(), 50, "each record but the last has one child");
}

/// Somebody else is writing for a while: the time is that of the record, not of the asking.
#[test]
fn whoever_waited_looks_at_the_clock_again() {
    let env = shop();
    let project = Project::open(&env.path().join(".milestones"), Options::default()).unwrap();
    let guard = project.store().lock(Duration::ZERO).unwrap();
    let mut command = env.command();
    let mut waiting = command
        .env_remove("MILESTONE_NOW")
        .args(["note", "checkout", "waited", "-q"])
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let released = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    drop(guard);
    assert!(waiting.wait().unwrap().success());
    let log = std::fs::read_to_string(env.log_files().remove(0)).unwrap();
    let record: serde_json::Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    let time = Timestamp::parse(record["timestamp"].as_str().unwrap()).unwrap();
    assert!(u128::try_from(time.0).unwrap() >= released, "{record}");
}

#[test]
fn what_is_gone_is_not_suggested() {
    let env = shop();
    env.run("task remove checkout/cart");
    let answer = env.run("start checkout/cart");
    assert_eq!(answer.code, 5, "{}", answer.block());
    assert!(!answer.stderr.contains("hint: milestone start"), "{}", answer.block());
    assert_eq!(env.run("log merge nothing.jsonl").code, 5);
    let untitled = env.command().args(["new", ""]).output().unwrap();
    assert!(String::from_utf8_lossy(&untitled.stderr).contains("the title cannot be used"));
}
