//! `ready`: what can be started now, and with `--blocked` what cannot, and why.
//!
//! - **Invariant.** The order and the rule are the core's; this file says them in words.
//! - **Absent on purpose.** Claims: they come with agents.

use std::sync::Arc;

use milestone_core::domain::{Held, Plan, Ready, Task, ready, reference_of};
use milestone_core::projection::State;
use milestone_core::words::StreamId;

use super::list::is_of;
use super::print::{Listing, talks};
use super::refs;
use crate::args::milestone::ReadyArgs;
use crate::args::usage::quoted;
use crate::run::context::{Context, Moment, Ran};
use crate::run::docs::TaskDoc;
use crate::run::views::{Eye, number_of};
use crate::ui::lists;
use crate::ui::view::ReadyRow;
use serde::Serialize;

/// A row of `ready.list`.
#[derive(Serialize)]
struct ReadyDoc {
    #[serde(flatten)]
    task: TaskDoc,
    why: String,
    overdue: bool,
    waited_for_by: usize,
}

/// Lists what can be started now.
pub(super) fn run(context: &mut Context, args: &ReadyArgs) -> Ran {
    let moment = context.moment()?;
    let asked = args.on.clone().or_else(|| context.global.on.clone());
    let only = match asked {
        Some(asked) => Some(refs::find_milestone(context, &moment, &asked, "ready --on")?),
        None => None,
    };
    let me = if args.mine { Some(context.actor()) } else { None };
    let (mut now, mut held) = ready(&moment.state, context.today());
    let wanted = |stream: &StreamId, reference: &str| {
        let home = reference.split_once('/').map(|(home, _)| home);
        let mine = |me| moment.state.task(stream.as_str()).is_some_and(|it| is_of(&it.item, me));
        only.as_deref().is_none_or(|id| home == Some(id)) && me.as_deref().is_none_or(mine)
    };
    now.retain(|row| wanted(&row.stream, &row.reference));
    held.retain(|row| wanted(&row.stream, &row.reference));
    let most = args.limit.map_or(usize::MAX, |limit| limit as usize);
    match args.blocked {
        true => print_held(context, &moment, &held, most),
        false => print_ready(context, &moment, &now, held.len(), args.explain, most),
    }
}

fn print_ready(
    context: &Context,
    moment: &Moment,
    all: &[Ready],
    held: usize,
    explain: bool,
    most: usize,
) -> Ran {
    let (state, eye) = (&moment.state, Eye::of(context));
    let rows = with_tasks(state, all, most, |row| &row.stream);
    let next = rows.first().map(|(row, _)| format!("milestone start {}", quoted(&row.reference)));
    let first_due = all.first().filter(|row| row.due.is_some()).map(|row| row.stream.clone());
    let why = |row: &Ready, task: &Task| match explain {
        true => terms(row, task),
        false => reason(row, first_due.as_ref() == Some(&row.stream)),
    };
    let views: Vec<ReadyRow> = rows
        .iter()
        .map(|(row, task)| ReadyRow {
            reference: row.reference.clone(),
            title: task.item.title.to_string(),
            estimate_minutes: task.item.estimate,
            due: row.due.map(|due| due.0),
            why: why(row, task),
        })
        .collect();
    let docs = || {
        let doc = |(row, task): &(&Ready, Arc<Task>)| {
            let view = eye.task(state, task, number_of(state, task));
            ReadyDoc {
                task: TaskDoc::of(state, task, view),
                why: why(row, task),
                overdue: row.overdue,
                waited_for_by: row.waited_for_by,
            }
        };
        rows.iter().map(doc).collect()
    };
    let mut output = Listing {
        verb: "ready",
        kind: "ready.list",
        table: || lists::ready(&views),
        items: docs,
        text: None,
        md: None,
        total: all.len(),
        empty: nothing(state, held),
        hints: next.iter().cloned().collect(),
    }
    .print(context, moment)?;
    if talks(context) && !all.is_empty() {
        if held > 0 {
            output = output.say(format!("{held} cannot start yet: milestone ready --blocked"));
        }
        if let Some(next) = next.filter(|_| context.hints() && moment.as_of.is_none()) {
            output = output.say(format!("Next: {next}"));
        }
    }
    Ok(output)
}

/// The first rows with their tasks: only what is shown is read.
fn with_tasks<'r, R>(
    state: &State,
    all: &'r [R],
    most: usize,
    stream: impl Fn(&R) -> &StreamId,
) -> Vec<(&'r R, Arc<Task>)> {
    let shown = all.iter().take(most);
    shown.filter_map(|row| Some((row, state.task(stream(row).as_str())?))).collect()
}

fn nothing(state: &State, held: usize) -> String {
    match held {
        0 if state.milestone_ids().is_empty() => {
            "No milestones yet. Begin with: milestone new TITLE".to_owned()
        }
        0 => "Nothing is pending.".to_owned(),
        held => format!("Nothing can start: {held} wait or are blocked. milestone ready --blocked"),
    }
}

/// The strongest reason for the place of a row.
fn reason(row: &Ready, first_due: bool) -> String {
    match (row.overdue, row.waited_for_by) {
        (true, _) => "overdue".to_owned(),
        (false, 1) => "1 task waits for it".to_owned(),
        (false, 2..) => format!("{} tasks wait for it", row.waited_for_by),
        (false, 0) if first_due => "due first".to_owned(),
        (false, 0) => "nothing before it".to_owned(),
    }
}

/// Every term of the order, in the order in which they count.
fn terms(row: &Ready, task: &Task) -> String {
    let due = row.due.map_or_else(|| "no due date".to_owned(), |due| format!("due {due}"));
    let born = task.item.created_at.map_or_else(String::new, |at| format!(", since {at:.10}"));
    let overdue = if row.overdue { "overdue, " } else { "" };
    format!("{overdue}{due}, {} waiting{born}", row.waited_for_by)
}

fn print_held(context: &Context, moment: &Moment, all: &[Held], most: usize) -> Ran {
    let (state, eye) = (&moment.state, Eye::of(context));
    let rows = with_tasks(state, all, most, |row| &row.stream);
    let why = |row: &Held| {
        let waits: Vec<String> = row.waits_for.iter().map(|on| reference_of(state, on)).collect();
        let mut reasons: Vec<String> =
            row.blockers.iter().map(|text| format!("blocked: {text}")).collect();
        if !waits.is_empty() {
            reasons.push(format!("waits for {}", waits.join(", ")));
        }
        reasons.join("; ")
    };
    let views: Vec<ReadyRow> = rows
        .iter()
        .map(|(row, task)| ReadyRow {
            reference: row.reference.clone(),
            title: task.item.title.to_string(),
            estimate_minutes: task.item.estimate,
            due: task.item.due.map(|due| due.0),
            why: why(row),
        })
        .collect();
    let docs = || {
        let doc = |(row, task): &(&Held, Arc<Task>)| {
            let view = eye.task(state, task, number_of(state, task));
            let waited_for_by = state.dependents(row.stream.as_str()).len();
            let overdue = view.due.is_some_and(|due| due < eye.today);
            let task = TaskDoc::of(state, task, view);
            ReadyDoc { task, why: why(row), overdue, waited_for_by }
        };
        rows.iter().map(doc).collect()
    };
    let table = || {
        let mut table = lists::ready(&views);
        if let Some(last) = table.columns.last_mut() {
            last.title = "WHY NOT";
        }
        table
    };
    Listing {
        verb: "ready --blocked",
        kind: "ready.list",
        table,
        items: docs,
        text: None,
        md: None,
        total: all.len(),
        empty: "Nothing waits and nothing is blocked.".to_owned(),
        hints: Vec::new(),
    }
    .print(context, moment)
}
