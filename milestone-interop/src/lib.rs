//! Formats other than the log: read them, plan what they become here, and say what would be left
//! out.
//!
//! - **Start here.** [`beads::plan()`] for Beads (`issues.jsonl` and its backup form),
//!   [`template::parse`] for templates, [`outline::plan`] for any outline in Markdown.
//! - **Invariant.** Everything here is pure: bytes in, a plan and a report out. The caller reads
//!   the files, turns the plan into commands and writes them.
//! - **Absent on purpose.** Storage, clocks, printing, and any way past the commands: an import
//!   takes the same road as a person.

pub mod beads;
mod front;
pub mod outline;
pub mod template;
