//! What follows from several aggregates: progress, waiting, blocked, ready, cycles.
//!
//! Start at [`milestone_progress`] and [`waits_for`].
//!
//! - **Invariant.** Nothing here is stored: it is worked out when somebody asks, so that it can
//!   never contradict the log.
//! - **Invariant.** Elapsed time is never progress.

use std::collections::{BTreeMap, BTreeSet};

use super::item::Stage;
use super::milestone::Milestone;
use super::plan::{Plan, TaskRow};
use super::task::WHOLE;
use crate::words::{Date, StreamId, StreamName};

/// How far a milestone has come, and how that was worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MilestoneProgress {
    /// Whole percent: 100 only when all is done, 0 only when nothing has begun.
    pub percent: u8,
    /// Tasks that are done.
    pub done: usize,
    /// Tasks that count: neither cancelled nor removed.
    pub of: usize,
}

/// Works out how far a milestone has come: Σ weight × fraction / Σ weight over the tasks that are
/// not cancelled; without tasks, the last progress that was reported.
pub fn milestone_progress(milestone: &Milestone, rows: &[TaskRow]) -> MilestoneProgress {
    let counted = |row: &&TaskRow| !matches!(row.stage, Stage::Cancelled | Stage::Removed);
    let (mut weights, mut sum, mut done, mut of, mut begun) = (0u128, 0u128, 0, 0, false);
    for row in rows.iter().filter(counted) {
        weights += u128::from(row.weight);
        sum += u128::from(row.weight) * u128::from(row.fraction);
        done += usize::from(row.stage == Stage::Done);
        of += 1;
        begun |= row.fraction > 0 || row.stage == Stage::Underway;
    }
    if of == 0 {
        let percent = match (milestone.item.stage, milestone.item.report) {
            (Stage::Done, _) => 100,
            (_, Some(report)) => {
                let part =
                    ratio_percent(u128::from(report.done.min(report.of)), u128::from(report.of));
                clamp_percent(part, false, report.done > 0)
            }
            _ => 0,
        };
        return MilestoneProgress { percent, done, of };
    }
    let percent = if weights == 0 {
        // Tasks without any weight say nothing by their sum; what is done of them still does.
        ratio_percent(done as u128, of as u128)
    } else {
        ratio_percent(sum, weights * u128::from(WHOLE))
    };
    MilestoneProgress { percent: clamp_percent(percent, done == of, begun), done, of }
}

/// How far one task has come, in whole percent.
pub fn task_percent(stage: Stage, fraction: u64) -> u8 {
    let percent = ratio_percent(u128::from(fraction), u128::from(WHOLE));
    clamp_percent(percent, stage == Stage::Done, fraction > 0)
}

/// A share in whole percent, rounded half up.
fn ratio_percent(part: u128, whole: u128) -> u8 {
    if whole == 0 {
        return 0;
    }
    u8::try_from((part * 200 + whole) / (whole * 2)).unwrap_or(100).min(100)
}

fn clamp_percent(percent: u8, complete: bool, begun: bool) -> u8 {
    match percent {
        _ if complete => 100,
        100.. => 99,
        0 if begun => 1,
        percent => percent,
    }
}

/// The stage of a milestone as it counts: a completed one that has an open task which was not
/// knowingly left open is active again.
pub fn effective_stage(milestone: &Milestone, rows: &[TaskRow]) -> Stage {
    let reopened = |row: &TaskRow| {
        matches!(row.stage, Stage::Open | Stage::Underway)
            && !milestone.left_open.contains(&row.stream)
    };
    match milestone.item.stage {
        Stage::Done if rows.iter().any(reopened) => Stage::Underway,
        stage => stage,
    }
}

/// True if nothing has to wait for `stream` any more: it is finished or given up.
pub fn is_settled(plan: &dyn Plan, stream: &StreamId) -> bool {
    match stream.name() {
        StreamName::Project => true,
        StreamName::Task(..) => plan
            .brief(stream.as_str())
            .is_none_or(|task| !matches!(task.stage, Stage::Open | Stage::Underway)),
        StreamName::Milestone(id) => plan.milestone(id).is_none_or(|milestone| {
            let stage = effective_stage(&milestone, &plan.rows(id));
            !matches!(stage, Stage::Open | Stage::Underway)
        }),
    }
}

/// What must be done before `stream` can be: its own dependencies, those of a task's milestone, and
/// the tasks of a milestone.
fn requires(plan: &dyn Plan, stream: &StreamId) -> Vec<StreamId> {
    match stream.name() {
        StreamName::Project => Vec::new(),
        StreamName::Task(..) => {
            let Some(task) = plan.brief(stream.as_str()) else { return Vec::new() };
            let mut all = task.dependencies;
            if let Some(home) = plan.milestone(task.home.as_str()) {
                all.extend(home.item.dependencies.iter().cloned());
            }
            all
        }
        StreamName::Milestone(id) => {
            let mut all =
                plan.milestone(id).map(|held| held.item.dependencies.clone()).unwrap_or_default();
            let counted = |row: &&TaskRow| !matches!(row.stage, Stage::Cancelled | Stage::Removed);
            all.extend(plan.rows(id).iter().filter(counted).map(|row| row.stream.clone()));
            all
        }
    }
}

/// A way from `from` to `to` over what each requires, both ends included.
pub fn path(plan: &dyn Plan, from: &StreamId, to: &StreamId) -> Option<Vec<StreamId>> {
    path_with(plan, from, to, &[])
}

/// The same, where the first of each pair in `more` requires the second as well.
pub fn path_with(
    plan: &dyn Plan,
    from: &StreamId,
    to: &StreamId,
    more: &[(StreamId, StreamId)],
) -> Option<Vec<StreamId>> {
    let mut came_from: BTreeMap<StreamId, Option<StreamId>> = BTreeMap::new();
    came_from.insert(from.clone(), None);
    let mut open = vec![from.clone()];
    while let Some(at) = open.pop() {
        if at == *to {
            let mut way = vec![at];
            while let Some(Some(before)) = came_from.get(way.last().expect("it is not empty")) {
                way.push(before.clone());
            }
            way.reverse();
            return Some(way);
        }
        let further = more.iter().filter(|(by, _)| *by == at).map(|(_, on)| on.clone());
        for next in requires(plan, &at).into_iter().chain(further) {
            if !came_from.contains_key(&next) {
                came_from.insert(next.clone(), Some(at.clone()));
                open.push(next);
            }
        }
    }
    None
}

/// The unfinished things that `stream` itself depends on. A dependency that closes a cycle, as a
/// merge can leave one, counts for nobody.
pub fn waits_for(plan: &dyn Plan, stream: &StreamId) -> Vec<StreamId> {
    let dependencies = match stream.name() {
        StreamName::Project => return Vec::new(),
        StreamName::Milestone(id) => plan.milestone(id).map(|held| held.item.dependencies.clone()),
        StreamName::Task(..) => plan.brief(stream.as_str()).map(|held| held.dependencies),
    };
    let mut open = dependencies.unwrap_or_default();
    open.retain(|on| !is_settled(plan, on) && path(plan, on, stream).is_none());
    open
}

/// Every cycle among dependencies, once, as the streams along it. Only merges make them.
pub fn cycles(plan: &dyn Plan) -> Vec<Vec<StreamId>> {
    let mut found: BTreeSet<Vec<StreamId>> = BTreeSet::new();
    for id in plan.milestone_ids() {
        let milestone = StreamId::milestone(&id);
        let rows = plan.rows(id.as_str());
        let streams = rows.iter().map(|row| row.stream.clone());
        for stream in std::iter::once(milestone).chain(streams) {
            let dependencies = match stream.name() {
                StreamName::Task(..) => plan.brief(stream.as_str()).map(|held| held.dependencies),
                _ => plan.milestone(stream.as_str()).map(|held| held.item.dependencies.clone()),
            };
            for on in dependencies.unwrap_or_default() {
                if let Some(mut way) = path(plan, &on, &stream) {
                    let first = way.iter().enumerate().min_by_key(|(_, stream)| *stream);
                    let first = first.map_or(0, |(at, _)| at);
                    way.rotate_left(first);
                    found.insert(way);
                }
            }
        }
    }
    found.into_iter().collect()
}

/// A task that can be started now, and why it stands where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// The task.
    pub task: std::sync::Arc<super::task::Task>,
    /// When it, or else its milestone, is due.
    pub due: Option<Date>,
    /// True if that day has passed.
    pub overdue: bool,
    /// How many unfinished things wait for it.
    pub waited_for_by: usize,
}

/// Why a pending task cannot be started now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The task.
    pub task: std::sync::Arc<super::task::Task>,
    /// What it, or its milestone, waits for.
    pub waits_for: Vec<StreamId>,
    /// What is in its, or its milestone's, way.
    pub blockers: Vec<String>,
}

/// The pending tasks of milestones that are planned or active: those that can be started now, in
/// the order overdue, due, most waited for, oldest, reference; and those that cannot.
pub fn ready(plan: &dyn Plan, today: Date) -> (Vec<Ready>, Vec<Held>) {
    let (mut ready, mut held) = (Vec::new(), Vec::new());
    for id in plan.milestone_ids() {
        let Some(milestone) = plan.milestone(id.as_str()) else { continue };
        let rows = plan.rows(id.as_str());
        let stage = effective_stage(&milestone, &rows);
        if !matches!(stage, Stage::Open | Stage::Underway) {
            continue;
        }
        if rows.iter().all(|row| row.stage != Stage::Open) {
            continue;
        }
        let above = waits_for(plan, &milestone.stream());
        let blockers: Vec<_> =
            milestone.item.open_blockers().map(|held| held.text.to_string()).collect();
        for row in rows.iter().filter(|row| row.stage == Stage::Open) {
            let Some(task) = plan.task(row.stream.as_str()) else { continue };
            let mut waits = waits_for(plan, &task.stream);
            waits.extend(above.iter().cloned());
            let mut in_way: Vec<_> =
                task.item.open_blockers().map(|held| held.text.to_string()).collect();
            in_way.extend(blockers.iter().cloned());
            if !waits.is_empty() || !in_way.is_empty() {
                held.push(Held { task, waits_for: waits, blockers: in_way });
                continue;
            }
            let due = task.item.due.or(milestone.item.due);
            let dependents = plan.dependents(task.stream.as_str());
            let waiting = dependents.iter().filter(|stream| !is_settled(plan, stream)).count();
            let overdue = due.is_some_and(|due| due < today);
            ready.push(Ready { task, due, overdue, waited_for_by: waiting });
        }
    }
    ready.sort_by_cached_key(|row| {
        let due = row.due.map_or(i64::MAX, Date::days);
        let waited = std::cmp::Reverse(row.waited_for_by);
        (!row.overdue, due, waited, row.task.item.born, row.task.reference())
    });
    held.sort_by_cached_key(|row| row.task.reference());
    (ready, held)
}
