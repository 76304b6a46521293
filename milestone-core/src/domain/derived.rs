//! What follows from several aggregates: progress, settled, what requires what.
//!
//! Start at [`milestone_progress`]; what something waits for is in `holds`, what can be started in
//! `ready`, what waits for itself in `cycles`.
//!
//! - **Invariant.** Nothing here is stored: it is worked out when somebody asks, so that it can
//!   never contradict the log.
//! - **Invariant.** Elapsed time is never progress.

use std::collections::BTreeMap;

use super::holds::terms_of;
use super::item::{Item, Stage};
use super::milestone::Milestone;
use super::plan::{Plan, TaskRow};
use super::task::WHOLE;
use crate::words::{StreamId, StreamName};

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
        // What was completed stays so where it is put away.
        let stage = milestone.item.archived_from.unwrap_or(milestone.item.stage);
        let percent = match (stage, milestone.item.report) {
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

/// How far one task has come, in whole percent: 0 only if it was not begun.
pub fn task_percent(stage: Stage, fraction: u64) -> u8 {
    let percent = ratio_percent(u128::from(fraction), u128::from(WHOLE));
    clamp_percent(percent, stage == Stage::Done, fraction > 0 || stage == Stage::Underway)
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
    let reopened =
        |row: &TaskRow| row.stage.is_left() && !milestone.left_open.contains(&row.stream);
    match milestone.item.stage {
        Stage::Done if rows.iter().any(reopened) => Stage::Underway,
        stage => stage,
    }
}

/// True if nothing has to wait for `stream` any more: it is finished or given up.
pub fn is_settled(plan: &dyn Plan, stream: &StreamId) -> bool {
    match stream.name() {
        StreamName::Project => true,
        StreamName::Task(..) => {
            plan.brief(stream.as_str()).is_none_or(|task| !task.stage.is_left())
        }
        StreamName::Milestone(id) => plan.milestone(id).is_none_or(|milestone| {
            let stage = effective_stage(&milestone, &plan.rows(id));
            !stage.is_left()
        }),
    }
}

/// What keeps the tasks of a milestone from starting: what the milestone must come after to start.
pub(super) fn start_needs(item: &Item) -> Vec<StreamId> {
    let holds = |on: &&StreamId| terms_of(&item.ties, on).kind.holds_start();
    item.dependencies.iter().filter(holds).cloned().collect()
}

/// What must be done before `stream` can be: its own dependencies, those of a task's milestone, and
/// the tasks of a milestone.
pub(super) fn requires(plan: &dyn Plan, stream: &StreamId) -> Vec<StreamId> {
    match stream.name() {
        StreamName::Project => Vec::new(),
        StreamName::Task(..) => {
            let Some(task) = plan.brief(stream.as_str()) else { return Vec::new() };
            let mut all = task.dependencies;
            if let Some(home) = plan.milestone(task.home.as_str()) {
                all.extend(start_needs(&home.item));
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

/// What must be done before a task can be, whose milestone has the dependencies `above`.
pub(super) fn requires_of_row(row: &TaskRow, above: &[StreamId]) -> Vec<StreamId> {
    row.dependencies.iter().chain(above).cloned().collect()
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
