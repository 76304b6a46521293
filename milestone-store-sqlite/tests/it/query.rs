//! Queries: off the tables they have the answers that they have from memory, page by page.
//!
//! - **Absent on purpose.** What is right: `query` of the core has a plain search for that.

use milestone_core::projection::{State, project};
use milestone_core::query::{
    Condition, Cursor, Flag, Key, MILESTONE_ORDER, Match, Query, Scope, Sort, TASK_ORDER, Test,
    TextField, select,
};
use milestone_core::words::StreamId;
use milestone_store_sqlite::{Index, IndexBase};
use milestone_testkit::{
    History, conditions, held_words, histories, histories_of_kinds, orders, single_writer,
};
use proptest::prelude::*;

use crate::support::{cases, folded};

/// Kinds of which dependencies, moves, blockers and phases are made.
const EDGES: [&str; 12] = [
    "milestone_created",
    "task_added",
    "task_added",
    "dependency_added",
    "task_moved",
    "task_removed",
    "task_completed",
    "milestone_archived",
    "blocker_raised",
    "workflow_enabled",
    "phase_submitted",
    "phase_approved",
];

fn many() -> impl Strategy<Value = History> {
    prop_oneof![histories(3, 14), single_writer(40), histories_of_kinds(2, 30, &EDGES)]
}

fn shelved() -> Condition {
    Test::Flag(Flag::Shelved).into()
}

/// Random ones, and those of the lists that are asked for most.
fn asked() -> impl Strategy<Value = (Scope, Condition, Vec<Sort>)> {
    let scope = proptest::sample::select(vec![Scope::Milestones, Scope::Tasks, Scope::Both]);
    let ready = || Condition::from(Test::Flag(Flag::Ready));
    let usual = vec![
        (Scope::Milestones, shelved().negated(), MILESTONE_ORDER.to_vec()),
        (Scope::Milestones, Condition::everything(), MILESTONE_ORDER.to_vec()),
        (Scope::Tasks, shelved().negated(), TASK_ORDER.to_vec()),
        (Scope::Tasks, ready(), TASK_ORDER.to_vec()),
        (Scope::Tasks, ready().negated(), Vec::new()),
    ];
    prop_oneof![
        8 => (scope, conditions(held_words()), orders()),
        1 => proptest::sample::select(usual),
    ]
}

fn key() -> impl Strategy<Value = Option<Key>> {
    let number = prop_oneof![-2..100i64, 20_700..20_960i64, any::<i64>()];
    prop::option::of(prop_oneof![number.prop_map(Key::Number), "[a-z]{0,2}".prop_map(Key::Text),])
}

fn open(history: &History, dir: &std::path::Path) -> (State, IndexBase) {
    let (log, path) = (history.union(), dir.join("index.sqlite"));
    let now = folded(&log);
    project(&log, &now.state, &now.checkpoint, &mut Index::new(&path)).unwrap();
    (now.state, IndexBase::open(&path).unwrap().unwrap())
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn the_tables_answer_what_memory_answers(
        history in many(),
        asked in prop::collection::vec((asked(), prop::option::of(0..5u32)), 12),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (state, base) = open(&history, dir.path());
        for ((scope, condition, sort), limit) in asked {
            let mut query = Query { condition, sort, limit, after: None };
            loop {
                let should = select(&state, scope, &query);
                let is = base.select(scope, &query);
                prop_assert_eq!(is.as_ref(), Some(&should), "{:?} {}", scope, query);
                let Some(next) = should.next else { break };
                query.after = Some(next);
            }
        }
        prop_assert!(!base.is_damaged());
    }

    /// A cursor is typed by people: any key may be in it.
    #[test]
    fn any_place_is_a_place(
        history in many(),
        (scope, condition, sort) in asked(),
        keys in prop::collection::vec(key(), 3),
        stream in proptest::sample::select(vec!["api", "api/plan", "docs", "web/build", "zz"]),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (state, base) = open(&history, dir.path());
        let (keys, stream) = (keys[..sort.len()].to_vec(), StreamId::parse(stream).unwrap());
        let after = Some(Cursor { sort: sort.clone(), keys, stream });
        let query = Query { condition, sort, limit: Some(3), after };
        if let Some(is) = base.select(scope, &query) {
            prop_assert_eq!(is, select(&state, scope, &query));
        }
        prop_assert!(!base.is_damaged());
    }
}

/// What is too much for SQL is said to be, and is no damage.
#[test]
fn what_is_too_much_is_left_to_memory() {
    let dir = tempfile::tempdir().unwrap();
    let nothing = History { clones: 1, ops: Vec::new() };
    let (_, base) = open(&nothing, dir.path());
    let word = || Condition::from(Test::Text(TextField::Any, Match::Part, "a".to_owned()));
    let of = |condition| Query { condition, ..Query::default() };
    let (most, more) = ((0..255).map(|_| word()).collect(), (0..256).map(|_| word()).collect());
    assert!(base.select(Scope::Both, &of(Condition::any(most))).is_some());
    assert!(base.select(Scope::Both, &of(Condition::any(more))).is_none());
    assert!(!base.is_damaged());
}
