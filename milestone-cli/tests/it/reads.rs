//! `list`, `ready`, `task list` and `milestone` alone, in a pipe and for people.
//!
//! Start at `lists_are_plain_in_a_pipe`.

use crate::reads_world::{Pages, World, fields, of, shop};
use crate::support::TestEnv;
use milestone_core::domain::{Command, Field};

fn env() -> TestEnv {
    let env = TestEnv::new();
    shop(&env);
    env
}

#[test]
fn lists_are_plain_in_a_pipe() {
    let env = env();
    insta::assert_snapshot!(env.page("list"), @r"
    $ milestone list
    api-development	API Development	active	67	2/4	2026-03-20	dana	backend
    checkout-v2	Checkout v2	planned	0	0/3	2026-04-10	dana	backend
    cleanup-logs	Cleanup logs	planned	0	0/1	-	dana	backend
    csv-import	CSV import	completed	100	0/0	-	dana	backend
    ");
    insta::assert_snapshot!(env.page("task list checkout --header"), @r"
    $ milestone task list checkout --header
    ref	title	status	progress	estimate_minutes	due	owner	labels
    checkout-v2/cart-totals	Cart totals	pending	0	480	-	-	-
    checkout-v2/payment	Payment	waiting	0	1440	-	-	-
    checkout-v2/tax-table	Tax table	pending	0	480	-	-	-
    ");
    insta::assert_snapshot!(env.page("ready"), @r"
    $ milestone ready
    checkout-v2/cart-totals	Cart totals	480	2026-04-10	1 task waits for it
    checkout-v2/tax-table	Tax table	480	2026-04-10	nothing before it
    cleanup-logs/rotate	Rotate	30	-	nothing before it
    ! 2 cannot start yet: milestone ready --blocked
    ! Next: milestone start checkout-v2/cart-totals
    ");
    insta::assert_snapshot!(env.page("ready --blocked"), @r"
    $ milestone ready --blocked
    api-development/testing	Testing	960	-	waits for api-development/endpoints
    checkout-v2/payment	Payment	1440	-	waits for checkout-v2/cart-totals
    ");
}

#[test]
fn people_see_tables() {
    let env = env();
    insta::assert_snapshot!(env.page("list --format text"), @r"
    $ milestone list --format text
    REF              TITLE          STATUS                      %  TASKS  DUE
    api-development  API Developm…  ◐ Active     ███████░░░   67%    2/4  2026-03-20
    checkout-v2      Checkout v2    ○ Planned    ░░░░░░░░░░    0%    0/3  2026-04-10
    cleanup-logs     Cleanup logs   ○ Planned    ░░░░░░░░░░    0%    0/1
    csv-import       CSV import     ● Completed  ██████████  100%    0/0
    ");
    insta::assert_snapshot!(env.page("task list api --format text"), @r"
    $ milestone task list api --format text
    REF                             TITLE           STATUS            %  EST  DUE
    api-development/authentication  Authentication  ● Done         100%   2d
    api-development/database-setup  Database Setup  ● Done         100%   2d
    api-development/endpoints       Endpoints       ◐ In Progress   67%   3d
    api-development/testing         Testing         ○ Waiting        0%   2d
    ");
    insta::assert_snapshot!(env.page("ready --format text"), @r"
    $ milestone ready --format text
    REF                      TASK         EST  DUE         WHY NOW
    checkout-v2/cart-totals  Cart totals  1d   2026-04-10  1 task waits for it
    checkout-v2/tax-table    Tax table    1d   2026-04-10  nothing before it
    cleanup-logs/rotate      Rotate       30m              nothing before it
    ! 2 cannot start yet: milestone ready --blocked
    ! Next: milestone start checkout-v2/cart-totals
    ");
    insta::assert_snapshot!(env.page("ready --explain --limit 2 --format text --width 110"), @r"
    $ milestone ready --explain --limit 2 --format text --width 110
    REF                      TASK         EST  DUE         WHY NOW
    checkout-v2/cart-totals  Cart totals  1d   2026-04-10  due 2026-04-10, 1 waiting, \
      since 2026-03-07
    checkout-v2/tax-table    Tax table    1d   2026-04-10  due 2026-04-10, 0 waiting, \
      since 2026-03-07
    ! 3 in all: a greater --limit; --json has a cursor
    ! 2 cannot start yet: milestone ready --blocked
    ! Next: milestone start checkout-v2/cart-totals
    ");
    insta::assert_snapshot!(env.page("list --accessible --status active"), @r"
    $ milestone list --accessible --status active
    1 of 1: Ref api-development. Title API Development. Status active. Progress 67. \
      Tasks 2/4. Due 2026-03-20. Owner dana. Labels backend.
    ");
}

#[test]
fn lists_are_filtered_and_sorted() {
    let env = env();
    insta::assert_snapshot!(env.page("list --status completed,active --fields ref,status"), @r"
    $ milestone list --status completed,active --fields ref,status
    api-development	active
    csv-import	completed
    ");
    insta::assert_snapshot!(env.page("list --due-before 2026-04-10 --fields ref"), @r"
    $ milestone list --due-before 2026-04-10 --fields ref
    api-development
    ");
    insta::assert_snapshot!(env.page("list --sort title --fields title"), @r"
    $ milestone list --sort title --fields title
    API Development
    Checkout v2
    Cleanup logs
    CSV import
    ");
    insta::assert_snapshot!(env.page("task list --status waiting,in_progress --fields ref"), @r"
    $ milestone task list --status waiting,in_progress --fields ref
    api-development/endpoints
    api-development/testing
    checkout-v2/payment
    ");
    insta::assert_snapshot!(env.page("list --owner nobody"), @r"
    $ milestone list --owner nobody
    ! No milestone fits. All of them: milestone list --all
    ");
    insta::assert_snapshot!(env.page("list --label frontend --fail-empty -q"), @r"
    $ milestone list --label frontend --fail-empty -q
    exit 3
    ");
}

#[test]
fn archived_and_cancelled_ones_are_hidden_until_asked_for() {
    let env = env();
    let mut world = World::open(env.path());
    let at = "2026-03-12T09:50:00Z";
    world.does("dana", at, Command::Archive { targets: of(&["csv-import"]), review: None });
    let (targets, reason) = (of(&["cleanup"]), "not ours".to_owned());
    world.does("dana", at, Command::Cancel { targets, reason });
    insta::assert_snapshot!(env.page("list --fields ref,status"), @r"
    $ milestone list --fields ref,status
    api-development	active
    checkout-v2	planned
    ");
    insta::assert_snapshot!(env.page("list --all --fields ref,status"), @r"
    $ milestone list --all --fields ref,status
    api-development	active
    checkout-v2	planned
    cleanup-logs	cancelled
    csv-import	archived
    ");
    insta::assert_snapshot!(env.page("task list --fields ref"), @r"
    $ milestone task list --fields ref
    api-development/authentication
    api-development/database-setup
    api-development/endpoints
    api-development/testing
    checkout-v2/cart-totals
    checkout-v2/payment
    checkout-v2/tax-table
    ");
}

#[test]
fn other_formats_have_the_same_rows() {
    let env = env();
    insta::assert_snapshot!(env.page("list --format md --status active"), @r"
    $ milestone list --format md --status active
    | Milestone | Status | Progress | Tasks | Due |
    | --- | --- | ---: | ---: | --- |
    | API Development | Active | 67% | 2/4 | 2026-03-20 |
    ");
    insta::assert_snapshot!(env.page("ready --format md --limit 1"), @r"
    $ milestone ready --format md --limit 1
    | ref | title | estimate_minutes | due | why |
    | --- | --- | --- | --- | --- |
    | checkout-v2/cart-totals | Cart totals | 480 | 2026-04-10 | 1 task waits for it |
    ! 3 in all: a greater --limit; --json has a cursor
    ! 2 cannot start yet: milestone ready --blocked
    ! Next: milestone start checkout-v2/cart-totals
    ");
    insta::assert_snapshot!(env.page("list --format csv --fields ref,title,progress"), @r"
    $ milestone list --format csv --fields ref,title,progress
    ref,title,progress
    api-development,API Development,67
    checkout-v2,Checkout v2,0
    cleanup-logs,Cleanup logs,0
    csv-import,CSV import,100
    ");
    insta::assert_snapshot!(env.page("list --format csv --fields ref,titel"), @r#"
    $ milestone list --format csv --fields ref,titel
    ! error[usage.unknown_field]: there is no field "titel"
    !   = fields: ref, title, status, bar, progress, tasks, due, owner, labels
    !   = nothing was changed
    ! hint: --fields title
    exit 2
    "#);
}

#[test]
fn alone_it_shows_the_current_milestone() {
    let env = env();
    let show = env.run("show api");
    assert_eq!(env.run("").stdout, show.stdout);
    // With two that are active there is no current one.
    World::open(env.path()).start("2026-03-12T09:50:00Z", "checkout/tax-table");
    let (list, home) = (env.run("list"), env.run(""));
    assert_eq!((home.stdout, home.code), (list.stdout, 0));
    let outside = TestEnv::new();
    assert_eq!(outside.run("").stdout, outside.run("help").stdout);
    assert_eq!(outside.run("").code, 0);
    insta::assert_snapshot!(outside.page("list"), @r"
    $ milestone list
    ! error[project.none]: there is no .milestones in ~ or above it
    !   = nothing was changed
    ! hint: milestone init
    exit 5
    ");
}

#[test]
fn a_project_without_anything_says_how_to_begin() {
    let env = TestEnv::new();
    World::begin(env.path());
    insta::assert_snapshot!(env.page("list"), @r"
    $ milestone list
    ! No milestones yet. Begin with: milestone new TITLE
    ");
    insta::assert_snapshot!(env.page("ready --fail-empty"), @r"
    $ milestone ready --fail-empty
    ! No milestones yet. Begin with: milestone new TITLE
    exit 3
    ");
}

#[test]
fn what_one_is_on_shortens_references() {
    let env = env();
    let whole = env.run("task show api-development/endpoints").stdout;
    for line in ["task show 3 --on api", "show endpoints --on api", "show @/3", "show api/end"] {
        assert_eq!(env.run(line).stdout, whole, "{line}");
    }
    let on = env.run("ready --on checkout --fields ref").stdout;
    assert_eq!(on, "checkout-v2/cart-totals\ncheckout-v2/tax-table\n");
    assert_eq!(env.run("ready --mine").stdout, "", "none of them has an owner");
    World::open(env.path()).does(
        "dana",
        "2026-03-12T09:50:00Z",
        Command::Edit {
            targets: of(&["checkout/tax-table"]),
            set: fields(&[(Field::Owner, "dana")]),
            add: fields(&[]),
            remove: fields(&[]),
        },
    );
    assert_eq!(env.run("ready --mine --fields ref").stdout, "checkout-v2/tax-table\n");
    assert_eq!(env.run("task list --owner me --fields ref").stdout, "checkout-v2/tax-table\n");
}
