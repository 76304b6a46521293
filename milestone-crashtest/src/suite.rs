//! The suites by name, as the program and the ledger know them.
//!
//! Start at [`run`].

use crate::points::crash;

/// What came of a suite.
#[derive(Debug)]
pub struct Outcome {
    /// Its name.
    pub suite: &'static str,
    /// What was counted.
    pub counts: Vec<(&'static str, u64)>,
    /// What was lost or wrong, in words: the first few of them.
    pub failures: Vec<String>,
    /// Why it could not be run here.
    pub skipped: Option<String>,
}

/// Runs so many points of the suite of that name, from a seed on; `None` if there is none.
pub fn run(suite: &str, seed: u64, points: u64) -> Option<Outcome> {
    match suite {
        "crash" => Some(simulated(seed, points)),
        _ => None,
    }
}

fn simulated(seed: u64, points: u64) -> Outcome {
    let crashes = crash(seed.., points);
    let counts = vec![
        ("points", crashes.points),
        ("power_cuts", crashes.power_cuts),
        ("workloads", crashes.workloads),
        ("torn_permille", crashes.torn * 1000 / crashes.points.max(1)),
        ("promises", crashes.promises),
        ("losses", crashes.failed),
    ];
    Outcome { suite: "crash", counts, failures: crashes.failures, skipped: None }
}
