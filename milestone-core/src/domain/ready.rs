//! What can be started now, and what cannot, and why.
//!
//! Start at [`ready`].
//!
//! - **Invariant.** Only rows are read: a task itself is decoded where its blockers are asked for.
//! - **Absent on purpose.** Claims and float: they come with agents and the critical path.

use std::cmp::Reverse;

use super::cycles::Cycles;
use super::derived::{effective_stage, is_settled};
use super::holds::{Hold, holds};
use super::item::{Birth, Item, Stage};
use super::milestone::Milestone;
use super::plan::{Plan, TaskRow};
use super::tie::Tie;
use crate::words::{Date, StreamId};

/// A task that can be started now, and why it stands where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// The name of its stream.
    pub stream: StreamId,
    /// `<milestone>/<slug>`, as people write it.
    pub reference: String,
    /// When it, or else its milestone, is due.
    pub due: Option<Date>,
    /// True if that day has passed.
    pub overdue: bool,
    /// How many unfinished things wait for it.
    pub waited_for_by: usize,
    /// Where it began in the order of the log.
    pub born: Option<Birth>,
}

/// Why a pending task cannot be started now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The name of its stream.
    pub stream: StreamId,
    /// `<milestone>/<slug>`, as people write it.
    pub reference: String,
    /// What it, or its milestone, waits for.
    pub waits_for: Vec<Hold>,
    /// What is in its, or its milestone's, way.
    pub blockers: Vec<String>,
    /// True if its milestone is paused.
    pub paused: bool,
}

/// The pending tasks of milestones that are planned, active or paused: those that can be started
/// now, in the order overdue, due, most waited for, oldest, reference; and those that cannot.
pub fn ready(plan: &dyn Plan, today: Date) -> (Vec<Ready>, Vec<Held>) {
    let (mut ready, mut held) = (Vec::new(), Vec::new());
    let cycles = Cycles::of(plan);
    let still_open = |stream: &StreamId, needs: (&[StreamId], &[Tie])| -> Vec<Hold> {
        holds(plan, needs, true, &|on| cycles.join(stream, on))
    };
    for id in plan.milestone_ids() {
        let Some(milestone) = plan.milestone(id.as_str()) else { continue };
        let rows = plan.rows(id.as_str());
        let stage = effective_stage(&milestone, &rows);
        if !stage.is_left() {
            continue;
        }
        let paused = stage == Stage::Paused;
        let mut pending = rows.iter().filter(|row| row.stage == Stage::Open).peekable();
        if pending.peek().is_none() {
            continue;
        }
        let item = &milestone.item;
        let above = still_open(&milestone.stream(), (&item.dependencies, &item.ties));
        let blockers: Vec<String> = blockers_of(&milestone.item);
        for row in pending {
            let reference = format!("{id}/{}", row.slug);
            let mut waits_for = still_open(&row.stream, (&row.dependencies, &row.ties));
            waits_for.extend(above.iter().cloned());
            let task = if row.blocked { plan.task(row.stream.as_str()) } else { None };
            let own = task.map(|task| blockers_of(&task.item)).unwrap_or_default();
            let blockers: Vec<String> = own.into_iter().chain(blockers.iter().cloned()).collect();
            if waits_for.is_empty() && blockers.is_empty() && !paused {
                ready.push(free(plan, &milestone, row, reference, today));
            } else {
                let stream = row.stream.clone();
                held.push(Held { stream, reference, waits_for, blockers, paused });
            }
        }
    }
    ready.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
    held.sort_unstable_by(|a, b| a.reference.cmp(&b.reference));
    (ready, held)
}

fn free(
    plan: &dyn Plan,
    milestone: &Milestone,
    row: &TaskRow,
    reference: String,
    today: Date,
) -> Ready {
    let due = row.due.or(milestone.item.due);
    let dependents = plan.dependents(row.stream.as_str());
    Ready {
        stream: row.stream.clone(),
        reference,
        due,
        overdue: due.is_some_and(|due| due < today),
        waited_for_by: dependents.iter().filter(|stream| !is_settled(plan, stream)).count(),
        born: row.born,
    }
}

fn order(row: &Ready) -> (bool, i64, Reverse<usize>, Option<Birth>, (&str, &StreamId)) {
    let due = row.due.map_or(i64::MAX, Date::days);
    (!row.overdue, due, Reverse(row.waited_for_by), row.born, (&row.reference, &row.stream))
}

fn blockers_of(item: &Item) -> Vec<String> {
    item.open_blockers().map(|held| held.text.to_string()).collect()
}
