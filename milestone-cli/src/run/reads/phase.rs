//! `phase show`, `review --pending`, `workflow list|show|check`.
//!
//! Start at [`show`].
//!
//! - **Invariant.** Deliverables are compared with the files as they are, but not under `--as-of`.

use std::path::Path;

use milestone_core::domain::{NewPhase, Plan, Refusal, Task};
use milestone_core::words::{StreamId, StreamName};
use milestone_project::{KnownWorkflow, Project, WorkflowError, known_workflows};
use schemars::JsonSchema;
use serde::Serialize;

use super::{print, refs};
use crate::args::global::Format;
use crate::args::phase::{PhaseShowArgs, ReviewArgs};
use crate::run::context::{Context, Moment, Output, Ran};
use crate::run::phases::{PhaseLook, WorkflowLook, planned, split};
use crate::run::problem;
use crate::ui::error::{Exit, Problem};
use crate::ui::json::{Envelope, Meta};
use crate::ui::page::{Page, Section};
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;
use print::Listing;

/// The workflow of a task as it looks at that moment.
pub(super) fn look_at(
    context: &mut Context,
    moment: &Moment,
    task: &Task,
) -> Result<Option<WorkflowLook>, Box<Problem>> {
    let now = moment.as_of.is_none().then_some(context.around.now);
    let project = context.project()?;
    Ok(WorkflowLook::of(task, now.map(|_| &*project), now))
}

/// The phases of everything below a stream.
fn phases_of(
    context: &mut Context,
    moment: &Moment,
    stream: Option<&StreamId>,
) -> Result<Vec<PhaseLook>, Box<Problem>> {
    let all = match stream.map(StreamId::name) {
        None => moment.state.milestone_ids().iter().map(ToString::to_string).collect(),
        Some(StreamName::Milestone(id)) => vec![id.to_owned()],
        Some(_) => Vec::new(),
    };
    let mut tasks: Vec<_> = all.iter().flat_map(|id| moment.state.tasks_of(id)).collect();
    tasks.extend(stream.and_then(|stream| moment.state.task(stream.as_str())));
    let mut phases = Vec::new();
    for task in tasks {
        phases.extend(look_at(context, moment, &task)?.into_iter().flat_map(|held| held.phases));
    }
    Ok(phases)
}

/// Shows the phases of a milestone or a task, or one of them.
pub(super) fn show(context: &mut Context, args: &PhaseShowArgs) -> Ran {
    let moment = context.moment()?;
    let (asked, phase) = split(args.reference.as_deref().unwrap_or("@"));
    let stream = refs::find(context, &moment, asked, "phase show")?;
    if let (StreamName::Task(..), Some(task)) = (stream.name(), moment.state.task(stream.as_str()))
        && task.workflow.is_none()
    {
        let refusal = Refusal::NoWorkflow { reference: task.reference() };
        return Err(Box::new(problem::refused(&refusal)));
    }
    let phases = phases_of(context, &moment, Some(&stream))?;
    if let Some(asked) = phase {
        return one(context, &moment, &stream, &phases, asked);
    }
    let on = stream.to_string();
    list(context, &moment, "phase show", "phase.list", &phases, format!("{on} has no phases."))
}

fn one(
    context: &Context,
    moment: &Moment,
    stream: &StreamId,
    phases: &[PhaseLook],
    asked: &str,
) -> Ran {
    let Some(phase) = phases.iter().find(|held| held.phase == asked) else {
        let phases = phases.iter().map(|held| held.phase.clone()).collect();
        let reference = milestone_core::domain::reference_of(&moment.state, stream);
        let refusal = Refusal::UnknownPhase { reference, asked: asked.to_owned(), phases };
        return Err(Box::new(problem::refused(&refusal)));
    };
    let stdout = match print::format(context, "phase show", print::PAGE, false)? {
        Format::Json => print::object(context, moment, "phase.show", phase)?,
        Format::Md => page(phase).markdown(),
        _ if context.style.accessible => page(phase).spoken(),
        _ => page(phase).render(&context.style),
    };
    Ok(print::under_banner(context, moment, stdout))
}

/// One phase as a page.
pub(in crate::run) fn page(phase: &PhaseLook) -> Page {
    let mut facts = vec![("Status", phase.stands_in_words())];
    let mut fact = |name, value: String| {
        if !value.is_empty() {
            facts.push((name, value));
        }
    };
    fact("Plan", phase.plan());
    fact("Took", phase.took());
    fact("Who", phase.who());
    fact("Comment", phase.comment().unwrap_or_default().replace('\n', " "));
    let sections = [
        Section { title: "Deliverables", lines: phase.delivery_lines() },
        Section { title: "Criteria", lines: phase.criterion_lines() },
    ];
    let sections = sections.into_iter().filter(|section| !section.lines.is_empty()).collect();
    Page { head: format!("PHASE: {}", phase.r#ref), facts, sections }
}

fn list(
    context: &Context,
    moment: &Moment,
    verb: &str,
    kind: &str,
    phases: &[PhaseLook],
    empty: String,
) -> Ran {
    let table = || {
        let columns = vec![
            Column::new("ref", "REF", Fit::Key),
            Column::new("status", "STATUS", Fit::Key),
            Column::new("plan", "PLAN", Fit::Key),
            Column::new("took", "TOOK", Fit::Key),
            Column::new("delivered", "DELIVERED", Fit::Key),
            Column::new("who", "WHO", Fit::Text),
        ];
        let row = |phase: &PhaseLook| {
            let mark = phase.mark();
            let word = phase.stands_shortly();
            let plain = match phase.changed.is_empty() {
                true => phase.status.to_owned(),
                false => word.clone(),
            };
            let status = match context.style.accessible {
                true => word.clone(),
                false => format!("{} {word}", mark.glyph(context.style.glyphs)),
            };
            vec![
                Cell::new(&phase.r#ref),
                Cell::new(status).plain(plain).paint(mark.paint()),
                Cell::new(phase.plan()),
                Cell::new(phase.took()),
                Cell::new(phase.delivered()),
                Cell::new(phase.who()),
            ]
        };
        Table { columns, rows: phases.iter().map(row).collect() }
    };
    Listing {
        verb,
        kind,
        table,
        items: || phases.to_vec(),
        text: None,
        md: None,
        total: Some(phases.len()),
        empty,
        hints: Vec::new(),
    }
    .print(context, moment)
}

/// What waits for somebody: below `asked`, or anywhere.
pub(in crate::run) fn waiting(
    context: &mut Context,
    moment: &Moment,
    asked: Option<&str>,
) -> Result<Vec<PhaseLook>, Box<Problem>> {
    let stream = match asked {
        Some(asked) => Some(refs::find(context, moment, asked, "review")?),
        None => None,
    };
    let mut phases = phases_of(context, moment, stream.as_ref())?;
    phases.retain(PhaseLook::wants_a_look);
    phases.sort_by_key(|phase| phase.submitted_at);
    Ok(phases)
}

/// Lists what waits for somebody, the oldest first.
pub(super) fn pending(context: &mut Context, args: &ReviewArgs) -> Ran {
    let moment = context.moment()?;
    let phases = waiting(context, &moment, args.reference.as_deref())?;
    let empty = "Nothing waits for approval.".to_owned();
    list(context, &moment, "review --pending", "review.list", &phases, empty)
}

/// An item of `workflow.list`.
#[derive(Serialize, JsonSchema)]
pub(super) struct WorkflowDoc {
    name: String,
    file: Option<String>,
    enabled: Option<bool>,
    phases: Vec<String>,
    fault: Option<String>,
}

impl WorkflowDoc {
    fn of(known: &KnownWorkflow) -> Self {
        let file = known.content.as_ref().ok();
        let names =
            |phases: &[NewPhase]| phases.iter().map(|held| held.spec.phase.clone()).collect();
        Self {
            name: known.name.clone(),
            file: known.path.as_ref().map(|path| path.display().to_string()),
            enabled: file.map(|file| file.enabled),
            phases: file.map(|file| names(&file.workflow.phases)).unwrap_or_default(),
            fault: known.content.as_ref().err().map(fault),
        }
    }
}

fn fault(error: &WorkflowError) -> String {
    match error {
        WorkflowError::Bad { fault, more, .. } => {
            let all: Vec<String> =
                std::iter::once(fault).chain(more).map(ToString::to_string).collect();
            all.join("; ")
        }
        // Its file stands beside it.
        WorkflowError::Unreadable { source, .. } => format!("it cannot be read: {source}"),
        error => error.to_string(),
    }
}

/// Lists workflows.
pub(super) fn workflows(context: &mut Context) -> Ran {
    super::present_only(context, "workflow list")?;
    let moment = context.moment()?;
    let known = context.project()?.workflows();
    workflow_list(context, &moment, "workflow list", &known)
}

fn workflow_list(context: &Context, moment: &Moment, verb: &str, known: &[KnownWorkflow]) -> Ran {
    let docs = || known.iter().map(WorkflowDoc::of).collect::<Vec<_>>();
    let table = || {
        let columns = vec![
            Column::new("name", "NAME", Fit::Key),
            Column::new("phases", "PHASES", Fit::Text),
            Column::new("file", "FILE", Fit::Text),
        ];
        let row = |doc: &WorkflowDoc| {
            let what = match (&doc.fault, doc.enabled) {
                (Some(fault), _) => fault.clone(),
                (None, Some(false)) => format!("{} (switched off)", doc.phases.join(", ")),
                _ => doc.phases.join(", "),
            };
            let file = doc.file.as_deref().unwrap_or("built in");
            vec![Cell::new(&doc.name), Cell::new(what), Cell::new(file)]
        };
        Table { columns, rows: docs().iter().map(row).collect() }
    };
    Listing {
        verb,
        kind: "workflow.list",
        table,
        items: docs,
        text: None,
        md: None,
        total: Some(known.len()),
        empty: "There are no workflows.".to_owned(),
        hints: Vec::new(),
    }
    .print(context, moment)
}

/// Shows the phases of a workflow.
pub(super) fn workflow(context: &mut Context, name: &str) -> Ran {
    super::present_only(context, "workflow show")?;
    let moment = context.moment()?;
    let found = context.project()?.workflow(name);
    let file = found.map_err(|error| problem::workflow(&error))?;
    let phases = file.workflow.phases;
    let table = || {
        let columns = vec![
            Column::new("phase", "PHASE", Fit::Key),
            Column::new("weight", "WEIGHT", Fit::Key),
            Column::new("plan", "PLAN", Fit::Key),
            Column::new("approval", "APPROVAL", Fit::Key),
            Column::new("deliverables", "DELIVERABLES", Fit::Text),
        ];
        let row = |phase: &NewPhase| {
            let spec = &phase.spec;
            let approval = if spec.approval_required { "yes" } else { "no" };
            vec![
                Cell::new(&spec.phase),
                Cell::new(spec.weight.to_string()),
                Cell::new(planned(spec.minutes_min, spec.minutes_max)),
                Cell::new(approval),
                Cell::new(spec.deliverables.join(", ")),
            ]
        };
        Table { columns, rows: phases.iter().map(row).collect() }
    };
    Listing {
        verb: "workflow show",
        kind: "workflow.show",
        table,
        items: || phases.clone(),
        text: None,
        md: None,
        total: Some(phases.len()),
        empty: String::new(),
        hints: Vec::new(),
    }
    .print(context, &moment)
}

/// The workflow of a file, or of that name in the project or the program: a word that is no file
/// and has nothing of a path is a name. Neither needs a project around it.
fn file_or_name(context: &Context, asked: &Path) -> Result<KnownWorkflow, Box<Problem>> {
    let path = context.dir().join(asked);
    let names = asked.components().count() == 1 && asked.extension().is_none();
    if names && !path.is_file() {
        let name = asked.to_string_lossy();
        let root = context.root();
        let mut known = known_workflows(root.as_deref());
        return match known.iter().position(|held| held.name == name) {
            Some(at) => Ok(known.swap_remove(at)),
            None => {
                let known = known.into_iter().map(|held| held.name).collect();
                let none = WorkflowError::Unknown { name: name.into_owned(), known };
                Err(problem::workflow(&none))
            }
        };
    }
    let content = Project::workflow_file(&path);
    let stem = asked.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(KnownWorkflow { name: stem, path: Some(asked.to_owned()), content })
}

/// Checks one workflow: a file, or one by its name.
pub(in crate::run) fn check_one(context: &Context, asked: &Path) -> Ran {
    super::present_only(context, "workflow check")?;
    let known = file_or_name(context, asked)?;
    if let Err(error) = &known.content {
        return Err(problem::workflow(error));
    }
    let doc = WorkflowDoc::of(&known);
    match print::format(context, "workflow check", print::REPORT, false)? {
        Format::Json => {
            let told = Envelope::new("workflow.check", doc, Meta::default());
            let told = told.render(context.style.tty);
            let failed = |error: serde_json::Error| {
                Box::new(Problem::new("json.failed", Exit::Failed, error.to_string()))
            };
            told.map(Output::of).map_err(failed)
        }
        _ => {
            let (asked, phases) = (asked.display().to_string(), doc.phases.join(", "));
            Ok(Output::of(format!("{} is a workflow: {phases}\n", sanitize(&asked))))
        }
    }
}

/// Checks the workflows of the project. Exit 10 if one is wrong.
pub(super) fn check(context: &mut Context) -> Ran {
    super::present_only(context, "workflow check")?;
    let moment = context.moment()?;
    let known = context.project()?.workflows();
    let mut output = workflow_list(context, &moment, "workflow check", &known)?;
    if known.iter().any(|held| held.content.is_err()) {
        output.exit = Exit::Integrity;
    }
    Ok(output)
}
