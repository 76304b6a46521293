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

#[cfg(test)]
mod tests {
    use milestone_core::domain::Report;
    use milestone_core::words::{Slug, StreamId};

    use super::*;

    fn row((stage, weight, fraction): (Stage, u32, u64)) -> TaskRow {
        let slug = Slug::new("one").unwrap();
        let stream = StreamId::task(&slug, &slug);
        TaskRow { stream, slug, position: 0, born: None, stage, weight, fraction }
    }

    #[test]
    fn the_progress_of_tasks_is_weighed_and_rounded() {
        use Stage::{Cancelled, Done, Open, Removed, Underway};
        let milestone = Milestone::unborn(Slug::new("api").unwrap());
        for (rows, percent) in [
            (vec![(Done, 1, WHOLE), (Open, 1, 0)], 50),
            (vec![(Done, 1, WHOLE), (Open, 2, 0)], 33),
            (vec![(Done, 2, WHOLE), (Open, 1, 0)], 67),
            (vec![(Done, 1, WHOLE), (Open, 7, 0)], 13),
            (vec![(Done, 1, WHOLE), (Cancelled, 9, 0), (Removed, 9, 0)], 100),
            (vec![(Done, 999, WHOLE), (Open, 1, 0)], 99),
            (vec![(Underway, 1, WHOLE)], 99),
            (vec![(Done, 1, WHOLE), (Open, 999, 0)], 1),
            (vec![(Underway, 1, 0), (Open, 1, 0)], 1),
            (vec![(Open, 1, 0), (Open, 0, 0)], 0),
            (vec![(Done, 0, WHOLE)], 100),
            (vec![(Done, u32::MAX, WHOLE); 5_000], 100),
        ] {
            let rows: Vec<TaskRow> = rows.iter().copied().map(row).collect();
            assert_eq!(milestone_progress(&milestone, &rows), percent, "{rows:?}");
        }
    }

    #[test]
    fn without_kept_tasks_a_milestone_shows_what_was_reported_or_that_it_is_done() {
        let report = |done, of| Some(Report { done, of, percent: false });
        for (stage, report, percent) in [
            (Stage::Underway, None, 0),
            (Stage::Underway, report(0, 3), 0),
            (Stage::Underway, report(1, 3), 33),
            (Stage::Underway, report(999, 1000), 99),
            (Stage::Underway, report(3, 3), 100),
            (Stage::Underway, report(1, 0), 0),
            (Stage::Done, None, 100),
            (Stage::Done, report(1, 3), 100),
        ] {
            let mut milestone = Milestone::unborn(Slug::new("api").unwrap());
            (milestone.item.stage, milestone.item.report) = (stage, report);
            let gone = [row((Stage::Cancelled, 1, 0)), row((Stage::Removed, 1, WHOLE))];
            assert_eq!(milestone_progress(&milestone, &gone), percent, "{stage:?} {report:?}");
        }
    }
}
