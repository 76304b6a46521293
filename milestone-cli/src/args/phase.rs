//! The nouns `phase` and `workflow`, and the verb `review`.
//!
//! Start at [`PhaseCommand`]. A phase is `REF:PHASE`; without `:PHASE` the one that is to be worked
//! on is meant.
//!
//! - **Invariant.** Agents submit, people judge: no flag overrides that.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values::{self, person};

/// What can be done with the phases of a task.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum PhaseCommand {
    /// Show phases, plan against actual
    Show(PhaseShowArgs),
    /// Begin a phase
    Start(PhaseRefArgs),
    /// Hand in a deliverable
    Deliver(DeliverArgs),
    /// Hand a phase over; it is finished if nobody has to approve it
    Submit(PhaseNoteArgs),
    /// Approve what somebody else submitted (people only)
    Approve(PhaseApproveArgs),
    /// Send a phase back for changes (people only)
    RequestChanges(PhaseCommentArgs),
    /// Send a phase back to its beginning (people only)
    Reject(PhaseCommentArgs),
    /// Say how long a phase should take
    Plan(PhasePlanArgs),
}

impl PhaseCommand {
    /// Returns true if the command only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::Show(_))
    }
}

/// `milestone phase show [REF[:PHASE]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct PhaseShowArgs {
    /// A task, one of its phases, or a milestone; the current one if absent
    #[arg(value_name = "REF[:PHASE]")]
    pub reference: Option<String>,
}

/// `milestone phase start REF[:PHASE]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone phase start api/endpoints\n  \
    milestone phase start api/endpoints:spec")]
pub struct PhaseRefArgs {
    /// A task, and one of its phases
    #[arg(value_name = "REF[:PHASE]")]
    pub reference: String,
}

/// `milestone phase deliver REF[:PHASE] NAME`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  \
    milestone phase deliver api/endpoints api_design --file docs/api.md\n  \
    milestone phase deliver api/endpoints:spec test_plan --url https://wiki.example/tests\n\n\
    The file is named by its path, and its hash is kept when the phase is submitted: an approval\n\
    holds as long as the file is what was submitted.")]
pub struct DeliverArgs {
    /// A task, and one of its phases
    #[arg(value_name = "REF[:PHASE]")]
    pub reference: String,
    /// What the deliverable is called
    #[arg(value_name = "NAME")]
    pub name: String,
    /// A file inside the project
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// An address
    #[arg(long)]
    pub url: Option<String>,
    /// A few words
    #[arg(long)]
    pub text: Option<String>,
    /// Take it back
    #[arg(long, conflicts_with_all = ["file", "url", "text"])]
    pub remove: bool,
}

/// `milestone phase submit`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone phase submit api/endpoints\n  \
    milestone phase submit api/endpoints:design -m \"names as agreed\"")]
pub struct PhaseNoteArgs {
    /// A task, and one of its phases
    #[arg(value_name = "REF[:PHASE]")]
    pub reference: String,
    /// A comment
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub comment: Option<String>,
}

/// `milestone phase approve`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  \
    milestone phase approve api/endpoints:design -m \"names as agreed\"\n  \
    milestone phase approve api/endpoints --as dana")]
pub struct PhaseApproveArgs {
    /// A task, and one of its phases
    #[arg(value_name = "REF[:PHASE]")]
    pub reference: String,
    /// A comment
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub comment: Option<String>,
    /// Who judges; --actor says the same
    #[arg(long = "as", value_name = "WHO", conflicts_with = "actor", value_parser = person)]
    pub judge: Option<String>,
}

/// `milestone phase request-changes`, `milestone phase reject`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  \
    milestone phase request-changes api/endpoints -m \"say what happens on a timeout\"\n  \
    milestone phase reject api/endpoints:design -m \"we buy this instead\"")]
pub struct PhaseCommentArgs {
    /// A task, and one of its phases
    #[arg(value_name = "REF[:PHASE]")]
    pub reference: String,
    /// Why
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub comment: String,
    /// Who judges; --actor says the same
    #[arg(long = "as", value_name = "WHO", conflicts_with = "actor", value_parser = person)]
    pub judge: Option<String>,
}

/// How long a phase should take: least and most minutes; `None` leaves that open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Length {
    /// The least time, in minutes.
    pub minutes_min: Option<u32>,
    /// The most time, in minutes.
    pub minutes_max: Option<u32>,
}

/// Reads `30m`, `15m-30m` or `none`.
fn length(text: &str) -> Result<Length, values::ValueError> {
    if text == "none" {
        return Ok(Length::default());
    }
    let (min, max) = text.split_once('-').unwrap_or((text, text));
    let (min, max) = (values::duration_minutes(min)?, values::duration_minutes(max)?);
    Ok(Length { minutes_min: Some(min), minutes_max: Some(max) })
}

/// `milestone phase plan REF[:PHASE] --duration DURATION`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone phase plan api/endpoints:spec --duration 2h\n  \
    milestone phase plan api/endpoints --duration 15m-30m")]
pub struct PhasePlanArgs {
    /// A task, and one of its phases
    #[arg(value_name = "REF[:PHASE]")]
    pub reference: String,
    /// 30m, 15m-30m, or none to leave it open
    #[arg(long, value_name = "DURATION", required = true, value_parser = length)]
    pub duration: Length,
}

/// What can be done with workflows.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum WorkflowCommand {
    /// List the workflows there are
    #[command(visible_alias = "ls")]
    List,
    /// Show the phases of a workflow
    Show(WorkflowNameArgs),
    /// Check workflow files
    Check(WorkflowCheckArgs),
    /// Give tasks a workflow
    Enable(WorkflowEnableArgs),
}

impl WorkflowCommand {
    /// Returns true if the command only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        !matches!(self, Self::Enable(_))
    }
}

/// `milestone workflow show NAME`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct WorkflowNameArgs {
    /// The workflow
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// `milestone workflow check [FILE]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone workflow check\n  \
    milestone workflow check drafts/release.yaml\n  milestone workflow check kiro")]
pub struct WorkflowCheckArgs {
    /// A file or the name of a workflow; all of .milestones/workflows if absent
    #[arg(value_name = "FILE|NAME")]
    pub file: Option<PathBuf>,
}

/// `milestone workflow enable NAME REF…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone workflow enable kiro api/endpoints\n  \
    milestone task add \"Refunds\" --on checkout --workflow kiro")]
pub struct WorkflowEnableArgs {
    /// The workflow
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Tasks
    #[arg(value_name = "REF", required = true)]
    pub references: Vec<String>,
}

/// `milestone review [REF]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone review --pending\n  milestone review api\n\n\
    On a terminal it shows what was submitted, one phase after the other, and asks. Each answer\n\
    is a record of its own.")]
pub struct ReviewArgs {
    /// Only of this milestone or task
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
    /// Only list what waits for somebody
    #[arg(long)]
    pub pending: bool,
}
