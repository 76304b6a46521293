//! Looking at the whole log: every hash, every link, every clock.
//!
//! Start at [`Project::audit`].
//!
//! - **Not shown.** A chain of hashes cannot show that its newest records were cut off. Only an
//!   anchor outside the log can: see [`Anchors`].

use std::collections::BTreeSet;

use milestone_core::domain::Body;
use milestone_core::log::{Checkpoint, Finding, LogStore, Oddity, Step, scan};
use milestone_core::projection::{Folder, State};
use milestone_core::words::{RecordId, Timestamp};

use crate::error::HistoryError;
use crate::git::Git;
use crate::project::Project;
use crate::trust::checkpoint::{PinCheck, SignedCheck, judge, oddities, pin_of};
use crate::trust::keyring::KnownKey;
use crate::trust::lineage::Lineage;
use crate::trust::pin::{Pin, PinError, Pins};

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
    /// The state that the log makes.
    pub state: State,
    /// Anchors that are missing from the log.
    pub missing_anchors: Vec<RecordId>,
    /// How many anchors were looked for.
    pub anchors: usize,
    /// What was signed, the newest first.
    pub signed: Vec<SignedCheck>,
    /// What was pinned outside the repository, if anything was.
    pub pin: Option<PinCheck>,
    /// What to pin, if that was asked for.
    pub to_pin: Option<Pin>,
}

/// What was signed, what was pinned, and what to pin.
type Vouched = (Vec<SignedCheck>, Option<PinCheck>, Option<Pin>);

/// Whom to believe when the log is looked at.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Keys whose signatures count.
    pub keys: Vec<KnownKey>,
    /// What was pinned before; without it nothing is known of that.
    pub pins: Option<Pins>,
    /// The time to write on a new pin, if one is wanted.
    pub pin_at: Option<Timestamp>,
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
    /// records named there are in it. Nothing is asked of signatures and pins.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if the log or the anchors cannot be read. What is odd is a finding.
    pub fn audit(&self, against: Option<&Anchors>) -> Result<Audit, HistoryError> {
        self.look(against, None)
    }

    /// The same, and looks at what was signed in the log and what was pinned outside of it.
    ///
    /// # Errors
    ///
    /// The same, and if a pin cannot be read.
    pub fn audit_trusting(
        &self,
        against: Option<&Anchors>,
        trust: &Trust,
    ) -> Result<Audit, HistoryError> {
        self.look(against, Some(trust))
    }

    fn look(
        &self,
        against: Option<&Anchors>,
        trust: Option<&Trust>,
    ) -> Result<Audit, HistoryError> {
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
        let mut lineage = Lineage::default();
        let mut checkpoint = scan(&self.store, |step| match step {
            Step::Restart => {
                (folder, missing) = (Folder::new(), wanted.clone());
                (unknown_events, span) = (0, None);
                lineage = Lineage::default();
            }
            Step::Line(line, _) => {
                let record = &line.record;
                folder.fold(record).expect("a fold with histories takes every record");
                missing.remove(&record.id);
                if trust.is_some() {
                    lineage.push(record);
                }
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
        let heads = checkpoint.heads.to_vec();
        let (signed, pin, to_pin) = self.vouched(&lineage, trust, heads)?;
        findings.extend(oddities(&signed, pin.as_ref()));
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.oddity.level()));
        let files = self.store.files()?;
        Ok(Audit {
            findings,
            files: files.len(),
            bytes: files.iter().map(|file| file.len_bytes).sum(),
            unknown_events,
            span,
            state: folder.state,
            missing_anchors: missing.into_iter().collect(),
            anchors: wanted.len(),
            signed,
            pin,
            to_pin,
            checkpoint,
        })
    }

    /// What was signed, what was pinned, and what to pin.
    fn vouched(
        &self,
        lineage: &Lineage,
        trust: Option<&Trust>,
        heads: Vec<RecordId>,
    ) -> Result<Vouched, PinError> {
        let Some(trust) = trust else { return Ok((Vec::new(), None, None)) };
        let find = |pins: &Pins| pins.find(&self.root, lineage.origin());
        let pin = trust.pins.as_ref().map(find).transpose()?.flatten();
        let (signed, pin) = judge(lineage, &trust.keys, pin);
        Ok((signed, pin, trust.pin_at.map(|at| pin_of(lineage, &self.root, heads, at))))
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
