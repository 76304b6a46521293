//! The small grammars of values: DURATION, PROGRESS, WHEN and list edits.
//!
//! Start at the function of each grammar; the file of the same name has its rules and tests.
//!
//! - **Invariant.** Every parser is pure: WHEN gets the clock as an argument.
//! - **Invariant.** An error is a lower-case sentence that says what would have been right.
//! - **Absent on purpose.** No references (`api/3`): resolving them needs the project.

pub mod change;
pub mod duration;
pub mod progress;
pub mod when;

pub use change::{Change, ListEdit, clearable_duration, list_edit};
pub use duration::{MINUTES_PER_DAY, MINUTES_PER_WEEK, duration_minutes};
pub use progress::{Progress, progress};
pub use when::{Clock, Sense, When, when};

/// Why a value was refused, as one lower-case sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(pub String);
