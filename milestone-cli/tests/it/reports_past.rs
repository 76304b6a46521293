//! What reports and figures keep of the past, and of phases.
//!
//! Start at `a_spill_over_leaves_past_days_as_they_were`.

use crate::support::TestEnv;

/// 28 of 30 tasks go on to the next milestone: no day before changes, in any report.
#[test]
fn a_spill_over_leaves_past_days_as_they_were() {
    let env = TestEnv::new().set("MILESTONE_NOW", "2026-03-01T09:00:00Z");
    let titles: String = (1..=30).map(|number| format!("Part {number}\n")).collect();
    for line in ["init --name shop", "new One", "new Two"] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    env.fed("task add - --on one", titles.as_bytes());
    let env = env.set("MILESTONE_NOW", "2026-03-05T09:00:00Z");
    assert_eq!(env.run("done one/part-1 one/part-2").code, 0);
    let env = env.set("MILESTONE_NOW", "2026-03-10T09:00:00Z");
    let before = env.run("stats one --format csv").stdout;
    let picture = env.run("report status one --format html --as-of 2026-03-09").stdout;
    let env = env.set("MILESTONE_NOW", "2026-03-11T09:00:00Z");
    for number in 3..=30 {
        assert_eq!(env.run(&format!("task move one/part-{number} --to two")).code, 0);
    }
    let after = env.run("stats one --format csv").stdout;
    assert_eq!(after.strip_prefix(&before).map(|last| last.lines().count()), Some(1), "{after}");
    let days: Vec<&str> = after.lines().collect();
    assert!(
        days[9].starts_with("2026-03-09,30,2,28,") && days[11].starts_with("2026-03-11,2,2,0,")
    );
    assert_eq!(env.run("report status one --format html --as-of 2026-03-09").stdout, picture);
    // One done and one cancelled of two is all of what was kept.
    assert_eq!(env.run("cancel one/part-2 --reason no").code, 8);
    for line in ["reopen one/part-2", "cancel one/part-2 --reason no"] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    let now = env.run("stats one --format csv").stdout;
    assert!(
        now.lines().last().is_some_and(|day| day.starts_with("2026-03-11,1,1,0,1,1,")),
        "{now}"
    );
    assert!(env.run("list --json").stdout.contains("\"progress\":100"));
}

#[test]
fn phases_have_a_plan_and_what_came_of_it() {
    let env = TestEnv::new().set("MILESTONE_NOW", "2026-03-01T09:00:00Z");
    for line in ["init --name shop", "new One", "task add Work --on one --workflow kiro"] {
        assert_eq!(env.run(line).code, 0, "{line}");
    }
    assert_eq!(env.run("phase start one/work").code, 0);
    let env = env.set("MILESTONE_NOW", "2026-03-01T09:40:00Z");
    for line in ["phase deliver one/work api_design --text sketch", "phase submit one/work"] {
        let answer = env.run(line);
        assert_eq!(answer.code, 0, "{line}: {}", answer.stderr);
    }
    let env = env.set("MILESTONE_NOW", "2026-03-01T11:40:00Z");
    let approved = env.run("phase approve one/work --actor sam");
    assert_eq!(approved.code, 0, "{}", approved.stderr);
    let stats = env.run("stats one").stdout;
    let from = stats.find("Phases").unwrap();
    insta::assert_snapshot!(&stats[from..], @"
    Phases             design: 50% 40 min, 85% 40 min; plan 15 min to 30 min, 133%
                         waited 2 h, of 1 task
    ");
    let json = env.run("stats one --json").stdout;
    assert!(json.contains("\"worked_minutes_50\":40,"), "{json}");
    assert!(json.contains("\"waited_minutes_50\":120,"), "{json}");
    let page = env.run("report status one --format html").stdout;
    assert!(page.contains(">Phases</title>"), "{page}");
}

#[test]
fn a_review_says_what_became_of_the_risks() {
    let env = TestEnv::new();
    for line in [
        "init --name shop",
        "new Search --task Index --task Ranking",
        "risk add search \"no test data\" --probability 30% --delay 2d",
        "risk add search/index \"slow disks\"",
        "risk add search/ranking \"nobody knows bm25\"",
        "risk close search/index --outcome came-true",
        "risk close search/ranking --outcome averted",
        "done search/index search/ranking search",
    ] {
        let answer = env.run(line);
        assert_eq!(answer.code, 0, "{line}: {}", answer.stderr);
    }
    let retro = env.run("report retro search --width 120").stdout;
    let line = "3 foreseen, 1 came true: slow disks (came true), no test data, nobody knows bm25 \
                (averted)";
    assert!(retro.contains(line), "{retro}");
    let document = env.run("report retro search --json").stdout;
    assert!(document.contains(r#"{"title":"slow disks","outcome":"came-true"}"#), "{document}");
}
