//! The error codes of backends: moving between them, and what is asked of them.
//!
//! Start at [`CODES`]; everything said in `codes` holds here.

use super::super::error::Exit;
use super::{Code, row};

/// By name.
pub(super) const CODES: &[Code] = &[
    row(
        "config.local_only",
        Exit::Usage,
        "the setting is a matter of one machine",
        "write it with --local",
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
