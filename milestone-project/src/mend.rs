//! Mending a damaged log: what was lost is looked for everywhere it may still be, and what cannot
//! be used is set aside.
//!
//! Start at [`Project::mend_log`]. Lines are looked for among those that this clone kept, in git's
//! history and in the backups, in this order.
//!
//! - **Invariant.** A line is taken over byte for byte, and only if its hash is right: a source
//!   cannot bring in anything that was not in the log.
//! - **Invariant.** What was found is durable before a damaged file is touched, and the file is
//!   kept in `local/recovered/` as it was. Nothing is deleted.
//! - **Not promised.** That everything is found. What is not found is named.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;

use milestone_core::log::{Oddity, Step, record, scan};
use milestone_core::words::RecordId;
use milestone_store_file::{Options, is_archive};

use crate::backup::{Vault, Wanted};
use crate::error::HistoryError;
use crate::git::Git;
use crate::project::Project;

/// Where a lost record was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineSource {
    /// Among the lines that this clone kept.
    Kept,
    /// In a commit.
    Git,
    /// In a backup.
    Backup,
}

/// What was done about a damaged log, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogMended {
    /// Files with lines that cannot be used.
    pub damaged: Vec<String>,
    /// Lost records that were found.
    pub found: BTreeMap<RecordId, LineSource>,
    /// Records that are known to be lost and were found nowhere.
    pub lost: Vec<RecordId>,
    /// Files that were cleaned, and where each is kept as it was.
    pub set_aside: Vec<(String, PathBuf)>,
}

impl LogMended {
    /// True if there is nothing to mend.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.damaged.is_empty() && self.found.is_empty()
    }
}

/// What is wrong with a log.
#[derive(Default)]
struct Wrong {
    known: HashSet<RecordId>,
    damaged: BTreeSet<String>,
    /// Records that are known to be lost.
    wanted: BTreeSet<RecordId>,
}

/// Lines by the records they are, with where each was found.
type Lines = BTreeMap<RecordId, (LineSource, Vec<u8>)>;

impl Project {
    /// Appends lost records again, wherever they are found, and sets aside what is no record; with
    /// `dry_run` only says what. Nothing is done where nothing is damaged or missing.
    ///
    /// # Errors
    ///
    /// [`HistoryError`]; what was appended before it failed is there, and running it again goes on.
    pub fn mend_log(&mut self, dry_run: bool) -> Result<LogMended, HistoryError> {
        let wrong = self.wrong()?;
        if wrong.damaged.is_empty() && wrong.wanted.is_empty() {
            return Ok(LogMended::default());
        }
        let lines = self.lines_to_find(&wrong)?;
        let is_lost = |id: &&RecordId| !lines.contains_key(id);
        let mut mended = LogMended {
            damaged: wrong.damaged.iter().cloned().collect(),
            found: lines.iter().map(|(id, (source, _))| (*id, *source)).collect(),
            lost: wrong.wanted.iter().filter(is_lost).copied().collect(),
            set_aside: Vec::new(),
        };
        if dry_run {
            return Ok(mended);
        }
        let lines: Vec<_> = lines.into_iter().map(|(id, (_, bytes))| (id, bytes)).collect();
        self.append_lines(&lines)?;
        for name in &wrong.damaged {
            let path = self.root.join("log").join(name);
            let kept = if is_archive(name) { self.put_away(&path)? } else { self.clean(&path)? };
            mended.set_aside.extend(kept);
        }
        self.restore()?;
        Ok(mended)
    }

    fn wrong(&self) -> Result<Wrong, HistoryError> {
        let mut wrong = Wrong::default();
        let checkpoint = scan(&self.store, |step| match step {
            Step::Restart => wrong.known.clear(),
            Step::Line(line, _) => {
                wrong.known.insert(line.record.id);
            }
        })?;
        for finding in checkpoint.findings {
            match finding.oddity {
                Oddity::WrongHash(id) => {
                    wrong.damaged.insert(finding.file);
                    wrong.wanted.insert(id);
                }
                Oddity::NotARecord(_) | Oddity::DamagedFile(_) => {
                    wrong.damaged.insert(finding.file);
                }
                Oddity::MissingRecord(id) => {
                    wrong.wanted.insert(id);
                }
                _ => {}
            }
        }
        wrong.wanted.retain(|id| !wrong.known.contains(id));
        Ok(wrong)
    }

    /// What is lost and still somewhere: records that are known to be, and those that a damaged
    /// file had.
    fn lines_to_find(&self, wrong: &Wrong) -> Result<Lines, HistoryError> {
        let git = Git::of(&self.root);
        // What only another branch has is not lost: it comes with its merge.
        let elsewhere = git.committed_ids();
        let mut found = Lines::new();
        let mut take = |source, bytes: &[u8], of_file: bool| {
            for line in bytes.split(|&byte| byte == b'\n') {
                let Ok(text) = std::str::from_utf8(line) else { continue };
                let text = text.trim_end_matches('\r');
                let Ok(record) = record::parse(text) else { continue };
                let id = record.id;
                let lost = of_file || wrong.wanted.contains(&id) || !elsewhere.contains(&id);
                if lost && !wrong.known.contains(&id) {
                    found.entry(id).or_insert_with(|| (source, text.as_bytes().to_vec()));
                }
            }
        };
        for line in self.store.kept_lines()? {
            take(LineSource::Kept, &line.bytes, false);
        }
        for name in &wrong.damaged {
            git.versions_of(name).iter().for_each(|bytes| take(LineSource::Git, bytes, true));
        }
        take(LineSource::Git, &git.committed_lines(), false);
        if let Ok(scratch) = tempfile::tempdir() {
            let beside = scratch.path().join("backup");
            let vault = Vault::open(&self.backup_directory());
            let whole =
                vault.is_ok_and(|vault| vault.restore_into(&Wanted::Newest, &beside).is_ok());
            if whole
                && let Ok(project) = Self::open(&beside.join(".milestones"), Options::default())
            {
                scan(&project.store, |step| {
                    if let Step::Line(line, _) = step {
                        take(LineSource::Backup, line.text.as_bytes(), false);
                    }
                })?;
            }
        }
        Ok(found)
    }

    /// Moves a file that cannot be read to `local/recovered/`.
    fn put_away(&self, path: &std::path::Path) -> Result<Option<(String, PathBuf)>, HistoryError> {
        let kept = self.keep_copy(path)?;
        let failed = |source| HistoryError::Io { action: "remove", path: path.to_owned(), source };
        std::fs::remove_file(path).map_err(failed)?;
        Ok(Some((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), kept)))
    }
}
