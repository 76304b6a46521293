//! `edit --where`: one edit of all that a query finds.
//!
//! Start at `one_edit_of_many_is_one_record`.

use crate::reads_world::{Pages, World, of, shop, task};
use crate::support::TestEnv;
use milestone_core::domain::Command;

fn env() -> TestEnv {
    let env = TestEnv::new();
    shop(&env);
    env
}

/// The bytes of the log.
fn log(env: &TestEnv) -> Vec<Vec<u8>> {
    env.log_files().iter().map(|file| std::fs::read(file).unwrap()).collect()
}

fn many(env: &TestEnv) {
    let tasks = (1..=11).map(|n| task(&format!("Part {n}"), "60", &[])).collect();
    World::open(env.path()).plans("2026-03-12T09:50:00Z", "Many parts", None, tasks);
}

#[test]
fn one_edit_of_many_is_one_record() {
    let env = env();
    let before = env.run("list --all --json").stdout;
    let line = "edit --where planned --label +soon,-backend --due 2026-05-01";
    insta::assert_snapshot!(env.page(&format!("{line} -n")), @r#"
    $ milestone edit --where planned --label +soon,-backend --due 2026-05-01 -n
    milestone_edited  checkout-v2   {"set":{"due":"2026-05-01"},\
      "add":{"labels":["soon"]},"remove":{"labels":["backend"]}}
    milestone_edited  cleanup-logs  {"set":{"due":"2026-05-01"},\
      "add":{"labels":["soon"]},"remove":{"labels":["backend"]}}
    ! Nothing was appended (--dry-run).
    "#);
    insta::assert_snapshot!(env.page(line), @r#"
    $ milestone edit --where planned --label +soon,-backend --due 2026-05-01
    Edited  checkout-v2  Checkout v2
    Edited  cleanup-logs  Cleanup logs
    ! 2 edited, in one record.
    ! Undo: milestone undo
    "#);
    insta::assert_snapshot!(env.page(line), @r#"
    $ milestone edit --where planned --label +soon,-backend --due 2026-05-01
    Nothing to change: it is so already.
    "#);
    assert_eq!(env.run("list label:soon due:2026-05-01 --fields ref").stdout.lines().count(), 2);
    assert_eq!(env.run("undo").code, 0);
    let plain = |text: &str| {
        let mut value: serde_json::Value = serde_json::from_str(text).unwrap();
        for row in value["data"].as_array_mut().unwrap() {
            row["heads"].take();
            row["changed_at"].take();
        }
        value["data"].take()
    };
    assert_eq!(plain(&env.run("list --all --json").stdout), plain(&before));
}

#[test]
fn nothing_is_written_if_one_is_refused() {
    let env = env();
    let kept = log(&env);
    insta::assert_snapshot!(env.page("edit --where open --start 2026-04-01"), @r#"
    $ milestone edit --where open --start 2026-04-01
    ! error[edit.refused]: 1 of 3 cannot be edited so
    !   = api-development: due 2026-03-20 is before the start 2026-04-01
    !   = nothing was changed
    ! hint: narrow --where, and leave these out
    exit 8
    "#);
    insta::assert_snapshot!(env.page("edit --where archived --owner sam"), @r#"
    $ milestone edit --where archived --owner sam
    ! Nothing fits, and nothing was changed.
    "#);
    insta::assert_snapshot!(env.page("edit --where opne: --owner sam"), @r#"
    $ milestone edit --where opne: --owner sam
    ! error[query.unknown]: there is no field "opne"
    !   = opne:
    !   = ^^^^
    !   = expected: a field; text that looks like one goes in quotes
    !   = did you mean owner?
    !   = nothing was changed
    ! hint: milestone help query
    exit 2
    "#);
    insta::assert_snapshot!(env.page("edit api --where open --owner sam"), @r#"
    $ milestone edit api --where open --owner sam
    ! error[usage.conflict]: REF and --where exclude each other
    !   = nothing was changed
    ! hint: milestone help edit
    exit 2
    "#);
    insta::assert_snapshot!(env.page("edit --where open"), @r#"
    $ milestone edit --where open
    ! error[usage.nothing_to_change]: no field to change was named
    !   = nothing was changed
    ! hint: milestone edit --where open --title TEXT
    exit 2
    "#);
    let none: serde_json::Value =
        serde_json::from_str(&env.run("edit --where nowhere --owner sam --json").stdout).unwrap();
    assert_eq!(none["data"]["record"], serde_json::Value::Null);
    assert_eq!(log(&env), kept);
}

#[test]
fn more_than_ten_want_a_yes() {
    let env = env();
    many(&env);
    let line = "task edit --where in:many --owner sam";
    let kept = log(&env);
    insta::assert_snapshot!(env.page(line), @r#"
    $ milestone task edit --where in:many --owner sam
    ! error[edit.confirm]: an edit of 11 tasks wants to be confirmed
    !   = owner sam
    !   = many-parts/part-1  Part 1
    !   = many-parts/part-2  Part 2
    !   = many-parts/part-3  Part 3
    !   = many-parts/part-4  Part 4
    !   = many-parts/part-5  Part 5
    !   = and 6 more
    !   = nothing was changed
    ! hint: milestone task edit --where in:many … --yes, or -n to look first
    exit 13
    "#);
    assert_eq!(env.run(&format!("{line} --json")).code, 13);
    assert_eq!(env.run(&format!("{line} -n")).code, 0);
    assert_eq!(log(&env), kept);
    let limited = env.run("task edit --where \"in:many limit:10\" --owner sam");
    assert_eq!((limited.code, limited.stdout.lines().count()), (0, 10));
    let rest = env.run("task edit --where in:many --owner sam");
    assert_eq!(rest.stderr, "1 edited, 10 were so already.\nUndo: milestone undo\n");
    assert_eq!(env.run("task edit --where in:many --weight 2 --yes -q").stdout.lines().count(), 11);
}

#[test]
fn what_is_put_away_is_edited_only_if_asked_for() {
    let env = env();
    let reason = "over".to_owned();
    World::open(env.path()).does(
        "dana",
        "2026-03-12T09:50:00Z",
        Command::Cancel { targets: of(&["cleanup"]), reason },
    );
    let refs = |line: &str| env.run(line).stdout;
    assert_eq!(refs("edit --where logs --owner sam -q"), "");
    assert_eq!(refs("edit --where \"logs cancelled\" --owner sam -q"), "cleanup-logs\n");
}
