//! `pause` and `resume`: milestones that are put down for a while and taken up again.
//!
//! Start at [`resume`]: the one word goes on with milestones and with sessions.
//!
//! - **Invariant.** What `resume` may mean both ways it does not choose: it says how to say which.

use milestone_core::domain::{Command, Stage, resolve};
use milestone_core::words::StreamName;
use milestone_project::{Project, SessionFound};

use super::super::context::{Context, Ran};
use super::act::act;
use super::flow::targets;
use super::seen::Thing;
use super::session;
use super::told::{Labelled, Said, Told, labelled};
use crate::args::flow::{PauseArgs, ResumeArgs};
use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};
use crate::ui::glyph::Status;
use crate::ui::text::sanitize;

/// `milestone pause`.
pub(in crate::run) fn pause(context: &mut Context, args: &PauseArgs) -> Ran {
    let targets = targets(context, &args.references)?;
    let command = Command::Pause { targets, reason: args.reason.clone() };
    act(context, &command, None, |told| {
        let first = told.things().first().map(|thing| format!("resume {}", told.short(thing)));
        marked(told, "Paused", Status::Paused).next(first)
    })
}

/// `milestone resume`, of milestones or of a session.
pub(in crate::run) fn resume(context: &mut Context, args: &ResumeArgs) -> Ran {
    let one = match args.words.as_slice() {
        [] => return session::resume(context, None).map_err(|problem| or_paused(context, problem)),
        [one] if args.reason.is_none() && is_session(context, one)? => Some(one),
        _ => None,
    };
    if let Some(one) = one {
        return session::resume(context, Some(one));
    }
    let targets = targets(context, &args.words)?;
    let command = Command::Resume { targets, reason: args.reason.clone() };
    act(context, &command, None, |told| {
        marked(told, "Resumed", Status::InProgress).next(Some("ready".to_owned()))
    })
}

/// Where there is no session to go on with, what is paused may have been meant.
fn or_paused(context: &mut Context, problem: Box<Problem>) -> Box<Problem> {
    let Ok(project) = context.project() else { return problem };
    let state = project.state();
    let held = state.milestones().into_iter().filter(|held| held.item.stage == Stage::Paused);
    let paused: Vec<String> = held.map(|held| held.id.to_string()).collect();
    let [first, others @ ..] = paused.as_slice() else { return problem };
    if problem.code != "session.none" {
        return problem;
    }
    let hint = match others {
        [] => format!("milestone resume {}", quoted(first)),
        _ => "milestone list status:paused".to_owned(),
    };
    let problem = paused.iter().fold(*problem, |problem, id| {
        let command = format!("milestone resume {}", quoted(id));
        problem.fact(format!("{id} is paused: {command}")).alternative(command)
    });
    Box::new(problem.hint(hint))
}

/// True if a word means a session, false if it is for milestones.
fn is_session(context: &mut Context, asked: &str) -> Result<bool, Box<Problem>> {
    let exact = context.env("MILESTONE_EXACT").is_some();
    let project = context.project()?;
    let (is_whole, name) = match Project::find_session(project.state(), asked, exact) {
        SessionFound::None => return Ok(false),
        SessionFound::One(id, _) => (id == asked, id),
        SessionFound::Many(ids) => (false, ids.join(", ")),
    };
    let milestone = resolve(project.state(), asked, None, exact).ok();
    let milestone = milestone.as_ref().map(|stream| stream.name());
    let Some(StreamName::Milestone(id)) = milestone else { return Ok(true) };
    if is_whole != (id == asked) {
        return Ok(is_whole);
    }
    let message = format!("\"{}\" fits a milestone and a session", sanitize(asked));
    Err(Box::new(
        Problem::new("ref.ambiguous", Exit::Ambiguous, message)
            .fact(format!("the milestone {id}: milestone resume {} --reason TEXT", quoted(id)))
            .fact(format!("the session {}", sanitize(&name)))
            .unchanged()
            .hint(format!("milestone session resume {}", quoted(asked))),
    ))
}

fn marked(told: &Told<'_>, label: &'static str, status: Status) -> Said {
    let things = told.things();
    let mark = told.mark(status, true);
    let line = |thing: &Thing| (label, format!("{} {mark}", told.named(thing)));
    Said::of(labelled(&things.iter().map(line).collect::<Vec<Labelled>>()))
}
