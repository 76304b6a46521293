//! Creating: `init`, `new`, `task add`, and outlines.
//!
//! Start at `a_project_is_begun_once`; what is printed stands in each test.

use crate::support::TestEnv;
use crate::writes_flow::shop;

#[test]
fn a_project_is_begun_once() {
    let env = TestEnv::new();
    std::fs::create_dir_all(env.path().join("shop/below")).unwrap();
    insta::assert_snapshot!(env.block("init shop --dry-run"), @r#"
    $ milestone init shop --dry-run
    project_created  @project  {"name":"shop"}
    ! Nothing was made (--dry-run).
    "#);
    insta::assert_snapshot!(env.block("init shop"), @r#"
    $ milestone init shop
    Created shop/.milestones/  (project shop)
    ! Looking at this directory (read only)
    !   no history of git  personal  +1
    !   Commit .milestones/; it ignores its own local files. Nothing else was changed.
    ! Next: milestone -C shop/ quickstart personal 'First Version'
    "#);
    insta::assert_snapshot!(env.block("-C shop init --name other"), @"
    $ milestone -C shop init --name other
    Already a milestone project (0 milestones)
    ");
    insta::assert_snapshot!(env.block("-C shop/below init"), @"
    $ milestone -C shop/below init
    Already a milestone project (0 milestones), in ~/shop
    ! For one of its own here: milestone init .
    ");
    insta::assert_snapshot!(env.block("-C shop/below init . --name \"the one below\""), @r#"
    $ milestone -C shop/below init . --name "the one below"
    Created .milestones/  (project the one below)
    ! Looking at this directory (read only)
    !   no history of git  personal  +1
    !   Commit .milestones/; it ignores its own local files. Nothing else was changed.
    ! Next: milestone quickstart personal 'First Version'
    "#);
    insta::assert_snapshot!(env.block("-C shop init --json"), @r#"
    $ milestone -C shop init --json
    {"kind":"write","v":1,"data":{"record":null,"duplicate":false,"dry_run":false,"events":[],\
        "refs":[],"warnings":[]},"meta":{"heads":["74bf447b9a73c14c2d8c33f0f8dca9f96f8727424ed22ad\
        2b716acbc2fb2aa79"],"as_of":null,"project":"shop","level":0,"total":null,"next_cursor":nul\
        l},"hints":[]}
    "#);
}

#[test]
fn a_milestone_shows_its_tree() {
    let env = shop();
    let whole = "new \"API Development\" --due 2026-03-20 --task Authentication \
        --task \"Database Setup\" --owner dana -l backend --estimate 2w --priority high --check x";
    insta::assert_snapshot!(env.block(whole), @r#"
    $ milestone new "API Development" --due 2026-03-20 --task Authentication --task "Database \
        Setup" --owner dana -l backend --estimate 2w --priority high --check x
    Created milestone api-development  (2 tasks, due Fri 2026-03-20)
    MILESTONE: API Development (Progress: 0%)
    ├── Authentication ○ (Pending)
    └── Database Setup ○ (Pending)
    ! Next: milestone start api/1
    "#);
    insta::assert_snapshot!(env.block(r#"new "API Development""#), @r#"
    $ milestone new "API Development"
    Created milestone api-development-2  (0 tasks)
    MILESTONE: API Development (Progress: 0%)
    ! There was a milestone api-development already; this one is api-development-2.
    ! Next: milestone task add TITLE --on api-development-2
    "#);
    let line = "new Later --after checkout --due 2026-03-20 --start 2026-03-21";
    insta::assert_snapshot!(env.block(line), @"
    $ milestone new Later --after checkout --due 2026-03-20 --start 2026-03-21
    ! error[dates.order]: due 2026-03-20 is before the start 2026-03-21
    !   = nothing was changed
    ! hint: give an end that is not before the beginning
    exit 8
    ");
    insta::assert_snapshot!(env.block("new Later --after nothing"), @r#"
    $ milestone new Later --after nothing
    ! error[ref.not_found]: no milestone or task is called "nothing"
    !   = nothing was changed
    ! hint: milestone list
    exit 5
    "#);
    insta::assert_snapshot!(env.block("new Later --id v1.0 --after @ --on checkout"), @"
    $ milestone new Later --id v1.0 --after @ --on checkout
    Created milestone v1.0  (0 tasks)
    MILESTONE: Later (Progress: 0%)
    ! Next: milestone task add TITLE --on v1.0
    ");
    insta::assert_snapshot!(env.block("new Other --id v1.0"), @"
    $ milestone new Other --id v1.0
    ! error[id.taken]: the id v1.0 is taken
    !   = nothing was changed
    ! hint: leave --id out, or give another
    exit 8
    ");
    insta::assert_snapshot!(env.block("new --quiet Quick"), @"
    $ milestone new --quiet Quick
    quick
    ");
}

#[test]
fn a_plan_is_one_record() {
    let env = shop();
    let plan = "# Search\n\nFind things.\n\n- [ ] Index (2d)\n  - [x] words\n- [x] Box\n";
    std::fs::write(env.path().join("plan.md"), plan).unwrap();
    insta::assert_snapshot!(env.block("new -F plan.md --dry-run"), @r#"
    $ milestone new -F plan.md --dry-run
    milestone_created  search        {"title":"Search","description":"Find things."}
    task_added         search/index  {"task":"index","title":"Index","estimate":960,"position":1024}
    criterion_added    search/index  {"task":"index","criterion":"mzdp6btn","text":"words"}
    criterion_checked  search/index  {"task":"index","criterion":"mzdp6btn"}
    task_added         search/box    {"task":"box","title":"Box","position":2048}
    milestone_started  search        {}
    task_completed     search/box    {"task":"box","tasks_completed":["box"]}
    ! Nothing was appended (--dry-run).
    "#);
    insta::assert_snapshot!(env.block("new -F plan.md"), @"
    $ milestone new -F plan.md
    Created milestone search  (2 tasks)
    MILESTONE: Search (Progress: 50%)
    ├── Index ○ (Pending)
    └── Box ●
    ! Next: milestone start search/1
    ");
    insta::assert_snapshot!(env.block("new -F nothing.md"), @"
    $ milestone new -F nothing.md
    ! error[input.unreadable]: cannot read ~/nothing.md
    !   = No such file or directory (os error 2)
    !   = nothing was changed
    ! hint: give another file, or - for standard input
    exit 2
    ");
}

#[test]
fn tasks_come_one_by_one_or_as_a_list() {
    let env = shop();
    let receipts =
        "task add \"Receipts by e-mail\" --on checkout --estimate 2d --after 1 --due fri";
    insta::assert_snapshot!(env.block(receipts), @r#"
    $ milestone task add "Receipts by e-mail" --on checkout --estimate 2d --after 1 --due fri
    Added checkout/receipts-by-e-mail  Receipts by e-mail  (2d, due Fri 2026-03-13, after chec\
        kout/cart  Cart)
    ! Next: milestone show checkout
    "#);
    insta::assert_snapshot!(env.block("task add A B --on checkout"), @"
    $ milestone task add A B --on checkout
    Added checkout/a  A
    Added checkout/b  B
    ! 2 tasks added.
    ! Undo: milestone undo
    ");
    insta::assert_snapshot!(env.block("task add A --on checkout --id 7"), @r#"
    $ milestone task add A --on checkout --id 7
    ! error[id.bad]: "7" cannot be the id of a task: it reads as a number
    !   = nothing was changed
    ! hint: leave --id out, and one is made from the title
    exit 2
    "#);
    insta::assert_snapshot!(env.block("task add A --on checkout/cart"), @"
    $ milestone task add A --on checkout/cart
    ! error[ref.not_a_milestone]: checkout/cart is a task, and this is for milestones
    !   = nothing was changed
    ! hint: milestone list
    exit 8
    ");
    let list = "Refund flow (3d)\n  one\n[x] Tax table\n";
    insta::assert_snapshot!(env.fed("task add --on checkout -", list.as_bytes()), @"
    $ milestone task add --on checkout -
    Added checkout/refund-flow  Refund flow  (3d)
    Added checkout/tax-table    Tax table    (done)
    ! 2 tasks added.
    ! Undo: milestone undo
    ");
    insta::assert_snapshot!(env.fed("task add --on checkout -", b"  one\n"), @"
    $ milestone task add --on checkout -
    ! error[plan.bad]: line 1 is a checklist item without a task above it
    !   = nothing was changed
    ! hint: one title a line; two spaces before it make it a checklist item
    exit 2
    ");
    insta::assert_snapshot!(env.fed("task add --on checkout -", b""), @"
    $ milestone task add --on checkout -
    ! error[plan.bad]: there is no title in the input
    !   = nothing was changed
    ! hint: one title a line; two spaces before it make it a checklist item
    exit 2
    ");
}
