//! Projections in SQLite: the index, and full-text search.
//!
//! | start at | for |
//! | --- | --- |
//! | [`Index`] | `index.sqlite`: milestones, tasks, events, in tables |
//! | [`IndexBase`] | a state that begins at the index, and pages of its lists |
//! | [`Search`] | `search.sqlite`: titles, descriptions, notes and criteria, by their words |
//!
//! The tables are described in `docs/sqlite.md`.

mod checkpoint;
mod database;
mod error;
mod index;
mod search;

pub use index::{Fault, Index, IndexBase, ListRow, ReadyRow};
pub use search::{Hit, Search};
