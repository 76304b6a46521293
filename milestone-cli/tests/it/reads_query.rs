//! Queries on the command line: words beside flags, pages, and what is said of mistakes.
//!
//! Start at `words_and_flags_find_the_same`. What queries mean is tested in the core.

use crate::reads_world::{Pages, shop};
use crate::support::TestEnv;

fn env() -> TestEnv {
    let env = TestEnv::new();
    shop(&env);
    env
}

/// The references that a list prints.
fn refs(env: &TestEnv, line: &str) -> Vec<String> {
    let answer = env.run(line);
    assert_eq!(answer.code, 0, "{line}: {}", answer.stderr);
    let first = |line: &str| line.split('\t').next().unwrap_or_default().to_owned();
    answer.stdout.lines().map(first).collect()
}

#[test]
fn words_and_flags_find_the_same() {
    let env = env();
    for (words, flags) in [
        ("list status:active,planned", "list --status active,planned"),
        ("list who:dana sort:title", "list --owner dana --sort title"),
        ("list mine", "list --owner me"),
        ("list due<+30d", "list --due-before +30d"),
        ("list label:BACKEND", "list -l backend"),
        ("list sort:-progress limit:2", "list --sort progress --limit 2"),
        ("task list in:api", "task list api"),
        ("task list api done", "task list api --status done"),
        ("task list waiting", "task list --status waiting"),
        ("ready in:checkout limit:1", "ready --on checkout --limit 1"),
        ("ready", "ready sort:due,-estimate"),
    ] {
        let found = refs(&env, words);
        assert_eq!(found, refs(&env, flags), "{words}");
        assert!(!found.is_empty() || words.contains("mine"), "{words}");
    }
}

#[test]
fn a_dash_before_a_condition_is_no_flag() {
    let env = env();
    assert_eq!(
        refs(&env, "task list api -done"),
        ["api-development/endpoints", "api-development/testing"]
    );
    assert_eq!(refs(&env, "list -status:active -label:none checkout"), ["checkout-v2"]);
    assert_eq!(refs(&env, "list -- -development -import -logs"), ["checkout-v2"]);
    assert_eq!(refs(&env, "list not api not csv not cleanup"), ["checkout-v2"]);
    insta::assert_snapshot!(env.page("list -development"), @r#"
    $ milestone list -development
    ! error[usage.unknown_flag]: "list" has no flag -d
    !   = a text is left out by: not development
    !   = nothing was changed
    ! hint: milestone help list
    exit 2
    "#);
}

#[test]
fn a_page_says_where_the_next_begins() {
    let env = env();
    insta::assert_snapshot!(env.page("task list --limit 2"), @r#"
    $ milestone task list --limit 2
    api-development/authentication	Authentication	done	100	960	-	-	-
    api-development/database-setup	Database Setup	done	100	960	-	-	-
    ! 8 in all: a greater --limit; --json has a cursor
    "#);
    for verb in ["task list", "list sort:-created", "ready", "ready --blocked", "list"] {
        let whole = refs(&env, verb);
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        for _ in 0..=whole.len() {
            let answer = env.run(&format!("{verb} --limit 2 {cursor} --json"));
            let page: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
            assert_eq!(page["meta"]["total"], whole.len());
            let rows = page["data"].as_array().unwrap();
            pages.extend(rows.iter().map(|row| row["ref"].as_str().unwrap().to_owned()));
            match page["meta"]["next_cursor"].as_str() {
                Some(next) => cursor = format!("--cursor {next}"),
                None => break,
            }
        }
        assert_eq!(pages, whole, "{verb}");
    }
}

#[test]
fn a_cursor_survives_what_others_write() {
    let env = env();
    let first = env.run("list sort:title --limit 2 --json");
    let first: serde_json::Value = serde_json::from_str(&first.stdout).unwrap();
    let next = first["meta"]["next_cursor"].as_str().unwrap();
    env.run("new Aardvark");
    env.run("new Zebra");
    env.run("cancel checkout --reason over");
    assert_eq!(
        refs(&env, &format!("list --cursor {next}")),
        ["cleanup-logs", "csv-import", "zebra"]
    );
    let other = env.page(&format!("list --sort due --cursor {next}"));
    insta::assert_snapshot!(other, @r#"
    $ milestone list --sort due --cursor 5b227469746c65222c5b22636865636b6f7574207632225\
      d2c22636865636b6f75742d7632225d
    ! error[query.cursor]: the cursor is of a list sorted by title, not by due
    !   = nothing was changed
    ! hint: milestone help query
    exit 2
    "#);
    insta::assert_snapshot!(env.page("list --cursor 5b00"), @r#"
    $ milestone list --cursor 5b00
    ! error[query.cursor]: this is no cursor of a list
    !   = nothing was changed
    ! hint: milestone help query
    exit 2
    "#);
}

#[test]
fn mistakes_are_marked_in_the_query() {
    let env = env();
    insta::assert_snapshot!(env.page("list stauts:active due<+7d"), @r#"
    $ milestone list stauts:active due<+7d
    ! error[query.unknown]: there is no field "stauts"
    !   = stauts:active due<+7d
    !   = ^^^^^^
    !   = expected: a field; text that looks like one goes in quotes
    !   = did you mean status?
    !   = nothing was changed
    ! hint: milestone help query
    exit 2
    "#);
    insta::assert_snapshot!(env.page("list 東京 (a or) b"), @r#"
    $ milestone list 東京 (a or) b
    ! error[query.syntax]: a condition is missing behind "or"
    !   = 東京 (a or) b
    !   =           ^
    !   = expected: a word, "a phrase", field:value, or (…)
    !   = nothing was changed
    ! hint: milestone help query
    exit 2
    "#);
    insta::assert_snapshot!(env.page("task list after:nowhere"), @r#"
    $ milestone task list after:nowhere
    ! error[ref.not_found]: no milestone or task is called "nowhere"
    !   = after:nowhere
    !   =       ^^^^^^^
    !   = nothing was changed
    ! hint: milestone list
    exit 5
    "#);
    insta::assert_snapshot!(env.page("ready progress>=120 --json"), @r#"
    $ milestone ready progress>=120 --json
    ! {"kind":"error","v":1,"error":{"code":"query.value","exit":2,"message":"progress \
      cannot be \"120\"","facts":{"at":[10,13],"nothing_changed":true,\
      "query":"progress>=120"},"notes":["progress>=120","          ^^^","expected: 0 to \
      100 percent"],"retry_after_ms":null,"alternatives":[],"hint":"milestone help \
      query"}}
    exit 2
    "#);
    insta::assert_snapshot!(env.page("list limit:2 --limit 3"), @r#"
    $ milestone list limit:2 --limit 3
    ! error[usage.conflict]: --limit and limit: in the query exclude each other
    !   = nothing was changed
    ! hint: milestone help query
    exit 2
    "#);
    insta::assert_snapshot!(env.page("list view:mine"), @r#"
    $ milestone list view:mine
    ! error[view.not_found]: there is no view "mine"
    !   = view:mine
    !   =      ^^^^
    !   = nothing was changed
    ! hint: milestone view list
    exit 5
    "#);
}

#[test]
fn hostile_queries_are_answered_in_words() {
    let env = env();
    let long = "x".repeat(10_000);
    let answer = env.run(&format!("list {long} stauts:x"));
    assert_eq!(answer.code, 2);
    assert!(answer.stderr.len() < 600, "{}", answer.stderr);
    assert!(answer.stderr.starts_with("error[query.syntax]: the query has 10009 bytes, over"));
    for line in [
        "list ' OR 1=1 --",
        "list \u{1b}[2J",
        "list \u{202e}evil",
        "list 🚀👩‍👩‍👧:x",
        "list ((((((((((((((((((((((((((((((((((((((((((((",
        "list שלום:עולם",
    ] {
        let answer = env.run(line);
        assert_eq!((answer.code, answer.stdout.as_str()), (2, ""), "{line}");
        assert!(!answer.stderr.contains('\u{1b}') && !answer.stderr.contains('\u{202e}'));
    }
    for line in ["list 🚀", "list שלום", "list '; DROP TABLE t; --", "list %_\\", "list 'quoted'"]
    {
        let answer = env.run(line);
        assert_eq!((answer.code, answer.stdout.as_str()), (0, ""), "{line}: {}", answer.stderr);
    }
}

#[test]
fn the_past_is_asked_in_the_same_words() {
    let env = env();
    assert_eq!(refs(&env, "list checkout"), ["checkout-v2"]);
    assert_eq!(refs(&env, "list checkout --as-of 2026-03-05"), [""; 0]);
    assert_eq!(
        refs(&env, "task list is:active --as-of 2026-03-05"),
        ["api-development/database-setup"]
    );
}
