//! `task list` and `task show`.
//!
//! - **Invariant.** Tasks come in the order of their milestones' ids and of their numbers there.
//! - **Invariant.** Without a milestone, the tasks of archived and cancelled ones are left out.

use std::sync::Arc;

use milestone_core::domain::{Plan, Task, effective_stage};
use milestone_core::projection::State as PlanState;
use milestone_core::words::StreamName;

use super::list::{is_of, who};
use super::print::Listing;
use super::{refs, show};
use crate::args::milestone::StatusFilter;
use crate::args::task::{TaskListArgs, TaskRefArgs};
use crate::run::context::{Context, Ran};
use crate::run::docs::TaskDoc;
use crate::run::problem;
use crate::run::views::{self, Eye};
use crate::ui::glyph::Status;
use crate::ui::lists;
use crate::ui::view::{State, TaskView};

/// Lists tasks.
pub(super) fn list(context: &mut Context, args: &TaskListArgs) -> Ran {
    let moment = context.moment()?;
    let asked = args.reference.clone().or_else(|| context.global.on.clone());
    let only = match asked {
        Some(asked) => Some(refs::find_milestone(context, &moment, &asked, "task list")?),
        None => None,
    };
    let owner = who(context, args.owner.as_deref());
    let (state, eye) = (&moment.state, Eye::of(context));
    let homes = match &only {
        Some(id) => vec![id.clone()],
        None => open_homes(state),
    };
    let rows: Vec<(Arc<Task>, TaskView)> = homes
        .iter()
        .flat_map(|home| state.tasks_of(home).into_iter().zip(eye.tasks(state, home)))
        .filter(|(task, _)| owner.as_deref().is_none_or(|who| is_of(&task.item, who)))
        .filter(|(_, view)| args.status.is_empty() || args.status.iter().any(|s| fits(*s, view)))
        .collect();
    let views: Vec<TaskView> = rows.iter().map(|(_, view)| view.clone()).collect();
    let empty = match &only {
        Some(id) => format!("No task fits. Add one with: milestone task add TITLE --on {id}"),
        None => "No task fits. Add one with: milestone task add TITLE --on MILESTONE".to_owned(),
    };
    Listing {
        verb: "task list",
        kind: "task.list",
        table: || lists::tasks(&views, &context.style),
        items: || rows.iter().map(|(task, view)| TaskDoc::of(state, task, view.clone())).collect(),
        text: None,
        md: None,
        total: views.len(),
        empty,
        hints: Vec::new(),
    }
    .print(context, &moment)
}

/// Shows one task.
pub(super) fn show(context: &mut Context, args: &TaskRefArgs) -> Ran {
    let moment = context.moment()?;
    let stream = refs::find(context, &moment, &args.reference, "task show")?;
    match stream.name() {
        StreamName::Task(..) => show::one(context, &moment, &stream, "task show"),
        _ => {
            let reference = stream.to_string();
            let hint = format!("milestone show {reference}");
            let refusal = milestone_core::domain::Refusal::NotATask { reference };
            Err(Box::new(problem::refused(&refusal).hint(hint)))
        }
    }
}

fn open_homes(state: &PlanState) -> Vec<String> {
    let kept = |id: &String| {
        state.milestone(id).is_some_and(|milestone| {
            let stage = effective_stage(&milestone, &state.rows(id));
            !matches!(views::milestone_state(stage), State::Archived | State::Cancelled)
        })
    };
    state.milestone_ids().iter().map(ToString::to_string).filter(kept).collect()
}

fn fits(status: StatusFilter, view: &TaskView) -> bool {
    match status {
        // Waiting is a way of being pending.
        StatusFilter::Pending | StatusFilter::Planned => {
            matches!(view.status, Status::Pending | Status::Waiting)
        }
        StatusFilter::InProgress | StatusFilter::Active => view.status == Status::InProgress,
        StatusFilter::Done | StatusFilter::Completed => view.status == Status::Done,
        StatusFilter::Blocked => view.status == Status::Blocked,
        StatusFilter::Waiting => view.status == Status::Waiting,
        StatusFilter::Cancelled => view.status == Status::Cancelled,
        StatusFilter::Paused => view.status == Status::Paused,
        StatusFilter::Archived => false,
    }
}
