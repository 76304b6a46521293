//! How far a milestone has come, in whole percent, for the line `progress:` of its file.
//!
//! - **Invariant.** 100 only when all is done, 0 only when nothing has begun; in between, rounded
//!   half up.
//! - **Absent on purpose.** Elapsed time, and reports on a milestone that has tasks.

use milestone_core::domain::{Milestone, Stage, TaskRow, WHOLE};

/// The progress of a milestone with these tasks in it.
pub(super) fn milestone_progress(milestone: &Milestone, rows: &[TaskRow]) -> u8 {
    let kept = || rows.iter().filter(|row| !matches!(row.stage, Stage::Cancelled | Stage::Removed));
    if kept().next().is_none() {
        return without_tasks(milestone);
    }
    let all_done = kept().all(|row| row.stage == Stage::Done);
    let begun = kept().any(|row| row.stage != Stage::Open || row.fraction > 0);
    let weights: u128 = kept().map(|row| u128::from(row.weight)).sum();
    let done: u128 = kept().map(|row| u128::from(row.weight) * u128::from(row.fraction)).sum();
    percent(done, weights * u128::from(WHOLE), all_done, begun)
}

fn without_tasks(milestone: &Milestone) -> u8 {
    let item = &milestone.item;
    if item.stage == Stage::Done || item.archived_from == Some(Stage::Done) {
        return 100;
    }
    item.report.map_or(0, |report| {
        let done = report.done.min(report.of);
        percent(u128::from(done), u128::from(report.of), done == report.of, done > 0)
    })
}

fn percent(done: u128, of: u128, all_done: bool, begun: bool) -> u8 {
    let rounded = if of == 0 { 0 } else { (done * 200 + of) / (2 * of) };
    match (all_done, begun) {
        (_, false) => 0,
        (true, true) => 100,
        (false, true) => u8::try_from(rounded.clamp(1, 99)).expect("clamped below 100"),
    }
}
