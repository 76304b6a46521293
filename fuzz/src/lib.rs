//! What is fuzzed; see [`targets`].
//!
//! - **Absent on purpose.** The workspace: fuzzers need a nightly compiler, which nothing else does.

pub mod targets;
