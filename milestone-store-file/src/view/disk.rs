//! What the view does to the disk: read, replace, remove, list.
//!
//! - **Invariant.** A file is replaced as a whole, by a rename inside its folder; a reader sees the
//!   old one or the new one.
//! - **Invariant.** A symbolic link in place of a folder or a file of the view is an error.
//! - **Not promised.** Nothing is synced. The log is durable; what a power cut did to the view
//!   `doctor` finds, and a new one shows the log again. A file of which a part is left looks like
//!   one that was edited, and is left alone.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use milestone_core::projection::ProjectionError;
use milestone_core::words::Slug;

use crate::disk::{self, Disk, Kind, SHARED_FILE_MODE, SHARED_FOLDER_MODE, if_there, read_file};

/// How the names of view files end.
const EXTENSION: &str = ".yaml";

/// What files are called until they are whole.
const PREFIX: &str = ".view-";
const SUFFIX: &str = ".tmp";

pub(super) fn failed(action: &'static str, path: &Path, source: io::Error) -> ProjectionError {
    ProjectionError::Io { action, what: path.display().to_string(), source }
}

fn link(path: &Path) -> ProjectionError {
    let why = "it is a symbolic link, and the view follows none: \
               put the folder or file itself in its place, or remove the link";
    failed("use", path, io::Error::new(ErrorKind::InvalidInput, why))
}

/// What is at a path, if anything is; an error if it is a link.
fn kind<D: Disk>(disk: &D, path: &Path) -> Result<Option<Kind>, ProjectionError> {
    match if_there(disk.stat_at(path)).map_err(|error| failed("look at", path, error))? {
        Some(found) if found.kind == Kind::Link => Err(link(path)),
        found => Ok(found.map(|found| found.kind)),
    }
}

/// True if there is a real folder; an error if there is anything else of that name.
pub(super) fn is_folder<D: Disk>(disk: &D, path: &Path) -> Result<bool, ProjectionError> {
    match kind(disk, path)? {
        None => Ok(false),
        Some(Kind::Folder) => Ok(true),
        Some(_) => {
            let why = io::Error::new(ErrorKind::NotADirectory, "it is no folder");
            Err(failed("use", path, why))
        }
    }
}

/// Makes a folder unless it is there, and those that it is in.
pub(super) fn make_folder<D: Disk>(disk: &D, path: &Path) -> Result<(), ProjectionError> {
    if is_folder(disk, path)? {
        return Ok(());
    }
    let made = match disk.make_folder(path, SHARED_FOLDER_MODE) {
        Err(error) if error.kind() == ErrorKind::NotFound => match path.parent() {
            Some(parent) => {
                make_folder(disk, parent)?;
                disk.make_folder(path, SHARED_FOLDER_MODE)
            }
            None => Err(error),
        },
        made => made,
    };
    match made {
        // Somebody else did, meanwhile.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => is_folder(disk, path).map(drop),
        made => made.map_err(|error| failed("make", path, error)),
    }
}

/// The bytes of a file; `None` if there is none.
pub(super) fn read<D: Disk>(disk: &D, path: &Path) -> Result<Option<Vec<u8>>, ProjectionError> {
    if kind(disk, path)?.is_none() {
        return Ok(None);
    }
    read_file(disk, path).map(Some).map_err(|error| failed("read", path, error))
}

/// Puts a file in the place of the one of that name, whole or not at all.
pub(super) fn replace<D: Disk>(disk: &D, path: &Path, bytes: &[u8]) -> Result<(), ProjectionError> {
    let folder = path.parent().expect("files of the view are in a folder");
    let replaced = disk.random().and_then(|random| {
        let beside = folder.join(format!("{PREFIX}{random:016x}{SUFFIX}"));
        disk::replace(disk, path, &beside, bytes, SHARED_FILE_MODE)
    });
    replaced.map_err(|error| failed("write", path, error))
}

/// Removes a file; one that is gone already is fine.
pub(super) fn remove<D: Disk>(disk: &D, path: &Path) -> Result<(), ProjectionError> {
    if_there(disk.remove(path)).map(drop).map_err(|error| failed("remove", path, error))
}

/// The files of a folder that are named after a milestone, sorted by its id. Others are left alone.
pub(super) fn list<D: Disk>(
    disk: &D,
    folder: &Path,
) -> Result<Vec<(Slug, PathBuf)>, ProjectionError> {
    if !is_folder(disk, folder)? {
        return Ok(Vec::new());
    }
    let id = |name: &str| Slug::new(name.strip_suffix(EXTENSION)?).ok();
    let found = disk.list(folder, &|name| id(name).is_some());
    let found = found.map_err(|error| failed("list", folder, error))?;
    let file = |(name, _): (String, _)| Some((id(&name)?, folder.join(&name)));
    let mut files: Vec<_> = found.into_iter().filter_map(file).collect();
    files.sort();
    Ok(files)
}

/// Removes what processes left in a folder that died while they wrote a file. Whoever asks is the
/// only one who writes.
pub(super) fn sweep<D: Disk>(disk: &D, folder: &Path) -> Result<(), ProjectionError> {
    if !is_folder(disk, folder)? {
        return Ok(());
    }
    let is_left = |name: &str| name.starts_with(PREFIX) && name.ends_with(SUFFIX);
    let left = disk.list(folder, &is_left).map_err(|error| failed("list", folder, error))?;
    left.into_iter().try_for_each(|(name, _)| remove(disk, &folder.join(name)))
}

/// Where the file of a milestone is in a folder.
pub(super) fn place(folder: &Path, id: &Slug) -> PathBuf {
    folder.join(format!("{id}{EXTENSION}"))
}
