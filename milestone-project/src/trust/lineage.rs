//! Which record builds on which, for the whole log, and what was signed in it.
//!
//! Start at [`Lineage::push`], then [`Lineage::stand`].
//!
//! - **Invariant.** 64 bytes a record and no lookup while the log is read; only who asks for a
//!   checkpoint pays for finding records by their ids.

use std::collections::HashMap;

use milestone_core::domain::{Body, CheckpointSigned};
use milestone_core::log::{MerkleTree, Record};
use milestone_core::words::{RecordId, Text, Timestamp};

/// A checkpoint that somebody signed.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    /// The record that carries it.
    pub(crate) record: RecordId,
    /// When that was written.
    pub(crate) at: Timestamp,
    /// By whom, as they said.
    pub(crate) by: String,
    /// What it says.
    pub(crate) said: CheckpointSigned<'static>,
}

/// Some records and all that they build on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stand {
    /// How many.
    pub(crate) count: u64,
    /// The Merkle root over their ids, in the order of the log.
    pub(crate) root: [u8; 32],
}

/// The records of a log in its order, with what each builds on.
#[derive(Debug, Default)]
pub(crate) struct Lineage {
    ids: Vec<RecordId>,
    /// What they build on, one after the other; `ends` says where those of each end.
    prev: Vec<RecordId>,
    ends: Vec<usize>,
    /// What was signed, in the order of the log.
    pub(crate) signed: Vec<Signed>,
}

/// The places of records, by their ids.
pub(crate) type Places = HashMap<RecordId, usize>;

impl Lineage {
    /// Takes in the next record of the log.
    pub(crate) fn push(&mut self, record: &Record<'_>) {
        self.ids.push(record.id);
        self.prev.extend(record.prev.iter().copied());
        self.ends.push(self.prev.len());
        for event in &record.events {
            if let Body::CheckpointSigned(said) = &event.body {
                let own = |text: &Text<'_>| text.clone().into_owned();
                let said = CheckpointSigned {
                    heads: said.heads.clone(),
                    count: said.count,
                    root: own(&said.root),
                    key_id: own(&said.key_id),
                    signature: own(&said.signature),
                };
                let (at, by) = (record.timestamp, record.actor.to_string());
                self.signed.push(Signed { record: record.id, at, by, said });
            }
        }
    }

    /// The first record of the log.
    pub(crate) fn origin(&self) -> Option<RecordId> {
        self.ids.first().copied()
    }

    /// Where each record stands.
    pub(crate) fn places(&self) -> Places {
        self.ids.iter().enumerate().map(|(place, id)| (*id, place)).collect()
    }

    /// True for the places of `heads` and of all that they build on, as far as it is there; `None`
    /// if one of the heads is not.
    pub(crate) fn behind(&self, places: &Places, heads: &[RecordId]) -> Option<Vec<bool>> {
        let mut behind = vec![false; self.ids.len()];
        let mut open: Vec<usize> =
            heads.iter().map(|head| places.get(head).copied()).collect::<Option<_>>()?;
        while let Some(place) = open.pop() {
            if std::mem::replace(&mut behind[place], true) {
                continue;
            }
            let begin = if place == 0 { 0 } else { self.ends[place - 1] };
            let before = self.prev[begin..self.ends[place]].iter();
            open.extend(before.filter_map(|id| places.get(id)));
        }
        Some(behind)
    }

    /// What these records come to.
    pub(crate) fn stand(&self, behind: &[bool]) -> Stand {
        let mut tree = MerkleTree::default();
        let ids = self.ids.iter().zip(behind).filter(|(_, behind)| **behind);
        ids.for_each(|(id, _)| tree.push(id));
        Stand { count: tree.len(), root: tree.root() }
    }
}
