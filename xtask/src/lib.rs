//! The checks that keep the house in order. A table of contents; start at [`tidy`].
//!
//! - **Invariant.** A rule is a test: `cargo test --workspace` runs what `cargo xtask tidy` runs.
//! - **Absent on purpose.** Anything that changes a file. A rule says what to do; people do it.

mod arrows;
mod files;
mod layers;
mod lexer;
mod paths;
mod source;
mod tidy;
mod weight;
mod words;

pub use tidy::{Violation, tidy, workspace_root};
