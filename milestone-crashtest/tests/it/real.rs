//! A few rounds of the suites that need processes, strace or mounts.
//!
//! Shown red by: writing a line in two parts without a lock (`kill`); acknowledging before the
//! sync (`power`); not taking back what a failed write left (`inject`, `full`).

use std::io::Write;

use milestone_crashtest::run;

/// Runs a share of a suite; as much as the variable says instead, if it is there.
fn share(suite: &str, points: u64, variable: &str) {
    let wanted = std::env::var(variable).ok();
    let points = wanted.map_or(points, |wanted| wanted.parse().expect("a number"));
    let outcome = run(suite, 7, points).expect("there is such a suite");
    if let Some(why) = outcome.skipped {
        // Not `eprintln!`, which the test harness swallows.
        let text = format!("\n*** SKIPPED {suite}: {why} ***\n");
        std::io::stderr().write_all(text.as_bytes()).expect("stderr is open");
        return;
    }
    assert!(outcome.failures.is_empty(), "{:#?}", outcome.failures);
    assert!(outcome.counts.iter().any(|(_, count)| *count >= points), "{:?}", outcome.counts);
}

#[test]
fn no_kill_loses_what_was_acknowledged() {
    share("kill", 96, "MILESTONE_TEST_KILLS");
}

#[test]
fn no_power_cut_loses_what_was_acknowledged() {
    share("power", 6, "MILESTONE_TEST_CUTS");
}

#[test]
fn no_refused_call_makes_a_promise_false() {
    share("inject", 60, "MILESTONE_TEST_FAULTS");
}

#[test]
fn git_beside_them_loses_nothing_that_was_acknowledged() {
    share("git", 100, "MILESTONE_TEST_GIT");
}

#[test]
fn no_full_disk_makes_a_promise_false() {
    share("full", 6, "MILESTONE_TEST_FULL");
}
