//! Keeping house, once a day: a backup is made and tried, and what is needed no longer goes.
//!
//! Start at [`Project::maintain`]; [`Project::is_maintenance_due`] says when a day's first command
//! should ask for it.
//!
//! - **Invariant.** Nothing that is truth is ever touched: no log, no archive, nothing that people
//!   wrote, and nothing whose name this program did not give. What goes can be made again, or is a
//!   copy of which newer ones are kept.
//! - **Invariant.** A generation that could be gone back to stays: only `migrate prune` removes it.
//! - **Invariant.** It stops when its time is over and goes on the next time. What it did is in the
//!   journal; what it could not do is left as it is.
//! - **Absent on purpose.** A clock: whoever asks says when the time is over.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use milestone_core::words::Timestamp;

use crate::backup::{self, BackupError, FULL_DUE_MICROS, Occasion, Vault, Wish};
use crate::generation::UNFINISHED;
use crate::journal::{Deed, DeedKind, Journal};
use crate::migrate::told_whole;
use crate::project::Project;

/// The day of the last maintenance, in the project's directory.
const DONE_ON: &str = "local/maintained";

/// A log with fewer records than this is not backed up unless somebody asks.
pub const BACKUP_RECORDS_MIN: u64 = 10;

/// About how many bytes a full backup takes in a millisecond.
const BYTES_PER_MS: u64 = 60_000;

/// About how many records a trial brings back in a millisecond.
const RECORDS_PER_MS: u64 = 40;

/// A temporary file that is older than this belongs to nobody any more.
pub const STALE_HOURS: u64 = 24;

/// How the program's own temporary files begin, beside those of migrations and backups.
const TEMPORARY: [&str; 3] = [UNFINISHED, ".tmp", ".new-"];

/// Who asks for maintenance, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeper<'a> {
    /// Who asks; empty if nobody did.
    pub by: &'a str,
    /// When.
    pub now: Timestamp,
    /// True if nothing is to be done but to say what would be.
    pub dry_run: bool,
    /// About how long it may take, in milliseconds: what takes longer is not begun.
    pub budget_ms: u64,
}

impl Keeper<'_> {
    /// Nobody in particular, with all the time there is.
    pub fn now(now: Timestamp) -> Self {
        Self { by: "", now, dry_run: false, budget_ms: u64::MAX }
    }
}

/// What maintenance did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Maintained {
    /// Backups that were removed, by their paths in the project's directory, the oldest first.
    pub backups: Vec<String>,
    /// Temporary files that were left behind and removed, likewise.
    pub temporary: Vec<String>,
    /// Bytes that these took.
    pub bytes: u64,
    /// The backup that was made, by its path in the project's directory, or whole.
    pub made: Option<String>,
    /// The backup that was brought back for a trial and is good.
    pub verified: Option<u64>,
    /// True if the snapshot was written anew.
    pub snapshot: bool,
    /// True if the time was over before everything was done.
    pub unfinished: bool,
    /// What could not be done, and why; nothing depends on it.
    pub failed: Vec<String>,
}

impl Maintained {
    /// True if something was done.
    pub fn did_something(&self) -> bool {
        self.removed_something() || self.made.is_some() || self.verified.is_some()
    }

    /// True if something was taken away.
    pub fn removed_something(&self) -> bool {
        !self.backups.is_empty() || !self.temporary.is_empty()
    }
}

impl Project {
    /// True if nothing of this day was maintained yet, and it may be.
    pub fn is_maintenance_due(&self, now: Timestamp) -> bool {
        !self.read_only && std::fs::read_to_string(self.root.join(DONE_ON)).ok() != Some(day(now))
    }

    /// Takes away what is needed no longer, until `is_over` says that the time is. Never fails:
    /// what cannot be done is told. Does nothing to a project that is only read.
    pub fn maintain(
        &mut self,
        keeper: &Keeper<'_>,
        is_over: &mut dyn FnMut() -> bool,
    ) -> Maintained {
        let mut done = Maintained::default();
        if self.read_only {
            return done;
        }
        let Keeper { by, now, dry_run, .. } = *keeper;
        if dry_run {
            self.remove_backups(keeper, is_over, &mut done);
            self.remove_temporary(keeper, is_over, &mut done);
            return done;
        }
        // Noted first: a day's commands do not try again and again what cannot be done.
        if let Err(error) = std::fs::write(self.root.join(DONE_ON), day(now)) {
            done.failed.push(format!("{DONE_ON}: {error}"));
            return done;
        }
        self.remove_backups(keeper, is_over, &mut done);
        self.remove_temporary(keeper, is_over, &mut done);
        match is_over() {
            true => done.unfinished = true,
            false => {
                self.back_up_daily(keeper, &mut done);
                self.rehearse_newest(keeper, is_over, &mut done);
                let before = self.snapshot_time();
                self.keep_snapshot_current();
                done.snapshot = self.snapshot_time() != before;
            }
        }
        if done.unfinished {
            // The next command goes on with the rest.
            let _ = std::fs::remove_file(self.root.join(DONE_ON));
        }
        if done.removed_something() {
            let (backups, temporary) = (done.backups.clone(), done.temporary.clone());
            let what = DeedKind::Maintained { backups, temporary, bytes: done.bytes };
            let deed = Deed { at: now, by: by.to_owned(), what };
            if let Err(error) = Journal::of(&self.root).tell(&deed) {
                done.failed.push(format!("the journal: {error}"));
            }
        }
        done
    }

    fn snapshot_time(&self) -> Option<SystemTime> {
        self.current.snapshot(&self.root).metadata().ok()?.modified().ok()
    }

    fn remove_backups(
        &self,
        keeper: &Keeper<'_>,
        is_over: &mut dyn FnMut() -> bool,
        done: &mut Maintained,
    ) {
        match self.prune_backups(keeper.now, keeper.dry_run, is_over) {
            Ok((names, bytes, all)) => {
                done.backups = names;
                done.bytes += bytes;
                done.unfinished |= !all;
            }
            Err(BackupError::Busy) => {}
            Err(error) => done.failed.push(told_whole(&error)),
        }
    }

    /// Makes the day's backup, if there is something new: a full one if that is due and there is
    /// time for it.
    fn back_up_daily(&mut self, keeper: &Keeper<'_>, done: &mut Maintained) {
        let policy = self.backup_policy();
        if !policy.daily || self.checkpoint.count < BACKUP_RECORDS_MIN {
            return;
        }
        let dir = self.backup_directory();
        let vault = match Vault::open(&dir) {
            Ok(vault) => vault,
            Err(error) => return done.failed.push(told_whole(&error)),
        };
        let same = |point: &backup::Point| point.digest == self.checkpoint.digest;
        if vault.points().last().is_some_and(|last| same(last) && !last.damaged) {
            return;
        }
        let full = vault.points().iter().rfind(|point| point.full && !point.damaged);
        let age = full.map(|full| keeper.now.0.abs_diff(full.at.0));
        let week = FULL_DUE_MICROS;
        let takes_ms = backup::bytes_to_read(&self.root) / BYTES_PER_MS;
        // What has waited for two weeks waits no longer.
        let full =
            age.is_none_or(|age| age >= 2 * week || (age >= week && takes_ms <= keeper.budget_ms));
        let why = if full { Occasion::Weekly } else { Occasion::Daily };
        match self.back_up(keeper, Wish { full, ..Wish::because(why) }) {
            Ok(point) => done.made = Some(self.name_of(&dir.join(point.folder))),
            Err(BackupError::Busy) => {}
            Err(error) => done.failed.push(told_whole(&error)),
        }
    }

    /// Brings the newest backup back for a trial, if nobody did and there is time for it.
    fn rehearse_newest(
        &self,
        keeper: &Keeper<'_>,
        is_over: &mut dyn FnMut() -> bool,
        done: &mut Maintained,
    ) {
        let vault = Vault::open(&self.backup_directory()).ok();
        let newest = vault.and_then(|vault| vault.points().last().cloned());
        let Some(newest) = newest.filter(|point| point.verified.is_none() && !point.damaged) else {
            return;
        };
        if newest.records / RECORDS_PER_MS > keeper.budget_ms || is_over() {
            return;
        }
        match self.rehearse_backup(newest.number, keeper.now) {
            Ok(rehearsal) => done.verified = Some(rehearsal.backup),
            Err(BackupError::Busy) => {}
            Err(error) => done.failed.push(told_whole(&error)),
        }
    }

    fn remove_temporary(
        &self,
        keeper: &Keeper<'_>,
        is_over: &mut dyn FnMut() -> bool,
        done: &mut Maintained,
    ) {
        let mut gone = Vec::new();
        for folder in [self.root.join("local"), self.backup_directory()] {
            for (name, is_folder) in names(&folder) {
                let path = folder.join(&name);
                // Of folders only those of moves and backups are ours.
                let mut ours = TEMPORARY.iter().filter(|begin| !is_folder || **begin == UNFINISHED);
                let ours = ours.any(|begin| name.starts_with(begin));
                if ours && is_stale(&path, keeper.now) {
                    gone.push(path);
                }
            }
        }
        let mut removed = Vec::new();
        self.remove((gone.into_iter(), keeper), is_over, done, &mut removed);
        done.temporary = removed;
    }

    fn remove(
        &self,
        (gone, keeper): (impl Iterator<Item = PathBuf>, &Keeper<'_>),
        is_over: &mut dyn FnMut() -> bool,
        done: &mut Maintained,
        removed: &mut Vec<String>,
    ) {
        for whole in gone {
            if is_over() {
                done.unfinished = true;
                return;
            }
            let path = self.name_of(&whole);
            let found = whole.symlink_metadata();
            let bytes = found.as_ref().map_or(0, std::fs::Metadata::len);
            let removal = match found.is_ok_and(|found| found.is_dir()) {
                _ if keeper.dry_run => Ok(()),
                true => std::fs::remove_dir_all(&whole),
                false => std::fs::remove_file(&whole),
            };
            match removal {
                Ok(()) => {
                    done.bytes += bytes;
                    removed.push(path);
                }
                // Another process keeps house, too.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => done.failed.push(format!("{path}: {error}")),
            }
        }
    }
}

/// The names of the plain files and the folders in a folder, sorted, and which are folders.
fn names(folder: &Path) -> Vec<(String, bool)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let known = entries.filter_map(|entry| {
        let kind = entry.file_type().ok().filter(|kind| kind.is_file() || kind.is_dir())?;
        Some((entry.file_name().into_string().ok()?, kind.is_dir()))
    });
    let mut names: Vec<(String, bool)> = known.collect();
    names.sort_unstable();
    names
}

fn is_stale(path: &Path, now: Timestamp) -> bool {
    let now = SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(now.0).unwrap_or(0));
    let modified = path.symlink_metadata().ok().and_then(|found| found.modified().ok());
    let age = modified.and_then(|at| now.duration_since(at).ok());
    age.is_some_and(|age| age > Duration::from_secs(STALE_HOURS * 3_600))
}

/// The day, as it is noted.
fn day(now: Timestamp) -> String {
    format!("{now:.10}\n")
}
