//! Interface levels: how much a project shows by itself, found from what has happened in it.
//!
//! Start at [`Footing::of`] for the whole reasoning, [`Project::rise`] for what a command asks.
//!
//! - **Invariant.** A level says what is shown by default, never what a command means or may do.
//! - **Invariant.** A level that was offered stays: work that is reopened takes nothing away. It is
//!   kept in `local/level`; where that is gone, the next command finds it again.
//! - **Invariant.** At the scale of the `database` backend nothing is counted: that is the highest
//!   level already.

use std::io;
use std::path::Path;

use milestone_core::domain::{Stage, is_agent};
use milestone_core::projection::State;
use milestone_core::words::{Date, Timestamp};

use crate::journal::{Deed, DeedKind, Journal};
use crate::project::Project;
use crate::scale::Backend;

/// The highest level.
pub const LEVEL_MAX: u8 = 3;

/// So many milestones must be completed for level 1.
pub const COMPLETED_MIN: usize = 3;

/// So many of a hundred of them must have been on time, or have had no due date.
pub const ON_TIME_PERCENT_MIN: usize = 80;

/// So many people must have recorded something for level 2.
pub const PEOPLE_MIN: usize = 2;

/// The level that was offered, in the project's directory.
const OFFERED: &str = "local/level";

const DAY_MICROS: i64 = 86_400_000_000;

/// What speaks for which level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footing {
    /// Milestones that were completed, archived ones included.
    pub completed: usize,
    /// How many of them were on time or had no due date.
    pub on_time: usize,
    /// Who recorded something and is no agent.
    pub people: usize,
    /// The backend that the project has.
    pub backend: Backend,
}

impl Footing {
    /// Counts everything.
    pub fn of(state: &State, backend: Backend) -> Self {
        let (mut completed, mut on_time) = (0, 0);
        for milestone in state.milestones() {
            let item = &milestone.item;
            let done = match item.stage {
                Stage::Done => true,
                Stage::Archived => item.archived_from == Some(Stage::Done),
                _ => false,
            };
            if done {
                completed += 1;
                let late =
                    item.due.zip(item.completed_at).is_some_and(|(due, at)| is_late(due, at));
                on_time += usize::from(!late);
            }
        }
        Self { completed, on_time, people: people(state), backend }
    }

    /// True if enough was completed, and enough of it on time.
    pub fn reaches_rich(&self) -> bool {
        self.completed >= COMPLETED_MIN
            && self.on_time * 100 >= self.completed * ON_TIME_PERCENT_MIN
    }

    /// The level that it comes to.
    pub fn level(&self) -> u8 {
        match self {
            footing if footing.backend == Backend::Database => LEVEL_MAX,
            footing if footing.people >= PEOPLE_MIN => 2,
            footing if footing.reaches_rich() => 1,
            _ => 0,
        }
    }
}

/// Later than the day after the due date anywhere on earth: nobody is late because of a time zone.
fn is_late(due: Date, at: Timestamp) -> bool {
    at.0.div_euclid(DAY_MICROS) > due.days() + 1
}

fn people(state: &State) -> usize {
    state.actors().iter().filter(|(actor, _)| !is_agent(actor)).count()
}

/// The level that was offered to the project whose directory is `root`, if any was.
pub fn offered_level(root: &Path) -> Option<u8> {
    let text = std::fs::read_to_string(root.join(OFFERED)).ok()?;
    text.trim().parse().ok().filter(|level| *level <= LEVEL_MAX)
}

impl Project {
    /// What speaks for which level.
    pub fn footing(&self) -> Footing {
        Footing::of(&self.state, self.current.backend)
    }

    /// The level that the project has reached since one was offered last; `None` if none. Only
    /// what can have changed is counted: milestones if `completed` says that some were.
    pub fn rise(&self, completed: bool) -> Option<u8> {
        let offered = offered_level(&self.root);
        let level = match self.current.backend {
            Backend::Database => LEVEL_MAX,
            _ if offered >= Some(2) => return None,
            _ if people(&self.state) >= PEOPLE_MIN => 2,
            _ if offered >= Some(1) || !(completed || offered.is_none()) => return None,
            _ => self.footing().level(),
        };
        (level > offered.unwrap_or(0) || offered.is_none()).then_some(level)
    }

    /// Notes that a level was offered: it is what is shown from now on.
    ///
    /// # Errors
    ///
    /// What the file system says; the level is offered again then.
    pub fn offer_level(&self, level: u8, by: &str, now: Timestamp) -> io::Result<()> {
        std::fs::write(self.root.join(OFFERED), format!("{level}\n"))?;
        if level == 0 {
            return Ok(());
        }
        let what = DeedKind::LevelOffered { level };
        Journal::of(&self.root).tell(&Deed { at: now, by: by.to_owned(), what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn footing(completed: usize, on_time: usize, people: usize) -> Footing {
        Footing { completed, on_time, people, backend: Backend::File }
    }

    /// Shown red by: comparing with `>`; asking for all to be on time; an order of the levels.
    #[test]
    fn levels_are_reached_at_their_thresholds() {
        for (counts, level) in [
            ((2, 2, 1), 0),
            ((3, 3, 1), 1),
            ((3, 2, 1), 0),
            ((5, 4, 1), 1),
            ((10, 7, 1), 0),
            ((0, 0, 2), 2),
            ((3, 3, 2), 2),
            ((0, 0, 0), 0),
        ] {
            let (completed, on_time, people) = counts;
            assert_eq!(footing(completed, on_time, people).level(), level, "{counts:?}");
        }
        let large = Footing { backend: Backend::Database, ..footing(0, 0, 1) };
        assert_eq!(large.level(), 3);
    }

    /// Shown red by: counting the due day itself as late.
    #[test]
    fn nobody_is_late_because_of_a_time_zone() {
        let due = Date::from_days(20_000);
        assert!(!is_late(due, Timestamp(20_001 * DAY_MICROS + 3_600_000_000)));
        assert!(is_late(due, Timestamp(20_002 * DAY_MICROS)));
    }
}
