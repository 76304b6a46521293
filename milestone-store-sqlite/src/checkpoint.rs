//! The checkpoint of a file: how far the log was read, in the same transaction as the data.
//!
//! - **Invariant.** Of the files of the log only those rows are written that changed, so a batch
//!   costs what it brings, however long the log is.
//! - **Invariant.** All of them are read at every opening, so they stand in one row as well, but
//!   for the few that changed since: [`FRESH_MAX`].

use std::collections::HashMap;

use milestone_core::log::{Checkpoint, FileMark};
use rusqlite::{Connection, params};

use crate::error::odd_value;

/// So many files of the log may have changed since they were put in one row; reading that many rows
/// costs less than writing the one anew.
const FRESH_MAX: usize = 16;

/// The tables that every file of this crate has.
pub(crate) const TABLES: &str = "
-- How far the log was read: one row. `json` holds the rest of the checkpoint.
CREATE TABLE checkpoint(
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    count INTEGER NOT NULL,
    json  TEXT NOT NULL
);
-- How far each file of the log was read, all of them (postcard), but for those that are `fresh`.
CREATE TABLE marks(one INTEGER PRIMARY KEY CHECK (one = 1), files BLOB NOT NULL);
-- The files of the log, and how far each was read.
CREATE TABLE files(
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    len_bytes  INTEGER,
    seen_bytes INTEGER,
    lines      INTEGER,
    last_line  BLOB,
    mtime_ns   INTEGER,
    inode      INTEGER,
    fresh      INTEGER NOT NULL DEFAULT 0 -- not in `marks` as it is
);
CREATE INDEX files_fresh ON files(id) WHERE fresh;
";

/// Reads the checkpoint without its files, of which a long log has many.
pub(crate) fn head(connection: &Connection) -> rusqlite::Result<Checkpoint> {
    let json: String = connection.query_row("SELECT json FROM checkpoint", [], |row| row.get(0))?;
    serde_json::from_str(&json).map_err(|error| odd_value(error.to_string()))
}

/// Reads the checkpoint.
pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Checkpoint> {
    let mut checkpoint = head(connection)?;
    checkpoint.files =
        connection.prepare_cached("SELECT files FROM marks")?.query_row([], |row| {
            let bytes = row.get_ref(0)?.as_blob()?;
            postcard::from_bytes(bytes).map_err(|error| odd_value(error.to_string()))
        })?;
    let mut fresh = connection.prepare_cached(
        "SELECT name, len_bytes, seen_bytes, lines, last_line, mtime_ns, inode
         FROM files INDEXED BY files_fresh WHERE fresh",
    )?;
    let mut rows = fresh.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let place = checkpoint.files.binary_search_by(|held| held.name.as_str().cmp(&name));
        match (mark(row, name)?, place) {
            (Some(mark), Ok(at)) => checkpoint.files[at] = mark,
            (Some(mark), Err(at)) => checkpoint.files.insert(at, mark),
            (None, Ok(at)) => drop(checkpoint.files.remove(at)),
            (None, Err(_)) => {}
        }
    }
    Ok(checkpoint)
}

/// How far a file of the log was read; `None` if it is gone.
fn mark(row: &rusqlite::Row<'_>, name: String) -> rusqlite::Result<Option<FileMark>> {
    let Some(len_bytes) = row.get::<_, Option<i64>>(1)? else { return Ok(None) };
    Ok(Some(FileMark {
        name,
        len_bytes: len_bytes.cast_unsigned(),
        seen_bytes: row.get::<_, i64>(2)?.cast_unsigned(),
        lines: row.get::<_, i64>(3)?.cast_unsigned(),
        last_line: row.get(4)?,
        mtime_ns: row.get(5)?,
        inode: row.get::<_, i64>(6)?.cast_unsigned(),
    }))
}

/// Puts how far each file was read in one row.
fn pack(connection: &Connection, files: &[FileMark]) -> rusqlite::Result<()> {
    let packed = postcard::to_allocvec(files).map_err(|error| odd_value(error.to_string()))?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO marks(one, files) VALUES (1, ?)")?
        .execute([packed])?;
    connection.prepare_cached("UPDATE files SET fresh = 0 WHERE fresh")?.execute([])?;
    Ok(())
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
        "INSERT INTO files(name, len_bytes, seen_bytes, lines, last_line, mtime_ns, inode, fresh)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)
         ON CONFLICT(name) DO UPDATE SET len_bytes = ?2, seen_bytes = ?3, lines = ?4,
         last_line = ?5, mtime_ns = ?6, inode = ?7, fresh = 1",
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
            .prepare_cached("UPDATE files SET len_bytes = NULL, fresh = 1 WHERE name = ?")?
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
    let mut fresh = connection.prepare_cached("SELECT count(*) FROM files WHERE fresh")?;
    let fresh: usize = fresh.query_row([], |row| row.get(0))?;
    if known.is_none() || fresh > FRESH_MAX {
        pack(connection, &next.files)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A checkpoint after so many files, of which each was read so far.
    fn checkpoint(files: &[(u8, u8)]) -> Checkpoint {
        let mark = |(name, len): (&u8, &u8)| FileMark {
            name: format!("{name:03}.jsonl"),
            len_bytes: u64::from(*len),
            seen_bytes: u64::from(*len),
            lines: 1,
            last_line: vec![*len; 72],
            mtime_ns: -i64::from(*len),
            inode: u64::from(*name),
        };
        let files: std::collections::BTreeMap<u8, u8> = files.iter().copied().collect();
        Checkpoint { files: files.iter().map(mark).collect(), ..Checkpoint::default() }
    }

    proptest! {
        /// Shown red by: a file that changed, or is gone, and is not fresh.
        #[test]
        fn what_was_saved_is_loaded(
            steps in prop::collection::vec(prop::collection::vec((0..60u8, 1..9u8), 0..50), 1..6),
            lost in any::<prop::sample::Index>(),
        ) {
            let connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(TABLES).unwrap();
            let mut known = None;
            for (step, files) in steps.iter().enumerate() {
                let next = checkpoint(files);
                // Somebody who does not know what is there writes all of it.
                let from = known.as_ref().filter(|_| lost.index(steps.len()) != step);
                save(&connection, from, &next).unwrap();
                prop_assert_eq!(&load(&connection).unwrap(), &next);
                known = Some(next);
            }
        }
    }
}
