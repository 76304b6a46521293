//! How people work with the program: sessions, levels, hints, keys, and keeping house.
//!
//! Start at [`HabitCommand`].
//!
//! - **Invariant.** Of these only sessions are in the log: the rest is a matter of one machine.

use clap::{Args, Subcommand};

use super::flow::ResumeArgs;
use super::key::KeyCommand;
use super::late::Late;
use super::session::SessionCommand;
use super::values::whole;

/// The verbs of this family.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum HabitCommand {
    /// Begin, put down and take up stretches of work
    #[command(subcommand)]
    Session(Late<SessionCommand>),
    /// Go on with paused milestones, or with a session where it stopped
    Resume(Late<ResumeArgs>),
    /// Say how much is shown by default and why, or keep a level
    Level(Late<LevelArgs>),
    /// List hints and turn them off and on
    #[command(subcommand)]
    Hint(Late<HintCommand>),
    /// Make keys that sign the log, and trust those of others
    #[command(subcommand)]
    Key(Late<KeyCommand>),
    /// Take away old backups and what was left behind
    Maintain(Late<MaintainArgs>),
}

impl HabitCommand {
    /// Returns true if the command writes nothing that the project shares, and keeps no house.
    #[must_use]
    pub fn is_read(&self) -> bool {
        match self {
            Self::Session(session) => session.is_read(),
            Self::Level(level) => !level.is_write(),
            Self::Hint(hint) => matches!(**hint, HintCommand::List),
            Self::Key(key) => key.is_read(),
            Self::Resume(_) | Self::Maintain(_) => false,
        }
    }
}

/// `milestone level`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone level why\n  milestone level pin 0")]
pub struct LevelArgs {
    /// What to do; show if nothing is said
    #[command(subcommand)]
    pub command: Option<LevelCommand>,
}

impl LevelArgs {
    /// Returns true if a setting is changed.
    fn is_write(&self) -> bool {
        matches!(self.command, Some(LevelCommand::Pin(_) | LevelCommand::Auto))
    }
}

/// What can be done with the level.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum LevelCommand {
    /// Show the level and where it comes from
    Show,
    /// Say what was counted, and what each level shows
    Why,
    /// Keep a level, whatever the project reaches
    Pin(PinArgs),
    /// Go by what the project reaches
    Auto,
}

/// `milestone level pin N`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct PinArgs {
    /// The level
    #[arg(value_name = "N", value_parser = level)]
    pub level: u8,
}

/// Reads a level.
fn level(typed: &str) -> Result<u8, String> {
    match typed.parse() {
        Ok(level @ 0..=3) => Ok(level),
        _ if typed == "auto" => Err("\"auto\" is no level: milestone level auto".to_owned()),
        _ => Err(format!("\"{typed}\" is no level: 0, 1, 2 or 3")),
    }
}

/// What can be done with hints.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum HintCommand {
    /// List all hints, and how often each was shown
    #[command(visible_alias = "ls")]
    List,
    /// Turn a hint off
    Off(HintArgs),
    /// Turn a hint on again
    On(HintArgs),
}

/// One hint: `hint off`, `hint on`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct HintArgs {
    /// Its id, or all
    #[arg(value_name = "ID")]
    pub id: String,
}

/// `milestone maintain`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone maintain --dry-run\n  \
    milestone maintain --budget 500\n\n\
    Removes old backups of moves and temporary files that were left behind. The first\n\
    command of a day that writes does the same in a moment; nothing in the log is touched.")]
pub struct MaintainArgs {
    /// Stop after so many milliseconds
    #[arg(long, value_name = "MS", default_value_t = 10_000,
        value_parser = whole::<u32>(0, u32::MAX.into()))]
    pub budget: u32,
}
