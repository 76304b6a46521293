//! The noun `task`: add, list, show, edit, remove, move.
//!
//! Start at [`TaskCommand`].
//!
//! - **Invariant.** One command is one record: all tasks are added or none.
//! - **Absent on purpose.** No `start` or `done` here: those verbs are at the top and take a
//!   task's reference.

use clap::{Args, Subcommand};

use super::milestone::{EditArgs, PageArgs, StatusFilter};
use super::values;

/// What can be done with tasks as items of a milestone.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum TaskCommand {
    /// Add tasks to a milestone
    Add(Box<TaskAddArgs>),
    /// List tasks
    #[command(visible_alias = "ls")]
    List(TaskListArgs),
    /// Show one task
    Show(TaskRefArgs),
    /// Change fields of a task
    Edit(Box<EditArgs>),
    /// Take a task out; the log keeps it
    #[command(visible_alias = "rm")]
    Remove(TaskRefArgs),
    /// Move a task to another place or milestone
    Move(TaskMoveArgs),
}

impl TaskCommand {
    /// Returns true if the command only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::List(_) | Self::Show(_))
    }
}

/// `milestone task add TITLE…` or `milestone task add -`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  \
    milestone task add \"Receipts by e-mail\" --on checkout --estimate 2d --after checkout/4\n  \
    printf '%s\\n' \"Refund flow (3d)\" \"Tax table (1d)\" | milestone task add --on checkout -\n\n\
    Each TITLE is one task. `-` reads one title a line: `[x]` means done, `(2d)` is the estimate,\n\
    `!due fri` the day.")]
pub struct TaskAddArgs {
    /// Titles, or `-` for stdin
    #[arg(value_name = "TITLE", required = true)]
    pub titles: Vec<String>,
    /// The milestone; the current one if absent
    #[arg(long, value_name = "REF")]
    pub on: Option<String>,
    /// The id, of a single task; made from the title if absent
    #[arg(long)]
    pub id: Option<String>,
    /// How much work it is: 30m, 4h, 3d, 2w (stored as minutes)
    #[arg(long, value_name = "DURATION", value_parser = values::duration_minutes)]
    pub estimate: Option<u32>,
    /// How much it counts in the milestone's progress
    #[arg(long, value_name = "N", value_parser = values::whole::<u32>(0, u32::MAX.into()))]
    pub weight: Option<u32>,
    /// What must be done before (repeat or separate by commas)
    #[arg(long, value_name = "REF", value_delimiter = ',')]
    pub after: Vec<String>,
    /// Who answers for it
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,
    /// Labels (repeat or separate by commas)
    #[arg(short = 'l', long = "label", value_name = "LABEL", value_delimiter = ',')]
    pub labels: Vec<String>,
    /// A checklist item (repeat)
    #[arg(long = "check", value_name = "ITEM")]
    pub checks: Vec<String>,
    /// When it must be finished
    #[arg(long, value_name = "WHEN")]
    pub due: Option<String>,
    /// The workflow it goes through, such as kiro
    #[arg(long, value_name = "NAME")]
    pub workflow: Option<String>,
}

impl TaskAddArgs {
    /// Returns true if the titles come from stdin.
    #[must_use]
    pub fn reads_stdin(&self) -> bool {
        self.titles == ["-"]
    }
}

/// `milestone task list [QUERY…]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone task list api\n  \
    milestone task list --status blocked --owner me\n  \
    milestone task list 'api progress>=50 sort:-progress'\n\n\
    The words make a query (milestone help query); the flags narrow it. A first word\n\
    that names a milestone means the tasks in it.")]
pub struct TaskListArgs {
    /// Which tasks; all but those of archived and cancelled milestones if absent
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// How much of it.
    #[command(flatten)]
    pub page: PageArgs,
    /// Only these statuses
    #[arg(long, value_enum, value_delimiter = ',')]
    pub status: Vec<StatusFilter>,
    /// Only those of this person
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,
}

/// One task: `task show`, `task remove`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct TaskRefArgs {
    /// A task
    #[arg(value_name = "REF")]
    pub reference: String,
}

/// `milestone task move REF`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone task move api/testing --first\n  \
    milestone task move api/testing --to checkout --after checkout/2")]
pub struct TaskMoveArgs {
    /// A task
    #[arg(value_name = "REF")]
    pub reference: String,
    /// To another milestone
    #[arg(long, value_name = "REF", required_unless_present_any = ["after", "first"])]
    pub to: Option<String>,
    /// Behind this task
    #[arg(long, value_name = "REF", conflicts_with = "first")]
    pub after: Option<String>,
    /// To the front
    #[arg(long)]
    pub first: bool,
}
