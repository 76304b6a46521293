//! How large a project is, and which backend fits it.
//!
//! Start at [`Scale::of`] and [`Policy::backend_for`].
//!
//! - **Invariant.** A project moves up by itself when it passes a threshold, and never down.
//! - **Invariant.** Which backend a clone uses is a matter of its machine: no event and no
//!   committed file says it.

use std::fmt;

use milestone_core::domain::{Stage, is_agent};
use milestone_core::projection::State;
use milestone_core::words::Timestamp;
use serde::{Deserialize, Serialize};

/// Days after which somebody who recorded nothing is no longer counted.
pub const PEOPLE_DAYS: i64 = 30;

const DAY_MICROS: i64 = 86_400_000_000;

/// Where questions are answered from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    /// A fold in memory that begins at a snapshot; the YAML view.
    File,
    /// The SQLite index and analytics; the YAML view.
    Hybrid,
    /// The SQLite index, search and analytics; YAML on export.
    Database,
}

/// Which backend is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// The one that fits, never a smaller one than the present.
    #[default]
    Auto,
    /// This one, whatever the scale.
    Pinned(Backend),
}

/// From how many of each on a backend is too small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// Milestones that are not archived.
    pub milestones: usize,
    /// People of the last [`PEOPLE_DAYS`] days.
    pub people: usize,
}

/// Which backend a project has at which scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// What is asked for.
    pub choice: Choice,
    /// From here on `file` is too small.
    pub hybrid: Threshold,
    /// From here on `hybrid` is too small.
    pub database: Threshold,
}

/// How large a project is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// Milestones that are not archived.
    pub milestones: usize,
    /// Archived milestones, which do not count.
    pub archived: usize,
    /// Who recorded something in the last [`PEOPLE_DAYS`] days and is no agent, sorted.
    pub people: Vec<String>,
}

impl Backend {
    /// Every backend, the smallest first.
    pub const ALL: [Self; 3] = [Self::File, Self::Hybrid, Self::Database];

    /// Its name, as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Hybrid => "hybrid",
            Self::Database => "database",
        }
    }

    /// The backend of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|backend| backend.name() == name)
    }

    /// True if it keeps the YAML view.
    pub const fn has_view(self) -> bool {
        !matches!(self, Self::Database)
    }

    /// True if it answers from the index.
    pub const fn has_index(self) -> bool {
        !matches!(self, Self::File)
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            choice: Choice::Auto,
            hybrid: Threshold { milestones: 25, people: 5 },
            database: Threshold { milestones: 100, people: 20 },
        }
    }
}

impl Threshold {
    /// True if a scale has passed it.
    pub fn is_passed_by(&self, scale: &Scale) -> bool {
        scale.milestones >= self.milestones || scale.people.len() >= self.people
    }
}

impl Policy {
    /// The backend that a scale asks for, whatever is chosen.
    pub fn advice(&self, scale: &Scale) -> Backend {
        if self.database.is_passed_by(scale) {
            Backend::Database
        } else if self.hybrid.is_passed_by(scale) {
            Backend::Hybrid
        } else {
            Backend::File
        }
    }

    /// The backend to have, coming from `now`: the chosen one, or the one that fits if it is
    /// larger.
    pub fn backend_for(&self, scale: &Scale, now: Backend) -> Backend {
        match self.choice {
            Choice::Pinned(backend) => backend,
            Choice::Auto => self.advice(scale).max(now),
        }
    }
}

impl Scale {
    /// Measures a project at a moment.
    pub fn of(state: &State, now: Timestamp) -> Self {
        let (mut milestones, mut archived) = (0, 0);
        for milestone in state.milestones() {
            match milestone.item.stage {
                Stage::Archived => archived += 1,
                _ => milestones += 1,
            }
        }
        Self { milestones, archived, people: people(state, now) }
    }
}

fn people(state: &State, now: Timestamp) -> Vec<String> {
    let since = Timestamp(now.0.saturating_sub(PEOPLE_DAYS * DAY_MICROS));
    let counts = |(actor, last): &(String, Timestamp)| *last >= since && !is_agent(actor);
    state.actors().into_iter().filter(counts).map(|(actor, _)| actor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(milestones: usize, people: usize) -> Scale {
        let people = (0..people).map(|number| format!("p{number}")).collect();
        Scale { milestones, archived: 7, people }
    }

    /// Shown red by: comparing with `>`; forgetting the people; moving down.
    #[test]
    fn a_project_moves_up_at_the_threshold_and_never_down() {
        let policy = Policy::default();
        for (milestones, people, fits) in [
            (24, 4, Backend::File),
            (25, 0, Backend::Hybrid),
            (0, 5, Backend::Hybrid),
            (99, 19, Backend::Hybrid),
            (100, 0, Backend::Database),
            (0, 20, Backend::Database),
        ] {
            let scale = scale(milestones, people);
            assert_eq!(policy.advice(&scale), fits);
            for now in Backend::ALL {
                assert_eq!(policy.backend_for(&scale, now), fits.max(now));
                let pinned = Policy { choice: Choice::Pinned(now), ..policy };
                assert_eq!(pinned.backend_for(&scale, Backend::Database), now);
            }
        }
    }
}
