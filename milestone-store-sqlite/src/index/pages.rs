//! Pages of what can be started now, off an index: a page costs a page.
//!
//! - **Absent on purpose.** Conditions, and other orders: `query` has them. The order of urgency is
//!   none that a query can name.

use milestone_core::words::StreamId;
use rusqlite::params;

use super::base::{IndexBase, stream_at};

/// A task that can be started now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyRow {
    /// Its stream.
    pub stream: StreamId,
    /// How many unfinished things wait for it.
    pub waited_for_by: usize,
}

impl IndexBase {
    /// Tasks that can be started now, in the order of `domain::ready`: `limit` of them after the
    /// first `offset`. The order depends on no day: what is overdue is due before the rest.
    pub fn ready_page(&self, offset: usize, limit: usize) -> Vec<ReadyRow> {
        self.page(
            "SELECT s.name, t.waited_for_by FROM items t INDEXED BY items_ready
             JOIN streams s ON s.id = t.id WHERE t.ready
             ORDER BY t.due_order, t.waited_for_by DESC, t.born_clock, t.born_record, t.reference
             LIMIT ? OFFSET ?",
            (offset, limit),
            |row| Ok(ReadyRow { stream: stream_at(row, 0)?, waited_for_by: row.get(1)? }),
        )
    }

    fn page<T>(
        &self,
        sql: &str,
        (offset, limit): (usize, usize),
        make: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Vec<T> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_map(params![limit, offset], make)?.collect()
        })
    }
}
