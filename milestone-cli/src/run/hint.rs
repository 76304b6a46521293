//! `hint`: which hints there are, and turning them off; and the one that follows a command.
//!
//! Start at [`run`]; [`after`] chooses.
//!
//! - **Invariant.** A hint is one line that ends with its own switch, on a terminal, for people.

use milestone_core::domain::Plan;
use milestone_core::words::StreamId;
use milestone_project::{HINT_TIMES_MAX, HINTS, Hint, Memory, fitting};
use schemars::JsonSchema;
use serde::Serialize;

use super::bare::bare;
use super::context::{Context, Output, Ran};
use super::reads;
use super::schema::Kind;
use crate::args::global::Format;
use crate::args::habits::HintCommand;
use crate::args::usage::quoted;
use crate::ui::error::{Exit, Problem};

/// A row of `hint.list`.
#[derive(Serialize, JsonSchema)]
struct HintDoc {
    id: &'static str,
    about: &'static str,
    on: bool,
    shown: usize,
}

/// The document of `hint`.
pub(super) const KIND: Kind = Kind::of::<Vec<HintDoc>>("hint.list", "hint");

/// Lists hints or turns them off and on.
pub(super) fn run(context: &mut Context, command: &HintCommand) -> Ran {
    let root = context.project()?.root().to_owned();
    let mut memory = Memory::read(&root);
    let (id, on) = match command {
        HintCommand::List => return list(context, &memory),
        HintCommand::Off(args) => (&args.id, false),
        HintCommand::On(args) => (&args.id, true),
    };
    let meant: Vec<Hint> = match id.as_str() {
        "all" => HINTS.to_vec(),
        id => Hint::named(id).into_iter().collect(),
    };
    if meant.is_empty() {
        let ids: Vec<&str> = HINTS.into_iter().map(Hint::id).collect();
        return Err(Box::new(
            Problem::new("hint.unknown", Exit::NotFound, format!("there is no hint \"{id}\""))
                .fact(format!("hints: {}, all", ids.join(", ")))
                .unchanged()
                .hint("milestone hint list"),
        ));
    }
    meant.iter().for_each(|hint| memory.turn(*hint, on));
    if context.global.dry_run {
        return Ok(Output::of("").say("Nothing was written (--dry-run)."));
    }
    memory.write(&root).map_err(|error| {
        Problem::new("hint.unwritable", Exit::NotRecorded, "what is wanted could not be kept")
            .fact(error.to_string())
            .unchanged()
            .hint("--no-hints, or milestone config set ui.hints false --user")
    })?;
    if context.json() {
        return list(context, &memory);
    }
    let word = if on { "on" } else { "off" };
    let line = |hint: &Hint| format!("{} {word}\n", hint.id());
    Ok(Output::of(if context.global.quiet {
        String::new()
    } else {
        meant.iter().map(line).collect()
    }))
}

fn list(context: &Context, memory: &Memory) -> Ran {
    let formats = [Format::Text, Format::Plain, Format::Json];
    let format = reads::chosen_format(context, "hint list", &formats)?;
    let docs: Vec<HintDoc> = HINTS
        .into_iter()
        .map(|hint| HintDoc {
            id: hint.id(),
            about: about(hint),
            on: !memory.is_off(hint),
            shown: memory.times(hint),
        })
        .collect();
    if context.json() {
        return bare(context, "hint.list", docs);
    }
    let line = |doc: &HintDoc| match context.style.tty && format == Format::Text {
        true => format!(
            "{:<9} {:<4} shown {} of {HINT_TIMES_MAX}  {}\n",
            doc.id,
            if doc.on { "on" } else { "off" },
            doc.shown,
            doc.about
        ),
        false => {
            let on = if doc.on { "on" } else { "off" };
            format!("{}\t{on}\t{}\t{}\n", doc.id, doc.shown, doc.about)
        }
    };
    let text = docs.iter().map(line).collect::<String>();
    Ok(Output::of(text))
}

/// When a hint is shown.
fn about(hint: Hint) -> &'static str {
    match hint {
        Hint::Block => "notes speak of what is in the way, and nothing is marked as blocked",
        Hint::Owner => "several people, and no task is anybody's",
        Hint::Order => "many open tasks, and none comes after another",
        Hint::Forecast => "a due date, and tasks done: when it will be finished can be said",
        Hint::Session => "much is under way, and no session was ever begun",
    }
}

/// The hint that fits what was just written about, if one may be shown now.
pub(super) fn after(context: &mut Context, wrote: &[String]) -> Option<String> {
    let now = context.around.now;
    let project = context.project().ok()?;
    let first = wrote.first()?;
    let state = project.state();
    let stream = StreamId::parse(first)?;
    let home = match state.task(stream.as_str()) {
        Some(task) => task.home.to_string(),
        None => stream.milestone_part()?.to_owned(),
    };
    let root = project.root().to_owned();
    let mut memory = Memory::read(&root);
    if HINTS.into_iter().all(|hint| !memory.may_show(hint, now)) {
        return None;
    }
    let fits = fitting(project.state(), &home);
    let (hint, count) = fits.into_iter().find(|(hint, _)| memory.may_show(*hint, now))?;
    memory.note(hint, now);
    // What cannot be remembered would be shown again each time.
    memory.write(&root).ok()?;
    let (name, id) = (quoted(&home), hint.id());
    let said = match hint {
        Hint::Block => format!(
            "{count} notes speak of what is in the way: milestone block REF REASON records it"
        ),
        Hint::Owner => {
            format!("{count} people work here: milestone edit REF --owner WHO says whose it is")
        }
        Hint::Order => format!(
            "{count} open tasks, and none comes first: milestone dep add REF --after REF says so"
        ),
        Hint::Forecast => format!("when will it be done? milestone forecast {name}"),
        Hint::Session => format!(
            "{count} tasks are under way: milestone session start {name} keeps where you stop"
        ),
    };
    Some(format!("tip: {said} (off: milestone hint off {id})"))
}
