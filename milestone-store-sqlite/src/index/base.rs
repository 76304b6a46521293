//! A state that begins at the index.
//!
//! Start at [`IndexBase::open`].
//!
//! - **Invariant.** It reads one moment of the file, whatever is written meanwhile: the moment of
//!   its checkpoint.
//! - **Invariant.** What cannot be read is answered as if it were not there, and remembered:
//!   whoever asks looks at [`IndexBase::is_damaged`] before relying on an answer.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use milestone_core::domain::{
    Birth, Milestone, ProjectState, Stage, Task, TaskRow, Tie, WEIGHT_DEFAULT,
};
use milestone_core::log::Checkpoint;
use milestone_core::projection::{Base, CommandEntry, CommandKey, Framed, ProjectionError};
use milestone_core::words::{Date, RecordId, RecordKey, Slug, StreamId, StreamName, Timestamp};
use rusqlite::{Connection, OpenFlags, Row, params};

use super::items::{decode, frame};
use super::query;
use super::read::terms;
use super::schema::FORM;
use crate::checkpoint;
use crate::database::connect;
use crate::error::{failed, odd_value};

/// The index as it was when it was opened.
#[derive(Debug)]
pub struct IndexBase {
    connection: Mutex<Connection>,
    checkpoint: Checkpoint,
    project: Framed<ProjectState>,
    damaged: AtomicBool,
}

impl IndexBase {
    /// Opens the index at `path` for reading; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Damaged`] if it is not what this version wrote: build it anew.
    pub fn open(path: impl AsRef<Path>) -> Result<Option<Self>, ProjectionError> {
        let path = path.as_ref();
        if !path.exists() {
            return Ok(None);
        }
        let opened = (|| {
            let connection = connect(&FORM, path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            // The first read of a transaction decides which moment all of them see.
            connection.execute_batch("BEGIN")?;
            query::add_functions(&connection)?;
            let checkpoint = checkpoint::load(&connection)?;
            let project: Vec<u8> =
                connection.query_row("SELECT frame FROM project", [], |row| row.get(0))?;
            let project = decode(&project, StreamId::PROJECT)?;
            Ok(Self {
                connection: Mutex::new(connection),
                checkpoint,
                project,
                damaged: AtomicBool::new(false),
            })
        })();
        opened.map(Some).map_err(|error| failed(path, FORM.name, error))
    }

    /// The records it was made of.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// True if something of it could not be read: what it answered is not to be relied on.
    pub fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Says that something of it turned out to be wrong.
    pub fn distrust(&self) {
        self.damaged.store(true, Ordering::Relaxed);
    }

    pub(super) fn ask<T: Default>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> T {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        query(&connection).unwrap_or_else(|_| {
            self.distrust();
            T::default()
        })
    }

    fn streams(&self, sql: &str, name: &str) -> Vec<StreamId> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([name])?;
            let mut streams = Vec::new();
            while let Some(row) = rows.next()? {
                streams.push(stream_at(row, 0)?);
            }
            Ok(streams)
        })
    }
}

pub(super) fn stream_at(row: &Row<'_>, column: usize) -> rusqlite::Result<StreamId> {
    let name = row.get_ref(column)?.as_str()?;
    StreamId::parse(name).ok_or_else(|| odd_value(format!("{name:?} is no stream")))
}

fn slug_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Slug> {
    Slug::new(row.get_ref(column)?.as_str()?).map_err(|fault| odd_value(fault.to_string()))
}

fn stage_of(number: u8) -> rusqlite::Result<Stage> {
    let stage = Stage::ALL.get(usize::from(number)).copied();
    stage.ok_or_else(|| odd_value(format!("there is no stage {number}")))
}

const ROWS: &str = "
    SELECT s.name, t.slug, t.position, t.born_clock, t.born_record, t.stage, t.weight, t.fraction,
        t.open_blockers, t.due, (SELECT group_concat(name, char(9)) FROM (
            SELECT iif(d.kind = 'fs' AND d.lag = 0 AND d.elsewhere IS NULL, o.name,
                coalesce(d.elsewhere, o.name) || char(10) || d.kind || char(10) || d.lag) AS name
            FROM dependencies d JOIN streams o ON o.id = d.target
            WHERE d.item = t.id ORDER BY d.place))
    FROM items t INDEXED BY items_home JOIN streams s ON s.id = t.id
    WHERE t.home = (SELECT id FROM streams WHERE name = ?)";

/// Where something began, of which the clock stands at `column` and the record behind it.
pub(super) fn birth_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Birth>> {
    let (clock, key): (Option<i64>, Option<[u8; 8]>) = (row.get(column)?, row.get(column + 1)?);
    let birth = |(clock, key): (i64, [u8; 8])| Birth {
        clock: clock.cast_unsigned(),
        key: RecordKey(u64::from_be_bytes(key)),
    };
    Ok(clock.zip(key).map(birth))
}

fn task_row(row: &Row<'_>) -> rusqlite::Result<TaskRow> {
    let (dependencies, ties) = match row.get_ref(10)?.as_str_or_null()? {
        None => (Vec::new(), Vec::new()),
        Some(names) => needs(names)?,
    };
    let due: Option<String> = row.get(9)?;
    Ok(TaskRow {
        stream: stream_at(row, 0)?,
        slug: slug_at(row, 1)?,
        position: row.get(2)?,
        born: birth_at(row, 3)?,
        stage: stage_of(row.get(5)?)?,
        weight: row.get::<_, Option<u32>>(6)?.unwrap_or(WEIGHT_DEFAULT),
        fraction: row.get::<_, i64>(7)?.cast_unsigned(),
        dependencies,
        blocked: row.get::<_, i64>(8)? > 0,
        due: due.as_deref().and_then(Date::parse),
        ties,
    })
}

/// Dependencies, one after the other with a tab in between. Only those that are not plain say their
/// kind and lag, each on a line of its own: no name has either character.
fn needs(names: &str) -> rusqlite::Result<(Vec<StreamId>, Vec<Tie>)> {
    let (mut dependencies, mut ties) = (Vec::new(), Vec::new());
    for name in names.split('\t') {
        let mut parts = name.split('\n');
        let on = parts.next().unwrap_or_default();
        if let (Some(kind), Some(lag)) = (parts.next(), parts.next()) {
            let lag = lag.parse().map_err(|_| odd_value(format!("{lag:?} is no lag")))?;
            ties.push(Tie::new(on, terms(kind, lag)?));
            if ties.last().is_some_and(Tie::is_elsewhere) {
                continue;
            }
        }
        dependencies.push(StreamId::parse(on).ok_or_else(|| odd_value("no stream"))?);
    }
    ties.sort_unstable();
    Ok((dependencies, ties))
}

fn command_entry(row: &Row<'_>) -> rusqlite::Result<(CommandKey, CommandEntry)> {
    let content = row.get::<_, i64>(1)?.cast_unsigned();
    let entry = CommandEntry { content, record: RecordId(row.get(2)?) };
    Ok((CommandKey(row.get(0)?), entry))
}

impl Base for IndexBase {
    fn project(&self) -> Framed<ProjectState> {
        self.project.clone()
    }

    fn milestone(&self, id: &str) -> Option<Framed<Milestone>> {
        let named = matches!(StreamName::of(id), StreamName::Milestone(_));
        named.then(|| self.ask(|connection| frame(connection, id))).flatten()
    }

    fn task(&self, stream: &str) -> Option<Framed<Task>> {
        let named = matches!(StreamName::of(stream), StreamName::Task(..));
        named.then(|| self.ask(|connection| frame(connection, stream))).flatten()
    }

    fn milestone_ids(&self) -> Vec<Slug> {
        self.ask(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT slug FROM items WHERE home IS NULL ORDER BY slug")?;
            statement.query_map([], |row| slug_at(row, 0))?.collect()
        })
    }

    fn task_streams(&self) -> Vec<StreamId> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT s.name FROM items t JOIN streams s ON s.id = t.id
                 WHERE t.home IS NOT NULL ORDER BY s.name",
            )?;
            statement.query_map([], |row| stream_at(row, 0))?.collect()
        })
    }

    fn rows(&self, milestone: &str) -> Vec<TaskRow> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(ROWS)?;
            statement.query_map([milestone], task_row)?.collect()
        })
    }

    fn last_position(&self, milestone: &str) -> i64 {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT max(position) FROM items INDEXED BY items_home
                 WHERE home = (SELECT id FROM streams WHERE name = ?)",
            )?;
            let last: Option<i64> = statement.query_row([milestone], |row| row.get(0))?;
            Ok(last.unwrap_or(0))
        })
        .max(0)
    }

    fn dependents(&self, stream: &str) -> Vec<StreamId> {
        let sql = "SELECT DISTINCT s.name FROM dependencies d JOIN streams s ON s.id = d.item
             WHERE d.target = (SELECT id FROM streams WHERE name = ?) ORDER BY s.name";
        self.streams(sql, stream)
    }

    fn external(&self, id: &str) -> Vec<StreamId> {
        let sql = "SELECT s.name FROM items i JOIN streams s ON s.id = i.id
             WHERE i.external_id = ? ORDER BY s.name";
        self.streams(sql, id)
    }

    fn command(&self, key: &CommandKey) -> Vec<CommandEntry> {
        self.ask(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT key, content, record FROM commands WHERE key = ?")?;
            let rows = statement.query_map(params![key.0], command_entry)?;
            rows.map(|row| row.map(|(_, entry)| entry)).collect()
        })
    }

    fn actors(&self) -> Vec<(String, Timestamp)> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT name, recorded_at FROM actors WHERE recorded_at IS NOT NULL ORDER BY name",
            )?;
            statement.query_map([], |row| Ok((row.get(0)?, Timestamp(row.get(1)?))))?.collect()
        })
    }

    fn commands(&self) -> Vec<(CommandKey, CommandEntry)> {
        self.ask(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT key, content, record FROM commands")?;
            statement.query_map([], command_entry)?.collect()
        })
    }
}
