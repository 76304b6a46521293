//! Who did how much of what, on which day.
//!
//! Start at [`Activity::count`].
//!
//! - **Invariant.** Counted per event that was applied, by whom it was really done, on the day in
//!   UTC on which it really happened.

use std::collections::{BTreeMap, HashMap};

use milestone_core::domain::Event;
use milestone_core::log::Record;
use milestone_core::words::Date;
use rusqlite::{Connection, params};

use super::facts::minutes;

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A row of `activity`, without its counts.
type Key = (String, String, String);

/// Counts that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Activity {
    names: HashMap<Box<str>, u32>,
    /// By day, actor and kind: events, minutes.
    counts: HashMap<(i64, u32, u32), (u64, u64)>,
}

impl Activity {
    /// Counts an event.
    pub(super) fn count(&mut self, record: &Record<'_>, event: &Event<'_>) {
        let at = event.at.unwrap_or(record.timestamp).0;
        let actor = self.name(event.by.as_ref().unwrap_or(&record.actor));
        let kind = self.name(event.kind());
        let counts = self.counts.entry((at.div_euclid(MICROS_PER_DAY), actor, kind)).or_default();
        counts.0 += 1;
        counts.1 += u64::from(minutes(&event.body));
    }

    fn name(&mut self, name: &str) -> u32 {
        if let Some(number) = self.names.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.insert(name.into(), number);
        number
    }

    /// The rows, sorted.
    pub(super) fn rows(&self) -> BTreeMap<Key, (u64, u64)> {
        let mut names = vec![""; self.names.len()];
        for (name, number) in &self.names {
            names[*number as usize] = name;
        }
        let row = |(key, counts): (&(i64, u32, u32), &(u64, u64))| {
            let (day, actor, kind) = *key;
            let name = |number: u32| names[number as usize].to_owned();
            ((Date::from_days(day).to_string(), name(actor), name(kind)), *counts)
        };
        self.counts.iter().map(row).collect()
    }

    /// Adds what was counted to the table, and forgets it.
    pub(super) fn write(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut add = connection.prepare_cached(
            "INSERT INTO activity VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE
             SET events = events + ?4, minutes = minutes + ?5",
        )?;
        for ((day, actor, kind), (events, minutes)) in self.rows() {
            add.execute(params![day, actor, kind, events, minutes])?;
        }
        *self = Self::default();
        Ok(())
    }
}
