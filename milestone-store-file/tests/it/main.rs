//! The tests of this crate from outside, in one binary.
//!
//! - **Absent on purpose.** Tests. Each subject has files of its own.

#[cfg(test)]
mod view;
#[cfg(test)]
mod view_edits;
#[cfg(test)]
mod view_support;
#[cfg(test)]
mod view_yaml;
