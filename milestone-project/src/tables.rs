//! Whether the SQLite files of the generation in charge are what the log says; making them anew.
//!
//! Start at [`Project::check_tables`].
//!
//! - **Absent on purpose.** Snapshots: see `replay`, which compares the state that begins at one.

use std::time::Duration;

use milestone_core::log::{Checkpoint, LogStore};
use milestone_core::projection::{Projection, ProjectionError, project};
use milestone_store_sqlite::{Analytics, Index, Search};

use crate::error::{HistoryError, MigrateError};
use crate::keep::ANALYTICS_EVERY_RECORDS;
use crate::migrate::told_whole;
use crate::project::Project;
use crate::target::projections;

/// How long making one anew waits for others to finish their commands.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// One SQLite file, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCheck {
    /// What it is called: `index`, `analytics` or `search`.
    pub name: &'static str,
    /// How it stands.
    pub standing: Standing,
}

/// How a projection stands to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is what the log says.
    Current,
    /// It lacks the newest records.
    Behind {
        /// How many, as far as can be told.
        records: u64,
    },
    /// It is not there.
    Missing,
    /// It is not what the log says, or no file of ours. It is made anew.
    Damaged {
        /// What was found first.
        why: String,
    },
    /// It cannot be read now.
    Unreadable {
        /// Why.
        why: String,
    },
}

impl Standing {
    /// True if it has to be made anew.
    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Missing | Self::Damaged { .. })
    }
}

impl TableCheck {
    /// True if a repair is worth it: it has to be made anew, or lacks more than a write would leave
    /// it lacking.
    pub fn wants_repair(&self) -> bool {
        let behind = |records| self.name == "analytics" && records >= ANALYTICS_EVERY_RECORDS;
        match self.standing {
            Standing::Behind { records } => behind(records),
            _ => self.standing.is_broken(),
        }
    }
}

impl Project {
    /// Compares every SQLite file of the generation in charge with the log, column by column where
    /// it has come as far. Costs a fold of the whole log for each.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if there is no room for what they are compared with.
    pub fn check_tables(&self) -> Result<Vec<TableCheck>, HistoryError> {
        let mut checks = Vec::new();
        for mut projection in projections(&self.root, &self.current) {
            let name = projection.spec().name;
            let standing = match stands(&mut *projection, &self.checkpoint) {
                Standing::Current => self.compared(name)?,
                standing => standing,
            };
            checks.push(TableCheck { name, standing });
        }
        Ok(checks)
    }

    fn compared(&self, name: &'static str) -> Result<Standing, HistoryError> {
        let (root, current) = (&self.root, &self.current);
        let found = match name {
            "index" => {
                let failed = |source| {
                    let path = std::env::temp_dir();
                    HistoryError::Io { action: "make", path, source }
                };
                let scratch = tempfile::tempdir().map_err(failed)?;
                let mut index = Index::new(current.index(root));
                let faults = index.check(&self.store, scratch.path().join("index.sqlite"));
                let named = |fault: milestone_store_sqlite::Fault| {
                    format!("{}: {}", fault.table, fault.why)
                };
                faults.map(|faults| faults.into_iter().map(named).collect::<Vec<_>>())
            }
            "analytics" => Analytics::new(current.analytics(root)).check(&self.store, &self.state),
            _ => Search::new(current.search(root)).check(&self.state).map_err(Into::into),
        };
        // Somebody may have recorded something meanwhile: then nothing was compared.
        let now = projections(root, current).into_iter().find(|held| held.spec().name == name);
        let now = now.map(|mut held| stands(&mut *held, &self.checkpoint));
        Ok(match (found, now) {
            (_, Some(moved @ Standing::Behind { .. })) => moved,
            (Ok(faults), _) => match faults.into_iter().next() {
                None => Standing::Current,
                Some(why) => Standing::Damaged { why },
            },
            (Err(error), _) => Standing::Damaged { why: told_whole(&error) },
        })
    }

    /// Makes one SQLite file of the generation in charge anew from the log; one that is only behind
    /// is brought further.
    ///
    /// # Errors
    ///
    /// [`MigrateError`]: it is made anew by the next command, then.
    pub fn rebuild_table(&mut self, name: &str) -> Result<(), MigrateError> {
        let guard = self.store.lock(LOCK_WAIT)?;
        self.refresh()?;
        for mut projection in projections(&self.root, &self.current) {
            if projection.spec().name == name {
                if !matches!(stands(&mut *projection, &self.checkpoint), Standing::Behind { .. }) {
                    projection.wipe()?;
                }
                project(&self.store, &self.state, &self.checkpoint, &mut *projection)?;
            }
        }
        self.restore()?;
        drop(guard);
        Ok(())
    }
}

fn stands(projection: &mut dyn Projection, now: &Checkpoint) -> Standing {
    match projection.checkpoint() {
        Ok(None) => Standing::Missing,
        Ok(Some(known)) if known.same_records(now) => Standing::Current,
        Ok(Some(known)) => Standing::Behind { records: now.count.abs_diff(known.count) },
        Err(ProjectionError::Damaged { why, .. }) => Standing::Damaged { why },
        Err(error) => Standing::Unreadable { why: told_whole(&error) },
    }
}
