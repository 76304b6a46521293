//! From the state to the plain structs that the renderers take.
//!
//! Start at [`Eye`]: it knows what day it is, and looks at milestones and tasks.
//!
//! - **Invariant.** Everything that is derived (status, progress, waiting, blocked, late) is worked
//!   out here by the core's functions; renderers and documents only show it. Health alone is not:
//!   it takes the whole log, so who shows it asks `reads::judged` for it.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::NaiveDate;
use milestone_core::domain::{
    Item, Milestone, MilestoneProgress, Plan, Stage, Task, effective_stage, milestone_progress,
    numbered, reference_of, task_percent, waits_for,
};
use milestone_core::projection::State as PlanState;
use milestone_core::words::{Slug, StreamId, Timestamp};

use super::context::Context;
use super::ties;
use crate::args::values::MINUTES_PER_DAY;
use crate::ui::glyph::Status;
use crate::ui::view::{DayOf, MilestoneView, State, TaskView};

/// Who looks: the present day, and where.
#[derive(Debug, Clone, Copy)]
pub struct Eye {
    /// The present local day.
    pub today: NaiveDate,
    /// Minutes to add to UTC for local time.
    pub offset_minutes: i32,
}

/// What people see of a task, without its title.
pub fn task_status(item: &Item, waits: bool) -> Status {
    match item.stage {
        Stage::Done => Status::Done,
        Stage::Cancelled | Stage::Archived | Stage::Removed => Status::Cancelled,
        _ if item.open_blockers().next().is_some() => Status::Blocked,
        Stage::Underway | Stage::Paused => Status::InProgress,
        Stage::Open if waits => Status::Waiting,
        Stage::Open => Status::Pending,
    }
}

/// The word for where a milestone stands.
pub fn milestone_state(stage: Stage) -> State {
    match stage {
        Stage::Open => State::Planned,
        Stage::Underway => State::Active,
        Stage::Paused => State::Paused,
        Stage::Done => State::Completed,
        Stage::Archived => State::Archived,
        Stage::Cancelled | Stage::Removed => State::Cancelled,
    }
}

impl Eye {
    /// The eye of whoever started the program.
    pub fn of(context: &Context) -> Self {
        Self { today: context.today().0, offset_minutes: context.clock.offset_minutes }
    }

    /// The local day of a moment.
    pub fn day(&self, moment: Timestamp) -> NaiveDate {
        moment.date(self.offset_minutes).0
    }

    /// A milestone without its tasks, as lists show it.
    pub fn milestone_row(&self, state: &PlanState, milestone: &Milestone) -> MilestoneView {
        let rows = state.rows(milestone.id.as_str());
        let progress = milestone_progress(milestone, &rows);
        self.standing_row(milestone, (progress, effective_stage(milestone, &rows)))
    }

    /// The same of a milestone of which it is known how it stands.
    pub fn standing_row(
        &self,
        milestone: &Milestone,
        (progress, stage): (MilestoneProgress, Stage),
    ) -> MilestoneView {
        let stands = milestone_state(stage);
        let open = matches!(stands, State::Planned | State::Active | State::Paused);
        let item = &milestone.item;
        let due = item.due.map(|due| due.0);
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        MilestoneView {
            reference: milestone.id.to_string(),
            title: item.title.to_string(),
            state: stands,
            blocked: open && item.open_blockers().next().is_some(),
            progress: progress.percent,
            tasks_done: count(progress.done),
            tasks_total: count(progress.of),
            due,
            completed: item.completed_at.filter(|_| !open).map(|moment| self.day(moment)),
            today: self.today,
            owner: item.owner.as_ref().map(ToString::to_string),
            labels: item.labels.iter().map(ToString::to_string).collect(),
            health: None,
            tasks: Vec::new(),
        }
    }

    /// A milestone with its tasks, as `show` draws it.
    pub fn milestone(&self, state: &PlanState, milestone: &Milestone) -> MilestoneView {
        let mut view = self.milestone_row(state, milestone);
        view.tasks = self.tasks(state, milestone.id.as_str());
        view
    }

    /// The tasks of a milestone in their order.
    pub fn tasks(&self, state: &PlanState, milestone: &str) -> Vec<TaskView> {
        let rows = numbered(state, milestone).into_iter().enumerate();
        rows.filter_map(|(place, row)| {
            let task = state.task(row.stream.as_str())?;
            Some(self.task(state, &task, number(place)))
        })
        .collect()
    }

    /// One task, by its stream.
    pub fn task_at(&self, state: &PlanState, stream: &StreamId) -> Option<TaskView> {
        let task = state.task(stream.as_str())?;
        let number = number_of(state, &task);
        Some(self.task(state, &task, number))
    }

    /// One task, whose number is known.
    pub fn task(&self, state: &PlanState, task: &Task, number: u32) -> TaskView {
        let item = &task.item;
        let waits = if item.is_closed() { Vec::new() } else { waits_for(state, &task.stream) };
        let status = task_status(item, !waits.is_empty());
        let begun = item.started_at.map(|moment| self.day(moment));
        let days = |from: NaiveDate, to: NaiveDate| {
            u32::try_from(to.signed_duration_since(from).num_days().max(0) + 1).unwrap_or(u32::MAX)
        };
        let day = begun.filter(|_| item.stage == Stage::Underway).map(|begun| DayOf {
            day: days(begun, self.today),
            of: item.estimate.map(|minutes| minutes.div_ceil(MINUTES_PER_DAY).max(1)),
        });
        let ended = item.completed_at.map(|moment| self.day(moment));
        let took = begun.zip(ended).filter(|_| item.stage == Stage::Done);
        let report = item.report.filter(|report| !report.percent);
        TaskView {
            reference: task.reference(),
            number,
            title: item.title.to_string(),
            status,
            progress: task_percent(item.stage, task.fraction()),
            evidence: report.map(|report| (report.done, report.of)),
            day,
            took_days: took.map(|(begun, ended)| days(begun, ended)),
            estimate_minutes: item.estimate,
            owner: item.owner.as_ref().map(ToString::to_string),
            due: item.due.map(|due| due.0),
            waits_for: waits.iter().map(|hold| ties::title_held(state, hold)).collect(),
            blocked_by: item.open_blockers().next().map(|blocker| blocker.text.to_string()),
            labels: item.labels.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The numbers of tasks in their milestones. A milestone is counted through once, and not for each
/// of the tasks of a list.
#[derive(Debug, Default)]
pub struct Numbers {
    homes: RefCell<HashMap<Slug, HashMap<StreamId, u32>>>,
}

impl Numbers {
    /// The number of a task, 0 for one that was taken out.
    pub fn of(&self, state: &PlanState, task: &Task) -> u32 {
        let mut homes = self.homes.borrow_mut();
        let home = homes.entry(task.home.clone()).or_insert_with(|| {
            let rows = numbered(state, task.home.as_str()).into_iter().enumerate();
            rows.map(|(place, row)| (row.stream, number(place))).collect()
        });
        home.get(&task.stream).copied().unwrap_or(0)
    }
}

/// The number of a task in its milestone, 0 for one that was taken out.
pub fn number_of(state: &PlanState, task: &Task) -> u32 {
    let rows = numbered(state, task.home.as_str());
    rows.iter().position(|row| row.stream == task.stream).map_or(0, number)
}

fn number(place: usize) -> u32 {
    u32::try_from(place + 1).unwrap_or(u32::MAX)
}

/// The title of what a stream is about, or its name if it has none.
pub fn title_of(state: &PlanState, stream: &StreamId) -> String {
    let title = match stream.is_task() {
        true => state.task(stream.as_str()).map(|task| task.item.title.to_string()),
        false => state.milestone(stream.as_str()).map(|held| held.item.title.to_string()),
    };
    title.unwrap_or_else(|| reference_of(state, stream))
}
