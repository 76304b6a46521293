//! A risk in words and as JSON, wherever one is shown.
//!
//! Start at [`RiskDoc`].
//!
//! - **Invariant.** Levels, scores and expected delays are those of core: none is worked out here.

use milestone_core::domain::{RiskEntry, RiskLevel};
use milestone_core::words::{Date, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::schema::{DateText, LevelText, TimeText};
use crate::ui::dates;

/// A risk as JSON. `likelihood` and `impact` are levels: as was said, or as they follow.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RiskDoc {
    id: String,
    title: String,
    status: String,
    #[schemars(with = "Option<LevelText>")]
    likelihood: Option<RiskLevel>,
    probability_percent: Option<u32>,
    #[schemars(with = "Option<LevelText>")]
    impact: Option<RiskLevel>,
    delay_minutes: Option<u32>,
    score: Option<u32>,
    expected_delay_minutes: Option<u32>,
    mitigation: Option<String>,
    owner: Option<String>,
    #[schemars(with = "Option<DateText>")]
    trigger: Option<Date>,
    closing_note: Option<String>,
    #[schemars(with = "Option<TimeText>")]
    closed_at: Option<Timestamp>,
}

impl RiskDoc {
    /// The document of a risk.
    pub fn of(risk: &RiskEntry) -> Self {
        let text = |text: &Option<Box<str>>| text.as_ref().map(ToString::to_string);
        Self {
            id: risk.id.to_string(),
            title: risk.title.to_string(),
            status: risk.outcome.as_deref().unwrap_or("open").to_owned(),
            likelihood: risk.likelihood_level(),
            probability_percent: risk.percent(),
            impact: risk.impact_level(),
            delay_minutes: risk.delay,
            score: risk.score(),
            expected_delay_minutes: risk.expected_delay_minutes(),
            mitigation: text(&risk.mitigation),
            owner: text(&risk.owner),
            trigger: risk.trigger,
            closing_note: text(&risk.closing_note),
            closed_at: risk.closed_at,
        }
    }
}

/// `70% (high), delay 3d, impact low`: what is known of how large a risk is.
pub fn size(risk: &RiskEntry) -> String {
    let likely = risk.percent().zip(risk.likelihood_level());
    let likely = likely.map(|(percent, level)| format!("{percent}% ({})", level.word()));
    let delay = risk.delay.map(|minutes| format!("delay {}", dates::duration(minutes)));
    let impact = risk.impact_level().map(|level| format!("impact {}", level.word()));
    let parts: Vec<String> = [likely, delay, impact].into_iter().flatten().collect();
    parts.join(", ")
}
