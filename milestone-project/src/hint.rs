//! Hints: what a milestone shows that its people could do more easily.
//!
//! Start at [`fitting`]; [`HINTS`] lists them all, [`Memory`] is what was shown.
//!
//! - **Invariant.** Pure, from the plan: a hint is about what happened, and one milestone is all
//!   that is looked at.
//! - **Invariant.** One at a time; the same one at most once in [`HINT_EVERY_DAYS`] days and
//!   [`HINT_TIMES_MAX`] times ever.
//! - **Absent on purpose.** Whether anybody wants hints, and their words: the edges know.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

use milestone_core::domain::{Item, Plan, Stage, is_agent};
use milestone_core::projection::State;
use milestone_core::words::Timestamp;
use serde::{Deserialize, Serialize};

/// Days before the same hint is shown again.
pub const HINT_EVERY_DAYS: i64 = 7;

/// How often a hint is shown at most.
pub const HINT_TIMES_MAX: usize = 3;

/// In a milestone with more tasks nothing is looked for.
pub const HINT_TASKS_MAX: usize = 500;

/// So many notes must speak of a blocker.
const NOTES_MIN: usize = 3;

/// So many open tasks make an order worth saying.
const OPEN_MIN: usize = 8;

/// So many finished tasks say something about the rest.
const DONE_MIN: usize = 3;

/// So many tasks under way are easily lost.
const UNDERWAY_MIN: usize = 3;

const DAY_MICROS: i64 = 86_400_000_000;

/// What was shown, in the project's directory.
const MEMORY: &str = "local/hints.json";

/// What a hint is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hint {
    /// Blockers are written into notes.
    Block,
    /// Many tasks, and none comes after another.
    Order,
    /// Several people, and nobody's name at any task.
    Owner,
    /// A due date, and some tasks done: a forecast is possible.
    Forecast,
    /// Much is under way and no session was ever begun.
    Session,
}

/// Every hint, those that are worth most first.
pub const HINTS: [Hint; 5] = [Hint::Block, Hint::Owner, Hint::Order, Hint::Forecast, Hint::Session];

impl Hint {
    /// Its id, as people type it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Order => "order",
            Self::Owner => "owner",
            Self::Forecast => "forecast",
            Self::Session => "session",
        }
    }

    /// The hint with that id.
    pub fn named(id: &str) -> Option<Self> {
        HINTS.into_iter().find(|hint| hint.id() == id)
    }
}

/// The hints that fit a milestone, those that are worth most first, each with the number that
/// speaks for it.
pub fn fitting(state: &State, milestone: &str) -> Vec<(Hint, usize)> {
    let Some(held) = state.milestone(milestone) else { return Vec::new() };
    if !matches!(held.item.stage, Stage::Open | Stage::Underway)
        || state.rows(milestone).len() > HINT_TASKS_MAX
    {
        return Vec::new();
    }
    let tasks = state.tasks_of(milestone);
    let items = || std::iter::once(&held.item).chain(tasks.iter().map(|task| &task.item));
    let stage = |stage: Stage| tasks.iter().filter(|task| task.item.stage == stage).count();
    let (open, underway, done) = (stage(Stage::Open), stage(Stage::Underway), stage(Stage::Done));
    let counts = |hint: Hint| match hint {
        Hint::Block => {
            let never = items().all(|item| item.blockers.is_empty());
            let notes = items().map(notes_of_blockers).sum();
            (never && notes >= NOTES_MIN).then_some(notes)
        }
        Hint::Owner => {
            let people = state.actors();
            let people = people.iter().filter(|(who, _)| !is_agent(who)).count();
            let nobody = tasks
                .iter()
                .all(|task| task.item.owner.is_none() && task.item.assignees.is_empty());
            (people > 1 && nobody && tasks.len() > 1).then_some(people)
        }
        Hint::Order => {
            let none = tasks.iter().all(|task| task.item.dependencies.is_empty());
            (none && open >= OPEN_MIN).then_some(open)
        }
        Hint::Forecast => {
            let due = held.item.due.is_some() && open + underway > 0;
            (due && done >= DONE_MIN).then_some(done)
        }
        Hint::Session => {
            let never = state.project().sessions.is_empty();
            (never && underway >= UNDERWAY_MIN).then_some(underway)
        }
    };
    HINTS.into_iter().filter_map(|hint| Some((hint, counts(hint)?))).collect()
}

fn notes_of_blockers(item: &Item) -> usize {
    let speaks = |text: &str| {
        let text = text.to_lowercase();
        ["blocked by", "blocked on", "waiting for", "waits for"]
            .iter()
            .any(|word| text.contains(word))
    };
    item.notes.iter().filter(|note| speaks(&note.text)).count()
}

/// Which hints this machine has shown, and which nobody wants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Those that were turned off, by id.
    #[serde(default)]
    off: BTreeSet<String>,
    /// When each was shown, by id.
    #[serde(default)]
    shown: BTreeMap<String, Vec<Timestamp>>,
}

impl Memory {
    /// What is remembered for the project whose directory is `root`; nothing if that is gone.
    pub fn read(root: &Path) -> Self {
        let bytes = std::fs::read(root.join(MEMORY)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Remembers it.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn write(&self, root: &Path) -> io::Result<()> {
        let path = root.join(MEMORY);
        let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(root))?;
        serde_json::to_writer(&mut file, self)?;
        file.write_all(b"\n")?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// True if it was turned off.
    pub fn is_off(&self, hint: Hint) -> bool {
        self.off.contains(hint.id())
    }

    /// How often it was shown.
    pub fn times(&self, hint: Hint) -> usize {
        self.shown.get(hint.id()).map_or(0, Vec::len)
    }

    /// Turns a hint off, or on again as if it had never been shown.
    pub fn turn(&mut self, hint: Hint, on: bool) {
        if on {
            self.off.remove(hint.id());
            self.shown.remove(hint.id());
        } else {
            self.off.insert(hint.id().to_owned());
        }
    }

    /// True if it may be shown now.
    pub fn may_show(&self, hint: Hint, now: Timestamp) -> bool {
        let shown = self.shown.get(hint.id()).map(Vec::as_slice).unwrap_or_default();
        let lately = now.0.saturating_sub(HINT_EVERY_DAYS * DAY_MICROS);
        !self.is_off(hint) && shown.len() < HINT_TIMES_MAX && shown.iter().all(|at| at.0 <= lately)
    }

    /// Notes that it was shown.
    pub fn note(&mut self, hint: Hint, now: Timestamp) {
        self.shown.entry(hint.id().to_owned()).or_default().push(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shown red by: counting weeks from the first time; no end of it; forgetting the switch.
    #[test]
    fn a_hint_is_shown_once_a_week_and_three_times() {
        let day = |day: i64| Timestamp(1_000 * DAY_MICROS + day * DAY_MICROS);
        let (mut memory, hint) = (Memory::default(), Hint::Block);
        let mut shown = Vec::new();
        for now in 0..60 {
            if memory.may_show(hint, day(now)) {
                memory.note(hint, day(now));
                shown.push(now);
            }
        }
        assert_eq!(shown, [0, 7, 14]);
        assert!(memory.may_show(Hint::Order, day(0)));
        memory.turn(hint, true);
        assert!(memory.may_show(hint, day(60)));
        memory.turn(hint, false);
        assert!(!memory.may_show(hint, day(90)) && memory.is_off(hint));
    }
}
