//! Figures and forecasts, as people see them: `forecast`, `stats`, `timeline`.
//!
//! Start at [`busy`], a project with eight weeks of history up to Thursday, the 12th of March 2026.

use crate::support::{NOW, TestEnv};

pub(crate) fn busy() -> TestEnv {
    worked(TestEnv::new())
}

/// Thirty tasks, of which 24 are done, three on every fourth working day or so; `ship` comes last.
pub(crate) fn worked(env: TestEnv) -> TestEnv {
    let at = |day: &str| format!("{day}T09:00:00Z");
    let mut env = env.set("MILESTONE_NOW", &at("2026-01-15"));
    let run = |env: &TestEnv, line: &str| assert_eq!(env.run(line).code, 0, "{line}");
    run(&env, "init --name shop");
    run(&env, "new Checkout --due 2026-03-27 --owner dana");
    let titles: String = (1..30).map(|number| format!("Part {number} (1d)\n")).collect();
    env.fed("task add - --on checkout", format!("{titles}Ship (2d)\n").as_bytes());
    run(&env, "dep add checkout/ship --after checkout/part-28,checkout/part-29");
    let days = [
        "01-16", "01-20", "01-21", "01-27", "01-30", "02-03", "02-10", "02-11", "02-17", "02-24",
        "03-03", "03-10",
    ];
    for (place, day) in days.iter().enumerate() {
        env = env.set("MILESTONE_NOW", &at(&format!("2026-{day}")));
        let (one, other) = (2 * place + 1, 2 * place + 2);
        run(&env, &format!("start checkout/part-{one} checkout/part-{other}"));
        env = env.set("MILESTONE_NOW", &format!("2026-{day}T17:00:00Z"));
        run(&env, &format!("progress checkout/part-{one} 90% --time 10h"));
        run(&env, &format!("done checkout/part-{one} checkout/part-{other}"));
    }
    run(&env, "start checkout/part-25");
    run(&env, "block checkout/part-25 \"sandbox keys\"");
    env.set("MILESTONE_NOW", NOW)
}

#[test]
fn a_forecast_is_a_range_with_chances() {
    let env = busy();
    insta::assert_snapshot!(env.block("forecast checkout"), @"
    $ milestone forecast checkout
    Checkout: 6 tasks left, due Fri 2026-03-27

      50%  by Wed 2026-03-25
      70%  by Fri 2026-03-27
      85%  by Mon 2026-03-30   ← plan with this; 3 days after due
      95%  by Wed 2026-04-01

    Due date Fri 2026-03-27 has a 73% chance.  At risk

    Week of (share of trials that end in it)
      2026-03-16  ████████████████              30.6%
      2026-03-23  ████████████████████████████  53.4%
      2026-03-30  ████████                      16.0%

    Since Thu 2026-03-05 the 85% date moved from 2026-03-27 to 2026-03-30, 3 days later:
      scope +0: 0 days; 2 done: +2 days; pace: +1 day

    Based on 24 finished tasks in 57 days (per week ▁█▃▆▆▃▃▃▃, 45 days with none)
    ! Assumes the days to come are like the last 57 days. Scope did not change in that time.
    ! 1 task blocked: counted as if nothing were in the way.
    ! What would help: drop 2 tasks: milestone forecast checkout --tasks -2
    ");
}

#[test]
fn so_many_by_a_day() {
    let env = busy();
    insta::assert_snapshot!(env.block("forecast @ --by 2026-03-20 --tasks +2 --confidence 90"), @"
    $ milestone forecast @ --by 2026-03-20 --tasks +2 --confidence 90
    Checkout: 8 tasks left (+2), due Fri 2026-03-27

      50%  by Sun 2026-03-29
      70%  by Wed 2026-04-01
      85%  by Sat 2026-04-04
      90%  by Mon 2026-04-06   ← plan with this; 10 days after due
      95%  by Tue 2026-04-07

    By Fri 2026-03-20
      50%  4 tasks or more
      70%  2 tasks or more
      85%  2 tasks or more
      90%  2 tasks or more
      95%  2 tasks or more
      1% chance of all 8

    Due date Fri 2026-03-27 has a 33% chance.  Late

    Week of (share of trials that end in it)
      2026-03-16  ███                            5.5%
      2026-03-23  ████████████████████████████  44.5%
      2026-03-30  █████████████████████████     39.0%
      2026-04-06  ███████                       11.0%

    Since Thu 2026-03-05 the 90% date moved from 2026-03-29 to 2026-04-06, 8 days later:
      scope +2: +5 days; 2 done: +2 days; pace: +1 day

    Based on 24 finished tasks in 57 days (per week ▁█▃▆▆▃▃▃▃, 45 days with none)
    ! Assumes the days to come are like the last 57 days. Scope did not change in that time.
    ! 1 task blocked: counted as if nothing were in the way.
    ! What would help: drop 4 tasks: milestone forecast checkout --tasks -2
    ");
    assert_eq!(env.run("forecast checkout --by 2026-03-13 --fail-empty").code, 3);
    assert_eq!(env.run("forecast checkout --by 2026-12-31 --fail-empty").code, 0);
    assert_eq!(env.run("forecast").stdout, env.run("forecast checkout").stdout);
    let other = env.run("forecast checkout --seed 7 --runs 500").stdout;
    assert_ne!(other, env.run("forecast checkout").stdout);
}

#[test]
fn plain_ascii_forecasts_do() {
    let env = busy().set("LANG", "C").set("LC_ALL", "C");
    insta::assert_snapshot!(env.block("forecast checkout -q"), @"
    $ milestone forecast checkout -q
    Checkout: 6 tasks left, due Fri 2026-03-27

      50%  by Wed 2026-03-25
      70%  by Fri 2026-03-27
      85%  by Mon 2026-03-30   <- plan with this; 3 days after due
      95%  by Wed 2026-04-01

    Due date Fri 2026-03-27 has a 73% chance.  At risk

    Week of (share of trials that end in it)
      2026-03-16  ################              30.6%
      2026-03-23  ############################  53.4%
      2026-03-30  ########                      16.0%

    Since Thu 2026-03-05 the 85% date moved from 2026-03-27 to 2026-03-30, 3 days later:
      scope +0: 0 days; 2 done: +2 days; pace: +1 day

    Based on 24 finished tasks in 57 days (per week 093663333, 45 days with none)
    ");
}

#[test]
fn plain_ascii_figures_do() {
    let env = busy().set("LANG", "C").set("LC_ALL", "C");
    insta::assert_snapshot!(env.block("stats checkout"), @"
    $ milestone stats checkout
    Checkout: 57 days, Thu 2026-01-15 to Thu 2026-03-12

    Burn-up            done 0 to 24 of scope 30 to 30   023567889
    Burn-down          left 30 to 6, 80% done   977544322
    Cumulative flow    30 tasks came, 25 of them begun, 24 ended; 1 under way
    Throughput         24 tasks finished on 12 days, 2.9 a week   093663333
    Velocity           2d7h34m of estimates a week   093663333
    Cycle time         50% 1   70% 1   85% 1   95% 1 days   (of 24 tasks)
    Lead time          50% 20   70% 34   85% 48   95% 55 days   (of 24 tasks)
    Work item age      3 days checkout/part-25, older than 100% of what was
                       finished, blocked
    Blocked time       2 d 6 h in 1 task
                         2 d 6 h  sandbox keys, still in the way
    Flow efficiency    100% (estimate): active 8 d, waiting 0 min, blocked 0 min
    Little's law       0.5 under way, 0.44 begun a day
                       1.1 days by the law, 1.0 measured: they agree
    Workload           nobody: 6 tasks, 7d left, 58% of the time to the due date
    Estimate accuracy  median 1.25 x the estimate, 10-90% 1.25 to 1.25 (of 12 tasks)
    Success rate       no milestone ended
    Phases             no task went through a phase
    ");
}

#[test]
fn plain_ascii_plans_do() {
    let env = busy().set("LANG", "C").set("LC_ALL", "C");
    insta::assert_snapshot!(env.block("timeline checkout --from 2026-03-01"), @"
    $ milestone timeline checkout --from 2026-03-01
               2026-03-01                                                 2026-03-28
    Checkout   ###########################|#...................................D.
      Part 1                              |
      Part 2                              |
      Part 3                              |
      Part 4                              |
      Part 5                              |
      Part 6                              |
      Part 7                              |
      Part 8                              |
      Part 9                              |
      Part 10                             |
      Part 11                             |
      Part 12                             |
      Part 13                             |
      Part 14                             |
      Part 15                             |
      Part 16                             |
      Part 17                             |
      Part 18                             |
      Part 19                             |
      Part 20                             |
      Part 21      ###                    |
      Part 22      ###                    |
      Part 23                        ##   |
      Part 24                        ##   |
      Part 25                        #####|#
      Part 26                             |
      Part 27                             |
      Part 28                             |
      Part 29                             |
      Ship                                |
               . planned  # actual  D due  | today
    ");
    for line in ["forecast checkout", "stats", "timeline checkout"] {
        let answer = env.run(&format!("{line} --width 40 -q"));
        assert!(answer.stdout.is_ascii(), "{}", answer.stdout);
    }
}

#[test]
fn a_forecast_is_read_aloud() {
    let env = busy();
    insta::assert_snapshot!(env.block("forecast checkout --accessible -q"), @"
    $ milestone forecast checkout --accessible -q
    Checkout: 6 tasks left, due Fri 2026-03-27

      50%  by Wed 2026-03-25
      70%  by Fri 2026-03-27
      85%  by Mon 2026-03-30: plan with this; 3 days after due
      95%  by Wed 2026-04-01

    Due date Fri 2026-03-27 has a 73% chance.  At risk

    Since Thu 2026-03-05 the 85% date moved from 2026-03-27 to 2026-03-30, 3 days later:
      scope +0: 0 days; 2 done: +2 days; pace: +1 day

    Based on 24 finished tasks in 57 days (45 days with none)
    ");
}

#[test]
fn figures_are_lines_of_words() {
    let env = busy();
    insta::assert_snapshot!(env.block("stats"), @"
    $ milestone stats
    shop: 57 days, Thu 2026-01-15 to Thu 2026-03-12

    Burn-up            done 0 to 24 of scope 30 to 30   ▁▃▃▅▆▆▇▇█
    Burn-down          left 30 to 6, 80% done   █▇▆▅▄▄▃▃▂
    Cumulative flow    30 tasks came, 25 of them begun, 24 ended; 1 under way
    Throughput         24 tasks finished on 12 days, 2.9 a week   ▁█▃▆▆▃▃▃▃
    Velocity           2d7h34m of estimates a week   ▁█▃▆▆▃▃▃▃
    Cycle time         50% 1   70% 1   85% 1   95% 1 days   (of 24 tasks)
    Lead time          50% 20   70% 34   85% 48   95% 55 days   (of 24 tasks)
    Work item age      3 days checkout/part-25, older than 100% of what was
                       finished, blocked
    Blocked time       2 d 6 h in 1 task
                         2 d 6 h  sandbox keys, still in the way
    Flow efficiency    100% (estimate): active 8 d, waiting 0 min, blocked 0 min
    Little's law       0.5 under way, 0.44 begun a day
                       1.1 days by the law, 1.0 measured: they agree
    Workload           nobody: 6 tasks, 7d left, 58% of the time to the due date
    Estimate accuracy  median 1.25 x the estimate, 10-90% 1.25 to 1.25 (of 12 tasks)
    Success rate       no milestone ended
    Phases             no task went through a phase
    ");
    insta::assert_snapshot!(env.block("stats checkout --window 7d --as-of 2026-02-01"), @"
    $ milestone stats checkout --window 7d --as-of 2026-02-01
    Checkout: 7 days, Mon 2026-01-26 to Sun 2026-02-01

    Burn-up            done 6 to 10 of scope 30 to 30
    Burn-down          left 24 to 20, 33% done
    Cumulative flow    30 tasks came, 10 of them begun, 10 ended; 0 under way
    Throughput         4 tasks finished on 2 days, 4.0 a week
    Velocity           4d of estimates a week
    Cycle time         50% 1   70% 1   85% 1   95% 1 days   (of 4 tasks)
    Lead time          50% 13   70% 16   85% 16   95% 16 days   (of 4 tasks)
    Work item age      nothing is under way
    Blocked time       nothing was blocked
    Flow efficiency    100% (estimate): active 1 d 8 h, waiting 0 min, blocked 0 min
    Little's law       0.6 under way, 0.57 begun a day
                       1.0 days by the law, 1.0 measured: they agree
    Workload           nobody: 20 tasks, 21d left, 53% of the time to the due date
    Estimate accuracy  median 1.25 x the estimate, 10-90% 1.25 to 1.25 (of 2 tasks)
    Success rate       no milestone ended
    Phases             no task went through a phase
    ! AS OF 2026-02-01 · record 19 of 42 · read only
    ");
    let csv = env.run("stats --format csv --window 3d").stdout;
    insta::assert_snapshot!(csv, @"
    day,scope,done,left,tasks,tasks_done,added,started,ended,under_way,finished
    2026-03-10,30,24,6,30,24,30,25,24,1,2
    2026-03-11,30,24,6,30,24,30,25,24,1,0
    2026-03-12,30,24,6,30,24,30,25,24,1,0
    ");
    for line in ["forecast checkout", "stats", "timeline", "forecast --calibrate"] {
        let answer = env.run(&format!("{line} --json"));
        assert!(answer.stdout.starts_with("{\"kind\":\""), "{}", answer.block());
        assert_eq!(env.run(&format!("{line} --json")).stdout, answer.stdout, "it is repeatable");
    }
}

#[test]
fn plans_are_drawn_over_time() {
    let env = busy();
    insta::assert_snapshot!(env.block("timeline"), @"
    $ milestone timeline
              2026-01-14                                                  2026-03-28
    Checkout  ░████████████████████████████████████████████████████│░░░░░░░░░░░░░░◆
              ░ planned  █ actual  ◆ due  │ today
    ");
    insta::assert_snapshot!(env.block("timeline checkout --to 2026-03-01 --from +3d"), @"
    $ milestone timeline checkout --to 2026-03-01 --from +3d
    ! error[usage.bad_value]: --to 2026-03-01 is before --from 2026-03-15
    !   = nothing was changed
    ! hint: milestone timeline --from 2026-03-01 --to +4w
    exit 2
    ");
    insta::assert_snapshot!(env.block("timeline --accessible"), @"
    $ milestone timeline --accessible
    Checkout: active, planned from 2026-01-15, due 2026-03-27, started 2026-01-16.
    ");
}

#[test]
fn there_is_a_reason_where_there_is_no_answer() {
    let env = TestEnv::new();
    assert_eq!(env.run("init --name shop").code, 0);
    insta::assert_snapshot!(env.block("forecast"), @r"
    $ milestone forecast
    shop: 0 tasks left
    There are no tasks that a forecast could be made of.
    ");
    insta::assert_snapshot!(env.block("stats"), @"
    $ milestone stats
    shop: 84 days, Fri 2025-12-19 to Thu 2026-03-12

    Burn-up            done 0 to 0 of scope 0 to 0   ▁▁▁▁▁▁▁▁▁▁▁▁
    Burn-down          left 0 to 0, nothing in scope   ▁▁▁▁▁▁▁▁▁▁▁▁
    Cumulative flow    0 tasks came, 0 of them begun, 0 ended; 0 under way
    Throughput         0 tasks finished on 0 days, 0.0 a week   ▁▁▁▁▁▁▁▁▁▁▁▁
    Velocity           too few of the finished tasks had an estimate
    Cycle time         no task to measure
    Lead time          no task to measure
    Work item age      nothing is under way
    Blocked time       nothing was blocked
    Flow efficiency    no time was recorded
    Little's law       too little was begun and finished to compare
    Workload           nothing is left to do
    Estimate accuracy  no finished task has an estimate and recorded work
    Success rate       no milestone ended
    Phases             no task went through a phase
    ");
}

#[test]
fn an_empty_project_has_no_past() {
    let env = TestEnv::new();
    assert_eq!(env.run("init --name shop").code, 0);
    insta::assert_snapshot!(env.block("timeline"), @"
    $ milestone timeline
    ! No milestone is open: milestone timeline REF shows a closed one.
    ");
    insta::assert_snapshot!(env.block("forecast --calibrate"), @"
    $ milestone forecast --calibrate
    shop: there is no past yet to look back on
    ");
    assert_eq!(
        env.run("new \"Far 🚀 off\" --due 9999-12-31 --task \"One (3d)\" --task Two").code,
        0
    );
    insta::assert_snapshot!(env.block("forecast far"), @"
    $ milestone forecast far
    Far 🚀 off: 2 tasks left, due Fri 9999-12-31
    Not enough history (0 tasks finished on 0 days in the last 1 day).
    No task that is left has an estimate either.
    A forecast needs 20 finished tasks on 10 days or more.
    ");
    assert_eq!(env.run("done far/one far/two").code, 0);
    insta::assert_snapshot!(env.block("forecast far"), @"
    $ milestone forecast far
    Far 🚀 off: 0 tasks left, due Fri 9999-12-31
    Nothing is left to do, so there is no date to foresee.
    ! Next: milestone done far-rocket-off
    ");
    insta::assert_snapshot!(env.block("forecast far --by none"), @r#"
    $ milestone forecast far --by none
    ! error[usage.bad_value]: --by: "none" is no day
    !   = nothing was changed
    ! hint: milestone help time
    exit 2
    "#);
    insta::assert_snapshot!(env.block("stats --window 3m"), @r#"
    $ milestone stats --window 3m
    ! error[usage.bad_value]: --window: "3m" is no time back: days or weeks, from 1d to 36525d\
        , such as 12w or 60d
    !   = nothing was changed
    ! hint: milestone help stats
    exit 2
    "#);
    insta::assert_snapshot!(env.block("forecast nothing"), @r#"
    $ milestone forecast nothing
    ! error[ref.not_found]: no milestone or task is called "nothing"
    !   = nothing was changed
    ! hint: milestone list
    exit 5
    "#);
    for line in ["forecast far --by 9999-12-31", "timeline --to 9999-12-31", "forecast --tasks -99"]
    {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
}

/// Every figure that is shown is defined, under the name it is shown with.
#[test]
fn every_figure_is_defined() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/analytics.md");
    let page = std::fs::read_to_string(page).unwrap();
    let shown = busy().run("stats --accessible").stdout;
    let shown = shown.lines().skip(2).filter_map(|line| line.split_once(": "));
    let names: Vec<&str> = shown.map(|(name, _)| name).collect();
    assert_eq!(names.len(), 15, "{names:?}");
    for name in names.iter().chain(&["Forecast", "Calibration", "Timeline", "Health", "Review"]) {
        assert!(page.contains(&format!("\n## {name}\n")), "{name} is not defined");
    }
}

#[test]
fn the_back_test_counts_its_cases() {
    insta::assert_snapshot!(busy().block("forecast --calibrate --window 6w"), @r"
    $ milestone forecast --calibrate --window 6w
    shop: how often the dates held that would have been given

                                     50%     70%     85%     95%   cases   ended
    The next tasks are done           0%      0%       -       -       2       0
    A whole milestone is done          -       -       -       -       1       0

    Asked once a week until 2026-03-10: of the next 5, 10, 20, 40 tasks of the project, and of\
         all that was left of 1 milestone.
    What has not ended counts as long as it is known of.
    Left out: 19 without enough history.
    ");
    let narrow = "forecast --calibrate --window 6w --format text --width 40";
    insta::assert_snapshot!(busy().block(narrow), @"
    $ milestone forecast --calibrate --window 6w --format text --width 40
    shop: how often the dates held that
      would have been given

    The next tasks are done
      50%    0%
      70%    0%
      85%     -
      95%     -
      cases 2, ended 0
    A whole milestone is done
      50%     -
      70%     -
      85%     -
      95%     -
      cases 1, ended 0

    Asked once a week until 2026-03-10: of
      the next 5, 10, 20, 40 tasks of the
      project, and of all that was left of 1
      milestone.
    What has not ended counts as long as it
      is known of.
    Left out: 19 without enough history.
    ");
}
