//! `task list`: the tasks that a query asks for. `task show`: one of them.
//!
//! - **Invariant.** Tasks come in the order of their milestones' ids and of their numbers there,
//!   unless another one is asked for.
//! - **Invariant.** Without a milestone, the tasks of archived and cancelled ones are left out.

use std::sync::Arc;

use milestone_core::domain::{Plan, Refusal, Task, resolve};
use milestone_core::query::{FlagSpec, Found, Scope, TASK_ORDER};
use milestone_core::words::{StreamId, StreamName};

use super::print::Listing;
use super::{refs, show};
use crate::args::task::{TaskListArgs, TaskRefArgs};
use crate::run::context::{Context, Moment, Ran};
use crate::run::docs::TaskDoc;
use crate::run::problem;
use crate::run::query::{Asked, within};
use crate::run::views::Eye;
use crate::ui::error::Problem;
use crate::ui::lists;
use crate::ui::view::TaskView;

/// Lists tasks.
pub(super) fn list(context: &mut Context, args: &TaskListArgs) -> Ran {
    let moment = context.moment()?;
    context.begun(&moment)?;
    let (only, words) = milestone_of(context, &moment, &args.query)?;
    let (state, eye) = (&moment.state, Eye::of(context));
    let mut asked = Asked::read(context, state, words)?;
    asked.of_status(&args.status);
    asked.of_person(context, args.owner.as_deref());
    if let Some(home) = &only {
        asked.also(within(home));
    }
    asked.page(&args.page)?;
    asked.hide_shelved(Scope::Tasks);
    let selection = asked.answer_at(context, &moment, Scope::Tasks, TASK_ORDER)?;
    let row = |found: &Found| {
        let task = state.task(found.stream.as_str())?;
        let view = eye.task(state, &task, found.number.unwrap_or(0));
        Some((task, view))
    };
    let rows: Vec<(Arc<Task>, TaskView)> = selection.found.iter().filter_map(row).collect();
    let views: Vec<TaskView> = rows.iter().map(|(_, view)| view.clone()).collect();
    let on = only.as_ref().map_or("MILESTONE", StreamId::as_str);
    Listing {
        verb: "task list",
        kind: "task.list",
        table: || lists::tasks(&views, &context.style),
        items: || rows.iter().map(|(task, view)| TaskDoc::of(state, task, view.clone())).collect(),
        text: None,
        md: None,
        total: Some(selection.total),
        empty: format!("No task fits. Add one with: milestone task add TITLE --on {on}"),
        hints: Vec::new(),
    }
    .print_page(context, &moment, selection.next.as_ref())
}

/// The milestone that the first word, else `--on`, names, and the words that are left.
fn milestone_of<'w>(
    context: &mut Context,
    moment: &Moment,
    words: &'w [String],
) -> Result<(Option<StreamId>, &'w [String]), Box<Problem>> {
    let found = |id: String| StreamId::parse(&id);
    let plain = |word: &&String| {
        let syntax = |c: char| c.is_whitespace() || ":=<>~()\"".contains(c);
        let keyword = ["and", "or", "not"].iter().any(|held| held.eq_ignore_ascii_case(word));
        !keyword && !word.contains(syntax) && FlagSpec::named(word).is_none()
    };
    if let Some(first) = words.first().filter(plain) {
        let exact = context.env("MILESTONE_EXACT").is_some();
        let is_one = match resolve(&moment.state, first, None, exact) {
            Err(Refusal::UnknownRef { .. }) => first.starts_with('@'),
            _ => true,
        };
        if is_one {
            let id = refs::find_milestone(context, moment, first, "task list")?;
            return Ok((found(id), &words[1..]));
        }
    }
    let on = match context.global.on.clone() {
        Some(on) => found(refs::find_milestone(context, moment, &on, "task list")?),
        None => None,
    };
    Ok((on, words))
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
