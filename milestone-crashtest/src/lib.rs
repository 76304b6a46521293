//! Crashes, faults and planted bugs: what shows that no acknowledged record is lost.
//!
//! | start at | for |
//! | --- | --- |
//! | [`SimulatedDisk`] | a disk that drops, reorders and tears what was not synced |
//! | [`crash`] | every crash of many workloads on it |
//! | [`run`] | any suite by its name |
//! | [`Entry`] | a line of the ledger |
//!
//! The program `milestone-crashtest` runs the suites for long and keeps the ledger;
//! `tests/it` runs a fast share of each.

mod image;
mod ledger;
mod oracle;
mod points;
mod random;
mod simulated;
mod suite;
mod workload;

pub use ledger::Entry;
pub use points::{Crashes, crash, trace};
pub use simulated::{Fault, SimulatedDisk, SimulatedFile};
pub use suite::{Outcome, run};
