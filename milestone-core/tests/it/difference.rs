//! What differs between two moments of a log: nothing where their fingerprints are equal and every
//! task is where it was, and else enough to make one from the other.

use std::collections::BTreeMap;

use milestone_core::domain::{Plan, Stage};
use milestone_core::projection::{
    Difference, Document, Fate, Fingerprint, MemberChange, State, ValueChange, difference,
    difference_of,
};
use milestone_core::words::StreamId;
use milestone_testkit::{MemoryStore, histories};
use proptest::prelude::*;
use serde_json::Value;

use crate::common::{cases, folded};

type Members = BTreeMap<String, Value>;

fn shown(state: &State) -> BTreeMap<StreamId, Members> {
    let milestones = state.milestones().into_iter();
    let mut all: BTreeMap<_, _> =
        milestones.map(|held| (held.stream(), Document::of_milestone(&held).members())).collect();
    for stream in state.task_streams() {
        let task = state.task(stream.as_str()).expect("it was listed");
        if task.item.stage != Stage::Removed {
            let mut members = Document::of_task(&task).members();
            members.insert("milestone".to_owned(), task.home.as_str().into());
            all.insert(stream, members);
        }
    }
    all
}

/// Does to `all` what the differences say; their order in a list is that of the entries that stay,
/// then of those that came.
fn apply(
    mut all: BTreeMap<StreamId, Members>,
    all_of: &[Difference],
) -> BTreeMap<StreamId, Members> {
    for Difference { stream, fate, members } in all_of {
        if *fate == Fate::Removed {
            all.remove(stream);
            continue;
        }
        let held = all.entry(stream.clone()).or_default();
        for MemberChange { member, change } in members {
            match change {
                ValueChange::Value { to: Some(to), .. } => {
                    held.insert(member.clone(), to.clone());
                }
                ValueChange::Value { to: None, .. } => {
                    held.remove(member);
                }
                ValueChange::Entries { added, removed, changed } => {
                    let list = held.remove(member).unwrap_or_else(|| Value::Array(Vec::new()));
                    let mut list = list.as_array().expect("it has entries").clone();
                    list.retain(|entry| !removed.contains(entry));
                    for entry in &mut list {
                        if let Some((_, to)) = changed.iter().find(|(from, _)| from == entry) {
                            *entry = to.clone();
                        }
                    }
                    list.extend(added.iter().cloned());
                    if !list.is_empty() {
                        held.insert(member.clone(), Value::Array(list));
                    }
                }
            }
        }
    }
    all
}

/// Lists without their order: where an entry came in between is not said.
fn sorted(mut all: BTreeMap<StreamId, Members>) -> BTreeMap<StreamId, Members> {
    for member in all.values_mut().flat_map(|members| members.values_mut()) {
        if let Value::Array(list) = member {
            list.sort_by_key(ToString::to_string);
        }
    }
    all
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn nothing_differs_exactly_where_fingerprints_are_equal(
        (lines, one, other) in histories(3, 14).prop_flat_map(|history| {
            let lines = history.union().lines();
            let count = lines.len();
            (Just(lines), 0..=count, 0..=count)
        }),
    ) {
        let before = folded(&MemoryStore::from_lines(&lines[..one])).state;
        let after = folded(&MemoryStore::from_lines(&lines[..other])).state;
        let found = difference(&before, &after);
        let equal = Fingerprint::of_state(&before) == Fingerprint::of_state(&after);
        // The fingerprint does not say which milestone a task is in.
        let moved = equal && found.iter().all(|one| matches!(&one.members[..],
            [MemberChange { member, .. }] if member == "milestone"));
        prop_assert_eq!(found.is_empty(), equal && shown(&before) == shown(&after));
        prop_assert!(found.is_empty() || !equal || moved, "{:?}", found);
        prop_assert_eq!(sorted(apply(shown(&before), &found)), sorted(shown(&after)));
        for one in &found {
            let alone = difference_of(&before, &after, &one.stream);
            prop_assert_eq!(alone.as_ref(), Some(one));
        }
    }
}
