//! `demo`: a story that ends before now, goes only where nothing is, and is like any project.
//!
//! Shown red by: a story that ends tomorrow; one in which too little is finished to forecast; one
//! author of everything; ids that are drawn twice; a project that is made over another; a
//! rehearsal that writes.

use std::collections::BTreeSet;

use crate::support::TestEnv;

fn told(env: &TestEnv, line: &str) -> String {
    let answer = env.run(line);
    assert_eq!(answer.code, 0, "{}", answer.block());
    answer.stdout
}

#[test]
fn the_story_is_a_whole_project() {
    let env = TestEnv::new();
    let made = told(&env, "demo");
    assert!(made.starts_with("Created milestone-demo  (project shop, 46 records"), "{made}");
    for line in made.lines().skip(1) {
        let command = line.trim().strip_prefix("milestone ").expect("a command");
        let command = command.split("  ").next().unwrap();
        assert!(!told(&env, command).is_empty(), "{command}");
    }
    insta::assert_snapshot!(env.block("-C milestone-demo list"), @"
    $ milestone -C milestone-demo list
    api-development	API Development	active	67	2/4	2026-03-10	dana	demo
    checkout-v2	Checkout v2	planned	0	0/3	2026-03-30	dana	demo
    ");
    let foreseen = told(&env, "-C milestone-demo forecast");
    assert!(foreseen.contains("85%  by "), "{foreseen}");
    let foreseen = told(&env, "-C milestone-demo forecast api-development");
    assert!(foreseen.contains("Due date Tue 2026-03-10 has passed."), "{foreseen}");
    let edited = env.run("-C milestone-demo start checkout-v2/payment");
    assert_eq!(edited.code, 8, "it waits like in any other project: {}", edited.block());
}

/// The records of the log in that directory, oldest first.
fn records(env: &TestEnv, dir: &str) -> Vec<serde_json::Value> {
    let log = std::fs::read_dir(env.path().join(dir).join(".milestones/log")).unwrap();
    let text: String =
        log.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A clock that goes on is not asked: each record has its place in the story.
#[test]
fn the_story_keeps_its_times_where_the_clock_goes_on() {
    let env = TestEnv::new();
    let made = env.command().env_remove("MILESTONE_NOW").args(["demo", "here"]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let records = records(&env, "here");
    let minute =
        |record: &serde_json::Value| record["timestamp"].as_str().unwrap()[11..].to_owned();
    assert_eq!(minute(&records[0]), "09:00:00.000000Z");
    assert_eq!(minute(records.last().unwrap()), "10:41:00.000000Z");
}

#[test]
fn every_record_has_its_own_time_and_author() {
    let env = TestEnv::new();
    told(&env, "demo here");
    let records = records(&env, "here");
    let of = |name: &str| -> Vec<&str> {
        records.iter().map(|record| record[name].as_str().unwrap()).collect()
    };
    let times = of("timestamp");
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
    assert!(times[0].starts_with("2026-01-29T09:00"), "six weeks before now: {}", times[0]);
    assert!(times.last().unwrap() < &"2026-03-12T00:00", "before today: {times:?}");
    let authors: BTreeSet<&str> = of("actor").into_iter().collect();
    assert_eq!(authors.into_iter().collect::<Vec<_>>(), ["agent:robo-1", "dana", "sam"]);
    let mut drawn: Vec<String> = Vec::new();
    for event in records.iter().flat_map(|record| record["events"].as_array().unwrap()) {
        let kind = event["event_type"].as_str().unwrap();
        for (made, part) in [("criterion_added", "criterion"), ("note_added", "note")] {
            drawn.extend((kind == made).then(|| event["details"][part].to_string()));
        }
    }
    let different: BTreeSet<&String> = drawn.iter().collect();
    assert_eq!((different.len(), drawn.len()), (9, 9), "{drawn:?}");
}

#[test]
fn what_is_there_is_left_as_it_is() {
    let env = TestEnv::new();
    assert_eq!(told(&env, "demo -n"), "Would create milestone-demo  (project shop)\n");
    assert!(!env.path().join("milestone-demo").exists());
    std::fs::create_dir(env.path().join("full")).unwrap();
    std::fs::write(env.path().join("full/file"), "mine").unwrap();
    let refused = env.run("demo full");
    assert_eq!(refused.code, 8, "{}", refused.block());
    assert!(refused.stderr.contains("error[demo.not_empty]"), "{}", refused.block());
    assert!(!env.path().join("full/.milestones").exists());
    std::fs::create_dir(env.path().join("empty")).unwrap();
    told(&env, "demo empty");
}
