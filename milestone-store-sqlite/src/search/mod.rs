//! Search in titles, descriptions, notes and criteria.
//!
//! Start at [`Search::search`].
//!
//! - **Invariant.** An item whose texts did not change is not written again.
//! - **Absent on purpose.** Symbols and emoji: only letters and digits are looked for.

mod find;
mod place;
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

use crate::checkpoint;
use crate::database::Database;
use crate::error::odd_value;
use words::{Typed, folded, joined, segmented};

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
    /// A part of its texts: pieces, and whether each is what was looked for.
    pub snippet: Vec<(String, bool)>,
}

/// The texts of an item, set apart for the index: title, description, notes, criteria, and folded
/// where that is something else the title and the rest.
#[derive(Debug, PartialEq, Eq)]
struct Texts([String; 6]);

/// What the file has of an item.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    stream: String,
    second: i64,
    texts: Texts,
}

impl Texts {
    fn of(item: &Item) -> Self {
        let lines = |texts: &mut dyn Iterator<Item = &str>| texts.collect::<Vec<_>>().join("\n");
        let description = item.description.as_deref().unwrap_or_default();
        let notes = lines(&mut item.notes.iter().map(|note| &*note.text));
        let criteria = lines(&mut item.criteria.iter().map(|held| &*held.text));
        let rest = [description, &notes, &criteria].map(folded).join("\n");
        Self([
            segmented(&item.title),
            segmented(description),
            segmented(&notes),
            segmented(&criteria),
            folded(&item.title),
            rest.trim_matches('\n').to_owned(),
        ])
    }

    fn at(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        let at = |column| row.get(first + column);
        Ok(Self([at(0)?, at(1)?, at(2)?, at(3)?, at(4)?, at(5)?]))
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

    /// True if it was made of the same records as `now`. It costs nothing that grows with the log.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if the file cannot be read; that there is none is no error.
    pub fn is_of(&mut self, now: &Checkpoint) -> Result<bool, ProjectionError> {
        let head = match self.database.live()? {
            None => return Ok(false),
            Some(connection) => checkpoint::head(connection),
        };
        let head = head.map_err(|error| self.database.failed(error))?;
        Ok(head.same_records(now))
    }

    /// Finds milestones and tasks that have every word of `typed`, or a longer one that begins so;
    /// case and accents do not matter, and of Chinese, Japanese and Korean any part is found. At
    /// most `limit`; first those that have the words in the title, then those that have them
    /// elsewhere, then in the same order those that have longer words; the newest of each first.
    /// Empty also if there is no word in `typed`.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if there is no such file, or it cannot be read.
    pub fn search(&mut self, typed: &str, limit: usize) -> Result<Vec<Hit>, ProjectionError> {
        let Some(typed) = Typed::of(typed) else { return Ok(Vec::new()) };
        self.ask(|connection| find::best(connection, &typed, limit))
    }

    /// How many [`Search::search`] would find without a limit; `most` if there are as many or more.
    ///
    /// # Errors
    ///
    /// As [`Search::search`].
    pub fn count(&mut self, typed: &str, most: usize) -> Result<usize, ProjectionError> {
        let Some(typed) = Typed::of(typed) else { return Ok(0) };
        self.ask(|connection| find::count(connection, &typed, most))
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
        let of = |stream: &StreamId, item: &Item| Held {
            stream: stream.to_string(),
            second: place::second(place::of(stream, item.created_at)),
            texts: Texts::of(item),
        };
        let mut should: Vec<Held> = Vec::new();
        for milestone in state.milestones() {
            should.push(of(&milestone.stream(), &milestone.item));
        }
        for stream in state.task_streams() {
            let task = state.task(stream.as_str()).filter(|task| is_shown(task));
            should.extend(task.map(|task| of(&task.stream, &task.item)));
        }
        should.sort_by(|a, b| a.stream.cmp(&b.stream));
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

/// Every item, by the names of their streams.
fn all(connection: &Connection) -> rusqlite::Result<Vec<Held>> {
    let mut statement = connection.prepare(
        "SELECT i.id, i.stream, t.title, t.description, t.notes, t.criteria, t.title_folded,
                t.rest_folded
         FROM items i JOIN texts t ON t.rowid = i.id ORDER BY i.stream",
    )?;
    let held = |row: &Row<'_>| {
        let second = place::second(row.get(0)?);
        Ok(Held { stream: row.get(1)?, second, texts: Texts::at(row, 2)? })
    };
    statement.query_map([], held)?.collect()
}

/// Writes the texts of an item; `None` for one that is not shown.
fn put(
    connection: &Connection,
    stream: &StreamId,
    place: i64,
    texts: Option<Texts>,
    new: bool,
) -> rusqlite::Result<()> {
    let held: Option<(i64, Texts)> = match new {
        true => None,
        false => connection
            .prepare_cached(
                "SELECT i.id, t.title, t.description, t.notes, t.criteria, t.title_folded,
                        t.rest_folded
                 FROM items i JOIN texts t ON t.rowid = i.id WHERE i.stream = ?",
            )?
            .query_row([stream.as_str()], |row| Ok((row.get(0)?, Texts::at(row, 1)?)))
            .optional()?,
    };
    if let Some((id, held)) = held {
        if Some(&held) == texts.as_ref() && place::second(id) == place::second(place) {
            return Ok(());
        }
        connection.prepare_cached("DELETE FROM texts WHERE rowid = ?")?.execute([id])?;
        connection.prepare_cached("DELETE FROM items WHERE id = ?")?.execute([id])?;
    }
    if let Some(Texts(texts)) = texts {
        let id = place::free(connection, place)?;
        connection
            .prepare_cached("INSERT INTO items(id, stream) VALUES (?, ?)")?
            .execute(params![id, stream.as_str()])?;
        connection
            .prepare_cached(
                "INSERT INTO texts(rowid, title, description, notes, criteria, title_folded,
                                   rest_folded)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![id, texts[0], texts[1], texts[2], texts[3], texts[4], texts[5]])?;
    }
    Ok(())
}

fn put_all(
    connection: &Connection,
    milestones: &[std::sync::Arc<Milestone>],
    tasks: &[std::sync::Arc<Task>],
    new: bool,
) -> rusqlite::Result<()> {
    let milestones = milestones.iter().map(|held| (held.stream(), &held.item, true));
    let tasks = tasks.iter().map(|task| (task.stream.clone(), &task.item, is_shown(task)));
    let mut items: Vec<_> = milestones
        .chain(tasks)
        .map(|(stream, item, shown)| (place::of(&stream, item.created_at), stream, item, shown))
        .collect();
    // FTS5 writes a segment each time that a number is less than the one before.
    items.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    for (place, stream, item, shown) in items {
        put(connection, &stream, place, shown.then(|| Texts::of(item)), new)?;
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
        for Held { stream, second, texts: Texts(texts) } in self.ask(all)? {
            hash.update(second.to_be_bytes());
            for text in std::iter::once(&stream).chain(&texts) {
                hash.update(text.len().to_be_bytes());
                hash.update(text);
            }
        }
        Ok(Fingerprint(hash.finalize().into()))
    }
}
