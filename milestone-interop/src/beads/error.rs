//! Why an import cannot be planned at all.
//!
//! - **Invariant.** Every message says what happened, that nothing was written, and what to do.
//! - **Absent on purpose.** Losses: a plan that leaves something out is still a plan, and its
//!   report says so.

use thiserror::Error;

/// A refusal of the whole import; nothing has been written when it is returned.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImportError {
    /// Some issues belong to no milestone, and none was named for them.
    #[error(
        "{orphans} issues belong to no epic or milestone, such as {}; nothing was written; name \
         the milestone that takes them with --into MILESTONE",
        examples.join(", ")
    )]
    NeedsInto {
        /// How many issues.
        orphans: usize,
        /// The first of them by id, at most five.
        examples: Vec<String>,
    },
    /// A file has not one line that Beads writes.
    #[error(
        "{file} holds no line in a form that Beads writes; nothing was written; name an \
         issues.jsonl, or the files of a backup"
    )]
    NotBeads {
        /// The file's name as given.
        file: String,
    },
    /// There is no issue to import.
    #[error(
        "the files hold no issue; nothing was written; name an issues.jsonl that has at least one"
    )]
    Empty,
}
