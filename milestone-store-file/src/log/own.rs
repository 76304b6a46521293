//! Whether this clone's own file may be continued, and beginning a new one.
//!
//! Start at [`open_to_continue`]. Another branch may be checked out since the last command, with
//! another version of our file or none.
//!
//! - **Invariant.** A file is continued only if it is regular, at least as long as remembered, and
//!   the line that ends there has the remembered id. What follows is our own crash.
//! - **Invariant.** A new file is created by `O_EXCL`: whatever has its name is skipped, not used.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use milestone_core::log::ReadError;
use milestone_core::words::RecordId;

use super::paths::{Paths, open_in, options, shown};
use super::writer::{self, Tail, WriterFile};

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
pub(super) struct OwnFile {
    pub(super) file: File,
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
pub(super) fn open_to_continue(paths: &Paths, writer: &WriterFile) -> io::Result<Option<OwnFile>> {
    let Some(tail) = writer.state.tail else { return Ok(None) };
    let path = paths.log_file(&writer.state.file_name(tail.number))?;
    let Some((file, found)) = open_regular(options().read(true).append(true), &path)? else {
        return Ok(None);
    };
    let len = found.len();
    if !ends_as_remembered(&file, len, &tail)? {
        return Ok(None);
    }
    let torn = len > tail.len && !is_lf_at(&file, len - 1)?;
    let inode = (found.dev(), found.ino());
    Ok(Some(OwnFile { file, path, inode, number: tail.number, len, torn }))
}

/// Opens a regular file; `None` if there is none at this path but nothing, a link or a folder.
fn open_regular(options: &OpenOptions, path: &Path) -> io::Result<Option<(File, Metadata)>> {
    // Asked first, for each kind of thing that is no file fails to open in its own way.
    match path.symlink_metadata() {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let file = options.open(path)?;
    let found = file.metadata()?;
    Ok(found.is_file().then_some((file, found)))
}

fn ends_as_remembered(file: &File, len: u64, tail: &Tail) -> io::Result<bool> {
    if len < tail.len || !is_lf_at(file, tail.len - 1)? {
        return Ok(false);
    }
    if tail.line_start > 0 && !is_lf_at(file, tail.line_start - 1)? {
        return Ok(false);
    }
    let mut member = [0; ID_MEMBER_BYTES];
    let read = file.read_at(&mut member, tail.line_start)?;
    Ok(id_of_line(&member[..read]) == Some(tail.id))
}

fn is_lf_at(file: &File, offset: u64) -> io::Result<bool> {
    let mut byte = [0];
    Ok(file.read_at(&mut byte, offset)? == 1 && byte == *b"\n")
}

/// The id with which a line begins. Nothing else of the line is looked at.
pub(super) fn id_of_line(line: &[u8]) -> Option<RecordId> {
    let (hex, rest) = line.strip_prefix(ID_FRAME.0)?.split_at_checked(ID_CHARS)?;
    if !rest.starts_with(ID_FRAME.1) {
        return None;
    }
    RecordId::parse(hex)
}

/// Creates this clone's next file, empty. Its number is taken before it is there.
pub(super) fn begin(paths: &Paths, writer: &mut WriterFile) -> io::Result<OwnFile> {
    loop {
        let number = writer.take_number()?;
        let path = paths.log_file(&writer.state.file_name(number))?;
        let create = || options().read(true).append(true).create_new(true).open(&path);
        match open_in(&paths.log, create) {
            Ok(file) => {
                let found = file.metadata()?;
                let inode = (found.dev(), found.ino());
                return Ok(OwnFile { file, path, inode, number, len: 0, torn: false });
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// The own file that git (or a person) took lines from since the last append.
pub(super) fn shrunk(paths: &Paths) -> Result<Vec<ShrunkFile>, ReadError> {
    let cannot_read = |source| ReadError::Io { what: shown(&paths.writer), source };
    let Some(state) = writer::peek(paths).map_err(cannot_read)? else { return Ok(Vec::new()) };
    let Some(tail) = state.tail else { return Ok(Vec::new()) };
    let name = state.file_name(tail.number);
    let found = || -> io::Result<_> {
        let path = paths.log_file(&name)?;
        let Some((file, found)) = open_regular(options().read(true), &path)? else {
            return Ok((None, false));
        };
        let as_left = ends_as_remembered(&file, found.len(), &tail)?;
        Ok((Some(found.len()), as_left))
    };
    match found() {
        Ok((_, true)) => Ok(Vec::new()),
        Ok((found_bytes, false)) => {
            Ok(vec![ShrunkFile { name, remembered_bytes: tail.len, found_bytes }])
        }
        Err(source) => Err(ReadError::Io { what: shown(&paths.log.join(name)), source }),
    }
}
