//! Kinds, lags, other projects, the critical path and `why`, as people see them.
//!
//! What each kind holds is tried in the core's own tests, row by row of `docs/dependencies.md`.

use serde_json::Value;

use crate::support::TestEnv;

/// Two projects beside each other: `-C here` and `-C site`.
fn two() -> TestEnv {
    let env = TestEnv::new();
    for (dir, lines) in [
        ("site", &["new Pages", "task add Texts Pictures --on pages --estimate 1d"][..]),
        ("here", &["new Api", "task add Design Build Docs Launch --on api --estimate 2d"]),
    ] {
        std::fs::create_dir(env.path().join(dir)).unwrap();
        does(&env, &format!("-C {dir} init"));
        lines.iter().for_each(|line| does(&env, &format!("-C {dir} {line}")));
    }
    env
}

fn does(env: &TestEnv, line: &str) {
    let answer = env.run(line);
    assert_eq!(answer.code, 0, "{}", answer.whole());
}

fn held(env: &TestEnv) -> String {
    env.run("-C here ready --blocked").stdout
}

#[test]
fn terms_are_said_shown_and_refused() {
    let env = two();
    let line = "-C here dep add api/docs --after api/build --kind ss --lag 1d";
    insta::assert_snapshot!(env.block(line), @"
    $ milestone -C here dep add api/docs --after api/build --kind ss --lag 1d
    api/docs comes after api/build [ss+1d]
    ! Next: milestone dep tree api/3
    ");
    does(&env, "-C here dep add api/launch --after api/build --kind ff");
    insta::assert_snapshot!(env.block("-C here dep tree --format text"), @"
    $ milestone -C here dep tree --format text
    api/docs ○ (Waiting)
    └── after api/build ○ (Pending) [ss+1d]
    api/launch ○ (Pending)
    └── after api/build ○ (Pending) [ff]
    ");
    insta::assert_snapshot!(env.block("-C here dep add api/docs --after api/design --lag 1x"), @r#"
    $ milestone -C here dep add api/docs --after api/design --lag 1x
    ! error[usage.bad_value]: "1x" is not a duration like 30m, 4h, 3d or 2w
    !   = nothing was changed
    ! hint: milestone dep add REF --after REF --kind ss --lag 2d
    exit 2
    "#);
    insta::assert_snapshot!(env.block("-C here dep add api/build --after api/launch --kind sf"), @"
    $ milestone -C here dep add api/build --after api/launch --kind sf
    ! error[dep.cycle]: this would close a cycle: api/build → api/launch → api/build
    !   = nothing was changed
    ! hint: milestone dep tree
    exit 8
    ");
    does(&env, "-C here start api/build api/launch");
    assert!(held(&env).contains("api/build, until 2026-03-13T10:00Z"), "{}", held(&env));
    insta::assert_snapshot!(env.block("-C here done api/launch"), @r#"
    $ milestone -C here done api/launch
    ! error[task.waiting]: api/launch cannot be finished yet: it waits for api/build
    !   = --force "why" overrides this, and the reason is recorded
    !   = nothing was changed
    ! hint: milestone dep tree api/launch
    exit 8
    "#);
    does(&env, "-C here done api/launch --force \"they pay\"");
    assert!(env.run("-C here log --json").stdout.contains("they pay"));
}

#[test]
fn a_lag_is_over_when_its_day_has_come() {
    let env = two();
    does(&env, "-C here dep add api/docs --after api/design --lag 1d");
    does(&env, "-C here done api/design");
    assert!(!env.run("-C here ready").stdout.contains("api/docs"));
    assert_eq!(env.run("-C here start api/docs").code, 8);
    assert!(!env.run("-C here task list ready").stdout.contains("api/docs"));
    for backend in ["file", "hybrid"] {
        if backend == "hybrid" {
            does(&env, "-C here migrate run --to hybrid --yes");
        }
        // A Thursday's day of work is over on Friday.
        let later = TestEnv::new().set("MILESTONE_NOW", "2026-03-13T10:00:01Z");
        let here = env.path().join("here").display().to_string();
        assert!(!env.run("-C here ready").stdout.contains("api/docs"), "{backend}");
        assert!(later.run(&format!("-C {here} ready")).stdout.contains("api/docs"), "{backend}");
        let list = later.run(&format!("-C {here} task list ready")).stdout;
        assert!(list.contains("api/docs"), "{backend}: {list}");
    }
}

#[test]
fn other_projects_are_read_and_what_cannot_be_known_holds() {
    let env = two();
    let on = "../site#pages/texts";
    does(&env, &format!("-C here dep add api/design --after {on}"));
    let site = env.path().join("site/.milestones");
    let before = std::fs::read_dir(site.join("log")).unwrap().count();
    assert!(held(&env).contains("waits for ../site#pages/texts\n"), "{}", held(&env));
    let forecast = env.run("-C here forecast api").stderr;
    assert!(forecast.contains("1 task waits for another project, of which"), "{forecast}");
    assert_eq!(env.run("-C here start api/design").code, 8);
    does(&env, "-C site start pages/texts");
    does(&env, "-C here dep add api/build --after ../site#pages/texts --kind ss");
    assert!(env.run("-C here ready").stdout.contains("api/build"));
    does(&env, "-C site done pages/texts");
    assert!(env.run("-C here ready").stdout.contains("api/design"));
    assert_eq!(std::fs::read_dir(site.join("log")).unwrap().count(), before);

    for (on, why) in [
        ("../nowhere#api", "there is no project"),
        ("../site#pages/gone", "there is nothing called pages/gone"),
    ] {
        does(&env, &format!("-C here dep add api/docs --after {on}"));
        assert!(held(&env).contains(why), "{on}: {}", held(&env));
        does(&env, &format!("-C here dep remove api/docs --after {on}"));
    }
    for on in ["/srv/site#pages", "../site#", "../site#@project"] {
        let answer = env.run(&format!("-C here dep add api/docs --after {on}"));
        assert!((2..=8).contains(&answer.code), "{}", answer.whole());
    }
    // What was readable and no longer is.
    std::fs::rename(site.join("log"), site.join("log.away")).unwrap();
    std::fs::write(site.join("log"), "not a directory").unwrap();
    assert!(held(&env).contains("(unknown: "), "{}", held(&env));
    let tree = env.run("-C here dep tree --format text");
    assert!(tree.stdout.contains("after ../site#pages/texts (unknown: "), "{}", tree.whole());
}

#[test]
fn a_path_that_leads_back_is_no_other_project() {
    let env = two();
    for on in ["../here#api/launch", ".#api/launch", "../site/../here#api/launch"] {
        let line = format!("-C here dep add api/docs --after {on}");
        let said = env.run(&line).stdout;
        assert_eq!(said, "api/docs comes after api/launch\n", "{on}");
        does(&env, "-C here dep remove api/docs --after api/launch");
    }
    does(&env, "-C here dep add api/docs --after api/launch");
    assert_eq!(env.run("-C here dep add api/launch --after ../here#api/docs").code, 8);
}

#[test]
fn what_nobody_can_know_elsewhere_is_checked_and_named() {
    let env = two();
    assert_eq!(env.run("-C here dep check").code, 0);
    does(&env, "-C here dep add api/docs --after ../site#pages/texts");
    assert_eq!(env.run("-C here dep check").code, 0);
    does(&env, "-C here dep add api/docs --after ../site#pages/gone,../nowhere#api");
    insta::assert_snapshot!(env.block("-C here dep check"), @r"
    $ milestone -C here dep check
    unknown  api/docs after ../nowhere#api: there is no project
    unknown  api/docs after ../site#pages/gone: there is nothing called pages/gone
    ! Take one away with: milestone dep remove REF --after REF
    exit 10
    ");
    // A log that was damaged may have lost what is not in it.
    let log = env.path().join("site/.milestones/log");
    let file = std::fs::read_dir(log).unwrap().next().unwrap().unwrap().path();
    let lines = std::fs::read_to_string(&file).unwrap().replacen("Pages", "Pagez", 1);
    std::fs::write(&file, lines).unwrap();
    insta::assert_snapshot!(env.block("-C here dep check"), @r"
    $ milestone -C here dep check
    unknown  api/docs after ../nowhere#api: there is no project
    unknown  api/docs after ../site#pages/gone: its log is damaged, and pages/gone is not in w\
        hat can be read
    ! Take one away with: milestone dep remove REF --after REF
    exit 10
    ");
    assert!(env.run("-C here dep check --json").stdout.contains("\"unknown\":[{"));
}

#[test]
fn the_tree_of_a_milestone_has_its_tasks() {
    let env = two();
    does(&env, "-C here new Ship --task Pack --task Send");
    for line in [
        "dep add ship --after api",
        "dep add ship/send --after ship/pack",
        "dep add api/docs --after api/build",
        "dep add api/build --after api/design",
    ] {
        does(&env, &format!("-C here {line}"));
    }
    insta::assert_snapshot!(env.block("-C here dep tree ship --format text"), @r"
    $ milestone -C here dep tree ship --format text
    ship ○ (Planned)
    └── after api ○ (Planned)
    ship/send ○ (Waiting)
    └── after ship/pack ○ (Pending)
    ");
    insta::assert_snapshot!(env.block("-C here dep tree api"), @r"
    $ milestone -C here dep tree api
    api/build	api/design	open	-	fs
    api/docs	api/build	open	-	fs
    ");
}

#[test]
fn the_critical_path_says_what_must_not_slip() {
    let env = two();
    does(&env, "-C here dep add api/build --after api/design");
    does(&env, "-C here dep add api/launch --after api/build --lag -1d");
    let json = env.run("-C here dep critical api --json");
    let rows: Value = serde_json::from_str(&json.stdout).expect("it is JSON");
    let floats: Vec<(String, i64, i64)> = rows["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let number = |name: &str| row[name].as_i64().unwrap();
            (row["ref"].as_str().unwrap().to_owned(), number("early_start"), number("total_float"))
        })
        .collect();
    let expected = [
        ("api", 0, 0),
        ("api/design", 0, 0),
        ("api/docs", 0, 1440),
        ("api/build", 960, 0),
        ("api/launch", 1440, 0),
    ];
    assert_eq!(floats, expected.map(|(name, start, float)| (name.to_owned(), start, float)));
    let text = env.run("-C here dep critical --format text").stdout;
    let path = "Critical path: api/design → api/build → api/launch\nEnd: 5d of work from now";
    assert!(text.contains(path), "{text}");
    for format in ["csv", "md", "plain", "ndjson"] {
        does(&env, &format!("-C here dep critical --format {format}"));
    }
}

#[test]
fn why_gives_the_parts_of_a_percentage() {
    let env = two();
    does(&env, "-C here edit api/build --weight 3");
    does(&env, "-C here done api/design");
    does(&env, "-C here progress api/build 4/6");
    does(&env, "-C here cancel api/launch --reason later");
    insta::assert_snapshot!(env.block("-C here why api --format text --width 60"), @"
    $ milestone -C here why api --format text --width 60
    status: active
      it was started
      by 1d2d0a70b8dd1d61
    progress: 60%
      weight x part done / weight, over 3 tasks; 1 done: (1x100%
      + 3x66.67% + 1x0%) / 5 = 60.00%
    part: api/design
      weight 1 of 5, 100% of it: adds 20.00 points
      by 1d2d0a70b8dd1d61
    part: api/build
      weight 3 of 5, 66.67% of it: adds 40.00 points
      by f7603f5de2cf3696, 08adf0458443b886
    part: api/docs
      weight 1 of 5, 0% of it: adds 0.00 points
      by b0db794c037c6b9a
    health: Not enough history
      2 tasks left; too little was finished to say when;
      estimates give Sun 2026-03-15 to Fri 2026-03-20
    ");
    let json = env.run("-C here why api --json");
    let rows: Value = serde_json::from_str(&json.stdout).expect("it is JSON");
    let parts = rows["data"].as_array().unwrap().iter().filter(|row| row["what"] == "part");
    assert_eq!(parts.count(), 3);
    does(&env, "-C site start pages/texts");
    let begun = env.run("-C site why pages --format text --width 200").stdout;
    assert!(begun.contains("= 0.00%, shown as 1%: 0% is said only"), "{begun}");
}

#[test]
fn why_cites_the_records() {
    let env = two();
    does(&env, "-C here dep add api/docs --after api/design --lag 1d");
    does(&env, "-C here edit api --due 2026-04-01");
    does(&env, "-C here block api/docs \"no screenshots\"");
    let json = env.run("-C here why api/docs --json");
    let rows: Value = serde_json::from_str(&json.stdout).expect("it is JSON");
    let rows = rows["data"].as_array().unwrap();
    let row = |what: &str| rows.iter().find(|row| row["what"] == what).unwrap();
    assert_eq!(row("status")["is"], "pending");
    assert_eq!(row("waits")["because"], "comes after api/design (fs+1d), which is not finished");
    assert_eq!(row("blocked")["is"], "no screenshots");
    assert_eq!(row("due")["because"], "its milestone api is due then");
    for what in ["status", "waits", "blocked", "due"] {
        let record = row(what)["records"][0].as_str().unwrap_or_default();
        assert_eq!(env.run(&format!("-C here log has {}", &record[..16])).code, 0, "{what}");
    }
    assert!(env.run("-C here why api").stdout.contains("weight x part done / weight"));
    assert_eq!(env.run("-C here why nothing").code, 5);
}
