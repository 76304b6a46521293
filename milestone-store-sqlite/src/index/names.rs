//! Names and the numbers that rows know them by.
//!
//! Start at [`Names`].
//!
//! - **Invariant.** While a build is under way every name is in memory, and none is asked of the
//!   file; otherwise a name is looked up once a batch.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

/// The tables of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Streams,
    Kinds,
    Actors,
    Files,
}

/// The numbers of names.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// True if the file has no name that is not here.
    complete: bool,
    known: [HashMap<Box<str>, i64>; 4],
}

impl Table {
    fn find(self) -> &'static str {
        match self {
            Self::Streams => "SELECT id FROM streams WHERE name = ?",
            Self::Kinds => "SELECT id FROM kinds WHERE name = ?",
            Self::Actors => "SELECT id FROM actors WHERE name = ?",
            Self::Files => "SELECT id FROM files WHERE name = ?",
        }
    }

    fn add(self) -> &'static str {
        match self {
            Self::Streams => "INSERT INTO streams(name) VALUES (?)",
            Self::Kinds => "INSERT INTO kinds(name) VALUES (?)",
            Self::Actors => "INSERT INTO actors(name, events) VALUES (?, 0)",
            Self::Files => "INSERT INTO files(name) VALUES (?)",
        }
    }
}

impl Names {
    /// For a file that has no names yet.
    pub(super) fn of_new_file() -> Self {
        Self { complete: true, known: Default::default() }
    }

    /// The number of a name, which is given one if it has none.
    pub(super) fn id(
        &mut self,
        connection: &Connection,
        table: Table,
        name: &str,
    ) -> rusqlite::Result<i64> {
        if let Some(id) = self.known[table as usize].get(name) {
            return Ok(*id);
        }
        let found = if self.complete { None } else { find(connection, table, name)? };
        let id = match found {
            Some(id) => id,
            None => connection.prepare_cached(table.add())?.insert([name])?,
        };
        self.known[table as usize].insert(name.into(), id);
        Ok(id)
    }
}

/// The number of a name, if it has one.
pub(super) fn find(
    connection: &Connection,
    table: Table,
    name: &str,
) -> rusqlite::Result<Option<i64>> {
    connection.prepare_cached(table.find())?.query_row([name], |row| row.get(0)).optional()
}

/// The number of a stream, if it has one.
pub(super) fn stream(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    find(connection, Table::Streams, name)
}
