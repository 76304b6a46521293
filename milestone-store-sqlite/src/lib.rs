//! Projections in SQLite: the index.
//!
//! | start at | for |
//! | --- | --- |
//! | [`Index`] | `index.sqlite`: milestones, tasks, events, in tables |
//! | [`IndexBase`] | a state that begins at the index, and pages of its lists |
//!
//! The tables are described in `docs/sqlite.md`.

mod checkpoint;
mod database;
mod error;
mod index;

pub use index::{Fault, Index, IndexBase, ListRow, ReadyRow};
