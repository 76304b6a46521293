//! What a person means and what the program takes it for: names, reasons, hints, sums.
//!
//! Start at `me_is_whoever_acts`; each test says what it was shown red by.

use crate::support::TestEnv;
use crate::writes_phase::submitted;

fn does(env: &TestEnv, lines: &[&str]) {
    for line in lines {
        let answer = env.run(line);
        assert_eq!(answer.code, 0, "{}", answer.whole());
    }
}

/// Shown red by: a name that is kept as it was typed.
#[test]
fn me_is_whoever_acts() {
    let env = submitted();
    does(&env, &["phase request-changes api/refunds -m more --actor sam"]);
    does(&env, &["phase submit api/refunds --actor dana"]);
    let own = env.run("phase approve api/refunds --as me --actor dana");
    assert_eq!(own.code, 2, "one of them is enough: {}", own.whole());
    for line in ["phase approve api/refunds --as me", "phase approve api/refunds --as ME"] {
        let env = &env;
        assert_eq!(env.run(line).code, 8, "{}", env.run(line).whole());
    }
    let nobody = ["phase", "approve", "api/refunds", "--as", " "];
    let answer = env.command().args(nobody).output().unwrap();
    assert_eq!(answer.status.code(), Some(2), "{}", String::from_utf8_lossy(&answer.stderr));
    does(&env, &["edit api --owner me", "task add Mine --on api --owner Me"]);
    assert!(env.run("list owner:me").stdout.contains("api\t"));
    assert!(env.run("task list owner:me").stdout.contains("api/mine\t"));
    assert!(env.run("show api/mine").stdout.contains("Owner      dana"));
}

/// Shown red by: what was completed taken for reported; an end that was undone; a sum cut off.
#[test]
fn why_says_what_holds() {
    let env = TestEnv::new();
    does(&env, &["init", "new Empty", "done empty", "new Big"]);
    let why = env.run("why empty").stdout;
    assert!(why.contains("100%\tit was completed, and has no tasks\t"), "{why}");
    (0..13).for_each(|number| does(&env, &[&format!("task add t{number} --on big")]));
    does(&env, &["done big/1", "start big/2", "block big/2 keys"]);
    let why = env.run("why big").stdout;
    assert!(why.contains("1 done: (100.00% in all) / 13 = 7.69%\t"), "{why}");
    does(&env, &["new Late --task one"]);
    does(&env, &["new After --task two", "dep add after --after late"]);
    does(&env, &["done after/two --force hurry", "undo"]);
    for about in ["after", "after/two"] {
        let why = env.run(&format!("why {about}")).stdout;
        assert!(!why.contains("forced"), "{why}");
    }
}

/// Shown red by: a report that only programs see.
#[test]
fn what_was_reported_is_shown_beside_what_counts() {
    let env = submitted();
    does(&env, &["progress api/refunds 50%"]);
    assert!(env.run("show api/refunds").stdout.contains("Reported   50%\n"));
    does(&env, &["init", "new Sum", "progress sum 2/5", "task add t --on sum"]);
    for line in ["show sum", "show sum --level 1"] {
        let show = env.run(line).stdout;
        assert!(show.contains("0%") && show.contains("Reported  2 of 5"), "{show}");
    }
}

/// Shown red by: hints that nobody tried.
#[test]
fn a_hint_is_not_refused() {
    let env = TestEnv::new();
    does(&env, &["init", "new Rel --task a --task b", "block rel/b keys"]);
    insta::assert_snapshot!(env.block("done rel"), @"
    $ milestone done rel
    ! error[milestone.open_tasks]: rel has 2 tasks open
    !   = rel/a
    !   = rel/b
    !   = rel/b is blocked: keys
    !   = nothing was changed
    ! hint: milestone why rel/b
    exit 8
    ");
    does(&env, &["unblock rel/b", "new Api --task a1 --task a2 --task a3"]);
    insta::assert_snapshot!(env.block("done rel"), @"
    $ milestone done rel
    ! error[milestone.open_tasks]: rel has 2 tasks open
    !   = rel/a
    !   = rel/b
    !   = nothing was changed
    ! hint: milestone done rel/a rel/b rel
    exit 8
    ");
    does(&env, &["dep add api/a2 --after api/a1", "dep add api/a3 --after api/a2 --kind ss"]);
    insta::assert_snapshot!(env.block("done api/a3"), @r#"
    $ milestone done api/a3
    ! error[task.waiting]: api/a3 waits for api/a2 to start
    !   = --force "why" overrides this, and the reason is recorded
    !   = api/a2 waits for api/a1
    !   = nothing was changed
    ! hint: milestone why api/a2
    exit 8
    "#);
    let env = submitted();
    std::fs::write(env.path().join("docs/api.md"), "another\n").unwrap();
    let said = env.run("phase start api/refunds:spec").stderr;
    assert!(said.contains("hint: milestone phase submit api/refunds:design"), "{said}");
}

/// Shown red by: a milestone that is taken for given up because its creation was undone; risks of
/// what has ended; what is open in what was given up.
#[test]
fn what_has_ended_is_in_no_sum() {
    let env = TestEnv::new();
    does(&env, &["init", "new Oops --task x", "undo"]);
    let stats = env.run("stats --format text").stdout;
    assert!(!stats.contains("Success rate 0%"), "{stats}");
    does(&env, &["new Old --task a --task b", "done old/b", "new Live --task c"]);
    does(&env, &["risk add old/a late --probability 50% --delay 10d"]);
    does(&env, &["risk add live slow --probability 50% --delay 2d"]);
    does(&env, &["cancel old --reason no"]);
    let matrix = env.run("risk matrix --format text").whole();
    assert!(matrix.contains("1d") && !matrix.contains("6d"), "{matrix}");
    assert!(!env.run("risk list").stdout.contains("late"));
    assert!(env.run("risk list --all").stdout.contains("late"));
    assert!(env.run("risk list old").stdout.contains("late"));
    let stats = env.run("stats --json").stdout;
    assert!(stats.contains("\"scope\":2"), "{stats}");
}

/// Shown red by: an empty plan at a moment before there was any.
#[test]
fn before_the_beginning_there_is_nothing_to_list() {
    let env = TestEnv::new();
    does(&env, &["init --name shop", "new Api --task one"]);
    for line in
        ["list --as-of 2020-01-01", "ready --as-of=2020-01-01", "forecast --as-of 2020-01-01"]
    {
        let said = env.run(line);
        assert_eq!(said.code, 5, "{}", said.whole());
        let hint = said.stderr.lines().find_map(|line| line.strip_prefix("hint: milestone "));
        let hint = hint.unwrap_or_else(|| panic!("no hint: {}", said.whole()));
        assert_eq!(env.run(hint).code, 0, "{hint}: {}", env.run(hint).whole());
    }
}

/// Shown red by: a blocker of what was given up.
#[test]
fn nothing_is_in_the_way_of_what_was_given_up() {
    let env = TestEnv::new();
    does(&env, &["init", "new Api --task one", "block api/one keys"]);
    assert!(env.run("show api/one").stdout.contains("Blocked by"));
    does(&env, &["cancel api/one --reason no"]);
    assert!(!env.run("show api/one").stdout.contains("Blocked by"));
}
