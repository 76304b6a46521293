//! Compressing full files of this clone: `log archive`.
//!
//! Start at [`archive`].
//!
//! - **Invariant.** A plain file is removed only once its archive is durable under its name, was
//!   read back, and holds the same bytes. A crash anywhere leaves the file plain, archived or both.
//! - **Invariant.** Only files that nobody appends to any more: this clone's own, and full. They
//!   are the same in every branch that has them, so archiving one makes no conflict in git.
//! - **Invariant.** The name follows from the content, and so do the bytes: two clones that archive
//!   the same file make the same archive.
//! - **Absent on purpose.** The way back: readers see no difference.

use std::io;
use std::path::Path;

use milestone_core::log::{FileStat, LINE_BYTES_MAX, ReadError};
use sha2::{Digest, Sha256};

use super::archives::{ARCHIVED_BYTES_MAX, Archives, unpack};
use super::manifest::{self, Entry};
use super::paths::shown;
use super::paths::{ARCHIVE_HASH_CHARS, ARCHIVE_SUFFIX, LOG_SUFFIX, Paths};
use super::read;
use super::writer::{self, Remembered};
use crate::disk::{Disk, How, Reader, if_there, read_file, write_all_at};

/// How hard is compressed: once for a file, and read for ever.
const LEVEL: i32 = 9;
/// How much is read at a time when looking for the end of a file's first line, in bytes.
const BLOCK_BYTES: usize = 4096;

/// A file that was archived, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// The name of the file.
    pub file: String,
    /// The name of its archive.
    pub archive: String,
    /// The length of the file in bytes.
    pub bytes: u64,
    /// The length of the archive in bytes.
    pub archived_bytes: u64,
}

/// Why a file was not archived. Nothing of the log is lost: the file is there, plain, archived or
/// both, and every reader reads it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The system refused. Free space or mend the permissions, then archive again.
    #[error("cannot archive {what}")]
    Io {
        /// The file.
        what: String,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The last line has no end. Repair the torn line, then archive again.
    #[error("{what} ends in a torn line")]
    Torn {
        /// The file.
        what: String,
    },
    /// It is longer than a file that this program writes, and stays as it is.
    #[error("{what} has {bytes} bytes; at most {bytes_max} are archived")]
    TooLong {
        /// The file.
        what: String,
        /// Its length.
        bytes: u64,
        /// The limit.
        bytes_max: u64,
    },
    /// What was written could not be read back, so it was not used.
    #[error("the archive of {what} could not be read back: {why}")]
    NotReadBack {
        /// The file.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The name is taken by an archive of something else. Move that one away.
    #[error("{what} is there already, and is an archive of something else")]
    Taken {
        /// The archive.
        what: String,
    },
}

/// What has been done of [`archive`], in this order: a crash may come after any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The archive is written under another name.
    Written,
    /// It is durable there, and was read back.
    Compared,
    /// What it stands for was noted.
    Noted,
    /// It has its name.
    Named,
    /// Its name is durable.
    NameDurable,
    /// The plain file is gone.
    Removed,
}

/// This clone's own files that are plain, full and left behind, oldest first.
pub(super) fn archivable<D: Disk>(
    paths: &Paths<D>,
    archives: &Archives,
) -> Result<Vec<FileStat>, ReadError> {
    let cannot_read = |source| ReadError::Io { what: shown(&paths.writer), source };
    let Some(state) = writer::peek(paths).map_err(cannot_read)? else { return Ok(Vec::new()) };
    let files = read::files(paths, archives, false)?;
    let mut own: Vec<(u32, FileStat)> =
        files.into_iter().filter_map(|file| Some((number(&state, &file.name)?, file))).collect();
    own.sort_unstable_by_key(|(number, _)| *number);
    let mut found = Vec::new();
    for pair in own.windows(2) {
        let [(_, file), (_, next)] = pair else { continue };
        let is_plain = || read::now(paths, &file.name).is_some_and(|now| now == *file);
        let full = || -> Result<bool, ReadError> {
            let first = first_line_bytes(paths, archives, &next.name)?;
            Ok(file.len_bytes + first > paths.file_bytes_max)
        };
        if is_left_behind(&state, &file.name) && is_plain() && full()? {
            found.push(file.clone());
        }
    }
    Ok(found)
}

/// The number in the name of a file of this writer.
fn number(state: &Remembered, name: &str) -> Option<u32> {
    let number = name.strip_suffix(LOG_SUFFIX)?.rsplit_once('-')?.1.parse().ok()?;
    (state.file_name(number) == name).then_some(number)
}

/// True for an own file that lines are never appended to again: the newest one alone goes on.
fn is_left_behind(state: &Remembered, name: &str) -> bool {
    let newest = state.tail.map_or(state.highest, |tail| tail.number);
    number(state, name).is_some_and(|number| number < newest)
}

/// How long the first line of a file is, LF included.
fn first_line_bytes<D: Disk>(
    paths: &Paths<D>,
    archives: &Archives,
    name: &str,
) -> Result<u64, ReadError> {
    let (mut block, mut len) = ([0; BLOCK_BYTES], 0);
    while len < LINE_BYTES_MAX as u64 {
        let count = read::read_at(paths, archives, name, len, &mut block)?;
        if let Some(at) = block[..count].iter().position(|&byte| byte == b'\n') {
            return Ok(len + at as u64 + 1);
        }
        len += count as u64;
        if count == 0 {
            break;
        }
    }
    Ok(len)
}

/// What archiving a file would come to.
pub(super) fn rehearse<D: Disk>(
    paths: &Paths<D>,
    file: &FileStat,
) -> Result<Archived, ArchiveError> {
    let bytes = content(paths, file)?;
    let packed = pack(&bytes).map_err(|source| on(&paths.log.join(&file.name))(source))?;
    Ok(archived(file, &bytes, packed.len() as u64))
}

/// Archives a file; `None` if it is not there any more as it was, or has been continued. The caller
/// has the lock.
pub(super) fn archive<D: Disk>(
    paths: &Paths<D>,
    archives: &Archives,
    file: &FileStat,
    after: &mut dyn FnMut(Step) -> io::Result<()>,
) -> Result<Option<Archived>, ArchiveError> {
    let path = paths.log.join(&file.name);
    let still = archivable(paths, archives);
    let still = still.map_err(|error| on(&path)(io::Error::other(error)))?;
    if !still.contains(file) {
        return Ok(None);
    }
    let bytes = content(paths, file)?;
    let packed = pack(&bytes).map_err(on(&path))?;
    let done = archived(file, &bytes, packed.len() as u64);
    let target = paths.log.join(&done.archive);
    if !is_there(paths, &target, &bytes)? {
        write(paths, &path, &packed, &bytes, after)?;
        note(paths, file, &done).map_err(on(&paths.manifest))?;
        after(Step::Noted).map_err(on(&path))?;
        paths.disk.rename(&paths.archiving, &target).map_err(on(&target))?;
        after(Step::Named).map_err(on(&path))?;
    }
    paths.disk.sync_folder(&paths.log).map_err(on(&paths.log))?;
    after(Step::NameDurable).map_err(on(&path))?;
    // Git asks nobody for a lock: what it has put there meanwhile stays.
    if read::now(paths, &file.name).as_ref() != Some(file) {
        return Ok(None);
    }
    paths.disk.remove(&path).map_err(on(&path))?;
    paths.disk.sync_folder(&paths.log).map_err(on(&paths.log))?;
    after(Step::Removed).map_err(on(&path))?;
    Ok(Some(done))
}

fn on(path: &Path) -> impl Fn(io::Error) -> ArchiveError + '_ {
    move |source| ArchiveError::Io { what: shown(path), source }
}

/// The file as it is on the disk: whole lines, of a length that is archived.
fn content<D: Disk>(paths: &Paths<D>, file: &FileStat) -> Result<Vec<u8>, ArchiveError> {
    let path = paths.log.join(&file.name);
    let (what, bytes, bytes_max) = (shown(&path), file.len_bytes, ARCHIVED_BYTES_MAX);
    if bytes > bytes_max {
        return Err(ArchiveError::TooLong { what, bytes, bytes_max });
    }
    let content = read_file(&paths.disk, &path).map_err(on(&path))?;
    match content.ends_with(b"\n") {
        true => Ok(content),
        false => Err(ArchiveError::Torn { what }),
    }
}

fn pack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
    compressor.set_parameter(zstd::zstd_safe::CParameter::ChecksumFlag(true))?;
    compressor.compress(bytes)
}

fn archived(file: &FileStat, bytes: &[u8], archived_bytes: u64) -> Archived {
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let stem = file.name.strip_suffix(LOG_SUFFIX).unwrap_or(&file.name);
    Archived {
        file: file.name.clone(),
        archive: format!("{stem}-{}{ARCHIVE_SUFFIX}", &hash[..ARCHIVE_HASH_CHARS]),
        bytes: bytes.len() as u64,
        archived_bytes,
    }
}

/// True if the archive is there already, from another clone or from before a crash. A damaged one
/// counts for nothing.
fn is_there<D: Disk>(paths: &Paths<D>, target: &Path, bytes: &[u8]) -> Result<bool, ArchiveError> {
    let there = if_there(read_file(&paths.disk, target)).map_err(on(target))?;
    let Some(there) = there else { return Ok(false) };
    match unpack(&there) {
        Ok(there) if there == bytes => Ok(true),
        Ok(_) => Err(ArchiveError::Taken { what: shown(target) }),
        Err(_) => Ok(false),
    }
}

/// Writes the archive beside the log, durably, and reads it back.
fn write<D: Disk>(
    paths: &Paths<D>,
    path: &Path,
    packed: &[u8],
    bytes: &[u8],
    after: &mut dyn FnMut(Step) -> io::Result<()>,
) -> Result<(), ArchiveError> {
    let disk = &paths.disk;
    let written = || -> io::Result<D::File> {
        let file = disk.open(&paths.archiving, How::Rewrite)?;
        write_all_at(disk, &file, packed, 0)?;
        Ok(file)
    };
    let file = written().map_err(on(&paths.archiving))?;
    after(Step::Written).map_err(on(path))?;
    let mut back = Vec::new();
    let read_back = disk.sync(&file).and_then(|()| {
        let mut reader = Reader::new(disk, file);
        io::Read::read_to_end(&mut reader, &mut back)
    });
    read_back.map_err(on(&paths.archiving))?;
    let why = match unpack(&back) {
        Ok(back) if back == bytes => return after(Step::Compared).map_err(on(path)),
        Ok(_) => "it holds other bytes".to_owned(),
        Err(why) => why,
    };
    Err(ArchiveError::NotReadBack { what: shown(path), why })
}

/// Notes that the archive stands for the file, before anybody can see it.
fn note<D: Disk>(paths: &Paths<D>, file: &FileStat, done: &Archived) -> io::Result<()> {
    let stat = paths.disk.stat_at(&paths.archiving)?;
    let archive = read::file_stat(done.archive.clone(), &stat);
    let is_of_use = |entry: &Entry| {
        let now = read::now(paths, &entry.archive.name);
        now.is_some_and(|now| now == entry.archive)
    };
    manifest::add(paths, vec![Entry { archive, listed: file.clone() }], is_of_use)
}
