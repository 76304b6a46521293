//! Moving work along: `start`, `progress`, `done`, `cancel`, `reopen`, `unarchive`.
//!
//! Start at [`done`].
//!
//! - **Invariant.** Several references are one record: all of them happen, or none.

use milestone_core::domain::{Command, Plan, ProgressValue, Report, milestone_progress};

use super::super::context::{Context, Ran};
use super::act::act;
use super::input;
use super::phase::contents;
use super::seen::Thing;
use super::told::{Labelled, Moved, Said, Told, labelled};
use crate::args::flow::{CancelArgs, DoneArgs, ProgressArgs, ReopenArgs, StartArgs};
use crate::args::milestone::RefsArgs;
use crate::args::values::MINUTES_PER_DAY;
use crate::args::values::Progress;
use crate::ui::dates;
use crate::ui::error::Problem;
use crate::ui::glyph::Status;
use crate::ui::view::DayOf;

/// References with `@` put in words.
pub(super) fn targets(
    context: &mut Context,
    asked: &[String],
) -> Result<Vec<String>, Box<Problem>> {
    if asked.iter().all(|asked| !asked.starts_with('@')) {
        return Ok(asked.to_vec());
    }
    let state = context.project()?.state().clone();
    asked.iter().map(|asked| context.reference(asked, &state)).collect()
}

/// One reference with `@` put in words.
pub(super) fn target(context: &mut Context, asked: &str) -> Result<String, Box<Problem>> {
    targets(context, &[asked.to_owned()]).map(|mut all| all.remove(0))
}

/// `milestone start`.
pub(in crate::run) fn start(context: &mut Context, args: &StartArgs) -> Ran {
    let targets = targets(context, &args.references)?;
    let at = input::at(context, args.at.as_deref())?;
    act(context, &Command::Start { targets, force: args.force.clone() }, at, started)
}

fn started(told: &Told<'_>) -> Said {
    let things = told.things();
    let mut lines: Vec<Labelled> = Vec::new();
    for thing in &things {
        let day = day_of(told, thing).map(|day| format!(" {day}")).unwrap_or_default();
        let mark = told.mark(Status::InProgress, day.is_empty());
        lines.push(("Started", format!("{}  {mark}{day}", told.named(thing))));
    }
    let mut begun: Vec<&str> = Vec::new();
    for thing in things.iter().filter(|thing| matches!(thing, Thing::Task(_))) {
        let home = thing.home();
        let began = told.outcome.events.iter().any(|event| {
            event.kind() == "milestone_started" && event.milestone_id.as_deref() == Some(home)
        });
        if let Some(milestone) = told.state.milestone(home)
            && began
            && !begun.contains(&home)
        {
            begun.push(home);
            lines.push(("Began", told.named(&Thing::Milestone(milestone))));
        }
    }
    let next = things.first().map(|thing| match thing {
        Thing::Task(task) if !task.item.criteria.is_empty() => {
            format!("check {} 1", told.short(thing))
        }
        Thing::Task(_) => format!("progress {} 50%", told.short(thing)),
        Thing::Milestone(_) => "ready".to_owned(),
    });
    Said::of(labelled(&lines)).next(next)
}

/// `Day 1 of 3`, for a task.
fn day_of(told: &Told<'_>, thing: &Thing) -> Option<String> {
    let Thing::Task(task) = thing else { return None };
    let days = told.clock.today() - told.day(task.item.started_at?);
    let day = u32::try_from(days.num_days().max(0)).ok()? + 1;
    let of = task.item.estimate.map(|minutes| minutes.div_ceil(MINUTES_PER_DAY));
    Some(dates::day_of(DayOf { day, of }))
}

/// `milestone progress`.
pub(in crate::run) fn progress(context: &mut Context, args: &ProgressArgs) -> Ran {
    let target = target(context, &args.reference)?;
    let value = match args.progress {
        Progress::Percent(percent) => ProgressValue::Percent(percent.into()),
        Progress::Counted { done, of } => ProgressValue::Of { done, of },
    };
    let (note, time_spent) = (args.note.clone(), args.time.unwrap_or(0));
    act(context, &Command::Progress { target, value, note, time_spent }, None, progressed)
}

fn progressed(told: &Told<'_>) -> Said {
    let things = told.things();
    let Some(thing) = things.first() else { return Said::default() };
    let after = thing.percent(told.state);
    let before = told.seen.percents.get(&thing.stream()).copied().unwrap_or(after);
    let old = told.seen.subjects.first().and_then(|thing| thing.item().report);
    let mut tail = told.bar(after).trim_start().to_owned();
    tail.push_str(&evidence(told, old, thing.item().report));
    let title = thing.item().title.to_string();
    let mut rows = vec![Moved { title, before, after, tail: tail.trim_start().to_owned() }];
    let mut homes = told.homes_moved(&things);
    if let (Some(home), Some(milestone)) = (homes.first_mut(), told.state.milestone(thing.home()))
        && let Some(due) = milestone.item.due
    {
        let left = dates::left(due.0, told.clock.today());
        home.tail = format!("due {}, {left}", dates::with_day(due.0));
    }
    rows.extend(homes);
    let full = thing.item().report.is_some_and(|report| report.done >= report.of);
    let next = full.then(|| format!("done {}", told.short(thing)));
    let mut said = Said::of(told.moved(&rows)).next(next);
    if let Thing::Task(task) = thing
        && task.workflow.is_some()
    {
        let short = told.short(thing);
        said.stderr.push(format!(
            "Its progress is that of its phases; the report is kept beside it: milestone show \
             {short}"
        ));
    }
    said
}

/// `  4 of 6`, and what became of the scope.
fn evidence(told: &Told<'_>, old: Option<Report>, new: Option<Report>) -> String {
    let Some(new) = new.filter(|report| !report.percent) else { return String::new() };
    let scope = match old.filter(|report| !report.percent && report.of != new.of) {
        Some(old) => format!("  scope {} {} {}", old.of, told.arrow(), new.of),
        None => String::new(),
    };
    format!("  {} of {}{scope}", new.done, new.of)
}

/// `milestone done`.
pub(in crate::run) fn done(context: &mut Context, args: &DoneArgs) -> Ran {
    let targets = targets(context, &args.references)?;
    let at = input::at(context, args.at.as_deref())?;
    let (force, note) = (args.force.clone(), args.note.clone());
    let time_spent = args.time.unwrap_or(0);
    let contents = contents(context, &targets)?;
    act(context, &Command::Complete { targets, force, note, time_spent, contents }, at, finished)
}

fn finished(told: &Told<'_>) -> Said {
    let things = told.things();
    let mut lines: Vec<Labelled> = Vec::new();
    for thing in &things {
        let mark = told.mark(Status::Done, false);
        let took = took(told, thing);
        lines.push(("Done", format!("{} {mark}{took}", told.named(thing))));
    }
    let unblocked = told.unblocked();
    lines.extend(unblocked.iter().map(|thing| ("Unblocked", told.named(thing))));
    let mut out = labelled(&lines);
    out.push_str(&told.moved(&told.homes_moved(&things)));
    Said::of(out).next(after_done(told, &things, &unblocked))
}

/// `  3 days (estimate 3d)`, or the dates of a milestone.
fn took(told: &Told<'_>, thing: &Thing) -> String {
    let item = thing.item();
    let (Some(from), Some(to)) = (item.started_at, item.completed_at) else {
        return String::new();
    };
    let (from, to) = (told.day(from), told.day(to));
    match thing {
        Thing::Task(_) => {
            let days = u64::try_from((to - from).num_days() + 1).unwrap_or(1);
            let estimate = item.estimate.map(dates::duration);
            let estimate = estimate.map(|text| format!(" (estimate {text})")).unwrap_or_default();
            format!("  {}{estimate}", dates::days(days))
        }
        Thing::Milestone(_) => {
            let due = item.due.map(|due| format!(", {}", dates::finished(due.0, to)));
            let (from, to) = (dates::with_day(from), dates::with_day(to));
            format!("  {from} {} {to}{}", told.arrow(), due.unwrap_or_default())
        }
    }
}

fn after_done(told: &Told<'_>, things: &[Thing], unblocked: &[Thing]) -> Option<String> {
    if let Some(thing) = unblocked.first() {
        return Some(format!("start {}", told.short(thing)));
    }
    let task = things.iter().find(|thing| matches!(thing, Thing::Task(_)));
    let Some(task) = task else { return Some("list".to_owned()) };
    let home = told.state.milestone(task.home())?;
    let progress = milestone_progress(&home, &told.state.rows(home.id.as_str()));
    Some(match (home.item.stage.is_left(), progress.done == progress.of) {
        (true, true) => format!("done {}", told.short_milestone(home.id.as_str())),
        (true, false) => "ready".to_owned(),
        (false, _) => "list".to_owned(),
    })
}

/// `milestone cancel`.
pub(in crate::run) fn cancel(context: &mut Context, args: &CancelArgs) -> Ran {
    let targets = targets(context, &args.references)?;
    let command = Command::Cancel { targets, reason: args.reason.clone() };
    act(context, &command, None, |told| {
        let things = told.things();
        let mark = told.mark(Status::Cancelled, false);
        let line = |thing: &Thing| ("Cancelled", format!("{} {mark}", told.named(thing)));
        let mut lines: Vec<Labelled> = things.iter().map(line).collect();
        let unblocked = told.unblocked();
        lines.extend(unblocked.iter().map(|thing| ("Unblocked", told.named(thing))));
        Said::of(labelled(&lines) + &told.moved(&told.homes_moved(&things))).way_back()
    })
}

/// `milestone reopen`.
pub(in crate::run) fn reopen(context: &mut Context, args: &ReopenArgs) -> Ran {
    let targets = targets(context, &args.references)?;
    let command = Command::Reopen { targets, reason: args.reason.clone() };
    act(context, &command, None, |told| {
        let things = told.things();
        let line = |thing: &Thing| {
            let status = match thing {
                Thing::Task(_) => Status::Pending,
                Thing::Milestone(_) => Status::InProgress,
            };
            ("Reopened", format!("{} {}", told.named(thing), told.mark(status, true)))
        };
        let lines: Vec<Labelled> = things.iter().map(line).collect();
        let next = things.iter().find(|thing| matches!(thing, Thing::Task(_)));
        let next = next.map(|thing| format!("start {}", told.short(thing)));
        Said::of(labelled(&lines) + &told.moved(&told.homes_moved(&things))).next(next)
    })
}

/// `milestone unarchive`.
pub(in crate::run) fn unarchive(context: &mut Context, args: &RefsArgs) -> Ran {
    let targets = targets(context, &args.references)?;
    act(context, &Command::Restore { targets }, None, |told| listed(told, "Unarchived"))
}

/// A line for each thing.
pub(super) fn listed(told: &Told<'_>, label: &'static str) -> Said {
    let things = told.things();
    let line = |thing: &Thing| (label, told.named(thing));
    Said::of(labelled(&things.iter().map(line).collect::<Vec<_>>()))
}
