//! Moving to another backend while everybody goes on working, and going back.
//!
//! Start at [`Project::migrate`] and [`Project::rollback`]. The target's projections are built as a
//! new generation beside the one in charge; one rename puts it in charge.
//!
//! - **Invariant.** Until that rename the old generation is in charge, after it the new one: a
//!   crash at any moment leaves one of them, whole. The log is only read.
//! - **Invariant.** The lock is held for the rename only, when the new generation lacks fewer than
//!   [`LAG_RECORDS_MAX`] records; what it shows is compared before, while others write. A view is
//!   taken away in steps, with a pause after each: whoever waits for the lock polls for it.
//! - **Absent on purpose.** Deciding when: see `scale` and `grow`.

use std::fs::{File, OpenOptions, TryLockError};
use std::time::Duration;

use milestone_core::domain::Plan;
use milestone_core::log::LogStore;
use milestone_core::projection::{Fingerprint, State};
use milestone_core::words::Timestamp;

use crate::backup::{BackupError, Occasion, Wish};
use crate::error::MigrateError;
use crate::generation::{Before, Current, all};
use crate::journal::{Deed, DeedKind, Journal, Move};
use crate::maintain::Keeper;
use crate::project::Project;
use crate::report;
use crate::scale::Backend;
use crate::target::Target;

/// A new generation catches up without the lock until fewer records than this are missing.
pub const LAG_RECORDS_MAX: u64 = 1_000;

/// With this few missing it is not worth another round to make others wait less for the last ones.
const LAG_RECORDS_FEW: u64 = 50;

/// Rounds that are spent on making others wait less.
const ROUNDS_FEW: u32 = 5;

/// How long a migration waits for others to finish their commands before it switches.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// How long whoever waits for the lock is let in before more of the view is taken away: longer than
/// they pause between two tries.
const TURN: Duration = Duration::from_millis(10);

/// How often it catches up before it gives up: somebody writes faster than it can read.
const ROUNDS_MAX: u32 = 100;

/// The file that whoever migrates holds a lock on, in the project's directory.
const LOCK: &str = "local/migrate.lock";

/// Who migrates, when and how.
#[derive(Debug, Clone)]
pub struct Mover<'a> {
    /// Who asked for it; empty if nobody did.
    pub by: &'a str,
    /// What the clock says.
    pub now: Timestamp,
    /// True if nobody asked: YAML files that were edited by hand do not refuse it then.
    pub automatic: bool,
}

/// The right to migrate, until it is dropped.
struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        // Closing is not enough while a child that another thread is starting has the file too.
        let _ = self.0.unlock();
    }
}

/// How far a migration has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A backup was made.
    BackedUp {
        /// The file, by its path in the project's directory.
        file: String,
        /// Its length.
        bytes: u64,
    },
    /// The projections are being built.
    Building {
        /// Records that were taken in.
        done: u64,
        /// Of so many, when it began.
        of: u64,
    },
    /// They are being compared with those in charge.
    Comparing {
        /// Milestones and tasks.
        aggregates: usize,
    },
    /// They are the same.
    Same {
        /// What both show.
        fingerprint: Fingerprint,
    },
    /// The new generation is in charge.
    Switched,
}

/// What a migration did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// From which generation to which.
    pub moved: Move,
    /// Records that were written since the generation now in charge was left, when going back.
    pub caught_up: u64,
}

impl Project {
    /// Moves to another backend. `told` hears of every step.
    ///
    /// # Errors
    ///
    /// [`MigrateError`]: the generation before is in charge, the log untouched.
    pub fn migrate(
        &mut self,
        to: Backend,
        mover: &Mover<'_>,
        told: &mut dyn FnMut(&Step),
    ) -> Result<Migrated, MigrateError> {
        let result = self.try_to_migrate(to, mover, told);
        if let Err(error) = &result
            && !error.is_refusal()
            && !matches!(error, MigrateError::NotReadAgain { .. })
        {
            let why = told_whole(error);
            self.tell(mover, DeedKind::MigrationFailed { to, why });
        }
        result
    }

    fn try_to_migrate(
        &mut self,
        to: Backend,
        mover: &Mover<'_>,
        told: &mut dyn FnMut(&Step),
    ) -> Result<Migrated, MigrateError> {
        let held = self.hold_migration()?;
        self.refresh()?;
        if to == self.current.backend {
            return Err(MigrateError::AlreadyThere { backend: to });
        }
        self.refuse_edited_view(to, mover)?;
        let removed = self.current.remove_others(&self.root).and(Current::sweep(&self.root));
        removed.map_err(|source| MigrateError::Io { action: "tidy up", source })?;
        let result = self.build_and_switch(to, mover, told);
        // What was built half, or is no longer kept, is removed by the next one, if not now.
        let _ = self.current.remove_others(&self.root);
        drop(held);
        result
    }

    fn build_and_switch(
        &mut self,
        to: Backend,
        mover: &Mover<'_>,
        told: &mut dyn FnMut(&Step),
    ) -> Result<Migrated, MigrateError> {
        let keeper = Keeper { by: mover.by, ..Keeper::now(mover.now) };
        let made = self.back_up(&keeper, Wish::because(Occasion::Move)).map_err(not_backed_up)?;
        let file = self.name_of(&self.backup_directory().join(&made.folder));
        told(&Step::BackedUp { file, bytes: made.bytes });
        let from = self.current;
        let number = all(&self.root).last().copied().unwrap_or(0).max(from.generation) + 1;
        let before = Some(self.left(mover.now));
        // Whoever asks for less than the scale does wants it to stay so.
        let stays = !mover.automatic && to < self.policy.advice(&self.scale(mover.now));
        let next = Current { generation: number, backend: to, before, stays };
        let mut target = Target::new(&self.root, next);
        let of = self.checkpoint.count;
        let mut done = 0;
        target.build(&self.store, &mut || {
            done += 1;
            told(&Step::Building { done, of });
        })?;
        self.catch_up(&mut target)?;
        let aggregates = self.state.milestone_ids().len() + self.state.task_streams().len();
        told(&Step::Comparing { aggregates });
        let fingerprint = self.compare(&mut target, mover.now)?;
        told(&Step::Same { fingerprint });
        let read = self.switch(&mut target, next)?;
        let moved = self.moved(from);
        self.tell(mover, DeedKind::Migrated(moved));
        read?;
        told(&Step::Switched);
        Ok(Migrated { moved, caught_up: 0 })
    }

    /// Puts the generation before back in charge, with everything that was recorded since.
    ///
    /// # Errors
    ///
    /// [`MigrateError`]: the generation of now is still in charge, the log untouched.
    pub fn rollback(&mut self, mover: &Mover<'_>) -> Result<Migrated, MigrateError> {
        let held = self.hold_migration()?;
        self.refresh()?;
        let from = self.current;
        let Some(back) = from.before else { return Err(MigrateError::NothingBefore) };
        self.refuse_edited_view(back.backend, mover)?;
        let before = Some(self.left(mover.now));
        let (generation, backend) = (back.generation, back.backend);
        let next = Current { generation, backend, before, stays: true };
        let mut target = Target::new(&self.root, next);
        self.catch_up(&mut target)?;
        self.compare(&mut target, mover.now)?;
        let read = self.switch(&mut target, next)?;
        let moved = self.moved(from);
        self.tell(mover, DeedKind::RolledBack(moved));
        read?;
        let caught_up = moved.records.saturating_sub(back.records);
        drop(held);
        Ok(Migrated { moved, caught_up })
    }

    /// Removes the generation that could be gone back to, and what migrations left behind.
    ///
    /// # Errors
    ///
    /// [`MigrateError`] if something cannot be removed.
    pub fn prune(&mut self, mover: &Mover<'_>) -> Result<Vec<u32>, MigrateError> {
        let held = self.hold_migration()?;
        let failed = |source| MigrateError::Io { action: "remove the generation before", source };
        let next = Current { before: None, ..Current::read(&self.root) };
        let guard = self.store.lock(LOCK_WAIT)?;
        next.switch(&self.root).map_err(failed)?;
        drop(guard);
        self.current = next;
        let generations = next.remove_others(&self.root).map_err(failed)?;
        self.tell(mover, DeedKind::Pruned { generations: generations.clone() });
        drop(held);
        Ok(generations)
    }

    /// What this machine did with its projections, the oldest first.
    pub fn journal(&self) -> Vec<Deed> {
        Journal::of(&self.root).read()
    }

    /// The backend that could be gone back to, and since when it is not in charge.
    pub fn before(&self) -> Option<(Backend, Timestamp)> {
        self.current.before.map(|before| (before.backend, before.until))
    }

    /// The number of the generation in charge, from 1.
    pub fn generation(&self) -> u32 {
        self.current.generation
    }

    /// True if somebody chose a smaller backend than the scale asks for, by going back or by moving
    /// down: no threshold moves the project on until they ask for it.
    pub fn stays(&self) -> bool {
        self.current.stays
    }

    fn hold_migration(&self) -> Result<Held, MigrateError> {
        if self.read_only {
            return Err(MigrateError::ReadOnly);
        }
        let failed = |source| MigrateError::Io { action: "take the lock of migrations", source };
        // A fresh clone has nothing of its own yet.
        std::fs::create_dir_all(self.root.join("local")).map_err(failed)?;
        let path = self.root.join(LOCK);
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Held(file)),
            Err(TryLockError::WouldBlock) => Err(MigrateError::Busy),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Files that were edited by hand would no longer be looked at where there is no view.
    fn refuse_edited_view(&self, to: Backend, mover: &Mover<'_>) -> Result<(), MigrateError> {
        if mover.automatic || !self.current.backend.has_view() || to.has_view() {
            return Ok(());
        }
        let files = self.edited_files();
        if files.is_empty() { Ok(()) } else { Err(MigrateError::Unadopted { files }) }
    }

    /// Brings the target to a moment of the log that the generation in charge has reached too.
    fn catch_up(&mut self, target: &mut Target) -> Result<(), MigrateError> {
        for _ in 0..ROUNDS_MAX {
            self.refresh()?;
            let behind = target.behind(&self.checkpoint);
            target.follow(&self.store, &self.state, &self.checkpoint)?;
            if behind < LAG_RECORDS_MAX {
                return Ok(());
            }
        }
        Err(MigrateError::TooFast)
    }

    /// Leaves little to be done under the lock: the first round after a comparison has much to
    /// read, each further one what was written during the one before.
    fn come_close(&mut self, target: &mut Target) -> Result<(), MigrateError> {
        for _ in 0..ROUNDS_FEW {
            self.refresh()?;
            let behind = target.behind(&self.checkpoint);
            target.follow(&self.store, &self.state, &self.checkpoint)?;
            if behind < LAG_RECORDS_FEW {
                break;
            }
        }
        Ok(())
    }

    /// Compares every aggregate of both generations, at the same moment of the log.
    fn compare(
        &mut self,
        target: &mut Target,
        now: Timestamp,
    ) -> Result<Fingerprint, MigrateError> {
        let state = self.common_state(target)?;
        let (here, there) = (Fingerprint::of_state(&self.state), target.fingerprint(&state)?);
        let streams = report::differences(&self.state, &state);
        if self.is_damaged() {
            return Err(MigrateError::Damaged);
        }
        if here != there || !streams.is_empty() {
            let report = report::write(&self.root, now, &streams, &self.state, &state).ok();
            return Err(MigrateError::Differs { streams, here, there, report });
        }
        Ok(here)
    }

    /// Brings both generations to one moment of the log and says what the target has then. Others
    /// write meanwhile, but where what they wrote is not simply more.
    fn common_state(&mut self, target: &mut Target) -> Result<State, MigrateError> {
        self.refresh()?;
        target.follow(&self.store, &self.state, &self.checkpoint)?;
        if let Some(state) = target.state_at(&self.store, &self.checkpoint)? {
            return Ok(state);
        }
        let guard = self.store.lock(LOCK_WAIT)?;
        self.refresh()?;
        target.follow(&self.store, &self.state, &self.checkpoint)?;
        let state = target.state(&self.store);
        drop(guard);
        state
    }

    /// Takes the lock and puts the target in charge. The last few records it may lack are folded on
    /// by whoever begins at it, and written by the next command that writes. Then it is done,
    /// whether or not this process can read the project again, which is what is inside.
    fn switch(
        &mut self,
        target: &mut Target,
        next: Current,
    ) -> Result<Result<(), MigrateError>, MigrateError> {
        for _ in 0..ROUNDS_MAX {
            self.come_close(target)?;
            let guard = self.store.lock(LOCK_WAIT)?;
            self.refresh()?;
            if target.behind(&self.checkpoint) >= LAG_RECORDS_MAX {
                drop(guard);
                self.catch_up(target)?;
                continue;
            }
            let failed = |source| MigrateError::Io { action: "switch", source };
            let records = self.checkpoint.count;
            let before = next.before.map(|before| Before { records, ..before });
            let next = Current { before, ..next };
            next.switch(&self.root).map_err(failed)?;
            drop(guard);
            let read = self.restore();
            if read.is_ok() {
                self.follow_with_view();
            }
            return Ok(read.map_err(|source| MigrateError::NotReadAgain { source }));
        }
        Err(MigrateError::TooFast)
    }

    /// The view is no part of a generation: it is written, or taken away, after the switch. Whoever
    /// holds the lock all the time brings it up to date as well.
    fn follow_with_view(&mut self) {
        while let Ok(guard) = self.store.lock(LOCK_WAIT) {
            let done = self.current.backend.has_view() || self.clear_view();
            if self.current.backend.has_view() {
                self.update_views();
            }
            drop(guard);
            if done {
                return;
            }
            std::thread::sleep(TURN);
        }
    }

    /// The generation in charge, as the one before another.
    fn left(&self, until: Timestamp) -> Before {
        let Current { generation, backend, .. } = self.current;
        Before { generation, backend, until, records: self.checkpoint.count }
    }

    fn moved(&self, from: Current) -> Move {
        Move {
            from: from.backend,
            to: self.current.backend,
            from_generation: from.generation,
            to_generation: self.current.generation,
            records: self.checkpoint.count,
        }
    }

    /// The journal tells; if it cannot, what was done is done all the same.
    fn tell(&self, mover: &Mover<'_>, what: DeedKind) {
        let deed = Deed { at: mover.now, by: mover.by.to_owned(), what };
        let _ = Journal::of(&self.root).tell(&deed);
    }
}

impl MigrateError {
    /// True if it was not even tried, and for a good reason.
    fn is_refusal(&self) -> bool {
        let busy = matches!(self, Self::Busy | Self::ReadOnly);
        busy || matches!(self, Self::AlreadyThere { .. } | Self::Unadopted { .. })
    }
}

/// Without a backup nothing moves.
fn not_backed_up(error: BackupError) -> MigrateError {
    let source = match error {
        BackupError::Io { source, .. } => source,
        other => std::io::Error::other(other),
    };
    MigrateError::Io { action: "make a backup", source }
}

/// An error with everything that caused it, in one line.
pub(crate) fn told_whole(error: &dyn std::error::Error) -> String {
    let mut whole = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        whole = format!("{whole}: {cause}");
        source = cause.source();
    }
    whole
}
