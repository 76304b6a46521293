//! How things stand, and reports of it, as people see them: `status`, `report`.
//!
//! Start at [`three`], a project in which not all is well.

use crate::reads_figures::busy;
use crate::support::TestEnv;

/// A milestone at risk, one that nothing happens in, one without a date.
fn three() -> TestEnv {
    let env = busy();
    for line in [
        "new \"<script>alert(1)</script> & \\\"Search\\\"\" --id search --due 2026-03-20",
        "task add --on search Index Ranking",
        "start search/index --at 2026-03-01",
        "new Later",
        "task add --on later Think",
        "start later",
    ] {
        let answer = env.run(line);
        assert_eq!(answer.code, 0, "{line}: {}", answer.stderr);
    }
    env
}

#[test]
fn health_comes_with_its_reasons() {
    let env = three();
    insta::assert_snapshot!(env.block("status --format text"), @r"
    $ milestone status --format text
    3 open milestones: 1 late, 1 at risk, 1 no due date

    <script>alert(1)</script> & \Search\ (search)  ▲▲ Late
      1%, 0 of 2 tasks done; due Fri 2026-03-20, 8 days left
      the due date has a 17% chance
      50% by Fri 2026-03-27, 85% by Tue 2026-04-07, 18 days after due
      scope grew from 1 to 2 since it was begun

    Checkout (checkout)  ▲ At risk
      80%, 24 of 30 tasks done; due Fri 2026-03-27, 15 days left
      the due date has a 64% chance
      50% by Wed 2026-03-25, 85% by Thu 2026-04-02, 6 days after due

    Later (later)  No due date
      0%, 0 of 1 tasks done; no due date
      1 task left
      50% by Mon 2026-03-23, 85% by Fri 2026-04-03
    ");
    insta::assert_snapshot!(env.block("status checkout --format md"), @r"
    $ milestone status checkout --format md
    1 open milestone: 1 at risk

    | Milestone | Health | Progress | Due | Why |
    | --- | --- | ---: | --- | --- |
    | Checkout | At risk | 80% (24/30) | 2026-03-27 | the due date has a 64% chance; 50% by We\
        d 2026-03-25, 85% by Thu 2026-04-02, 6 days after due |
    ");
    insta::assert_snapshot!(env.block("status checkout --accessible"), @r"
    $ milestone status checkout --accessible
    1 open milestone: 1 at risk
    Checkout. At risk. 80%, 24 of 30 tasks done, due Fri 2026-03-27, 15 days left. The due dat\
        e has a 64% chance. 50% by Wed 2026-03-25, 85% by Thu 2026-04-02, 6 days after due.
    ");
    insta::assert_snapshot!(env.block("status search --json"), @r#"
    $ milestone status search --json
    {"kind":"milestone.status","v":1,"data":[{"ref":"search","title":"<script>alert(1)</script\
        > & \\Search\\","owner":null,"status":"active","health":"late","reasons":["the due date ha\
        s a 17% chance","50% by Fri 2026-03-27, 85% by Tue 2026-04-07, 18 days after due","scope g\
        rew from 1 to 2 since it was begun"],"progress":1,"tasks_done":0,"tasks":2,"left":2,"block\
        ed":0,"due":"2026-03-20","slip_days_30":0,"chance":0.1734,"p50":"2026-03-27","p85":"2026-0\
        4-07","estimates_from":null,"estimates_to":null,"quiet_days":0,"scope_at_begin":1}],"meta"\
        :{"heads":["6ce3e1b2de136fb49365b1ea5cadfaabc6ef45bf59db0ff8424554a7d439dbf9"],"as_of":nul\
        l,"project":"shop","level":0,"total":1,"next_cursor":null},"hints":[]}
    "#);
    insta::assert_snapshot!(env.block("status --as-of 2026-02-01"), @r"
    $ milestone status --as-of 2026-02-01
    checkout	Checkout	not_enough_history	33	10/30	2026-03-27	-	-	-	0	dana	20 tasks left; too l\
        ittle was finished to say when; estimates give Sun 2026-02-22 to Sun 2026-04-05
    ! AS OF 2026-02-01 · record 19 of 48 · read only
    ");
    assert_eq!(env.run("status nothing").code, 5);
    let forecast = env.run("forecast checkout --json").stdout;
    assert!(forecast.contains("\"health\":\"at_risk\""));
}
