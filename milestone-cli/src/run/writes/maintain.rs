//! `maintain`: the backup that is due, and taking away what this machine needs no longer.
//!
//! - **Absent on purpose.** What goes and what stays: the project knows.

use milestone_project::{Keeper, Maintained};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::backend::counted;
use super::super::context::{Context, Output, Ran};
use super::act::not_interrupted;
use super::result;
use crate::args::habits::MaintainArgs;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// What `maintain` did, for programs.
#[derive(Serialize, JsonSchema)]
pub(super) struct MaintainDoc<'a> {
    backups: &'a [String],
    temporary: &'a [String],
    bytes: u64,
    made: Option<&'a str>,
    verified: Option<u64>,
    snapshot: bool,
    unfinished: bool,
    failed: &'a [String],
    dry_run: bool,
}

/// Keeps house now.
pub(in crate::run) fn maintain(context: &mut Context, args: &MaintainArgs) -> Ran {
    not_interrupted(context)?;
    let (now, clock, dry_run) = (context.around.now, context.around.clock, context.global.dry_run);
    let actor = context.actor();
    let end = clock().0.saturating_add(i64::from(args.budget) * 1_000);
    let keeper = Keeper { by: &actor, now, dry_run, budget_ms: u64::from(args.budget) };
    let done = context.project()?.maintain(&keeper, &mut || clock().0 > end);
    if let ([why, ..], false) = (done.failed.as_slice(), done.did_something()) {
        return Err(Box::new(
            Problem::new("maintain.failed", Exit::NotRecorded, "house could not be kept")
                .fact(why.clone())
                .unchanged()
                .hint("milestone doctor"),
        ));
    }
    if context.json() {
        let doc = MaintainDoc {
            backups: &done.backups,
            temporary: &done.temporary,
            bytes: done.bytes,
            made: done.made.as_deref(),
            verified: done.verified,
            snapshot: done.snapshot,
            unfinished: done.unfinished,
            failed: &done.failed,
            dry_run,
        };
        return result::document(context, "maintain", &doc).map(Output::of);
    }
    let mut output = Output::of(match done.did_something() {
        true => maintained(&done, dry_run) + "\n",
        false => "Nothing to do.\n".to_owned(),
    });
    for why in done.failed.iter().filter(|_| !context.global.quiet) {
        output = output.say(format!("warning: {why}"));
    }
    if done.unfinished && !context.global.quiet {
        output = output.say("The time was over before everything was done: milestone maintain");
    }
    Ok(output)
}

/// What was made and taken away, in one line.
pub(in crate::run) fn maintained(done: &Maintained, dry_run: bool) -> String {
    let mut said = Vec::new();
    match (&done.made, done.verified) {
        (Some(made), Some(_)) => said.push(format!("Made and tried a backup, {}", sanitize(made))),
        (Some(made), None) => said.push(format!("Made a backup, {}", sanitize(made))),
        (None, Some(backup)) => said.push(format!("Tried backup {backup}")),
        (None, None) => {}
    }
    let mut parts = Vec::new();
    if !done.backups.is_empty() {
        parts.push(counted(done.backups.len(), "old backup", "old backups"));
    }
    if !done.temporary.is_empty() {
        parts.push(counted(done.temporary.len(), "stale file", "stale files"));
    }
    if !parts.is_empty() {
        let verb = if dry_run { "Would remove" } else { "Removed" };
        said.push(format!("{verb} {}, {} KiB", parts.join(" and "), done.bytes.div_ceil(1024)));
    }
    said.join(". ")
}
