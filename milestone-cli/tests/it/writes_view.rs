//! Saved views: shared queries with a name.
//!
//! Start at `a_view_is_a_query_with_a_name`.

use crate::reads_world::{Pages, shop};
use crate::support::TestEnv;

fn env() -> TestEnv {
    let env = TestEnv::new();
    shop(&env);
    env
}

#[test]
fn a_view_is_a_query_with_a_name() {
    let env = env();
    insta::assert_snapshot!(env.page("view list"), @r#"
    $ milestone view list
    ! No views. Save one with: milestone view save NAME QUERY
    "#);
    insta::assert_snapshot!(env.page("view save soon open due:..+14d sort:-due"), @r#"
    $ milestone view save soon open due:..+14d sort:-due
    Saved view soon: open due:..+14d sort:-due
    ! Next: milestone list view:soon
    "#);
    insta::assert_snapshot!(env.page("list view:soon --fields ref"), @r#"
    $ milestone list view:soon --fields ref
    api-development
    "#);
    insta::assert_snapshot!(env.page("list not view:soon --fields ref"), @r#"
    $ milestone list not view:soon --fields ref
    checkout-v2
    cleanup-logs
    csv-import
    "#);
    insta::assert_snapshot!(env.page("view save soon mine limit:1"), @r#"
    $ milestone view save soon mine limit:1
    Saved view soon: mine limit:1
    ! It was: open due:..+14d sort:-due
    ! Next: milestone list view:soon
    "#);
    insta::assert_snapshot!(env.page("view list --json"), @r#"
    $ milestone view list --json
    {"kind":"view.list","v":1,"data":[{"name":"soon","query":"mine limit:1",\
      "others":[]}],"meta":{"heads":["dd9b375789fa436987c80bd0fe96283655c56d1aed27ce8b5fd8\
      6668401a1aad"],"as_of":null,"project":"shop","level":0,"total":1,\
      "next_cursor":null},"hints":[]}
    "#);
}

#[test]
fn a_view_can_be_taken_back() {
    let env = env();
    env.run("view save soon open due:..+14d sort:-due");
    env.run("view save soon mine limit:1");
    insta::assert_snapshot!(env.page("undo"), @r#"
    $ milestone undo
    Undid dd9b375789fa4369
    ! Redo: milestone undo bc63ba4420da5bb7
    "#);
    insta::assert_snapshot!(env.page("view show soon"), @r#"
    $ milestone view show soon
    open due:..+14d sort:-due
    "#);
    insta::assert_snapshot!(env.page("view show soon --as-of 3d"), @r#"
    $ milestone view show soon --as-of 3d
    ! error[view.not_found]: there is no view "soon"
    !   = nothing was changed
    ! hint: milestone view list
    exit 5
    "#);
    insta::assert_snapshot!(env.page("view remove soon"), @r#"
    $ milestone view remove soon
    Removed view soon
    ! Undo: milestone undo
    "#);
    insta::assert_snapshot!(env.page("list view:soon"), @r#"
    $ milestone list view:soon
    ! error[view.not_found]: there is no view "soon"
    !   = view:soon
    !   =      ^^^^
    !   = nothing was changed
    ! hint: milestone view list
    exit 5
    "#);
    insta::assert_snapshot!(env.page("undo"), @r#"
    $ milestone undo
    Undid 9df2fef24aca5d40
    ! Redo: milestone undo 21f8d22978fb24f9
    "#);
    assert_eq!(env.run("view show soon").stdout, "open due:..+14d sort:-due\n");
    insta::assert_snapshot!(env.page("log --limit 2"), @r#"
    $ milestone log --limit 2
    21	2026-03-12T10:00:00.000000Z	dana	project	undone	undid record \
      9df2fef24aca5d40	21f8d22978fb24f910dc10839c508f9e9642ecda336ab9d0f698ceba0ba64f93
    21	2026-03-12T10:00:00.000000Z	dana	project	setting_changed	saved the view soon  \
      "open due:..+14d sort:-due"	21f8d22978fb24f910dc10839c508f9e9642ecda336ab9d0f698ceba\
      0ba64f93
    "#);
}

#[test]
fn what_is_no_query_is_no_view() {
    let env = env();
    let kept = env.run("log").stdout;
    insta::assert_snapshot!(env.page("view save Soon! due<+7d"), @r#"
    $ milestone view save Soon! due<+7d
    ! error[view.name]: "Soon!" cannot be the name of a view: an id begins with a-z or \
      0-9 and goes on with a-z, 0-9, '.', '_' or '-'
    !   = nothing was changed
    ! hint: milestone view save soon 'due<+7d'
    exit 2
    "#);
    insta::assert_snapshot!(env.page("view save soon due<"), @r#"
    $ milestone view save soon due<
    ! error[query.value]: due needs a value
    !   = due<
    !   =     ^
    !   = expected: day
    !   = nothing was changed
    ! hint: milestone help query
    exit 2
    "#);
    insta::assert_snapshot!(env.page("view save soon view:soon"), @r#"
    $ milestone view save soon view:soon
    ! error[view.broken]: the view "soon" names itself
    !   = view:soon
    !   =      ^^^^
    !   = nothing was changed
    ! hint: say what the view should have instead of its name
    exit 2
    "#);
    insta::assert_snapshot!(env.page("view save soon cursor:5b22222c5b5d2c22617069225d"), @r#"
    $ milestone view save soon cursor:5b22222c5b5d2c22617069225d
    ! error[view.cursor]: a view has no cursor: it is a whole list
    !   = nothing was changed
    ! hint: leave cursor: out
    exit 2
    "#);
    insta::assert_snapshot!(env.page("view remove soon"), @r#"
    $ milestone view remove soon
    ! error[view.not_found]: there is no view "soon"
    !   = nothing was changed
    ! hint: milestone view list
    exit 5
    "#);
    assert_eq!(env.run("log").stdout, kept);
    env.run("view save soon due<+7d");
    insta::assert_snapshot!(env.page("view show son"), @r#"
    $ milestone view show son
    ! error[view.not_found]: there is no view "son"
    !   = did you mean soon?
    !   = nothing was changed
    ! hint: milestone view list
    exit 5
    "#);
    env.run("view save other in:checkout");
    assert_eq!(env.run("list view:other view:soon").code, 0);
}

#[test]
fn a_view_that_names_itself_is_told_so() {
    let env = crate::support::TestEnv::new();
    assert_eq!(env.run("init").code, 0);
    let said = env.run("view save rec view:rec");
    assert_eq!(said.code, 2, "{}", said.block());
    assert!(said.stderr.contains("the view \"rec\" names itself"), "{}", said.block());
    assert!(!said.stderr.contains("view show rec"), "there is none: {}", said.block());
    assert_eq!(env.run("view save a status:open").code, 0);
    assert_eq!(env.run("view save b view:a").code, 0);
    assert!(env.run("view save a view:b").stderr.contains("names itself"));
}
