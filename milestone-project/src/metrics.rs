//! What this machine's commands did and how long they took, and what went wrong: `local/metrics`
//! and `local/errors`.
//!
//! Start at [`Project::metrics`] for reading and [`note`] for writing. Both files are lines of
//! JSON, each added in one write, so that any number of processes can. A full file is closed under
//! the name `….1`, and of `metrics` the sums go into `metrics-totals`.
//!
//! - **Invariant.** It costs an append of some hundred bytes and no sync. It fails no command, and
//!   makes no folder: where there is no `local/`, nothing is noted.
//! - **Invariant.** No word that somebody typed is in `metrics`. The message of an error is in
//!   `errors` only, which never leaves this machine by itself.
//! - **Not promised.** After a crash, or while a file is closed, a line may be missing or counted
//!   twice: these are figures, not facts.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::project::Project;

/// The samples, in the project's directory.
const METRICS: &str = "local/metrics";

/// The sums of those that were closed.
const TOTALS: &str = "local/metrics-totals";

/// The errors.
const ERRORS: &str = "local/errors";

/// A file is closed once it is so long, in bytes.
pub const METRICS_BYTES_MAX: u64 = 256 << 10;

/// What one command did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// When it was asked for, in microseconds since 1970.
    pub at: i64,
    /// The command, `task add`, without anything that was typed behind it.
    pub verb: String,
    /// What it ended with.
    pub exit: u8,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// What the project did meanwhile.
    #[serde(flatten)]
    pub meter: Meter,
}

/// What a project that is open did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// Records that it appended.
    #[serde(default)]
    pub appended: u64,
    /// How long making them durable took, in microseconds; 0 where the caller brought no clock.
    #[serde(default)]
    pub sync_us: u64,
    /// Records that were read beyond the read model when it was opened.
    #[serde(default)]
    pub lag: u64,
    /// True if there was a read model to begin at.
    #[serde(default)]
    pub hit: bool,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorLine {
    /// When, in microseconds since 1970.
    pub at: i64,
    /// The command.
    pub verb: String,
    /// The error's code.
    pub code: String,
    /// What the command ended with.
    pub exit: u8,
    /// What was said; it may name what people typed.
    pub message: String,
}

/// The sums of one command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerbTotals {
    /// How often it was run.
    pub count: u64,
    /// How often it ended with something but 0.
    pub failed: u64,
    /// How long all of them took, in microseconds.
    pub took_us: u64,
    /// How long the longest took.
    pub longest_us: u64,
}

/// The sums of all commands on this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// By command.
    pub verbs: BTreeMap<String, VerbTotals>,
    /// Commands that appended something.
    pub appends: u64,
    /// Records that were appended.
    pub appended: u64,
    /// How long making them durable took, in microseconds.
    pub sync_us: u64,
    /// Commands that began at a read model.
    pub hits: u64,
    /// Commands that folded the whole log.
    pub misses: u64,
    /// Records that the newest command read beyond the read model.
    pub lag: u64,
}

impl Totals {
    fn add(&mut self, sample: &Sample) {
        let verb = self.verbs.entry(sample.verb.clone()).or_default();
        verb.count += 1;
        verb.failed += u64::from(sample.exit != 0);
        verb.took_us += sample.took_us;
        verb.longest_us = verb.longest_us.max(sample.took_us);
        self.appends += u64::from(sample.meter.appended > 0);
        self.appended += sample.meter.appended;
        self.sync_us += sample.meter.sync_us;
        match sample.meter.hit {
            true => self.hits += 1,
            false => self.misses += 1,
        }
        self.lag = sample.meter.lag;
    }
}

/// Notes what a command did.
pub fn note(root: &Path, sample: &Sample) -> io::Result<()> {
    let path = root.join(METRICS);
    let (file, len) = append(&path, sample)?;
    if len < METRICS_BYTES_MAX || file.try_lock().is_err() {
        return Ok(());
    }
    let mut totals = read_totals(root);
    lines::<Sample>(&path).iter().for_each(|sample| totals.add(sample));
    let mut fresh = tempfile::NamedTempFile::new_in(root.join("local"))?;
    serde_json::to_writer(&mut fresh, &totals)?;
    fresh.persist(root.join(TOTALS)).map_err(|error| error.error)?;
    std::fs::rename(&path, path.with_extension("1"))
}

/// Notes what went wrong.
pub fn note_error(root: &Path, line: &ErrorLine) -> io::Result<()> {
    let path = root.join(ERRORS);
    let (file, len) = append(&path, line)?;
    if len < METRICS_BYTES_MAX || file.try_lock().is_err() {
        return Ok(());
    }
    std::fs::rename(&path, path.with_extension("1"))
}

/// Adds a line in one write; the file, and how long it is now.
fn append(path: &Path, line: &impl Serialize) -> io::Result<(File, u64)> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(&bytes)?;
    let len = file.metadata()?.len();
    Ok((file, len))
}

fn read_totals(root: &Path) -> Totals {
    let text = std::fs::read(root.join(TOTALS)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn lines<T: for<'d> Deserialize<'d>>(path: &Path) -> Vec<T> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

impl Project {
    /// The sums of what commands did on this machine.
    pub fn metrics(&self) -> Totals {
        let mut totals = read_totals(&self.root);
        lines::<Sample>(&self.root.join(METRICS)).iter().for_each(|sample| totals.add(sample));
        totals
    }

    /// What went wrong last, the oldest first.
    pub fn errors(&self) -> Vec<ErrorLine> {
        let path = self.root.join(ERRORS);
        let mut all: Vec<ErrorLine> = lines(&path.with_extension("1"));
        all.extend(lines::<ErrorLine>(&path));
        all
    }

    /// What opening it came to.
    pub(crate) fn opened(&self) -> Meter {
        let known = self.model.base().map(|(_, known)| known.count);
        let lag = self.checkpoint.count.saturating_sub(known.unwrap_or(self.checkpoint.count));
        Meter { lag, hit: known.is_some(), ..Meter::default() }
    }

    /// What it did since it was opened.
    pub fn meter(&self) -> Meter {
        self.meter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at: i64) -> Sample {
        let meter = Meter { appended: 1, sync_us: 2, lag: 3, hit: at % 2 == 0 };
        Sample { at, verb: "task add".to_owned(), exit: u8::from(at % 10 == 0), took_us: 5, meter }
    }

    /// Shown red by: never closing a file.
    #[test]
    fn sums_are_the_same_however_often_a_file_was_closed() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("local")).unwrap();
        let count: u64 = 8_000;
        for at in 1..=i64::try_from(count).unwrap() {
            note(dir.path(), &sample(at)).unwrap();
        }
        let mut torn = OpenOptions::new().append(true).open(dir.path().join(METRICS)).unwrap();
        torn.write_all(b"{\"at\":99999,\"ver").unwrap();
        assert!(dir.path().join("local/metrics.1").exists());
        assert!(dir.path().join(METRICS).metadata().unwrap().len() < METRICS_BYTES_MAX);
        let mut totals = read_totals(dir.path());
        let rest = lines::<Sample>(&dir.path().join(METRICS));
        rest.iter().for_each(|sample| totals.add(sample));
        let verb = totals.verbs["task add"];
        assert_eq!((verb.count, verb.failed, verb.took_us), (count, count / 10, count * 5));
        assert_eq!((totals.appended, totals.hits, totals.misses), (count, count / 2, count / 2));
    }

    #[test]
    fn where_there_is_no_folder_nothing_is_made() {
        let dir = tempfile::tempdir().unwrap();
        assert!(note(dir.path(), &sample(1)).is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
