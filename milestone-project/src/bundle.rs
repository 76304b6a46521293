//! A bundle for a report of a fault: `doctor --bundle FILE`.
//!
//! Start at [`Project::bundle`]: a `.tar.zst` of small JSON files with versions, counts, findings,
//! figures of this machine, and the shape of the plan.
//!
//! - **Invariant.** Nothing in it was typed by anybody: no title, no text, no name of a person, no
//!   reference, no path, no setting's value. What is told of a text is how long it is. Each file is
//!   made of numbers, times and words of this program, one by one; nothing is copied whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;

use milestone_core::domain::{Item, Plan, status_word, task_status_word};
use milestone_core::words::Timestamp;
use serde_json::{Value, json};

use crate::alerts::{AlertKind, AlertPolicy};
use crate::backup::Vault;
use crate::project::Project;

/// How hard is compressed.
const LEVEL: i32 = 9;

/// Most milestones whose shape is told.
const SHAPES_MAX: usize = 1_000;

impl Project {
    /// Writes a bundle to `path`, which must not be there. `about` are words of the program that
    /// asks, such as its version; its length.
    ///
    /// # Errors
    ///
    /// What the file system says; nothing is left at `path` then.
    pub fn bundle(
        &self,
        path: &Path,
        now: Timestamp,
        about: &[(&'static str, String)],
    ) -> io::Result<u64> {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        let mut archive = tar::Builder::new(zstd::Encoder::new(file, LEVEL)?);
        for (name, content) in self.bundle_files(now, about) {
            let bytes = serde_json::to_vec_pretty(&content)?;
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(u64::try_from(now.0 / 1_000_000).unwrap_or(0));
            archive.append_data(&mut header, format!("milestone-bundle/{name}.json"), &*bytes)?;
        }
        let file = archive.into_inner()?.finish()?;
        file.as_file().sync_all()?;
        let kept: File = file.persist_noclobber(path).map_err(|error| error.error)?;
        Ok(kept.metadata()?.len())
    }

    fn bundle_files(
        &self,
        now: Timestamp,
        about: &[(&'static str, String)],
    ) -> Vec<(&'static str, Value)> {
        let errors: Vec<Value> = self.errors().iter().map(|line| {
            json!({"at": line.at, "verb": line.verb, "code": line.code, "exit": line.exit})
        }).collect();
        let journal: Vec<Value> = self
            .journal()
            .iter()
            .map(|deed| {
                let kind = serde_json::to_value(deed).ok();
                json!({"at": deed.at, "deed": kind.as_ref().and_then(|kind| kind.get("deed"))})
            })
            .collect();
        vec![
            ("about", self.bundle_about(now, about)),
            ("log", self.bundle_log()),
            ("plan", self.bundle_plan()),
            ("metrics", json!(self.metrics())),
            ("errors", json!(errors)),
            ("journal", json!(journal)),
            ("backups", self.bundle_backups()),
            ("alerts", self.bundle_alerts(now)),
        ]
    }

    fn bundle_about(&self, now: Timestamp, about: &[(&'static str, String)]) -> Value {
        let about: BTreeMap<&str, &str> =
            about.iter().map(|(name, text)| (*name, text.as_str())).collect();
        json!({
            "program": about,
            "at": now,
            "system": std::env::consts::OS,
            "machine": std::env::consts::ARCH,
            "backend": self.backend().name(),
            "generation": self.generation(),
            "read_only": self.read_only,
            "damaged": self.is_damaged(),
            "free_bytes": self.free_bytes(),
            "people": self.state.actors().len(),
        })
    }

    fn bundle_log(&self) -> Value {
        let files: Vec<Value> = self
            .checkpoint
            .files
            .iter()
            .enumerate()
            .map(|(number, mark)| {
                json!({"file": number, "bytes": mark.len_bytes, "seen": mark.seen_bytes,
                "lines": mark.lines, "archived": self.store.is_archived(&mark.name)})
            })
            .collect();
        let number = |name: &str| self.checkpoint.files.iter().position(|mark| mark.name == name);
        let findings: Vec<Value> = self.checkpoint.findings.iter().map(|finding| {
            // The kind alone: what is behind it may be a line of the log.
            let kind = format!("{:?}", finding.oddity);
            let kind = kind.split(|letter: char| !letter.is_alphanumeric()).next();
            json!({"file": number(&finding.file), "line": finding.line, "offset": finding.offset,
                "level": finding.oddity.level().name(), "kind": kind})
        }).collect();
        let [info, warn, error] = self.checkpoint.finding_counts;
        json!({
            "records": self.checkpoint.count,
            "heads": self.checkpoint.heads.len(),
            "too_new": self.checkpoint.too_new,
            "files": files,
            "findings": findings,
            "counts": {"info": info, "warn": warn, "error": error},
        })
    }

    fn bundle_plan(&self) -> Value {
        let mut shapes = Vec::new();
        for held in self.state.milestones().iter().take(SHAPES_MAX) {
            let tasks = self.state.tasks_of(held.id.as_str());
            let mut statuses: BTreeMap<&str, u64> = BTreeMap::new();
            for task in &tasks {
                *statuses.entry(task_status_word(task.item.stage)).or_default() += 1;
            }
            let longest = tasks.iter().map(|task| task.item.title.chars().count()).max();
            let workflows = tasks.iter().filter(|task| task.workflow.is_some()).count();
            shapes.push(json!({
                "status": status_word(held.item.stage),
                "item": shape(&held.item),
                "tasks": statuses,
                "longest_task_title": longest,
                "workflows": workflows,
                "task_items": tasks.iter().map(|task| shape(&task.item)).collect::<Vec<_>>(),
            }));
        }
        json!({"milestones": self.state.milestone_ids().len(), "shapes": shapes})
    }

    fn bundle_backups(&self) -> Value {
        let vault = Vault::open(&self.backup_directory()).ok();
        let points = vault.as_ref().map(Vault::points).unwrap_or_default();
        let points: Vec<Value> = points
            .iter()
            .map(|point| {
                json!({"number": point.number, "at": point.at, "full": point.full,
                "why": point.why.name(), "records": point.records, "bytes": point.bytes,
                "verified": point.verified.is_some(), "damaged": point.damaged,
                "degraded": point.degraded})
            })
            .collect();
        let faults = vault.as_ref().map_or(0, |vault| vault.chain_faults().len());
        let policy = self.backup_policy();
        json!({"named": policy.directory.is_some(), "continuous": policy.continuous,
            "daily": policy.daily, "keep_days": policy.keep_days, "chain_faults": faults,
            "points": points})
    }

    fn bundle_alerts(&self, now: Timestamp) -> Value {
        let alerts = self.alerts(&AlertPolicy::default(), now, now.date(0));
        let count = |kind: AlertKind| alerts.iter().filter(|alert| alert.kind == kind).count();
        let counts: BTreeMap<&str, usize> =
            AlertKind::ALL.into_iter().map(|kind| (kind.name(), count(kind))).collect();
        json!(counts)
    }
}

/// How much there is of everything in an item, and nothing of what it says.
fn shape(item: &Item) -> Value {
    json!({
        "title_chars": item.title.chars().count(),
        "description_chars": item.description.as_ref().map(|text| text.chars().count()),
        "dependencies": item.dependencies.len(),
        "blockers": item.blockers.len(),
        "risks": item.risks.len(),
        "criteria": item.criteria.len(),
        "notes": item.notes.len(),
        "links": item.links.len(),
        "labels": item.labels.len(),
        "assignees": item.assignees.len(),
        "has_due": item.due.is_some(),
        "has_estimate": item.estimate.is_some(),
    })
}
