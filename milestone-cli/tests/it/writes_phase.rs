//! Workflows: phases, deliverables, approvals, reviews, workflow files.
//!
//! Start at `a_task_goes_through_its_phases`; what is printed stands in each test.

use crate::support::TestEnv;
use crate::writes_flow::shop;

/// A shop with a task that has the workflow of the specification.
fn kiro() -> TestEnv {
    let env = shop();
    env.block("new API --task Endpoints");
    env.block("task add Refunds --on api --workflow kiro");
    std::fs::create_dir_all(env.path().join("docs")).expect("a temporary folder can be written to");
    std::fs::write(env.path().join("docs/api.md"), "GET /refunds\n")
        .expect("a temporary folder can be written to");
    env
}

/// The same, with its first phase submitted by an agent.
pub(crate) fn submitted() -> TestEnv {
    let env = kiro();
    env.block("phase deliver api/refunds api_design --file docs/api.md");
    env.block("phase submit api/refunds --actor agent:robo-1");
    env
}

#[test]
fn a_task_goes_through_its_phases() {
    let env = kiro();
    insta::assert_snapshot!(env.block("show api/refunds"), @"
    $ milestone show api/refunds
    TASK: Refunds (Progress: 0%)
      Ref        api/refunds (task 2)
      Status     ○ Pending
      Milestone  API
      Phases     ○ design → ○ spec → ○ task → ○ execute
    ");
    insta::assert_snapshot!(env.block("phase start api/refunds"), @"
    $ milestone phase start api/refunds
    Started api/refunds:design  ◐ design (in progress) → ○ spec → ○ task → ○ execute
    API   0% → 1%
    ! Next: milestone phase deliver api/2:design architecture_decisions --file FILE
    ");
    let deliver = "phase deliver api/refunds api_design --file docs/api.md";
    insta::assert_snapshot!(env.block(deliver), @"
    $ milestone phase deliver api/refunds api_design --file docs/api.md
    Delivered api/refunds:design  ◐ design (in progress) → ○ spec → ○ task → ○ execute
    ! Next: milestone phase deliver api/2:design architecture_decisions --file FILE
    ");
    insta::assert_snapshot!(env.block("phase submit api/refunds --actor agent:robo-1"), @"
    $ milestone phase submit api/refunds --actor agent:robo-1
    Submitted api/refunds:design  ◇ design (submitted) → ○ spec → ○ task → ○ execute
    ! Not delivered: architecture_decisions
    ! Next: milestone review --pending
    ");
    insta::assert_snapshot!(env.block("review --pending --format text"), @"
    $ milestone review --pending --format text
    REF                 STATUS       PLAN        TOOK  DELIVERED  WHO
    api/refunds:design  ◇ submitted  15m to 30m  0m    1 of 2     by agent:robo-1
    ");
}

#[test]
fn what_was_approved_is_shown() {
    let env = submitted();
    insta::assert_snapshot!(env.block("phase approve api/refunds -m \"as agreed\""), @r#"
    $ milestone phase approve api/refunds -m "as agreed"
    Approved api/refunds:design  ● design → ○ spec → ○ task → ○ execute
    API   1% → 8%
    ! Next: milestone phase start api/2:spec
    "#);
    insta::assert_snapshot!(env.block("phase show api/refunds --format text"), @"
    $ milestone phase show api/refunds --format text
    REF                  STATUS      PLAN        TOOK  DELIVERED  WHO
    api/refunds:design   ● approved  15m to 30m  0m    1 of 2     by agent:robo-1,…
    api/refunds:spec     ○ pending   10m to 20m        0 of 2
    api/refunds:task     ○ pending   5m to 15m         0 of 2
    api/refunds:execute  ○ pending                     0 of 2
    ");
    insta::assert_snapshot!(env.block("phase show api/refunds:design"), @"
    $ milestone phase show api/refunds:design
    PHASE: api/refunds:design
      Status   approved
      Plan     15m to 30m
      Took     0m
      Who      by agent:robo-1, approved by dana
      Comment  as agreed
    Deliverables
      architecture_decisions  (not delivered)
      api_design  docs/api.md  sha256 256f2b41324c
    ");
}

#[test]
fn what_is_sent_back_is_shown_and_undone() {
    let env = submitted();
    env.block("phase approve api/refunds -m \"as agreed\"");
    env.block("phase deliver api/refunds technical_spec --text sketch");
    env.block("phase submit api/refunds --actor sam");
    let back = "phase request-changes api/refunds -m \"what of timeouts?\"";
    insta::assert_snapshot!(env.block(back), @r#"
    $ milestone phase request-changes api/refunds -m "what of timeouts?"
    Sent back api/refunds:spec  ● design → ■ spec (changes requested) → ○ task → ○ execute
    ! Next: milestone phase deliver api/2:spec test_plan --file FILE
    "#);
    insta::assert_snapshot!(env.block("show api/refunds"), @"
    $ milestone show api/refunds
    TASK: Refunds (Progress: 15%)
      Ref        api/refunds (task 2)
      Status     ◐ In Progress, Day 1
      Milestone  API
      Phases     ● design → ■ spec (changes requested) → ○ task → ○ execute
    Notes
      Thu 2026-03-12 10:00  dana
        as agreed
      Thu 2026-03-12 10:00  dana
        what of timeouts?
    ");
    insta::assert_snapshot!(env.block("undo"), @r"
    $ milestone undo
    Undid 50836577b480b3d4
      phase_rejected  api/refunds
      phase_started  api/refunds
      phase_submitted  api/refunds
      note_removed  api/refunds
    ! Redo: milestone undo e91f4d19e0a68990
    ");
    insta::assert_snapshot!(env.block("phase show api/refunds:spec"), @r"
    $ milestone phase show api/refunds:spec
    PHASE: api/refunds:spec
      Status  submitted
      Plan    10m to 20m
      Took    0m
      Who     by sam
    Deliverables
      technical_spec  sketch
      test_plan  (not delivered)
    ");
}

#[test]
fn who_may_not_and_when_it_may_not_be() {
    let env = submitted();
    insta::assert_snapshot!(env.block("phase approve api/refunds --actor agent:robo-2"), @"
    $ milestone phase approve api/refunds --actor agent:robo-2
    ! error[phase.approver]: agents cannot approve; api/refunds:design needs a person
    !   = submitted by agent:robo-1
    !   = nothing was changed
    ! hint: a person runs: milestone phase approve api/refunds:design
    exit 8
    ");
    insta::assert_snapshot!(env.block("phase reject api/refunds -m no --actor agent:robo-2"), @"
    $ milestone phase reject api/refunds -m no --actor agent:robo-2
    ! error[phase.approver]: agents cannot reject; api/refunds:design needs a person
    !   = submitted by agent:robo-1
    !   = nothing was changed
    ! hint: a person runs: milestone phase reject api/refunds:design
    exit 8
    ");
    insta::assert_snapshot!(env.block("phase start api/refunds:spec"), @"
    $ milestone phase start api/refunds:spec
    ! error[phase.order]: api/refunds:spec comes after design, which is submitted
    !   = it waits for somebody's approval
    !   = nothing was changed
    ! hint: milestone phase approve api/refunds:design
    exit 8
    ");
    insta::assert_snapshot!(env.block("phase submit api/refunds:execute"), @"
    $ milestone phase submit api/refunds:execute
    ! error[phase.order]: api/refunds:execute comes after design, which is submitted
    !   = it waits for somebody's approval
    !   = nothing was changed
    ! hint: milestone phase approve api/refunds:design
    exit 8
    ");
}

#[test]
fn what_a_phase_is_not_ready_for_is_refused() {
    let env = submitted();
    insta::assert_snapshot!(env.block("phase start api/refunds:design"), @"
    $ milestone phase start api/refunds:design
    ! error[phase.status]: api/refunds:design is submitted, so it cannot be started
    !   = nothing was changed
    ! hint: milestone phase show api/refunds
    exit 8
    ");
    insta::assert_snapshot!(env.block("phase start api/refunds:desing"), @r#"
    $ milestone phase start api/refunds:desing
    ! error[phase.unknown]: api/refunds has no phase "desing"
    !   = its phases: design, spec, task, execute
    !   = nothing was changed
    ! hint: milestone phase show api/refunds
    exit 5
    "#);
    insta::assert_snapshot!(env.block("phase start api/endpoints"), @"
    $ milestone phase start api/endpoints
    ! error[phase.none]: api/endpoints has no workflow
    !   = nothing was changed
    ! hint: milestone workflow enable kiro api/endpoints
    exit 8
    ");
    insta::assert_snapshot!(env.block("done api/refunds"), @r#"
    $ milestone done api/refunds
    ! error[phase.open]: api/refunds has 4 phases open: design, spec, task, execute
    !   = --force "why" overrides this, and the reason is recorded
    !   = nothing was changed
    ! hint: milestone phase show api/refunds
    exit 8
    "#);
}

#[test]
fn nobody_approves_what_they_submitted() {
    let env = submitted();
    env.block("phase approve api/refunds");
    env.block("phase start api/refunds");
    insta::assert_snapshot!(env.block("phase submit api/refunds"), @r"
    $ milestone phase submit api/refunds
    ! error[phase.nothing_delivered]: nothing was delivered in phase spec of api/refunds, whic\
        h wants technical_spec, test_plan
    !   = --file FILE, --url URL or --text TEXT says what it is
    !   = nothing was changed
    ! hint: milestone phase deliver api/refunds:spec technical_spec --text TEXT
    exit 8
    ");
    env.block("phase deliver api/refunds technical_spec --text sketch");
    env.block("phase submit api/refunds");
    insta::assert_snapshot!(env.block("phase approve api/refunds"), @"
    $ milestone phase approve api/refunds
    ! error[phase.own]: dana submitted api/refunds:spec and cannot approve it
    !   = nothing was changed
    ! hint: somebody else runs: milestone phase approve api/refunds:spec
    exit 8
    ");
    assert_eq!(env.run("phase approve api/refunds --actor Dana").code, 8, "another spelling");
    insta::assert_snapshot!(env.block("phase approve api/refunds --json"), @r#"
    $ milestone phase approve api/refunds --json
    ! {"kind":"error","v":1,"error":{"code":"phase.own","exit":8,"message":"dana submitted api\
        /refunds:spec and cannot approve it","facts":{"nothing_changed":true},"notes":[],"retry_af\
        ter_ms":null,"alternatives":[],"hint":"somebody else runs: milestone phase approve api/ref\
        unds:spec"}}
    exit 8
    "#);
    insta::assert_snapshot!(env.block("done api/refunds --force \"the rest is for v2\""), @r#"
    $ milestone done api/refunds --force "the rest is for v2"
    Done api/refunds  Refunds ●  1 day
    API   8% → 50%
    ! Next: milestone ready
    "#);
    insta::assert_snapshot!(env.block("phase start api/refunds"), @"
    $ milestone phase start api/refunds
    ! error[status.wrong]: api/refunds is done, so it cannot be worked on
    !   = nothing was changed
    ! hint: milestone reopen api/refunds
    exit 8
    ");
}

#[test]
fn an_approval_holds_as_long_as_the_files_do() {
    let env = submitted();
    let file = env.path().join("docs/api.md");
    std::fs::write(&file, "GET /refunds/{id}\n").unwrap();
    insta::assert_snapshot!(env.block("phase approve api/refunds"), @"
    $ milestone phase approve api/refunds
    ! error[phase.changed]: api/refunds:design is not what was submitted: api_design changed
    !   = nothing was changed
    ! hint: milestone phase submit api/refunds:design
    exit 8
    ");
    env.block("phase submit api/refunds --actor agent:robo-1");
    env.block("phase approve api/refunds");
    std::fs::remove_file(&file).unwrap();
    insta::assert_snapshot!(env.block("show api/refunds"), @"
    $ milestone show api/refunds
    TASK: Refunds (Progress: 15%)
      Ref        api/refunds (task 2)
      Status     ◐ In Progress, Day 1
      Milestone  API
      Phases     ■ design (approved, but api_design changed since) → ○ spec → ○ task → ○ execute
    ");
    insta::assert_snapshot!(env.block("review --pending --format text"), @"
    $ milestone review --pending --format text
    REF                 STATUS               PLAN        TOOK  DELIVERED  WHO
    api/refunds:design  ■ approved, changed  15m to 30m  0m    1 of 2     by agent:…
    ");
    insta::assert_snapshot!(env.block("phase show api/refunds:design"), @"
    $ milestone phase show api/refunds:design
    PHASE: api/refunds:design
      Status  approved, but api_design changed since
      Plan    15m to 30m
      Took    0m
      Who     by agent:robo-1, approved by dana
    Deliverables
      architecture_decisions  (not delivered)
      api_design  docs/api.md  (changed since)
    ");
}

#[test]
fn behind_an_approval_that_no_longer_holds_nothing_begins() {
    let env = submitted();
    let file = env.path().join("docs/api.md");
    env.block("phase approve api/refunds");
    std::fs::remove_file(&file).unwrap();
    insta::assert_snapshot!(env.block("phase start api/refunds:spec"), @"
    $ milestone phase start api/refunds:spec
    ! error[phase.changed]: api/refunds:design is not what was submitted: api_design changed
    !   = nothing was changed
    ! hint: milestone phase submit api/refunds:design
    exit 8
    ");
    insta::assert_snapshot!(env.block("phase submit api/refunds:design"), @r#"
    $ milestone phase submit api/refunds:design
    ! error[phase.unreadable]: the deliverable "api_design" of api/refunds:design cannot be re\
        ad: docs/api.md
    !   = nothing was changed
    ! hint: put docs/api.md back, or deliver another file
    exit 8
    "#);
    std::fs::write(&file, "GET /refunds\n").unwrap();
    env.block("phase submit api/refunds:design --actor agent:robo-1");
    env.block("phase approve api/refunds:design");
    assert_eq!(env.run("phase start api/refunds:spec").code, 0);
    let outside = "phase deliver api/refunds tests --file /etc/hostname";
    insta::assert_snapshot!(env.block(outside), @"
    $ milestone phase deliver api/refunds tests --file /etc/hostname
    ! error[phase.unreadable]: /etc/hostname is no file inside the project
    !   = nothing was changed
    ! hint: deliver a file of the project, or an address with --url
    exit 8
    ");
    insta::assert_snapshot!(env.block("phase deliver api/refunds tests"), @r#"
    $ milestone phase deliver api/refunds tests
    ! error[phase.empty]: the deliverable "tests" is neither a file, an address nor a text
    !   = nothing was changed
    ! hint: give --file FILE, --url URL or --text TEXT
    exit 2
    "#);
}

/// Workflow files: a good one, a broken one, one that is switched off.
fn own_workflows(env: &TestEnv) {
    let dir = env.path().join(".milestones/workflows");
    std::fs::create_dir_all(&dir).expect("a temporary folder can be written to");
    let own = "phases:\n  do:\n    duration: 2h\n    criteria: [it works]\n  ship: {}\n";
    std::fs::write(dir.join("own.yaml"), own).expect("a temporary folder can be written to");
    std::fs::write(dir.join("twice.yaml"), "phases:\n  do: {}\n  do: {}\n")
        .expect("a temporary folder can be written to");
    let off = "enabled: false\nphases:\n  do: {}\n";
    std::fs::write(dir.join("off.yaml"), off).expect("a temporary folder can be written to");
}

#[test]
fn workflows_are_files() {
    let env = kiro();
    insta::assert_snapshot!(env.block("workflow show kiro --format text"), @"
    $ milestone workflow show kiro --format text
    PHASE    WEIGHT  PLAN        APPROVAL  DELIVERABLES
    design   15      15m to 30m  yes       architecture_decisions, api_design
    spec     25      10m to 20m  yes       technical_spec, test_plan
    task     20      5m to 15m   no        implementation_plan, task_breakdown
    execute  40                  no        working_code, test_results
    ");
    own_workflows(&env);
    insta::assert_snapshot!(env.block("workflow check --format text"), @"
    $ milestone workflow check --format text
    NAME   PHASES                       FILE
    kiro   design, spec, task, execute  built in
    off    do (switched off)            ~/.milestones/workflows/off.y…
    own    do, ship                     ~/.milestones/workflows/own.y…
    twice  line 3: `do` is here twice   ~/.milestones/workflows/twice…
    exit 10
    ");
    insta::assert_snapshot!(env.block("workflow enable twice api/endpoints"), @"
    $ milestone workflow enable twice api/endpoints
    ! error[workflow.bad]: ~/.milestones/workflows/twice.yaml: line 3: `do` is here twice
    !   = nothing was changed
    ! hint: milestone workflow show kiro, for one that is right
    exit 2
    ");
    insta::assert_snapshot!(env.block("workflow enable off api/endpoints"), @r#"
    $ milestone workflow enable off api/endpoints
    ! error[workflow.off]: the workflow "off" is switched off in ~/.milestones/workflows/off.yaml
    !   = nothing was changed
    ! hint: write enabled: true into it
    exit 8
    "#);
    insta::assert_snapshot!(env.block("workflow enable gone api/endpoints"), @r#"
    $ milestone workflow enable gone api/endpoints
    ! error[workflow.not_found]: no workflow is called "gone"
    !   = there are: kiro, off, own, twice
    !   = nothing was changed
    ! hint: milestone workflow list
    exit 5
    "#);
}

#[test]
fn a_workflow_file_is_checked_without_a_project() {
    let env = TestEnv::new();
    std::fs::write(env.path().join("own.yaml"), "phases:\n  do: {}\n  ship: {}\n").unwrap();
    insta::assert_snapshot!(env.block("workflow check own.yaml"), @"
    $ milestone workflow check own.yaml
    own.yaml is a workflow: do, ship
    ");
    insta::assert_snapshot!(env.block("workflow check gone.yaml"), @"
    $ milestone workflow check gone.yaml
    ! error[workflow.not_found]: ~/gone.yaml cannot be read
    !   = No such file or directory (os error 2)
    !   = nothing was changed
    ! hint: correct the path
    exit 5
    ");
}

#[test]
fn a_task_takes_a_workflow_over() {
    let env = kiro();
    own_workflows(&env);
    insta::assert_snapshot!(env.block("workflow enable own api/endpoints"), @"
    $ milestone workflow enable own api/endpoints
    Enabled api/endpoints  ○ do → ○ ship
    ! Next: milestone phase start api/1
    ");
    insta::assert_snapshot!(env.block("phase plan api/endpoints:ship --duration 15m-30m"), @"
    $ milestone phase plan api/endpoints:ship --duration 15m-30m
    Planned api/endpoints:ship  15m to 30m
    ");
    insta::assert_snapshot!(env.block("workflow enable own api/endpoints"), @"
    $ milestone workflow enable own api/endpoints
    Enabled api/endpoints  ○ do → ○ ship
    ! Next: milestone phase start api/1
    ");
    insta::assert_snapshot!(env.block("phase show api/endpoints:do"), @"
    $ milestone phase show api/endpoints:do
    PHASE: api/endpoints:do
      Status  pending
      Plan    2h
    Criteria
      1 [ ] it works
    ");
    env.block("phase start api/endpoints");
    insta::assert_snapshot!(env.block("workflow enable kiro api/endpoints"), @r#"
    $ milestone workflow enable kiro api/endpoints
    ! error[workflow.begun]: api/endpoints has the workflow "own" already, and it has begun
    !   = nothing was changed
    ! hint: milestone phase show api/endpoints
    exit 8
    "#);
    insta::assert_snapshot!(env.block("phase submit api/endpoints"), @"
    $ milestone phase submit api/endpoints
    Submitted api/endpoints:do  ● do → ○ ship
    API   1% → 25%
    ! Next: milestone phase start api/1:ship
    ");
    insta::assert_snapshot!(env.block("replay --check"), @"
    $ milestone replay --check
    ok     read model  shows what a replay gives
    ok     YAML view   shows what a replay gives
    ");
}

#[test]
fn a_review_wants_somebody_to_answer() {
    let env = submitted();
    insta::assert_snapshot!(env.block("review"), @"
    $ milestone review
    ! error[review.terminal]: a review asks questions, and this is no terminal
    !   = nothing was changed
    ! hint: milestone review --pending
    exit 2
    ");
    insta::assert_snapshot!(env.block("review --pending"), @"
    $ milestone review --pending
    api/refunds:design	submitted	15m to 30m	0m	1 of 2	by agent:robo-1
    ");
    insta::assert_snapshot!(env.block("review --pending --json"), @r#"
    $ milestone review --pending --json
    {"kind":"review.list","v":1,"data":[{"ref":"api/refunds:design","phase":"design","status":\
        "submitted","weight":15,"minutes_min":15,"minutes_max":30,"minutes":0,"approval_required":\
        true,"started_at":"2026-03-12T10:00:00.000000Z","submitted_at":"2026-03-12T10:00:00.000000\
        Z","submitted_by":"agent:robo-1","decided_at":null,"decided_by":null,"deliverables":[{"nam\
        e":"architecture_decisions","wanted":true,"path":null,"url":null,"text":null,"sha256":null\
        ,"at":null,"by":null,"changed":false},{"name":"api_design","wanted":true,"path":"docs/api.\
        md","url":null,"text":null,"sha256":"256f2b41324cbb6701d486b6122482d6275649004745505cd490e\
        6f0f2f9c8b8","at":"2026-03-12T10:00:00.000000Z","by":"dana","changed":false}],"missing":["\
        architecture_decisions"],"changed":[],"criteria":[],"comment":null}],"meta":{"heads":["b78\
        22fde2b2199e3d44cb0d2831d2b8793bcbf0dfbe1c5fa7ee033bf2f3e7f17"],"as_of":null,"project":"sh\
        op","level":0,"total":1,"next_cursor":null},"hints":[]}
    "#);
    insta::assert_snapshot!(env.block("phase approve api/refunds --dry-run"), @r#"
    $ milestone phase approve api/refunds --dry-run
    phase_approved  api/refunds  {"task":"refunds","phase":"design"}
    ! Nothing was appended (--dry-run).
    "#);
}
