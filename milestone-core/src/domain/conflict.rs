//! What two clones did without knowing of each other, kept until somebody has looked at it.
//!
//! Start at [`Conflict`]. When one arises is said by the table of the design, applied in `item`.
//!
//! - **Invariant.** A conflict follows from the records alone: every clone sees the same ones,
//!   under the same ids.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fields::Field;
use crate::words::{RecordKey, StreamId};

/// Most records that one conflict names; more of them change nothing but its length.
const SIDES_MAX: usize = 64;

/// What a conflict is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A field was given different values.
    Field(Field),
    /// The status was changed in different ways.
    Status,
    /// The task was moved to different places.
    Home,
    /// The task was given different workflows.
    Workflow,
    /// The phase at this place of the workflow was taken to different ends.
    Phase(u8),
    /// A member of a risk was given different values.
    Risk {
        /// The id of the risk, hashed.
        id: u64,
        /// Which member.
        member: u8,
    },
    /// An event makes no sense here, such as clearing a blocker that nobody raised.
    Event,
}

/// A disagreement between records that did not know of each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// What it is about.
    pub subject: Subject,
    /// The records that disagree, in the order of the log.
    pub sides: Vec<RecordKey>,
    /// What holds.
    pub kept: String,
    /// What does not hold.
    pub other: String,
}

impl Subject {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Field(field) => field.name(),
            Self::Status => "status",
            Self::Home => "milestone",
            Self::Workflow => "workflow",
            Self::Phase(_) => "phase",
            Self::Risk { .. } => "risk",
            Self::Event => "event",
        }
    }
}

impl Conflict {
    /// The conflict's name: 16 hex digits of a hash of its stream, its subject and its records.
    pub fn id(&self, stream: &StreamId) -> String {
        let mut sides = self.sides.clone();
        sides.sort_unstable();
        let mut hash = Sha256::new();
        hash.update(stream.as_str());
        hash.update([0]);
        hash.update(self.subject.name());
        match self.subject {
            Subject::Phase(place) => hash.update([place]),
            Subject::Risk { id, member } => {
                hash.update(id.to_be_bytes());
                hash.update([member]);
            }
            _ => {}
        }
        for side in sides {
            hash.update(side.0.to_be_bytes());
        }
        hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Takes in one more record that disagrees.
    pub(super) fn join(&mut self, side: RecordKey) {
        if self.sides.len() < SIDES_MAX && !self.sides.contains(&side) {
            self.sides.push(side);
        }
    }
}
