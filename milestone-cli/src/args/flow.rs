//! Verbs that move work along: `start`, `progress`, `done`, `pause`, `block`, `note`, `cancel`,
//! `undo`.
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

/// `milestone pause REF…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone pause api --reason \"the keys come in May\"\n  \
    milestone pause api search\n\n\
    Its tasks keep their status; starting, reporting and finishing them is refused until\n\
    milestone resume, and none of them is ready.")]
pub struct PauseArgs {
    /// Milestones that are active
    #[arg(value_name = "REF", required = true)]
    pub references: Vec<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// `milestone resume [REF…|SESSION]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone resume api --reason \"the keys are here\"\n  \
    milestone resume\n\n\
    Without a word, or with the name of a session, a session is taken up again: where it\n\
    stopped, and what to type next. Where a word may mean both, milestone session resume\n\
    means the session, and --reason the milestone.")]
pub struct ResumeArgs {
    /// Milestones that are paused; or a session, the one put down last if absent
    #[arg(value_name = "REF|SESSION")]
    pub words: Vec<String>,
    /// Why milestones go on
    #[arg(long, value_name = "TEXT", requires = "words")]
    pub reason: Option<String>,
}

/// What is to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UndoWhat {
    /// The newest so many changes of whoever asks.
    Newest(u32),
    /// This record, by its id or the beginning of it.
    Record(String),
}

/// Reads `3` as a number of changes, and eight hex digits or more as a record: with a letter, or
/// sixteen of them, for a number would not be that long.
fn undo_what(text: &str) -> Result<UndoWhat, values::ValueError> {
    let hex = text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let letter = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    if hex && (letter || text.len() >= 16) {
        return Ok(UndoWhat::Record(text.to_ascii_lowercase()));
    }
    match text.parse() {
        Ok(count @ 1..=1000) => Ok(UndoWhat::Newest(count)),
        _ => Err(values::ValueError(format!("\"{text}\" is neither 1 to 1000 nor a record id"))),
    }
}

/// `milestone undo [N|RECORD]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone undo --list\n  milestone undo 2 --dry-run\n\n\
    Nothing is erased: the opposite is appended. Undoing the record of an undo is redo.")]
pub struct UndoArgs {
    /// How many of your changes (1 if absent), or the id of one record
    #[arg(value_name = "N|RECORD", value_parser = undo_what)]
    pub what: Option<UndoWhat>,
    /// List what could be undone
    #[arg(long, conflicts_with = "what")]
    pub list: bool,
}
