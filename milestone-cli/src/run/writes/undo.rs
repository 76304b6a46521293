//! Taking changes back: `undo [N | RECORD]`.
//!
//! Start at [`undo`].
//!
//! - **Invariant.** Nothing is erased: each change that is taken back is a record of its own.
//! - **Invariant.** A repeated idempotency key undoes nothing a second time.

use milestone_core::domain::{Body, reference_of};
use milestone_core::projection::CommandKey;
use milestone_core::words::{RecordId, StreamId};
use milestone_project::{Caller, HistoryError, HistoryFilter, Outcome};
use serde_json::value::RawValue;

use super::super::context::{Context, Output, Ran};
use super::super::problem;
use super::act::{explained, finish, not_interrupted};
use super::result::document;
use super::seen::{Seen, Thing};
use super::told::{Said, Told, few};
use crate::args::flow::{UndoArgs, UndoWhat};
use crate::ui::error::{Exit, Problem};
use crate::ui::text::sanitize;

/// `milestone undo`.
pub(in crate::run) fn undo(context: &mut Context, args: &UndoArgs) -> Ran {
    context.project()?;
    let caller = context.caller()?;
    match &args.what {
        Some(UndoWhat::Record(id)) => {
            let record = record_named(context, id)?;
            one(context, record, &caller)
        }
        None => newest(context, 1, &caller),
        Some(UndoWhat::Newest(count)) => newest(context, *count as usize, &caller),
    }
}

fn record_named(context: &mut Context, id: &str) -> Result<RecordId, Box<Problem>> {
    let found = context.project()?.has_record(id).map_err(|error| problem::history(&error))?;
    found.ok_or_else(|| {
        Box::new(
            problem::history(&HistoryError::UnknownRecord { asked: id.to_owned() }).unchanged(),
        )
    })
}

/// Undoes the newest changes of this actor, one after the other.
fn newest(context: &mut Context, count: usize, caller: &Caller) -> Ran {
    let project = context.project()?;
    if let Some(record) = repeated(project, caller)? {
        return one(context, record, caller);
    }
    let mut own = project.undoable(&caller.actor).map_err(|error| problem::history(&error))?;
    let there = own.len();
    own.truncate(count);
    if there < count {
        let message = match there {
            0 => format!("there is nothing of {} to undo", caller.actor),
            _ => format!("only {there} changes of {} can be undone", caller.actor),
        };
        return Err(Box::new(
            Problem::new("undo.nothing", Exit::Refused, message)
                .unchanged()
                .hint("milestone undo --list"),
        ));
    }
    let mut output = Output::of(String::new());
    let mut documents: Vec<Box<RawValue>> = Vec::new();
    for (number, undoable) in own.iter().enumerate() {
        let mut caller = Caller { seed: context.caller()?.seed, ..caller.clone() };
        if let Some(key) = caller.key.as_mut().filter(|_| number > 0) {
            key.push_str(&format!("/{}", number + 1));
        }
        match one(context, undoable.record, &caller) {
            Ok(said) if context.json() && count > 1 => documents.extend(data_of(&said.stdout)),
            Ok(said) if context.json() => output.stdout = said.stdout,
            Ok(said) => {
                output.stdout.push_str(&said.stdout);
                output.stderr.extend(said.stderr);
            }
            Err(_) if context.global.dry_run && number > 0 => output.stderr.push(format!(
                "Record {:.16} can be shown once the newer ones are undone.",
                undoable.record
            )),
            Err(mut problem) if number > 0 => {
                problem.nothing_changed = false;
                return Err(Box::new(problem.fact(format!("{number} of {count} were undone"))));
            }
            Err(problem) => return Err(problem),
        }
    }
    if context.json() && count > 1 {
        return document(context, "write.list", documents).map(Output::of);
    }
    let last = output.stderr.pop();
    output.stderr.retain(|line| !line.starts_with("Redo: ") && !line.starts_with("Nothing was"));
    output.stderr.extend(last);
    Ok(output)
}

/// The data of a document.
fn data_of(document: &str) -> Option<Box<RawValue>> {
    #[derive(serde::Deserialize)]
    struct Data {
        data: Box<RawValue>,
    }
    serde_json::from_str::<Data>(document).ok().map(|document| document.data)
}

/// What an earlier call with the same key undid.
fn repeated(
    project: &milestone_project::Project,
    caller: &Caller,
) -> Result<Option<RecordId>, Box<Problem>> {
    let Some(key) = &caller.key else { return Ok(None) };
    let known = project.state().command(&CommandKey::of(key));
    let Some(entry) = known.first() else { return Ok(None) };
    let filter = HistoryFilter::default();
    let entries = project.history(&filter).map_err(|error| problem::history(&error))?;
    let undone = |entry: &milestone_project::Entry| {
        let details: serde_json::Value = serde_json::from_str(entry.details.get()).ok()?;
        RecordId::parse(details.get("record")?.as_str()?.as_bytes())
    };
    let mut own = entries.iter().filter(|held| held.record == entry.record);
    Ok(own.find(|held| held.kind == "undone").and_then(undone))
}

fn one(context: &mut Context, record: RecordId, caller: &Caller) -> Ran {
    not_interrupted(context)?;
    if let Some(outcome) = already(context, record, caller)? {
        return finish(context, &Seen::default(), outcome, |_| Said::default());
    }
    let result = context.project()?.undo(record, caller);
    let outcome = result.map_err(|error| match &error {
        HistoryError::Execute(error) => explained(context, error),
        error => Box::new(problem::history(error).unchanged()),
    })?;
    let streams: Vec<StreamId> =
        outcome.events.iter().filter_map(milestone_core::domain::Event::stream).collect();
    let seen = Seen::streams(context.project()?.state(), streams);
    finish(context, &seen, outcome, |told| undone(told, record))
}

/// The outcome of an earlier call with the same key: what it undid cannot be worked out again, for
/// it is undone.
fn already(
    context: &mut Context,
    record: RecordId,
    caller: &Caller,
) -> Result<Option<Outcome>, Box<Problem>> {
    let project = context.project()?;
    if repeated(project, caller)? != Some(record) {
        return Ok(None);
    }
    let key = caller.key.as_deref().unwrap_or_default();
    let entry = project.state().command(&CommandKey::of(key));
    let record = entry.first().map(|entry| entry.record);
    Ok(Some(Outcome { record, duplicate: true, events: Vec::new(), warnings: Vec::new() }))
}

fn undone(told: &Told<'_>, record: RecordId) -> Said {
    let mut said = Said::of(format!("Undid {record:.16}\n{}", few(&facts(told))));
    let appended = told.outcome.record.map(|id| format!("Redo: milestone undo {id:.16}"));
    said.next = appended;
    said
}

/// What was appended, a line for each kind of thing that happened to something, and to what of it.
fn facts(told: &Told<'_>) -> String {
    let mut rows: Vec<(&str, String, Vec<String>, usize)> = Vec::new();
    for event in told.outcome.events.iter().filter(|event| event.milestone_id.is_some()) {
        let stream = event.stream();
        let name = stream.as_ref().map(|stream| reference_of(told.state, stream));
        let name = name.unwrap_or_default();
        let what = stream.and_then(|stream| part(told, &stream, &event.body));
        match rows.iter_mut().find(|row| row.0 == event.kind() && row.1 == name) {
            Some((_, _, parts, count)) => {
                parts.extend(what);
                *count += 1;
            }
            None => rows.push((event.kind(), name, what.into_iter().collect(), 1)),
        }
    }
    let line = |(kind, name, parts, count): &(&str, String, Vec<String>, usize)| match parts.len() {
        0 if *count == 1 => format!("  {kind}  {name}\n"),
        // Not each of them could be named.
        known if known < *count => format!("  {kind}  {name}  ({count})\n"),
        _ => format!("  {kind}  {name}  {}\n", sanitize(&parts.join(", "))),
    };
    rows.iter().map(line).collect()
}

/// The part of a thing that an event is about: a criterion, what it waits for.
fn part(told: &Told<'_>, stream: &StreamId, body: &Body<'_>) -> Option<String> {
    let criterion = |id: &str| {
        let thing = Thing::of(told.state, stream)?;
        let held = thing.item().criteria.iter().find(|held| &*held.id == id)?;
        Some(held.text.to_string())
    };
    match body {
        Body::CriterionAdded(added) => Some(added.text.to_string()),
        Body::CriterionChecked(part)
        | Body::CriterionUnchecked(part)
        | Body::CriterionRemoved(part) => criterion(&part.id),
        Body::DependencyAdded(tie) | Body::DependencyRemoved(tie) => {
            let on = StreamId::parse(&tie.on).map(|on| reference_of(told.state, &on));
            Some(on.unwrap_or_else(|| tie.on.to_string()))
        }
        _ => None,
    }
}
