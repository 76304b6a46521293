//! Making a backup.
//!
//! Start at [`Project::back_up`].
//!
//! - **Invariant.** The project's lock is held while lengths are noted, not while bytes are copied:
//!   what is appended meanwhile is left for the next one. A file that is replaced meanwhile, as git
//!   does, is copied as it is then.
//! - **Invariant.** What has not changed since the backup before is not read again; of a file that
//!   has grown only the new bytes are stored, once the old ones were compared by hash.
//! - **Invariant.** Nothing is based on a backup that was found damaged.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use milestone_core::log::LogStore;
use milestone_core::words::Timestamp;
use sha2::{Digest as _, Sha256};

use super::chain::{Told, hex};
use super::follow::Standing;
use super::pack::{FileEntry, Manifest, ObjectEntry, Packer};
use super::{BACKUPS, BackupError, BackupPolicy, FULL_DUE_MICROS, Occasion, Point, Source, Vault};
use crate::generation::UNFINISHED;
use crate::journal::{Deed, DeedKind, Journal};
use crate::maintain::Keeper;
use crate::project::Project;

/// How long a backup waits for others to finish their commands.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// What kind of backup is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Why.
    pub why: Occasion,
    /// True if it must need no other one.
    pub full: bool,
    /// True if a new chain is to be begun although the one that was there is gone.
    pub anew: bool,
}

impl Wish {
    /// The new bytes since the last one, or all where there is none.
    pub fn because(why: Occasion) -> Self {
        Self { why, full: false, anew: false }
    }
}

/// What was noted under the project's lock.
struct Noted {
    sources: Vec<Source>,
    records: u64,
    digest: milestone_core::log::Digest,
    degraded: bool,
}

impl Project {
    /// Where backups go and how long they stay.
    pub fn backup_policy(&self) -> &BackupPolicy {
        &self.backups
    }

    /// Says where backups go and how long they stay, from now on.
    pub fn set_backup_policy(&mut self, policy: BackupPolicy) {
        self.backups = policy;
    }

    /// The directory of the backups.
    pub fn backup_directory(&self) -> PathBuf {
        match &self.backups.directory {
            Some(named) => named.clone(),
            None => self.root.join(BACKUPS),
        }
    }

    /// Makes a backup of everything that was recorded until now.
    ///
    /// # Errors
    ///
    /// [`BackupError`]; nothing is left of it then.
    pub fn back_up(&mut self, keeper: &Keeper<'_>, wish: Wish) -> Result<Point, BackupError> {
        if self.read_only {
            return Err(BackupError::ReadOnly);
        }
        let dir = self.backup_directory();
        std::fs::create_dir_all(&dir).map_err(|source| BackupError::io("make", &dir, source))?;
        let (mut vault, held) = Vault::hold(&dir)?;
        let known = Standing::read(&self.root).filter(|known| known.directory == dir);
        let gone = known.is_some_and(|known| vault.chain.id.as_ref() != Some(&known.chain));
        if gone && !wish.anew {
            return Err(BackupError::Gone { dir });
        }
        let noted = self.note(&vault)?;
        let base = match wish.full {
            true => None,
            false => vault.base(),
        };
        let point = vault.write(&self.root, &noted, base.as_ref(), wish.why)?;
        let failed = |source| BackupError::io("write", &dir, source);
        vault.chain.tell(&dir, keeper.now, Told::Made(point.clone())).map_err(failed)?;
        if point.number == 1 || wish.anew {
            self.stand(&vault, point.number, &noted.digest, noted.records);
        }
        vault.forget_before(point.number);
        drop(held);
        let file = self.name_of(&dir.join(&point.folder));
        let what = DeedKind::BackedUp { file, bytes: point.bytes };
        // The journal tells; if it cannot, the backup is there all the same.
        let _ =
            Journal::of(&self.root).tell(&Deed { at: keeper.now, by: keeper.by.to_owned(), what });
        Ok(Point { at: keeper.now, ..point })
    }

    /// A path as people know it: in the project's directory, or whole.
    pub fn name_of(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// Notes what there is, and lets new records go to the next continuous file from here on.
    fn note(&mut self, vault: &Vault) -> Result<Noted, BackupError> {
        let guard = self.store.lock(LOCK_WAIT)?;
        self.refresh()?;
        let sources = super::sources(&self.root);
        let sources = sources.map_err(|source| BackupError::io("read", &self.root, source))?;
        let (records, digest) = (self.checkpoint.count, self.checkpoint.digest);
        if vault.chain.id.is_some() {
            // Whoever appends from here on finds the new file.
            self.stand(vault, vault.chain.next, &digest, records);
        }
        drop(guard);
        let degraded = self.checkpoint.finding_counts[2] > 0;
        Ok(Noted { sources, records, digest, degraded })
    }

    /// True if a full backup is due at `now`.
    pub fn is_full_backup_due(&self, now: Timestamp) -> bool {
        let Ok(vault) = Vault::open(&self.backup_directory()) else { return false };
        let last = vault.points().iter().rfind(|point| point.full && !point.damaged);
        last.is_none_or(|point| now.0.abs_diff(point.at.0) >= FULL_DUE_MICROS)
    }
}

impl Vault {
    /// What the next backup can be based on.
    fn base(&self) -> Option<Manifest> {
        let last = self.points().last().filter(|point| !point.damaged)?;
        self.manifest(last).ok()
    }

    /// Writes the folder of the next backup.
    fn write(
        &self,
        root: &Path,
        noted: &Noted,
        base: Option<&Manifest>,
        why: Occasion,
    ) -> Result<Point, BackupError> {
        let number = self.chain.next;
        let unfinished = self.dir.join(format!("{UNFINISHED}{number:04}"));
        let folder = format!("{number:04}-{}", why.name());
        let written = || -> std::io::Result<(String, u64)> {
            if unfinished.exists() {
                std::fs::remove_dir_all(&unfinished)?;
            }
            std::fs::create_dir(&unfinished)?;
            let mut packer = Packer::new(&unfinished, number);
            let mut files = Vec::with_capacity(noted.sources.len());
            for source in &noted.sources {
                files.extend(store(&mut packer, root, source, base)?);
            }
            let own = packer.finish()?;
            let mut bytes = own.iter().map(|object| object.bytes).sum::<u64>();
            let objects = needed(&files, own, base);
            let manifest = Manifest { format: 1, backup: number, files, objects };
            let (sha256, len) = manifest.write(&unfinished)?;
            bytes += len;
            File::open(&unfinished)?.sync_all()?;
            // A folder of that name is of a backup whose line in the chain was never written.
            let place = self.dir.join(&folder);
            if place.exists() {
                std::fs::remove_dir_all(&place)?;
            }
            std::fs::rename(&unfinished, place)?;
            File::open(&self.dir)?.sync_all()?;
            Ok((sha256, bytes))
        };
        let (manifest, bytes) = written().map_err(|source| {
            let _ = std::fs::remove_dir_all(&unfinished);
            BackupError::io("write", &self.dir, source)
        })?;
        let Noted { records, digest, degraded, .. } = *noted;
        let (full, at, verified, damaged) = (base.is_none(), Timestamp(0), None, false);
        Ok(Point {
            number,
            full,
            why,
            folder,
            manifest,
            bytes,
            records,
            digest,
            degraded,
            at,
            verified,
            damaged,
        })
    }
}

/// Stores what is new of one file; `None` if it is gone by now.
fn store(
    packer: &mut Packer,
    root: &Path,
    source: &Source,
    base: Option<&Manifest>,
) -> std::io::Result<Option<FileEntry>> {
    let Source { path, bytes, mtime_ns, inode } = source.clone();
    let before = base.and_then(|base| {
        let at = base.files.binary_search_by(|held| held.path.cmp(&path)).ok()?;
        base.files.get(at)
    });
    if let Some(held) = before
        && (held.bytes, held.mtime_ns, held.inode) == (bytes, mtime_ns, inode)
    {
        return Ok(Some(held.clone()));
    }
    let mut content = Vec::new();
    match File::open(root.join(&path)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        file => file?.take(bytes).read_to_end(&mut content)?,
    };
    let sha256 = hex(&Sha256::digest(&content));
    let bytes = content.len() as u64;
    let grown = before.filter(|held| {
        let old = usize::try_from(held.bytes).ok().and_then(|len| content.get(..len));
        old.is_some_and(|old| hex(&Sha256::digest(old)) == held.sha256)
    });
    let pieces = match grown {
        Some(held) => {
            let new = usize::try_from(held.bytes).ok().and_then(|len| content.get(len..));
            let new = new.unwrap_or_default();
            let mut pieces = held.pieces.clone();
            if !new.is_empty() {
                pieces.push(packer.add(format!("{path}@{}", held.bytes), new)?);
            }
            pieces
        }
        None => vec![packer.add(path.clone(), &content)?],
    };
    Ok(Some(FileEntry { path, bytes, sha256, mtime_ns, inode, pieces }))
}

/// The objects that files are in: its own ones, and those of the backup before.
fn needed(files: &[FileEntry], own: Vec<ObjectEntry>, base: Option<&Manifest>) -> Vec<ObjectEntry> {
    let mut objects = own;
    let used = |object: &&ObjectEntry| {
        let mut pieces = files.iter().flat_map(|file| &file.pieces);
        pieces.any(|piece| piece.backup == object.backup && piece.object == object.name)
    };
    objects.extend(base.into_iter().flat_map(|base| &base.objects).filter(used).cloned());
    objects.sort_unstable();
    objects
}
