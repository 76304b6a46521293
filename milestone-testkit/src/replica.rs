//! One clone of a project: its own log, its own clock, its own ids.
//!
//! Start at [`Replica::write`]; [`Replica::fork`] makes another clone, [`Replica::merge`] takes in
//! what another has.
//!
//! - **Invariant.** Every record knows exactly what its clone has: `prev`, `reads` and `clock` are
//!   what a correct writer would put there.
//! - **Invariant.** What is read before a write is folded from the first record whenever a merge
//!   may have changed it, so that a bug of the incremental ways cannot hide in the histories that
//!   are to find it.

use std::time::Duration;

use milestone_core::domain::Event;
use milestone_core::log::{Draft, LogStore, NewLine, Reads, Step, scan};
use milestone_core::projection::{Folder, State};
use milestone_core::words::{Ids, RecordId, Text};

use crate::clock::{EPOCH, TestClock, ids};
use crate::memory::MemoryStore;

/// How far a replica's clock goes on with each record, in microseconds.
const STEP_US: i64 = 1_000;

/// What a record may say besides its events.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The member `command_id`.
    pub command_id: Option<String>,
    /// The member `user_context`.
    pub user_context: Option<String>,
}

/// A clone of a project.
///
/// ```
/// use milestone_core::domain::{Body, Created, Event};
/// use milestone_testkit::Replica;
///
/// let created = |id: &str| [Event::of(id, Body::MilestoneCreated(Created::default()))];
/// let mut here = Replica::new("here");
/// here.write(&created("api"));
/// let mut there = here.fork("there");
/// there.write(&created("web"));
/// here.write(&created("docs"));
/// here.merge(&there);
/// assert_eq!(here.state().milestones().len(), 3);
/// ```
#[derive(Debug)]
pub struct Replica {
    name: String,
    store: MemoryStore,
    clock: TestClock,
    ids: Ids,
    /// The fold of what is in the store; `None` if a merge came in between.
    known: Option<Known>,
}

#[derive(Debug)]
struct Known {
    folder: Folder,
    heads: Vec<RecordId>,
    max_clock: u64,
}

impl Replica {
    /// The first clone of a project that has no records yet. Its name is the actor of its records
    /// and the beginning of its file's name.
    pub fn new(name: &str) -> Self {
        Self::over(name, MemoryStore::new().copy(&file_of(name)))
    }

    /// A clone whose log is `store`.
    pub fn over(name: &str, store: MemoryStore) -> Self {
        let number = name.bytes().fold(7u64, |sum, byte| sum * 31 + u64::from(byte));
        // Two clones that did the same should not write the same record.
        let start = TestClock::stepping(EPOCH, STEP_US);
        let mut replica =
            Self { name: name.to_owned(), store, clock: start, ids: ids(number), known: None };
        replica.clock.shift(i64::try_from(number % 997).unwrap_or(0));
        replica
    }

    /// Another clone with the same records and the same time, under another name.
    pub fn fork(&self, name: &str) -> Self {
        let mut fork = Self::over(name, self.store.copy(&file_of(name)));
        fork.clock = self.clock.clone();
        fork.clock.shift(i64::try_from(name.len() % 7).unwrap_or(0) + 1);
        fork
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its log.
    pub fn store(&self) -> &MemoryStore {
        &self.store
    }

    /// Its clock, for setting it wrong.
    pub fn clock_mut(&mut self) -> &mut TestClock {
        &mut self.clock
    }

    /// Draws a short id, another one in each clone.
    pub fn draw_id(&mut self) -> String {
        self.ids.draw()
    }

    /// The fold of its log, from the first record.
    pub fn state(&mut self) -> &State {
        &self.known().folder.state
    }

    /// Appends a record with these events, decided on all that this clone has.
    pub fn write(&mut self, events: &[Event<'_>]) -> RecordId {
        self.write_saying(events, &Said::default())
    }

    /// As [`Replica::write`], with other members of the record.
    pub fn write_saying(&mut self, events: &[Event<'_>], said: &Said) -> RecordId {
        let now = self.clock.now();
        let name = self.name.clone();
        let known = self.known();
        let reads = reads_of(&known.folder.state, events);
        let session_id = format!("session-{name}");
        let encoded = Draft {
            prev: &known.heads,
            max_clock: known.max_clock,
            now,
            actor: &name,
            session_id: &session_id,
            user_context: said.user_context.as_deref(),
            command_id: said.command_id.as_deref(),
            reads: &reads,
            events,
        }
        .encode();
        let record = milestone_core::log::record::parse(&encoded.line)
            .expect("what was encoded a moment ago is a record");
        known.folder.fold(&record).expect("a fold with histories takes every record");
        (known.heads, known.max_clock) = (vec![encoded.id], encoded.clock);
        self.append(encoded.id, &encoded.line);
        encoded.id
    }

    /// Takes in every record of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.store.union(&other.store);
        self.known = None;
    }

    fn append(&mut self, id: RecordId, line: &str) {
        let guard = self.store.lock(Duration::ZERO).expect("nobody else has a replica's store");
        let line = NewLine { id, bytes: line.as_bytes() };
        let pending = self.store.append(&guard, &[line]).expect("memory takes every record");
        self.store.sync(pending).expect("memory is durable");
    }

    fn known(&mut self) -> &mut Known {
        let store = &self.store;
        self.known.get_or_insert_with(|| {
            let mut folder = Folder::new();
            let checkpoint = scan(store, |step| match step {
                Step::Restart => folder = Folder::new(),
                Step::Line(line, _) => {
                    folder.fold(&line.record).expect("a fold with histories takes every record");
                }
            })
            .expect("memory can always be read");
            Known { folder, heads: checkpoint.heads, max_clock: checkpoint.max_clock }
        })
    }
}

/// The file that a clone of that name appends to.
fn file_of(name: &str) -> String {
    format!("{name}-0001.jsonl")
}

/// What a record with these events reads: each of their streams with its heads in `state`.
pub fn reads_of(state: &State, events: &[Event<'_>]) -> Reads<'static> {
    let mut reads: Vec<(Text<'static>, _)> = Vec::new();
    for stream in events.iter().filter_map(Event::stream) {
        if !reads.iter().any(|(name, _)| **name == *stream.as_str()) {
            reads.push((Text::from(stream.to_string()), state.frontier(stream.as_str())));
        }
    }
    reads.into_iter().collect()
}
