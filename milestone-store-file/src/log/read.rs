//! Listing the log's files and reading their bytes, without any lock.
//!
//! Start at [`files`]. Files that are archived are listed and read by `archives`.
//!
//! - **Invariant.** Only regular files are listed; links, folders and FIFOs are not part of a log.
//! - **Invariant.** No descriptor outlives a call: git replaces these files whenever it likes.
//! - **Not promised.** Two calls do not see the same moment; what vanished reads as empty.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use milestone_core::log::{FileStat, ReadError};

use super::archives::Archives;
use super::paths::{Paths, is_archive_name, is_log_name, options, shown};

/// Nanoseconds in a second.
const NS_PER_S: i64 = 1_000_000_000;
/// How often a folder is listed that changes meanwhile.
const LISTINGS_MAX: u32 = 3;

/// Lists the log's files, sorted by name; what is archived under its old name.
pub(super) fn files(
    paths: &Paths,
    archives: &Archives,
    may_write: bool,
) -> Result<Vec<FileStat>, ReadError> {
    let (mut plain, mut archived) = (Vec::new(), Vec::new());
    for found in listed(paths)? {
        if is_archive_name(&found.name) { archived.push(found) } else { plain.push(found) }
    }
    Ok(archives.list(paths, plain, archived, may_write))
}

/// Every file of the log as it is, plain or archived, sorted by name.
pub(super) fn listed(paths: &Paths) -> Result<Vec<FileStat>, ReadError> {
    let changed = || std::fs::metadata(&paths.log).and_then(|found| found.modified()).ok();
    let mut before = changed();
    let mut found = listed_once(paths)?;
    // While a folder is read, a file that changes its name in it may be missed under both.
    for _ in 1..LISTINGS_MAX {
        let after = changed();
        if before == after {
            break;
        }
        before = after;
        found = listed_once(paths)?;
    }
    found.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn listed_once(paths: &Paths) -> Result<Vec<FileStat>, ReadError> {
    let cannot_read = |source| ReadError::Io { what: shown(&paths.log), source };
    let entries = match std::fs::read_dir(&paths.log) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(cannot_read(source)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(cannot_read)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !is_log_name(&name) && !is_archive_name(&name) {
            continue;
        }
        match entry.metadata() {
            Ok(stat) if stat.is_file() => found.push(file_stat(name, &stat)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(ReadError::Io { what: shown(&entry.path()), source }),
        }
    }
    Ok(found)
}

/// One file as it is now, if it is there.
pub(super) fn now(paths: &Paths, name: &str) -> Option<FileStat> {
    let stat = paths.log.join(name).symlink_metadata().ok().filter(Metadata::is_file)?;
    Some(file_stat(name.to_owned(), &stat))
}

/// An open file of the log, as it is now.
pub(super) fn stat_of(file: &File, path: &Path) -> Result<FileStat, ReadError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stat = file.metadata();
    let stat = stat.map_err(|source| ReadError::Io { what: shown(path), source })?;
    Ok(file_stat(name, &stat))
}

pub(super) fn file_stat(name: String, stat: &Metadata) -> FileStat {
    let mtime_ns = stat.mtime().saturating_mul(NS_PER_S).saturating_add(stat.mtime_nsec());
    FileStat { name, len_bytes: stat.len(), mtime_ns, inode: stat.ino() }
}

/// Reads bytes of one file; 0 at its end and for a file that is not there, plain or archived.
pub(super) fn read_at(
    paths: &Paths,
    archives: &Archives,
    name: &str,
    offset: u64,
    into: &mut [u8],
) -> Result<usize, ReadError> {
    let mut read = || {
        let file = options().read(true).open(paths.log_file(name)?)?;
        loop {
            match file.read_at(into, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    };
    if is_archive_name(name) {
        return archives.read_at(paths, name, offset, into);
    }
    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            archives.read_at(paths, name, offset, into)
        }
        other => {
            other.map_err(|source| ReadError::Io { what: shown(&paths.log.join(name)), source })
        }
    }
}
