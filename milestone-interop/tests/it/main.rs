//! The importers from outside, in one binary.
//!
//! - **Absent on purpose.** Tests. Each subject has a file of its own.

mod oddities;
mod outline;
mod properties;
mod real;
mod template;
