//! Error codes of what is printed and written: files that were asked for, schemas.
//!
//! See [`all`](super::all); the codes of the rest are in `codes.rs`.

use super::super::error::Exit;
use super::{Code, row};

/// The codes of this family.
pub(super) const CODES: &[Code] = &[
    row("json.failed", Exit::Failed, "the result cannot be written as JSON", "report it"),
    row(
        "output.unwritable",
        Exit::NotRecorded,
        "the file that was asked for cannot be written",
        "name a file in a directory that can be written to",
    ),
    row(
        "usage.unknown_schema",
        Exit::Usage,
        "nothing that is printed or recorded has that name",
        "look at the names: milestone schema",
    ),
];
