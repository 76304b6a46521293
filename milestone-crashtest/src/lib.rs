//! Crashes, faults and planted bugs: what shows that no acknowledged record is lost.
//!
//! | start at | for |
//! | --- | --- |
//! | [`SimulatedDisk`] | a disk that drops, reorders and tears what was not synced |
//! | [`crash`] | every crash of many workloads on it |
//! | [`sabotage`] | whether that finds the planted bugs |
//! | [`run`] | any suite by its name |
//! | [`Entry`] | a line of the ledger |
//!
//! The program `milestone-crashtest` runs the suites for long and keeps the ledger;
//! `tests/it` runs a fast share of each.

mod git;
mod image;
mod inject;
mod kill;
mod ledger;
mod oracle;
mod planted;
mod planted_above;
mod points;
mod power;
mod random;
mod sabotage;
mod simulated;
mod suite;
mod workload;
mod writer;

pub use ledger::Entry;
pub use planted::{Bug, Suite, bugs};
pub use points::{Crashes, crash, trace};
pub use sabotage::{Verdict, plant, sabotage, workspace};
pub use simulated::{Fault, SimulatedDisk, SimulatedFile};
pub use suite::{Outcome, run};
pub use writer::{write_carelessly, write_records};
