//! Bringing back what was lost, where it was.
//!
//! Start at [`Project::bring_back`]. A log file that is missing comes back under its name; one that
//! was damaged is put together from the backup's lines and from the sound lines that it has now.
//!
//! - **Invariant.** No record goes: what the log has afterwards is what it had and what the backup
//!   has. A log is shared, so that taking records away here would only last until the next merge;
//!   an earlier state is looked at with `--as-of`, or brought back beside (`Vault::restore_into`).
//! - **Invariant.** A backup of what is there comes first. A file that is put in the place of
//!   another is durable before, and the other one is kept in `local/recovered/`.
//! - **Invariant.** What people typed in comes back where it is missing. What differs is left, and
//!   named.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

use milestone_core::log::{LogStore, Step, record, scan};
use milestone_core::words::{RecordId, Timestamp};
use milestone_store_file::{is_archive, unpack};

use super::restore::{Wanted, write_synced};
use super::{BackupError, Occasion, Vault, Wish};
use crate::generation::UNFINISHED;
use crate::journal::{Deed, DeedKind, Journal};
use crate::maintain::Keeper;
use crate::project::Project;

/// How long this waits for others to finish their commands.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// What was brought back in place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BroughtBack {
    /// Of which backup.
    pub backup: u64,
    /// When that was made.
    pub at: Timestamp,
    /// The backup that was made before; `None` if nothing had to be brought back.
    pub before: Option<u64>,
    /// Files that were missing and are there again, by their paths in the project's directory.
    pub files: Vec<String>,
    /// Log files that were mended, and where each was kept as it was.
    pub mended: Vec<(String, String)>,
    /// How many records came back.
    pub records: u64,
    /// Files that differ from the backup and were left as they are.
    pub left: Vec<String>,
    /// Newer backups that were passed over, and why.
    pub passed_over: Vec<(u64, String)>,
}

/// A file of the log that has to be put in its place.
struct Mend {
    name: String,
    bytes: Vec<u8>,
    /// True if something is there.
    replaces: bool,
}

/// What has to be done.
#[derive(Default)]
struct Plan {
    logs: Vec<Mend>,
    inputs: Vec<String>,
    left: Vec<String>,
    /// Lines of the continuous backup that no file has.
    lines: Vec<(RecordId, Vec<u8>)>,
    records: u64,
}

impl Project {
    /// Brings back what the log has lost since a backup in `vault`; with `dry_run` only says what.
    ///
    /// # Errors
    ///
    /// [`BackupError`]; files that came back before it failed are there, and running it again goes
    /// on.
    pub fn bring_back(
        &mut self,
        vault: &Vault,
        wanted: &Wanted,
        keeper: &Keeper<'_>,
    ) -> Result<BroughtBack, BackupError> {
        if self.read_only && !keeper.dry_run {
            return Err(BackupError::ReadOnly);
        }
        let beside =
            tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(self.root.join("local"));
        let beside = beside.map_err(|source| BackupError::io("write", &self.root, source))?;
        let scratch = vault.put_together(wanted, beside.path())?;
        let plan = self.plan_to_bring_back(&scratch.root)?;
        let restored = scratch.restored;
        let mut done = BroughtBack {
            backup: restored.backup,
            at: restored.at,
            records: plan.records,
            left: plan.left.clone(),
            passed_over: restored.passed_over,
            ..BroughtBack::default()
        };
        let log = |mend: &Mend| format!("log/{}", mend.name);
        done.files = plan.logs.iter().filter(|mend| !mend.replaces).map(log).collect();
        done.files.extend(plan.inputs.iter().cloned());
        if keeper.dry_run {
            let replaced = plan.logs.iter().filter(|mend| mend.replaces);
            done.mended = replaced.map(|mend| (log(mend), String::new())).collect();
            return Ok(done);
        }
        if plan.logs.is_empty() && plan.inputs.is_empty() && plan.lines.is_empty() {
            return Ok(done);
        }
        done.before = Some(self.back_up(keeper, Wish::because(Occasion::Restore))?.number);
        done.mended = self.put_back(&plan, &scratch.root)?;
        if !plan.lines.is_empty() {
            self.append_lines(&plan.lines)?;
        }
        let what = DeedKind::BroughtBack { backup: done.backup, records: done.records };
        let (at, by) = (keeper.now, keeper.by.to_owned());
        let _ = Journal::of(&self.root).tell(&Deed { at, by, what });
        Ok(done)
    }

    fn plan_to_bring_back(&self, scratch: &Path) -> Result<Plan, BackupError> {
        let mut known = HashSet::new();
        scan(&self.store, |step| match step {
            Step::Restart => known.clear(),
            Step::Line(line, _) => {
                known.insert(line.record.id);
            }
        })?;
        let failed = |source| BackupError::io("read", scratch, source);
        let mut plan = Plan::default();
        for source in super::sources(scratch).map_err(failed)? {
            let bytes = std::fs::read(scratch.join(&source.path)).map_err(failed)?;
            let here = self.root.join(&source.path);
            let Some(name) = source.path.strip_prefix("log/") else {
                match std::fs::read(&here) {
                    Ok(now) if now == bytes || source.path.starts_with("local/") => {}
                    Ok(_) => plan.left.push(source.path),
                    Err(_) => plan.inputs.push(source.path),
                }
                continue;
            };
            let lines = lines_of(name, &bytes);
            let lacking = lines.iter().filter(|(id, _)| !known.contains(id)).count();
            if lacking == 0 {
                continue;
            }
            plan.records += lacking as u64;
            if name.starts_with("now-") {
                plan.lines.extend(lines.into_iter().filter(|(id, _)| known.insert(*id)));
                continue;
            }
            let now = std::fs::read(&here).ok();
            let replaces = here.symlink_metadata().is_ok();
            let bytes = together(name, bytes, &lines, now.as_deref());
            known.extend(lines.iter().map(|(id, _)| *id));
            plan.logs.push(Mend { name: name.to_owned(), bytes, replaces });
        }
        Ok(plan)
    }

    /// Puts files in their places, under the lock; where each that was there is kept.
    fn put_back(
        &mut self,
        plan: &Plan,
        scratch: &Path,
    ) -> Result<Vec<(String, String)>, BackupError> {
        let guard = self.store.lock(LOCK_WAIT)?;
        let mut mended = Vec::new();
        let log = self.root.join("log");
        let failed = |source| BackupError::io("write", &log, source);
        std::fs::create_dir_all(&log).map_err(failed)?;
        for mend in &plan.logs {
            let place = log.join(&mend.name);
            let fresh = log.join(format!(".{}.new", mend.name));
            let _ = std::fs::remove_file(&fresh);
            write_synced(&fresh, &mend.bytes).map_err(failed)?;
            if mend.replaces {
                let kept = self.keep_copy(&place)?;
                mended.push((format!("log/{}", mend.name), self.name_of(&kept)));
            }
            std::fs::rename(&fresh, &place).map_err(failed)?;
        }
        File::open(&log).and_then(|folder| folder.sync_all()).map_err(failed)?;
        for path in &plan.inputs {
            let place = self.root.join(path);
            let copied = std::fs::create_dir_all(place.parent().unwrap_or(&self.root))
                .and_then(|()| std::fs::copy(scratch.join(path), &place));
            copied.map_err(|source| BackupError::io("write", &place, source))?;
        }
        self.restore()?;
        self.update_views();
        drop(guard);
        Ok(mended)
    }
}

/// The records of a log file, each with its line.
fn lines_of(name: &str, bytes: &[u8]) -> Vec<(RecordId, Vec<u8>)> {
    let unpacked;
    let bytes = match is_archive(name) {
        true => {
            unpacked = unpack(bytes).unwrap_or_default();
            &unpacked
        }
        false => bytes,
    };
    let lines = bytes.split(|&byte| byte == b'\n').filter_map(|line| {
        let text = std::str::from_utf8(line).ok()?.trim_end_matches('\r');
        Some((record::parse(text).ok()?.id, text.as_bytes().to_vec()))
    });
    lines.collect()
}

/// The backup's bytes, and after them the sound lines that only the present file has.
fn together(
    name: &str,
    backup: Vec<u8>,
    lines: &[(RecordId, Vec<u8>)],
    now: Option<&[u8]>,
) -> Vec<u8> {
    let mut bytes = backup;
    // What an archive that was damaged still has cannot be told.
    let Some(now) = now.filter(|_| !is_archive(name)) else { return bytes };
    // A line that was cut at the end of the backup would spoil the next one.
    if let Some(end) = bytes.iter().rposition(|&byte| byte == b'\n') {
        bytes.truncate(end + 1);
    }
    let held: HashSet<RecordId> = lines.iter().map(|(id, _)| *id).collect();
    for (id, line) in lines_of(name, now) {
        if !held.contains(&id) {
            bytes.extend_from_slice(&line);
            bytes.push(b'\n');
        }
    }
    bytes
}
