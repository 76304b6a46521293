//! Looking at how things stand, telling others, and looking back: `status`, `report`, `archive`.
//!
//! Start at [`ReportArgs`].
//!
//! - **Invariant.** A report only reads; it is written to a file that is not there, or with
//!   `--force`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use milestone_analytics::figures::WINDOW_DAYS_DEFAULT;

use super::values::{Window, window};

/// `milestone status [REF…]`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone status\n  milestone status api --json\n\n\
    The worst come first. What is late and what is at risk: docs/analytics.md, \"Health\".")]
pub struct StatusArgs {
    /// Milestones; every open one that was begun or has a due date if absent
    #[arg(value_name = "REF")]
    pub references: Vec<String>,
    /// How far back history is taken from, such as 12w or 60d
    #[arg(long, value_name = "TIME", default_value_t = Window(WINDOW_DAYS_DEFAULT),
        value_parser = window)]
    pub window: Window,
}

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportName {
    /// Where open milestones stand, with their charts.
    Status,
    /// What became of the milestones that ended in the window.
    Retro,
    /// Every milestone in one table, the worst first.
    Portfolio,
}

/// `milestone report NAME [REF…]`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone report status api --format md\n  \
    milestone report retro --window 4w\n  \
    milestone report portfolio --format html -o portfolio.html\n\n\
    Formats: text, md, html (one file, no scripts), csv (a row each), json. Without\n\
    --format the name of FILE says which.")]
pub struct ReportArgs {
    /// Which report
    #[arg(value_name = "NAME", value_enum)]
    pub name: ReportName,
    /// Milestones; those that the report is made for if absent
    #[arg(value_name = "REF")]
    pub references: Vec<String>,
    /// How far back, such as 12w or 60d
    #[arg(long, value_name = "TIME", default_value_t = Window(WINDOW_DAYS_DEFAULT),
        value_parser = window)]
    pub window: Window,
    /// Write to a file, all of it or nothing
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace FILE if it is there
    #[arg(long)]
    pub force: bool,
}

/// `milestone archive REF…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone archive api\n  \
    milestone archive api --review \"the estimates for tests were too low\"\n  \
    milestone archive api -F review.md\n\n\
    What was planned and what came of it is worked out from the log; your words are kept\n\
    with it. To see both: milestone show REF, milestone report retro.")]
pub struct ArchiveArgs {
    /// Milestones that are completed or cancelled
    #[arg(value_name = "REF", required = true)]
    pub references: Vec<String>,
    /// What you say of it, looking back
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    pub review: Option<String>,
    /// Read that from a file (`-` = stdin)
    #[arg(short = 'F', long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}
