//! The small grammars of values: PROGRESS, numbers and list edits; DURATION and WHEN are words of
//! the core.
//!
//! Start at the function of each grammar; the file of the same name has its rules and tests.
//!
//! - **Invariant.** Every parser is pure: WHEN gets the clock as an argument.
//! - **Invariant.** An error is a lower-case sentence that says what would have been right.
//! - **Absent on purpose.** No references (`api/3`): resolving them needs the project.

pub mod change;
pub mod person;
pub mod progress;
pub mod whole;
pub mod window;

pub use change::{Change, ListEdit, clearable_duration, list_edit};
pub use milestone_core::words::{
    Clock, MINUTES_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_WEEK, Sense, ValueError, When,
    duration_minutes, when,
};
pub use person::person;
pub use progress::{Progress, progress};
pub use whole::whole;
pub use window::{Window, window};
