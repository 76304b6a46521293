//! Values on their way from a source's line to the plan, each counted in the report as it passes.
//!
//! - **Invariant.** Each function that counts a value as seen counts one fate of it too.
//! - **Absent on purpose.** What a value means to an issue or an edge.

use std::borrow::Cow;

use milestone_core::words::Timestamp;
use serde_json::{Map, Value};

use super::report::{LossReason, LossReport};
use super::scalar::{Row, raw_is_empty, raw_value};
use super::source::Place;
use super::text;
use super::time::{self, Parsed};

/// The text on one line; control characters in it are a loss.
pub(crate) fn clean_line<'a>(
    text: Cow<'a, str>,
    place: Place,
    id: &str,
    name: &str,
    report: &mut LossReport,
) -> Cow<'a, str> {
    let (text, changed) = text::one_line(text);
    if changed {
        let what = format!("control characters in {name} become spaces");
        report.lose(LossReason::ControlCharacters, place, Some(id), &what);
    }
    text
}

/// The text with its lines; other control characters in it are a loss.
pub(crate) fn clean_block<'a>(
    text: Cow<'a, str>,
    place: Place,
    id: &str,
    name: &str,
    report: &mut LossReport,
) -> Cow<'a, str> {
    let (text, changed) = text::block(text);
    if changed {
        let what = format!("control characters in {name} become spaces");
        report.lose(LossReason::ControlCharacters, place, Some(id), &what);
    }
    text
}

/// Counts a value that was mapped.
pub(crate) fn map_field(report: &mut LossReport, name: &str, becomes: &'static str) {
    let count = report.field(name);
    count.seen += 1;
    count.mapped += 1;
    count.becomes = becomes;
}

/// Reads a time of a row and counts it; one that is not a time is a loss.
pub(crate) fn read_time(
    text: &str,
    place: Place,
    id: &str,
    name: &str,
    report: &mut LossReport,
) -> Option<Timestamp> {
    let count = report.field(name);
    count.seen += 1;
    count.becomes = "time";
    match time::parse(text) {
        Parsed::At { time, cut } => {
            count.mapped += 1;
            if cut {
                report.warn("a time is cut to microseconds", id);
            }
            Some(time)
        }
        Parsed::Never => {
            count.empty += 1;
            None
        }
        Parsed::Bad => {
            count.lost += 1;
            report.lose(LossReason::BadTime, place, Some(id), &format!("{name} is {text:?}"));
            None
        }
    }
}

/// Counts and keeps what was not taken from a row.
pub(crate) fn keep_rest(row: Row<'_>, of: &str, report: &mut LossReport) -> Map<String, Value> {
    let mut kept = Map::new();
    for (name, raw) in row.rest() {
        let count = report.field(&format!("{of}.{name}"));
        count.seen += 1;
        if raw_is_empty(raw, true) {
            count.empty += 1;
        } else {
            count.kept += 1;
            kept.insert(name.into_owned(), raw_value(raw));
        }
    }
    kept
}
