//! A review on a terminal, with somebody who answers.
//!
//! Shown red by: an answer that is taken for granted after a refusal; a skipped phase that counts
//! as done.

use std::ffi::OsString;
use std::sync::Mutex;

use milestone_cli::args::parse;
use milestone_cli::run::{Surroundings, run};

use crate::support::{NOW, TestEnv};
use crate::writes_flow::shop;

/// What is answered, one after the other. Functions of the surroundings hold nothing themselves.
static ANSWERS: Mutex<Vec<&str>> = Mutex::new(Vec::new());

/// What was shown and asked.
static SHOWN: Mutex<String> = Mutex::new(String::new());

fn show(text: &str) {
    SHOWN.lock().expect("nobody panics with it").push_str(text);
}

fn prompt(question: &str) -> Option<String> {
    let mut answers = ANSWERS.lock().expect("nobody panics with it");
    let answer = (!answers.is_empty()).then(|| answers.remove(0).to_owned());
    let told = answer.as_deref().unwrap_or("(end)");
    show(&format!("{question}{told}\n"));
    answer
}

/// Reviews as `actor` with these answers; what was shown, and what came of it.
fn review(env: &TestEnv, actor: &str, answers: &[&'static str]) -> String {
    *ANSWERS.lock().expect("nobody panics with it") = answers.to_vec();
    SHOWN.lock().expect("nobody panics with it").clear();
    let words: Vec<OsString> =
        ["milestone", "review", "--glyphs", "unicode"].map(Into::into).into();
    let cli = parse(&words).expect("it is a command line");
    let vars = [("MILESTONE_ACTOR", actor), ("MILESTONE_NOW", NOW), ("TERM", "dumb")];
    let around = Surroundings {
        env: vars.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        prompt,
        show,
        ..env.on_a_terminal(80)
    };
    let output = run(&cli, around).expect("a review is no failure");
    format!("{}---\n{}", SHOWN.lock().expect("nobody panics with it"), output.stdout)
}

/// A shop with three phases that wait: two of an agent, one of dana.
fn waiting() -> TestEnv {
    let env = shop();
    for task in ["Cards", "Vouchers", "Refunds"] {
        env.block(&format!("task add {task} --on checkout --workflow kiro"));
        let task = format!("checkout/{}", task.to_lowercase());
        env.block(&format!("phase deliver {task} api_design --text \"in the wiki\""));
        let by = if task.ends_with("refunds") { "dana" } else { "agent:robo-1" };
        env.block(&format!("phase submit {task} --actor {by}"));
    }
    env
}

#[test]
fn one_phase_after_the_other_is_shown_and_asked_about() {
    let env = waiting();
    let answers = ["what?", "a", "r", "", "r", "what of timeouts?", "a", "s"];
    insta::assert_snapshot!(review(&env, "dana", &answers), @"

    1 of 3
    PHASE: checkout/cards:design
      Status  submitted
      Plan    15m to 30m
      Took    0m
      Who     by agent:robo-1
    Deliverables
      architecture_decisions  (not delivered)
      api_design  in the wiki
    [a]pprove  [r]equest changes  [x] reject  [s]kip  [q]uit  [?]: what?
      a  it is good: the next phase may begin
      r  it is sent back, with what has to change
      x  it is rejected, with why: the phase begins anew
      s  it goes on waiting; the next one is shown
      q  leave; what was answered stays answered
    [a]pprove  [r]equest changes  [x] reject  [s]kip  [q]uit  [?]: a

    2 of 3
    PHASE: checkout/vouchers:design
      Status  submitted
      Plan    15m to 30m
      Took    0m
      Who     by agent:robo-1
    Deliverables
      architecture_decisions  (not delivered)
      api_design  in the wiki
    [a]pprove  [r]equest changes  [x] reject  [s]kip  [q]uit  [?]: r
    Why: 
    [a]pprove  [r]equest changes  [x] reject  [s]kip  [q]uit  [?]: r
    Why: what of timeouts?

    3 of 3
    PHASE: checkout/refunds:design
      Status  submitted
      Plan    15m to 30m
      Took    0m
      Who     by dana
    Deliverables
      architecture_decisions  (not delivered)
      api_design  in the wiki
    [a]pprove  [r]equest changes  [x] reject  [s]kip  [q]uit  [?]: a
    error[phase.own]: dana submitted checkout/refunds:design and cannot approve it
      = nothing was changed
    hint: somebody else runs: milestone phase approve checkout/refunds:design
    [a]pprove  [r]equest changes  [x] reject  [s]kip  [q]uit  [?]: s
    ---
    Approved checkout/cards:design  ● design → ○ spec → ○ task → ○ execute
    Checkout   1% → 3%
    Sent back checkout/vouchers:design
      ■ design (changes requested) → ○ spec → ○ task → ○ execute
    1 of 3 still wait
    ");
    others_go_on(&env);
}

fn others_go_on(env: &TestEnv) {
    insta::assert_snapshot!(review(env, "agent:robo-1", &["a"]), @"

    1 of 1
    PHASE: checkout/refunds:design
      Status  submitted
      Plan    15m to 30m
      Took    0m
      Who     by dana
    Deliverables
      architecture_decisions  (not delivered)
      api_design  in the wiki
    Agents cannot approve; a person has to.
    ---
    1 of 1 still wait
    ");
    insta::assert_snapshot!(review(env, "sam", &["x", "we buy this"]), @"

    1 of 1
    PHASE: checkout/refunds:design
      Status  submitted
      Plan    15m to 30m
      Took    0m
      Who     by dana
    Deliverables
      architecture_decisions  (not delivered)
      api_design  in the wiki
    [a]pprove  [r]equest changes  [x] reject  [s]kip  [q]uit  [?]: x
    Why: we buy this
    ---
    Rejected checkout/refunds:design  ○ design → ○ spec → ○ task → ○ execute
    ");
    insta::assert_snapshot!(review(env, "sam", &[]), @"
    ---
    Nothing waits for approval.
    ");
    insta::assert_snapshot!(env.block("phase show checkout --format plain"), @r"
    $ milestone phase show checkout --format plain
    checkout/cards:design	approved	15m to 30m	0m	1 of 2	by agent:robo-1, approved by dana
    checkout/cards:spec	pending	10m to 20m	-	0 of 2	-
    checkout/cards:task	pending	5m to 15m	-	0 of 2	-
    checkout/cards:execute	pending	-	-	0 of 2	-
    checkout/vouchers:design	changes_requested	15m to 30m	0m	1 of 2	by agent:robo-1, changes a\
        sked by dana
    checkout/vouchers:spec	pending	10m to 20m	-	0 of 2	-
    checkout/vouchers:task	pending	5m to 15m	-	0 of 2	-
    checkout/vouchers:execute	pending	-	-	0 of 2	-
    checkout/refunds:design	pending	15m to 30m	-	1 of 2	rejected by sam
    checkout/refunds:spec	pending	10m to 20m	-	0 of 2	-
    checkout/refunds:task	pending	5m to 15m	-	0 of 2	-
    checkout/refunds:execute	pending	-	-	0 of 2	-
    ");
}
