//! Signing what the log is, and judging what was signed and pinned.
//!
//! Start at [`Project::checkpoint_to_sign`] and at [`judge`].
//!
//! - **Invariant.** A log with errors in it is not signed.
//! - **Invariant.** A checkpoint that a newer sound one by a trusted key builds on needs no second
//!   look: the root of the newer one is over the record that carries the older.
//! - **Not shown by a signature alone.** That nothing newer than it was cut off.

use milestone_core::domain::{CheckpointSigned, Command};
use milestone_core::log::{Finding, Level, Oddity, Step, scan};
use milestone_core::words::{RecordId, Text, Timestamp};

use super::hex::to_hex;
use super::keyring::{KeyError, KnownKey, OwnKey};
use super::lineage::{Lineage, Places};
use super::pin::{Pin, PinError};
use crate::error::HistoryError;
use crate::project::Project;

/// How a signed checkpoint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedStanding {
    /// The signature and the log are what was signed.
    Holds,
    /// The signature is right, and a newer checkpoint that holds is over its record.
    Covered,
    /// The key is not known here: nothing is shown.
    UnknownKey,
    /// The key was revoked here: nothing is shown.
    Revoked,
    /// The signature is not the key's.
    WrongSignature,
    /// The log is not what was signed.
    WrongLog,
}

/// One signed checkpoint, looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheck {
    /// The record that carries it.
    pub record: RecordId,
    /// When that was written.
    pub at: Timestamp,
    /// By whom, as they said.
    pub by: String,
    /// The key it names, and what that is called here.
    pub key: (String, Option<String>),
    /// Over how many records it is.
    pub count: u64,
    /// What came of it.
    pub standing: SignedStanding,
}

/// What was found by looking at the pin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinCheck {
    /// The pin.
    pub pin: Pin,
    /// How the log does not hold it; `None` if it does.
    pub broken: Option<String>,
}

/// Why the log was not signed. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// Something in it is damaged or missing.
    #[error("the log is not sound: {} of its findings are errors", errors)]
    Unsound {
        /// How many.
        errors: usize,
    },
    /// The key was revoked here.
    #[error("the key \"{name}\" was revoked")]
    Revoked {
        /// Its name.
        name: String,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] HistoryError),
    /// A key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The checkpoint is recorded; only the pin could not be written.
    #[error(transparent)]
    Pin(#[from] PinError),
}

impl Project {
    /// What to execute so that the log as it is now is vouched for by `key`, and the pin to put
    /// down once that is done. Reads the whole log.
    ///
    /// # Errors
    ///
    /// [`SignError`].
    pub fn checkpoint_to_sign(
        &self,
        key: &OwnKey,
        now: Timestamp,
    ) -> Result<(Command, Pin), SignError> {
        let mut lineage = Lineage::default();
        let read = scan(&self.store, |step| match step {
            Step::Restart => lineage = Lineage::default(),
            Step::Line(line, _) => lineage.push(&line.record),
        });
        let checkpoint = read.map_err(HistoryError::from)?;
        let bad = |finding: &&Finding| finding.oddity.level() == Level::Error;
        let errors = checkpoint.findings.iter().filter(bad).count();
        if errors > 0 {
            return Err(SignError::Unsound { errors });
        }
        let pin = pin_of(&lineage, self.root(), checkpoint.heads.to_vec(), now);
        let pin = Pin { key_id: Some(key.public.id()), ..pin };
        let mut said = CheckpointSigned {
            heads: pin.heads.clone(),
            count: pin.count,
            root: Text::from(pin.root.clone()),
            key_id: Text::from(key.public.id()),
            signature: Text::default(),
        };
        said.signature = Text::from(key.sign(&said.message()));
        Ok((Command::SignCheckpoint(Box::new(said)), pin))
    }
}

/// What a log is, to be pinned.
pub(crate) fn pin_of(
    lineage: &Lineage,
    root: &std::path::Path,
    heads: Vec<RecordId>,
    at: Timestamp,
) -> Pin {
    let behind = lineage.behind(&lineage.places(), &heads).unwrap_or_default();
    let stand = lineage.stand(&behind);
    let path = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    Pin {
        path,
        origin: lineage.origin().unwrap_or(RecordId([0; 32])),
        at,
        count: stand.count,
        root: to_hex(&stand.root),
        heads,
        key_id: None,
    }
}

/// Judges every signed checkpoint and the pin, the newest first.
pub(crate) fn judge(
    lineage: &Lineage,
    keys: &[KnownKey],
    pin: Option<Pin>,
) -> (Vec<SignedCheck>, Option<PinCheck>) {
    if lineage.signed.is_empty() && pin.is_none() {
        return (Vec::new(), None);
    }
    let places = lineage.places();
    let mut covered = vec![false; places.len()];
    let mut checks = Vec::new();
    for signed in lineage.signed.iter().rev() {
        let said = &signed.said;
        let known = keys.iter().find(|known| known.key.id() == *said.key_id);
        let standing = match known {
            None => SignedStanding::UnknownKey,
            Some(known) if known.revoked.is_some() => SignedStanding::Revoked,
            Some(known) if !known.key.signed(&said.message(), &said.signature) => {
                SignedStanding::WrongSignature
            }
            Some(_) if covered[places[&signed.record]] => SignedStanding::Covered,
            Some(_) => match holds(lineage, &places, said) {
                None => SignedStanding::WrongLog,
                Some(behind) => {
                    covered.iter_mut().zip(behind).for_each(|(covered, is)| *covered |= is);
                    SignedStanding::Holds
                }
            },
        };
        checks.push(SignedCheck {
            record: signed.record,
            at: signed.at,
            by: signed.by.clone(),
            key: (said.key_id.to_string(), known.map(|known| known.key.name.clone())),
            count: said.count,
            standing,
        });
    }
    let pin = pin.map(|pin| PinCheck { broken: broken(lineage, &places, &pin), pin });
    (checks, pin)
}

/// What a checkpoint is over, if the log is what it says.
fn holds(lineage: &Lineage, places: &Places, said: &CheckpointSigned<'_>) -> Option<Vec<bool>> {
    let behind = lineage.behind(places, &said.heads)?;
    let stand = lineage.stand(&behind);
    (stand.count == said.count && to_hex(&stand.root) == *said.root).then_some(behind)
}

/// How the log does not hold a pin.
fn broken(lineage: &Lineage, places: &Places, pin: &Pin) -> Option<String> {
    let missing = pin.heads.iter().filter(|head| !places.contains_key(head)).count();
    if missing > 0 {
        let heads = pin.heads.len();
        let begun = match lineage.origin() == Some(pin.origin) {
            true => "",
            false => ", and it begins with another record",
        };
        return Some(format!("{missing} of its {heads} newest records are missing{begun}"));
    }
    let stand = lineage.stand(&lineage.behind(places, &pin.heads).unwrap_or_default());
    if stand.count != pin.count {
        let (was, is) = (pin.count, stand.count);
        return Some(format!("there were {was} records up to there, now there are {is}"));
    }
    let same = to_hex(&stand.root) == pin.root;
    (!same).then(|| "records up to there are not those of then".to_owned())
}

/// What is odd about them.
pub(crate) fn oddities(checks: &[SignedCheck], pin: Option<&PinCheck>) -> Vec<Finding> {
    let mut odd: Vec<Oddity> = Vec::new();
    for check in checks {
        match check.standing {
            SignedStanding::WrongSignature => odd.push(Oddity::WrongSignature(check.record)),
            SignedStanding::WrongLog => odd.push(Oddity::WrongCheckpoint(check.record)),
            _ => {}
        }
    }
    if let Some(how) = pin.and_then(|check| check.broken.clone()) {
        odd.push(Oddity::WrongPin(how));
    }
    let finding = |oddity| Finding { file: String::new(), line: 0, offset: 0, oddity };
    odd.into_iter().map(finding).collect()
}
