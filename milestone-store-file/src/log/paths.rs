//! Where things are under `.milestones`, and on which disk.
//!
//! Start at [`Paths`].
//!
//! - **Invariant.** What is created is writable by its owner alone, whatever the umask.

use std::io;
use std::path::{Path, PathBuf};

use super::append::FILE_BYTES_MAX;
use crate::disk::{Disk, FILE_MODE, FOLDER_MODE, Kind, replace};

/// How the name of a log file ends.
pub(super) const LOG_SUFFIX: &str = ".jsonl";
/// How the name of an archived log file ends.
pub(super) const ARCHIVE_SUFFIX: &str = ".jsonl.zst";
/// Length of the hash in an archive's name, in hex digits.
pub(super) const ARCHIVE_HASH_CHARS: usize = 8;

/// The folders and files of one `.milestones`, and the disk that they are on.
#[derive(Debug)]
pub(super) struct Paths<D> {
    pub(super) disk: D,
    /// A log file is continued up to this length in bytes.
    pub(super) file_bytes_max: u64,
    pub(super) root: PathBuf,
    pub(super) log: PathBuf,
    pub(super) local: PathBuf,
    pub(super) lock: PathBuf,
    pub(super) writer: PathBuf,
    pub(super) kept: PathBuf,
    pub(super) recovered: PathBuf,
    pub(super) manifest: PathBuf,
    pub(super) archiving: PathBuf,
}

impl<D: Disk> Paths<D> {
    /// Names everything under `root`; touches nothing.
    pub(super) fn new(disk: D, root: &Path) -> Self {
        // A slash or a dot at the end would make the system follow a link.
        let root: PathBuf = root.components().collect();
        let local = root.join("local");
        Self {
            disk,
            file_bytes_max: FILE_BYTES_MAX,
            log: root.join("log"),
            lock: local.join("lock"),
            writer: local.join("writer"),
            kept: local.join("kept"),
            recovered: local.join("recovered"),
            manifest: local.join("archives"),
            archiving: local.join("archiving"),
            local,
            root,
        }
    }

    /// The path of a log file, if `name` can be one: no separators, nothing hidden.
    pub(super) fn log_file(&self, name: &str) -> io::Result<PathBuf> {
        if is_log_name(name) || is_archive_name(name) {
            return Ok(self.log.join(name));
        }
        Err(io::Error::new(io::ErrorKind::InvalidInput, "this is not the name of a log file"))
    }

    /// Creates one folder if it is missing; its parent must exist.
    pub(super) fn create_dir(&self, path: &Path) -> io::Result<()> {
        match self.disk.make_folder(path, FOLDER_MODE) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if self.disk.stat_at(path)?.kind == Kind::Folder {
                    return Ok(());
                }
                Err(io::Error::new(io::ErrorKind::NotADirectory, "there is no folder at this path"))
            }
            other => other,
        }
    }

    /// Opens by `open`; if a folder is missing, creates `dir` and tries once more.
    pub(super) fn open_in<T>(&self, dir: &Path, open: impl Fn() -> io::Result<T>) -> io::Result<T> {
        match open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.create_dir(dir)?;
                open()
            }
            other => other,
        }
    }

    /// Puts a file of `local/` in the place of the one of that name, whole or not at all.
    pub(super) fn replace_local(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let beside = self.local.join(format!(".tmp-{:016x}", self.disk.random()?));
        replace(&self.disk, path, &beside, bytes, FILE_MODE)
    }
}

/// Returns true for a plain file name that ends like a log file's.
pub(super) fn is_log_name(name: &str) -> bool {
    is_plain(name) && name.len() > LOG_SUFFIX.len() && name.ends_with(LOG_SUFFIX)
}

/// Returns true for a plain file name that ends like an archive's.
pub(super) fn is_archive_name(name: &str) -> bool {
    is_plain(name) && name.len() > ARCHIVE_SUFFIX.len() && name.ends_with(ARCHIVE_SUFFIX)
}

fn is_plain(name: &str) -> bool {
    !name.starts_with('.') && !name.contains(['/', '\0'])
}

/// The name of the log file that an archive is of; its own where that cannot be told.
pub(super) fn archived_name(archive: &str) -> String {
    let told = || {
        let (name, hash) = archive.strip_suffix(ARCHIVE_SUFFIX)?.rsplit_once('-')?;
        let is_hash =
            hash.len() == ARCHIVE_HASH_CHARS && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_hash && !name.is_empty()).then(|| format!("{name}{LOG_SUFFIX}"))
    };
    told().unwrap_or_else(|| archive.to_owned())
}

/// What a path is called in an error.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}
