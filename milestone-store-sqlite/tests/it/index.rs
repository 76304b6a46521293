//! The index: brought up to date it is what it is when built, it answers what a fold answers, and
//! it shows what the YAML view shows.

use std::path::Path;
use std::sync::Arc;

use milestone_core::domain::{Plan, Ready, ready};
use milestone_core::projection::{
    Base, Caught, CommandKey, Fingerprint, Projection, State, Work, project, restore,
};
use milestone_core::words::{Date, Slug};
use milestone_store_file::view::YamlView;
use milestone_store_sqlite::{Index, IndexBase, ReadyPage};
use milestone_testkit::{
    Damage, History, MILESTONES, MemoryStore, TASKS, check_projection, harmless, histories,
    histories_of_kinds,
};
use proptest::prelude::*;

use crate::support::{cases, each_log, folded};

#[test]
fn it_is_a_projection() {
    let dir = tempfile::tempdir().unwrap();
    check_projection(|| Index::new(dir.path().join("index.sqlite")));
}

/// Everything that anybody may ask a plan.
fn answers(state: &State) -> Vec<String> {
    let mut said = vec![format!("{:?}", state.framed_project())];
    let ids = state.milestone_ids();
    said.push(format!("{ids:?} {:?}", state.task_streams()));
    let lasts: Vec<i64> = ids.iter().map(|id| state.last_position(id.as_str())).collect();
    said.push(format!("{lasts:?}"));
    let heads = |stream: &str| {
        let mut heads = state.frontier(stream);
        heads.sort();
        heads
    };
    for id in ids.iter().map(Slug::as_str).chain(MILESTONES) {
        let (milestone, rows) = (state.milestone(id), state.rows(id));
        said.push(format!("{id} {milestone:?} {:?} {rows:?}", heads(id)));
        said.push(format!("{:?} {:?}", state.dependents(id), state.external(id)));
        said.push(TASKS.iter().map(|slug| format!("{} ", state.has_slug(id, slug))).collect());
        for stream in TASKS.map(|slug| format!("{id}/{slug}")) {
            let task = (state.task(&stream), state.brief(&stream), state.dependents(&stream));
            said.push(format!("{stream} {task:?} {:?}", heads(&stream)));
        }
    }
    let externals = state.milestones().into_iter().filter_map(|m| m.item.external_id.clone());
    let externals: Vec<_> = externals.collect();
    said.extend(externals.iter().map(|id| format!("{id} {:?}", state.external(id))));
    said.push(format!("{:?} {:?}", state.commands(), state.actors()));
    said.extend(
        (0..2).map(|key| format!("{:?}", state.command(&CommandKey::of(&format!("key-{key}"))))),
    );
    said
}

/// A reader of one log that keeps nothing between commands but the index, as a process does.
struct Reader<'d> {
    dir: &'d Path,
}

impl Reader<'_> {
    fn index(&self) -> Index {
        Index::new(self.dir.join("index.sqlite"))
    }

    fn base(&self) -> Option<IndexBase> {
        IndexBase::open(self.dir.join("index.sqlite")).unwrap()
    }

    /// Begins at the index and brings it up to date, as a command does.
    fn catch_up(&self, log: &MemoryStore) -> (Caught, Work) {
        let caught = match self.base() {
            Some(base) => {
                let known = base.checkpoint().clone();
                let base: Arc<dyn Base> = Arc::new(base);
                restore(log, &base, &known).unwrap()
            }
            None => folded(log),
        };
        let work = project(log, &caught.state, &caught.checkpoint, &mut self.index()).unwrap();
        (caught, work)
    }

    /// What is not as it should be, after it was brought up to date.
    fn complaints(&self, log: &MemoryStore, work: &Work) -> Vec<String> {
        let now = folded(log);
        let mut complaints = Vec::new();
        let base = self.base().unwrap();
        if !base.checkpoint().same_records(&now.checkpoint) {
            complaints.push("the checkpoint is of other records".to_owned());
        }
        let shown = self.index().fingerprint().unwrap();
        if shown != Fingerprint::of_state(&now.state) {
            complaints.push("the fingerprint is not that of the state".to_owned());
        }
        complaints.extend(pages(&base, &now.state));
        let base = Arc::new(base);
        let state = State::from_base(Arc::clone(&base) as Arc<dyn Base>);
        let (is, should) = (answers(&state), answers(&now.state));
        let differs = is.iter().zip(&should).find(|(is, should)| is != should);
        complaints.extend(differs.map(|(is, should)| format!("{is}\nshould be\n{should}")));
        if base.is_damaged() {
            complaints.push("something could not be read".to_owned());
        }
        let scratch = tempfile::tempdir().unwrap();
        let faults = self.index().check(log, scratch.path().join("fresh.sqlite")).unwrap();
        complaints.extend(faults.iter().map(|fault| format!("{fault:?}")));
        complaints.iter().map(|complaint| format!("after {work:?}: {complaint}")).collect()
    }
}

/// What can be started, off the index, against the rules.
fn pages(base: &IndexBase, state: &State) -> Vec<String> {
    let today = Date::from_days(20_800);
    let (rows, held) = ready(state, today);
    let said = |row: &Ready| {
        let task = state.task(row.stream.as_str()).expect("it is ready");
        (task.item.title.to_string(), task.item.estimate)
    };
    let said = rows.iter().map(said).collect();
    let should = ReadyPage { total: rows.len(), held: held.len(), said, rows };
    let is = base.ready_page(today, 1_000);
    let differ = is != should;
    differ.then(|| format!("ready is {is:?} and should be {should:?}")).into_iter().collect()
}

fn follow(history: &History, damage: &[Damage], stops: &[bool]) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let reader = Reader { dir: dir.path() };
    let (mut place, mut complaints) = (0, Vec::new());
    each_log(history, damage, |log| {
        place += 1;
        if stops[place % stops.len()] && complaints.is_empty() {
            let (_, work) = reader.catch_up(log);
            complaints = reader.complaints(log, &work);
        }
    });
    complaints
}

const EDGES: [&str; 12] = [
    "milestone_created",
    "task_added",
    "dependency_added",
    "dependency_added",
    "dependency_removed",
    "task_moved",
    "task_completed",
    "task_cancelled",
    "task_reopened",
    "milestone_completed",
    "milestone_reopened",
    "blocker_raised",
];

/// Few kinds, so that the same few dependencies come, go and close cycles.
const WAITS: [&str; 7] = [
    "dependency_added",
    "dependency_added",
    "dependency_added",
    "dependency_removed",
    "task_completed",
    "task_reopened",
    "milestone_created",
];

proptest! {
    #![proptest_config(cases(24))]

    /// Cycles included: they come and go.
    #[test]
    fn it_knows_who_waits_for_ever(history in histories_of_kinds(1, 40, &WAITS)) {
        let complaints = follow(&history, &[], &[true]);
        prop_assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }

    #[test]
    fn it_answers_what_a_fold_answers(
        history in histories(3, 14),
        damage in prop::collection::vec(harmless(), 0..3),
        stops in prop::collection::vec(any::<bool>(), 1..8),
    ) {
        let complaints = follow(&history, &damage, &stops);
        prop_assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }

    /// Who waits for whom, through forks, cycles and moves.
    #[test]
    fn it_knows_who_waits_for_whom(
        history in histories_of_kinds(2, 30, &EDGES),
        stops in prop::collection::vec(any::<bool>(), 1..8),
    ) {
        let complaints = follow(&history, &[], &stops);
        prop_assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }

    #[test]
    fn it_shows_what_the_yaml_view_shows(history in histories(3, 14)) {
        let dir = tempfile::tempdir().unwrap();
        let log = history.union();
        let now = folded(&log);
        let mut index = Index::new(dir.path().join("index.sqlite"));
        let mut view = YamlView::new(dir.path());
        project(&log, &now.state, &now.checkpoint, &mut index).unwrap();
        project(&log, &now.state, &now.checkpoint, &mut view).unwrap();
        prop_assert_eq!(index.fingerprint().unwrap(), view.fingerprint().unwrap());
    }
}
