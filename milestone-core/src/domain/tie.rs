//! How one thing depends on another: the four kinds, and the lag.
//!
//! Start at [`Terms`]; a [`Tie`] is a dependency whose terms are not the plain ones, or that is on
//! something in another project.
//!
//! - **Invariant.** A dependency of which nothing more is said is finish-start without lag, so that
//!   records from before there were kinds mean what they meant.
//! - **Source.** The four kinds and the lag: J. W. Fondahl's precedence diagrams, as in Project
//!   Management Institute, "Practice Standard for Scheduling", 3rd ed. (2019), 2.4.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::words::{MINUTES_PER_DAY, StreamId, Timestamp};

/// The longest lag, either way: 1,000 weeks, as for durations.
pub const LAG_MINUTES_MAX: i32 = 2_400_000;

/// Most bytes of a reference to another project.
pub const ELSEWHERE_BYTES_MAX: usize = 512;

const MICROS_PER_MINUTE: i64 = 60_000_000;
const MICROS_PER_DAY: i64 = 24 * 60 * MICROS_PER_MINUTE;
const WORKING_DAYS_PER_WEEK: i64 = 5;

/// Which end waits for which.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum TieKind {
    /// It starts after the other is finished.
    #[default]
    #[serde(rename = "fs")]
    FinishStart,
    /// It starts after the other has started.
    #[serde(rename = "ss")]
    StartStart,
    /// It is finished after the other is finished.
    #[serde(rename = "ff")]
    FinishFinish,
    /// It is finished after the other has started.
    #[serde(rename = "sf")]
    StartFinish,
}

impl TieKind {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::FinishStart, Self::StartStart, Self::FinishFinish, Self::StartFinish];

    /// The two letters that people and records write.
    pub fn word(self) -> &'static str {
        match self {
            Self::FinishStart => "fs",
            Self::StartStart => "ss",
            Self::FinishFinish => "ff",
            Self::StartFinish => "sf",
        }
    }

    /// The name in full.
    pub fn name(self) -> &'static str {
        match self {
            Self::FinishStart => "finish-start",
            Self::StartStart => "start-start",
            Self::FinishFinish => "finish-finish",
            Self::StartFinish => "start-finish",
        }
    }

    /// The kind that is written so, in two letters or in full.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word || kind.name() == word)
    }

    /// True if it keeps something from starting, false if it keeps it from being finished.
    pub fn holds_start(self) -> bool {
        matches!(self, Self::FinishStart | Self::StartStart)
    }

    /// True if the other must be finished, false if it must have started.
    pub fn wants_finish(self) -> bool {
        matches!(self, Self::FinishStart | Self::FinishFinish)
    }
}

/// What a dependency says besides on what it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Terms {
    /// Which end waits for which.
    pub kind: TieKind,
    /// Working minutes that have to pass in between; below zero they overlap.
    pub lag: i32,
}

impl Terms {
    /// True for finish-start without lag.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// A dependency that is not plain, or is on something in another project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tie {
    /// The stream, or `PATH#REF` in another project.
    pub on: Box<str>,
    /// Which end waits for which.
    pub kind: TieKind,
    /// Working minutes in between.
    pub lag: i32,
}

impl Tie {
    /// A dependency on `on`.
    pub fn new(on: &str, terms: Terms) -> Self {
        Self { on: on.into(), kind: terms.kind, lag: terms.lag }
    }

    /// Its terms.
    pub fn terms(&self) -> Terms {
        Terms { kind: self.kind, lag: self.lag }
    }

    /// True if it is on something in another project.
    pub fn is_elsewhere(&self) -> bool {
        Elsewhere::of(&self.on).is_some()
    }
}

/// Something in another project: `../other#milestone` or `../other#milestone/task`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elsewhere<'a> {
    /// The way there, from the directory that this project's `.milestones` is in.
    pub path: &'a str,
    /// The id of a milestone there, or `milestone/task`.
    pub reference: &'a str,
}

impl<'a> Elsewhere<'a> {
    /// Takes a reference apart; `None` if it is none. The path is relative, for what is absolute on
    /// one machine is somewhere else on the next.
    pub fn of(text: &'a str) -> Option<Self> {
        let (path, reference) = text.rsplit_once('#')?;
        let relative = !path.is_empty() && !path.starts_with(['/', '~']) && !path.contains('\\');
        let printable = !text.chars().any(char::is_control);
        let named = reference != StreamId::PROJECT && StreamId::valid(reference);
        (relative && printable && named && text.len() <= ELSEWHERE_BYTES_MAX)
            .then_some(Self { path, reference })
    }
}

/// A moment `minutes` of working time later. Whole working days of eight hours go from Monday to
/// Friday, by the days of UTC, and keep the time of day; what is left of a day is added as it is.
pub fn after_working(at: Timestamp, minutes: u32) -> Timestamp {
    let days = i64::from(minutes / MINUTES_PER_DAY);
    let rest = i64::from(minutes % MINUTES_PER_DAY);
    let from = at.0.div_euclid(MICROS_PER_DAY);
    // Monday is 0; the first of January 1970 was a Thursday.
    let weekday = |day: i64| (day + 3).rem_euclid(7);
    let mut day = from + days / WORKING_DAYS_PER_WEEK * 7;
    for _ in 0..days % WORKING_DAYS_PER_WEEK {
        day += 1;
        while weekday(day) >= WORKING_DAYS_PER_WEEK {
            day += 1;
        }
    }
    // Whole weeks from a Saturday or Sunday end on the Friday before.
    if days > 0 && weekday(day) >= WORKING_DAYS_PER_WEEK {
        day -= weekday(day) - (WORKING_DAYS_PER_WEEK - 1);
    }
    let moved = (day - from) * MICROS_PER_DAY + rest * MICROS_PER_MINUTE;
    Timestamp(at.0.saturating_add(moved))
}

/// How a lag is written: `+2d`, `-4h`, `+30m`; nothing for none.
impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.word())?;
        if self.lag == 0 {
            return Ok(());
        }
        f.write_str(if self.lag < 0 { "-" } else { "+" })?;
        let mut left = self.lag.unsigned_abs();
        for (unit, minutes) in [('d', MINUTES_PER_DAY), ('h', 60), ('m', 1)] {
            if left >= minutes {
                write!(f, "{}{unit}", left / minutes)?;
                left %= minutes;
            }
        }
        Ok(())
    }
}

/// What is known of something in another project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Abroad {
    /// It is there.
    Known {
        /// Its title.
        title: String,
        /// True if it was given up, so that nobody waits for it.
        given_up: bool,
        /// When it was started, or else finished.
        started_at: Option<Timestamp>,
        /// When it was finished.
        completed_at: Option<Timestamp>,
    },
    /// Nobody can say how it stands, and why.
    Unknown(String),
}

/// What is known besides the log: the clock, and other projects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// What the clock says.
    pub now: Timestamp,
    /// How things in other projects stand, by reference.
    pub abroad: std::collections::BTreeMap<Box<str>, Abroad>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    /// Shown red by: counting calendar days.
    #[test]
    fn days_of_work_leave_out_the_week_end() {
        let friday = at("2026-03-06T15:00:00Z");
        for (minutes, then) in [
            (0, "2026-03-06T15:00:00Z"),
            (120, "2026-03-06T17:00:00Z"),
            (480, "2026-03-09T15:00:00Z"),
            (5 * 480, "2026-03-13T15:00:00Z"),
            (6 * 480 + 30, "2026-03-16T15:30:00Z"),
        ] {
            assert_eq!(after_working(friday, minutes), at(then), "{minutes}");
        }
        let sunday = at("2026-03-08T09:00:00Z");
        assert_eq!(after_working(sunday, 480), at("2026-03-09T09:00:00Z"));
        assert_eq!(after_working(sunday, 5 * 480), at("2026-03-13T09:00:00Z"));
        assert!(after_working(Timestamp(i64::MAX), u32::MAX) > sunday);
    }

    #[test]
    fn another_project_is_named_by_a_way_from_here() {
        let found = Elsewhere::of("../other#api/endpoints").unwrap();
        assert_eq!((found.path, found.reference), ("../other", "api/endpoints"));
        for text in [
            "api/endpoints",
            "#api",
            "/srv/other#api",
            "~/o#api",
            "../o#",
            "../o#@project",
            "..\\o#api",
            "../o#a b",
            "../o\n#api",
        ] {
            assert_eq!(Elsewhere::of(text), None, "{text}");
        }
        assert_eq!(Terms { kind: TieKind::StartStart, lag: -510 }.to_string(), "ss-1d30m");
    }
}
