//! Who knew of whom inside one stream.
//!
//! Start at [`History::concurrent`].
//!
//! - **Invariant.** The answer equals brute-force reachability over `reads`; a property test
//!   compares the two.
//! - **Invariant.** A record that read exactly the one before it costs 8 bytes and no lookup, which
//!   is nearly every record; walking is iterative and bounded by the stream.

use std::collections::HashMap;

use crate::words::RecordKey;

/// The records of one stream in the order of the log, with what each had read.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    entries: Vec<RecordKey>,
    /// What those had read that had not read exactly the one before, by place.
    odd: Vec<(u32, Vec<RecordKey>)>,
}

impl History {
    /// True if this record is in the stream.
    pub(super) fn has(&self, key: RecordKey) -> bool {
        self.entries.iter().rev().any(|entry| *entry == key)
    }

    /// Adds the next record.
    pub(super) fn push(&mut self, key: RecordKey, reads: &[RecordKey]) {
        let usual = match (self.entries.last(), reads) {
            (None, []) => true,
            (Some(last), [read]) => last == read,
            _ => false,
        };
        if !usual {
            let place = u32::try_from(self.entries.len()).expect("a stream is far below 2^32");
            self.odd.push((place, reads.to_vec()));
        }
        self.entries.push(key);
    }

    /// The records so far that cannot be reached from `reads`, sorted by key.
    pub(super) fn concurrent(&self, reads: &[RecordKey]) -> Vec<RecordKey> {
        let places: HashMap<RecordKey, usize> =
            self.entries.iter().enumerate().map(|(place, key)| (*key, place)).collect();
        let mut reached = vec![false; self.entries.len()];
        let mut open: Vec<usize> =
            reads.iter().filter_map(|key| places.get(key).copied()).collect();
        while let Some(place) = open.pop() {
            if std::mem::replace(&mut reached[place], true) {
                continue;
            }
            match self.odd.binary_search_by_key(&(place as u32), |(odd, _)| *odd) {
                Ok(odd) => {
                    open.extend(self.odd[odd].1.iter().filter_map(|key| places.get(key).copied()));
                }
                Err(_) => open.extend(place.checked_sub(1)),
            }
        }
        let mut concurrent: Vec<_> = self
            .entries
            .iter()
            .zip(reached)
            .filter_map(|(key, reached)| (!reached).then_some(*key))
            .collect();
        concurrent.sort_unstable();
        concurrent
    }
}
