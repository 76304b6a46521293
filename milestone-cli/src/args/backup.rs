//! The verbs of `backup`: making, listing, trying, bringing back, and taking old ones away.
//!
//! Start at [`BackupCommand`].

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values::whole;

/// What can be done with backups.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum BackupCommand {
    /// Make a backup now, and bring it back for a trial
    Create(BackupCreateArgs),
    /// List backups, and which of them were tried
    #[command(visible_alias = "ls")]
    List(BackupFromArgs),
    /// Read every byte of all backups, and bring the newest back for a trial
    Verify(BackupVerifyArgs),
    /// Bring back what the log has lost, or any moment into a new place
    Restore(BackupRestoreArgs),
    /// Take away backups that are needed no longer
    Prune,
    /// Say what is backed up when and where, and what is due
    Schedule,
}

impl BackupCommand {
    /// Returns true if the command changes neither the project nor what is kept of it.
    #[must_use]
    pub fn is_read(&self) -> bool {
        match self {
            Self::List(_) | Self::Verify(_) | Self::Schedule => true,
            Self::Restore(args) => args.into.is_some(),
            Self::Create(_) | Self::Prune => false,
        }
    }
}

/// `milestone backup create`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(
    before_help = "Examples:\n  milestone backup create\n  milestone backup create --full\n\n\
    Holds the log, what people typed in and the journal of this machine: only the new\n\
    bytes since the backup before, unless --full. It counts as good once it was brought\n\
    back for a trial and showed the same."
)]
pub struct BackupCreateArgs {
    /// One that needs no other
    #[arg(long)]
    pub full: bool,
    /// Begin again although the backups that were there are gone
    #[arg(long)]
    pub anew: bool,
    /// Do not bring it back for a trial
    #[arg(long)]
    pub no_verify: bool,
}

/// `milestone backup list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone backup list\n  \
    milestone backup list --from /mnt/disk/shop")]
pub struct BackupFromArgs {
    /// Backups in this directory; those of the project if absent
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
}

/// `milestone backup verify`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(
    before_help = "Examples:\n  milestone backup verify\n  milestone backup verify --all\n\n\
    Exit 10 if something is damaged: it is named, with the backups that need it."
)]
pub struct BackupVerifyArgs {
    /// Bring every backup back for a trial, not only the newest
    #[arg(long)]
    pub all: bool,
    /// Backups in this directory; those of the project if absent
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
}

/// `milestone backup restore`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone backup restore\n  \
    milestone backup restore --into ../shop-then --to 2026-03-05\n  \
    milestone backup restore --into ../shop --from /mnt/disk/shop\n\n\
    Without --into it brings back, where they were, the files and records that the log\n\
    has lost; no record goes, whatever --to says, for a log is shared. With --into it\n\
    makes a project in a new place: as it was backed up, or with --to as it was then.")]
pub struct BackupRestoreArgs {
    /// A backup by its number; the newest that holds most if absent
    #[arg(value_name = "NUMBER", conflicts_with = "to", value_parser = whole::<u64>(1, u64::MAX))]
    pub number: Option<u64>,
    /// The records up to a day, a time, a record or a place
    #[arg(long, value_name = "WHEN")]
    pub to: Option<String>,
    /// Into a project in this directory
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,
    /// Backups in this directory; those of the project if absent
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
}
