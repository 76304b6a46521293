//! `show`, drawn for people: the tree, the frame, the page of a task, at every width.
//!
//! Start at `the_tree_is_that_of_the_specification`.

use crate::reads_world::{Pages, World, adorned, shop};
use crate::support::TestEnv;

fn env() -> TestEnv {
    let env = TestEnv::new();
    shop(&env);
    env
}

#[test]
fn the_tree_is_that_of_the_specification() {
    let lines = [
        "MILESTONE: API Development (Progress: 67%)",
        "├── Authentication ✅",
        "├── Database Setup ✅",
        "├── Endpoints 🔄 (In Progress)",
        "└── Testing ⏳ (Pending)",
        "",
    ];
    assert_eq!(env().run("show api --glyphs emoji").stdout, lines.join("\n"));
}

#[test]
fn other_symbols() {
    let env = env();
    insta::assert_snapshot!(env.page("show api"), @r"
    $ milestone show api
    MILESTONE: API Development (Progress: 67%)
    ├── Authentication ●
    ├── Database Setup ●
    ├── Endpoints ◐ (In Progress)
    └── Testing ○ (Pending)
    ");
    insta::assert_snapshot!(env.page("show api --glyphs ascii"), @r"
    $ milestone show api --glyphs ascii
    MILESTONE: API Development (Progress: 67%)
    |-- Authentication [x]
    |-- Database Setup [x]
    |-- Endpoints [~] (In Progress)
    `-- Testing [ ] (Pending)
    ");
}

#[test]
fn level_1_is_a_frame() {
    let env = env();
    insta::assert_snapshot!(env.page("show api --level 1 --glyphs emoji"), @r"
    $ milestone show api --level 1 --glyphs emoji
    ╭────────────────────────────────────────────────────────────────╮
    │  🎯 MILESTONE: API Development                                 │
    │  📊 Progress: ███████░░░ 67%   2 of 4 tasks done               │
    │  ⏰ Due: 2026-03-20   8 days left                              │
    │                                                                │
    │  ✅ Authentication (2 days)                                    │
    │  ✅ Database Setup (2 days)                                    │
    │  🔄 Endpoints (Day 2 of 3)                                     │
    │  ⏳ Testing (Not started)                                      │
    ╰─ not enough history · Testing waits for Endpoints ─────────────╯
    ");
    insta::assert_snapshot!(env.page("show api --level 1 --width 110"), @r"
    $ milestone show api --level 1 --width 110
    ╭───────────────────────────────────────────────────────────────────────────────────\
      ───────────────╮
    │  MILESTONE: API Development                                                       \
                     │
    │  Progress: ███████░░░ 67%   2 of 4 tasks done                                     \
                     │
    │  Due: 2026-03-20   8 days left                                                    \
                     │
    │                                                                                   \
                     │
    │  ● 1  Authentication (2 days)   est 2d                                            \
                     │
    │  ● 2  Database Setup (2 days)   est 2d                                            \
                     │
    │  ◐ 3  Endpoints (Day 2 of 3)    est 3d                                            \
                     │
    │  ○ 4  Testing (Not started)     est 2d                                            \
                     │
    ╰─ not enough history · Testing waits for Endpoints \
      ───────────────────────────────────────────────╯
    ");
    insta::assert_snapshot!(env.page("show api --level 1 --width 36"), @r"
    $ milestone show api --level 1 --width 36
    API Development  67%
    Due 2026-03-20 (8 days)
    1 done  Authentication
    2 done  Database Setup
    3 67%   Endpoints  Day 2/3
    4 wait  Testing
    ");
}

#[test]
fn it_can_be_read_aloud() {
    insta::assert_snapshot!(env().page("show api --accessible"), @r"
    $ milestone show api --accessible
    API Development. 67 percent, 2 of 4 tasks done. Due Friday 2026-03-20, 8 days left. \
      Not enough history.
    Task 1 of 4: Authentication. Done. Took 2 days, estimate 2 days.
    Task 2 of 4: Database Setup. Done. Took 2 days, estimate 2 days.
    Task 3 of 4: Endpoints. In progress, 4 of 6, day 2 of 3.
    Task 4 of 4: Testing. Pending. Waits for Endpoints. Estimate 2 days.
    ");
}

#[test]
fn a_task_is_a_page() {
    let env = env();
    adorned(&env);
    insta::assert_snapshot!(env.page("show api/3"), @r"
    $ milestone show api/3
    TASK: Endpoints (Progress: 67%)
      Ref        api-development/endpoints (task 3)
      Status     ◐ In Progress, 4 of 6, Day 2 of 3
      Milestone  API Development
      Estimate   3d
    Notes
      Thu 2026-03-12 09:41  dana
        orders and payments done
    ");
    insta::assert_snapshot!(env.page("task show checkout/payment"), @r"
    $ milestone task show checkout/payment
    TASK: Payment (Progress: 0%)
      Ref        checkout-v2/payment (task 2)
      Status     ■ Blocked
      Milestone  Checkout v2
      Estimate   3d
      After      checkout-v2/cart-totals ○ (Pending)
    Checklist
      1 [x] card
      2 [ ] voucher
    Blocked by
      vdnot4yy  no contract  (since Thu 2026-03-12 09:54, by sam)
    Notes
      Thu 2026-03-12 09:52  sam
        two lines
        of a note
    Links
      relates-to  bd-12
    ");
}

#[test]
fn a_task_can_be_read_aloud_and_pasted() {
    let env = env();
    adorned(&env);
    insta::assert_snapshot!(env.page("show checkout/payment --accessible"), @"
    $ milestone show checkout/payment --accessible
    TASK: Payment (Progress: 0%).
    Ref: checkout-v2/payment (task 2).
    Status: Blocked.
    Milestone: Checkout v2.
    Estimate: 3d.
    After: checkout-v2/cart-totals (Pending).
    Checklist: 1, done: card
    Checklist: 2, open: voucher
    Blocked by: vdnot4yy  no contract  (since Thu 2026-03-12 09:54, by sam)
    Notes: Thu 2026-03-12 09:52  sam
    Notes: two lines
    Notes: of a note
    Links: relates-to  bd-12
    ");
    insta::assert_snapshot!(env.page("show checkout/payment --format md"), @r"
    $ milestone show checkout/payment --format md
    ## Payment (0%)

    - Ref: checkout-v2/payment (task 2)
    - Status: Blocked
    - Milestone: Checkout v2
    - Estimate: 3d
    - After: checkout-v2/cart-totals (Pending)

    ### Checklist

    - [x] card
    - [ ] voucher

    ### Blocked by

    - vdnot4yy  no contract  (since Thu 2026-03-12 09:54, by sam)

    ### Notes

    - Thu 2026-03-12 09:52  sam
    - two lines
    - of a note

    ### Links

    - relates-to  bd-12
    ");
}

#[test]
fn markdown_is_a_task_list() {
    insta::assert_snapshot!(env().page("show api --format md"), @r"
    $ milestone show api --format md
    ## API Development (67%)

    Due 2026-03-20 (8 days left) · 2 of 4 tasks done · owner dana

    - [x] Authentication
    - [x] Database Setup
    - [ ] Endpoints (In Progress, 4/6)
    - [ ] Testing (Pending, waits for Endpoints)
    ");
}

#[test]
fn the_past_is_shown_under_a_banner() {
    let env = env();
    insta::assert_snapshot!(env.page("show api --as-of 2026-03-05"), @r"
    $ milestone show api --as-of 2026-03-05
    MILESTONE: API Development (Progress: 25%)
    ├── Authentication ●
    ├── Database Setup ◐ (In Progress)
    ├── Endpoints ○ (Pending)
    └── Testing ○ (Pending)
    ! AS OF 2026-03-05 · record 5 of 16 · read only
    ");
    insta::assert_snapshot!(env.page("list --as-of #4"), @r"
    $ milestone list --as-of #4
    api-development	API Development	active	25	1/4	2026-03-20	dana	backend
    ! AS OF #4 · record 4 of 16 · read only · a merge may move places
    ");
    insta::assert_snapshot!(env.page("show api -q --as-of 2026-03-05"), @r"
    $ milestone show api -q --as-of 2026-03-05
    MILESTONE: API Development (Progress: 25%)
    ├── Authentication ●
    ├── Database Setup ◐ (In Progress)
    ├── Endpoints ○ (Pending)
    └── Testing ○ (Pending)
    ");
}

#[test]
fn what_did_not_exist_yet_is_said_to() {
    let env = env();
    insta::assert_snapshot!(env.page("show checkout --as-of 2026-03-05"), @r"
    $ milestone show checkout --as-of 2026-03-05
    ! error[ref.not_yet]: checkout-v2 did not exist yet
    !   = it was created 2026-03-07 (#7)
    ! hint: milestone show checkout-v2 --as-of 2026-03-07
    exit 5
    ");
    insta::assert_snapshot!(env.page("show nothing --as-of 2026-03-05"), @r#"
    $ milestone show nothing --as-of 2026-03-05
    ! error[ref.not_found]: no milestone or task is called "nothing"
    !   = nothing was changed
    ! hint: milestone list
    exit 5
    "#);
}

#[test]
fn dangerous_text_stays_on_its_line() {
    let env = TestEnv::new();
    let mut world = World::begin(env.path());
    world.plans("2026-03-02T10:00:00Z", "\u{1f469}\u{200d}\u{1f467} ثلاثة 🚀", None, Vec::new());
    // The log may have what the command line refuses: another program wrote it.
    world.writes_by_hand("sly", "tab\there\nand \u{1b}[2J\u{202e}txt");
    let answer = env.run("list --fields title,ref");
    assert_eq!(answer.stdout.lines().count(), 2, "{}", answer.stdout);
    insta::assert_snapshot!(answer.whole(), @r"
    $ milestone list --fields title,ref
    tab here and �[2J�txt	sly
    👩‍👧 ثلاثة 🚀	woman-girl-thlth-rocket
    ");
    insta::assert_snapshot!(env.page("show sly"), @r"
    $ milestone show sly
    MILESTONE: tab here and �[2J�txt (Progress: 0%)
    ");
    insta::assert_snapshot!(env.page("log sly --format text"), @r#"
    $ milestone log sly --format text
    #3  Mon 03-02 11:00  sly  created  "tab here and �[2J�txt"
    "#);
}
