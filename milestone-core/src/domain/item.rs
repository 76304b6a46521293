//! What a milestone and a task have in common, and how events change it.
//!
//! Start at [`Item`]. [`Milestone`](super::Milestone) and [`Task`](super::Task) each hold one and
//! add what is theirs; the table of what concurrent events do to each other is applied in `merge`.
//!
//! - **Invariant.** Evolving is total: no event makes it fail, and one that makes no sense becomes
//!   a conflict.
//! - **Absent on purpose.** Whatever follows from other aggregates: progress of a milestone,
//!   waiting, ready. They are derived when somebody asks.

use serde::{Deserialize, Serialize};

use super::at::{At, Verdict};
use super::conflict::{Conflict, Subject};
use super::event::Body;
use super::fields::{Field, Fields, ListField, Priority, Value};
use super::payload::{Edited, Progress, Transition};
use super::risk::RiskEntry;
use super::tie::Tie;
use crate::words::{Date, RecordKey, StreamId, Timestamp};

/// How far something has come. Milestones and tasks have their own words for these. Tables keep
/// their numbers, so a new one comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Not begun: a planned milestone, a pending task.
    Open,
    /// Begun: an active milestone, a task in progress.
    Underway,
    /// Finished: a completed milestone, a task that is done.
    Done,
    /// Given up.
    Cancelled,
    /// A milestone that was put away.
    Archived,
    /// A task that was taken out.
    Removed,
    /// Begun, and put down for a while: a paused milestone. No task is.
    Paused,
}

impl Stage {
    /// Every one, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Underway,
        Self::Done,
        Self::Cancelled,
        Self::Archived,
        Self::Removed,
        Self::Paused,
    ];

    /// True for what is neither finished, given up, put away nor taken out.
    pub const fn is_left(self) -> bool {
        matches!(self, Self::Open | Self::Underway | Self::Paused)
    }
}

/// The record that first made something: its place in the order of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Birth {
    /// The record's clock.
    pub clock: u64,
    /// The record.
    pub key: RecordKey,
}

/// Something that can be checked off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// Its id.
    pub id: Box<str>,
    /// What must be true.
    pub text: Box<str>,
    /// Whether it is.
    pub checked: bool,
    /// The phase of the task's workflow that it belongs to.
    pub phase: Option<Box<str>>,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Its id.
    pub id: Box<str>,
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub by: Box<str>,
    /// Its text.
    pub text: Box<str>,
}

/// A relation that has no rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its id.
    pub id: Box<str>,
    /// What kind of relation.
    pub kind: Box<str>,
    /// What it leads to.
    pub to: Box<str>,
}

/// Something in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocker {
    /// Its id.
    pub id: Box<str>,
    /// What is in the way.
    pub text: Box<str>,
    /// Whom or what it waits for.
    pub on: Option<Box<str>>,
    /// Until when, as far as known.
    pub until: Option<Date>,
    /// Since when.
    pub at: Timestamp,
    /// Who said so.
    pub by: Box<str>,
    /// When it went away.
    pub cleared_at: Option<Timestamp>,
}

/// The last progress that was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// So many are done, or so many percent …
    pub done: u32,
    /// … of so many, or of 100.
    pub of: u32,
    /// True if it was reported in percent.
    pub percent: bool,
}

/// A record that gave a field a value, of which no later one that did so knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Writer {
    pub(super) subject: Subject,
    pub(super) record: RecordKey,
    /// The value, hashed: enough to tell whether another one differs.
    pub(super) value: u64,
}

/// What a milestone and a task have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Where it began in the order of the log; `None` while its first record is missing.
    pub born: Option<Birth>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// By whom.
    pub created_by: Box<str>,
    /// When it last changed, in the order of the log.
    pub changed_at: Timestamp,
    /// When it was first begun.
    pub started_at: Option<Timestamp>,
    /// When it was finished, if it is.
    pub completed_at: Option<Timestamp>,
    /// How far it has come.
    pub stage: Stage,
    /// The stage before it was archived.
    pub archived_from: Option<Stage>,
    /// The title.
    pub title: Box<str>,
    /// The description.
    pub description: Option<Box<str>>,
    /// How important it is.
    pub priority: Option<Priority>,
    /// Who answers for it.
    pub owner: Option<Box<str>>,
    /// The planned first day.
    pub start: Option<Date>,
    /// The planned last day.
    pub due: Option<Date>,
    /// The estimate, in minutes.
    pub estimate: Option<u32>,
    /// The weight in its milestone's progress, if one was given.
    pub weight: Option<u32>,
    /// The place among the tasks of its milestone.
    pub position: i64,
    /// The template it was made from.
    pub template: Option<Box<str>>,
    /// Its id in another tool.
    pub external_id: Option<Box<str>>,
    /// Who works on it.
    pub assignees: Vec<Box<str>>,
    /// Labels.
    pub labels: Vec<Box<str>>,
    /// What must be done before, by the names of their streams.
    pub dependencies: Vec<StreamId>,
    /// What can be checked off.
    pub criteria: Vec<Criterion>,
    /// Notes, oldest first.
    pub notes: Vec<Note>,
    /// Relations without rules.
    pub links: Vec<Link>,
    /// What is or was in the way.
    pub blockers: Vec<Blocker>,
    /// What may go wrong.
    pub risks: Vec<RiskEntry>,
    /// Work done, in minutes.
    pub time_spent: u32,
    /// The last progress that was reported.
    pub report: Option<Report>,
    /// What clones disagree about.
    pub conflicts: Vec<Conflict>,
    pub(super) writers: Vec<Writer>,
    /// Dependencies that are not plain, or on other projects, by what they are on.
    pub ties: Vec<Tie>,
}

impl Item {
    /// Something of which nothing is known yet but its name.
    pub(super) fn unborn(name: &str) -> Self {
        Self {
            born: None,
            created_at: None,
            created_by: "".into(),
            changed_at: Timestamp::default(),
            started_at: None,
            completed_at: None,
            stage: Stage::Open,
            archived_from: None,
            title: name.into(),
            description: None,
            priority: None,
            owner: None,
            start: None,
            due: None,
            estimate: None,
            weight: None,
            position: 0,
            template: None,
            external_id: None,
            assignees: Vec::new(),
            labels: Vec::new(),
            dependencies: Vec::new(),
            criteria: Vec::new(),
            notes: Vec::new(),
            links: Vec::new(),
            blockers: Vec::new(),
            risks: Vec::new(),
            time_spent: 0,
            report: None,
            conflicts: Vec::new(),
            writers: Vec::new(),
            ties: Vec::new(),
        }
    }

    /// True if it depends on `stream`; on that of the project, if it does on another project.
    pub fn depends_on(&self, stream: &str) -> bool {
        self.dependencies.iter().any(|on| on.as_str() == stream)
            || (stream == StreamId::PROJECT && self.ties.iter().any(Tie::is_elsewhere))
    }

    /// The blockers that are still in the way.
    pub fn open_blockers(&self) -> impl Iterator<Item = &Blocker> {
        self.blockers.iter().filter(|blocker| blocker.cleared_at.is_none())
    }

    /// True if it is finished, given up, put away or taken out.
    pub fn is_closed(&self) -> bool {
        !self.stage.is_left()
    }

    /// The value of a field as text, as conflicts and views show it.
    pub fn field_text(&self, field: Field) -> Option<String> {
        let own = |text: &Option<Box<str>>| text.as_ref().map(ToString::to_string);
        match field {
            Field::Title => Some(self.title.to_string()),
            Field::Description => own(&self.description),
            Field::Priority => self.priority.map(|priority| priority.name().to_owned()),
            Field::Owner => own(&self.owner),
            Field::Start => self.start.map(|date| date.to_string()),
            Field::Due => self.due.map(|date| date.to_string()),
            Field::Estimate => self.estimate.map(|minutes| minutes.to_string()),
            Field::Weight => self.weight.map(|weight| weight.to_string()),
            Field::Position => Some(self.position.to_string()),
            Field::Template => own(&self.template),
            Field::ExternalId => own(&self.external_id),
        }
    }

    /// The values of a field that is a set.
    pub fn list(&self, field: ListField) -> &[Box<str>] {
        match field {
            ListField::Assignees => &self.assignees,
            ListField::Labels => &self.labels,
        }
    }

    fn list_mut(&mut self, field: ListField) -> &mut Vec<Box<str>> {
        match field {
            ListField::Assignees => &mut self.assignees,
            ListField::Labels => &mut self.labels,
        }
    }

    /// The first record, or one from another clone that made the same thing.
    pub(super) fn create(&mut self, fields: &Fields<'_>, at: &At<'_>) -> Verdict {
        if self.born.is_none() {
            self.born = Some(Birth { clock: at.clock, key: at.key });
            self.created_at = Some(at.time);
            self.created_by = at.by.into();
        }
        let conflicts = self.conflicts.len();
        for (field, value) in &fields.set {
            if *field == Field::Position {
                self.store(*field, value);
            } else {
                self.write(*field, value, at);
            }
        }
        for (field, values) in &fields.lists {
            values.iter().for_each(|value| self.join(*field, value));
        }
        self.verdict_since(conflicts)
    }

    pub(super) fn edit(&mut self, edited: &Edited<'_>, at: &At<'_>) -> Verdict {
        let conflicts = self.conflicts.len();
        for (field, value) in &edited.set.set {
            self.write(*field, value, at);
        }
        for (field, values) in &edited.set.lists {
            self.list_mut(*field).clear();
            values.iter().for_each(|value| self.join(*field, value));
        }
        for (field, values) in &edited.add.lists {
            values.iter().for_each(|value| self.join(*field, value));
        }
        for (field, values) in &edited.remove.lists {
            self.list_mut(*field).retain(|held| values.iter().all(|value| **value != **held));
        }
        self.verdict_since(conflicts)
    }

    fn join(&mut self, field: ListField, value: &str) {
        let list = self.list_mut(field);
        if !list.iter().any(|held| &**held == value) {
            list.push(value.into());
        }
    }

    /// Gives a field its value, without asking who else did.
    pub(super) fn store(&mut self, field: Field, value: &Value<'_>) {
        let text = |value: &Value<'_>| match value {
            Value::Text(text) if !text.is_empty() => Some(Box::from(&**text)),
            _ => None,
        };
        let number = |value: &Value<'_>| match value {
            Value::Number(number) => u32::try_from(*number).ok(),
            _ => None,
        };
        let date = |value: &Value<'_>| match value {
            Value::Date(date) => Some(*date),
            _ => None,
        };
        match field {
            Field::Title => self.title = text(value).unwrap_or_default(),
            Field::Description => self.description = text(value),
            Field::Priority => {
                self.priority = match value {
                    Value::Priority(priority) => Some(*priority),
                    _ => None,
                }
            }
            Field::Owner => self.owner = text(value),
            Field::Start => self.start = date(value),
            Field::Due => self.due = date(value),
            Field::Estimate => self.estimate = number(value),
            Field::Weight => self.weight = number(value),
            Field::Position => {
                if let Value::Number(position) = value {
                    self.position = *position;
                }
            }
            Field::Template => self.template = text(value),
            Field::ExternalId => self.external_id = text(value),
        }
    }

    /// Adds what a status event says beside the status: time and a note.
    pub(super) fn aside(&mut self, time_spent: u32, notes: Option<&str>, at: &At<'_>) {
        self.time_spent = self.time_spent.saturating_add(time_spent);
        if let Some(text) = notes {
            // The note has no id of its own, so its place in the log is its id.
            let id = format!("{}-{}", at.key, at.index);
            self.notes.push(Note {
                id: id.into(),
                at: at.time,
                by: at.by.into(),
                text: text.into(),
            });
        }
    }

    pub(super) fn progress(&mut self, progress: &Progress<'_>, at: &At<'_>) -> Verdict {
        self.report = match (progress.progress_percentage, progress.done, progress.of) {
            (_, Some(done), Some(of)) => Some(Report { done, of, percent: false }),
            (Some(percent), ..) => Some(Report { done: percent.min(100), of: 100, percent: true }),
            _ => self.report,
        };
        self.aside(progress.time_spent, progress.notes.as_deref(), at);
        Verdict::Applied
    }

    /// Events about parts, fields and relations, which milestones and tasks share.
    pub(super) fn evolve(&mut self, body: &Body<'_>, at: &At<'_>) -> Verdict {
        let met = self.meets_the_end(at);
        let verdict = match body {
            Body::MilestoneCreated(created) | Body::TaskAdded(created) => {
                self.create(&created.fields, at)
            }
            Body::MilestoneEdited(edited) | Body::TaskEdited(edited) => self.edit(edited, at),
            Body::ProgressUpdated(progress) => self.progress(progress, at),
            _ => self.evolve_parts(body, at),
        };
        if met && verdict == Verdict::Applied { Verdict::Conflict } else { verdict }
    }

    pub(super) fn reset_times(&mut self, to: Stage, at: &At<'_>) {
        match to {
            Stage::Underway => {
                self.started_at.get_or_insert(at.time);
                self.completed_at = None;
            }
            Stage::Paused => self.completed_at = None,
            Stage::Done => self.completed_at = Some(at.time),
            Stage::Open => (self.started_at, self.completed_at) = (None, None),
            Stage::Cancelled | Stage::Archived | Stage::Removed => {}
        }
    }

    /// Moves to another stage, as far as concurrent status events let it.
    pub(super) fn transition(
        &mut self,
        to: Stage,
        change: &Transition<'_>,
        at: &At<'_>,
    ) -> Verdict {
        self.aside(change.time_spent, change.notes.as_deref(), at);
        self.move_stage(to, at)
    }

    fn verdict_since(&self, conflicts: usize) -> Verdict {
        if self.conflicts.len() > conflicts { Verdict::Conflict } else { Verdict::Applied }
    }
}
