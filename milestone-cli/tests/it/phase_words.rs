//! What is said around workflows: a report beside phases, a broken file, queries.
//!
//! - **Absent on purpose.** Steps of phases: they are in `writes_phase`.

use crate::support::TestEnv;

fn plan() -> TestEnv {
    let env = TestEnv::new();
    assert_eq!(env.run("init").code, 0);
    assert_eq!(env.run("new Api --task Plain").code, 0);
    assert_eq!(env.run("task add Phased --on api --workflow kiro").code, 0);
    env
}

#[test]
fn a_report_beside_phases_says_that_they_count() {
    let env = plan();
    let said = env.run("progress api/phased 50%");
    assert!(said.stderr.contains("Its progress is that of its phases"), "{}", said.block());
    assert!(said.stderr.contains("milestone show api/2"), "{}", said.block());
    assert!(!env.run("progress api/plain 50%").stderr.contains("phases"));
}

/// The hint must not name the command that has just failed.
#[test]
fn a_broken_workflow_of_a_built_in_name_says_how_to_get_that_back() {
    let env = plan();
    std::fs::create_dir_all(env.path().join(".milestones/workflows")).unwrap();
    std::fs::write(env.path().join(".milestones/workflows/kiro.yaml"), "phases: [").unwrap();
    let failed = env.run("workflow show kiro");
    assert_eq!(failed.code, 2);
    let hint = failed.stderr.lines().find(|line| line.starts_with("hint:")).unwrap();
    assert!(hint.ends_with(".milestones/workflows/kiro.yaml: kiro is built in"), "{hint}");
    assert!(!hint.contains("workflow show"), "{hint}");
}

#[test]
fn queries_ask_for_workflows_and_phases() {
    let env = plan();
    let found = |query: &str| env.run(&format!("task list --fields ref {query}")).stdout;
    let both = |query: &str| {
        let memory = found(query);
        assert_eq!(env.run("migrate run --to hybrid --yes").code, 0);
        assert_eq!(found(query), memory, "{query}");
        assert_eq!(env.run("migrate rollback --yes").code, 0);
        memory
    };
    assert_eq!(both("workflow:KIRO"), "api/phased\n");
    assert_eq!(both("phase:design"), "api/phased\n");
    assert_eq!(both("phase:spec"), "");
    assert_eq!(both("workflow:none"), "api/plain\n");
    assert_eq!(both("has:phase"), "api/phased\n");
}
