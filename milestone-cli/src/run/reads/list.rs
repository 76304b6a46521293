//! `list`: the milestones.
//!
//! - **Invariant.** Archived and cancelled ones are hidden unless they are asked for.
//! - **Invariant.** The order is total: the id decides between equals.

use std::cmp::Reverse;
use std::sync::Arc;

use milestone_core::domain::{Milestone, Priority, waits_for};
use milestone_core::projection::State as PlanState;

use super::print::Listing;
use crate::args::milestone::{ListArgs, Sort, StatusFilter};
use crate::args::values::{Sense, when};
use crate::run::context::{Context, Ran};
use crate::run::docs::MilestoneDoc;
use crate::run::views::Eye;
use crate::ui::error::{Exit, Problem};
use crate::ui::view::{MilestoneView, State};
use crate::ui::{lists, markdown};

type Row = (Arc<Milestone>, MilestoneView);

/// Lists milestones.
pub(super) fn run(context: &mut Context, args: &ListArgs) -> Ran {
    let moment = context.moment()?;
    let owner = who(context, args.owner.as_deref());
    let before = match &args.due_before {
        None => None,
        Some(text) => when(text, &context.clock, Sense::Plan)
            .map_err(|error| {
                Problem::new("usage.bad_value", Exit::Usage, format!("--due-before: {error}"))
                    .unchanged()
                    .hint("milestone list --due-before +14d")
            })?
            .day(&context.clock),
    };
    let (state, eye) = (&moment.state, Eye::of(context));
    let all = state.milestones();
    let (there, hidden_possible) = (all.len(), !args.all && args.status.is_empty());
    let mut rows: Vec<Row> = all
        .into_iter()
        .map(|milestone| {
            let view = eye.milestone_row(state, &milestone);
            (milestone, view)
        })
        .filter(|row| shown(state, row, args))
        .filter(|(milestone, _)| owner.as_deref().is_none_or(|who| is_of(&milestone.item, who)))
        .filter(|(_, view)| before.is_none_or(|day| view.due.is_some_and(|due| due < day)))
        .filter(|(_, view)| args.labels.iter().all(|label| view.labels.contains(label)))
        .collect();
    sort(&mut rows, args.sort);
    let views: Vec<MilestoneView> = rows.iter().map(|(_, view)| view.clone()).collect();
    let empty = match (there, hidden_possible) {
        (0, _) => "No milestones yet. Begin with: milestone new TITLE",
        (_, true) => "No milestone fits. All of them: milestone list --all",
        (_, false) => "No milestone fits.",
    };
    Listing {
        verb: "list",
        kind: "milestone.list",
        table: || lists::milestones(&views, &context.style),
        items: || {
            let doc = |(held, view): &Row| MilestoneDoc::of(state, held, view.clone());
            rows.iter().map(doc).collect()
        },
        text: None,
        md: Some(&|| markdown::list(&views)),
        total: views.len(),
        empty: empty.to_owned(),
        hints: Vec::new(),
    }
    .print(context, &moment)
}

/// The person that `me` means, or as typed.
pub(super) fn who(context: &mut Context, asked: Option<&str>) -> Option<String> {
    match asked {
        Some("me") => Some(context.actor()),
        asked => asked.map(ToOwned::to_owned),
    }
}

/// True if something is owned by somebody, or worked on by them.
pub(super) fn is_of(item: &milestone_core::domain::Item, who: &str) -> bool {
    item.owner.as_deref() == Some(who) || item.assignees.iter().any(|held| &**held == who)
}

fn shown(state: &PlanState, (milestone, view): &Row, args: &ListArgs) -> bool {
    if args.status.is_empty() {
        return args.all || !matches!(view.state, State::Archived | State::Cancelled);
    }
    args.status.iter().any(|status| match status {
        StatusFilter::Planned | StatusFilter::Pending => view.state == State::Planned,
        StatusFilter::Active | StatusFilter::InProgress => view.state == State::Active,
        StatusFilter::Paused => view.state == State::Paused,
        StatusFilter::Completed | StatusFilter::Done => view.state == State::Completed,
        StatusFilter::Archived => view.state == State::Archived,
        StatusFilter::Cancelled => view.state == State::Cancelled,
        StatusFilter::Blocked => view.blocked,
        StatusFilter::Waiting => {
            view.is_open() && !waits_for(state, &milestone.stream()).is_empty()
        }
    })
}

fn sort(rows: &mut [Row], by: Option<Sort>) {
    let due = |view: &MilestoneView| (view.due.is_none(), view.due);
    let id = |row: &Row| row.1.reference.clone();
    match by {
        // What is under way first, then what comes, then what is over; each by its date.
        None => rows.sort_by_key(|row| (group(row.1.state), due(&row.1), id(row))),
        Some(Sort::Due) => rows.sort_by_key(|row| (due(&row.1), id(row))),
        Some(Sort::Title) => rows.sort_by_key(|row| (row.1.title.to_lowercase(), id(row))),
        Some(Sort::Progress) => rows.sort_by_key(|row| (Reverse(row.1.progress), id(row))),
        Some(Sort::Priority) => rows.sort_by_key(|row| {
            (Reverse(row.0.item.priority.map_or(weight(Priority::Medium), weight)), id(row))
        }),
        Some(Sort::Created) => rows.sort_by_key(|row| (Reverse(row.0.item.created_at), id(row))),
        Some(Sort::Changed) => rows.sort_by_key(|row| (Reverse(row.0.item.changed_at), id(row))),
    }
}

fn group(state: State) -> u8 {
    match state {
        State::Active => 0,
        State::Planned => 1,
        State::Paused => 2,
        State::Completed => 3,
        State::Cancelled => 4,
        State::Archived => 5,
    }
}

fn weight(priority: Priority) -> u8 {
    match priority {
        Priority::Low => 0,
        Priority::Medium => 1,
        Priority::High => 2,
        Priority::Critical => 3,
    }
}
