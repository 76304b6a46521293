//! Order and checklists: the noun `dep`, and the verbs `check` and `uncheck`.
//!
//! Start at [`DepCommand`].
//!
//! - **Invariant.** An edge is always said as "REF after REF", never as "blocks", so that nobody
//!   has to remember a direction.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::values;

/// What can be done with dependencies.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum DepCommand {
    /// Say that something comes after something
    Add(DepAddArgs),
    /// Take such a statement back
    #[command(visible_alias = "rm")]
    Remove(DepEdgeArgs),
    /// Show what comes before what
    Tree(DepTreeArgs),
    /// Show the critical path, and how much everything else may slip
    Critical(DepTreeArgs),
    /// Look for cycles and for references to nothing
    Check,
}

impl DepCommand {
    /// Returns true if the command only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::Tree(_) | Self::Critical(_) | Self::Check)
    }
}

/// `milestone dep add REF --after REF…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone dep add api/testing --after api/endpoints\n  \
    milestone dep add api/docs --after api/endpoints --kind ss --lag 1d\n  \
    milestone dep add launch --after ../site#pages/texts\n  \
    milestone dep remove checkout --after api,search")]
pub struct DepEdgeArgs {
    /// What has to wait
    #[arg(value_name = "REF")]
    pub reference: String,
    /// What comes before (several, or separated by commas)
    #[arg(long, value_name = "REF", required = true, num_args = 1.., value_delimiter = ',')]
    pub after: Vec<String>,
}

/// `milestone dep add REF --after REF… [--kind KIND] [--lag LAG]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct DepAddArgs {
    /// What comes after what.
    #[command(flatten)]
    pub edge: DepEdgeArgs,
    /// On which terms.
    #[command(flatten)]
    pub terms: TermsArgs,
}

/// The kinds of ties, by their short names and by those that say both ends.
fn tie_kinds() -> impl TypedValueParser<Value = String> {
    let kinds = [
        ("fs", "finish-start", "finish-to-start"),
        ("ss", "start-start", "start-to-start"),
        ("ff", "finish-finish", "finish-to-finish"),
        ("sf", "start-finish", "start-to-finish"),
    ];
    let values = kinds.map(|(short, long, whole)| PossibleValue::new(short).aliases([long, whole]));
    PossibleValuesParser::new(values).map(move |typed| {
        let kind = kinds.iter().find(|kind| kind.1 == typed || kind.2 == typed);
        kind.map_or(typed, |kind| kind.0.to_owned())
    })
}

/// `--kind KIND --lag LAG`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct TermsArgs {
    /// Which end waits for which: fs (start after its finish), ss, ff or sf; also finish-start …
    #[arg(long, value_name = "KIND", value_parser = tie_kinds())]
    pub kind: Option<String>,
    /// Working time in between: 2d, 4h, or -1d to overlap
    #[arg(long, value_name = "LAG", allow_hyphen_values = true)]
    pub lag: Option<String>,
}

/// `milestone dep tree [REF]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct DepTreeArgs {
    /// A milestone or task; everything if absent
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
}

/// `milestone check REF ITEM-NO…`, also `uncheck`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone check api/endpoints 1 2\n  \
    milestone uncheck api/endpoints 2\n\n\
    Items are numbered from 1, as `milestone show` prints them.")]
pub struct CheckArgs {
    /// A milestone or task
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Numbers of checklist items, from 1
    #[arg(
        value_name = "ITEM-NO",
        required = true,
        value_parser = values::whole::<u32>(1, u32::MAX.into())
    )]
    pub items: Vec<u32>,
}
