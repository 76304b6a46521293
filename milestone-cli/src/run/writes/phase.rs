//! Steps of phases, and giving tasks a workflow.
//!
//! Start at [`run`].
//!
//! - **Invariant.** What the files of deliverables hold is read before a step is decided on, and
//!   the hash goes into the record.

use std::path::{Component, Path, PathBuf};

use milestone_core::domain::{Body, Command, FileContent, NewDelivery, NewWorkflow, Step};

use super::super::context::{Context, Ran};
use super::super::phases::{WorkflowLook, split};
use super::super::problem;
use super::super::reads::{Look, look};
use super::act::act;
use super::flow::{target, targets};
use super::seen::Thing;
use super::told::{Said, Told, labelled};
use crate::args::phase::{DeliverArgs, PhaseCommand, PhasePlanArgs, WorkflowEnableArgs};
use crate::args::usage::quoted;
use crate::ui::error::Problem;

/// `milestone phase`.
pub(in crate::run) fn run(context: &mut Context, command: &PhaseCommand) -> Ran {
    match command {
        PhaseCommand::Show(args) => look(context, &Look::PhaseShow(args)),
        PhaseCommand::Start(args) => {
            step(context, &args.reference, "Started", |contents| Step::Start { contents })
        }
        PhaseCommand::Deliver(args) => deliver(context, args),
        PhaseCommand::Submit(args) => step(context, &args.reference, "Submitted", |contents| {
            Step::Submit { contents, note: args.comment.clone() }
        }),
        PhaseCommand::Approve(args) => {
            judged_by(context, args.judge.as_ref());
            step(context, &args.reference, "Approved", |contents| Step::Approve {
                contents,
                note: args.comment.clone(),
            })
        }
        PhaseCommand::RequestChanges(args) => {
            judged_by(context, args.judge.as_ref());
            let note = args.comment.clone();
            step(context, &args.reference, "Sent back", |_| Step::RequestChanges { note })
        }
        PhaseCommand::Reject(args) => {
            judged_by(context, args.judge.as_ref());
            let note = args.comment.clone();
            step(context, &args.reference, "Rejected", |_| Step::Reject { note })
        }
        PhaseCommand::Plan(args) => plan(context, args),
    }
}

/// `--as WHO`: whoever judges is who acts.
fn judged_by(context: &mut Context, judge: Option<&String>) {
    if let Some(judge) = judge {
        context.global.actor = Some(context.person(judge));
    }
}

/// What the files of the tasks' deliverables hold now.
pub(super) fn contents(
    context: &mut Context,
    targets: &[String],
) -> Result<Vec<FileContent>, Box<Problem>> {
    let exact = context.env("MILESTONE_EXACT").is_some();
    Ok(context.project()?.contents_of(targets, exact))
}

/// Carries a step out and says where the phases stand now.
pub(super) fn step(
    context: &mut Context,
    asked: &str,
    label: &'static str,
    step: impl FnOnce(Vec<FileContent>) -> Step,
) -> Ran {
    let (reference, phase) = split(asked);
    let target = target(context, reference)?;
    let step = step(contents(context, std::slice::from_ref(&target))?);
    let command = Command::Phase { target, phase: phase.map(str::to_owned), step };
    act(context, &command, None, |told| stepped(told, label))
}

fn stepped(told: &Told<'_>, label: &'static str) -> Said {
    let named = told.outcome.events.iter().rev().find_map(|event| match &event.body {
        Body::PhaseStarted(change)
        | Body::PhaseSubmitted(change)
        | Body::PhaseApproved(change)
        | Body::PhaseChangesRequested(change)
        | Body::PhaseRejected(change) => Some(change.phase.to_string()),
        Body::DeliverableAdded(given) | Body::DeliverableRemoved(given) => {
            Some(given.phase.to_string())
        }
        _ => None,
    });
    let things = told.things();
    let Some(Thing::Task(task)) = things.first() else { return Said::default() };
    let Some(look) = WorkflowLook::of(task, Some(told.project), None) else {
        return Said::default();
    };
    let name = named.unwrap_or_default();
    let line = format!("{}:{name}  {}", task.reference(), look.strip(&told.style));
    let mut out = labelled(&[(label, line)]);
    let moved = told.homes_moved(&things);
    let changed: Vec<_> = moved.into_iter().filter(|row| row.before != row.after).collect();
    out.push_str(&told.moved(&changed));
    let mut said = Said::of(out);
    let workflow = task.workflow.as_ref();
    let phase = workflow.and_then(|held| held.phase(&name));
    let missing: Vec<&str> = phase.map(|phase| phase.missing().collect()).unwrap_or_default();
    if label == "Submitted" && !missing.is_empty() {
        said.stderr.push(format!("Not delivered: {}", missing.join(", ")));
    }
    let short = told.short(&things[0]);
    let next = match workflow.and_then(|held| held.current()) {
        None => format!("done {short}"),
        Some(phase) => {
            let at = quoted(&format!("{short}:{}", phase.name));
            match phase.status.word() {
                "pending" => format!("phase start {at}"),
                "submitted" => "review --pending".to_owned(),
                _ => match phase.missing().next() {
                    Some(name) => format!("phase deliver {at} {} --file FILE", quoted(name)),
                    None => format!("phase submit {at}"),
                },
            }
        }
    };
    said = said.next(Some(next));
    said
}

/// A file that was typed, as the log names it: from the directory of the project, with slashes.
fn inside(context: &mut Context, file: &Path) -> Result<String, Box<Problem>> {
    let typed = file.display().to_string();
    let outside = || problem::outside(&typed);
    let path = context.dir().join(file).canonicalize().map_err(|_| outside())?;
    let base: PathBuf = context.project()?.dir().canonicalize().map_err(|_| outside())?;
    let path = path.strip_prefix(&base).map_err(|_| outside())?;
    let part = |part: Component<'_>| match part {
        Component::Normal(name) => name.to_str().map(str::to_owned),
        _ => None,
    };
    let parts: Option<Vec<String>> = path.components().map(part).collect();
    let path = parts.ok_or_else(outside)?.join("/");
    match context.project()?.hash_of(&path) {
        Some(_) => Ok(path),
        None => Err(outside()),
    }
}

fn deliver(context: &mut Context, args: &DeliverArgs) -> Ran {
    let name = args.name.clone();
    if args.remove {
        return step(context, &args.reference, "Taken back", |_| Step::TakeBack { name });
    }
    let path = match &args.file {
        Some(file) => Some(inside(context, file)?),
        None => None,
    };
    let sha256 = match &path {
        Some(path) => context.project()?.hash_of(path),
        None => None,
    };
    let (url, text) = (args.url.clone(), args.text.clone());
    let delivery = NewDelivery { path, url, text, sha256 };
    step(context, &args.reference, "Delivered", |contents| Step::Deliver {
        name,
        delivery,
        contents,
    })
}

fn plan(context: &mut Context, args: &PhasePlanArgs) -> Ran {
    let (reference, phase) = split(&args.reference);
    let target = target(context, reference)?;
    let (minutes_min, minutes_max) = (args.duration.minutes_min, args.duration.minutes_max);
    let step = Step::Plan { minutes_min, minutes_max };
    let named = phase.map(str::to_owned);
    let command = Command::Phase { target, phase: named.clone(), step };
    act(context, &command, None, |told| {
        let things = told.things();
        let Some(Thing::Task(task)) = things.first() else { return Said::default() };
        let Some(workflow) = &task.workflow else { return Said::default() };
        let at = named.as_deref().map_or(workflow.current(), |name| workflow.phase(name));
        let Some(phase) = at else { return Said::default() };
        let planned = match super::super::phases::planned(phase.minutes_min, phase.minutes_max) {
            open if open.is_empty() => "open".to_owned(),
            planned => planned,
        };
        let line = format!("{}:{}  {planned}", task.reference(), phase.name);
        Said::of(labelled(&[("Planned", line)]))
    })
}

/// The workflow of that name, as a task can be given it.
pub(super) fn workflow(context: &mut Context, name: &str) -> Result<NewWorkflow, Box<Problem>> {
    let found = context.project()?.workflow(name);
    Ok(found.map_err(|error| problem::workflow(&error))?.workflow)
}

/// `milestone workflow enable`.
pub(in crate::run) fn enable(context: &mut Context, args: &WorkflowEnableArgs) -> Ran {
    let targets = targets(context, &args.references)?;
    let workflow = workflow(context, &args.name)?;
    act(context, &Command::EnableWorkflow { targets, workflow }, None, |told| {
        let things = told.things();
        let mut lines = Vec::new();
        for thing in &things {
            let Thing::Task(task) = thing else { continue };
            let Some(look) = WorkflowLook::of(task, Some(told.project), None) else { continue };
            lines.push(("Enabled", format!("{}  {}", task.reference(), look.strip(&told.style))));
        }
        let first = things.first().map(|thing| format!("phase start {}", told.short(thing)));
        Said::of(labelled(&lines)).next(first)
    })
}
