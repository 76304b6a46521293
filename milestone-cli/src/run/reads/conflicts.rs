//! `conflicts`: what merged writers disagree on, and what follows from it across streams.
//!
//! - **Invariant.** The list follows from the log alone: every clone prints the same one.

use milestone_core::domain::{
    Item, Plan, SessionStep, Stage, cycles, effective_stage, reference_of,
};
use milestone_core::projection::State;
use milestone_core::words::{RecordKey, StreamId};
use schemars::JsonSchema;
use serde::Serialize;

use super::print::{Listing, talks};
use crate::run::context::{Context, Ran};
use crate::run::schema::HeadText;
use crate::ui::table::{Cell, Column, Fit, Table};

/// An item of `conflict.list`.
#[derive(Serialize, JsonSchema)]
pub(super) struct ConflictDoc {
    id: Option<String>,
    r#ref: String,
    kind: &'static str,
    about: &'static str,
    kept: Option<String>,
    other: Option<String>,
    #[schemars(with = "Vec<HeadText>")]
    records: Vec<RecordKey>,
    refs: Vec<String>,
}

/// Lists conflicts.
pub(super) fn run(context: &mut Context) -> Ran {
    let moment = context.moment()?;
    let found = all(&moment.state);
    let table = || {
        let columns = vec![
            Column::new("id", "ID", Fit::Key),
            Column::new("ref", "REF", Fit::Key),
            Column::new("about", "ABOUT", Fit::Key),
            Column::new("kept", "HOLDS", Fit::Text),
            Column::new("other", "DOES NOT HOLD", Fit::Text),
        ];
        let row = |doc: &ConflictDoc| {
            let kept = doc.kept.clone().unwrap_or_else(|| doc.refs.join(" after "));
            vec![
                Cell::new(doc.id.as_deref().unwrap_or_default()),
                Cell::new(&doc.r#ref),
                Cell::new(doc.about),
                Cell::new(kept),
                Cell::new(doc.other.as_deref().unwrap_or_default()),
            ]
        };
        Table { columns, rows: found.iter().map(row).collect() }
    };
    let open = found.iter().find_map(|doc| doc.id.clone());
    let mut output = Listing {
        verb: "conflicts",
        kind: "conflict.list",
        table,
        items: || all(&moment.state),
        text: None,
        md: None,
        total: Some(found.len()),
        empty: "No conflicts.".to_owned(),
        hints: open.iter().map(|id| format!("milestone conflicts resolve {id}")).collect(),
    }
    .print(context, &moment)?;
    if talks(context) && context.hints() && moment.as_of.is_none() {
        if let Some(id) = open {
            output =
                output.say(format!("Close one as it stands: milestone conflicts resolve {id}"));
        }
        if found.iter().any(|doc| doc.kind == "cycle") {
            output = output.say("Break a cycle: milestone dep remove REF --after REF");
        }
    }
    Ok(output)
}

fn all(state: &State) -> Vec<ConflictDoc> {
    let mut found = Vec::new();
    for milestone in state.milestones() {
        add(&mut found, state, &milestone.item, &milestone.stream());
        for row in state.rows(milestone.id.as_str()).iter() {
            if let Some(task) = state.task(row.stream.as_str()) {
                add(&mut found, state, &task.item, &task.stream);
            }
        }
        let rows = state.rows(milestone.id.as_str());
        if milestone.item.stage == Stage::Done && effective_stage(&milestone, &rows) != Stage::Done
        {
            let open = rows
                .iter()
                .filter(|row| row.stage.is_left() && !milestone.left_open.contains(&row.stream));
            let refs: Vec<String> = open.map(|row| reference_of(state, &row.stream)).collect();
            found.push(ConflictDoc {
                id: None,
                r#ref: milestone.id.to_string(),
                kind: "open_task",
                about: "completion",
                kept: Some(format!("active again: open {}", refs.join(", "))),
                other: Some("completed".to_owned()),
                records: Vec::new(),
                refs,
            });
        }
    }
    add_sessions(&mut found, state);
    for cycle in cycles(state) {
        let refs: Vec<String> = cycle.iter().map(|stream| reference_of(state, stream)).collect();
        found.push(ConflictDoc {
            id: None,
            r#ref: refs.first().cloned().unwrap_or_default(),
            kind: "cycle",
            about: "cycle",
            kept: None,
            other: None,
            records: Vec::new(),
            refs,
        });
    }
    found
}

/// Sessions whose last step met others that did not know of it. Whoever knows of them settles it by
/// taking the next step.
fn add_sessions(found: &mut Vec<ConflictDoc>, state: &State) {
    for (id, held) in &state.project().sessions {
        for rival in &held.rivals {
            let said = |by: &str, step: SessionStep, notes: &Option<String>| {
                let notes = notes.as_ref().map(|notes| format!(": {notes}")).unwrap_or_default();
                format!("{} by {by}{notes}", step.status())
            };
            found.push(ConflictDoc {
                id: None,
                r#ref: id.clone(),
                kind: "session",
                about: "session",
                kept: Some(said(&held.by, held.step, &held.notes)),
                other: Some(said(&rival.by, rival.step, &rival.notes)),
                records: vec![held.record, rival.record],
                refs: Vec::new(),
            });
        }
    }
}

fn add(found: &mut Vec<ConflictDoc>, state: &State, item: &Item, stream: &StreamId) {
    let doc = |conflict: &milestone_core::domain::Conflict| ConflictDoc {
        id: Some(conflict.id(stream)),
        r#ref: reference_of(state, stream),
        kind: "concurrent",
        about: conflict.subject.name(),
        kept: Some(conflict.kept.clone()),
        other: Some(conflict.other.clone()),
        records: conflict.sides.clone(),
        refs: Vec::new(),
    };
    found.extend(item.conflicts.iter().map(doc));
}
