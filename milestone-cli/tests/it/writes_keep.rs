//! Taking back, taking in, and keeping the log whole.
//!
//! Start at `undo_appends_the_opposite`.

use crate::support::TestEnv;
use crate::writes_flow::shop;

#[test]
fn undo_appends_the_opposite() {
    let env = shop();
    insta::assert_snapshot!(env.block("start checkout/cart"), @"
    $ milestone start checkout/cart
    Started  checkout/cart  Cart  ◐ Day 1
    Began    checkout  Checkout
    ! Next: milestone progress checkout/1 50%
    ");
    insta::assert_snapshot!(env.block("note checkout/cart hello"), @r#"
    $ milestone note checkout/cart hello
    Noted checkout/cart  Cart  "hello"
    "#);
    insta::assert_snapshot!(env.block("undo --dry-run"), @r#"
    $ milestone undo --dry-run
    note_removed  checkout/cart  {"task":"cart","note":"ph4yh77e"}
    undone        @project       {"record":"dba7ad0e462920d38dad19fd01f7c3a993c44904675b4d9e49\
        b89a6958a4dd0a"}
    ! Nothing was appended (--dry-run).
    "#);
    insta::assert_snapshot!(env.block("undo 2"), @"
    $ milestone undo 2
    Undid dba7ad0e462920d3
      note_removed  checkout/cart
    Undid aae8edd76bbfc450
      task_reopened  checkout/cart
      milestone_reopened  checkout
    ! Redo: milestone undo b112944b30f2edb2
    ");
    insta::assert_snapshot!(env.block("undo 1001"), @r#"
    $ milestone undo 1001
    ! error[usage.bad_value]: N|RECORD: "1001" is neither 1 to 1000 nor a record id
    !   = nothing was changed
    ! hint: milestone help undo
    exit 2
    "#);
    insta::assert_snapshot!(env.block("undo 12345678abc"), @r#"
    $ milestone undo 12345678abc
    ! error[record.not_found]: no record begins with "12345678abc"
    !   = nothing was changed
    ! hint: milestone log
    exit 5
    "#);
    insta::assert_snapshot!(env.block("undo --actor nobody"), @"
    $ milestone undo --actor nobody
    ! error[undo.nothing]: there is nothing of nobody to undo
    !   = nothing was changed
    ! hint: milestone undo --list
    exit 8
    ");
}

/// The record that the last line of standard error names.
fn named(block: &str) -> String {
    let line = block.lines().find(|line| line.contains("Redo: ")).unwrap();
    line.rsplit(' ').next().unwrap().to_owned()
}

#[test]
fn several_undone_are_one_document() {
    let env = shop();
    env.run("start checkout/cart");
    env.run("note checkout/cart hello");
    let answer = env.run("undo 2 --json");
    let document: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(document["kind"], "write.list");
    assert_eq!(document["data"][0]["events"][0]["event_type"], "note_removed");
    assert_eq!(document["data"][1]["refs"][0], "checkout/cart");
}

#[test]
fn an_undone_undo_is_redo() {
    let env = shop();
    env.run("done checkout/cart");
    let redo = named(&env.block("undo"));
    assert!(env.run("start checkout/testing").stderr.contains("checkout/cart"));
    let answer = env.run(&format!("undo {redo}"));
    assert!(answer.stdout.contains("task_completed  checkout/cart"), "{}", answer.block());
    assert_eq!(env.run("done checkout/cart").code, 8, "it is done again");
}

#[test]
fn edited_views_are_adopted() {
    let env = shop();
    let view = env.path().join(".milestones/active/checkout.yaml");
    let edited = std::fs::read_to_string(&view).unwrap().replace("title: Cart", "title: Basket");
    std::fs::write(&view, &edited).unwrap();
    insta::assert_snapshot!(env.block("note checkout hello"), @r#"
    $ milestone note checkout hello
    Noted checkout  Checkout  "hello"
    ! warning: edited by hand and left as it is: active/checkout.yaml (milestone adopt)
    "#);
    assert_eq!(std::fs::read_to_string(&view).unwrap(), edited, "it is left as it is");
    insta::assert_snapshot!(env.block("adopt --dry-run"), @"
    $ milestone adopt --dry-run
    Would adopt checkout/cart title
    ");
    insta::assert_snapshot!(env.block("adopt"), @"
    $ milestone adopt
    Adopted checkout/cart title
    ");
    insta::assert_snapshot!(env.block("adopt"), @"
    $ milestone adopt
    Nothing to adopt: no file was edited
    ");
    insta::assert_snapshot!(env.block("adopt nothing.yaml"), @"
    $ milestone adopt nothing.yaml
    ! error[file.not_found]: there is no file ~/nothing.yaml
    !   = nothing was changed
    ! hint: milestone adopt
    exit 5
    ");
}

/// The data of the document that a command prints.
fn data(env: &TestEnv, line: &str) -> serde_json::Value {
    let answer = env.run(line);
    let document: Result<serde_json::Value, _> = serde_json::from_str(&answer.stdout);
    document.unwrap_or_else(|_| panic!("{}", answer.block()))["data"].clone()
}

/// A clock that is far behind the newest record is said by `adopt`, as by every command.
#[test]
fn whoever_adopts_is_warned_too() {
    let env = shop().set("MILESTONE_NOW", "2026-03-01T10:00:00Z");
    let view = env.path().join(".milestones/active/checkout.yaml");
    let edited = std::fs::read_to_string(&view).unwrap().replace("title: Cart", "title: Basket");
    std::fs::write(&view, &edited).unwrap();
    let answer = env.run("adopt");
    assert!(answer.stderr.contains("h ahead of this clock"), "{}", answer.block());
    assert_eq!(env.run("-q note checkout hello").stderr, "");
}

#[test]
fn a_replay_goes_where_it_is_told() {
    let env = shop();
    insta::assert_snapshot!(env.block("replay --into out -n"), @"
    $ milestone replay --into out -n
    Would write the YAML files into ~/out
    ! Nothing was written (--dry-run).
    ");
    assert_eq!(env.run("replay --into out -n -q").stdout, "out\n");
    assert_eq!(data(&env, "replay --into out -n --json")["dry_run"], true);
    assert!(!env.path().join("out").exists());
    insta::assert_snapshot!(env.block("replay --into out -q"), @"
    $ milestone replay --into out -q
    out
    ");
    assert!(env.path().join("out/active/checkout.yaml").exists());
    insta::assert_snapshot!(env.block("replay --into out"), @"
    $ milestone replay --into out
    ! error[replay.not_empty]: ~/out is not empty
    !   = nothing was changed
    ! hint: milestone replay --into a directory that is not there yet
    exit 8
    ");
    std::fs::write(env.path().join("out/mine.txt"), "mine").unwrap();
    let early = env.run("replay --into out --force --until 2026-03-13");
    assert_eq!(early.code, 0, "{}", early.block());
    assert!(env.path().join("out/mine.txt").exists(), "what is there is kept");
}

#[test]
fn a_torn_line_is_moved_away_when_confirmed() {
    let env = shop();
    let log = env.log_files().remove(0);
    let whole = std::fs::read(&log).unwrap();
    std::fs::write(&log, [&whole[..], b"{\"torn"].concat()).unwrap();
    std::fs::write(env.path().join(".milestones/.gitignore"), "/local/").unwrap();
    let asked = env.run("doctor --repair");
    assert_eq!(asked.code, 13, "{}", asked.block());
    assert!(asked.stderr.contains("move the torn last line"), "{}", asked.block());
    assert_ne!(std::fs::read(&log).unwrap(), whole, "nothing was changed yet");
    let done = env.run("doctor --repair --yes");
    assert_eq!(done.code, 0, "{}", done.block());
    assert_eq!(std::fs::read(&log).unwrap(), whole);
    let moved = std::fs::read_dir(env.path().join(".milestones/local/recovered")).unwrap();
    assert_eq!(moved.count(), 1);
    let rules = std::fs::read_to_string(env.path().join(".milestones/.gitignore")).unwrap();
    assert!(rules.starts_with("/local/\n/active/\n"), "{rules}");
    insta::assert_snapshot!(env.block("doctor --repair"), @"
    $ milestone doctor --repair
    Nothing to repair
    ");
}

#[test]
fn lost_records_are_recovered() {
    let env = shop();
    let log = env.log_files().remove(0);
    let before = std::fs::read_to_string(&log).unwrap();
    env.run("note checkout \"soon gone\"");
    std::fs::write(&log, &before).unwrap();
    let warned = env.run("start checkout/cart");
    assert!(warned.stderr.contains("milestone log recover"), "{}", warned.block());
    insta::assert_snapshot!(env.block("log recover --dry-run"), @"
    $ milestone log recover --dry-run
    Would recover 1 record
    ! Nothing was appended (--dry-run).
    ");
    assert_eq!(env.run("log recover -n -q").stdout.len(), 65, "one id");
    let planned = data(&env, "log recover -n --json");
    assert_eq!(planned["dry_run"], true, "{planned}");
    assert_eq!(planned["recovered"].as_array().unwrap().len(), 1, "{planned}");
    insta::assert_snapshot!(env.block("log recover"), @"
    $ milestone log recover
    Recovered 1 record
    ");
    insta::assert_snapshot!(env.block("log recover"), @"
    $ milestone log recover
    Nothing to recover: every record of this copy is in the log or in a commit
    ");
    let view = std::fs::read_to_string(env.path().join(".milestones/active/checkout.yaml"));
    assert!(view.unwrap().contains("soon gone"));
}

/// Copies a folder with everything in it.
fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn two_copies_are_merged_and_what_they_disagree_on_is_settled() {
    let env: TestEnv = shop();
    copy(&env.path().join(".milestones"), &env.path().join("copy/.milestones"));
    assert_eq!(env.run("edit checkout --due 2026-03-21").code, 0);
    assert_eq!(env.run("-C copy edit checkout --due 2026-03-22").code, 0);
    let files = std::fs::read_dir(env.path().join("copy/.milestones/log")).unwrap();
    let files: Vec<String> = files.map(|file| file.unwrap().path().display().to_string()).collect();
    assert_eq!(files.len(), 2, "a copy begins a file of its own");
    let line = format!("log merge {}", files.join(" "));
    let planned = env.run(&format!("{line} --dry-run"));
    assert_eq!(planned.stdout, "Would add 1 of 4 records\n", "{}", planned.block());
    assert_eq!(env.run(&format!("{line} -n -q")).stdout.len(), 65, "one id");
    let planned = data(&env, &format!("{line} -n --json"));
    assert_eq!(planned["dry_run"], true, "{planned}");
    assert_eq!(planned["added"].as_array().unwrap().len(), 1, "{planned}");
    let merged = env.run(&line);
    assert_eq!(merged.stdout, "Added 1 of 4 records\n", "{}", merged.block());
    // Every id begins with one of these, and there is one conflict.
    let settled = "0123456789abcdef".chars().map(|c| env.run(&format!("conflicts resolve {c}")));
    let settled: Vec<_> = settled.filter(|answer| answer.code == 0).collect();
    assert_eq!(settled.len(), 1);
    assert!(settled[0].stdout.contains("of checkout"), "{}", settled[0].block());
}

#[test]
fn findings_are_mentioned_when_their_number_changes() {
    let env = shop();
    let log = env.log_files().remove(0);
    let mut text = std::fs::read_to_string(&log).unwrap();
    text.push_str("no record\n");
    std::fs::write(&log, text).unwrap();
    let said = "1 finding in the log (milestone doctor)";
    assert_eq!(env.run("note checkout one -q").stderr, "");
    assert_eq!(env.run("note checkout two --json").stderr, "");
    let first = env.run("note checkout three");
    assert!(first.stderr.contains(said), "{}", first.block());
    let second = env.run("note checkout four");
    assert!(!second.stderr.contains(said), "{}", second.block());
}
