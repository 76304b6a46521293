//! The fold of the log in memory: every aggregate by name.
//!
//! Start at [`State`]. It answers what [`Plan`] asks, begins at a [`Base`] if there is one, and is
//! changed by nothing but [`Folder`](super::Folder).
//!
//! - **Invariant.** What was changed since the base is in memory; everything else is decoded from
//!   the base when it is asked for.
//! - **Absent on purpose.** What is derived from several aggregates: see `domain::derived`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::base::{Base, CommandEntry, CommandKey, Framed};
use super::cache::Cache;
use crate::domain::{
    Around, Body, Brief, Elsewhere, Item, Milestone, Plan, ProjectState, Task, TaskRow, Tie,
};
use crate::words::{Few, RecordKey, Slug, StreamId, StreamName, Timestamp};

type Map<K, V> = HashMap<K, V>;

/// An aggregate in memory.
#[derive(Debug, Clone)]
pub(super) enum Aggregate {
    Milestone(Arc<Milestone>),
    Task(Arc<Task>),
}

/// An aggregate with the heads of its stream.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) aggregate: Aggregate,
    pub(super) frontier: Few<RecordKey>,
}

/// The tasks in memory that are in one milestone.
#[derive(Debug, Clone, Default)]
pub(super) struct Children {
    pub(super) slots: Vec<u32>,
    /// No position of any of them is greater.
    pub(super) last_position: i64,
    /// True if a task left or came to stand earlier: the greatest position may be smaller than what
    /// is known, here and in the base.
    pub(super) lowered: bool,
    /// Those that were born elsewhere, or under another slug.
    pub(super) moved_in: Vec<u32>,
}

/// The plan as a set of records makes it.
#[derive(Clone)]
pub struct State {
    pub(super) base: Option<Arc<dyn Base>>,
    pub(super) project: Arc<ProjectState>,
    pub(super) project_frontier: Few<RecordKey>,
    pub(super) slots: Vec<Slot>,
    pub(super) index: Map<Box<str>, u32>,
    /// The tasks in memory, by the milestone they are in now.
    pub(super) children: Map<Box<str>, Children>,
    /// Who came to depend on a stream, and who got a foreign id. Checked when they are asked for,
    /// for they are never taken out.
    pub(super) depend: Map<Box<str>, Vec<u32>>,
    pub(super) foreign: Map<Box<str>, Vec<u32>>,
    pub(super) commands: Map<CommandKey, Vec<CommandEntry>>,
    /// When each actor recorded something last, since the base.
    pub(super) actors: Map<Box<str>, Timestamp>,
    pub(super) cache: Cache,
    /// What is known besides the log, while somebody looks.
    around: Option<Arc<Around>>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("in_memory", &self.slots.len()).finish_non_exhaustive()
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    /// The state of no records.
    pub fn new() -> Self {
        Self {
            base: None,
            project: Arc::default(),
            project_frontier: Few::default(),
            slots: Vec::new(),
            index: Map::default(),
            children: Map::default(),
            depend: Map::default(),
            foreign: Map::default(),
            commands: Map::default(),
            actors: Map::default(),
            cache: Cache::default(),
            around: None,
        }
    }

    /// The state that a base holds.
    pub fn from_base(base: Arc<dyn Base>) -> Self {
        let project = base.project();
        Self {
            project: Arc::new(project.value),
            project_frontier: project.frontier.into(),
            base: Some(base),
            ..Self::new()
        }
    }

    /// Lets what is asked from now on know the clock and other projects; or no longer.
    pub fn look_around(&mut self, around: Option<Arc<Around>>) {
        self.around = around;
    }

    /// How many aggregates are held in memory: all that were folded since the base.
    pub fn in_memory(&self) -> usize {
        self.slots.len()
    }

    /// Forgets what the base says of a stream, so that it can be folded again from its beginning.
    pub(super) fn forget(&mut self, stream: &StreamId) {
        match stream.name() {
            StreamName::Project => {
                self.project = Arc::default();
                self.project_frontier = Few::default();
            }
            _ => {
                let known = self.base.as_ref().and_then(|base| base.task(stream.as_str()));
                if let Some(known) = known {
                    let home = known.value.home.as_str();
                    self.children.entry(home.into()).or_default().lowered = true;
                }
                self.slot_unborn(stream.as_str());
            }
        }
    }

    /// The place of a stream's aggregate in memory: loaded from the base, or made unborn there.
    /// `None` if the name is none.
    pub(super) fn slot(&mut self, stream: &str) -> Option<u32> {
        if let Some(&at) = self.index.get(stream) {
            return Some(at);
        }
        let loaded = self.base.as_ref().and_then(|base| match StreamName::of(stream) {
            StreamName::Project => None,
            StreamName::Milestone(id) => base.milestone(id).map(|framed| Slot {
                aggregate: Aggregate::Milestone(Arc::new(framed.value)),
                frontier: framed.frontier.into(),
            }),
            StreamName::Task(..) => base.task(stream).map(|framed| Slot {
                aggregate: Aggregate::Task(Arc::new(framed.value)),
                frontier: framed.frontier.into(),
            }),
        });
        match loaded {
            Some(slot) => Some(self.insert(stream, slot)),
            None => self.slot_unborn(stream),
        }
    }

    fn slot_unborn(&mut self, stream: &str) -> Option<u32> {
        let aggregate = match StreamName::of(stream) {
            StreamName::Project => return None,
            StreamName::Milestone(id) => {
                Aggregate::Milestone(Arc::new(Milestone::unborn(Slug::new(id).ok()?)))
            }
            StreamName::Task(origin, slug) => {
                let (origin, slug) = (Slug::new(origin).ok()?, Slug::new(slug).ok()?);
                Aggregate::Task(Arc::new(Task::unborn(origin, slug)))
            }
        };
        Some(self.insert(stream, Slot { aggregate, frontier: Few::default() }))
    }

    fn insert(&mut self, stream: &str, slot: Slot) -> u32 {
        let at = u32::try_from(self.slots.len()).expect("far fewer than 2^32 aggregates");
        let item = match &slot.aggregate {
            Aggregate::Milestone(milestone) => &milestone.item,
            Aggregate::Task(task) => {
                self.cache.rows.forget(task.home.as_str());
                let children = self.children.entry(task.home.as_str().into()).or_default();
                children.slots.push(at);
                children.last_position = children.last_position.max(task.item.position);
                if task.reference() != task.stream.as_str() {
                    children.moved_in.push(at);
                }
                &task.item
            }
        };
        let beyond = item.ties.iter().any(Tie::is_elsewhere).then_some(StreamId::PROJECT);
        for on in item.dependencies.iter().map(StreamId::as_str).chain(beyond) {
            self.depend.entry(on.into()).or_default().push(at);
        }
        if let Some(id) = &item.external_id {
            self.foreign.entry(id.clone()).or_default().push(at);
        }
        self.slots.push(slot);
        self.index.insert(stream.into(), at);
        at
    }

    /// Keeps the indices up with an event of the kinds that concern them.
    pub(super) fn index_event(&mut self, at: u32, body: &Body<'_>) {
        if let Aggregate::Task(task) = &self.slots[at as usize].aggregate {
            self.cache.rows.forget(task.home.as_str());
        }
        let slot = &self.slots[at as usize];
        let item = slot.item();
        match body {
            Body::DependencyAdded(dependency) => {
                let beyond = Elsewhere::of(&dependency.on).map(|_| StreamId::PROJECT);
                let list = self.depend.entry(beyond.unwrap_or(&dependency.on).into()).or_default();
                if !list.contains(&at) {
                    list.push(at);
                }
            }
            Body::MilestoneCreated(_)
            | Body::TaskAdded(_)
            | Body::MilestoneEdited(_)
            | Body::TaskEdited(_)
            | Body::TaskMoved(_) => {
                if let Some(id) = &item.external_id {
                    let list = self.foreign.entry(id.clone()).or_default();
                    if !list.contains(&at) {
                        list.push(at);
                    }
                }
                if let Aggregate::Task(task) = &slot.aggregate
                    && let Some(children) = self.children.get_mut(task.home.as_str())
                {
                    let position = task.item.position;
                    let added = matches!(body, Body::TaskAdded(_));
                    children.lowered |= !added || position < children.last_position;
                    children.last_position = children.last_position.max(position);
                }
            }
            _ => {}
        }
    }

    /// Notes that the task at `at` went from one milestone to another.
    pub(super) fn rehome(&mut self, at: u32, from: &str) {
        let Aggregate::Task(task) = &self.slots[at as usize].aggregate else { return };
        let away = task.reference() != task.stream.as_str();
        if task.home.as_str() == from {
            let children = self.children.entry(from.into()).or_default();
            if away && !children.moved_in.contains(&at) {
                children.moved_in.push(at);
            }
            return;
        }
        let to: Box<str> = task.home.as_str().into();
        self.cache.rows.forget(from);
        let left = self.children.entry(from.into()).or_default();
        left.slots.retain(|child| *child != at);
        left.moved_in.retain(|child| *child != at);
        left.lowered = true;
        let children = self.children.entry(to).or_default();
        children.slots.push(at);
        if away {
            children.moved_in.push(at);
        }
    }

    /// The heads of a stream.
    pub fn frontier(&self, stream: &str) -> Vec<RecordKey> {
        if stream == StreamId::PROJECT {
            return self.project_frontier.to_vec();
        }
        if let Some(&at) = self.index.get(stream) {
            return self.slots[at as usize].frontier.to_vec();
        }
        let Some(base) = &self.base else { return Vec::new() };
        match StreamName::of(stream) {
            StreamName::Task(..) => base.task(stream).map(|framed| framed.frontier),
            _ => base.milestone(stream).map(|framed| framed.frontier),
        }
        .unwrap_or_default()
    }

    /// What was recorded under a caller's key.
    pub fn command(&self, key: &CommandKey) -> Vec<CommandEntry> {
        let mut entries = self.commands.get(key).cloned().unwrap_or_default();
        entries.extend(self.base.as_ref().map(|base| base.command(key)).unwrap_or_default());
        entries
    }

    /// Who ever recorded something, sorted, and when last, by their own clocks.
    pub fn actors(&self) -> Vec<(String, Timestamp)> {
        let known = self.base.as_ref().map(|base| base.actors()).unwrap_or_default();
        let mut all: BTreeMap<String, Timestamp> = known.into_iter().collect();
        for (actor, at) in &self.actors {
            let last = all.entry(actor.to_string()).or_insert(*at);
            *last = (*last).max(*at);
        }
        all.into_iter().collect()
    }

    /// What was recorded under every caller's key, sorted.
    pub fn commands(&self) -> Vec<(CommandKey, CommandEntry)> {
        let mut all = self.base.as_ref().map(|base| base.commands()).unwrap_or_default();
        all.extend(
            self.commands.iter().flat_map(|(key, list)| list.iter().map(|entry| (*key, *entry))),
        );
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The project with the heads of its stream.
    pub fn framed_project(&self) -> Framed<ProjectState> {
        Framed { value: (*self.project).clone(), frontier: self.project_frontier.to_vec() }
    }

    /// The streams of all tasks, removed ones included, sorted.
    pub fn task_streams(&self) -> Vec<StreamId> {
        let mut streams = self.base.as_ref().map(|base| base.task_streams()).unwrap_or_default();
        streams.extend(self.tasks_in_memory().map(|task| task.stream.clone()));
        streams.sort_unstable();
        streams.dedup();
        streams
    }

    /// Every milestone, sorted by id.
    pub fn milestones(&self) -> Vec<Arc<Milestone>> {
        self.milestone_ids().iter().filter_map(|id| self.milestone(id.as_str())).collect()
    }

    /// The tasks of a milestone in their order there, removed ones left out.
    pub fn tasks_of(&self, milestone: &str) -> Vec<Arc<Task>> {
        self.rows(milestone)
            .iter()
            .filter(|row| row.stage != crate::domain::Stage::Removed)
            .filter_map(|row| self.task(row.stream.as_str()))
            .collect()
    }

    fn tasks_in_memory(&self) -> impl Iterator<Item = &Arc<Task>> {
        self.slots.iter().filter_map(|slot| match &slot.aggregate {
            Aggregate::Task(task) => Some(task),
            Aggregate::Milestone(_) => None,
        })
    }

    /// What the base says of other streams than those in memory, and those of `listed` that fit.
    fn both(
        &self,
        of_base: impl Fn(&dyn Base) -> Vec<StreamId>,
        listed: Option<&Vec<u32>>,
        fits: impl Fn(&Item) -> bool,
    ) -> Vec<StreamId> {
        let mut streams = self.base.as_ref().map(|base| of_base(&**base)).unwrap_or_default();
        streams.retain(|stream| !self.index.contains_key(stream.as_str()));
        for &at in listed.into_iter().flatten() {
            let slot = &self.slots[at as usize];
            if fits(slot.item()) {
                streams.push(slot.stream());
            }
        }
        streams.sort_unstable();
        streams.dedup();
        streams
    }
}

impl Slot {
    fn item(&self) -> &Item {
        match &self.aggregate {
            Aggregate::Milestone(milestone) => &milestone.item,
            Aggregate::Task(task) => &task.item,
        }
    }

    fn stream(&self) -> StreamId {
        match &self.aggregate {
            Aggregate::Milestone(milestone) => milestone.stream(),
            Aggregate::Task(task) => task.stream.clone(),
        }
    }
}

impl Plan for State {
    fn project(&self) -> Arc<ProjectState> {
        Arc::clone(&self.project)
    }

    fn milestone(&self, id: &str) -> Option<Arc<Milestone>> {
        if let Some(&at) = self.index.get(id) {
            return match &self.slots[at as usize].aggregate {
                Aggregate::Milestone(milestone) => Some(Arc::clone(milestone)),
                Aggregate::Task(_) => None,
            };
        }
        let base = self.base.as_ref()?;
        self.cache.milestones.get(id, || base.milestone(id).map(|framed| Arc::new(framed.value)))
    }

    fn task(&self, stream: &str) -> Option<Arc<Task>> {
        if let Some(&at) = self.index.get(stream) {
            return match &self.slots[at as usize].aggregate {
                Aggregate::Task(task) => Some(Arc::clone(task)),
                Aggregate::Milestone(_) => None,
            };
        }
        let base = self.base.as_ref()?;
        self.cache.tasks.get(stream, || base.task(stream).map(|framed| Arc::new(framed.value)))
    }

    fn brief(&self, stream: &str) -> Option<Brief> {
        // A task is nearly always still where it was born, and its row says all that is asked for.
        if !self.index.contains_key(stream)
            && let StreamName::Task(origin, _) = StreamName::of(stream)
            && let Some(row) = self.rows(origin).iter().find(|row| row.stream.as_str() == stream)
        {
            return Some(Brief::of_row(Slug::new(origin).ok()?, row));
        }
        self.task(stream).map(|task| Brief::of(&task))
    }

    fn around(&self) -> Option<&Around> {
        self.around.as_deref()
    }

    fn milestone_ids(&self) -> Vec<Slug> {
        let mut ids = self.base.as_ref().map(|base| base.milestone_ids()).unwrap_or_default();
        ids.extend(self.slots.iter().filter_map(|slot| match &slot.aggregate {
            Aggregate::Milestone(milestone) => Some(milestone.id.clone()),
            Aggregate::Task(_) => None,
        }));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn rows(&self, milestone: &str) -> Arc<Vec<TaskRow>> {
        self.cache.rows.get(milestone, || self.work_out_rows(milestone))
    }

    fn last_position(&self, milestone: &str) -> i64 {
        let children = self.children.get(milestone);
        if children.is_some_and(|children| children.lowered) {
            return self.rows(milestone).iter().map(|row| row.position).max().unwrap_or(0).max(0);
        }
        let in_base = self.base.as_ref().map(|base| base.last_position(milestone)).unwrap_or(0);
        children.map_or(0, |children| children.last_position).max(in_base)
    }

    fn has_slug(&self, milestone: &str, slug: &str) -> bool {
        let name = format!("{milestone}/{slug}");
        if self.index.contains_key(name.as_str()) {
            return true;
        }
        let children = self.children.get(milestone).into_iter();
        let mut moved_in = children.flat_map(|children| &children.moved_in);
        moved_in.any(|at| match &self.slots[*at as usize].aggregate {
            Aggregate::Task(task) => task.slug.as_str() == slug,
            Aggregate::Milestone(_) => false,
        }) || self.base.as_ref().is_some_and(|base| base.task(&name).is_some())
            || self
                .rows_of_base(milestone)
                .iter()
                .any(|row| row.slug.as_str() == slug && self.is_of_base(row))
    }

    fn dependents(&self, stream: &str) -> Vec<StreamId> {
        let on = |item: &Item| item.depends_on(stream);
        self.both(|base| base.dependents(stream), self.depend.get(stream), on)
    }

    fn external(&self, id: &str) -> Vec<StreamId> {
        let named = |item: &Item| item.external_id.as_deref() == Some(id);
        self.both(|base| base.external(id), self.foreign.get(id), named)
    }
}
