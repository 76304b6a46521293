//! What is wrong with a plan, whatever its log is like: `validate standard`.
//!
//! Start at [`flaws`].
//!
//! - **Invariant.** A log that never forked has no flaw above [`Level::Info`]: no command makes
//!   one. They come of merges, of missing records, and of other programs that write logs.
//! - **Absent on purpose.** The log's bytes: see `audit`. How a flaw is mended: the caller knows
//!   its commands.

use std::collections::BTreeMap;

use milestone_core::domain::{
    Conflict, Item, Milestone, Plan, Stage, Task, TaskRow, cycles, effective_stage,
};
use milestone_core::log::Level;
use milestone_core::projection::State;
use milestone_core::words::{Date, Slug, StreamId, StreamName, Timestamp};

/// Something that is wrong with a milestone or a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// With which.
    pub stream: StreamId,
    /// What it is.
    pub kind: FlawKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlawKind {
    /// The record that creates it is not in the log.
    NeverCreated,
    /// A task is in a milestone that is not there.
    NoMilestone(Slug),
    /// Another task has the same slug in the same milestone.
    SlugTwice(StreamId),
    /// It depends on something that is not there.
    DependsOnNothing(StreamId),
    /// It depends on a task that was taken out.
    DependsOnRemoved(StreamId),
    /// It waits for itself, by these.
    Cycle(Vec<StreamId>),
    /// A completed milestone has tasks that are neither done nor were knowingly left open.
    OpenTasks(Vec<StreamId>),
    /// Writers disagree on something, and nobody has settled it.
    Conflict {
        /// Its name.
        id: String,
        /// What it is about.
        conflict: Conflict,
    },
    /// It is due before it starts.
    DueBeforeStart {
        /// When it is to start.
        start: Date,
        /// When it is due.
        due: Date,
    },
    /// It was finished before it was begun.
    DoneBeforeBegun {
        /// When it was begun.
        begun: Timestamp,
        /// When it was finished.
        done: Timestamp,
    },
    /// A task is due after its milestone.
    DueAfterMilestone {
        /// When the task is due.
        due: Date,
        /// When its milestone is.
        milestone: Date,
    },
}

impl FlawKind {
    /// How much it matters.
    pub fn level(&self) -> Level {
        match self {
            Self::NeverCreated | Self::NoMilestone(_) => Level::Error,
            Self::SlugTwice(_)
            | Self::DependsOnNothing(_)
            | Self::Cycle(_)
            | Self::OpenTasks(_)
            | Self::Conflict { .. }
            | Self::DueBeforeStart { .. } => Level::Warn,
            // Undoing what was added leaves the first; of the others, anyone may say so.
            Self::DependsOnRemoved(_)
            | Self::DoneBeforeBegun { .. }
            | Self::DueAfterMilestone { .. } => Level::Info,
        }
    }
}

/// Everything that is wrong with a plan: worst first, then by stream.
pub fn flaws(state: &State) -> Vec<Flaw> {
    let mut found = Vec::new();
    for milestone in state.milestones() {
        of_milestone(state, &milestone, &mut found);
    }
    for stream in state.task_streams() {
        let task = state.task(stream.as_str());
        if let Some(task) = task.filter(|task| task.item.stage != Stage::Removed) {
            of_task(state, &task, &mut found);
        }
    }
    for way in cycles(state) {
        let first = way.first().cloned();
        found.extend(first.map(|stream| Flaw { stream, kind: FlawKind::Cycle(way) }));
    }
    let key = |flaw: &Flaw| (std::cmp::Reverse(flaw.kind.level()), flaw.stream.clone());
    found.sort_by_cached_key(key);
    found
}

fn of_milestone(state: &State, milestone: &Milestone, found: &mut Vec<Flaw>) {
    let stream = milestone.stream();
    of_item(state, &stream, &milestone.item, found);
    let rows = state.rows(milestone.id.as_str());
    if milestone.item.stage == Stage::Done && effective_stage(milestone, &rows) != Stage::Done {
        let open =
            |row: &&TaskRow| row.stage.is_left() && !milestone.left_open.contains(&row.stream);
        let open = rows.iter().filter(open).map(|row| row.stream.clone()).collect();
        found.push(Flaw { stream, kind: FlawKind::OpenTasks(open) });
    }
    let mut slugs: BTreeMap<&Slug, &StreamId> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.stage != Stage::Removed) {
        if let Some(other) = slugs.insert(&row.slug, &row.stream) {
            let (stream, kind) = (row.stream.clone(), FlawKind::SlugTwice(other.clone()));
            found.push(Flaw { stream, kind });
        }
    }
}

fn of_task(state: &State, task: &Task, found: &mut Vec<Flaw>) {
    of_item(state, &task.stream, &task.item, found);
    let mut flaw = |kind| found.push(Flaw { stream: task.stream.clone(), kind });
    match state.milestone(task.home.as_str()) {
        None => flaw(FlawKind::NoMilestone(task.home.clone())),
        Some(home) => {
            if let (Some(due), Some(milestone)) = (task.item.due, home.item.due)
                && due > milestone
            {
                flaw(FlawKind::DueAfterMilestone { due, milestone });
            }
        }
    }
}

fn of_item(state: &State, stream: &StreamId, item: &Item, found: &mut Vec<Flaw>) {
    let mut flaw = |kind| found.push(Flaw { stream: stream.clone(), kind });
    if item.born.is_none() {
        flaw(FlawKind::NeverCreated);
    }
    for on in &item.dependencies {
        match on.name() {
            StreamName::Milestone(id) if state.milestone(id).is_some() => {}
            StreamName::Task(..) => match state.brief(on.as_str()) {
                Some(task) if task.stage == Stage::Removed => {
                    flaw(FlawKind::DependsOnRemoved(on.clone()));
                }
                Some(_) => {}
                None => flaw(FlawKind::DependsOnNothing(on.clone())),
            },
            _ => flaw(FlawKind::DependsOnNothing(on.clone())),
        }
    }
    for conflict in &item.conflicts {
        let (id, conflict) = (conflict.id(stream), conflict.clone());
        flaw(FlawKind::Conflict { id, conflict });
    }
    if let (Some(start), Some(due)) = (item.start, item.due)
        && due < start
    {
        flaw(FlawKind::DueBeforeStart { start, due });
    }
    if let (Some(begun), Some(done)) = (item.started_at, item.completed_at)
        && done < begun
    {
        flaw(FlawKind::DoneBeforeBegun { begun, done });
    }
}
