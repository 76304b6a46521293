//! What a record did not know of: the fold against brute force.
//!
//! Nothing of the core's own walk is used here. [`Known`] reaches every record of a stream by
//! following `reads`, one by one, and is compared twice: with the records that a cancellation in
//! the same place names as its other sides, and with a whole fold that is done here, by `evolve`
//! alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use milestone_core::domain::{At, Body, Event, Milestone, Plan, Task, Transition};
use milestone_core::log::record::parse;
use milestone_core::log::{Reads, Record};
use milestone_core::projection::{CommandKey, Document, Folder};
use milestone_core::words::{Few, RecordId, RecordKey, Slug, StreamId, StreamName};
use milestone_testkit::{MemoryStore, histories, histories_of_kinds};
use proptest::prelude::*;

use crate::common::{cases, folded};

const TAKES_ALL: &str = "a fold with histories takes every record";

/// The records of one stream, with what each had read there.
#[derive(Default)]
struct Known {
    order: Vec<RecordKey>,
    reads: HashMap<RecordKey, Vec<RecordKey>>,
}

impl Known {
    /// Everything that can be reached from `reads`.
    fn reach(&self, reads: &[RecordKey]) -> BTreeSet<RecordKey> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<RecordKey> = reads.to_vec();
        while let Some(key) = open.pop() {
            if let Some(further) = self.reads.get(&key)
                && reached.insert(key)
            {
                open.extend(further);
            }
        }
        reached
    }

    /// The records so far that cannot be reached from `reads`, sorted.
    fn concurrent(&self, reads: &[RecordKey]) -> Vec<RecordKey> {
        let reached = self.reach(reads);
        let rest: BTreeSet<_> =
            self.order.iter().filter(|key| !reached.contains(key)).copied().collect();
        rest.into_iter().collect()
    }

    /// The records that no other has reached.
    fn heads(&self) -> Vec<RecordKey> {
        let known = self.order.iter().map(|key| self.reach(&self.reads[key]));
        let below: BTreeSet<RecordKey> = known.flatten().collect();
        let mut heads: Vec<_> =
            self.order.iter().filter(|key| !below.contains(key)).copied().collect();
        heads.sort();
        heads
    }

    fn push(&mut self, key: RecordKey, reads: &[RecordKey]) {
        self.order.push(key);
        self.reads.insert(key, reads.to_vec());
    }
}

/// The streams that a record belongs to, with what it had read of each.
fn streams_of(record: &Record<'_>) -> BTreeMap<StreamId, Vec<RecordKey>> {
    let named = record.events.iter().filter_map(Event::stream).map(|stream| (stream, Vec::new()));
    let read = record
        .reads
        .0
        .iter()
        .filter_map(|(stream, heads)| Some((StreamId::parse(stream)?, heads.to_vec())));
    named.chain(read).collect()
}

/// The records of a log, parsed, in its order.
fn in_order(lines: &[String]) -> Vec<Record<'_>> {
    let mut records: Vec<Record<'_>> =
        lines.iter().map(|line| parse(line).expect("a record")).collect();
    records.sort_by_key(|record| (record.clock, record.id));
    records.dedup_by_key(|record| record.id);
    records
}

/// Asks the fold what it holds to be concurrent to `record` in `stream`: a cancellation in its
/// place names each of those records in a conflict. `before` are the records before it, without
/// their events.
fn asked(before: &[Record<'_>], record: &Record<'_>, stream: &StreamId) -> Vec<RecordKey> {
    let mut folder = Folder::new();
    before.iter().for_each(|earlier| folder.fold(earlier).expect(TAKES_ALL));
    let change = Transition::default();
    let event = match stream.name() {
        StreamName::Project => return Vec::new(),
        StreamName::Milestone(id) => Event::of(id, Body::MilestoneCancelled(change)),
        StreamName::Task(origin, slug) => {
            let change = Transition { task: Some(slug.to_owned().into()), ..change };
            Event::of(origin, Body::TaskCancelled(change))
        }
    };
    let mut probe =
        Record { id: RecordId([0xee; 32]), events: vec![event].into(), ..record.clone() };
    probe.command_id = None;
    folder.fold(&probe).expect(TAKES_ALL);
    let item = match stream.name() {
        StreamName::Project => return Vec::new(),
        StreamName::Milestone(id) => folder.state.milestone(id).expect("folded").item.clone(),
        StreamName::Task(..) => folder.state.task(stream.as_str()).expect("folded").item.clone(),
    };
    let sides = item.conflicts.iter().flat_map(|conflict| conflict.sides.iter().copied());
    let others: BTreeSet<_> = sides.filter(|side| *side != probe.id.key()).collect();
    others.into_iter().collect()
}

/// A milestone or a task, as it is folded here.
enum Folded {
    Milestone(Milestone),
    Task(Task),
}

impl Folded {
    fn unborn(stream: &StreamId) -> Option<Self> {
        let slug = |text| Slug::new(text).expect("a stream's name has slugs");
        Some(match stream.name() {
            StreamName::Project => return None,
            StreamName::Milestone(id) => Self::Milestone(Milestone::unborn(slug(id))),
            StreamName::Task(origin, task) => Self::Task(Task::unborn(slug(origin), slug(task))),
        })
    }

    fn evolve(&mut self, event: &Event<'_>, at: &At<'_>) {
        match self {
            Self::Milestone(milestone) => milestone.evolve(event, at),
            Self::Task(task) => task.evolve(event, at),
        };
    }

    fn document(&self) -> Document {
        match self {
            Self::Milestone(milestone) => Document::of_milestone(milestone),
            Self::Task(task) => Document::of_task(task),
        }
    }
}

/// Folds by brute force: each stream's document and heads.
fn fold_slowly(records: &[Record<'_>]) -> BTreeMap<StreamId, (Document, Vec<RecordKey>)> {
    let mut streams: BTreeMap<StreamId, (Folded, Known)> = BTreeMap::new();
    let mut commands = BTreeSet::new();
    for record in records {
        let again =
            record.command_id.as_deref().is_some_and(|id| !commands.insert(CommandKey::split(id)));
        for (stream, reads) in streams_of(record) {
            let Some(unborn) = Folded::unborn(&stream) else { continue };
            let (folded, known) =
                streams.entry(stream.clone()).or_insert_with(|| (unborn, Known::default()));
            let concurrent = known.concurrent(&reads);
            for (index, event) in record.events.iter().enumerate() {
                if again || event.stream().as_ref() != Some(&stream) {
                    continue;
                }
                let time = event.at.unwrap_or(record.timestamp);
                let by = event.by.as_deref().unwrap_or(&record.actor);
                let (key, clock) = (record.id.key(), record.clock);
                folded.evolve(event, &At { key, clock, time, by, index, concurrent: &concurrent });
            }
            known.push(record.id.key(), &reads);
        }
    }
    let shown = |(stream, (folded, known)): (StreamId, (Folded, Known))| {
        (stream, (folded.document(), known.heads()))
    };
    streams.into_iter().map(shown).collect()
}

/// What the core makes of the same log.
fn fold_fast(store: &MemoryStore) -> BTreeMap<StreamId, (Document, Vec<RecordKey>)> {
    let state = folded(store).state;
    let heads = |stream: &StreamId| {
        let mut heads = state.frontier(stream.as_str());
        heads.sort();
        heads
    };
    let milestones = state
        .milestones()
        .into_iter()
        .map(|milestone| (milestone.stream(), Document::of_milestone(&milestone)));
    let tasks = state.task_streams().into_iter().map(|stream| {
        let task = state.task(stream.as_str()).expect("it has just been named");
        (stream, Document::of_task(&task))
    });
    milestones.chain(tasks).map(|(stream, doc)| (stream.clone(), (doc, heads(&stream)))).collect()
}

/// Kinds that keep to few streams, so that much is concurrent.
const FEW: [&str; 4] =
    ["milestone_edited", "milestone_started", "milestone_cancelled", "milestone_reopened"];

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn what_a_record_did_not_know_of_is_what_it_cannot_reach(
        history in histories_of_kinds(3, 16, &FEW),
        lost in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut lines = history.union().lines();
        lines.sort();
        if let Some(lost) = lost {
            lines.remove(lost.index(lines.len()));
        }
        let records = in_order(&lines);
        let silent: Vec<Record<'_>> = records
            .iter()
            .map(|record| Record { events: Few::default(), command_id: None, ..record.clone() })
            .collect();
        let mut streams: BTreeMap<StreamId, Known> = BTreeMap::new();
        for (place, record) in records.iter().enumerate() {
            for (stream, reads) in streams_of(record) {
                let known = streams.entry(stream.clone()).or_default();
                if stream != StreamId::project() {
                    let asked = asked(&silent[..place], record, &stream);
                    prop_assert_eq!(asked, known.concurrent(&reads), "{} of {}", record.id, stream);
                }
                known.push(record.id.key(), &reads);
            }
        }
    }

    #[test]
    fn a_fold_by_brute_force_is_the_same(history in histories(3, 14)) {
        let store = history.union();
        let lines = store.lines();
        prop_assert_eq!(fold_fast(&store), fold_slowly(&in_order(&lines)));
    }

    #[test]
    fn a_fold_of_few_streams_by_brute_force_is_the_same(
        history in histories_of_kinds(3, 16, &FEW),
    ) {
        let store = history.union();
        let lines = store.lines();
        prop_assert_eq!(fold_fast(&store), fold_slowly(&in_order(&lines)));
    }
}

/// A record that has read nothing where it should have is concurrent to everything.
#[test]
fn a_record_that_read_nothing_knew_of_nothing() {
    let lines = histories_lines();
    let records = in_order(&lines);
    let last = records.last().unwrap();
    let blind = Record { reads: Reads::default(), ..last.clone() };
    let before: Vec<Record<'_>> = records[..records.len() - 1].to_vec();
    let silent: Vec<Record<'_>> =
        before.iter().map(|record| Record { events: Few::default(), ..record.clone() }).collect();
    let stream = last.events[0].stream().unwrap();
    let mut expected: Vec<RecordKey> = before
        .iter()
        .filter(|record| streams_of(record).contains_key(&stream))
        .map(|record| record.id.key())
        .collect();
    expected.sort();
    assert_eq!(expected.len(), 2);
    assert_eq!(asked(&silent, &blind, &stream), expected);
}

fn histories_lines() -> Vec<String> {
    let mut replica = milestone_testkit::Replica::new("ann");
    for _ in 0..3 {
        replica.write(&[Event::of("api", Body::MilestoneStarted(Transition::default()))]);
    }
    replica.store().lines()
}
