//! Pages of the lists that people ask for most, off an index: a page costs a page.
//!
//! - **Absent on purpose.** Filters: they come with the query language.

use milestone_core::words::{Slug, StreamId};
use rusqlite::params;

use super::base::{IndexBase, stream_at};
use crate::error::odd_value;

/// A task that can be started now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyRow {
    /// Its stream.
    pub stream: StreamId,
    /// How many unfinished things wait for it.
    pub waited_for_by: usize,
}

/// A milestone, with what follows from its tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Its id.
    pub id: Slug,
    /// Whole percent.
    pub percent: u8,
    /// Tasks that are done.
    pub done: usize,
    /// Tasks that count.
    pub of: usize,
    /// The word for its status, as it counts.
    pub status: String,
    /// True if it waits for something.
    pub waiting: bool,
    /// True if something is in its way.
    pub blocked: bool,
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

    /// Milestones that are not archived or cancelled: what is under way first, then what comes,
    /// then what is over, each by its date; `limit` of them after the first `offset`.
    pub fn list_page(&self, offset: usize, limit: usize) -> Vec<ListRow> {
        self.page(
            "SELECT slug, percent, done, of, effective, waiting, blocked FROM items
             INDEXED BY items_list WHERE home IS NULL AND list_order < 4
             ORDER BY list_order, due_order, slug LIMIT ? OFFSET ?",
            (offset, limit),
            |row| {
                let id = row.get_ref(0)?.as_str()?;
                let id = Slug::new(id).map_err(|fault| odd_value(fault.to_string()))?;
                Ok(ListRow {
                    id,
                    percent: row.get(1)?,
                    done: row.get(2)?,
                    of: row.get(3)?,
                    status: row.get(4)?,
                    waiting: row.get(5)?,
                    blocked: row.get(6)?,
                })
            },
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
