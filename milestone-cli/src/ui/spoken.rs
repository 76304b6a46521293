//! Sentences instead of drawings, for `--accessible`.
//!
//! Start at [`milestone`].
//!
//! - **Invariant.** No frame, no bar, no symbol, no column: every line makes sense read aloud.
//! - **Invariant.** Nothing is clipped.

use super::dates;
use super::glyph::Status;
use super::health;
use super::text::sanitize;
use super::view::{MilestoneView, TaskView};

/// Renders a milestone, one sentence group a line; ends with a newline.
#[must_use]
pub fn milestone(view: &MilestoneView) -> String {
    let mut head = vec![
        sanitize(&view.title).into_owned(),
        format!("{} percent, {}", view.progress, tasks_done(view)),
    ];
    if view.blocked {
        head.push("Blocked".to_owned());
    }
    if let Some(due) = view.due {
        let tail = match view.completed {
            Some(completed) => format!("finished {}", dates::finished(due, completed)),
            None => dates::left(due, view.today),
        };
        head.push(format!("Due {}, {tail}", dates::with_full_day(due)));
    }
    head.extend(view.health.map(|health| health::word(health).to_owned()));
    let mut out = sentences(&head);
    let total = view.tasks.len();
    for (place, task) in view.tasks.iter().enumerate() {
        out.push_str(&format!("Task {} of {total}: {}", place + 1, sentences(&about(task))));
    }
    out
}

/// Returns `2 of 4 tasks done`, or a word for a milestone without tasks.
#[must_use]
pub fn tasks_done(view: &MilestoneView) -> String {
    match view.tasks_total {
        0 => "no tasks".to_owned(),
        1 => format!("{} of 1 task done", view.tasks_done),
        total => format!("{} of {total} tasks done", view.tasks_done),
    }
}

fn about(task: &TaskView) -> Vec<String> {
    let mut parts = vec![sanitize(&task.title).into_owned()];
    let mut state = vec![match task.status {
        Status::InProgress => "In progress".to_owned(),
        Status::InReview => "In review".to_owned(),
        status => status.word().to_owned(),
    }];
    if task.status == Status::InProgress {
        match task.evidence {
            Some((done, of)) => state.push(format!("{done} of {of}")),
            None => state.push(format!("{} percent", task.progress)),
        }
        state.extend(task.day.map(|day| dates::day_of(day).replacen("Day", "day", 1)));
    }
    parts.push(state.join(", "));
    if let Some(why) = &task.blocked_by {
        parts.push(format!("Reason: {}", sanitize(why)));
    }
    if !task.waits_for.is_empty() {
        parts.push(format!("Waits for {}", sanitize(&task.waits_for.join(" and "))));
    }
    let estimate = task.estimate_minutes.map(dates::duration_spoken);
    match (task.took_days.map(|took| dates::days(u64::from(took))), estimate) {
        (Some(took), Some(estimate)) => parts.push(format!("Took {took}, estimate {estimate}")),
        (Some(took), None) => parts.push(format!("Took {took}")),
        // "Day 2 of 3" has said it.
        (None, Some(estimate)) if task.day.is_none_or(|day| day.of.is_none()) => {
            parts.push(format!("Estimate {estimate}"));
        }
        _ => {}
    }
    parts.extend(task.owner.as_ref().map(|owner| format!("Owner {}", sanitize(owner))));
    parts
}

fn sentences(parts: &[String]) -> String {
    parts.join(". ") + ".\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample::{HARD_TITLES, api, hard};

    #[test]
    fn a_milestone_is_read_aloud() {
        insta::assert_snapshot!(milestone(&api()).replace(". Due", ".\n  Due"), @r"
        API Development. 67 percent, 2 of 4 tasks done.
          Due Friday 2026-03-20, 8 days left. On track.
        Task 1 of 4: Authentication. Done. Took 2 days, estimate 2 days.
        Task 2 of 4: Database Setup. Done. Took 2 days, estimate 2 days.
        Task 3 of 4: Endpoints. In progress, 4 of 6, day 2 of 3. Owner dana.
        Task 4 of 4: Testing. Pending. Waits for Endpoints. Estimate 2 days.
        ");
    }

    #[test]
    fn hard_titles_are_one_line_each() {
        let text = milestone(&hard());
        assert_eq!(text.lines().count(), 1 + HARD_TITLES.len());
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    }
}
