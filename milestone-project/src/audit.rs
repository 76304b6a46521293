//! Looking at the whole log: every hash, every link, every clock.
//!
//! Start at [`Project::audit`].
//!
//! - **Not shown.** A chain of hashes cannot show that its newest records were cut off. Only an
//!   anchor outside the log can: see [`Anchors`].

use std::collections::BTreeSet;

use milestone_core::domain::Body;
use milestone_core::log::{Checkpoint, Finding, LogStore, Oddity, Step, scan};
use milestone_core::projection::{Fingerprint, Folder};
use milestone_core::words::{RecordId, Timestamp};

use crate::error::HistoryError;
use crate::git::Git;
use crate::project::Project;

/// What was found when the whole log was read.
#[derive(Debug, Clone)]
pub struct Audit {
    /// How many records, their heads and the sum of their ids.
    pub checkpoint: Checkpoint,
    /// Everything odd, worst first.
    pub findings: Vec<Finding>,
    /// How many files.
    pub files: usize,
    /// How many bytes.
    pub bytes: u64,
    /// How many events of kinds that are not understood.
    pub unknown_events: u64,
    /// When the first and the last record were written.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The state that the log makes, hashed.
    pub fingerprint: Fingerprint,
    /// Anchors that are missing from the log.
    pub missing_anchors: Vec<RecordId>,
    /// How many anchors were looked for.
    pub anchors: usize,
}

/// Record ids that were written down outside the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchors {
    /// The heads that the log had at a commit.
    Commit(String),
    /// The ids in a text: every word of 64 hex digits.
    Text(String),
}

impl Project {
    /// Reads the whole log and checks every hash, link and clock; with `against`, also that the
    /// records named there are in it.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if the log or the anchors cannot be read. What is odd is a finding.
    pub fn audit(&self, against: Option<&Anchors>) -> Result<Audit, HistoryError> {
        let wanted = match against {
            None => BTreeSet::new(),
            Some(Anchors::Text(text)) => ids_in(text),
            Some(Anchors::Commit(revision)) => {
                let files = Git::of(&self.root).files_at(revision)?;
                scan(&files, |_| {})?.heads.into_iter().collect()
            }
        };
        let (mut folder, mut missing) = (Folder::new(), wanted.clone());
        let (mut unknown_events, mut span) = (0, None);
        let mut checkpoint = scan(&self.store, |step| match step {
            Step::Restart => {
                (folder, missing) = (Folder::new(), wanted.clone());
                (unknown_events, span) = (0, None);
            }
            Step::Line(line, _) => {
                let record = &line.record;
                folder.fold(record).expect("a fold with histories takes every record");
                missing.remove(&record.id);
                let unknown = |body: &Body<'_>| matches!(body, Body::Unknown { .. });
                unknown_events +=
                    record.events.iter().filter(|event| unknown(&event.body)).count() as u64;
                let first = span.map_or(record.timestamp, |(first, _)| first);
                span = Some((first, record.timestamp));
            }
        })?;
        std::mem::take(&mut folder.findings)
            .into_iter()
            .for_each(|finding| checkpoint.found(finding));
        let mut findings = checkpoint.findings.clone();
        for id in &missing {
            let oddity = Oddity::MissingAnchor(*id);
            findings.push(Finding { file: String::new(), line: 0, offset: 0, oddity });
        }
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.oddity.level()));
        let files = self.store.files()?;
        Ok(Audit {
            findings,
            files: files.len(),
            bytes: files.iter().map(|file| file.len_bytes).sum(),
            unknown_events,
            span,
            fingerprint: Fingerprint::of_state(&folder.state),
            missing_anchors: missing.into_iter().collect(),
            anchors: wanted.len(),
            checkpoint,
        })
    }

    /// True if the log has the record whose id begins with `asked`.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if the log cannot be read, or several records begin like that.
    pub fn has_record(&self, asked: &str) -> Result<Option<RecordId>, HistoryError> {
        match self.record_id(asked) {
            Ok(id) => Ok(Some(id)),
            Err(HistoryError::UnknownRecord { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Every word of 64 hex digits.
fn ids_in(text: &str) -> BTreeSet<RecordId> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|word| RecordId::parse(word.as_bytes()))
        .collect()
}
