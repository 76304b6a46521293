//! `quickstart` and `template use`: a project if there is none, and a milestone from a template.
//!
//! Start at [`quickstart`]. Which template fits is decided by `milestone_project::route`.
//!
//! - **Invariant.** The milestone and all its tasks are one record.
//! - **Invariant.** Nothing is made, not even the project, if a rule would refuse the milestone.
//!   That the record would be too long (1 MiB) is found before, too.

use milestone_core::domain::{Asker, Command, Field, Fields, NewTask, Refusal, Value, decide};
use milestone_core::log::{AppendError, LINE_BYTES_MAX};
use milestone_core::projection::State;
use milestone_core::words::{Ids, TextFault, nearest};
use milestone_interop::template::Template;
use milestone_project::{Caller, Clues, ExecuteError, Outcome, Project, Route, route};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::bare::bare;
use super::super::context::{Context, Output, Ran};
use super::super::problem;
use super::super::shelf::Shelf;
use super::act::{execute, finish_as, not_interrupted};
use super::create::{add_labels, created, text};
use super::fitting::{SignalDoc, docs, explained};
use super::init::name_of;
use super::input;
use super::result::Written;
use super::seen::Seen;
use crate::args::template::{GivenArgs, QuickstartArgs, TemplateUseArgs};
use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// Room for what a record has beside its events: who, when, and what it builds on.
const RECORD_ROOM_BYTES: usize = 4 << 10;

/// What the result of a quick start says beside what was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Choice {
    /// The template that was used.
    template: String,
    /// What spoke for it, where nobody named one.
    signals: Vec<SignalDoc>,
    /// The project that was begun for it, or would be.
    project_created: Option<String>,
}

/// `milestone quickstart`.
pub(in crate::run) fn quickstart(context: &mut Context, args: &QuickstartArgs) -> Ran {
    let shelf = Shelf::of(context)?;
    let (named, title) = match &args.template {
        Some(name) => (Some(name.clone()), titled(&args.words)?),
        None => words(&shelf, &args.words)?,
    };
    match named {
        Some(name) => begin(context, &shelf, &name, &title, &args.given, None),
        None => {
            let route = route(&Clues::gather(&context.dir(), context.today()), &title);
            begin(context, &shelf, route.template, &title, &args.given, Some(&route))
        }
    }
}

/// `milestone template use`.
pub(in crate::run) fn use_template(context: &mut Context, args: &TemplateUseArgs) -> Ran {
    let shelf = Shelf::of(context)?;
    let title = titled(&args.title)?;
    begin(context, &shelf, &args.name, &title, &args.given, None)
}

/// The template, if the first word names one, and the title.
fn words(shelf: &Shelf, words: &[String]) -> Result<(Option<String>, String), Box<Problem>> {
    let Some((first, rest)) = words.split_first() else { return Ok((None, String::new())) };
    if shelf.has(first) {
        if rest.is_empty() {
            return Err(no_title(first));
        }
        return Ok((Some(first.clone()), titled(rest)?));
    }
    if let [_] = rest
        && !first.contains(' ')
        && let Some(near) = nearest(first, shelf.names())
    {
        let title = quoted(&words.join(" "));
        let none = shelf.find(first).map(|_| ()).expect_err("there is none of this name");
        let meant = format!("as a title: milestone quickstart {title}");
        let hint = format!("milestone quickstart {near} {}", quoted(&rest[0]));
        return Err(Box::new(none.fact(meant).hint(hint)));
    }
    Ok((None, titled(words)?))
}

/// The title that was typed. One that was typed and is blank is none: only where nothing was typed
/// the template's own is meant.
fn titled(words: &[String]) -> Result<String, Box<Problem>> {
    let title = words.join(" ");
    if title.trim().is_empty() && !words.is_empty() {
        let empty = Refusal::BadText { what: "title", fault: TextFault::Empty };
        return Err(Box::new(problem::refused(&empty)));
    }
    Ok(title)
}

pub(super) fn no_title(template: &str) -> Box<Problem> {
    let message = format!("\"{template}\" is a template, and the title is missing");
    Box::new(
        Problem::new("template.no_title", Exit::Usage, message)
            .unchanged()
            .hint(format!("milestone quickstart {template} TITLE")),
    )
}

/// Makes what a template says.
fn begin(
    context: &mut Context,
    shelf: &Shelf,
    name: &str,
    title: &str,
    given: &GivenArgs,
    route: Option<&Route>,
) -> Ran {
    let held = shelf.find(name)?;
    let template = held.template()?;
    let title = match title.trim() {
        "" => template.title.clone().ok_or_else(|| no_title(name))?,
        title => title.to_owned(),
    };
    let project = context.root().is_none_or(|root| !root.join("log").is_dir());
    let tasks = template.new_tasks(&held.workflows);
    let command = command(context, name, &template, tasks, &title, given)?;
    let project = if project { Some(begin_project(context, &command)?) } else { None };
    let choice = Choice {
        template: name.to_owned(),
        signals: route.map(docs).unwrap_or_default(),
        project_created: project.as_ref().map(|begun| begun.name.clone()),
    };
    let mut ahead = route.map(|route| explained(context, route)).unwrap_or_default();
    if let Some(Begun { planned: Some(outcome), .. }) = &project {
        return planned(context, &choice, outcome, ahead);
    }
    context.project()?;
    let caller = context.caller()?;
    let seen = Seen::of(context.project()?.state(), &command, caller.exact);
    let outcome = execute(context, &command, &caller)?;
    if let Some(begun) = &project {
        let name = sanitize(&begun.name);
        ahead.push(format!("Created .milestones/  (project {name}); commit it."));
    }
    finish_as(context, &seen, outcome, Some(("quickstart", &choice)), |told| {
        let mut said = created(told);
        said.ahead = ahead;
        said
    })
}

/// The command that makes the milestone.
fn command(
    context: &Context,
    name: &str,
    template: &Template,
    tasks: Vec<NewTask>,
    title: &str,
    given: &GivenArgs,
) -> Result<Command, Box<Problem>> {
    let mut fields = template.fields(name);
    add_given(context, &mut fields, given)?;
    Ok(Command::CreateMilestone {
        title: title.to_owned(),
        id: given.id.clone(),
        fields,
        criteria: template.criteria.clone(),
        tasks,
        after: Vec::new(),
    })
}

/// Adds what was typed to what the template says.
fn add_given(
    context: &Context,
    fields: &mut Fields<'static>,
    given: &GivenArgs,
) -> Result<(), Box<Problem>> {
    if let Some(owner) = &given.owner {
        fields.put(Field::Owner, text(&context.person(owner)));
    }
    for (field, flag, typed) in
        [(Field::Start, "--start", &given.start), (Field::Due, "--due", &given.due)]
    {
        if let Some(day) = typed.as_ref().map(|typed| input::day(context, flag, typed)) {
            day?.into_iter().for_each(|day| fields.put(field, Value::Date(day)));
        }
    }
    add_labels(fields, &given.labels);
    Ok(())
}

/// A project that was begun, or what would be recorded if it were.
struct Begun {
    name: String,
    planned: Option<Outcome>,
}

/// Begins a project here, unless `command` would be refused in it.
fn begin_project(context: &mut Context, command: &Command) -> Result<Begun, Box<Problem>> {
    let dir = match context.env("MILESTONE_DIR") {
        Some(dir) => context.around.cwd.join(dir),
        None => context.dir(),
    };
    let name = name_of(None, &dir)?;
    let mut caller = context.caller()?;
    // The key and the condition are about the milestone.
    (caller.key, caller.expect) = (None, None);
    not_interrupted(context)?;
    let project = Command::CreateProject { name: name.clone(), demo: false };
    let mut events = rehearsed(&caller, &project)?;
    let own = rehearsed(&caller, command)?;
    fits(&own)?;
    events.extend(own);
    if context.global.dry_run {
        let outcome = Outcome { record: None, duplicate: false, events, warnings: Vec::new() };
        return Ok(Begun { name, planned: Some(outcome) });
    }
    let begun = Project::init(&dir, &name, false, context.options(), &caller)
        .map_err(|error| problem::init(&error))?;
    context.adopt_project(begun.project);
    Ok(Begun { name, planned: None })
}

/// Refuses events that no record has room for.
fn fits(events: &[milestone_core::domain::Event<'_>]) -> Result<(), Box<Problem>> {
    let bytes = serde_json::to_string(events).map_or(usize::MAX, |text| text.len());
    let bytes_max = LINE_BYTES_MAX - RECORD_ROOM_BYTES;
    if bytes <= bytes_max {
        return Ok(());
    }
    let too_large = AppendError::TooLarge { bytes, bytes_max };
    Err(problem::execute(&ExecuteError::NotRecorded(too_large.into())))
}

/// What a command would record where nothing is.
fn rehearsed(
    caller: &Caller,
    command: &Command,
) -> Result<Vec<milestone_core::domain::Event<'static>>, Box<Problem>> {
    let asker = Asker { actor: &caller.actor, now: caller.now, at: None, exact: false };
    decide(&State::new(), &asker, &mut Ids::new(caller.seed), command)
        .map_err(|refusal| Box::new(problem::refused(&refusal)))
}

/// What would be made, where there is no project yet to ask.
fn planned(context: &Context, choice: &Choice, outcome: &Outcome, ahead: Vec<String>) -> Ran {
    let written = Written::planning(outcome);
    if context.json() {
        return bare(context, "quickstart", written.with(choice));
    }
    let mut output = Output::of(written.planned());
    if !context.global.quiet {
        output.ahead = ahead;
    }
    Ok(output.say("Nothing was made (--dry-run)."))
}
