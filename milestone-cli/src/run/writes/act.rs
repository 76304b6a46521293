//! Carrying one command out, from the flags to what is printed.
//!
//! Start at [`act`]. What each family of commands says of its result is a function that is passed
//! in; everything that all of them have in common is here: `--json`, `-q`, `-n`, repeated keys,
//! warnings, Ctrl-C.
//!
//! - **Invariant.** Progress before is that of the state the command line was read on; progress
//!   after is that of the state the record was appended to.

use milestone_core::domain::Command;
use milestone_core::words::Timestamp;
use milestone_project::{Caller, ExecuteError, Outcome, Warning};
use serde::Serialize;

use super::super::backend::counted;
use super::super::context::{Context, Output, Ran};
use super::super::problem;
use super::advice::tried;
use super::result;
use super::seen::Seen;
use super::told::{Said, Told};
use super::unknown;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// Carries a command out and prints what came of it.
pub(super) fn act(
    context: &mut Context,
    command: &Command,
    at: Option<Timestamp>,
    tell: impl FnOnce(&Told<'_>) -> Said,
) -> Ran {
    context.project()?;
    let mut caller = context.caller()?;
    caller.at = at;
    let seen = Seen::of(context.project()?.state(), command, caller.exact);
    let outcome = execute(context, command, &caller)?;
    finish(context, &seen, outcome, tell)
}

/// The same for what was read from a file: what was not understood of it is told as well.
pub(super) fn act_noting(
    context: &mut Context,
    command: &Command,
    notes: &[String],
    tell: impl FnOnce(&Told<'_>) -> Said,
) -> Ran {
    context.project()?;
    let caller = context.caller()?;
    let seen = Seen::of(context.project()?.state(), command, caller.exact);
    let outcome = execute(context, command, &caller)?;
    #[derive(Serialize)]
    struct Noted<'n> {
        not_understood: &'n [String],
    }
    let own = Noted { not_understood: notes };
    let ran = finish_as(context, &seen, outcome, Some(("write", &own)), tell)?;
    if notes.is_empty() || context.global.quiet || context.json() {
        return Ok(ran);
    }
    let mut output = ran;
    let lines = notes.iter().map(|note| format!("  {}", sanitize(note)));
    let lines = std::iter::once("Not understood:".to_owned()).chain(lines);
    output.stderr.splice(..0, lines);
    Ok(output)
}

/// Executes a command, unless Ctrl-C came first.
pub(super) fn execute(
    context: &mut Context,
    command: &Command,
    caller: &Caller,
) -> Result<Outcome, Box<Problem>> {
    not_interrupted(context)?;
    let project = context.project()?;
    let result = project.execute(command, caller);
    project.look_around(caller.now);
    result.map_err(|error| explained(context, &error))
}

/// A failure in words, with what might have been meant.
pub(super) fn explained(context: &mut Context, error: &ExecuteError) -> Box<Problem> {
    let problem = problem::execute(error);
    let ExecuteError::Refused(refusal) = error else { return problem };
    let words = context.around.words.clone();
    let today = context.today();
    let problem = match context.project() {
        Ok(project) => unknown::suggested(*problem, refusal, project.state(), &words, today),
        Err(_) => *problem,
    };
    Box::new(tried(context, problem, refusal))
}

/// Stops a command that was interrupted before it wrote anything.
pub(super) fn not_interrupted(context: &Context) -> Result<(), Box<Problem>> {
    match context.interrupted() {
        false => Ok(()),
        true => Err(Box::new(Problem::new(
            "interrupted",
            Exit::Interrupted,
            "interrupted; nothing was appended",
        ))),
    }
}

/// Prints what came of a command.
pub(super) fn finish(
    context: &mut Context,
    seen: &Seen,
    outcome: Outcome,
    tell: impl FnOnce(&Told<'_>) -> Said,
) -> Ran {
    finish_as::<()>(context, seen, outcome, None, tell)
}

/// Prints what came of a command whose document is of a kind of its own, with members of its own.
pub(super) fn finish_as<M: Serialize>(
    context: &mut Context,
    seen: &Seen,
    outcome: Outcome,
    own: Option<(&'static str, &M)>,
    tell: impl FnOnce(&Told<'_>) -> Said,
) -> Ran {
    let written = result::Written::of(context, seen, &outcome)?;
    context.wrote.clone_from(&written.refs);
    if context.json() {
        let text = match own {
            Some((kind, members)) => result::document(context, kind, written.with(members)),
            None => written.json(context),
        };
        return text.map(Output::of);
    }
    if context.global.quiet {
        if let Some(id) = written.made() {
            return Ok(Output::of(format!("{id}\n")));
        }
        let lines = written.refs.iter().map(|reference| format!("{reference}\n"));
        return Ok(Output::of(lines.collect::<String>()));
    }
    let output = if context.global.dry_run && !outcome.duplicate {
        Output::of(written.planned()).say("Nothing was appended (--dry-run).")
    } else if let (true, Some(record)) = (outcome.duplicate, outcome.record) {
        let lines = written.refs.iter().map(|reference| format!("{reference}\n"));
        Output::of(lines.collect::<String>())
            .say(format!("Recorded already as {record:.16}; nothing was appended."))
    } else if outcome.record.is_none() {
        Output::of("Nothing to change: it is so already.\n")
    } else {
        let hints = context.hints();
        let (style, clock, exact) =
            (context.style, context.clock, context.env("MILESTONE_EXACT").is_some());
        let (project, outcome, refs) = (&*context.project()?, &outcome, &written.refs);
        let state = project.state();
        let told = Told { project, state, seen, outcome, refs, style, clock, exact };
        let said = tell(&told);
        let mut output = Output::of(said.stdout);
        (output.ahead, output.stderr) = (said.ahead, said.stderr);
        output.stderr.extend(said.next.filter(|_| hints));
        output
    };
    Ok(warned(output, &outcome.warnings))
}

/// Adds what a command warns of, a line each.
pub(in crate::run) fn warned(mut output: Output, warnings: &[Warning]) -> Output {
    output.stderr.extend(warnings.iter().map(warning));
    output
}

/// A warning in one line.
pub(in crate::run) fn warning(warning: &Warning) -> String {
    match warning {
        Warning::ClockAhead { hours, record } => format!(
            "warning: record {record:.16} is {hours} h ahead of this clock; check the time here \
             and there"
        ),
        Warning::ViewBehind { why } => {
            format!("warning: the YAML files could not be brought up to date: {why}")
        }
        Warning::Unadopted { files } => format!(
            "warning: edited by hand and left as it is: {} (milestone adopt)",
            files.join(", ")
        ),
        Warning::Shrunk { files, missing } => format!(
            "warning: {missing} records are gone from {} (milestone log recover)",
            files.join(", ")
        ),
        Warning::Moved { to, pinned: true, .. } => {
            format!("Moved to the {to} backend, as storage.backend asks")
        }
        Warning::Moved { to, milestones, people, .. } => {
            let mut scale = counted(*milestones, "milestone", "milestones");
            if *people > 1 {
                scale.push_str(&format!(", {people} people"));
            }
            format!("Moved to the {to} backend: {scale}. Back: milestone migrate rollback")
        }
        Warning::NotBackedUp { why } => {
            format!("warning: recorded, and not backed up: {why} (milestone backup schedule)")
        }
        Warning::NotMoved { to, why } => format!(
            "warning: could not move to the {to} backend: {why} (milestone migrate run, or \
             milestone scale)"
        ),
        _ => "warning: something else is odd (milestone doctor)".to_owned(),
    }
}
