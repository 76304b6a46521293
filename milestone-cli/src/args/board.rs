//! `board` and `watch`: what may be typed.
//!
//! - **Absent on purpose.** Flags for columns or keys: a query narrows, and there is one board.

use clap::Args;

/// `milestone board [REF]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone board\n  milestone board api\n  \
    milestone board --as-of 2026-03-05\n\n\
    Fills the terminal with five columns: pending, ready, in progress, blocked or in review,\n\
    done. Keys: h j k l move, Enter shows, s starts, p progress, d done, b blocks, n notes,\n\
    m moves, / filters, t goes back in time, u undoes, : any command, ? all keys, q quits.\n\
    The bottom line says the command that a key stands for; nothing is written before Enter.\n\
    With --accessible it prints the columns as text.")]
pub struct BoardArgs {
    /// Only the tasks of this milestone
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
}

/// `milestone watch [REF]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone watch api\n  \
    milestone watch --format ndjson | while read -r event; do …; done\n\n\
    On a terminal it shows the same as \"show\" or \"list\" and draws it again whenever somebody\n\
    records something; q ends it. Elsewhere it prints each new event as a line of JSON, behind a\n\
    line that says what follows, until it is ended.")]
pub struct WatchArgs {
    /// A milestone or a task; the list of milestones if absent
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
}
