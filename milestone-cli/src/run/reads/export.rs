//! `export`: milestones with their tasks, as JSON, NDJSON, CSV or Markdown.
//!
//! Start at [`run`].
//!
//! - **Invariant.** A spreadsheet runs nothing of it: a cell that would be a formula begins with an
//!   apostrophe.
//! - **Invariant.** A file is there as a whole or not at all.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use milestone_core::domain::{
    Milestone, Plan, Priority, Task, effective_stage, milestone_progress, reference_of,
    status_word, task_percent,
};
use milestone_core::projection::{Document, State};
use milestone_core::query::{MILESTONE_ORDER, Scope};
use schemars::JsonSchema;
use serde::Serialize;

use super::print;
use crate::args::export::ExportArgs;
use crate::args::global::Format;
use crate::run::context::{Context, Moment, Output, Ran};
use crate::run::query::Asked;
use crate::run::schema::AnyObject;
use crate::run::views::Eye;
use crate::ui::error::{Exit, Problem};
use crate::ui::json::ndjson;
use crate::ui::markdown;

/// The formats of an export.
const FORMATS: &[Format] = &[Format::Json, Format::Ndjson, Format::Csv, Format::Md];

/// The columns of CSV.
const COLUMNS: [&str; 23] = [
    "kind",
    "ref",
    "milestone",
    "title",
    "status",
    "progress",
    "priority",
    "owner",
    "assignees",
    "labels",
    "start",
    "due",
    "estimate_minutes",
    "time_spent_minutes",
    "weight",
    "after",
    "template",
    "external_id",
    "created_at",
    "changed_at",
    "started_at",
    "completed_at",
    "description",
];

/// What a milestone is exported as.
#[derive(Serialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub(super) struct Exported {
    #[serde(flatten)]
    #[schemars(with = "AnyObject")]
    milestone: Document,
    /// Whole percent.
    progress: u8,
    /// Its tasks in their order, without those that were removed.
    #[schemars(with = "Vec<AnyObject>")]
    tasks: Vec<Document>,
}

/// A milestone with its tasks.
struct Whole {
    milestone: Arc<Milestone>,
    status: &'static str,
    progress: u8,
    tasks: Vec<Arc<Task>>,
}

/// The file that is standard output.
pub(super) const STDOUT: &str = "-";

/// The format that a file's name says; a name that says one that is not there is refused.
pub(super) fn by_name(
    path: Option<&Path>,
    verb: &str,
    has: &[Format],
) -> Result<Option<Format>, Box<Problem>> {
    let Some(path) = path else { return Ok(None) };
    let Some(name) = path.extension().and_then(|name| name.to_str()) else { return Ok(None) };
    let format = match name.to_ascii_lowercase().as_str() {
        "html" | "htm" => Format::Html,
        "md" | "markdown" => Format::Md,
        "csv" => Format::Csv,
        "json" => Format::Json,
        "ndjson" | "jsonl" => Format::Ndjson,
        "txt" | "text" => Format::Text,
        _ => {
            let message = format!("no format is named after {}", path.display());
            let problem = Problem::new("usage.format", Exit::Usage, message)
                .fact(format!("{verb} has: {}", print::names(has)))
                .unchanged();
            return Err(Box::new(problem.hint(format!("milestone {verb} -o FILE --format F"))));
        }
    };
    match has.contains(&format) {
        true => Ok(Some(format)),
        false => Err(print::no_format(verb, format, has)),
    }
}

/// Exports milestones.
pub(super) fn run(context: &mut Context, args: &ExportArgs) -> Ran {
    let moment = context.moment()?;
    let state = &moment.state;
    let format = format(context, args)?;
    let mut asked = Asked::read(context, state, &args.query)?;
    if !args.all {
        asked.hide_shelved(Scope::Milestones);
    }
    let selection = asked.answer(state, Scope::Milestones, MILESTONE_ORDER)?;
    let found = selection.found.iter();
    let all: Vec<Whole> =
        found.filter_map(|found| whole(state, state.milestone(found.stream.as_str())?)).collect();
    let text = match format {
        Format::Csv => csv(state, &all).map_err(|error| failed(&error.to_string()))?,
        Format::Md => outline(context, state, &all),
        format => documents(context, &moment, format, &all)?,
    };
    let Some(path) = args.output.as_ref().filter(|path| **path != *Path::new(STDOUT)) else {
        let output = print::under_banner(context, &moment, text);
        return Ok(Output { as_is: true, ..output });
    };
    let path = context.dir().join(path);
    let count = match all.len() {
        1 => "1 milestone".to_owned(),
        count => format!("{count} milestones"),
    };
    if context.global.dry_run {
        return Ok(Output::of("").say(format!("{count} would be exported.")));
    }
    written(&path, &text, args.force, "export")?;
    let output = print::under_banner(context, &moment, String::new());
    Ok(match print::talks(context) {
        true => output.say(format!("{count} written to {}", path.display())),
        false => output,
    })
}

/// The format that was asked for, or that the file's name says.
fn format(context: &Context, args: &ExportArgs) -> Result<Format, Box<Problem>> {
    if context.global.format_asked().is_some() {
        return print::format(context, "export", FORMATS, false);
    }
    let path = args.output.as_deref().filter(|path| *path != Path::new(STDOUT));
    match by_name(path, "export", FORMATS)? {
        Some(format) => Ok(format),
        None => Ok(Format::Json),
    }
}

fn whole(state: &State, milestone: Arc<Milestone>) -> Option<Whole> {
    let id = milestone.id.to_string();
    let rows = state.rows(&id);
    let status = status_word(effective_stage(&milestone, &rows));
    let progress = milestone_progress(&milestone, &rows).percent;
    Some(Whole { status, progress, tasks: state.tasks_of(&id), milestone })
}

fn documents(
    context: &Context,
    moment: &Moment,
    format: Format,
    all: &[Whole],
) -> Result<String, Box<Problem>> {
    let document = |whole: &Whole| Exported {
        milestone: Document::of_milestone(&whole.milestone),
        progress: whole.progress,
        tasks: whole.tasks.iter().map(|task| Document::of_task(task)).collect(),
    };
    let data: Vec<Exported> = all.iter().map(document).collect();
    match format {
        Format::Ndjson => {
            let meta = print::meta(context, moment, Some(all.len()));
            ndjson("export", &meta, &data).map_err(|error| failed(&error.to_string()))
        }
        _ => print::document(context, moment, "export", data, Some(all.len()), Vec::new()),
    }
}

fn outline(context: &Context, state: &State, all: &[Whole]) -> String {
    let eye = Eye::of(context);
    let page = |whole: &Whole| markdown::show(&eye.milestone(state, &whole.milestone));
    all.iter().map(page).collect::<Vec<_>>().join("\n")
}

fn csv(state: &State, all: &[Whole]) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for Whole { milestone, status, progress, tasks } in all {
        let id = milestone.id.to_string();
        let row = Row { kind: "milestone", milestone: &id, status, progress: *progress };
        writer.write_record(cells(state, &row, id.clone(), &Document::of_milestone(milestone)))?;
        for task in tasks {
            let progress = task_percent(task.item.stage, task.fraction());
            let row = Row { kind: "task", milestone: &id, status: task.status(), progress };
            writer.write_record(cells(state, &row, task.reference(), &Document::of_task(task)))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What a row says besides the document.
struct Row<'a> {
    kind: &'a str,
    milestone: &'a str,
    status: &'a str,
    progress: u8,
}

fn cells(state: &State, row: &Row<'_>, reference: String, doc: &Document) -> Vec<String> {
    fn shown<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let after = doc.dependencies.iter().map(|on| reference_of(state, on)).collect::<Vec<_>>();
    let cells = [
        row.kind.to_owned(),
        reference,
        row.milestone.to_owned(),
        doc.title.clone(),
        row.status.to_owned(),
        row.progress.to_string(),
        shown(doc.priority.map(Priority::name)),
        shown(doc.owner.as_ref()),
        doc.assignees.join(";"),
        doc.labels.join(";"),
        shown(doc.start),
        shown(doc.due),
        shown(doc.estimate),
        doc.time_spent.to_string(),
        shown(doc.weight),
        after.join(";"),
        shown(doc.template.as_ref()),
        shown(doc.external_id.as_ref()),
        shown(doc.created_at),
        doc.changed_at.to_string(),
        shown(doc.started_at),
        shown(doc.completed_at),
        shown(doc.description.as_ref()),
    ];
    cells.into_iter().map(harmless).collect()
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: String) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => format!("'{cell}"),
        false => cell,
    }
}

/// Writes a file beside its place, and then puts it there.
pub(super) fn written(
    path: &Path,
    text: &str,
    force: bool,
    verb: &str,
) -> Result<(), Box<Problem>> {
    let shown = path.display();
    let unwritable = |why: String| {
        let message = format!("cannot write {shown}");
        let problem = Problem::new("output.unwritable", Exit::NotRecorded, message).fact(why);
        let hint = format!("milestone {verb} -o FILE, in a directory that you may write to");
        Box::new(problem.unchanged().hint(hint))
    };
    if path.is_dir() {
        return Err(unwritable("it is a directory".to_owned()));
    }
    if path.exists() && !force {
        return Err(Box::new(
            Problem::new(
                "export.exists",
                Exit::Refused,
                format!("there is a file {shown} already"),
            )
            .unchanged()
            .hint(format!("milestone {verb} --force, or another -o FILE")),
        ));
    }
    let mut scratch = path.as_os_str().to_owned();
    scratch.push(".part");
    let write = || {
        let mut file = std::fs::File::create(&scratch)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&scratch, path)
    };
    write().map_err(|error| {
        let _ = std::fs::remove_file(&scratch);
        unwritable(error.to_string())
    })
}

fn failed(why: &str) -> Box<Problem> {
    let message = "the milestones cannot be exported";
    Box::new(Problem::new("export.failed", Exit::Failed, message).fact(why))
}
