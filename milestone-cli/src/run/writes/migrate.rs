//! `migrate run`, `rollback` and `prune`.
//!
//! Start at [`migrate`].
//!
//! - **Invariant.** Nothing moves before somebody has said yes, on a terminal or with `--yes`.
//! - **Invariant.** The log is not changed by any of them.

use milestone_core::words::Timestamp;
use milestone_project::{Backend, Choice, MigrateError, Migrated, Mover};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::super::backend::{counted, seconds};
use super::super::context::{Context, Output, Ran};
use super::super::problem;
use super::act::not_interrupted;
use super::progress::Progress;
use super::result::document;
use crate::args::migrate::BackendArg;
use crate::run::schema::BackendText;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

#[derive(Serialize, JsonSchema)]
pub(super) struct MigratedDoc {
    changed: bool,
    dry_run: bool,
    #[schemars(with = "BackendText")]
    from: Backend,
    #[schemars(with = "BackendText")]
    to: Backend,
    from_generation: u32,
    to_generation: u32,
    records: u64,
    caught_up: u64,
    duration_ms: u64,
}

/// `milestone migrate run`.
pub(in crate::run) fn migrate(context: &mut Context, to: Option<BackendArg>) -> Ran {
    let now = context.around.now;
    let project = context.project()?;
    let to = project.migration_plan(to.map(Backend::from), now).to;
    let from = project.backend();
    refuse_pinned(context, to)?;
    if to == from {
        return there_already(context, to);
    }
    let name = name(context)?;
    let question = format!("Move {name}from the {from} to the {to} backend now?");
    let hint = format!("milestone migrate run --to {to} --yes");
    if !confirmed(context, &question, hint)? {
        return Ok(Output::of("Nothing was changed\n"));
    }
    not_interrupted(context)?;
    let mut progress = Progress::begin(context);
    let by = context.actor();
    let begun = began(context);
    let mover = Mover { by: &by, now, automatic: false };
    let result = context.project()?.migrate(to, &mover, &mut |step| progress.tell(step));
    progress.end();
    let migrated = match result {
        Err(MigrateError::AlreadyThere { backend }) => return there_already(context, backend),
        result => result.map_err(|error| problem::migrate(&error))?,
    };
    let took_ms = elapsed_ms(context, begun);
    let said = format!("{}, {}", records(migrated.moved.records), seconds(took_ms));
    let back = "Back: milestone migrate rollback  (kept until milestone migrate prune)";
    told(context, "migrate.run", &migrated, took_ms, &format!("Migrated {name}"), &said, back)
}

/// `milestone migrate rollback`.
pub(in crate::run) fn rollback(context: &mut Context) -> Ran {
    let project = context.project()?;
    let from = project.backend();
    let before = project.before().ok_or(MigrateError::NothingBefore);
    let (to, _) = before.map_err(|error| problem::migrate(&error))?;
    refuse_pinned(context, to)?;
    if context.global.dry_run {
        let text = format!("Would go back from {from} to {to}\n");
        let data = json!({"changed": false, "dry_run": true, "from": from, "to": to});
        return rehearsed(context, "migrate.rollback", &data, text);
    }
    let name = name(context)?;
    let question = format!("Take {name}back to the {to} backend? What was recorded since is kept.");
    if !confirmed(context, &question, "milestone migrate rollback --yes".to_owned())? {
        return Ok(Output::of("Nothing was changed\n"));
    }
    not_interrupted(context)?;
    let (by, now) = (context.actor(), context.around.now);
    let begun = began(context);
    let mover = Mover { by: &by, now, automatic: false };
    let result = context.project()?.rollback(&mover);
    let migrated = result.map_err(|error| problem::migrate(&error))?;
    let took_ms = elapsed_ms(context, begun);
    let said = format!("{} caught up, none lost", records(migrated.caught_up));
    let back = "Forth again: milestone migrate rollback";
    told(
        context,
        "migrate.rollback",
        &migrated,
        took_ms,
        &format!("Rolled back {name}"),
        &said,
        back,
    )
}

/// `milestone migrate prune`.
pub(in crate::run) fn prune(context: &mut Context) -> Ran {
    let Some((before, _)) = context.project()?.before() else {
        let data = json!({"dry_run": context.global.dry_run, "generations": []});
        return rehearsed(context, "migrate.prune", &data, "Nothing to remove\n".to_owned());
    };
    if context.global.dry_run {
        let data = json!({"dry_run": true, "generations": []});
        let text = format!("Would remove the {before} generation that can be gone back to\n");
        return rehearsed(context, "migrate.prune", &data, text);
    }
    let question = format!("Remove the {before} generation? Nobody can go back to it then.");
    if !confirmed(context, &question, "milestone migrate prune --yes".to_owned())? {
        return Ok(Output::of("Nothing was changed\n"));
    }
    not_interrupted(context)?;
    let (by, now) = (context.actor(), context.around.now);
    let mover = Mover { by: &by, now, automatic: false };
    let generations = context.project()?.prune(&mover);
    let generations = generations.map_err(|error| problem::migrate(&error))?;
    let removed = counted(generations.len(), "generation", "generations");
    let data = json!({"dry_run": false, "generations": generations});
    rehearsed(context, "migrate.prune", &data, format!("Removed {removed}\n"))
}

/// The first word of a sentence about the project, with the space behind it.
fn name(context: &mut Context) -> Result<String, Box<Problem>> {
    let name = context.project()?.project().name.clone();
    Ok(if name.is_empty() { name.to_string() } else { format!("{} ", sanitize(&name)) })
}

fn records(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "record", "records")
}

/// Whoever pinned another backend would be taken back there by the next command.
fn refuse_pinned(context: &mut Context, to: Backend) -> Result<(), Box<Problem>> {
    match context.project()?.policy().choice {
        Choice::Pinned(pinned) if pinned != to => {
            let message = format!("storage.backend asks for {pinned}, and {to} is something else");
            Err(Box::new(
                Problem::new("migrate.pinned", Exit::Refused, message)
                    .unchanged()
                    .hint("milestone config unset storage.backend --local"),
            ))
        }
        _ => Ok(()),
    }
}

/// Asks, or takes `--yes` for a yes.
fn confirmed(context: &Context, question: &str, hint: String) -> Result<bool, Box<Problem>> {
    if context.global.yes {
        return Ok(true);
    }
    if context.global.no_input || !context.around.stdin_tty || context.json() {
        return Err(Box::new(
            Problem::new("migrate.confirm", Exit::Confirm, "this wants to be confirmed")
                .fact(question.to_owned())
                .unchanged()
                .hint(hint),
        ));
    }
    Ok(context.ask(&format!("{question} [y/N]")))
}

/// What the clock says, unless it stands still.
fn began(context: &Context) -> Option<Timestamp> {
    context.env("MILESTONE_NOW").is_none().then(|| (context.around.clock)())
}

fn elapsed_ms(context: &Context, begun: Option<Timestamp>) -> u64 {
    let micros = begun.map_or(0, |began| (context.around.clock)().0.saturating_sub(began.0));
    u64::try_from(micros / 1_000).unwrap_or(0)
}

fn there_already(context: &mut Context, backend: Backend) -> Ran {
    let generation = context.project()?.generation();
    let records = context.project()?.checkpoint().count;
    let doc = MigratedDoc {
        changed: false,
        dry_run: false,
        from: backend,
        to: backend,
        from_generation: generation,
        to_generation: generation,
        records,
        caught_up: 0,
        duration_ms: 0,
    };
    let text = format!("Nothing to do: the backend is {backend} already\n");
    rehearsed(context, "migrate.run", &doc, text)
}

fn told(
    context: &mut Context,
    kind: &str,
    migrated: &Migrated,
    duration_ms: u64,
    what: &str,
    said: &str,
    back: &str,
) -> Ran {
    let moved = migrated.moved;
    let doc = MigratedDoc {
        changed: true,
        dry_run: false,
        from: moved.from,
        to: moved.to,
        from_generation: moved.from_generation,
        to_generation: moved.to_generation,
        records: moved.records,
        caught_up: migrated.caught_up,
        duration_ms,
    };
    if context.global.quiet && !context.json() {
        return Ok(Output::of(format!("{}\n", moved.to)));
    }
    let (from, to) = (moved.from, moved.to);
    let text = format!("{}  {from} to {to}  {said}\n", what.trim_end());
    let output = rehearsed(context, kind, &doc, text)?;
    Ok(if context.hints() { output.say(back) } else { output })
}

/// A document, or a text.
fn rehearsed<T: Serialize>(context: &mut Context, kind: &str, data: &T, text: String) -> Ran {
    match context.json() {
        true => document(context, kind, data).map(Output::of),
        false => Ok(Output::of(text)),
    }
}
