//! The cards of the board, and the board as text to be read aloud.
//!
//! Start at [`cards`].
//!
//! - **Invariant.** What can be started is what `ready` says; a filter is a query as `task list`
//!   takes it.

use std::collections::HashSet;

use chrono::NaiveDate;
use milestone_core::domain::{PhaseStatus, Plan, Task, ready};
use milestone_core::projection::State;
use milestone_core::query::{Found, Scope, TASK_ORDER};
use milestone_core::words::StreamId;

use super::refs;
use crate::board::model::{Asked, Card, Lane};
use crate::run::context::Context;
use crate::run::query::{Asked as Query, within};
use crate::run::views::Eye;
use crate::ui::dates;
use crate::ui::error::Problem;
use crate::ui::glyph::Status;
use crate::ui::text::sanitize;
use crate::ui::view::TaskView;

/// What is on the board, and where it stands.
pub(in crate::run) struct Cards {
    /// The project's name.
    pub(in crate::run) project: String,
    /// The id of the milestone, if it is one's.
    pub(in crate::run) on: Option<String>,
    /// The first day of the project.
    pub(in crate::run) first: NaiveDate,
    /// The present day.
    pub(in crate::run) today: NaiveDate,
    /// The tasks, in the order of `task list`.
    pub(in crate::run) cards: Vec<Card>,
}

/// The cards of a milestone, or of everything that is not put away.
pub(in crate::run) fn cards(
    context: &mut Context,
    on: Option<&str>,
    asked: &Asked,
) -> Result<Cards, Box<Problem>> {
    context.global.as_of.clone_from(&asked.as_of);
    let moment = context.moment()?;
    let on = match on {
        Some(on) => Some(refs::find_milestone(context, &moment, on, "board")?),
        None => None,
    };
    let (state, eye) = (&moment.state, Eye::of(context));
    let mut query = Query::read(context, state, std::slice::from_ref(&asked.filter))?;
    if let Some(home) = on.as_deref().and_then(StreamId::parse) {
        query.also(within(&home));
    }
    query.hide_shelved(Scope::Tasks);
    let today = context.today();
    let free: HashSet<StreamId> = ready(state, today).0.into_iter().map(|row| row.stream).collect();
    let selection = query.answer_at(context, &moment, Scope::Tasks, TASK_ORDER)?;
    let card = |found: &Found| {
        let task = state.task(found.stream.as_str())?;
        let view = eye.task(state, &task, found.number.unwrap_or(0));
        card(&task, view, &free)
    };
    let project = state.project();
    Ok(Cards {
        project: project.name.clone(),
        first: first_day(state, &eye).unwrap_or(today.0),
        cards: selection.found.iter().filter_map(card).collect(),
        today: today.0,
        on,
    })
}

/// The day of the first thing that was planned.
fn first_day(state: &State, eye: &Eye) -> Option<NaiveDate> {
    state.project().created_at.map(|at| eye.day(at))
}

/// A task as a card; none if it will not be done.
fn card(task: &Task, view: TaskView, free: &HashSet<StreamId>) -> Option<Card> {
    let phase = task.workflow.as_ref().and_then(|workflow| workflow.current());
    let submitted = phase.is_some_and(|phase| phase.status == PhaseStatus::Submitted);
    let open = !matches!(view.status, Status::Done | Status::Cancelled | Status::Blocked);
    let status = if submitted && open { Status::InReview } else { view.status };
    let lane = match status {
        Status::Cancelled => return None,
        Status::Done => Lane::Done,
        Status::Blocked | Status::InReview => Lane::Stopped,
        Status::InProgress => Lane::InProgress,
        _ if free.contains(&task.stream) => Lane::Ready,
        Status::Pending | Status::Waiting | Status::Paused => Lane::Pending,
    };
    let mut remarks = Vec::new();
    if status == Status::InProgress {
        remarks.push(match view.evidence {
            Some((done, of)) => format!("{done}/{of}"),
            None => format!("{}%", view.progress),
        });
    }
    remarks.extend(view.blocked_by);
    if submitted && open {
        remarks.extend(phase.map(|phase| format!("{} submitted", phase.name)));
    }
    remarks.extend(view.owner.map(|owner| format!("@{owner}")));
    if status != Status::Done {
        remarks.extend(view.due.map(|due| format!("due {due}")));
        remarks.extend(view.day.map(dates::day_of));
    }
    if !view.waits_for.is_empty() {
        remarks.push(format!("waits for {}", view.waits_for.join(", ")));
    }
    remarks.extend(view.took_days.map(|took| dates::days(u64::from(took))));
    Some(Card { reference: view.reference, title: view.title, status, lane, remarks })
}

/// The board as sentences: a line a column, a line a task.
pub(in crate::run) fn spoken(cards: &Cards) -> String {
    let mut out = String::new();
    for lane in Lane::ALL {
        let held: Vec<&Card> = cards.cards.iter().filter(|card| card.lane == lane).collect();
        let count = match held.len() {
            0 => "no tasks".to_owned(),
            1 => "1 task".to_owned(),
            count => format!("{count} tasks"),
        };
        out.push_str(&format!("{}: {count}.\n", lane.heading().replace('/', " or ")));
        for (place, card) in held.iter().enumerate() {
            let mut parts = vec![sanitize(&card.title).into_owned()];
            parts.extend((lane == Lane::Stopped).then(|| card.status.word().to_owned()));
            parts.extend(card.remarks.iter().map(|said| sanitize(said).into_owned()));
            parts.push(format!("Reference {}", sanitize(&card.reference)));
            out.push_str(&format!("{} of {}: {}.\n", place + 1, held.len(), parts.join(". ")));
        }
    }
    out
}
