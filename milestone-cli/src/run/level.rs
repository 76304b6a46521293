//! `level`: how much is shown by default, what was counted for it, and keeping one.
//!
//! Start at [`run`]; [`offer`] is what a command says when a level is reached.
//!
//! - **Invariant.** What is kept is a setting like any other: `ui.level`.
//! - **Invariant.** A level is offered once, on a terminal, and never to agents.

use milestone_project::{
    Backend, COMPLETED_MIN, Footing, LEVEL_MAX, ON_TIME_PERCENT_MIN, PEOPLE_MIN, offered_level,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::backend::counted;
use super::context::{Context, Output, Ran};
use super::schema::Kind;
use super::{reads, writes};
use crate::args::global::Format;
use crate::args::habits::{LevelArgs, LevelCommand};
use crate::args::project::{ConfigCommand, ConfigSetArgs, ScopeArgs};
use crate::config::Key;
use crate::ui::error::{Exit, Problem};
use crate::ui::json::{Envelope, Meta};

/// What each level is called.
const NAMES: [&str; 4] = ["simple view", "rich view", "team view", "programme view"];

/// What each level shows; from [`ADDS_FROM`] on it is shown besides.
const SHOWS: [&str; 4] = [
    "the tree: one line a task",
    "a frame with bar, due date and days; notes and the like below it",
    "owners, in every frame and list",
    "a line about the whole programme below every list",
];

/// The first level that takes the one before it as it is.
const ADDS_FROM: u8 = 2;

/// `level show` and `level why`, for programs.
#[derive(Serialize, JsonSchema)]
struct LevelDoc {
    level: u8,
    reached: u8,
    pinned: bool,
    steps: Vec<StepDoc>,
}

#[derive(Serialize, JsonSchema)]
struct StepDoc {
    level: u8,
    name: &'static str,
    reached: bool,
    why: String,
    shows: &'static str,
}

/// The document of `level`.
pub(super) const KIND: Kind = Kind::of::<LevelDoc>("level", "level show, level why");

/// Carries out what is said about the level.
pub(super) fn run(context: &mut Context, args: &LevelArgs) -> Ran {
    match args.command.as_ref().unwrap_or(&LevelCommand::Show) {
        LevelCommand::Show => told(context, false),
        LevelCommand::Why => told(context, true),
        LevelCommand::Pin(args) => kept(context, &args.level.to_string()),
        LevelCommand::Auto => kept(context, "auto"),
    }
}

fn kept(context: &mut Context, value: &str) -> Ran {
    let (key, value) = (Key::Level.name().to_owned(), value.to_owned());
    let set = ConfigSetArgs { key, value, scope: ScopeArgs::default() };
    writes::config(context, &ConfigCommand::Set(set))
}

fn told(context: &mut Context, whole: bool) -> Ran {
    let verb = if whole { "level why" } else { "level show" };
    let format = reads::chosen_format(context, verb, &[Format::Text, Format::Json])?;
    let pinned = is_pinned(context);
    let level = context.style.level;
    let project = context.project()?;
    let footing = project.footing();
    let reached = footing.level().max(offered_level(project.root()).unwrap_or(0));
    let steps: Vec<StepDoc> = (0..=LEVEL_MAX)
        .map(|step| StepDoc {
            level: step,
            name: NAMES[usize::from(step)],
            reached: reached >= step,
            why: match own(&footing, step) {
                false if reached >= step => format!("comes with level {reached}"),
                _ => why(&footing, step),
            },
            shows: SHOWS[usize::from(step)],
        })
        .collect();
    if format == Format::Json {
        let doc = LevelDoc { level, reached, pinned, steps };
        let meta = Meta { level, ..Meta::default() };
        let text = Envelope::new("level", doc, meta).render(context.style.tty);
        return text.map(Output::of).map_err(|error| {
            Box::new(Problem::new("json.failed", Exit::Failed, error.to_string()))
        });
    }
    let name = |level: u8| format!("{level}, {}", NAMES[usize::from(level.min(LEVEL_MAX))]);
    let source = match pinned {
        true => "kept: --level, MILESTONE_LEVEL or ui.level says it",
        false if level < reached => "not on a terminal, or not offered yet",
        false => "found by counting",
    };
    let mut lines = vec![
        format!("Shown     {}  ({source})", name(level)),
        format!("Reached   {}", name(reached)),
    ];
    if whole {
        for step in &steps {
            let mark = if step.reached { "reached" } else { "not yet" };
            let verb = if step.level < ADDS_FROM { "shows" } else { "adds" };
            lines.push(format!("Level {}   {mark}: {}", step.level, step.why));
            lines.push(format!("          {verb} {}", step.shows));
        }
    } else if let Some(next) = steps.iter().find(|step| !step.reached) {
        lines.push(format!("Next      {}: {}", name(next.level), next.why));
    }
    Ok(Output::of(lines.join("\n") + "\n"))
}

/// True if a level would be reached without a higher one.
fn own(footing: &Footing, level: u8) -> bool {
    match level {
        0 => true,
        1 => footing.reaches_rich(),
        2 => footing.people >= PEOPLE_MIN,
        _ => footing.backend == Backend::Database,
    }
}

/// What was counted for a level.
fn why(footing: &Footing, level: u8) -> String {
    let Footing { completed, on_time, people, backend } = *footing;
    match level {
        0 => "every project begins here".to_owned(),
        1 => format!(
            "{completed} completed, {on_time} of them not late; it takes {COMPLETED_MIN}, and \
             {ON_TIME_PERCENT_MIN} %"
        ),
        2 => format!(
            "{} recorded something, agents not counted; it takes {PEOPLE_MIN}",
            counted(people, "person", "people")
        ),
        _ => format!(
            "the {backend} backend; it takes the {} backend (milestone scale)",
            Backend::Database
        ),
    }
}

/// True if somebody said which level they want.
fn is_pinned(context: &Context) -> bool {
    let said = context.env(Key::Level.variable().unwrap_or_default());
    context.global.level.is_some()
        || said.is_some_and(|value| value.parse::<u8>().is_ok())
        || context.config.level().is_some()
}

/// The line that offers a level the project has reached, once: nothing else says that the look
/// changes. `completed` is true if the command may have completed milestones.
pub(super) fn offer(context: &mut Context, completed: bool) -> Option<String> {
    let (actor, now) = (context.actor(), context.around.now);
    let pinned = is_pinned(context);
    let project = context.project().ok()?;
    let before = offered_level(project.root()).unwrap_or(0);
    let level = project.rise(completed)?;
    // What cannot be kept is not said either: it would be said again and again.
    project.offer_level(level, &actor, now).ok()?;
    if level == 0 || pinned {
        return None;
    }
    let name = NAMES[usize::from(level)];
    Some(format!(
        "Level {level} reached: {name} from the next command on. Keep the old one: \
         milestone level pin {before}"
    ))
}
