//! Bringing a moment back into a new place.
//!
//! Start at [`Vault::restore_into`].
//!
//! - **Invariant.** What is brought back is put together beside its place, compared with what the
//!   chain says of it, and appears by one rename.
//! - **Invariant.** A moment of the log is exactly the records that `--as-of` shows there. It is
//!   taken from the newest backup that can be brought back, for a log only grows; what people typed
//!   in is that of the newest backup up to the moment.
//! - **Invariant.** Backups that cannot be brought back are passed over, and named.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use milestone_core::log::{Checkpoint, LogStore, Step, record, scan};
use milestone_core::words::{RecordId, Timestamp};
use milestone_store_file::{FileStore, Options};

use super::pack::{Manifest, ObjectEntry, Targets, checked, unpack};
use super::{BackupError, Point, Vault};
use crate::as_of::{AsOf, ancestors, find_record};
use crate::error::HistoryError;
use crate::generation::UNFINISHED;
use crate::project::DIRECTORY;

/// What is wanted back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The newest backup that can be brought back of those that hold most records, and what was
    /// recorded since.
    Newest,
    /// One backup as it was.
    Point(u64),
    /// The log's records up to a moment.
    Moment(AsOf),
}

/// What was brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Of which backup.
    pub backup: u64,
    /// When that was made.
    pub at: Timestamp,
    /// How many records.
    pub records: u64,
    /// How many of them are from after that backup: the continuous one had them.
    pub recent: u64,
    /// Newer backups that were passed over, and why.
    pub passed_over: Vec<(u64, String)>,
}

/// A moment that was put together beside its place.
pub(super) struct Scratch {
    pub(super) root: PathBuf,
    pub(super) restored: Restored,
}

impl Vault {
    /// Brings a moment back as a project in `dir`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`BackupError`]; nothing is left in `dir` then.
    pub fn restore_into(&self, wanted: &Wanted, dir: &Path) -> Result<Restored, BackupError> {
        let place = dir.join(DIRECTORY);
        if place.symlink_metadata().is_ok() {
            return Err(BackupError::InTheWay { path: place });
        }
        let failed = |source| BackupError::io("write", dir, source);
        std::fs::create_dir_all(dir).map_err(failed)?;
        let beside = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(dir).map_err(failed)?;
        let scratch = self.put_together(wanted, beside.path())?;
        let moved =
            std::fs::rename(&scratch.root, &place).and_then(|()| File::open(dir)?.sync_all());
        moved.map_err(failed)?;
        Ok(scratch.restored)
    }

    /// Puts what is wanted together under `beside`.
    pub(super) fn put_together(
        &self,
        wanted: &Wanted,
        beside: &Path,
    ) -> Result<Scratch, BackupError> {
        let mut passed_over = Vec::new();
        let mut named = None;
        for point in self.candidates(wanted)? {
            let root = beside.join(point.number.to_string());
            let tried = self.try_point(wanted, point, &root);
            match tried {
                Ok((records, recent)) => {
                    let (backup, at) = (point.number, point.at);
                    let restored = Restored { backup, at, records, recent, passed_over };
                    return Ok(Scratch { root, restored });
                }
                Err(error @ BackupError::Damaged { .. }) if !matches!(wanted, Wanted::Point(_)) => {
                    passed_over.push((point.number, error.to_string()));
                    named.get_or_insert(error);
                }
                Err(BackupError::History(HistoryError::UnknownRecord { asked })) => {
                    named = Some(BackupError::NoMoment { moment: asked });
                }
                Err(error) => return Err(error),
            }
            let _ = std::fs::remove_dir_all(&root);
        }
        Err(named.unwrap_or_else(|| BackupError::None { dir: self.dir.clone() }))
    }

    fn candidates(&self, wanted: &Wanted) -> Result<Vec<&Point>, BackupError> {
        Ok(match wanted {
            Wanted::Point(number) => {
                let point = self.chain.point(*number);
                vec![point.ok_or(BackupError::NoSuch { number: *number })?]
            }
            Wanted::Moment(AsOf::Git(_) | AsOf::Session(_)) => {
                return Err(BackupError::OtherMoment);
            }
            _ => {
                // One with fewer records than one before it was made of a log that had lost some.
                let mut points: Vec<&Point> = self.points().iter().collect();
                points.sort_by_key(|point| std::cmp::Reverse((point.records, point.number)));
                points
            }
        })
    }

    /// Puts together what is wanted from one backup; how many records, and how many of them are
    /// from after it.
    fn try_point(
        &self,
        wanted: &Wanted,
        point: &Point,
        root: &Path,
    ) -> Result<(u64, u64), BackupError> {
        let manifest = self.bring(point, root, |_| true)?;
        let store = open(root)?;
        let found = scan(&store, |_| ())?;
        compare(point, &found)?;
        if matches!(wanted, Wanted::Point(_)) {
            return Ok((found.count, 0));
        }
        let recent = self.add_recent(root, &store)?;
        let Wanted::Moment(moment) = wanted else { return Ok((found.count + recent, recent)) };
        let kept = wanted_records(&store, moment)?;
        let until = keep_only(root, &store, &kept)?;
        self.typed_until(until, point, &manifest, root)?;
        Ok((kept.len() as u64, 0))
    }

    /// Writes the files of a backup that `choose` says yes to under `root`, and compares each with
    /// its hash.
    pub(super) fn bring(
        &self,
        point: &Point,
        root: &Path,
        choose: impl Fn(&str) -> bool,
    ) -> Result<Manifest, BackupError> {
        let number = point.number;
        let damaged = |object: String, why| BackupError::Damaged { number, object, why };
        let manifest = self.manifest(point).map_err(|unusable| {
            damaged(format!("{}/{}", point.folder, super::pack::MANIFEST), unusable.why())
        })?;
        let failed = |source| BackupError::io("write", root, source);
        let mut targets: BTreeMap<(u64, &str), Targets> = BTreeMap::new();
        let chosen: Vec<_> = manifest.files.iter().filter(|file| choose(&file.path)).collect();
        for file in &chosen {
            let path = root.join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap_or(root)).map_err(failed)?;
            let mut offset = 0;
            for piece in &file.pieces {
                let of = targets.entry((piece.backup, &piece.object)).or_default();
                of.entry(piece.entry.clone()).or_default().push((path.clone(), offset));
                offset += piece.bytes;
            }
        }
        for ((backup, name), targets) in &targets {
            let shown = || self.shown(*backup, name);
            let entry =
                manifest.objects.iter().find(|held| held.backup == *backup && held.name == *name);
            let bytes =
                entry.map_or_else(|| Err("it is not named".to_owned()), |entry| self.object(entry));
            let bytes = bytes.map_err(|why| damaged(shown(), why))?;
            unpack(&bytes, targets).map_err(|error| damaged(shown(), error.to_string()))?;
        }
        for file in &chosen {
            let path = root.join(&file.path);
            let same = checked(&path, &file.sha256);
            same.map_err(|unusable| damaged(file.path.clone(), unusable.why()))?;
            File::open(&path).and_then(|file| file.sync_all()).map_err(failed)?;
        }
        std::fs::create_dir_all(root.join("log")).map_err(failed)?;
        Ok(manifest)
    }

    /// The bytes of an object; what is wrong with it otherwise.
    pub(super) fn object(&self, entry: &ObjectEntry) -> Result<Vec<u8>, String> {
        let folder =
            self.folder(entry.backup).ok_or_else(|| "its backup is not there".to_owned())?;
        checked(&folder.join(&entry.name), &entry.sha256).map_err(|unusable| unusable.why())
    }

    /// An object as people find it in the directory.
    pub(super) fn shown(&self, backup: u64, name: &str) -> String {
        let folder = self.chain.point(backup).map(|point| point.folder.clone());
        format!("{}/{name}", folder.unwrap_or_else(|| format!("{backup:04}")))
    }

    /// Adds the records of the continuous files that the log does not have; how many.
    fn add_recent(&self, root: &Path, store: &FileStore) -> Result<u64, BackupError> {
        let failed = |source| BackupError::io("read", &self.dir, source);
        let mut known = HashSet::new();
        scan(store, |step| match step {
            Step::Restart => known.clear(),
            Step::Line(line, _) => {
                known.insert(line.record.id);
            }
        })?;
        let mut added = 0;
        for (after, path) in self.recent().map_err(failed)? {
            let bytes = std::fs::read(&path).map_err(failed)?;
            let mut lines = Vec::new();
            for line in bytes.split(|&byte| byte == b'\n') {
                let text = std::str::from_utf8(line).unwrap_or_default();
                if record::parse(text).is_ok_and(|record| known.insert(record.id)) {
                    lines.extend_from_slice(line);
                    lines.push(b'\n');
                    added += 1;
                }
            }
            if !lines.is_empty() {
                let path = root.join("log").join(format!("now-{after:04}.jsonl"));
                write_synced(&path, &lines)
                    .map_err(|source| BackupError::io("write", &path, source))?;
            }
        }
        Ok(added)
    }

    /// Puts what people had typed in at a moment in the place of what they typed in later.
    fn typed_until(
        &self,
        until: u64,
        from: &Point,
        newer: &Manifest,
        root: &Path,
    ) -> Result<(), BackupError> {
        let typed = |path: &str| !path.starts_with("log/");
        let mut before = self.points().iter().rev();
        let before = before.find(|point| u64::try_from(point.at.0).unwrap_or(0) <= until);
        let Some(before) = before.filter(|before| before.number < from.number) else {
            return Ok(());
        };
        let beside = root.join(UNFINISHED);
        // Where that one is damaged, the newer inputs are better than none.
        if self.bring(before, &beside, typed).is_ok() {
            let failed = |source| BackupError::io("write", root, source);
            let old = self.manifest(before).map(|manifest| manifest.files).unwrap_or_default();
            for file in newer.files.iter().filter(|file| typed(&file.path)) {
                std::fs::remove_file(root.join(&file.path)).map_err(failed)?;
            }
            for file in old.iter().filter(|file| typed(&file.path)) {
                let path = root.join(&file.path);
                std::fs::create_dir_all(path.parent().unwrap_or(root)).map_err(failed)?;
                std::fs::rename(beside.join(&file.path), path).map_err(failed)?;
            }
        }
        let _ = std::fs::remove_dir_all(beside);
        Ok(())
    }
}

/// The log of something that was put together.
pub(super) fn open(root: &Path) -> Result<FileStore, BackupError> {
    let options = Options { read_only: true, trust_foreign_owner: true, ..Options::default() };
    FileStore::open(root, options)
        .map_err(|error| BackupError::io("read", root, io::Error::other(error)))
}

/// Says no if these are not the records that the chain says.
fn compare(point: &Point, found: &Checkpoint) -> Result<(), BackupError> {
    if (found.count, found.digest) == (point.records, point.digest) {
        return Ok(());
    }
    let why = format!("{} records where {} were recorded", found.count, point.records);
    Err(BackupError::Differs { number: point.number, why })
}

fn wanted_records(store: &FileStore, moment: &AsOf) -> Result<HashSet<RecordId>, BackupError> {
    if let AsOf::Record(asked) = moment {
        return Ok(ancestors(store, &[find_record(store, asked)?])?);
    }
    let mut wanted = HashSet::new();
    let mut place = 0;
    scan(store, |step| match step {
        Step::Restart => {
            wanted.clear();
            place = 0;
        }
        Step::Line(line, _) => {
            place += 1;
            let keep = match moment {
                AsOf::Time(time) => line.record.clock <= u64::try_from(time.0).unwrap_or(0),
                AsOf::Place(count) => place <= *count,
                _ => false,
            };
            if keep {
                wanted.insert(line.record.id);
            }
        }
    })?;
    Ok(wanted)
}

/// Leaves of the log only the records that are wanted, each in its file; the greatest clock.
fn keep_only(
    root: &Path,
    store: &FileStore,
    wanted: &HashSet<RecordId>,
) -> Result<u64, BackupError> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut until = 0;
    scan(store, |step| match step {
        Step::Restart => files.clear(),
        Step::Line(line, file) if wanted.contains(&line.record.id) => {
            until = until.max(line.record.clock);
            let bytes = files.entry(file.to_owned()).or_default();
            bytes.extend_from_slice(line.text.as_bytes());
            bytes.push(b'\n');
        }
        Step::Line(..) => {}
    })?;
    for stat in store.files()? {
        files.entry(stat.name).or_default();
    }
    let failed = |source| BackupError::io("write", root, source);
    let fresh = root.join(".log");
    std::fs::create_dir(&fresh).map_err(failed)?;
    for (name, bytes) in files.iter().filter(|(_, bytes)| !bytes.is_empty()) {
        write_synced(&fresh.join(name), bytes).map_err(failed)?;
    }
    std::fs::remove_dir_all(root.join("log")).map_err(failed)?;
    std::fs::rename(&fresh, root.join("log")).map_err(failed)?;
    Ok(until)
}

pub(super) fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
