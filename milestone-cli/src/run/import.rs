//! `milestone import beads`: files in, one record an issue and one an edge, and an account of all.
//!
//! Start at [`run`].
//!
//! - **Invariant.** Nothing is written if anything would be left out, unless `--accept-loss` says
//!   so.
//! - **Invariant.** Running it again adds nothing; after a crash it goes on where it stopped.

use std::collections::BTreeMap;
use std::path::Path;

use milestone_core::domain::{Command, Fields, Plan, Refusal, resolve};
use milestone_core::words::Slug;
use milestone_interop::beads::{
    self, ImportError, ImportOptions, ImportPlan, LossReport, SourceFile,
};
use milestone_project::{ExecuteError, Outcome, Warning};
use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, Output, Ran};
use super::problem;
use super::schema::{AnyObject, Kind};
use super::writes::{warned, warning};
use crate::args::project::{ImportBeadsArgs, ImportCommand};
use crate::ui::error::{Exit, Problem};
use crate::ui::json::{Envelope, Meta};

/// How many refused edges are named before "and so many more".
const REFUSED_SHOWN_MAX: usize = 20;

/// `import beads`, for programs.
#[derive(Serialize, JsonSchema)]
struct ImportDoc<'a> {
    dry_run: bool,
    recorded: u64,
    known: u64,
    unchanged: u64,
    refused: &'a [String],
    losses: u64,
    losses_by_reason: BTreeMap<String, u64>,
    #[schemars(with = "AnyObject")]
    report: &'a LossReport,
    warnings: Vec<String>,
}

/// The document of an import.
pub(super) const KIND: Kind = Kind::of::<ImportDoc<'_>>("import.beads", "import beads");

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Sums {
    /// Records that were appended.
    recorded: u64,
    /// Issues and edges that were here already.
    known: u64,
    /// Edges that say what is so already.
    unchanged: u64,
    /// Issues and edges that the rules here refused; they count as losses.
    refused: Vec<String>,
}

/// Runs an import.
pub(super) fn run(context: &mut Context, command: &ImportCommand) -> Ran {
    let ImportCommand::Beads(args) = command;
    let contents = read_files(context, args)?;
    let files: Vec<SourceFile<'_>> =
        contents.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
    let options = ImportOptions { into: args.into.clone() };
    let mut plan = beads::plan(&files, &options).map_err(|error| planning(&error))?;
    let report = std::mem::take(&mut plan.report);
    let losses = report.loss_count();
    let dry_run = context.global.dry_run;
    if losses > 0 && !args.accept_loss && !dry_run {
        return Err(Box::new(too_lossy(losses, &report)));
    }
    let caller = context.caller()?;
    let accept = args.accept_loss || dry_run;
    let project = context.project()?;
    let commands = with_home(project.state(), args.into.as_deref(), plan);
    let mut sums = Sums::default();
    let mut approved = true;
    let outcomes = project
        .execute_all(commands, &caller, |outcomes| {
            sums = sum(outcomes);
            approved = accept || sums.refused.is_empty();
            approved
        })
        .map_err(|error| problem::execute(&error))?;
    let warnings: Vec<_> =
        outcomes.into_iter().flatten().flat_map(|outcome| outcome.warnings).collect();
    if !approved {
        return Err(Box::new(refused_here(&sums)));
    }
    let mut output = render(context, &report, &sums, &warnings)?;
    if !context.global.quiet && !context.json() {
        output = warned(output, &warnings);
    }
    Ok(output)
}

fn read_files(
    context: &Context,
    args: &ImportBeadsArgs,
) -> Result<Vec<(String, Vec<u8>)>, Box<Problem>> {
    let read = |path: &Path| {
        let name = path.display().to_string();
        let bytes = std::fs::read(context.dir().join(path)).map_err(|error| {
            Problem::new("import.unreadable", Exit::NotFound, format!("cannot read {name}"))
                .fact(error.to_string())
                .unchanged()
                .hint("milestone import beads .beads/issues.jsonl")
        })?;
        Ok((name, bytes))
    };
    args.files.iter().map(|path| read(path)).collect()
}

/// The commands of the plan, with one in front that makes the milestone for orphans if it is not
/// there.
fn with_home<'p>(
    state: &dyn Plan,
    into: Option<&str>,
    plan: ImportPlan<'p>,
) -> impl Iterator<Item = (Option<String>, Command)> + use<'p> {
    let home = into.filter(|into| resolve(state, into, None, true).is_err()).map(|into| {
        let command = Command::CreateMilestone {
            title: into.to_owned(),
            id: Slug::new(into).is_ok().then(|| into.to_owned()),
            fields: Fields::default(),
            criteria: Vec::new(),
            tasks: Vec::new(),
            after: Vec::new(),
        };
        (Some(format!("import:beads:into:{into}")), command)
    });
    home.into_iter().chain(beads::commands(plan))
}

fn sum(outcomes: &[Result<Outcome, ExecuteError>]) -> Sums {
    let mut sums = Sums::default();
    for outcome in outcomes {
        match outcome {
            Ok(outcome) if outcome.duplicate => sums.known += 1,
            Ok(outcome) if outcome.record.is_some() => sums.recorded += 1,
            Ok(_) => sums.unchanged += 1,
            // The same source record, asked for in another way: it is here already.
            Err(ExecuteError::KeyReused { .. }) => sums.known += 1,
            Err(ExecuteError::Refused(Refusal::Cycle { path })) => {
                sums.refused.push(format!("a dependency closes a cycle: {}", path.join(" → ")));
            }
            Err(error) => sums.refused.push(error.to_string()),
        }
    }
    sums
}

fn planning(error: &ImportError) -> Box<Problem> {
    let message = error.to_string();
    Box::new(match error {
        ImportError::NeedsInto { .. } => Problem::new("import.needs_into", Exit::Usage, message)
            .unchanged()
            .hint("milestone import beads FILE --into backlog"),
        _ => Problem::new("import.not_beads", Exit::Usage, message)
            .unchanged()
            .hint("milestone import beads .beads/issues.jsonl"),
    })
}

fn too_lossy(losses: u64, report: &LossReport) -> Problem {
    let message = match losses {
        1 => "1 thing would be left out".to_owned(),
        losses => format!("{losses} things would be left out"),
    };
    let mut problem = Problem::new("import.loss", Exit::Refused, message);
    for loss in report.losses.iter().take(REFUSED_SHOWN_MAX) {
        let place = loss.line.map(|line| format!(":{line}")).unwrap_or_default();
        problem = problem.fact(format!("{}{place}: {}", loss.file, loss.detail));
    }
    problem
        .datum("losses", losses)
        .unchanged()
        .hint("milestone import beads FILE --dry-run to see all of it; --accept-loss to go on")
}

fn refused_here(sums: &Sums) -> Problem {
    let message = format!("{} things would be left out", sums.refused.len());
    let mut problem = Problem::new("import.loss", Exit::Refused, message);
    for refused in sums.refused.iter().take(REFUSED_SHOWN_MAX) {
        problem = problem.fact(refused.clone());
    }
    problem.unchanged().hint("milestone import beads FILE --accept-loss")
}

fn render(context: &mut Context, report: &LossReport, sums: &Sums, warnings: &[Warning]) -> Ran {
    let dry_run = context.global.dry_run;
    if context.json() {
        let by_reason = report.losses_by_reason();
        let data = ImportDoc {
            dry_run,
            recorded: sums.recorded,
            known: sums.known,
            unchanged: sums.unchanged,
            refused: &sums.refused,
            losses: report.loss_count() + sums.refused.len() as u64,
            losses_by_reason: by_reason
                .iter()
                .map(|(reason, count)| (format!("{reason:?}"), *count))
                .collect(),
            report,
            warnings: warnings.iter().map(warning).collect(),
        };
        let project = context.project()?;
        let name = project.project().name.clone();
        let meta = Meta {
            heads: project.checkpoint().heads.iter().map(ToString::to_string).collect(),
            project: (!name.is_empty()).then_some(name),
            ..Meta::default()
        };
        let text = Envelope::new("import.beads", data, meta).render(context.style.tty);
        return Ok(Output::of(text.expect("a report has string keys")));
    }
    let what = if dry_run { "Would record" } else { "Recorded" };
    let mut text = format!("{what} {} records", sums.recorded);
    if sums.known > 0 {
        text.push_str(&format!(", {} were here already", sums.known));
    }
    text.push('\n');
    if context.global.quiet {
        return Ok(Output::of(text));
    }
    for line in report.lines() {
        text.push_str(&line);
        text.push('\n');
    }
    for refused in sums.refused.iter().take(REFUSED_SHOWN_MAX) {
        text.push_str(&format!("lost  {refused}\n"));
    }
    if sums.refused.len() > REFUSED_SHOWN_MAX {
        text.push_str(&format!("lost  and {} more\n", sums.refused.len() - REFUSED_SHOWN_MAX));
    }
    Ok(Output::of(text))
}
