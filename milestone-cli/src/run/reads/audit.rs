//! `audit`: what happened, for proof: UTC, place in the stream, causes, hashes.
//!
//! - **Invariant.** What is shown is what was recorded, not what somebody says really happened;
//!   that stands beside it as `at` and `by`.

use std::collections::HashMap;

use milestone_core::words::{RecordId, RecordKey};
use milestone_project::Entry;
use schemars::JsonSchema;
use serde::Serialize;

use super::history::{Asked, about};
use super::log::EventDoc;
use super::print::{Listing, talks};
use super::verify;
use crate::args::global::Format;
use crate::args::history::AuditArgs;
use crate::run::context::{Context, Ran};
use crate::run::problem;
use crate::ui::error::Exit;
use crate::ui::table::{Cell, Column, Fit, Table};
use crate::ui::text::sanitize;

/// An event of `audit`: that of `event.list` with its place in its stream.
#[derive(Serialize, JsonSchema)]
pub(super) struct AuditDoc<'a> {
    #[serde(flatten)]
    event: EventDoc<'a>,
    version: usize,
}

/// Shows what happened, for proof.
pub(super) fn run(context: &mut Context, args: &AuditArgs) -> Ran {
    if args.verify {
        super::present_only(context, "audit --verify")?;
    }
    let moment = context.moment()?;
    let asked = Asked { reference: args.reference.as_deref(), ..Asked::default() };
    let entries = asked.entries(context, &moment, "audit")?;
    let mut last: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<(usize, String, Entry)> = entries
        .into_iter()
        .map(|entry| {
            let about = about(&moment.state, &entry);
            let stream = entry.stream.as_ref().map(ToString::to_string).unwrap_or_default();
            let version = last.entry(stream).or_default();
            *version += 1;
            (*version, about, entry)
        })
        .collect();
    rows.reverse();
    let mut output = Listing {
        verb: "audit",
        kind: "audit",
        table: || table(&rows),
        items: || {
            let doc = |row| {
                let (version, _, entry): &(usize, String, Entry) = row;
                AuditDoc { event: EventDoc::of(&moment.state, entry), version: *version }
            };
            rows.iter().map(doc).collect()
        },
        text: Some(&|| {
            rows.iter().map(|(version, about, entry)| text_of(*version, about, entry)).collect()
        }),
        md: None,
        total: Some(rows.len()),
        empty: "Nothing happened that fits.".to_owned(),
        hints: Vec::new(),
    }
    .print(context, &moment)?;
    if args.verify {
        let audit = context.project()?.audit(None).map_err(|error| problem::history(&error))?;
        let worst = verify::worst(&audit.findings);
        let heads: Vec<String> = audit.checkpoint.heads.iter().map(ToString::to_string).collect();
        let count = audit.checkpoint.count;
        let line = match worst {
            Some(level) => format!("Chain  {level}: milestone log verify says what was found"),
            None => format!("Chain  verified #1 to #{count}, head {}", heads.join(", ")),
        };
        if worst.is_some() {
            output.exit = Exit::Integrity;
        }
        // A document and rows stay what they are; the exit code says it too.
        match super::print::format(context, "audit", super::print::LIST, true)? {
            Format::Text => output.stdout.push_str(&format!("{line}\n")),
            _ if talks(context) => output = output.say(line),
            _ => {}
        }
    }
    Ok(output)
}

fn keys(keys: &[RecordKey]) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn ids(ids: &[RecordId]) -> String {
    ids.iter().map(|id| format!("{id:.16}")).collect::<Vec<_>>().join(",")
}

fn or_none(text: String) -> String {
    if text.is_empty() { "none".to_owned() } else { text }
}

/// Three lines an event.
fn text_of(version: usize, about: &str, entry: &Entry) -> String {
    let mut who = format!("actor {}", entry.actor);
    if let Some(by) = &entry.by {
        who = format!("{who}  for {by}");
    }
    if let Some(via) = &entry.user_context {
        who = format!("{who}  via {via}");
    }
    let at = entry.at.map(|at| format!("  happened {at}")).unwrap_or_default();
    let head = format!(
        "#{}  {about} v{version}  {}  {who}  session {}",
        entry.number, entry.kind, entry.session_id
    );
    let cause = format!("      read {}  prev {}", or_none(keys(&entry.reads)), {
        or_none(ids(&entry.prev))
    });
    let proof = format!("      at {}{at}  hash {}", entry.timestamp, entry.record);
    format!("{}\n{cause}\n{proof}\n", sanitize(&head))
}

fn table(rows: &[(usize, String, Entry)]) -> Table {
    let columns = vec![
        Column::new("number", "NUMBER", Fit::Key).right(),
        Column::new("ref", "REF", Fit::Key),
        Column::new("version", "VERSION", Fit::Key).right(),
        Column::new("timestamp", "TIME", Fit::Key),
        Column::new("event_type", "EVENT", Fit::Key),
        Column::new("actor", "ACTOR", Fit::Key),
        Column::new("by", "BY", Fit::Key),
        Column::new("session_id", "SESSION", Fit::Key),
        Column::new("reads", "READS", Fit::Key),
        Column::new("prev", "PREV", Fit::Key),
        Column::new("record", "RECORD", Fit::Key),
    ];
    let row = |(version, about, entry): &(usize, String, Entry)| {
        let prev: Vec<String> = entry.prev.iter().map(ToString::to_string).collect();
        vec![
            Cell::new(entry.number.to_string()),
            Cell::new(about),
            Cell::new(version.to_string()),
            Cell::new(entry.timestamp.to_string()),
            Cell::new(&entry.kind),
            Cell::new(&entry.actor),
            Cell::new(entry.by.as_deref().unwrap_or_default()),
            Cell::new(&entry.session_id),
            Cell::new(keys(&entry.reads)),
            Cell::new(prev.join(",")),
            Cell::new(entry.record.to_string()),
        ]
    };
    Table { columns, rows: rows.iter().map(row).collect() }
}
