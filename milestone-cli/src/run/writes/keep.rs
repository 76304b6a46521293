//! Keeping the log whole and the views true: `adopt`, `replay --into`, `log merge`, `log recover`.
//!
//! Start at [`adopt`].
//!
//! - **Invariant.** Whatever is not taken in is named, with the reason.
//! - **Invariant.** `-n` looks and writes nothing, here too.

use std::path::{Path, PathBuf};

use milestone_core::words::RecordId;
use milestone_project::{AdoptReport, HistoryError};
use serde_json::json;

use super::super::context::{Context, Output, Ran};
use super::super::problem;
use super::act::{explained, not_interrupted, warned, warning};
use super::input;
use super::result::document;
use crate::args::history::{AdoptArgs, ReplayArgs};
use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

fn failed(context: &mut Context, error: &HistoryError) -> Box<Problem> {
    match error {
        HistoryError::Execute(error) => explained(context, error),
        error => problem::history(error),
    }
}

/// Refuses files that are not there.
fn all_there(paths: &[PathBuf], hint: &str) -> Result<(), Box<Problem>> {
    let Some(missing) = paths.iter().find(|path| !path.exists()) else { return Ok(()) };
    let message = format!("there is no file {}", missing.display());
    Err(Box::new(Problem::new("file.not_found", Exit::NotFound, message).unchanged().hint(hint)))
}

/// `milestone adopt`.
pub(in crate::run) fn adopt(context: &mut Context, args: &AdoptArgs) -> Ran {
    context.project()?;
    let caller = context.caller()?;
    let paths: Vec<PathBuf> = args.files.iter().map(|file| context.dir().join(file)).collect();
    all_there(&paths, "milestone adopt")?;
    not_interrupted(context)?;
    let result = context.project()?.adopt(&paths, &caller);
    let report = result.map_err(|error| failed(context, &error))?;
    let refused = !report.refused.is_empty();
    let mut output = match context.json() {
        true => {
            let refused = report.refused.iter().map(
                |refused| json!({"file": refused.path, "what": refused.what, "why": refused.why}),
            );
            let data = json!({
                "record": report.record.map(|record| record.to_string()),
                "dry_run": caller.dry_run,
                "files": report.files,
                "adopted": report.adopted,
                "refused": refused.collect::<Vec<_>>(),
                "warnings": report.warnings.iter().map(warning).collect::<Vec<_>>(),
            });
            Output::of(document(context, "adopt", data)?)
        }
        false => {
            let output = adopted(context, &report, caller.dry_run);
            if context.global.quiet { output } else { warned(output, &report.warnings) }
        }
    };
    if refused {
        output.exit = Exit::Refused;
    }
    Ok(output)
}

fn adopted(context: &Context, report: &AdoptReport, dry_run: bool) -> Output {
    if context.global.quiet {
        let lines = report.adopted.iter().map(|what| format!("{}\n", sanitize(what)));
        return Output::of(lines.collect::<String>());
    }
    if report.files == 0 {
        return Output::of("Nothing to adopt: no file was edited\n");
    }
    let label = if dry_run { "Would adopt" } else { "Adopted" };
    let mut out = String::new();
    for what in &report.adopted {
        out.push_str(&format!("{label} {}\n", sanitize(what)));
    }
    for refused in &report.refused {
        let name = refused.path.file_name().unwrap_or_default().to_string_lossy();
        let (what, why) = (sanitize(&refused.what), sanitize(&refused.why));
        out.push_str(&format!("Refused {what}: {why}  ({})\n", sanitize(&name)));
    }
    let unchanged = report.adopted.is_empty() && report.refused.is_empty();
    let output = Output::of(if unchanged {
        "Nothing to adopt: the files say what is so already\n".to_owned()
    } else {
        out
    });
    match report.refused.is_empty() {
        true => output,
        false => output.say("A file with refused lines is left as it is."),
    }
}

/// `milestone replay --into`.
pub(in crate::run) fn replay_into(context: &mut Context, args: &ReplayArgs, into: &Path) -> Ran {
    let until = args.until.as_deref().map(|until| input::until(context, until)).transpose()?;
    let dir = context.dir().join(into);
    context.project()?;
    not_interrupted(context)?;
    if context.global.dry_run {
        return match (context.json(), context.global.quiet) {
            (true, _) => {
                let nothing: Option<u64> = None;
                let data = json!({"into": into, "dry_run": true, "records": nothing,
                    "fingerprint": nothing});
                document(context, "replay.into", data).map(Output::of)
            }
            (false, true) => Ok(Output::of(format!("{}\n", into.display()))),
            (false, false) => {
                let dir = dir.display().to_string();
                let line = format!("Would write the YAML files into {}\n", sanitize(&dir));
                Ok(Output::of(line).say("Nothing was written (--dry-run)."))
            }
        };
    }
    let scratch = args.force.then(|| emptied(&dir)).transpose()?;
    let project = context.project()?;
    let result = match &scratch {
        // What is there already is only replaced by what the log makes, never deleted.
        Some(Some(scratch)) => project.replay_into(scratch.as_path(), until),
        _ => project.replay_into(&dir, until),
    };
    if let Some(Some(scratch)) = &scratch {
        result.as_ref().map_err(problem::history)?;
        moved_over(scratch, &dir)?;
    }
    let report = result.map_err(|error| problem::history(&error))?;
    let (count, fingerprint) = (report.checkpoint.count, report.fingerprint.to_string());
    if context.json() {
        let data = json!({"into": into, "dry_run": false, "records": count,
            "fingerprint": fingerprint});
        return document(context, "replay.into", data).map(Output::of);
    }
    if context.global.quiet {
        return Ok(Output::of(format!("{}\n", into.display())));
    }
    let output = Output::of(format!(
        "Replayed {count} records into {}\n",
        sanitize(&into.to_string_lossy())
    ));
    Ok(output.say(format!("Fingerprint {fingerprint:.16}")))
}

/// A new directory beside `dir` if that has something in it.
fn emptied(dir: &Path) -> Result<Option<PathBuf>, Box<Problem>> {
    if !std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Ok(None);
    }
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    let scratch = dir.with_file_name(format!(".{name}.{}.new", std::process::id()));
    match scratch.exists() {
        false => Ok(Some(scratch)),
        true => Err(unwritable(&scratch, "it is in the way")),
    }
}

/// Moves every file of `from` to its place in `to`.
fn moved_over(from: &Path, to: &Path) -> Result<(), Box<Problem>> {
    let io = |error: std::io::Error| unwritable(to, &error.to_string());
    std::fs::create_dir_all(to).map_err(io)?;
    for entry in std::fs::read_dir(from).map_err(io)? {
        let entry = entry.map_err(io)?;
        let target = to.join(entry.file_name());
        if entry.file_type().map_err(io)?.is_dir() {
            moved_over(&entry.path(), &target)?;
        } else {
            std::fs::rename(entry.path(), &target).map_err(io)?;
        }
    }
    std::fs::remove_dir(from).map_err(io)
}

fn unwritable(path: &Path, why: &str) -> Box<Problem> {
    Box::new(
        Problem::new("replay.failed", Exit::Failed, format!("cannot write {}", path.display()))
            .fact(why.to_owned())
            .hint("milestone replay --into a directory that is not there yet"),
    )
}

/// `milestone log merge`.
pub(in crate::run) fn merge(context: &mut Context, files: &[PathBuf]) -> Ran {
    let paths: Vec<PathBuf> = files.iter().map(|file| context.dir().join(file)).collect();
    context.project()?;
    all_there(&paths, "milestone log merge ../other/.milestones/log/*.jsonl")?;
    not_interrupted(context)?;
    let dry_run = context.global.dry_run;
    let result = context.project()?.merge_files(&paths, dry_run);
    let report = result.map_err(|error| failed(context, &error))?;
    if context.json() {
        let added: Vec<String> = report.added.iter().map(ToString::to_string).collect();
        let data = json!({"dry_run": dry_run, "records": report.records, "added": added,
            "skipped": report.skipped});
        return document(context, "log.merge", data).map(Output::of);
    }
    if context.global.quiet {
        return Ok(ids(&report.added));
    }
    let (added, all) = (report.added.len(), report.records);
    let label = if dry_run { "Would add" } else { "Added" };
    let mut output = Output::of(format!("{label} {added} of {all} records\n"));
    for (file, lines) in &report.skipped {
        output.stderr.push(format!("{lines} lines of {} are no records", sanitize(file)));
    }
    for (file, kept) in &report.cleaned {
        output
            .stderr
            .push(format!("{file} was cleaned; it is kept as it was in {}", kept.display()));
    }
    Ok(rehearsed(output, dry_run))
}

/// Says that nothing was appended, if that is so.
fn rehearsed(output: Output, dry_run: bool) -> Output {
    if dry_run { output.say("Nothing was appended (--dry-run).") } else { output }
}

fn ids(records: &[RecordId]) -> Output {
    Output::of(records.iter().map(|id| format!("{id}\n")).collect::<String>())
}

/// `milestone log recover`.
pub(in crate::run) fn recover(context: &mut Context) -> Ran {
    context.project()?;
    not_interrupted(context)?;
    let dry_run = context.global.dry_run;
    let result = context.project()?.recover(dry_run);
    let report = result.map_err(|error| failed(context, &error))?;
    if context.json() {
        let list = |ids: &[RecordId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let data = json!({"dry_run": dry_run, "recovered": list(&report.recovered),
            "committed": list(&report.committed)});
        return document(context, "log.recover", data).map(Output::of);
    }
    if context.global.quiet {
        return Ok(ids(&report.recovered));
    }
    let label = if dry_run { "Would recover" } else { "Recovered" };
    let mut output = Output::of(match report.recovered.len() {
        0 => "Nothing to recover: every record of this copy is in the log or in a commit\n"
            .to_owned(),
        1 => format!("{label} 1 record\n"),
        count => format!("{label} {count} records\n"),
    });
    if !report.committed.is_empty() {
        let (count, log) = (report.committed.len(), quoted(".milestones/log/"));
        output.stderr.push(format!("{count} more are in commits: git checkout COMMIT -- {log}"));
    }
    Ok(rehearsed(output, dry_run))
}
