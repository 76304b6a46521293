//! Where things are under `.milestones`, and how files there are opened.
//!
//! Start at [`Paths`].
//!
//! - **Invariant.** Every file is opened with `O_NOFOLLOW`, so that a link planted in a clone leads
//!   nowhere; `O_NONBLOCK`, so that a FIFO cannot hang us; and closed on exec.
//! - **Invariant.** What is created is writable by its owner alone, whatever the umask.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Permissions of a created file, before the umask.
const FILE_MODE: u32 = 0o644;
/// Permissions of a created folder, before the umask.
const DIR_MODE: u32 = 0o755;
/// How the name of a log file ends.
pub(super) const LOG_SUFFIX: &str = ".jsonl";
/// How the name of an archived log file ends.
pub(super) const ARCHIVE_SUFFIX: &str = ".jsonl.zst";
/// Length of the hash in an archive's name, in hex digits.
pub(super) const ARCHIVE_HASH_CHARS: usize = 8;

/// The folders and files of one `.milestones`.
#[derive(Debug)]
pub(super) struct Paths {
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

impl Paths {
    /// Names everything under `root`; touches nothing.
    pub(super) fn new(root: &Path) -> Self {
        // A slash or a dot at the end would make the system follow a link.
        let root: PathBuf = root.components().collect();
        let local = root.join("local");
        Self {
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

/// The flags and permissions that every file here is opened with.
pub(super) fn options() -> OpenOptions {
    let mut options = File::options();
    options.mode(FILE_MODE).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    options
}

/// Creates one folder if it is missing; its parent must exist.
pub(super) fn create_dir(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(DIR_MODE).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if path.symlink_metadata()?.is_dir() {
                return Ok(());
            }
            Err(io::Error::new(io::ErrorKind::NotADirectory, "there is no folder at this path"))
        }
        other => other,
    }
}

/// Opens by `open`; if a folder is missing, creates `dir` and tries once more.
pub(super) fn open_in<T>(dir: &Path, open: impl Fn() -> io::Result<T>) -> io::Result<T> {
    match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create_dir(dir)?;
            open()
        }
        other => other,
    }
}

/// Makes the names in a folder durable.
pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
