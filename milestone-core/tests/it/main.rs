//! Properties of the core, through its public interface.
//!
//! One module for each thing that must always hold: `order` (any order, duplication or split of
//! lines), `incremental` (incremental = rebuilt), `rewritten` (logs that did not only grow), `torn`
//! (torn appends and damaged bytes), `bytes` (parsing anything), `total` (evolving anything),
//! `ahead` (reading ahead), `concurrency` (what a record did not know of), `merging` and
//! `merging_phases` (the table of conflicts), `kinds`
//! (the table of events), `query` and `query_words` (what queries find and mean).

mod bytes;
mod common;
mod concurrency;
mod depending;
mod difference;
mod incremental;
mod kinds;
mod merging;
mod merging_phases;
mod merging_risks;
mod merging_sessions;
mod order;
mod query;
mod query_words;
mod rewritten;
mod settings;
mod torn;
mod total;
