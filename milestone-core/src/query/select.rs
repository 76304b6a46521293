//! Answering a query from a plan in memory.
//!
//! Start at [`select`].
//!
//! - **Invariant.** The answer is that of every other store of the same log.

use super::ast::{Condition, Query, Test};
use super::cursor::{Cursor, Key};
use super::field::LinkField;
use super::order::{compare, is_behind};
use super::thing::{Home, Thing};
use crate::domain::{Plan, Stage};
use crate::words::{Slug, StreamId};

/// What a query looks among. Removed tasks are never there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Milestones.
    Milestones,
    /// Tasks.
    Tasks,
    /// Both.
    Both,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its stream.
    pub stream: StreamId,
    /// What people call it now.
    pub reference: String,
    /// A task's number in its milestone.
    pub number: Option<u32>,
}

/// One page of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// What is on it, in order.
    pub found: Vec<Found>,
    /// How many things fit, on this page and all others.
    pub total: usize,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
}

/// A thing that fits, with its place in the order.
struct Place {
    keys: Vec<Option<Key>>,
    found: Found,
}

/// Answers a query. Its order is that of `query.sort`, see [`Query::ordered`].
pub fn select(plan: &dyn Plan, scope: Scope, query: &Query) -> Selection {
    let mut places: Vec<Place> = Vec::new();
    let mut total = 0;
    let mut look = |thing: &Thing<'_>| {
        if !thing.passes(&query.condition) {
            return;
        }
        total += 1;
        let keys: Vec<_> = query.sort.iter().map(|key| thing.key(key.by)).collect();
        let (stream, reference) = (thing.stream(), thing.reference());
        let found = Found { stream, reference, number: thing.number_of_task() };
        let behind = |cursor: &Cursor| is_behind(cursor, &keys, &found.stream);
        if query.after.as_ref().is_none_or(behind) {
            places.push(Place { keys, found });
        }
    };
    for id in homes(plan, &query.condition) {
        let Some(home) = Home::of(plan, &id) else { continue };
        if scope != Scope::Tasks {
            look(&Thing::milestone(&home));
        }
        if scope != Scope::Milestones {
            let kept = home.rows.iter().filter(|row| row.stage != Stage::Removed);
            for (row, number) in kept.zip(1..) {
                look(&Thing::task(&home, row, number));
            }
        }
    }
    places.sort_unstable_by(|one, other| {
        compare(&query.sort, (&one.keys, &one.found.stream), (&other.keys, &other.found.stream))
    });
    let limit = query.limit.map_or(usize::MAX, |limit| limit as usize);
    let mut next = None;
    if places.len() > limit
        && let Some(last) = limit.checked_sub(1).and_then(|last| places.get(last))
    {
        let (sort, keys) = (query.sort.clone(), last.keys.clone());
        next = Some(Cursor { sort, keys, stream: last.found.stream.clone() });
    }
    places.truncate(limit);
    Selection { found: places.into_iter().map(|place| place.found).collect(), total, next }
}

/// The milestones that have to be looked at.
fn homes(plan: &dyn Plan, condition: &Condition) -> Vec<Slug> {
    let only = |condition: &Condition| match condition {
        Condition::Test(Test::Link(LinkField::In, stream)) => Slug::new(stream.as_str()).ok(),
        _ => None,
    };
    let only = match condition {
        Condition::All(all) => all.iter().find_map(only),
        condition => only(condition),
    };
    match only {
        Some(id) => vec![id],
        None => plan.milestone_ids(),
    }
}
