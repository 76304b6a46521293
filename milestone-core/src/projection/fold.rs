//! Folding records into a state, in the order of the log.
//!
//! Start at [`Folder`].
//!
//! - **Invariant.** The fold of a set of records is the same in every clone: it depends on their
//!   order, and on what each had read, and on nothing else.
//! - **Invariant.** A stream is changed by its own records only.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::base::{CommandEntry, CommandKey};
use super::graph::History;
use super::state::{Aggregate, State};
use crate::domain::{At, Event};
use crate::log::{Finding, Oddity, Record};
use crate::words::{Few, RecordKey, StreamId, Text};

/// Up to so many streams of a record, its events are looked through for each of them.
const FEW_STREAMS: usize = 8;

/// A record that cannot be folded onto a state that does not know its stream's history: fold that
/// stream again from its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Irregular {
    /// The stream.
    pub stream: String,
}

/// Folds records into a state, one after the other.
#[derive(Debug)]
pub struct Folder {
    /// The state so far.
    pub state: State,
    /// The histories of the streams in memory, by place; `None` when folding on from a base.
    histories: Option<Vec<History>>,
    project_history: History,
    /// The only streams that are folded, if not all are.
    only: Option<HashSet<StreamId>>,
    /// What was found odd while folding.
    pub findings: Vec<Finding>,
    /// The places of the events of a record with many streams, by stream.
    by_stream: HashMap<String, Vec<usize>>,
}

impl Folder {
    /// Folds everything from the first record.
    pub fn new() -> Self {
        Self {
            state: State::new(),
            histories: Some(Vec::new()),
            project_history: History::default(),
            only: None,
            findings: Vec::new(),
            by_stream: HashMap::new(),
        }
    }

    /// Folds records that come after everything `state` knows.
    pub fn onto(state: State) -> Self {
        Self { state, histories: None, ..Self::new() }
    }

    /// Folds only `streams`, each from its first record; `state` answers for the others.
    pub fn refold(mut state: State, streams: HashSet<StreamId>) -> Self {
        streams.iter().for_each(|stream| state.forget(stream));
        Self { state, only: Some(streams), ..Self::new() }
    }

    /// Takes in the next record, found in `file` at `line`.
    ///
    /// # Errors
    ///
    /// [`Irregular`], only when folding [`Folder::onto`] a state: a record did not know of, or knew
    /// more than, the heads of its stream. The state is then half changed; throw it away.
    pub fn fold(&mut self, record: &Record<'_>) -> Result<(), Irregular> {
        let applies = self.register_command(record);
        self.take(record, applies)
    }

    /// Takes in the next record of streams that are folded alone, without what lies between:
    /// `first` is false if an earlier record carried out its command.
    ///
    /// # Errors
    ///
    /// As [`Folder::fold`].
    pub fn fold_alone(&mut self, record: &Record<'_>, first: bool) -> Result<(), Irregular> {
        let applies = self.register_command(record) && first;
        self.take(record, applies)
    }

    fn take(&mut self, record: &Record<'_>, applies: bool) -> Result<(), Irregular> {
        self.note_actor(record);
        let many = record.reads.0.len() > FEW_STREAMS;
        self.by_stream = if many { events_by_stream(record) } else { HashMap::new() };
        for (stream, reads) in &record.reads.0 {
            self.fold_stream(record, stream, reads, applies)?;
        }
        // A record should have read every stream it writes to. One that did not knew nothing of it.
        for event in &record.events {
            // Of a record with many streams, those that it has read are in the map.
            let read = |(stream, _): &(Text<'_>, _)| event.is_of(stream);
            if !many && record.reads.0.iter().any(read) {
                continue;
            }
            if let Some(stream) = event.stream()
                && self.key_is_new(stream.as_str(), record.id.key())
            {
                self.fold_stream(record, stream.as_str(), &[], applies)?;
            }
        }
        Ok(())
    }

    /// True if `key` is not yet a head of the stream: its events were not folded before.
    fn key_is_new(&self, stream: &str, key: RecordKey) -> bool {
        !self.state.frontier(stream).contains(&key)
    }

    /// Remembers who recorded something.
    fn note_actor(&mut self, record: &Record<'_>) {
        match self.state.actors.get_mut(&*record.actor) {
            Some(last) => *last = (*last).max(record.timestamp),
            None => drop(self.state.actors.insert((&*record.actor).into(), record.timestamp)),
        }
    }

    /// Remembers the command; false if an earlier record carried it out already.
    fn register_command(&mut self, record: &Record<'_>) -> bool {
        let Some(command_id) = &record.command_id else { return true };
        let (key, content) = CommandKey::split(command_id);
        let known = if self.only.is_some() {
            // The base may know of records that come later in the order than this one.
            self.state.commands.get(&key).cloned().unwrap_or_default()
        } else {
            self.state.command(&key)
        };
        match known.iter().find(|entry| entry.content == content) {
            Some(first) if first.record != record.id => {
                let oddity = Oddity::SecondCommand(record.id);
                self.findings.push(Finding { file: String::new(), line: 0, offset: 0, oddity });
                false
            }
            Some(_) => true,
            None => {
                let entry = CommandEntry { content, record: record.id };
                self.state.commands.entry(key).or_default().push(entry);
                true
            }
        }
    }

    fn fold_stream(
        &mut self,
        record: &Record<'_>,
        stream: &str,
        reads: &[RecordKey],
        applies: bool,
    ) -> Result<(), Irregular> {
        if self.only.as_ref().is_some_and(|only| !only.contains(stream)) {
            return Ok(());
        }
        if stream == StreamId::PROJECT {
            return self.fold_project(record, reads, applies);
        }
        let Some(at) = self.state.slot(stream) else { return Ok(()) };
        let place = at as usize;
        let frontier = std::mem::take(&mut self.state.slots[place].frontier);
        let key = record.id.key();
        let concurrent = match &mut self.histories {
            None => {
                if !same_heads(&frontier, reads) {
                    return Err(Irregular { stream: stream.to_owned() });
                }
                Vec::new()
            }
            Some(histories) => {
                if histories.len() <= place {
                    histories.resize_with(place + 1, History::default);
                }
                let history = &mut histories[place];
                let concurrent = concurrent(history, &frontier, reads, record, &mut self.findings);
                history.push(key, reads);
                concurrent
            }
        };
        if applies {
            self.evolve(record, stream, at, &concurrent);
        }
        self.state.slots[place].frontier = next_frontier(&frontier, &concurrent, key);
        Ok(())
    }

    fn evolve(&mut self, record: &Record<'_>, stream: &str, at: u32, concurrent: &[RecordKey]) {
        let own = self.by_stream.remove(stream);
        let listed = own.iter().flatten().map(|&index| (index, &record.events[index]));
        let all = record.events.iter().enumerate().filter(|(_, event)| event.is_of(stream));
        let all = all.take(if own.is_some() { 0 } else { usize::MAX });
        for (index, event) in listed.chain(all) {
            let circumstances = circumstances(record, event, index, concurrent);
            match &mut self.state.slots[at as usize].aggregate {
                Aggregate::Milestone(milestone) => {
                    Arc::make_mut(milestone).evolve(event, &circumstances);
                }
                Aggregate::Task(task) => {
                    let task = Arc::make_mut(task);
                    let moved = event.kind() == "task_moved";
                    let home = moved.then(|| task.home.clone());
                    task.evolve(event, &circumstances);
                    if let Some(home) = home {
                        self.state.rehome(at, home.as_str());
                    }
                }
            }
            self.state.index_event(at, &event.body);
        }
    }

    fn fold_project(
        &mut self,
        record: &Record<'_>,
        reads: &[RecordKey],
        applies: bool,
    ) -> Result<(), Irregular> {
        let frontier = std::mem::take(&mut self.state.project_frontier);
        let key = record.id.key();
        let concurrent = if self.histories.is_some() {
            let history = &mut self.project_history;
            let concurrent = concurrent(history, &frontier, reads, record, &mut self.findings);
            history.push(key, reads);
            concurrent
        } else if same_heads(&frontier, reads) {
            Vec::new()
        } else {
            return Err(Irregular { stream: StreamId::PROJECT.to_owned() });
        };
        let project = Arc::make_mut(&mut self.state.project);
        for (index, event) in record.events.iter().enumerate() {
            if applies && event.milestone_id.is_none() {
                project.evolve(event, &circumstances(record, event, index, &concurrent));
            }
        }
        self.state.project_frontier = next_frontier(&frontier, &concurrent, key);
        Ok(())
    }
}

/// The places of a record's events by the streams they belong to.
fn events_by_stream(record: &Record<'_>) -> HashMap<String, Vec<usize>> {
    let (mut places, mut name) = (HashMap::<String, Vec<usize>>::new(), String::new());
    for (index, event) in record.events.iter().enumerate() {
        if event.stream_into(&mut name) {
            match places.get_mut(&name) {
                Some(list) => list.push(index),
                None => drop(places.insert(name.clone(), vec![index])),
            }
        }
    }
    places
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

/// The records of the stream that `record` did not know of.
fn concurrent(
    history: &History,
    frontier: &[RecordKey],
    reads: &[RecordKey],
    record: &Record<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<RecordKey> {
    if same_heads(frontier, reads) {
        return Vec::new();
    }
    for read in reads {
        if !frontier.contains(read) && !history.has(*read) {
            let (record, missing) = (record.id, read.to_string());
            let oddity = Oddity::MissingRead { record, missing };
            findings.push(Finding { file: String::new(), line: 0, offset: 0, oddity });
        }
    }
    if frontier.iter().all(|head| reads.contains(head)) {
        return Vec::new();
    }
    history.concurrent(reads)
}

fn same_heads(frontier: &[RecordKey], reads: &[RecordKey]) -> bool {
    frontier.len() == reads.len() && frontier.iter().all(|head| reads.contains(head))
}

/// The heads after `key`: those that it did not know of, and itself.
fn next_frontier(
    frontier: &[RecordKey],
    concurrent: &[RecordKey],
    key: RecordKey,
) -> Few<RecordKey> {
    let unknown = |head: &&RecordKey| concurrent.binary_search(head).is_ok();
    frontier.iter().filter(unknown).copied().chain(std::iter::once(key)).collect()
}

fn circumstances<'a>(
    record: &'a Record<'_>,
    event: &'a Event<'_>,
    index: usize,
    concurrent: &'a [RecordKey],
) -> At<'a> {
    At {
        key: record.id.key(),
        clock: record.clock,
        time: event.at.unwrap_or(record.timestamp),
        by: event.by.as_deref().unwrap_or(&record.actor),
        index,
        concurrent,
    }
}
