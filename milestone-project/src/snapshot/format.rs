//! The form of a snapshot: sections of checked bytes and a header that says where they are.
//!
//! - **Invariant.** Every section begins with the first 4 bytes of its own SHA-256, so bytes that a
//!   power cut left behind are not taken for an aggregate.

use milestone_core::domain::ProjectState;
use milestone_core::log::Checkpoint;
use milestone_core::projection::Framed;
use milestone_core::words::{Slug, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How every snapshot begins. The number is the version of the form: another one is made anew.
pub(super) const MAGIC: &[u8; 16] = b"milestone-snap 6";

/// Bytes of the prelude: magic, header's place and length.
pub(super) const PRELUDE_BYTES: usize = 32;

/// How many parts the tables that are asked by hash are in.
pub(super) const BUCKETS: usize = 256;

/// A section of the file: where it begins, and its length with the check in front.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Section {
    pub(super) at: u64,
    pub(super) len: u32,
}

/// What is read when a snapshot is opened.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) checkpoint: Checkpoint,
    pub(super) project: Framed<ProjectState>,
    /// How many milestones and tasks there are.
    pub(super) aggregates: u64,
    /// Who recorded something, and when last.
    pub(super) actors: Vec<(String, Timestamp)>,
    pub(super) milestones: Section,
    pub(super) dependents: Section,
    pub(super) external: Section,
    pub(super) commands: Section,
}

/// A milestone, or the origin of tasks whose milestone is missing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MilestoneEntry {
    pub(super) id: Slug,
    /// The milestone; empty if its stream has no record.
    pub(super) milestone: Section,
    /// The rows of the tasks that are in it.
    pub(super) rows: Section,
    /// The index of the tasks that were born in it.
    pub(super) tasks: Section,
}

/// A task among those that were born in one milestone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TaskEntry {
    pub(super) slug: Slug,
    pub(super) task: Section,
}

/// Bytes of the check that a section begins with.
pub(super) const CHECK_BYTES: usize = 4;

/// The check of a section's bytes.
pub(super) fn check(bytes: &[u8]) -> [u8; CHECK_BYTES] {
    let hash = Sha256::digest(bytes);
    [hash[0], hash[1], hash[2], hash[3]]
}

/// The part of a table that `name` is in.
pub(super) fn bucket_of(name: &[u8]) -> usize {
    usize::from(Sha256::digest(name)[0])
}
