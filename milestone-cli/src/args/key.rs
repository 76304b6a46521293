//! Keys and signatures: `key …`, `log sign`.
//!
//! Start at [`KeyCommand`].
//!
//! - **Invariant.** Keys belong to a person on a machine: none of this is in a project but what
//!   `log sign` records.

use clap::{Args, Subcommand};

/// What can be done with keys.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum KeyCommand {
    /// Make a key of your own
    New(KeyNewArgs),
    /// List your keys and those you trust
    #[command(visible_alias = "ls")]
    List,
    /// Print the line that others need to trust a key
    Show(KeyNameArgs),
    /// Trust a key of somebody else
    Trust(KeyTrustArgs),
    /// Let nothing count any more that a key signs
    Revoke(KeyNameArgs),
}

impl KeyCommand {
    /// Returns true if nothing is written.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::List | Self::Show(_))
    }
}

/// `milestone key new [NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone key new\n  milestone key new ann-laptop")]
pub struct KeyNewArgs {
    /// What it is called
    #[arg(value_name = "NAME", default_value = "default")]
    pub name: String,
}

/// One key: `key show`, `key revoke`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct KeyNameArgs {
    /// Its name, or the beginning of its id
    #[arg(value_name = "KEY")]
    pub key: String,
}

/// `milestone key trust KEY`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone key trust ann.pub\n  \
    milestone key trust 'milestone-ed25519 8f40… ann' --name ann")]
pub struct KeyTrustArgs {
    /// A file with the line that `key show` prints, or that line
    #[arg(value_name = "FILE|LINE")]
    pub key: String,
    /// What it is called here
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

/// `milestone log sign`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone log sign\n  milestone log sign --key ann-laptop")]
pub struct SignArgs {
    /// The key to sign with
    #[arg(long, value_name = "KEY", default_value = "default")]
    pub key: String,
}

/// `milestone log verify`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone log verify\n  milestone log verify --pin\n  \
    milestone log verify --against v1.0\n\n\
    Checks every hash, link, clock and signature, and that the log still holds what was pinned.\n\
    A pin is what this machine remembers of the log, outside the repository: log sign and\n\
    --pin put one down.")]
pub struct VerifyArgs {
    /// What must be contained: a commit, a record id, or a file with ids in it
    #[arg(long, value_name = "REV|FILE")]
    pub against: Option<String>,
    /// Pin what is found, if nothing is wrong with it
    #[arg(long)]
    pub pin: bool,
    /// With --pin: put the pin down although the log does not hold the one before
    #[arg(long, requires = "pin")]
    pub accept_rollback: bool,
}
