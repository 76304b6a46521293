//! Sessions: stretches of work that are put down and taken up again, by people and by agents.
//!
//! Start at [`Session`], what is known of one; [`SessionChange`] is what its events carry.
//!
//! - **Invariant.** A session's id is the `session_id` of the records that are written in it, so
//!   that what happened during it is found without any further bookkeeping.
//! - **Invariant.** Where the log stood at an event of a session is said by the record of that
//!   event: what it builds on is its `prev`. No event repeats it.
//! - **Invariant.** Total: an event of a session that is not known makes it known. Of two that did
//!   not know of each other the later in the order of the log holds, and the other is kept beside
//!   it until somebody who knew of both takes the next step.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::at::{At, Verdict};
use crate::words::{RecordKey, StreamId, Text, Timestamp};

/// Most sessions that are kept; beyond it those that ended first are forgotten, then the oldest.
pub const SESSIONS_MAX: usize = 256;

/// What the events of sessions carry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SessionChange<'a> {
    /// The session's id.
    #[serde(borrow)]
    pub session: Text<'a>,
    /// The stream of the milestone or task that is worked on.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Text<'a>>,
    /// The branch that is worked on.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<Text<'a>>,
    /// What is to be done next.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Text<'a>>,
    /// How far it came.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text<'a>>,
}

/// What happens to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStep {
    /// It begins.
    Started,
    /// It is put down, to be taken up again.
    Suspended,
    /// It is taken up again.
    Resumed,
    /// It is over.
    Ended,
}

impl SessionStep {
    /// Every step, in the order in which they are taken.
    pub const ALL: [Self; 4] = [Self::Started, Self::Suspended, Self::Resumed, Self::Ended];

    /// The name of its kind of event.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Started => "session_started",
            Self::Suspended => "session_suspended",
            Self::Resumed => "session_resumed",
            Self::Ended => "session_ended",
        }
    }

    /// The step whose kind of event has that name.
    pub fn of_kind(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.kind() == kind)
    }

    /// What a session is called after it: `open`, `suspended`, `ended`.
    pub const fn status(self) -> &'static str {
        match self {
            Self::Started | Self::Resumed => "open",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
        }
    }
}

/// A session, as the project's stream tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its last step.
    pub step: SessionStep,
    /// Who took that step.
    pub by: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When its last step was taken.
    pub changed_at: Timestamp,
    /// The record of that step: what it builds on is what was known then.
    pub record: RecordKey,
    /// The place of that record in time, in the order of the log.
    pub clock: u64,
    /// The milestone or task that is worked on.
    pub on: Option<StreamId>,
    /// The branch that is worked on.
    pub branch: Option<String>,
    /// What is to be done next.
    pub next: Option<String>,
    /// How far it came.
    pub notes: Option<String>,
    /// What was done with it by those who knew as little of the last step as it of them.
    pub rivals: Vec<SessionRival>,
}

/// A step of a session that does not hold, beside the one that does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRival {
    /// The step.
    pub step: SessionStep,
    /// Who took it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The record of it.
    pub record: RecordKey,
    /// What was worked on then.
    pub on: Option<StreamId>,
    /// The branch then.
    pub branch: Option<String>,
    /// What was to be done next then.
    pub next: Option<String>,
    /// How far it had come then.
    pub notes: Option<String>,
}

/// Most steps that are kept beside the one that holds.
const RIVALS_MAX: usize = 64;

impl SessionRival {
    /// What holds, as it will be once something else does.
    fn of(held: &Session) -> Self {
        Self {
            step: held.step,
            by: held.by.clone(),
            at: held.changed_at,
            record: held.record,
            on: held.on.clone(),
            branch: held.branch.clone(),
            next: held.next.clone(),
            notes: held.notes.clone(),
        }
    }

    /// True if it says what the session says anyway.
    fn agrees(&self, held: &Session) -> bool {
        let own = Self::of(held);
        (self.step, &self.on, &self.branch) == (own.step, &own.on, &own.branch)
            && (&self.next, &self.notes) == (&own.next, &own.notes)
    }
}

impl Session {
    /// True until it has ended.
    pub fn can_go_on(&self) -> bool {
        self.step != SessionStep::Ended
    }

    /// True while somebody works in it.
    pub fn is_open(&self) -> bool {
        matches!(self.step, SessionStep::Started | SessionStep::Resumed)
    }
}

/// Takes in one step. What it does not say stays as it was when the step was taken. Returns whether
/// it met another that did not know of it.
pub(super) fn evolve(
    sessions: &mut BTreeMap<String, Session>,
    step: SessionStep,
    change: &SessionChange<'_>,
    at: &At<'_>,
) -> Verdict {
    let known = sessions.remove(&*change.session);
    let text = |said: &Option<Text<'_>>| said.as_ref().map(ToString::to_string);
    let mut rivals = known.as_ref().map(|held| held.rivals.clone()).unwrap_or_default();
    rivals.extend(known.as_ref().map(SessionRival::of));
    // What whoever took this step knew last; of a step that knew of none, what holds.
    let of_them = |rival: &&SessionRival| !at.is_concurrent(rival.record);
    let before = rivals.iter().rev().find(of_them).or(rivals.last()).cloned();
    let before = before.as_ref();
    rivals.retain(|rival| at.is_concurrent(rival.record));
    let mut session = Session {
        step,
        by: at.by.to_owned(),
        started_at: known.as_ref().map_or(at.time, |held| held.started_at),
        changed_at: at.time,
        record: at.key,
        clock: at.clock,
        on: (change.on.as_deref().and_then(StreamId::parse))
            .or_else(|| before.and_then(|held| held.on.clone())),
        branch: text(&change.branch).or_else(|| before.and_then(|held| held.branch.clone())),
        next: text(&change.next).or_else(|| before.and_then(|held| held.next.clone())),
        notes: text(&change.notes).or_else(|| before.and_then(|held| held.notes.clone())),
        rivals: Vec::new(),
    };
    rivals.retain(|rival| !rival.agrees(&session));
    rivals.truncate(RIVALS_MAX);
    session.rivals = rivals;
    if known.is_none() && sessions.len() >= SESSIONS_MAX {
        let rank = |held: &Session| (held.can_go_on(), held.clock);
        let oldest = sessions.iter().min_by_key(|(id, held)| (rank(held), (*id).clone()));
        let oldest = oldest.map(|(id, _)| id.clone());
        oldest.and_then(|id| sessions.remove(&id));
    }
    let verdict = if session.rivals.is_empty() { Verdict::Applied } else { Verdict::Conflict };
    sessions.insert(change.session.to_string(), session);
    verdict
}
