//! The events of the log, one by one, for people and programs.
//!
//! Start at [`Project::history`].
//!
//! - **Invariant.** What an event carries is shown as it stands in the line, members that are not
//!   understood included.

use std::collections::{BTreeSet, VecDeque};

use milestone_core::domain::Plan;
use milestone_core::log::{ParsedLine, Record, Step, scan};
use milestone_core::words::{RecordId, RecordKey, StreamId, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::HistoryError;
use crate::project::Project;

/// One event with what is known of its record.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The record's place in today's order, from 1.
    pub number: u64,
    /// The record.
    pub record: RecordId,
    /// What the record builds on.
    pub prev: Vec<RecordId>,
    /// The heads of this event's stream that the record had read.
    pub reads: Vec<RecordKey>,
    /// The record's clock.
    pub clock: u64,
    /// When it was recorded.
    pub timestamp: Timestamp,
    /// When it really happened, if that was said.
    pub at: Option<Timestamp>,
    /// Who recorded it.
    pub actor: String,
    /// Who really did it, if that was said.
    pub by: Option<String>,
    /// In which session.
    pub session_id: String,
    /// What the writer said of the surroundings.
    pub user_context: Option<String>,
    /// The caller's key, if there was one.
    pub command_id: Option<String>,
    /// The kind of event.
    pub kind: String,
    /// The milestone it is about, or whose task it is about.
    pub milestone_id: Option<String>,
    /// The stream it belongs to.
    pub stream: Option<StreamId>,
    /// What it carries, as it stands in the line.
    pub details: Box<RawValue>,
    /// The file it was read from.
    pub file: String,
    /// The line of that file.
    pub line: u64,
}

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct HistoryFilter {
    /// Only of these streams, if any are named.
    pub streams: Option<BTreeSet<StreamId>>,
    /// Only since this time.
    pub since: Option<Timestamp>,
    /// Only until this time.
    pub until: Option<Timestamp>,
    /// Only by this actor.
    pub who: Option<String>,
    /// Only of these kinds.
    pub kinds: Vec<String>,
    /// Only the newest so many.
    pub limit: Option<usize>,
    /// Only the records up to this clock, as `--as-of` asks for.
    pub clock_max: Option<u64>,
}

impl Project {
    /// The events that fit, oldest first.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if the log cannot be read.
    pub fn history(&self, filter: &HistoryFilter) -> Result<Vec<Entry>, HistoryError> {
        let (mut number, mut entries) = (0, VecDeque::new());
        scan(&self.store, |step| match step {
            Step::Restart => {
                number = 0;
                entries.clear();
            }
            Step::Line(line, file) => {
                number += 1;
                if filter.may_fit(&line.record) {
                    entries_of(line, file, number, filter, &mut entries);
                }
                while filter.limit.is_some_and(|limit| entries.len() > limit) {
                    entries.pop_front();
                }
            }
        })?;
        Ok(entries.into())
    }

    /// The streams that are about `stream`: of a milestone, also the tasks that are in it or were.
    pub fn streams_about(&self, stream: &StreamId) -> BTreeSet<StreamId> {
        let mut streams = BTreeSet::from([stream.clone()]);
        if !stream.is_task() {
            streams.extend(self.state.rows(stream.as_str()).iter().map(|row| row.stream.clone()));
            let born = self.state.task_streams().into_iter();
            streams.extend(born.filter(|task| task.milestone_part() == Some(stream.as_str())));
        }
        streams
    }
}

impl HistoryFilter {
    /// A quick look at the record as a whole.
    fn may_fit(&self, record: &Record<'_>) -> bool {
        let named =
            |stream: &str| self.streams.as_ref().is_none_or(|streams| streams.contains(stream));
        self.clock_max.is_none_or(|max| record.clock <= max)
            && record.reads.0.iter().any(|(stream, _)| named(stream))
    }

    fn fits(&self, entry: &Entry) -> bool {
        let time = entry.at.unwrap_or(entry.timestamp);
        let who = entry.by.as_ref().unwrap_or(&entry.actor);
        let about = |streams: &BTreeSet<StreamId>| {
            entry.stream.as_ref().is_some_and(|stream| streams.contains(stream))
        };
        self.streams.as_ref().is_none_or(about)
            && self.since.is_none_or(|since| time >= since)
            && self.until.is_none_or(|until| time <= until)
            && self.who.as_ref().is_none_or(|named| named == who || *named == entry.actor)
            && (self.kinds.is_empty() || self.kinds.contains(&entry.kind))
    }
}

/// The events of a line that fit.
pub(crate) fn entries_of(
    line: &ParsedLine<'_>,
    file: &str,
    number: u64,
    filter: &HistoryFilter,
    entries: &mut VecDeque<Entry>,
) {
    #[derive(Deserialize)]
    struct RawEvents<'a> {
        #[serde(borrow)]
        events: Vec<RawDetails<'a>>,
    }
    #[derive(Deserialize)]
    struct RawDetails<'a> {
        #[serde(borrow)]
        details: &'a RawValue,
    }
    let Ok(raw) = serde_json::from_str::<RawEvents<'_>>(line.text) else { return };
    let record = &line.record;
    for (event, raw) in record.events.iter().zip(raw.events) {
        let stream = event.stream();
        let read = |stream: &StreamId| {
            let mut reads = record.reads.0.iter();
            reads.find(|(named, _)| **named == *stream.as_str()).map(|(_, heads)| heads.to_vec())
        };
        let entry = Entry {
            number,
            record: record.id,
            prev: record.prev.to_vec(),
            reads: stream.as_ref().and_then(read).unwrap_or_default(),
            clock: record.clock,
            timestamp: record.timestamp,
            at: event.at,
            actor: record.actor.to_string(),
            by: event.by.as_ref().map(ToString::to_string),
            session_id: record.session_id.to_string(),
            user_context: record.user_context.as_ref().map(ToString::to_string),
            command_id: record.command_id.as_ref().map(ToString::to_string),
            kind: event.kind().to_owned(),
            milestone_id: event.milestone_id.as_ref().map(ToString::to_string),
            stream,
            details: raw.details.to_owned(),
            file: file.to_owned(),
            line: line.line,
        };
        if filter.fits(&entry) {
            entries.push_back(entry);
        }
    }
}
