//! Bringing records back, and bringing records in: `log recover`, `log merge`.
//!
//! - **Invariant.** Lines are taken over byte for byte, and only those whose hash is right.
//! - **Invariant.** Nothing is deleted: a file that is cleaned of conflict markers is kept in
//!   `local/recovered/` as it was.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use milestone_core::log::{LogStore, NewLine, Step, record, scan};
use milestone_core::words::RecordId;
use milestone_store_file::{is_archive, unpack};

use crate::error::{ExecuteError, HistoryError, UnknownCause};
use crate::execute::Warning;
use crate::files::Files;
use crate::git::Git;
use crate::project::Project;

/// How long these wait for others to finish theirs.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// What `log recover` did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecoverReport {
    /// Records that were appended again.
    pub recovered: Vec<RecordId>,
    /// Kept records that are missing from the work tree and are in some commit: check that out.
    pub committed: Vec<RecordId>,
}

/// What `log merge` did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeReport {
    /// Different records in the files given.
    pub records: u64,
    /// Those that were not in the log and are now.
    pub added: Vec<RecordId>,
    /// Lines of the files that are no records, by file.
    pub skipped: BTreeMap<String, u64>,
    /// Files of the log that were cleaned of what is no record; where each was kept as it was.
    pub cleaned: Vec<(String, PathBuf)>,
}

impl Project {
    /// Appends acknowledged records again that are neither in the work tree nor in any commit; with
    /// `dry_run` only says which.
    ///
    /// # Errors
    ///
    /// [`HistoryError`]; with [`ExecuteError::Unknown`] they may or may not be durable.
    pub fn recover(&mut self, dry_run: bool) -> Result<RecoverReport, HistoryError> {
        let missing = self.missing_kept()?;
        if missing.is_empty() {
            return Ok(RecoverReport::default());
        }
        let committed = Git::of(&self.root).committed_ids();
        let (there, gone): (Vec<_>, Vec<_>) =
            missing.into_iter().partition(|(id, _)| committed.contains(id));
        let recovered = gone.iter().map(|(id, _)| *id).collect();
        if !dry_run {
            self.append_lines(&gone)?;
        }
        Ok(RecoverReport { recovered, committed: there.into_iter().map(|(id, _)| id).collect() })
    }

    /// Unions the records of `paths` into the log, also of files with conflict markers in them;
    /// with `dry_run` only says what that would add.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if a file cannot be read or the records not be appended.
    pub fn merge_files(
        &mut self,
        paths: &[PathBuf],
        dry_run: bool,
    ) -> Result<MergeReport, HistoryError> {
        let mut files = Files::default();
        let mut own = Vec::new();
        for path in paths {
            let failed = |source| HistoryError::Io { action: "read", path: path.clone(), source };
            let mut bytes = std::fs::read(path).map_err(failed)?;
            if is_archive(&path.to_string_lossy()) {
                let unpacked = unpack(&bytes);
                bytes = unpacked.map_err(|why| failed(std::io::Error::other(why)))?;
            } else if self.is_own(path) {
                own.push(path);
            }
            files.0.insert(path.display().to_string(), bytes);
        }
        let known = self.known_ids()?;
        let mut report = MergeReport::default();
        let mut new = Vec::new();
        let checkpoint = scan(&files, |step| match step {
            Step::Restart => {
                new.clear();
                report.records = 0;
            }
            Step::Line(line, _) => {
                report.records += 1;
                if !known.contains(&line.record.id) {
                    new.push((line.record.id, line.text.as_bytes().to_vec()));
                }
            }
        })?;
        for finding in checkpoint.findings.iter().filter(|finding| finding.line > 0) {
            *report.skipped.entry(finding.file.clone()).or_default() += 1;
        }
        report.added = new.iter().map(|(id, _)| *id).collect();
        if dry_run {
            return Ok(report);
        }
        self.append_lines(&new)?;
        for path in own {
            report.cleaned.extend(self.clean(path)?);
        }
        self.restore()?;
        Ok(report)
    }

    /// The kept lines that no file of the log has, oldest first.
    fn missing_kept(&self) -> Result<Vec<(RecordId, Vec<u8>)>, HistoryError> {
        let kept = self.store.kept_lines()?;
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.known_ids()?;
        let mut seen = HashSet::new();
        let lost =
            kept.into_iter().filter(|line| !known.contains(&line.id) && seen.insert(line.id));
        let sound =
            |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_and(|text| record::parse(text).is_ok());
        Ok(lost.map(|line| (line.id, line.bytes)).filter(|(_, bytes)| sound(bytes)).collect())
    }

    /// Says so if files of this clone are shorter than they were and records are in no commit.
    pub(crate) fn shrunk_files(&self) -> Result<Vec<Warning>, ExecuteError> {
        let shrunk = self.store.own_files_shrunk()?;
        if shrunk.is_empty() {
            return Ok(Vec::new());
        }
        let Ok(mut missing) = self.missing_kept() else { return Ok(Vec::new()) };
        let committed = Git::of(&self.root).committed_ids();
        missing.retain(|(id, _)| !committed.contains(id));
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let files = shrunk.into_iter().map(|file| file.name).collect();
        Ok(vec![Warning::Shrunk { files, missing: missing.len() }])
    }

    fn known_ids(&self) -> Result<HashSet<RecordId>, HistoryError> {
        let mut known = HashSet::new();
        scan(&self.store, |step| match step {
            Step::Restart => known.clear(),
            Step::Line(line, _) => {
                known.insert(line.record.id);
            }
        })?;
        Ok(known)
    }

    pub(crate) fn append_lines(
        &mut self,
        lines: &[(RecordId, Vec<u8>)],
    ) -> Result<(), HistoryError> {
        let Some((last, _)) = lines.last() else { return Ok(()) };
        let guard = self.store.lock(LOCK_WAIT).map_err(ExecuteError::from)?;
        let new: Vec<NewLine<'_>> =
            lines.iter().map(|(id, bytes)| NewLine { id: *id, bytes }).collect();
        let pending = self
            .store
            .append(&guard, &new)
            .map_err(|error| ExecuteError::NotRecorded(error.into()))?;
        self.restore()?;
        self.update_views();
        drop(guard);
        let unknown = |source: milestone_core::log::SyncError| ExecuteError::Unknown {
            record: *last,
            source: UnknownCause::from(source),
        };
        self.store.sync(pending).map_err(unknown)?;
        Ok(())
    }

    fn is_own(&self, path: &Path) -> bool {
        let folder = self.root.join("log");
        let same = |a: &Path, b: &Path| match (a.canonicalize(), b.canonicalize()) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        };
        path.parent().is_some_and(|parent| {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            same(parent, &folder)
        })
    }

    /// Keeps a copy of a file in `local/recovered/`, durably; returns where.
    pub(crate) fn keep_copy(&self, path: &Path) -> Result<PathBuf, HistoryError> {
        let folder = self.root.join("local/recovered");
        let failed = |action| {
            let path = folder.clone();
            move |source| HistoryError::Io { action, path, source }
        };
        std::fs::create_dir_all(&folder).map_err(failed("make"))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let kept = (1..)
            .map(|number| folder.join(format!("{name}-{number}")))
            .find(|kept| !kept.exists())
            .expect("numbers do not end");
        std::fs::copy(path, &kept).map_err(failed("keep a copy in"))?;
        let synced = File::open(&kept).and_then(|file| file.sync_all());
        synced.and_then(|()| File::open(&folder)?.sync_all()).map_err(failed("sync"))?;
        Ok(kept)
    }

    /// Rewrites a file of the log without what is no record, and keeps it as it was. Under the
    /// lock, and of what it has now: something may have been appended since it was read.
    pub(crate) fn clean(&self, path: &Path) -> Result<Option<(String, PathBuf)>, HistoryError> {
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source| HistoryError::Io { action, path, source }
        };
        let _guard = self.store.lock(LOCK_WAIT).map_err(ExecuteError::from)?;
        let bytes = std::fs::read(path).map_err(failed("read", path))?;
        let mut seen = BTreeSet::new();
        let mut clean = Vec::with_capacity(bytes.len());
        for line in bytes.split(|&byte| byte == b'\n') {
            let text = std::str::from_utf8(line).ok().map(|text| text.trim_end_matches('\r'));
            if let Some(Ok(record)) = text.map(record::parse)
                && seen.insert(record.id)
            {
                clean.extend_from_slice(text.unwrap_or_default().as_bytes());
                clean.push(b'\n');
            }
        }
        if clean == bytes {
            return Ok(None);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kept = self.keep_copy(path)?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(parent).map_err(failed("write", path))?;
        std::io::Write::write_all(&mut file, &clean).map_err(failed("write", path))?;
        file.as_file().sync_data().map_err(failed("write", path))?;
        file.persist(path).map_err(|error| failed("write", path)(error.error))?;
        Ok(Some((name, kept)))
    }
}
