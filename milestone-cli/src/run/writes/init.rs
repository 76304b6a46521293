//! Beginning a project: `init`.
//!
//! Start at [`init`].
//!
//! - **Invariant.** Where a project is already, nothing is changed, and that is no failure.

use std::path::{Path, PathBuf};

use milestone_core::domain::{Asker, Command, Plan, decide};
use milestone_core::projection::State;
use milestone_core::words::{Ids, check_title};
use milestone_project::{Clues, Outcome, Project, Route, route};
use serde::Serialize;

use super::super::bare::bare;
use super::super::context::{Context, Output, Ran};
use super::super::problem;
use super::super::shelf::Shelf;
use super::act::{finish_as, not_interrupted};
use super::fitting::{SignalDoc, ask, docs, proposal, seen, signals, surely};
use super::result::Written;
use super::seen::Seen;
use super::told::Said;
use crate::args::project::InitArgs;
use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// What a project is called whose directory has no usable name.
const NAME_FALLBACK: &str = "project";

/// The template that is chosen by what the directory says.
const AUTO: &str = "auto";

/// What the document says beside what was written, where it was asked for.
#[derive(Debug, Serialize)]
struct Fitting {
    template: String,
    signals: Vec<SignalDoc>,
}

/// Which template fits, as far as it was asked for or is told anyway.
struct Looked {
    route: Route,
    /// The one that is proposed.
    template: String,
    /// True if somebody said so.
    named: bool,
    /// What is told of it.
    lines: Vec<String>,
    /// True if the document has it.
    asked: bool,
}

impl Looked {
    /// Looks at a directory, which costs nothing where nobody would see it.
    fn at(context: &Context, args: &InitArgs, dir: &Path) -> Result<Option<Self>, Box<Problem>> {
        let asked = args.explain || args.template.is_some();
        if !asked && !context.hints() {
            return Ok(None);
        }
        let route = route(&Clues::gather(dir, context.today()), "");
        let answer = match args.template.is_none() && !context.global.dry_run {
            true => ask(context, &route)?,
            false => None,
        };
        let answered = answer.is_some();
        let template = match args.template.as_deref() {
            None => answer.unwrap_or_else(|| route.template.to_owned()),
            Some(AUTO) => route.sure().to_owned(),
            Some(name) => Shelf::of(context)?.find(name)?.name.clone(),
        };
        let mut lines = match (args.explain, answered) {
            (true, _) => signals(&route),
            // Whoever was asked has seen it.
            (false, true) => Vec::new(),
            (false, false) => seen(&route),
        };
        let auto = args.template.as_deref() == Some(AUTO);
        lines.extend(auto.then(|| surely(&route)));
        let named = answered || args.template.is_some();
        Ok(Some(Self { route, template, named, lines, asked }))
    }

    fn doc(&self) -> Option<Fitting> {
        let doc = || Fitting { template: self.template.clone(), signals: docs(&self.route) };
        self.asked.then(doc)
    }
}

/// `milestone init`.
pub(in crate::run) fn init(context: &mut Context, args: &InitArgs) -> Ran {
    let (dir, shown) = match (&args.target, context.env("MILESTONE_DIR")) {
        (Some(target), _) if target.as_os_str() == "." => (context.dir(), String::new()),
        (Some(target), _) => (context.dir().join(target), target.display().to_string()),
        (None, Some(dir)) => (context.around.cwd.join(dir), dir.to_owned()),
        (None, None) => (context.dir(), String::new()),
    };
    let found = match &args.target {
        Some(_) => Some(dir.join(".milestones")).filter(|root| root.symlink_metadata().is_ok()),
        None => context.root().filter(|root| root.symlink_metadata().is_ok()),
    };
    let has_log = |root: &PathBuf| {
        std::fs::read_dir(root.join("log")).is_ok_and(|mut files| files.next().is_some())
    };
    let here = dir.join(".milestones");
    if let Some(root) = found.filter(|root| *root != here || has_log(root)) {
        return there_already(context, args, &root, &here);
    }
    let looked = Looked::at(context, args, &dir)?;
    let name = name_of(args.name.as_deref(), &dir)?;
    let mut caller = context.caller()?;
    // Whoever begins a project names its first words: there is nothing that could be expected.
    caller.expect = None;
    not_interrupted(context)?;
    let asker = Asker { actor: &caller.actor, now: caller.now, at: None, exact: false };
    let command = Command::CreateProject { name: name.clone(), demo: false };
    let events = decide(&State::new(), &asker, &mut Ids::new(caller.seed), &command)
        .map_err(|refusal| Box::new(problem::refused(&refusal)))?;
    let mut outcome = Outcome { record: None, duplicate: false, events, warnings: Vec::new() };
    if context.global.dry_run {
        return planned(context, &outcome, looked.as_ref());
    }
    let begun = Project::init(&dir, &name, false, context.options(), &caller)
        .map_err(|error| problem::init(&error))?;
    outcome.record = begun.project.checkpoint().heads.first().copied();
    context.adopt_project(begun.project);
    if context.global.quiet && !context.json() {
        return Ok(Output::of(format!("{}\n", sanitize(&name))));
    }
    let doc = looked.as_ref().and_then(Looked::doc);
    let own = doc.as_ref().map(|doc| ("write", doc));
    finish_as(context, &Seen::default(), outcome, own, |_| begun_in(&shown, &name, looked))
}

/// What is said of a project that was begun.
fn begun_in(shown: &str, name: &str, looked: Option<Looked>) -> Said {
    let place = match shown {
        "" => String::new(),
        shown => format!("{}/", shown.trim_end_matches('/')),
    };
    let named = looked.as_ref().filter(|looked| looked.named);
    let template = named.map(|looked| format!(", template {}", sanitize(&looked.template)));
    let (name, template) = (sanitize(name), template.unwrap_or_default());
    let mut said = Said::of(format!("Created {place}.milestones/  (project {name}{template})\n"));
    said.stderr.push(
        "  Commit .milestones/; it ignores its own local files. Nothing else was changed."
            .to_owned(),
    );
    let on = if place.is_empty() { place } else { format!("-C {} ", quoted(&place)) };
    let next = looked.as_ref().map(|looked| format!("{on}{}", proposal(&looked.template)));
    said.ahead = looked.map(|looked| looked.lines).unwrap_or_default();
    said.next(next)
}

/// What would be recorded, where there is no project yet to ask.
fn planned(context: &Context, outcome: &Outcome, looked: Option<&Looked>) -> Ran {
    let written = Written::planning(outcome);
    if context.json() {
        return match looked.and_then(Looked::doc) {
            Some(doc) => bare(context, "write", written.with(&doc)),
            None => bare(context, "write", &written),
        };
    }
    let mut output = Output::of(written.planned()).say("Nothing was made (--dry-run).");
    let asked = looked.filter(|looked| looked.asked && !context.global.quiet);
    output.ahead = asked.map(|looked| looked.lines.clone()).unwrap_or_default();
    Ok(output)
}

/// Says that there is a project, and where, if it is not here.
fn there_already(context: &mut Context, args: &InitArgs, root: &Path, here: &Path) -> Ran {
    let looked = match args.explain {
        true => Looked::at(context, args, here.parent().unwrap_or(here))?,
        false => None,
    };
    let project = Project::open(root, context.options()).map_err(|error| problem::open(&error))?;
    let count = project.state().milestone_ids().len();
    context.adopt_project(project);
    if context.json() {
        let outcome =
            Outcome { record: None, duplicate: false, events: Vec::new(), warnings: Vec::new() };
        let doc = looked.as_ref().and_then(Looked::doc);
        let own = doc.as_ref().map(|doc| ("write", doc));
        return finish_as(context, &Seen::default(), outcome, own, |_| Said::default());
    }
    let count = if count == 1 { "1 milestone".to_owned() } else { format!("{count} milestones") };
    let place = match root == here {
        true => String::new(),
        false => format!(", in {}", root.parent().unwrap_or(root).display()),
    };
    let mut output = Output::of(format!("Already a milestone project ({count}){place}\n"));
    output.ahead = looked.map(|looked| looked.lines).unwrap_or_default();
    Ok(match root == here || !context.hints() {
        true => output,
        false => output.say("For one of its own here: milestone init ."),
    })
}

/// The name that was given, or that of the directory.
pub(super) fn name_of(given: Option<&str>, dir: &Path) -> Result<String, Box<Problem>> {
    if let Some(name) = given {
        return match check_title(name) {
            Ok(name) => Ok(name.to_owned()),
            Err(fault) => Err(Box::new(
                Problem::new("value.bad", Exit::Usage, format!("the name cannot be used: {fault}"))
                    .unchanged()
                    .hint("milestone init --name shop"),
            )),
        };
    }
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let name = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = sanitize(&name);
    Ok(check_title(&name).map_or_else(|_| NAME_FALLBACK.to_owned(), str::to_owned))
}
