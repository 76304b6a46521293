//! The error codes of what rests or is put down, hints and keeping house.
//!
//! Start at [`CODES`]; everything said in `codes` holds here.

use super::super::error::Exit;
use super::{Code, row};

/// By name.
pub(super) const CODES: &[Code] = &[
    row("hint.unknown", Exit::NotFound, "no hint is called that", "milestone hint list"),
    row(
        "hint.unwritable",
        Exit::NotRecorded,
        "which hints are wanted could not be kept",
        "mend the permissions of .milestones/local, or give --no-hints",
    ),
    row(
        "maintain.failed",
        Exit::NotRecorded,
        "what is needed no longer could not be taken away",
        "mend the permissions of .milestones/local; nothing else depends on it",
    ),
    row(
        "milestone.paused",
        Exit::Refused,
        "no work is taken for tasks of a paused milestone",
        "milestone resume REF",
    ),
    row(
        "session.ambiguous",
        Exit::Ambiguous,
        "several sessions begin like that",
        "give more of the name: milestone session list",
    ),
    row(
        "session.none",
        Exit::NotFound,
        "no session is open or was put down",
        "milestone session start REF, or milestone resume REF if paused",
    ),
    row(
        "session.open",
        Exit::Refused,
        "you work in another session here",
        "milestone session suspend, or name one with MILESTONE_SESSION",
    ),
    row(
        "session.status",
        Exit::Refused,
        "the session is not in a status for this",
        "milestone session show SESSION",
    ),
    row(
        "session.unknown",
        Exit::NotFound,
        "no session is called that",
        "milestone session list --all",
    ),
];
