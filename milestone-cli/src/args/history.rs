//! Looking back and keeping the log sound: `log`, `audit`, `diff`, `replay`, `adopt`, `conflicts`.
//!
//! Start at [`LogArgs`]. `log REF` and `log verify` share a noun: the subcommand wins, and
//! `milestone log -- verify` shows a milestone of that name.
//!
//! - **Invariant.** `log` alone, `audit`, `diff` and `conflicts` alone only read.
//! - **Absent on purpose.** No command edits or deletes records.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::key::{SignArgs, VerifyArgs};
use super::values::whole;

/// `milestone log [REF]` and the verbs of the log itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(
    subcommand_precedence_over_arg = true,
    before_help = "Examples:\n  milestone log api --since 7d\n  milestone log verify"
)]
pub struct LogArgs {
    /// A milestone or task; everything if absent
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
    /// Only what happened since
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Only what happened until
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Only what this person did
    #[arg(long, value_name = "WHO")]
    pub who: Option<String>,
    /// Only events of these kinds
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub kind: Vec<String>,
    /// At most N events
    #[arg(long, value_name = "N", value_parser = whole::<u32>(0, u32::MAX.into()))]
    pub limit: Option<u32>,
    /// A verb of the log itself.
    #[command(subcommand)]
    pub command: Option<LogCommand>,
}

impl LogArgs {
    /// Returns true if the command only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        !matches!(
            self.command,
            Some(
                LogCommand::Merge { .. }
                    | LogCommand::Recover
                    | LogCommand::Archive
                    | LogCommand::Sign(_)
            )
        )
    }

    /// Returns true if a filter of `log` was given, which its verbs do not take.
    #[must_use]
    pub fn has_filters(&self) -> bool {
        let plain = Self { command: self.command.clone(), ..Self::default() };
        *self != plain
    }
}

/// Verbs of the log itself.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum LogCommand {
    /// Check every hash, signature and pin of the log
    Verify(VerifyArgs),
    /// Sign what the log is now, and pin it
    Sign(SignArgs),
    /// Take the records of other copies in
    Merge {
        /// Log files
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Append again what this copy wrote and no file or commit has
    Recover,
    /// Compress this copy's full files; they are read as before
    Archive,
    /// Say whether a record is in the log
    Has {
        /// A record id, or the beginning of one
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// `milestone audit [REF]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone audit api/endpoints\n  milestone audit --verify")]
pub struct AuditArgs {
    /// A milestone or task; everything if absent
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
    /// Check the hashes too
    #[arg(long)]
    pub verify: bool,
}

/// `milestone diff [REF] --from WHEN [--to WHEN]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone diff --from yesterday\n  \
    milestone diff api --from 2026-03-05 --to 2026-03-12\n  \
    milestone diff api/endpoints --from git:v1.0\n\n\
    WHEN is whatever --as-of takes: a date, a time, 3d (ago), a record id, #N, git:REV or\n\
    session:ID.")]
pub struct DiffArgs {
    /// A milestone or task; everything if absent
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
    /// The earlier moment
    #[arg(long, value_name = "WHEN", required = true)]
    pub from: String,
    /// The later moment; now if absent
    #[arg(long, value_name = "WHEN")]
    pub to: Option<String>,
}

/// `milestone replay`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone replay --check\n  \
    milestone replay --into /tmp/march --until 2026-03-31")]
pub struct ReplayArgs {
    /// Write the state there; nothing is written if absent
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,
    /// Stop at this moment
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Compare the result with what is stored; exit 10 if it differs
    #[arg(long)]
    pub check: bool,
    /// Write into a directory that is not empty
    #[arg(long, requires = "into")]
    pub force: bool,
}

/// `milestone adopt [FILE…]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone adopt --dry-run\n  \
    milestone adopt .milestones/milestones/api-development.yaml")]
pub struct AdoptArgs {
    /// Edited files; all edited ones if absent
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `milestone conflicts` and `milestone conflicts resolve ID`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone conflicts\n  \
    milestone conflicts resolve 9f2c -m \"the later date is right\"")]
pub struct ConflictsArgs {
    /// What to do; list if absent.
    #[command(subcommand)]
    pub command: Option<ConflictsCommand>,
}

/// Verbs of conflicts.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ConflictsCommand {
    /// Close a conflict as it stands
    Resolve {
        /// The conflict, or the beginning of its id
        #[arg(value_name = "ID")]
        id: String,
        /// A note
        #[arg(short = 'm', long, value_name = "TEXT")]
        note: Option<String>,
    },
}
