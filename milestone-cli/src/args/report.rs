//! Looking at how things stand, and telling others: `status`, `report`.
//!
//! Start at [`ReportArgs`].
//!
//! - **Invariant.** Both only read; a report is written to a file that is not there, or with
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
