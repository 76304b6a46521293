//! Moving work along, and changing what is there.
//!
//! Start at [`shop`], the project that these tests begin with.

use crate::support::TestEnv;

/// A project with one milestone of three tasks; the third waits for the other two.
pub(crate) fn shop() -> TestEnv {
    let env = TestEnv::new();
    for line in [
        "init --name shop",
        "new Checkout --due 2026-03-20 --task Cart --task Payment --task Testing",
        "dep add checkout/testing --after checkout/cart,checkout/payment",
    ] {
        let answer = env.run(line);
        assert_eq!(answer.code, 0, "{}", answer.block());
    }
    env
}

#[test]
fn work_goes_from_start_to_done() {
    let env = shop();
    insta::assert_snapshot!(env.block("start checkout/testing"), @r#"
    $ milestone start checkout/testing
    ! error[task.waiting]: checkout/testing waits for checkout/cart, checkout/payment
    !   = --force "why" overrides this, and the reason is recorded
    !   = nothing was changed
    ! hint: milestone done checkout/cart
    exit 8
    "#);
    insta::assert_snapshot!(env.block("start checkout/cart --at 2026-03-10"), @"
    $ milestone start checkout/cart --at 2026-03-10
    Started  checkout/cart  Cart  ◐ Day 3
    Began    checkout  Checkout
    ! Next: milestone progress checkout/1 50%
    ");
    insta::assert_snapshot!(env.block("progress @/cart 4/6 -m \"half of it\" --time 2h"), @r#"
    $ milestone progress @/cart 4/6 -m "half of it" --time 2h
    Cart       1% → 67%   ████████████████░░░░░░░░  4 of 6
    Checkout   1% → 22%   due Fri 2026-03-20, 8 days left
    "#);
    insta::assert_snapshot!(env.block("progress @/cart 4/8"), @"
    $ milestone progress @/cart 4/8
    Cart       67% → 50%   ████████████░░░░░░░░░░░░  4 of 8  scope 6 → 8
    Checkout   22% → 17%   due Fri 2026-03-20, 8 days left
    ");
    insta::assert_snapshot!(env.block("progress @/cart 100%"), @"
    $ milestone progress @/cart 100%
    Cart       50% → 99%   ███████████████████████░
    Checkout   17% → 33%   due Fri 2026-03-20, 8 days left
    ! Next: milestone done checkout/1
    ");
    insta::assert_snapshot!(env.block("progress @/cart 7/6"), @r#"
    $ milestone progress @/cart 7/6
    ! error[usage.bad_value]: PROGRESS: "7/6" is more than all: 7 of 6
    !   = nothing was changed
    ! hint: milestone help progress
    exit 2
    "#);
}

#[test]
fn a_milestone_is_finished_and_put_away() {
    let env = shop();
    env.run("start checkout/cart --at 2026-03-10");
    insta::assert_snapshot!(env.block("done checkout"), @"
    $ milestone done checkout
    ! error[milestone.open_tasks]: checkout has 3 tasks open
    !   = checkout/cart
    !   = checkout/payment
    !   = checkout/testing
    !   = nothing was changed
    ! hint: milestone done checkout/cart checkout/payment checkout/testing checkout
    exit 8
    ");
    insta::assert_snapshot!(env.block("done checkout/cart checkout/payment -m \"PR 142\""), @r#"
    $ milestone done checkout/cart checkout/payment -m "PR 142"
    Done       checkout/cart  Cart ●  3 days
    Done       checkout/payment  Payment ●
    Unblocked  checkout/testing  Testing
    Checkout   1% → 67%
    ! Next: milestone start checkout/3
    "#);
    insta::assert_snapshot!(env.block("done checkout/testing"), @"
    $ milestone done checkout/testing
    Done checkout/testing  Testing ●
    Checkout   67% → 100%
    ! Next: milestone done checkout
    ");
    insta::assert_snapshot!(env.block("done checkout"), @"
    $ milestone done checkout
    Done checkout  Checkout ●  Tue 2026-03-10 → Thu 2026-03-12, 8 days early
    ! Next: milestone list
    ");
    insta::assert_snapshot!(env.block("done checkout"), @"
    $ milestone done checkout
    ! error[status.wrong]: checkout is completed, so it cannot be completed
    !   = nothing was changed
    ! hint: milestone reopen checkout
    exit 8
    ");
    insta::assert_snapshot!(env.block("archive checkout"), @"
    $ milestone archive checkout
    Archived checkout  Checkout
      Planned    due Fri 2026-03-20
      Actual     Tue 2026-03-10 to Thu 2026-03-12, 3 days, 8 days early
      Tasks      3 done
      Scope      1 task when it was begun; 2 added since (+200%)
      Estimates  no done task has an estimate and recorded work
      Blocked    nothing was blocked
    ! Undo: milestone undo
    ");
    insta::assert_snapshot!(env.block("note checkout late"), @"
    $ milestone note checkout late
    ! error[status.wrong]: checkout is archived, so it cannot be noted on
    !   = nothing was changed
    ! hint: milestone unarchive checkout
    exit 8
    ");
    insta::assert_snapshot!(env.block("unarchive checkout"), @"
    $ milestone unarchive checkout
    Unarchived checkout  Checkout
    ");
}

#[test]
fn rules_are_overridden_with_a_reason() {
    let env = shop();
    insta::assert_snapshot!(env.block("start checkout/testing --force \"the mock will do\""), @r#"
    $ milestone start checkout/testing --force "the mock will do"
    Started  checkout/testing  Testing  ◐ Day 1
    Began    checkout  Checkout
    ! Next: milestone progress checkout/3 50%
    "#);
    insta::assert_snapshot!(env.block("done checkout --force \"the rest moved\""), @r#"
    $ milestone done checkout --force "the rest moved"
    Done checkout  Checkout ●  Thu 2026-03-12 → Thu 2026-03-12, 8 days early
    ! Next: milestone list
    "#);
    insta::assert_snapshot!(env.block("start checkout/cart"), @r"
    $ milestone start checkout/cart
    ! error[milestone.closed]: the milestone checkout is completed, so checkout/cart cannot be\
         started
    !   = nothing was changed
    ! hint: milestone reopen checkout
    exit 8
    ");
}

#[test]
fn blockers_are_raised_and_cleared() {
    let env = shop();
    let line = "block checkout/cart waiting for keys --on sam --until fri";
    insta::assert_snapshot!(env.block(line), @r#"
    $ milestone block checkout/cart waiting for keys --on sam --until fri
    Blocked checkout/cart  Cart ■  "waiting for keys"  (mzdp6btn, on sam, until Fri 2026-03-13)
    ! Next: milestone unblock checkout/1
    "#);
    insta::assert_snapshot!(env.block("block checkout/cart legal"), @r#"
    $ milestone block checkout/cart legal
    Blocked checkout/cart  Cart ■  "legal"  (ph4yh77e)
    ! Next: milestone unblock checkout/1
    "#);
    insta::assert_snapshot!(env.block("start checkout/cart"), @"
    $ milestone start checkout/cart
    ! error[task.blocked]: checkout/cart is blocked: waiting for keys; legal
    !   = nothing was changed
    ! hint: milestone unblock checkout/cart
    exit 8
    ");
    insta::assert_snapshot!(env.block("unblock checkout/cart zzzz"), @r#"
    $ milestone unblock checkout/cart zzzz
    ! error[task.which_blocker]: no blocker of checkout/cart is called "zzzz"
    !   = mzdp6btn  waiting for keys
    !   = ph4yh77e  legal
    !   = nothing was changed
    ! hint: milestone unblock checkout/cart mzdp6btn
    exit 8
    "#);
    insta::assert_snapshot!(env.block("unblock checkout/cart"), @"
    $ milestone unblock checkout/cart
    ! error[task.which_blocker]: 2 blockers block checkout/cart
    !   = mzdp6btn  waiting for keys
    !   = ph4yh77e  legal
    !   = nothing was changed
    ! hint: milestone unblock checkout/cart mzdp6btn
    exit 8
    ");
}

#[test]
fn what_is_given_up_can_be_taken_up() {
    let env = shop();
    insta::assert_snapshot!(env.block("cancel checkout/cart --reason duplicate"), @"
    $ milestone cancel checkout/cart --reason duplicate
    Cancelled checkout/cart  Cart ✗
    Checkout   0%
    ! Undo: milestone undo
    ");
    insta::assert_snapshot!(env.block("cancel checkout/cart --reason again"), @"
    $ milestone cancel checkout/cart --reason again
    ! error[status.wrong]: checkout/cart is cancelled, so it cannot be cancelled
    !   = nothing was changed
    ! hint: milestone reopen checkout/cart
    exit 8
    ");
    insta::assert_snapshot!(env.block("reopen checkout/cart"), @"
    $ milestone reopen checkout/cart
    Reopened checkout/cart  Cart ○ (Pending)
    Checkout   0%
    ! Next: milestone start checkout/1
    ");
    insta::assert_snapshot!(env.block("cancel checkout/payment"), @r#"
    $ milestone cancel checkout/payment
    ! error[usage.missing]: "cancel" needs --reason TEXT
    !   = nothing was changed
    ! hint: milestone help cancel
    exit 2
    "#);
}

#[test]
fn fields_change_one_by_one() {
    let env = shop();
    let line = "edit checkout --due +5d --label +urgent,later --owner dana --desc why";
    insta::assert_snapshot!(env.block(line), @"
    $ milestone edit checkout --due +5d --label +urgent,later --owner dana --desc why
    Edited checkout  Checkout
      description  none → why
      owner        none → dana
      due          2026-03-20 → 2026-03-17
      labels       none → urgent, later
    ");
    insta::assert_snapshot!(env.block("edit checkout --label -later --owner none"), @"
    $ milestone edit checkout --label -later --owner none
    Edited checkout  Checkout
      owner   dana → none
      labels  urgent, later → urgent
    ");
    insta::assert_snapshot!(env.block("edit checkout --label -later"), @"
    $ milestone edit checkout --label -later
    Nothing to change: it is so already.
    ");
    insta::assert_snapshot!(env.block("edit checkout/cart --estimate 2d --weight 3"), @"
    $ milestone edit checkout/cart --estimate 2d --weight 3
    Edited checkout/cart  Cart
      estimate  none → 2d
      weight    none → 3
    ");
    insta::assert_snapshot!(env.block("task edit checkout/cart --title \"The cart\""), @r#"
    $ milestone task edit checkout/cart --title "The cart"
    Edited checkout/cart  The cart
      title  Cart → The cart
    "#);
    insta::assert_snapshot!(env.block("edit checkout --start 2026-04-01"), @"
    $ milestone edit checkout --start 2026-04-01
    ! error[dates.order]: due 2026-03-17 is before the start 2026-04-01
    !   = nothing was changed
    ! hint: give an end that is not before the beginning
    exit 8
    ");
}

#[test]
fn order_and_places_change() {
    let env = shop();
    insta::assert_snapshot!(env.block("task move checkout/testing --first"), @"
    $ milestone task move checkout/testing --first
    Moved checkout/testing  Testing  (now 1 of 3)
    ");
    insta::assert_snapshot!(env.block("new Search"), @"
    $ milestone new Search
    Created milestone search  (0 tasks)
    MILESTONE: Search (Progress: 0%)
    ! Next: milestone task add TITLE --on search
    ");
    insta::assert_snapshot!(env.block("task move checkout/testing --to search"), @"
    $ milestone task move checkout/testing --to search
    Moved checkout/testing → search/testing  Testing  (now 1 of 1)
    ");
    insta::assert_snapshot!(env.block("task remove checkout/cart"), @"
    $ milestone task remove checkout/cart
    Removed checkout/cart  Cart
    Checkout   0%
    ! Undo: milestone undo
    ");
    insta::assert_snapshot!(env.block("dep remove search/testing --after checkout/payment"), @"
    $ milestone dep remove search/testing --after checkout/payment
    search/testing no longer comes after checkout/payment
    ! Next: milestone dep tree search/1
    ");
    insta::assert_snapshot!(env.block("dep remove search/testing --after checkout/payment"), @"
    $ milestone dep remove search/testing --after checkout/payment
    ! error[dep.unchanged]: search/testing does not depend on checkout/payment
    !   = nothing was changed
    ! hint: milestone dep tree search/testing
    exit 8
    ");
    insta::assert_snapshot!(env.block("dep add checkout/payment --after checkout/payment"), @"
    $ milestone dep add checkout/payment --after checkout/payment
    ! error[dep.cycle]: checkout/payment cannot depend on itself
    !   = nothing was changed
    ! hint: milestone dep tree
    exit 8
    ");
}

#[test]
fn checklists_are_ticked() {
    let env = shop();
    insta::assert_snapshot!(env.block("task add Launch --on checkout --check one --check two"), @"
    $ milestone task add Launch --on checkout --check one --check two
    Added checkout/launch  Launch
    ! Next: milestone start checkout/4
    ");
    insta::assert_snapshot!(env.block("check checkout/launch 1 2"), @"
    $ milestone check checkout/launch 1 2
    Checked checkout/launch  Launch  2 of 2
    ! Next: milestone done checkout/4
    ");
    insta::assert_snapshot!(env.block("uncheck checkout/launch 2"), @"
    $ milestone uncheck checkout/launch 2
    Unchecked checkout/launch  Launch  1 of 2
    ");
    insta::assert_snapshot!(env.block("check checkout/launch 3"), @"
    $ milestone check checkout/launch 3
    ! error[check.none]: checkout/launch has 2 criteria, so there is no number 3
    !   = nothing was changed
    ! hint: milestone show checkout/launch
    exit 8
    ");
}

#[test]
fn what_a_blocker_waits_for_is_not_what_at_means() {
    let env = shop();
    env.run("start checkout/cart");
    let blocked = env.run("block @/payment keys --on sam");
    assert!(blocked.stdout.contains("Blocked checkout/payment"), "{}", blocked.block());
    let added = env.run("task add More -q");
    assert_eq!(added.stdout, "checkout/more\n", "{}", added.block());
}
