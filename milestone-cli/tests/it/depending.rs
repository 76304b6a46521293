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
        ("../here#api/launch", ""),
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
