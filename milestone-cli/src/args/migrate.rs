//! The verbs of `migrate`: moving between backends, and going back.
//!
//! Start at [`MigrateCommand`].

use clap::{Args, Subcommand, ValueEnum};

/// What can be done about backends.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum MigrateCommand {
    /// Say what a migration would do, how long it takes, and how much disk
    Plan(MigrateToArgs),
    /// Move to another backend
    Run(MigrateToArgs),
    /// Say what is in charge, and what can be gone back to
    Status,
    /// Go back to the backend before, with everything recorded since
    Rollback,
    /// Remove what could be gone back to
    Prune,
}

impl MigrateCommand {
    /// Returns true if the command only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::Plan(_) | Self::Status)
    }
}

/// `milestone migrate plan` and `milestone migrate run`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone migrate plan --to database\n  \
    milestone migrate run --to hybrid --yes\n\n\
    Everybody goes on reading and writing meanwhile. Without --to it moves to what\n\
    milestone scale names. Exit 11: it came to nothing, and the backend is what it was;\n\
    8: YAML files were edited and not adopted; 75: another migration is under way.")]
pub struct MigrateToArgs {
    /// Which backend
    #[arg(long, value_name = "BACKEND", value_enum)]
    pub to: Option<BackendArg>,
}

/// A backend, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BackendArg {
    /// A snapshot, and the YAML view.
    File,
    /// Tables in SQLite, and the YAML view.
    Hybrid,
    /// Tables and full-text search in SQLite; no YAML view.
    Database,
}
