//! The flags every command accepts, before or after the verb.
//!
//! Start at [`Global`]. What a flag overrides (environment, configuration) is decided by the
//! caller and by `ui::style`; this file only says what may be typed.
//!
//! - **Invariant.** One-letter flags are those here plus `-F`, `-o`, `-m` and `-l`.
//! - **Invariant.** `-y` never answers a severe question; `--confirm NAME` does.
//! - **Absent on purpose.** No credentials: they come from files, never from a flag that shows
//!   up in `ps`.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use super::values::{person, whole};

/// The flags every command accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Flags of every command")]
pub struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true, hide_short_help = true)]
    pub dir: Option<PathBuf>,
    /// What @ means
    #[arg(long, value_name = "REF", global = true, hide_short_help = true)]
    pub on: Option<String>,
    /// Read the past: a date, a time, `3d` (ago) or a record id
    #[arg(long, value_name = "WHEN", global = true, hide_short_help = true)]
    pub as_of: Option<String>,
    /// Same as --format json
    #[arg(long, global = true, conflicts_with = "format", hide_short_help = true)]
    pub json: bool,
    /// How to print the result: text, plain, json, ndjson, md, csv or html, where it has them
    #[arg(
        long,
        value_name = "F",
        value_enum,
        global = true,
        hide_short_help = true,
        hide_possible_values = true
    )]
    pub format: Option<Format>,
    /// Choose fields in plain, csv and json
    #[arg(long, value_name = "A,B", value_delimiter = ',', global = true, hide_short_help = true)]
    pub fields: Vec<String>,
    /// When to use colour
    #[arg(long, value_name = "W", value_enum, global = true, hide_short_help = true)]
    pub color: Option<Choice>,
    /// Which symbols to draw with
    #[arg(long, value_name = "G", value_enum, global = true, hide_short_help = true)]
    pub glyphs: Option<GlyphChoice>,
    /// Clip and fold at N columns
    #[arg(
        long,
        value_name = "N",
        value_parser = whole::<u16>(20, 1000),
        global = true,
        hide_short_help = true
    )]
    pub width: Option<u16>,
    /// Render at this level once: 0 to 3
    #[arg(
        long,
        value_name = "N",
        value_parser = whole::<u8>(0, 3),
        global = true,
        hide_short_help = true
    )]
    pub level: Option<u8>,
    /// Linear text: no frames, no bars, words for every symbol
    #[arg(long, global = true, hide_short_help = true)]
    pub accessible: bool,
    /// When to page long output of list, log, audit, diff and help
    #[arg(long, value_name = "W", value_enum, global = true, hide_short_help = true)]
    pub pager: Option<Choice>,
    /// Same as --pager never
    #[arg(long, global = true, conflicts_with = "pager", hide_short_help = true)]
    pub no_pager: bool,
    /// Never ask
    #[arg(long, global = true, hide_short_help = true)]
    pub no_input: bool,
    /// Answer yes to questions that are not severe
    #[arg(short = 'y', long, global = true, hide_short_help = true)]
    pub yes: bool,
    /// The typed answer to a severe question
    #[arg(long, value_name = "NAME", global = true, hide_short_help = true)]
    pub confirm: Option<String>,
    /// Validate, print what would be appended, append nothing
    #[arg(short = 'n', long, global = true, hide_short_help = true)]
    pub dry_run: bool,
    /// Print the result only; after a write, only the id
    #[arg(short = 'q', long, global = true, hide_short_help = true)]
    pub quiet: bool,
    /// Say more on stderr; repeat for still more
    #[arg(short = 'v', long, action = ArgAction::Count, global = true, hide_short_help = true)]
    pub verbose: u8,
    /// No hints and no `Next:` lines
    #[arg(long, global = true, hide_short_help = true)]
    pub no_hints: bool,
    /// A header line in plain and csv
    #[arg(long, global = true, hide_short_help = true)]
    pub header: bool,
    /// Who is acting
    #[arg(long, value_name = "WHO", global = true, hide_short_help = true, value_parser = person)]
    pub actor: Option<String>,
    /// Write only if this record is still the newest of its stream
    #[arg(long, value_name = "ID", global = true, hide_short_help = true)]
    pub expect: Option<String>,
    /// A repeated key returns the first result and appends nothing
    #[arg(long, value_name = "K", global = true, hide_short_help = true)]
    pub idempotency_key: Option<String>,
    /// Exit 3 if the result is empty
    #[arg(long, global = true, hide_short_help = true)]
    pub fail_empty: bool,
}

impl Global {
    /// Returns the format asked for by `--json` or `--format`, if any.
    #[must_use]
    pub fn format_asked(&self) -> Option<Format> {
        if self.json { Some(Format::Json) } else { self.format }
    }

    /// Returns the pager choice asked for by `--pager` or `--no-pager`, if any.
    #[must_use]
    pub fn pager_asked(&self) -> Option<Choice> {
        if self.no_pager { Some(Choice::Never) } else { self.pager }
    }
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people; lists become `plain` when stdout is not a terminal.
    Text,
    /// One record a line, tab-separated, never clipped.
    Plain,
    /// One document, see `milestone help json`.
    Json,
    /// One JSON document a line.
    Ndjson,
    /// Markdown to paste into a pull request or a chat.
    Md,
    /// Comma-separated values.
    Csv,
    /// One page that needs nothing else; `report` has it.
    Html,
    /// Figures for Prometheus; `status` has it.
    Prometheus,
}

/// A three-way switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// Decide from the terminal and the environment.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which symbols to draw with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GlyphChoice {
    /// Decide from the terminal and the locale.
    Auto,
    /// Emoji for a status, box-drawing characters for frames.
    Emoji,
    /// One-cell Unicode symbols.
    Unicode,
    /// ASCII only.
    Ascii,
}
