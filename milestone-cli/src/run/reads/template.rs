//! `template list`, `template show` and `template check`.
//!
//! - **Invariant.** A template that is wrong is listed with what is wrong; it never hides others.
//! - **Absent on purpose.** The past: templates are files, and git has their history.

use milestone_core::projection::State;
use milestone_interop::template::{Finding, Template, TemplateTask};
use schemars::JsonSchema;
use serde::Serialize;

use super::present_only;
use super::print::{self, Listing, REPORT, object, talks};
use crate::args::global::Format;
use crate::args::template::{TemplateCheckArgs, TemplateShowArgs};
use crate::args::usage::quoted;
use crate::run::context::{Context, Moment, Output, Ran};
use crate::run::shelf::{Held, Shelf};
use crate::ui::dates::duration;
use crate::ui::error::Exit;
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;

/// A template without its tasks.
#[derive(Serialize, JsonSchema)]
pub(super) struct RowDoc<'a> {
    name: &'a str,
    about: String,
    tasks: Option<usize>,
    estimate_minutes: Option<u64>,
    built_in: bool,
    overrides: bool,
    path: Option<&'a str>,
    findings: usize,
}

impl<'a> RowDoc<'a> {
    fn of(held: &'a Held) -> Self {
        let read = held.read();
        let good = read.as_ref().ok();
        Self {
            name: &held.name,
            about: good.map(|template| template.about.clone()).unwrap_or_default(),
            tasks: good.map(|template| template.tasks.len()),
            estimate_minutes: good.map(Template::estimate),
            built_in: held.path.is_none(),
            overrides: held.overrides,
            path: held.path.as_deref(),
            findings: read.err().map_or(0, |findings| findings.len()),
        }
    }

    fn cells(&self) -> Vec<Cell> {
        let about = match self.findings {
            0 => self.about.clone(),
            count => format!("{count} to mend: milestone template check {}", self.name),
        };
        let from = if self.built_in { "built in" } else { "project" };
        let minutes = self.estimate_minutes.and_then(|minutes| u32::try_from(minutes).ok());
        vec![
            Cell::new(self.name),
            Cell::new(self.tasks.map(|count| count.to_string()).unwrap_or_default()),
            Cell::new(minutes.filter(|count| *count > 0).map(duration).unwrap_or_default()),
            Cell::new(from),
            Cell::new(about),
        ]
    }
}

/// Lists the templates.
pub(in crate::run) fn list(context: &mut Context) -> Ran {
    present_only(context, "template list")?;
    let shelf = Shelf::of(context)?;
    let rows: Vec<RowDoc<'_>> = shelf.all().iter().map(RowDoc::of).collect();
    let moment = moment(context)?;
    let table = || Table {
        columns: vec![
            Column::new("name", "NAME", Fit::Key),
            Column::new("tasks", "TASKS", Fit::Key),
            Column::new("estimate", "WORK", Fit::Key),
            Column::new("from", "FROM", Fit::Key),
            Column::new("about", "ABOUT", Fit::Text),
        ],
        rows: rows.iter().map(RowDoc::cells).collect(),
    };
    let mut output = Listing {
        verb: "template list",
        kind: "template.list",
        table,
        items: || shelf.all().iter().map(RowDoc::of).collect(),
        text: None,
        md: None,
        total: Some(rows.len()),
        empty: String::new(),
        hints: Vec::new(),
    }
    .print(context, &moment)?;
    if context.hints() && context.style.tty {
        output = output.say("Use one: milestone quickstart NAME TITLE");
    }
    Ok(output)
}

/// What results about files are about: the project as it is now, or none.
fn moment(context: &mut Context) -> Result<Moment, Box<crate::ui::error::Problem>> {
    if context.root().is_some() {
        return context.moment();
    }
    let (state, heads) = (State::new(), Vec::new());
    Ok(Moment { state, heads, count: 0, as_of: None, banner: None, clock_max: None, last: None })
}

/// All of a template.
#[derive(Serialize, JsonSchema)]
pub(super) struct TemplateDoc<'a> {
    name: &'a str,
    about: &'a str,
    path: Option<&'a str>,
    title: Option<&'a str>,
    description: &'a str,
    labels: &'a [String],
    priority: Option<&'static str>,
    workflow: Option<&'a str>,
    criteria: &'a [String],
    tasks: Vec<TaskDoc<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct TaskDoc<'a> {
    id: &'a str,
    title: &'a str,
    description: &'a str,
    estimate_minutes: Option<u32>,
    weight: Option<u32>,
    priority: Option<&'static str>,
    labels: &'a [String],
    criteria: &'a [String],
    workflow: Option<&'a str>,
    deliverables: Vec<HandoverDoc<'a>>,
    after: Vec<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct HandoverDoc<'a> {
    phase: &'a str,
    name: &'a str,
}

impl<'a> TaskDoc<'a> {
    fn of(task: &'a TemplateTask) -> Self {
        Self {
            id: task.id.as_str(),
            title: &task.title,
            description: &task.description,
            estimate_minutes: task.estimate,
            weight: task.weight,
            priority: task.priority.map(milestone_core::domain::Priority::name),
            labels: &task.labels,
            criteria: &task.criteria,
            workflow: task.workflow.as_deref(),
            deliverables: task
                .deliverables
                .iter()
                .map(|held| HandoverDoc { phase: &held.phase, name: &held.name })
                .collect(),
            after: task.after.iter().map(milestone_core::words::Slug::as_str).collect(),
        }
    }
}

/// Shows a template.
pub(in crate::run) fn show(context: &mut Context, args: &TemplateShowArgs) -> Ran {
    present_only(context, "template show")?;
    let shelf = Shelf::of(context)?;
    let held = shelf.find(&args.name)?;
    if args.source {
        return Ok(Output::as_is(String::from_utf8_lossy(&held.bytes)));
    }
    let template = held.template()?;
    if print::format(context, "template show", REPORT, false)? == Format::Json {
        let doc = TemplateDoc {
            name: &held.name,
            about: &template.about,
            path: held.path.as_deref(),
            title: template.title.as_deref(),
            description: &template.description,
            labels: &template.labels,
            priority: template.priority.map(milestone_core::domain::Priority::name),
            workflow: template.workflow.as_deref(),
            criteria: &template.criteria,
            tasks: template.tasks.iter().map(TaskDoc::of).collect(),
        };
        let moment = moment(context)?;
        return object(context, &moment, "template.show", &doc).map(Output::of);
    }
    let mut output = Output::of(page(context, held, &template));
    if context.hints() {
        let title = template.title.as_deref().unwrap_or("TITLE");
        let (name, title) = (&held.name, quoted(title));
        output = output.say(format!("Next: milestone quickstart {name} {title}"));
    }
    Ok(output)
}

fn page(context: &Context, held: &Held, template: &Template) -> String {
    let mut facts = vec![held.path.clone().unwrap_or_else(|| "built in".to_owned())];
    let words = |list: &[String]| list.join(", ");
    if !template.labels.is_empty() {
        facts.push(format!("labels {}", words(&template.labels)));
    }
    facts.extend(template.priority.map(|priority| format!("priority {}", priority.name())));
    facts.extend(template.workflow.as_ref().map(|workflow| format!("workflow {workflow}")));
    let dot = context.style.drawing().dot;
    let mut lines = vec![format!("{}  {}", held.name, template.about), facts.join(dot)];
    if !template.description.is_empty() {
        lines.push(String::new());
        lines.extend(template.description.lines().map(str::to_owned));
    }
    lines.push(String::new());
    let ruler = context.style.ruler();
    let width = |task: &TemplateTask| ruler.width(&sanitize(&task.title));
    let widest = template.tasks.iter().map(width).max().unwrap_or(0);
    for (place, task) in template.tasks.iter().enumerate() {
        let title = ruler.pad(&sanitize(&task.title), widest);
        let estimate = task.estimate.map(duration).unwrap_or_default();
        let mut row = format!("{:>3}  {title}  {estimate:<4}", place + 1);
        if !task.after.is_empty() {
            let before = template.tasks.iter().enumerate();
            let before = before.filter(|(_, other)| task.after.contains(&other.id));
            let numbers: Vec<String> = before.map(|(at, _)| (at + 1).to_string()).collect();
            row.push_str(&format!("  after {}", numbers.join(", ")));
        }
        lines.push(row);
        if task.workflow != template.workflow {
            let workflow = task.workflow.as_deref().unwrap_or("none");
            lines.push(format!("       workflow {workflow}"));
        }
        let held = task.deliverables.iter();
        lines.extend(held.map(|held| format!("       {}: {}", held.phase, held.name)));
        lines.extend(task.criteria.iter().map(|text| format!("       - {text}")));
    }
    if !template.criteria.is_empty() {
        lines.push("  Done when".to_owned());
        lines.extend(template.criteria.iter().map(|text| format!("       - {text}")));
    }
    let line = |line: &String| format!("{}\n", sanitize(line.trim_end()));
    lines.iter().map(line).collect()
}

/// What is wrong with templates.
#[derive(Serialize, JsonSchema)]
pub(super) struct CheckDoc {
    checked: usize,
    findings: Vec<FindingDoc>,
}

#[derive(Serialize, JsonSchema)]
struct FindingDoc {
    template: String,
    path: Option<String>,
    line: usize,
    rule: &'static str,
    message: String,
    remedy: String,
}

impl FindingDoc {
    fn of(held: &Held, finding: &Finding) -> Self {
        Self {
            template: held.name.clone(),
            path: held.path.clone(),
            line: finding.line,
            rule: finding.fault.rule(),
            message: finding.fault.to_string(),
            remedy: finding.fault.remedy(),
        }
    }
}

/// Checks templates.
pub(in crate::run) fn check(context: &mut Context, args: &TemplateCheckArgs) -> Ran {
    present_only(context, "template check")?;
    let shelf = Shelf::of(context)?;
    let held: Vec<&Held> = match args.names.is_empty() {
        true => shelf.all().iter().filter(|held| held.path.is_some()).collect(),
        false => args.names.iter().map(|name| shelf.find(name)).collect::<Result<_, _>>()?,
    };
    let (mut text, mut findings) = (String::new(), Vec::new());
    for held in &held {
        match held.read() {
            Ok(template) => {
                let tasks = crate::run::backend::counted(template.tasks.len(), "task", "tasks");
                text.push_str(&format!("{}: good, {tasks}\n", held.place()));
            }
            Err(wrong) => {
                for finding in &wrong {
                    text.push_str(&format!(
                        "{}:{}\n",
                        held.place(),
                        sanitize(&finding.to_string())
                    ));
                }
                findings.extend(wrong.iter().map(|finding| FindingDoc::of(held, finding)));
            }
        }
    }
    let exit = if findings.is_empty() { Exit::Ok } else { Exit::Integrity };
    let mut output = match print::format(context, "template check", REPORT, false)? {
        Format::Json => {
            let moment = moment(context)?;
            let doc = CheckDoc { checked: held.len(), findings };
            Output::of(object(context, &moment, "template.check", &doc)?)
        }
        _ => Output::of(text),
    };
    if held.is_empty() && talks(context) {
        output =
            output.say("This project has no templates. Begin one: milestone template new NAME");
    }
    output.exit = exit;
    Ok(output)
}
