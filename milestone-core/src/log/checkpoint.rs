//! How far the log was read: enough to know what is new without reading the rest again.
//!
//! Start at [`Checkpoint`]. Everything derived carries one.
//!
//! - **Invariant.** Two checkpoints with the same `digest` and `count` are of the same set of
//!   records.

use serde::{Deserialize, Serialize};

use super::finding::Finding;
use crate::words::{RecordId, Timestamp};

/// Most findings that a checkpoint carries; `doctor` reads the log again for all of them.
pub const FINDINGS_KEPT_MAX: usize = 100;

/// The sum of all ids, as numbers of 256 bits: it does not depend on their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Digest(pub [u64; 4]);

/// How far one file was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    /// The file's name.
    pub name: String,
    /// How many of its bytes were read: up to and with the last LF.
    pub len_bytes: u64,
    /// How long it was, with what stands behind the last LF.
    pub seen_bytes: u64,
    /// How many lines that is.
    pub lines: u64,
    /// The first 72 bytes of the last line that was read: an id, as long as it is a record.
    pub last_line: Vec<u8>,
    /// When it had been modified.
    pub mtime_ns: i64,
    /// Which file it was.
    pub inode: u64,
}

/// Which records were read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Checkpoint {
    /// How many different records.
    pub count: u64,
    /// The place of the last one in the order.
    pub last: Option<(u64, RecordId)>,
    /// The sum of their ids.
    pub digest: Digest,
    /// Those that no other builds on.
    pub heads: Vec<RecordId>,
    /// What the writers of those heads said of the time, the latest of them.
    pub newest_head: Option<Timestamp>,
    /// The greatest clock.
    pub max_clock: u64,
    /// The files they were read from, by name.
    pub files: Vec<FileMark>,
    /// What was found odd, up to [`FINDINGS_KEPT_MAX`].
    pub findings: Vec<Finding>,
    /// How many findings of each level there are: info, warn, error.
    pub finding_counts: [u64; 3],
    /// The newest format among the records that could not be read, if that is why.
    pub too_new: Option<u32>,
}

impl Digest {
    /// Takes in one more id.
    pub fn add(&mut self, id: &RecordId) {
        let mut carry = 0u64;
        for (word, bytes) in self.0.iter_mut().zip(id.0.chunks_exact(8)) {
            let bytes = <[u8; 8]>::try_from(bytes).expect("chunks of 8");
            let (sum, over) = word.overflowing_add(u64::from_le_bytes(bytes));
            let (sum, again) = sum.overflowing_add(carry);
            *word = sum;
            carry = u64::from(over) + u64::from(again);
        }
    }
}

impl Checkpoint {
    /// True if both are of the same set of records.
    pub fn same_records(&self, other: &Self) -> bool {
        self.count == other.count && self.digest == other.digest
    }

    /// Takes in the next record, which builds on heads.
    pub fn push(&mut self, id: RecordId, clock: u64, timestamp: Timestamp, prev: &[RecordId]) {
        self.heads.retain(|head| !prev.contains(head));
        // Without other heads this is the time of the newest one; with them, of one of them.
        let others = if self.heads.is_empty() { None } else { self.newest_head };
        self.newest_head = others.max(Some(timestamp));
        self.heads.push(id);
        self.heads.sort();
        self.count += 1;
        self.digest.add(&id);
        self.last = Some((clock, id));
        self.max_clock = self.max_clock.max(clock);
    }

    /// Notes a finding.
    pub fn found(&mut self, finding: Finding) {
        let level = finding.oddity.level() as usize;
        self.finding_counts[level] += 1;
        if self.findings.len() < FINDINGS_KEPT_MAX {
            self.findings.push(finding);
        }
    }
}
