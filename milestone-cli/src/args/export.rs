//! The verb `export`: milestones with their tasks, for other programs and for people.
//!
//! - **Invariant.** A file that is there is never overwritten without `--force`.
//! - **Absent on purpose.** A way back: `import` is for other tools, and our own log is text.

use std::path::PathBuf;

use clap::Args;

/// `milestone export [QUERY…]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone export --format csv -o plan.csv\n  \
    milestone export label:api -done --format md\n  \
    milestone export --all --as-of 2026-03-01 -o then.json\n\n\
    Formats: json (the default), ndjson, csv (a row each), md (an outline). Without\n\
    --format the name of FILE says which. The words make a query (milestone help query).")]
pub struct ExportArgs {
    /// Which milestones; all that are not archived or cancelled if absent
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// Also cancelled and archived ones
    #[arg(long)]
    pub all: bool,
    /// Write to a file, all of it or nothing
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace FILE if it is there
    #[arg(long)]
    pub force: bool,
}
