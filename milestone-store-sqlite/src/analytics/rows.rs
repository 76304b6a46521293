//! Facts as rows.
//!
//! Start at [`put`] and [`read`].

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::odd_value;

use super::facts::{Block, Change, Facts, Lifetime, Moment, Span};

/// Adds a change of status.
pub(super) fn put_change(
    connection: &Connection,
    stream: &str,
    change: &Change,
) -> rusqlite::Result<()> {
    let Moment { at, clock, record, place } = change.moment;
    connection
        .prepare_cached("INSERT OR IGNORE INTO changes VALUES (?, ?, ?, ?, ?, ?)")?
        .execute(params![stream, at, clock, record, place, change.becomes])?;
    Ok(())
}

/// Adds a blocker that was raised or cleared.
pub(super) fn put_block(
    connection: &Connection,
    stream: &str,
    block: &Block,
) -> rusqlite::Result<()> {
    let Moment { at, clock, record, place } = block.moment;
    connection
        .prepare_cached("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?)")?
        .execute(params![stream, at, clock, record, place, block.blocker, block.raised])?;
    Ok(())
}

pub(super) fn moment(row: &Row<'_>) -> rusqlite::Result<Moment> {
    Ok(Moment { at: row.get(0)?, clock: row.get(1)?, record: row.get(2)?, place: row.get(3)? })
}

/// The changes of status of a stream, in the order in which they happened.
pub(super) fn changes(connection: &Connection, stream: &str) -> rusqlite::Result<Vec<Change>> {
    let mut statement = connection.prepare_cached(
        "SELECT at, clock, record, place, becomes FROM changes WHERE stream = ?
         ORDER BY at, clock, record, place",
    )?;
    let change = |row: &Row<'_>| Ok(Change { moment: moment(row)?, becomes: row.get(4)? });
    statement.query_map([stream], change)?.collect()
}

/// The blockers of a stream, likewise.
pub(super) fn blocks(connection: &Connection, stream: &str) -> rusqlite::Result<Vec<Block>> {
    let mut statement = connection.prepare_cached(
        "SELECT at, clock, record, place, blocker, raised FROM blocks WHERE stream = ?
         ORDER BY at, clock, record, place",
    )?;
    let block = |row: &Row<'_>| {
        Ok(Block { moment: moment(row)?, blocker: row.get(4)?, raised: row.get(5)? })
    };
    statement.query_map([stream], block)?.collect()
}

/// Writes the facts of a stream in place of those that are there; `new` streams have none.
pub(super) fn put(
    connection: &Connection,
    stream: &str,
    facts: &Facts,
    new: bool,
) -> rusqlite::Result<()> {
    if !new {
        for sql in [
            "DELETE FROM spans WHERE stream = ?",
            "DELETE FROM lifetimes WHERE stream = ?",
            "DELETE FROM steps WHERE stream = ?",
            "DELETE FROM blocked WHERE stream = ?",
        ] {
            connection.prepare_cached(sql)?.execute([stream])?;
        }
    }
    let lifetime = &facts.lifetime;
    connection
        .prepare_cached("INSERT INTO lifetimes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")?
        .execute(params![
            stream,
            lifetime.home,
            lifetime.created_at,
            lifetime.started_at,
            lifetime.finished_at,
            lifetime.reopened,
            lifetime.due,
            lifetime.estimate,
            lifetime.time_spent,
        ])?;
    for (sql, spans) in [
        ("INSERT INTO spans VALUES (?, ?, ?, ?, ?)", &facts.spans),
        ("INSERT INTO blocked VALUES (?, ?, ?, ?, ?)", &facts.blocked),
    ] {
        let mut insert = connection.prepare_cached(sql)?;
        for (place, span) in spans.iter().enumerate() {
            insert.execute(params![stream, place, span.what, span.begin_at, span.end_at])?;
        }
    }
    for (day, (scope, done)) in &facts.steps {
        connection
            .prepare_cached("INSERT INTO steps VALUES (?, ?, ?, ?)")?
            .execute(params![stream, day, scope, done])?;
    }
    Ok(())
}

/// The facts of a stream as its rows have them; `None` if there are none.
pub(super) fn read(connection: &Connection, stream: &str) -> rusqlite::Result<Option<Facts>> {
    let lifetime = |row: &Row<'_>| {
        Ok(Lifetime {
            home: row.get(0)?,
            created_at: row.get(1)?,
            started_at: row.get(2)?,
            finished_at: row.get(3)?,
            reopened: row.get(4)?,
            due: row.get(5)?,
            estimate: row.get(6)?,
            time_spent: row.get(7)?,
        })
    };
    let lifetime = connection
        .prepare_cached(
            "SELECT home, created_at, started_at, finished_at, reopened, due, estimate, time_spent
             FROM lifetimes WHERE stream = ?",
        )?
        .query_row([stream], lifetime)
        .optional()?;
    let Some(lifetime) = lifetime else { return Ok(None) };
    let spans = |sql: &str| {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([stream])?;
        let mut spans: Vec<Span> = Vec::new();
        while let Some(row) = rows.next()? {
            if row.get::<_, usize>(3)? != spans.len() {
                return Err(odd_value("a span is missing"));
            }
            spans.push(Span { what: row.get(0)?, begin_at: row.get(1)?, end_at: row.get(2)? });
        }
        Ok(spans)
    };
    let mut steps = connection
        .prepare_cached("SELECT day, scope, done FROM steps WHERE stream = ? ORDER BY day")?;
    let step = |row: &Row<'_>| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)));
    let steps: rusqlite::Result<BTreeMap<_, _>> = steps.query_map([stream], step)?.collect();
    Ok(Some(Facts {
        lifetime,
        spans: spans(
            "SELECT state, begin_at, end_at, place FROM spans WHERE stream = ? ORDER BY place",
        )?,
        blocked: spans(
            "SELECT blocker, begin_at, end_at, place FROM blocked WHERE stream = ? ORDER BY place",
        )?,
        steps: steps?,
    }))
}
