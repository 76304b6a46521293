//! Verbs that describe the program itself: `man`, `schema`, and what completion asks for.
//!
//! Start at [`ManualCommand`].
//!
//! - **Invariant.** All of them answer without a project; `__complete` also without a word.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::late::Late;

/// The verbs of this family.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ManualCommand {
    /// Print a manual page, or write all of them
    Man(Late<ManArgs>),
    /// Print the JSON Schema of a document or of an event
    Schema(Late<SchemaArgs>),
    /// Print what a half-typed line may go on with
    #[command(name = "__complete", hide = true)]
    Complete(Late<CompleteArgs>),
}

/// `milestone man [COMMAND…]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone man | man -l -\n  milestone man task add\n  \
    milestone man -o ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Which command; the program itself if absent
    #[arg(value_name = "COMMAND", conflicts_with = "all")]
    pub words: Vec<String>,
    /// A page for every command; -o alone means the same
    #[arg(long, requires = "output")]
    pub all: bool,
    /// Write pages to DIR, a file each: that of COMMAND and those below it
    #[arg(short = 'o', long, visible_alias = "into", value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// `milestone schema [NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone schema\n  milestone schema task.list\n  \
    milestone schema record\n  milestone schema task_completed\n\n\
    Without NAME the list of names: kinds of documents, record (a line of the log) and\n\
    kinds of events (their details). The schemas are JSON Schema, draft 2020-12.")]
pub struct SchemaArgs {
    /// The kind of a document or of an event, or record
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// `milestone __complete SHELL -- WORDS…`: the words up to the cursor, the program's name first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct CompleteArgs {
    /// The shell that asks
    #[arg(value_name = "SHELL")]
    pub shell: String,
    /// The words; the last is the one that is being typed
    #[arg(value_name = "WORD", last = true, allow_hyphen_values = true)]
    pub words: Vec<OsString>,
}
