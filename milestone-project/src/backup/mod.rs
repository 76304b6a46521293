//! Backups: the log, what people typed in, and this machine's journal, at moments that come back.
//!
//! Start at [`Project::back_up`](crate::Project::back_up) for making one and [`Vault`] for
//! all that is done with a directory of them. One concept a file: `chain` (what there is),
//! `pack` (bytes), `create`, `follow` (new records at once), `verify`, `restore` and `in_place`,
//! `retention`.
//!
//! - **Invariant.** A backup is good once it was brought back for a trial and was what it should
//!   be.
//! - **Invariant.** A backup appears whole, synced, by one rename, or not at all.
//! - **Invariant.** A full one shares no byte with any other, so that no damage reaches beyond the
//!   next full one.
//! - **Absent on purpose.** Whatever follows from the log: projections, views, snapshots. A copy of
//!   a live database is never taken.

mod chain;
mod create;
mod error;
mod follow;
mod in_place;
mod pack;
mod restore;
mod retention;
mod verify;

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

pub use chain::{ChainFault, Occasion, Point};
pub use create::Wish;
pub use error::BackupError;
pub use in_place::BroughtBack;
pub use restore::{Restored, Wanted};
pub use retention::{GROUPS_KEPT_MIN, POINTS_KEPT_MIN};
pub use verify::{ObjectFault, Rehearsal, VaultCheck};

use chain::Chain;
use pack::{Manifest, Unusable};

/// Where backups are unless somebody names another place, in the project's directory.
pub(crate) const BACKUPS: &str = "local/backups";

/// What is copied, in the project's directory: folders whole, files alone.
const SOURCES: [&str; 8] = [
    "log",
    "config.toml",
    "templates",
    "workflows",
    "PRIME.md",
    ".gitattributes",
    ".gitignore",
    "local/journal.jsonl",
];

/// The file that whoever changes the backups holds a lock on, in their directory.
const LOCK: &str = "lock";

/// A full backup is due after so many days.
pub const FULL_DAYS: i64 = 7;

/// The same in microseconds, less half a day: nobody begins each day at the same minute.
pub(crate) const FULL_DUE_MICROS: u64 = (FULL_DAYS.unsigned_abs() * 24 - 12) * 3_600_000_000;

/// Backups are kept for so many days unless somebody says otherwise.
pub const KEEP_DAYS: u32 = 35;

/// Where backups go and how long they stay: a matter of one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPolicy {
    /// The directory; `local/backups` of the project if absent.
    pub directory: Option<PathBuf>,
    /// True if new records go to a named directory at once.
    pub continuous: bool,
    /// True if the first command of a day makes one.
    pub daily: bool,
    /// Old ones are kept for so many days.
    pub keep_days: u32,
}

impl Default for BackupPolicy {
    fn default() -> Self {
        Self { directory: None, continuous: true, daily: true, keep_days: KEEP_DAYS }
    }
}

/// A directory of backups. It needs no project: that may be what is lost.
#[derive(Debug)]
pub struct Vault {
    dir: PathBuf,
    chain: Chain,
}

/// The right to change a directory of backups, until it is dropped.
struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

impl Vault {
    /// Opens the backups in `dir`; a directory that is not there has none.
    ///
    /// # Errors
    ///
    /// [`BackupError::Io`] if the chain cannot be read.
    pub fn open(dir: &Path) -> Result<Self, BackupError> {
        let chain = Chain::read(dir).map_err(|source| BackupError::io("read", dir, source))?;
        Ok(Self { dir: dir.to_owned(), chain })
    }

    /// Where they are.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The backups, the oldest first.
    pub fn points(&self) -> &[Point] {
        &self.chain.points
    }

    /// What is wrong with the chain.
    pub fn chain_faults(&self) -> &[ChainFault] {
        &self.chain.faults
    }

    /// Opens them for a change, which nobody else makes meanwhile.
    fn hold(dir: &Path) -> Result<(Self, Held), BackupError> {
        let failed = |source| BackupError::io("lock", dir, source);
        let mut options = OpenOptions::new();
        let lock = options.create(true).truncate(false).write(true).open(dir.join(LOCK));
        let lock = lock.map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok((Self::open(dir)?, Held(lock))),
            Err(TryLockError::WouldBlock) => Err(BackupError::Busy),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    fn folder(&self, backup: u64) -> Option<PathBuf> {
        self.chain.point(backup).map(|point| self.dir.join(&point.folder))
    }

    fn manifest(&self, point: &Point) -> Result<Manifest, Unusable> {
        Manifest::read(&self.dir.join(&point.folder), &point.manifest)
    }
}

/// A file that belongs into a backup.
#[derive(Debug, Clone)]
struct Source {
    path: String,
    bytes: u64,
    mtime_ns: i64,
    inode: u64,
}

/// Everything that belongs into a backup of the project whose directory is `root`, by path.
fn sources(root: &Path) -> io::Result<Vec<Source>> {
    fn add(root: &Path, path: &str, found: &mut Vec<Source>) -> io::Result<()> {
        use std::os::unix::fs::MetadataExt;
        let whole = root.join(path);
        let meta = match whole.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other?,
        };
        if meta.is_dir() {
            for entry in std::fs::read_dir(&whole)? {
                // A name that is no text is none that this program gave or reads.
                if let Ok(name) = entry?.file_name().into_string()
                    && !name.starts_with('.')
                {
                    add(root, &format!("{path}/{name}"), found)?;
                }
            }
        } else if meta.is_file() {
            let mtime_ns =
                meta.mtime().saturating_mul(1_000_000_000).saturating_add(meta.mtime_nsec());
            let (bytes, inode) = (meta.len(), meta.ino());
            found.push(Source { path: path.to_owned(), bytes, mtime_ns, inode });
        }
        Ok(())
    }
    let mut found = Vec::new();
    SOURCES.iter().try_for_each(|source| add(root, source, &mut found))?;
    found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// How many bytes a full backup of the project would read.
pub(crate) fn bytes_to_read(root: &Path) -> u64 {
    sources(root).map_or(0, |found| found.iter().map(|source| source.bytes).sum())
}
