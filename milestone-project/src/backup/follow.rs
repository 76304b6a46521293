//! The continuous backup: what a command recorded is in the directory that the user named when the
//! command ends.
//!
//! Start at [`Project::follow_with_backup`]. `now-<n>.jsonl` has what was recorded since backup `n`
//! was begun: lines of the log as they are, each preceded by a LF, so that no fragment spoils the
//! next one.
//!
//! - **Invariant.** It says of itself what it covers: a backup and every record since. Where that
//!   is not so, because records came in from elsewhere, a backup of the new bytes is made at once.
//! - **Invariant.** The file is there before its first line: in a directory that is not mounted
//!   nothing is begun.
//! - **Not promised.** It never fails a command; what could not be written is a warning, and the
//!   next command makes up for it.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use milestone_core::log::Digest;
use milestone_core::words::RecordId;
use serde::{Deserialize, Serialize};

use super::{Occasion, Vault, Wish};
use crate::caller::Caller;
use crate::execute::Warning;
use crate::maintain::Keeper;
use crate::migrate::told_whole;
use crate::project::Project;

/// What this clone remembers of its backups, in the project's directory.
const STANDING: &str = "local/backup.json";

/// How the names of continuous files begin and end.
const NOW: (&str, &str) = ("now-", ".jsonl");

/// What this clone remembers of its backups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Standing {
    /// Where they are.
    pub(super) directory: PathBuf,
    /// The hash of the first line of their chain.
    pub(super) chain: String,
    /// The backup that the continuous file goes on from.
    after: u64,
    /// How many records these two cover.
    records: u64,
    /// The sum of their ids.
    digest: Digest,
}

impl Standing {
    /// What is remembered in the project whose directory is `root`.
    pub(super) fn read(root: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(root.join(STANDING)).ok()?).ok()
    }

    fn write(&self, root: &Path) -> io::Result<()> {
        // Not synced: what is torn or old is noticed by what it says of the records.
        std::fs::write(root.join(STANDING), serde_json::to_vec(self)?)
    }

    /// True if the directory has the chain that is remembered.
    fn is_there(&self) -> bool {
        let vault = Vault::open(&self.directory);
        vault.is_ok_and(|vault| vault.chain.id.as_ref() == Some(&self.chain))
    }

    fn file(&self) -> PathBuf {
        self.directory.join(format!("{}{:04}{}", NOW.0, self.after, NOW.1))
    }
}

/// What came of following a command.
pub(crate) enum Followed {
    /// Nobody asked for it.
    No,
    /// The lines are written to this file and not durable.
    Written(File),
    /// There are records that were not seen.
    Behind,
    /// They could not be written.
    Failed(io::Error),
}

impl Project {
    /// Remembers that backup `number` covers these records, and begins the file that goes on from
    /// it.
    pub(super) fn stand(&self, vault: &Vault, number: u64, digest: &Digest, records: u64) {
        let Some(chain) = vault.chain.id.clone() else { return };
        let (directory, digest) = (vault.dir.clone(), *digest);
        let standing = Standing { directory, chain, after: number, records, digest };
        let begun = match self.is_backup_continuous() {
            true => File::options().append(true).create(true).open(standing.file()).map(drop),
            false => Ok(()),
        };
        // What is not remembered is made up for: the next command finds nothing that it could
        // follow, and a backup is made.
        let remembered = begun.and_then(|()| standing.write(&self.root));
        if remembered.is_err() {
            let _ = std::fs::remove_file(self.root.join(STANDING));
        }
    }

    /// True if new records go to a directory that somebody named, at once.
    pub fn is_backup_continuous(&self) -> bool {
        self.backups.continuous && self.backups.directory.is_some()
    }

    /// Writes what was just appended, when the log had so many records `before`. The caller holds
    /// the lock.
    pub(crate) fn follow_with_backup(
        &self,
        before: (u64, Digest),
        lines: &[(RecordId, String)],
    ) -> Followed {
        if !self.is_backup_continuous() {
            return Followed::No;
        }
        let directory = self.backup_directory();
        let known = Standing::read(&self.root).filter(|known| known.directory == directory);
        let Some(mut known) = known.filter(|known| (known.records, known.digest) == before) else {
            return Followed::Behind;
        };
        let mut buffer = String::new();
        for (id, line) in lines {
            buffer.push('\n');
            buffer.push_str(line);
            known.records += 1;
            known.digest.add(id);
        }
        buffer.push('\n');
        let written = File::options().append(true).open(known.file()).and_then(|mut file| {
            file.write_all(buffer.as_bytes())?;
            known.write(&self.root)?;
            Ok(file)
        });
        match written {
            Ok(file) => Followed::Written(file),
            // It was turned on after the last backup.
            Err(error) if error.kind() == io::ErrorKind::NotFound && known.is_there() => {
                Followed::Behind
            }
            Err(error) => Followed::Failed(error),
        }
    }

    /// Makes it durable, or makes up for what was not seen. The caller holds no lock.
    pub(crate) fn followed_by_backup(
        &mut self,
        followed: Followed,
        caller: &Caller,
    ) -> Option<Warning> {
        let done = match followed {
            Followed::No => return None,
            Followed::Written(file) => file.sync_data().map_err(|error| error.to_string()),
            Followed::Failed(error) => Err(error.to_string()),
            Followed::Behind => {
                let keeper = Keeper::now(caller.now);
                match self.back_up(&keeper, Wish::because(Occasion::Caught)) {
                    // Whoever makes one now sees these records, too, or the next command does.
                    Ok(_) | Err(super::BackupError::Busy) => Ok(()),
                    Err(error) => Err(told_whole(&error)),
                }
            }
        };
        done.err().map(|why| Warning::NotBackedUp { why })
    }
}

impl Vault {
    /// The continuous files, the oldest first.
    pub(super) fn recent(&self) -> io::Result<Vec<(u64, PathBuf)>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.dir)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let number = name.strip_prefix(NOW.0).and_then(|rest| rest.strip_suffix(NOW.1));
            if let Some(number) = number.and_then(|number| number.parse().ok()) {
                found.push((number, path));
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Removes the continuous files of backups before `number`, which has what they have.
    pub(super) fn forget_before(&self, number: u64) {
        for (after, path) in self.recent().unwrap_or_default() {
            if after < number {
                // One that stays is read as well, and says nothing new.
                let _ = std::fs::remove_file(path);
            }
        }
    }
}
