//! `log archive`: the log's full files, compressed.
//!
//! - **Invariant.** It says what was saved, and what was left as it is and why.

use milestone_project::{ArchiveReport, Archived};
use serde_json::json;

use super::super::backend::bytes;
use super::super::context::{Context, Output, Ran};
use super::super::problem;
use super::act::not_interrupted;
use super::result::document;
use crate::ui::text::sanitize;

/// `milestone log archive`.
pub(in crate::run) fn archive_log(context: &mut Context) -> Ran {
    context.project()?;
    not_interrupted(context)?;
    let dry_run = context.global.dry_run;
    let report = context.project()?.archive_log(dry_run);
    let report = report.map_err(|error| problem::history(&error))?;
    if context.json() {
        let file = |done: &Archived| {
            json!({"file": done.file, "archive": done.archive, "bytes": done.bytes,
                "archived_bytes": done.archived_bytes})
        };
        let left = |(file, why): &(String, String)| json!({"file": file, "why": why});
        let files: Vec<_> = report.archived.iter().map(file).collect();
        let left: Vec<_> = report.left.iter().map(left).collect();
        let data = json!({"dry_run": dry_run, "archived": files, "left": left});
        return document(context, "log.archive", data).map(Output::of);
    }
    if context.global.quiet {
        let names = report.archived.iter().map(|done| format!("{}\n", done.archive));
        return Ok(Output::of(names.collect::<String>()));
    }
    let mut output = Output::of(text(&report, dry_run));
    for (file, why) in &report.left {
        output.stderr.push(format!("{} was left: {}", sanitize(file), sanitize(why)));
    }
    Ok(if dry_run { output.say("Nothing was archived (--dry-run).") } else { output })
}

fn text(report: &ArchiveReport, dry_run: bool) -> String {
    let sum = |of: fn(&Archived) -> u64| report.archived.iter().map(of).sum::<u64>();
    let (before, after) = (sum(|done| done.bytes), sum(|done| done.archived_bytes));
    let files = match report.archived.len() {
        0 => return "Nothing to archive: no file of this clone is full and plain\n".to_owned(),
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    let label = if dry_run { "Would archive" } else { "Archived" };
    let saved = before.saturating_sub(after);
    format!("{label} {files}: {} as {}, {} saved\n", bytes(before), bytes(after), bytes(saved))
}
