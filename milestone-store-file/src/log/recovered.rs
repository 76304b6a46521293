//! Moving a torn tail out of a log file: `local/recovered/`.
//!
//! Start at [`move_torn_tail`]. A last line without LF was never acknowledged and every reader
//! ignores it; this is for `doctor --repair`, which wants it out of sight.
//!
//! - **Invariant.** The fragment is durable in `local/recovered/` before it leaves the log, so that
//!   a crash at any point leaves it in one place at least.
//! - **Absent on purpose.** Moving anything but the end of a file: a log file is never rewritten.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use super::paths::{Paths, create_dir, options, shown, sync_dir};

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
pub(super) fn move_torn_tail(
    paths: &Paths,
    name: &str,
) -> Result<Option<MovedFragment>, RepairError> {
    let cannot_move = |source| RepairError::Io { what: shown(&paths.log.join(name)), source };
    let moved = || {
        let file = options().read(true).write(true).open(paths.log_file(name)?)?;
        let len = file.metadata()?.len();
        let offset = after_last_lf(&file, len)?;
        if offset == len {
            return Ok(None);
        }
        let path = copy_fragment(paths, name, &file, offset)?;
        file.set_len(offset)?;
        file.sync_data()?;
        Ok(Some(MovedFragment { path, offset, bytes: len - offset }))
    };
    moved().map_err(cannot_move)
}

/// Where the last whole line ends.
fn after_last_lf(file: &File, len: u64) -> io::Result<u64> {
    let mut end = len;
    while end > 0 {
        let start = end.saturating_sub(BLOCK_BYTES);
        let mut block = vec![0; usize::try_from(end - start).expect("a block fits in memory")];
        file.read_exact_at(&mut block, start)?;
        if let Some(at) = block.iter().rposition(|&byte| byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// Copies everything from `offset` on into a new file, durably.
fn copy_fragment(paths: &Paths, name: &str, mut file: &File, offset: u64) -> io::Result<PathBuf> {
    create_dir(&paths.recovered)?;
    for copy in 1..=COPIES_MAX {
        let suffix = if copy == 1 { String::new() } else { format!(".{copy}") };
        let path = paths.recovered.join(format!("{name}-{offset}{suffix}"));
        let mut into = match options().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            other => other?,
        };
        file.seek(SeekFrom::Start(offset))?;
        io::copy(&mut file.take(u64::MAX), &mut into)?;
        into.sync_all()?;
        sync_dir(&paths.recovered)?;
        sync_dir(&paths.local)?;
        return Ok(path);
    }
    Err(io::Error::other("too many fragments of this place were moved already"))
}
