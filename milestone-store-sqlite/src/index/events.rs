//! Events, who did them, and the keys of commands.
//!
//! Start at [`Pending`].
//!
//! - **Invariant.** An event is one row by its place in the order of the log, so a record that
//!   arrives late finds its place, and one that is handed over twice changes nothing.

use std::collections::HashMap;

use milestone_core::projection::{CommandKey, Placed};
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
    kind: i64,
    stream: Option<i64>,
    actor: i64,
    by: Option<i64>,
    at: i64,
    file: i64,
    offset: i64,
    len_bytes: i64,
}

/// Rows that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Pending {
    rows: Vec<EventRow>,
    actors: HashMap<i64, Deeds>,
    /// When each recorded something last.
    recorders: HashMap<i64, i64>,
    stream: String,
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
            let (key, content) = CommandKey::split(command_id);
            connection
                .prepare_cached("INSERT OR IGNORE INTO commands VALUES (?, ?, ?)")?
                .execute(params![key.0, content.cast_signed(), record.id.0])?;
        }
        let actor = names.id(connection, Table::Actors, &record.actor)?;
        let recorded_at = self.recorders.entry(actor).or_insert(i64::MIN);
        *recorded_at = (*recorded_at).max(record.timestamp.0);
        let file = names.id(connection, Table::Files, placed.file)?;
        for (place, event) in record.events.iter().enumerate() {
            let stream = match event.stream_into(&mut self.stream) {
                true => Some(names.id(connection, Table::Streams, &self.stream)?),
                false => None,
            };
            let by = match &event.by {
                Some(by) => Some(names.id(connection, Table::Actors, by)?),
                None => None,
            };
            self.rows.push(EventRow {
                clock: record.clock.cast_signed(),
                record: record.id.key().0.to_be_bytes(),
                place,
                kind: names.id(connection, Table::Kinds, event.kind())?,
                stream,
                actor,
                by,
                at: event.at.unwrap_or(record.timestamp).0,
                file,
                offset: placed.offset.cast_signed(),
                len_bytes: i64::try_from(placed.len_bytes).unwrap_or(i64::MAX),
            });
        }
        if self.rows.len() >= ROWS_HELD { self.write_rows(connection) } else { Ok(()) }
    }

    fn write_rows(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut insert = connection.prepare_cached(
            "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            ])?;
            if new == 0 {
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
