//! Keeping house: what this machine made and needs no longer is taken away, once a day.
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

use crate::backup::BACKUPS;
use crate::generation::UNFINISHED;
use crate::journal::{Deed, DeedKind, Journal};
use crate::project::Project;

/// The day of the last maintenance, in the project's directory.
const DONE_ON: &str = "local/maintained";

/// So many of the newest backups are kept, however old they are.
pub const BACKUPS_KEPT_MIN: usize = 3;

/// So many backups are kept at most, however new they are.
pub const BACKUPS_KEPT_MAX: usize = 20;

/// Backups beyond [`BACKUPS_KEPT_MIN`] are kept for so many days.
pub const BACKUP_DAYS: i64 = 30;

/// A temporary file that is older than this belongs to nobody any more.
pub const STALE_HOURS: u64 = 24;

/// How the program's own temporary files begin, beside those of migrations.
const TEMPORARY: [&str; 3] = [UNFINISHED, ".tmp", ".new-"];

const DAY_MICROS: i64 = 86_400_000_000;

/// Who asks for maintenance, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeper<'a> {
    /// Who asks; empty if nobody did.
    pub by: &'a str,
    /// When.
    pub now: Timestamp,
    /// True if nothing is to be done but to say what would be.
    pub dry_run: bool,
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
        let Keeper { by, now, dry_run } = *keeper;
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
                let before = self.snapshot_time();
                self.keep_snapshot_current();
                done.snapshot = self.snapshot_time() != before;
            }
        }
        if done.unfinished {
            // The next command goes on with the rest.
            let _ = std::fs::remove_file(self.root.join(DONE_ON));
        }
        if done.did_something() {
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
        let mut backups: Vec<(Timestamp, String)> = names(&self.root.join(BACKUPS))
            .into_iter()
            .filter_map(|name| Some((time_of(&name)?, name)))
            .collect();
        // The newest first; of one minute the one with the greater number.
        backups.sort_unstable_by(|a, b| (b.0, b.1.len(), &b.1).cmp(&(a.0, a.1.len(), &a.1)));
        let old = keeper.now.0.saturating_sub(BACKUP_DAYS * DAY_MICROS);
        let goes = |(place, (at, _)): &(usize, &(Timestamp, String))| {
            *place >= BACKUPS_KEPT_MAX || (*place >= BACKUPS_KEPT_MIN && at.0 < old)
        };
        let gone: Vec<String> = backups
            .iter()
            .enumerate()
            .filter(goes)
            .map(|(_, (_, name))| format!("{BACKUPS}/{name}"))
            .collect();
        let mut removed = Vec::new();
        self.remove((gone.into_iter().rev(), keeper), is_over, done, &mut removed);
        done.backups = removed;
    }

    fn remove_temporary(
        &self,
        keeper: &Keeper<'_>,
        is_over: &mut dyn FnMut() -> bool,
        done: &mut Maintained,
    ) {
        let mut gone = Vec::new();
        for folder in ["local", BACKUPS] {
            for name in names(&self.root.join(folder)) {
                let path = format!("{folder}/{name}");
                let ours = TEMPORARY.iter().any(|begin| name.starts_with(begin));
                if ours && is_stale(&self.root.join(&path), keeper.now) {
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
        (gone, keeper): (impl Iterator<Item = String>, &Keeper<'_>),
        is_over: &mut dyn FnMut() -> bool,
        done: &mut Maintained,
        removed: &mut Vec<String>,
    ) {
        for path in gone {
            if is_over() {
                done.unfinished = true;
                return;
            }
            let whole: PathBuf = self.root.join(&path);
            let bytes = whole.symlink_metadata().map_or(0, |found| found.len());
            let removal = if keeper.dry_run { Ok(()) } else { std::fs::remove_file(&whole) };
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

/// The names of the plain files in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let plain = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut names: Vec<String> =
        plain.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

/// When a backup of that name was made; `None` if it is none of ours.
fn time_of(name: &str) -> Option<Timestamp> {
    let stem = name.strip_suffix(".tar.zst")?;
    let (minute, number) = stem.split_once('Z')?;
    let number = number.strip_prefix('-').unwrap_or(number);
    let (date, hour) = minute.split_once('T')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if hour.len() != 4 || !digits(hour) || !digits(number) {
        return None;
    }
    Timestamp::parse(&format!("{date}T{}:{}:00Z", &hour[..2], &hour[2..]))
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
