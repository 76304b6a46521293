//! Rows of `items` and `frames`: what a milestone or a task is.
//!
//! Start at [`put`].

use milestone_core::domain::{Item, Milestone, Plan, Priority, Task};
use milestone_core::projection::{Document, Framed, State};
use milestone_core::words::{Slug, StreamId};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::names::{Names, Table};
use super::parts;
use super::standing::Standing;
use crate::error::odd_value;

/// Bytes of the check that what is kept as bytes begins with.
const CHECK_BYTES: usize = 4;

/// A milestone or a task, as far as both are rows.
pub(super) struct Shown<'a> {
    pub(super) stream: StreamId,
    pub(super) home: Option<&'a Slug>,
    pub(super) item: &'a Item,
    pub(super) document: Document,
    reference: String,
    fraction: u64,
}

impl<'a> Shown<'a> {
    /// A milestone.
    pub(super) fn milestone(milestone: &'a Milestone) -> Self {
        Self {
            stream: milestone.stream(),
            home: None,
            item: &milestone.item,
            document: Document::of_milestone(milestone),
            reference: milestone.id.to_string(),
            fraction: 0,
        }
    }

    /// A task.
    pub(super) fn task(task: &'a Task) -> Self {
        Self {
            stream: task.stream.clone(),
            home: Some(&task.home),
            item: &task.item,
            document: Document::of_task(task),
            reference: task.reference(),
            fraction: task.fraction(),
        }
    }
}

/// The document of something that nothing is known of: what a new row is compared with.
pub(super) fn nothing() -> Document {
    let id = Slug::new("nothing").expect("a word is a slug");
    Document::of_milestone(&Milestone::unborn(id))
}

/// Writes the row of an item and its lists, which were as in `old`. Returns its number.
pub(super) fn put(
    connection: &Connection,
    names: &mut Names,
    old: &Document,
    shown: &Shown<'_>,
    standing: &Standing,
) -> rusqlite::Result<i64> {
    let (item, document) = (shown.item, &shown.document);
    let id = names.id(connection, Table::Streams, shown.stream.as_str())?;
    let home = match shown.home {
        Some(home) => Some(names.id(connection, Table::Streams, home.as_str())?),
        None => None,
    };
    connection.prepare_cached(PUT)?.execute(params![
        id,
        home,
        document.id,
        shown.reference,
        document.title,
        document.description,
        document.status,
        item.stage as u8,
        document.archived_from,
        document.priority.map(priority_number),
        document.owner,
        document.start.map(|date| date.to_string()),
        document.due.map(|date| date.to_string()),
        document.estimate,
        document.weight,
        document.position,
        document.template,
        document.external_id,
        document.workflow.as_ref().map(|workflow| &workflow.name),
        document.time_spent,
        document.reported.map(|report| report.done),
        document.reported.map(|report| report.of),
        document.reported.map(|report| report.percent),
        document.created_at.map(|at| at.0),
        document.created_by,
        document.changed_at.0,
        document.started_at.map(|at| at.0),
        document.completed_at.map(|at| at.0),
        item.born.map(|born| born.clock.cast_signed()),
        item.born.map(|born| born.key.0.to_be_bytes()),
        shown.fraction.cast_signed(),
        item.open_blockers().count(),
        standing.percent,
        standing.done,
        standing.of,
        standing.effective,
        standing.list_order,
        standing.open_deps,
        standing.waiting,
        standing.blocked,
        standing.ready,
        standing.held,
        standing.waited_for_by,
        standing.due_order,
    ])?;
    parts::put(connection, names, id, old, document)?;
    Ok(id)
}

const PUT: &str = "INSERT OR REPLACE INTO items VALUES (
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Brings the derived columns of a row to where it stands now.
pub(super) fn put_standing(
    connection: &Connection,
    id: i64,
    standing: &Standing,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE items SET percent = ?2, done = ?3, of = ?4, effective = ?5, list_order = ?6,
             open_deps = ?7, waiting = ?8, blocked = ?9, ready = ?10, held = ?11,
             waited_for_by = ?12, due_order = ?13 WHERE id = ?1",
        )?
        .execute(params![
            id,
            standing.percent,
            standing.done,
            standing.of,
            standing.effective,
            standing.list_order,
            standing.open_deps,
            standing.waiting,
            standing.blocked,
            standing.ready,
            standing.held,
            standing.waited_for_by,
            standing.due_order,
        ])?;
    Ok(())
}

/// Marks those dependencies of an item that count for nobody. `fresh` rows are all unmarked.
pub(super) fn put_cyclic(
    connection: &Connection,
    id: i64,
    standing: &Standing,
    fresh: bool,
) -> rusqlite::Result<()> {
    if !fresh {
        connection
            .prepare_cached("UPDATE dependencies SET cyclic = 0 WHERE item = ? AND cyclic")?
            .execute([id])?;
    }
    for on in &standing.cyclic {
        connection
            .prepare_cached(
                "UPDATE dependencies SET cyclic = 1 WHERE item = ?
                 AND target = (SELECT id FROM streams WHERE name = ?)",
            )?
            .execute(params![id, on.as_str()])?;
    }
    Ok(())
}

/// Writes what folding goes on from.
pub(super) fn put_frame<T: Serialize>(
    connection: &Connection,
    id: i64,
    value: &T,
    state: &State,
    stream: &StreamId,
) -> rusqlite::Result<()> {
    let framed = Framed { value, frontier: state.frontier(stream.as_str()) };
    let bytes = encode(&framed, stream.as_str())?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO frames VALUES (?, ?)")?
        .execute(params![id, bytes])?;
    Ok(())
}

/// Reads what folding goes on from.
pub(super) fn frame<T: DeserializeOwned>(
    connection: &Connection,
    stream: &str,
) -> rusqlite::Result<Option<Framed<T>>> {
    let mut statement = connection.prepare_cached(
        "SELECT frame FROM frames WHERE id = (SELECT id FROM streams WHERE name = ?)",
    )?;
    let bytes: Option<Vec<u8>> = statement.query_row([stream], |row| row.get(0)).optional()?;
    bytes.map(|bytes| decode(&bytes, stream)).transpose()
}

/// A value of a stream as bytes, with their check in front: SQLite has none of its own.
fn encode<T: Serialize>(value: &T, stream: &str) -> rusqlite::Result<Vec<u8>> {
    let bytes = postcard::to_extend(value, vec![0; CHECK_BYTES]);
    let mut bytes = bytes.map_err(|error| odd_value(error.to_string()))?;
    let check = check(&bytes[CHECK_BYTES..], stream);
    bytes[..CHECK_BYTES].copy_from_slice(&check);
    Ok(bytes)
}

/// Reads a value that was kept as bytes, if it is the one of this stream and whole.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8], stream: &str) -> rusqlite::Result<T> {
    match bytes.split_at_checked(CHECK_BYTES) {
        Some((held, bytes)) if held == check(bytes, stream) => {
            postcard::from_bytes(bytes).map_err(|error| odd_value(error.to_string()))
        }
        _ => Err(odd_value(format!("the bytes of {stream} do not pass their check"))),
    }
}

fn check(bytes: &[u8], stream: &str) -> [u8; CHECK_BYTES] {
    let hash = Sha256::new().chain_update(stream).chain_update(bytes).finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// Writes the project.
pub(super) fn put_project(connection: &Connection, state: &State) -> rusqlite::Result<()> {
    let project = state.project();
    let bytes = encode(&state.framed_project(), StreamId::PROJECT)?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO project VALUES (1, ?, ?, ?, ?, ?)")?
        .execute(params![
            project.name,
            project.demo,
            project.created_at.map(|at| at.0),
            project.created_by,
            bytes,
        ])?;
    Ok(())
}

fn priority_number(priority: Priority) -> u8 {
    priority as u8
}
