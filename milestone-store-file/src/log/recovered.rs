//! Moving a torn tail out of a log file: `local/recovered/`.
//!
//! Start at [`move_torn_tail`]. A last line without LF was never acknowledged and every reader
//! ignores it; this is for `doctor --repair`, which wants it out of sight.
//!
//! - **Invariant.** The fragment is durable in `local/recovered/` before it leaves the log, so that
//!   a crash at any point leaves it in one place at least.
//! - **Absent on purpose.** Moving anything but the end of a file: a log file is never rewritten.

use std::io;
use std::path::PathBuf;

use super::paths::{Paths, shown};
use crate::disk::{Disk, FILE_MODE, How, append_all};

/// How much is read at a time when looking for the last LF, in bytes.
const BLOCK_BYTES: u64 = 64 << 10;
/// How many fragments of the same place are kept beside each other.
const COPIES_MAX: u32 = 1000;

/// A fragment that was moved out of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedFragment {
    /// Where it is now.
    pub path: PathBuf,
    /// Where in the log file it began, in bytes.
    pub offset: u64,
    /// Its length in bytes.
    pub bytes: u64,
}

/// Why a torn tail was not moved. The log file is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RepairError {
    /// A file cannot be read or written. Nothing left the log; try again once it can.
    #[error("cannot move a torn line out of {what}")]
    Io {
        /// The log file.
        what: String,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
}

/// Moves the bytes after the last LF of `name`; `None` if there are none. The caller has the lock.
pub(super) fn move_torn_tail<D: Disk>(
    paths: &Paths<D>,
    name: &str,
) -> Result<Option<MovedFragment>, RepairError> {
    let cannot_move = |source| RepairError::Io { what: shown(&paths.log.join(name)), source };
    let disk = &paths.disk;
    let moved = || {
        let file = disk.open(&paths.log_file(name)?, How::Append)?;
        let len = disk.stat(&file)?.len;
        let offset = after_last_lf(disk, &file, len)?;
        if offset == len {
            return Ok(None);
        }
        let fragment = bytes_between(disk, &file, offset, len)?;
        let path = keep_fragment(paths, name, offset, &fragment)?;
        disk.set_len(&file, offset)?;
        disk.sync(&file)?;
        Ok(Some(MovedFragment { path, offset, bytes: len - offset }))
    };
    moved().map_err(cannot_move)
}

/// Where the last whole line ends.
fn after_last_lf<D: Disk>(disk: &D, file: &D::File, len: u64) -> io::Result<u64> {
    let mut end = len;
    while end > 0 {
        let start = end.saturating_sub(BLOCK_BYTES);
        let block = bytes_between(disk, file, start, end)?;
        if let Some(at) = block.iter().rposition(|&byte| byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// The bytes of a part of the file that is there.
fn bytes_between<D: Disk>(disk: &D, file: &D::File, start: u64, end: u64) -> io::Result<Vec<u8>> {
    let len = usize::try_from(end - start).map_err(|_| io::ErrorKind::OutOfMemory)?;
    let (mut bytes, mut filled) = (vec![0; len], 0);
    while filled < len {
        match disk.read_at(file, &mut bytes[filled..], start + filled as u64)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => filled += count,
        }
    }
    Ok(bytes)
}

/// Writes what stood from `offset` on into a new file, durably.
fn keep_fragment<D: Disk>(
    paths: &Paths<D>,
    name: &str,
    offset: u64,
    fragment: &[u8],
) -> io::Result<PathBuf> {
    let disk = &paths.disk;
    paths.create_dir(&paths.recovered)?;
    for copy in 1..=COPIES_MAX {
        let suffix = if copy == 1 { String::new() } else { format!(".{copy}") };
        let path = paths.recovered.join(format!("{name}-{offset}{suffix}"));
        let into = match disk.open(&path, How::New { mode: FILE_MODE }) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            other => other?,
        };
        append_all(disk, &into, fragment)?;
        disk.sync(&into)?;
        disk.sync_folder(&paths.recovered)?;
        disk.sync_folder(&paths.local)?;
        return Ok(path);
    }
    Err(io::Error::other("too many fragments of this place were moved already"))
}
