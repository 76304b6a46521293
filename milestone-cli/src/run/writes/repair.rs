//! `doctor --repair`: a plan, a question, and then what the plan says.
//!
//! Start at [`repair`].
//!
//! - **Invariant.** Nothing is deleted: what has to leave the log is moved to `local/recovered/`.
//! - **Invariant.** Nothing is changed that was not in the plan that was shown.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use milestone_core::log::{LogStore, Oddity};
use milestone_project::{LineSource, LogMended, Warning};
use serde_json::json;

use super::super::context::{Context, Output, Ran};
use super::super::problem;
use super::act::not_interrupted;
use super::result::document;
use crate::args::validate::{ValidateArgs, Validation};
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// How long a repair waits for others to finish theirs.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// One thing to mend.
enum Repair {
    /// Move what follows the last whole line of this file away.
    TornTail(String),
    /// Bring lost records back and set aside what is no record.
    Log(LogMended),
    /// Write a rule for git again.
    GitRule(&'static str),
    /// Make the state from the log again.
    Snapshot,
    /// Write the YAML files from the log again.
    View,
    /// Make this SQLite file from the log again.
    Table(&'static str),
}

impl Repair {
    fn words(&self) -> String {
        match self {
            Self::TornTail(file) => {
                format!("move the torn last line of log/{file} to local/recovered/")
            }
            Self::Log(mended) => to_mend(mended),
            Self::GitRule(rule) => format!("write \"{rule}\" into {} again", file_of(rule)),
            Self::Snapshot => "make the damaged snapshot again from the log".to_owned(),
            Self::View => "write the YAML files again from the log".to_owned(),
            Self::Table(name) => format!("make the {name} again from the log"),
        }
    }

    /// True if it touches nothing but what follows from the log.
    fn is_derived(&self) -> bool {
        matches!(self, Self::Snapshot | Self::View | Self::Table(_))
    }
}

/// The file that a rule for git belongs into.
fn file_of(rule: &str) -> &'static str {
    if rule.starts_with("log/") { ".gitattributes" } else { ".gitignore" }
}

/// `milestone doctor --repair`.
pub(in crate::run) fn repair(context: &mut Context) -> Ran {
    let plan = plan(context)?;
    let words: Vec<String> = plan.iter().map(Repair::words).collect();
    if plan.is_empty() {
        return told(context, &words, &[], "Nothing to repair\n");
    }
    if context.global.dry_run {
        let text: String = words.iter().map(|line| format!("Would {line}\n")).collect();
        return told(context, &words, &[], &text);
    }
    if !context.global.yes && !confirmed(context, &words)? {
        return Ok(Output::of("Nothing was changed\n"));
    }
    not_interrupted(context)?;
    let mut done = Vec::new();
    for repair in &plan {
        done.push(carry_out(context, repair)?);
    }
    let text: String = done.iter().map(|line| format!("{line}\n")).collect();
    told(context, &words, &done, &text)
}

/// `milestone validate --repair`: what is derived and is not what the log says, made anew. Nobody
/// is asked, for nothing can be lost by it. Returns what was done, or would be.
pub(in crate::run) fn repair_derived(
    context: &mut Context,
    args: &ValidateArgs,
) -> Result<Vec<String>, Box<Problem>> {
    if !args.repair || !args.what.covers(Validation::Hybrid) {
        return Ok(Vec::new());
    }
    let mut plan = plan(context)?;
    plan.retain(Repair::is_derived);
    if context.global.dry_run {
        return Ok(plan.iter().map(|repair| format!("Would {}", repair.words())).collect());
    }
    not_interrupted(context)?;
    plan.iter().map(|repair| carry_out(context, repair)).collect()
}

fn told(context: &mut Context, planned: &[String], done: &[String], text: &str) -> Ran {
    match context.json() {
        true => {
            let data = json!({"planned": planned, "done": done});
            document(context, "doctor.repair", data).map(Output::of)
        }
        false => Ok(Output::of(text)),
    }
}

fn plan(context: &mut Context) -> Result<Vec<Repair>, Box<Problem>> {
    let project = context.project()?;
    let audit = project.audit(None).map_err(|error| problem::history(&error))?;
    let torn = audit.findings.iter().filter(|finding| finding.oddity == Oddity::TornTail);
    let torn: BTreeSet<String> = torn.map(|finding| finding.file.clone()).collect();
    let mut plan: Vec<Repair> = torn.into_iter().map(Repair::TornTail).collect();
    let mended = project.mend_log(true).map_err(|error| problem::history(&error))?;
    plan.extend((!mended.is_empty()).then_some(Repair::Log(mended)));
    plan.extend(project.missing_git_rules().into_iter().map(Repair::GitRule));
    let has_index = project.backend().has_index();
    let views = project.check_views().map_err(|error| problem::history(&error))?;
    let differs = |name| {
        let mut views = views.iter().filter(|view| view.edited == 0);
        views.any(|view| view.name == name && !view.holds() && !view.is_absent())
    };
    let snapshot = !has_index && (project.is_damaged() || differs("read model"));
    plan.extend(snapshot.then_some(Repair::Snapshot));
    plan.extend((project.backend().has_view() && differs("YAML view")).then_some(Repair::View));
    let checks = project.check_tables().map_err(|error| problem::history(&error))?;
    let broken = checks.into_iter().filter(milestone_project::TableCheck::wants_repair);
    plan.extend(broken.map(|check| Repair::Table(check.name)));
    Ok(plan)
}

fn confirmed(context: &Context, words: &[String]) -> Result<bool, Box<Problem>> {
    if context.global.no_input || !context.around.stdin_tty || context.json() {
        let mut problem =
            Problem::new("repair.confirm", Exit::Confirm, "a repair wants to be confirmed");
        for line in words {
            problem = problem.fact(line.clone());
        }
        return Err(Box::new(problem.unchanged().hint("milestone doctor --repair --yes")));
    }
    let mut question = String::from("To repair:\n");
    words.iter().for_each(|line| question.push_str(&format!("  {line}\n")));
    question.push_str("Go on? [y/N]");
    Ok(context.ask(&question))
}

fn carry_out(context: &mut Context, repair: &Repair) -> Result<String, Box<Problem>> {
    let project = context.project()?;
    match repair {
        Repair::TornTail(file) => {
            let guard =
                project.store().lock(LOCK_WAIT).map_err(|error| problem::execute(&error.into()))?;
            let moved = project.store().repair_torn_tail(&guard, file);
            drop(guard);
            match moved {
                Ok(Some(moved)) => Ok(format!(
                    "Moved {} bytes of log/{file} to {}",
                    moved.bytes,
                    moved.path.display()
                )),
                Ok(None) => Ok(format!("log/{file} has no torn line any more")),
                Err(error) => Err(failed(&error)),
            }
        }
        Repair::Log(_) => {
            let mended = project.mend_log(false).map_err(|error| problem::history(&error))?;
            Ok(mended_words(&mended))
        }
        Repair::GitRule(rule) => {
            let path = project.root().join(file_of(rule));
            add_line(&path, rule).map_err(|error| failed(&error))?;
            Ok(format!("Wrote \"{rule}\" into {}", file_of(rule)))
        }
        Repair::Snapshot => {
            project.rebuild().map_err(|error| failed(&error))?;
            Ok("Made the snapshot again".to_owned())
        }
        Repair::View => {
            let warnings = project.rebuild_view().map_err(|error| problem::execute(&error))?;
            match warnings.into_iter().next() {
                None => Ok("Wrote the YAML files again".to_owned()),
                Some(warning) => Err(Box::new(
                    Problem::new("repair.failed", Exit::NotRecorded, said(&warning))
                        .hint("mend the permissions of .milestones and try again"),
                )),
            }
        }
        Repair::Table(name) => {
            project.rebuild_table(name).map_err(|error| failed(&error))?;
            Ok(format!("Made the {name} again"))
        }
    }
}

/// What is to be done about a damaged log.
fn to_mend(mended: &LogMended) -> String {
    let mut words = Vec::new();
    if !mended.found.is_empty() {
        words.push(format!("bring back {}", sources(mended)));
    }
    if !mended.damaged.is_empty() {
        let files: Vec<String> = mended.damaged.iter().map(|name| format!("log/{name}")).collect();
        words.push(format!("set aside what cannot be used of {}", files.join(", ")));
    }
    let words = words.join(" and ");
    match mended.lost.len() {
        0 => words,
        1 => format!("{words}; 1 record is found nowhere"),
        lost => format!("{words}; {lost} records are found nowhere"),
    }
}

/// What was done about it.
fn mended_words(mended: &LogMended) -> String {
    let mut lines = Vec::new();
    if !mended.found.is_empty() {
        lines.push(format!("Brought back {}", sources(mended)));
    }
    for (name, kept) in &mended.set_aside {
        let kept = kept.file_name().unwrap_or_default().to_string_lossy();
        let (name, kept) = (sanitize(name), sanitize(&kept));
        lines.push(format!("Cleaned log/{name}; as it was: local/recovered/{kept}"));
    }
    for lost in &mended.lost {
        lines.push(format!("Found nowhere: record {lost:.16}"));
    }
    match lines.is_empty() {
        true => "The log needs no mending any more".to_owned(),
        false => lines.join("\n"),
    }
}

/// `3 records (2 kept here, 1 from git)`.
fn sources(mended: &LogMended) -> String {
    let all = [
        (LineSource::Kept, "kept here"),
        (LineSource::Git, "from git"),
        (LineSource::Backup, "from a backup"),
    ];
    let counted = all.iter().filter_map(|(source, words)| {
        let count = mended.found.values().filter(|found| *found == source).count();
        (count > 0).then(|| format!("{count} {words}"))
    });
    let s = if mended.found.len() == 1 { "" } else { "s" };
    format!("{} record{s} ({})", mended.found.len(), counted.collect::<Vec<_>>().join(", "))
}

/// Why the YAML files were not all written.
fn said(warning: &Warning) -> String {
    match warning {
        Warning::ViewBehind { why } => why.clone(),
        Warning::Unadopted { files } => format!("edited by hand: {}", files.join(", ")),
        _ => "the YAML files could not be written".to_owned(),
    }
}

fn failed(error: &dyn std::error::Error) -> Box<Problem> {
    let mut problem = Problem::new("repair.failed", Exit::NotRecorded, error.to_string());
    if let Some(cause) = error.source() {
        problem = problem.fact(cause.to_string());
    }
    Box::new(problem.hint("mend the permissions of .milestones and try again"))
}

/// Appends a line; what is in the file stays as it is.
fn add_line(path: &Path, line: &str) -> std::io::Result<()> {
    let text = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let gap = if text.is_empty() || text.ends_with(b"\n") { "" } else { "\n" };
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(format!("{gap}{line}\n").as_bytes())
}
