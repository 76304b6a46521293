//! Undo: which records, and their opposite.
//!
//! Start at [`Project::undo`].
//!
//! - **Invariant.** Nothing is taken out of the log: undoing appends, and undoing that is redoing.
//! - **Invariant.** What somebody has built on is not undone, nor what would break a rule now: that
//!   is looked at where the command is decided, in `execute`.

use std::collections::{HashMap, HashSet};

use milestone_core::domain::{Body, Command, Event, Refusal, Touch, opposite, touches};
use milestone_core::log::{Record, Step, scan};
use milestone_core::projection::{Folder, State};
use milestone_core::words::{Ids, RecordId, StreamId};

use crate::caller::Caller;
use crate::error::{ExecuteError, HistoryError};
use crate::execute::Outcome;
use crate::project::Project;

/// A record that can be undone, as `undo --list` shows it.
#[derive(Debug, Clone)]
pub struct Undoable {
    /// The record.
    pub record: RecordId,
    /// The kinds and streams of its events.
    pub events: Vec<(String, Option<StreamId>)>,
}

impl Project {
    /// The records of `actor` that stand, newest first: neither undone nor themselves an undoing.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if the log cannot be read.
    pub fn undoable(&self, actor: &str) -> Result<Vec<Undoable>, HistoryError> {
        let (mut own, mut undone_by) = (Vec::new(), HashMap::new());
        scan(&self.store, |step| match step {
            Step::Restart => {
                own.clear();
                undone_by.clear();
            }
            Step::Line(line, _) => {
                let record = &line.record;
                let undone = record.events.iter().find_map(|event| match &event.body {
                    Body::Undone(undone) => Some(undone.record),
                    _ => None,
                });
                match undone {
                    Some(undone) => {
                        undone_by.insert(undone, record.id);
                    }
                    None if *record.actor == *actor && may_be_undone(&record.events) => {
                        let kinds = record.events.iter();
                        let kinds = kinds.map(|event| (event.kind().to_owned(), event.stream()));
                        own.push(Undoable { record: record.id, events: kinds.collect() });
                    }
                    None => {}
                }
            }
        })?;
        own.retain(|undoable| stands(undoable.record, &undone_by));
        own.reverse();
        Ok(own)
    }

    /// Appends the opposite of a record.
    ///
    /// # Errors
    ///
    /// [`HistoryError::Execute`] with [`Refusal::CannotUndo`] or [`Refusal::BuiltOnTop`] if it
    /// cannot be undone; nothing was written then.
    pub fn undo(&mut self, record: RecordId, caller: &Caller) -> Result<Outcome, HistoryError> {
        let opposite = self.opposite_of(record, caller)?;
        Ok(self.execute(&Command::Undo { record, opposite }, caller)?)
    }

    /// The events that take a record back.
    fn opposite_of(
        &self,
        record: RecordId,
        caller: &Caller,
    ) -> Result<Vec<Event<'static>>, HistoryError> {
        let refuse = |refusal: Refusal| HistoryError::Execute(ExecuteError::Refused(refusal));
        let cannot = |why: String| refuse(Refusal::CannotUndo { record, why });
        let undone_by = self.undone_by()?;
        if !stands(record, &undone_by) {
            return Err(cannot("it was undone already; undo that to redo it".to_owned()));
        }
        let mut spent = HashSet::new();
        let mut ids = Ids::new(caller.seed);
        let mut folder = Folder::new();
        let mut found: Option<Result<Vec<Event<'static>>, String>> = None;
        let mut touched: Vec<(StreamId, Touch)> = Vec::new();
        let mut later = None;
        scan(&self.store, |step| match step {
            Step::Restart => {
                (folder, found, later) = (Folder::new(), None, None);
                touched.clear();
                spent.clear();
            }
            Step::Line(line, _) if line.record.id == record => {
                touched = touched_by(&line.record.events);
                found = Some(taken_back(&folder.state, &line.record, &mut ids));
            }
            Step::Line(line, _) if found.is_none() => {
                folder.fold(&line.record).expect("a fold with histories takes every record");
            }
            Step::Line(line, _) => {
                let id = line.record.id;
                // A later record and what undid it have no effect together. What undid an earlier
                // one has: that was still there when this record was written.
                if let Some(&by) = undone_by.get(&id)
                    && !stands(id, &undone_by)
                {
                    spent.extend([id, by]);
                }
                let counts = later.is_none() && !spent.contains(&id);
                if counts && meets(&touched, &line.record.events) {
                    later = Some(id);
                }
            }
        })?;
        let events = match found {
            None => return Err(HistoryError::UnknownRecord { asked: record.to_string() }),
            Some(Err(why)) => return Err(cannot(why)),
            Some(Ok(events)) => events,
        };
        if let Some(later) = later {
            return Err(refuse(Refusal::BuiltOnTop { record, later, what: None }));
        }
        if events.is_empty() {
            return Err(cannot("there is nothing to take back".to_owned()));
        }
        Ok(merged(events))
    }

    /// Each record that was undone, with the one that undid it.
    fn undone_by(&self) -> Result<HashMap<RecordId, RecordId>, HistoryError> {
        let mut undone_by: HashMap<RecordId, RecordId> = HashMap::new();
        scan(&self.store, |step| match step {
            Step::Restart => undone_by.clear(),
            Step::Line(line, _) => {
                for event in &line.record.events {
                    if let Body::Undone(undone) = &event.body {
                        undone_by.insert(undone.record, line.record.id);
                    }
                }
            }
        })?;
        Ok(undone_by)
    }
}

/// The streams of some events, with what in them they are about.
fn touched_by(events: &[Event<'_>]) -> Vec<(StreamId, Touch)> {
    let of = |event: &Event<'_>| {
        let stream = event.stream()?;
        Some(touches(&event.body).into_iter().map(move |touch| (stream.clone(), touch)))
    };
    events.iter().filter_map(of).flatten().collect()
}

/// The events that take a record back, given the plan before it; or why there are none.
fn taken_back(
    before: &State,
    record: &Record<'_>,
    ids: &mut Ids,
) -> Result<Vec<Event<'static>>, String> {
    if record.command_id.as_ref().is_some_and(|id| id.starts_with("import:")) {
        return Err("it was imported; edit it instead".to_owned());
    }
    let mut events = Vec::new();
    for (index, event) in record.events.iter().enumerate().rev() {
        events.extend(opposite(before, event, record.id.key(), index, ids)?);
    }
    Ok(events)
}

/// True if a record holds: it was not undone, or its undoing was.
fn stands(record: RecordId, undone_by: &HashMap<RecordId, RecordId>) -> bool {
    let (mut at, mut holds) = (record, true);
    let mut steps = 0;
    while let Some(&by) = undone_by.get(&at) {
        (at, holds) = (by, !holds);
        steps += 1;
        // Records name earlier ones only; a log that says otherwise must not keep us here.
        if steps > undone_by.len() {
            return holds;
        }
    }
    holds
}

/// False for what begins a project, for there is nothing before it, for sessions, and for what was
/// signed: that was so then, whatever comes after.
fn may_be_undone(events: &[Event<'_>]) -> bool {
    !events.iter().any(|event| {
        matches!(
            event.body,
            Body::ProjectCreated(_) | Body::Session(..) | Body::CheckpointSigned(_)
        )
    })
}

fn meets(touched: &[(StreamId, Touch)], events: &[Event<'_>]) -> bool {
    events.iter().any(|event| {
        let Some(stream) = event.stream() else { return false };
        let later = touches(&event.body);
        touched.iter().any(|(named, touch)| {
            *named == stream
                && (matches!(touch, Touch::Whole) || later.iter().any(|other| touch.meets(other)))
        })
    })
}

/// What was created and changed in one record is cancelled or removed once, and no more.
fn merged(events: Vec<Event<'static>>) -> Vec<Event<'static>> {
    let ends = |event: &Event<'_>| {
        matches!(event.body, Body::TaskRemoved(_) | Body::MilestoneCancelled(_))
    };
    let ended: Vec<_> = events.iter().filter(|event| ends(event)).map(Event::stream).collect();
    let mut kept: Vec<Event<'static>> = Vec::new();
    for event in events {
        let gone = ended.contains(&event.stream());
        let again = kept.iter().any(|held| held.stream() == event.stream());
        if !gone || (ends(&event) && !again) {
            kept.push(event);
        }
    }
    kept
}
