//! What events about risks carry in `details`.
//!
//! Start at [`Risk`].
//!
//! - **Invariant.** The members are written in the order in which they stand here, for ever.
//! - **Invariant.** In `set` a member that is absent stays as it is, and null clears it.

use serde::{Deserialize, Deserializer, Serialize};

use crate::words::{Date, Text};

fn is_false(flag: &bool) -> bool {
    !flag
}

/// `risk_identified`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Risk<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The risk's id.
    #[serde(borrow)]
    pub risk: Text<'a>,
    /// What may go wrong.
    #[serde(borrow)]
    pub title: Text<'a>,
    /// How likely, in a word.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub likelihood: Option<Text<'a>>,
    /// How likely, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<u32>,
    /// How bad, in a word.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Text<'a>>,
    /// By how much it would delay, in minutes of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<u32>,
    /// What is done about it.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub mitigation: Option<Text<'a>>,
    /// Who watches it.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Text<'a>>,
    /// When it is known whether it happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Date>,
    /// More about it.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text<'a>>,
}

/// `risk_updated`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RiskUpdated<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The risk's id.
    #[serde(borrow)]
    pub risk: Text<'a>,
    /// What changes.
    #[serde(borrow, default)]
    pub set: RiskChanges<'a>,
}

/// What `risk_updated` changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RiskChanges<'a> {
    /// What may go wrong.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text<'a>>,
    /// The word that stands for the probability. Absent beside one, there is none any more.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub likelihood: Option<Text<'a>>,
    /// How likely, in percent.
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub probability: Option<Option<u32>>,
    /// How bad, in a word.
    #[serde(borrow, default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub impact: Option<Option<Text<'a>>>,
    /// By how much it would delay, in minutes of work.
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub delay: Option<Option<u32>>,
    /// What is done about it.
    #[serde(borrow, default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub mitigation: Option<Option<Text<'a>>>,
    /// Who watches it.
    #[serde(borrow, default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub owner: Option<Option<Text<'a>>>,
    /// When it is known whether it happens.
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Option<Date>>,
    /// True if it was closed and no longer is.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reopened: bool,
}

/// A member that is there, be it null.
fn there<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(from).map(Some)
}

/// `risk_closed`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RiskClosed<'a> {
    /// The task's slug; absent for a milestone.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text<'a>>,
    /// The risk's id.
    #[serde(borrow)]
    pub risk: Text<'a>,
    /// What became of it: `came-true`, `averted` or `expired`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Text<'a>>,
    /// True if it should never have been there: it is taken away.
    #[serde(default, skip_serializing_if = "is_false")]
    pub undone: bool,
    /// How it came to that.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text<'a>>,
}
