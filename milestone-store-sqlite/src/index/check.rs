//! Is the index what the log says, column by column?
//!
//! Start at [`Index::check`]. The fingerprint compares what a milestone or a task is with any other
//! projection. This compares everything with an index that is built afresh: derived columns, events
//! and where their lines stand, people, keys of commands, what folding goes on from.

use std::path::Path;

use milestone_core::domain::{Milestone, ProjectState, Task};
use milestone_core::log::LogStore;
use milestone_core::projection::{EngineError, Framed, build};
use milestone_core::words::StreamId;
use rusqlite::types::Value;
use rusqlite::{Connection, Statement, params};
use serde::de::DeserializeOwned;

use super::Index;
use super::items::decode;
use super::read;

/// Most faults that a check names.
const FAULTS_MAX: usize = 100;

/// How a line of the log begins, before its id.
const ID_OPENS: &[u8] = b"{\"id\":\"";

/// Something that is not as the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The table.
    pub table: &'static str,
    /// What it should be, and what it is.
    pub why: String,
}

/// Every table that is compared, with its names in place of its numbers.
const TABLES: [(&str, &str); 11] = [
    (
        "items",
        "SELECT s.name, h.name AS home, slug, reference, title, description, status, stage,
         archived_from, priority, owner, start, due, estimate, weight, position, template,
         external_id, workflow, time_spent, reported_done, reported_of, reported_percent,
         created_at, created_by, changed_at, started_at, completed_at, born_clock, born_record,
         fraction,
         open_blockers, percent, done, of, effective, list_order, open_deps, waiting, blocked,
         ready, held, waited_for_by, due_order
         FROM items i JOIN streams s ON s.id = i.id LEFT JOIN streams h ON h.id = i.home
         ORDER BY s.name",
    ),
    (
        "dependencies",
        "SELECT s.name, place, o.name AS target, cyclic, kind, lag, elsewhere FROM dependencies d
         JOIN streams s ON s.id = d.item JOIN streams o ON o.id = d.target ORDER BY s.name, place",
    ),
    (
        "left_open",
        "SELECT s.name, place, o.name AS task FROM left_open d
         JOIN streams s ON s.id = d.item JOIN streams o ON o.id = d.task ORDER BY s.name, place",
    ),
    (
        "events",
        "SELECT clock, record, place, k.name AS kind, s.name AS stream, a.name AS actor,
         b.name AS by, at, len_bytes, prev FROM events e LEFT JOIN kinds k ON k.id = e.kind
         LEFT JOIN streams s ON s.id = e.stream JOIN actors a ON a.id = e.actor
         LEFT JOIN actors b ON b.id = e.by ORDER BY clock, record, place",
    ),
    ("actors", "SELECT name, events, first_at, last_at, recorded_at FROM actors ORDER BY name"),
    (
        "external_ids",
        "SELECT external_id, s.name FROM external_ids JOIN streams s ON s.id = stream
         ORDER BY external_id, s.name",
    ),
    ("commands", "SELECT key, content, record FROM commands ORDER BY key, content"),
    ("commands_again", "SELECT key, content FROM commands_again ORDER BY key, content"),
    (
        "counts",
        "SELECT task, list_order, ready, held, items FROM counts
         ORDER BY task, list_order, ready, held",
    ),
    ("project", "SELECT name, demo, created_at, created_by FROM project"),
    ("kinds", "SELECT name FROM kinds ORDER BY name"),
];

impl Index {
    /// Compares the index with one that is built from the first record, in `scratch`: a path at
    /// which nothing is. Names at most 100 faults.
    ///
    /// # Errors
    ///
    /// [`EngineError`] if the log or one of the two cannot be read.
    pub fn check<S: LogStore + ?Sized>(
        &mut self,
        store: &S,
        scratch: impl AsRef<Path>,
    ) -> Result<Vec<Fault>, EngineError> {
        let mut fresh = Self::new(scratch);
        build(store, &mut fresh)?;
        let mut faults = Vec::new();
        let lines = self.ask(lines)?;
        for line in &lines {
            if !line.stands(store) && faults.len() < FAULTS_MAX {
                let why = format!("{} does not stand at byte {}", line.record, line.offset);
                faults.push(Fault { table: "events", why });
            }
        }
        fresh.database.live()?;
        let compared = fresh.ask(|fresh| {
            // Two connections, two projections: an error of either is one of what it reads.
            Ok(self.ask(|live| compare(live, fresh, &mut faults)))
        })?;
        compared?;
        faults.truncate(FAULTS_MAX);
        Ok(faults)
    }
}

fn compare(live: &Connection, fresh: &Connection, faults: &mut Vec<Fault>) -> rusqlite::Result<()> {
    for (table, sql) in TABLES {
        compare_table(table, &mut live.prepare(sql)?, &mut fresh.prepare(sql)?, faults)?;
    }
    for table in LISTS {
        let sql = format!(
            "SELECT s.name, place FROM {table} l JOIN streams s ON s.id = l.item
             ORDER BY s.name, place"
        );
        compare_table(table, &mut live.prepare(&sql)?, &mut fresh.prepare(&sql)?, faults)?;
    }
    let project = |connection: &Connection| {
        let bytes: Vec<u8> =
            connection.query_row("SELECT frame FROM project", [], |row| row.get(0))?;
        let mut framed: Framed<ProjectState> = decode(&bytes, StreamId::PROJECT)?;
        framed.frontier.sort_unstable();
        Ok::<_, rusqlite::Error>(framed)
    };
    if project(live)? != project(fresh)? {
        let why = "what folding goes on from is not what it should be".to_owned();
        faults.push(Fault { table: "project", why });
    }
    let mut documents = (read::documents(live)?, read::documents(fresh)?);
    documents.0.sort_by(|a, b| a.0.cmp(&b.0));
    documents.1.sort_by(|a, b| a.0.cmp(&b.0));
    for (live, fresh) in documents.0.iter().zip(&documents.1) {
        if live != fresh && faults.len() < FAULTS_MAX {
            let why = format!("{live:?} should be {fresh:?}");
            faults.push(Fault { table: "items", why });
        }
    }
    compare_frames::<Milestone>(live, fresh, "IS NULL", faults)?;
    compare_frames::<Task>(live, fresh, "IS NOT NULL", faults)
}

fn compare_table(
    table: &'static str,
    live: &mut Statement<'_>,
    fresh: &mut Statement<'_>,
    faults: &mut Vec<Fault>,
) -> rusqlite::Result<()> {
    let names: Vec<String> = live.column_names().map(ToOwned::to_owned).collect();
    let row = |row: &rusqlite::Row<'_>| {
        (0..names.len()).map(|column| row.get(column)).collect::<rusqlite::Result<Vec<Value>>>()
    };
    let (mut live, mut fresh) = (live.query([])?, fresh.query([])?);
    while faults.len() < FAULTS_MAX {
        let pair = (live.next()?.map(row).transpose()?, fresh.next()?.map(row).transpose()?);
        let why = match pair {
            (None, None) => break,
            (Some(is), None) => format!("there should be no row {:?}", is.first()),
            (None, Some(should)) => format!("the row {:?} is missing", should.first()),
            (Some(is), Some(should)) => {
                let differs = is.iter().zip(&should).position(|(is, should)| is != should);
                let Some(at) = differs else { continue };
                let (row, name) = (&is[0], &names[at]);
                format!("{name} of {row:?} is {:?} and should be {:?}", is[at], should[at])
            }
        };
        faults.push(Fault { table, why });
    }
    Ok(())
}

/// The places of the entries of lists; what they say is compared as part of documents.
const LISTS: [&str; 10] = [
    "labels",
    "assignees",
    "criteria",
    "notes",
    "links",
    "blockers",
    "risks",
    "conflicts",
    "phases",
    "deliverables",
];

/// What folding goes on from, which must be the same but for the order of heads.
fn compare_frames<T: DeserializeOwned + PartialEq + std::fmt::Debug>(
    live: &Connection,
    fresh: &Connection,
    home: &str,
    faults: &mut Vec<Fault>,
) -> rusqlite::Result<()> {
    let sql = format!(
        "SELECT s.name, f.frame FROM items i JOIN streams s ON s.id = i.id
         LEFT JOIN frames f ON f.id = i.id WHERE i.home {home} ORDER BY s.name"
    );
    let read = |connection: &Connection| {
        let row = |row: &rusqlite::Row<'_>| {
            let (stream, bytes): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let mut framed: Framed<T> = decode(&bytes, &stream)?;
            framed.frontier.sort_unstable();
            Ok((stream, framed))
        };
        let mut statement = connection.prepare(&sql)?;
        statement.query_map([], row)?.collect::<rusqlite::Result<Vec<_>>>()
    };
    for (live, fresh) in read(live)?.iter().zip(&read(fresh)?) {
        if live != fresh && faults.len() < FAULTS_MAX {
            let why = format!("what folding goes on from of {} is not what it should be", live.0);
            faults.push(Fault { table: "frames", why });
        }
    }
    Ok(())
}

/// Where the line of an event should stand.
struct Line {
    record: String,
    file: String,
    offset: u64,
    len_bytes: usize,
}

fn lines(connection: &Connection) -> rusqlite::Result<Vec<Line>> {
    let mut statement = connection.prepare(
        "SELECT lower(hex(e.record)), f.name, e.offset, e.len_bytes FROM events e
         LEFT JOIN files f ON f.id = e.file WHERE e.place = 0",
    )?;
    let line = |row: &rusqlite::Row<'_>| {
        let (record, file) = (row.get(0)?, row.get(1)?);
        Ok(Line { record, file, offset: row.get(2)?, len_bytes: row.get(3)? })
    };
    statement.query_map(params![], line)?.collect()
}

impl Line {
    /// True if the line of that record stands there, and ends where it should.
    fn stands<S: LogStore + ?Sized>(&self, store: &S) -> bool {
        let mut bytes = vec![0; self.len_bytes.min(1 << 20) + 1];
        let mut filled = 0;
        while filled < bytes.len() {
            let at = self.offset.saturating_add(filled as u64);
            match store.read_at(&self.file, at, &mut bytes[filled..]) {
                Ok(0) | Err(_) => return false,
                Ok(count) => filled += count,
            }
        }
        let id = bytes.strip_prefix(ID_OPENS).and_then(|rest| rest.get(..16));
        id == Some(self.record.as_bytes()) && matches!(bytes.last(), Some(b'\n' | b'\r'))
    }
}
