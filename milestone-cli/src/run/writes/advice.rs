//! Hints that hold: what a refusal proposes is tried on paper before it is said.
//!
//! Start at [`tried`].
//!
//! - **Invariant.** Nothing is recorded; a hint that would be refused is exchanged for one that
//!   says why.

use milestone_core::domain::{Asker, Command, Plan as _, Refusal, decide, resolve};
use milestone_core::words::Ids;
use milestone_project::Project;

use super::super::context::Context;
use crate::args::usage::quoted;
use crate::ui::error::Problem;

/// A problem whose hint was tried.
pub(super) fn tried(context: &mut Context, problem: Problem, refusal: &Refusal) -> Problem {
    let (actor, now) = (context.actor(), context.around.now);
    let Ok(project) = context.project() else { return problem };
    if let Some(again) = handed_over_again(project, refusal) {
        return problem.hint(again);
    }
    let Some((command, about)) = proposed(refusal) else { return problem };
    let asker = Asker { actor: &actor, now, at: None, exact: false };
    match decide(project.state(), &asker, &mut Ids::new([0; 32]), &command) {
        Ok(_) => problem,
        Err(why) => {
            let about = match &why {
                Refusal::Waiting { reference, .. }
                | Refusal::WaitingToFinish { reference, .. }
                | Refusal::Blocked { reference, .. }
                | Refusal::OpenPhases { reference, .. } => reference.clone(),
                _ => about,
            };
            problem.fact(why.to_string()).hint(format!("milestone why {}", quoted(&about)))
        }
    }
}

/// What the hint of a refusal proposes, and what it is about.
fn proposed(refusal: &Refusal) -> Option<(Command, String)> {
    let done = |targets| Command::Complete {
        targets,
        force: None,
        note: None,
        time_spent: 0,
        contents: Vec::new(),
    };
    match refusal {
        Refusal::OpenTasks { milestone, tasks } => {
            let all = tasks.iter().chain([milestone]).cloned().collect();
            Some((done(all), milestone.clone()))
        }
        Refusal::Waiting { reference, on } => {
            let first = on.first().filter(|first| !first.contains('#'))?;
            let command = match first.split_once([' ', ',']) {
                None => done(vec![first.clone()]),
                Some((name, "to start")) => {
                    Command::Start { targets: vec![name.to_owned()], force: None }
                }
                Some(_) => return None,
            };
            Some((command, reference.clone()))
        }
        _ => None,
    }
}

/// What was submitted and is another since cannot be approved as it is.
fn handed_over_again(project: &Project, refusal: &Refusal) -> Option<String> {
    let Refusal::PhaseOutOfOrder { reference, before, status: "submitted", .. } = refusal else {
        return None;
    };
    let stream = resolve(project.state(), reference, None, true).ok()?;
    let task = project.state().task(stream.as_str())?;
    let phase = task.workflow.as_ref()?.phase(before)?;
    let changed = !project.changed_since(phase).is_empty();
    changed.then(|| format!("milestone phase submit {}", quoted(&format!("{reference}:{before}"))))
}
