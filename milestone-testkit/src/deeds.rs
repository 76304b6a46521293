//! Events made from a few small numbers, so that failing histories shrink to readable ones.
//!
//! Start at [`Deed`]; [`deed`] generates them.
//!
//! - **Invariant.** There is a deed of every kind of `KINDS`, and of kinds that nobody understands.
//! - **Invariant.** Few names and values: what several clones do meets, again and again.

use milestone_core::domain::{
    BlockerCleared, BlockerRaised, Body, CheckpointSigned, ConflictResolved, Created,
    CriterionAdded, Dependency, Edited, Event, Field, Fields, KINDS, LinkAdded, ListField,
    NoteAdded, Part, Priority, Progress, ProjectCreated, RawText, SessionChange, SessionStep,
    SettingChanged, TaskMoved, Terms, TieKind, Transition, Undone, Value,
};
use milestone_core::words::{Date, RecordId, Text, Timestamp};
use proptest::prelude::*;

/// The milestones of generated histories.
pub const MILESTONES: [&str; 3] = ["api", "web", "docs"];

/// The slugs of their tasks.
pub const TASKS: [&str; 3] = ["plan", "build", "check"];

/// Kinds that no version, or only a later one, understands.
pub const OTHER_KINDS: [&str; 3] = ["task_claimed", "x.acme.ping", "some_day"];

const PARTS: [&str; 3] = ["aaaaaaaa", "bbbbbbbb", "cccccccc"];
const WORDS: [&str; 4] = ["one", "two", "three \u{1f680} \"quoted\"\n", ""];

/// One event to be: its kind, and numbers that choose the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// The kind's name.
    pub kind: &'static str,
    /// Which of [`MILESTONES`].
    pub milestone: u8,
    /// Which of [`TASKS`]; a number beyond them is none, where the kind can do without.
    pub task: u8,
    /// Chooses what the event says.
    pub value: u8,
}

/// Any deed.
pub fn deed() -> impl Strategy<Value = Deed> {
    let kinds: Vec<&'static str> =
        KINDS.iter().map(|spec| spec.name).filter(|name| *name != "project_created").collect();
    deed_of([kinds, OTHER_KINDS.to_vec(), vec!["project_created"]].concat())
}

/// A deed of one of these kinds.
pub fn deed_of(kinds: Vec<&'static str>) -> impl Strategy<Value = Deed> {
    (proptest::sample::select(kinds), 0..3u8, 0..4u8, any::<u8>())
        .prop_map(|(kind, milestone, task, value)| Deed { kind, milestone, task, value })
}

impl Deed {
    /// The event itself.
    pub fn event(&self) -> Event<'static> {
        let stream = KINDS.iter().find(|spec| spec.name == self.kind).map(|spec| spec.stream);
        let slug = || Some(Text::from(TASKS[usize::from(self.task) % TASKS.len()]));
        let task = match stream {
            Some("task") => slug(),
            Some("milestone" | "project") => None,
            _ => slug().filter(|_| usize::from(self.task) < TASKS.len()),
        };
        let project = stream == Some("project") || (stream.is_none() && self.value == 255);
        let milestone = MILESTONES[usize::from(self.milestone) % MILESTONES.len()];
        let (at, by) = match self.value % 16 {
            15 => (Some(Timestamp(1_700_000_000_000_000)), Some(Text::from("somebody else"))),
            _ => (None, None),
        };
        let milestone_id = (!project).then(|| Text::from(milestone));
        Event { milestone_id, at, by, body: self.body(task) }
    }

    fn body(&self, task: Option<Text<'static>>) -> Body<'static> {
        let transition = |task| Transition {
            task,
            reason: self.sometimes(3),
            time_spent: u32::from(self.value % 3) * 30,
            notes: self.sometimes(5),
            ..Transition::default()
        };
        match self.kind {
            "project_created" => {
                Body::ProjectCreated(ProjectCreated { name: self.word(), demo: false })
            }
            "undone" => Body::Undone(Undone { record: RecordId([self.value; 32]) }),
            "setting_changed" => Body::SettingChanged(SettingChanged {
                key: PARTS[usize::from(self.value) % PARTS.len()].into(),
                value: self
                    .sometimes::<&str>(2)
                    .map(|_| RawText(format!("\"{}\"", self.value).into())),
            }),
            "checkpoint_signed" => Body::CheckpointSigned(CheckpointSigned {
                heads: vec![RecordId([self.value; 32])],
                count: 1,
                root: "0".repeat(64).into(),
                key_id: "0".repeat(16).into(),
                signature: "0".repeat(128).into(),
            }),
            "milestone_created" => Body::MilestoneCreated(self.created(task)),
            "milestone_edited" => Body::MilestoneEdited(self.edited(task)),
            "milestone_started" => Body::MilestoneStarted(transition(task)),
            "milestone_paused" => Body::MilestonePaused(transition(task)),
            "milestone_resumed" => Body::MilestoneResumed(transition(task)),
            "milestone_completed" => Body::MilestoneCompleted(Transition {
                open: self
                    .sometimes::<Text<'_>>(4)
                    .map(|_| "api/plan".into())
                    .into_iter()
                    .collect(),
                ..transition(task)
            }),
            "milestone_reopened" => Body::MilestoneReopened(transition(task)),
            "milestone_cancelled" => Body::MilestoneCancelled(transition(task)),
            "milestone_archived" => Body::MilestoneArchived(transition(task)),
            "milestone_restored" => Body::MilestoneRestored(transition(task)),
            "task_added" => Body::TaskAdded(self.created(task)),
            "task_edited" => Body::TaskEdited(self.edited(task)),
            "task_started" => Body::TaskStarted(transition(task)),
            "task_completed" => Body::TaskCompleted(Transition {
                tasks_completed: task.clone().into_iter().collect(),
                ..transition(task)
            }),
            "task_reopened" => Body::TaskReopened(transition(task)),
            "task_cancelled" => Body::TaskCancelled(transition(task)),
            "task_removed" => Body::TaskRemoved(transition(task)),
            "task_moved" => Body::TaskMoved(TaskMoved {
                task: task.unwrap_or_default(),
                to: MILESTONES[usize::from(self.value) % MILESTONES.len()].into(),
                slug: TASKS[usize::from(self.value / 3) % TASKS.len()].into(),
                position: i64::from(self.value) * 1024,
            }),
            _ => self.part_body(task),
        }
    }

    fn part_body(&self, task: Option<Text<'static>>) -> Body<'static> {
        let id = || Text::from(PARTS[usize::from(self.value) % PARTS.len()]);
        let part = |task| Part { task, id: id() };
        let text = self.word();
        match self.kind {
            "progress_updated" => Body::ProgressUpdated(self.progress(task)),
            "criterion_added" => {
                let phase = self.sometimes::<Text<'_>>(6).map(|_| "design".into());
                Body::CriterionAdded(CriterionAdded { task, criterion: id(), text, phase })
            }
            "criterion_checked" => Body::CriterionChecked(part(task)),
            "criterion_unchecked" => Body::CriterionUnchecked(part(task)),
            "criterion_removed" => Body::CriterionRemoved(part(task)),
            "note_added" => Body::NoteAdded(NoteAdded { task, note: id(), text }),
            "note_removed" => Body::NoteRemoved(part(task)),
            "link_added" => {
                let kind = "relates-to".into();
                Body::LinkAdded(LinkAdded { task, link: id(), kind, to: text, source: None })
            }
            "link_removed" => Body::LinkRemoved(part(task)),
            "dependency_added" => Body::DependencyAdded(self.dependency(task)),
            "dependency_removed" => Body::DependencyRemoved(self.dependency(task)),
            "blocker_raised" => Body::BlockerRaised(BlockerRaised {
                task,
                blocker: id(),
                blockers_encountered: vec![text],
                on: self.sometimes(3),
                until: (self.value % 5 == 4).then(|| Date::from_days(20_780)),
            }),
            "blocker_cleared" => {
                let notes = self.sometimes(3);
                Body::BlockerCleared(BlockerCleared { task, blocker: id(), notes })
            }
            "conflict_resolved" => {
                let conflict = format!("{:016x}", self.value).into();
                Body::ConflictResolved(ConflictResolved { task, conflict, notes: None })
            }
            kind if SessionStep::of_kind(kind).is_some() => {
                let step = SessionStep::of_kind(kind).expect("it was just found");
                Body::Session(step, self.session())
            }
            kind => {
                let made = crate::deeds_workflow::body(kind, self.value, task.clone());
                let made = made.or_else(|| crate::deeds_risk::body(kind, self.value, task.clone()));
                made.unwrap_or_else(|| {
                    let task = task.map(|task| format!("\"task\":\"{task}\",")).unwrap_or_default();
                    let details = format!("{{{task}\"strength\":{},\"deep\":[{{}}]}}", self.value);
                    Body::Unknown { kind: kind.into(), details: RawText(details.into()) }
                })
            }
        }
    }

    fn word(&self) -> Text<'static> {
        WORDS[usize::from(self.value) % WORDS.len()].into()
    }

    /// A word, every so many times.
    fn sometimes<T: From<&'static str>>(&self, every: u8) -> Option<T> {
        (self.value % every == every - 1).then(|| T::from("because"))
    }

    fn fields(&self) -> Fields<'static> {
        let number = i64::from(self.value);
        let value = |field| match field {
            _ if self.value % 13 == 12 => Value::Null,
            Field::Priority if self.value.is_multiple_of(2) => Value::Priority(Priority::Low),
            Field::Priority => Value::Priority(Priority::Critical),
            Field::Start | Field::Due => Value::Date(Date::from_days(20_700 + number)),
            Field::Estimate | Field::Weight => Value::Number(number % 4),
            Field::Position => Value::Number(number * 1024),
            _ => Value::Text(self.word()),
        };
        let first = Field::ALL[usize::from(self.value / 4) % Field::ALL.len()];
        let mut fields = Fields { set: vec![(first, value(first))], lists: Vec::new() };
        if self.value.is_multiple_of(3) {
            fields.put(Field::Title, Value::Text(self.word()));
        }
        fields
    }

    fn lists(&self) -> Fields<'static> {
        let field = ListField::ALL[usize::from(self.value) % ListField::ALL.len()];
        Fields { set: Vec::new(), lists: vec![(field, vec![self.word(), "ann".into()])] }
    }

    fn created(&self, task: Option<Text<'static>>) -> Created<'static> {
        let mut fields = self.fields();
        fields.lists = self.lists().lists;
        let source = (self.value % 7 == 6).then(|| RawText("{\"was\":[1,2.5]}".into()));
        Created { task, fields, source }
    }

    fn edited(&self, task: Option<Text<'static>>) -> Edited<'static> {
        let (mut add, mut remove) = (Fields::default(), Fields::default());
        match self.value % 8 {
            5 => add = self.lists(),
            6 => remove = self.lists(),
            _ => {}
        }
        Edited { task, set: self.fields(), add, remove, source: None }
    }

    fn progress(&self, task: Option<Text<'static>>) -> Progress<'static> {
        let number = u32::from(self.value);
        let mut progress = Progress { task, notes: self.sometimes(6), ..Progress::default() };
        if self.value.is_multiple_of(2) {
            progress.progress_percentage = Some(number % 101);
        } else {
            (progress.done, progress.of) = (Some(number % 9), Some(number % 8));
        }
        progress
    }

    fn session(&self) -> SessionChange<'static> {
        SessionChange {
            session: PARTS[usize::from(self.value) % PARTS.len()].into(),
            on: self.sometimes::<Text<'_>>(2).map(|_| "api/plan".into()),
            branch: self.sometimes(3),
            next: self.sometimes(4),
            notes: self.sometimes(5),
        }
    }

    fn dependency(&self, task: Option<Text<'static>>) -> Dependency<'static> {
        let names = ["api", "web", "docs/plan", "api/build", "no stream", "../far#api/plan"];
        let on = names[usize::from(self.value) % names.len()].to_owned();
        // Most are plain, as most of people's are.
        let number = usize::from(self.value / 5);
        let kind = TieKind::ALL[[0, 1, 0, 2, 0, 3, 0][number % 7]];
        let lag = [0, 0, 0, 480, -60, 0][number % 6];
        Dependency::of(task, on, Terms { kind, lag })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_deed_of_every_kind() {
        for spec in KINDS {
            for value in 0..=255 {
                let event = Deed { kind: spec.name, milestone: 0, task: 0, value }.event();
                assert_eq!(event.kind(), spec.name);
                assert!(!matches!(event.body, Body::Unknown { .. }), "{}", spec.name);
                assert!(event.stream().is_some(), "{event:?}");
            }
        }
        for kind in OTHER_KINDS {
            let event = Deed { kind, milestone: 0, task: 1, value: 3 }.event();
            assert_eq!((event.kind(), event.body.task().as_deref()), (kind, Some("build")));
        }
    }
}
