//! Making appended lines durable, and noticing that they are gone.
//!
//! Start at [`sync`]. A `git merge` or `checkout` that runs meanwhile replaces files: a write into
//! the old file succeeds, syncs, and is nowhere.
//!
//! - **Invariant.** `sync` returns only once each line was synced in a file that its name still led
//!   to afterwards. Lines that were lost are appended again, with the same ids.
//! - **Invariant.** A failed `fdatasync` is never repeated: the kernel may have dropped the pages
//!   and would say yes. The store then refuses further appends until it is opened again.
//! - **Not promised.** Nothing on devices that acknowledge a flush before it is done; and a file
//!   that is replaced after the last look is only in the kept lines.

use std::io;
use std::time::Duration;

use milestone_core::log::{NewLine, SyncError};

use super::append::{self, Part};
use super::lock::lock;
use super::paths::{Paths, shown};
use crate::disk::{Disk, if_there};

/// How often lines are appended again whose file was replaced.
pub const REAPPENDS_MAX: u32 = 3;
/// How long appending again waits for the lock.
const REAPPEND_WAIT: Duration = Duration::from_secs(10);

/// Why a sync did not work, and whether the device refused it.
pub(super) struct NotSynced {
    pub(super) error: SyncError,
    pub(super) device_refused: bool,
}

/// Called between a sync and the look whether its file still has its name.
pub(super) type BeforeLook<'a, D> = &'a mut dyn FnMut(&[Part<<D as Disk>::File>]);

/// Syncs what was appended and returns it, wherever it is now. The caller holds no lock.
pub(super) fn sync<D: Disk>(
    paths: &Paths<D>,
    program: &str,
    parts: Vec<Part<D::File>>,
    before_look: BeforeLook<'_, D>,
) -> Result<Vec<Part<D::File>>, NotSynced> {
    let disk = &paths.disk;
    let mut durable = Vec::with_capacity(parts.len());
    let mut parts = parts;
    for times in 0..=REAPPENDS_MAX {
        for part in parts.iter().filter(|part| !part.synced) {
            disk.sync(&part.own.file).map_err(|source| refused(part, source))?;
        }
        before_look(&parts);
        let mut lost = Vec::new();
        for part in parts {
            let there = is_there(disk, &part).map_err(|source| unknown(&part, source))?;
            if there { durable.push(part) } else { lost.push(part) }
        }
        let Some(first_lost) = lost.first() else { return Ok(durable) };
        if times == REAPPENDS_MAX {
            let what = shown(&first_lost.own.path);
            let error = SyncError::Replaced { what, times };
            return Err(NotSynced { error, device_refused: false });
        }
        parts = append_again(paths, program, &lost)?;
    }
    Ok(durable)
}

/// Returns true if the name of the part's file still leads to the lines.
fn is_there<D: Disk>(disk: &D, part: &Part<D::File>) -> io::Result<bool> {
    let named = if_there(disk.stat_at(&part.own.path))?;
    Ok(named.is_some_and(|named| named.inode == part.own.inode && named.len >= part.end()))
}

fn append_again<D: Disk>(
    paths: &Paths<D>,
    program: &str,
    lost: &[Part<D::File>],
) -> Result<Vec<Part<D::File>>, NotSynced> {
    let first = lost.first().expect("something was lost");
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| unknown(first, io::Error::other(error));
    let lines: Vec<NewLine<'_>> = lost.iter().flat_map(Part::lines).collect();
    let guard = lock(paths, program, REAPPEND_WAIT).map_err(|error| failed(error.into()))?;
    let parts = append::append(paths, &lines).map_err(|error| failed(error.into()));
    drop(guard);
    parts
}

fn refused<F>(part: &Part<F>, source: io::Error) -> NotSynced {
    NotSynced { device_refused: true, ..unknown(part, source) }
}

fn unknown<F>(part: &Part<F>, source: io::Error) -> NotSynced {
    let error = SyncError::Io { what: shown(&part.own.path), source };
    NotSynced { error, device_refused: false }
}
