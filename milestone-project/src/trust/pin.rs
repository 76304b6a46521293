//! Pins: what this machine remembers of a log, kept outside the repository.
//!
//! Start at [`Pins`]. One small file a project: how many records there were, their Merkle root and
//! the heads. A log that was cut back, or made anew with every hash right, does not hold its pin.
//!
//! - **Invariant.** A pin is found by where the project lies and by its first record, so that
//!   neither moving the project nor making its history anew loses it.
//! - **Not promised.** Whoever can write to this person's home can change the pin as well.

use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use milestone_core::words::{RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::hex::to_hex;

/// What a log was when somebody looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Where the project lay.
    pub path: PathBuf,
    /// The first record of its log.
    pub origin: RecordId,
    /// When it was pinned.
    pub at: Timestamp,
    /// How many records there were.
    pub count: u64,
    /// Their Merkle root, 64 hex digits.
    pub root: String,
    /// Those that none built on.
    pub heads: Vec<RecordId>,
    /// The id of the key that signed this, if it was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
}

/// The pins of one person on one machine.
#[derive(Debug, Clone)]
pub struct Pins {
    dir: PathBuf,
}

/// Why a pin was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// A file cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// A file is no pin. What it said is not known; look at it and remove it.
    #[error("{} is no pin", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
}

impl Pins {
    /// The pins in `dir`, which need not be there.
    #[must_use]
    pub fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// The pin of the project at `root`, whose log begins with `origin`: that of the place before
    /// that of the log, for a log that was made anew begins with another record.
    ///
    /// # Errors
    ///
    /// [`PinError`]: what cannot be read might be the one.
    pub fn find(&self, root: &Path, origin: Option<RecordId>) -> Result<Option<Pin>, PinError> {
        let here = self.file(root);
        if let Some(pin) = read(&here)? {
            return Ok(Some(pin));
        }
        let entries = match fs::read_dir(&self.dir) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            entries => entries.map_err(|source| PinError::Io {
                action: "read",
                path: self.dir.clone(),
                source,
            })?,
        };
        let mut newest: Option<Pin> = None;
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let fits = |pin: &Pin| Some(pin.origin) == origin;
            if let Some(pin) = read(&path)?.filter(fits)
                && newest.as_ref().is_none_or(|held| held.count < pin.count)
            {
                newest = Some(pin);
            }
        }
        Ok(newest)
    }

    /// Puts a pin down in place of the one for that place.
    ///
    /// # Errors
    ///
    /// [`PinError::Io`]; the pin before it still is there.
    pub fn put(&self, pin: &Pin) -> Result<(), PinError> {
        let path = self.file(&pin.path);
        let failed = |source| PinError::Io { action: "write", path: path.clone(), source };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(&self.dir).map_err(failed)?;
        let text = serde_json::to_string_pretty(pin).map_err(|error| failed(error.into()))? + "\n";
        let mut file = tempfile::NamedTempFile::new_in(&self.dir).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn file(&self, root: &Path) -> PathBuf {
        let whole = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let name = Sha256::digest(whole.as_os_str().as_encoded_bytes());
        self.dir.join(format!("{}.json", to_hex(&name[..8])))
    }
}

fn read(path: &Path) -> Result<Option<Pin>, PinError> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(PinError::Io { action: "read", path: path.to_owned(), source }),
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(pin) => Ok(Some(pin)),
            Err(source) => Err(PinError::Damaged { path: path.to_owned(), source }),
        },
    }
}
