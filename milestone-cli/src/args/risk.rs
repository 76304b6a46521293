//! The noun `risk`: what may go wrong, how likely and how bad it is, what became of it.
//!
//! Start at [`RiskCommand`]. A risk is named by the milestone or task that it threatens, and by
//! its id if that has several.
//!
//! - **Invariant.** A word for a probability is a percentage, and the result says which.

use clap::{Args, Subcommand};
use milestone_core::domain::{Probability, RiskLevel, RiskOutcome};

use super::values::{self, Change, ValueError};

/// What can be done with risks.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum RiskCommand {
    /// Say what may go wrong
    Add(Box<RiskAddArgs>),
    /// List risks, the worst first
    #[command(visible_alias = "ls")]
    List(RiskListArgs),
    /// Change what was said of a risk
    Edit(Box<RiskEditArgs>),
    /// Say what became of a risk
    Close(RiskCloseArgs),
    /// Draw probability against impact
    Matrix(RiskMatrixArgs),
}

impl RiskCommand {
    /// Returns true if the command only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::List(_) | Self::Matrix(_))
    }
}

/// `milestone risk add REF TITLE…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  \
    milestone risk add api \"the vendor changes its API\" --probability 30% --delay 5d\n  \
    milestone risk add api/keys keys come late --probability high --impact medium --owner sam")]
pub struct RiskAddArgs {
    /// A milestone or task
    #[arg(value_name = "REF")]
    pub reference: String,
    /// What may go wrong; several words need no quotes
    #[arg(value_name = "TITLE", required = true)]
    pub title: Vec<String>,
    /// 30%, or very-low (10%), low (30%), medium (50%), high (70%), very-high (90%), or 1 to 5
    #[arg(long, value_name = "P", value_parser = probability)]
    pub probability: Option<Probability>,
    /// very-low, low, medium, high, very-high, or 1 to 5; follows from --delay if absent
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub impact: Option<RiskLevel>,
    /// By how much it would delay, as work: 3d, 1w
    #[arg(long, value_name = "DURATION", value_parser = values::duration_minutes)]
    pub delay: Option<u32>,
    /// What is done about it
    #[arg(long, value_name = "TEXT")]
    pub mitigation: Option<String>,
    /// Who watches it
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,
    /// When it is known whether it happens
    #[arg(long, value_name = "WHEN")]
    pub trigger: Option<String>,
}

/// `milestone risk edit REF [RISK]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone risk edit api --probability 60%\n  \
    milestone risk edit api k3j9 --mitigation \"a second vendor\" --trigger none")]
pub struct RiskEditArgs {
    /// A milestone or task
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Which risk, if there are several
    #[arg(value_name = "RISK")]
    pub risk: Option<String>,
    /// What may go wrong
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// 30%, a word as in `risk add`, or none
    #[arg(long, value_name = "P|none", value_parser = clearable(probability))]
    pub probability: Option<Change<Probability>>,
    /// very-low, low, medium, high, very-high, 1 to 5, or none
    #[arg(long, value_name = "LEVEL|none", value_parser = clearable(level))]
    pub impact: Option<Change<RiskLevel>>,
    /// By how much it would delay, as work: 3d, 1w or none
    #[arg(long, value_name = "DURATION|none", value_parser = values::clearable_duration)]
    pub delay: Option<Change<u32>>,
    /// What is done about it, or none
    #[arg(long, value_name = "TEXT|none")]
    pub mitigation: Option<String>,
    /// Who watches it, or none
    #[arg(long, value_name = "WHO|none")]
    pub owner: Option<String>,
    /// When it is known whether it happens, or none
    #[arg(long, value_name = "WHEN|none")]
    pub trigger: Option<String>,
}

/// `milestone risk close REF [RISK] --outcome O`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(before_help = "Examples:\n  milestone risk close api --outcome averted\n  \
    milestone risk close api k3j9 --outcome came-true -m \"keys took two weeks\"")]
pub struct RiskCloseArgs {
    /// A milestone or task
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Which risk, if there are several
    #[arg(value_name = "RISK")]
    pub risk: Option<String>,
    /// came-true, averted (something was done about it) or expired (it no longer can)
    #[arg(long, value_name = "O", value_parser = outcome)]
    pub outcome: RiskOutcome,
    /// How it came to that
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// `milestone risk list [REF]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct RiskListArgs {
    /// A milestone with its tasks, or a task; everything if absent
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
    /// Closed risks, too
    #[arg(short = 'a', long)]
    pub all: bool,
}

/// `milestone risk matrix [REF]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct RiskMatrixArgs {
    /// A milestone with its tasks, or a task; everything if absent
    #[arg(value_name = "REF")]
    pub reference: Option<String>,
}

/// Reads a level by its word, or by its number as in the matrix: 1 is very low, 5 very high.
fn numbered(text: &str) -> Option<RiskLevel> {
    let own = |level: &RiskLevel| text.trim() == level.number().to_string();
    RiskLevel::parse(text).or_else(|| RiskLevel::ALL.into_iter().find(own))
}

/// Reads `30%`, `30` or a level. A bare number from 1 to 5 is a level; `3%` is three percent.
///
/// # Errors
///
/// [`ValueError`] if it is neither, or over 100.
pub fn probability(text: &str) -> Result<Probability, ValueError> {
    if let Some(level) = numbered(text) {
        return Ok(Probability::Level(level));
    }
    let number = text.trim().trim_end_matches('%').trim_end();
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    match number.parse::<u32>().ok().filter(|percent| digits && *percent <= 100) {
        Some(percent) => Ok(Probability::Percent(percent)),
        None => Err(ValueError(format!(
            "\"{text}\" is no probability: 0% to 100%, 1 to 5, or {}",
            words(&RiskLevel::ALL.map(RiskLevel::word))
        ))),
    }
}

/// Reads a level.
///
/// # Errors
///
/// [`ValueError`] if it is none; a duration is told where it belongs.
pub fn level(text: &str) -> Result<RiskLevel, ValueError> {
    numbered(text).ok_or_else(|| match values::duration_minutes(text) {
        Ok(_) => ValueError(format!("\"{text}\" is a duration: --delay {text}")),
        Err(_) => {
            let known = words(&RiskLevel::ALL.map(RiskLevel::word));
            ValueError(format!("\"{text}\" is no impact: {known}, or 1 to 5"))
        }
    })
}

/// Reads an outcome.
///
/// # Errors
///
/// [`ValueError`] if it is none.
pub fn outcome(text: &str) -> Result<RiskOutcome, ValueError> {
    let known = || words(&RiskOutcome::ALL.map(RiskOutcome::word));
    RiskOutcome::parse(text)
        .ok_or_else(|| ValueError(format!("\"{text}\" is no outcome: {}", known())))
}

fn words(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// The same grammar, and `none`.
fn clearable<T>(
    read: fn(&str) -> Result<T, ValueError>,
) -> impl Fn(&str) -> Result<Change<T>, ValueError> + Clone + Send + Sync + 'static
where
    T: Clone + Send + Sync + 'static,
{
    move |text: &str| match text.trim() {
        "none" => Ok(Change::Clear),
        _ => read(text).map(Change::To),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_a_percentage_or_a_level() {
        assert_eq!(probability("30%"), Ok(Probability::Percent(30)));
        assert_eq!(probability(" 0 "), Ok(Probability::Percent(0)));
        assert_eq!(probability("100"), Ok(Probability::Percent(100)));
        assert_eq!(probability("Very-High"), Ok(Probability::Level(RiskLevel::VeryHigh)));
        // A number of the matrix is a level.
        assert_eq!(probability("5"), Ok(Probability::Level(RiskLevel::VeryHigh)));
        assert_eq!(probability("5%"), Ok(Probability::Percent(5)));
        for text in ["", "%", "101%", "-3", "1.5%", "+5", "99999999999", "perhaps"] {
            assert!(probability(text).is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn what_is_no_level_is_told_what_would_be() {
        assert_eq!(level("high"), Ok(RiskLevel::High));
        assert_eq!((level("1"), level(" 4 ")), (Ok(RiskLevel::VeryLow), Ok(RiskLevel::High)));
        assert!(level("0").is_err() && level("6").is_err() && level("+1").is_err());
        let why = |text: &str| level(text).expect_err("no level").to_string();
        assert_eq!(why("3d"), "\"3d\" is a duration: --delay 3d");
        assert_eq!(
            why("bad"),
            "\"bad\" is no impact: very-low, low, medium, high or very-high, or 1 to 5"
        );
        assert_eq!(outcome("EXPIRED"), Ok(RiskOutcome::Expired));
        assert!(outcome("gone").is_err());
    }
}
