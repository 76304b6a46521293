//! What a command is about, as it stood before.
//!
//! Start at [`Seen::of`].
//!
//! - **Invariant.** Only looked at: what a command may do is decided by the core, on the state that
//!   its record is appended to. A reference that leads nowhere is left for the core to refuse.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use milestone_core::domain::{
    Command, Item, Milestone, Plan, Stage, Task, milestone_progress, resolve, task_percent,
    waits_for,
};
use milestone_core::projection::State;
use milestone_core::words::{StreamId, StreamName};

/// What a command is about, as it stood before.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The things asked for, in the order asked.
    pub(super) subjects: Vec<Thing>,
    /// How far they and their milestones had come, in whole percent.
    pub(super) percents: BTreeMap<StreamId, u8>,
    /// What waited for them and for nothing else that is certain.
    pub(super) waiting: BTreeSet<StreamId>,
}

/// A milestone or a task.
#[derive(Debug, Clone)]
pub(super) enum Thing {
    /// A milestone.
    Milestone(Arc<Milestone>),
    /// A task.
    Task(Arc<Task>),
}

impl Thing {
    /// What `stream` leads to.
    pub(super) fn of(state: &State, stream: &StreamId) -> Option<Self> {
        match stream.name() {
            StreamName::Project => None,
            StreamName::Milestone(id) => state.milestone(id).map(Self::Milestone),
            StreamName::Task(..) => state.task(stream.as_str()).map(Self::Task),
        }
    }

    /// The name of its stream.
    pub(super) fn stream(&self) -> StreamId {
        match self {
            Self::Milestone(milestone) => milestone.stream(),
            Self::Task(task) => task.stream.clone(),
        }
    }

    /// What people call it now.
    pub(super) fn reference(&self) -> String {
        match self {
            Self::Milestone(milestone) => milestone.id.to_string(),
            Self::Task(task) => task.reference(),
        }
    }

    /// What milestones and tasks have in common.
    pub(super) fn item(&self) -> &Item {
        match self {
            Self::Milestone(milestone) => &milestone.item,
            Self::Task(task) => &task.item,
        }
    }

    /// The milestone it is, or is in.
    pub(super) fn home(&self) -> &str {
        match self {
            Self::Milestone(milestone) => milestone.id.as_str(),
            Self::Task(task) => task.home.as_str(),
        }
    }

    /// How far it has come, in whole percent.
    pub(super) fn percent(&self, state: &State) -> u8 {
        match self {
            Self::Milestone(milestone) => {
                milestone_progress(milestone, &state.rows(milestone.id.as_str())).percent
            }
            Self::Task(task) => task_percent(task.item.stage, task.fraction()),
        }
    }
}

impl Seen {
    /// What `command` is about.
    pub(super) fn of(state: &State, command: &Command, exact: bool) -> Self {
        let mut seen = Self::default();
        for asked in targets(command) {
            if let Ok(stream) = resolve(state, asked, None, exact) {
                seen.add(state, &stream);
            }
        }
        seen
    }

    /// What these streams are.
    pub(super) fn streams(state: &State, streams: impl IntoIterator<Item = StreamId>) -> Self {
        let mut seen = Self::default();
        streams.into_iter().for_each(|stream| seen.add(state, &stream));
        seen
    }

    fn add(&mut self, state: &State, stream: &StreamId) {
        let Some(thing) = Thing::of(state, stream) else { return };
        if self.subjects.iter().any(|held| held.stream() == *stream) {
            return;
        }
        self.percents.insert(stream.clone(), thing.percent(state));
        if let Some(home) = state.milestone(thing.home()) {
            let stream = home.stream();
            let percent = Thing::Milestone(home).percent(state);
            self.percents.insert(stream, percent);
        }
        let open = |on: &StreamId| {
            Thing::of(state, on).is_some_and(|thing| thing.item().stage == Stage::Open)
        };
        let waiting = state.dependents(stream.as_str()).into_iter();
        self.waiting.extend(waiting.filter(|on| open(on) && !waits_for(state, on).is_empty()));
        self.subjects.push(thing);
    }
}

/// The references that a command is about.
fn targets(command: &Command) -> Vec<&str> {
    match command {
        Command::Edit { targets, .. }
        | Command::Start { targets, .. }
        | Command::Pause { targets, .. }
        | Command::Resume { targets, .. }
        | Command::Complete { targets, .. }
        | Command::Cancel { targets, .. }
        | Command::Reopen { targets, .. }
        | Command::Archive { targets, .. }
        | Command::Restore { targets }
        | Command::EnableWorkflow { targets, .. }
        | Command::RemoveTasks { targets } => targets.iter().map(String::as_str).collect(),
        Command::Progress { target, .. }
        | Command::MoveTask { target, .. }
        | Command::Block { target, .. }
        | Command::Unblock { target, .. }
        | Command::Note { target, .. }
        | Command::AddDependencies { target, .. }
        | Command::RemoveDependencies { target, .. }
        | Command::Phase { target, .. }
        | Command::Risk { target, .. }
        | Command::Check { target, .. } => vec![target],
        _ => Vec::new(),
    }
}
