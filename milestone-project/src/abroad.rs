//! How things in other projects stand, for those that wait for them.
//!
//! Start at [`Project::look_around`].
//!
//! - **Invariant.** Another project is only read: no lock is taken there and no byte written, not
//!   even in its `local/`. What it waits for itself in yet other projects is not followed, so that
//!   projects may name each other.
//! - **Invariant.** Whatever cannot be read is unknown, with the reason; it is never an error here.
//! - **Invariant.** A project that names no other is not slowed down by this.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use milestone_core::domain::{Abroad, Around, Elsewhere, Item, Plan, Stage, Tie, effective_stage};
use milestone_core::log::Level;
use milestone_core::projection::State;
use milestone_core::words::{StreamId, StreamName, Timestamp};
use milestone_store_file::Options;

use crate::project::{DIRECTORY, Project};

/// Most bytes of the log of another project: reading one must not keep a command waiting.
const ELSEWHERE_LOG_BYTES_MAX: u64 = 64 << 20;

/// Most other projects that are looked at.
const ELSEWHERE_PROJECTS_MAX: usize = 32;

impl Project {
    /// Lets what is asked from now on, until the next command, know what the clock says, and how
    /// the things in other projects stand that something here depends on.
    pub fn look_around(&mut self, now: Timestamp) {
        let around = Around { now, abroad: self.abroad(&ties_elsewhere(&self.state)) };
        self.state.look_around(Some(Arc::new(around)));
    }

    /// The same for the next command under the same lock: what was seen of other projects a moment
    /// ago is not looked at again, unless something here depends on more of them by now.
    pub(crate) fn look_around_again(&mut self, now: Timestamp) {
        let ties = ties_elsewhere(&self.state);
        let seen = |around: &&Around| ties.iter().all(|tie| around.abroad.contains_key(&tie.on));
        let abroad = match self.state.around().filter(seen) {
            Some(around) if around.now == now => return,
            Some(around) => around.abroad.clone(),
            None => self.abroad(&ties),
        };
        self.state.look_around(Some(Arc::new(Around { now, abroad })));
    }

    /// A reference to another project whose path leads back here, as the reference that it is in
    /// this project: what is here is waited for by the rules that refuse cycles.
    pub(crate) fn as_seen_here(&self, asked: &str) -> String {
        let here = self.root.parent().unwrap_or(&self.root);
        let same = |path: &str| {
            let (there, here) = (here.join(path).canonicalize(), here.canonicalize());
            there.is_ok_and(|there| here.is_ok_and(|here| here == there))
        };
        match Elsewhere::of(asked) {
            Some(elsewhere) if same(elsewhere.path) => elsewhere.reference.to_owned(),
            _ => asked.to_owned(),
        }
    }

    fn abroad(&self, ties: &[Tie]) -> BTreeMap<Box<str>, Abroad> {
        let mut wanted: BTreeMap<&str, Vec<Box<str>>> = BTreeMap::new();
        for tie in ties {
            if let Some(elsewhere) = Elsewhere::of(&tie.on) {
                wanted.entry(elsewhere.path).or_default().push(tie.on.clone());
            }
        }
        let here = self.root.parent().unwrap_or(&self.root);
        let mut known = BTreeMap::new();
        for (number, (path, references)) in wanted.into_iter().enumerate() {
            let other = match number < ELSEWHERE_PROJECTS_MAX {
                true => open(&here.join(path)),
                false => Err(format!("more than {ELSEWHERE_PROJECTS_MAX} other projects")),
            };
            for on in references {
                let Some(elsewhere) = Elsewhere::of(&on) else { continue };
                let found = match &other {
                    Ok(project) => look(project, elsewhere.reference),
                    Err(why) => Abroad::Unknown(why.clone()),
                };
                known.insert(on, found);
            }
        }
        known
    }
}

/// Every dependency on something in another project.
fn ties_elsewhere(state: &State) -> Vec<Tie> {
    let mut ties = Vec::new();
    for stream in state.dependents(StreamId::PROJECT) {
        let of = |item: &Item| item.ties.clone();
        let all = match stream.is_task() {
            true => state.task(stream.as_str()).map(|held| of(&held.item)),
            false => state.milestone(stream.as_str()).map(|held| of(&held.item)),
        };
        ties.extend(all.unwrap_or_default().into_iter().filter(Tie::is_elsewhere));
    }
    ties.sort_unstable();
    ties.dedup();
    ties
}

/// Opens another project for reading, or says why that cannot be.
fn open(dir: &Path) -> Result<Project, String> {
    let root = dir.join(DIRECTORY);
    if !root.is_dir() {
        return Err("there is no project".to_owned());
    }
    let bytes = log_bytes(&root.join("log")).map_err(|error| format!("unreadable: {error}"))?;
    if bytes > ELSEWHERE_LOG_BYTES_MAX {
        let (is, max) = (bytes >> 20, ELSEWHERE_LOG_BYTES_MAX >> 20);
        return Err(format!("its log of {is} MiB is over {max} MiB"));
    }
    let options = Options { read_only: true, ..Options::default() };
    let project = Project::open(&root, options).map_err(|error| said(&error))?;
    match project.checkpoint.too_new {
        Some(v) => Err(format!("it is written by a newer version, in format {v}")),
        None if project.is_damaged() => Err("its read model is damaged".to_owned()),
        None => Ok(project),
    }
}

fn log_bytes(log: &Path) -> std::io::Result<u64> {
    let mut bytes: u64 = 0;
    for entry in std::fs::read_dir(log)? {
        let found = entry?.metadata()?;
        bytes = bytes.saturating_add(if found.is_file() { found.len() } else { 0 });
    }
    Ok(bytes)
}

/// An error with what it came from.
fn said(error: &dyn std::error::Error) -> String {
    let mut out = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        out = format!("{out}: {next}");
        cause = next.source();
    }
    out
}

/// How many findings of a log say that something is missing or damaged.
fn damage(project: &Project) -> u64 {
    project.checkpoint.finding_counts[Level::Error as usize]
}

fn look(project: &Project, reference: &str) -> Abroad {
    let state = &project.state;
    let known = |item: &Item, stage: Stage| Abroad::Known {
        title: item.title.to_string(),
        given_up: matches!(stage, Stage::Cancelled | Stage::Removed),
        started_at: item.started_at.filter(|_| stage != Stage::Open),
        completed_at: item.completed_at.filter(|_| matches!(stage, Stage::Done | Stage::Archived)),
    };
    // Where the log is damaged, what is not there may have been lost.
    let nothing = || {
        Abroad::Unknown(match damage(project) {
            0 => format!("there is nothing called {reference}"),
            _ => format!("its log is damaged, and {reference} is not in what can be read"),
        })
    };
    match StreamName::of(reference) {
        StreamName::Project => nothing(),
        StreamName::Milestone(id) => match state.milestone(id) {
            Some(held) => known(&held.item, effective_stage(&held, &state.rows(id))),
            None => nothing(),
        },
        StreamName::Task(home, slug) => {
            let rows = state.rows(home);
            let row = rows.iter().find(|row| row.slug.as_str() == slug);
            let stream = row.map_or(reference, |row| row.stream.as_str());
            match state.task(stream) {
                Some(held) => known(&held.item, held.item.stage),
                None => nothing(),
            }
        }
    }
}
