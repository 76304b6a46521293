//! The error codes of the board and the watch.
//!
//! Start at [`CODES`]; everything said in `codes` holds here.

use super::super::error::Exit;
use super::{Code, row};

/// By name.
pub(super) const CODES: &[Code] = &[
    row(
        "board.screen",
        Exit::Failed,
        "the terminal cannot be drawn on",
        "milestone list, or milestone show REF",
    ),
    row(
        "board.terminal",
        Exit::Usage,
        "a board fills a terminal, and there is none",
        "milestone board --accessible, or milestone list",
    ),
];
