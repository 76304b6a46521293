//! Verbs about milestones as a whole: `new`, `list`, `show`, `ready`, `edit`, `archive`.
//!
//! Start at [`NewArgs`]. `show` and `edit` also take a task; the reference says which.
//!
//! - **Invariant.** A reference, a person and a WHEN stay as typed; the caller resolves them.
//! - **Absent on purpose.** No `delete`: an event store archives or cancels.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::usage::quoted;
use super::values::{self, ListEdit};

/// `milestone new TITLE…` or `milestone new -F plan.md`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  \
    milestone new \"API Development\" --due 2026-03-20 --task Authentication --task Endpoints\n  \
    milestone new \"Orders API\" --template api\n  \
    milestone new -F plan.md --dry-run\n\n\
    A plan is any outline in Markdown: `# Title`, then `- [ ] Task (2d) !due 2026-05-01` lines;\n\
    what is nested is a checklist. Front matter may say title, due and labels. What is not\n\
    understood is told, and kept in the title or the description.")]
pub struct NewArgs {
    /// The title; several words need no quotes
    #[arg(value_name = "TITLE", required_unless_present_any = ["file", "template"])]
    pub title: Vec<String>,
    /// Read an outline (`-` = stdin)
    #[arg(short = 'F', long, value_name = "FILE", conflicts_with = "tasks")]
    pub file: Option<PathBuf>,
    /// Begin with the tasks of a template (milestone template list)
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    pub template: Option<String>,
    /// The id; made from the title if absent
    #[arg(long)]
    pub id: Option<String>,
    /// When it must be finished
    #[arg(long, value_name = "WHEN")]
    pub due: Option<String>,
    /// When work is meant to begin
    #[arg(long, value_name = "WHEN")]
    pub start: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,
    /// Who works on it (repeat or separate by commas)
    #[arg(long = "assignee", value_name = "WHO", value_delimiter = ',')]
    pub assignees: Vec<String>,
    /// Labels (repeat or separate by commas)
    #[arg(short = 'l', long = "label", value_name = "LABEL", value_delimiter = ',')]
    pub labels: Vec<String>,
    /// How much work it is: 30m, 4h, 3d, 2w (stored as minutes)
    #[arg(long, value_name = "DURATION", value_parser = values::duration_minutes)]
    pub estimate: Option<u32>,
    /// How important it is
    #[arg(long, value_enum)]
    pub priority: Option<Priority>,
    /// A description
    #[arg(long, value_name = "TEXT")]
    pub desc: Option<String>,
    /// An acceptance criterion (repeat)
    #[arg(long = "check", value_name = "ITEM")]
    pub checks: Vec<String>,
    /// A task (repeat)
    #[arg(long = "task", value_name = "TITLE")]
    pub tasks: Vec<String>,
    /// What must be done before (repeat or separate by commas)
    #[arg(long, value_name = "REF", value_delimiter = ',')]
    pub after: Vec<String>,
}

impl NewArgs {
    /// Returns the title as one string; empty if it comes from a plan.
    #[must_use]
    pub fn title_text(&self) -> String {
        self.title.join(" ")
    }
}

/// How important something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Priority {
    /// Can wait.
    Low,
    /// The usual.
    Medium,
    /// Before the usual.
    High,
    /// Before everything.
    Critical,
}

/// A status to select by, of a milestone or of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum StatusFilter {
    /// A milestone that was not begun.
    Planned,
    /// A milestone that is under way.
    Active,
    /// A milestone that was put down for now.
    Paused,
    /// A milestone that is finished.
    Completed,
    /// A milestone that was put away.
    Archived,
    /// A task that was not begun.
    Pending,
    /// A task that is under way.
    #[value(alias = "in-progress")]
    InProgress,
    /// A task that is finished.
    Done,
    /// Either, with an open blocker.
    Blocked,
    /// Either, with an unfinished predecessor.
    Waiting,
    /// Either, cancelled.
    Cancelled,
}

/// `milestone list [QUERY…]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone list --status active --sort due\n  \
    milestone list 'due<+14d -blocked label:api' --json\n\n\
    The words make a query (milestone help query); the flags narrow it.")]
pub struct ListArgs {
    /// Which milestones; all that are not archived or cancelled if absent
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
    /// Only those due before
    #[arg(long, value_name = "WHEN")]
    pub due_before: Option<String>,
    /// Only those with every one of these labels
    #[arg(short = 'l', long = "label", value_name = "LABEL", value_delimiter = ',')]
    pub labels: Vec<String>,
    /// Order
    #[arg(long, value_enum)]
    pub sort: Option<Sort>,
    /// Also cancelled and archived ones
    #[arg(long)]
    pub all: bool,
}

/// How much of a list is wanted, and from where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct PageArgs {
    /// At most N rows
    #[arg(long, value_name = "N", value_parser = values::whole::<u32>(1, u32::MAX.into()))]
    pub limit: Option<u32>,
    /// Go on where a page ended: its `next_cursor`
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

/// The order of a list of milestones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// Nearest due date first; none last.
    Due,
    /// By title.
    Title,
    /// Furthest along first.
    Progress,
    /// Most important first.
    Priority,
    /// Newest first.
    Created,
    /// Last changed first.
    Changed,
}

/// `milestone show [REF]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone show api\n  \
    milestone show api/endpoints --as-of 2026-03-05")]
pub struct ShowArgs {
    /// A milestone or task; the current one if absent
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
}

/// `milestone ready [QUERY…]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone ready --mine\n  milestone ready --blocked\n  \
    milestone ready 'label:api estimate<1d' --limit 5\n\n\
    The words make a query (milestone help query); the flags narrow it.")]
pub struct ReadyArgs {
    /// Only these tasks
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// How much of it.
    #[command(flatten)]
    pub page: PageArgs,
    /// Only tasks of mine
    #[arg(long)]
    pub mine: bool,
    /// What cannot be started, and why
    #[arg(long)]
    pub blocked: bool,
    /// Say for each row why it stands where it stands
    #[arg(long)]
    pub explain: bool,
    /// Only tasks of this milestone
    #[arg(long, value_name = "REF")]
    pub on: Option<String>,
}

/// One or more references and nothing else: `archive`, `unarchive`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct RefsArgs {
    /// Milestones
    #[arg(value_name = "REF", required = true)]
    pub references: Vec<String>,
}

/// `milestone edit REF`, also `milestone task edit REF`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone edit api --due +5d --label +urgent,-later\n  \
    milestone edit api/endpoints --estimate none --owner dana\n  \
    milestone task edit --where 'owner:sam open' --owner dana\n\n\
    `none` clears a field. With --where all that a query finds is edited, in one record:\n\
    `edit` edits milestones and `task edit` tasks, those that `list` and `task list` show.\n\
    Over 10 of them are shown first, and wait for a yes.")]
pub struct EditArgs {
    /// A milestone or task
    #[arg(value_name = "REF", required_unless_present = "filter", conflicts_with = "filter")]
    pub reference: Option<String>,
    /// All that this query finds
    #[arg(long = "where", id = "filter", value_name = "QUERY", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// The title
    #[arg(long)]
    pub title: Option<String>,
    /// When it must be finished
    #[arg(long, value_name = "WHEN|none")]
    pub due: Option<String>,
    /// When work is meant to begin
    #[arg(long, value_name = "WHEN|none")]
    pub start: Option<String>,
    /// How much work it is
    #[arg(long, value_name = "DURATION|none", value_parser = values::clearable_duration)]
    pub estimate: Option<values::Change<u32>>,
    /// How much it counts in the milestone's progress
    #[arg(long, value_name = "N", value_parser = values::whole::<u32>(0, u32::MAX.into()))]
    pub weight: Option<u32>,
    /// How important it is
    #[arg(long, value_enum)]
    pub priority: Option<Priority>,
    /// Who answers for it
    #[arg(long, value_name = "WHO|none")]
    pub owner: Option<String>,
    /// Who works on it: +x,-y
    #[arg(
        long = "assignee",
        value_name = "+X,-Y",
        allow_hyphen_values = true,
        value_parser = values::list_edit
    )]
    pub assignees: Option<ListEdit>,
    /// Labels: +x,-y
    #[arg(
        short = 'l',
        long = "label",
        value_name = "+X,-Y",
        allow_hyphen_values = true,
        value_parser = values::list_edit
    )]
    pub labels: Option<ListEdit>,
    /// The description; `none` clears it
    #[arg(long, value_name = "TEXT")]
    pub desc: Option<String>,
    /// Read the description from a file (`-` = stdin)
    #[arg(short = 'F', long, value_name = "FILE", conflicts_with = "desc")]
    pub file: Option<PathBuf>,
}

impl EditArgs {
    /// What it is about, as it is typed.
    #[must_use]
    pub fn subject(&self) -> String {
        match (&self.reference, &self.filter) {
            (Some(reference), _) => reference.clone(),
            (None, Some(filter)) => format!("--where {}", quoted(filter)),
            (None, None) => "REF".to_owned(),
        }
    }

    /// Returns true if no field was named, so that the edit would change nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let (reference, filter) = (self.reference.clone(), self.filter.clone());
        let unchanged = Self { reference, filter, ..Self::default() };
        *self == unchanged
    }
}
