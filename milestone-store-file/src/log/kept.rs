//! A private second copy of acknowledged lines: `local/kept/`.
//!
//! Start at [`keep`]; `log recover` begins with [`lines`]. `git stash`, `checkout -- .` and
//! `reset --hard` remove acknowledged lines from the work tree without a word.
//!
//! - **Invariant.** Lines are written to `kept.jsonl`, which becomes `kept-<number>.jsonl` when it
//!   is full; the oldest of those are removed, so that about the newest 16 MiB are there.
//! - **Invariant.** Each write begins with a LF, so that no fragment can spoil the line after it,
//!   whatever other processes do; readers skip empty lines.
//! - **Not promised.** Kept lines are **not** synced, and keeping them never fails a command. They
//!   are a help after a careless git command, **not** after a power cut or `git clean -fdx`.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use milestone_core::log::ReadError;
use milestone_core::words::RecordId;

use super::lock::lock;
use super::own::id_of_line;
use super::paths::{LOG_SUFFIX, Paths, shown};
use crate::disk::{Disk, How, append_all, if_there, read_file};

/// About how much is kept, in bytes; up to one segment more.
pub const KEPT_BYTES_MAX: u64 = 16 << 20;
/// Length at which a segment is closed, in bytes.
pub const KEPT_SEGMENT_BYTES_MAX: u64 = 1 << 20;
/// How many closed segments are kept.
const SEGMENTS_MAX: usize = (KEPT_BYTES_MAX / KEPT_SEGMENT_BYTES_MAX) as usize;
/// What a closed segment's name begins with.
const SEGMENT_PREFIX: &str = "kept-";

/// One line that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLine {
    /// The record's id, as in the line.
    pub id: RecordId,
    /// The line, without LF.
    pub bytes: Vec<u8>,
}

/// Keeps `buffers`, each of whole lines with a LF before and after. Best effort.
pub(super) fn keep<D: Disk>(paths: &Paths<D>, program: &str, buffers: &[&[u8]]) -> io::Result<()> {
    let disk = &paths.disk;
    let newest = &buffers[buffers.len().saturating_sub(SEGMENTS_MAX)..];
    for buffer in newest {
        let file = open_newest(paths)?;
        append_all(disk, &file, buffer)?;
        if disk.stat(&file)?.len >= KEPT_SEGMENT_BYTES_MAX {
            close_segment(paths, program)?;
        }
    }
    Ok(())
}

fn open_newest<D: Disk>(paths: &Paths<D>) -> io::Result<D::File> {
    let newest = newest(paths);
    paths.open_in(&paths.kept, || paths.disk.open(&newest, How::AppendOrNew))
}

fn newest<D>(paths: &Paths<D>) -> PathBuf {
    paths.kept.join("kept.jsonl")
}

/// Gives the full segment its number and removes the oldest. If somebody else has the lock, the
/// next one to keep a line does it.
fn close_segment<D: Disk>(paths: &Paths<D>, program: &str) -> io::Result<()> {
    let Ok(guard) = lock(paths, program, Duration::ZERO) else { return Ok(()) };
    let full = newest(paths);
    if paths.disk.stat_at(&full)?.len >= KEPT_SEGMENT_BYTES_MAX {
        let mut segments = segments(paths)?;
        let number = segments.last().map_or(0, |(number, _)| *number) + 1;
        let path = paths.kept.join(format!("{SEGMENT_PREFIX}{number:08}{LOG_SUFFIX}"));
        paths.disk.rename(&full, &path)?;
        segments.push((number, path));
        for (_, oldest) in &segments[..segments.len().saturating_sub(SEGMENTS_MAX)] {
            paths.disk.remove(oldest)?;
        }
    }
    drop(guard);
    Ok(())
}

/// The closed segments, oldest first.
fn segments<D: Disk>(paths: &Paths<D>) -> io::Result<Vec<(u64, PathBuf)>> {
    let number = |name: &str| {
        name.strip_prefix(SEGMENT_PREFIX)?.strip_suffix(LOG_SUFFIX)?.parse::<u64>().ok()
    };
    let found = paths.disk.list(&paths.kept, &|name| number(name).is_some())?;
    let path = |(name, _): (String, _)| Some((number(&name)?, paths.kept.join(&name)));
    let mut found: Vec<_> = found.into_iter().filter_map(path).collect();
    found.sort_unstable();
    Ok(found)
}

/// Every kept line, oldest first; what is torn is left out.
pub(super) fn lines<D: Disk>(paths: &Paths<D>) -> Result<Vec<KeptLine>, ReadError> {
    let cannot_read = |source| ReadError::Io { what: shown(&paths.kept), source };
    let Some(segments) = if_there(segments(paths)).map_err(cannot_read)? else {
        return Ok(Vec::new());
    };
    let closed = segments.into_iter().map(|(_, path)| path);
    let mut lines = Vec::new();
    for path in closed.chain([newest(paths)]) {
        let bytes = if_there(read_file(&paths.disk, &path));
        let bytes = bytes.map_err(|source| ReadError::Io { what: shown(&path), source })?;
        let Some(bytes) = bytes else { continue };
        let whole = bytes.split_inclusive(|&byte| byte == b'\n');
        for line in whole.filter_map(|line| line.strip_suffix(b"\n")) {
            lines.extend(id_of_line(line).map(|id| KeptLine { id, bytes: line.to_vec() }));
        }
    }
    Ok(lines)
}
