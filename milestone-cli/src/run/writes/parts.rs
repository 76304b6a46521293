//! Changing what is there: fields, notes, blockers, checklists, order, conflicts.
//!
//! Start at [`edit`].
//!
//! - **Invariant.** Only what was named changes, and the result says from what to what.

use milestone_core::domain::{
    Body, Command, Field, Fields, HoldWhy, ListField, Place, Plan, Value, numbered,
};
use milestone_core::query::Scope;
use milestone_core::words::{StreamId, Text, ValueError};

use super::super::context::{Context, Ran};
use super::super::ties;
use super::act::act;
use super::bulk;
use super::create::{priority, text};
use super::flow::{target, targets};
use super::input;
use super::seen::Thing;
use super::told::{Said, Told, labelled};
use crate::args::dep::{CheckArgs, DepEdgeArgs, TermsArgs};
use crate::args::flow::{BlockArgs, NoteArgs, UnblockArgs};
use crate::args::milestone::EditArgs;
use crate::args::task::{TaskMoveArgs, TaskRefArgs};
use crate::args::values::Change;
use crate::ui::dates;
use crate::ui::error::{Exit, Problem};
use crate::ui::glyph::Status;
use crate::ui::text::sanitize;

/// How many characters of a note are shown back.
const EXCERPT_CELLS: usize = 60;

/// `milestone edit`, `milestone task edit`.
pub(in crate::run) fn edit(context: &mut Context, args: &EditArgs, scope: Scope) -> Ran {
    if let Some(filter) = &args.filter {
        return bulk::edit(context, args, filter, scope);
    }
    let targets = targets(context, args.reference.as_slice())?;
    let [set, add, remove] = changes(context, args)?;
    act(context, &Command::Edit { targets, set, add, remove }, None, edited)
}

/// What an edit sets, adds and removes.
pub(super) fn changes(
    context: &Context,
    args: &EditArgs,
) -> Result<[Fields<'static>; 3], Box<Problem>> {
    let mut set = Fields::default();
    let clearable = |typed: &str| if typed == "none" { Value::Null } else { text(typed) };
    if let Some(title) = &args.title {
        set.put(Field::Title, text(title));
    }
    let desc = match &args.file {
        Some(file) => Some(input::text_from(context, file)?),
        None => args.desc.clone(),
    };
    if let Some(desc) = &desc {
        set.put(Field::Description, if args.file.is_some() { text(desc) } else { clearable(desc) });
    }
    if let Some(typed) = args.priority {
        set.put(Field::Priority, priority(typed));
    }
    if let Some(owner) = &args.owner {
        set.put(Field::Owner, clearable(&context.person(owner)));
    }
    for (field, flag, typed) in
        [(Field::Start, "--start", &args.start), (Field::Due, "--due", &args.due)]
    {
        if let Some(typed) = typed {
            let day = input::day(context, flag, typed)?;
            set.put(field, day.map_or(Value::Null, Value::Date));
        }
    }
    match args.estimate {
        None => {}
        Some(Change::Clear) => set.put(Field::Estimate, Value::Null),
        Some(Change::To(minutes)) => set.put(Field::Estimate, Value::Number(minutes.into())),
    }
    if let Some(weight) = args.weight {
        set.put(Field::Weight, Value::Number(weight.into()));
    }
    let (mut add, mut remove) = (Fields::default(), Fields::default());
    let lists = [(ListField::Assignees, &args.assignees), (ListField::Labels, &args.labels)];
    for (field, typed) in lists {
        let Some(typed) = typed else { continue };
        let texts = |list: &[String]| list.iter().map(|text| Text::from(text.clone())).collect();
        if !typed.add.is_empty() {
            add.lists.push((field, texts(&typed.add)));
        }
        if !typed.remove.is_empty() {
            remove.lists.push((field, texts(&typed.remove)));
        }
    }
    Ok([set, add, remove])
}

fn edited(told: &Told<'_>) -> Said {
    let things = told.things();
    let (Some(thing), Some(before)) = (things.first(), told.seen.subjects.first()) else {
        return Said::default();
    };
    let mut out = labelled(&[("Edited", told.named(thing))]);
    let mut rows: Vec<(&str, String, String)> = Vec::new();
    for field in Field::ALL {
        let (old, new) = (before.item().field_text(field), thing.item().field_text(field));
        if old != new {
            rows.push((field.name(), shown(field, old), shown(field, new)));
        }
    }
    for field in ListField::ALL {
        let (old, new) = (before.item().list(field), thing.item().list(field));
        if old != new {
            let joined = |list: &[Box<str>]| {
                if list.is_empty() { "none".to_owned() } else { list.join(", ") }
            };
            rows.push((field.name(), joined(old), joined(new)));
        }
    }
    let widest = rows.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    let (arrow, ruler) = (told.arrow(), told.style.ruler());
    for (name, old, new) in rows {
        let clip = |text: String| ruler.clip(&sanitize(&text), EXCERPT_CELLS);
        out.push_str(&format!("  {name:<widest$}  {} {arrow} {}\n", clip(old), clip(new)));
    }
    Said::of(out)
}

fn shown(field: Field, value: Option<String>) -> String {
    match (field, value) {
        (_, None) => "none".to_owned(),
        (Field::Estimate, Some(minutes)) => minutes.parse().map(dates::duration).unwrap_or(minutes),
        (_, Some(value)) => value,
    }
}

/// `milestone note`.
pub(in crate::run) fn note(context: &mut Context, args: &NoteArgs) -> Ran {
    let target = target(context, &args.reference)?;
    let text = match &args.file {
        Some(file) => input::text_from(context, file)?,
        None => args.text_joined(),
    };
    let excerpt = text.trim().to_owned();
    act(context, &Command::Note { target, text }, None, |told| {
        let text = told.style.ruler().clip(&sanitize(&excerpt), EXCERPT_CELLS);
        one(told, "Noted", |_| format!("  \"{text}\""))
    })
}

/// The line of the one thing that a command is about.
fn one(told: &Told<'_>, label: &'static str, tail: impl FnOnce(&Thing) -> String) -> Said {
    match told.things().first() {
        Some(thing) => Said::of(labelled(&[(label, told.named(thing) + &tail(thing))])),
        None => Said::default(),
    }
}

/// `milestone block`.
pub(in crate::run) fn block(context: &mut Context, args: &BlockArgs) -> Ran {
    if args.on.is_some() {
        // Here `--on` says what it waits for, not what `@` means.
        context.global.on = None;
    }
    let target = target(context, &args.reference)?;
    let until = match &args.until {
        Some(until) => input::day(context, "--until", until)?,
        None => None,
    };
    let command = Command::Block { target, text: args.reason_text(), on: args.on.clone(), until };
    act(context, &command, None, |told| {
        let said = one(told, "Blocked", |thing| {
            let Some(blocker) = thing.item().open_blockers().last() else { return String::new() };
            let mut facts = vec![blocker.id.to_string()];
            facts.extend(blocker.on.as_ref().map(|on| format!("on {}", sanitize(on))));
            facts.extend(blocker.until.map(|day| format!("until {}", dates::with_day(day.0))));
            let text = told.style.ruler().clip(&sanitize(&blocker.text), EXCERPT_CELLS);
            let mark = told.mark(Status::Blocked, false);
            format!(" {mark}  \"{text}\"  ({})", facts.join(", "))
        });
        said.next(told.things().first().map(|thing| format!("unblock {}", told.short(thing))))
    })
}

/// `milestone unblock`.
pub(in crate::run) fn unblock(context: &mut Context, args: &UnblockArgs) -> Ran {
    let target = target(context, &args.reference)?;
    let (blocker, note) = (args.blocker.clone(), args.note.clone());
    act(context, &Command::Unblock { target, blocker, note }, None, |told| {
        one(told, "Unblocked", |thing| match thing.item().open_blockers().count() {
            0 => String::new(),
            1 => "  (1 blocker is left)".to_owned(),
            left => format!("  ({left} blockers are left)"),
        })
    })
}

/// `milestone check`, `milestone uncheck`.
pub(in crate::run) fn check(context: &mut Context, args: &CheckArgs, checked: bool) -> Ran {
    let target = target(context, &args.reference)?;
    let items = args.items.iter().map(|item| *item as usize).collect();
    let label = if checked { "Checked" } else { "Unchecked" };
    act(context, &Command::Check { target, items, checked }, None, |told| {
        let said = one(told, label, |thing| {
            let criteria = &thing.item().criteria;
            let done = criteria.iter().filter(|criterion| criterion.checked).count();
            format!("  {done} of {}", criteria.len())
        });
        let all = |thing: &&Thing| thing.item().criteria.iter().all(|held| held.checked);
        let things = told.things();
        let full = things.first().filter(all).filter(|thing| !thing.item().is_closed());
        said.next(full.map(|thing| format!("done {}", told.short(thing))))
    })
}

/// `milestone dep add`, `milestone dep remove`.
pub(in crate::run) fn dep(
    context: &mut Context,
    args: &DepEdgeArgs,
    terms: Option<&TermsArgs>,
) -> Ran {
    let target = target(context, &args.reference)?;
    // What is in another project is looked up there.
    let after = args.after.iter().map(|asked| match asked.contains('#') {
        true => Ok(asked.clone()),
        false => self::target(context, asked),
    });
    let after = after.collect::<Result<Vec<String>, Box<Problem>>>()?;
    let add = terms.is_some();
    let command = match terms {
        Some(args) => {
            let terms = ties::terms(args.kind.as_deref(), args.lag.as_deref());
            let terms = terms.map_err(|error| Box::new(bad_terms(&error)))?;
            Command::AddDependencies { target, after, terms }
        }
        None => Command::RemoveDependencies { target, after },
    };
    act(context, &command, None, |told| {
        let Some(thing) = told.things().into_iter().next() else { return Said::default() };
        let name = |event: &milestone_core::domain::Event<'_>| match &event.body {
            Body::DependencyAdded(edge) | Body::DependencyRemoved(edge) => {
                let stream = StreamId::parse(&edge.on);
                let name = stream.map_or_else(
                    || edge.on.to_string(),
                    |on| milestone_core::domain::reference_of(told.state, &on),
                );
                let plain = !add || edge.terms().is_plain();
                Some(if plain { name } else { format!("{name} [{}]", edge.terms()) })
            }
            _ => None,
        };
        let names: Vec<String> = told.outcome.events.iter().filter_map(name).collect();
        let word = if add { "comes after" } else { "no longer comes after" };
        let out = format!("{} {word} {}\n", thing.reference(), names.join(", "));
        let mut said = Said::of(out);
        for hold in milestone_core::domain::waits_for(told.state, &thing.stream()) {
            if let HoldWhy::Unknown(why) = &hold.why {
                said.stderr.push(format!("{} is unknown: {why}", hold.on));
            }
        }
        said.next(Some(format!("dep tree {}", told.short(&thing))))
    })
}

fn bad_terms(error: &ValueError) -> Problem {
    Problem::new("usage.bad_value", Exit::Usage, error.to_string())
        .unchanged()
        .hint("milestone dep add REF --after REF --kind ss --lag 2d")
}

/// `milestone task remove`.
pub(in crate::run) fn remove(context: &mut Context, args: &TaskRefArgs) -> Ran {
    let targets = vec![target(context, &args.reference)?];
    act(context, &Command::RemoveTasks { targets }, None, |told| {
        let mut said = one(told, "Removed", |_| String::new());
        said.stdout.push_str(&told.moved(&told.homes_moved(&told.things())));
        said.way_back()
    })
}

/// `milestone task move`.
pub(in crate::run) fn move_task(context: &mut Context, args: &TaskMoveArgs) -> Ran {
    let task = target(context, &args.reference)?;
    let to = args.to.as_ref().map(|to| target(context, to)).transpose()?;
    let place = match (&args.after, args.first) {
        (Some(after), _) => Place::After(target(context, after)?),
        (None, true) => Place::First,
        (None, false) => Place::Last,
    };
    act(context, &Command::MoveTask { target: task, to, place }, None, |told| {
        let (things, seen) = (told.things(), told.seen.subjects.first());
        let (Some(thing), Some(before)) = (things.first(), seen) else { return Said::default() };
        let rows = numbered(told.state, thing.home());
        let at = rows.iter().position(|row| row.stream == thing.stream()).map_or(0, |at| at + 1);
        let of = rows.len();
        let (old, new) = (before.reference(), thing.reference());
        let way = if old == new { new } else { format!("{old} {} {new}", told.arrow()) };
        let title = sanitize(&thing.item().title).into_owned();
        Said::of(format!("Moved {way}  {title}  (now {at} of {of})\n"))
    })
}

/// `milestone conflicts resolve`.
pub(in crate::run) fn resolve(context: &mut Context, id: &str, note: Option<&str>) -> Ran {
    let command =
        Command::ResolveConflict { conflict: id.to_owned(), note: note.map(str::to_owned) };
    act(context, &command, None, |told| {
        let reference = told.refs.first().map(String::as_str).unwrap_or_default();
        let ids = told.state.milestone_ids();
        let left: usize = ids.iter().map(|id| open_conflicts(told, id.as_str())).sum();
        Said::of(format!("Resolved a conflict of {reference}; it stands as it is\n"))
            .next((left > 0).then(|| "conflicts".to_owned()))
    })
}

fn open_conflicts(told: &Told<'_>, id: &str) -> usize {
    let own = told.state.milestone(id).map_or(0, |held| held.item.conflicts.len());
    let tasks = told.state.tasks_of(id);
    own + tasks.iter().map(|task| task.item.conflicts.len()).sum::<usize>()
}
