//! What this machine did with its projections: `local/journal.jsonl`.
//!
//! Start at [`Journal`].
//!
//! - **Invariant.** It is told what happened, after it has; nothing is ever decided by it but how
//!   to say what happened.
//! - **Absent on purpose.** Facts of the project: they are in the log, and shared.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use milestone_core::words::Timestamp;
use serde::{Deserialize, Serialize};

use crate::scale::Backend;

/// The journal, in the project's directory.
const JOURNAL: &str = "local/journal.jsonl";

/// Something that this machine did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// Who asked for it; empty if nobody did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// What.
    #[serde(flatten)]
    pub what: DeedKind,
}

/// What this machine did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeedKind {
    /// It moved to another backend.
    Migrated(Move),
    /// It went back to the generation before.
    RolledBack(Move),
    /// A migration came to nothing: the generation before is in charge.
    MigrationFailed {
        /// The backend that it was to become.
        to: Backend,
        /// Why it did not.
        why: String,
    },
    /// It removed generations that were no longer needed.
    Pruned {
        /// Their numbers.
        generations: Vec<u32>,
    },
    /// It took away what is needed no longer.
    Maintained {
        /// Backups, by their paths in the project's directory.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        backups: Vec<String>,
        /// Temporary files that were left behind, likewise.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        temporary: Vec<String>,
        /// How long they were.
        bytes: u64,
    },
    /// It offered an interface level that the project has reached.
    LevelOffered {
        /// The level.
        level: u8,
    },
    /// It made a backup.
    BackedUp {
        /// The folder, by its path in the project's directory.
        file: String,
        /// Its length.
        bytes: u64,
    },
    /// It brought back what the log had lost.
    BroughtBack {
        /// Of which backup.
        backup: u64,
        /// How many records.
        records: u64,
    },
}

/// From one generation to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The backend before.
    pub from: Backend,
    /// The backend after.
    pub to: Backend,
    /// The generation before.
    pub from_generation: u32,
    /// The generation after.
    pub to_generation: u32,
    /// How many records the log had.
    pub records: u64,
}

/// The journal of a machine.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
}

impl Journal {
    /// The journal of the project whose directory is `root`.
    pub(crate) fn of(root: &Path) -> Self {
        Self { path: root.join(JOURNAL) }
    }

    /// Adds a line, in one write.
    pub(crate) fn tell(&self, deed: &Deed) -> io::Result<()> {
        let mut line = serde_json::to_string(deed)?;
        line.push('\n');
        OpenOptions::new().append(true).create(true).open(&self.path)?.write_all(line.as_bytes())
    }

    /// Everything that was told, the oldest first; lines of a newer version are left out.
    pub(crate) fn read(&self) -> Vec<Deed> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}
