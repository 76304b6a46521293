//! What follows a command that wrote: the day's maintenance, a level that was reached, a hint.
//!
//! Start at [`follow`].
//!
//! - **Invariant.** Nothing here fails a command or holds it up for longer than a moment.
//! - **Invariant.** At most one line of talk about levels and hints, on a terminal, for people.

use milestone_project::Keeper;

use super::context::{Context, Output};
use super::writes::maintained;
use super::{alerts, hint, level};
use crate::args::habits::HabitCommand;
use crate::args::tree::Command;

/// How long the first command of a day keeps house, in milliseconds.
const DAILY_BUDGET_MS: i64 = 50;

/// Does what follows a command, and adds what is said of it.
pub(super) fn follow(context: &mut Context, command: Option<&Command>, output: &mut Output) {
    let Some(command) = command.filter(|command| !command.is_read()) else { return };
    if context.global.dry_run || !context.is_open() {
        return;
    }
    daily(context, command, output);
    let around = &context.around;
    if !(around.stdout.tty && around.stderr.tty) || context.global.quiet || context.json() {
        return;
    }
    let agent = context.env("MILESTONE_AGENT").is_some()
        || milestone_core::domain::is_agent(&context.actor());
    if agent {
        return;
    }
    let completed = !matches!(command, Command::Note(_) | Command::Progress(_) | Command::Start(_));
    let wrote = std::mem::take(&mut context.wrote);
    let line = level::offer(context, completed)
        .or_else(|| context.hints().then(|| hint::after(context, &wrote)).flatten());
    output.stderr.extend(line);
}

/// Keeps house, if nobody did today.
fn daily(context: &mut Context, command: &Command, output: &mut Output) {
    if matches!(command, Command::Habit(HabitCommand::Maintain(_))) {
        return;
    }
    let (now, clock) = (context.around.now, context.around.clock);
    let talks = !context.global.quiet && !context.json();
    let Ok(project) = context.project() else { return };
    if !project.is_maintenance_due(now) {
        return;
    }
    let end = clock().0.saturating_add(DAILY_BUDGET_MS * 1_000);
    let budget_ms = DAILY_BUDGET_MS.unsigned_abs();
    let keeper = Keeper { budget_ms, ..Keeper::now(now) };
    let done = project.maintain(&keeper, &mut || clock().0 > end);
    let failed = done.failed.first().map(|why| format!("warning: {why} (milestone maintain)"));
    if talks {
        output.stderr.extend(done.removed_something().then(|| maintained(&done, false)));
        output.stderr.extend(failed);
        output.stderr.extend(alerts::line(context));
    }
}
