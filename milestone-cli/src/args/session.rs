//! The noun `session`: stretches of work that are put down and taken up again.
//!
//! Start at [`SessionCommand`].
//!
//! - **Invariant.** Sessions of people and of agents are the same thing: one may take up what the
//!   other put down.

use clap::{Args, Subcommand};

/// What can be done with sessions.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum SessionCommand {
    /// Begin a session: what is recorded from now on carries its id
    Start(SessionStartArgs),
    /// Put the session down, with where you stopped
    Suspend(SessionWordsArgs),
    /// Take a session up again (short: milestone resume)
    Resume(SessionArgs),
    /// End the session
    End(SessionWordsArgs),
    /// List sessions
    #[command(visible_alias = "ls")]
    List(SessionListArgs),
    /// Show where a session stopped, and what others did since
    Show(SessionArgs),
}

impl SessionCommand {
    /// Returns true if the command only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::List(_) | Self::Show(_))
    }
}

/// `milestone session start`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone session start api/endpoints\n  \
    MILESTONE_SESSION=night milestone session start api --next 'Load tests'\n\n\
    With MILESTONE_SESSION set, that is its name, and several may be open at once.")]
pub struct SessionStartArgs {
    /// What is worked on; @ if there is one
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
    /// What is to be done next
    #[arg(long, value_name = "TEXT")]
    pub next: Option<String>,
    /// The branch; the present one of git
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// A note
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// `milestone session suspend`, `milestone session end`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  \
    milestone session suspend -m 'orders done' --next refunds\n  \
    milestone session end -m 'all of it works'")]
pub struct SessionWordsArgs {
    /// The session; the one that is open here
    #[arg(value_name = "SESSION")]
    pub session: Option<String>,
    /// How far it came
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub note: Option<String>,
    /// What is to be done next
    #[arg(long, value_name = "TEXT")]
    pub next: Option<String>,
    /// What is worked on, if that is another thing by now
    #[arg(long = "at", value_name = "REF")]
    pub reference: Option<String>,
}

/// `milestone session resume`, `milestone session show`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct SessionArgs {
    /// The session, or the beginning of its name; the one put down last
    #[arg(value_name = "SESSION")]
    pub session: Option<String>,
}

/// `milestone session list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct SessionListArgs {
    /// Also those that have ended
    #[arg(long)]
    pub all: bool,
}
