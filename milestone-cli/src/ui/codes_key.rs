//! The error codes of keys, signatures and pins.
//!
//! Start at [`CODES`]; everything said in `codes` holds here.

use super::super::error::Exit;
use super::{Code, row};

/// By name.
pub(super) const CODES: &[Code] = &[
    row(
        "checkpoint.shape",
        Exit::Refused,
        "a checkpoint has no heads, or no hex digits",
        "milestone log sign makes one",
    ),
    row("key.exists", Exit::Conflict, "there is a key of that name", "give another name"),
    row("key.exposed", Exit::Refused, "others can read a secret key", "chmod 600 the file"),
    row(
        "key.inside_project",
        Exit::Refused,
        "keys would lie inside the project",
        "set XDG_CONFIG_HOME to a directory outside it",
    ),
    row("key.io", Exit::Failed, "a key or a pin cannot be read or written", "see what it says"),
    row("key.name", Exit::Usage, "a name that no key can have", "1 to 64 of a-z, 0-9, . - _"),
    row("key.not_a_key", Exit::Usage, "a text is no public key", "milestone key show KEY"),
    row("key.revoked", Exit::Refused, "the key to sign with was revoked", "milestone key new"),
    row("key.unknown", Exit::NotFound, "no key is called that", "milestone key list"),
    row(
        "log.unsound",
        Exit::Integrity,
        "a log with errors in it is not signed",
        "milestone log verify",
    ),
    row(
        "pin.broken",
        Exit::Integrity,
        "the log does not hold what was pinned",
        "milestone log verify --pin --accept-rollback, if you know why",
    ),
    row("pin.unreadable", Exit::Integrity, "a pin cannot be read", "look at the file"),
];
