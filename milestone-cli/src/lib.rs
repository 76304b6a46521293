//! The command line of `milestone`, as a library: what may be typed and how answers look.
//!
//! Start at [`args`] for the command tree, at [`ui`] for the renderers. Both are pure: they take
//! words, facts and plain structs, and return values and strings.
//!
//! - **Invariant.** Nothing in this crate but `main.rs` and the command runners prints, reads the
//!   clock, or reads the environment; `board::screen` is the terminal of those that stay.
//! - **Absent on purpose.** No rules about milestones: those live in the core.

pub mod args;
pub mod board;
pub mod config;
pub mod run;
pub mod ui;
