//! What is fuzzed; see [`targets`].
//!
//! - **Absent on purpose.** The workspace: fuzzers need a nightly compiler, nothing else does.

pub mod targets;
