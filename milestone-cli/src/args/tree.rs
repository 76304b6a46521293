//! The root of the command tree: [`Cli`] and the list of verbs, [`Command`].
//!
//! Start at [`Command`]. The order is the order of `milestone help --all`.
//!
//! - **Invariant.** Aliases are `ls`, `st`, `t` and `rm`; there are no others.
//! - **Absent on purpose.** No default verb: `milestone` alone is `command: None`, and the caller
//!   decides what to show. It is never a write.

use clap::{Parser, Subcommand};

use super::analytics::{ForecastArgs, StatsArgs, TimelineArgs};
use super::backup::BackupCommand;
use super::board::{BoardArgs, WatchArgs};
use super::dep::{CheckArgs, DepCommand};
use super::export::ExportArgs;
use super::flow::{
    BlockArgs, CancelArgs, DoneArgs, NoteArgs, PauseArgs, ProgressArgs, ReopenArgs, StartArgs,
    UnblockArgs, UndoArgs,
};
use super::global::Global;
use super::habits::HabitCommand;
use super::health::AlertsArgs;
use super::history::{AdoptArgs, AuditArgs, ConflictsArgs, DiffArgs, LogArgs, ReplayArgs};
use super::late::Late;
use super::manual::ManualCommand;
use super::migrate::MigrateCommand;
use super::milestone::{EditArgs, ListArgs, NewArgs, ReadyArgs, RefsArgs, ShowArgs};
use super::phase::{PhaseCommand, ReviewArgs, WorkflowCommand};
use super::project::{
    CompletionArgs, ConfigCommand, DemoArgs, DoctorArgs, HelpArgs, ImportCommand, InitArgs,
};
use super::report::{ArchiveArgs, ReportArgs, StatusArgs};
use super::risk::RiskCommand;
use super::search::SearchArgs;
use super::task::TaskCommand;
use super::template::{QuickstartArgs, TemplateCommand};
use super::validate::ValidateArgs;
use super::view::ViewCommand;

/// An event-sourced milestone keeper.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(
    name = "milestone",
    version,
    disable_help_subcommand = true,
    infer_subcommands = false,
    override_help = super::help::SHORT,
    max_term_width = 100
)]
pub struct Cli {
    /// The flags every command accepts.
    #[command(flatten)]
    pub global: Global,
    /// The verb, if one was given.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Every verb of this release.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Create a project
    Init(Late<InitArgs>),
    /// Create a milestone with the tasks of a template, and a project if there is none
    Quickstart(Late<QuickstartArgs>),
    /// Create a milestone
    New(Late<NewArgs>),
    /// List milestones
    #[command(visible_alias = "ls")]
    List(Late<ListArgs>),
    /// Show one milestone or task
    #[command(visible_alias = "st")]
    Show(Late<ShowArgs>),
    /// Say why something stands as it does, with the records behind it
    Why(Late<ShowArgs>),
    /// List what can be started now
    Ready(Late<ReadyArgs>),
    /// Find milestones and tasks by their words
    Search(Late<SearchArgs>),
    /// Move through the tasks on a full screen
    Board(Late<BoardArgs>),
    /// Follow what happens, live
    Watch(Late<WatchArgs>),
    /// Begin tasks or milestones
    Start(Late<StartArgs>),
    /// Record evidence of progress
    Progress(Late<ProgressArgs>),
    /// Finish tasks or milestones
    Done(Late<DoneArgs>),
    /// Put active milestones down for a while
    Pause(Late<PauseArgs>),
    /// Mark something as blocked
    Block(Late<BlockArgs>),
    /// Clear a blocker
    Unblock(Late<UnblockArgs>),
    /// Append a note
    Note(Late<NoteArgs>),
    /// Cancel tasks or milestones, with a reason
    Cancel(Late<CancelArgs>),
    /// Open again what was done or cancelled
    Reopen(Late<ReopenArgs>),
    /// Change fields of a milestone or task
    Edit(Late<EditArgs>),
    /// Put finished milestones away, with a review
    Archive(Late<ArchiveArgs>),
    /// Bring archived milestones back
    Unarchive(Late<RefsArgs>),
    /// Add, list, show, edit, remove and move tasks
    #[command(visible_alias = "t", subcommand)]
    Task(Late<TaskCommand>),
    /// Take a task through the phases of its workflow
    #[command(subcommand)]
    Phase(Late<PhaseCommand>),
    /// Look at what was submitted and approve it or send it back
    Review(Late<ReviewArgs>),
    /// List, show and check workflows, and give tasks one
    #[command(subcommand)]
    Workflow(Late<WorkflowCommand>),
    /// Save, list, show and remove queries with a name
    #[command(subcommand)]
    View(Late<ViewCommand>),
    /// List, show, use, save, write and check templates
    #[command(subcommand)]
    Template(Late<TemplateCommand>),
    /// Say what comes after what
    #[command(subcommand)]
    Dep(Late<DepCommand>),
    /// Say what may go wrong, how likely it is, and what became of it
    #[command(subcommand)]
    Risk(Late<RiskCommand>),
    /// Tick checklist items
    Check(Late<CheckArgs>),
    /// Untick checklist items
    Uncheck(Late<CheckArgs>),
    /// Sessions, levels, hints, keeping house
    #[command(flatten)]
    Habit(HabitCommand),
    /// Append the opposite of your last changes
    Undo(Late<UndoArgs>),
    /// Show what happened, newest first
    Log(Late<LogArgs>),
    /// Say when it will be done, and how likely that is
    Forecast(Late<ForecastArgs>),
    /// Say how open milestones fare, and why
    Status(Late<StatusArgs>),
    /// Write a report: status, retro or portfolio
    Report(Late<ReportArgs>),
    /// Count and measure: throughput, times, age, what is blocked
    Stats(Late<StatsArgs>),
    /// Draw plans and what came of them over time
    Timeline(Late<TimelineArgs>),
    /// Show what happened with causes and hashes
    Audit(Late<AuditArgs>),
    /// Show what changed between two moments
    Diff(Late<DiffArgs>),
    /// Build the state again from the log
    Replay(Late<ReplayArgs>),
    /// Take edits of the YAML files into the log
    Adopt(Late<AdoptArgs>),
    /// List and settle what merged writers disagree on
    Conflicts(Late<ConflictsArgs>),
    /// Say how large the project is, and which backend fits it
    Scale,
    /// Move between backends while everybody goes on working
    #[command(subcommand)]
    Migrate(Late<MigrateCommand>),
    /// List what somebody should look at
    Alerts(Late<AlertsArgs>),
    /// Make backups, try them, and bring back what was lost
    #[command(subcommand)]
    Backup(Late<BackupCommand>),
    /// Check the project
    Doctor(Late<DoctorArgs>),
    /// Check the log, the plan and all that is made from them
    Validate(Late<ValidateArgs>),
    /// Read and write settings
    #[command(subcommand)]
    Config(Late<ConfigCommand>),
    /// Write milestones with their tasks, for other programs
    Export(Late<ExportArgs>),
    /// Bring in data of other trackers
    #[command(subcommand)]
    Import(Late<ImportCommand>),
    /// Create a small project to look around in
    Demo(Late<DemoArgs>),
    /// Print a completion script for a shell
    Completion(Late<CompletionArgs>),
    /// Manual pages and schemas
    #[command(flatten)]
    Manual(ManualCommand),
    /// Explain a command or a topic
    Help(Late<HelpArgs>),
    /// Print the version
    Version,
}

impl Command {
    /// Returns true if the command only reads, so that `--as-of` may be given with it.
    #[must_use]
    pub fn is_read(&self) -> bool {
        match self {
            Self::List(_)
            | Self::Show(_)
            | Self::Why(_)
            | Self::Ready(_)
            | Self::Search(_)
            | Self::Board(_)
            | Self::Watch(_)
            | Self::Forecast(_)
            | Self::Stats(_)
            | Self::Status(_)
            | Self::Alerts(_)
            | Self::Report(_)
            | Self::Timeline(_)
            | Self::Audit(_)
            | Self::Diff(_)
            | Self::Scale
            | Self::Export(_)
            | Self::Completion(_)
            | Self::Help(_)
            | Self::Manual(_)
            | Self::Version => true,
            Self::Task(task) => task.is_read(),
            Self::Phase(phase) => phase.is_read(),
            Self::Review(review) => review.pending,
            Self::Workflow(workflow) => workflow.is_read(),
            Self::Dep(dep) => dep.is_read(),
            Self::Risk(risk) => risk.is_read(),
            Self::View(view) => view.is_read(),
            Self::Template(template) => template.is_read(),
            Self::Log(log) => log.is_read(),
            Self::Replay(replay) => replay.into.is_none(),
            Self::Conflicts(conflicts) => conflicts.command.is_none(),
            Self::Migrate(migrate) => migrate.is_read(),
            Self::Backup(backup) => backup.is_read(),
            Self::Doctor(doctor) => !doctor.repair,
            Self::Validate(validate) => !validate.repair,
            Self::Config(config) => config.is_read(),
            Self::Undo(undo) => undo.list,
            Self::Habit(habit) => habit.is_read(),
            _ => false,
        }
    }
}
