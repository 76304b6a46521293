//! The quick start and templates: `quickstart`, `template …`, `new --template`.
//!
//! Start at `a_newcomer_gets_somewhere`; what is printed stands in each test.

use crate::support::TestEnv;

#[test]
fn a_newcomer_gets_somewhere() {
    let env = TestEnv::new();
    std::fs::create_dir(env.path().join("shop")).unwrap();
    insta::assert_snapshot!(env.block("-C shop quickstart First version"), @"
    $ milestone -C shop quickstart First version
    Created milestone first-version  (5 tasks)
    MILESTONE: First version (Progress: 0%)
    ├── Describe the Result ○ (Pending)
    ├── Smallest Version ○ (Pending)
    ├── Try It for Real ○ (Pending)
    ├── Mend What You Found ○ (Pending)
    └── Share It ○ (Pending)
    ! Looking at this directory (read only)
    !   no history of git  personal  +1
    ! Template personal. Others, named before the title: bugfix, api, frontend, team
    ! Created .milestones/  (project shop); commit it.
    ! Next: milestone start first/1
    ");
    assert_eq!(env.run("-C shop task add Tell --on first --estimate 2d").code, 0);
    for number in 1..=5 {
        assert_eq!(env.run(&format!("-C shop done first/{number}")).code, 0);
    }
    assert!(env.run("-C shop list").stdout.contains("5/6"));
    insta::assert_snapshot!(env.block("-C shop forecast"), @"
    $ milestone -C shop forecast
    First version: 1 task left, no due date
    Not enough history (5 tasks finished on 1 day in the last 1 day).
    Estimates give Sat 2026-03-14 to Wed 2026-03-18.
    A forecast needs 20 finished tasks on 10 days or more.
    ");
    let by = env.run("-C shop forecast --by 2026-04-01").stdout;
    assert!(by.contains("nobody can say how many will be done by that day"), "{by}");
    assert_eq!(env.run("-C shop done first/6 first").code, 0);
    assert!(env.run("-C shop list").stdout.contains("6/6"));
}

#[test]
fn nothing_is_made_by_a_rehearsal_or_a_refusal() {
    let env = TestEnv::new();
    let rehearsed = env.run("quickstart bugfix \"Login fails\" --dry-run");
    assert!(rehearsed.stdout.starts_with("project_created"), "{}", rehearsed.stdout);
    assert!(rehearsed.stdout.contains("dependency_added   login-fails/release"));
    assert_eq!(env.run("quickstart bugfix T --id .. --json").code, 2);
    assert_eq!(env.run("quickstart bugfix T --start 2026-03-20 --due 2026-03-19").code, 8);
    assert!(!env.path().join(".milestones").exists());
}

#[test]
fn a_team_goes_through_phases() {
    let env = TestEnv::new();
    assert_eq!(env.run("quickstart team \"Shared work\"").code, 0);
    insta::assert_snapshot!(env.block("phase show shared-work/first-version --format text"), @r"
    $ milestone phase show shared-work/first-version --format text
    REF                                STATUS     PLAN        TOOK  DELIVERED  WHO
    shared-work/first-version:design   ○ pending  15m to 30m        0 of 2
    shared-work/first-version:spec     ○ pending  10m to 20m        0 of 2
    shared-work/first-version:task     ○ pending  5m to 15m         0 of 2
    shared-work/first-version:execute  ○ pending                    0 of 2
    ");
    let all = env.run("task list workflow:kiro --json").stdout;
    assert_eq!(all.matches("\"ref\"").count(), 3, "{all}");
}

#[test]
fn what_was_chosen_is_told_to_programs() {
    let env = TestEnv::new();
    std::fs::write(env.path().join("openapi.yaml"), "").unwrap();
    let answer = env.run("quickstart Orders --json --due +14d --idempotency-key k");
    let json: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(json["kind"], "quickstart");
    assert_eq!(json["data"]["template"], "api");
    assert_eq!(json["data"]["signals"][0]["what"], "openapi.yaml");
    assert_eq!(json["data"]["refs"][0], "orders");
    let again = env.run("quickstart Orders --json --due +14d --idempotency-key k");
    let again: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(again["data"]["duplicate"], true);
    assert_eq!(env.run("list --format csv").stdout.lines().count(), 2);
}

#[test]
fn words_that_are_not_clear_are_refused() {
    let env = TestEnv::new();
    insta::assert_snapshot!(env.block("quickstart api"), @r#"
    $ milestone quickstart api
    ! error[template.no_title]: "api" is a template, and the title is missing
    !   = nothing was changed
    ! hint: milestone quickstart api TITLE
    exit 2
    "#);
    insta::assert_snapshot!(env.block("quickstart apii \"Orders and more\""), @r#"
    $ milestone quickstart apii "Orders and more"
    ! error[template.not_found]: no template is called "apii"
    !   = templates: personal, team, api, frontend, bugfix
    !   = as a title: milestone quickstart 'apii Orders and more'
    !   = nothing was changed
    ! hint: milestone quickstart api 'Orders and more'
    exit 5
    "#);
    let titled = env.run("quickstart \"team building trip\" -q");
    assert_eq!(titled.stdout, "team-building-trip\n");
}

#[test]
fn a_template_of_the_project_goes_first_and_is_checked() {
    let env = TestEnv::new();
    assert_eq!(env.run("init").code, 0);
    assert_eq!(env.run("template new release").code, 0);
    assert_eq!(env.run("template new release").code, 8);
    assert_eq!(
        env.run("template check").stdout,
        ".milestones/templates/release.md: good, 3 tasks\n"
    );
    let bad = "- A\n  - after: B\n  - phase: test\n- B\n  - after: A\n";
    std::fs::write(env.path().join(".milestones/templates/api.md"), bad).unwrap();
    insta::assert_snapshot!(env.block("template check api"), @r#"
    $ milestone template check api
    .milestones/templates/api.md:1: the tasks wait for each other in a circle: A → B → A; take\
         one "- after:" of these away
    .milestones/templates/api.md:3: there is no phase "test"; phases are design, spec, task, execute
    exit 10
    "#);
    assert_eq!(env.run("new Orders --template api").code, 10);
    std::fs::write(env.path().join(".milestones/templates/api.md"), "# Own\n- Only one\n").unwrap();
    assert_eq!(env.run("new --template api -q").stdout, "own\n");
    assert!(env.run("task list in:own").stdout.starts_with("own/only-one\t"));
}

#[test]
fn a_milestone_is_saved_and_used_again() {
    let env = TestEnv::new();
    assert_eq!(env.run("quickstart api Orders --owner dana").code, 0);
    assert_eq!(env.run("task add \"(2d) odd [x]\" --on orders --after 4 --weight 3").code, 0);
    let saved = env.run("template save service orders");
    assert_eq!((saved.code, saved.stderr.contains("Left out: people.")), (0, true));
    assert_eq!(env.run("template use service Again").code, 0);
    let plan = |id: &str| {
        let shown = env.run(&format!("task list in:{id} --json")).stdout;
        let json: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let rows = json["data"].as_array().unwrap().clone();
        let row = |row: &serde_json::Value| (row["title"].clone(), row["estimate_minutes"].clone());
        rows.iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(plan("orders"), plan("again"));
    assert_eq!(plan("again").len(), 5);
    assert_eq!(env.run("template save service orders").code, 8);
    assert_eq!(env.run("template save service orders --replace").code, 0);
}

#[test]
fn a_blank_title_is_not_the_title_of_the_template() {
    let env = TestEnv::new();
    for words in
        [&["quickstart", ""][..], &["quickstart", "api", " "], &["template", "use", "api", ""]]
    {
        let output = env.command().args(words).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.contains("error[value.bad]: the title cannot be used"), "{said}");
    }
    assert!(!env.path().join(".milestones").exists());
}

#[test]
fn a_quick_start_that_no_record_has_room_for_leaves_nothing_behind() {
    let env = TestEnv::new();
    let long = "x".repeat(60_000);
    let tasks: String =
        (0..20).map(|number| format!("- [ ] Task {number}\n\n  {long}\n\n")).collect();
    let text = format!("---\nname: large\ntitle: Large\n---\n\n{tasks}");
    std::fs::create_dir_all(env.path().join(".milestones/templates")).unwrap();
    std::fs::write(env.path().join(".milestones/templates/large.md"), text).unwrap();
    let refused = env.run("quickstart large Title");
    assert_ne!(refused.code, 0, "{}", refused.block());
    assert!(!env.path().join(".milestones/log").exists(), "{}", refused.block());
}
