//! Events, who did them, and the keys of commands.
//!
//! Start at [`Pending`].
//!
//! - **Invariant.** An event is one row by its place in the order of the log, so a record that
//!   arrives late finds its place, and one that is handed over twice changes nothing.

use std::collections::HashMap;

use milestone_core::domain::{Body, Field};
use milestone_core::projection::{CommandKey, Placed};
use milestone_core::words::{RecordId, StreamId};
use rusqlite::{Connection, params};

use super::names::{Names, Table};

/// How many events a build holds back, to write them with one statement.
const ROWS_HELD: usize = 2_000;

/// What somebody did: how often, first and last.
#[derive(Debug, Clone, Copy)]
struct Deeds {
    events: i64,
    first_at: i64,
    last_at: i64,
}

/// A row of `events`.
#[derive(Debug)]
struct EventRow {
    clock: i64,
    record: [u8; 8],
    place: usize,
    /// `None` for a stream that was only read.
    kind: Option<i64>,
    stream: Option<i64>,
    actor: i64,
    by: Option<i64>,
    at: i64,
    file: i64,
    offset: i64,
    len_bytes: i64,
    prev: Option<Vec<u8>>,
}

/// Rows that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Pending {
    rows: Vec<EventRow>,
    actors: HashMap<i64, Deeds>,
    /// When each recorded something last.
    recorders: HashMap<i64, i64>,
    stream: String,
    /// The streams of a record's events, sorted.
    written: Vec<i64>,
}

impl Pending {
    /// Takes in a record.
    pub(super) fn take(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        placed: &Placed<'_>,
    ) -> rusqlite::Result<()> {
        let record = placed.record;
        if let Some(command_id) = &record.command_id {
            put_command(connection, command_id, &record.id)?;
        }
        let actor = names.id(connection, Table::Actors, &record.actor)?;
        let recorded_at = self.recorders.entry(actor).or_insert(i64::MIN);
        *recorded_at = (*recorded_at).max(record.timestamp.0);
        let file = names.id(connection, Table::Files, placed.file)?;
        let row = |place: usize| EventRow {
            clock: record.clock.cast_signed(),
            record: record.id.key().0.to_be_bytes(),
            place,
            kind: None,
            stream: None,
            actor,
            by: None,
            at: record.timestamp.0,
            file,
            offset: placed.offset.cast_signed(),
            len_bytes: i64::try_from(placed.len_bytes).unwrap_or(i64::MAX),
            prev: (place == 0).then(|| {
                record.prev.iter().flat_map(|parent| parent.key().0.to_be_bytes()).collect()
            }),
        };
        let (first, mut place) = (self.rows.len(), 0);
        for event in &record.events {
            let stream = match event.stream_into(&mut self.stream) {
                true => Some(names.id(connection, Table::Streams, &self.stream)?),
                false => None,
            };
            let by = match &event.by {
                Some(by) => Some(names.id(connection, Table::Actors, by)?),
                None => None,
            };
            if let (Some(stream), Some(id)) = (stream, external_id(&event.body)) {
                connection
                    .prepare_cached("INSERT OR IGNORE INTO external_ids VALUES (?, ?)")?
                    .execute(params![id, stream])?;
            }
            let kind = Some(names.id(connection, Table::Kinds, event.kind())?);
            let at = event.at.unwrap_or(record.timestamp).0;
            self.rows.push(EventRow { kind, stream, by, at, ..row(place) });
            place += 1;
        }
        self.written.clear();
        self.written.extend(self.rows[first..].iter().filter_map(|row| row.stream));
        self.written.sort_unstable();
        for (stream, _) in record.reads.0.iter().filter(|(stream, _)| StreamId::valid(stream)) {
            let stream = names.id(connection, Table::Streams, stream)?;
            if self.written.binary_search(&stream).is_err() {
                self.rows.push(EventRow { stream: Some(stream), ..row(place) });
                place += 1;
            }
        }
        if place == 0 {
            self.rows.push(row(0));
        }
        if self.rows.len() >= ROWS_HELD { self.write_rows(connection) } else { Ok(()) }
    }

    fn write_rows(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut insert = connection.prepare_cached(
            "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        for row in self.rows.drain(..) {
            let new = insert.execute(params![
                row.clock,
                row.record,
                row.place,
                row.kind,
                row.stream,
                row.actor,
                row.by,
                row.at,
                row.file,
                row.offset,
                row.len_bytes,
                row.prev,
            ])?;
            if new == 0 || row.kind.is_none() {
                continue;
            }
            let none = Deeds { events: 0, first_at: i64::MAX, last_at: i64::MIN };
            let deeds = self.actors.entry(row.by.unwrap_or(row.actor)).or_insert(none);
            deeds.events += 1;
            deeds.first_at = deeds.first_at.min(row.at);
            deeds.last_at = deeds.last_at.max(row.at);
        }
        Ok(())
    }

    /// Writes everything that was taken in.
    pub(super) fn write(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.write_rows(connection)?;
        for (actor, deeds) in self.actors.drain() {
            connection
                .prepare_cached(
                    "UPDATE actors SET events = events + ?2,
                     first_at = min(coalesce(first_at, ?3), ?3),
                     last_at = max(coalesce(last_at, ?4), ?4) WHERE id = ?1",
                )?
                .execute(params![actor, deeds.events, deeds.first_at, deeds.last_at])?;
        }
        for (actor, recorded_at) in self.recorders.drain() {
            connection
                .prepare_cached(
                    "UPDATE actors SET recorded_at = max(coalesce(recorded_at, ?2), ?2)
                     WHERE id = ?1",
                )?
                .execute(params![actor, recorded_at])?;
        }
        Ok(())
    }
}

/// Remembers a command by its first record, and that it has another.
fn put_command(connection: &Connection, command_id: &str, id: &RecordId) -> rusqlite::Result<()> {
    let (key, content) = CommandKey::split(command_id);
    let (key, content) = (key.0, content.cast_signed());
    let new = connection
        .prepare_cached("INSERT OR IGNORE INTO commands VALUES (?, ?, ?)")?
        .execute(params![key, content, id.0])?;
    if new == 0 {
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO commands_again SELECT key, content FROM commands
                 WHERE key = ? AND content = ? AND record <> ?",
            )?
            .execute(params![key, content, id.0])?;
    }
    Ok(())
}

/// The id in another tool that an event gives.
fn external_id<'e>(body: &'e Body<'_>) -> Option<&'e str> {
    match body {
        Body::MilestoneCreated(made) | Body::TaskAdded(made) => made.fields.text(Field::ExternalId),
        Body::MilestoneEdited(edited) | Body::TaskEdited(edited) => {
            edited.set.text(Field::ExternalId)
        }
        _ => None,
    }
}
