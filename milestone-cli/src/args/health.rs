//! The verb `alerts`.
//!
//! Start at [`AlertsArgs`].

use clap::Args;

/// `milestone alerts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone alerts\n  milestone alerts --strict --json\n\n\
    What is overdue, blocked or stalled for long, and what this machine lacks: space,\n\
    a backup, a read model that is up to date. Thresholds are settings, alerts.*; off\n\
    turns one off. Exit 0 whatever there is; with --strict exit 10 if there is any.\n\
    With --as-of only what was overdue, blocked or stalled then.")]
pub struct AlertsArgs {
    /// Exit 10 if there is any
    #[arg(long)]
    pub strict: bool,
}
