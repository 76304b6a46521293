//! Where an event stands: its record, its time, and what it did not know of.
//!
//! - **Invariant.** Everything that `evolve` may depend on besides the event is in [`At`].

use crate::words::{RecordKey, Timestamp};

/// The circumstances of one event, handed to `evolve`.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The record that the event is in.
    pub key: RecordKey,
    /// The record's place in time, in the order of the log.
    pub clock: u64,
    /// When it happened: the event's `at`, else the record's `timestamp`.
    pub time: Timestamp,
    /// Who did it: the event's `by`, else the record's `actor`.
    pub by: &'a str,
    /// The event's place in its record.
    pub index: usize,
    /// The records of this stream, earlier in the order, that this record did not know of. Sorted.
    pub concurrent: &'a [RecordKey],
}

impl At<'_> {
    /// True if neither this record nor `other` knew of the other.
    pub fn is_concurrent(&self, other: RecordKey) -> bool {
        self.concurrent.binary_search(&other).is_ok()
    }
}

/// What became of an event that was handed to `evolve`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was applied, or there was nothing left to do.
    Applied,
    /// It met another one that did not know of it, or made no sense; see the aggregate's conflicts.
    Conflict,
    /// Its kind is not understood.
    Skipped,
}
