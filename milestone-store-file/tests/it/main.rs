//! The tests of this crate from outside, in one binary.
//!
//! - **Absent on purpose.** Tests. Each subject has files of its own.

mod view;
mod view_edits;
mod view_support;
mod view_yaml;
