//! Writing lines to this clone's own files, each whole or not at all.
//!
//! Start at [`append`]. One line to a file that goes on costs one `write`, and one small `pwrite`
//! to remember it. Whatever is rare and slow (a new file, an append over several files) is made
//! durable here, under the lock, so that whoever builds on it needs to sync nothing but the last
//! file.
//!
//! - **Invariant.** All lines for a file are one buffer and one `write` to an `O_APPEND`
//!   descriptor.
//! - **Invariant.** If a write is short or fails, every file is cut back to its old length and
//!   every created file is removed, before the error is returned.
//! - **Invariant.** A file is followed by another only once it is durable, and a file's name is
//!   durable before its first line is written.
//! - **Not promised.** Appended is **not** durable. A process killed in mid-write leaves a fragment
//!   without LF; the next append to that file begins with the missing LF. SIGXFSZ must be ignored,
//!   or a file size limit kills the process before it can take anything back.

use std::io;
use std::path::{Path, PathBuf};

use milestone_core::log::{AppendError, LINE_BYTES_MAX, NewLine};
use milestone_core::words::RecordId;

use super::own::{self, OwnFile};
use super::paths::{Paths, shown};
use super::writer::{Tail, WriterFile};
use crate::disk::{Disk, again};

/// A log file is continued up to this length in bytes.
///
/// An append over several files holds a descriptor for each until it is synced.
pub const FILE_BYTES_MAX: u64 = 1 << 20;

/// Lines that were written to one file.
#[derive(Debug)]
pub(super) struct Part<F> {
    pub(super) own: OwnFile<F>,
    /// Whether the file is durable already.
    pub(super) synced: bool,
    written: Written,
}

#[derive(Debug)]
struct Written {
    /// How long the file was once the lines were in it, in bytes.
    end: u64,
    /// A LF, then each line with its LF.
    bytes: Vec<u8>,
    /// The lines' ids.
    ids: Vec<RecordId>,
}

impl<F> Part<F> {
    /// A LF, then each line with its LF.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.written.bytes
    }

    /// How long the file must be to have the lines, in bytes.
    pub(super) fn end(&self) -> u64 {
        self.written.end
    }

    /// The lines, to be appended again.
    pub(super) fn lines(&self) -> impl Iterator<Item = NewLine<'_>> {
        let lines = self.bytes().split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        self.written.ids.iter().zip(lines).map(|(&id, bytes)| NewLine { id, bytes })
    }
}

/// Appends `lines`. The caller holds the lock.
pub(super) fn append<D: Disk>(
    paths: &Paths<D>,
    lines: &[NewLine<'_>],
) -> Result<Vec<Part<D::File>>, AppendError> {
    check(lines)?;
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let cannot_remember = |source| AppendError::Io { what: shown(&paths.writer), source };
    let mut writer = WriterFile::open(paths).map_err(cannot_remember)?;
    let before = writer.state.tail;
    let mut files = Vec::new();
    match write(paths, &mut writer, lines, &mut files) {
        Ok(parts) => Ok(parts),
        Err(failed) => {
            take_back(paths, &files)?;
            // Should this fail, the file is shorter than remembered and is not continued.
            let _ = writer.remember(before);
            Err(AppendError::Io { what: shown(&failed.what), source: failed.source })
        }
    }
}

/// What did not work, and on which file.
struct Failed {
    what: PathBuf,
    source: io::Error,
}

fn on(path: &Path) -> impl Fn(io::Error) -> Failed + '_ {
    move |source| Failed { what: path.to_owned(), source }
}

/// Refuses what cannot be a line, before anything is written.
fn check(lines: &[NewLine<'_>]) -> Result<(), AppendError> {
    for line in lines {
        let bytes = line.bytes.len() + 1;
        if bytes > LINE_BYTES_MAX {
            return Err(AppendError::TooLarge { bytes, bytes_max: LINE_BYTES_MAX });
        }
        if line.bytes.is_empty() || line.bytes.contains(&b'\n') {
            let why = "a line must not be empty and must not contain LF";
            let source = io::Error::new(io::ErrorKind::InvalidInput, why);
            return Err(AppendError::Io { what: format!("record {}", line.id), source });
        }
    }
    Ok(())
}

/// Writes everything; what was opened is in `files`, also after a failure.
fn write<D: Disk>(
    paths: &Paths<D>,
    writer: &mut WriterFile<'_, D>,
    lines: &[NewLine<'_>],
    files: &mut Vec<OwnFile<D::File>>,
) -> Result<Vec<Part<D::File>>, Failed> {
    let own = own::open_to_continue(paths, writer).map_err(on(&paths.log))?;
    let max = paths.file_bytes_max;
    let room = own.as_ref().map_or(0, |own| max.saturating_sub(own.len + u64::from(own.torn)));
    let (first, groups) = split(lines, room, max);
    match own {
        Some(own) if first.is_empty() => paths.disk.sync(&own.file).map_err(on(&own.path))?,
        Some(own) => files.push(own),
        // Somebody may have read a line in it whose writer died before its sync; whoever builds on
        // that line syncs another file from now on.
        None => own::sync_newest(paths, &writer.state).map_err(on(&paths.log))?,
    }
    for _ in &groups {
        files.push(own::begin(paths, writer).map_err(on(&paths.log))?);
    }
    if !groups.is_empty() {
        make_names_durable(paths, writer)?;
    }
    let first = (!first.is_empty()).then_some(first);
    let mut written = Vec::with_capacity(files.len());
    let files_count = files.len();
    for (own, lines) in files.iter().zip(first.into_iter().chain(groups)) {
        let is_last = written.len() + 1 == files_count;
        let part = write_part(&paths.disk, writer, own, lines, is_last);
        written.push(part.map_err(on(&own.path))?);
    }
    let finished = files.drain(..).zip(written).enumerate();
    let part = |(at, (own, written))| Part { own, synced: at + 1 < files_count, written };
    Ok(finished.map(part).collect())
}

/// The lines that fit into `room` bytes, and the others in groups that fit into `max` bytes each.
fn split<'l, 'a>(
    lines: &'l [NewLine<'a>],
    room: u64,
    max: u64,
) -> (&'l [NewLine<'a>], Vec<&'l [NewLine<'a>]>) {
    let (first, mut rest) = lines.split_at(fitting(lines, room));
    let mut groups = Vec::new();
    while !rest.is_empty() {
        // A line that is longer has a file to itself.
        let (group, after) = rest.split_at(fitting(rest, max).max(1));
        groups.push(group);
        rest = after;
    }
    (first, groups)
}

/// How many of the first lines fit into `room` bytes.
fn fitting(lines: &[NewLine<'_>], room: u64) -> usize {
    let mut len = 0;
    let fits = |line: &&NewLine<'_>| {
        len += line.bytes.len() as u64 + 1;
        len <= room
    };
    lines.iter().take_while(fits).count()
}

/// Syncs the numbers that were taken and the names that were created: once, for all new files.
fn make_names_durable<D: Disk>(paths: &Paths<D>, writer: &WriterFile<'_, D>) -> Result<(), Failed> {
    writer.sync().map_err(on(&paths.writer))?;
    paths.disk.sync_folder(&paths.log).map_err(on(&paths.log))?;
    // The folder of the log may be new as well.
    paths.disk.sync_folder(&paths.root).map_err(on(&paths.root))
}

fn write_part<D: Disk>(
    disk: &D,
    writer: &mut WriterFile<'_, D>,
    own: &OwnFile<D::File>,
    lines: &[NewLine<'_>],
    is_last: bool,
) -> io::Result<Written> {
    let mut bytes = vec![b'\n'];
    for line in lines {
        bytes.extend_from_slice(line.bytes);
        bytes.push(b'\n');
    }
    let to_write = if own.torn { &bytes[..] } else { &bytes[1..] };
    let last = lines.last().expect("no group of lines is empty");
    let end = own.len + to_write.len() as u64;
    let line_start = end - last.bytes.len() as u64 - 1;
    writer.remember(Some(Tail { number: own.number, line_start, len: end, id: last.id }))?;
    write_once(disk, &own.file, to_write)?;
    if !is_last {
        disk.sync(&own.file)?;
    }
    Ok(Written { end, bytes, ids: lines.iter().map(|line| line.id).collect() })
}

/// One `write` of one buffer. A short one is a failure: its rest would be another write.
fn write_once<D: Disk>(disk: &D, file: &D::File, bytes: &[u8]) -> io::Result<()> {
    let written = again(|| disk.append(file, bytes))?;
    if written == bytes.len() {
        return Ok(());
    }
    let why = format!("only {written} of {} bytes could be written", bytes.len());
    Err(io::Error::new(io::ErrorKind::StorageFull, why))
}

/// Leaves every file as it was found, durably, and none that was not found.
fn take_back<D: Disk>(paths: &Paths<D>, files: &[OwnFile<D::File>]) -> Result<(), AppendError> {
    let disk = &paths.disk;
    let mut first_failure = Ok(());
    for own in files {
        let taken_back = if own.len == 0 {
            disk.remove(&own.path).and_then(|()| disk.sync_folder(&paths.log))
        } else {
            disk.set_len(&own.file, own.len).and_then(|()| disk.sync(&own.file))
        };
        let taken_back = taken_back
            .map_err(|source| AppendError::NotTakenBack { what: shown(&own.path), source });
        first_failure = first_failure.and(taken_back);
    }
    first_failure
}
