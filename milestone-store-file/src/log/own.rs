//! Whether this clone's own file may be continued, and beginning a new one.
//!
//! Start at [`open_to_continue`]. Another branch may be checked out since the last command, with
//! another version of our file or none.
//!
//! - **Invariant.** A file is continued only if it is regular, at least as long as remembered, and
//!   the line that ends there has the remembered id. What follows is our own crash.
//! - **Invariant.** A new file is created by `O_EXCL`: whatever has its name is skipped, not used.

use std::io;
use std::path::{Path, PathBuf};

use milestone_core::log::ReadError;
use milestone_core::words::RecordId;

use super::paths::{Paths, shown};
use super::writer::{self, Remembered, Tail, WriterFile};
use crate::disk::{Disk, FILE_MODE, How, Kind, Stat, if_there};

/// What stands before the id in a line, and after it.
const ID_FRAME: (&[u8], &[u8]) = (b"{\"id\":\"", b"\",");
/// Length of an id in hex digits.
const ID_CHARS: usize = 64;
/// Length of what a line must begin with, in bytes.
const ID_MEMBER_BYTES: usize = ID_FRAME.0.len() + ID_CHARS + ID_FRAME.1.len();

/// An own file that is not what this clone left behind: git is worth asking where its lines are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShrunkFile {
    /// The file's name inside the log.
    pub name: String,
    /// How long it was left, in bytes.
    pub remembered_bytes: u64,
    /// How long it is; `None` if it vanished. Not shorter than remembered if it is another
    /// version of the file.
    pub found_bytes: Option<u64>,
}

/// One of this clone's files, open for appending.
#[derive(Debug)]
pub(super) struct OwnFile<F> {
    pub(super) file: F,
    pub(super) path: PathBuf,
    /// Device and inode of the file behind the descriptor.
    pub(super) inode: (u64, u64),
    pub(super) number: u32,
    /// Its length before anything is appended, in bytes.
    pub(super) len: u64,
    /// Whether its last line lacks its LF.
    pub(super) torn: bool,
}

/// The file to continue; `None` if a new one must be begun.
pub(super) fn open_to_continue<D: Disk>(
    paths: &Paths<D>,
    writer: &WriterFile<'_, D>,
) -> io::Result<Option<OwnFile<D::File>>> {
    let disk = &paths.disk;
    let Some(tail) = writer.state.tail else { return Ok(None) };
    let path = paths.log_file(&writer.state.file_name(tail.number))?;
    let Some((file, found)) = open_regular(disk, &path, How::Append)? else {
        return Ok(None);
    };
    let (len, inode) = (found.len, found.inode);
    if !ends_as_remembered(disk, &file, len, &tail)? {
        return Ok(None);
    }
    let torn = len > tail.len && !is_lf_at(disk, &file, len - 1)?;
    Ok(Some(OwnFile { file, path, inode, number: tail.number, len, torn }))
}

/// Opens a regular file; `None` if there is none at this path but nothing, a link or a folder.
fn open_regular<D: Disk>(disk: &D, path: &Path, how: How) -> io::Result<Option<(D::File, Stat)>> {
    // Asked first, for each kind of thing that is no file fails to open in its own way.
    match if_there(disk.stat_at(path))? {
        Some(found) if found.kind == Kind::File => {}
        _ => return Ok(None),
    }
    let file = disk.open(path, how)?;
    let found = disk.stat(&file)?;
    Ok((found.kind == Kind::File).then_some((file, found)))
}

fn ends_as_remembered<D: Disk>(
    disk: &D,
    file: &D::File,
    len: u64,
    tail: &Tail,
) -> io::Result<bool> {
    if len < tail.len || !is_lf_at(disk, file, tail.len - 1)? {
        return Ok(false);
    }
    if tail.line_start > 0 && !is_lf_at(disk, file, tail.line_start - 1)? {
        return Ok(false);
    }
    let mut member = [0; ID_MEMBER_BYTES];
    let read = disk.read_at(file, &mut member, tail.line_start)?;
    Ok(id_of_line(&member[..read]) == Some(tail.id))
}

fn is_lf_at<D: Disk>(disk: &D, file: &D::File, offset: u64) -> io::Result<bool> {
    let mut byte = [0];
    Ok(disk.read_at(file, &mut byte, offset)? == 1 && byte == *b"\n")
}

/// The id with which a line begins. Nothing else of the line is looked at.
pub(super) fn id_of_line(line: &[u8]) -> Option<RecordId> {
    let (hex, rest) = line.strip_prefix(ID_FRAME.0)?.split_at_checked(ID_CHARS)?;
    if !rest.starts_with(ID_FRAME.1) {
        return None;
    }
    RecordId::parse(hex)
}

/// Makes this clone's newest file durable, if it is there. A clone that does not remember which one
/// that is (its record was lost or torn) may have any of them, so all are.
pub(super) fn sync_newest<D: Disk>(paths: &Paths<D>, state: &Remembered) -> io::Result<()> {
    let Some(tail) = state.tail else { return sync_all(paths) };
    let path = paths.log_file(&state.file_name(tail.number))?;
    match open_regular(&paths.disk, &path, How::Read)? {
        Some((file, _)) => paths.disk.sync(&file),
        None => Ok(()),
    }
}

/// Makes every file of the log durable.
pub(super) fn sync_all<D: Disk>(paths: &Paths<D>) -> io::Result<()> {
    let names = if_there(paths.disk.list(&paths.log, &|name| name.ends_with(".jsonl")))?;
    for (name, _) in names.unwrap_or_default() {
        if let Some((file, _)) = open_regular(&paths.disk, &paths.log.join(name), How::Read)? {
            paths.disk.sync(&file)?;
        }
    }
    Ok(())
}

/// Creates this clone's next file, empty. Its number is taken before it is there.
pub(super) fn begin<D: Disk>(
    paths: &Paths<D>,
    writer: &mut WriterFile<'_, D>,
) -> io::Result<OwnFile<D::File>> {
    let disk = &paths.disk;
    loop {
        let number = writer.take_number()?;
        let path = paths.log_file(&writer.state.file_name(number))?;
        let create = || disk.open(&path, How::New { mode: FILE_MODE });
        match paths.open_in(&paths.log, create) {
            Ok(file) => {
                let inode = disk.stat(&file)?.inode;
                return Ok(OwnFile { file, path, inode, number, len: 0, torn: false });
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// The own file that git (or a person) took lines from since the last append.
pub(super) fn shrunk<D: Disk>(paths: &Paths<D>) -> Result<Vec<ShrunkFile>, ReadError> {
    let cannot_read = |source| ReadError::Io { what: shown(&paths.writer), source };
    let Some(state) = writer::peek(paths).map_err(cannot_read)? else { return Ok(Vec::new()) };
    let Some(tail) = state.tail else { return Ok(Vec::new()) };
    let name = state.file_name(tail.number);
    let found = || -> io::Result<_> {
        let path = paths.log_file(&name)?;
        let Some((file, found)) = open_regular(&paths.disk, &path, How::Read)? else {
            return Ok((None, false));
        };
        let as_left = ends_as_remembered(&paths.disk, &file, found.len, &tail)?;
        Ok((Some(found.len), as_left))
    };
    match found() {
        Ok((_, true)) => Ok(Vec::new()),
        Ok((found_bytes, false)) => {
            Ok(vec![ShrunkFile { name, remembered_bytes: tail.len, found_bytes }])
        }
        Err(source) => Err(ReadError::Io { what: shown(&paths.log.join(name)), source }),
    }
}
