//! The disk, as this crate sees it: every file that the log and the view touch, they touch here.
//!
//! Start at [`Disk`]. [`RealDisk`] is the system's; a disk that loses power is played by
//! `milestone-crashtest`.
//!
//! - **Invariant.** Every file is opened with `O_NOFOLLOW`, so that a link planted in a clone leads
//!   nowhere; `O_NONBLOCK`, so that a FIFO cannot hang us; and closed on exec.
//! - **Invariant.** One operation is one system call, or a fixed few where the system has no single
//!   one. Nothing is tried again in here: who calls knows whether it may be.
//! - **Absent on purpose.** Buffers, paths made absolute, and operations that nobody needs.

use std::fmt::Debug;
use std::fs::{DirBuilder, File, Metadata, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

/// Permissions of a file that its owner alone may write, before the umask.
pub(crate) const FILE_MODE: u32 = 0o644;
/// Permissions of a file that whoever the umask lets may write, before the umask.
pub(crate) const SHARED_FILE_MODE: u32 = 0o666;
/// Permissions of a folder that its owner alone may write, before the umask.
pub(crate) const FOLDER_MODE: u32 = 0o755;
/// Permissions of a folder that whoever the umask lets may write, before the umask.
pub(crate) const SHARED_FOLDER_MODE: u32 = 0o777;
/// Nanoseconds in a second.
const NS_PER_S: i64 = 1_000_000_000;

/// How a file is opened. All that can be written can be read as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Read what is there.
    Read,
    /// Append to what is there (`O_APPEND`).
    Append,
    /// Append to a file that must not be there yet (`O_EXCL`).
    New {
        /// Its permissions, before the umask.
        mode: u32,
    },
    /// Append to a file that is made if it is missing.
    AppendOrNew,
    /// Write anywhere in a file that is made if it is missing.
    Write,
    /// Write anywhere in a file that is made if it is missing, and emptied if it is not.
    Rewrite,
}

/// What is behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, which is never followed.
    Link,
    /// A FIFO, a device or a socket.
    Other,
}

/// What the disk says of a file without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: Kind,
    /// Its length in bytes.
    pub len: u64,
    /// When it was last modified, in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// The device and the number on it, by which a file is told from another of the same name.
    pub inode: (u64, u64),
    /// Who owns it.
    pub uid: u32,
}

/// A disk: what the log and the view need of a file system, and no more.
///
/// A new one is durable only as far as it says: what was written after [`sync`](Self::sync), and
/// names after [`sync_folder`](Self::sync_folder).
///
/// Every operation fails with an [`io::Error`] as the system call of the same name does; then
/// nothing was changed, but for a write, of which some first bytes may be there.
pub trait Disk: Clone + Debug + Send + Sync + 'static {
    /// An open file. It is closed, and its lock freed, when this is dropped.
    type File: Debug + Send + Sync + 'static;

    /// Opens a file.
    ///
    /// # Errors
    ///
    /// As `open`; a symbolic link is refused.
    fn open(&self, path: &Path, how: How) -> io::Result<Self::File>;

    /// What there is of an open file, whatever has become of its name.
    ///
    /// # Errors
    ///
    /// As `fstat`.
    fn stat(&self, file: &Self::File) -> io::Result<Stat>;

    /// What a path leads to; a link itself and not what is behind it.
    ///
    /// # Errors
    ///
    /// As `lstat`.
    fn stat_at(&self, path: &Path) -> io::Result<Stat>;

    /// The entries of a folder whose names are wanted, in no order. Names that are not UTF-8 are
    /// not asked about, and what vanishes meanwhile is left out.
    ///
    /// # Errors
    ///
    /// As `readdir` and `lstat`.
    fn list(&self, folder: &Path, wanted: &dyn Fn(&str) -> bool)
    -> io::Result<Vec<(String, Stat)>>;

    /// Reads bytes from `offset` on and returns how many; 0 at the end.
    ///
    /// # Errors
    ///
    /// As `pread`.
    fn read_at(&self, file: &Self::File, into: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Writes to the end of a file that is open for appending; returns how many bytes were written.
    ///
    /// # Errors
    ///
    /// As `write`.
    fn append(&self, file: &Self::File, bytes: &[u8]) -> io::Result<usize>;

    /// Writes from `offset` on; returns how many bytes were written.
    ///
    /// # Errors
    ///
    /// As `pwrite`.
    fn write_at(&self, file: &Self::File, bytes: &[u8], offset: u64) -> io::Result<usize>;

    /// Cuts a file to a length, or makes it longer by zeros.
    ///
    /// # Errors
    ///
    /// As `ftruncate`.
    fn set_len(&self, file: &Self::File, len: u64) -> io::Result<()>;

    /// Makes what a file holds durable, its length included.
    ///
    /// # Errors
    ///
    /// As `fdatasync`. It must not be tried again.
    fn sync(&self, file: &Self::File) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    ///
    /// As `open` and `fsync`.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// Makes a folder, whose parent must exist; `mode` are its permissions before the umask.
    ///
    /// # Errors
    ///
    /// As `mkdir`.
    fn make_folder(&self, path: &Path, mode: u32) -> io::Result<()>;

    /// Gives a file another name, in place of what has that name.
    ///
    /// # Errors
    ///
    /// As `rename`.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Takes a file's name away.
    ///
    /// # Errors
    ///
    /// As `unlink`.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Takes the exclusive lock on an open file, or says that somebody has it.
    ///
    /// # Errors
    ///
    /// As `flock` with `LOCK_NB`.
    fn try_lock(&self, file: &Self::File) -> Result<(), TryLockError>;

    /// Random bits, of which names are made.
    ///
    /// # Errors
    ///
    /// As reading `/dev/urandom`.
    fn random(&self) -> io::Result<u64>;
}

/// The disk of the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    type File = File;

    fn open(&self, path: &Path, how: How) -> io::Result<File> {
        let mut options = File::options();
        options.read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).mode(FILE_MODE);
        match how {
            How::Read => &mut options,
            How::Append => options.append(true),
            How::New { mode } => options.append(true).create_new(true).mode(mode),
            How::AppendOrNew => options.append(true).create(true),
            How::Write => options.write(true).create(true).truncate(false),
            How::Rewrite => options.write(true).create(true).truncate(true),
        }
        .open(path)
    }

    fn stat(&self, file: &File) -> io::Result<Stat> {
        file.metadata().map(|found| stat_of(&found))
    }

    fn stat_at(&self, path: &Path) -> io::Result<Stat> {
        path.symlink_metadata().map(|found| stat_of(&found))
    }

    fn list(
        &self,
        folder: &Path,
        wanted: &dyn Fn(&str) -> bool,
    ) -> io::Result<Vec<(String, Stat)>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !wanted(&name) {
                continue;
            }
            match entry.metadata() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => found.push((name, stat_of(&other?))),
            }
        }
        Ok(found)
    }

    fn read_at(&self, file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
        FileExt::read_at(file, into, offset)
    }

    fn append(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    fn write_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
        FileExt::write_at(file, bytes, offset)
    }

    fn set_len(&self, file: &File, len: u64) -> io::Result<()> {
        file.set_len(len)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn make_folder(&self, path: &Path, mode: u32) -> io::Result<()> {
        DirBuilder::new().mode(mode).create(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn try_lock(&self, file: &File) -> Result<(), TryLockError> {
        file.try_lock()
    }

    fn random(&self) -> io::Result<u64> {
        let mut random = [0; 8];
        File::open("/dev/urandom")?.read_exact(&mut random)?;
        Ok(u64::from_ne_bytes(random))
    }
}

fn stat_of(found: &Metadata) -> Stat {
    let kind = match found.file_type() {
        kind if kind.is_file() => Kind::File,
        kind if kind.is_dir() => Kind::Folder,
        kind if kind.is_symlink() => Kind::Link,
        _ => Kind::Other,
    };
    let mtime_ns = found.mtime().saturating_mul(NS_PER_S).saturating_add(found.mtime_nsec());
    let inode = (found.dev(), found.ino());
    Stat { kind, len: found.len(), mtime_ns, inode, uid: found.uid() }
}

/// `NotFound` as `None`.
pub(crate) fn if_there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// Writes all of `bytes`, by as many `append`s as it takes.
pub(crate) fn append_all<D: Disk>(disk: &D, file: &D::File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = again(|| disk.append(file, bytes))?;
        bytes = &bytes[advanced(written)?..];
    }
    Ok(())
}

/// Writes all of `bytes` from `offset` on.
pub(crate) fn write_all_at<D: Disk>(
    disk: &D,
    file: &D::File,
    mut bytes: &[u8],
    mut offset: u64,
) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = again(|| disk.write_at(file, bytes, offset))?;
        bytes = &bytes[advanced(written)?..];
        offset += written as u64;
    }
    Ok(())
}

fn advanced(written: usize) -> io::Result<usize> {
    match written {
        0 => Err(io::ErrorKind::WriteZero.into()),
        written => Ok(written),
    }
}

/// Calls again what a signal interrupted.
pub(crate) fn again<T>(call: impl Fn() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Opens a file and reads all that is in it.
pub(crate) fn read_file<D: Disk>(disk: &D, path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Reader::new(disk, disk.open(path, How::Read)?).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Puts a file with these bytes in the place of `path` as a whole, by way of the free name
/// `beside`. Not durable.
pub(crate) fn replace<D: Disk>(
    disk: &D,
    path: &Path,
    beside: &Path,
    bytes: &[u8],
    mode: u32,
) -> io::Result<()> {
    let file = disk.open(beside, How::New { mode })?;
    let replaced = append_all(disk, &file, bytes).and_then(|()| disk.rename(beside, path));
    if replaced.is_err() {
        let _ = disk.remove(beside);
    }
    replaced
}

/// Reads an open file from its beginning on.
pub(crate) struct Reader<'d, D: Disk> {
    disk: &'d D,
    file: D::File,
    offset: u64,
}

impl<'d, D: Disk> Reader<'d, D> {
    pub(crate) fn new(disk: &'d D, file: D::File) -> Self {
        Self { disk, file, offset: 0 }
    }
}

impl<D: Disk> Read for Reader<'_, D> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.disk.read_at(&self.file, into, self.offset)?;
        self.offset += count as u64;
        Ok(count)
    }
}
