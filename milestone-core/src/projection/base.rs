//! Where a state may begin other than at the first record.
//!
//! Start at [`Base`]: a snapshot, later an SQLite index. Aggregates are decoded when asked for.
//!
//! - **Invariant.** A base says what the fold of a set of records says, and nothing else; throwing
//!   it away costs time, never truth.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::{Milestone, ProjectState, Task, TaskRow};
use crate::words::{RecordId, RecordKey, Slug, StreamId, Timestamp};

/// An aggregate with the heads of its stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Framed<T> {
    /// The aggregate.
    pub value: T,
    /// The records of its stream that no other has read.
    pub frontier: Vec<RecordKey>,
}

/// A caller's idempotency key, hashed: the first 16 bytes of its SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CommandKey(pub [u8; 16]);

/// A command that was recorded under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CommandEntry {
    /// What was asked: the hash behind the key.
    pub content: u64,
    /// The first record, in the order of the log, that it became.
    pub record: RecordId,
}

impl CommandKey {
    /// The hash of a caller's key.
    pub fn of(key: &str) -> Self {
        let hash = Sha256::digest(key.as_bytes());
        Self(hash[..16].try_into().expect("a SHA-256 has 32 bytes"))
    }

    /// Takes a record's `command_id` apart: the key, hashed, and what was asked.
    pub fn split(command_id: &str) -> (Self, u64) {
        let (key, content) = command_id.rsplit_once('~').unwrap_or((command_id, ""));
        (Self::of(key), RecordKey::parse(content.as_bytes()).map_or(0, |content| content.0))
    }
}

/// What a state begins with. Asked by name; nothing is decoded that is not asked for.
pub trait Base: Send + Sync {
    /// The project, with the heads of its stream.
    fn project(&self) -> Framed<ProjectState>;

    /// A milestone by its id.
    fn milestone(&self, id: &str) -> Option<Framed<Milestone>>;

    /// A task by the name of its stream.
    fn task(&self, stream: &str) -> Option<Framed<Task>>;

    /// The ids of all milestones, sorted.
    fn milestone_ids(&self) -> Vec<Slug>;

    /// The streams of all tasks, sorted.
    fn task_streams(&self) -> Vec<StreamId>;

    /// The tasks that are in a milestone.
    fn rows(&self, milestone: &str) -> Vec<TaskRow>;

    /// The greatest position of a task in a milestone, 0 without tasks.
    fn last_position(&self, milestone: &str) -> i64 {
        self.rows(milestone).iter().map(|row| row.position).max().unwrap_or(0)
    }

    /// The streams of what depends on `stream`.
    fn dependents(&self, stream: &str) -> Vec<StreamId>;

    /// The streams of what has this id in another tool.
    fn external(&self, id: &str) -> Vec<StreamId>;

    /// What was recorded under a caller's key.
    fn command(&self, key: &CommandKey) -> Vec<CommandEntry>;

    /// Who ever recorded something, and when last, by their own clocks.
    fn actors(&self) -> Vec<(String, Timestamp)>;

    /// What was recorded under every caller's key.
    fn commands(&self) -> Vec<(CommandKey, CommandEntry)>;
}
