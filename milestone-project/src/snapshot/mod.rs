//! A snapshot of the fold: a file that a state can begin at, and that can be thrown away.
//!
//! Start at [`Snapshot::open`] for reading and [`write`] for writing.
//!
//! - **Invariant.** What it holds is the fold of exactly the records of its checkpoint. A snapshot
//!   that is damaged is noticed, removed and made anew; the log is never in danger.
//! - **Absent on purpose.** Durability: it is not synced, for it can be made again.

mod format;
mod read;
mod write;

pub(crate) use read::Snapshot;
pub(crate) use write::write;
