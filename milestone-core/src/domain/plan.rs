//! What `decide` may ask of the state: the plan as it stands.
//!
//! Start at [`Plan`]; `State` of the projection layer is the one that people use.
//!
//! - **Invariant.** Reading the plan changes nothing and needs no clock.

use std::sync::Arc;

use super::item::{Birth, Stage};
use super::milestone::Milestone;
use super::project::ProjectState;
use super::task::Task;
use super::tie::{Around, Tie};
use crate::words::{Date, Slug, StreamId};

/// One task of a milestone, as far as the milestone's progress and numbering need it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TaskRow {
    /// The name of its stream.
    pub stream: StreamId,
    /// Its slug in the milestone it is in.
    pub slug: Slug,
    /// Its place there.
    pub position: i64,
    /// Where it began in the order of the log.
    pub born: Option<Birth>,
    /// How far it has come.
    pub stage: Stage,
    /// Its weight.
    pub weight: u32,
    /// What is done of it, in units of [`WHOLE`](super::WHOLE).
    pub fraction: u64,
    /// What must be done before.
    pub dependencies: Vec<StreamId>,
    /// True if something is in its way.
    pub blocked: bool,
    /// When it is due.
    pub due: Option<Date>,
    /// Which of its dependencies are not plain, and those on other projects.
    pub ties: Vec<Tie>,
}

impl TaskRow {
    /// The row of a task.
    pub fn of(task: &Task) -> Self {
        Self {
            stream: task.stream.clone(),
            slug: task.slug.clone(),
            position: task.item.position,
            born: task.item.born,
            stage: task.item.stage,
            weight: task.weight(),
            fraction: task.fraction(),
            dependencies: task.item.dependencies.clone(),
            blocked: task.item.open_blockers().next().is_some(),
            due: task.item.due,
            ties: task.item.ties.clone(),
        }
    }
}

/// A task in brief: what other things need to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// The milestone it is in.
    pub home: Slug,
    /// How far it has come.
    pub stage: Stage,
    /// What must be done before.
    pub dependencies: Vec<StreamId>,
    /// Which of them are not plain, and those on other projects.
    pub ties: Vec<Tie>,
}

impl Brief {
    /// The brief of a task in `home`, by its row.
    pub fn of_row(home: Slug, row: &TaskRow) -> Self {
        let (dependencies, ties) = (row.dependencies.clone(), row.ties.clone());
        Self { home, stage: row.stage, dependencies, ties }
    }

    /// The brief of a task.
    pub fn of(task: &Task) -> Self {
        Self {
            home: task.home.clone(),
            stage: task.item.stage,
            dependencies: task.item.dependencies.clone(),
            ties: task.item.ties.clone(),
        }
    }
}

/// The plan as it stands, by name.
///
/// Every method answers for one moment of the log; none of them fails: what is not there is `None`
/// or empty.
pub trait Plan {
    /// The project.
    fn project(&self) -> Arc<ProjectState>;

    /// A milestone by its id.
    fn milestone(&self, id: &str) -> Option<Arc<Milestone>>;

    /// A task by the name of its stream.
    fn task(&self, stream: &str) -> Option<Arc<Task>>;

    /// The ids of all milestones, sorted.
    fn milestone_ids(&self) -> Vec<Slug>;

    /// A task in brief, without reading all of it.
    fn brief(&self, stream: &str) -> Option<Brief> {
        self.task(stream).map(|task| Brief::of(&task))
    }

    /// The tasks that are in a milestone now, removed ones included, in their order there.
    fn rows(&self, milestone: &str) -> Arc<Vec<TaskRow>>;

    /// The greatest position of a task in a milestone, 0 without tasks.
    fn last_position(&self, milestone: &str) -> i64;

    /// True if a task is, or was born, in a milestone under this slug.
    fn has_slug(&self, milestone: &str, slug: &str) -> bool;

    /// What is known besides the log. `None` where only the log counts: then no lag is waited for,
    /// and nothing in another project.
    fn around(&self) -> Option<&Around> {
        None
    }

    /// The streams of what depends on `stream`, sorted; on that of the project, those that depend
    /// on something in another project.
    fn dependents(&self, stream: &str) -> Vec<StreamId>;

    /// The streams of what has this id in another tool, sorted.
    fn external(&self, id: &str) -> Vec<StreamId>;
}
