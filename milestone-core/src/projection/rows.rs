//! The tasks of a milestone in their order: those that only the base knows, and those in memory.
//!
//! - **Invariant.** Whoever asks after each of many commands reads the base once: what was read
//!   from it stays, and only what a command changed is put together again.

use std::sync::Arc;

use crate::domain::TaskRow;

use super::state::{Aggregate, State};

impl State {
    /// The tasks of a milestone as the base has them, in their order.
    pub(super) fn rows_of_base(&self, milestone: &str) -> Arc<Vec<TaskRow>> {
        let read = || self.base.as_ref().map(|base| base.rows(milestone)).unwrap_or_default();
        self.cache.rows_of_base.get(milestone, || Arc::new(in_order(read())))
    }

    /// True if nothing newer than what the base says of this task is in memory.
    pub(super) fn is_of_base(&self, row: &TaskRow) -> bool {
        !self.index.contains_key(row.stream.as_str())
    }

    /// The tasks of a milestone as they are now.
    pub(super) fn work_out_rows(&self, milestone: &str) -> Arc<Vec<TaskRow>> {
        let of_base = self.rows_of_base(milestone);
        let children = self.children.get(milestone);
        if children.is_none() && of_base.iter().all(|row| self.is_of_base(row)) {
            return of_base;
        }
        let unchanged = of_base.iter().filter(|row| self.is_of_base(row)).cloned();
        let in_memory = children.into_iter().flat_map(|children| &children.slots);
        let in_memory = in_memory.filter_map(|at| match &self.slots[*at as usize].aggregate {
            Aggregate::Task(task) => Some(TaskRow::of(task)),
            Aggregate::Milestone(_) => None,
        });
        Arc::new(in_order(unchanged.chain(in_memory).collect()))
    }
}

fn in_order(mut rows: Vec<TaskRow>) -> Vec<TaskRow> {
    rows.sort_by(|a, b| (a.position, a.born, &a.stream).cmp(&(b.position, b.born, &b.stream)));
    rows
}
