//! What was found odd in the log. Opening succeeds all the same.
//!
//! Start at [`Finding`]; what is done about each kind is in the design, "What is found".
//!
//! - **Invariant.** A finding never stops a reader, and nothing is deleted because of one.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::record::LineFault;
use crate::words::RecordId;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Harmless, and usual after merges and crashes.
    Info,
    /// Worth a look: nothing is lost, but something is not as its writer left it.
    Warn,
    /// Something is missing or damaged.
    Error,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Oddity {
    /// The last line has no LF: an append that was never acknowledged.
    TornTail,
    /// The same id is there twice; it counts once.
    Duplicate(RecordId),
    /// Lines end in CR LF.
    CarriageReturn,
    /// A second record with the same idempotency key; its events are not applied.
    SecondCommand(RecordId),
    /// Git left its conflict markers; both sides count.
    ConflictMarker,
    /// A record's clock is not above its parents', or its time is before theirs.
    ClockSkew(RecordId),
    /// A record names a head of a stream that is not in the log.
    MissingRead {
        /// The record that names it.
        record: RecordId,
        /// The first 16 hex digits of what is missing.
        missing: String,
    },
    /// A file is shorter than it was, has changed, or is gone.
    Rewritten,
    /// A file cannot be unpacked, and why.
    DamagedFile(String),
    /// A line is no record.
    NotARecord(String),
    /// A line's hash is wrong.
    WrongHash(RecordId),
    /// A record that others build on is not in the log.
    MissingRecord(RecordId),
    /// A record that was written down outside the log is not in it.
    MissingAnchor(RecordId),
    /// A record that was signed has a signature that is not its key's.
    WrongSignature(RecordId),
    /// What was signed is not what the log says: records of then were changed, removed or put in.
    WrongCheckpoint(RecordId),
    /// The log does not hold what was pinned outside of it, and how that shows.
    WrongPin(String),
    /// A newer milestone wrote this: the log can be read and not written.
    TooNew(u32),
}

/// One thing that was found, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The log file; empty where it is about no file.
    pub file: String,
    /// The line, counted from 1; 0 where it is about no line.
    pub line: u64,
    /// The byte in the file where that line begins.
    pub offset: u64,
    /// What it is.
    pub oddity: Oddity,
}

impl Oddity {
    /// How much it matters.
    pub fn level(&self) -> Level {
        match self {
            Self::TornTail | Self::Duplicate(_) | Self::CarriageReturn | Self::SecondCommand(_) => {
                Level::Info
            }
            Self::ConflictMarker
            | Self::ClockSkew(_)
            | Self::MissingRead { .. }
            | Self::Rewritten => Level::Warn,
            Self::DamagedFile(_)
            | Self::NotARecord(_)
            | Self::WrongHash(_)
            | Self::MissingRecord(_)
            | Self::MissingAnchor(_)
            | Self::WrongSignature(_)
            | Self::WrongCheckpoint(_)
            | Self::WrongPin(_)
            | Self::TooNew(_) => Level::Error,
        }
    }
}

impl From<LineFault> for Oddity {
    fn from(fault: LineFault) -> Self {
        match fault {
            LineFault::ConflictMarker => Self::ConflictMarker,
            LineFault::NotARecord(why) => Self::NotARecord(why),
            LineFault::WrongHash { claimed, .. } => Self::WrongHash(claimed),
            LineFault::TooNew { v, .. } => Self::TooNew(v),
        }
    }
}

impl Level {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TornTail => f.write_str("the last line has no end: an append that was cut off"),
            Self::Duplicate(id) => write!(f, "record {id:.16} is there twice; it counts once"),
            Self::CarriageReturn => f.write_str("lines end in CR LF"),
            Self::SecondCommand(id) => {
                write!(f, "record {id:.16} repeats a command; its events are not applied")
            }
            Self::ConflictMarker => f.write_str("a conflict marker of git; both sides count"),
            Self::ClockSkew(id) => write!(f, "record {id:.16} is not later than what it builds on"),
            Self::MissingRead { record, missing } => {
                write!(f, "record {record:.16} has read {missing}, which is not in the log")
            }
            Self::Rewritten => f.write_str("the file was changed or cut since it was last read"),
            Self::DamagedFile(why) => {
                write!(f, "the archive is damaged and was not read: {why}; take it from ")?;
                f.write_str("a commit, another clone or a backup")
            }
            Self::NotARecord(why) => write!(f, "this line is no record: {why}"),
            Self::WrongHash(id) => write!(f, "the line of record {id:.16} was changed or damaged"),
            Self::MissingRecord(id) => {
                write!(f, "record {id:.16} is missing, and others build on it")
            }
            Self::MissingAnchor(id) => {
                write!(f, "record {id:.16} was here once and is missing: the log was cut off")
            }
            Self::WrongSignature(id) => {
                write!(f, "the signature in record {id:.16} is not by the key it names")
            }
            Self::WrongCheckpoint(id) => {
                write!(f, "record {id:.16} signs a log that is not this one: ")?;
                f.write_str("records of then were changed, removed or put in")
            }
            Self::WrongPin(how) => write!(f, "not the log that was pinned: {how}"),
            Self::TooNew(v) => write!(f, "format {v}, written by a newer milestone"),
        }
    }
}
