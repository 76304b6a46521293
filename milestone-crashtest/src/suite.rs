//! The suites by name, as the program and the ledger know them.
//!
//! Start at [`run`].

use crate::git::git;
use crate::inject::{Faults, full, inject};
use crate::kill::kill;
use crate::points::crash;
use crate::power::power;
use crate::sabotage::{Verdict, sabotage};

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
        "git" => Some(with_git(seed, points)),
        "kill" => Some(killed(seed, points)),
        "power" => Some(cut(seed, points)),
        "inject" => Some(faults("inject", inject(seed, points))),
        "full" => Some(faults("full", full(seed, points))),
        "sabotage" => Some(sabotaged(seed, points)),
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

fn sabotaged(seed: u64, points: u64) -> Outcome {
    let told = |verdict: &Verdict| {
        let found = verdict.found.as_deref().unwrap_or("NOT FOUND");
        let by = verdict.by.to_string();
        println!("{:<34}{by:<32}{found}", verdict.name);
    };
    let (verdicts, mut failures) = match sabotage(seed, points, told) {
        Ok(verdicts) => (verdicts, Vec::new()),
        Err(error) => (Vec::new(), vec![error.to_string()]),
    };
    let survivors = verdicts.iter().filter(|verdict| verdict.found.is_none());
    failures.extend(survivors.map(|verdict| format!("{} was not found", verdict.name)));
    let found = verdicts.iter().filter(|verdict| verdict.found.is_some()).count() as u64;
    let counts = vec![("bugs", verdicts.len() as u64), ("found", found)];
    Outcome { suite: "sabotage", counts, failures, skipped: None }
}

fn killed(seed: u64, points: u64) -> Outcome {
    let kills = kill(seed, points).unwrap_or_else(|error| crate::kill::Kills {
        failures: vec![error.to_string()],
        ..Default::default()
    });
    let mut failures = kills.failures;
    let counts = vec![
        ("kills", kills.kills),
        ("acknowledged", kills.acknowledged),
        ("torn", kills.torn),
        ("control", kills.control),
        ("control_torn", kills.control_torn),
        ("losses", failures.len() as u64),
    ];
    if kills.control_torn * 20 < kills.control {
        failures.push("careless writers are not seen to tear lines: the suite is blind".to_owned());
    }
    Outcome { suite: "kill", counts, failures, skipped: None }
}

fn cut(seed: u64, points: u64) -> Outcome {
    match power(seed, points) {
        Err(why) => skipped("power", why),
        Ok(cuts) => {
            let counts = vec![
                ("cuts", cuts.cuts),
                ("acknowledged", cuts.acknowledged),
                ("torn", cuts.torn),
                ("losses", cuts.failures.len() as u64),
            ];
            Outcome { suite: "power", counts, failures: cuts.failures, skipped: None }
        }
    }
}

fn with_git(seed: u64, points: u64) -> Outcome {
    match git(seed, points) {
        Err(why) => skipped("git", why),
        Ok(gits) => {
            let counts = vec![
                ("acknowledged", gits.acknowledged),
                ("git_commands", gits.commands),
                ("only_kept", gits.only_kept),
                ("losses", gits.failures.len() as u64),
            ];
            Outcome { suite: "git", counts, failures: gits.failures, skipped: None }
        }
    }
}

fn faults(suite: &'static str, came: Result<Faults, String>) -> Outcome {
    match came {
        Err(why) => skipped(suite, why),
        Ok(faults) => {
            let counts = vec![
                ("runs", faults.runs),
                ("faults", faults.injected),
                ("acknowledged", faults.acknowledged),
                ("refused", faults.refused),
                ("losses", faults.failures.len() as u64),
            ];
            Outcome { suite, counts, failures: faults.failures, skipped: None }
        }
    }
}

fn skipped(suite: &'static str, why: String) -> Outcome {
    Outcome { suite, counts: Vec::new(), failures: Vec::new(), skipped: Some(why) }
}
