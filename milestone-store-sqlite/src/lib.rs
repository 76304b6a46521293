//! Projections in SQLite: the index, full-text search, analytics.
//!
//! | start at | for |
//! | --- | --- |
//! | [`Index`] | `index.sqlite`: milestones, tasks, events, in tables |
//! | [`IndexBase`] | a state that begins at the index, and pages of its lists |
//! | [`Search`] | `search.sqlite`: titles, descriptions, notes and criteria, by their words |
//! | [`Analytics`] | `analytics.sqlite`: a table of facts for each question |
//!
//! The tables are described in `docs/sqlite.md`.

mod analytics;
mod checkpoint;
mod database;
mod error;
mod index;
mod search;

pub use analytics::Analytics;
pub use index::{Cut, Fault, Index, IndexBase, IndexedRecord, LinePlace, ReadyPage, Side, Touched};
pub use search::{Hit, Search};
