//! What people call things: `api`, `api/endpoints`, `api/3`, a prefix, an id of another tool.
//!
//! Start at [`resolve`].
//!
//! - **Invariant.** A whole name always wins over a prefix; a prefix must fit one thing only. Of
//!   two tasks with one name, which a merge may leave in a milestone, the one that was born there
//!   wins.
//! - **Absent on purpose.** `@`, the thing one is on: that depends on surroundings, which the edge
//!   knows.

use std::sync::Arc;

use super::item::Stage;
use super::plan::{Plan, TaskRow};
use super::refusal::Refusal;
use super::task::Task;
use crate::words::{StreamId, StreamName};

/// Finds the stream that `asked` means. Inside a milestone (`within`), the names and numbers of its
/// own tasks go first.
///
/// # Errors
///
/// [`Refusal::UnknownRef`], [`Refusal::AmbiguousRef`] with the candidates, or
/// [`Refusal::PrefixRef`] where whole names are wanted.
pub fn resolve(
    plan: &dyn Plan,
    asked: &str,
    within: Option<&str>,
    exact: bool,
) -> Result<StreamId, Refusal> {
    if let Some((milestone, task)) = asked.split_once('/') {
        let milestone = resolve_milestone(plan, milestone, exact)
            .map_err(|refusal| if is_unknown(&refusal) { unknown(asked) } else { refusal })?;
        return match find_task(plan, milestone.as_str(), task, exact, asked)? {
            Some(stream) => Ok(stream),
            // The name it was born with stays an alias wherever it went.
            None => by_origin(plan, &format!("{milestone}/{task}")).ok_or_else(|| unknown(asked)),
        };
    }
    if let Some(milestone) = within
        && let Some(stream) = find_task(plan, milestone, asked, exact, asked)?
    {
        return Ok(stream);
    }
    resolve_milestone(plan, asked, exact)
}

fn is_unknown(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::UnknownRef { .. })
}

fn unknown(asked: &str) -> Refusal {
    Refusal::UnknownRef { asked: asked.to_owned() }
}

fn by_origin(plan: &dyn Plan, stream: &str) -> Option<StreamId> {
    plan.task(stream)
        .filter(|task| task.item.stage != Stage::Removed)
        .map(|task| task.stream.clone())
}

/// A milestone, or whatever has this id in another tool.
fn resolve_milestone(plan: &dyn Plan, asked: &str, exact: bool) -> Result<StreamId, Refusal> {
    if let Some(milestone) = plan.milestone(asked) {
        return Ok(milestone.stream());
    }
    let external = plan.external(asked);
    match external.as_slice() {
        [one] => return Ok(one.clone()),
        [] => {}
        many => return Err(ambiguous(plan, asked, many)),
    }
    let fits: Vec<_> = plan
        .milestone_ids()
        .into_iter()
        .filter(|id| !asked.is_empty() && id.as_str().starts_with(asked))
        .map(|id| StreamId::milestone(&id))
        .collect();
    match fits.as_slice() {
        [one] if exact => Err(prefix(asked, one.as_str())),
        [one] => Ok(one.clone()),
        [] => Err(unknown(asked)),
        many => Err(ambiguous(plan, asked, many)),
    }
}

fn prefix(asked: &str, found: &str) -> Refusal {
    Refusal::PrefixRef { asked: asked.to_owned(), found: found.to_owned() }
}

fn ambiguous(plan: &dyn Plan, asked: &str, many: &[StreamId]) -> Refusal {
    let candidates = many.iter().map(|stream| reference_of(plan, stream)).collect();
    Refusal::AmbiguousRef { asked: asked.to_owned(), candidates }
}

/// A task among those of a milestone, by number, slug or prefix.
fn find_task(
    plan: &dyn Plan,
    milestone: &str,
    asked: &str,
    exact: bool,
    whole: &str,
) -> Result<Option<StreamId>, Refusal> {
    if asked.bytes().all(|byte| byte.is_ascii_digit()) && !asked.is_empty() {
        let number: usize = asked.parse().unwrap_or(0);
        let rows = numbered(plan, milestone);
        let row = number.checked_sub(1).and_then(|at| rows.get(at));
        return Ok(row.map(|row| row.stream.clone()));
    }
    // Nearly always a task is where it was born, and is called so: then no other is looked at.
    let born = plan.task(&format!("{milestone}/{asked}"));
    let is_there = |task: &&Arc<Task>| {
        let is_here = task.home.as_str() == milestone && task.slug.as_str() == asked;
        is_here && task.item.stage != Stage::Removed
    };
    if let Some(task) = born.as_ref().filter(is_there) {
        return Ok(Some(task.stream.clone()));
    }
    let rows = numbered(plan, milestone);
    if let Some(row) = rows.iter().find(|row| row.slug.as_str() == asked) {
        return Ok(Some(row.stream.clone()));
    }
    if asked.is_empty() || born.is_some() {
        return Ok(None);
    }
    let fits: Vec<_> = rows.iter().filter(|row| row.slug.as_str().starts_with(asked)).collect();
    match fits.as_slice() {
        [] => Ok(None),
        [one] if exact => Err(prefix(whole, &format!("{milestone}/{}", one.slug))),
        [one] => Ok(Some(one.stream.clone())),
        many => {
            let candidates = many.iter().map(|row| format!("{milestone}/{}", row.slug)).collect();
            Err(Refusal::AmbiguousRef { asked: whole.to_owned(), candidates })
        }
    }
}

/// The tasks of a milestone that have numbers: all but removed ones, in their order. The first has
/// the number 1.
pub fn numbered(plan: &dyn Plan, milestone: &str) -> Vec<TaskRow> {
    let kept = |row: &&TaskRow| row.stage != Stage::Removed;
    plan.rows(milestone).iter().filter(kept).cloned().collect()
}

/// What people call a stream now: a task by the milestone it is in.
pub fn reference_of(plan: &dyn Plan, stream: &StreamId) -> String {
    match stream.name() {
        StreamName::Task(..) => {
            plan.task(stream.as_str()).map_or_else(|| stream.to_string(), |task| task.reference())
        }
        _ => stream.to_string(),
    }
}
