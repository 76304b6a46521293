//! What is said when a command cannot be answered: references, formats, moments, help.
//!
//! Start at `unknown_references_get_the_nearest`.

use crate::reads_world::{Pages, shop};
use crate::support::TestEnv;

fn env() -> TestEnv {
    let env = TestEnv::new();
    shop(&env);
    env
}

#[test]
fn unknown_references_get_the_nearest() {
    let env = env();
    insta::assert_snapshot!(env.page("show endpionts"), @r#"
    $ milestone show endpionts
    ! error[ref.not_found]: no milestone or task is called "endpionts"
    !   = nothing was changed
    ! hint: milestone show api-development/endpoints
    exit 5
    "#);
    insta::assert_snapshot!(env.page("show api/endpionts"), @r#"
    $ milestone show api/endpionts
    ! error[ref.not_found]: no milestone or task is called "api/endpionts"
    !   = nothing was changed
    ! hint: milestone show api-development/endpoints
    exit 5
    "#);
    insta::assert_snapshot!(env.page("show chekout-v2"), @r#"
    $ milestone show chekout-v2
    ! error[ref.not_found]: no milestone or task is called "chekout-v2"
    !   = nothing was changed
    ! hint: milestone show checkout-v2
    exit 5
    "#);
    insta::assert_snapshot!(env.page("log frobnicate"), @r#"
    $ milestone log frobnicate
    ! error[ref.not_found]: no milestone or task is called "frobnicate"
    !   = nothing was changed
    ! hint: milestone list
    exit 5
    "#);
    insta::assert_snapshot!(env.page("show api/9"), @r#"
    $ milestone show api/9
    ! error[ref.not_found]: no milestone or task is called "api/9"
    !   = nothing was changed
    ! hint: milestone task list api-development
    exit 5
    "#);
}

#[test]
fn ambiguous_references_list_what_fits() {
    let env = env();
    insta::assert_snapshot!(env.page("show c"), @r#"
    $ milestone show c
    ! error[ref.ambiguous]: "c" fits 3 milestones
    !   = checkout-v2     0%  due 2026-04-10
    !   = cleanup-logs    0%  no due date
    !   = csv-import    done 2026-03-08
    ! hint: milestone show checkout-v2
    exit 6
    "#);
    insta::assert_snapshot!(env.page("show c --json"), @r#"
    $ milestone show c --json
    ! {"kind":"error","v":1,"error":{"code":"ref.ambiguous","exit":6,"message":"\"c\" \
      fits 3 milestones","facts":{},"notes":["checkout-v2     0%  due 2026-04-10",\
      "cleanup-logs    0%  no due date","csv-import    done 2026-03-08"],\
      "retry_after_ms":null,"alternatives":["checkout-v2","cleanup-logs","csv-import"],\
      "hint":"milestone show checkout-v2"}}
    exit 6
    "#);
}

#[test]
fn prefixes_can_be_refused() {
    let env = env().set("MILESTONE_EXACT", "1");
    insta::assert_snapshot!(env.page("show api"), @r#"
    $ milestone show api
    ! error[ref.prefix]: "api" is not a whole name; it would be api-development
    !   = nothing was changed
    ! hint: milestone show api-development
    exit 5
    "#);
}

#[test]
fn a_task_is_no_milestone_and_the_other_way_round() {
    let env = env();
    insta::assert_snapshot!(env.page("task show api"), @r"
    $ milestone task show api
    ! error[ref.not_a_task]: api-development is a milestone, and this is for tasks
    !   = nothing was changed
    ! hint: milestone show api-development
    exit 8
    ");
    insta::assert_snapshot!(env.page("task list api/endpoints"), @r"
    $ milestone task list api/endpoints
    ! error[ref.not_a_milestone]: api-development/endpoints is a task, and this is for \
      milestones
    !   = nothing was changed
    ! hint: milestone list
    exit 8
    ");
}

#[test]
fn formats_that_a_command_does_not_have_are_named() {
    let env = env();
    insta::assert_snapshot!(env.page("show api --format csv"), @r#"
    $ milestone show api --format csv
    ! error[usage.format]: "show" has no format csv
    !   = it has: text, json, md
    !   = nothing was changed
    ! hint: milestone show --json
    exit 2
    "#);
    insta::assert_snapshot!(env.page("log verify --format ndjson"), @r#"
    $ milestone log verify --format ndjson
    ! {"kind":"error","v":1,"error":{"code":"usage.format","exit":2,"message":"\"log \
      verify\" has no format ndjson","facts":{"nothing_changed":true},"notes":["it has: \
      text, json"],"retry_after_ms":null,"alternatives":[],"hint":"milestone log verify \
      --json"}}
    exit 2
    "#);
    // A habit is not an order.
    let habit = env.set("MILESTONE_FORMAT", "csv");
    assert_eq!(habit.run("show api").code, 0);
}

#[test]
fn moments_that_are_none_are_refused() {
    let env = env();
    insta::assert_snapshot!(env.page("list --as-of someday"), @r#"
    $ milestone list --as-of someday
    ! error[usage.as_of]: "someday" is no moment
    !   = a date, a time, 3d (ago), a record id, #N, git:REV or session:ID
    ! hint: milestone list --as-of 2026-03-05
    exit 2
    "#);
    insta::assert_snapshot!(env.page("list --as-of ffffffff"), @r#"
    $ milestone list --as-of ffffffff
    ! error[record.not_found]: no record begins with "ffffffff"
    ! hint: milestone log
    exit 5
    "#);
    insta::assert_snapshot!(env.page("doctor --as-of 2026-03-05"), @r#"
    $ milestone doctor --as-of 2026-03-05
    ! error[usage.as_of_present]: "doctor" looks at what is there now, of which the log \
      has no past: --as-of cannot be given
    !   = nothing was changed
    ! hint: milestone doctor
    exit 2
    "#);
    insta::assert_snapshot!(env.page("log verify --as-of 2026-03-05"), @r#"
    $ milestone log verify --as-of 2026-03-05
    ! error[usage.as_of_present]: "log verify" looks at what is there now, of which the \
      log has no past: --as-of cannot be given
    !   = nothing was changed
    ! hint: milestone log verify
    exit 2
    "#);
    insta::assert_snapshot!(env.page("log --since someday"), @r#"
    $ milestone log --since someday
    ! error[usage.bad_value]: --since: "someday" is not a date or time like 2026-03-20, \
      2026-03-20T14:00, +5d, fri, today
    !   = nothing was changed
    ! hint: milestone log --since 2026-03-05
    exit 2
    "#);
    insta::assert_snapshot!(env.page("log --kind task_strated"), @r#"
    $ milestone log --kind task_strated
    ! error[usage.unknown_kind]: there is no kind of event "task_strated"
    !   = nothing was changed
    ! hint: milestone log --kind task_started
    exit 2
    "#);
}

#[test]
fn help_and_version_need_no_project() {
    let env = TestEnv::new();
    insta::assert_snapshot!(env.page("help levles"), @r#"
    $ milestone help levles
    ! error[usage.unknown_topic]: there is no help on "levles"
    !   = topics: refs, query, exit-codes, json, time, forecasting, workflows, \
      templates, levels, glyphs, environment
    ! hint: milestone help levels
    exit 2
    "#);
    insta::assert_snapshot!(env.page("help"), @r#"
    $ milestone help
    milestone keeps milestones and their tasks as events beside your code.

      milestone quickstart "Checkout API"          a plan from a template
      milestone start checkout-api/1

    Begin      quickstart  plan from a template      new       create a milestone
               init        create a project          task add  add tasks
    Look       show (st)   one milestone or task     list (ls) all milestones
               ready       what can be started       status    how it goes, why
               board       on the full screen        forecast  when it is done
    Work       start       begin                     progress  record evidence
               done        finish                    note      append a note
               block       mark as blocked           review    approve phases
    Change     edit        fields of anything        undo      the last change
    Go on      session     put work down             resume    and take it up
    Look back  log         what happened             validate  check log and plan
               backup      and bring it back         alerts    what to look at

    A reference is a milestone (api), a task (api/endpoints), or @ for the
    current one. Nothing is ever erased: every change can be read back.

    Every command: milestone help --all      One command: milestone help start
    Topics: refs query exit-codes json time levels glyphs environment
    "#);
    assert_eq!(env.run("completion fish").code, 0);
    let version = env.run("version --json").stdout;
    assert!(version.starts_with(r#"{"kind":"version","v":1,"data":{"version":""#), "{version}");
    assert_eq!(
        env.run("version -v").stderr,
        "the clock is fixed: MILESTONE_NOW=2026-03-12T10:00:00Z\n"
    );
}

#[test]
fn a_revision_that_git_does_not_know_is_told_so() {
    let env = crate::support::TestEnv::new();
    assert_eq!(env.run("init").code, 0);
    assert!(env.command_of("git").args(["init", "-q"]).status().unwrap().success());
    let said = env.run("list --as-of git:nonsense");
    assert_eq!(said.code, 5, "{}", said.block());
    assert!(said.stderr.contains("at \"nonsense\": no commit is called that"), "{}", said.block());
}
