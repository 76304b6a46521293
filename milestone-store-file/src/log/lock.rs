//! The exclusive lock of a clone: `local/lock`.
//!
//! Start at [`lock`]. The kernel frees the lock when its holder dies, so there are no stale locks
//! and no code that breaks one.
//!
//! - **Invariant.** The lock file is never deleted and never renamed by us; and if somebody else
//!   does (`git clean -fdx`), a lock on the dead file is noticed and not taken for one.
//! - **Invariant.** The text in the file is for people. It decides nothing and may be a moment old.
//! - **Not promised.** Nothing on network file systems whose locks stay on one machine, and nothing
//!   against `git clean -fdx` while a command is between lock and append.

use std::fs::TryLockError;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use milestone_core::log::{LockError, LockGuard};

use super::paths::{Paths, shown};
use crate::disk::{Disk, How, if_there, write_all_at};

/// First pause between two tries.
const PAUSE_MIN: Duration = Duration::from_millis(1);
/// Longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_millis(4);
/// Length of the holder's text in bytes, padded with spaces, LF included.
const HOLDER_BYTES: usize = 64;

/// Takes the lock, waiting at most `wait`; `program` names us to whoever waits for us.
pub(super) fn lock<D: Disk>(
    paths: &Paths<D>,
    program: &str,
    wait: Duration,
) -> Result<LockGuard, LockError> {
    let disk = &paths.disk;
    let cannot_lock = |source| LockError::Io { what: shown(&paths.lock), source };
    let started = Instant::now();
    let mut pause = PAUSE_MIN;
    let mut file = open(paths).map_err(cannot_lock)?;
    loop {
        match disk.try_lock(&file) {
            Ok(()) if is_at(disk, &file, &paths.lock).map_err(cannot_lock)? => break,
            // Somebody removed the lock file: what we hold excludes nobody.
            Ok(()) => file = open(paths).map_err(cannot_lock)?,
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(source)) => return Err(cannot_lock(source)),
        }
        let waited = started.elapsed();
        if waited >= wait {
            let waited_ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
            return Err(LockError::Busy { holder: holder(disk, &file), waited_ms });
        }
        std::thread::sleep(pause.min(wait - waited));
        pause = (pause * 2).min(PAUSE_MAX);
    }
    // A full disk must not keep anybody from the lock, so a name that cannot be left is not left.
    let _ = write_all_at(disk, &file, &holder_text(program), 0);
    Ok(LockGuard::new(file))
}

fn open<D: Disk>(paths: &Paths<D>) -> io::Result<D::File> {
    paths.open_in(&paths.local, || paths.disk.open(&paths.lock, How::Write))
}

/// Returns true if `path` still names the open file.
fn is_at<D: Disk>(disk: &D, file: &D::File, path: &Path) -> io::Result<bool> {
    let open = disk.stat(file)?;
    Ok(if_there(disk.stat_at(path))?.is_some_and(|named| named.inode == open.inode))
}

/// One fixed-size text, so that one write replaces the last holder's whole.
fn holder_text(program: &str) -> [u8; HOLDER_BYTES] {
    let mut text = [b' '; HOLDER_BYTES];
    text[HOLDER_BYTES - 1] = b'\n';
    let name: String = program.chars().filter(|c| !c.is_control()).collect();
    let holder = format!("pid {} ({name})", std::process::id());
    for (byte, from) in text[..HOLDER_BYTES - 1].iter_mut().zip(holder.bytes()) {
        *byte = from;
    }
    text
}

/// Who says to hold the lock; `None` if the text is not one of ours.
fn holder<D: Disk>(disk: &D, file: &D::File) -> Option<String> {
    let mut text = [0; HOLDER_BYTES];
    if disk.read_at(file, &mut text, 0).ok()? < HOLDER_BYTES {
        return None;
    }
    let text = String::from_utf8_lossy(&text);
    let text = text.trim_end();
    let ours = text.starts_with("pid ") && !text.contains(char::is_control);
    ours.then(|| text.to_owned())
}
