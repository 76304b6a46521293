//! What a page of a list needs, off an index: a page costs a page.
//!
//! - **Absent on purpose.** Conditions, and other orders: `query` has them. The order of urgency is
//!   none that a query can name.

use milestone_core::domain::{MilestoneProgress, Ready, Stage, status_word};
use milestone_core::words::Date;
use rusqlite::{OptionalExtension, Row};

use crate::error::odd_value;

use super::base::{IndexBase, birth_at, stream_at};

/// The tasks that can be started now, as far as they are on the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadyPage {
    /// The first of them, in the order of `domain::ready`.
    pub rows: Vec<Ready>,
    /// The title and the estimate, in minutes, of each of them: with these a list reads no task.
    pub said: Vec<(String, Option<u32>)>,
    /// How many there are.
    pub total: usize,
    /// How many pending tasks of open milestones cannot be started now.
    pub held: usize,
}

const PAGE: &str = "SELECT s.name, t.reference, t.due_order, t.waited_for_by, t.born_clock,
        t.born_record, t.title, t.estimate
    FROM items t INDEXED BY items_ready JOIN streams s ON s.id = t.id WHERE t.ready
    ORDER BY t.due_order, t.waited_for_by DESC, t.born_clock, t.born_record, t.reference, s.name
    LIMIT ?";

const COUNT: &str = "SELECT coalesce(sum(iif(ready, items, 0)), 0),
    coalesce(sum(iif(held, items, 0)), 0) FROM counts";

impl IndexBase {
    /// True if somebody waits for a time to pass, or for another project: then the tables alone do
    /// not say what can be started.
    pub fn needs_clock(&self) -> bool {
        self.ask(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM dependencies
                WHERE lag > 0 OR elsewhere IS NOT NULL)";
            connection.prepare_cached(sql)?.query_row([], |row| row.get(0))
        })
    }

    /// How a milestone stands: its progress, and the stage that counts; `None` if it is not there.
    pub fn standing(&self, id: &str) -> Option<(MilestoneProgress, Stage)> {
        let standing = |row: &Row<'_>| {
            let progress =
                MilestoneProgress { percent: row.get(0)?, done: row.get(1)?, of: row.get(2)? };
            let word = row.get_ref(3)?.as_str()?;
            let stage = Stage::ALL.into_iter().find(|stage| status_word(*stage) == word);
            Ok((progress, stage.ok_or_else(|| odd_value("there is no such status"))?))
        };
        self.ask(|connection| {
            let sql = "SELECT percent, done, of, effective FROM items
                WHERE id = (SELECT id FROM streams WHERE name = ?) AND home IS NULL";
            connection.prepare_cached(sql)?.query_row([id], standing).optional()
        })
    }

    /// The first `limit` tasks that can be started now. Their order depends on no day, for what is
    /// overdue is due before the rest; `today` says what that is.
    pub fn ready_page(&self, today: Date, limit: u32) -> ReadyPage {
        let ready = |row: &Row<'_>| {
            // What is never due has a word there that is no date.
            let due = Date::parse(row.get_ref(2)?.as_str()?);
            let said = (row.get(6)?, row.get(7)?);
            let ready = Ready {
                stream: stream_at(row, 0)?,
                reference: row.get(1)?,
                due,
                overdue: due.is_some_and(|due| due < today),
                waited_for_by: row.get(3)?,
                born: birth_at(row, 4)?,
            };
            Ok((ready, said))
        };
        self.ask(|connection| {
            let mut page = connection.prepare_cached(PAGE)?;
            let rows = page.query_map([limit], ready)?.collect::<rusqlite::Result<Vec<_>>>()?;
            let counted = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
            let (total, held) = connection.query_row(COUNT, [], counted)?;
            let (rows, said) = rows.into_iter().unzip();
            Ok(ReadyPage { rows, said, total, held })
        })
    }
}
