//! What several of the properties need: a fold with everything that can be compared of it.
//!
//! Start at [`Shown`].

use milestone_core::domain::{Plan, ProjectState};
use milestone_core::log::{Digest, LogStore};
use milestone_core::projection::{
    Caught, CommandEntry, CommandKey, Document, Fingerprint, State, rebuild,
};
use milestone_core::words::{RecordId, RecordKey, StreamId, Timestamp};
use proptest::prelude::ProptestConfig;

/// So many cases, and no file of seeds: a failure prints its history.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// The whole log, folded.
pub(crate) fn folded<S: LogStore>(store: &S) -> Caught {
    rebuild(store, "for a test").expect("a store in memory can be read")
}

/// Everything of a state and its checkpoint that must not depend on the way there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) project: ProjectState,
    pub(crate) documents: Vec<(StreamId, Document, Vec<RecordKey>)>,
    pub(crate) rows: Vec<String>,
    pub(crate) dependents: Vec<Vec<StreamId>>,
    pub(crate) commands: Vec<(CommandKey, CommandEntry)>,
    pub(crate) actors: Vec<(String, Timestamp)>,
    pub(crate) count: u64,
    pub(crate) digest: Digest,
    pub(crate) heads: Vec<RecordId>,
    pub(crate) last: Option<(u64, RecordId)>,
    pub(crate) max_clock: u64,
}

impl Shown {
    /// What a fold shows.
    pub(crate) fn of(caught: &Caught) -> Self {
        let (state, checkpoint) = (&caught.state, &caught.checkpoint);
        let ids = state.milestone_ids();
        let rows = ids.iter().map(|id| {
            let id = id.as_str();
            format!("{id}: {:?} {}", state.rows(id), state.last_position(id))
        });
        let documents = documents(state);
        Self {
            fingerprint: Fingerprint::of_state(state),
            project: (*state.project()).clone(),
            rows: rows.collect(),
            dependents: documents.iter().map(|doc| state.dependents(doc.0.as_str())).collect(),
            documents,
            commands: state.commands(),
            actors: state.actors(),
            count: checkpoint.count,
            digest: checkpoint.digest,
            heads: checkpoint.heads.clone(),
            last: checkpoint.last,
            max_clock: checkpoint.max_clock,
        }
    }
}

/// Every stream with its document and its heads, removed tasks and the project included.
fn documents(state: &State) -> Vec<(StreamId, Document, Vec<RecordKey>)> {
    let heads = |stream: &StreamId| {
        let mut heads = state.frontier(stream.as_str());
        heads.sort();
        heads
    };
    let milestones = state.milestones().into_iter().map(|milestone| {
        let stream = milestone.stream();
        let heads = heads(&stream);
        (stream, Document::of_milestone(&milestone), heads)
    });
    let tasks = state.task_streams().into_iter().filter_map(|stream| {
        let heads = heads(&stream);
        let document = Document::of_task(&*state.task(stream.as_str())?);
        Some((stream, document, heads))
    });
    milestones.chain(tasks).collect()
}
