//! The events that came since the last look, a line of JSON each.
//!
//! - **Invariant.** The first line says what follows; each event is told once, also where a merge
//!   put it before others.
//! - **Absent on purpose.** A place to go on from in another process: `log --since` is that.

use std::collections::HashSet;

use milestone_core::words::RecordId;

use super::history::Asked;
use super::log::EventDoc;
use super::print;
use crate::run::context::Context;
use crate::ui::error::{Exit, Problem};
use crate::ui::json::ndjson;

/// The records whose events were told.
#[derive(Debug, Default)]
pub(in crate::run) struct Seen(HashSet<RecordId>);

/// The first line; what there is already counts as told.
pub(in crate::run) fn begin_events(
    context: &mut Context,
    on: Option<&str>,
    seen: &mut Seen,
) -> Result<String, Box<Problem>> {
    new_events(context, on, seen)?;
    let moment = context.moment()?;
    let meta = print::meta(context, &moment, None);
    let nothing: &[EventDoc<'_>] = &[];
    ndjson("event.stream", &meta, nothing).map_err(|error| failed(&error))
}

/// The lines of what is new.
pub(in crate::run) fn new_events(
    context: &mut Context,
    on: Option<&str>,
    seen: &mut Seen,
) -> Result<String, Box<Problem>> {
    let moment = context.moment()?;
    let asked = Asked { reference: on, ..Asked::default() };
    let entries = asked.entries(context, &moment, "watch")?;
    let mut out = String::new();
    for entry in entries.iter().filter(|entry| !seen.0.contains(&entry.record)) {
        let doc = EventDoc::of(&moment.state, entry);
        out.push_str(&serde_json::to_string(&doc).map_err(|error| failed(&error))?);
        out.push('\n');
    }
    seen.0.extend(entries.iter().map(|entry| entry.record));
    Ok(out)
}

fn failed(error: &serde_json::Error) -> Box<Problem> {
    let message = "the result cannot be written as JSON";
    Box::new(Problem::new("output.failed", Exit::Failed, message).fact(error.to_string()))
}
