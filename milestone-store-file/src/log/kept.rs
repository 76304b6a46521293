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

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use milestone_core::log::ReadError;
use milestone_core::words::RecordId;

use super::lock::lock;
use super::own::id_of_line;
use super::paths::{LOG_SUFFIX, Paths, open_in, options, shown};

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
pub(super) fn keep(paths: &Paths, program: &str, buffers: &[&[u8]]) -> io::Result<()> {
    let newest = &buffers[buffers.len().saturating_sub(SEGMENTS_MAX)..];
    for buffer in newest {
        let mut file = open_newest(paths)?;
        file.write_all(buffer)?;
        if file.metadata()?.len() >= KEPT_SEGMENT_BYTES_MAX {
            close_segment(paths, program)?;
        }
    }
    Ok(())
}

fn open_newest(paths: &Paths) -> io::Result<File> {
    let newest = newest(paths);
    open_in(&paths.kept, || options().append(true).create(true).open(&newest))
}

fn newest(paths: &Paths) -> PathBuf {
    paths.kept.join("kept.jsonl")
}

/// Gives the full segment its number and removes the oldest. If somebody else has the lock, the
/// next one to keep a line does it.
fn close_segment(paths: &Paths, program: &str) -> io::Result<()> {
    let Ok(guard) = lock(paths, program, Duration::ZERO) else { return Ok(()) };
    let full = newest(paths);
    if full.symlink_metadata()?.len() >= KEPT_SEGMENT_BYTES_MAX {
        let mut segments = segments(paths)?;
        let number = segments.last().map_or(0, |(number, _)| *number) + 1;
        let path = paths.kept.join(format!("{SEGMENT_PREFIX}{number:08}{LOG_SUFFIX}"));
        std::fs::rename(&full, &path)?;
        segments.push((number, path));
        for (_, oldest) in &segments[..segments.len().saturating_sub(SEGMENTS_MAX)] {
            std::fs::remove_file(oldest)?;
        }
    }
    drop(guard);
    Ok(())
}

/// The closed segments, oldest first.
fn segments(paths: &Paths) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&paths.kept)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let number = name.strip_prefix(SEGMENT_PREFIX).and_then(|n| n.strip_suffix(LOG_SUFFIX));
        if let Some(number) = number.and_then(|number| number.parse().ok()) {
            found.push((number, path));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Every kept line, oldest first; what is torn is left out.
pub(super) fn lines(paths: &Paths) -> Result<Vec<KeptLine>, ReadError> {
    let cannot_read = |source| ReadError::Io { what: shown(&paths.kept), source };
    let segments = match segments(paths) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(cannot_read)?,
    };
    let closed = segments.into_iter().map(|(_, path)| path);
    let mut lines = Vec::new();
    for path in closed.chain([newest(paths)]) {
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other.map_err(|source| ReadError::Io { what: shown(&path), source })?,
        };
        let whole = bytes.split_inclusive(|&byte| byte == b'\n');
        for line in whole.filter_map(|line| line.strip_suffix(b"\n")) {
            lines.extend(id_of_line(line).map(|id| KeptLine { id, bytes: line.to_vec() }));
        }
    }
    Ok(lines)
}
