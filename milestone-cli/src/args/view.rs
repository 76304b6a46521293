//! The noun `view`: queries with a name, shared by everybody who works on the project.
//!
//! Start at [`ViewCommand`]. A view is used as `view:NAME` in any query.
//!
//! - **Invariant.** A name is an id like those of milestones, so that `view:NAME` needs no quotes.
//! - **Absent on purpose.** Views of one person: what is private is an alias of the shell.

use clap::{Args, Subcommand};

/// What can be done with saved views.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ViewCommand {
    /// Save a query under a name
    Save(ViewSaveArgs),
    /// List all views
    #[command(visible_alias = "ls")]
    List,
    /// Print the query of a view
    Show(ViewNameArgs),
    /// Remove a view
    #[command(visible_alias = "rm")]
    Remove(ViewNameArgs),
}

impl ViewCommand {
    /// Returns true if the command only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::List | Self::Show(_))
    }
}

/// `milestone view save NAME QUERY…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone view save soon 'open due<+7d sort:due'\n  \
    milestone list view:soon label:api\n\n\
    The words are kept as typed: +7d and me mean what they mean when the view is used.")]
pub struct ViewSaveArgs {
    /// The name; one that is taken gets the new query
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The query (milestone help query)
    #[arg(value_name = "QUERY", required = true)]
    pub query: Vec<String>,
}

/// One view: `view show`, `view remove`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ViewNameArgs {
    /// The name of a view
    #[arg(value_name = "NAME")]
    pub name: String,
}
