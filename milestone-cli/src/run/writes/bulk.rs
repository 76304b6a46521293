//! `edit --where`: one edit of all that a query finds, as one record.
//!
//! Start at [`edit`].
//!
//! - **Invariant.** All or nothing: if a rule refuses one of them, nothing is written, and each
//!   refusal is told.
//! - **Invariant.** What is confirmed is what is written: the things are those that were shown.

use milestone_core::domain::{Command, Event, Field, Fields, Refusal, Value};
use milestone_core::query::{MILESTONE_ORDER, Scope, TASK_ORDER};
use milestone_project::Caller;

use super::super::context::{Context, Output, Ran};
use super::super::query::Asked;
use super::act::act;
use super::parts::changes;
use super::seen::Thing;
use super::told::{Said, Told, labelled};
use crate::args::milestone::EditArgs;
use crate::args::usage::quoted;
use crate::ui::dates;
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// How many things may be edited without a question.
const UNASKED_MAX: usize = 10;

/// How many of them a question shows.
const SHOWN_MAX: usize = 20;

/// How many cells of a new value are shown.
const VALUE_CELLS: usize = 40;

/// `milestone edit --where`, `milestone task edit --where`.
pub(super) fn edit(context: &mut Context, args: &EditArgs, filter: &str, scope: Scope) -> Ran {
    let [set, add, remove] = changes(context, args)?;
    let state = context.project()?.state().clone();
    let mut asked = Asked::read(context, &state, &[filter.to_owned()])?;
    asked.hide_shelved(scope);
    let order = if scope == Scope::Tasks { TASK_ORDER } else { MILESTONE_ORDER };
    let found = asked.answer(&state, scope, order)?.found;
    if found.is_empty() && !context.json() {
        let mut output = Output::of("");
        if !context.global.quiet {
            output = output.say("Nothing fits, and nothing was changed.");
        }
        if context.global.fail_empty {
            output.exit = Exit::Empty;
        }
        return Ok(output);
    }
    let all: Vec<String> = found.iter().map(|found| found.reference.clone()).collect();
    let of = |targets: &[String]| Command::Edit {
        targets: targets.to_vec(),
        set: set.clone(),
        add: add.clone(),
        remove: remove.clone(),
    };
    let caller = context.caller()?;
    let changed = changed(context, &caller, &all, of)?;
    if changed.len() > UNASKED_MAX && !context.global.dry_run && !context.global.yes {
        let things = found.iter().filter(|found| changed.contains(&found.reference));
        let named = |thing: Thing| format!("{}  {}", thing.reference(), thing.item().title);
        let lines = things.filter_map(|found| Thing::of(&state, &found.stream)).map(named);
        let plan = Plan {
            count: format!("{} {}", changed.len(), word(scope)),
            change: described(context, [&set, &add, &remove]),
            lines: lines.collect(),
        };
        if !plan.is_confirmed(context, args, scope)? {
            return Ok(Output::of("").say("Nothing was changed."));
        }
    }
    act(context, &of(&all), None, edited)
}

fn word(scope: Scope) -> &'static str {
    if scope == Scope::Tasks { "tasks" } else { "milestones" }
}

/// Those that would change; a problem that names all refusals, if there are any.
fn changed(
    context: &mut Context,
    caller: &Caller,
    all: &[String],
    of: impl Fn(&[String]) -> Command,
) -> Result<Vec<String>, Box<Problem>> {
    let commands: Vec<Command> = all.iter().map(|one| of(std::slice::from_ref(one))).collect();
    let outcomes = context.project()?.rehearse(&commands, caller);
    let refused: Vec<(&String, &Refusal)> =
        all.iter().zip(&outcomes).filter_map(|(one, o)| Some((one, o.as_ref().err()?))).collect();
    if !refused.is_empty() {
        let message = format!("{} of {} cannot be edited so", refused.len(), all.len());
        let mut problem = Problem::new("edit.refused", Exit::Refused, message);
        for (one, refusal) in &refused {
            problem = problem.fact(format!("{one}: {refusal}")).alternative((*one).clone());
        }
        return Err(Box::new(problem.unchanged().hint("narrow --where, and leave these out")));
    }
    let changes = |outcome: &Result<Vec<_>, Refusal>| outcome.as_ref().is_ok_and(|o| !o.is_empty());
    let changed = all.iter().zip(&outcomes).filter(|(_, outcome)| changes(outcome));
    Ok(changed.map(|(one, _)| one.clone()).collect())
}

/// What is going to happen, for a question.
struct Plan {
    count: String,
    change: String,
    lines: Vec<String>,
}

impl Plan {
    /// Shows the plan and asks; without somebody to ask it is a problem.
    fn is_confirmed(
        &self,
        context: &Context,
        args: &EditArgs,
        scope: Scope,
    ) -> Result<bool, Box<Problem>> {
        let Self { count, change, lines } = self;
        if context.global.no_input || !context.around.stdin_tty || context.json() {
            let noun = if scope == Scope::Tasks { "task edit" } else { "edit" };
            let message = format!("an edit of {count} wants to be confirmed");
            let mut problem = Problem::new("edit.confirm", Exit::Confirm, message).fact(change);
            for line in lines {
                problem = problem.fact(line);
            }
            let filter = quoted(args.filter.as_deref().unwrap_or_default());
            let hint = format!("milestone {noun} --where {filter} … --yes, or -n to look first");
            return Err(Box::new(problem.unchanged().hint(hint)));
        }
        let mut question = format!("{count} would get {}:\n", sanitize(change));
        for line in lines.iter().take(SHOWN_MAX) {
            question.push_str(&format!("  {}\n", sanitize(line)));
        }
        if lines.len() > SHOWN_MAX {
            question.push_str(&format!("  and {} more\n", lines.len() - SHOWN_MAX));
        }
        question.push_str("Go on? [y/N]");
        Ok(context.ask(&question))
    }
}

/// What is changed, in words: `due 2026-03-20, labels +urgent -later`.
fn described(context: &Context, [set, add, remove]: [&Fields<'_>; 3]) -> String {
    let ruler = context.style_err.ruler();
    let value = |field: Field, value: &Value<'_>| match value {
        Value::Null => "none".to_owned(),
        Value::Number(minutes) if field == Field::Estimate => {
            dates::duration(u32::try_from(*minutes).unwrap_or(u32::MAX))
        }
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Priority(priority) => priority.name().to_owned(),
        Value::Text(text) => ruler.clip(&sanitize(text), VALUE_CELLS),
    };
    let set = set.set.iter().map(|(field, new)| format!("{} {}", field.name(), value(*field, new)));
    let lists = |fields: &Fields<'_>, sign: char| {
        let list = |(field, list): &(milestone_core::domain::ListField, Vec<_>)| {
            let words = list.iter().map(|text| format!(" {sign}{text}")).collect::<String>();
            format!("{}{words}", field.name())
        };
        fields.lists.iter().map(list).collect::<Vec<_>>()
    };
    set.chain(lists(add, '+')).chain(lists(remove, '-')).collect::<Vec<_>>().join(", ")
}

fn edited(told: &Told<'_>) -> Said {
    let changed: Vec<_> = told.outcome.events.iter().filter_map(Event::stream).collect();
    let things = told.things();
    let kept = things.iter().filter(|thing| changed.contains(&thing.stream()));
    let lines: Vec<_> = kept.map(|thing| ("Edited", told.named(thing))).collect();
    let mut said = Said::of(labelled(&lines));
    if things.len() > lines.len() {
        let others = things.len() - lines.len();
        said.stderr.push(format!("{} edited, {others} were so already.", lines.len()));
    } else if lines.len() > 1 {
        said.stderr.push(format!("{} edited, in one record.", lines.len()));
    }
    said.way_back()
}
