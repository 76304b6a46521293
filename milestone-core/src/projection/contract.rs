//! The contract of everything derived from the log.
//!
//! Start at [`Projection`]. A complete one of your own is a screenful: see the example
//! `custom_projection`, and check it with `check_projection` of the testkit.
//!
//! - **Invariant.** The fold is run once, by the engine. A projection only writes down what it is
//!   handed.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::document::Document;
use super::state::State;
use crate::domain::{Milestone, Plan, ProjectState, Stage, Task};
use crate::log::{Checkpoint, Record};
use crate::words::StreamId;

/// What a projection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// Its name, for people.
    pub name: &'static str,
    /// The version of its form. One that was written under another version is rebuilt.
    pub schema: u32,
    /// Where it lives.
    pub locality: Locality,
}

/// Where a projection lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locality {
    /// In `local/`: a read may bring it up to date.
    Local,
    /// Where people look at it: only a command that writes may change it.
    Shared,
}

/// What a projection shows, hashed.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 32]);

/// A record, and where its line stands.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    /// The record.
    pub record: &'a Record<'a>,
    /// The log file that its line stands in, or one of them.
    pub file: &'a str,
    /// The byte in that file where the line begins.
    pub offset: u64,
    /// The length of the line without its end, in bytes.
    pub len_bytes: usize,
}

/// Records with what they made of the aggregates they touched.
///
/// A projection that is built from the first record is handed the records first, one or more at a
/// time, and then every aggregate as it is at the end, a few thousand at a time. So each is written
/// once, however many records touched it. Only the last batch of a build has a checkpoint: what was
/// handed over before it counts for nothing, and is handed over again after a wipe.
#[derive(Debug)]
pub struct Batch<'a> {
    /// Streams whose earlier records arrived late: what was kept of their events is stale.
    pub reset: &'a [StreamId],
    /// The records, in their order.
    pub records: &'a [Placed<'a>],
    /// The milestones they touched, as they are after the batch; in a build, some of all.
    pub milestones: &'a [Arc<Milestone>],
    /// The tasks they touched, as they are after the batch; in a build, some of all.
    pub tasks: &'a [Arc<Task>],
    /// The project, as it is after the batch.
    pub project: &'a ProjectState,
    /// Everything else, for who needs the siblings of what was touched.
    pub view: &'a State,
    /// How far the log was read, to be kept together with the data. `None` while a build is under
    /// way and more follows: nothing need be kept, for if it is cut off it begins anew.
    pub next: Option<&'a Checkpoint>,
}

/// Why a projection failed. The log is untouched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectionError {
    /// Where it lives refuses.
    #[error("cannot {action} {what}")]
    Io {
        /// What was being done.
        action: &'static str,
        /// To what.
        what: String,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// What it holds is not what it wrote. Rebuild it.
    #[error("{what} is damaged: {why}")]
    Damaged {
        /// The file or table.
        what: String,
        /// What is wrong.
        why: String,
    },
    /// The projection's own reason.
    #[error("the projection {name} failed")]
    Other {
        /// Its name.
        name: &'static str,
        /// Its reason.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Something derived from the log that keeps itself up to date.
///
/// Object-safe and synchronous. Every error leaves the log as it was; the next command catches up.
pub trait Projection {
    /// What this is.
    fn spec(&self) -> Spec;

    /// How far it was brought, under its present schema; `None` if it holds nothing.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Damaged`] if what it holds is not what it wrote: then it is rebuilt. Any
    /// other if it is out of reach: the engine passes that on and throws nothing away.
    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError>;

    /// Takes in a batch: all of it with its checkpoint, or nothing. Where there are no
    /// transactions, the checkpoint is written last, and taking the same batch again changes
    /// nothing. Batches without a checkpoint are those of a build; they come after a wipe, once.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`]; the same batch will be offered again, or the build begun again. With
    /// [`ProjectionError::Damaged`] it is built anew at once.
    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError>;

    /// Forgets everything, so that it can be built from the first record.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if something of it cannot be removed.
    fn wipe(&mut self) -> Result<(), ProjectionError>;

    /// Hashes what it shows its readers, for comparison with a fresh one.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if it cannot be read back.
    fn fingerprint(&mut self) -> Result<Fingerprint, ProjectionError>;
}

impl Fingerprint {
    /// Hashes documents by the names of their streams.
    pub fn of_documents(mut documents: Vec<(StreamId, Document)>) -> Self {
        documents.sort_by(|a, b| a.0.cmp(&b.0));
        let mut hash = Sha256::new();
        for (stream, document) in &documents {
            put(&mut hash, stream, document);
        }
        Self(hash.finalize().into())
    }

    /// Hashes what a state shows. Removed tasks are not shown.
    pub fn of_state(state: &State) -> Self {
        // One document at a time: all of them would be as much memory again as the state is.
        let mut streams: Vec<StreamId> =
            state.milestone_ids().iter().map(StreamId::milestone).collect();
        streams.extend(state.task_streams());
        streams.sort_unstable();
        let mut hash = Sha256::new();
        for stream in &streams {
            let document = match stream.is_task() {
                false => state.milestone(stream.as_str()).map(|held| Document::of_milestone(&held)),
                true => state
                    .task(stream.as_str())
                    .filter(|task| task.item.stage != Stage::Removed)
                    .map(|task| Document::of_task(&task)),
            };
            document.iter().for_each(|document| put(&mut hash, stream, document));
        }
        Self(hash.finalize().into())
    }
}

fn put(hash: &mut Sha256, stream: &StreamId, document: &Document) {
    hash.update(stream.as_str());
    hash.update([0]);
    hash.update(document.canonical());
    hash.update([b'\n']);
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        f.pad(&hex)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
