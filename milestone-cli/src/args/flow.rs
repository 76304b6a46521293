//! Verbs that move work along: `start`, `progress`, `done`, `block`, `note`, `cancel`, `undo`.
//!
//! Start at [`StartArgs`]. Each takes a milestone or a task; several references are one record,
//! so all of them happen or none.
//!
//! - **Invariant.** A rule is overridden only by `--force WHY`, and the why is recorded.
//! - **Absent on purpose.** No `--yes` here: what these verbs do can be undone.

use std::path::PathBuf;

use clap::Args;

use super::values::{self, Progress};

/// `milestone start REF…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone start api/endpoints\n  \
    milestone start api/testing --force \"the mock is enough\"")]
pub struct StartArgs {
    /// Milestones or tasks
    #[arg(value_name = "REF", required = true)]
    pub references: Vec<String>,
    /// Start although something comes before; the reason is recorded
    #[arg(long, value_name = "WHY")]
    pub force: Option<String>,
    /// When it really began
    #[arg(long, value_name = "WHEN")]
    pub at: Option<String>,
}

/// `milestone progress REF PROGRESS`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone progress api/endpoints 4/6\n  \
    milestone progress @/3 67% -m \"orders and payments done\" --time 2h")]
pub struct ProgressArgs {
    /// A milestone or task
    #[arg(value_name = "REF")]
    pub reference: String,
    /// 67%, 67 or 4/6
    #[arg(value_name = "PROGRESS", value_parser = values::progress)]
    pub progress: Progress,
    /// A note
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Working time spent (stored as minutes)
    #[arg(long, value_name = "DURATION", value_parser = values::duration_minutes)]
    pub time: Option<u32>,
}

/// `milestone done REF…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone done api/endpoints -m \"PR 142\"\n  \
    milestone done api --force \"the rest moved to v2\"")]
pub struct DoneArgs {
    /// Milestones or tasks
    #[arg(value_name = "REF", required = true)]
    pub references: Vec<String>,
    /// A note
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Finish although something is open; the reason is recorded
    #[arg(long, value_name = "WHY")]
    pub force: Option<String>,
    /// When it was really finished
    #[arg(long, value_name = "WHEN")]
    pub at: Option<String>,
    /// Working time spent (stored as minutes)
    #[arg(long, value_name = "DURATION", value_parser = values::duration_minutes)]
    pub time: Option<u32>,
}

/// `milestone block REF REASON…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  \
    milestone block api/endpoints waiting for sandbox keys --on sam\n  \
    milestone block api \"legal review\" --until fri")]
pub struct BlockArgs {
    /// A milestone or task
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Why; several words need no quotes
    #[arg(value_name = "REASON", required = true)]
    pub reason: Vec<String>,
    /// What or who it waits for (here `--on` does not change what @ means)
    #[arg(long, value_name = "REF|WHO")]
    pub on: Option<String>,
    /// When it should be clear
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
}

impl BlockArgs {
    /// Returns the reason as one string.
    #[must_use]
    pub fn reason_text(&self) -> String {
        self.reason.join(" ")
    }
}

/// `milestone unblock REF [BLOCKER]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone unblock api/endpoints\n  \
    milestone unblock api/endpoints k3j9 -m \"keys arrived\"")]
pub struct UnblockArgs {
    /// A milestone or task
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Which blocker, if there are several
    #[arg(value_name = "BLOCKER")]
    pub blocker: Option<String>,
    /// A note
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// `milestone note REF TEXT…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone note api/endpoints \"refunds come last\"\n  \
    git log -1 --format=%B | milestone note @ -F -")]
pub struct NoteArgs {
    /// A milestone or task
    #[arg(value_name = "REF")]
    pub reference: String,
    /// The note; several words need no quotes
    #[arg(value_name = "TEXT", required_unless_present = "file", conflicts_with = "file")]
    pub text: Vec<String>,
    /// Read the note from a file (`-` = stdin)
    #[arg(short = 'F', long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

impl NoteArgs {
    /// Returns the typed note as one string; empty if it comes from a file.
    #[must_use]
    pub fn text_joined(&self) -> String {
        self.text.join(" ")
    }
}

/// `milestone cancel REF… --reason TEXT`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone cancel api/legacy --reason \"nobody uses it\"\n  \
    milestone cancel api/3 api/4 --reason duplicate")]
pub struct CancelArgs {
    /// Milestones or tasks
    #[arg(value_name = "REF", required = true)]
    pub references: Vec<String>,
    /// Why
    #[arg(long, value_name = "TEXT", required = true)]
    pub reason: String,
}

/// `milestone reopen REF…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone reopen api/endpoints\n  \
    milestone reopen api --reason \"a bug came back\"")]
pub struct ReopenArgs {
    /// Milestones or tasks
    #[arg(value_name = "REF", required = true)]
    pub references: Vec<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// `milestone undo [N]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone undo --list\n  milestone undo 2 --dry-run\n\n\
    Nothing is erased: the opposite is appended. An undo can be undone.")]
pub struct UndoArgs {
    /// How many of your changes; 1 if absent
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub count: Option<u32>,
    /// List what could be undone
    #[arg(long, conflicts_with = "count")]
    pub list: bool,
}
