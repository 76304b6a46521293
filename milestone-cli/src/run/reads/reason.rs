//! The events behind how something stands, and the reason that was given for it.
//!
//! Start at [`reason_of`].
//!
//! - **Invariant.** With `--as-of` nothing that was recorded later is known.
//! - **Absent on purpose.** Reasons in a log that is too long to be read through for a line beside
//!   something else; `why` reads it.

use std::collections::BTreeSet;

use milestone_core::domain::{Plan, Stage};
use milestone_core::words::StreamId;
use milestone_project::{Entry, HistoryFilter};
use serde_json::Value;

use super::history::known_at;
use super::judged::JUDGED_RECORDS_MAX;
use crate::run::context::{Context, Moment};
use crate::run::problem;
use crate::ui::error::Problem;

/// The events of some streams, as they are known at a moment, oldest first.
pub(super) fn events_of(
    context: &mut Context,
    moment: &Moment,
    streams: BTreeSet<StreamId>,
) -> Result<Vec<Entry>, Box<Problem>> {
    let (streams, clock_max) = (Some(streams), moment.clock_max);
    let filter = HistoryFilter { streams, clock_max, ..HistoryFilter::default() };
    let mut entries =
        context.project()?.history(&filter).map_err(|error| problem::history(&error))?;
    if moment.as_of.is_some() && clock_max.is_none() {
        let known = known_at(context, moment)?;
        entries.retain(|entry| known.contains(&entry.record));
    }
    Ok(entries)
}

/// The reason that an event gives, if it gives one.
pub(super) fn reason(entry: &Entry) -> Option<String> {
    let details: Value = serde_json::from_str(entry.details.get()).ok()?;
    details["reason"].as_str().map(str::to_owned)
}

/// Why something is paused or was given up, if somebody said so.
pub(super) fn reason_of(
    context: &mut Context,
    moment: &Moment,
    stream: &StreamId,
) -> Result<Option<String>, Box<Problem>> {
    let stage = match stream.is_task() {
        true => moment.state.task(stream.as_str()).map(|task| task.item.stage),
        false => moment.state.milestone(stream.as_str()).map(|held| held.item.stage),
    };
    let kind = match stage {
        Some(Stage::Paused) => "_paused",
        Some(Stage::Cancelled) => "_cancelled",
        _ => return Ok(None),
    };
    if moment.count > JUDGED_RECORDS_MAX {
        return Ok(None);
    }
    let events = events_of(context, moment, BTreeSet::from([stream.clone()]))?;
    Ok(events.iter().rev().find(|event| event.kind.ends_with(kind)).and_then(reason))
}
