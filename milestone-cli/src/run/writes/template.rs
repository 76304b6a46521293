//! `template save` and `template new`: files in `.milestones/templates`.
//!
//! Start at [`save`].
//!
//! - **Invariant.** A file that is there is replaced only when that was asked for.
//! - **Invariant.** What was saved can be used: it is read again before it is written.

use std::collections::BTreeSet;
use std::io;

use milestone_core::domain::{Item, Milestone, Plan, Stage, Task, numbered};
use milestone_core::projection::State;
use milestone_core::words::{Slug, StreamId};
use milestone_interop::template::{
    Handover, STARTER, Template, TemplateTask, Workflows, is_writable, write,
};
use milestone_project::{TEMPLATES, write_template};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::context::{Context, Output, Ran};
use super::super::shelf::{Shelf, workflows};
use super::act::not_interrupted;
use super::flow::target;
use super::result::document;
use super::seen::Thing;
use crate::args::template::{TemplateNewArgs, TemplateSaveArgs};
use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// What became of a template's file.
#[derive(Serialize, JsonSchema)]
pub(super) struct SavedDoc<'a> {
    name: &'a str,
    path: String,
    dry_run: bool,
    tasks: usize,
    left_out: &'a [String],
}

/// `milestone template save`.
pub(in crate::run) fn save(context: &mut Context, args: &TemplateSaveArgs) -> Ran {
    let name = name(&args.name)?;
    let asked = target(context, args.reference.as_deref().unwrap_or("@"))?;
    let state = context.project()?.state().clone();
    let milestone = found(&state, &asked)?;
    let workflows = workflows(context.root().as_deref());
    let (mut template, left_out) = template_of(&state, &milestone, &workflows);
    template.about = match &args.about {
        Some(about) => about.clone(),
        None => format!("As {} was made", milestone.item.title),
    };
    if !is_writable(&template, &workflows) {
        let message = format!("{} has a text that no template can say", milestone.id);
        return Err(Box::new(
            Problem::new("template.not_sayable", Exit::Refused, message)
                .fact("such as a criterion of several lines, or a label with a comma")
                .unchanged()
                .hint(format!("milestone show {}", quoted(milestone.id.as_str()))),
        ));
    }
    let text = write(&template);
    written(context, &name, &text, args.replace, (template.tasks.len(), &left_out))
}

/// `milestone template new`.
pub(in crate::run) fn new(context: &mut Context, args: &TemplateNewArgs) -> Ran {
    let name = name(&args.name)?;
    context.project()?;
    let text = match &args.from {
        None => STARTER.to_owned(),
        Some(from) => {
            let shelf = Shelf::of(context)?;
            String::from_utf8_lossy(&shelf.find(from)?.bytes).into_owned()
        }
    };
    let known = workflows(context.root().as_deref());
    let read = milestone_interop::template::parse(text.as_bytes(), &known);
    let count = read.map_or(0, |template| template.tasks.len());
    written(context, &name, &text, false, (count, &[]))
}

fn name(typed: &str) -> Result<Slug, Box<Problem>> {
    Slug::new(typed).map_err(|fault| {
        let message = format!("\"{typed}\" cannot be the name of a template: {fault}");
        Box::new(
            Problem::new("template.name", Exit::Usage, message)
                .unchanged()
                .hint("milestone template new release"),
        )
    })
}

fn found(state: &State, asked: &str) -> Result<Milestone, Box<Problem>> {
    let stream = milestone_core::domain::resolve(state, asked, None, false)
        .map_err(|refusal| Box::new(super::super::problem::refused(&refusal)))?;
    match Thing::of(state, &stream) {
        Some(Thing::Milestone(milestone)) => Ok((*milestone).clone()),
        _ => {
            let message = format!("{asked} is a task, and this is for milestones");
            Err(Box::new(
                Problem::new("ref.not_a_milestone", Exit::Refused, message)
                    .unchanged()
                    .hint("milestone list"),
            ))
        }
    }
}

/// A milestone as a template, and what of it no template can say.
fn template_of(
    state: &State,
    milestone: &Milestone,
    workflows: &Workflows,
) -> (Template, Vec<String>) {
    let item = &milestone.item;
    let mut left_out: BTreeSet<String> = BTreeSet::new();
    let rows = numbered(state, milestone.id.as_str());
    let tasks: Vec<_> = rows.iter().filter_map(|row| state.task(row.stream.as_str())).collect();
    let (kept, dropped): (Vec<_>, Vec<_>) =
        tasks.into_iter().partition(|task| task.item.stage != Stage::Cancelled);
    if !dropped.is_empty() {
        left_out.insert("cancelled tasks".to_owned());
    }
    let id_of = |stream: &StreamId| {
        kept.iter().find(|task| task.stream == *stream).map(|task| task.slug.clone())
    };
    let mut made = Vec::new();
    for task in &kept {
        people_and_days(&task.item, &mut left_out);
        let after: Vec<Slug> = task.item.dependencies.iter().filter_map(id_of).collect();
        if after.len() < task.item.dependencies.len() {
            left_out.insert("dependencies on other milestones".to_owned());
        }
        let (workflow, deliverables) = phases_of(task, workflows, &mut left_out);
        made.push(TemplateTask { workflow, deliverables, ..task_of(task, after) });
    }
    people_and_days(item, &mut left_out);
    if !item.dependencies.is_empty() {
        left_out.insert("dependencies on other milestones".to_owned());
    }
    let template = Template {
        about: String::new(),
        title: Some(item.title.to_string()),
        description: item.description.as_deref().unwrap_or_default().to_owned(),
        labels: item.labels.iter().map(ToString::to_string).collect(),
        priority: item.priority,
        workflow: usual(&made),
        criteria: item.criteria.iter().map(|criterion| criterion.text.to_string()).collect(),
        tasks: made,
    };
    (template.ordered(), left_out.into_iter().collect())
}

fn task_of(task: &Task, after: Vec<Slug>) -> TemplateTask {
    let item = &task.item;
    // The criteria of phases come with the workflow.
    let own = item.criteria.iter().filter(|criterion| criterion.phase.is_none());
    TemplateTask {
        id: task.slug.clone(),
        title: item.title.to_string(),
        description: item.description.as_deref().unwrap_or_default().to_owned(),
        estimate: item.estimate,
        weight: item.weight.filter(|weight| *weight != 1),
        priority: item.priority,
        labels: item.labels.iter().map(ToString::to_string).collect(),
        criteria: own.map(|criterion| criterion.text.to_string()).collect(),
        workflow: None,
        deliverables: Vec::new(),
        after,
    }
}

/// The workflow that all tasks go through, if it is one.
fn usual(tasks: &[TemplateTask]) -> Option<String> {
    let first = tasks.first()?.workflow.clone();
    first.filter(|name| tasks.iter().all(|task| task.workflow.as_deref() == Some(name)))
}

/// The workflow of a task, and what it wants delivered beside what the workflow asks for today.
fn phases_of(
    task: &Task,
    workflows: &Workflows,
    left_out: &mut BTreeSet<String>,
) -> (Option<String>, Vec<Handover>) {
    let Some(held) = &task.workflow else { return (None, Vec::new()) };
    let Some(known) = workflows.get(&held.name) else {
        left_out.insert(format!("the workflow {}, which cannot be used now", held.name));
        return (None, Vec::new());
    };
    let mut more = Vec::new();
    for phase in &held.phases {
        let Some(now) = known.phases.iter().find(|now| *now.spec.phase == *phase.name) else {
            left_out.insert(format!("phases that the workflow {} no longer has", held.name));
            continue;
        };
        let wanted = phase.deliverables.iter().filter(|wanted| wanted.wanted);
        let extra =
            wanted.filter(|wanted| !now.spec.deliverables.iter().any(|n| **n == *wanted.name));
        more.extend(extra.map(|wanted| Handover {
            phase: phase.name.to_string(),
            name: wanted.name.to_string(),
        }));
    }
    (Some(held.name.to_string()), more)
}

fn people_and_days(item: &Item, left_out: &mut BTreeSet<String>) {
    if item.owner.is_some() || !item.assignees.is_empty() {
        left_out.insert("people".to_owned());
    }
    if item.due.is_some() || item.start.is_some() {
        left_out.insert("days".to_owned());
    }
}

/// Writes the file, and says so.
fn written(
    context: &mut Context,
    name: &Slug,
    text: &str,
    replace: bool,
    (tasks, left_out): (usize, &[String]),
) -> Ran {
    let path = format!(".milestones/{TEMPLATES}/{name}.md");
    let dry_run = context.global.dry_run;
    not_interrupted(context)?;
    let root = context.project()?.root().to_owned();
    if dry_run && !context.json() {
        return Ok(Output::as_is(text).say(format!("{path} was not written (--dry-run).")));
    }
    if !dry_run {
        write_template(&root, name, text, replace)
            .map_err(|error| unwritten(&path, name, &error))?;
    }
    if context.json() {
        let doc = SavedDoc { name: name.as_str(), path, dry_run, tasks, left_out };
        return document(context, "template.save", &doc).map(Output::of);
    }
    if context.global.quiet {
        return Ok(Output::of(format!("{name}\n")));
    }
    let tasks = super::super::backend::counted(tasks, "task", "tasks");
    let mut output = Output::of(format!("Wrote {path}  ({tasks})\n"));
    if !left_out.is_empty() {
        output = output.say(format!("Left out: {}.", sanitize(&left_out.join(", "))));
    }
    if context.hints() {
        output = output.say(format!("Next: milestone template check {name}"));
    }
    Ok(output)
}

fn unwritten(path: &str, name: &Slug, error: &io::Error) -> Box<Problem> {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return Box::new(
            Problem::new("template.exists", Exit::Refused, format!("{path} is there already"))
                .unchanged()
                .hint(format!("milestone template save {name} REF --replace, or another name")),
        );
    }
    Box::new(
        Problem::new("template.unwritable", Exit::NotRecorded, format!("cannot write {path}"))
            .fact(error.to_string())
            .unchanged()
            .hint("mend its permissions"),
    )
}
