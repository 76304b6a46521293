//! The checkpoint of a file: how far the log was read, in the same transaction as the data.
//!
//! - **Invariant.** Of the files of the log only those rows are written that changed, so a batch
//!   costs what it brings, however long the log is.

use std::collections::HashMap;

use milestone_core::log::{Checkpoint, FileMark};
use rusqlite::{Connection, params};

use crate::error::odd_value;

/// The tables that every file of this crate has.
pub(crate) const TABLES: &str = "
-- How far the log was read: one row. `json` holds the rest of the checkpoint.
CREATE TABLE checkpoint(
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    count INTEGER NOT NULL,
    json  TEXT NOT NULL
);
-- The files of the log, and how far each was read.
CREATE TABLE files(
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    len_bytes  INTEGER,
    seen_bytes INTEGER,
    lines      INTEGER,
    last_line  BLOB,
    mtime_ns   INTEGER,
    inode      INTEGER
);
";

/// Reads the checkpoint without its files, of which a long log has many.
pub(crate) fn head(connection: &Connection) -> rusqlite::Result<Checkpoint> {
    let json: String = connection.query_row("SELECT json FROM checkpoint", [], |row| row.get(0))?;
    serde_json::from_str(&json).map_err(|error| odd_value(error.to_string()))
}

/// Reads the checkpoint.
pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Checkpoint> {
    let mut checkpoint = head(connection)?;
    let mut statement = connection.prepare_cached(
        "SELECT name, len_bytes, seen_bytes, lines, last_line, mtime_ns, inode FROM files
         WHERE len_bytes IS NOT NULL ORDER BY name",
    )?;
    let mark = |row: &rusqlite::Row<'_>| {
        Ok(FileMark {
            name: row.get(0)?,
            len_bytes: row.get::<_, i64>(1)?.cast_unsigned(),
            seen_bytes: row.get::<_, i64>(2)?.cast_unsigned(),
            lines: row.get::<_, i64>(3)?.cast_unsigned(),
            last_line: row.get(4)?,
            mtime_ns: row.get(5)?,
            inode: row.get::<_, i64>(6)?.cast_unsigned(),
        })
    };
    checkpoint.files = statement.query_map([], mark)?.collect::<rusqlite::Result<_>>()?;
    Ok(checkpoint)
}

/// Writes the checkpoint; of the files only what is not as in `known`, which the file has now.
pub(crate) fn save(
    connection: &Connection,
    known: Option<&Checkpoint>,
    next: &Checkpoint,
) -> rusqlite::Result<()> {
    let rest = Checkpoint { files: Vec::new(), ..next.clone() };
    let json = serde_json::to_string(&rest).map_err(|error| odd_value(error.to_string()))?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO checkpoint(one, count, json) VALUES (1, ?, ?)")?
        .execute(params![next.count.cast_signed(), json])?;
    let held = known.map(|known| known.files.as_slice()).unwrap_or_default();
    let held: HashMap<&str, &FileMark> =
        held.iter().map(|mark| (mark.name.as_str(), mark)).collect();
    let mut put = connection.prepare_cached(
        "INSERT INTO files(name, len_bytes, seen_bytes, lines, last_line, mtime_ns, inode)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT(name) DO UPDATE SET len_bytes = ?2, seen_bytes = ?3, lines = ?4,
         last_line = ?5, mtime_ns = ?6, inode = ?7",
    )?;
    for mark in &next.files {
        if held.get(mark.name.as_str()).is_some_and(|held| *held == mark) {
            continue;
        }
        put.execute(params![
            mark.name,
            mark.len_bytes.cast_signed(),
            mark.seen_bytes.cast_signed(),
            mark.lines.cast_signed(),
            mark.last_line,
            mark.mtime_ns,
            mark.inode.cast_signed(),
        ])?;
    }
    // A file that is gone makes the engine build all anew; still, no row outlives its file.
    let gone = |mark: &&FileMark| {
        next.files.binary_search_by(|next| next.name.as_str().cmp(&mark.name)).is_err()
    };
    for mark in known.iter().flat_map(|known| &known.files).filter(gone) {
        connection
            .prepare_cached("UPDATE files SET len_bytes = NULL WHERE name = ?")?
            .execute([&mark.name])?;
    }
    if known.is_none() {
        let json = serde_json::to_string(
            &next.files.iter().map(|mark| mark.name.as_str()).collect::<Vec<_>>(),
        )
        .map_err(|error| odd_value(error.to_string()))?;
        connection.execute(
            "UPDATE files SET len_bytes = NULL
             WHERE name NOT IN (SELECT value FROM json_each(?))",
            [json],
        )?;
    }
    Ok(())
}
