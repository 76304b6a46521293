//! `undo --list`: which of one's own changes stand and could be taken back.
//!
//! - **Invariant.** Newest first, as `undo N` counts them.

use std::collections::HashMap;

use milestone_core::words::{RecordId, Timestamp};
use milestone_project::{Entry, HistoryFilter};
use schemars::JsonSchema;
use serde::Serialize;

use super::history::{about, local_time};
use super::print::Listing;
use super::sentence::Teller;
use crate::run::context::{Context, Ran};
use crate::run::problem;
use crate::run::schema::{RecordText, TimeText};
use crate::ui::table::{Cell, Column, Fit, Table};

#[derive(Serialize, JsonSchema, Clone)]
pub(super) struct UndoDoc {
    number: usize,
    #[schemars(with = "RecordText")]
    record: RecordId,
    #[schemars(with = "Option<TimeText>")]
    timestamp: Option<Timestamp>,
    what: String,
    events: Vec<EventDoc>,
}

#[derive(Serialize, JsonSchema, Clone)]
struct EventDoc {
    event_type: String,
    stream: Option<String>,
}

/// Lists what could be undone.
pub(super) fn list(context: &mut Context) -> Ran {
    super::present_only(context, "undo --list")?;
    let moment = context.moment()?;
    let actor = context.actor();
    let project = context.project()?;
    let undoable = project.undoable(&actor).map_err(|error| problem::history(&error))?;
    let filter = HistoryFilter { who: Some(actor.clone()), ..HistoryFilter::default() };
    let entries = project.history(&filter).map_err(|error| problem::history(&error))?;
    let mut told: HashMap<RecordId, (Timestamp, Vec<String>)> = HashMap::new();
    let mut teller = Teller::default();
    for entry in &entries {
        let what = said(&mut teller, &moment.state, entry);
        told.entry(entry.record).or_insert((entry.timestamp, Vec::new())).1.push(what);
    }
    let doc = |(place, undoable): (usize, &milestone_project::Undoable)| {
        let told = told.get(&undoable.record);
        let (events, streams) =
            (undoable.events.iter(), |stream: &Option<_>| stream.as_ref().map(ToString::to_string));
        UndoDoc {
            number: place + 1,
            record: undoable.record,
            timestamp: told.map(|(at, _)| *at),
            what: told.map(|(_, what)| what.join("; ")).unwrap_or_default(),
            events: events
                .map(|(kind, stream): &(String, Option<milestone_core::words::StreamId>)| {
                    EventDoc { event_type: kind.clone(), stream: streams(stream) }
                })
                .collect(),
        }
    };
    let docs: Vec<UndoDoc> = undoable.iter().enumerate().map(doc).collect();
    let view: &Context = context;
    let table = || {
        let columns = vec![
            Column::new("number", "N", Fit::Key).right(),
            Column::new("timestamp", "TIME", Fit::Key),
            Column::new("record", "RECORD", Fit::Count),
            Column::new("what", "WHAT", Fit::Text),
        ];
        let row = |doc: &UndoDoc| {
            let time = doc.timestamp.map(|at| local_time(view, at)).unwrap_or_default();
            let plain = doc.timestamp.map(|at| at.to_string()).unwrap_or_default();
            vec![
                Cell::new(doc.number.to_string()),
                Cell::new(time).plain(plain),
                Cell::new(format!("{:.16}", doc.record)).plain(doc.record.to_string()),
                Cell::new(&doc.what),
            ]
        };
        Table { columns, rows: docs.iter().map(row).collect() }
    };
    Listing {
        verb: "undo --list",
        kind: "undo.list",
        table,
        items: || docs.clone(),
        text: None,
        md: None,
        total: Some(docs.len()),
        empty: format!("Nothing of {} can be undone.", crate::ui::text::sanitize(&actor)),
        hints: Vec::new(),
    }
    .print(context, &moment)
}

fn said(teller: &mut Teller, state: &milestone_core::projection::State, entry: &Entry) -> String {
    let what = teller.tell(entry);
    format!("{} {what}", about(state, entry))
}
