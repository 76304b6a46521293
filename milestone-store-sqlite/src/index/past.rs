//! Which records a moment has not, and what they touched: read off the events.
//!
//! Start at [`IndexBase::cut`]; [`IndexBase::lines_of`] says where the records of a stream stand.
//!
//! - **Invariant.** A stream that no left-out record touched is at the moment what it is now.
//! - **Absent on purpose.** Reading and folding those lines: this crate knows no files of the log.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use milestone_core::words::{RecordId, RecordKey, StreamId};
use rusqlite::{Connection, Row};

use super::base::IndexBase;
use crate::error::odd_value;

/// Where the line of a record stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinePlace {
    /// The file.
    pub file: Arc<str>,
    /// The byte in it where the line begins.
    pub offset: u64,
    /// The length of the line without its end, in bytes.
    pub len_bytes: usize,
}

/// A record, as the index has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedRecord {
    /// Its clock.
    pub clock: u64,
    /// The first 8 bytes of its id.
    pub key: RecordKey,
    /// The records that it builds on.
    pub prev: Vec<RecordKey>,
    /// Where it stands.
    pub line: LinePlace,
}

/// On which side of a moment a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The moment has it not.
    Out,
    /// The moment has it.
    In,
    /// The moment has it, and all that come before it in the order.
    AllIn,
}

/// What the records that a moment has not did to a stream that may matter to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Touched {
    /// They may have moved it to another milestone.
    pub moved: bool,
    /// They may have taken a dependency away.
    pub freed: bool,
}

/// A moment: what it has not, and what that touched.
#[derive(Debug, Clone, Default)]
pub struct Cut {
    /// The records that it has not.
    pub left_out: HashSet<RecordKey>,
    /// The streams of those records.
    pub touched: HashMap<StreamId, Touched>,
    /// Those of its records that no later one of its records builds on, newest first.
    pub heads: Vec<IndexedRecord>,
}

/// A stream, by its number, and the kind of an event of it.
type Part = (Option<i64>, Option<i64>);

const BACK: &str = "SELECT clock, record, place, kind, stream, prev, file, offset, len_bytes
    FROM events ORDER BY clock DESC, record DESC, place DESC";

const BEGINNING: &str = "SELECT clock, record, file, offset, len_bytes FROM events
    WHERE place = 0 AND record BETWEEN ? AND ? ORDER BY clock, record";

const OF_STREAM: &str = "SELECT DISTINCT clock, record, file, offset, len_bytes FROM events
    WHERE stream = (SELECT id FROM streams WHERE name = ?) ORDER BY clock, record";

impl IndexBase {
    /// The moment that has the records of which `side` says so. It is asked of every record, newest
    /// first, until it says that all others are in.
    pub fn cut(&self, mut side: impl FnMut(&IndexedRecord) -> Side) -> Cut {
        let present = self.checkpoint().heads.iter().map(RecordId::key).collect();
        self.ask(|connection| {
            let mut cutting = Cutting { open: present, ..Cutting::default() };
            back(connection, |record, parts| cutting.take(record, parts, &mut side))?;
            cutting.finish(connection)
        })
    }

    /// Visits every record, newest first, until `visit` returns false.
    pub fn newest_first(&self, mut visit: impl FnMut(&IndexedRecord) -> bool) {
        self.ask(|connection| back(connection, |record, _| visit(&record)));
    }

    /// The records of a stream, oldest first; their `prev` is left out.
    pub fn lines_of(&self, stream: &str) -> Vec<IndexedRecord> {
        self.ask(|connection| {
            let files = names(connection, "SELECT id, name FROM files")?;
            let mut statement = connection.prepare_cached(OF_STREAM)?;
            let record = |row: &Row<'_>| record_at(row, Vec::new(), 2, &files);
            statement.query_map([stream], record)?.collect()
        })
    }

    /// The records of which the id begins with `hex`, as far as its first 16 digits tell.
    pub fn lines_beginning(&self, hex: &str) -> Vec<IndexedRecord> {
        let digits: String = hex.chars().take(16).collect();
        let (low, high) = (format!("{digits:0<16}"), format!("{digits:f<16}"));
        let Some((low, high)) =
            RecordKey::parse(low.as_bytes()).zip(RecordKey::parse(high.as_bytes()))
        else {
            return Vec::new();
        };
        self.ask(|connection| {
            let files = names(connection, "SELECT id, name FROM files")?;
            let mut statement = connection.prepare_cached(BEGINNING)?;
            let record = |row: &Row<'_>| record_at(row, Vec::new(), 2, &files);
            let bounds = [low, high].map(|key| key.0.to_be_bytes());
            statement.query_map(bounds, record)?.collect()
        })
    }

    /// True if a command became more than one record. Who leaves the first of them out and not the
    /// others changes what those did, wherever that was.
    pub fn has_second_commands(&self) -> bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM commands_again)";
        self.ask(|connection| connection.query_row(sql, [], |row| row.get(0)))
    }

    /// The streams of what has or had this id in another tool.
    pub fn ever_external(&self, id: &str) -> Vec<StreamId> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT s.name FROM external_ids e JOIN streams s ON s.id = e.stream
                 WHERE e.external_id = ? ORDER BY s.name",
            )?;
            statement.query_map([id], |row| super::base::stream_at(row, 0))?.collect()
        })
    }
}

/// A cut on its way.
#[derive(Debug, Default)]
struct Cutting {
    cut: Cut,
    /// Records that may be heads, and were not met yet: every head of the present, and whatever a
    /// left-out record builds on.
    open: HashSet<RecordKey>,
    /// What records of the moment build on.
    built_on: HashSet<RecordKey>,
    all_in: bool,
    parts: HashSet<Part>,
}

impl Cutting {
    /// Takes a record in; false if no other matters.
    fn take(
        &mut self,
        record: IndexedRecord,
        parts: &[Part],
        side: &mut impl FnMut(&IndexedRecord) -> Side,
    ) -> bool {
        let side = if self.all_in { Side::AllIn } else { side(&record) };
        self.open.remove(&record.key);
        if side == Side::Out {
            self.open.extend(&record.prev);
            self.cut.left_out.insert(record.key);
            self.parts.extend(parts);
            return true;
        }
        self.all_in |= side == Side::AllIn;
        let is_head = !self.built_on.contains(&record.key);
        self.built_on.extend(&record.prev);
        if is_head {
            self.cut.heads.push(record);
        }
        !(self.all_in && self.open.is_empty())
    }

    fn finish(mut self, connection: &Connection) -> rusqlite::Result<Cut> {
        let kinds = names(connection, "SELECT id, name FROM kinds")?;
        let mut stream = connection.prepare_cached("SELECT name FROM streams WHERE id = ?")?;
        let mut by_number: HashMap<i64, Touched> = HashMap::new();
        for (number, kind) in self.parts {
            let Some(number) = number else { continue };
            let touched = by_number.entry(number).or_default();
            let kind = kind.and_then(|kind| kinds.get(&kind)).map(|name| &**name);
            touched.moved |= kind == Some("task_moved");
            touched.freed |= kind == Some("dependency_removed");
        }
        for (number, touched) in by_number {
            let name: String = stream.query_row([number], |row| row.get(0))?;
            // Events may name a stream that cannot be one: nobody has it.
            if let Some(name) = StreamId::parse(&name) {
                self.cut.touched.insert(name, touched);
            }
        }
        Ok(self.cut)
    }
}

/// Visits every record, newest first, with the streams and kinds of its rows, until `visit` returns
/// false.
fn back(
    connection: &Connection,
    mut visit: impl FnMut(IndexedRecord, &[Part]) -> bool,
) -> rusqlite::Result<()> {
    let files = names(connection, "SELECT id, name FROM files")?;
    let mut statement = connection.prepare_cached(BACK)?;
    let (mut rows, mut parts) = (statement.query([])?, Vec::new());
    while let Some(row) = rows.next()? {
        parts.push((row.get(4)?, row.get(3)?));
        if row.get::<_, i64>(2)? > 0 {
            continue;
        }
        let bytes = row.get_ref(5)?.as_blob_or_null()?.unwrap_or_default();
        let key = |bytes: &[u8]| {
            let bytes = bytes.try_into().map_err(|_| odd_value("a key has 8 bytes"))?;
            Ok(RecordKey(u64::from_be_bytes(bytes)))
        };
        let prev = bytes.chunks(8).map(key).collect::<rusqlite::Result<_>>()?;
        if !visit(record_at(row, prev, 6, &files)?, &parts) {
            return Ok(());
        }
        parts.clear();
    }
    Ok(())
}

/// A record of which clock and key begin the row, and the place of its line is at `column`.
fn record_at(
    row: &Row<'_>,
    prev: Vec<RecordKey>,
    column: usize,
    files: &HashMap<i64, Arc<str>>,
) -> rusqlite::Result<IndexedRecord> {
    let key: [u8; 8] = row.get(1)?;
    let file = files.get(&row.get(column)?).ok_or_else(|| odd_value("a file has no name"))?;
    Ok(IndexedRecord {
        clock: row.get::<_, i64>(0)?.cast_unsigned(),
        key: RecordKey(u64::from_be_bytes(key)),
        prev,
        line: LinePlace {
            file: Arc::clone(file),
            offset: row.get(column + 1)?,
            len_bytes: row.get(column + 2)?,
        },
    })
}

fn names(connection: &Connection, sql: &str) -> rusqlite::Result<HashMap<i64, Arc<str>>> {
    let mut statement = connection.prepare_cached(sql)?;
    let name = |row: &Row<'_>| Ok((row.get(0)?, Arc::from(row.get_ref(1)?.as_str()?)));
    statement.query_map([], name)?.collect()
}
