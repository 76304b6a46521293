//! What differs between two states, thing by thing and member by member.
//!
//! Start at [`difference`].
//!
//! - **Invariant.** There is no difference exactly if the fingerprints of the states are equal and
//!   every task is in the same milestone: all members of [`Document`] are compared, and that.
//! - **Absent on purpose.** What is derived from several aggregates, and who changed something.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::document::Document;
use super::state::State;
use crate::domain::{Plan, Stage};
use crate::words::{Slug, StreamId, StreamName};

/// The milestone that a task is in, among the members of its document.
const MILESTONE: &str = "milestone";

/// What became of a milestone or a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It was not there before.
    Added,
    /// It is not there any longer.
    Removed,
    /// It was there and is, and is another.
    Changed,
}

/// What differs in one member of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberChange {
    /// The member's name.
    pub member: String,
    /// What became of it.
    pub change: ValueChange,
}

/// What became of a member.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueChange {
    /// It had one value and has another; `None` where it was, or is, not there.
    Value {
        /// The value before.
        from: Option<Value>,
        /// The value after.
        to: Option<Value>,
    },
    /// It is a list, and has other entries.
    Entries {
        /// Entries that were not there before.
        added: Vec<Value>,
        /// Entries that are not there any longer.
        removed: Vec<Value>,
        /// Entries of the same id that say something else: before and after.
        changed: Vec<(Value, Value)>,
    },
}

/// What differs in a milestone or a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Its stream.
    pub stream: StreamId,
    /// What became of it.
    pub fate: Fate,
    /// What differs in it, in the order of the members' names; of what was added or removed, all.
    pub members: Vec<MemberChange>,
}

/// Everything that differs between two states, in the order of streams.
pub fn difference(before: &State, after: &State) -> Vec<Difference> {
    let mut streams: BTreeSet<StreamId> = BTreeSet::new();
    for state in [before, after] {
        streams.extend(state.milestone_ids().iter().map(StreamId::milestone));
        streams.extend(state.task_streams());
    }
    streams.iter().filter_map(|stream| difference_of(before, after, stream)).collect()
}

/// What differs in one milestone or task; `None` if nothing does.
pub fn difference_of(before: &State, after: &State, stream: &StreamId) -> Option<Difference> {
    let (was, is) = (shown(before, stream), shown(after, stream));
    let fate = match (&was, &is) {
        (None, Some(_)) => Fate::Added,
        (Some(_), None) => Fate::Removed,
        _ if was == is => return None,
        _ => Fate::Changed,
    };
    let members = changes(&members(was), &members(is));
    Some(Difference { stream: stream.clone(), fate, members })
}

/// What a state shows under this name, and the milestone that a task is in. Removed tasks are not
/// shown.
fn shown(state: &State, stream: &StreamId) -> Option<(Document, Option<Slug>)> {
    match stream.name() {
        StreamName::Project => None,
        StreamName::Milestone(id) => {
            state.milestone(id).map(|held| (Document::of_milestone(&held), None))
        }
        StreamName::Task(..) => {
            let task = state.task(stream.as_str());
            let shown = task.filter(|task| task.item.stage != Stage::Removed);
            shown.map(|task| (Document::of_task(&task), Some(task.home.clone())))
        }
    }
}

fn members(shown: Option<(Document, Option<Slug>)>) -> BTreeMap<String, Value> {
    let Some((document, home)) = shown else { return BTreeMap::new() };
    let mut members = document.members();
    members.extend(home.map(|home| (MILESTONE.to_owned(), Value::String(home.to_string()))));
    members
}

fn changes(was: &BTreeMap<String, Value>, is: &BTreeMap<String, Value>) -> Vec<MemberChange> {
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let change = |name: &String| {
        let (from, to) = (was.get(name), is.get(name));
        (from != to).then(|| MemberChange { member: name.clone(), change: change(from, to) })
    };
    names.into_iter().filter_map(change).collect()
}

fn change(from: Option<&Value>, to: Option<&Value>) -> ValueChange {
    let list = |value: Option<&Value>| match value {
        None => Some(Vec::new()),
        Some(Value::Array(entries)) => Some(entries.clone()),
        Some(_) => None,
    };
    let whole = || ValueChange::Value { from: from.cloned(), to: to.cloned() };
    match (list(from), list(to)) {
        (Some(from), Some(to)) => entries(&from, &to).unwrap_or_else(whole),
        _ => whole(),
    }
}

/// What differs between two lists, if that says all: each entry once, and those that stayed in the
/// order in which they were.
fn entries(from: &[Value], to: &[Value]) -> Option<ValueChange> {
    let keyed = |list: &[Value]| -> Option<BTreeMap<String, usize>> {
        let keys: BTreeMap<String, usize> =
            list.iter().enumerate().map(|(at, entry)| (key(entry), at)).collect();
        (keys.len() == list.len()).then_some(keys)
    };
    let (was, is) = (keyed(from)?, keyed(to)?);
    let stayed = |list: &[Value], other: &BTreeMap<String, usize>| -> Vec<String> {
        list.iter().map(key).filter(|key| other.contains_key(key)).collect()
    };
    if stayed(from, &is) != stayed(to, &was) {
        return None;
    }
    let without = |list: &[Value], other: &BTreeMap<String, usize>| -> Vec<Value> {
        list.iter().filter(|entry| !other.contains_key(&key(entry))).cloned().collect()
    };
    let pair = |before: &Value| {
        let after = &to[*is.get(&key(before))?];
        (before != after).then(|| (before.clone(), after.clone()))
    };
    let (added, removed) = (without(to, &was), without(from, &is));
    Some(ValueChange::Entries { added, removed, changed: from.iter().filter_map(pair).collect() })
}

/// What an entry is known by: its id, else all that it says.
fn key(entry: &Value) -> String {
    match entry.get("id").and_then(Value::as_str) {
        Some(id) => format!("id {id}"),
        None => entry.to_string(),
    }
}

impl Serialize for MemberChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("field", &self.member)?;
        match &self.change {
            ValueChange::Value { from, to } => {
                map.serialize_entry("from", from)?;
                map.serialize_entry("to", to)?;
            }
            ValueChange::Entries { added, removed, changed } => {
                #[derive(Serialize)]
                struct Pair<'a> {
                    from: &'a Value,
                    to: &'a Value,
                }
                map.serialize_entry("added", added)?;
                map.serialize_entry("removed", removed)?;
                let pairs: Vec<_> = changed.iter().map(|(from, to)| Pair { from, to }).collect();
                map.serialize_entry("changed", &pairs)?;
            }
        }
        map.end()
    }
}
