//! What two generations show differently, written down for whoever looks into it.
//!
//! Start at [`write`].
//!
//! - **Invariant.** A report is all that is left of a generation that was not put in charge: it
//!   holds both sides of every difference, up to [`DIFFERENCES_MAX`].

use std::io::{self, Write};
use std::path::Path;

use milestone_core::domain::Plan;
use milestone_core::projection::{Document, State};
use milestone_core::words::{StreamId, Timestamp};
use serde::Serialize;

/// Where reports are, in the project's directory.
const REPORTS: &str = "local/reports";

/// How many differences a report tells in full: more have one cause.
const DIFFERENCES_MAX: usize = 100;

/// One milestone or task that is not the same.
#[derive(Debug, Serialize)]
struct Difference<'a> {
    stream: &'a StreamId,
    /// What the generation in charge shows; `null` if it has no such thing.
    here: Option<Document>,
    /// What the new one shows.
    there: Option<Document>,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    at: String,
    /// How many differ; only the first of them are in `streams`.
    count: usize,
    streams: Vec<Difference<'a>>,
}

/// The streams whose milestone or task is not the same in both.
pub(crate) fn differences(here: &State, there: &State) -> Vec<StreamId> {
    let milestones = |state: &State| state.milestone_ids().into_iter();
    let mut streams: Vec<StreamId> =
        milestones(here).chain(milestones(there)).map(|id| StreamId::milestone(&id)).collect();
    streams.extend(here.task_streams().into_iter().chain(there.task_streams()));
    streams.sort_unstable();
    streams.dedup();
    streams.retain(|stream| document(here, stream) != document(there, stream));
    streams
}

/// Writes down how they differ. Returns the file, by its path in the project's directory.
pub(crate) fn write(
    root: &Path,
    now: Timestamp,
    streams: &[StreamId],
    here: &State,
    there: &State,
) -> io::Result<String> {
    let told = streams.iter().take(DIFFERENCES_MAX).map(|stream| Difference {
        stream,
        here: document(here, stream),
        there: document(there, stream),
    });
    let report = Report { at: now.to_string(), count: streams.len(), streams: told.collect() };
    let folder = root.join(REPORTS);
    std::fs::create_dir_all(&folder)?;
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    serde_json::to_writer_pretty(&mut file, &report)?;
    file.write_all(b"\n")?;
    let name = format!("migrate-{}Z.json", format!("{now:.16}").replace(':', ""));
    file.persist(folder.join(&name)).map_err(|error| error.error)?;
    Ok(format!("{REPORTS}/{name}"))
}

fn document(state: &State, stream: &StreamId) -> Option<Document> {
    let milestone = state.milestone(stream.as_str()).map(|held| Document::of_milestone(&held));
    milestone.or_else(|| state.task(stream.as_str()).map(|held| Document::of_task(&held)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_what_differs_are_written_down() {
        let dir = tempfile::tempdir().unwrap();
        let none = State::default();
        let stream = StreamId::parse("api").unwrap();
        let file = write(dir.path(), Timestamp(0), &[stream], &none, &none).unwrap();
        assert_eq!(file, "local/reports/migrate-1970-01-01T0000Z.json");
        let text = std::fs::read_to_string(dir.path().join(file)).unwrap();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            serde_json::json!({
                "at": "1970-01-01T00:00:00.000000Z",
                "count": 1,
                "streams": [{"stream": "api", "here": null, "there": null}],
            })
        );
    }
}
