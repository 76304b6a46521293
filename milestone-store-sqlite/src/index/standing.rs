//! What an item's place among the others makes of it: progress, waiting, blocked, ready.
//!
//! Start at [`of_milestone`] and [`of_task`].
//!
//! - **Invariant.** The rules are those of `domain`; here they are only put into columns. A
//!   property test holds the columns against `domain::ready` and its neighbours.

use milestone_core::domain::{
    Item, Milestone, Plan, Stage, Task, effective_stage, is_settled, milestone_progress, path,
    status_word, task_percent, task_status_word, waits_for,
};
use milestone_core::query::status_rank;
use milestone_core::words::{Date, StreamId};

/// The `due_order` of what is never due: behind every date.
const NEVER: &str = "~";

/// The derived columns of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) percent: u8,
    pub(super) done: usize,
    pub(super) of: usize,
    pub(super) effective: &'static str,
    pub(super) list_order: i64,
    pub(super) open_deps: usize,
    pub(super) waiting: bool,
    pub(super) blocked: bool,
    pub(super) ready: bool,
    pub(super) held: bool,
    pub(super) waited_for_by: usize,
    pub(super) due_order: String,
    /// Dependencies that close a cycle among unfinished things.
    pub(super) cyclic: Vec<StreamId>,
}

/// What a milestone's tasks must know of it to know where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gate {
    /// Planned, active or paused, as it counts.
    pub(super) open: bool,
    pub(super) paused: bool,
    pub(super) waiting: bool,
    pub(super) blocked: bool,
    pub(super) due_order: String,
}

/// Where a milestone stands.
pub(super) fn of_milestone(plan: &dyn Plan, milestone: &Milestone) -> Standing {
    let stream = milestone.stream();
    let rows = plan.rows(milestone.id.as_str());
    let progress = milestone_progress(milestone, &rows);
    let stage = effective_stage(milestone, &rows);
    let (open_deps, cyclic) = open_deps(plan, &stream, &milestone.item);
    Standing {
        percent: progress.percent,
        done: progress.done,
        of: progress.of,
        effective: status_word(stage),
        list_order: status_rank(stage),
        open_deps,
        waiting: open_deps > 0,
        blocked: milestone.item.open_blockers().next().is_some(),
        ready: false,
        held: false,
        waited_for_by: waited_for_by(plan, &stream),
        due_order: due_order(milestone.item.due),
        cyclic,
    }
}

/// Where a task stands, in a milestone with that gate; `None` if its milestone is not there.
pub(super) fn of_task(plan: &dyn Plan, task: &Task, gate: Option<&Gate>) -> Standing {
    let (open_deps, cyclic) = open_deps(plan, &task.stream, &task.item);
    let waiting = open_deps > 0 || gate.is_some_and(|gate| gate.waiting);
    let blocked = task.item.open_blockers().next().is_some() || gate.is_some_and(|g| g.blocked);
    let paused = gate.is_some_and(|gate| gate.paused);
    let to_come = gate.is_some_and(|gate| gate.open) && task.item.stage == Stage::Open;
    Standing {
        percent: task_percent(task.item.stage, task.fraction()),
        done: 0,
        of: 0,
        effective: task_status_word(task.item.stage),
        list_order: status_rank(task.item.stage),
        open_deps,
        waiting,
        blocked,
        ready: to_come && !waiting && !blocked && !paused,
        held: to_come && (waiting || blocked || paused),
        waited_for_by: waited_for_by(plan, &task.stream),
        due_order: match (task.item.due, gate) {
            (None, Some(gate)) => gate.due_order.clone(),
            (due, _) => due_order(due),
        },
        cyclic,
    }
}

/// How many unfinished things something waits for, and which it does not wait for because that
/// would be for ever.
fn open_deps(plan: &dyn Plan, stream: &StreamId, item: &Item) -> (usize, Vec<StreamId>) {
    let waits = waits_for(plan, stream);
    let cyclic = |on: &&StreamId| !is_settled(plan, on) && path(plan, on, stream).is_some();
    let cyclic = item.dependencies.iter().filter(cyclic).cloned().collect();
    (waits.len(), cyclic)
}

/// The gate of a milestone that stands so.
pub(super) fn gate_of(standing: &Standing) -> Gate {
    Gate {
        open: is_open(standing.effective),
        paused: is_paused(standing.effective),
        waiting: standing.waiting,
        blocked: standing.blocked,
        due_order: standing.due_order.clone(),
    }
}

/// True for a milestone's status that is not over.
pub(super) fn is_open(effective: &str) -> bool {
    [Stage::Open, Stage::Underway, Stage::Paused].map(status_word).contains(&effective)
}

/// True for the status of a milestone that rests.
pub(super) fn is_paused(effective: &str) -> bool {
    effective == status_word(Stage::Paused)
}

fn waited_for_by(plan: &dyn Plan, stream: &StreamId) -> usize {
    let dependents = plan.dependents(stream.as_str());
    dependents.iter().filter(|dependent| !is_settled(plan, dependent)).count()
}

fn due_order(due: Option<Date>) -> String {
    due.map_or_else(|| NEVER.to_owned(), |due| due.to_string())
}
