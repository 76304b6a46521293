//! Commands of one family, each in a file of its own.
//!
//! - **Invariant.** Nothing here prints.

use super::context::{Context, Ran};
use crate::args::tree::Command;

/// Runs one of them.
pub(super) fn run(_context: &mut Context, _command: &Command) -> Ran {
    super::missing("not there")
}
