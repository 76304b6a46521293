//! What must hold after a crash: opened by somebody new, the log has what was promised, nothing
//! that was refused, nothing half, and takes the next record.
//!
//! Start at [`check`].
//!
//! - **Invariant.** What is asked of a lost power is less than what is asked of a killed process,
//!   in three places that are named there: holes between lines that nobody was told of, kept
//!   lines, and the view.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use milestone_core::log::{Finding, LogStore, NewLine, Oddity};
use milestone_core::projection::{Fingerprint, Projection, project, rebuild};
use milestone_core::words::RecordId;
use milestone_store_file::view::YamlView;

use crate::image::Effect;
use crate::random::Random;
use crate::simulated::SimulatedDisk;
use crate::workload::{Issued, Played, ROOT, Seen, Store, look, open, record};

/// Who died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    /// The process: what it wrote is there.
    OfProcess,
    /// The machine: what was not synced may be there or not.
    OfPower,
}

/// What somebody was told before the crash.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// That these are recorded, and git has not taken them away since.
    pub(crate) acknowledged: HashSet<RecordId>,
    /// That these are not.
    refused: HashSet<RecordId>,
    /// Git has these; whoever wants them back asks git, or the kept lines.
    shelved: HashSet<RecordId>,
    /// Git has these, and they were durable when it took them.
    taken: HashSet<RecordId>,
    /// Git has put files away.
    git_came: bool,
    /// Acknowledged, whether or not git has taken them away.
    ever: HashSet<RecordId>,
}

impl Told {
    pub(crate) fn pass(&mut self, effect: &Effect) {
        match *effect {
            Effect::Acknowledged { id } | Effect::Repeated { id } => {
                if matches!(effect, Effect::Acknowledged { .. }) {
                    self.ever.insert(id);
                }
                // Taken after the writer's last look: nobody could have put it back.
                if !self.taken.contains(&id) {
                    self.acknowledged.insert(id);
                }
            }
            Effect::Refused { id } => drop(self.refused.insert(id)),
            Effect::GitCame => self.git_came = true,
            Effect::Shelved { id, durable } => {
                self.acknowledged.remove(&id);
                self.shelved.insert(id);
                if durable {
                    self.taken.insert(id);
                }
            }
            _ => {}
        }
    }
}

/// Recovers and asks; `Ok(true)` if a file ended in a torn line.
pub(crate) fn check(
    disk: &SimulatedDisk,
    told: &Told,
    played: &Played,
    death: Death,
    thoroughly: bool,
) -> Result<bool, String> {
    let store = open(disk);
    let seen = look(&store).map_err(|error| format!("the log cannot be read: {error}"))?;
    promises_hold(&seen, told, &played.issued)?;
    let torn = seen.checkpoint.findings.iter().any(|found| found.oddity == Oddity::TornTail);
    if death == Death::OfProcess {
        findings_are_due(disk, &seen.checkpoint.findings, &played.issued, told)?;
        kept_lines_are_there(&store, &seen, told)?;
    }
    let next = append_one(disk, &seen)?;
    let after = look(&open(disk)).map_err(|error| format!("after an append: {error}"))?;
    if let Some(lost) = seen.lines.keys().find(|id| !after.lines.contains_key(id)) {
        return Err(format!("record {lost:.16} is gone after the next append"));
    }
    if !after.lines.contains_key(&next) {
        return Err("the next record cannot be read".to_owned());
    }
    let mut others = after.lines;
    others.remove(&next);
    promises_hold(&Seen { lines: others, ..after }, told, &played.issued)?;
    if thoroughly {
        view_follows(disk, death)?;
        damage_is_seen(disk, played)?;
    }
    Ok(torn)
}

/// Nothing acknowledged is missing, nothing refused is there, and nothing else than was written.
fn promises_hold(
    seen: &Seen,
    told: &Told,
    issued: &HashMap<RecordId, Issued>,
) -> Result<(), String> {
    for id in &told.acknowledged {
        if !seen.lines.contains_key(id) {
            return Err(format!("acknowledged record {id:.16} is lost"));
        }
        let missing =
            |prev: &&RecordId| !seen.lines.contains_key(prev) && !told.shelved.contains(prev);
        if let Some(prev) = issued.get(id).and_then(|issued| issued.prev.iter().find(missing)) {
            return Err(format!(
                "acknowledged record {id:.16} builds on {prev:.16}, which is lost"
            ));
        }
    }
    if let Some(id) = told.refused.iter().find(|id| seen.lines.contains_key(id)) {
        return Err(format!("record {id:.16} was refused and is there"));
    }
    for (id, line) in &seen.lines {
        match issued.get(id) {
            Some(issued) if issued.line == *line => {}
            Some(_) => return Err(format!("record {id:.16} is not what was written")),
            None => return Err(format!("nobody wrote record {id:.16}")),
        }
    }
    Ok(())
}

/// A killed process leaves torn lines and nothing else that is odd.
fn findings_are_due(
    disk: &SimulatedDisk,
    findings: &[Finding],
    issued: &HashMap<RecordId, Issued>,
    told: &Told,
) -> Result<(), String> {
    for found in findings {
        match &found.oddity {
            Oddity::TornTail | Oddity::Duplicate(_) => {}
            Oddity::MissingRecord(id) if told.shelved.contains(id) => {}
            // It went into a file that git had put away, and its writer died before it looked.
            Oddity::MissingRecord(id) if told.git_came && !told.ever.contains(id) => {}
            Oddity::NotARecord(_) | Oddity::WrongHash(_) => {
                let path = Path::new(ROOT).join("log").join(&found.file);
                let bytes = disk.bytes(&path).unwrap_or_default();
                let from = usize::try_from(found.offset).unwrap_or(0);
                let line = bytes[from..].split(|&byte| byte == b'\n').next().unwrap_or_default();
                let line = String::from_utf8_lossy(line);
                if let Some(id) = issued.iter().find(|(_, made)| line.contains(&*made.line)) {
                    return Err(format!("record {:.16} is glued to a fragment", id.0));
                }
            }
            other => return Err(format!("a killed process left: {other}")),
        }
    }
    Ok(())
}

/// Whatever git took away that was acknowledged is among the kept lines.
fn kept_lines_are_there(store: &Store, seen: &Seen, told: &Told) -> Result<(), String> {
    if told.ever.iter().all(|id| seen.lines.contains_key(id)) {
        return Ok(());
    }
    let kept = store.kept_lines().map_err(|error| error.to_string())?;
    let kept: HashSet<RecordId> = kept.into_iter().map(|line| line.id).collect();
    match told.ever.iter().find(|id| !seen.lines.contains_key(id) && !kept.contains(id)) {
        Some(id) => Err(format!("record {id:.16} is neither in the log nor among the kept lines")),
        None => Ok(()),
    }
}

/// The next command of somebody new.
fn append_one(disk: &SimulatedDisk, seen: &Seen) -> Result<RecordId, String> {
    let mut store = open(disk);
    let failed = |error: &dyn std::fmt::Display| format!("the next append fails: {error}");
    let guard = store.lock(Duration::ZERO).map_err(|error| failed(&error))?;
    let heads = &seen.checkpoint.heads;
    let (id, _, made) = record("the-next", 20, heads, seen.checkpoint.max_clock);
    let line = NewLine { id, bytes: made.line.as_bytes() };
    let pending = store.append(&guard, &[line]).map_err(|error| failed(&error))?;
    drop(guard);
    store.sync(pending).map_err(|error| failed(&error))?;
    Ok(id)
}

/// The view is brought up to date, and says what the log says. It is not synced: after a loss of
/// power it is made anew, but for files that look edited.
fn view_follows(disk: &SimulatedDisk, death: Death) -> Result<(), String> {
    let store = open(disk);
    let caught = rebuild(&store, "to compare with").map_err(|error| error.to_string())?;
    let mut view = YamlView::on(disk.clone(), Path::new(ROOT));
    if death == Death::OfPower {
        view.wipe().map_err(|error| format!("the view cannot be removed: {error}"))?;
    }
    project(&store, &caught.state, &caught.checkpoint, &mut view)
        .map_err(|error| format!("the view cannot follow: {error}"))?;
    if death == Death::OfPower && !view.edited_files().map_or(true, |edited| edited.is_empty()) {
        return Ok(());
    }
    if !view.unadopted().is_empty() {
        return Err(format!("the view takes for edits what is none: {:?}", view.unadopted()));
    }
    let shown = view.fingerprint().map_err(|error| format!("the view cannot be read: {error}"))?;
    match shown == Fingerprint::of_state(&caught.state) {
        true => Ok(()),
        false => Err("the view does not say what the log says".to_owned()),
    }
}

/// A byte of the log is changed: what is read is what was written, or nothing.
fn damage_is_seen(disk: &SimulatedDisk, played: &Played) -> Result<(), String> {
    let mut random = Random::new(disk.trace() ^ played.seed);
    let files = disk.files(&Path::new(ROOT).join("log"));
    let Some(path) = files.get(random.below(files.len())) else { return Ok(()) };
    let mut bytes = disk.bytes(path).unwrap_or_default();
    if bytes.is_empty() {
        return Ok(());
    }
    let at = random.below(bytes.len());
    bytes[at] ^= 1 << random.below(8);
    disk.replace_like_git(path, Some(&bytes));
    let seen = look(&open(disk)).map_err(|error| format!("a damaged log: {error}"))?;
    for (id, line) in &seen.lines {
        if played.issued.get(id).is_some_and(|issued| issued.line != *line) {
            return Err(format!("record {id:.16} is damaged at byte {at}, and nobody says so"));
        }
    }
    Ok(())
}
