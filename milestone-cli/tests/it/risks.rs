//! Risks on the command line: said, listed, drawn, closed, undone, and let happen in a forecast.
//!
//! Start at `a_risk_is_said_changed_and_closed`.

use crate::support::TestEnv;

fn plan() -> TestEnv {
    let env = TestEnv::new();
    assert_eq!(env.run("init").code, 0);
    assert_eq!(env.run("new Api --task Keys --task Build").code, 0);
    env
}

/// The data of the document that a command prints.
fn data(env: &TestEnv, line: &str) -> serde_json::Value {
    let answer = env.run(&format!("{line} --json"));
    let document: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    document["data"].clone()
}

#[test]
fn a_risk_is_said_changed_and_closed() {
    let env = plan();
    let said = env.run("risk add api the vendor leaves --probability high --delay 5d");
    assert!(said.stdout.contains("the vendor leaves  (70% (high), delay 5d, impact medium)"));
    assert!(said.stderr.contains("Next: milestone forecast api --with-risks"), "{}", said.block());
    assert_eq!(env.run("risk edit api --probability 25% --owner sam --trigger +5d").code, 0);
    let listed = data(&env, "risk list");
    let risk = &listed[0];
    assert_eq!((&risk["ref"], &risk["status"]), (&"api".into(), &"open".into()));
    assert_eq!((&risk["likelihood"], &risk["probability_percent"]), (&"low".into(), &25.into()));
    assert_eq!((&risk["score"], &risk["expected_delay_minutes"]), (&6.into(), &600.into()));
    assert_eq!((&risk["owner"], &risk["trigger"]), (&"sam".into(), &"2026-03-17".into()));
    assert!(env.run("show api --level 1").stdout.contains("the vendor leaves  (25% (low)"));
    assert_eq!(env.run("risk edit api --delay none --owner none").code, 0);
    assert_eq!(data(&env, "risk list")[0]["delay_minutes"], serde_json::Value::Null);
    assert_eq!(env.run("undo").code, 0);
    assert_eq!(data(&env, "risk list")[0], *risk);
    let closed = env.run("risk close api --outcome averted -m \"they stayed\"");
    assert!(closed.stdout.starts_with("Closed ") && closed.stdout.ends_with("averted\n"));
    assert_eq!(data(&env, "risk list"), serde_json::json!([]));
    assert_eq!(data(&env, "risk list --all")[0]["closing_note"], "they stayed");
    assert_eq!(data(&env, "risk matrix")["outcomes"]["averted"], 1);
    assert_eq!(env.run("undo").code, 0);
    assert_eq!(data(&env, "risk list")[0], *risk);
}

#[test]
fn what_cannot_be_is_refused_with_the_way_out() {
    let env = plan();
    insta::assert_snapshot!(env.block("risk close api --outcome expired"), @"
    $ milestone risk close api --outcome expired
    ! error[risk.none]: api has no open risk
    !   = nothing was changed
    ! hint: milestone risk add api TITLE --probability 30%
    exit 8
    ");
    assert_eq!(env.run("risk add api One").code, 0);
    assert_eq!(env.run("risk add api Two").code, 0);
    let which = env.run("risk edit api --probability 5%");
    assert_eq!(which.code, 8);
    assert!(which.stderr.contains("error[risk.which]: 2 risks fit for api"), "{}", which.block());
    for (line, code) in [
        ("risk edit api zzzz --probability 5%", 8),
        ("risk add api X --probability 101%", 2),
        ("risk add api X --impact 3d", 2),
        ("risk add api \"\"", 2),
        ("risk add nobody X", 5),
        ("risk close api --outcome gone", 2),
    ] {
        assert_eq!(env.run(line).code, code, "{line}");
    }
    assert_eq!(env.run("done api/keys").code, 0);
    assert_eq!(env.run("risk add api/keys X").code, 8, "it is done");
}

#[test]
fn the_matrix_says_the_same_at_every_width_and_in_words() {
    let env = plan();
    for line in [
        "risk add api \"The vendor leaves\" --probability 30% --delay 5d",
        "risk add api/1 \"Keys come late\" --probability high --impact high",
        "risk add api/2 Vague",
    ] {
        assert_eq!(env.run(line).code, 0);
    }
    let wide = env.run("risk matrix --width 80").stdout;
    let rows: Vec<&str> = wide.lines().collect();
    assert_eq!(rows[0], "Risks of everything: 3 open risks");
    assert_eq!(rows[2], "chance      impact");
    assert_eq!(rows[3], "            very-low       low    medium      high very-high");
    assert_eq!(rows[5], "high             ·         ·         ·         1!!       ·");
    assert_eq!(rows[7], "low              ·         ·         1         ·         ·");
    assert!(wide.contains("Delay to expect: 1d4h of work"), "{wide}");
    assert!(wide.contains("2 risks say no chance or no delay"), "{wide}");
    assert!(env.run("risk matrix --glyphs ascii --width 80").stdout.is_ascii());
    let narrow = env.run("risk matrix --width 40").stdout;
    assert!(narrow.lines().take(9).all(|line| line.chars().count() <= 48), "{narrow}");
    assert!(!narrow.contains("very-low"), "no grid where there is no room");
    let spoken = env.run("risk matrix --accessible").stdout;
    assert!(spoken.contains("Keys come late. score 16, 70% (high), impact high."), "{spoken}");
    let md = env.run("risk matrix --format md").stdout;
    assert!(md.contains("| low |  |  | The vendor leaves (api) |  |  |"), "{md}");
    assert!(md.contains("Without a chance or an impact: Vague (api/build)"), "{md}");
    let csv = env.run("risk matrix --format csv").stdout;
    assert!(csv.lines().nth(1).unwrap().starts_with("4,4,16,"), "{csv}");
    assert_eq!(data(&env, "risk matrix")["cells"].as_array().unwrap().len(), 25);
    assert_eq!(data(&env, "risk matrix api/1")["unplaced"], serde_json::json!([]));
}

#[test]
fn a_forecast_lets_risks_happen_when_asked() {
    let env = TestEnv::new();
    assert_eq!(env.run("init").code, 0);
    let tasks: String = (0..40).map(|number| format!(" --task T{number}")).collect();
    assert_eq!(env.run(&format!("new Api{tasks}")).code, 0);
    for number in 1..=24 {
        let day = 1 + number % 11;
        let done = env.run(&format!("done api/t{} --at 2026-03-{day:02}T09:00", number - 1));
        assert_eq!(done.code, 0, "{}", done.block());
    }
    let within = |line: &str| data(&env, line)["dates"][2]["days"].as_u64().unwrap();
    let without = within("forecast api");
    assert_eq!(env.run("risk add api Sure --probability 100% --delay 10d").code, 0);
    assert_eq!(env.run("risk add api Vague").code, 0);
    let plain = env.run("forecast api");
    assert!(plain.stderr.contains("1 open risk not counted: --with-risks"), "{}", plain.block());
    // The seed is of another state, so the dates differ by a little.
    assert!(within("forecast api").abs_diff(without) <= 2);
    assert_eq!(within("forecast api --with-risks --seed 1"), within("forecast api --seed 1") + 14);
    let told = env.run("forecast api --with-risks").stderr;
    assert!(told.contains("1 open risk played along"), "{told}");
    assert!(told.contains("1 open risk left out"), "{told}");
    let risks = &data(&env, "forecast api --with-risks")["risks"];
    assert_eq!(*risks, serde_json::json!({"counted": true, "known": 1, "vague": 1}));
}
