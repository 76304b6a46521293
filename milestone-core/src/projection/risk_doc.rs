//! A risk as a document shows it.
//!
//! - **Invariant.** Everything that is kept of a risk is here; what follows from it (levels, score,
//!   expected delay) is not.

use serde::{Deserialize, Serialize};

use crate::domain::RiskEntry;
use crate::words::{Date, Timestamp};

/// A risk, as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskDoc {
    /// Its id.
    pub id: String,
    /// What may go wrong.
    pub title: String,
    /// How likely, in the word that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likelihood: Option<String>,
    /// How likely, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<u32>,
    /// How bad, in the word that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
    /// By how much it would delay, in minutes of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<u32>,
    /// What is done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mitigation: Option<String>,
    /// Who watches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// When it is known whether it happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Date>,
    /// What became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// How it came to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing_note: Option<String>,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

impl RiskDoc {
    /// The document of a risk.
    pub fn of(held: &RiskEntry) -> Self {
        let text = |text: &Option<Box<str>>| text.as_ref().map(ToString::to_string);
        Self {
            id: held.id.to_string(),
            title: held.title.to_string(),
            likelihood: text(&held.likelihood),
            probability: held.probability,
            impact: text(&held.impact),
            delay: held.delay,
            mitigation: text(&held.mitigation),
            owner: text(&held.owner),
            trigger: held.trigger,
            outcome: text(&held.outcome),
            closing_note: text(&held.closing_note),
            closed_at: held.closed_at,
        }
    }
}
