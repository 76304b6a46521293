//! Orders: by which keys things are sorted, and how keys compare.
//!
//! Start at [`MILESTONE_ORDER`] and [`TASK_ORDER`], the orders of lists that were given none.
//!
//! - **Invariant.** Every order is total: equal keys are told apart by the names of streams, as
//!   bytes.
//! - **Invariant.** What lacks a key comes last, whichever way the key points.

use std::cmp::Ordering;

use super::ast::{Query, Sort};
use super::cursor::{Cursor, Key};
use super::error::{QueryError, QueryFault};
use super::field::{DayField, Field, LinkField, NumberField};
use super::print::sort_text;
use crate::domain::{Priority, Stage};
use crate::words::StreamId;

const fn up(by: Field) -> Sort {
    Sort { by, descending: false }
}

/// The order of milestones, if none is asked for: what is under way, what is to come, what is
/// paused, what is over, each by its due day.
pub const MILESTONE_ORDER: &[Sort] = &[up(Field::Status), up(Field::Day(DayField::Due))];

/// The order of tasks, if none is asked for: by their milestones, and by their numbers there.
pub const TASK_ORDER: &[Sort] =
    &[up(Field::Link(LinkField::In)), up(Field::Number(NumberField::Number))];

/// The ranks of priorities in [`NumberField::Priority`].
pub const PRIORITY_RANKS: [(&str, Priority, i64); 4] = [
    ("low", Priority::Low, 0),
    ("medium", Priority::Medium, 1),
    ("high", Priority::High, 2),
    ("critical", Priority::Critical, 3),
];

/// The rank of a stage in an order by status: what is under way comes first.
pub const fn status_rank(stage: Stage) -> i64 {
    match stage {
        Stage::Underway => 0,
        Stage::Open => 1,
        Stage::Paused => 2,
        Stage::Done => 3,
        Stage::Cancelled => 4,
        Stage::Archived => 5,
        Stage::Removed => 6,
    }
}

impl Query {
    /// Puts in the order that is meant where the query says none; the cursor's own, if there is
    /// one. To be called before the query is answered.
    ///
    /// # Errors
    ///
    /// [`QueryFault::OtherOrder`]: the cursor is of a list in another order than the query's.
    pub fn ordered(&mut self, otherwise: &[Sort]) -> Result<(), QueryError> {
        let of = self.after.as_ref().map(|cursor| &cursor.sort);
        if self.sort.is_empty() {
            let of = of.filter(|of| !of.is_empty());
            self.sort = of.cloned().unwrap_or_else(|| otherwise.to_vec());
        }
        match of {
            Some(of) if *of != self.sort => {
                let named = |sort: &[Sort]| match sort {
                    [] => "urgency".to_owned(),
                    sort => sort_text(sort),
                };
                let (of, by) = (named(of), named(&self.sort));
                Err(QueryError { at: 0..0, fault: QueryFault::OtherOrder { of, by } })
            }
            _ => Ok(()),
        }
    }
}

/// How two places in an order compare.
pub(super) fn compare(
    sort: &[Sort],
    one: (&[Option<Key>], &StreamId),
    other: (&[Option<Key>], &StreamId),
) -> Ordering {
    for (at, key) in sort.iter().enumerate() {
        let pair =
            (one.0.get(at).and_then(Option::as_ref), other.0.get(at).and_then(Option::as_ref));
        let order = match pair {
            (Some(one), Some(other)) if key.descending => other.cmp(one),
            (Some(one), Some(other)) => one.cmp(other),
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
        };
        if order.is_ne() {
            return order;
        }
    }
    one.1.cmp(other.1)
}

/// True if a place comes behind the cursor.
pub(super) fn is_behind(cursor: &Cursor, keys: &[Option<Key>], stream: &StreamId) -> bool {
    compare(&cursor.sort, (keys, stream), (&cursor.keys, &cursor.stream)).is_gt()
}
