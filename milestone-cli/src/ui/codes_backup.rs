//! The error codes of backups.
//!
//! Start at [`CODES`]; everything said in `codes` holds here.

use super::super::error::Exit;
use super::{Code, row};

/// By name.
pub(super) const CODES: &[Code] = &[
    row(
        "backup.busy",
        Exit::Busy,
        "somebody else makes a backup of this project",
        "try again when it has ended",
    ),
    row(
        "backup.damaged",
        Exit::Integrity,
        "something of a backup is missing or was changed",
        "milestone backup verify names what; others can be brought back",
    ),
    row(
        "backup.differs",
        Exit::Integrity,
        "a backup that was tried is not what the log was",
        "milestone backup create --full, and milestone doctor",
    ),
    row(
        "backup.failed",
        Exit::NotRecorded,
        "a backup could not be made or brought back",
        "free some space, or mend the permissions that are named",
    ),
    row(
        "backup.gone",
        Exit::Refused,
        "the backups that this project had are not there",
        "mount the disk, or milestone backup create --anew",
    ),
    row(
        "backup.in_the_way",
        Exit::Refused,
        "there is a project where one was to be made",
        "name another directory",
    ),
    row(
        "backup.moment",
        Exit::Usage,
        "backups know no commits and no sessions",
        "name a day, a time, a record or a place",
    ),
    row(
        "backup.not_found",
        Exit::NotFound,
        "no backup has what is asked for",
        "milestone backup list",
    ),
    row(
        "bundle.failed",
        Exit::NotRecorded,
        "a bundle for a report could not be written",
        "name a new file where you may write",
    ),
];
