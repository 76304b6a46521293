//! What might have been meant by a reference that leads nowhere, or to several things.
//!
//! Start at [`suggested`].
//!
//! - **Invariant.** Suggest, never run: the hint is the command line as it was typed, with the one
//!   word exchanged.

use milestone_core::domain::{Plan, Refusal, milestone_progress, numbered, resolve};
use milestone_core::projection::State;
use milestone_core::words::{Date, StreamName};

use crate::args::usage::quoted;
use crate::ui::dates;
use crate::ui::error::Problem;
use milestone_core::words::nearest;

/// Adds to a problem what might have been meant.
pub(in crate::run) fn suggested(
    problem: Problem,
    refusal: &Refusal,
    state: &State,
    words: &[String],
    today: Date,
) -> Problem {
    match refusal {
        Refusal::UnknownRef { asked } => match near(state, asked).filter(|found| found != asked) {
            Some(found) => {
                let hint = corrected(words, asked, &found);
                problem.alternative(found).hint(hint)
            }
            None => problem,
        },
        Refusal::PrefixRef { asked, found } => problem.hint(corrected(words, asked, found)),
        Refusal::AmbiguousRef { asked, candidates } => {
            let mut problem = problem;
            problem.facts = described(state, candidates, today);
            match candidates.first() {
                Some(first) => problem.hint(corrected(words, asked, first)),
                None => problem,
            }
        }
        _ => problem,
    }
}

/// The nearest milestone or task to what was typed.
fn near(state: &State, asked: &str) -> Option<String> {
    let ids: Vec<String> = state.milestone_ids().iter().map(ToString::to_string).collect();
    let slugs = |id: &str| -> Vec<String> {
        numbered(state, id).into_iter().map(|row| row.slug.to_string()).collect()
    };
    if let Some((milestone, task)) = asked.split_once('/') {
        let id = match resolve(state, milestone, None, false) {
            Ok(stream) if matches!(stream.name(), StreamName::Milestone(_)) => stream.to_string(),
            _ => nearest(milestone, ids.iter().map(String::as_str))?.to_owned(),
        };
        let slugs = slugs(&id);
        let exact = slugs.iter().find(|slug| *slug == task).map(String::as_str);
        let task = exact.or_else(|| nearest(task, slugs.iter().map(String::as_str)))?;
        return Some(format!("{id}/{task}"));
    }
    if let Some(id) = nearest(asked, ids.iter().map(String::as_str)) {
        return Some(id.to_owned());
    }
    ids.iter().find_map(|id| {
        let slugs = slugs(id);
        let slug = nearest(asked, slugs.iter().map(String::as_str))?;
        Some(format!("{id}/{slug}"))
    })
}

/// The command line with `asked` exchanged for `found`.
fn corrected(words: &[String], asked: &str, found: &str) -> String {
    let task = asked.split_once('/').map(|(_, task)| format!("@/{task}"));
    let exchanged = |word: &String| {
        if word == asked || task.as_ref() == Some(word) {
            return Some(found.to_owned());
        }
        // The milestone of a task was meant.
        let rest = word.strip_prefix(asked)?.strip_prefix('/')?;
        Some(format!("{found}/{rest}"))
    };
    if !words.iter().any(|word| exchanged(word).is_some()) {
        return format!("milestone show {}", quoted(found));
    }
    let word = |word: &String| quoted(&exchanged(word).unwrap_or_else(|| word.clone()));
    let rest: Vec<String> = words.iter().map(word).collect();
    format!("milestone {}", rest.join(" "))
}

/// Candidates with what tells them apart.
fn described(state: &State, candidates: &[String], today: Date) -> Vec<String> {
    let widest = candidates.iter().map(String::len).max().unwrap_or(0);
    let line = |candidate: &String| {
        let Some(milestone) = state.milestone(candidate) else { return candidate.clone() };
        let progress = milestone_progress(&milestone, &state.rows(candidate));
        let due = match (milestone.item.completed_at, milestone.item.due) {
            (Some(done), _) => format!("done {}", done.date(0)),
            (None, Some(due)) => format!("due {due}, {}", dates::left(due.0, today.0)),
            (None, None) => "no due date".to_owned(),
        };
        format!("{candidate:<widest$}  {:>3}%  {due}", progress.percent)
    };
    candidates.iter().map(line).collect()
}
