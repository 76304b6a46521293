//! What may go wrong: how likely, how bad, what is done about it, and what became of it.
//!
//! Start at [`RiskEntry`]. A probability is kept in percent and a delay in minutes of work; words
//! for them ([`RiskLevel`]) stand for five equal bands.
//!
//! - **Invariant.** Each member of a risk is a field of its own when two clones change it: the
//!   later in the order of the log holds, and the other value stays in a conflict.
//! - **Absent on purpose.** Scores as stored values: they follow from probability and impact.

use serde::{Deserialize, Serialize};

use super::at::{At, Verdict};
use super::conflict::Subject;
use super::item::Item;
use super::merge::fnv1a;
use super::risk_events::{Risk, RiskChanges, RiskClosed, RiskUpdated};
use crate::words::{Date, MINUTES_PER_DAY, MINUTES_PER_WEEK, Timestamp};

/// Percent that each of the five levels of a probability spans.
const BAND_PERCENT: u32 = 20;

/// The longest delay of each level but the last, in minutes of work: a day, three days, a week,
/// two weeks.
const DELAYS_MINUTES_MAX: [u32; 4] =
    [MINUTES_PER_DAY, 3 * MINUTES_PER_DAY, MINUTES_PER_WEEK, 2 * MINUTES_PER_WEEK];

/// How likely or how bad, in five steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the steps are named after what they say")]
pub enum RiskLevel {
    VeryLow,
    Low,
    Medium,
    High,
    VeryHigh,
}

impl RiskLevel {
    /// Every level, the lowest first.
    pub const ALL: [Self; 5] = [Self::VeryLow, Self::Low, Self::Medium, Self::High, Self::VeryHigh];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::VeryLow => "very-low",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::VeryHigh => "very-high",
        }
    }

    /// The level of that word; letter case does not matter.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word().eq_ignore_ascii_case(word.trim()))
    }

    /// From 1 to 5.
    pub fn number(self) -> u32 {
        self as u32 + 1
    }

    /// The probability that a level stands for: the middle of its band, 10, 30, 50, 70 or 90 %.
    pub fn percent(self) -> u32 {
        self as u32 * BAND_PERCENT + BAND_PERCENT / 2
    }

    /// The level of a probability in percent: up to 20 is very low, up to 40 low, and so on.
    pub fn of_percent(percent: u32) -> Self {
        let band = percent.saturating_sub(1) / BAND_PERCENT;
        Self::ALL[(band as usize).min(Self::ALL.len() - 1)]
    }

    /// The level of a delay in minutes of work: up to a day is very low, up to three days low, up
    /// to a week medium, up to two high.
    pub fn of_delay(minutes: u32) -> Self {
        Self::ALL[DELAYS_MINUTES_MAX.iter().filter(|max| minutes > **max).count()]
    }
}

/// What became of a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RiskOutcome {
    /// It happened.
    CameTrue,
    /// It did not, because of what was done about it.
    Averted,
    /// It did not, and no longer can.
    Expired,
}

impl RiskOutcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::CameTrue, Self::Averted, Self::Expired];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::CameTrue => "came-true",
            Self::Averted => "averted",
            Self::Expired => "expired",
        }
    }

    /// The outcome of that word; letter case does not matter.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word().eq_ignore_ascii_case(word.trim()))
    }
}

/// Something that may go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RiskEntry {
    /// Its id.
    pub id: Box<str>,
    /// What may go wrong.
    pub title: Box<str>,
    /// How likely, in the word that was said.
    pub likelihood: Option<Box<str>>,
    /// How likely, in percent.
    pub probability: Option<u32>,
    /// How bad, in the word that was said.
    pub impact: Option<Box<str>>,
    /// By how much it would delay, in minutes of work.
    pub delay: Option<u32>,
    /// What is done about it.
    pub mitigation: Option<Box<str>>,
    /// Who watches it.
    pub owner: Option<Box<str>>,
    /// When it is known whether it happens.
    pub trigger: Option<Date>,
    /// What became of it; `None` while it is open.
    pub outcome: Option<Box<str>>,
    /// How it came to that.
    pub closing_note: Option<Box<str>>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// One of the members that may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Title,
    Probability,
    Impact,
    Delay,
    Mitigation,
    Owner,
    Trigger,
    Outcome,
}

impl RiskEntry {
    /// True while nobody knows what becomes of it.
    pub fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    /// How likely it is, in percent: as was said, or what the word for it stands for.
    pub fn percent(&self) -> Option<u32> {
        let word = || self.likelihood.as_deref().and_then(RiskLevel::parse).map(RiskLevel::percent);
        self.probability.or_else(word).map(|percent| percent.min(100))
    }

    /// How likely it is, in five steps.
    pub fn likelihood_level(&self) -> Option<RiskLevel> {
        self.percent().map(RiskLevel::of_percent)
    }

    /// How bad it is, in five steps: as was said, or as its delay says.
    pub fn impact_level(&self) -> Option<RiskLevel> {
        let said = self.impact.as_deref().and_then(RiskLevel::parse);
        said.or_else(|| self.delay.map(RiskLevel::of_delay))
    }

    /// Likelihood times impact, from 1 to 25.
    pub fn score(&self) -> Option<u32> {
        Some(self.likelihood_level()?.number() * self.impact_level()?.number())
    }

    /// The delay to expect of it, in minutes of work: probability times delay, rounded half up.
    pub fn expected_delay_minutes(&self) -> Option<u32> {
        let product = u64::from(self.percent()?) * u64::from(self.delay?);
        u32::try_from((product + 50) / 100).ok()
    }

    fn text(&self, member: Member) -> String {
        let number = |number: Option<u32>| number.map(|number| number.to_string());
        let text = match member {
            Member::Title => Some(self.title.to_string()),
            Member::Probability => number(self.probability),
            Member::Impact => self.impact.as_ref().map(ToString::to_string),
            Member::Delay => number(self.delay),
            Member::Mitigation => self.mitigation.as_ref().map(ToString::to_string),
            Member::Owner => self.owner.as_ref().map(ToString::to_string),
            Member::Trigger => self.trigger.map(|date| date.to_string()),
            Member::Outcome => self.outcome.as_ref().map(ToString::to_string),
        };
        text.unwrap_or_else(|| "none".into())
    }

    /// Takes over a member, if the changes have it; false if they do not.
    fn take(&mut self, member: Member, changes: &RiskChanges<'_>) -> bool {
        let boxed = |text: &Option<crate::words::Text<'_>>| text.as_deref().map(Box::from);
        match member {
            Member::Title => {
                changes.title.as_deref().map(|title| self.title = title.into()).is_some()
            }
            Member::Probability => {
                if changes.probability.is_none() && changes.likelihood.is_none() {
                    return false;
                }
                self.probability = changes.probability.flatten();
                self.likelihood = changes.likelihood.as_deref().map(Into::into);
                true
            }
            Member::Impact => changes.impact.as_ref().map(|to| self.impact = boxed(to)).is_some(),
            Member::Delay => changes.delay.map(|to| self.delay = to).is_some(),
            Member::Mitigation => {
                changes.mitigation.as_ref().map(|to| self.mitigation = boxed(to)).is_some()
            }
            Member::Owner => changes.owner.as_ref().map(|to| self.owner = boxed(to)).is_some(),
            Member::Trigger => changes.trigger.map(|to| self.trigger = to).is_some(),
            Member::Outcome => {
                changes.reopened && {
                    (self.outcome, self.closing_note, self.closed_at) = (None, None, None);
                    true
                }
            }
        }
    }
}

const CHANGEABLE: [Member; 8] = [
    Member::Title,
    Member::Probability,
    Member::Impact,
    Member::Delay,
    Member::Mitigation,
    Member::Owner,
    Member::Trigger,
    Member::Outcome,
];

impl Item {
    /// The risks of which nobody knows yet what becomes of them.
    pub fn open_risks(&self) -> impl Iterator<Item = &RiskEntry> {
        self.risks.iter().filter(|risk| risk.is_open())
    }

    pub(super) fn risk(&mut self, risk: &Risk<'_>) -> Verdict {
        let boxed = |text: &Option<crate::words::Text<'_>>| text.as_deref().map(Box::from);
        if !self.risks.iter().any(|held| *held.id == *risk.risk) {
            self.risks.push(RiskEntry {
                id: (&*risk.risk).into(),
                title: (&*risk.title).into(),
                likelihood: boxed(&risk.likelihood),
                probability: risk.probability,
                impact: boxed(&risk.impact),
                delay: risk.delay,
                mitigation: boxed(&risk.mitigation),
                owner: boxed(&risk.owner),
                trigger: risk.trigger,
                ..RiskEntry::default()
            });
        }
        Verdict::Applied
    }

    pub(super) fn update_risk(&mut self, updated: &RiskUpdated<'_>, at: &At<'_>) -> Verdict {
        let Some(place) = self.risk_place(&updated.risk) else {
            return self.gone(false, "risk_updated", at);
        };
        let mut verdict = Verdict::Applied;
        for member in CHANGEABLE {
            let before = self.risks[place].text(member);
            if self.risks[place].take(member, &updated.set)
                && self.risk_written(place, member, before, at) == Verdict::Conflict
            {
                verdict = Verdict::Conflict;
            }
        }
        verdict
    }

    pub(super) fn close_risk(&mut self, closed: &RiskClosed<'_>, at: &At<'_>) -> Verdict {
        let Some(place) = self.risk_place(&closed.risk) else {
            return self.gone(false, "risk_closed", at);
        };
        if closed.undone {
            self.risks.remove(place);
            return Verdict::Applied;
        }
        let before = self.risks[place].text(Member::Outcome);
        let risk = &mut self.risks[place];
        risk.outcome = Some(closed.outcome.as_deref().unwrap_or_default().into());
        risk.closing_note = closed.notes.as_deref().map(Into::into);
        risk.closed_at = Some(at.time);
        self.risk_written(place, Member::Outcome, before, at)
    }

    fn risk_place(&self, id: &str) -> Option<usize> {
        self.risks.iter().position(|held| *held.id == *id)
    }

    /// Notes who wrote a member of a risk, as of any field.
    fn risk_written(
        &mut self,
        place: usize,
        member: Member,
        before: String,
        at: &At<'_>,
    ) -> Verdict {
        let (id, after) = (fnv1a(self.risks[place].id.as_bytes()), self.risks[place].text(member));
        let subject = Subject::Risk { id, member: member as u8 };
        self.wrote(subject, fnv1a(after.as_bytes()), Some(before), |_| after.clone(), at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_equal_bands_and_a_word_is_the_middle_of_its_own() {
        for level in RiskLevel::ALL {
            assert_eq!(RiskLevel::of_percent(level.percent()), level);
            assert_eq!(RiskLevel::of_percent(level.number() * BAND_PERCENT), level);
            assert_eq!(RiskLevel::parse(level.word()), Some(level));
        }
        assert_eq!(RiskLevel::of_percent(0), RiskLevel::VeryLow);
        assert_eq!(RiskLevel::of_percent(21), RiskLevel::Low);
        assert_eq!(RiskLevel::of_percent(u32::MAX), RiskLevel::VeryHigh);
        let days = [1, 2, 3, 4, 5, 6, 10, 11].map(|days| RiskLevel::of_delay(days * 480).number());
        assert_eq!(days, [1, 2, 2, 3, 3, 4, 4, 5]);
    }

    #[test]
    fn what_is_said_comes_before_what_follows_from_it() {
        let mut risk = RiskEntry { likelihood: Some("HIGH".into()), ..RiskEntry::default() };
        assert_eq!(
            (risk.percent(), risk.score(), risk.expected_delay_minutes()),
            (Some(70), None, None)
        );
        risk.delay = Some(961);
        assert_eq!(risk.score(), Some(4 * 2));
        assert_eq!(risk.expected_delay_minutes(), Some(673), "672.7 minutes");
        (risk.probability, risk.impact) = (Some(4000), Some("very-high".into()));
        assert_eq!((risk.percent(), risk.score()), (Some(100), Some(25)));
        risk.impact = Some("terrible".into());
        assert_eq!(risk.impact_level(), Some(RiskLevel::Low), "no level, so the delay says it");
    }
}
