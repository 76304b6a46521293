//! `import beads`: what is recorded, what is here already, what would be lost, and who is told.
//!
//! Shown red by: no keys; writing although something would be lost; writing with `-n`; no milestone
//! for what belongs to none; keeping quiet about refused edges; counting repetitions as new.

use crate::support::TestEnv;

const EPIC: &str = concat!(
    r#"{"id":"bd-1","title":"Api","status":"open","issue_type":"epic","priority":1,"#,
    r#""created_at":"2026-01-01T00:00:00Z"}"#,
);
const TASK: &str = concat!(
    r#"{"id":"bd-1.1","title":"Plan","status":"closed","issue_type":"task","priority":2,"#,
    r#""created_at":"2026-01-02T00:00:00Z","closed_at":"2026-01-03T00:00:00Z","#,
    r#""close_reason":"shipped"}"#,
);
const AFTER: &str = concat!(
    r#"{"id":"bd-1.2","title":"Build","status":"open","issue_type":"task","priority":2,"#,
    r#""created_at":"2026-01-02T00:00:00Z","dependencies":[{"issue_id":"bd-1.2","#,
    r#""depends_on_id":"bd-1.1","type":"blocks","created_at":"2026-01-02T00:00:00Z","#,
    r#""created_by":"ann"}]}"#,
);
const LOOSE: &str =
    r#"{"id":"bd-9","title":"Loose","status":"open","issue_type":"task","priority":2}"#;
const LOSSY: &str =
    r#"{"id":"bd-2","title":"Two\u0007","status":"open","issue_type":"epic","priority":1}"#;

/// A project, and a file of issues in its directory.
fn project(issues: &[&str]) -> TestEnv {
    let env = TestEnv::new();
    assert_eq!(env.run("init").code, 0);
    write(&env, issues);
    env
}

fn write(env: &TestEnv, issues: &[&str]) {
    std::fs::write(env.path().join("issues.jsonl"), issues.join("\n") + "\n").unwrap();
}

/// The records of the log, oldest first.
fn records(env: &TestEnv) -> Vec<serde_json::Value> {
    let files = env.log_files();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    let text: String = texts.collect();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The data of the document that a command prints.
fn data(env: &TestEnv, line: &str) -> serde_json::Value {
    let answer = env.run(line);
    let document: Result<serde_json::Value, _> = serde_json::from_str(&answer.stdout);
    document.unwrap_or_else(|_| panic!("{}", answer.block()))["data"].clone()
}

#[test]
fn every_issue_and_edge_is_a_record_and_is_made_once() {
    let env = project(&[EPIC, TASK, AFTER]);
    let first = env.run("import beads issues.jsonl");
    assert_eq!(first.code, 0, "{}", first.block());
    assert!(first.stdout.starts_with("Recorded 4 records\n"), "{}", first.block());
    assert_eq!(records(&env).len(), 1 + 4);
    insta::assert_snapshot!(env.block("show api"), @"
    $ milestone show api
    MILESTONE: Api (Progress: 50%)
    ├── Plan ●
    └── Build ○ (Pending)
    ");
    let ended = records(&env)[2]["events"][1].clone();
    assert_eq!(ended["event_type"], "task_completed", "{ended}");
    assert!(ended["at"].as_str().unwrap().starts_with("2026-01-03T"), "its own time: {ended}");
    let again = env.run("import beads issues.jsonl -q");
    assert_eq!(again.stdout, "Recorded 0 records, 4 were here already\n");
    assert_eq!(records(&env).len(), 1 + 4);
    write(&env, &[EPIC, &TASK.replace("Plan", "Think"), AFTER]);
    let changed = data(&env, "import beads issues.jsonl --json");
    assert_eq!((&changed["recorded"], &changed["known"]), (&1.into(), &3.into()), "{changed}");
    assert!(env.run("show api/plan").stdout.contains("Think"));
}

#[test]
fn a_rehearsal_appends_nothing_and_says_the_same() {
    let env = project(&[EPIC, TASK, AFTER, LOSSY]);
    let planned = env.run("import beads issues.jsonl -n");
    assert_eq!(planned.code, 0, "{}", planned.block());
    assert!(planned.stdout.starts_with("Would record 5 records\n"), "{}", planned.block());
    let document = data(&env, "import beads issues.jsonl -n --json");
    assert_eq!(document["dry_run"], true);
    assert_eq!((&document["recorded"], &document["losses"]), (&5.into(), &1.into()));
    assert_eq!(document["losses_by_reason"]["ControlCharacters"], 1, "{document}");
    assert_eq!(records(&env).len(), 1);
}

#[test]
fn nothing_is_lost_without_a_word() {
    let env = project(&[EPIC, LOSSY]);
    let refused = env.run("import beads issues.jsonl");
    assert_eq!(refused.code, 8, "{}", refused.block());
    assert!(refused.stderr.contains("error[import.loss]: 1 thing would"), "{}", refused.block());
    assert!(refused.stderr.contains("issues.jsonl:2: "), "{}", refused.block());
    assert_eq!(records(&env).len(), 1);
    let accepted = env.run("import beads issues.jsonl --accept-loss");
    assert_eq!(accepted.code, 0, "{}", accepted.block());
    assert_eq!(records(&env).len(), 1 + 2);
}

#[test]
fn what_belongs_to_nothing_goes_where_it_is_told() {
    let env = project(&[LOOSE]);
    let refused = env.run("import beads issues.jsonl");
    assert_eq!(refused.code, 2, "{}", refused.block());
    assert!(refused.stderr.contains("error[import.needs_into]"), "{}", refused.block());
    assert_eq!(env.run("import beads issues.jsonl --into backlog -q").code, 0);
    assert!(env.run("show backlog/loose").stdout.contains("Loose"));
    let again = env.run("import beads issues.jsonl --into backlog -q");
    assert_eq!(again.stdout, "Recorded 0 records, 1 were here already\n");
    let elsewhere = project(&[LOOSE]);
    assert_eq!(elsewhere.run("new Later").code, 0);
    assert_eq!(elsewhere.run("import beads issues.jsonl --into later -q").code, 0);
    assert_eq!(records(&elsewhere).len(), 1 + 2, "the milestone was there");
}

/// The source knows no circle; with an edge that was made here it would be one.
#[test]
fn an_edge_that_the_rules_refuse_is_a_loss() {
    let env = project(&[EPIC, &TASK.replace("closed", "open")]);
    let build = AFTER.split(",\"dependencies\"").next().unwrap().to_owned() + "}";
    write(&env, &[EPIC, TASK, &build]);
    assert_eq!(env.run("import beads issues.jsonl -q").code, 0);
    assert_eq!(env.run("dep add api/plan --after api/build").code, 0);
    let before = records(&env).len();
    write(&env, &[EPIC, TASK, AFTER]);
    let refused = env.run("import beads issues.jsonl");
    assert_eq!(refused.code, 8, "{}", refused.block());
    assert!(refused.stderr.contains("a dependency closes a cycle"), "{}", refused.block());
    assert_eq!(records(&env).len(), before, "nothing of it was appended");
    let accepted = env.run("import beads issues.jsonl --accept-loss");
    assert_eq!(accepted.code, 0, "{}", accepted.block());
    assert!(accepted.stdout.contains("lost  a dependency closes a cycle"), "{}", accepted.block());
}

#[test]
fn files_that_cannot_be_taken_in_are_named() {
    let env = project(&[EPIC]);
    let missing = env.run("import beads nothing.jsonl");
    assert_eq!(missing.code, 5, "{}", missing.block());
    assert!(missing.stderr.contains("cannot read nothing.jsonl"), "{}", missing.block());
    std::fs::write(env.path().join("other.jsonl"), "{\"some\":\"thing\"}\n").unwrap();
    let other = env.run("import beads other.jsonl");
    assert_ne!(other.code, 0, "{}", other.block());
    assert_eq!(records(&env).len(), 1);
}

/// What was finished there with an open task is finished here, and the task is named.
#[test]
fn a_finished_milestone_names_the_tasks_that_were_left_open() {
    let epic = EPIC.replace(r#""status":"open""#, r#""status":"closed""#);
    let epic = epic.replace('}', r#","closed_at":"2026-01-05T00:00:00Z"}"#);
    let env = project(&[&epic, TASK, AFTER]);
    assert_eq!(env.run("import beads issues.jsonl").code, 0);
    let shown = data(&env, "show api --json");
    assert_eq!(shown["status"], "completed", "{shown}");
    assert_eq!(shown["left_open"], serde_json::json!(["api/build"]));
    assert_eq!(shown["completed_at"], "2026-01-05T00:00:00.000000Z");
    let valid = env.run("validate standard");
    assert_eq!(valid.code, 0, "{}", valid.block());
}
