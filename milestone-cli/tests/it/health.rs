//! One health: whoever says how a milestone fares says the same.
//!
//! Start at [`they_agree_on_generated_projects`].

use std::collections::BTreeMap;

use serde_json::Value;

use crate::reads_figures::worked;
use crate::support::TestEnv;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888);
        (self.0 >> 33) % most
    }
}

fn does(env: &TestEnv, line: &str) {
    let answer = env.run(line);
    assert_eq!(answer.code, 0, "{}", answer.whole());
}

/// Milestones with and without dates and tasks, begun, blocked and forgotten.
fn generated(env: TestEnv, seed: u64) -> TestEnv {
    let mut dice = Dice(seed);
    for number in 0..6 {
        let due = [
            "",
            " --due 2026-03-01",
            " --due 2026-03-16",
            " --due 2026-04-20",
            " --due 2027-03-01",
        ];
        let due = due[dice.below(due.len() as u64) as usize];
        does(&env, &format!("new \"Work {number}\" --id w{number}{due}"));
        let tasks = dice.below(4);
        for task in 0..tasks {
            does(&env, &format!("task add \"Part {task}\" --id p{task} --on w{number}"));
        }
        for task in 0..tasks {
            match dice.below(5) {
                0 => does(&env, &format!("start w{number}/p{task} --at 2026-03-01")),
                1 => does(&env, &format!("block w{number}/p{task} \"no keys\"")),
                2 => does(&env, &format!("done w{number}/p{task}")),
                _ => {}
            }
        }
    }
    env
}

fn answer(env: &TestEnv, line: &str) -> Value {
    let answer = env.run(line);
    assert_eq!(answer.code, 0, "{}", answer.whole());
    serde_json::from_str::<Value>(&answer.stdout).unwrap()["data"].take()
}

fn by_ref(rows: &Value) -> BTreeMap<String, Value> {
    let row = |row: &Value| (row["ref"].as_str().unwrap().to_owned(), row["health"].clone());
    rows.as_array().unwrap().iter().map(row).collect()
}

#[test]
fn they_agree_on_generated_projects() {
    let mut seen = Vec::new();
    for seed in 1..=4 {
        let env = match seed % 2 {
            0 => generated(worked(TestEnv::new()), seed),
            _ => {
                let env = TestEnv::new();
                does(&env, "init --name shop");
                generated(env, seed)
            }
        };
        let listed = answer(&env, "list --json");
        let dated: BTreeMap<String, Value> = by_ref(&listed)
            .into_iter()
            .filter(|(name, _)| {
                let row = listed.as_array().unwrap().iter().find(|row| row["ref"] == **name);
                !row.unwrap()["due"].is_null() && row.unwrap()["stage"] != "completed"
            })
            .collect();
        let judged = by_ref(&answer(&env, "status --json"));
        let reported = by_ref(&answer(&env, "report portfolio --json")["milestones"]);
        for (name, health) in &dated {
            assert_eq!(Some(health), judged.get(name), "{seed}: list and status of {name}");
            assert_eq!(Some(health), reported.get(name), "{seed}: list and report of {name}");
            let shown = &answer(&env, &format!("show {name} --json"))["health"];
            assert_eq!(shown, health, "{seed}: show of {name}");
            let foreseen = &answer(&env, &format!("forecast {name} --json"))["health"];
            let left = (!foreseen.is_null()).then_some(foreseen);
            assert!(left.is_none_or(|left| left == health), "{seed}: forecast of {name}");
            let framed = env.run(&format!("show {name} --level 1 --glyphs ascii")).stdout;
            let word = health.as_str().unwrap().replace('_', " ");
            assert!(framed.contains(&format!("+- {word} ")), "{seed}: {word}\n{framed}");
            seen.push(word);
        }
    }
    // A test that meets one kind of health alone would say little.
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() >= 4, "{seen:?}");
}

#[test]
fn an_empty_milestone_is_not_to_be_completed() {
    let env = TestEnv::new();
    does(&env, "init --name shop");
    does(&env, "new Later --due 2026-04-20");
    does(&env, "start later");
    insta::assert_snapshot!(env.block("status --format text"), @r"
    $ milestone status --format text
    1 open milestone: 1 no tasks

    Later (later)  No tasks
      0%, 0 of 0 tasks done; due Mon 2026-04-20, 39 days left
      it has no tasks that a forecast could be made of
    ");
    insta::assert_snapshot!(env.block("forecast later"), @r"
    $ milestone forecast later
    Later: 0 tasks left, due Mon 2026-04-20
    There are no tasks that a forecast could be made of.
    ! Next: milestone task add TITLE --on later
    ");
    does(&env, "done later");
    insta::assert_snapshot!(env.block("status"), @r"
    $ milestone status
    ! 1 milestone is closed, and none is open. All of them: milestone list --all
    ");
    does(&env, "new Someday");
    insta::assert_snapshot!(env.block("status"), @r"
    $ milestone status
    ! 1 milestone is open, none of them begun or with a due date. To see one: milestone status\
         someday
    ");
}

#[test]
fn a_longer_look_back_is_offered() {
    let env = worked(TestEnv::new()).set("MILESTONE_NOW", "2026-09-01T10:00:00Z");
    does(&env, "new Next --due 2026-10-01 --task One");
    insta::assert_snapshot!(env.block("status next --format text"), @r"
    $ milestone status next --format text
    1 open milestone: 1 not enough history

    Next (next)  Not enough history
      0%, 0 of 1 tasks done; due Thu 2026-10-01, 30 days left
      1 task left; too little was finished to say when
    ! A longer look back may have enough history: milestone status next --window 52w
    ");
    let longer = env.run("status next --window 52w --json").stdout;
    assert!(longer.contains("\"chance\":0."), "{longer}");
}

#[test]
fn what_a_forecast_cannot_say_has_its_reason() {
    let env = worked(TestEnv::new());
    insta::assert_snapshot!(env.block("forecast checkout --by 2026-03-01"), @r"
    $ milestone forecast checkout --by 2026-03-01
    ! error[usage.bad_value]: --by: 2026-03-01 has passed, and a forecast is of days to come
    !   = it is 2026-03-12 today; --as-of shows what was foreseen earlier
    !   = nothing was changed
    ! hint: milestone forecast --by +4w
    exit 2
    ");
    insta::assert_snapshot!(env.block("forecast --as-of 2020-01-01"), @r"
    $ milestone forecast --as-of 2020-01-01
    ! error[ref.not_yet]: the project did not exist yet
    !   = it was begun 2026-01-15 (#1)
    !   = nothing was changed
    ! hint: milestone forecast --as-of 2026-01-15
    exit 5
    ");
    let young = TestEnv::new();
    does(&young, "init --name shop");
    does(&young, "new Young --task One");
    does(&young, "risk add young \"No keys\" --probability 50 --delay 3d");
    insta::assert_snapshot!(young.block("forecast young --with-risks"), @r"
    $ milestone forecast young --with-risks
    Young: 1 task left, no due date
    Not enough history (0 tasks finished on 0 days in the last 1 day).
    No task that is left has an estimate either.
    A forecast needs 20 finished tasks on 10 days or more.
    ! 1 open risk is left out of this: risks delay trials, and without history there are none.
    ");
}
