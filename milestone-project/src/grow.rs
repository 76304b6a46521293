//! Moving up when a project has grown, and saying beforehand what a move would cost.
//!
//! Start at [`Project::grow`], which every command ends with, and [`Project::migration_plan`].
//!
//! - **Invariant.** A move that nobody asked for never fails the command that led to it.

use milestone_core::domain::Plan;
use milestone_core::words::Timestamp;

use crate::backup;
use crate::caller::Caller;
use crate::error::MigrateError;
use crate::execute::Warning;
use crate::journal::{Deed, DeedKind};
use crate::migrate::Mover;
use crate::project::Project;
use crate::scale::{Backend, Choice, Scale};

/// After a move that failed, nobody is made to wait for another try for so many hours.
const RETRY_HOURS: i64 = 24;

const HOUR_MICROS: i64 = 3_600_000_000;

/// What one record costs to be read, checked and taken into every table, in microseconds: measured
/// on one core of 2026 (`cargo bench -p milestone-benches --bench sqlite`), and meant as a guess.
const BUILD_MICROS_A_RECORD: u64 = 7;

/// How much larger a log is than its compressed copy.
const COMPRESSION: u64 = 4;

/// What a move would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationPlan {
    /// The backend now.
    pub now: Backend,
    /// The backend that the scale asks for.
    pub advice: Backend,
    /// The backend that it would move to.
    pub to: Backend,
    /// How large the project is.
    pub scale: Scale,
    /// Records in the log.
    pub records: u64,
    /// About how long the backup is, in bytes.
    pub backup_bytes: u64,
    /// About how much room the new generation takes, in bytes.
    pub generation_bytes: u64,
    /// About how long it takes, in milliseconds.
    pub duration_ms: u64,
}

impl Project {
    /// How large the project is.
    pub fn scale(&self, now: Timestamp) -> Scale {
        Scale::of(&self.state, now)
    }

    /// What a move would be; to the backend that the scale asks for, if none is named.
    pub fn migration_plan(&self, to: Option<Backend>, now: Timestamp) -> MigrationPlan {
        let scale = self.scale(now);
        let advice = self.policy.advice(&scale);
        let to = to.unwrap_or_else(|| self.policy.backend_for(&scale, self.current.backend));
        let log_bytes = self.checkpoint.files.iter().map(|file| file.len_bytes).sum::<u64>();
        // A snapshot holds the aggregates, the tables hold the events as well.
        let generation_bytes =
            if to == Backend::File { log_bytes / COMPRESSION } else { log_bytes };
        MigrationPlan {
            now: self.current.backend,
            advice,
            to,
            scale,
            records: self.checkpoint.count,
            backup_bytes: backup::bytes_to_read(&self.root) / COMPRESSION,
            generation_bytes,
            duration_ms: self.checkpoint.count * BUILD_MICROS_A_RECORD / 1_000 + 1,
        }
    }

    /// Moves on if the project has passed a threshold, or if its backend is pinned to another one.
    pub(crate) fn grow(&mut self, caller: &Caller) -> Vec<Warning> {
        let Some(to) = self.due_backend(caller.now) else { return Vec::new() };
        let from = self.current.backend;
        let mover = Mover { by: "", now: caller.now, automatic: true };
        match self.migrate(to, &mover, &mut |_| {}) {
            // It is done; what this process could not read again, the next one reads.
            Ok(_) | Err(MigrateError::NotReadAgain { .. }) => {
                let scale = self.scale(caller.now);
                let pinned = matches!(self.policy.choice, Choice::Pinned(_));
                let (milestones, people) = (scale.milestones, scale.people.len());
                let mut warnings = vec![Warning::Moved { from, to, milestones, people, pinned }];
                let files = if from.has_view() { self.edited_files() } else { Vec::new() };
                if !to.has_view() && !files.is_empty() {
                    warnings.push(Warning::Unadopted { files });
                }
                warnings
            }
            // Whoever moves it already is doing the same.
            Err(MigrateError::Busy | MigrateError::AlreadyThere { .. }) => Vec::new(),
            Err(error) => {
                vec![Warning::NotMoved { to, why: crate::migrate::told_whole(&error) }]
            }
        }
    }

    /// The backend to move to now, if it is another one.
    fn due_backend(&self, now: Timestamp) -> Option<Backend> {
        let backend = self.current.backend;
        let to = match self.policy.choice {
            Choice::Pinned(to) => to,
            Choice::Auto if self.current.stays || backend == Backend::Database => return None,
            Choice::Auto => {
                let next = match backend {
                    Backend::File => self.policy.hybrid,
                    _ => self.policy.database,
                };
                // Counting what is archived too is cheap, and says no nearly always.
                let few = self.state.milestone_ids().len() < next.milestones
                    && self.state.actors().len() < next.people;
                if few {
                    return None;
                }
                self.policy.backend_for(&self.scale(now), backend)
            }
        };
        (to != backend && !self.failed_lately(to, now)).then_some(to)
    }

    fn failed_lately(&self, backend: Backend, now: Timestamp) -> bool {
        // Keeping house and offering a level say nothing about moves.
        let moves = |deed: &Deed| {
            !matches!(deed.what, DeedKind::Maintained { .. } | DeedKind::LevelOffered { .. })
        };
        let last = self.journal().into_iter().rfind(moves);
        last.is_some_and(|deed| {
            let failed = matches!(deed.what, DeedKind::MigrationFailed { to, .. } if to == backend);
            failed && now.0.saturating_sub(deed.at.0) < RETRY_HOURS * HOUR_MICROS
        })
    }
}
