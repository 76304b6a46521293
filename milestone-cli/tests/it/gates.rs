//! Gates: agents get past none, however they spell themselves; and how things that ended look.
//!
//! Shown red by: a name that is compared as it was typed; a force that is asked of nobody; what a
//! milestone waits for left out once it has begun; what was done looked for before it was archived.

use crate::support::TestEnv;
use crate::writes_phase::submitted;

#[test]
fn no_agent_gets_past_a_gate() {
    let env = submitted();
    insta::assert_snapshot!(env.block("done api/refunds --force skip --actor agent:robo"), @"
    $ milestone done api/refunds --force skip --actor agent:robo
    ! error[phase.approver]: agents cannot leave it out; api/refunds:design needs a person
    !   = submitted by agent:robo-1
    !   = nothing was changed
    ! hint: a person runs: milestone phase approve api/refunds:design
    exit 8
    ");
    for asked in [
        "done api/refunds --force skip --actor AGENT:robo",
        "phase approve api/refunds --actor AGENT:robo",
        "phase approve api/refunds --actor \"agent:robo-1 \"",
        "phase approve api/refunds --actor \" agent:other\"",
    ] {
        assert_eq!(env.run(asked).code, 8, "{asked}");
    }
    let sam = submitted();
    sam.run("phase request-changes api/refunds -m more --actor dana");
    sam.run("phase submit api/refunds --actor sam");
    assert_eq!(sam.run("phase approve api/refunds --actor \"Sam \"").code, 8);
    // `--as` says who judges, and opens no way around.
    assert_eq!(env.run("phase approve api/refunds --as agent:robo").code, 8);
    assert_eq!(env.run("phase approve api/refunds --as sam --actor dana").code, 2);
    assert_eq!(sam.run("phase approve api/refunds --as sam").code, 8);
    let back = sam.run("phase reject api/refunds -m no --as lee");
    assert_eq!(back.code, 0, "{}", back.block());
    assert!(sam.run("log api/refunds").stdout.contains("lee"));
    // A person may leave it out, and says why.
    assert_eq!(env.run("done api/refunds --force skip --actor dana").code, 0);
}

#[test]
fn what_a_milestone_waits_for_holds_its_tasks_once_it_has_begun() {
    let env = TestEnv::new();
    env.run("init");
    env.run("new Base --task X");
    env.run("new Top --task A --task B");
    env.run("dep add top --after base");
    env.run("start top/a --force spike");
    let why = env.run("why top/b").stdout;
    assert!(why.contains("to start\tits milestone comes after base (fs), which is not"), "{why}");
    assert_eq!(env.run("start top/b").code, 8);
    let show = env.run("show top/b").stdout;
    assert!(show.contains("After      base (its milestone)"), "{show}");
}

#[test]
fn what_ended_says_so() {
    let env = TestEnv::new();
    env.run("init");
    env.run("new Zed --task X");
    env.run("cancel zed --reason \"no need\"");
    insta::assert_snapshot!(env.block("show zed"), @"
    $ milestone show zed
    MILESTONE: Zed (Progress: 0%)
    └── X ○ (Pending)
      Status  Cancelled
      Reason  no need
    ");
    assert!(!env.run("forecast zed").stderr.contains("milestone done"), "it has ended");
    env.run("new Api --task One");
    env.run("done api --force \"out of time\"");
    insta::assert_snapshot!(env.block("show api --level 1"), @"
    $ milestone show api --level 1
    ╭────────────────────────────────────────────────────────────────╮
    │  MILESTONE: Api                                                │
    │  Progress: ░░░░░░░░░░ 0%   0 of 1 task done                    │
    │                                                                │
    │  ○ One (Not started)                                           │
    ╰────────────────────────────────────────────────────────────────╯
      Status  Completed on Thu 2026-03-12, 1 task left open
    ");
    env.run("new Bare");
    env.run("done bare");
    env.run("archive bare");
    let shown = env.run("show bare --accessible").stdout;
    assert!(shown.starts_with("Bare. 100 percent"), "{shown}");
    assert!(shown.contains("Archived, completed on"), "{shown}");
    // Both happened at one moment of the clock.
    assert!(shown.contains("Actual: ended Thu 2026-03-12\n"), "{shown}");
}

/// Shown red by: an undoing of an undoing that asks only whether a person does it.
#[test]
fn an_approval_that_was_taken_back_is_not_brought_back_by_who_submitted() {
    let env = TestEnv::new();
    for line in [
        "init",
        "new Api",
        "task add Look --on api --workflow kiro",
        "phase deliver api/look architecture_decisions --text x",
        "phase deliver api/look api_design --text x",
        "phase submit api/look",
        "phase approve api/look --actor sam",
    ] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    let undone = env.run("undo --actor sam");
    let redo = undone.stderr.lines().find_map(|line| line.strip_prefix("Redo: milestone "));
    let redo = redo.expect("it says the way back").to_owned();
    let refused = env.run(&redo);
    assert_eq!(refused.code, 8, "{}", refused.whole());
    assert!(refused.stderr.starts_with("error[phase.own]"), "{}", refused.whole());
    assert_eq!(env.run(&format!("{redo} --actor sam")).code, 0);
}

/// A task at whose last phase but one somebody approved a file that is another now.
fn lapsed() -> (TestEnv, std::path::PathBuf) {
    let env = submitted();
    let workflow = "kiro_workflow:\n  phases:\n    plan:\n      approval_required: true\n      \
                    deliverables: [text]\n    build:\n      approval_required: false\n";
    let folder = env.path().join(".milestones/workflows");
    std::fs::create_dir_all(&folder).expect("a temporary folder can be written to");
    let write = |path: &std::path::Path, text: &str| {
        std::fs::write(path, text).expect("a temporary folder can be written to");
    };
    write(&folder.join("lean.yaml"), workflow);
    let file = env.path().join("docs/plan.md");
    write(&file, "first\n");
    for line in [
        "task add Shipping --on api --workflow lean",
        "phase deliver api/shipping:plan text --file docs/plan.md",
        "phase submit api/shipping --actor agent:robo",
        "phase approve api/shipping --actor dana",
        "phase start api/shipping:build",
    ] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    assert_eq!(env.run("alerts").stdout, "Nothing to look at.\n");
    write(&file, "second\n");
    (env, file)
}

/// Shown red by: `done` that looks at the status of phases alone; alerts of dates alone; a strip
/// that is drawn without the files.
#[test]
fn an_approval_that_no_longer_holds_is_said_wherever_it_counts() {
    let (env, file) = lapsed();
    let strip = env.run("phase deliver api/shipping:build notes --text short");
    assert!(strip.stdout.contains("text changed since"), "{}", strip.whole());
    assert_eq!(env.run("phase submit api/shipping:build").code, 8);
    std::fs::write(&file, "first\n").unwrap();
    assert_eq!(env.run("phase submit api/shipping:build").code, 0);
    std::fs::write(&file, "second\n").unwrap();
    insta::assert_snapshot!(env.block("done api/shipping"), @"
    $ milestone done api/shipping
    ! error[phase.changed]: api/shipping:plan is not what was submitted: text changed
    !   = nothing was changed
    ! hint: milestone phase submit api/shipping:plan
    exit 8
    ");
    insta::assert_snapshot!(env.block("alerts"), @"
    $ milestone alerts
    changed   api/shipping  1 deliverable changed since it was approved
    !   milestone show api/shipping
    ");
    insta::assert_snapshot!(env.block("why api/shipping --format text"), @"
    $ milestone why api/shipping --format text
    status: in_progress
      it was started
      by 87846cbb0c977327
    progress: 99%
      weights of the finished phases / all weights: (plan 1 + build 1) / 2 = 100.00%
    part: plan
      weight 1 of 2, approved: adds 50.00 points
      by 3204ab9727ae0e43
    part: build
      weight 1 of 2, done: adds 50.00 points
      by 36dead9372745b18
    lapsed: the approval of plan
      text changed since, so it does not let the task go on: submit the phase again
      by 3204ab9727ae0e43
    ");
    insta::assert_snapshot!(env.block("show api"), @"
    $ milestone show api
    MILESTONE: API (Progress: 33%)
    ├── Endpoints ○ (Pending)
    ├── Refunds ◐ (In Progress)
    └── Shipping ◐ (In Progress)
      Changed  shipping:plan, text since it was approved
    ");
    insta::assert_snapshot!(env.block("done api/shipping --force skip --actor agent:robo"), @"
    $ milestone done api/shipping --force skip --actor agent:robo
    ! error[phase.approver]: agents cannot leave it out; api/shipping:plan needs a person
    !   = submitted by agent:robo
    !   = nothing was changed
    ! hint: a person runs: milestone phase approve api/shipping:plan
    exit 8
    ");
    assert_eq!(env.run("done api/shipping --force \"a typo\" --actor dana").code, 0);
    assert_eq!(env.run("alerts").stdout, "Nothing to look at.\n");
}
