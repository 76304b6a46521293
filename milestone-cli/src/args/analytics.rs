//! Figures and forecasts: `forecast`, `stats`, `timeline`.
//!
//! Start at [`ForecastArgs`].
//!
//! - **Invariant.** All of them only read.

use clap::Args;
use milestone_analytics::figures::WINDOW_DAYS_DEFAULT;
use milestone_analytics::forecast::{CONFIDENCE_DEFAULT, RUNS_DEFAULT, RUNS_MAX};

use super::values::{ValueError, Window, whole, window};

/// `milestone forecast [REF]`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone forecast api\n  \
    milestone forecast api --by 2026-04-10\n  milestone forecast --calibrate")]
pub struct ForecastArgs {
    /// A milestone; the current one, or else the whole project, if absent
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
    /// How many tasks by then, and how likely all of them
    #[arg(long, value_name = "WHEN")]
    pub by: Option<String>,
    /// As if there were so many tasks more, or fewer: +3, -1
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = more_or_fewer)]
    pub tasks: Option<i32>,
    /// Let open risks happen, each in its share of the trials
    #[arg(long)]
    pub with_risks: bool,
    /// As if a paused milestone went on today
    #[arg(long)]
    pub resumed: bool,
    /// The chance that you plan with, in percent
    #[arg(long, value_name = "P", default_value_t = CONFIDENCE_DEFAULT,
        value_parser = whole::<u8>(1, 99))]
    pub confidence: u8,
    /// How far back history is taken from, such as 12w or 60d
    #[arg(long, value_name = "TIME", default_value_t = Window(WINDOW_DAYS_DEFAULT),
        value_parser = window)]
    pub window: Window,
    /// Other random numbers than those of the state
    #[arg(long, value_name = "N", value_parser = whole::<u64>(0, (1 << 53) - 1))]
    pub seed: Option<u64>,
    /// How many trials
    #[arg(long, value_name = "N", default_value_t = RUNS_DEFAULT,
        value_parser = whole::<u32>(100, RUNS_MAX.into()))]
    pub runs: u32,
    /// How often dates like these held over the project's own past
    #[arg(long, conflicts_with_all = ["by", "tasks", "reference", "with_risks",
        "resumed"])]
    pub calibrate: bool,
}

/// The most tasks more or fewer that are tried out: more than a log can hold.
const MORE_MAX: i32 = 100_000;

/// Reads how many more or fewer.
fn more_or_fewer(text: &str) -> Result<i32, ValueError> {
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ValueError(format!("\"{text}\" is no whole number such as +3 or -1")));
    }
    let read = text.parse().ok().filter(|more: &i32| more.abs() <= MORE_MAX);
    read.ok_or_else(|| ValueError(format!("\"{text}\" is over {MORE_MAX} tasks more or fewer")))
}

/// `milestone stats [REF]`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone stats\n  milestone stats api --window 4w")]
pub struct StatsArgs {
    /// A milestone; the whole project if absent
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
    /// How far back, such as 12w or 60d
    #[arg(long, value_name = "TIME", default_value_t = Window(WINDOW_DAYS_DEFAULT),
        value_parser = window)]
    pub window: Window,
}

/// `milestone timeline [REFS]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone timeline\n  \
    milestone timeline api --from 2026-03-01 --to +4w")]
pub struct TimelineArgs {
    /// Milestones, shown with their tasks; all open milestones if absent
    #[arg(value_name = "REF")]
    pub references: Vec<String>,
    /// The first day
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// The last day
    #[arg(long, value_name = "WHEN")]
    pub to: Option<String>,
}
