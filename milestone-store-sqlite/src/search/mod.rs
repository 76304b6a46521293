//! Search in titles, descriptions, notes and criteria.
//!
//! Start at [`Search::search`].
//!
//! - **Invariant.** An item whose texts did not change is not written again.
//! - **Absent on purpose.** Symbols and emoji: only letters and digits are looked for.

mod schema;
mod words;

use std::path::Path;

use milestone_core::domain::{Item, Milestone, Plan, Stage, Task};
use milestone_core::log::Checkpoint;
use milestone_core::projection::{
    Batch, Fingerprint, Locality, Projection, ProjectionError, Spec, State,
};
use milestone_core::words::StreamId;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use crate::database::Database;
use crate::error::odd_value;
use words::{joined, query, segmented};

/// How many words of a text are shown around what was found.
const SNIPPET_WORDS: u8 = 16;

/// What stands around a word that was found, while SQLite has the text.
const FOUND: [char; 2] = ['\u{e000}', '\u{e001}'];

/// The file `search.sqlite`.
#[derive(Debug)]
pub struct Search {
    database: Database,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The stream of the milestone or task.
    pub stream: StreamId,
    /// How well it fits: the less, the better (bm25, titles counting most).
    pub rank: f64,
    /// A part of its texts: pieces, and whether each is what was looked for.
    pub snippet: Vec<(String, bool)>,
}

/// The texts of an item, set apart for the index.
#[derive(Debug, PartialEq, Eq)]
struct Texts([String; 4]);

impl Texts {
    fn of(item: &Item) -> Self {
        let lines = |texts: &mut dyn Iterator<Item = &str>| texts.collect::<Vec<_>>().join("\n");
        Self([
            segmented(&item.title),
            segmented(item.description.as_deref().unwrap_or_default()),
            segmented(&lines(&mut item.notes.iter().map(|note| &*note.text))),
            segmented(&lines(&mut item.criteria.iter().map(|held| &*held.text))),
        ])
    }

    fn at(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        let at = |column| row.get(first + column);
        Ok(Self([at(0)?, at(1)?, at(2)?, at(3)?]))
    }
}

impl Search {
    /// The search at `path`. Nothing is read or made yet.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { database: Database::new(&schema::FORM, path.as_ref()) }
    }

    /// The search over a state, in memory: for projects that keep no such file.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if SQLite cannot make it.
    pub fn in_memory(state: &State) -> Result<Self, ProjectionError> {
        let mut database = Database::in_memory(&schema::FORM)?;
        let tasks = state.task_streams().into_iter();
        let tasks: Vec<_> = tasks.filter_map(|stream| state.task(stream.as_str())).collect();
        let filled = match database.live()? {
            Some(connection) => put_all(connection, &state.milestones(), &tasks, true),
            None => Err(odd_value("it is not there")),
        };
        filled.map_err(|error| database.failed(error))?;
        Ok(Self { database })
    }

    /// Finds milestones and tasks that have every word of `typed`, or a longer one that begins so;
    /// case and accents do not matter, and of Chinese, Japanese and Korean any part is found. The
    /// best come first, at most `limit`. Empty also if there is no word in `typed`.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if there is no such file, or it cannot be read.
    pub fn search(&mut self, typed: &str, limit: usize) -> Result<Vec<Hit>, ProjectionError> {
        let Some(query) = query(typed) else { return Ok(Vec::new()) };
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT i.stream, bm25(texts, 10, 4, 2, 2), snippet(texts, -1, ?2, ?3, '…', ?4)
                 FROM texts JOIN items i ON i.id = texts.rowid
                 WHERE texts MATCH ?1 ORDER BY 2, 1 LIMIT ?5",
            )?;
            let found = |row: &Row<'_>| {
                let (stream, snippet) = (row.get_ref(0)?.as_str()?, row.get_ref(2)?.as_str()?);
                Ok(Hit {
                    stream: StreamId::parse(stream).ok_or_else(|| odd_value("no stream"))?,
                    rank: row.get(1)?,
                    snippet: pieces(snippet),
                })
            };
            let [begin, end] = FOUND.map(String::from);
            let asked = params![query, begin, end, SNIPPET_WORDS, limit];
            statement.query_map(asked, found)?.collect()
        })
    }

    /// How many [`Search::search`] would find without a limit.
    ///
    /// # Errors
    ///
    /// As [`Search::search`].
    pub fn count(&mut self, typed: &str) -> Result<usize, ProjectionError> {
        let Some(query) = query(typed) else { return Ok(0) };
        self.ask(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT count(*) FROM texts WHERE texts MATCH ?")?;
            statement.query_row([query], |row| row.get(0))
        })
    }

    /// Says what is not as `state`, the fold of the same records, has it; empty if all is.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if the file cannot be read.
    pub fn check(&mut self, state: &State) -> Result<Vec<String>, ProjectionError> {
        let held = self.ask(|connection| {
            // Are the words those of the texts?
            connection
                .execute_batch("INSERT INTO texts(texts, rank) VALUES ('integrity-check', 1)")?;
            all(connection)
        })?;
        let mut should: Vec<(String, Texts)> = Vec::new();
        for milestone in state.milestones() {
            should.push((milestone.id.to_string(), Texts::of(&milestone.item)));
        }
        for stream in state.task_streams() {
            let task = state.task(stream.as_str()).filter(|task| is_shown(task));
            should.extend(task.map(|task| (stream.to_string(), Texts::of(&task.item))));
        }
        should.sort_by(|a, b| a.0.cmp(&b.0));
        let mut faults = Vec::new();
        if held.len() != should.len() {
            faults.push(format!("{} items, not {}", held.len(), should.len()));
        }
        for (held, should) in held.iter().zip(&should) {
            if held != should {
                faults.push(format!("{held:?} should be {should:?}"));
            }
        }
        Ok(faults)
    }

    fn ask<T>(
        &mut self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, ProjectionError> {
        let asked = match self.database.live()? {
            Some(connection) => query(connection),
            None => Err(odd_value("it is not there")),
        };
        asked.map_err(|error| self.database.failed(error))
    }
}

/// A snippet in pieces.
fn pieces(snippet: &str) -> Vec<(String, bool)> {
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut found = false;
    for piece in snippet.split_inclusive(FOUND) {
        let text = joined(piece.trim_end_matches(FOUND));
        match pieces.last_mut() {
            // The separators between two words that were found say nothing.
            Some((last, was)) if *was == found => last.push_str(&text),
            _ if text.is_empty() => {}
            _ => pieces.push((text, found)),
        }
        found = piece.ends_with(FOUND[0]);
    }
    pieces
}

fn is_shown(task: &Task) -> bool {
    task.item.stage != Stage::Removed
}

/// Every item with its texts, by the names of their streams.
fn all(connection: &Connection) -> rusqlite::Result<Vec<(String, Texts)>> {
    let mut statement = connection.prepare(
        "SELECT i.stream, t.title, t.description, t.notes, t.criteria
         FROM items i JOIN texts t ON t.rowid = i.id ORDER BY i.stream",
    )?;
    statement.query_map([], |row| Ok((row.get(0)?, Texts::at(row, 1)?)))?.collect()
}

/// Writes the texts of an item; `None` for one that is not shown.
fn put(
    connection: &Connection,
    stream: &StreamId,
    texts: Option<Texts>,
    new: bool,
) -> rusqlite::Result<()> {
    let held: Option<(i64, Texts)> = match new {
        true => None,
        false => connection
            .prepare_cached(
                "SELECT i.id, t.title, t.description, t.notes, t.criteria
                 FROM items i JOIN texts t ON t.rowid = i.id WHERE i.stream = ?",
            )?
            .query_row([stream.as_str()], |row| Ok((row.get(0)?, Texts::at(row, 1)?)))
            .optional()?,
    };
    if held.as_ref().map(|(_, texts)| texts) == texts.as_ref() {
        return Ok(());
    }
    if let Some((id, _)) = held {
        connection.prepare_cached("DELETE FROM texts WHERE rowid = ?")?.execute([id])?;
        connection.prepare_cached("DELETE FROM items WHERE id = ?")?.execute([id])?;
    }
    if let Some(Texts(texts)) = texts {
        let id = connection
            .prepare_cached("INSERT INTO items(stream) VALUES (?)")?
            .insert([stream.as_str()])?;
        connection
            .prepare_cached(
                "INSERT INTO texts(rowid, title, description, notes, criteria)
                 VALUES (?, ?, ?, ?, ?)",
            )?
            .execute(params![id, texts[0], texts[1], texts[2], texts[3]])?;
    }
    Ok(())
}

fn put_all(
    connection: &Connection,
    milestones: &[std::sync::Arc<Milestone>],
    tasks: &[std::sync::Arc<Task>],
    new: bool,
) -> rusqlite::Result<()> {
    for milestone in milestones {
        put(connection, &milestone.stream(), Some(Texts::of(&milestone.item)), new)?;
    }
    for task in tasks {
        let texts = is_shown(task).then(|| Texts::of(&task.item));
        put(connection, &task.stream, texts, new)?;
    }
    Ok(())
}

impl Projection for Search {
    fn spec(&self) -> Spec {
        let (name, schema) = (schema::FORM.name, schema::FORM.schema);
        Spec { name, schema, locality: Locality::Local }
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
        self.database.checkpoint()
    }

    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
        if self.database.is_building() {
            let connection = self.database.building()?;
            let done = put_all(connection, batch.milestones, batch.tasks, true);
            done.map_err(|error| self.database.failed(error))?;
            return batch.next.map_or(Ok(()), |next| self.database.finish(next));
        }
        let Some(next) = batch.next else {
            return Err(self.database.failed(odd_value("it was not wiped")));
        };
        self.database.transact(next, |transaction| {
            put_all(transaction, batch.milestones, batch.tasks, false)
        })
    }

    fn wipe(&mut self) -> Result<(), ProjectionError> {
        self.database.wipe()
    }

    fn fingerprint(&mut self) -> Result<Fingerprint, ProjectionError> {
        let mut hash = Sha256::new();
        for (stream, Texts(texts)) in self.ask(all)? {
            for text in std::iter::once(&stream).chain(&texts) {
                hash.update(text.len().to_be_bytes());
                hash.update(text);
            }
        }
        Ok(Fingerprint(hash.finalize().into()))
    }
}
