//! Which generation of projections a clone reads from, and how another takes its place.
//!
//! Start at [`Current::read`]; [`Current::switch`] changes it.
//!
//! - **Invariant.** `local/current` is replaced by one rename: whoever reads it sees the generation
//!   before or the one after, each of them whole.
//! - **Invariant.** A file that is gone or cannot be read means the first generation and the `file`
//!   backend: everything follows from the log.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use milestone_core::words::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backup::BACKUPS;
use crate::scale::Backend;

/// The file that names the generation in charge, in the project's directory.
const CURRENT: &str = "local/current";

/// What a file of migrations is called until it is whole.
pub(crate) const UNFINISHED: &str = ".migrating-";

/// What a generation's folder is called before its number.
const PREFIX: &str = "gen-";

/// The generation in charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Current {
    /// Its number, from 1.
    pub(crate) generation: u32,
    /// Its backend.
    pub(crate) backend: Backend,
    /// The generation that was in charge before it, kept to go back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<Before>,
    /// True if somebody went back to it, or moved down to it: no threshold moves the project on
    /// until they ask for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) stays: bool,
}

/// A generation that was in charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Before {
    /// Its number.
    pub(crate) generation: u32,
    /// Its backend.
    pub(crate) backend: Backend,
    /// When it was replaced.
    pub(crate) until: Timestamp,
    /// How many records the log had then.
    #[serde(default)]
    pub(crate) records: u64,
}

impl Default for Current {
    fn default() -> Self {
        Self { generation: 1, backend: Backend::File, before: None, stays: false }
    }
}

impl Current {
    /// The generation in charge of the project whose directory is `root`.
    pub(crate) fn read(root: &Path) -> Self {
        let text = std::fs::read_to_string(root.join(CURRENT)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Puts this generation in charge, durably.
    pub(crate) fn switch(&self, root: &Path) -> io::Result<()> {
        let local = root.join("local");
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&local)?;
        serde_json::to_writer(&mut file, self)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(root.join(CURRENT)).map_err(|error| error.error)?;
        File::open(&local)?.sync_all()
    }

    /// Its folder.
    pub(crate) fn dir(&self, root: &Path) -> PathBuf {
        dir_of(root, self.generation)
    }

    /// The snapshot of a `file` generation.
    pub(crate) fn snapshot(&self, root: &Path) -> PathBuf {
        self.dir(root).join("state.snapshot")
    }

    /// The index of a larger one.
    pub(crate) fn index(&self, root: &Path) -> PathBuf {
        self.dir(root).join("index.sqlite")
    }

    /// Its full-text search.
    pub(crate) fn search(&self, root: &Path) -> PathBuf {
        self.dir(root).join("search.sqlite")
    }

    /// Its tables of facts.
    pub(crate) fn analytics(&self, root: &Path) -> PathBuf {
        self.dir(root).join("analytics.sqlite")
    }

    /// Removes what migrations left behind that died while they wrote a file. Whoever asks is the
    /// only one who migrates.
    pub(crate) fn sweep(root: &Path) -> io::Result<()> {
        for folder in [root.join("local"), root.join(BACKUPS)] {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let entry = entry?;
                let unfinished = entry.file_name().to_str().is_some_and(|name| {
                    name.starts_with(UNFINISHED)
                        && entry.file_type().is_ok_and(|kind| kind.is_file())
                });
                if unfinished {
                    std::fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    }

    /// Removes the folders of generations that are neither in charge nor kept to go back to:
    /// beginnings of migrations that came to nothing. Returns their numbers.
    pub(crate) fn remove_others(&self, root: &Path) -> io::Result<Vec<u32>> {
        let kept = |number: &u32| {
            *number == self.generation
                || self.before.is_some_and(|before| before.generation == *number)
        };
        let others: Vec<u32> = all(root).into_iter().filter(|number| !kept(number)).collect();
        others.iter().try_for_each(|number| std::fs::remove_dir_all(dir_of(root, *number)))?;
        Ok(others)
    }
}

/// The folder of a generation.
pub(crate) fn dir_of(root: &Path, generation: u32) -> PathBuf {
    root.join("local").join(format!("{PREFIX}{generation}"))
}

/// The numbers of all generations that have a folder, sorted.
pub(crate) fn all(root: &Path) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir(root.join("local")) else { return Vec::new() };
    let number = |entry: io::Result<std::fs::DirEntry>| {
        entry.ok()?.file_name().to_str()?.strip_prefix(PREFIX)?.parse().ok()
    };
    let mut numbers: Vec<u32> = entries.filter_map(number).collect();
    numbers.sort_unstable();
    numbers
}
