//! Whether a `.milestones` folder may be used at all, asked once when it is opened.
//!
//! Start at [`check`].
//!
//! - **Invariant.** Neither `.milestones` nor a folder in it that we write to is a symbolic link:
//!   one in a clone could lead our writes anywhere.
//! - **Invariant.** The folder belongs to whoever runs us, unless the caller says that it is
//!   trusted. Nobody's configuration is read on behalf of somebody else by accident.
//! - **Not promised.** The check is made once. Whoever may rename folders above `.milestones`
//!   while a command runs can still lead it elsewhere.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::paths::{Paths, shown};
use crate::disk::{Disk, Kind, Stat, if_there};

/// Why a log was not opened. Nothing was read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A folder is a symbolic link. Replace the link by the folder itself.
    #[error("{what} is a symbolic link")]
    Symlink {
        /// The link.
        what: String,
    },
    /// Another user owns the folder. Become its owner, or open it as trusted.
    #[error("{what} belongs to user {owner_uid}, not to user {our_uid}")]
    ForeignOwner {
        /// The folder.
        what: String,
        /// Who owns it.
        owner_uid: u32,
        /// As whom this process runs.
        our_uid: u32,
    },
    /// There is something else where the folder should be. Move it away.
    #[error("{what} is not a folder")]
    NotADirectory {
        /// What is there.
        what: String,
    },
    /// The folder cannot be looked at; often it does not exist.
    #[error("cannot open {what}")]
    Io {
        /// The folder.
        what: String,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
}

/// Refuses links, other things than folders and, unless trusted, what others own.
pub(super) fn check<D: Disk>(paths: &Paths<D>, trust_foreign_owner: bool) -> Result<(), OpenError> {
    let disk = &paths.disk;
    let Some(root) = folder(disk, &paths.root)? else {
        let source = io::ErrorKind::NotFound.into();
        return Err(OpenError::Io { what: shown(&paths.root), source });
    };
    if !trust_foreign_owner {
        check_owner(&paths.root, root.uid)?;
    }
    for below in [&paths.log, &paths.local, &paths.kept, &paths.recovered] {
        folder(disk, below)?;
    }
    Ok(())
}

/// The folder at `path` itself, never one behind a link; `None` if nothing is there.
fn folder<D: Disk>(disk: &D, path: &Path) -> Result<Option<Stat>, OpenError> {
    let what = || shown(path);
    let found = if_there(disk.stat_at(path));
    match found.map_err(|source| OpenError::Io { what: what(), source })? {
        Some(Stat { kind: Kind::Link, .. }) => Err(OpenError::Symlink { what: what() }),
        Some(found) if found.kind != Kind::Folder => Err(OpenError::NotADirectory { what: what() }),
        found => Ok(found),
    }
}

fn check_owner(path: &Path, owner_uid: u32) -> Result<(), OpenError> {
    let our_uid = our_uid(Path::new("/proc/self"))
        .map_err(|source| OpenError::Io { what: shown(path), source })?;
    if our_uid == owner_uid {
        return Ok(());
    }
    Err(OpenError::ForeignOwner { what: shown(path), owner_uid, our_uid })
}

/// The effective user id, without foreign calls: Linux gives `/proc/self` to it, and elsewhere a
/// file that we create belongs to it.
pub(super) fn our_uid(proc_self: &Path) -> io::Result<u32> {
    match std::fs::metadata(proc_self) {
        Ok(found) => Ok(found.uid()),
        Err(_) => Ok(tempfile::tempfile()?.metadata()?.uid()),
    }
}
