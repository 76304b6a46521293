//! The project itself: the fold over the events that belong to no milestone.
//!
//! - **Invariant.** A setting follows the rule of fields: of two values that did not know of each
//!   other the later in the order of the log holds, and the other is kept beside it until a record
//!   that knew of both sets it again.
//! - **Invariant.** What is known of sessions follows the same order; see `session`.
//! - **Absent on purpose.** What is local to one machine, such as its backend: no event says it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::at::{At, Verdict};
use super::event::{Body, Event};
use super::payload::SettingChanged;
use super::session::{self, Session};
use crate::words::{RecordKey, Timestamp};

/// The project, as its own stream tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProjectState {
    /// Its name; empty while its first record is missing.
    pub name: String,
    /// True if `milestone demo` made it.
    pub demo: bool,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// By whom.
    pub created_by: String,
    /// What everybody who works on it shares, by key; those that were taken away, too.
    pub settings: BTreeMap<String, Setting>,
    /// Stretches of work, by id; at most [`SESSIONS_MAX`](super::SESSIONS_MAX).
    pub sessions: BTreeMap<String, Session>,
}

/// Most other values that a setting keeps.
const RIVALS_MAX: usize = 64;

/// A setting that the whole project shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Its value, as JSON; `None` if it was taken away.
    pub value: Option<String>,
    /// The record that gave it.
    pub record: RecordKey,
    /// Other values, of records that knew of it as little as it of them.
    pub rivals: Vec<Rival>,
}

/// A value of a setting that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rival {
    /// The value, as JSON; `None` if it was taken away there.
    pub value: Option<String>,
    /// The record that gave it.
    pub record: RecordKey,
}

impl ProjectState {
    /// Takes in one event of the project. Never fails.
    pub fn evolve(&mut self, event: &Event<'_>, at: &At<'_>) -> Verdict {
        match &event.body {
            Body::ProjectCreated(created) => {
                // Two clones may both have begun it: the first in the order names it.
                if self.created_at.is_none() {
                    self.name = created.name.to_string();
                    self.demo = created.demo;
                    self.created_at = Some(at.time);
                    self.created_by = at.by.to_owned();
                }
                Verdict::Applied
            }
            Body::Undone(_) | Body::CheckpointSigned(_) => Verdict::Applied,
            Body::SettingChanged(changed) => self.set(changed, at),
            Body::Session(step, change) => session::evolve(&mut self.sessions, *step, change, at),
            _ => Verdict::Skipped,
        }
    }

    fn set(&mut self, changed: &SettingChanged<'_>, at: &At<'_>) -> Verdict {
        let value = changed.value.as_ref().map(|json| json.0.to_string());
        let mut rivals = Vec::new();
        if let Some(held) = self.settings.remove(&*changed.key) {
            rivals = held.rivals;
            rivals.push(Rival { value: held.value, record: held.record });
            rivals.retain(|rival| at.is_concurrent(rival.record) && rival.value != value);
            rivals.truncate(RIVALS_MAX);
        }
        let verdict = if rivals.is_empty() { Verdict::Applied } else { Verdict::Conflict };
        self.settings.insert(changed.key.to_string(), Setting { value, record: at.key, rivals });
        verdict
    }
}
