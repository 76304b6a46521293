//! What the view does to the disk: read, replace, remove, list.
//!
//! - **Invariant.** A file is replaced as a whole, by a rename inside its folder; a reader sees the
//!   old one or the new one.
//! - **Invariant.** A symbolic link in place of a folder or a file of the view is an error.
//! - **Absent on purpose.** Syncing. The log is durable, and a view that a power cut damaged is
//!   seen to be damaged and written again.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use milestone_core::projection::ProjectionError;
use milestone_core::words::Slug;

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

/// True if there is a real folder; an error if there is anything else of that name.
pub(super) fn is_folder(path: &Path) -> Result<bool, ProjectionError> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => Err(link(path)),
        Ok(found) if found.is_dir() => Ok(true),
        Ok(_) => {
            let why = io::Error::new(ErrorKind::NotADirectory, "it is no folder");
            Err(failed("use", path, why))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed("look at", path, error)),
    }
}

/// Makes a folder unless it is there.
pub(super) fn make_folder(path: &Path) -> Result<(), ProjectionError> {
    if is_folder(path)? {
        return Ok(());
    }
    fs::create_dir_all(path).map_err(|error| failed("make", path, error))
}

/// The bytes of a file; `None` if there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, ProjectionError> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => return Err(link(path)),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("look at", path, error)),
    }
    fs::read(path).map(Some).map_err(|error| failed("read", path, error))
}

/// Puts a file in the place of the one of that name, whole or not at all.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), ProjectionError> {
    let folder = path.parent().expect("files of the view are in a folder");
    let written = temporary(folder).and_then(|mut file| {
        file.write_all(bytes)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    });
    written.map_err(|error| failed("write", path, error))
}

/// A file that everybody may read whom the user's mask lets.
#[cfg(unix)]
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::Permissions::from_mode(0o666);
    tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).permissions(mode).tempfile_in(folder)
}

#[cfg(not(unix))]
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)
}

/// Removes a file; one that is gone already is fine.
pub(super) fn remove(path: &Path) -> Result<(), ProjectionError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed("remove", path, error)),
        _ => Ok(()),
    }
}

/// The files of a folder that are named after a milestone, sorted by its id. Others are left alone.
pub(super) fn list(folder: &Path) -> Result<Vec<(Slug, PathBuf)>, ProjectionError> {
    if !is_folder(folder)? {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| failed("list", folder, error))? {
        let entry = entry.map_err(|error| failed("list", folder, error))?;
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_suffix(EXTENSION));
        if let Some(id) = id.and_then(|id| Slug::new(id).ok()) {
            files.push((id, entry.path()));
        }
    }
    files.sort();
    Ok(files)
}

/// Removes what processes left in a folder that died while they wrote a file. Whoever asks is the
/// only one who writes.
pub(super) fn sweep(folder: &Path) -> Result<(), ProjectionError> {
    if !is_folder(folder)? {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(|error| failed("list", folder, error))? {
        let entry = entry.map_err(|error| failed("list", folder, error))?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX)) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Where the file of a milestone is in a folder.
pub(super) fn place(folder: &Path, id: &Slug) -> PathBuf {
    folder.join(format!("{id}{EXTENSION}"))
}
