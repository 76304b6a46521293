//! `search`: what may be typed.
//!
//! - **Absent on purpose.** Operators: every word is looked for. Conditions are what lists take.

use clap::Args;

use super::values::whole;

/// `milestone search WORDS…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone search parser\n  \
    milestone search pars release --limit 5 --json\n\n\
    Looks in titles, descriptions, notes and checklists for all of the words, or longer\n\
    ones that begin so. Case and accents do not matter; of Chinese, Japanese and Korean\n\
    any part is found. Titles come first, then the other texts; whole words before longer\n\
    ones; the newest before the older.")]
pub struct SearchArgs {
    /// What is looked for
    #[arg(value_name = "WORDS", required = true)]
    pub words: Vec<String>,
    /// At most N rows
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20,
        value_parser = whole::<u32>(1, u32::MAX.into())
    )]
    pub limit: u32,
}
