//! `export`: milestones with their tasks.
//!
//! Start at `every_format_has_all_of_it`.

use crate::reads_world::{Pages, World, fields, of, shop, task};
use crate::support::TestEnv;
use milestone_core::domain::{Command, Field};

fn env() -> TestEnv {
    let env = TestEnv::new();
    shop(&env);
    env
}

#[test]
fn every_format_has_all_of_it() {
    let env = env();
    let whole: serde_json::Value =
        serde_json::from_str(&env.run("export --all --json").stdout).unwrap();
    assert_eq!((&whole["kind"], &whole["meta"]["total"]), (&"export".into(), &4.into()));
    assert_eq!(whole["data"][0]["id"], "api-development");
    assert_eq!(whole["data"][0]["progress"], 67);
    assert_eq!(whole["data"][0]["tasks"][3]["dependencies"][0], "api-development/endpoints");
    let lines = env.run("export --format ndjson").stdout;
    assert_eq!(lines.lines().count(), 5);
    let second: serde_json::Value = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
    assert_eq!(second, whole["data"][0]);
    insta::assert_snapshot!(env.page("export api --format md"), @r#"
    $ milestone export api --format md
    ## API Development (67%)

    Due 2026-03-20 (8 days left) · 2 of 4 tasks done · owner dana

    - [x] Authentication
    - [x] Database Setup
    - [ ] Endpoints (In Progress, 4/6)
    - [ ] Testing (Pending, waits for Endpoints)
    "#);
    let csv = env.run("export --format csv").stdout;
    assert_eq!(csv.lines().count(), 1 + 4 + 8);
    insta::assert_snapshot!(env.page("export label:backend active --format csv"), @r#"
    $ milestone export label:backend active --format csv
    kind,ref,milestone,title,status,progress,priority,owner,assignees,labels,start,due,\
      estimate_minutes,time_spent_minutes,weight,after,template,external_id,created_at,\
      changed_at,started_at,completed_at,description
    milestone,api-development,api-development,API Development,active,67,,dana,,backend,,\
      2026-03-20,,0,,,,,2026-03-02T10:05:00.000000Z,2026-03-03T09:00:00.000000Z,\
      2026-03-03T09:00:00.000000Z,,
    task,api-development/authentication,api-development,Authentication,done,100,,,,,,,\
      960,0,,,,,2026-03-02T10:05:00.000000Z,2026-03-04T17:00:00.000000Z,\
      2026-03-03T09:00:00.000000Z,2026-03-04T17:00:00.000000Z,
    task,api-development/database-setup,api-development,Database Setup,done,100,,,,,,,\
      960,0,,,,,2026-03-02T10:05:00.000000Z,2026-03-06T16:00:00.000000Z,\
      2026-03-05T09:00:00.000000Z,2026-03-06T16:00:00.000000Z,
    task,api-development/endpoints,api-development,Endpoints,in_progress,67,,,,,,,1440,\
      0,,,,,2026-03-02T10:05:00.000000Z,2026-03-12T09:41:07.000000Z,\
      2026-03-11T09:14:00.000000Z,,
    task,api-development/testing,api-development,Testing,pending,0,,,,,,,960,0,,\
      api-development/endpoints,,,2026-03-02T10:05:00.000000Z,2026-03-02T10:05:00.000000Z,\
      ,,
    "#);
    insta::assert_snapshot!(env.page("export --format plain"), @r#"
    $ milestone export --format plain
    ! error[usage.format]: "export" has no format plain
    !   = it has: json, ndjson, csv, md
    !   = nothing was changed
    ! hint: milestone export --json
    exit 2
    "#);
    assert_eq!(env.run("export --as-of 2026-03-05 --format ndjson").stdout.lines().count(), 2);
}

#[test]
fn a_spreadsheet_runs_nothing() {
    let env = env();
    let mut world = World::open(env.path());
    for (n, title) in ["=1+1", "+cmd", "-2", "@SUM(A1)", "a,\"b\""].iter().enumerate() {
        let at = format!("2026-03-12T09:5{n}:00Z");
        world.plans(&at, title, None, vec![task(&format!("{title} task"), "60", &[])]);
    }
    let (targets, set) = (of(&["sum-a1"]), fields(&[(Field::Description, "=two\nlines")]));
    let (add, remove) = (fields(&[]), fields(&[]));
    world.does("dana", "2026-03-12T09:56:00Z", Command::Edit { targets, set, add, remove });
    let csv = env.run("export --format csv").stdout;
    for cell in
        [",'=1+1,", ",'+cmd,", ",'-2,", ",'@SUM(A1),", ",\"a,\"\"b\"\"\",", "\"'=two\nlines\""]
    {
        assert!(csv.contains(cell), "{cell} is not in {csv}");
    }
}

#[test]
fn a_file_is_written_whole_and_never_over_another() {
    let env = env();
    let file = env.path().join("plan.csv");
    insta::assert_snapshot!(env.page("export -o plan.csv"), @r#"
    $ milestone export -o plan.csv
    ! 4 milestones written to ~/plan.csv
    "#);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), env.run("export --format csv").stdout);
    std::fs::write(&file, "mine").unwrap();
    insta::assert_snapshot!(env.page("export -o plan.csv"), @r#"
    $ milestone export -o plan.csv
    ! error[export.exists]: there is a file ~/plan.csv already
    !   = nothing was changed
    ! hint: milestone export --force, or another -o FILE
    exit 8
    "#);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(env.run("export checkout -o plan.csv --force -q").code, 0);
    assert!(std::fs::read_to_string(&file).unwrap().contains("checkout-v2/payment"));
    insta::assert_snapshot!(env.page("export -o nowhere/plan.csv"), @r#"
    $ milestone export -o nowhere/plan.csv
    ! error[output.unwritable]: cannot write ~/nowhere/plan.csv
    !   = No such file or directory (os error 2)
    !   = nothing was changed
    ! hint: milestone export -o FILE, in a directory that you may write to
    exit 14
    "#);
    insta::assert_snapshot!(env.page("export -o other.md -n"), @r#"
    $ milestone export -o other.md -n
    ! 4 milestones would be exported.
    "#);
    let names = std::fs::read_dir(env.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().ends_with(".part")));
    assert!(!env.path().join("other.md").exists());
}
