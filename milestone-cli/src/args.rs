//! What may be typed: the whole command tree, its flags and its help.
//!
//! Start at [`parse()`]: words in, a [`Cli`] or a reason to [`Stop`] out. [`Command`] lists every
//! verb; each group of verbs has a file of its own.
//!
//! - **Invariant.** Parsing reads no clock, no environment and no file. A WHEN stays a string
//!   here and is read with the clock by `values::when`.
//! - **Invariant.** Shared flags may stand anywhere (`clig.dev`: people press ↑ and add a flag).
//! - **Absent on purpose.** No catch-all subcommand and no abbreviations: an unknown first word
//!   is an error with a suggestion, so that new verbs can be added without breaking scripts.

pub mod analytics;
pub mod backup;
pub mod board;
pub mod completion;
pub mod dep;
pub mod export;
pub mod flow;
pub mod global;
pub mod habits;
pub mod health;
pub mod help;
pub mod history;
pub mod key;
pub mod late;
pub mod manual;
pub mod migrate;
pub mod milestone;
mod minus;
pub mod parse;
pub mod phase;
pub mod project;
pub mod query;
pub mod report;
pub mod risk;
pub mod search;
pub mod session;
pub mod task;
pub mod template;
pub mod tree;
pub mod usage;
pub mod validate;
pub mod values;
pub mod view;

pub use global::Global;
pub use parse::{Stop, command, parse, wants_json};
pub use tree::{Cli, Command};
