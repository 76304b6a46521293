//! The error codes of backends and settings.
//!
//! Start at [`CODES`]; everything said in `codes` holds here.

use super::super::error::Exit;
use super::{Code, row};

/// By name.
pub(super) const CODES: &[Code] = &[
    row(
        "config.bad_value",
        Exit::Usage,
        "the setting does not take that value",
        "give one of those listed",
    ),
    row(
        "config.local_only",
        Exit::Usage,
        "the setting is a matter of one machine",
        "write it with --local",
    ),
    row(
        "config.no_home",
        Exit::NotFound,
        "there is no directory for settings of this user",
        "set HOME or XDG_CONFIG_HOME",
    ),
    row(
        "config.order",
        Exit::Usage,
        "hybrid would begin after database",
        "set the other one first",
    ),
    row(
        "config.shape",
        Exit::Refused,
        "the file cannot be changed line by line",
        "change it with an editor",
    ),
    row("config.unknown_key", Exit::NotFound, "no setting is called that", "milestone config list"),
    row(
        "config.unreadable",
        Exit::Usage,
        "a file of settings is no TOML, or cannot be read",
        "mend the line that is named",
    ),
    row(
        "config.unwritable",
        Exit::NotRecorded,
        "a file of settings cannot be written",
        "mend its permissions, or name another with --user",
    ),
    row(
        "migrate.busy",
        Exit::Busy,
        "somebody else is migrating this project",
        "try again when it has ended",
    ),
    row("migrate.confirm", Exit::Confirm, "it wants a yes and nobody can be asked", "add --yes"),
    row(
        "migrate.differs",
        Exit::RolledBack,
        "both generations do not show the same",
        "milestone doctor; the old one is still in charge",
    ),
    row(
        "migrate.failed",
        Exit::RolledBack,
        "it came to nothing; the backend is what it was",
        "mend what the message names, and try again",
    ),
    row(
        "migrate.not_read_again",
        Exit::Failed,
        "the move is done, the log could not be read after it",
        "milestone migrate status",
    ),
    row(
        "migrate.nothing_before",
        Exit::Refused,
        "there is no generation to go back to",
        "milestone migrate status",
    ),
    row(
        "migrate.pinned",
        Exit::Refused,
        "storage.backend asks for another backend",
        "milestone config unset storage.backend",
    ),
    row(
        "migrate.unadopted",
        Exit::Refused,
        "YAML files were edited by hand, not adopted",
        "milestone adopt, or take the edits back",
    ),
    row(
        "search.failed",
        Exit::Failed,
        "the search could not be carried out",
        "milestone doctor --repair",
    ),
];
