//! `validate`: what is checked, and whether what is derived is mended.
//!
//! Start at [`ValidateArgs`].

use clap::{Args, ValueEnum};

/// `milestone validate [standard|hybrid|quick|kiro|all]`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(
    before_help = "Examples:\n  milestone validate\n  milestone validate hybrid --repair\n\n\
    standard: the log and what it says. hybrid: everything that is made from the log.\n\
    quick, kiro: templates and workflows. Exit 10 on a warning or an error.\n\
    With --as-of the plan of that moment is checked, and no files."
)]
pub struct ValidateArgs {
    /// What to check
    #[arg(value_name = "WHAT", value_enum, default_value = "all")]
    pub what: Validation,
    /// Make anew what is derived from the log and is not what it says; never the log
    #[arg(long)]
    pub repair: bool,
}

/// What can be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Validation {
    /// The log, and the plan that it makes.
    Standard,
    /// Whatever is made from the log.
    Hybrid,
    /// Templates.
    Quick,
    /// Workflows.
    Kiro,
    /// All of them.
    All,
}

impl Validation {
    /// Returns the word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Hybrid => "hybrid",
            Self::Quick => "quick",
            Self::Kiro => "kiro",
            Self::All => "all",
        }
    }

    /// Returns true if this covers `other`.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self == Self::All || self == other
    }
}
