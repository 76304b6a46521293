//! Backends: moving by itself and when asked, going back, and saying so.
//!
//! Start at [`grown`], a project that is about to pass a threshold.
//!
//! - **Absent on purpose.** Whether a moved project is the same: tests of `milestone-project`.

use std::fs;

use crate::support::{Answer, TestEnv};
use crate::writes_flow::shop;

/// A project of 24 milestones.
pub(crate) fn grown() -> TestEnv {
    let env = shop();
    for number in 2..=24 {
        assert_eq!(env.run(&format!("new M{number}")).code, 0);
    }
    env
}

/// A project at that backend.
pub(crate) fn at(backend: &str) -> TestEnv {
    let env = shop();
    let moved = env.run(&format!("migrate run --to {backend} --yes"));
    assert_eq!(moved.code, 0, "{}", moved.block());
    env
}

fn data(answer: &Answer) -> serde_json::Value {
    let document: Result<serde_json::Value, _> = serde_json::from_str(&answer.stdout);
    document.unwrap_or_else(|_| panic!("{}", answer.block()))["data"].clone()
}

/// The block with lengths of files, which depend on the machine's compression, made plain.
fn sizes_plain(block: &str) -> String {
    let plain = |line: &str| match line.rfind("-move") {
        Some(at) => format!("{}-move …\n", &line[..at]),
        None => format!("{line}\n"),
    };
    block.lines().map(plain).collect()
}

#[test]
fn the_25th_milestone_moves_the_project_and_says_so_once() {
    let env = grown();
    insta::assert_snapshot!(env.block("new M25"), @"
    $ milestone new M25
    Created milestone m25  (0 tasks)
    MILESTONE: M25 (Progress: 0%)
    ! Next: milestone task add TITLE --on m25
    ! Moved to the hybrid backend: 25 milestones. Back: milestone migrate rollback
    ");
    insta::assert_snapshot!(env.block("new M26"), @"
    $ milestone new M26
    Created milestone m26  (0 tasks)
    MILESTONE: M26 (Progress: 0%)
    ! Next: milestone task add TITLE --on m26
    ");
    insta::assert_snapshot!(env.block("scale"), @"
    $ milestone scale
    Backend     hybrid, found by counting (storage.backend = auto)
    Milestones  26
    People      1 in the last 30 days: dana; agents do not count
    Fits        hybrid: 25 milestones or 5 people, and more
    Next        database with 74 more milestones or 19 more people
    ");
}

#[test]
fn quiet_and_json_keep_the_notice_in_its_place() {
    let env = grown();
    let answer = env.run("new M25 --json");
    let said = "Moved to the hybrid backend: 25 milestones. Back: milestone migrate rollback";
    assert_eq!(data(&answer)["warnings"][0], said, "{}", answer.block());
    assert_eq!(answer.stderr, "");
    let env = grown();
    let answer = env.run("new M25 -q");
    assert_eq!((answer.stdout.as_str(), answer.stderr.as_str()), ("m25\n", ""));
    assert_eq!(data(&env.run("migrate status --json"))["backend"], "hybrid");
}

#[test]
fn a_move_that_fails_is_a_warning() {
    let env = grown();
    fs::write(env.path().join(".milestones/local/backups"), "in the way").unwrap();
    let answer = env.run("new M25");
    assert_eq!(answer.code, 0);
    let warned = "warning: could not move to the hybrid backend: cannot make a backup";
    assert!(answer.stderr.contains(warned), "{}", answer.block());
    let again = env.run("new M26");
    assert!(!again.stderr.contains("warning"), "{}", again.block());
    insta::assert_snapshot!(env.block("migrate run --yes"), @"
    $ milestone migrate run --yes
    ! error[migrate.failed]: cannot make a backup
    !   = File exists (os error 17)
    !   = the log is untouched, and the backend is what it was
    ! hint: free some space, or mend the permissions of .milestones/local, and try again
    exit 11
    ");
}

#[test]
fn a_plan_says_what_would_be() {
    let env = shop();
    insta::assert_snapshot!(env.block("migrate plan"), @"
    $ milestone migrate plan
    Now     file      1 milestone, 3 records, 1 person
    Advice  file      fewer than 25 milestones and fewer than 5 people
    Steps   none: the backend is file already
    ");
    insta::assert_snapshot!(env.block("migrate plan --to database"), @"
    $ milestone migrate plan --to database
    Now     file      1 milestone, 3 records, 1 person
    Advice  file      fewer than 25 milestones and fewer than 5 people
    To      database  asked for
    Steps   backup about 490 bytes, build about 1.6 kB, compare, switch
    Time    under 0.1 s (a guess); all go on, and writers wait for the last records only
    View    the YAML files go; milestone replay --into DIR has them
    Back    milestone migrate rollback, until milestone migrate prune
    ");
    let planned = env.run("migrate run --to hybrid -n --json");
    assert_eq!(data(&planned)["steps"][1], "build", "{}", planned.block());
    assert_eq!(data(&env.run("migrate status --json"))["backend"], "file");
}

#[test]
fn a_migration_is_asked_for_made_and_taken_back() {
    let env = shop();
    insta::assert_snapshot!(env.block("migrate run --to database"), @"
    $ milestone migrate run --to database
    ! error[migrate.confirm]: this wants to be confirmed
    !   = Move shop from the file to the database backend now?
    !   = nothing was changed
    ! hint: milestone migrate run --to database --yes
    exit 13
    ");
    insta::assert_snapshot!(sizes_plain(&env.block("migrate run --to database --yes")), @"
    $ milestone migrate run --to database --yes
    Migrated shop  file to database  3 records, under 0.1 s
    !   1/4 Backup   local/backups/0001-move …
    !   2/4 Build    3/3 records
    !   3/4 Compare  ok, state 503726fc3c2f0895 on both sides
    !   4/4 Switch   ok
    ! Back: milestone migrate rollback  (kept until milestone migrate prune)
    ");
    assert!(!env.path().join(".milestones/active/checkout.yaml").exists());
    insta::assert_snapshot!(env.block("migrate run --to database --yes"), @"
    $ milestone migrate run --to database --yes
    Nothing to do: the backend is database already
    ");
    env.run("note checkout hello");
    env.run("note checkout again");
    insta::assert_snapshot!(sizes_plain(&env.block("migrate status")), @"
    $ milestone migrate status
    Backend  database, generation 2
    Choice   auto; the scale asks for file
    Back     to file, left Thu 03-12 10:00: milestone migrate rollback
    Keep     until about Saturday 2026-04-11; only milestone migrate prune removes it
    Thu 03-12 10:00  dana  made a backup, local/backups/0001-move …
    Thu 03-12 10:00  dana  moved from file to database, 3 records
    ");
    assert_eq!(env.run("migrate rollback").code, 13);
    insta::assert_snapshot!(env.block("migrate rollback --yes"), @"
    $ milestone migrate rollback --yes
    Rolled back shop  database to file  2 records caught up, none lost
    ! Forth again: milestone migrate rollback
    ");
    assert!(env.path().join(".milestones/active/checkout.yaml").exists());
    assert!(env.run("show checkout --json").stdout.contains("again"));
    insta::assert_snapshot!(env.block("migrate prune -n"), @"
    $ milestone migrate prune -n
    Would remove the database generation that can be gone back to
    ");
    assert_eq!(env.run("migrate prune").code, 13);
    insta::assert_snapshot!(env.block("migrate prune --yes"), @"
    $ milestone migrate prune --yes
    Removed 1 generation
    ");
    insta::assert_snapshot!(env.block("migrate prune --yes"), @"
    $ milestone migrate prune --yes
    Nothing to remove
    ");
    insta::assert_snapshot!(env.block("migrate rollback --yes"), @"
    $ milestone migrate rollback --yes
    ! error[migrate.nothing_before]: there is no generation before this one
    !   = nothing was changed
    ! hint: milestone migrate status
    exit 8
    ");
}

#[test]
fn programs_get_documents() {
    let env = shop();
    let run = env.run("migrate run --to hybrid --yes --json");
    assert_eq!((run.stderr.as_str(), data(&run)["changed"].as_bool()), ("", Some(true)));
    assert_eq!(data(&env.run("migrate run --to hybrid --json"))["changed"], false);
    assert_eq!(env.run("migrate rollback --json").code, 13);
    assert_eq!(data(&env.run("migrate rollback --yes --json"))["to"], "file");
    assert_eq!(env.run("migrate rollback --yes -q").stdout, "hybrid\n");
    let status = data(&env.run("migrate status --json"));
    assert_eq!(status["before"]["backend"], "file", "{status}");
    assert_eq!(status["journal"][1]["deed"], "migrated", "{status}");
    assert_eq!(data(&env.run("migrate prune --yes --json"))["generations"][0], 1);
}

#[test]
fn an_edited_file_refuses_a_move_that_would_not_look_at_it() {
    let env = shop();
    let view = env.path().join(".milestones/active/checkout.yaml");
    let edited = fs::read_to_string(&view).unwrap().replace("title: Cart", "title: Basket");
    fs::write(&view, &edited).unwrap();
    insta::assert_snapshot!(env.block("migrate run --to database --yes"), @"
    $ milestone migrate run --to database --yes
    ! error[migrate.unadopted]: YAML files were edited by hand and not adopted
    !   = active/checkout.yaml
    !   = nothing was changed
    ! hint: milestone adopt
    exit 8
    ");
    assert_eq!(fs::read_to_string(&view).unwrap(), edited);
    assert_eq!(env.run("migrate run --to hybrid --yes").code, 0, "the view stays one");
}

#[test]
fn a_second_migration_is_refused() {
    let env = shop();
    let lock = env.path().join(".milestones/local/migrate.lock");
    let held = fs::File::create(lock).unwrap();
    held.lock().unwrap();
    insta::assert_snapshot!(env.block("migrate run --to hybrid --yes"), @"
    $ milestone migrate run --to hybrid --yes
    ! error[migrate.busy]: another migration is under way
    !   = nothing was changed
    ! hint: milestone migrate status, when it has ended
    exit 75
    ");
}

#[test]
fn whoever_chose_a_smaller_backend_stays_there() {
    let env = grown();
    env.run("new M25");
    let down = env.run("migrate run --to file --yes");
    assert_eq!(down.code, 0, "{}", down.block());
    assert!(!env.run("new M26").stderr.contains("Moved"));
    insta::assert_snapshot!(env.block("scale"), @"
    $ milestone scale
    Backend     file, chosen by hand: it stays until milestone migrate run is asked to move it
    Milestones  26
    People      1 in the last 30 days: dana; agents do not count
    Fits        hybrid: 25 milestones or 5 people, and more
    Next        database with 74 more milestones or 19 more people, if it were found by counting
    ");
    insta::assert_snapshot!(env.block("migrate status --as-of 3d"), @r#"
    $ milestone migrate status --as-of 3d
    ! error[usage.as_of_present]: "migrate status" looks at what is there now, of which the lo\
        g has no past: --as-of cannot be given
    !   = nothing was changed
    ! hint: milestone migrate status
    exit 2
    "#);
}
