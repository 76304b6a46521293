//! `diff`: what changed between two moments.
//!
//! Start at `what_changed_is_told_milestone_by_milestone`. That every backend says the same is in
//! `reads_backends`; that nothing is forgotten, in the core's `difference`.

use crate::reads_world::{Pages, adorned, shop};
use crate::support::TestEnv;

fn env() -> TestEnv {
    let env = TestEnv::new();
    shop(&env);
    env
}

#[test]
fn what_changed_is_told_milestone_by_milestone() {
    let env = env();
    insta::assert_snapshot!(env.page("diff api --from 2026-03-05 --format text"), @r#"
    $ milestone diff api --from 2026-03-05 --format text
    api-development  API Development
      progress  25% → 67%
      database-setup  Database Setup
        status     in progress → done
        progress   1% → 100%
        completed  none → 2026-03-06 16:00
      endpoints  Endpoints
        status    pending → in progress
        progress  0% → 67%
        blockers  + "waiting for sandbox keys"  on sam  cleared
        notes     + "orders and payments done"  by dana
        reported  none → 4/6
        started   none → 2026-03-11 09:14
    ! FROM 2026-03-05 · record 5 · TO now · record 16 · read only
    "#);
    insta::assert_snapshot!(env.page("diff --from 2026-03-06 --to 2026-03-07"), @r"
    $ milestone diff --from 2026-03-06 --to 2026-03-07
    checkout-v2	added	title	-	Checkout v2
    checkout-v2/cart-totals	added	title	-	Cart totals
    checkout-v2/payment	added	title	-	Payment
    checkout-v2/tax-table	added	title	-	Tax table
    cleanup-logs	added	title	-	Cleanup logs
    cleanup-logs/rotate	added	title	-	Rotate
    csv-import	added	title	-	CSV import
    ! FROM 2026-03-06 · record 6 · TO 2026-03-07 · record 10 · read only
    ");
    adorned(&env);
    let ascii = "diff checkout/payment --from 2026-03-11 --format text --glyphs ascii";
    insta::assert_snapshot!(env.page(ascii), @r#"
    $ milestone diff checkout/payment --from 2026-03-11 --format text --glyphs ascii
    checkout-v2  Checkout v2
      payment  Payment
        status    waiting -> blocked
        blockers  + "no contract"
        criteria  + [x] card
        criteria  + [ ] voucher
        links     + relates-to bd-12
        notes     + "two lines; of a note"  by sam
    ! FROM 2026-03-11 - record 15 - TO now - record 21 - read only
    "#);
}

#[test]
fn what_was_taken_out_and_moved_is_told() {
    let env = env();
    for line in [
        "task remove checkout/tax-table",
        "task move checkout/payment --to cleanup-logs",
        "edit api --due 2026-04-01 --label -backend,+x --estimate 2d",
    ] {
        assert_eq!(env.run(line).code, 0, "{}", env.block(line));
    }
    insta::assert_snapshot!(env.page("diff --from 2026-03-11T20:00 --format text"), @r#"
    $ milestone diff --from 2026-03-11T20:00 --format text
    api-development  API Development
      progress  63% → 67%
      due       2026-03-20 → 2026-04-01
      estimate  none → 2d
      labels    - backend
      labels    + x
      endpoints  Endpoints
        progress  50% → 67%
        notes     + "orders and payments done"  by dana
        reported  3/6 → 4/6
    checkout-v2  Checkout v2
      tax-table  Tax table  (removed)
    cleanup-logs  Cleanup logs
      payment  Payment
        milestone  checkout-v2 → cleanup-logs
        origin     none → checkout-v2/payment
    ! FROM 2026-03-11T20:00 · record 15 · TO now · record 19 · read only
    "#);
    insta::assert_snapshot!(env.page("diff checkout/tax-table --from 2026-03-11"), @r"
    $ milestone diff checkout/tax-table --from 2026-03-11
    checkout-v2/tax-table	removed	title	Tax table	-
    ! FROM 2026-03-11 · record 15 · TO now · record 19 · read only
    ");
}

#[test]
fn programs_get_all_of_it() {
    let env = env();
    insta::assert_snapshot!(env.page("diff api/endpoints --from #15 --to #16 --json"), @r##"
    $ milestone diff api/endpoints --from #15 --to #16 --json
    {"kind":"diff","v":1,"data":{"from":{"moment":"#15","records":15,\
      "heads":["f77f0903fd9a776bce587e8e5f16f7128ea5385d03fab987a172bbdeb7f7ea8e"]},\
      "to":{"moment":"#16","records":16,"heads":["36605b2a993e19c979f26cf2bf9633b2d6565f6f\
      bc49a886f9d1a447658c381a"]},"items":[{"ref":"api-development/endpoints",\
      "title":"Endpoints","kind":"task","milestone":"api-development","change":"changed",\
      "status":{"from":"in_progress","to":"in_progress"},"progress":{"from":50,"to":67},\
      "fields":[{"field":"changed_at","from":"2026-03-11T16:20:00.000000Z",\
      "to":"2026-03-12T09:41:07.000000Z"},{"field":"notes",\
      "added":[{"at":"2026-03-12T09:41:07.000000Z","by":"dana","id":"36605b2a993e19c9-0",\
      "text":"orders and payments done"}],"removed":[],"changed":[]},{"field":"reported",\
      "from":{"done":3,"of":6,"percent":false},"to":{"done":4,"of":6,\
      "percent":false}}]}]},"meta":{"heads":["36605b2a993e19c979f26cf2bf9633b2d6565f6fbc49\
      a886f9d1a447658c381a"],"as_of":"#16","project":"shop","level":0,"total":null,\
      "next_cursor":null},"hints":[]}
    "##);
    insta::assert_snapshot!(env.page("diff api --from 2026-03-11 --format csv"), @r#"
    $ milestone diff api --from 2026-03-11 --format csv
    ref,change,field,from,to
    api-development,changed,progress,63%,67%
    api-development/endpoints,changed,progress,50%,67%
    api-development/endpoints,changed,notes,,"""orders and payments done""  by dana"
    api-development/endpoints,changed,reported,3/6,4/6
    ! FROM 2026-03-11 · record 15 · TO now · record 16 · read only
    "#);
}

#[test]
fn moments_that_do_not_fit_are_refused() {
    let env = env();
    let lines = [
        "diff",
        "diff --from someday",
        "diff --from #3 --to someday",
        "diff --from tomorrow",
        "diff api --from 2026-03-12 --to 2026-03-05",
        "diff --from #5 --to #3",
        "diff --from #3 --to #5 --as-of #9",
        "diff nothing --from #5",
    ];
    let said: String = lines.iter().map(|line| env.page(line)).collect();
    insta::assert_snapshot!(said, @r#"
    $ milestone diff
    ! error[usage.missing]: "diff" needs --from WHEN
    !   = nothing was changed
    ! hint: milestone help diff
    exit 2
    $ milestone diff --from someday
    ! error[usage.as_of]: "someday" is no moment
    !   = a date, a time, 3d (ago), a record id, #N, git:REV or session:ID
    ! hint: milestone diff --from 2026-03-05
    exit 2
    $ milestone diff --from #3 --to someday
    ! error[usage.as_of]: "someday" is no moment
    !   = a date, a time, 3d (ago), a record id, #N, git:REV or session:ID
    ! hint: milestone diff --from 2026-03-05
    exit 2
    $ milestone diff --from tomorrow
    ! error[usage.later]: --from tomorrow is later than --to, which is now
    !   = a date means the end of that day
    !   = nothing was changed
    ! hint: milestone diff --from 2026-03-05
    exit 2
    $ milestone diff api --from 2026-03-12 --to 2026-03-05
    ! error[usage.later]: --from 2026-03-12 is later than --to 2026-03-05
    !   = a date means the end of that day
    !   = nothing was changed
    ! hint: milestone diff api --from 2026-03-05 --to 2026-03-12
    exit 2
    $ milestone diff --from #5 --to #3
    ! error[usage.later]: --from #5 is later than --to #3
    !   = nothing was changed
    ! hint: milestone diff --from '#3' --to '#5'
    exit 2
    $ milestone diff --from #3 --to #5 --as-of #9
    ! error[usage.conflict]: --to cannot be given together with --as-of
    !   = each says where diff ends
    !   = nothing was changed
    ! hint: milestone diff --from 2026-03-05 --to 2026-03-12
    exit 2
    $ milestone diff nothing --from #5
    ! error[ref.not_found]: no milestone or task is called "nothing"
    !   = nothing was changed
    ! hint: milestone list
    exit 5
    "#);
}

#[test]
fn where_nothing_changed_nothing_is_said() {
    let env = env();
    insta::assert_snapshot!(env.page("diff --from #16"), @r"
    $ milestone diff --from #16
    ! FROM #16 · record 16 · TO now · record 16 · read only
    ! Nothing changed.
    ");
    assert_eq!(env.run("diff --from #16 --fail-empty -q").code, 3);
    assert_eq!(env.run("diff api --from #16 --fail-empty --json").code, 3);
    assert_eq!(env.run("diff --from #15 --fail-empty -q").code, 0);
    let until = env.run("diff --from #3 --to #9").stdout;
    assert!(!until.is_empty());
    assert_eq!(until, env.run("diff --from #3 --as-of #9").stdout);
}
