//! Milestones that are put down for a while and taken up again.
//!
//! Start at `a_milestone_rests_and_goes_on`.

use crate::support::TestEnv;
use crate::writes_flow::shop;

/// A project with one milestone that is paused, and one task of it under way.
fn resting() -> TestEnv {
    let env = shop();
    for line in ["start checkout/cart", "pause checkout --reason \"keys come in May\""] {
        let answer = env.run(line);
        assert_eq!(answer.code, 0, "{}", answer.block());
    }
    env
}

#[test]
fn a_milestone_rests_and_goes_on() {
    let env = shop();
    insta::assert_snapshot!(env.block("pause checkout"), @"
    $ milestone pause checkout
    ! error[status.wrong]: checkout is planned, so it cannot be paused
    !   = nothing was changed
    ! hint: milestone start checkout
    exit 8
    ");
    env.run("start checkout/cart");
    env.run("new Other --task One");
    env.run("start other/one");
    insta::assert_snapshot!(env.block("pause checkout/cart"), @"
    $ milestone pause checkout/cart
    ! error[ref.not_a_milestone]: checkout/cart is a task, and this is for milestones
    !   = nothing was changed
    ! hint: milestone list
    exit 8
    ");
    insta::assert_snapshot!(env.block("pause checkout other --reason \"keys come in May\""), @r#"
    $ milestone pause checkout other --reason "keys come in May"
    Paused  checkout  Checkout ⊘ (Paused)
    Paused  other  Other ⊘ (Paused)
    ! Next: milestone resume checkout
    "#);
    insta::assert_snapshot!(env.block("pause checkout"), @"
    $ milestone pause checkout
    ! error[status.wrong]: checkout is paused, so it cannot be paused
    !   = nothing was changed
    ! hint: milestone resume checkout
    exit 8
    ");
    insta::assert_snapshot!(env.block("resume other --dry-run"), @"
    $ milestone resume other --dry-run
    milestone_resumed  other  {}
    ! Nothing was appended (--dry-run).
    ");
    insta::assert_snapshot!(env.block("resume checkout other"), @"
    $ milestone resume checkout other
    Resumed  checkout  Checkout ◐ (In Progress)
    Resumed  other  Other ◐ (In Progress)
    ! Next: milestone ready
    ");
    insta::assert_snapshot!(env.block("resume checkout"), @"
    $ milestone resume checkout
    ! error[status.wrong]: checkout is active, so it cannot be resumed
    !   = nothing was changed
    ! hint: milestone show checkout
    exit 8
    ");
    insta::assert_snapshot!(env.block("log checkout --limit 3"), @r#"
    $ milestone log checkout --limit 3
    8	2026-03-12T10:00:00.000000Z	dana	checkout	milestone_resumed	resumed	d79496b7cbed697b8eb6\
        3b0a0575b9525847d02d63f71309be4f39331de0e065
    7	2026-03-12T10:00:00.000000Z	dana	checkout	milestone_paused	paused  "keys come in May"	4e\
        55a3255774a9728f9275cbf4765d8ab2070975fb0626963852c2ac8770ebec
    4	2026-03-12T10:00:00.000000Z	dana	checkout/cart	task_started	started	aae8edd76bbfc450aacb\
        d9b9fc957b02b457880c6c2144d7abfa59dee10af00d
    "#);
}

#[test]
fn no_work_is_taken_for_what_rests() {
    let env = resting();
    insta::assert_snapshot!(env.block("start checkout/payment --force why"), @r"
    $ milestone start checkout/payment --force why
    ! error[milestone.paused]: the milestone checkout is paused, so checkout/payment cannot be\
         started
    !   = nothing was changed
    ! hint: milestone resume checkout
    exit 8
    ");
    insta::assert_snapshot!(env.block("progress checkout/cart 50%"), @r"
    $ milestone progress checkout/cart 50%
    ! error[milestone.paused]: the milestone checkout is paused, so checkout/cart cannot be re\
        ported on
    !   = nothing was changed
    ! hint: milestone resume checkout
    exit 8
    ");
    insta::assert_snapshot!(env.block("done checkout/cart"), @"
    $ milestone done checkout/cart
    ! error[milestone.paused]: the milestone checkout is paused, so checkout/cart cannot be finished
    !   = nothing was changed
    ! hint: milestone resume checkout
    exit 8
    ");
    assert_eq!(env.run("progress checkout 50%").code, 8);
    assert_eq!(env.run("archive checkout").code, 8);
    assert_eq!(env.run("reopen checkout").code, 8);
    assert_eq!(env.run("ready").stdout, "");
    // Planning goes on.
    for line in [
        "note checkout/cart \"a word\"",
        "task add More --on checkout",
        "edit checkout --due 2026-04-01",
        "block checkout/payment keys",
        "cancel checkout/payment --reason \"not this year\"",
        "reopen checkout/payment",
    ] {
        let answer = env.run(line);
        assert_eq!(answer.code, 0, "{}", answer.block());
    }
    assert_eq!(env.run("done checkout --force \"it is enough\"").code, 0);
    assert_eq!(env.run("undo").code, 0);
    assert!(env.run("list status:paused").stdout.contains("checkout"));
    assert_eq!(env.run("cancel checkout --reason never").code, 0);
    assert_eq!(env.run("undo").code, 0);
    assert!(env.run("list --status paused").stdout.contains("checkout"));
}

#[test]
fn what_rests_is_seen_to_rest() {
    let env = resting();
    insta::assert_snapshot!(env.block("show checkout"), @"
    $ milestone show checkout
    MILESTONE: Checkout (Progress: 1%)
    ├── Cart ◐ (In Progress)
    ├── Payment ○ (Pending)
    └── Testing ○ (Pending)
      Status  Paused
      Reason  keys come in May
    ");
    insta::assert_snapshot!(env.block("list"), @"
    $ milestone list
    checkout	Checkout	paused	1	0/3	2026-03-20	-	-
    ");
    insta::assert_snapshot!(env.block("list --glyphs ascii"), @"
    $ milestone list --glyphs ascii
    checkout	Checkout	paused	1	0/3	2026-03-20	-	-
    ");
    insta::assert_snapshot!(env.block("status"), @r#"
    $ milestone status
    checkout	Checkout	paused	1	0/3	2026-03-20	-	-	-	0	-	3 tasks left, and nobody works on them\
        : it is paused (keys come in May)
    "#);
    insta::assert_snapshot!(env.block("forecast checkout"), @r#"
    $ milestone forecast checkout
    Checkout: 3 tasks left, due Fri 2026-03-20
    Paused since Thu 2026-03-12 (keys come in May): nobody works on it, so there is no date to\
         foresee.
    ! As if it went on today: milestone forecast checkout --resumed
    "#);
    insta::assert_snapshot!(env.block("forecast checkout --resumed"), @"
    $ milestone forecast checkout --resumed
    Checkout: 3 tasks left, due Fri 2026-03-20
    Not enough history (0 tasks finished on 0 days in the last 1 day).
    No task that is left has an estimate either.
    A forecast needs 20 finished tasks on 10 days or more.
    ");
    insta::assert_snapshot!(env.block("forecast"), @"
    $ milestone forecast
    shop: 3 tasks left
    Not enough history (0 tasks finished on 0 days in the last 1 day).
    No task that is left has an estimate either.
    A forecast needs 20 finished tasks on 10 days or more.
    ! checkout is paused, and this counts in what is left there: as if it went on today.
    ");
    assert!(env.run("show checkout --json").stdout.contains("\"status\":\"paused\""));
    assert!(env.run("why checkout").stdout.contains("it was put down for now"));
    assert!(env.run("timeline --json").stdout.contains("\"status\":\"paused\""));
    assert!(env.run("export --all").stdout.contains("\"paused\""));
    assert_eq!(env.run("alerts").stdout, "Nothing to look at.\n");
    assert!(env.run("session start checkout/cart").code == 0);
    env.run("session suspend");
    assert!(env.run("resume").stdout.contains("Continue  milestone resume checkout"));
}

#[test]
fn undo_swings_it_back() {
    let env = resting();
    insta::assert_snapshot!(env.block("undo"), @"
    $ milestone undo
    Undid a31f371926a2e655
      milestone_resumed  checkout
    ! Redo: milestone undo 97f93e4cc6858d9a
    ");
    assert_eq!(env.run("undo").code, 0);
    assert!(env.run("list status:planned").stdout.contains("checkout"));
    let env = resting();
    env.run("resume checkout");
    env.run("undo");
    assert!(env.run("list status:paused").stdout.contains("checkout"));
    assert_eq!(env.run("validate").code, 0);
}

#[test]
fn the_status_in_the_view_can_be_edited() {
    let env = resting();
    let path = env.path().join(".milestones/active/checkout.yaml");
    let edit = |from: &str, to: &str| {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let answer = env.run("adopt");
        assert_eq!(answer.code, 0, "{}", answer.block());
    };
    edit("status: paused", "status: active");
    assert!(env.run("log --limit 1").stdout.contains("milestone_resumed"));
    edit("status: active", "status: paused");
    assert!(env.run("log --limit 1").stdout.contains("milestone_paused"));
}

/// Shown red by: a hint that only knows of sessions.
#[test]
fn resume_alone_says_what_is_paused() {
    let env = TestEnv::new();
    env.run("init --name shop");
    for id in ["checkout", "other"] {
        env.run(&format!("new {id} --task One"));
        env.run(&format!("start {id}"));
    }
    env.run("pause checkout");
    insta::assert_snapshot!(env.block("resume"), @"
    $ milestone resume
    ! error[session.none]: there is no session to go on with
    !   = checkout is paused: milestone resume checkout
    !   = nothing was changed
    ! hint: milestone resume checkout
    exit 5
    ");
    env.run("pause other");
    insta::assert_snapshot!(env.block("resume"), @"
    $ milestone resume
    ! error[session.none]: there is no session to go on with
    !   = checkout is paused: milestone resume checkout
    !   = other is paused: milestone resume other
    !   = nothing was changed
    ! hint: milestone list status:paused
    exit 5
    ");
    env.run("resume checkout other");
    assert!(env.run("resume").stderr.contains("hint: milestone session start REF"));
}

#[test]
fn resume_means_a_session_or_a_milestone_and_never_guesses() {
    let env = resting().set("MILESTONE_SESSION", "checks");
    env.run("session start checkout");
    env.run("session suspend");
    // The beginning of both names; then the whole name of one.
    insta::assert_snapshot!(env.block("resume check"), @r#"
    $ milestone resume check
    ! error[ref.ambiguous]: "check" fits a milestone and a session
    !   = the milestone checkout: milestone resume checkout --reason TEXT
    !   = the session checks
    !   = nothing was changed
    ! hint: milestone session resume check
    exit 6
    "#);
    assert_eq!(env.run("resume checks").code, 0);
    assert!(env.run("session list").stdout.contains("open"));
    assert!(env.run("list status:paused").stdout.contains("checkout"));
    let answer = env.run("resume check --reason \"keys are here\"");
    assert_eq!(answer.code, 0, "{}", answer.block());
    assert_eq!(env.run("list status:paused").stdout, "");
}

/// Shown red by: a list that knows of no tasks in what is paused.
#[test]
fn nothing_is_ready_in_what_is_paused_and_ready_says_where_it_is() {
    let env = TestEnv::new();
    for line in [
        "init",
        "new Api --task one --task two",
        "start api",
        "pause api --reason \"keys come in May\"",
    ] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(env.block("ready"), @"
    $ milestone ready
    ! Nothing can start: 2 wait, are blocked, or rest in what is paused. milestone ready --blocked
    ");
    insta::assert_snapshot!(env.block("ready --blocked"), @"
    $ milestone ready --blocked
    api/one	one	-	-	api is paused
    api/two	two	-	-	api is paused
    ");
    insta::assert_snapshot!(env.block("show api/one"), @"
    $ milestone show api/one
    TASK: one (Progress: 0%)
      Ref        api/one (task 1)
      Status     ○ Pending
      Milestone  Api (paused)
    ");
    let why = env.run("why api/one").stdout;
    assert!(why.contains("waits\tto go on\tits milestone api is paused\t"), "{why}");
    let why = env.run("why api").stdout;
    assert!(why.contains("it was put down for now, because: keys come in May"), "{why}");
    insta::assert_snapshot!(env.block("show api"), @"
    $ milestone show api
    MILESTONE: Api (Progress: 0%)
    ├── one ○ (Pending)
    └── two ○ (Pending)
      Status  Paused
      Reason  keys come in May
    ");
    insta::assert_snapshot!(env.block("forecast api"), @r#"
    $ milestone forecast api
    Api: 2 tasks left, no due date
    Paused since Thu 2026-03-12 (keys come in May): nobody works on it, so there is no date to\
         foresee.
    ! As if it went on today: milestone forecast api --resumed
    "#);
    let status = env.run("status").whole();
    assert!(status.contains("it is paused (keys come in May)"), "{status}");
    env.run("resume api");
    assert!(env.run("ready").stdout.contains("api/one"));
}
