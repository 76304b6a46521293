//! Every crash of some workloads on a simulated disk.
//!
//! Shown red by: not syncing the line, the folder or the number; acknowledging before the sync;
//! not looking whether a file was replaced; and the others of the table in `docs/proof.md`.

use milestone_crashtest::{crash, trace};

/// How many crashes.
const POINTS: u64 = 60_000;
/// How many workloads are played twice.
const SEEDS: u64 = 40;

#[test]
fn no_crash_loses_what_was_acknowledged() {
    let points = std::env::var("MILESTONE_TEST_CRASHES").ok();
    let points = points.map_or(POINTS, |points| points.parse().expect("a number of crashes"));
    let crashes = crash(1.., points);
    assert!(crashes.failures.is_empty(), "{} failed: {:#?}", crashes.failed, crashes.failures);
    assert!(crashes.points >= points && crashes.promises > crashes.points);
    // Else it could not see what becomes of a torn line.
    assert!(crashes.torn * 20 > crashes.points, "{} torn of {}", crashes.torn, crashes.points);
    assert!(crashes.power_cuts * 4 > crashes.points, "{} power cuts", crashes.power_cuts);
}

#[test]
fn the_same_seed_does_the_same() {
    let once: Vec<u64> = (0..SEEDS).map(trace).collect();
    let twice: Vec<u64> = (0..SEEDS).map(trace).collect();
    assert_eq!(once, twice);
    let different: std::collections::BTreeSet<u64> = once.into_iter().collect();
    assert_eq!(different.len() as u64, SEEDS);
}
