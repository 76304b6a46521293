//! One thing that happened, as it stands in a line.
//!
//! Start at [`Event`]; [`Body`] lists every kind that is understood.
//!
//! - **Invariant.** Reading never fails for a kind that is not understood, or for `details` that do
//!   not fit: such an event is [`Body::Unknown`], kept and skipped by the fold.
//! - **Absent on purpose.** Rules. An event is a fact, whether or not it should have happened.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::payload::{
    BlockerCleared, BlockerRaised, ConflictResolved, Created, CriterionAdded, Dependency, Edited,
    LinkAdded, NoteAdded, Part, Progress, ProjectCreated, SettingChanged, TaskMoved, Transition,
    Undone,
};
use super::raw_text::RawText;
use super::risk_events::{Risk, RiskClosed, RiskUpdated};
use super::session::{SessionChange, SessionStep};
use super::signed::CheckpointSigned;
use super::steps::{Delivery, PhaseChange, WorkflowEnabled};
use crate::words::{StreamId, Text, Timestamp};

/// One event of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a> {
    /// The milestone whose stream, or whose task's stream, this belongs to; absent for the project.
    pub milestone_id: Option<Text<'a>>,
    /// When it really happened, where that is not when it was recorded.
    pub at: Option<Timestamp>,
    /// By whom it was really done, where that is not who recorded it.
    pub by: Option<Text<'a>>,
    /// What happened.
    pub body: Body<'a>,
}

/// What happened: the kind of an event, with what that kind carries.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the kind of its name; the table is in `kinds`")]
pub enum Body<'a> {
    ProjectCreated(ProjectCreated<'a>),
    Undone(Undone),
    SettingChanged(SettingChanged<'a>),
    /// `session_started`, `session_suspended`, `session_resumed`, `session_ended`.
    Session(SessionStep, SessionChange<'a>),
    CheckpointSigned(CheckpointSigned<'a>),
    MilestoneCreated(Created<'a>),
    MilestoneEdited(Edited<'a>),
    MilestoneStarted(Transition<'a>),
    MilestonePaused(Transition<'a>),
    MilestoneResumed(Transition<'a>),
    MilestoneCompleted(Transition<'a>),
    MilestoneReopened(Transition<'a>),
    MilestoneCancelled(Transition<'a>),
    MilestoneArchived(Transition<'a>),
    MilestoneRestored(Transition<'a>),
    TaskAdded(Created<'a>),
    TaskEdited(Edited<'a>),
    TaskStarted(Transition<'a>),
    TaskCompleted(Transition<'a>),
    TaskReopened(Transition<'a>),
    TaskCancelled(Transition<'a>),
    TaskRemoved(Transition<'a>),
    TaskMoved(TaskMoved<'a>),
    ProgressUpdated(Progress<'a>),
    CriterionAdded(CriterionAdded<'a>),
    CriterionChecked(Part<'a>),
    CriterionUnchecked(Part<'a>),
    CriterionRemoved(Part<'a>),
    NoteAdded(NoteAdded<'a>),
    NoteRemoved(Part<'a>),
    LinkAdded(LinkAdded<'a>),
    LinkRemoved(Part<'a>),
    DependencyAdded(Dependency<'a>),
    DependencyRemoved(Dependency<'a>),
    BlockerRaised(BlockerRaised<'a>),
    BlockerCleared(BlockerCleared<'a>),
    RiskIdentified(Risk<'a>),
    RiskUpdated(RiskUpdated<'a>),
    RiskClosed(RiskClosed<'a>),
    ConflictResolved(ConflictResolved<'a>),
    WorkflowEnabled(WorkflowEnabled<'a>),
    PhaseStarted(PhaseChange<'a>),
    DeliverableAdded(Delivery<'a>),
    DeliverableRemoved(Delivery<'a>),
    PhaseSubmitted(PhaseChange<'a>),
    PhaseApproved(PhaseChange<'a>),
    PhaseChangesRequested(PhaseChange<'a>),
    PhaseRejected(PhaseChange<'a>),
    /// A kind that this version does not know, an embedder's own (`x.<vendor>.<name>`), or one
    /// whose details do not fit.
    Unknown {
        /// The kind's name.
        kind: Text<'a>,
        /// Its details, as they stand.
        details: RawText<'a>,
    },
}

impl<'a> Event<'a> {
    /// An event of the project.
    pub fn project(body: Body<'a>) -> Self {
        Self { milestone_id: None, at: None, by: None, body }
    }

    /// An event of a milestone, or of a task that was born there.
    pub fn of(milestone: &str, body: Body<'a>) -> Self {
        let milestone_id = Some(Text::from(milestone.to_owned()));
        Self { milestone_id, at: None, by: None, body }
    }

    /// The name of the kind.
    pub fn kind(&self) -> &str {
        self.body.kind()
    }

    /// Writes the name of the stream this belongs to into `name`; false if it names none.
    pub fn stream_into(&self, name: &mut String) -> bool {
        name.clear();
        match (&self.milestone_id, self.body.task()) {
            (None, _) => name.push_str(StreamId::PROJECT),
            (Some(milestone), None) => name.push_str(milestone),
            (Some(milestone), Some(task)) => {
                name.push_str(milestone);
                name.push('/');
                name.push_str(&task);
            }
        }
        StreamId::valid(name)
    }

    /// True if this belongs to the stream of that name. Builds no name, for this is asked for every
    /// event that is folded.
    pub fn is_of(&self, stream: &str) -> bool {
        match (self.milestone_id.as_deref(), self.body.task()) {
            (None, _) => stream == StreamId::PROJECT,
            (Some(milestone), None) => stream == milestone,
            (Some(milestone), Some(task)) => {
                stream.len() == milestone.len() + 1 + task.len()
                    && stream.starts_with(milestone)
                    && stream.as_bytes()[milestone.len()] == b'/'
                    && stream.ends_with(&*task)
            }
        }
    }

    /// The stream this belongs to, if its name is one.
    pub fn stream(&self) -> Option<StreamId> {
        let mut name = String::new();
        self.stream_into(&mut name).then(|| StreamId::parse(&name)).flatten()
    }
}

/// Calls one macro-free table of kinds: name, variant, shape. The three functions below must list
/// the same kinds; a test reads every kind of `KINDS` back.
impl<'a> Body<'a> {
    /// The name of the kind.
    pub fn kind(&self) -> &str {
        match self {
            Self::ProjectCreated(_) => "project_created",
            Self::Undone(_) => "undone",
            Self::SettingChanged(_) => "setting_changed",
            Self::Session(step, _) => step.kind(),
            Self::CheckpointSigned(_) => "checkpoint_signed",
            Self::MilestoneCreated(_) => "milestone_created",
            Self::MilestoneEdited(_) => "milestone_edited",
            Self::MilestoneStarted(_) => "milestone_started",
            Self::MilestonePaused(_) => "milestone_paused",
            Self::MilestoneResumed(_) => "milestone_resumed",
            Self::MilestoneCompleted(_) => "milestone_completed",
            Self::MilestoneReopened(_) => "milestone_reopened",
            Self::MilestoneCancelled(_) => "milestone_cancelled",
            Self::MilestoneArchived(_) => "milestone_archived",
            Self::MilestoneRestored(_) => "milestone_restored",
            Self::TaskAdded(_) => "task_added",
            Self::TaskEdited(_) => "task_edited",
            Self::TaskStarted(_) => "task_started",
            Self::TaskCompleted(_) => "task_completed",
            Self::TaskReopened(_) => "task_reopened",
            Self::TaskCancelled(_) => "task_cancelled",
            Self::TaskRemoved(_) => "task_removed",
            Self::TaskMoved(_) => "task_moved",
            Self::ProgressUpdated(_) => "progress_updated",
            Self::CriterionAdded(_) => "criterion_added",
            Self::CriterionChecked(_) => "criterion_checked",
            Self::CriterionUnchecked(_) => "criterion_unchecked",
            Self::CriterionRemoved(_) => "criterion_removed",
            Self::NoteAdded(_) => "note_added",
            Self::NoteRemoved(_) => "note_removed",
            Self::LinkAdded(_) => "link_added",
            Self::LinkRemoved(_) => "link_removed",
            Self::DependencyAdded(_) => "dependency_added",
            Self::DependencyRemoved(_) => "dependency_removed",
            Self::BlockerRaised(_) => "blocker_raised",
            Self::BlockerCleared(_) => "blocker_cleared",
            Self::RiskIdentified(_) => "risk_identified",
            Self::RiskUpdated(_) => "risk_updated",
            Self::RiskClosed(_) => "risk_closed",
            Self::ConflictResolved(_) => "conflict_resolved",
            Self::WorkflowEnabled(_) => "workflow_enabled",
            Self::PhaseStarted(_) => "phase_started",
            Self::DeliverableAdded(_) => "deliverable_added",
            Self::DeliverableRemoved(_) => "deliverable_removed",
            Self::PhaseSubmitted(_) => "phase_submitted",
            Self::PhaseApproved(_) => "phase_approved",
            Self::PhaseChangesRequested(_) => "phase_changes_requested",
            Self::PhaseRejected(_) => "phase_rejected",
            Self::Unknown { kind, .. } => kind,
        }
    }

    /// The slug of the task this is about, if it is about one.
    pub fn task(&self) -> Option<Cow<'_, str>> {
        let task = match self {
            Self::ProjectCreated(_) | Self::Undone(_) | Self::SettingChanged(_) => return None,
            Self::Session(..) | Self::CheckpointSigned(_) => return None,
            Self::TaskMoved(moved) => return Some(Cow::Borrowed(&moved.task)),
            Self::Unknown { details, .. } => return task_of(&details.0).map(Cow::Owned),
            Self::MilestoneCreated(created) | Self::TaskAdded(created) => &created.task,
            Self::MilestoneEdited(edited) | Self::TaskEdited(edited) => &edited.task,
            Self::MilestoneStarted(change)
            | Self::MilestonePaused(change)
            | Self::MilestoneResumed(change)
            | Self::MilestoneCompleted(change)
            | Self::MilestoneReopened(change)
            | Self::MilestoneCancelled(change)
            | Self::MilestoneArchived(change)
            | Self::MilestoneRestored(change)
            | Self::TaskStarted(change)
            | Self::TaskCompleted(change)
            | Self::TaskReopened(change)
            | Self::TaskCancelled(change)
            | Self::TaskRemoved(change) => &change.task,
            Self::ProgressUpdated(progress) => &progress.task,
            Self::CriterionAdded(added) => &added.task,
            Self::CriterionChecked(part)
            | Self::CriterionUnchecked(part)
            | Self::CriterionRemoved(part)
            | Self::NoteRemoved(part)
            | Self::LinkRemoved(part) => &part.task,
            Self::NoteAdded(added) => &added.task,
            Self::LinkAdded(added) => &added.task,
            Self::DependencyAdded(dependency) | Self::DependencyRemoved(dependency) => {
                &dependency.task
            }
            Self::BlockerRaised(raised) => &raised.task,
            Self::BlockerCleared(cleared) => &cleared.task,
            Self::RiskIdentified(risk) => &risk.task,
            Self::RiskUpdated(updated) => &updated.task,
            Self::RiskClosed(closed) => &closed.task,
            Self::ConflictResolved(resolved) => &resolved.task,
            Self::WorkflowEnabled(enabled) => &enabled.task,
            Self::DeliverableAdded(given) | Self::DeliverableRemoved(given) => &given.task,
            Self::PhaseStarted(change)
            | Self::PhaseSubmitted(change)
            | Self::PhaseApproved(change)
            | Self::PhaseChangesRequested(change)
            | Self::PhaseRejected(change) => &change.task,
        };
        task.as_deref().map(Cow::Borrowed)
    }

    /// Reads the details of a kind. Fails where they do not fit; see [`Body::read_lenient`].
    fn read<D: Deserializer<'a>>(kind: Text<'a>, from: D) -> Result<Self, D::Error> {
        Ok(match &*kind {
            "project_created" => Self::ProjectCreated(Deserialize::deserialize(from)?),
            "undone" => Self::Undone(Deserialize::deserialize(from)?),
            "setting_changed" => Self::SettingChanged(Deserialize::deserialize(from)?),
            "checkpoint_signed" => Self::CheckpointSigned(Deserialize::deserialize(from)?),
            "milestone_created" => Self::MilestoneCreated(Deserialize::deserialize(from)?),
            "milestone_edited" => Self::MilestoneEdited(Deserialize::deserialize(from)?),
            "milestone_started" => Self::MilestoneStarted(Deserialize::deserialize(from)?),
            "milestone_paused" => Self::MilestonePaused(Deserialize::deserialize(from)?),
            "milestone_resumed" => Self::MilestoneResumed(Deserialize::deserialize(from)?),
            "milestone_completed" => Self::MilestoneCompleted(Deserialize::deserialize(from)?),
            "milestone_reopened" => Self::MilestoneReopened(Deserialize::deserialize(from)?),
            "milestone_cancelled" => Self::MilestoneCancelled(Deserialize::deserialize(from)?),
            "milestone_archived" => Self::MilestoneArchived(Deserialize::deserialize(from)?),
            "milestone_restored" => Self::MilestoneRestored(Deserialize::deserialize(from)?),
            "task_added" => Self::TaskAdded(Deserialize::deserialize(from)?),
            "task_edited" => Self::TaskEdited(Deserialize::deserialize(from)?),
            "task_started" => Self::TaskStarted(Deserialize::deserialize(from)?),
            "task_completed" => Self::TaskCompleted(Deserialize::deserialize(from)?),
            "task_reopened" => Self::TaskReopened(Deserialize::deserialize(from)?),
            "task_cancelled" => Self::TaskCancelled(Deserialize::deserialize(from)?),
            "task_removed" => Self::TaskRemoved(Deserialize::deserialize(from)?),
            "task_moved" => Self::TaskMoved(Deserialize::deserialize(from)?),
            "progress_updated" => Self::ProgressUpdated(Deserialize::deserialize(from)?),
            "criterion_added" => Self::CriterionAdded(Deserialize::deserialize(from)?),
            "criterion_checked" => Self::CriterionChecked(Deserialize::deserialize(from)?),
            "criterion_unchecked" => Self::CriterionUnchecked(Deserialize::deserialize(from)?),
            "criterion_removed" => Self::CriterionRemoved(Deserialize::deserialize(from)?),
            "note_added" => Self::NoteAdded(Deserialize::deserialize(from)?),
            "note_removed" => Self::NoteRemoved(Deserialize::deserialize(from)?),
            "link_added" => Self::LinkAdded(Deserialize::deserialize(from)?),
            "link_removed" => Self::LinkRemoved(Deserialize::deserialize(from)?),
            "dependency_added" => Self::DependencyAdded(Deserialize::deserialize(from)?),
            "dependency_removed" => Self::DependencyRemoved(Deserialize::deserialize(from)?),
            "blocker_raised" => Self::BlockerRaised(Deserialize::deserialize(from)?),
            "blocker_cleared" => Self::BlockerCleared(Deserialize::deserialize(from)?),
            "risk_identified" => Self::RiskIdentified(Deserialize::deserialize(from)?),
            "risk_updated" => Self::RiskUpdated(Deserialize::deserialize(from)?),
            "risk_closed" => Self::RiskClosed(Deserialize::deserialize(from)?),
            "conflict_resolved" => Self::ConflictResolved(Deserialize::deserialize(from)?),
            "workflow_enabled" => Self::WorkflowEnabled(Deserialize::deserialize(from)?),
            "phase_started" => Self::PhaseStarted(Deserialize::deserialize(from)?),
            "deliverable_added" => Self::DeliverableAdded(Deserialize::deserialize(from)?),
            "deliverable_removed" => Self::DeliverableRemoved(Deserialize::deserialize(from)?),
            "phase_submitted" => Self::PhaseSubmitted(Deserialize::deserialize(from)?),
            "phase_approved" => Self::PhaseApproved(Deserialize::deserialize(from)?),
            "phase_changes_requested" => {
                Self::PhaseChangesRequested(Deserialize::deserialize(from)?)
            }
            "phase_rejected" => Self::PhaseRejected(Deserialize::deserialize(from)?),
            name => match SessionStep::of_kind(name) {
                Some(step) => Self::Session(step, Deserialize::deserialize(from)?),
                None => Self::Unknown { kind, details: Deserialize::deserialize(from)? },
            },
        })
    }

    /// Reads details that may not fit their kind: then they are kept as they stand.
    pub(crate) fn read_lenient(kind: Text<'a>, details: &'a str) -> Self {
        let mut reader = serde_json::Deserializer::from_str(details);
        Self::read(kind.clone(), &mut reader)
            .unwrap_or(Self::Unknown { kind, details: RawText(Cow::Borrowed(details)) })
    }
}

/// The member `task` of details that are not understood.
fn task_of(details: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct OnlyTask<'a> {
        #[serde(borrow, default)]
        task: Option<Text<'a>>,
    }
    serde_json::from_str::<OnlyTask<'_>>(details).ok()?.task.map(|task| task.0.into_owned())
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::ProjectCreated(created) => created.serialize(serializer),
            Self::Undone(undone) => undone.serialize(serializer),
            Self::SettingChanged(setting) => setting.serialize(serializer),
            Self::Session(_, change) => change.serialize(serializer),
            Self::CheckpointSigned(signed) => signed.serialize(serializer),
            Self::MilestoneCreated(created) | Self::TaskAdded(created) => {
                created.serialize(serializer)
            }
            Self::MilestoneEdited(edited) | Self::TaskEdited(edited) => {
                edited.serialize(serializer)
            }
            Self::MilestoneStarted(change)
            | Self::MilestonePaused(change)
            | Self::MilestoneResumed(change)
            | Self::MilestoneCompleted(change)
            | Self::MilestoneReopened(change)
            | Self::MilestoneCancelled(change)
            | Self::MilestoneArchived(change)
            | Self::MilestoneRestored(change)
            | Self::TaskStarted(change)
            | Self::TaskCompleted(change)
            | Self::TaskReopened(change)
            | Self::TaskCancelled(change)
            | Self::TaskRemoved(change) => change.serialize(serializer),
            Self::TaskMoved(moved) => moved.serialize(serializer),
            Self::ProgressUpdated(progress) => progress.serialize(serializer),
            Self::CriterionAdded(added) => added.serialize(serializer),
            Self::CriterionChecked(part)
            | Self::CriterionUnchecked(part)
            | Self::CriterionRemoved(part) => write_part(part, "criterion", serializer),
            Self::NoteAdded(added) => added.serialize(serializer),
            Self::NoteRemoved(part) => write_part(part, "note", serializer),
            Self::LinkAdded(added) => added.serialize(serializer),
            Self::LinkRemoved(part) => write_part(part, "link", serializer),
            Self::DependencyAdded(on) | Self::DependencyRemoved(on) => on.serialize(serializer),
            Self::BlockerRaised(raised) => raised.serialize(serializer),
            Self::BlockerCleared(cleared) => cleared.serialize(serializer),
            Self::RiskIdentified(risk) => risk.serialize(serializer),
            Self::RiskUpdated(updated) => updated.serialize(serializer),
            Self::RiskClosed(closed) => closed.serialize(serializer),
            Self::ConflictResolved(resolved) => resolved.serialize(serializer),
            Self::WorkflowEnabled(enabled) => enabled.serialize(serializer),
            Self::DeliverableAdded(given) | Self::DeliverableRemoved(given) => {
                given.serialize(serializer)
            }
            Self::PhaseStarted(change)
            | Self::PhaseSubmitted(change)
            | Self::PhaseApproved(change)
            | Self::PhaseChangesRequested(change)
            | Self::PhaseRejected(change) => change.serialize(serializer),
            Self::Unknown { details, .. } => details.serialize(serializer),
        }
    }
}

fn write_part<S: Serializer>(
    part: &Part<'_>,
    name: &'static str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    if let Some(task) = &part.task {
        map.serialize_entry("task", task)?;
    }
    map.serialize_entry(name, &part.id)?;
    map.end()
}

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Event", 5)?;
        members.serialize_field("event_type", self.body.kind())?;
        if let Some(milestone) = &self.milestone_id {
            members.serialize_field("milestone_id", milestone)?;
        }
        if let Some(at) = &self.at {
            members.serialize_field("at", at)?;
        }
        if let Some(by) = &self.by {
            members.serialize_field("by", by)?;
        }
        members.serialize_field("details", &self.body)?;
        members.end()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Event<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor)
    }
}

/// Reads an event whose kind stands before its details, as we write it; anything else is an error
/// here and is read again, leniently, by the record.
struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = Event<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event<'de>, A::Error> {
        use serde::de::Error;
        let (mut kind, mut milestone_id, mut at, mut by, mut body) = (None, None, None, None, None);
        while let Some(name) = map.next_key::<Text<'de>>()? {
            match &*name {
                "event_type" => kind = Some(map.next_value::<Text<'de>>()?),
                "milestone_id" => milestone_id = map.next_value()?,
                "at" => at = map.next_value()?,
                "by" => by = map.next_value()?,
                "details" => {
                    let kind = kind.take().ok_or_else(|| A::Error::missing_field("event_type"))?;
                    body = Some(map.next_value_seed(BodySeed(kind))?);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let body = body.ok_or_else(|| A::Error::missing_field("details"))?;
        Ok(Event { milestone_id, at, by, body })
    }
}

struct BodySeed<'a>(Text<'a>);

impl<'de> DeserializeSeed<'de> for BodySeed<'de> {
    type Value = Body<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Body<'de>, D::Error> {
        Body::read(self.0, deserializer)
    }
}
