//! Analytics: a table of facts for each question.
//!
//! Start at [`Analytics`]; [`schema`] has the tables and the views, [`facts`] what they mean.
//!
//! - **Invariant.** The facts of a stream follow from its own events, in the order in which they
//!   really happened, so a late event makes the facts of one stream anew.
//! - **Absent on purpose.** Figures: means, forecasts, charts. They are made of these rows.

mod activity;
mod check;
mod facts;
mod phases;
mod rows;
mod schema;

use std::path::Path;

use milestone_core::domain::{Body, Item, Workflow};
use milestone_core::log::{Checkpoint, Record};
use milestone_core::projection::{
    Batch, CommandKey, Fingerprint, Locality, Projection, ProjectionError, Spec, State,
};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use crate::database::Database;
use crate::error::odd_value;
use activity::Activity;
use facts::{Block, Change, Fact, Facts, Moment, becomes};
use phases::{PhaseFacts, Turn, turn};

/// The file `analytics.sqlite`.
#[derive(Debug)]
pub struct Analytics {
    database: Database,
    activity: Activity,
}

/// Everything that is shown, in an order that does not depend on how it got there.
const SHOWN: [&str; 10] = [
    "SELECT * FROM changes ORDER BY stream, at, clock, record, place",
    "SELECT * FROM blocks ORDER BY stream, at, clock, record, place",
    "SELECT * FROM spans ORDER BY stream, place",
    "SELECT * FROM lifetimes ORDER BY stream",
    "SELECT * FROM steps ORDER BY stream, day",
    "SELECT * FROM blocked ORDER BY stream, place",
    "SELECT * FROM phase_changes ORDER BY stream, at, clock, record, place",
    "SELECT * FROM phase_spans ORDER BY stream, place",
    "SELECT * FROM phase_plans ORDER BY stream, place",
    "SELECT * FROM activity ORDER BY day, actor, kind",
];

impl Analytics {
    /// The analytics at `path`. Nothing is read or made yet.
    pub fn new(path: impl AsRef<Path>) -> Self {
        let database = Database::new(&schema::FORM, path.as_ref());
        Self { database, activity: Activity::default() }
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

/// True if the events of a record count: it is the first of those that carry out its command.
fn applies(view: &State, record: &Record<'_>) -> bool {
    let Some(command_id) = &record.command_id else { return true };
    let (key, content) = CommandKey::split(command_id);
    let first = view.command(&key).into_iter().find(|entry| entry.content == content);
    first.is_none_or(|first| first.record == record.id)
}

/// Goes through the events of a record that facts are made of.
fn each_fact(
    record: &Record<'_>,
    mut take: impl FnMut(&str, Fact) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut stream = String::new();
    for (place, event) in record.events.iter().enumerate() {
        let moment = Moment {
            at: event.at.unwrap_or(record.timestamp).0,
            clock: record.clock.cast_signed(),
            record: record.id.key().0.to_be_bytes(),
            place,
        };
        let block = |blocker: &str, raised| {
            Fact::Block(Block { moment, blocker: blocker.to_owned(), raised })
        };
        let fact = match (becomes(&event.body), &event.body) {
            (Some(becomes), _) => Fact::Status(Change { moment, becomes }),
            (None, Body::BlockerRaised(raised)) => block(&raised.blocker, true),
            (None, Body::BlockerCleared(cleared)) => block(&cleared.blocker, false),
            (None, body) => match turn(body) {
                Some((phase, becomes)) => {
                    let (phase, becomes) = (phase.to_owned(), becomes.word().to_owned());
                    Fact::Phase(Turn { moment, phase, becomes })
                }
                None => continue,
            },
        };
        if event.stream_into(&mut stream) {
            take(&stream, fact)?;
        }
    }
    Ok(())
}

/// Takes in the records of a batch.
fn take_records(
    connection: &Connection,
    activity: &mut Activity,
    batch: &Batch<'_>,
) -> rusqlite::Result<()> {
    for record in batch.records.iter().map(|placed| placed.record) {
        if !applies(batch.view, record) {
            continue;
        }
        each_fact(record, |stream, fact| match fact {
            Fact::Status(change) => rows::put_change(connection, stream, &change),
            Fact::Block(block) => rows::put_block(connection, stream, &block),
            Fact::Phase(turn) => phases::put_turn(connection, stream, &turn),
        })?;
        record.events.iter().for_each(|event| activity.count(record, event));
    }
    Ok(())
}

/// The facts of the phases of a task.
fn phase_facts(
    connection: &Connection,
    stream: &str,
    workflow: Option<&Workflow>,
) -> rusqlite::Result<PhaseFacts> {
    Ok(PhaseFacts::of(&phases::turns(connection, stream)?, workflow))
}

/// Makes the facts of everything that a batch touched.
fn put_facts(connection: &Connection, batch: &Batch<'_>, new: bool) -> rusqlite::Result<()> {
    let put = |stream: &str, item: &Item, home: Option<&str>| {
        let changes = rows::changes(connection, stream)?;
        let blocks = rows::blocks(connection, stream)?;
        rows::put(connection, stream, &Facts::of(&changes, &blocks, item, home), new)
    };
    for milestone in batch.milestones {
        put(milestone.id.as_str(), &milestone.item, None)?;
    }
    for task in batch.tasks {
        let stream = task.stream.as_str();
        put(stream, &task.item, Some(task.home.as_str()))?;
        phase_facts(connection, stream, task.workflow.as_ref())?.put(connection, stream, new)?;
    }
    Ok(())
}

impl Projection for Analytics {
    fn spec(&self) -> Spec {
        let (name, schema) = (schema::FORM.name, schema::FORM.schema);
        Spec { name, schema, locality: Locality::Local }
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, ProjectionError> {
        self.database.checkpoint()
    }

    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), ProjectionError> {
        if self.database.is_building() {
            let activity = &mut self.activity;
            let connection = self.database.building()?;
            let done = take_records(connection, activity, batch)
                .and_then(|()| put_facts(connection, batch, true))
                .and_then(|()| match batch.next {
                    Some(_) => activity.write(connection),
                    None => Ok(()),
                });
            done.map_err(|error| self.database.failed(error))?;
            return batch.next.map_or(Ok(()), |next| self.database.finish(next));
        }
        let Some(next) = batch.next else {
            return Err(self.database.failed(odd_value("it was not wiped")));
        };
        // Counts are added up, so a batch that is in must not be counted again.
        let is_in = self.database.known()?.is_some_and(|known| known.same_records(next));
        self.database.transact(next, |transaction| {
            if !is_in {
                let mut activity = Activity::default();
                take_records(transaction, &mut activity, batch)?;
                activity.write(transaction)?;
            }
            put_facts(transaction, batch, false)
        })
    }

    fn wipe(&mut self) -> Result<(), ProjectionError> {
        self.activity = Activity::default();
        self.database.wipe()
    }

    fn fingerprint(&mut self) -> Result<Fingerprint, ProjectionError> {
        self.ask(|connection| {
            let mut hash = Sha256::new();
            for sql in SHOWN {
                let mut statement = connection.prepare(sql)?;
                let columns = statement.column_count();
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    for column in 0..columns {
                        put_value(&mut hash, row.get_ref(column)?);
                    }
                }
            }
            Ok(Fingerprint(hash.finalize().into()))
        })
    }
}

fn put_value(hash: &mut Sha256, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match &value {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(number) => (1, &number.to_be_bytes()),
        ValueRef::Real(number) => (2, &number.to_be_bytes()),
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(bytes) => (4, bytes),
    };
    hash.update([kind]);
    hash.update(bytes.len().to_be_bytes());
    hash.update(bytes);
}
