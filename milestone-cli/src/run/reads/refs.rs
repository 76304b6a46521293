//! From what people type to a stream of the moment they look at, and what is said if that fails.
//!
//! Start at [`find`].
//!
//! - **Invariant.** A suggestion is a command that can be run; it is never run.
//! - **Invariant.** What exists now and did not at the moment asked for is said to be that.

use milestone_core::domain::{Plan, Refusal, numbered, reference_of, resolve};
use milestone_core::projection::State;
use milestone_core::words::{StreamId, StreamName};
use milestone_project::HistoryFilter;

use crate::args::usage::quoted;
use crate::run::context::{Context, Moment};
use crate::run::{problem, views};
use crate::ui::error::{Exit, Problem};
use milestone_core::words::distance;

/// The stream that `asked` means. `verb` is what a hint begins with, such as `show`.
pub(super) fn find(
    context: &mut Context,
    moment: &Moment,
    asked: &str,
    verb: &str,
) -> Result<StreamId, Box<Problem>> {
    let words = context.reference(asked, &moment.state)?;
    let exact = context.env("MILESTONE_EXACT").is_some();
    let within = within(context, &moment.state, asked);
    match resolve(&moment.state, &words, within.as_deref(), exact) {
        Ok(stream) => Ok(stream),
        Err(Refusal::UnknownRef { .. }) => {
            if moment.as_of.is_some() {
                let present = context.project()?.state().clone();
                if let Ok(stream) = resolve(&present, &words, within.as_deref(), exact) {
                    return since_then(context, moment, &present, stream, &words);
                }
            }
            Err(Box::new(unknown(&moment.state, &words, verb)))
        }
        Err(Refusal::AmbiguousRef { candidates, .. }) => {
            Err(Box::new(ambiguous(context, &moment.state, &words, &candidates, verb)))
        }
        Err(Refusal::PrefixRef { asked, found }) => {
            let refusal = Refusal::PrefixRef { asked, found: found.clone() };
            let hint = format!("milestone {verb} {}", quoted(&found));
            Err(Box::new(problem::refused(&refusal).hint(hint)))
        }
        Err(refusal) => Err(Box::new(problem::refused(&refusal))),
    }
}

/// The milestone that `asked` means.
pub(super) fn find_milestone(
    context: &mut Context,
    moment: &Moment,
    asked: &str,
    verb: &str,
) -> Result<String, Box<Problem>> {
    let stream = find(context, moment, asked, verb)?;
    match stream.name() {
        StreamName::Milestone(id) => Ok(id.to_owned()),
        _ => {
            let reference = reference_of(&moment.state, &stream);
            Err(Box::new(problem::refused(&Refusal::NotAMilestone { reference })))
        }
    }
}

/// The milestone whose tasks may be named by number and slug alone: the one of `--on`.
fn within(context: &Context, state: &State, asked: &str) -> Option<String> {
    if asked.contains('/') || asked.starts_with('@') {
        return None;
    }
    let on = context.global.on.as_deref().or_else(|| context.env("MILESTONE_ON"))?;
    let stream = resolve(state, on, None, false).ok()?;
    (!stream.is_task()).then(|| stream.to_string())
}

/// What is there now, at a moment when it had another name or was not there.
fn since_then(
    context: &mut Context,
    moment: &Moment,
    present: &State,
    stream: StreamId,
    words: &str,
) -> Result<StreamId, Box<Problem>> {
    let there = match stream.name() {
        StreamName::Task(..) => moment.state.task(stream.as_str()).is_some(),
        _ => moment.state.milestone(stream.as_str()).is_some(),
    };
    if there {
        return Ok(stream);
    }
    let name = reference_of(present, &stream);
    let clock = context.clock;
    let only = HistoryFilter { streams: Some([stream].into()), ..HistoryFilter::default() };
    let history = context.project()?.history(&only).map_err(|error| problem::history(&error))?;
    let message = format!("{name} did not exist yet");
    let mut problem =
        Problem::new("ref.not_yet", Exit::NotFound, message).datum("typed", words.to_owned());
    if let Some(first) = history.first() {
        let day = first.timestamp.date(clock.offset_minutes);
        problem = problem
            .fact(format!("it was created {day} (#{})", first.number))
            .datum("record", first.record.to_string())
            .hint(format!("milestone show {} --as-of {day}", quoted(&name)));
    }
    Err(Box::new(problem))
}

fn unknown(state: &State, words: &str, verb: &str) -> Problem {
    let refusal = Refusal::UnknownRef { asked: words.to_owned() };
    let problem = problem::refused(&refusal).datum("typed", words.to_owned());
    match nearest(state, words) {
        Some(near) => {
            let hint = format!("milestone {verb} {}", quoted(&near));
            problem.hint(hint).alternative(near)
        }
        None => match words.split_once('/').map(|(home, _)| resolve(state, home, None, false)) {
            Some(Ok(home)) => problem.hint(format!("milestone task list {home}")),
            _ => problem,
        },
    }
}

/// The reference nearest to a mistyped one: among milestones and tasks, a task also by its slug.
fn nearest(state: &State, words: &str) -> Option<String> {
    let allowed = milestone_core::words::DISTANCE_MAX.min(words.chars().count().saturating_sub(1));
    let (mut best, mut found) = (allowed + 1, None);
    let mut consider = |typed: &str, name: &str, reference: &dyn Fn() -> String| {
        if typed.len().abs_diff(name.len()) < best + typed.len() {
            let far = distance(typed, name);
            if far < best {
                best = far;
                found = Some(reference());
            }
        }
    };
    let (home, slug) = match words.split_once('/') {
        Some((home, slug)) => (Some(home), slug),
        None => (None, words),
    };
    for id in state.milestone_ids() {
        let prefixed = home.is_some_and(|home| id.as_str().starts_with(home));
        if home.is_none() {
            consider(words, id.as_str(), &|| id.to_string());
        }
        for row in numbered(state, id.as_str()) {
            let whole = || format!("{id}/{}", row.slug);
            if prefixed || home.is_none() {
                consider(slug, row.slug.as_str(), &whole);
            } else {
                consider(words, &whole(), &whole);
            }
        }
    }
    found
}

fn ambiguous(
    context: &Context,
    state: &State,
    words: &str,
    candidates: &[String],
    verb: &str,
) -> Problem {
    let tasks = candidates.iter().filter(|candidate| candidate.contains('/')).count();
    let what = match tasks {
        0 => "milestones",
        all if all == candidates.len() => "tasks",
        _ => "things",
    };
    let message = format!("\"{words}\" fits {} {what}", candidates.len());
    let problem = Problem::new("ref.ambiguous", Exit::Ambiguous, message);
    let wide = candidates.iter().map(String::len).max().unwrap_or(0);
    let problem = candidates.iter().fold(problem, |problem, candidate| {
        let fact = format!("{candidate:<wide$}  {}", standing(context, state, candidate));
        problem.fact(fact.trim_end()).alternative(candidate.clone())
    });
    match candidates.first() {
        Some(first) => problem.hint(format!("milestone {verb} {}", quoted(first))),
        None => problem,
    }
}

/// `42%  due 2026-04-10`, `done 2026-02-20`.
fn standing(context: &Context, state: &State, candidate: &str) -> String {
    let eye = views::Eye::of(context);
    let Ok(stream) = resolve(state, candidate, None, false) else { return String::new() };
    let (progress, due, done) = match stream.name() {
        StreamName::Task(..) => match eye.task_at(state, &stream) {
            Some(task) => {
                let done = state.task(stream.as_str()).and_then(|task| task.item.completed_at);
                (task.progress, task.due, done.map(|done| eye.day(done)))
            }
            None => return String::new(),
        },
        _ => match state.milestone(stream.as_str()) {
            Some(milestone) => {
                let view = eye.milestone_row(state, &milestone);
                (view.progress, view.due, view.completed)
            }
            None => return String::new(),
        },
    };
    match (done, due) {
        (Some(done), _) => format!("done {done}"),
        (None, Some(due)) => format!("{progress:>3}%  due {due}"),
        (None, None) => format!("{progress:>3}%  no due date"),
    }
}
