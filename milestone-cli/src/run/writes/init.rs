//! Beginning a project: `init`.
//!
//! Start at [`init`].
//!
//! - **Invariant.** Where a project is already, nothing is changed, and that is no failure.

use std::path::{Path, PathBuf};

use milestone_core::domain::{Asker, Command, Plan, decide};
use milestone_core::projection::State;
use milestone_core::words::{Ids, check_title};
use milestone_project::{Clues, Outcome, Project, route};

use super::super::bare::bare;
use super::super::context::{Context, Output, Ran};
use super::super::problem;
use super::act::{finish, not_interrupted};
use super::quickstart::{proposal, seen};
use super::result::Written;
use super::seen::Seen;
use super::told::Said;
use crate::args::project::InitArgs;
use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// What a project is called whose directory has no usable name.
const NAME_FALLBACK: &str = "project";

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
        return there_already(context, &root, &here);
    }
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
        return planned(context, &outcome);
    }
    let begun = Project::init(&dir, &name, false, context.options(), &caller)
        .map_err(|error| problem::init(&error))?;
    outcome.record = begun.project.checkpoint().heads.first().copied();
    context.adopt_project(begun.project);
    if context.global.quiet && !context.json() {
        return Ok(Output::of(format!("{}\n", sanitize(&name))));
    }
    let fitting = context.hints().then(|| route(&Clues::gather(&dir, context.today()), ""));
    finish(context, &Seen::default(), outcome, |_| {
        let place =
            if shown.is_empty() { shown } else { format!("{}/", shown.trim_end_matches('/')) };
        let mut said =
            Said::of(format!("Created {place}.milestones/  (project {})\n", sanitize(&name)));
        said.stderr.push(
            "  Commit .milestones/; it ignores its own local files. Nothing else was changed."
                .to_owned(),
        );
        let on = if place.is_empty() { place } else { format!("-C {} ", quoted(&place)) };
        said.ahead = fitting.iter().flat_map(seen).collect();
        said.next(fitting.map(|route| format!("{on}{}", proposal(&route))))
    })
}

/// What would be recorded, where there is no project yet to ask.
fn planned(context: &Context, outcome: &Outcome) -> Ran {
    let written = Written::planning(outcome);
    let output = match context.json() {
        false => Output::of(written.planned()).say("Nothing was made (--dry-run)."),
        true => bare(context, "write", &written)?,
    };
    Ok(output)
}

/// Says that there is a project, and where, if it is not here.
fn there_already(context: &mut Context, root: &Path, here: &Path) -> Ran {
    let project = Project::open(root, context.options()).map_err(|error| problem::open(&error))?;
    let count = project.state().milestone_ids().len();
    context.adopt_project(project);
    if context.json() {
        let outcome =
            Outcome { record: None, duplicate: false, events: Vec::new(), warnings: Vec::new() };
        return finish(context, &Seen::default(), outcome, |_| Said::default());
    }
    let count = if count == 1 { "1 milestone".to_owned() } else { format!("{count} milestones") };
    let place = match root == here {
        true => String::new(),
        false => format!(", in {}", root.parent().unwrap_or(root).display()),
    };
    let output = Output::of(format!("Already a milestone project ({count}){place}\n"));
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
