//! The error codes of risks.
//!
//! Start at [`CODES`]; everything said in `codes` holds here.

use super::super::error::Exit;
use super::{Code, row};

/// By name.
pub(super) const CODES: &[Code] = &[
    row("risk.closed", Exit::Refused, "the risk is closed", "milestone undo, or add a new one"),
    row("risk.none", Exit::Refused, "there is no open risk", "milestone risk add REF TITLE"),
    row(
        "risk.which",
        Exit::Refused,
        "several risks are open, or none of that id",
        "name one by its id: milestone risk list REF",
    ),
];
