//! Listing the log's files and reading their bytes, without any lock.
//!
//! Start at [`files`]. Files that are archived are listed and read by `archives`.
//!
//! - **Invariant.** Only regular files are listed; links, folders and FIFOs are not part of a log.
//! - **Invariant.** No descriptor outlives a call: git replaces these files whenever it likes.
//! - **Not promised.** Two calls do not see the same moment; what vanished reads as empty.

use std::io;
use std::path::Path;

use milestone_core::log::{FileStat, ReadError};

use super::archives::Archives;
use super::paths::{Paths, is_archive_name, is_log_name, shown};
use crate::disk::{Disk, How, Kind, Stat, if_there};

/// How often a folder is listed that changes meanwhile.
const LISTINGS_MAX: u32 = 3;

/// Lists the log's files, sorted by name; what is archived under its old name.
pub(super) fn files<D: Disk>(
    paths: &Paths<D>,
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
pub(super) fn listed<D: Disk>(paths: &Paths<D>) -> Result<Vec<FileStat>, ReadError> {
    let changed = || paths.disk.stat_at(&paths.log).map(|found| found.mtime_ns).ok();
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

fn listed_once<D: Disk>(paths: &Paths<D>) -> Result<Vec<FileStat>, ReadError> {
    let wanted = |name: &str| is_log_name(name) || is_archive_name(name);
    let found = if_there(paths.disk.list(&paths.log, &wanted));
    let found = found.map_err(|source| ReadError::Io { what: shown(&paths.log), source })?;
    let files = found.into_iter().flatten().filter(|(_, stat)| stat.kind == Kind::File);
    Ok(files.map(|(name, stat)| file_stat(name, &stat)).collect())
}

/// One file as it is now, if it is there.
pub(super) fn now<D: Disk>(paths: &Paths<D>, name: &str) -> Option<FileStat> {
    let stat = paths.disk.stat_at(&paths.log.join(name)).ok()?;
    (stat.kind == Kind::File).then(|| file_stat(name.to_owned(), &stat))
}

/// An open file of the log, as it is now.
pub(super) fn stat_of<D: Disk>(
    disk: &D,
    file: &D::File,
    path: &Path,
) -> Result<FileStat, ReadError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stat = disk.stat(file);
    let stat = stat.map_err(|source| ReadError::Io { what: shown(path), source })?;
    Ok(file_stat(name, &stat))
}

pub(super) fn file_stat(name: String, stat: &Stat) -> FileStat {
    FileStat { name, len_bytes: stat.len, mtime_ns: stat.mtime_ns, inode: stat.inode.1 }
}

/// Reads bytes of one file; 0 at its end and for a file that is not there, plain or archived.
pub(super) fn read_at<D: Disk>(
    paths: &Paths<D>,
    archives: &Archives,
    name: &str,
    offset: u64,
    into: &mut [u8],
) -> Result<usize, ReadError> {
    let mut read = || {
        let file = paths.disk.open(&paths.log_file(name)?, How::Read)?;
        loop {
            match paths.disk.read_at(&file, into, offset) {
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
