//! The index: every milestone, task and event in tables, kept up to date record by record.
//!
//! Start at [`Index`] for writing, [`IndexBase`] for a state that begins at it, [`schema`] for the
//! tables.
//!
//! - **Invariant.** A batch is one transaction with its checkpoint. A build streams events, then
//!   writes every item once, then the indices.

mod affected;
mod base;
mod check;
mod events;
mod items;
mod names;
mod pages;
mod parts;
mod past;
mod query;
mod read;
mod schema;
mod standing;

use std::path::Path;

use milestone_core::domain::{Milestone, Task};
use milestone_core::log::Checkpoint;
use milestone_core::projection::{
    Batch, Document, Fingerprint, Locality, Projection, ProjectionError, Spec,
};
use milestone_core::words::Slug;
use rusqlite::Connection;

use crate::database::Database;
use affected::{Changed, Standings};
use events::Pending;
use items::{Shown, frame, nothing, put, put_cyclic, put_frame, put_project};
use names::Names;

pub use base::IndexBase;
pub use check::Fault;

pub use pages::ReadyPage;
pub use past::{Cut, IndexedRecord, LinePlace, Side, Touched};

/// The file `index.sqlite`.
#[derive(Debug)]
pub struct Index {
    database: Database,
    names: Names,
    pending: Pending,
}

impl Index {
    /// The index at `path`. Nothing is read or made yet.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            database: Database::new(&schema::FORM, path.as_ref()),
            names: Names::default(),
            pending: Pending::default(),
        }
    }

    /// How many bytes of changes there are beside the file, in its `-wal`.
    pub fn beside_bytes(&self) -> u64 {
        self.database.beside_bytes()
    }

    /// Moves the changes beside the file into it, up to the last that every [`IndexBase`] sees; and
    /// empties theirs if every one of them was opened when all had been moved.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if SQLite refuses: the changes are where they were.
    pub fn settle(&mut self) -> Result<(), ProjectionError> {
        self.database.settle()
    }

    /// Runs a query over the file.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Damaged`] also if there is no file.
    fn ask<T>(
        &mut self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, ProjectionError> {
        let asked = match self.database.live()? {
            Some(connection) => query(connection),
            None => Err(crate::error::odd_value("it is not there")),
        };
        asked.map_err(|error| self.database.failed(error))
    }

    fn build(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
        let (names, pending) = (&mut self.names, &mut self.pending);
        let connection = self.database.building()?;
        let done = load(connection, names, pending, batch);
        done.map_err(|error| self.database.failed(error))?;
        if let Some(next) = batch.next {
            (self.names, self.pending) = Default::default();
            self.database.finish(next)?;
        }
        Ok(())
    }
}

impl Projection for Index {
    fn spec(&self) -> Spec {
        let (name, schema) = (schema::FORM.name, schema::FORM.schema);
        Spec { name, schema, locality: Locality::Local }
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
        self.database.checkpoint()
    }

    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
        if self.database.is_building() {
            return self.build(batch);
        }
        let Some(next) = batch.next else {
            return Err(self.database.failed(crate::error::odd_value("it was not wiped")));
        };
        self.database.transact(next, |transaction| follow(transaction, batch))
    }

    fn wipe(&mut self) -> Result<(), ProjectionError> {
        (self.names, self.pending) = (Names::of_new_file(), Pending::default());
        self.database.wipe()
    }

    fn fingerprint(&mut self) -> Result<Fingerprint, ProjectionError> {
        let documents = self.ask(read::documents)?;
        Ok(Fingerprint::of_documents(documents))
    }
}

/// Takes a batch of a build in: plain rows, each written once.
fn load(
    connection: &Connection,
    names: &mut Names,
    pending: &mut Pending,
    batch: &Batch<'_>,
) -> rusqlite::Result<()> {
    for placed in batch.records {
        pending.take(connection, names, placed)?;
    }
    let (mut standings, nothing) = (Standings::new(batch.view), nothing());
    for milestone in batch.milestones {
        let standing = standings.milestone(milestone);
        let shown = Shown::milestone(milestone);
        let id = put(connection, names, &nothing, &shown, &standing)?;
        put_cyclic(connection, id, &standing, true)?;
        put_frame(connection, id, &**milestone, batch.view, &shown.stream)?;
    }
    for task in batch.tasks {
        let standing = standings.task(task);
        let shown = Shown::task(task);
        let id = put(connection, names, &nothing, &shown, &standing)?;
        put_cyclic(connection, id, &standing, true)?;
        put_frame(connection, id, &**task, batch.view, &shown.stream)?;
    }
    if batch.next.is_some() {
        pending.write(connection)?;
        put_project(connection, batch.view)?;
    }
    Ok(())
}

/// Takes in a batch of new records, and brings everybody up to date who stands elsewhere for it.
fn follow(connection: &Connection, batch: &Batch<'_>) -> rusqlite::Result<()> {
    let (mut names, mut pending) = (Names::default(), Pending::default());
    for placed in batch.records {
        pending.take(connection, &mut names, placed)?;
    }
    pending.write(connection)?;
    let before = before(connection, batch)?;
    let mut standings = Standings::new(batch.view);
    for (milestone, old) in batch.milestones.iter().zip(&before.milestones) {
        let standing = standings.milestone(milestone);
        let shown = Shown::milestone(milestone);
        let id = put(connection, &mut names, old, &shown, &standing)?;
        put_cyclic(connection, id, &standing, false)?;
        put_frame(connection, id, &**milestone, batch.view, &shown.stream)?;
    }
    for (task, old) in batch.tasks.iter().zip(&before.tasks) {
        let standing = standings.task(task);
        let shown = Shown::task(task);
        let id = put(connection, &mut names, old, &shown, &standing)?;
        put_cyclic(connection, id, &standing, false)?;
        put_frame(connection, id, &**task, batch.view, &shown.stream)?;
    }
    standings.follow(connection, &before.changed)?;
    put_project(connection, batch.view)
}

/// How things were before a batch.
struct Before {
    milestones: Vec<Document>,
    tasks: Vec<Document>,
    changed: Changed,
}

fn before(connection: &Connection, batch: &Batch<'_>) -> rusqlite::Result<Before> {
    let mut changed = Changed::default();
    let (mut milestones, mut tasks) = (Vec::new(), Vec::new());
    for milestone in batch.milestones {
        let stream = milestone.stream();
        let old = frame::<Milestone>(connection, stream.as_str())?;
        milestones.push(old.map_or_else(nothing, |old| Document::of_milestone(&old.value)));
        changed.homes.insert(milestone.id.clone());
        changed.touched.insert(stream);
    }
    for task in batch.tasks {
        let old = frame::<Task>(connection, task.stream.as_str())?;
        let homes = old.iter().map(|old| &old.value.home).chain([&task.home]);
        changed.homes.extend(homes.cloned());
        changed.touched.insert(task.stream.clone());
        tasks.push(old.map_or_else(nothing, |old| Document::of_task(&old.value)));
    }
    for old in milestones.iter().chain(&tasks) {
        changed.depended_on.extend(old.dependencies.iter().cloned());
    }
    let homes: Vec<Slug> = changed.homes.iter().cloned().collect();
    for home in homes {
        let gate = affected::gate(connection, &home)?;
        changed.gates.insert(home, gate);
    }
    Ok(Before { milestones, tasks, changed })
}
