//! A snapshot in memory: the model of every [`Base`] that a state can begin at.
//!
//! Start at [`MemoryBase::of`].
//!
//! - **Invariant.** It answers everything from copies that were made when it was taken, so what
//!   happens to the state afterwards does not show.

use std::collections::BTreeMap;
use std::sync::Arc;

use milestone_core::domain::{Milestone, Plan, ProjectState, Task, TaskRow};
use milestone_core::projection::{Base, CommandEntry, CommandKey, Framed, State};
use milestone_core::words::{Slug, StreamId, Timestamp};

/// A copy of everything that a state says.
#[derive(Debug, Clone)]
pub struct MemoryBase {
    project: Framed<ProjectState>,
    milestones: BTreeMap<String, Framed<Milestone>>,
    tasks: BTreeMap<StreamId, Framed<Task>>,
    commands: Vec<(CommandKey, CommandEntry)>,
    actors: Vec<(String, Timestamp)>,
}

impl MemoryBase {
    /// Copies a state.
    pub fn of(state: &State) -> Self {
        let milestones = state.milestones().into_iter().map(|milestone| {
            let frontier = state.frontier(milestone.id.as_str());
            (milestone.id.to_string(), Framed { value: (*milestone).clone(), frontier })
        });
        let tasks = state.task_streams().into_iter().filter_map(|stream| {
            let value = (*state.task(stream.as_str())?).clone();
            let frontier = state.frontier(stream.as_str());
            Some((stream, Framed { value, frontier }))
        });
        Self {
            project: state.framed_project(),
            milestones: milestones.collect(),
            tasks: tasks.collect(),
            commands: state.commands(),
            actors: state.actors(),
        }
    }

    /// The same, as `restore` takes it.
    pub fn shared(state: &State) -> Arc<dyn Base> {
        Arc::new(Self::of(state))
    }

    fn streams_where(&self, fits: impl Fn(&milestone_core::domain::Item) -> bool) -> Vec<StreamId> {
        let milestones = self.milestones.values().filter(|held| fits(&held.value.item));
        let tasks = self.tasks.iter().filter(|(_, held)| fits(&held.value.item));
        let mut streams: Vec<_> = milestones
            .map(|held| held.value.stream())
            .chain(tasks.map(|(stream, _)| stream.clone()))
            .collect();
        streams.sort();
        streams
    }
}

impl Base for MemoryBase {
    fn project(&self) -> Framed<ProjectState> {
        self.project.clone()
    }

    fn milestone(&self, id: &str) -> Option<Framed<Milestone>> {
        self.milestones.get(id).cloned()
    }

    fn task(&self, stream: &str) -> Option<Framed<Task>> {
        self.tasks.get(stream).cloned()
    }

    fn milestone_ids(&self) -> Vec<Slug> {
        self.milestones.values().map(|held| held.value.id.clone()).collect()
    }

    fn task_streams(&self) -> Vec<StreamId> {
        self.tasks.keys().cloned().collect()
    }

    fn rows(&self, milestone: &str) -> Vec<TaskRow> {
        let inside = self.tasks.values().filter(|held| held.value.home.as_str() == milestone);
        inside.map(|held| TaskRow::of(&held.value)).collect()
    }

    fn dependents(&self, stream: &str) -> Vec<StreamId> {
        self.streams_where(|item| item.depends_on(stream))
    }

    fn external(&self, id: &str) -> Vec<StreamId> {
        self.streams_where(|item| item.external_id.as_deref() == Some(id))
    }

    fn command(&self, key: &CommandKey) -> Vec<CommandEntry> {
        self.commands.iter().filter(|(held, _)| held == key).map(|(_, entry)| *entry).collect()
    }

    fn actors(&self) -> Vec<(String, Timestamp)> {
        self.actors.clone()
    }

    fn commands(&self) -> Vec<(CommandKey, CommandEntry)> {
        self.commands.clone()
    }
}
